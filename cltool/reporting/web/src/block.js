/* Decodes the facts that a page carries: typed arrays, one a column, made when first asked for. */

import { unpack } from "./packed.js";
import { Texts } from "./texts.js";

const KINDS = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, i8: Int8Array };

export const NOBODY = 0xffffffff; // no text: not asked, or nothing outdated
export const AS_OBJECT = 0xffffffff; // answer: exactly the object
export const NOT_ASKED = 0xfffffffe; // answer: not asked
export const NEVER = 0xffff; // learned: not asked
export const NO_MARGIN = -128;
export const MOST_MARGIN = 127; // this one, and any beyond

const MOST_KEPT = 200;

/* Undoes the differences between steps in place: `values` has rows of `width`, a row a step. */
export function undelta(values, width) {
  for (let i = width; i < values.length; i++) values[i] += values[i - width];
  return values;
}

export class Block {
  constructor(buffer) {
    const length = new DataView(buffer).getUint32(0, true);
    this.header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    if (this.header.format !== 1) throw new Error(`facts of format ${this.header.format}`);
    this.buffer = buffer;
    this.start = 4 + length;
    this.labels = this.header.labels;
    this.steps = this.labels.length;
    this.facts = this.header.facts;
    this.relations = this.header.relations;
    this.groups = this.header.groups;
    this.variants = this.header.variants;
    this.done = [];
    for (const { runs } of this.variants) for (const { run, done } of runs) this.done[run] = done;
    this.made = new Map();
    this.kept = new Map();
    this.texts = new Texts(this.column("strings.bytes"), this.column("strings.ends"));
  }

  has(name) {
    return Object.hasOwn(this.header.columns, name);
  }

  /* The values of a column; null if the page does not carry it. */
  column(name) {
    if (this.made.has(name)) return this.made.get(name);
    const about = this.has(name) ? this.header.columns[name] : null;
    let values = null;
    if (about !== null) {
      values = new KINDS[about.type](this.buffer, this.start + about.offset, about.length);
      if (about.delta) values = undelta(values, about.length / this.steps);
    }
    this.made.set(name, values);
    return values;
  }

  /* What `make` returns, kept under `name`; of all that is kept, what was used least lately goes. */
  remember(name, make) {
    let value = this.kept.get(name);
    if (value === undefined) value = make();
    else this.kept.delete(name);
    this.kept.set(name, value);
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value);
    return value;
  }

  text(number) {
    return this.texts.at(number);
  }

  subject(key) {
    return this.text(this.column("subject")[key]);
  }

  relation(key) {
    return this.relations[this.column("relation")[key]];
  }

  /* The object at a step (see the column `object`); null if the key is not asked there. */
  object(step, key) {
    const number = this.column("object")[step * this.facts + key];
    return number === NOBODY ? null : this.text(number);
  }

  group(step, key) {
    return this.groups[this.column("group")[step * this.facts + key]];
  }

  /* The runs of a variant that count at a step; with `seed`, only those of it. */
  runs(variant, step, seed = null) {
    return this.counting(variant, seed)
      .filter((run) => run.done > step)
      .map((run) => run.run);
  }

  /* How many steps the runs of a variant that count have done, at most. */
  stepsOf(variant, seed = null) {
    return Math.max(0, ...this.counting(variant, seed).map((run) => run.done));
  }

  counting(variant, seed) {
    const runs = this.variants[variant]?.runs ?? [];
    return runs.filter((run) => !run.diverged && (seed === null || run.seed === seed));
  }

  /* Where row `row` of a column with `width` rows a step stands; −1: the page does not carry it. */
  place(values, run, step, row, width) {
    if (values === null) return -1;
    if (values.length !== width || this.steps === 1) return step * width + row;
    return step === this.done[run] - 1 ? row : -1;
  }

  /* The answer given most in a run; null if it was not asked or the page has no answer of it. */
  answer(run, step, key) {
    const answers = this.column(`answer.${run}`);
    const at = this.place(answers, run, step, key, this.facts);
    return at < 0 ? null : this.said(answers[at], step, key);
  }

  /* The text of an answer that is stored as a number. */
  said(number, step, key) {
    if (number === NOT_ASKED) return null;
    return number === AS_OBJECT ? this.object(step, key) : this.text(number);
  }

  /* The margin as it is kept: a number up to ±MOST_MARGIN, or NO_MARGIN; null if none is kept. */
  margin(run, step, key) {
    const margins = this.column(`margin.${run}`);
    const at = this.place(margins, run, step, key, this.facts);
    return at < 0 ? null : margins[at];
  }
}

/* Reads a facts block from the text of its script element. */
export async function decode(text) {
  return new Block(await unpack(text));
}
