/* A chart as a file that needs nothing else: its styles inside, light, with a name. */

import { legendHeight, legendItems } from "./legend.js";

const INHERITED = [
  "font-family", "font-size", "font-style", "font-weight", "font-variant-numeric", "text-anchor",
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap",
  "stroke-linejoin", "stroke-opacity", "visibility",
];
const OTHERS = { opacity: "1", display: "inline", "dominant-baseline": "auto", "unicode-bidi": "normal" };
const DROPPED = ["class", "style", "tabindex", "data-s", "role", "aria-describedby"];
/* Pixels of paper around the drawing. */
const EDGE = 8;
const SVG = "http://www.w3.org/2000/svg";

/* The custom properties of a light page, whatever scheme the screen shows. */
export function lightColours(document) {
  const found = new Map();
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (rule.selectorText !== ":root") continue;
      for (const name of rule.style) {
        if (name.startsWith("--")) found.set(name, rule.style.getPropertyValue(name).trim());
      }
    }
  }
  return found;
}

/* Calls `read` while the page has its light colours; nothing of it is painted. */
export function inLight(document, read) {
  const { style } = document.documentElement;
  const before = style.cssText;
  for (const [name, value] of lightColours(document)) style.setProperty(name, value);
  style.setProperty("color-scheme", "light");
  try {
    return read();
  } finally {
    style.cssText = before;
  }
}

/*
 * The text of an SVG file that looks like `svg` does on a light page. `legend`: a list on the page
 * that says which line is which, and stands above the drawing in the file.
 */
export function standalone(svg, legend = null) {
  const document = svg.ownerDocument;
  const title = svg.getAttribute("aria-label") ?? "";
  const { x, y, width, height } = frameOf(svg, legend);
  const copy = inLight(document, () => {
    const made = svg.cloneNode(true);
    inline(svg, made, null);
    if (legend !== null) made.append(...legendItems(legend, y + EDGE, inline));
    return made;
  });
  for (const one of copy.querySelectorAll(".pointing, [data-gone]")) one.remove();
  for (const one of [copy, ...copy.querySelectorAll("*")]) clean(one);
  const paper = document.createElementNS(SVG, "rect");
  Object.entries({ x, y, width, height }).forEach(([side, value]) => {
    paper.setAttribute(side, String(value));
  });
  paper.setAttribute("fill", "#ffffff");
  const name = document.createElementNS(SVG, "title");
  name.textContent = title;
  copy.prepend(name, paper);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  copy.setAttribute("viewBox", [x, y, width, height].join(" "));
  return new XMLSerializer().serializeToString(copy);
}

/* What the file shows, in units of the drawing: all of it, its legend, and an edge of paper. */
export function frameOf(svg, legend = null) {
  const { width, height } = svg.getBoundingClientRect();
  const box = svg.getAttribute("viewBox")?.split(/[ ,]+/).map(Number) ?? [0, 0, width, height];
  const above = legend === null ? 0 : legendHeight(legend);
  return {
    x: box[0] - EDGE,
    y: box[1] - above - EDGE,
    width: Math.ceil(box[2]) + 2 * EDGE,
    height: Math.ceil(box[3]) + above + 2 * EDGE,
  };
}

/* Writes the computed styles into the copy, as far as they are not those of the parent. */
function inline(from, to, parent) {
  if (from.localName === "style" || from.localName === "title") return;
  const style = getComputedStyle(from);
  const own = {};
  for (const name of INHERITED) {
    own[name] = style.getPropertyValue(name);
    if (own[name] !== parent?.[name]) to.setAttribute(name, own[name]);
    else to.removeAttribute(name);
  }
  for (const [name, usual] of Object.entries(OTHERS)) {
    const value = style.getPropertyValue(name);
    if (value !== usual) to.setAttribute(name, value);
    else to.removeAttribute(name);
  }
  if (own.fill === "rgba(0, 0, 0, 0)") to.setAttribute("fill", "none");
  if (style.display === "none") to.setAttribute("data-gone", "");
  for (let i = 0; i < from.children.length; i++) inline(from.children[i], to.children[i], own);
}

function clean(element) {
  if (element.localName === "style") return element.remove();
  for (const name of DROPPED) element.removeAttribute(name);
  return undefined;
}
