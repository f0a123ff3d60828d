"""Names beside points, placed so that none covers another one, and each is nearest to its point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

GAP = 1.0
"""Points (1/72 inch) between a point's edge and its name."""

PLACES = (
    (1, 0), (1, 1), (1, -1), (-1, 0), (-1, 1), (-1, -1), (0, 1), (0, -1),
)  # fmt: skip
"""Where a name may stand: to the right, to the left, above and below its point, in this order."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: left, bottom, right and top, in points."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box) -> bool:
        """Return whether the two rectangles share an area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )

    def within(self, other: Box) -> bool:
        """Return whether this rectangle lies inside the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.bottom >= other.bottom
            and self.top <= other.top
        )


@dataclass(frozen=True, slots=True)
class Named:
    """A point that needs a name: its centre, its radius, and the size of the name, in points."""

    x: float
    y: float
    radius: float
    width: float
    height: float

    @property
    def box(self) -> Box:
        """The square around the point."""
        return Box(
            self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius
        )

    def distance(self, box: Box) -> float:
        """Return how far the edge of the point is from a rectangle; negative where they meet."""
        aside = max(box.left - self.x, 0.0, self.x - box.right)
        up = max(box.bottom - self.y, 0.0, self.y - box.top)
        return math.hypot(aside, up) - self.radius

    def candidates(self) -> list[Box]:
        """Return where the name may stand, the best place first; farther off after that."""
        found = []
        for away in (0.0, 5.0, 10.0, 16.0, 24.0, 32.0):
            reach = self.radius + GAP + away
            for right, up in PLACES:
                aside = reach * (0.75 if right and up else 1.0)
                x = self.x + right * (aside + self.width / 2)
                y = self.y + up * (aside * (1.0 if not right else 0.75) + self.height / 2)
                half = self.width / 2, self.height / 2
                found.append(Box(x - half[0], y - half[1], x + half[0], y + half[1]))
        return found


def placed(
    points: Sequence[Named], within: Box, others: Sequence[Box] = (), needed: int = 0
) -> list[Box | None]:
    """Return where each name stands; None where there is no room for it.

    Args:
        points: the most important first: they choose first.
        within: what no name may leave.
        others: what no name may cover, beside the points and the names.
        needed: so many of the first points get a name also if it covers some of ``others``, or
            stands nearer to another point.
    """
    taken = [point.box for point in points]
    found: list[Box | None] = []
    for place, point in enumerate(points):
        free = [
            box
            for box in point.candidates()
            if box.within(within) and not any(box.meets(one) for one in taken)
        ]
        clear = (
            box
            for box in free
            if not any(box.meets(one) for one in others)
            and not any(other.distance(box) < point.distance(box) for other in points)
        )
        box = next(clear, free[0] if free and place < needed else None)
        found.append(box)
        if box is not None:
            taken.append(box)
    return found
