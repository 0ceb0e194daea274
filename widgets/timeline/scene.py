"""What the timeline shows: the project and what was found out about it, with indices for quick culling. No Qt."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.constants import MICROSECONDS
from core.motion import MotionClip
from core.peaks import PeaksPyramid
from core.rendered import RenderedPiece
from core.timecode import TimecodeMode
from core.timeline import Project, Segment, Track

Samples = Callable[[int, int], NDArray[np.float32]]
"""Gives mono samples [first, last) at the rate of the peaks."""

EMPTY_DURATION_US: Final = 10 * MICROSECONDS

STATES: Final = ("none", "queued", "generating", "ready", "changed", "failed")
"""Motion states of a segment, in the order of `TrackIndex.codes`."""


class TrackIndex:
    """A track with its times as arrays.

    Attributes:
        track: the track.
        starts, ends: (N,) int64 microseconds of its segments.
        codes: (N,) index of each segment's state in `STATES`.
    """

    def __init__(self, track: Track) -> None:
        self.track = track
        self.starts = np.array([segment.start_us for segment in track.segments], dtype=np.int64)
        self.ends = np.array([segment.end_us for segment in track.segments], dtype=np.int64)
        self.codes = np.zeros(len(self.starts), dtype=np.int64)

    def set_states(self, states: Mapping[str, str]) -> None:
        """Take the state of each segment by its id; unknown ones are "none"."""
        codes = {state: code for code, state in enumerate(STATES)}
        self.codes = np.array([codes.get(states.get(s.id, ""), 0) for s in self.track.segments], dtype=np.int64)

    def chosen(self, ids: frozenset[str]) -> NDArray[np.bool_]:
        """Return (N,) which segments are among some ids."""
        mask = np.zeros(len(self.starts), dtype=bool)
        for segment_id in ids:
            place = self.by_id.get(segment_id)
            if place is not None:
                mask[place] = True
        return mask

    @cached_property
    def by_id(self) -> dict[str, int]:
        """Index of each segment by its id."""
        return {segment.id: index for index, segment in enumerate(self.track.segments)}

    def visible(self, start_us: float, end_us: float) -> tuple[int, int]:
        """Return the range of indices of the segments that share time with a stretch."""
        first = int(np.searchsorted(self.ends, start_us, side="right"))
        return first, max(first, int(np.searchsorted(self.starts, end_us, side="left")))


@dataclass
class Scene:
    """All that is shown, changed in place by the widget's setters.

    Attributes:
        project: the open project, or None.
        tracks: an index for each of its tracks, in order.
        body_tracks: those that direct the body, whose segments have motion and takes.
        duration_us: length of the recording as far as it is known.
        peaks, samples: the waveform and its samples.
        pauses: (N, 2) int64 start and end in microseconds.
        accents: (N,) int64 microseconds.
        states: motion state of segments by id.
        clip: the generated motion.
        pieces: rendered stretches of the video, in the order of time.
        rendered: what the pieces cover without a gap, see `merged`.
        playhead_us, in_out, selection: as in the session.
        focus_id: the segment that the keyboard is on, "" for none.
        mode, fps: how times are written.
        snapping: whether drags snap.
    """

    project: Project | None = None
    tracks: tuple[TrackIndex, ...] = ()
    body_tracks: tuple[TrackIndex, ...] = ()
    duration_us: int = EMPTY_DURATION_US
    peaks: PeaksPyramid | None = None
    samples: Samples | None = None
    pauses: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))
    accents: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    states: dict[str, str] = field(default_factory=dict)
    clip: MotionClip | None = None
    pieces: tuple[RenderedPiece, ...] = ()
    rendered: list[tuple[int, int, RenderedPiece]] = field(default_factory=list)
    playhead_us: int = 0
    in_out: tuple[int, int] | None = None
    selection: frozenset[str] = frozenset()
    focus_id: str = ""
    mode: TimecodeMode = "seconds"
    fps: float = 25.0
    snapping: bool = True

    def set_project(self, project: Project | None) -> None:
        """Take another project; indices of tracks that did not change are kept."""
        known = {id(index.track): index for index in self.tracks}
        self.project = project
        self.tracks = tuple(known.get(id(track)) or TrackIndex(track) for track in project.tracks) if project else ()
        self.body_tracks = tuple(index for index in self.tracks if index.track.kind == "prompt")
        for index in self.tracks:
            if id(index.track) not in known:
                index.set_states(self.states)
        self.measure()

    def set_states(self, states: Mapping[str, str]) -> None:
        """Take the motion states of segments by id."""
        self.states = dict(states)
        for index in self.tracks:
            index.set_states(self.states)

    def set_pieces(self, pieces: Iterable[RenderedPiece]) -> None:
        """Take what is rendered."""
        self.pieces = tuple(sorted(pieces, key=lambda piece: piece.start_us))
        self.rendered = merged(self.pieces)

    def pieces_between(self, start_us: float, end_us: float) -> tuple[RenderedPiece, ...]:
        """Return the pieces that share time with a stretch."""
        first = bisect_right(self.pieces, start_us, key=lambda piece: piece.end_us)
        return self.pieces[first : bisect_left(self.pieces, end_us, key=lambda piece: piece.start_us)]

    def measure(self) -> None:
        """Find out the length anew, after the project or the peaks changed."""
        lengths = [int(index.ends[-1]) for index in self.tracks if len(index.ends)]
        if self.project is not None and self.project.duration_us:
            lengths.append(self.project.duration_us)
        elif self.peaks is not None:
            lengths.append(round(self.peaks.duration * MICROSECONDS))
        self.duration_us = max(lengths, default=EMPTY_DURATION_US)

    def index_of(self, track_id: str) -> TrackIndex | None:
        """Return the index of a track."""
        return next((index for index in self.tracks if index.track.id == track_id), None)

    def find(self, segment_id: str) -> tuple[TrackIndex, int] | None:
        """Return the track and the place in it of a segment."""
        for index in self.tracks:
            place = index.by_id.get(segment_id)
            if place is not None:
                return index, place
        return None

    def segment(self, segment_id: str) -> Segment | None:
        """Return a segment by its id."""
        found = self.find(segment_id)
        return found[0].track.segments[found[1]] if found else None

    def body_segment_at(self, time_us: int) -> Segment | None:
        """Return the segment whose motion is seen at a time: that of the first unmuted prompt track."""
        for index in self.body_tracks:
            if not index.track.muted:
                found = index.track.at(time_us)
                if found is not None:
                    return found
        return None

    def selected_span(self) -> tuple[int, int] | None:
        """Return the stretch from the first to the last selected segment."""
        chosen = [s for s in (self.segment(segment_id) for segment_id in self.selection) if s is not None]
        if not chosen:
            return None
        return min(s.start_us for s in chosen), max(s.end_us for s in chosen)


def stretches(values: Iterable[Sequence[int]]) -> NDArray[np.int64]:
    """Return pairs of times as an (N, 2) array in the order of time."""
    array = np.array([tuple(pair) for pair in values], dtype=np.int64).reshape(-1, 2)
    return array[np.argsort(array[:, 0], kind="stable")]


def merged(pieces: tuple[RenderedPiece, ...]) -> list[tuple[int, int, RenderedPiece]]:
    """Return the stretches that pieces, in the order of time, of one size and rate cover, each with its first one."""
    result: list[tuple[int, int, RenderedPiece]] = []
    for piece in pieces:
        if result:
            start, end, first = result[-1]
            same = (first.width, first.height, first.fps) == (piece.width, piece.height, piece.fps)
            # Times follow from rounded frame numbers: a microsecond between two pieces is no gap.
            if same and piece.start_us <= end + 2:
                result[-1] = start, max(end, piece.end_us), first
                continue
        result.append((piece.start_us, piece.end_us, piece))
    return result
