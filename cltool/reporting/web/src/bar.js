/* The bar on top of the page: what is compared, at which step, and which facts are listed. */

import { useState } from "preact/hooks";

import { Filters, filterCount } from "./filters.js";
import { html } from "./html.js";
import { OF_A_GROUP, select } from "./selection.js";
import { page, view } from "./view.js";

export function Bar() {
  const [open, setOpen] = useState(false);
  if (view.value === null) return null;
  const now = view.value;
  const { block, selection } = now;
  const filters = filterCount(selection);
  return html`<div class=${`bar${open ? " opened" : ""}`} role="region" aria-label="What is shown">
    <div class="bar-line">
      ${page.value.groups.length > 1 && html`<${GroupPicker} selection=${selection} />`}
      <${VariantPicker} now=${now} side="a" />
      ${selection.b >= 0 &&
      html`<button
        type="button"
        class="icon"
        title="Swap A and B"
        aria-label="Swap A and B"
        onClick=${() => select({ a: selection.b, b: selection.a })}
      >
        ⇄
      </button>`}
      ${block.variants.length > 1 && html`<${VariantPicker} now=${now} side="b" />`}
      <${StepSlider} now=${now} />
      <${Search} value=${selection.q} />
      ${selection.b >= 0 &&
      html`<label class="check"
        ><input
          type="checkbox"
          checked=${selection.d}
          onChange=${(event) => select({ d: event.currentTarget.checked })}
        />
        only where A and B differ</label
      >`}
      <button
        type="button"
        aria-expanded=${open}
        aria-controls="bar-filters"
        onClick=${() => setOpen(!open)}
      >
        Filters${filters > 0 ? ` (${filters})` : ""}
      </button>
      <${CopyLink} />
    </div>
    <div class="bar-line filters" id="bar-filters" hidden=${!open}>
      ${open && html`<${Filters} now=${now} />`}
    </div>
  </div>`;
}

function GroupPicker({ selection }) {
  return html`<label class="pick whole"
    ><span>Runs</span>
    <select
      value=${selection.g}
      onChange=${(event) => select({ ...OF_A_GROUP, g: Number(event.currentTarget.value) })}
    >
      ${page.value.groups.map(
        (group, number) =>
          html`<option value=${number}>${group.scenario} on ${group.model}, ${group.match}</option>`,
      )}
    </select></label
  >`;
}

function VariantPicker({ now, side }) {
  const { block, selection } = now;
  return html`<label class="pick"
    ><span class=${`side side-${side}`}>${side.toUpperCase()}</span>
    <select
      aria-label=${`Run ${side.toUpperCase()}`}
      value=${selection[side]}
      onChange=${(event) => select({ [side]: Number(event.currentTarget.value) })}
    >
      ${side === "b" && html`<option value="-1">none</option>`}
      ${block.variants.map(({ name }, number) => html`<option value=${number}>${name}</option>`)}
    </select></label
  >`;
}

/* A drag, or a word that is typed, is one entry of the history. */
function useOneEntry() {
  const [going] = useState({ on: false });
  return {
    change(patch) {
      select(patch, { replace: going.on });
      going.on = true;
    },
    end() {
      going.on = false;
    },
  };
}

function StepSlider({ now }) {
  const { block, selection } = now;
  const entry = useOneEntry();
  const step = selection.s;
  const last = block.steps - 1;
  const label = step === 0 ? "base" : `update ${step}`;
  const go = (to) => select({ s: Math.max(0, Math.min(last, to)) });
  return html`<div class="stepper">
    <button type="button" class="icon" aria-label="Step before" disabled=${step === 0} onClick=${() => go(step - 1)}>
      ‹
    </button>
    <input
      type="range"
      aria-label="Step"
      aria-valuetext=${`${label}, ${block.labels[step]}`}
      min="0"
      max=${last}
      value=${step}
      onInput=${(event) => entry.change({ s: Number(event.currentTarget.value) })}
      onChange=${entry.end}
    />
    <button type="button" class="icon" aria-label="Next step" disabled=${step === last} onClick=${() => go(step + 1)}>
      ›
    </button>
    <output><b>${label}</b> <bdi>${block.labels[step]}</bdi></output>
  </div>`;
}

function Search({ value }) {
  const entry = useOneEntry();
  return html`<input
    type="search"
    class="search"
    aria-label="Search facts"
    placeholder="Search"
    value=${value}
    onInput=${(event) => entry.change({ q: event.currentTarget.value })}
    onBlur=${entry.end}
  />`;
}

function CopyLink() {
  const [said, setSaid] = useState("");
  const copy = async () => {
    const done = await copyText(location.href);
    setSaid(done ? "Copied" : "Copy the address of the page");
    setTimeout(() => setSaid(""), 2000);
  };
  return html`<button type="button" class="copy" onClick=${copy}>
    <span aria-live="polite">${said || "Copy link"}</span>
  </button>`;
}

/* Copies a text; false if the browser does not allow it. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
