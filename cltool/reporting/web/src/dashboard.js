/* The script of the forgetting report. */

import "./page.js";

import { effect } from "@preact/signals";
import { h, render } from "preact";

import { Bar } from "./bar.js";
import { decode } from "./block.js";
import { mountCharts } from "./chart_mounts.js";
import { Facts } from "./facts.js";
import { followServer } from "./live.js";
import { pageText } from "./page_data.js";
import { tellWhenReady } from "./ready.js";
import { followHash, selection } from "./selection.js";
import { followLinksToFacts } from "./show_facts.js";
import { blocks, page, shown, viewOf, viewWithoutFacts } from "./view.js";

const started = new Set();

/* Decodes the facts of a group, once. */
async function load(group) {
  if (started.has(group)) return;
  started.add(group);
  const element = document.getElementById(`cltool-facts-${group}`);
  if (element === null) return;
  const block = await decode(element.textContent);
  element.remove();
  blocks.value = new Map(blocks.value).set(group, block);
  // The first search would wait for it.
  setTimeout(() => block.texts.searchable(), 1000);
}

async function start() {
  if (typeof DecompressionStream !== "function") return;
  followHash(window);
  if (document.querySelector("[id^=cltool-facts-]") === null) {
    page.value = JSON.parse(await pageText(document));
    mountCharts(document, viewWithoutFacts);
    return;
  }
  followLinksToFacts(document);
  effect(() => {
    // Facts are decoded while the page's JSON is still read.
    load(page.value === null ? (selection.value.g ?? 0) : shown.value);
  });
  page.value = JSON.parse(await pageText(document));
  render(h(Bar), document.getElementById("cltool-bar"));
  const view = document.getElementById("cltool-view");
  render(h(Facts), view);
  // Links to facts lead here. Without a script they lead to a table further down.
  for (const place of document.querySelectorAll(".fact-place")) view.before(place);
  mountCharts(document, (group) => {
    load(group ?? shown.value);
    return viewOf(group);
  });
  tellWhenReady(document.documentElement);
}

followServer(document, window);
start();
