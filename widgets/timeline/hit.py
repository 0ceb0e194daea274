"""What lies under the pointer: a segment or its edge, a take, a marker, the range, or an empty place. No Qt."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from core.timeline import Segment
from widgets.timeline.rows import Row, RowLayout
from widgets.timeline.scene import Scene, TrackIndex
from widgets.timeline.view import TimeView

RULER_HEIGHT: Final = 40
"""Logical pixels of the ruler, which stays in place when the rows scroll: range, flags of markers, times."""

RANGE_HEIGHT: Final = 9
"""Upper part of the ruler, in which the in/out range lies."""

MARKER_TOP: Final = RANGE_HEIGHT + 1
MARKER_HEIGHT: Final = 14
"""Of a marker's flag; below it the playhead's handle can be grabbed where both are at the same time."""

EDGE_PX: Final = 6.0
"""How far inside a segment its edge can be grabbed."""

OUTSIDE_PX: Final = 4.0
"""How far outside a narrow segment its edge can be grabbed, where nothing else lies there."""

NARROW_PX: Final = 22.0
"""A segment narrower than this is grabbed as a whole inside, and by its edges outside."""

MARKER_PX: Final = 6.0

TAKE_SIZE: Final = 15
"""Width of the box of one take."""

TAKES_FROM: Final = TAKE_SIZE + 8
"""Width of a segment that has room for one box."""

HitKind = Literal["segment", "empty", "ruler", "track", "marker"]
HitPart = Literal["body", "in", "out", "take", "range", "range_in", "range_out", ""]


@dataclass(frozen=True)
class Hit:
    """What is at a place.

    Attributes:
        kind: what a context menu is about.
        part: which part of it.
        row: the row, None in the ruler and below all rows.
        time_us: time at the place.
        track_id, segment_id, marker_id: "" where there is none.
        take: index of the take under the pointer, -1 for none.
    """

    kind: HitKind
    part: HitPart = ""
    row: Row | None = None
    time_us: int = 0
    track_id: str = ""
    segment_id: str = ""
    marker_id: str = ""
    take: int = -1

    @property
    def id(self) -> str:
        """The id of the thing itself: marker, segment or track."""
        return self.marker_id or self.segment_id or self.track_id


def hit_test(scene: Scene, rows: RowLayout, view: TimeView, x: float, y: float, scroll_y: int = 0) -> Hit:
    """Return what lies at a pixel of the canvas.

    Args:
        scene: what is shown.
        rows: where the rows are.
        view: where the times are.
        x: logical pixel of the canvas.
        y: logical pixel of the canvas; the ruler is at its top.
        scroll_y: by how much the rows are scrolled.
    """
    time_us = view.time(x)
    if y < RULER_HEIGHT:
        return _ruler_hit(scene, view, x, y, time_us)
    row = rows.at(y - RULER_HEIGHT + scroll_y)
    if row is None:
        return Hit("empty", time_us=time_us)
    if row.is_track:
        return _track_hit(scene, row, view, x, time_us)
    if row.kind in ("motion", "video"):
        inside = y - RULER_HEIGHT + scroll_y - row.top
        return _motion_hit(scene, row, view, x, inside, time_us)
    return Hit("empty", row=row, time_us=time_us)


def _ruler_hit(scene: Scene, view: TimeView, x: float, y: float, time_us: int) -> Hit:
    if scene.in_out is not None and y < RANGE_HEIGHT + 5:
        first, last = view.x(scene.in_out[0]), view.x(scene.in_out[1])
        # The handles lie inside the range when it is wide, and reach out of it when it is narrow.
        if abs(x - last) <= EDGE_PX + 1 and abs(x - last) <= abs(x - first):
            return Hit("ruler", "range_out", time_us=time_us)
        if abs(x - first) <= EDGE_PX + 1:
            return Hit("ruler", "range_in", time_us=time_us)
        if first < x < last and y < RANGE_HEIGHT:
            return Hit("ruler", "range", time_us=time_us)
    if scene.project is not None and MARKER_TOP - 1 <= y <= MARKER_TOP + MARKER_HEIGHT:
        near = [(abs(view.x(m.time_us) - x), m.id) for m in scene.project.markers]
        best = min(near, default=(MARKER_PX + 1, ""))
        if best[0] <= MARKER_PX:
            return Hit("marker", "body", time_us=time_us, marker_id=best[1])
    return Hit("ruler", time_us=time_us)


def _track_hit(scene: Scene, row: Row, view: TimeView, x: float, time_us: int) -> Hit:
    index = scene.index_of(row.track_id)
    if index is None or not len(index.starts):
        return Hit("empty", row=row, time_us=time_us, track_id=row.track_id)
    reach = OUTSIDE_PX * view.us_per_px
    first, last = index.visible(time_us - reach, time_us + reach)
    best: tuple[float, Hit] | None = None
    for place in range(first, min(last, first + 64)):
        segment = index.track.segments[place]
        part, cost = _part(view.x(segment.start_us), view.x(segment.end_us), x)
        if part and (best is None or cost < best[0]):
            best = cost, Hit("segment", part, row, time_us, row.track_id, segment.id)
    return best[1] if best else Hit("empty", row=row, time_us=time_us, track_id=row.track_id)


def _part(left: float, right: float, x: float) -> tuple[HitPart, float]:
    """Which part of a segment between two pixels is meant, and how badly; the smallest cost wins."""
    inside = left <= x <= right
    if right - left >= NARROW_PX:
        if not inside:
            return "", 0.0
        if x - left <= EDGE_PX:
            return "in", x - left
        return ("out", right - x) if right - x <= EDGE_PX else ("body", 0.0)
    if inside or abs(x - (left + right) / 2) <= 3:
        return "body", 0.0
    if left - OUTSIDE_PX <= x < left:
        return "in", left - x
    return ("out", x - right) if right < x <= right + OUTSIDE_PX else ("", 0.0)


def _motion_hit(scene: Scene, row: Row, view: TimeView, x: float, inside: float, time_us: int) -> Hit:
    segment = scene.body_segment_at(time_us)
    if segment is None:
        return Hit("empty", row=row, time_us=time_us)
    found = next((i.track.id for i in scene.body_tracks if segment.id in i.by_id), "")
    if row.kind == "video":
        take = take_at(segment, view, x, inside - (row.height - TAKE_SIZE - 3))
        if take >= 0:
            return Hit("segment", "take", row, time_us, found, segment.id, take=take)
    return Hit("segment", "body", row, time_us, found, segment.id)


def takes_shown(segment: Segment, width: float) -> tuple[int, ...]:
    """Return which takes of a segment have a box at a width: all, or the latest with the one in use among them."""
    count = len(segment.takes)
    room = int((width - TAKES_FROM) // (TAKE_SIZE + 2)) + 1
    if count < 1 or room < 1:
        return ()
    if count <= room:
        return tuple(range(count))
    shown = list(range(count - room, count))
    if segment.active_take is not None and segment.active_take < shown[0]:
        shown[0] = segment.active_take
    return tuple(shown)


def take_at(segment: Segment, view: TimeView, x: float, y: float) -> int:
    """Return the take whose box lies at a pixel, -1 for none; y counts from the upper edge of the boxes."""
    left = view.x(segment.start_us)
    shown = takes_shown(segment, view.x(segment.end_us) - left)
    place = int(np.floor((x - left - 4) / (TAKE_SIZE + 2)))
    if 0 <= place < len(shown) and 0 <= y < TAKE_SIZE:
        return shown[place]
    return -1


def segments_in(index: TrackIndex, start_us: float, end_us: float) -> tuple[str, ...]:
    """Return the ids of the segments of a track that share time with a stretch."""
    first, last = index.visible(start_us, end_us)
    return tuple(segment.id for segment in index.track.segments[first:last])
