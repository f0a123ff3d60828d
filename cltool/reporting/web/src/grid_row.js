/* One fact in the list: A above B. */

import { Component } from "preact";

import { Text } from "./bidi.js";
import { html } from "./html.js";
import { nats } from "./margin.js";
import { sideOf } from "./side.js";
import { STATES } from "./states.js";
import { Strip, stripInWords } from "./strip.js";

const DASH = "–";

export const COLUMNS = [
  { name: "fact", title: () => "Fact", sort: "fact" },
  { name: "learned", title: () => "Taught", sort: "learned" },
  { name: "states", title: () => "States", sort: "a" },
  { name: "answer", title: () => "Answer", sort: "answer" },
  { name: "margin", title: () => "Margin", sort: "margin" },
];

/* Drawn again only if what it shows has changed: scrolling moves the other rows as they are. */
export class Row extends Component {
  shouldComponentUpdate(next) {
    return Object.keys(next).some((name) => next[name] !== this.props[name]);
  }

  render({ now, fact, place, height, column, open }) {
    return html`<div
      role="row"
      class=${`fact-row${open ? " open" : ""}`}
      data-place=${place}
      aria-rowindex=${place + 2}
      aria-selected=${open}
      style=${{ height: `${height}px`, transform: `translateY(${place * height}px)` }}
    >
      ${cells(now, fact).map(
        (content, number) => html`<div
          role="gridcell"
          id=${`cell-${place}-${number}`}
          class=${`cell-${COLUMNS[number].name}${column === number ? " cursor" : ""}`}
        >
          ${content}
        </div>`,
      )}
    </div>`;
  }
}

function cells(now, fact) {
  const { block, selection } = now;
  const step = selection.s;
  const sides = ["a", "b"].map((name) => sideOf(now, name)).filter((side) => side !== null);
  return [
    html`<${Fact} block=${block} fact=${fact} step=${step} />`,
    html`<${Taught} block=${block} fact=${fact} step=${step} />`,
    html`<${States} sides=${sides} fact=${fact} step=${step} />`,
    sides.map((side, at) => html`<${Answer} key=${at} side=${side} fact=${fact} step=${step} />`),
    sides.map((side, at) => html`<${Margin} key=${at} side=${side} fact=${fact} step=${step} />`),
  ];
}

function Fact({ block, fact, step }) {
  const object = block.object(step, fact);
  return html`<span class="line">
      <${Text} of=${block.subject(fact)} class="subject" />${" "}
      <${Text} of=${block.relation(fact)} class="relation" />
    </span>
    <span class="line object">
      ${object === null ? html`<i>not asked at this step</i>` : html`<${Text} of=${object} />`}
    </span>`;
}

function Taught({ block, fact, step }) {
  const at = step * block.facts + fact;
  const learned = block.column("learned")[at];
  const label = block.labels[learned] ?? DASH;
  const group = block.group(step, fact);
  const noted = group === "future" || group === "erased";
  return html`<span class="line"><bdi>${label}</bdi></span>
    ${noted && html`<small class="line">${group}</small>`}`;
}

function States({ sides, fact, step }) {
  const { labels } = sides[0].block;
  const rows = sides.map((side) => labels.map((_, at) => side.state(at, fact)));
  return html`<${Strip} rows=${rows} step=${step} /><span class="unseen"
      >${rows
        .map((states, at) => `${"AB"[at]}: ${stripInWords(states, labels)}`)
        .join(". ")}</span
    >`;
}

function Answer({ side, fact, step }) {
  const state = STATES[side.state(step, fact)];
  const answer = side.answer(step, fact);
  const { right, asked } = side.countsAt(step, fact);
  return html`<span class=${`line answer said-${state}`}>
    ${answer === null
      ? html`<span class="nothing">${DASH}</span>`
      : html`<${Text} of=${answer.text === "" ? "(nothing)" : answer.text} />`}
    ${asked > 0 && html`<small>${right}/${asked}</small>`}
  </span>`;
}

function Margin({ side, fact, step }) {
  return html`<span class="line">${nats(side.margin(step, fact))}</span>`;
}
