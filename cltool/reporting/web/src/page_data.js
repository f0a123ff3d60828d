/* The data of the whole page, as JSON, and the button that saves it. */

import { unpack } from "./packed.js";

const ID = "cltool-data";

/* The page's data as JSON text. */
export async function pageText(root) {
  return new TextDecoder().decode(await unpack(root.getElementById(ID).textContent));
}

/* Gives the reader a file. */
export function download(text, name, type) {
  saveBlob(new Blob([text], { type }), name);
}

export function saveBlob(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export function offerSaving(root) {
  const button = root.getElementById("save");
  if (button === null || typeof DecompressionStream !== "function") return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    download(await pageText(root), "report.json", "application/json");
  });
}
