/*
 * Charts on the page. An element `<div data-chart="NAME" data-group="0">` gets the chart NAME of
 * that group in place of what the server wrote into it. Without `data-group`, the group shown.
 */

import { effect } from "@preact/signals";

import { CHARTS } from "./charts/index.js";
import { selection, select } from "./selection.js";

/*
 * Draws all charts below `root`, and draws those again whose part of the selection changes, each
 * when the reader sees it and after the facts are drawn.
 * `view(group)`: {block, data, selection}, with the defaults of the selection filled in; null if
 * the page has no facts of the group yet.
 */
export function mountCharts(root, view) {
  const waiting = new Set();
  let planned = false;
  const work = () => {
    planned = false;
    for (const mount of waiting) if (mount.seen) draw(mount);
  };
  const plan = () => {
    if (!planned) setTimeout(work, 0);
    planned = true;
  };
  const draw = (mount) => {
    waiting.delete(mount);
    const now = view(mount.group);
    if (now === null) return;
    const key = JSON.stringify(mount.chart.uses.map((name) => now.selection[name]));
    if (mount.key === key && mount.block === now.block) return;
    Object.assign(mount, { key, block: now.block });
    mount.element.replaceChildren(mount.chart.draw({ ...now, select }));
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) mounts.get(target).seen = isIntersecting;
      plan();
    },
    { rootMargin: "300px" },
  );
  const mounts = new Map();
  for (const element of root.querySelectorAll("[data-chart]")) {
    const chart = CHARTS[element.dataset.chart];
    if (chart === undefined) continue;
    const group = element.dataset.group === undefined ? null : Number(element.dataset.group);
    const mount = { element, chart, group, seen: false, key: null, block: null };
    mounts.set(element, mount);
    waiting.add(mount);
    observer.observe(element);
  }
  effect(() => {
    void selection.value;
    for (const mount of mounts.values()) waiting.add(mount);
    plan();
  });
}
