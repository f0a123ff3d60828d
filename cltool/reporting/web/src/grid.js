/* The list of facts: a grid for mouse and keyboard, of which only what is in sight is in the page. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { COLUMNS, Row } from "./grid_row.js";
import { inSight, moved } from "./grid_keys.js";
import { html } from "./html.js";
import { listView, rows } from "./rows.js";
import { select } from "./selection.js";
import { stripWidth } from "./strip.js";
import { view } from "./view.js";

const BEYOND = 5; // rows drawn above and below what is in sight
const HEADER = 34;

export const ROW_HEIGHTS = { one: 34, two: 52, narrow: 76 };

const narrow = globalThis.matchMedia?.("(max-width: 46rem)");

function rowHeight(selection) {
  if (narrow?.matches) return ROW_HEIGHTS.narrow;
  return selection.b >= 0 ? ROW_HEIGHTS.two : ROW_HEIGHTS.one;
}

/* Draws again when the page becomes narrow or wide, and when the box gets another height. */
function useBox(box) {
  const [height, setHeight] = useState(600);
  const [, redraw] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(() => setHeight(box.current?.clientHeight ?? 600));
    observer.observe(box.current);
    const change = () => redraw((count) => count + 1);
    narrow?.addEventListener("change", change);
    return () => {
      observer.disconnect();
      narrow?.removeEventListener("change", change);
    };
  }, []);
  return height;
}

export function Grid() {
  const now = listView.value;
  const keys = rows.value;
  const { selection } = now;
  const open = view.value.selection.k;
  const box = useRef(null);
  const [top, setTop] = useState(0);
  const [cursor, setCursor] = useState({ row: 0, column: 0 });
  const height = useBox(box);
  const each = rowHeight(selection);
  const inside = Math.max(each, height - HEADER);

  // Another list of facts begins at its top.
  useLayoutEffect(() => {
    // Reading or setting the scroll position lays the page out: only if it was scrolled.
    if (top > 0) box.current.scrollTop = 0;
    setTop(0);
    const row = Math.min(0, keys.length - 1, cursor.row);
    if (row !== cursor.row) setCursor({ ...cursor, row });
  }, [keys]);

  const go = (to) => {
    setCursor(to);
    const wanted = inSight(to.row, box.current.scrollTop, { rowHeight: each, height: inside });
    if (wanted !== box.current.scrollTop) box.current.scrollTop = wanted;
    setTop(wanted);
  };
  // The cursor follows the open fact, which a link or the drawer may have chosen.
  useEffect(() => {
    const row = open === null ? -1 : keys.indexOf(open);
    if (row >= 0 && row !== cursor.row) go({ ...cursor, row });
  }, [open, keys]);
  const onKeyDown = (event) => {
    if (event.key === "Enter" || event.key === " ") {
      if (cursor.row < 0) toggleSort(COLUMNS[cursor.column].sort, selection);
      else if (cursor.row < keys.length) select({ k: keys[cursor.row] });
    } else {
      const page = Math.max(1, Math.floor(inside / each) - 1);
      const to = moved(cursor, event, { rows: keys.length, columns: COLUMNS.length, page });
      if (to === null) return;
      go(to);
    }
    event.preventDefault();
  };

  const onClick = (event) => {
    const place = Number(event.target.closest("[data-place]")?.dataset.place ?? -1);
    if (place < 0) return;
    setCursor({ row: place, column: 0 });
    select({ k: keys[place] });
  };

  const first = Math.max(0, Math.floor(top / each) - BEYOND);
  const last = Math.min(keys.length, Math.ceil((top + inside) / each) + BEYOND);
  const shown = [];
  for (let place = first; place < last; place++) shown.push(place);
  // Rows that leave on one side come back on the other: elements are used again.
  const pool = Math.ceil(inside / each) + 2 * BEYOND + 1;
  return html`<div
    class=${`facts-grid${selection.b >= 0 ? " two" : ""}`}
    id="facts-grid"
    role="grid"
    aria-label="Facts"
    aria-rowcount=${keys.length + 1}
    aria-colcount=${COLUMNS.length}
    aria-activedescendant=${`cell-${cursor.row}-${cursor.column}`}
    tabindex="0"
    style=${{
      "--strip": `max(4.5rem, ${stripWidth(now.block.steps)}px)`,
      height: `min(72vh, 46rem, ${HEADER + 2 + Math.max(1.2, keys.length) * each}px)`,
    }}
    ref=${box}
    onKeyDown=${onKeyDown}
    onScroll=${(event) => setTop(event.currentTarget.scrollTop)}
  >
    <div role="rowgroup" class="facts-head">
      <${Header} selection=${selection} cursor=${cursor} />
    </div>
    <div
      role="rowgroup"
      class="facts-body"
      onClick=${onClick}
      style=${{ height: `${keys.length * each}px` }}
    >
      ${shown.map(
        (place) => html`<${Row}
          key=${place % pool}
          now=${now}
          fact=${keys[place]}
          place=${place}
          height=${each}
          column=${cursor.row === place ? cursor.column : null}
          open=${open === keys[place]}
        />`,
      )}
      ${keys.length === 0 && html`<p class="nothing-listed">No fact passes the filters.</p>`}
    </div>
  </div>`;
}

function Header({ selection, cursor }) {
  return html`<div role="row" aria-rowindex="1" class="fact-row">
    ${COLUMNS.map(({ name, title, sort }, column) => {
      const active = cursor.row === -1 && cursor.column === column;
      return html`<div
        role="columnheader"
        id=${`cell--1-${column}`}
        class=${`cell-${name}${active ? " cursor" : ""}`}
        aria-sort=${direction(sort, selection)}
        onClick=${() => toggleSort(sort, selection)}
      >
        ${title(selection)}<span class="arrow" aria-hidden="true"></span>
      </div>`;
    })}
  </div>`;
}

function direction(sort, selection) {
  if (selection.sort === sort) return "ascending";
  return selection.sort === `-${sort}` ? "descending" : "none";
}

/* Ascending, descending, and back to the order of the file. */
export function toggleSort(sort, selection) {
  if (selection.sort === sort) select({ sort: `-${sort}` });
  else select({ sort: selection.sort === `-${sort}` ? null : sort });
}
