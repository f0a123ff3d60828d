/* What a key does in the grid: moves of the cursor {row, column}; row −1 is the header. */

/* Returns the new cursor; null if the key moves nothing. */
export function moved(cursor, event, { rows, columns, page }) {
  const { row, column } = cursor;
  const last = rows - 1;
  const within = (value, least, most) => Math.max(least, Math.min(most, value));
  const to = (newRow, newColumn) => ({
    row: within(newRow, -1, last),
    column: within(newColumn, 0, columns - 1),
  });
  const far = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case "ArrowDown":
      return to(row + 1, column);
    case "ArrowUp":
      return to(row - 1, column);
    case "ArrowRight":
      return to(row, column + 1);
    case "ArrowLeft":
      return to(row, column - 1);
    case "PageDown":
      return to(Math.max(row, 0) + page, column);
    case "PageUp":
      return to(row < 0 ? row : Math.max(0, row - page), column);
    case "Home":
      return far ? to(last < 0 ? -1 : 0, 0) : to(row, 0);
    case "End":
      return far ? to(last, columns - 1) : to(row, columns - 1);
    default:
      return null;
  }
}

/* The scroll position at which a row is in sight: as it is if it already is. */
export function inSight(row, top, { rowHeight, height }) {
  if (row < 0) return top;
  const from = row * rowHeight;
  if (from < top) return from;
  if (from + rowHeight > top + height) return from + rowHeight - height;
  return top;
}
