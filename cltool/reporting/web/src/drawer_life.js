/* The life of the open fact, a row a step. */

import { Text } from "./bidi.js";
import { html } from "./html.js";
import { nats } from "./margin.js";
import { select } from "./selection.js";
import { STATES } from "./states.js";
import { StateSign } from "./strip.js";
import { SideName } from "./update.js";

const LONGEST = 60;

export function Life({ now, sides }) {
  const { block, selection } = now;
  const { k: key, s: step } = selection;
  return html`<h3>Its life</h3>
    <div class="drawer-wide" tabindex="0" role="region" aria-label="Life of the fact">
      <table class="life">
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">object</th>
            ${sides.map((side, at) => html`<th scope="col"><${SideName} side=${side} at=${at} /></th>`)}
          </tr>
        </thead>
        <tbody>
          ${block.labels.map((label, at) => {
            const object = block.object(at, key);
            return html`<tr class=${at === step ? "current" : null}>
              <th scope="row">
                <button
                  type="button"
                  class="plain-button"
                  aria-current=${at === step ? "step" : null}
                  onClick=${() => select({ s: at })}
                >
                  <bdi>${label}</bdi>
                </button>
              </th>
              <td>
                ${object === null ? "–" : html`<${Text} of=${object} most=${LONGEST} />`}${" "}
                <small>${block.group(at, key)}</small>
              </td>
              ${sides.map((side) => html`<td><${Moment} side=${side} step=${at} fact=${key} /></td>`)}
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
}

function Moment({ side, step, fact }) {
  const state = STATES[side.state(step, fact)];
  if (state === "none") return "–";
  const { right, asked } = side.countsAt(step, fact);
  const answer = side.answer(step, fact);
  const margin = side.margin(step, fact);
  return html`<span class="moment">
    <${StateSign} state=${state} />
    <span>
      <span class=${`said-${state}`}
        >${answer === null
          ? state
          : html`<${Text} of=${answer.text === "" ? "(nothing)" : answer.text} most=${LONGEST} />`}</span
      >${" "}
      <small>${right}/${asked}${margin === null ? "" : `, ${nats(margin)}`}</small>
    </span>
  </span>`;
}
