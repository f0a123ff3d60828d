/* A fact from near: its life, its answers, and what may have broken it. */

import { useEffect, useRef } from "preact/hooks";

import { clipped, Text } from "./bidi.js";
import { Answers } from "./drawer_answers.js";
import { Life } from "./drawer_life.js";
import { html } from "./html.js";
import { outdatedObjects } from "./life.js";
import { rows } from "./rows.js";
import { select } from "./selection.js";
import { sideOf } from "./side.js";
import { Flips } from "./drawer_flips.js";

const LONGEST_TITLE = 300;

/* The focus goes into the drawer when it opens, and back to the list when it closes, as by Escape. */
function useKeyboard(panel) {
  useEffect(() => {
    const onKeyDown = (event) => {
      // In the search, Escape empties the search.
      if (event.key === "Escape" && event.target.type !== "search") select({ k: null });
    };
    panel.current.focus({ preventScroll: true });
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("keydown", onKeyDown);
      document.getElementById("facts-grid")?.focus({ preventScroll: true });
    };
  }, []);
}

export function Drawer({ now }) {
  const { block, selection } = now;
  const { k: key, s: step } = selection;
  const panel = useRef(null);
  const sides = ["a", "b"].map((name) => sideOf(now, name)).filter((side) => side !== null);
  useKeyboard(panel);
  useEffect(() => {
    panel.current.scrollTop = 0;
  }, [key]);
  const subject = block.subject(key);
  const object = block.object(step, key);
  const older = outdatedObjects(block, step, key);
  return html`<div
    class="drawer"
    role="dialog"
    aria-labelledby="drawer-title"
    tabindex="-1"
    ref=${panel}
  >
    <header>
      <h2 id="drawer-title">
        <${Text} of=${subject} most=${LONGEST_TITLE} />${" "}
        <${Text} of=${block.relation(key)} class="relation" />${" "}
        ${object !== null && html`<${Text} of=${object} class="object" most=${LONGEST_TITLE} />`}
      </h2>
      <${Moves} fact=${key} />
    </header>
    ${subject.length > LONGEST_TITLE &&
    html`<p class="note">The subject has ${subject.length.toLocaleString("en")} characters.</p>`}
    ${older.length > 0 &&
    html`<p class="older">
      <span class="term">Superseded:</span>${" "}
      ${older.map((text) => html`<${Text} of=${clipped(text, 80)} />`)}
    </p>`}
    <${Flips} now=${now} sides=${sides} />
    <${Life} now=${now} sides=${sides} />
    <${Answers} now=${now} sides=${sides} />
  </div>`;
}

/* To the fact before, the next one, and out. */
function Moves({ fact }) {
  const keys = rows.value;
  const place = keys.indexOf(fact);
  const go = (to) => select({ k: keys[to] });
  return html`<div class="drawer-moves">
    <button type="button" class="icon" aria-label="Fact before" disabled=${place <= 0} onClick=${() => go(place - 1)}>
      ↑
    </button>
    <button
      type="button"
      class="icon"
      aria-label="Next fact"
      disabled=${place < 0 || place === keys.length - 1}
      onClick=${() => go(place + 1)}
    >
      ↓
    </button>
    <button type="button" class="icon" aria-label="Close" onClick=${() => select({ k: null })}>×</button>
  </div>`;
}
