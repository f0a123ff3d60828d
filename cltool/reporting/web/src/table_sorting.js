/* Sorting of server-rendered tables: a header becomes a button; rows without a number stay last. */

function valueOf(row, column, asText) {
  const cell = row.cells[column];
  const given = cell.getAttribute("data-value");
  if (asText) return given === null ? cell.textContent : given;
  return given === null ? null : Number(given);
}

function sort(table, header, column, direction) {
  const body = table.tBodies[0];
  const asText = header.getAttribute("data-sort") === "text";
  const sign = direction === "ascending" ? 1 : -1;
  const rows = [...body.rows];
  rows.sort((one, other) => {
    const a = valueOf(one, column, asText);
    const b = valueOf(other, column, asText);
    if (a === null || b === null) return (a === null) - (b === null);
    return sign * (asText ? a.localeCompare(b) : a - b);
  });
  body.append(...rows);
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", direction);
}

function makeSortable(table, header, column) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...header.childNodes);
  header.append(button);
  button.addEventListener("click", () => {
    const first = header.getAttribute("data-sort") === "descending" ? "descending" : "ascending";
    const now = header.getAttribute("aria-sort");
    sort(table, header, column, now ? (now === "ascending" ? "descending" : "ascending") : first);
  });
}

export function sortTables(root) {
  for (const table of root.querySelectorAll("table.sortable")) {
    table.querySelectorAll("thead th").forEach((header, column) => {
      makeSortable(table, header, column);
    });
  }
}
