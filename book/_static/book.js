// What style sheets cannot do: paper is white, all that is folded is read there, and a table says that it goes on.

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

addEventListener("DOMContentLoaded", () => {
  const look = (box) => {
    const hidden = box.scrollWidth - box.clientWidth;
    box.classList.toggle("tl-wide", hidden > 1);
    box.classList.toggle("tl-more", hidden - box.scrollLeft > 1);
    if (box.matches(".tl-scroll")) box.tabIndex = hidden > 1 ? 0 : -1; // the theme sees to the others
  };
  const resized = new ResizeObserver((entries) => entries.forEach((entry) => look(entry.target)));
  for (const table of document.querySelectorAll(".bd-article table")) {
    const box = table.closest(".tl-scroll, .output.text_html, .pst-scrollable-table-container");
    if (!box || table.closest(".tl-explorer")) continue; // an explorer lays out its own
    if (box.scrollWidth - box.clientWidth > 1) box.classList.add("tl-tight");
    box.addEventListener("scroll", () => look(box), { passive: true });
    resized.observe(box);
  }
});
