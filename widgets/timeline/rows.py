"""Where the rows of the timeline lie: sound, the tracks of the project, motion and video, from top to bottom.

Pure; a row's y is counted from the top of all rows, before scrolling and without the ruler.
"""

from dataclasses import dataclass
from typing import Final, Literal

from core.timeline import Project

RowKind = Literal["audio", "prompt", "emotion", "motion", "video"]

GAP: Final = 2
"""Dark line between two rows."""

_HEIGHTS: Final[dict[RowKind, tuple[int, int]]] = {
    "audio": (46, 110),
    "prompt": (42, 58),
    "emotion": (28, 34),
    "motion": (46, 92),
    "video": (34, 72),
}
"""Least and greatest height of each kind; room beyond the least is shared out."""


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        kind: what it shows.
        track_id: the project's track, "" for the rows that are not tracks.
        top: y of its upper edge.
        height: in logical pixels.
    """

    kind: RowKind
    track_id: str
    top: int
    height: int

    @property
    def bottom(self) -> int:
        """Y of the first pixel below."""
        return self.top + self.height

    @property
    def is_track(self) -> bool:
        """Whether it holds segments of the project."""
        return self.kind in ("prompt", "emotion")


@dataclass(frozen=True)
class RowLayout:
    """All rows from top to bottom; `height` is that of all together."""

    rows: tuple[Row, ...] = ()
    height: int = 0

    def at(self, y: float) -> Row | None:
        """Return the row under a y; the gap belongs to the row above it."""
        for row in self.rows:
            if row.top <= y < row.bottom + GAP:
                return row
        return None

    def of_track(self, track_id: str) -> Row | None:
        """Return the row of a track."""
        return next((row for row in self.rows if row.track_id == track_id and row.is_track), None)

    def of_kind(self, kind: RowKind) -> Row | None:
        """Return the first row of a kind."""
        return next((row for row in self.rows if row.kind == kind), None)


def lay_out(project: Project | None, available: int) -> RowLayout:
    """Return the rows of a project; they grow up to their greatest heights to fill what is available."""
    if project is None:
        return RowLayout()
    kinds: list[tuple[RowKind, str]] = [("audio", "")]
    kinds += [(track.kind, track.id) for track in project.tracks]
    kinds += [("motion", ""), ("video", "")]
    least = sum(_HEIGHTS[kind][0] + GAP for kind, _ in kinds)
    could = sum(_HEIGHTS[kind][1] - _HEIGHTS[kind][0] for kind, _ in kinds)
    share = min(1.0, max(0, available - least) / could) if could else 0.0
    rows = []
    top = 0
    for kind, track_id in kinds:
        low, high = _HEIGHTS[kind]
        height = low + int((high - low) * share)
        rows.append(Row(kind, track_id, top, height))
        top += height + GAP
    return RowLayout(tuple(rows), top)
