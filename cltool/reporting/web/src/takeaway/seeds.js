/* The values of single runs behind the table of strategies. */

import { groupOf } from "../chart_group.js";
import { pageText } from "../page_data.js";
import { perSeed } from "./tables.js";

/* A row for each run of the table of strategies; null for another table. */
export async function seedsOf(root, table) {
  if (!table.classList.contains("scores")) return null;
  const group = groupOf(root, table);
  if (group === null) return null;
  const { views } = JSON.parse(await pageText(root)).groups[group];
  const seeds = views.front?.seeds;
  if (seeds === undefined) return null;
  const scores = new Set(Object.values(views.scores.means).flatMap((means) => Object.keys(means)));
  return perSeed(seeds, [...scores]);
}
