/* What the page shows: one selection, kept in the URL's hash so that links and Back work. */

import { signal } from "@preact/signals";

/* Filters whose values are names of cltool's own: several are separated by commas. */
export const LISTS = ["group", "state", "change"];
/* Filters with one value; `relation` and `form` are names, `learned` and `seed` numbers. */
export const SINGLE = ["relation", "form", "learned", "seed"];
export const FILTERS = [...SINGLE, ...LISTS];

const NUMBERS = ["g", "a", "b", "s", "k", "learned", "seed"];

/*
 * g: group of runs; a, b: variants; s: step; q: search; d: only where A and B differ;
 * k: open fact; sort: column, with − before it if descending; and a value or null a filter.
 * null stands for the page's own choice: the last step, the first two variants, nothing open.
 */
export const EMPTY = Object.freeze({
  g: null,
  a: null,
  b: null,
  s: null,
  q: "",
  relation: null,
  group: null,
  learned: null,
  state: null,
  change: null,
  form: null,
  seed: null,
  d: false,
  k: null,
  sort: null,
});

/* Reads a selection from a hash; what it does not know or understand is left out. */
export function parse(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const found = { ...EMPTY };
  for (const [name, value] of given) {
    if (!Object.hasOwn(EMPTY, name) || value === "") continue;
    if (NUMBERS.includes(name)) {
      if (/^-?\d{1,9}$/.test(value)) found[name] = Number(value);
    } else if (name === "d") found.d = value === "1";
    else if (LISTS.includes(name)) found[name] = value.split(",");
    else found[name] = value;
  }
  return found;
}

/* Writes a selection as a hash; what has its empty value is left out. */
export function format(selection) {
  const given = new URLSearchParams();
  for (const name of Object.keys(EMPTY)) {
    const value = selection[name];
    if (value === EMPTY[name] || value === null || value === "") continue;
    given.set(name, value === true ? "1" : String(value));
  }
  const text = given.toString();
  return text === "" ? "" : `#${text}`;
}

/* What means something else, or nothing, in another group of runs: to be chosen anew there. */
export const OF_A_GROUP = Object.freeze({
  a: null,
  b: null,
  s: null,
  k: null,
  relation: null,
  learned: null,
  form: null,
  seed: null,
});

export const selection = signal(parse(globalThis.location?.hash ?? ""));

/*
 * Changes the selection. The change is a new entry of the history, unless `replace` says that it
 * continues the entry before: a slider on its way, a word that is being typed.
 */
export function select(patch, { replace = false } = {}) {
  const next = { ...selection.value, ...patch };
  const hash = format(next);
  if (hash === format(selection.value)) return;
  selection.value = next;
  const { pathname, search } = location;
  history[replace ? "replaceState" : "pushState"](null, "", hash === "" ? pathname + search : hash);
}

/* Follows Back, Forward and links to a hash. A hash that is a place of the page changes nothing. */
export function followHash(window) {
  const read = () => {
    const { hash } = window.location;
    if (hash !== "" && !hash.includes("=")) return;
    const next = parse(hash);
    if (format(next) !== format(selection.value)) selection.value = next;
  };
  window.addEventListener("popstate", read);
  window.addEventListener("hashchange", read);
}
