/* Text of facts: in text nodes only, apart from the direction of what is around it. */

import { html } from "./html.js";

const LONGEST = 400;

/*
 * A long text is cut: the grid shows one line of it, and the drawer says what is left out. No
 * character is cut into two: half of one cannot be written into a file.
 */
export function clipped(text, most = LONGEST) {
  if (text.length <= most) return text;
  const end = /[\ud800-\udbff]/.test(text[most - 1] ?? "") ? most - 1 : most;
  return `${text.slice(0, end)}…`;
}

export function Text({ of, class: class_ = null, most = LONGEST }) {
  return html`<bdi class=${class_}>${clipped(of, most)}</bdi>`;
}
