/* What every page of cltool does: sorting tables, highlighting lines, saving its data. */

import { lightLegends } from "./legend.js";
import { offerSaving } from "./page_data.js";
import { sortTables } from "./table_sorting.js";

export function enhance(root) {
  sortTables(root);
  lightLegends(root);
  offerSaving(root);
}

enhance(document);
