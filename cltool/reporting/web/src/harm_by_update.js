/* How many facts each update broke, on both sides: where to look first. */

import { useEffect, useState } from "preact/hooks";

import { changeBit } from "./changes.js";
import { html } from "./html.js";
import { select } from "./selection.js";

const BROKEN = changeBit("broken");
const SLICE = 8; // milliseconds of counting before the page may do something else

function broken(side, step) {
  let count = 0;
  for (const bits of side.changes(step)) if (bits & BROKEN) count++;
  return count;
}

/* The counts, a row a side, or null; those of many facts come in over several frames. */
function useCounts(sides) {
  const { block } = sides[0];
  const { steps } = block;
  const of = sides.map(({ id }) => id).join();
  const [found, setFound] = useState(null);
  useEffect(() => {
    const counts = sides.map(() => new Array(steps).fill(0));
    let step = 1;
    let timer = 0;
    const work = () => {
      const end = performance.now() + SLICE;
      for (; step < steps && performance.now() < end; step++) {
        sides.forEach((side, at) => {
          counts[at][step] = broken(side, step);
        });
      }
      if (step < steps) timer = setTimeout(work, 0);
      else setFound({ block, of, counts });
    };
    timer = setTimeout(work, 0);
    return () => clearTimeout(timer);
  }, [block, of]);
  return found?.block === block && found.of === of ? found.counts : null;
}

export function HarmByUpdate({ sides, selection }) {
  const found = useCounts(sides);
  const { labels } = sides[0].block;
  if (labels.length < 3) return null;
  const counts = found ?? sides.map(() => labels.map(() => 0));
  const most = Math.max(1, ...counts.flat());
  return html`<figure class="harm-by-update" aria-label="Facts that each update broke">
    <figcaption>Broken by each update, at most ${most}</figcaption>
    <div class=${`harm-bars${labels.length > 40 ? " dense" : ""}`}>
      ${labels.map((label, step) => {
        if (step === 0) return null;
        const numbers = sides.map((side, at) => `${"AB"[at]} ${counts[at][step]}`).join(", ");
        return html`<button
          type="button"
          key=${step}
          aria-label=${`Update ${step}, ${label}: ${numbers} broken`}
          aria-pressed=${selection.s === step}
          title=${`Update ${step} (${label}): ${numbers}`}
          onClick=${() => select({ s: step })}
        >
          ${sides.map(
            (side, at) => html`<i
              class=${`bar-${"ab"[at]}`}
              style=${{ height: `${(100 * (counts[at][step])) / most}%` }}
            />`,
          )}
          ${labels.length <= 24 && html`<span>${step}</span>`}
        </button>`;
      })}
    </div>
  </figure>`;
}
