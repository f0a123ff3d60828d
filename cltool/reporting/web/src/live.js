/*
 * The runs in progress, on a page that `cltool dashboard` serves: it asks its own server what is
 * new, and loads itself again when a step has finished. What it shows is in the hash, which stays.
 */

import { signal } from "@preact/signals";
import { h, render } from "preact";

import { html } from "./html.js";

const PAUSE = 2000;
/* Milliseconds without a key, a pointer or a wheel after which nobody is in the middle of anything. */
const IDLE = 8000;
const KEY = "cltool-live-version";

const status = signal(null);
/* Whether the server answered the last time, and whether it has another page than this one. */
const reached = signal(true);
const newer = signal(false);

/* Writes seconds as people say them. */
export function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/* Says how far a run is. */
export function progressText(run) {
  const step = `step ${run.step} of ${run.steps - 1} (${run.label})`;
  if (!run.goes_on) return `${step}: stopped, its process is gone`;
  const share = run.share === null ? "" : ` ${Math.floor(100 * run.share)}%`;
  const parts = [`${step}: ${run.phase}${share}`];
  if (run.tokens_per_second !== null) {
    parts.push(`${Math.round(run.tokens_per_second).toLocaleString("en")} tokens/s`);
  }
  if (run.seconds_left !== null) parts.push(`about ${duration(run.seconds_left)} left`);
  return parts.join(", ");
}

/* What the page says beside the runs; an empty text if there is nothing to say. */
export function notice(now, answered) {
  if (!answered) return "The server has ended: this page shows what it had.";
  if (now === null) return "";
  if (now.error !== null) return `The report cannot be made anew: ${now.error}`;
  if (now.building) return "A step has finished: the report is being made anew.";
  return now.runs.some((run) => run.goes_on) ? "" : "No run is in progress.";
}

function Live() {
  const said = notice(status.value, reached.value);
  const runs = status.value !== null && reached.value ? status.value.runs : [];
  return html`<section class="live" aria-label="Runs in progress">
    ${(said !== "" || newer.value) &&
    html`<p>
      ${said}
      ${newer.value &&
      html` <button type="button" onClick=${() => location.reload()}>Show the new results</button>`}
    </p>`}
    ${runs.length > 0 &&
    html`<ul>
      ${runs.map(
        (run) =>
          html`<li key=${run.folder}>
            <bdi class="live-name" title=${run.folder}>${run.strategy}, seed ${run.seed}</bdi>
            <progress
              max="1"
              value=${run.done}
              aria-label=${`${run.strategy}, seed ${run.seed}`}
            ></progress>
            <span>${progressText(run)}</span>
          </li>`,
      )}
    </ul>`}
  </section>`;
}

/* Whether the page has not loaded itself for this version yet: it must not do so for ever. */
function firstTime(version) {
  if (sessionStorage.getItem(KEY) === version) return false;
  sessionStorage.setItem(KEY, version);
  return true;
}

/* Follows the server, if the page came from one. */
export function followServer(document, window) {
  const { live, version } = document.documentElement.dataset;
  if (live === undefined) return;
  let touched = 0;
  const note = () => {
    touched = Date.now();
  };
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchmove"]) {
    window.addEventListener(kind, note, { passive: true });
  }
  const place = document.createElement("div");
  document.querySelector("main").prepend(place);
  render(h(Live), place);

  async function ask() {
    try {
      const answer = await window.fetch(live, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.statusText);
      status.value = await answer.json();
      reached.value = true;
      newer.value = status.value.version !== null && status.value.version !== version;
      const idle = document.hidden || Date.now() - touched > IDLE;
      if (newer.value && idle && firstTime(status.value.version)) window.location.reload();
    } catch {
      reached.value = false;
    }
    window.setTimeout(ask, PAUSE);
  }
  ask();
}
