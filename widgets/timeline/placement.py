"""What may go where while it is dragged: room for a new segment, limits of a trim, collisions of a move.

A quick answer for the preview of a drag; the rules themselves are in `core.edits`, which has the last word.
"""

from collections.abc import Iterable
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from core.constants import MICROSECONDS
from core.timeline import MAX_TIME_US, TOKEN_US, Project, Segment, Track

NEW_SEGMENT_US: Final = 2 * MICROSECONDS
"""Length of a segment made by a click, where it fits."""

SHORTEST_US: Final = TOKEN_US
"""A segment shorter than one motion token would direct nothing."""

Refusal = Literal["", "overlap", "locked_segment", "locked_track", "kind", "several_tracks"]
"""Why a drop is not possible; "" where it is."""


def room_for(track: Track, time_us: int, duration_us: int) -> tuple[int, int] | None:
    """Return where a new segment lies that is made by a click at a time, or None if there is no room.

    It starts at the time and is two seconds long, shorter before a neighbour; where little room follows, it starts
    earlier instead.
    """
    if track.at(time_us) is not None:
        return None
    before = max((s.end_us for s in track.between(0, time_us + 1)), default=0)
    later = track.between(time_us, MAX_TIME_US)
    after = min(later[0].start_us if later else MAX_TIME_US, duration_us)
    end = min(time_us + NEW_SEGMENT_US, after)
    start = time_us if end - time_us >= NEW_SEGMENT_US // 2 else max(before, end - NEW_SEGMENT_US)
    return (start, end) if end - start >= SHORTEST_US else None


def trim_limits(track: Track, index: int, edge: Literal["in", "out"], duration_us: int) -> tuple[int, int]:
    """Return the earliest and the latest time that an edge of a segment can be dragged to."""
    segment = track.segments[index]
    shortest = min(SHORTEST_US, segment.duration_us)
    if edge == "in":
        return (track.segments[index - 1].end_us if index else 0), segment.end_us - shortest
    last = index + 1 == len(track.segments)
    return segment.start_us + shortest, (duration_us if last else track.segments[index + 1].start_us)


class MoveRoom:
    """Answers for one drag of segments: how far they can go, and whether they would lie on others.

    Args:
        project: the project at the start of the drag.
        ids: the dragged segments.
        duration_us: length of the recording.
        copy: whether the originals stay (Alt-drag), so that they are in the way too.
    """

    def __init__(self, project: Project, ids: Iterable[str], duration_us: int, *, copy: bool = False) -> None:
        self._wanted = frozenset(ids)
        self._copy = copy
        self._project = project
        self.moved: dict[str, tuple[Segment, ...]] = {}
        for track in project.tracks:
            found = tuple(segment for segment in track.segments if segment.id in self._wanted)
            if found:
                self.moved[track.id] = found
        every = [segment for found in self.moved.values() for segment in found]
        self.start_us = min((s.start_us for s in every), default=0)
        self.end_us = max((s.end_us for s in every), default=0)
        self._limit_us = max(duration_us, self.end_us)
        self._locked = not copy and any(segment.locked for segment in every)
        self._locked_track = any(project.track(track_id).locked for track_id in self.moved)
        self._still: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}

    def limited(self, delta_us: int) -> int:
        """Return a movement shortened so that nothing leaves the recording."""
        return max(-self.start_us, min(delta_us, self._limit_us - self.end_us))

    def refusal(self, delta_us: int, target: str | None = None) -> Refusal:
        """Return why the segments cannot be dropped after a movement, "" if they can.

        Args:
            delta_us: movement in time.
            target: track to move to, None for their own tracks.
        """
        if self._locked_track:
            return "locked_track"
        if self._locked:
            return "locked_segment"
        if target is not None and target not in self.moved:
            if len(self.moved) > 1:
                return "several_tracks"
            track = self._project.track(target)
            if track.kind != self._project.track(next(iter(self.moved))).kind:
                return "kind"
            if track.locked:
                return "locked_track"
            groups = {target: next(iter(self.moved.values()))}
        else:
            groups = self.moved
        return "overlap" if any(self._collides(t, s, delta_us) for t, s in groups.items()) else ""

    def _collides(self, track_id: str, segments: tuple[Segment, ...], delta_us: int) -> bool:
        starts, ends = self._neighbours(track_id)
        if not len(starts):
            return False
        first = np.fromiter((s.start_us + delta_us for s in segments), dtype=np.int64, count=len(segments))
        last = np.fromiter((s.end_us + delta_us for s in segments), dtype=np.int64, count=len(segments))
        index = np.searchsorted(ends, first, side="right")
        inside = index < len(starts)
        return bool((starts[index[inside]] < last[inside]).any())

    def _neighbours(self, track_id: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if track_id not in self._still:
            track = self._project.track(track_id)
            kept = [s for s in track.segments if self._copy or s.id not in self._wanted]
            self._still[track_id] = (
                np.array([s.start_us for s in kept], dtype=np.int64),
                np.array([s.end_us for s in kept], dtype=np.int64),
            )
        return self._still[track_id]
