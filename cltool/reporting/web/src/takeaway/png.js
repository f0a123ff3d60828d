/* A chart as a picture of points. */

import { frameOf, standalone } from "./svg.js";

const SCALE = 3;

/* A PNG of an SVG, and of its legend, three points for each pixel, on white. */
export async function png(svg, legend = null) {
  const { width, height } = frameOf(svg, legend);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg, legend))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
