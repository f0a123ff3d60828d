/* Which update broke the open fact on each side, and the suspects. */

import { Text } from "./bidi.js";
import { html } from "./html.js";
import { flippedBy, rehearsed, suspects } from "./life.js";
import { select } from "./selection.js";
import { STATES } from "./states.js";
import { plural, SideName } from "./update.js";

/* A fact can be broken and stay partly right: fewer of its wordings are. */
function flipInWords({ before, after }) {
  if (before === after) return "left fewer of its wordings right: still";
  return `turned it from ${STATES[before]} to`;
}

export function Flips({ now, sides }) {
  return html`<div class="flips">
    ${sides.map((side, at) => html`<${Flip} now=${now} side=${side} at=${at} />`)}
  </div>`;
}

function Flip({ now, side, at }) {
  const { block, selection } = now;
  const { s: step, k: key } = selection;
  const flip = flippedBy(side, step, key);
  if (flip === null) {
    return html`<p><${SideName} side=${side} at=${at} />: no update up to here made it worse.</p>`;
  }
  const answers = side.runs(flip.step).map((run) => block.answer(run, flip.step, key));
  const found = suspects(block, flip.step, key, answers);
  const again = rehearsed(side, flip.step, key);
  const label = block.labels[flip.step];
  return html`<div class="flip">
    <p>
      <${SideName} side=${side} at=${at} />: ${" "}
      <button type="button" class="plain-button" onClick=${() => select({ s: flip.step })}>
        update ${flip.step}
      </button>
      ${" "}<bdi>${label}</bdi> ${flipInWords(flip)}
      ${" "}<b class=${`said-${STATES[flip.after]}`}>${STATES[flip.after]}</b>.
      ${again !== null && ` The update rehearsed it in ${again.times} of ${plural(again.runs, "run")}.`}
    </p>
    ${found.all > 0
      ? html`<p class="term">Suspects, not proof: the nearest facts that update ${flip.step} taught
          ${found.all > found.listed.length ? ` (${found.listed.length} of ${found.all})` : ""}</p>
          <ul class="suspects">
            ${found.listed.map(
              ({ key: other, shared }) => html`<li>
                <button type="button" class="plain-button" onClick=${() => select({ k: other })}>
                  <${Text} of=${block.subject(other)} most=${80} />${" "}
                  <${Text} of=${block.relation(other)} class="relation" />${" "}
                  <${Text} of=${block.object(flip.step, other) ?? ""} most=${80} />
                </button>
                <small>${shared.join(", ")}</small>
              </li>`,
            )}
          </ul>`
      : html`<p class="note">No fact that the update taught shares its subject, relation or object.</p>`}
  </div>`;
}
