/* Says when the facts are on the screen: `data-ready` of the page, in milliseconds of its life. */

import { effect } from "@preact/signals";

import { view } from "./view.js";

export function tellWhenReady(root) {
  const stop = effect(() => {
    if (view.value === null) return;
    // After the frame in which they are drawn.
    requestAnimationFrame(() => {
      setTimeout(() => {
        root.dataset.ready = String(Math.round(performance.now()));
      }, 0);
    });
    queueMicrotask(() => stop());
  });
}
