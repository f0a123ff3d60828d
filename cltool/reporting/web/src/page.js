/* What every page of cltool does: sorting tables, highlighting lines, taking things away. */

import { lightLegends } from "./legend.js";
import { offerSaving } from "./page_data.js";
import { sortTables } from "./table_sorting.js";
import { offerTakeAway } from "./takeaway/buttons.js";
import { seedsOf } from "./takeaway/seeds.js";

export function enhance(root) {
  sortTables(root);
  lightLegends(root);
  offerSaving(root);
  offerTakeAway(root, (table) => seedsOf(root, table));
}

enhance(document);
