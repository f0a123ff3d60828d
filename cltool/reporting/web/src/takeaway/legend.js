/* The legend of charts that the server drew, as a part of the file of one of them. */

const SVG = "http://www.w3.org/2000/svg";
const ROW = 18;
const SAMPLE = 34;

export function legendHeight(legend) {
  return legend.querySelectorAll("li").length * ROW + 6;
}

/* A row for each strategy: its line and its name. `inline(from, to, parent)` copies styles. */
export function legendItems(legend, top, inline) {
  return [...legend.querySelectorAll("li")].flatMap((item, row) => {
    const sample = item.querySelector("svg");
    const copy = sample.cloneNode(true);
    inline(sample, copy, null);
    const place = { x: 0, y: top + row * ROW, width: SAMPLE, height: 14, viewBox: `0 0 ${SAMPLE} 14` };
    for (const [name, value] of Object.entries(place)) copy.setAttribute(name, String(value));
    const text = document.createElementNS(SVG, "text");
    const style = getComputedStyle(item);
    const look = { x: SAMPLE + 8, y: top + row * ROW + 11, fill: style.color, "font-size": 11 };
    for (const [name, value] of Object.entries(look)) text.setAttribute(name, String(value));
    text.textContent = item.textContent.trim();
    return [copy, text];
  });
}
