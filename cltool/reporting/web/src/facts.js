/* The facts: what the update did to them, how many are listed, and each of them. */

import { Drawer } from "./drawer.js";
import { Chips } from "./filters.js";
import { Grid } from "./grid.js";
import { Guard } from "./guard.js";
import { html } from "./html.js";
import { rows, tallies } from "./rows.js";
import { select } from "./selection.js";
import { sideOf } from "./side.js";
import { SORTS } from "./sorting.js";
import { STATES } from "./states.js";
import { StateSign } from "./strip.js";
import { plural, SideName, Update } from "./update.js";
import { view } from "./view.js";

export function Facts() {
  if (view.value === null) return html`<p class="note" role="status">Reading the facts…</p>`;
  const now = view.value;
  if (now.block.facts === 0) return null;
  const of = JSON.stringify(now.selection);
  return html`
    <${Guard} of=${of}><${Update} /><//>
    <section class="facts" aria-labelledby="facts-title">
      <h2 id="facts-title">Facts</h2>
      <${Notes} block=${now.block} />
      <${Guard} of=${of}>
        <${Summary} now=${now} />
        <${Grid} />
      <//>
      <${Legend} />
    </section>
    <${Guard} of=${of}>
      ${now.selection.k !== null && html`<${Drawer} now=${now} />`}
    <//>
  `;
}

function Notes({ block }) {
  const { sampled, notes } = block.header;
  const texts = [...(notes ?? [])];
  if (sampled) texts.push(`${plural(sampled.of, "fact")} in the runs. ${sampled.how}`);
  return texts.map((text) => html`<p class="note">${text}</p>`);
}

function Summary({ now }) {
  const { block, selection } = now;
  const found = rows.value.length;
  const all = found === block.facts;
  return html`<div class="facts-summary">
      <p class="facts-count" role="status">
        <b>${plural(found, "fact")}</b>${all ? "" : ` of ${block.facts.toLocaleString("en")}`}, at
        ${" "}<b>${selection.s === 0 ? "the base" : `update ${selection.s}`}</b>
        ${" "}<bdi>${block.labels[selection.s]}</bdi>
      </p>
      <${SortPicker} selection=${selection} />
    </div>
    <${Chips} now=${now} />
    <div class="tallies">
      ${["a", "b"].map((side, at) => {
        const one = sideOf(now, side);
        return one && html`<${Tally} side=${one} at=${at} counts=${tallies.value[side]} now=${now} />`;
      })}
    </div>`;
}

/* How many of the listed facts are in which state; a click lists those. */
function Tally({ side, at, counts, now }) {
  const prefix = at === 0 ? "" : "b.";
  const listed = STATES.filter((state) => state !== "none" && counts[state] > 0);
  const inForce = now.selection.state;
  return html`<div class="tally-line" role="group" aria-label=${`States of ${side.name}`}>
    <span class="tally-name"><${SideName} side=${side} at=${at} /></span>
    ${listed.map((state) => {
      const value = prefix + state;
      const on = inForce?.length === 1 && inForce[0] === value;
      return html`<button
        type="button"
        class="tally-count"
        aria-pressed=${on}
        onClick=${() => select({ state: on ? null : [value], k: null })}
      >
        <${StateSign} state=${state} /> ${counts[state].toLocaleString("en")} ${state}
      </button>`;
    })}
  </div>`;
}

function SortPicker({ selection }) {
  const usable = SORTS.filter(({ name }) => selection.b >= 0 || !name.startsWith("b"));
  const options = usable.flatMap(({ name, title }) => [
    { value: name, text: `${title}, ${name.length === 1 ? "worst first" : "ascending"}` },
    { value: `-${name}`, text: `${title}, ${name.length === 1 ? "best first" : "descending"}` },
  ]);
  return html`<label class="pick"
    ><span>Sort by</span>
    <select
      value=${selection.sort ?? ""}
      onChange=${(event) => select({ sort: event.currentTarget.value || null })}
    >
      <option value="">order of the stream</option>
      ${options.map(({ value, text }) => html`<option value=${value}>${text}</option>`)}
    </select></label
  >`;
}

const MEANINGS = {
  right: "all wordings right",
  partly: "some wordings right",
  outdated: "a superseded object",
  wrong: "wrong",
  future: "not taught yet",
  forgotten: "erased, not produced",
  produced: "erased, still produced",
  resurfaced: "erased, produced again",
};

function Legend() {
  return html`<ul class="state-legend">
    ${Object.entries(MEANINGS).map(
      ([state, meaning]) => html`<li><${StateSign} state=${state} /> ${meaning}</li>`,
    )}
    <li>
      Strip: one mark a step, A above B; the band is the step shown. Margin: the mean
      log-probability of the object minus that of the outdated one, in nats; where nothing is
      outdated, the log-probability of the object alone. The page keeps margins up to ±31 nats.
    </li>
  </ul>`;
}
