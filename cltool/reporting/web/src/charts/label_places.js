/* Where names of points stand, so that none covers a point or another name. */

const AROUND = [[1, 0], [1, -1], [1, 1], [-1, 0], [-1, -1], [-1, 1], [0, -1], [0, 1]];
const AWAY = [0, 6, 12, 20, 30];
const GAP = 2;

const meets = (one, other) =>
  one.left < other.right &&
  other.left < one.right &&
  one.top < other.bottom &&
  other.top < one.bottom;

function distance(point, box) {
  const aside = Math.max(box.left - point.x, 0, point.x - box.right);
  const up = Math.max(box.top - point.y, 0, point.y - box.bottom);
  return Math.hypot(aside, up) - point.r;
}

function* candidates(point) {
  for (const away of AWAY) {
    const reach = point.r + GAP + away;
    for (const [right, down] of AROUND) {
      const aside = reach * (right && down ? 0.75 : 1);
      const x = point.x + right * (aside + point.width / 2);
      const y = point.y + down * ((right ? 0.75 : 1) * aside + point.height / 2);
      yield {
        left: x - point.width / 2,
        right: x + point.width / 2,
        top: y - point.height / 2,
        bottom: y + point.height / 2,
      };
    }
  }
}

/*
 * A box for each point's name, or null where there is no room. `points`: {x, y, r, width, height},
 * in pixels, the most important first; `within`: what no name may leave; `lines`: what no name may
 * cover, unless it is one of the first `needed`, which may also stand nearer to another point.
 */
export function labelPlaces(points, within, lines = [], needed = 0) {
  const taken = points.map(({ x, y, r }) => ({ left: x - r, right: x + r, top: y - r, bottom: y + r }));
  return points.map((point, place) => {
    let fallback = null;
    for (const box of candidates(point)) {
      const inside =
        box.left >= within.left &&
        box.right <= within.right &&
        box.top >= within.top &&
        box.bottom <= within.bottom;
      if (!inside || taken.some((one) => meets(box, one))) continue;
      fallback ??= box;
      if (lines.some((one) => meets(box, one))) continue;
      if (points.some((other) => distance(other, box) < distance(point, box))) continue;
      taken.push(box);
      return box;
    }
    if (place >= needed || fallback === null) return null;
    taken.push(fallback);
    return fallback;
  });
}
