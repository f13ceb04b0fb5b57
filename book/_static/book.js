// What style sheets cannot do: paper is white, all that is folded is read there, a table says that it goes on, a long line
// of code is set in, an answer opens as a whole, and a page checks what a reader writes into the boxes of an exercise.

const folded = () => document.querySelectorAll(".bd-article details:not([open], .tl-page *, .tl-source)");
const root = document.documentElement;
let before = null;

addEventListener("beforeprint", () => {
  if (before) return;
  before = { theme: root.dataset.theme, opened: [...folded()] };
  root.dataset.theme = "light";
  for (const box of before.opened) box.open = true;
});
addEventListener("afterprint", () => {
  if (!before) return;
  root.dataset.theme = before.theme;
  for (const box of before.opened) box.open = false;
  before = null;
});

const typeface = ["", "bold "].map((weight) => document.fonts.load(`${weight}1em "Book Sans"`)); // tables are measured in it
addEventListener("DOMContentLoaded", () => { // what follows a short word of code stays with it
  for (const word of document.querySelectorAll("code .pre")) word.classList.toggle("tl-short", word.textContent.length <= 16);
});
addEventListener("DOMContentLoaded", () => Promise.allSettled(typeface).then(() => {
  const hidden = (box) => box.scrollWidth - box.clientWidth;
  const look = (box) => {
    if (hidden(box) > 1) box.classList.add("tl-tight"); // one that was folded is measured only now
    box.classList.toggle("tl-wide", hidden(box) > 1);
    box.classList.toggle("tl-more", hidden(box) - box.scrollLeft > 1);
    const scrolls = hidden(box) > 1 || box.scrollHeight > box.clientHeight + 1;
    box.tabIndex = scrolls ? 0 : -1;
  };
  const isCramped = (table) => table.matches(".dataframe") && [...table.tBodies[0].rows].some((row) => row.offsetHeight > 100); // of five lines
  const fitToPhone = (box, table) => {
    box.classList.add("tl-tighter");
    const rows = [...table.tBodies[0].rows];
    const numbers = rows.length > 6 && !table.querySelector("tbody td.tl-text"); // read as columns: it scrolls
    if ((hidden(box) <= 1 && !isCramped(table)) || rows.length > 12 || numbers || table.matches(".tl-page table, :has(thead [colspan])")) return;
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    let group = "";
    for (const { cells } of rows) {
      [...cells].forEach((cell, i) => { cell.dataset.head = heads[heads.length - cells.length + i]; });
      if (cells[0].rowSpan > 1) group = cells[0].textContent.trim();
      if (cells.length < heads.length) cells[0].dataset.inner = cells[0].dataset.head = `${group}, ${cells[0].dataset.head}`;
    }
    table.classList.add("tl-cards");
  };
  const narrow = matchMedia("(max-width: 40rem)").matches;
  const resized = new ResizeObserver((entries) => entries.forEach((entry) => look(entry.target)));
  for (const table of document.querySelectorAll(".bd-article table")) {
    const box = table.closest(".tl-scroll, .output.text_html, .pst-scrollable-table-container");
    if (!box || table.closest(".tl-explorer, .tl-tests, .tl-gains")) continue; // they lay out their own
    look(box);
    if (narrow && (hidden(box) > 1 || isCramped(table))) fitToPhone(box, table);
    box.addEventListener("scroll", () => look(box), { passive: true });
    resized.observe(box);
  }
}));

// A line of code that goes on below is set in, from where it begins: each line is a block of its own.
addEventListener("DOMContentLoaded", () => {
  for (const code of document.querySelectorAll('.bd-article div[class*="highlight-"] pre')) {
    const lines = [[]];
    for (const part of code.childNodes) {
      part.textContent.split(/(?<=\n)/).forEach((text) => {
        const piece = part.cloneNode();
        piece.textContent = text;
        lines.at(-1).push(piece);
        if (text.endsWith("\n")) lines.push([]);
      });
    }
    code.replaceChildren(...lines.filter((line) => line.length).map((line) => {
      const block = document.createElement("span");
      block.className = "tl-line";
      block.append(...line);
      block.style.setProperty("--tl-in", Math.min(block.textContent.search(/\S|$/), 8));
      return block;
    }));
  }
});

