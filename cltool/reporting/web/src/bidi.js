/* Text of facts: in text nodes only, apart from the direction of what is around it. */

import { html } from "./html.js";

const LONGEST = 400;

/* A long text is cut: the grid shows one line of it, and the drawer says what is left out. */
export function clipped(text, most = LONGEST) {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

export function Text({ of, class: class_ = null, most = LONGEST }) {
  return html`<bdi class=${class_}>${clipped(of, most)}</bdi>`;
}
