/* The distinct texts of a block, and the search in them. */

export class Texts {
  constructor(bytes, ends) {
    this.bytes = bytes;
    this.byteEnds = ends;
    this.length = ends.length;
    this.decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    this.folded = null;
  }

  at(number) {
    const from = number === 0 ? 0 : this.byteEnds[number - 1];
    return this.decoder.decode(this.bytes.subarray(from, this.byteEnds[number]));
  }

  /* All texts in lower case, one after the other, with their ends; made once. */
  searchable() {
    if (this.folded === null) {
      const whole = this.decoder.decode(this.bytes);
      const text = whole.toLowerCase();
      // Lower case rarely changes the length (İ does): then each text is folded by itself.
      this.folded =
        text.length === whole.length
          ? { text, ends: unitEnds(this.bytes, this.byteEnds) }
          : foldedOneByOne(this);
    }
    return this.folded;
  }

  /* Marks the texts that hold `part`, which is in lower case: 1 for each, else 0. */
  holding(part) {
    const marks = new Uint8Array(this.length);
    const { text, ends } = this.searchable();
    let number = 0;
    let at = text.indexOf(part);
    while (at >= 0) {
      number = follow(ends, number, at);
      if (at + part.length <= ends[number]) {
        marks[number] = 1;
        at = text.indexOf(part, Math.max(ends[number], at + 1));
      } else {
        at = text.indexOf(part, at + 1);
      }
    }
    return marks;
  }
}

/* The first text at or after `number` that ends behind `at`. */
function follow(ends, number, at) {
  let low = number;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle] > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/* Ends in UTF-16 units from ends in bytes of UTF-8. */
function unitEnds(bytes, byteEnds) {
  const ends = new Uint32Array(byteEnds.length);
  let units = 0;
  let at = 0;
  for (let number = 0; number < byteEnds.length; number++) {
    for (const end = byteEnds[number]; at < end; at++) {
      const byte = bytes[at];
      if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
    }
    ends[number] = units;
  }
  return ends;
}

function foldedOneByOne(texts) {
  const ends = new Uint32Array(texts.length);
  const parts = [];
  let length = 0;
  for (let number = 0; number < texts.length; number++) {
    const part = texts.at(number).toLowerCase();
    parts.push(part);
    length += part.length;
    ends[number] = length;
  }
  return { text: parts.join(""), ends };
}
