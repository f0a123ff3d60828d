/* Tables as text: CSV, LaTeX (package booktabs) and Markdown. Rows are lists of texts, the header first. */

const NUMBER = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/*
 * A cell for spreadsheets: minus signs of numbers are plain, and a text that a spreadsheet would
 * take for a formula gets an apostrophe.
 */
function cell(text) {
  const plain = String(text).replace(/^−(?=\d)/, "-");
  const safe = /^[=+\-@\t\r]/.test(plain) && !NUMBER.test(plain) ? `'${plain}` : plain;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(rows) {
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

const LATEX = {
  "\\": "\\textbackslash{}", "&": "\\&", "%": "\\%", $: "\\$", "#": "\\#", _: "\\_",
  "{": "\\{", "}": "\\}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
  "−": "$-$", "–": "--", "±": "$\\pm$", "\u2009": "\\,", "≈": "$\\approx$",
  "↑": "$\\uparrow$", "↓": "$\\downarrow$", "<": "\\textless{}", ">": "\\textgreater{}",
  "|": "\\textbar{}", "→": "$\\rightarrow$", "≥": "$\\geq$", "≤": "$\\leq$",
};

export function latex([head, ...rows]) {
  const escaped = (text) => oneLine(text).replace(/./gu, (one) => LATEX[one] ?? one);
  const line = (row) => `${row.map(escaped).join(" & ")} \\\\`;
  const columns = `l${"r".repeat(Math.max(0, head.length - 1))}`;
  return [
    `\\begin{tabular}{${columns}}`,
    "\\toprule",
    line(head),
    "\\midrule",
    ...rows.map(line),
    "\\bottomrule",
    "\\end{tabular}",
    "",
  ].join("\n");
}

export function markdown([head, ...rows]) {
  const escaped = (text) => oneLine(text).replace(/[\\`*_{}[\]<>#|~&]/g, "\\$&");
  const line = (row) => `| ${row.map(escaped).join(" | ")} |`;
  const rule = `| --- |${" --: |".repeat(Math.max(0, head.length - 1))}`;
  return [line(head), rule, ...rows.map(line), ""].join("\n");
}

const oneLine = (text) => String(text).replace(/\s*[\n\r]+\s*/g, " ").trim();

/* The rows of a chart's table: as they are read, and with the exact values. */
export function rowsOf({ columns, rows }, exact = false) {
  const text = (one) => (typeof one === "string" ? one : exact ? (one.value ?? one.text) : one.text);
  return [columns, ...rows.map((row) => row.map(text))];
}

/* The rows of a table of the page; hidden columns are left out. */
export function rowsOfElement(element, visible = () => true) {
  return [...element.rows].map((row) =>
    [...row.cells].filter(visible).flatMap((one) => {
      const text = oneLine([...texts(one)].join(" ").replace(/ {2,}/g, " "));
      return [text, ...Array.from({ length: one.colSpan - 1 }, () => "")];
    }),
  );
}

/* The texts of a cell, those of small print and of the next line as parts of their own. */
function* texts(node) {
  for (const child of node.childNodes) {
    if (child.nodeType === 3) {
      if (child.data.trim() !== "") yield child.data.trim();
    } else if (child.getAttribute?.("aria-hidden") !== "true" || child.classList?.contains("way")) {
      yield* texts(child);
    }
  }
}

/* A row for each run of some strategies: its seed (and stream), and the value of each score. */
export function perSeed(seeds, scores) {
  const runs = Object.entries(seeds).flatMap(([strategy, own]) => own.map((run) => ({ strategy, ...run })));
  const several = runs.some(({ stream }) => stream !== null);
  const head = ["strategy", ...(several ? ["stream"] : []), "seed", ...scores];
  return [
    head,
    ...runs.map((run) => [
      run.strategy,
      ...(several ? [run.stream ?? ""] : []),
      run.seed,
      ...scores.map((score) => run.scores[score] ?? ""),
    ]),
  ];
}
