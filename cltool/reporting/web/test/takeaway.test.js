import assert from "node:assert/strict";
import { test } from "node:test";

import { csv, latex, markdown, perSeed, rowsOf } from "../src/takeaway/tables.js";

test("a spreadsheet runs no formula, and numbers stay numbers", () => {
  const rows = [["=1+1", "+a", "-a", "@sum", "\ttab", "\rreturn"], ["-0.5", "−0.5", "+1", "1e-7", "a,b", 'a"b']];
  assert.equal(
    csv(rows),
    `'=1+1,'+a,'-a,'@sum,'\ttab,"'\rreturn"\r\n-0.5,-0.5,+1,1e-7,"a,b","a""b"\r\n`,
  );
});

test("a table for LaTeX has nothing that LaTeX would read as a command", () => {
  const text = latex([["a_b", "50 %"], ["\\input{x}", "0.5 ± 0.1"]]);
  assert.ok(text.startsWith("\\begin{tabular}{lr}\n\\toprule\na\\_b & 50 \\% \\\\\n\\midrule\n"));
  assert.ok(text.includes("\\textbackslash{}input\\{x\\} & 0.5 $\\pm$ 0.1 \\\\"));
  assert.ok(text.endsWith("\\bottomrule\n\\end{tabular}\n"));
});

test("a table for Markdown keeps its cells", () => {
  const text = markdown([["a|b", "n"], ["<img>\nx", "*1*"]]);
  assert.equal(text, "| a\\|b | n |\n| --- | --: |\n| \\<img\\> x | \\*1\\* |\n");
});

test("files hold exact values, texts what is read", () => {
  const table = { columns: ["s", "new"], rows: [["x", { text: "0.97", value: 0.9712 }], ["y", { text: "–" }]] };
  assert.deepEqual(rowsOf(table), [["s", "new"], ["x", "0.97"], ["y", "–"]]);
  assert.deepEqual(rowsOf(table, true)[1], ["x", 0.9712]);
});

test("a row for each seed, and a column for streams only if there are several", () => {
  const one = { x: [{ seed: 0, stream: null, scores: { new: 0.5 } }, { seed: 1, stream: null, scores: {} }] };
  assert.deepEqual(perSeed(one, ["new"]), [["strategy", "seed", "new"], ["x", 0, 0.5], ["x", 1, ""]]);
  const two = { x: [{ seed: 0, stream: 7, scores: { new: null } }] };
  assert.deepEqual(perSeed(two, ["new"]), [["strategy", "stream", "seed", "new"], ["x", 7, 0, ""]]);
});
