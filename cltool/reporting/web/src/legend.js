/* Pointing at a strategy in a legend highlights its lines. */

function light(section, place) {
  for (const part of section.querySelectorAll(".panels [data-s]")) {
    const mine = part.getAttribute("data-s") === place;
    part.classList.toggle("dim", place !== null && !mine);
    part.classList.toggle("lit", place !== null && mine);
  }
}

export function lightLegends(root) {
  for (const legend of root.querySelectorAll(".legend")) {
    for (const item of legend.querySelectorAll("li")) {
      const place = item.getAttribute("data-s");
      item.addEventListener("mouseenter", () => light(legend.parentNode, place));
      item.addEventListener("mouseleave", () => light(legend.parentNode, null));
    }
  }
}
