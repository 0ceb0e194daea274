"""Snapping: which time near the pointer an edge jumps to, and why. Pure; the snap line is drawn by `paint_overlay`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

SnapKind = Literal["segment", "playhead", "marker", "range", "edge", "pause", "accent"]

REACH_PX: Final[dict[SnapKind, float]] = {
    "segment": 8.0,
    "playhead": 8.0,
    "marker": 8.0,
    "range": 7.0,
    "edge": 8.0,
    "pause": 6.0,
    "accent": 4.0,
}
"""How near an edge must come, in logical pixels. What is everywhere (accents) must be met more exactly."""

KINDS: Final[tuple[SnapKind, ...]] = ("playhead", "marker", "segment", "edge", "range", "pause", "accent")
"""In the order in which they win where two lie on the same pixel."""

CROWDED_US_PER_PX: Final = 25_000.0
"""From this zoom on, pauses and accents are so dense that snapping to them would be noise."""


@dataclass(frozen=True)
class SnapPoint:
    """A time that edges jump to."""

    time_us: int
    kind: SnapKind


class SnapPoints:
    """All snap points of a moment, sorted, for many queries during one drag.

    Args:
        groups: times of each kind, in any order.
    """

    def __init__(self, groups: dict[SnapKind, Iterable[int] | NDArray[np.int64]]) -> None:
        self._groups: list[tuple[SnapKind, NDArray[np.int64]]] = []
        for kind in KINDS:
            times = np.unique(np.asarray(groups.get(kind, ()), dtype=np.int64))
            if len(times):
                self._groups.append((kind, times))

    def nearest(self, time_us: int, us_per_px: float) -> SnapPoint | None:
        """Return the snap point within reach of a time; the nearest, and of those on one pixel the strongest kind."""
        best: tuple[int, SnapPoint] | None = None
        for kind, times in self._groups:
            if kind in ("pause", "accent") and us_per_px > CROWDED_US_PER_PX:
                continue
            index = int(np.searchsorted(times, time_us))
            candidate = min(times[max(0, index - 1) : index + 1].tolist(), key=lambda time: abs(time - time_us))
            distance = abs(candidate - time_us) / us_per_px
            if distance <= REACH_PX[kind] and (best is None or int(distance) < best[0]):
                best = int(distance), SnapPoint(candidate, kind)
        return best[1] if best else None


def snap_edges(
    edges_us: Sequence[int], delta_us: int, points: SnapPoints, us_per_px: float
) -> tuple[int, SnapPoint | None]:
    """Return a movement corrected so that one of the moved edges lies on a snap point, and that point.

    Args:
        edges_us: times of the edges before the movement.
        delta_us: the wanted movement.
        points: what may be snapped to.
        us_per_px: zoom.
    """
    best: tuple[int, SnapPoint] | None = None
    for edge in edges_us:
        found = points.nearest(edge + delta_us, us_per_px)
        if found is not None:
            change = found.time_us - edge - delta_us
            if best is None or abs(change) < abs(best[0]):
                best = change, found
    if best is None:
        return delta_us, None
    return delta_us + best[0], best[1]
