/* The order of texts, by the code units of their lower case. */

/*
 * The rank of each text of `numbers` (which may repeat): {number: rank} as an array over all texts.
 * A three-way radix quicksort: it reads each character about once and makes no strings.
 */
export function textRanks(texts, numbers) {
  const { text, ends } = texts.searchable();
  const used = new Uint8Array(texts.length);
  for (const number of numbers) if (number < used.length) used[number] = 1;
  const order = new Uint32Array(used.reduce((sum, one) => sum + one, 0));
  let length = 0;
  for (let number = 0; number < used.length; number++) if (used[number]) order[length++] = number;

  const unit = (number, depth) => {
    const at = (number === 0 ? 0 : ends[number - 1]) + depth;
    return at < ends[number] ? text.charCodeAt(at) : -1;
  };
  // Parts still to sort: from, to (exclusive), depth.
  const waiting = [[0, order.length, 0]];
  while (waiting.length > 0) {
    const [from, to, depth] = waiting.pop();
    if (to - from < 2) continue;
    const pivot = unit(order[(from + to) >> 1], depth);
    let low = from;
    let high = to;
    let at = from;
    while (at < high) {
      const one = unit(order[at], depth);
      if (one < pivot) swap(order, low++, at++);
      else if (one > pivot) swap(order, at, --high);
      else at++;
    }
    waiting.push([from, low, depth], [high, to, depth]);
    if (pivot >= 0) waiting.push([low, high, depth + 1]);
  }
  const ranks = new Uint32Array(texts.length);
  order.forEach((number, rank) => {
    ranks[number] = rank;
  });
  return ranks;
}

function swap(values, one, other) {
  const kept = values[one];
  values[one] = values[other];
  values[other] = kept;
}
