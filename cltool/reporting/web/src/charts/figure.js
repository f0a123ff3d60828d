/* A chart on the page: its caption, the drawing, its numbers as a table, and how to take it away. */

import { chartButtons } from "../takeaway/buttons.js";

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/*
 * `draw(width)`: the drawing, an SVG of this width, made again when the width changes.
 * `table()`: {columns, rows}; a cell is a text, or {text, value, patch}: `value` stands in files in
 * place of the text, and `patch` is the change of the selection after a click.
 * `exact()`: the rows of the CSV, if they are not those of the table.
 * `file`: the name of files, without an ending. `titled`: whether the title is written above the
 * reading; the heading of a section may say it already.
 */
export function figure({ title, reading, draw, table, file, exact, select, titled = true }) {
  const holder = element("div", { class: "chart-drawing" });
  const caption = element("figcaption", {}, element("span", {}, reading));
  if (titled) caption.prepend(element("b", {}, title));
  const box = element("figure", { class: "chart" }, caption, holder);
  let width = 0;
  new ResizeObserver(([entry]) => {
    const now = Math.floor(entry.contentRect.width);
    if (now === width || now < 1) return;
    width = now;
    holder.replaceChildren(draw(now));
  }).observe(holder);
  box.append(chartButtons({ svg: () => holder.querySelector("svg"), table, file, exact, title }));
  box.append(numbers(table, `${title}: ${reading}`, select));
  return box;
}

/* The table behind a chart, made when it is opened. */
function numbers(table, caption, select) {
  const details = element("details", {}, element("summary", {}, "Table"));
  details.addEventListener("toggle", () => {
    if (!details.open || details.querySelector("table") !== null) return;
    const region = element(
      "div",
      { class: "wide", tabindex: "0", role: "group", "aria-label": caption },
      made(table(), caption, select),
    );
    details.append(region);
  });
  return details;
}

function made({ columns, rows }, caption, select) {
  const head = element("tr", {}, ...columns.map((name) => element("th", { scope: "col" }, name)));
  const body = rows.map((cells) =>
    element(
      "tr",
      {},
      ...cells.map((cell, place) =>
        element(place === 0 ? "th" : "td", place === 0 ? { scope: "row" } : {}, content(cell, select)),
      ),
    ),
  );
  return element(
    "table",
    { class: "numbers" },
    element("caption", {}, caption),
    element("thead", {}, head),
    element("tbody", {}, ...body),
  );
}

function content(cell, select) {
  const text = typeof cell === "string" ? cell : cell.text;
  if (typeof cell === "string" || !cell.patch) return element("bdi", {}, text);
  const button = element("button", { type: "button", class: "number-button" }, text);
  button.addEventListener("click", () => select(cell.patch));
  return button;
}

/* Two or more charts beside each other. */
export function figures(...all) {
  return element("div", { class: "charts" }, ...all);
}

export function note(text) {
  return element("p", { class: "note" }, text);
}
