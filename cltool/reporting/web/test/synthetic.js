/* Makes facts blocks for tests, by the description of the format and not by the code under test. */

import { gzipSync } from "node:zlib";

const SIZES = { u8: 1, u16: 2, u32: 4, i8: 1 };
const WRITERS = { u8: "setUint8", u16: "setUint16", u32: "setUint32", i8: "setInt8" };

/*
 * `columns`: {name: {type, values, width}}; with a width, the rows of that many values are stored
 * as differences. Returns the text of a script element.
 */
export function packBlock(header, columns) {
  const about = {};
  const parts = [];
  let offset = 0;
  for (const [name, { type, values, width }] of Object.entries(columns)) {
    const size = SIZES[type];
    const bytes = new Uint8Array(Math.ceil((values.length * size) / 8) * 8);
    const writer = new DataView(bytes.buffer);
    values.forEach((value, i) => {
      const stored = width && i >= width ? value - values[i - width] : value;
      writer[WRITERS[type]](i * size, stored, true);
    });
    about[name] = { type, offset, length: values.length, delta: Boolean(width) };
    parts.push(bytes);
    offset += bytes.length;
  }
  let json = JSON.stringify({ format: 1, ...header, columns: about });
  while ((4 + Buffer.byteLength(json)) % 8) json += " ";
  const front = Buffer.alloc(4);
  front.writeUInt32LE(Buffer.byteLength(json));
  return gzipSync(Buffer.concat([front, Buffer.from(json), ...parts])).toString("base64");
}

/* Numbers of texts, each once, and the two columns that hold the texts. */
export class Strings {
  constructor() {
    this.numbers = new Map();
  }

  number(text) {
    if (!this.numbers.has(text)) this.numbers.set(text, this.numbers.size);
    return this.numbers.get(text);
  }

  columns() {
    const parts = [...this.numbers.keys()].map((text) => Buffer.from(text));
    let end = 0;
    return {
      "strings.bytes": { type: "u8", values: [...Buffer.concat(parts)] },
      "strings.ends": { type: "u32", values: parts.map((part) => (end += part.length)) },
    };
  }
}

export const NOBODY = 0xffffffff;

const GROUPS = ["", "new", "retained", "future", "erased"];

/*
 * A block from facts told step by step. `facts`: [{subject, relation, steps: [moment]}], a moment
 * {object, group, learned, outdated, runs: [{asked, right, stale, answer, margin}]}, or null where
 * the fact is not asked. `variants`: [{name, runs: [{seed, …}]}]. `texts` are numbered first.
 */
export function packFacts({ labels, facts, variants, texts = [], header = {}, columns = {} }) {
  const strings = new Strings();
  for (const one of texts) strings.number(one);
  const relations = [...new Set(facts.map((fact) => fact.relation))];
  let next = 0;
  const numbered = variants.map((variant) => ({
    strategy: variant.name,
    ...variant,
    runs: variant.runs.map((run) => ({
      stream: null,
      done: labels.length,
      diverged: false,
      ...run,
      run: next++,
    })),
  }));
  const width = facts.length;
  const matrix = (type, of) => ({
    type,
    width,
    values: labels.flatMap((_, step) => facts.map((fact) => of(fact.steps[step]))),
  });
  const text = (value) => (value === undefined || value === null ? NOBODY : strings.number(value));
  const made = {
    subject: { type: "u32", values: facts.map((fact) => strings.number(fact.subject)) },
    relation: { type: "u16", values: facts.map((fact) => relations.indexOf(fact.relation)) },
    object: matrix("u32", (moment) => text(moment?.object)),
    group: matrix("u8", (moment) => GROUPS.indexOf(moment?.group ?? "")),
    learned: matrix("u16", (moment) => moment?.learned ?? 0xffff),
    outdated: matrix("u32", (moment) => text(moment?.outdated)),
  };
  for (let run = 0; run < next; run++) {
    for (const name of ["asked", "right", "stale"]) {
      made[`${name}.${run}`] = matrix("u8", (moment) => moment?.runs[run]?.[name] ?? 0);
    }
    made[`answer.${run}`] = matrix("u32", (moment) => {
      const answer = moment?.runs[run]?.answer;
      if (answer === undefined) return 0xfffffffe;
      return answer === moment.object ? 0xffffffff : strings.number(answer);
    });
    made[`margin.${run}`] = matrix("i8", (moment) => moment?.runs[run]?.margin ?? -128);
  }
  return packBlock(
    {
      labels,
      facts: width,
      relations,
      groups: GROUPS,
      match: "exact",
      forms: ["paraphrase", "question"],
      all_forms: ["trained", "paraphrase", "question"],
      variants: numbered,
      detail: { answers: "all", wordings: "none", margins: "all" },
      sampled: null,
      notes: [],
      ...header,
    },
    { ...strings.columns(), ...made, ...columns },
  );
}

/* A moment of a fact that is asked in two wordings, `right` and `stale` a run. */
export function moment(group, learned, rights, more = {}) {
  const runs = rights.map((right) => {
    const [hits, stale] = Array.isArray(right) ? right : [right, 0];
    return { asked: 2, right: hits, stale, answer: hits === 2 ? "new object" : "other" };
  });
  return { object: "new object", group, learned, runs, ...more };
}
