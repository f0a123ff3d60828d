/* What the update of the step did: counts for A beside B; a count lists its facts. */

import { clipped } from "./bidi.js";
import { CHANGES } from "./changes.js";
import { HarmByUpdate } from "./harm_by_update.js";
import { html } from "./html.js";
import { select } from "./selection.js";
import { sideOf } from "./side.js";
import { view } from "./view.js";

const MEANINGS = {
  broken: "valid facts of earlier steps: right less often than before",
  "turned outdated": "valid facts of earlier steps: newly a superseded object",
  resurfaced: "erased and gone earlier: produced again",
  "not learned": "taught by this update: not right after it",
  "not forgotten": "erased by this update: still produced",
  "still wrong": "valid facts of earlier steps: not right before and after",
  learned: "taught by this update: right after it",
  regained: "valid facts of earlier steps: not right before, right after",
  forgotten: "erased by this update: not produced any more",
};

/* Filters that would hide facts of a count. */
const NO_OTHERS = { q: "", relation: null, group: null, learned: null, state: null, d: false };

export function tallyChanges(side, step) {
  const tally = new Uint32Array(CHANGES.length);
  for (const bits of side.changes(step)) {
    if (bits === 0) continue;
    for (let place = 0; place < CHANGES.length; place++) tally[place] += (bits >> place) & 1;
  }
  return tally;
}

export function Update() {
  const now = view.value;
  const { block, selection } = now;
  const sides = ["a", "b"].map((name) => sideOf(now, name)).filter((side) => side !== null);
  const step = selection.s;
  const label = block.labels[step];
  if (step === 0) {
    return html`<section class="update" aria-labelledby="update-title">
      <h2 id="update-title">What update 1 did</h2>
      <p class="note">
        Step 0 is what the model knew before the updates.${" "}
        ${block.steps > 1 &&
        html`<button type="button" class="plain-button" onClick=${() => select({ s: 1 })}>
          Go to update 1
        </button>`}
      </p>
    </section>`;
  }
  const tallies = sides.map((side) => tallyChanges(side, step));
  const most = Math.max(1, ...tallies.flatMap((tally) => [...tally]));
  const listed = CHANGES.map((change, place) => ({ ...change, place })).filter(
    ({ name, place }) => KEPT.has(name) || tallies.some((tally) => tally[place] > 0),
  );
  return html`<section class="update" aria-labelledby="update-title">
    <h2 id="update-title">What update ${step} did <small>${label}</small></h2>
    <p class="note">${told(now)} A number lists its facts.</p>
    <div class="update-parts">
    <table class="changes">
      <thead>
        <tr>
          <th scope="col">facts</th>
          ${sides.map((side, at) => html`<th scope="col"><${SideName} side=${side} at=${at} /></th>`)}
          <th scope="col" class="meaning">meaning</th>
        </tr>
      </thead>
      <tbody>
        ${listed.map(
          ({ name, bad, place }) => html`<tr class=${bad ? "harm" : "good"}>
            <th scope="row">${name}</th>
            ${tallies.map(
              (tally, at) => html`<td>
                <${Count} now=${now} name=${name} side=${"ab"[at]} count=${tally[place]} most=${most} />
              </td>`,
            )}
            <td class="meaning">${MEANINGS[name]}</td>
          </tr>`,
        )}
      </tbody>
    </table>
    <${HarmByUpdate} sides=${sides} selection=${selection} />
    </div>
  </section>`;
}

/* Listed also when nothing of the kind happened. */
const KEPT = new Set(["broken", "turned outdated", "not learned", "learned", "regained"]);

export function SideName({ side, at }) {
  return html`<span class=${`side side-${"ab"[at]}`}>${"AB"[at]}</span>${" "}
    <bdi class="side-name" title=${side.name}>${clipped(side.name, 100)}</bdi>`;
}

function Count({ now, name, side, count, most }) {
  const change = side === "a" ? name : `b.${name}`;
  const on = now.selection.change?.includes(change) ?? false;
  return html`<button
    type="button"
    class="count"
    aria-pressed=${on}
    aria-label=${`${count} ${name}, ${side.toUpperCase()}`}
    disabled=${count === 0 && !on}
    style=${{ "--share": count / most }}
    onClick=${() => select(on ? { change: null } : { ...NO_OTHERS, change: [change], k: null })}
  >
    ${count}
  </button>`;
}

/* What the update taught and erased, in a sentence. */
function told({ data, selection }) {
  const update = data?.views?.settings?.updates?.[selection.s];
  // Runs of older versions did not record it.
  if (typeof update?.learn !== "number") return "";
  const forget = update.forget > 0 ? ` and was to erase ${plural(update.forget, "fact")}` : "";
  return `It taught ${plural(update.learn, "fact")}${forget}.`;
}

export function plural(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
