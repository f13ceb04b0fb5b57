// One explorer, two lives: `render` draws a Jupyter widget, `mount` the same in a published page.

const MARK = 3.2; // radius of a marker
const ASIDE = 3 * MARK; // from mark to mark, side by side
const WIDTH = 340; // of a panel that is not on the page yet

// A drawing has the size it is shown at, so that its text has the size of the text around it.
function frameOf(width, em) {
  const box = { left: 3.9 * em, right: width - 0.6 * em, top: 0.75 * em };
  box.bottom = box.top + Math.min(0.7 * (box.right - box.left), 17 * em);
  return { ...box, em, width, height: box.bottom + 2.75 * em };
}

const build = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};
const html = (tag, attributes = {}, ...children) => build(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) =>
  build(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
const same = (a, b) => a.every((value, i) => value === b[i]);
const round = (value) => Math.round(value * 10) / 10;

// ---- axes

function limits(panel, axis) {
  if (panel[`${axis}lim`]) return panel[`${axis}lim`];
  const log = panel[`${axis}scale`] === "log";
  const columns = panel.diagonal ? ["x", "y", "low", "high"] : axis === "x" ? ["x"] : ["y", "low", "high"];
  const values = panel.series
    .flatMap((series) => columns.flatMap((name) => series[name] ?? []))
    .filter((value) => value !== null && (!log || value > 0));
  if (!values.length) return log ? [1, 10] : [0, 1];
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (log) return low === high ? [low / 2, high * 2] : [low * (low / high) ** 0.05, high * (high / low) ** 0.05];
  const margin = (high - low) * 0.05 || Math.abs(low) * 0.1 || 1;
  return [low - margin, high + margin];
}

function linearTicks(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.99);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function logTicks(low, high) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of [1, 2, 5]) ticks.push(Number((factor * 10 ** power).toPrecision(6)));
  }
  const inside = ticks.filter((tick) => tick >= low && tick <= high);
  const decades = inside.filter((tick) => Number.isInteger(Math.log10(tick)));
  return inside.length > 7 && decades.length > 1 ? decades : inside;
}

function scaleOf(panel, axis, from, to) {
  const log = panel[`${axis}scale`] === "log";
  const [low, high] = limits(panel, axis);
  const along = (value) => (value === null ? NaN : log ? Math.log10(value) : value);
  const place = (value) => from + ((along(value) - along(low)) / (along(high) - along(low))) * (to - from);
  return { place, low, high, ticks: (log ? logTicks : linearTicks)(low, high) };
}

function axes(panel, x, y, { left, right, top, bottom, em }) {
  const text = (value) => value.toLocaleString("en", { maximumSignificantDigits: 6 });
  const label = (attributes, content) => svg("text", attributes, content);
  let free = -Infinity; // a number that would touch the one before it is left out
  const named = x.ticks.filter((tick) => {
    const [middle, half] = [x.place(tick), 0.28 * em * text(tick).length];
    if (middle - half < free) return false;
    free = middle + half + 0.4 * em;
    return true;
  });
  const grid = x.ticks.map((tick) => `M${round(x.place(tick))} ${top}V${bottom}`);
  grid.push(...y.ticks.map((tick) => `M${left} ${round(y.place(tick))}H${right}`));
  const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
  return [
    svg("path", { class: "tl-grid", d: grid.join("") }),
    svg("path", { d: `M${left} ${top}V${bottom}H${right}`, fill: "none", stroke: "currentColor" }),
    ...named.map((tick) => label({ x: round(x.place(tick)), y: bottom + 1.1 * em, "text-anchor": "middle" }, text(tick))),
    ...y.ticks.map((tick) => label({ x: left - 6, y: round(y.place(tick) + 0.3 * em), "text-anchor": "end" }, text(tick))),
    label({ x: middle.x, y: bottom + 2.4 * em, "text-anchor": "middle" }, panel.xlabel),
    label({ transform: `translate(${0.85 * em} ${middle.y}) rotate(-90)`, "text-anchor": "middle" }, panel.ylabel),
  ];
}

// ---- series: points are [x, y, low, high] on the screen, NaN where there is a hole