// A link into a section that is folded opens it, and all that it stands in.
const openTarget = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const folds = [...target.querySelectorAll(":scope > .tl-further")];
  for (let at = target.closest("details"); at; at = at.parentElement.closest("details")) folds.push(at);
  if (folds.every((fold) => fold.open)) return;
  for (const fold of folds) fold.open = true;
  target.scrollIntoView();
};
addEventListener("DOMContentLoaded", openTarget);
addEventListener("hashchange", openTarget);
addEventListener("click", (event) => {
  if (event.target.closest?.('a[href^="#"]')) setTimeout(openTarget); // the same link once more changes no hash
});

// Who reads a section after the exercises sees its name in the contents of the page: the theme marks the entry as active.
addEventListener("DOMContentLoaded", () => {
  for (const fold of document.querySelectorAll(".page-toc details")) {
    const entry = fold.parentElement;
    const follow = () => { fold.open ||= entry.matches(".active"); };
    new MutationObserver(follow).observe(entry, { attributeFilter: ["class"] });
    follow();
  }
});

// As `check_answer` of the package does it; a test holds the two together.
const plain = (text) => {
  const words = text.trim().replace(/^["']+|["']+$/g, "").toLowerCase().replace(/[\s_-]+/g, " ").replace(/^the | forest$/g, "");
  const letters = words.replace(/\band\b|[\s,;()]/g, "");
  return /^[a-j]+$/.test(letters) ? [...letters].sort().join("") : words;
};

// A number as one writes it: with a comma, a fraction, a unit behind it.
const numberIn = (text) => {
  const found = text.trim().replace(/\u2212/g, "-").match(/^([-+]?[\d.,]+(?:e[-+]?\d+)?)(?:\s*\/\s*([\d.,]+))?(?![\d\/])(?!\s*[√^*×·+])/i);
  const [, over, under = "1"] = found ?? [];
  return found ? Number(over.replace(",", ".")) / Number(under.replace(",", ".")) : NaN;
};

function faultOfText({ right, wrong }, text) {
  const remark = [[right, ""], ...wrong].find(([known]) => plain(known) === plain(text));
  return remark ? remark[1] : `it is not '${text}', or is called otherwise; the hint says where to look`;
}

function faultOfNumber({ right, within, wrong }, text) {
  const written = numberIn(Math.abs(right) < 1000 ? text : text.replace(/,(?=\d{3})/g, "")); // 8,925
  const answer = /%\s*$/.test(text) && Math.abs(right) <= 1 ? written / 100 : written; // 77% is 0.77
  if (!Number.isFinite(answer)) return "a number is asked for";
  const far = (value) => Math.abs(value - answer);
  const [near, remark] = [[right, ""], ...wrong].reduce((best, other) => (far(other[0]) < far(best[0]) ? other : best));
  if (far(near) <= within) return remark;
  const digits = String(answer).includes("e") ? 0 : (String(answer).split(".")[1] ?? "").length;
  if (digits && answer && Math.abs(answer - right) * 10 ** digits < 0.4999999) return "that is right, but rounded: give more digits";
  const mended = [
    ["the sign is wrong", -answer],
    ["a hundred times too large: a percentage?", answer / 100],
    ["a thousand times too large: another unit?", answer / 1000],
  ];
  if (Math.abs(right * right - right) >= Math.abs(right) / 4) {
    mended.push(["that is the square: take the root", Math.sign(answer) * Math.sqrt(Math.abs(answer))]);
  }
  const usual = right ? mended.find(([, value]) => Math.abs(value - right) <= within) : null;
  return usual ? usual[0] : `too ${answer > right ? "large" : "small"}; the hint says how`;
}

addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("form.tl-check")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const given = [...form.querySelectorAll("input")].filter((box) => box.value.trim());
      const said = given.map((box) => {
        const asked = JSON.parse(box.dataset.answer);
        const fault = (typeof asked.right === "string" ? faultOfText : faultOfNumber)(asked, box.value);
        return fault ? `✗ ${box.name}: not yet: ${fault}` : `✓ ${box.name}: right`;
      });
      form.querySelector("output").textContent = said.join("\n") || "write an answer into a box";
    });
  }
});
