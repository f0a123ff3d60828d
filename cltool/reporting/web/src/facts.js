/* The facts: what the update did to them, and each of them. */

import { html } from "./html.js";
import { view } from "./view.js";

export function Facts() {
  if (view.value === null) return null;
  const { block } = view.value;
  return html`<p class="note">${block.facts} facts</p>`;
}
