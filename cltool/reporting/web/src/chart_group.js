/* Which group of runs of the report an element stands in. */

/* The number of the group of runs that an element stands in; null if it stands in none. */
export function groupOf(root, element) {
  const group = element.closest("div.group");
  return group === null ? null : [...root.querySelectorAll("div.group")].indexOf(group);
}
