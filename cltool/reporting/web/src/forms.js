/* The counts of a run: of all counted probes, or of one form of wording. */

/*
 * The columns asked, right and stale of a run, a value for each step and key.
 * `form`: a form's name, whose counts are made from the answers by wording; null: all counted.
 */
export function counted(block, run, form = null) {
  return block.remember(`counted ${run} ${form}`, () =>
    form === null
      ? {
          asked: block.column(`asked.${run}`),
          right: block.column(`right.${run}`),
          stale: block.column(`stale.${run}`),
        }
      : ofForm(block, run, form),
  );
}

/* The forms whose answers the page has at every step. */
export function formsWithAnswers(block) {
  const { detail, all_forms: names } = block.header;
  return detail?.wordings === "all" && block.has("probe.key") ? (names ?? []) : [];
}

const RIGHT = 1;
const OUTDATED = 2;
const WRONG = 0;

function ofForm(block, run, form) {
  const size = block.steps * block.facts;
  const found = {
    asked: new Uint8Array(size),
    right: new Uint8Array(size),
    stale: new Uint8Array(size),
  };
  const number = formsWithAnswers(block).indexOf(form);
  const verdicts = block.column(`verdict.${run}`);
  if (number < 0 || verdicts === null) return found;
  const keys = block.column("probe.key");
  const forms = block.column("probe.form");
  for (let probe = 0; probe < keys.length; probe++) {
    if (forms[probe] !== number) continue;
    for (let step = 0; step < block.steps; step++) {
      const verdict = verdicts[step * keys.length + probe];
      const at = step * block.facts + keys[probe];
      if (verdict === RIGHT) found.right[at]++;
      else if (verdict === OUTDATED) found.stale[at]++;
      else if (verdict !== WRONG) continue;
      found.asked[at]++;
    }
  }
  return found;
}
