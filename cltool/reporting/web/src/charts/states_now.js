/* How many facts are in which state at the step, for A and B. */

import * as Plot from "@observablehq/plot";

import { STATES, states } from "../states.js";

export function statesNow({ block, selection, select }) {
  const bars = [];
  for (const side of ["a", "b"]) {
    const variant = selection[side];
    if (variant < 0) continue;
    const tally = new Array(STATES.length).fill(0);
    const runs = block.runs(variant, selection.s, selection.seed);
    for (const state of states(block, runs, selection.s)) tally[state]++;
    STATES.forEach((state, place) => {
      if (place > 0) bars.push({ run: block.variants[variant].name, state, facts: tally[place] });
    });
  }
  const chart = Plot.plot({
    marginLeft: 90,
    x: { grid: true, label: "facts" },
    y: { label: null },
    marks: [
      Plot.barX(bars, { x: "facts", y: "run", fill: "state", title: "state" }),
      Plot.ruleX([0]),
    ],
    color: { legend: false },
  });
  chart.addEventListener("click", (event) => {
    const state = event.target.textContent;
    if (STATES.includes(state)) select({ state: [state] });
  });
  return chart;
}