const drawn = (...values) => values.every(Number.isFinite);

function lineOf(points) {
  let pen = "M";
  return points
    .map(([x, y]) => {
      const step = drawn(x, y) ? `${pen}${round(x)} ${round(y)}` : "";
      pen = step ? "L" : "M";
      return step;
    })
    .join("");
}

function bandOf(points) {
  const whole = points.filter(([x, , low, high]) => drawn(x, low, high));
  const outline = [...whole.map(([x, , , high]) => [x, high]), ...whole.reverse().map(([x, , low]) => [x, low])];
  return outline.length ? `${lineOf(outline)}Z` : "";
}

const barsOf = (points) =>
  points
    .filter((point) => drawn(...point))
    .map(([x, , low, high]) => `M${round(x)} ${round(low)}V${round(high)}`)
    .join("");

const starCorner = (x, y, r, i) => `${round(x + r * Math.sin((Math.PI * i) / 5))} ${round(y - r * Math.cos((Math.PI * i) / 5))}`;

const SHAPES = {
  circle: (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`,
  square: (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}Z`,
  diamond: (x, y, r) => `M${x} ${y - 1.3 * r}l${1.3 * r} ${1.3 * r}l${-1.3 * r} ${1.3 * r}l${-1.3 * r} ${-1.3 * r}Z`,
  triangle: (x, y, r) => `M${x} ${y - 1.3 * r}l${1.3 * r} ${2.3 * r}h${-2.6 * r}Z`,
  star: (x, y, r) => `M${Array.from({ length: 10 }, (_, i) => starCorner(x, y, i % 2 ? 0.7 * r : 1.6 * r, i)).join("L")}Z`,
  pentagon: (x, y, r) => `M${Array.from({ length: 5 }, (_, i) => starCorner(x, y, 1.2 * r, 2 * i)).join("L")}Z`,
  arrow: (x, y, r) => `M${x} ${y - 2 * r}l${1.4 * r} ${1.8 * r}h${-0.9 * r}v${2 * r}h${-r}v${-2 * r}h${-0.9 * r}Z`,
  cross: (x, y, r) => `M${x - r} ${y - r}l${2 * r} ${2 * r}m${-2 * r} 0l${2 * r} ${-2 * r}`,
};

function marks(series, points, bottom = 0) {
  const { color, kind = "line", dash = "", emphasis = false, faded = false, aside = 0 } = series;
  const marker = series.marker || (kind === "points" ? "circle" : "");
  const paths = [];
  const add = (d, attributes) => d && paths.push(svg("path", { d, fill: "none", stroke: color, ...attributes }));
  if (series.low && kind === "line") add(bandOf(points), { fill: color, "fill-opacity": 0.18, stroke: "none" });
  if (series.low && kind === "points") add(barsOf(points), { "stroke-opacity": 0.55 });
  if (kind === "line") add(lineOf(points), { "stroke-width": faded ? 1.2 : 2.6, "stroke-dasharray": dash || "none" });
  if (!marker) return paths;
  const whole = points.filter(([x, y]) => drawn(x, y)).map(([x, y]) => [round(x), round(y)]);
  if (emphasis) add(whole.map(([x, y]) => `M${round(x - ASIDE * aside)} ${y}V${bottom}`).join(""), { class: "tl-rule", stroke: "" });
  const size = MARK * (emphasis ? 2 : faded ? 0.75 : 1);
  const shape = whole.map(([x, y]) => SHAPES[marker](x, y, size)).join("");
  const edge = marker === "cross" ? { "stroke-width": 3.5 } : { stroke: "currentColor", "stroke-width": 2 };
  const outline = emphasis ? edge : { "stroke-width": 1.2 };
  add(shape, { fill: color, "fill-opacity": emphasis ? 1 : 0.75, ...outline });
  return paths;
}

const nameOf = (series) => [series.label, series.note].filter(Boolean).join(" ");

function legendEntry(series) {
  const line = [[2, 8, NaN, NaN], [16, 8, NaN, NaN], [30, 8, NaN, NaN]];
  const sample = { ...series, low: null, emphasis: false, faded: false };
  const swatch = series.kind === "points" ? marks(sample, [line[1]]) : [
    ...marks({ ...sample, marker: "" }, line),
    ...marks({ ...sample, kind: "points", marker: series.marker }, series.marker ? [line[1]] : []),
  ];
  return html("li", {}, svg("svg", { viewBox: "0 0 32 16", "aria-hidden": "true" }, svg("g", {}, ...swatch)), nameOf(series));
}

function figureOf(panel, readout, id, frame) {
  const { left, right, top, bottom } = frame;
  const x = scaleOf(panel, "x", left, right);
  const y = scaleOf(panel, "y", bottom, top);
  const named = panel.series.filter((series) => series.label);
  const what = `${panel.ylabel} against ${panel.xlabel}: ${named.map(nameOf).join(", ")}.`;
  // A nested svg cuts off what leaves the axes, and needs no id for it.
  const view = { x: left, y: top - 8, width: right - left + 8, height: bottom - top + 8 };
  const plot = svg("svg", {
    ...view, viewBox: `${view.x} ${view.y} ${view.width} ${view.height}`, style: "overflow: hidden",
  });
  if (panel.diagonal) {
    const ends = [Math.max(x.low, y.low), Math.min(x.high, y.high)].map((v) => [x.place(v), y.place(v)]);
    plot.append(svg("path", { class: "tl-rule", d: lineOf(ends) }));
  }
  // A curve that is not chosen is thin and lies behind; it keeps its colour, so that it can be read.
  const behind = panel.series.filter((series) => series.faded);
  for (const series of [...behind, ...panel.series.filter((series) => !series.faded)]) {
    const place = (scale, values, i) => (values ? scale.place(values[i]) : NaN);
    const points = series.x.map((value, i) => [
      x.place(value) + ASIDE * (series.aside ?? 0), place(y, series.y, i), place(y, series.low, i), place(y, series.high, i),
    ]);
    plot.append(svg("g", {}, ...marks(series, points, bottom)));
  }
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${round(frame.width)} ${round(frame.height)}`, role: "img", "aria-labelledby": `${id}-title ${id}-desc` },
    svg("title", { id: `${id}-title` }, panel.title),
    svg("desc", { id: `${id}-desc` }, `${what} ${readout}`),
    ...axes(panel, x, y, frame),
    plot,
  );
  const rows = named.some((series) => series.note) ? " tl-rows" : ""; // notes come and go, rows stay
  const legend = html("ul", { class: `tl-legend${rows}` }, ...named.map(legendEntry));
  return html("figure", {}, html("figcaption", {}, panel.title), drawing, legend);
}

// ---- controls

const shortcuts = { "data-lm-suppress-shortcuts": "true" }; // JupyterLab would take the arrow keys away

// A number has a slider.
function sliderOf(slider, id, moved) {
  const output = html("output", { for: id });
  const input = html("input", { id, type: "range", min: 0, max: slider.values.length - 1, step: 1, ...shortcuts });
  const show = (position) => {
    input.value = position;
    output.textContent = [slider.values[position], slider.unit].filter(Boolean).join(" ");
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.addEventListener("input", () => {
    show(input.valueAsNumber);
    moved(input.valueAsNumber);
  });
  return { show, nodes: [html("label", { for: id }, slider.label), input, output] };
}

// A choice between names, or between two, has buttons.
function buttonsOf(slider, id, moved) {
  const choices = slider.values.map((_, i) => html("input", { id: `${id}-${i}`, type: "radio", name: id, ...shortcuts }));
  choices.forEach((choice, i) => choice.addEventListener("change", () => moved(i)));
  const text = (value) => [value, slider.unit].filter(Boolean).join(" ");
  const labels = choices.map((choice, i) => html("label", { for: choice.id }, text(slider.values[i])));
  const row = choices.flatMap((choice, i) => [choice, labels[i]]);
  const name = html("span", { id: `${id}-name` }, slider.label);
  const group = html("div", { role: "radiogroup", class: "tl-choices", "aria-labelledby": name.id }, ...row);
  return { show: (position) => { choices[position].checked = true; }, nodes: [name, group] };
}

function render({ model, el }) {
  const id = `tl-${Math.random().toString(36).slice(2)}`; // several explorers share a page
  let wanted = [...model.get("selection")];
  let shown = null;
  const sliders = model.get("sliders");
  const controls = sliders.map((slider, i) =>
    (slider.buttons ? buttonsOf : sliderOf)(slider, `${id}-${i}`, (position) => {
      wanted[i] = position;
      update();
    }),
  );
  const nodesOf = (buttons) => controls.flatMap(({ nodes }, i) => (Boolean(sliders[i].buttons) === buttons ? nodes : []));
  const readout = html("p", { class: "tl-readout", "aria-live": "polite" });
  const status = html("span", { class: "tl-status" });
  const error = html("p", { class: "tl-error", role: "alert", hidden: "" });
  const panels = html("div", { class: "tl-panels" });
  const body = html(
    "div",
    { role: "group", "aria-labelledby": `${id}-name` },
    html("p", {}, html("strong", { id: `${id}-name` }, model.get("title")), " ", status),
    html(
      "div",
      { class: "tl-controls" },
      html("div", { class: "tl-buttons" }, ...nodesOf(true)),
      html("div", { class: "tl-sliders" }, ...nodesOf(false)),
    ),
    readout, error, panels,
    html("p", { class: "tl-description" }, model.get("description")),
  );
  let frame = frameOf(WIDTH, 16);

  function draw() {
    error.hidden = !shown.error;
    error.textContent = shown.error ?? "";
    readout.textContent = shown.readout ?? "";
    const figures = (shown.panels ?? []).map((panel, i) => figureOf(panel, shown.readout, `${id}-p${i}`, frame));
    panels.replaceChildren(...figures);
  }

  function fit() {
    const shownAt = panels.querySelector("figure")?.getBoundingClientRect().width;
    const em = parseFloat(getComputedStyle(panels).fontSize);
    const width = Math.max(shownAt, 12 * em); // narrower it shrinks, text and all
    if (!shownAt || (Math.abs(width - frame.width) < 1 && em === frame.em)) return;
    frame = frameOf(width, em);
    draw();
  }

  // One question at a time, the newest next: positions passed meanwhile are never computed.
  function update() {
    const asked = model.get("selection");
    if (same(model.get("frame").key, asked) && !same(asked, wanted)) {
      model.set("selection", [...wanted]);
      model.save_changes();
    }
    const answer = model.get("frame");
    const busy = !same(answer.key, wanted);
    body.setAttribute("aria-busy", busy);
    status.textContent = busy ? "retraining…" : "";
    if (busy || answer === shown) return;
    shown = answer;
    draw();
  }

  // Moved from Python, or in another view of the same explorer.
  function follow() {
    wanted = [...model.get("selection")];
    controls.forEach((control, i) => control.show(wanted[i]));
    update();
  }

  el.classList.add("tl-explorer");
  el.replaceChildren(body);
  model.on("change:frame", update);
  model.on("change:selection", follow);
  follow();
  const resized = new ResizeObserver(fit);
  resized.observe(panels);
  return () => {
    resized.disconnect();
    model.off("change:frame", update);
    model.off("change:selection", follow);
  };
}

// The page's stand-in for a kernel: all answers are there, in the order of nested loops.
function recordedModel({ frames, series, ...state }) {
  const listeners = {};
  const answer = () => {
    const position = state.sliders.reduce((sum, { values }, i) => sum * values.length + state.selection[i], 0);
    const panels = frames[position].panels.map((panel) => ({ ...panel, series: panel.series.map((i) => series[i]) }));
    state.frame = { ...frames[position], panels, key: state.selection };
  };
  answer();
  return {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    on: (event, listener) => { listeners[event] = listener; },
    off: (event) => { delete listeners[event]; },
    save_changes: () => {
      answer();
      listeners["change:frame"]?.();
    },
  };
}

function mount(page) {
  if (page.dataset.live) return;
  page.dataset.live = "yes";
  const data = JSON.parse(page.querySelector(".tl-data").textContent);
  render({ model: recordedModel(data), el: page.querySelector(".tl-explorer") });
}

export default { render };
