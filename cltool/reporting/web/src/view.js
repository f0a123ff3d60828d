/* What is on the screen: the facts of the group shown, and the selection with its defaults. */

import { computed, signal } from "@preact/signals";

import { selection } from "./selection.js";

/* The page's JSON, and the facts of its groups by number as far as they are decoded. */
export const page = signal(null);
export const blocks = signal(new Map());

/* The selection with a value for everything that has a default, within what the block has. */
export function resolved(given, block) {
  const within = (value, default_, most) =>
    value === null || value < 0 || value > most ? default_ : value;
  const last = Math.max(0, ...block.done.map((done) => done - 1));
  const variants = block.variants.length - 1;
  const a = within(given.a, given.b === 0 && variants > 0 ? 1 : 0, variants);
  const other = variants < 1 ? -1 : a === 1 ? 0 : 1;
  return {
    ...given,
    g: given.g ?? 0,
    a,
    b: given.b === -1 ? -1 : within(given.b, other, variants),
    s: within(given.s, last, block.steps - 1),
    k: within(given.k, null, block.facts - 1),
  };
}

/* {block, data, selection} of a group (null: the one shown); null until its facts are decoded. */
export function viewOf(group = null) {
  const number = group ?? selection.value.g ?? 0;
  const block = blocks.value.get(number);
  if (block === undefined || page.value === null) return null;
  return {
    block,
    data: page.value.groups[number],
    selection: resolved({ ...selection.value, g: number }, block),
  };
}

/*
 * The same of a page that carries no facts: its charts show what is in its JSON, and `block` is
 * null.
 */
export function viewWithoutFacts(group = null) {
  const number = group ?? selection.value.g ?? 0;
  const data = page.value.groups[number];
  const like = {
    done: data.strategies.map((one) => one.done),
    variants: data.strategies,
    steps: data.labels.length,
    facts: 0,
  };
  return { block: null, data, selection: resolved({ ...selection.value, g: number }, like) };
}

export const view = computed(() => viewOf());
