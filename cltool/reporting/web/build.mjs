/*
 * Builds the bundles that the pages carry: `node build.mjs`.
 * `node build.mjs --check` writes nothing, and fails if the committed bundles differ.
 */

import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { licences } from "./licences.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const BUNDLES = { "page.js": "every page", "dashboard.js": "the forgetting report" };

async function bundle(name) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: HERE,
    entryPoints: [`src/${name}`],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const [{ inputs }] = Object.values(metafile.outputs);
  const used = Object.keys(inputs).filter((input) => inputs[input].bytesInOutput > 0);
  const text = (await licences(HERE, used)) + outputFiles[0].text;
  // Any of these would end, or change the meaning of, the script element that holds the bundle.
  const trap = text.match(/<\/script|<script|<!--/i);
  if (trap) throw new Error(`${name} contains ${trap[0]}`);
  return text;
}

const check = process.argv.includes("--check");
for (const [name, where] of Object.entries(BUNDLES)) {
  const file = join(HERE, "..", name);
  const text = await bundle(name);
  if (!check) {
    await writeFile(file, text);
    console.log(`${name}: ${text.length} bytes, the script of ${where}`);
  } else if ((await readFile(file, "utf8").catch(() => "")) !== text) {
    console.error(`${name} does not match its sources. Run \`make web\`.`);
    process.exitCode = 1;
  }
}
