/* The licences of the packages in a bundle, as one comment at its beginning. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/* `inputs`: the files in the bundle, relative to `root`. */
export async function licences(root, inputs) {
  const texts = new Map();
  for (const folder of packages(inputs)) {
    const about = JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"));
    const text = await licence(join(root, folder));
    texts.set(text, [...(texts.get(text) ?? []), `${about.name} ${about.version}`]);
  }
  if (texts.size === 0) return "";
  const parts = [...texts].map(([text, names]) => `${names.join(", ")}:\n\n${text}`);
  return `/*!\nThis script contains:\n\n${parts.join("\n\n----\n\n").replaceAll("*/", "* /")}\n*/\n`;
}

/* The folders of the packages, in the order of their names. */
function packages(inputs) {
  const found = inputs.map((input) => input.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/)?.[0]);
  return [...new Set(found.filter(Boolean))].sort();
}

async function licence(folder) {
  const name = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
  if (name === undefined) throw new Error(`${folder} has no licence file`);
  return (await readFile(join(folder, name), "utf8")).replaceAll("\r\n", "\n").trim();
}
