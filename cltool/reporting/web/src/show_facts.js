/* Brings the list of facts into sight after a choice that was made elsewhere on the page. */

export function showFacts(root = document) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const list = root.querySelector(".facts");
  list?.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
}

/* Links whose address is a selection list facts: the page goes there. */
export function followLinksToFacts(root) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href^='#']");
    if (link?.getAttribute("href").includes("=")) setTimeout(() => showFacts(root), 0);
  });
}
