/* The bar on top of the page: what is compared, and at which step. */

import { html } from "./html.js";
import { select } from "./selection.js";
import { view } from "./view.js";

export function Bar() {
  if (view.value === null) return null;
  const { block, selection } = view.value;
  const pick = (side) => html`<label
    >${side.toUpperCase()}
    <select
      value=${selection[side]}
      onChange=${(event) => select({ [side]: Number(event.currentTarget.value) })}
    >
      ${block.variants.map(({ name }, number) => html`<option value=${number}>${name}</option>`)}
    </select></label
  >`;
  return html`<div class="bar">
    ${pick("a")} ${selection.b >= 0 && pick("b")}
    <label
      >Step
      <input
        type="range"
        min="0"
        max=${block.steps - 1}
        value=${selection.s}
        onInput=${(event) => select({ s: Number(event.currentTarget.value) }, { replace: true })}
      />
      <output>${block.labels[selection.s]}</output></label
    >
  </div>`;
}
