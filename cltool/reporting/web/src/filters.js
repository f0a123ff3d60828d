/* The filters, and those in force as buttons that take them off. */

import { CHANGES } from "./changes.js";
import { STATE_SETS } from "./filtering.js";
import { formsWithAnswers } from "./forms.js";
import { html } from "./html.js";
import { FILTERS, select } from "./selection.js";
import { STATES } from "./states.js";

export const NOTHING_FILTERED = Object.freeze({
  q: "",
  d: false,
  ...Object.fromEntries(FILTERS.map((name) => [name, null])),
});

export function filterCount(selection) {
  return FILTERS.filter((name) => selection[name] !== null).length;
}

function Select({ label, name, value, options, disabled = false, title = null }) {
  const change = (event) => {
    const chosen = options.flatMap((one) => one.options ?? [one]).find(
      (one) => String(one.value) === event.currentTarget.value,
    );
    select({ [name]: chosen === undefined ? null : chosen.value });
  };
  const option = (one) => html`<option value=${String(one.value)}>${one.text}</option>`;
  return html`<label class="pick" title=${title}
    ><span>${label}</span>
    <select
      aria-label=${label}
      value=${value === null ? "" : String(value)}
      onChange=${change}
      disabled=${disabled}
    >
      <option value="">all</option>
      ${options.map((one) =>
        one.options
          ? html`<optgroup label=${one.label}>${one.options.map(option)}</optgroup>`
          : option(one),
      )}
    </select></label
  >`;
}

/* Options for A and, if there is a B, for B. */
function forSides({ block, selection }, names) {
  return ["a", "b"]
    .filter((side) => selection[side] >= 0)
    .map((side) => ({
      label: `${side.toUpperCase()}: ${block.variants[selection[side]].name}`,
      options: names.map(([text, values]) => ({
        text,
        value: values.map((value) => (side === "a" ? value : `b.${value}`)),
      })),
    }));
}

export function Filters({ now }) {
  const { block, selection } = now;
  const forms = formsWithAnswers(block);
  const seeds = [...new Set(block.variants.flatMap(({ runs }) => runs.map((run) => run.seed)))];
  const states = [...Object.entries(STATE_SETS), ...STATES.slice(1).map((name) => [name, [name]])];
  const changes = CHANGES.map(({ name }) => [name, [name]]);
  const plain = (values) => values.map((value) => ({ value, text: String(value) }));
  const lists = (names) => names.map((name) => ({ value: [name], text: name }));
  return html`
    <${Select} label="Relation" name="relation" value=${selection.relation} options=${plain(block.relations)} />
    <${Select} label="Group" name="group" value=${selection.group} options=${lists(block.groups.slice(1))} />
    <${Select}
      label="Taught at"
      name="learned"
      value=${selection.learned}
      options=${block.labels.map((text, value) => ({ value, text }))}
    />
    <${Select} label="State" name="state" value=${selection.state} options=${forSides(now, states)} />
    <${Select} label="Change" name="change" value=${selection.change} options=${forSides(now, changes)} />
    <${Select}
      label="Form"
      name="form"
      value=${selection.form}
      options=${plain(forms)}
      disabled=${forms.length === 0}
      title=${forms.length === 0
        ? "The page does not carry the answers to each wording at every step"
        : "Judge the facts by their answers to this form of wording only"}
    />
    <${Select}
      label="Seed"
      name="seed"
      value=${selection.seed}
      options=${plain(seeds.sort((one, other) => one - other))}
      disabled=${seeds.length < 2}
      title="Count the runs with this seed only"
    />
  `;
}

/* The filters in force. */
export function Chips({ now }) {
  const { block, selection } = now;
  const chips = [];
  if (selection.q !== "") chips.push(["search", selection.q, { q: "" }]);
  if (selection.d && selection.b >= 0) chips.push(["only", "where A and B differ", { d: false }]);
  for (const name of FILTERS) {
    const value = selection[name];
    if (value === null) continue;
    const text = name === "learned" ? (block.labels[value] ?? value) : inWords(value, name);
    chips.push([name === "learned" ? "taught at" : name, text, { [name]: null }]);
  }
  if (chips.length === 0) return null;
  return html`<div class="chips">
    ${chips.map(
      ([name, text, without]) => html`<button
        type="button"
        class="chip"
        aria-label=${`Remove the filter ${name}: ${text}`}
        onClick=${() => select(without)}
      >
        <small>${name}</small> <bdi>${text}</bdi> <span aria-hidden="true">×</span>
      </button>`,
    )}
    <button type="button" class="plain-button" onClick=${() => select(NOTHING_FILTERED)}>
      Remove all
    </button>
  </div>`;
}

/* Values such as [wrong, b.outdated] in words. */
function inWords(value, name) {
  if (!Array.isArray(value)) return String(value);
  if (name === "group") return value.join(" or ");
  const sets = Object.entries(STATE_SETS);
  return ["a", "b"]
    .map((side) => {
      const mine = value
        .filter((one) => one.startsWith("b.") === (side === "b"))
        .map((one) => one.replace(/^[ab]\./, ""));
      const set = sets.find(([, states]) => states.join() === mine.join());
      return mine.length > 0 ? `${set?.[0] ?? mine.join(" or ")} (${side.toUpperCase()})` : "";
    })
    .filter(Boolean)
    .join(", ");
}
