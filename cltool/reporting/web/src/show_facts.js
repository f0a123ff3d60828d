/* Brings the list of facts into sight after a choice that was made elsewhere on the page. */

import { FILTERS, select } from "./selection.js";

export function showFacts() {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const list = document.querySelector(".facts");
  list?.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
}

/* Changes the selection for a part of the page that may be far from the list: it comes into sight. */
export function selectAndShow(patch) {
  select(patch);
  if (FILTERS.some((name) => patch[name])) setTimeout(showFacts, 0);
}

/* Links whose address is a selection list facts: the page goes there. */
export function followLinksToFacts(root) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href^='#']");
    if (link?.getAttribute("href").includes("=")) setTimeout(showFacts, 0);
  });
}
