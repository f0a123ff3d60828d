/* Buttons that take charts and tables away: one click saves a file, or copies a text. */

import { download, saveBlob } from "../page_data.js";
import { png } from "./png.js";
import { standalone } from "./svg.js";
import { csv, latex, markdown, rowsOf, rowsOfElement } from "./tables.js";

const SAID_FOR = 2000;

function button(text, hint, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.title = hint;
  made.addEventListener("click", async () => {
    const said = await act();
    if (!said) return;
    made.textContent = said;
    setTimeout(() => (made.textContent = text), SAID_FOR);
  });
  return made;
}

function bar(name, ...buttons) {
  const made = document.createElement("div");
  made.className = "take";
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", `Take away: ${name}`);
  made.append(...buttons);
  return made;
}

/* Copies a text, or saves it where the browser does not let a page copy. */
async function copyOrSave(text, file, type) {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    download(text, file, type);
    return "Saved";
  }
}

function tableButtons(file, shown, exact) {
  return [
    button("CSV", "Save the numbers for a spreadsheet", async () =>
      download(`\ufeff${csv(await exact())}`, `${file}.csv`, "text/csv"),
    ),
    button("LaTeX", "Copy the table for LaTeX (package booktabs)", () =>
      copyOrSave(latex(shown()), `${file}.tex`, "text/plain"),
    ),
    button("Markdown", "Copy the table as Markdown", () =>
      copyOrSave(markdown(shown()), `${file}.md`, "text/plain"),
    ),
  ];
}

function pictureButtons(file, svg, legend = null) {
  return [
    button("SVG", "Save the chart as SVG", () => {
      download(standalone(svg(), legend), `${file}.svg`, "image/svg+xml");
    }),
    button("PNG", "Save the chart as PNG", async () => {
      saveBlob(await png(svg(), legend), `${file}.png`);
    }),
  ];
}

/* The buttons of a chart that is drawn by the script. */
export function chartButtons({ svg, table, file, title, exact = () => rowsOf(table(), true) }) {
  const numbers = tableButtons(
    file,
    () => rowsOf(table()),
    exact,
  );
  return bar(title, ...pictureButtons(file, svg), ...numbers);
}

function fileName(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "table";
}

/*
 * Gives each table and each chart that the server wrote its buttons. `exact(table)`: the rows of a
 * table's CSV, or null where they are those that are shown.
 */
export function offerTakeAway(root, exact = () => null) {
  for (const region of root.querySelectorAll(".wide, .tall")) {
    const table = region.querySelector("table");
    if (table === null || region.closest("figure.chart") !== null) continue;
    const name = region.getAttribute("aria-label") ?? "table";
    const shown = () => rowsOfElement(table, (cell) => getComputedStyle(cell).display !== "none");
    const rows = async () => (await exact(table)) ?? shown();
    const made = bar(name, ...tableButtons(fileName(name), shown, rows));
    if (region.classList.contains("tall")) region.after(made);
    else region.append(made);
  }
  for (const svg of root.querySelectorAll("figure svg[role=img]")) {
    const box = svg.closest("figure");
    if (box.classList.contains("chart") || svg.classList.contains("small")) continue;
    const name = box.querySelector("figcaption b")?.textContent ?? "chart";
    const legend = box.closest(".panels")?.parentElement.querySelector(".legend") ?? null;
    svg.after(bar(name, ...pictureButtons(fileName(name), () => svg, legend)));
  }
}
