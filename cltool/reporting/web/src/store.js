/* What views share: the facts of a page, what they are at a step, and the selection. */

export { decode } from "./block.js";
export { stateAt, stateOf, states, STATES } from "./states.js";
export { changeBit, changeBits, changes, CHANGES } from "./changes.js";
export { select, selection } from "./selection.js";
