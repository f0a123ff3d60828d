/* The answers to each wording of the open fact, by seed. */

import { Text } from "./bidi.js";
import { html } from "./html.js";
import { wordingsOf } from "./wordings.js";

const LONGEST = 160;

/* A run's seed, and its stream where there are several. */
function runName(block, run) {
  for (const { runs } of block.variants) {
    const found = runs.find((one) => one.run === run);
    if (found) return found.stream === null ? `seed ${found.seed}` : `stream ${found.stream}, seed ${found.seed}`;
  }
  return "";
}

export function Answers({ now, sides }) {
  const { block, selection } = now;
  const found = wordingsOf(block, sides, selection.s, selection.k);
  if (found === null) {
    return html`<h3>Answers by wording</h3>
      <p class="note">The page does not carry the answers to each wording at this step.</p>`;
  }
  return html`<h3>Answers by wording, after <bdi>${block.labels[selection.s]}</bdi></h3>
    ${found.length === 0 && html`<p class="note">It is not asked at this step.</p>`}
    <dl class="wordings">
      ${found.map(
        ({ form, prompt, answers }) => html`<div>
          <dt><small>${form}</small> <${Text} of=${prompt} most=${LONGEST} /></dt>
          ${answers.map(
            ({ place, run, text, verdict }) => html`<dd>
              <span class="who"
                ><span class=${`side side-${"ab"[place]}`}>${"AB"[place]}</span>${" "}
                ${runName(block, run)}</span
              >${" "}
              <span class=${`said-${verdict}`}
                ><${Text} of=${text === "" ? "(nothing)" : text} most=${LONGEST}
              /></span>
              ${verdict !== "right" && html`<small>${verdict}</small>`}
            </dd>`,
          )}
        </div>`,
      )}
    </dl>`;
}
