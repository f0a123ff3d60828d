/*
 * Charts on the page. An element `<div data-chart="NAME">` gets the chart NAME in place of what the
 * server wrote into it: that of the group of runs that it stands in, or of the group shown.
 */

import { effect } from "@preact/signals";

import { groupOf } from "./chart_group.js";
import { CHARTS } from "./charts/index.js";
import { OF_A_GROUP, selection } from "./selection.js";
import { selectAndShow } from "./show_facts.js";
import { blocks, shown } from "./view.js";

/* Changes the selection; a click on a chart of a group that is not shown shows that group. */
function selectIn(group) {
  return (patch) => {
    selectAndShow(group === shown.value ? patch : { ...OF_A_GROUP, ...patch, g: group });
  };
}

/*
 * Draws all charts below `root`, and draws those again whose part of the selection changes, each
 * when the reader sees it, after the facts are drawn and when those of its group are decoded.
 * `view(group)`: {block, data, selection}, with the defaults of the selection filled in; null if
 * the facts of the group are not decoded yet, and a `block` of null if the page carries none.
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
    const now = view(mount.group);
    if (now === null) return;
    waiting.delete(mount);
    if (mount.chart.facts && now.block === null) return;
    const key = JSON.stringify(mount.chart.uses.map((name) => now.selection[name]));
    if (mount.key === key && mount.block === now.block) return;
    Object.assign(mount, { key, block: now.block });
    mount.element.replaceChildren(mount.chart.draw({ ...now, select: selectIn(now.selection.g) }));
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
    const group = groupOf(root, element);
    const mount = { element, chart, group, seen: false, key: null, block: null };
    mounts.set(element, mount);
    waiting.add(mount);
    observer.observe(element);
  }
  effect(() => {
    void [selection.value, blocks.value];
    for (const mount of mounts.values()) waiting.add(mount);
    plan();
  });
}
