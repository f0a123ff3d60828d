/* The answers to each wording of a fact. */

const VERDICTS = ["wrong", "right", "outdated", "not judged", null];

/* The first probe whose key is at least `key`; probes are sorted by key. */
function firstProbe(keys, key) {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle] < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/*
 * The wordings of a fact with the answer of each run of some sides at a step:
 * [{form, prompt, answers: [{place (of the side), run, text, verdict}]}], without wordings that no run
 * was asked. null if the page does not carry them.
 */
export function wordingsOf(block, sides, step, key) {
  const keys = block.column("probe.key");
  if (keys === null) return null;
  const [forms, prompts] = ["form", "prompt"].map((name) => block.column(`probe.${name}`));
  const found = [];
  let carried = false;
  for (let probe = firstProbe(keys, key); keys[probe] === key; probe++) {
    const answers = [];
    for (const [place, side] of sides.entries()) {
      for (const run of side.runs(step)) {
        const said = block.column(`said.${run}`);
        const at = block.place(said, run, step, probe, keys.length);
        if (at < 0) continue;
        carried = true;
        const text = block.said(said[at], step, key);
        const verdict = VERDICTS[block.column(`verdict.${run}`)[at]];
        if (text !== null) answers.push({ place, run, text, verdict });
      }
    }
    if (answers.length > 0) {
      const prompt = filled(block, prompts[probe], step, key);
      found.push({ form: block.header.all_forms[forms[probe]], prompt, answers });
    }
  }
  return carried ? found : null;
}

/* A prompt with the fact's subject and object in their places. */
function filled(block, number, step, key) {
  // In one go: a subject may itself hold one of the two signs.
  return block
    .text(number)
    .replace(/[\u0001\u0002]/g, (sign) =>
      sign === "\u0001" ? block.subject(key) : (block.object(step, key) ?? "…"),
    );
}
