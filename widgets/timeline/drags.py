"""What the mouse does while a button is down: one class a gesture, each with a preview and one intent.

A drag knows the canvas only through `Host`. It changes nothing: `preview` says what to paint, `finish` sends the
intent, and a cancelled drag is simply forgotten.
"""

from typing import ClassVar, Final, Literal, Protocol

from PySide6.QtCore import QPointF, Qt

from core.timeline import Segment
from widgets.timeline.hit import RULER_HEIGHT, Hit, segments_in
from widgets.timeline.names import time_text
from widgets.timeline.placement import MoveRoom, Refusal, trim_limits
from widgets.timeline.preview import NOTHING, Ghost, Preview
from widgets.timeline.rows import RowLayout
from widgets.timeline.scene import Scene
from widgets.timeline.snapping import SnapPoint, SnapPoints, snap_edges
from widgets.timeline.view import TimeView

SHORTEST_RANGE_PX: Final = 3.0


class Intents(Protocol):
    """The signals of the widget that drags send, as functions."""

    def seek(self, time_us: int) -> None:
        """Ask for another playhead."""

    def scrub(self, time_us: int) -> None:
        """Say that the playhead is dragged."""

    def scrub_done(self) -> None:
        """Say that the playhead was let go."""

    def move(self, ids: tuple[str, ...], delta_us: int, track_id: str | None) -> None:
        """Ask to move segments."""

    def duplicate(self, ids: tuple[str, ...], delta_us: int) -> None:
        """Ask to copy segments."""

    def trim(self, segment_id: str, edge: str, time_us: int) -> None:
        """Ask to move one edge of a segment."""

    def select(self, ids: tuple[str, ...]) -> None:
        """Ask for another selection."""

    def in_out(self, stretch: tuple[int, int] | None) -> None:
        """Ask for another range."""

    def marker(self, marker_id: str, time_us: int) -> None:
        """Ask to move a marker."""

    def refuse(self, reason: Refusal) -> None:
        """Say why something was not done."""


class Host(Protocol):
    """What a drag may know of the canvas.

    Attributes:
        scene, view, rows, scroll_y: what is shown where, always as of now.
        intents: where the result goes.
    """

    scene: Scene
    view: TimeView
    rows: RowLayout
    scroll_y: int
    intents: Intents

    def snap_points(self, without: frozenset[str] = frozenset(), *, playhead: bool = True) -> SnapPoints:
        """Return what can be snapped to, without the edges of some segments."""


class Drag:
    """A gesture in progress.

    Attributes:
        cursor: the pointer's shape meanwhile.
        scrolls: whether the view scrolls when the pointer comes near its edges.
        preview: what to paint.
    """

    cursor: ClassVar[Qt.CursorShape] = Qt.CursorShape.ArrowCursor
    scrolls: ClassVar[bool] = True

    def __init__(self, host: Host) -> None:
        self.host = host
        self.preview: Preview = NOTHING

    def update(self, pos: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Take the pointer's place; also called when the view scrolled under it."""

    def finish(self) -> None:
        """Send the intent."""

    def cancel(self) -> None:
        """Forget it."""

    def _snapping(self, modifiers: Qt.KeyboardModifier) -> bool:
        """Ctrl held during a drag turns snapping over for the moment."""
        return self.host.scene.snapping != bool(modifiers & Qt.KeyboardModifier.ControlModifier)

    def _text(self, time_us: int) -> str:
        scene = self.host.scene
        return time_text(time_us, scene.mode, scene.fps, self.host.view)


class MoveDrag(Drag):
    """Segments are moved in time and, if they are of one track, to another track; with Alt copies are."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, host: Host, hit: Hit, ids: tuple[str, ...], grabbed_us: int, *, copy: bool) -> None:
        super().__init__(host)
        self._ids, self._grabbed_us, self._hit = ids, grabbed_us, hit
        self._always_copy = copy
        self._rooms: dict[bool, tuple[MoveRoom, SnapPoints]] = {}
        self._set_copy(copy)
        self._delta_us = 0
        self._target: str | None = None
        # With thousands of segments selected, the edges of the whole stand for all.
        every = [segment for found in self._room.moved.values() for segment in found]
        chosen = every if len(every) <= 50 else []
        self._edges = sorted(
            {t for s in chosen for t in (s.start_us, s.end_us)} | {self._room.start_us, self._room.end_us}
        )
        self._lead = host.scene.segment(hit.segment_id)

    def _set_copy(self, copy: bool) -> None:
        """Move, or drop copies: with Alt at the press, or while Alt is held."""
        if copy not in self._rooms:
            project = self.host.scene.project
            assert project is not None
            self._rooms[copy] = (
                MoveRoom(project, self._ids, self.host.scene.duration_us, copy=copy),
                self.host.snap_points(frozenset() if copy else frozenset(self._ids)),
            )
        self._copy = copy
        self._room, self._points = self._rooms[copy]

    def update(self, pos: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Show where it would be."""
        view = self.host.view
        lead = self._lead
        if lead is None:
            return
        self._set_copy(self._always_copy or bool(modifiers & Qt.KeyboardModifier.AltModifier))
        wanted = view.start_us + pos.x() * view.us_per_px - self._grabbed_us
        delta = view.to_grid(lead.start_us + wanted) - lead.start_us
        snap: SnapPoint | None = None
        if self._snapping(modifiers):
            delta, snap = snap_edges(self._edges, delta, self._points, view.us_per_px)
        limited = self._room.limited(delta)
        self._delta_us, snap = limited, snap if limited == delta else None
        self._target = self._track_under(pos)
        refusal = self._room.refusal(limited, self._target)
        start = lead.start_us + limited
        self.preview = Preview(
            ghosts=tuple(self._ghosts(limited)),
            hidden=frozenset() if self._copy else frozenset(self._ids),
            refusal=refusal,
            snap=snap,
            label=f"{self._text(start)} \u2013 {self._text(lead.end_us + limited)}",
            label_us=start,
        )

    def _track_under(self, pos: QPointF) -> str | None:
        row = self.host.rows.at(pos.y() - RULER_HEIGHT + self.host.scroll_y)
        if self._copy or row is None or not row.is_track or row.track_id in self._room.moved:
            return None
        return row.track_id

    def _ghosts(self, delta_us: int) -> list[Ghost]:
        view = self.host.view
        ghosts = []
        for track_id, segments in self._room.moved.items():
            target = self._target or track_id
            for segment in segments:
                start, end = segment.start_us + delta_us, segment.end_us + delta_us
                if end >= view.start_us and start <= view.end_us:
                    ghosts.append(Ghost(target, segment, start, end))
        return ghosts

    def finish(self) -> None:
        """Send the intent, if anything changed."""
        refusal = self.preview.refusal
        if refusal:
            self.host.intents.refuse(refusal)
        elif self._copy:
            self.host.intents.duplicate(self._ids, self._delta_us)
        elif self._delta_us or self._target:
            self.host.intents.move(self._ids, self._delta_us, self._target)


class TrimDrag(Drag):
    """One edge of a segment is moved, as far as its neighbours let it."""

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, host: Host, hit: Hit, grabbed_us: int) -> None:
        super().__init__(host)
        found = host.scene.find(hit.segment_id)
        assert found is not None
        index, place = found
        self._segment: Segment = index.track.segments[place]
        self._track_id = index.track.id
        self._edge: Literal["in", "out"] = "in" if hit.part == "in" else "out"
        self._old_us = self._segment.start_us if self._edge == "in" else self._segment.end_us
        self._offset_us = grabbed_us - self._old_us
        duration = max(host.scene.duration_us, self._segment.end_us)
        self._limits = trim_limits(index.track, place, self._edge, duration)
        self._points = host.snap_points(frozenset({self._segment.id}))
        self._time_us = self._old_us
        self._refusal: Refusal = ""
        if index.track.locked or self._segment.locked:
            self._refusal = "locked_track" if index.track.locked else "locked_segment"

    def update(self, pos: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Show where it would be."""
        view = self.host.view
        time_us = view.to_grid(view.start_us + pos.x() * view.us_per_px - self._offset_us)
        snap = self._points.nearest(time_us, view.us_per_px) if self._snapping(modifiers) else None
        if snap is not None:
            time_us = snap.time_us
        limited = min(max(time_us, self._limits[0]), self._limits[1])
        self._time_us, snap = limited, snap if limited == time_us else None
        start = limited if self._edge == "in" else self._segment.start_us
        end = limited if self._edge == "out" else self._segment.end_us
        if snap is None and limited != time_us and limited in (self._limits[0], self._limits[1]):
            snap = self._points.nearest(limited, view.us_per_px)
        self.preview = Preview(
            ghosts=(Ghost(self._track_id, self._segment, start, end),),
            hidden=frozenset({self._segment.id}),
            refusal=self._refusal,
            snap=snap,
            label=f"{self._text(limited)}  ({(end - start) / 1e6:.3g} s)",
            label_us=limited,
        )

    def finish(self) -> None:
        """Send the intent, if anything changed."""
        if self._refusal:
            self.host.intents.refuse(self._refusal)
        elif self._time_us != self._old_us:
            self.host.intents.trim(self._segment.id, self._edge, self._time_us)


class BandDrag(Drag):
    """A rubber band over the tracks selects what it touches; with Shift or Ctrl it adds to the selection."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, host: Host, pos: QPointF, *, add: bool) -> None:
        super().__init__(host)
        # The corner is kept as a time and a height of the rows, so that it stays where it is when the view scrolls.
        self._from_us = host.view.start_us + pos.x() * host.view.us_per_px
        self._from_y = pos.y() - RULER_HEIGHT + host.scroll_y
        self._kept = host.scene.selection if add else frozenset()

    def update(self, pos: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Show where it would be."""
        host = self.host
        now_us = host.view.start_us + pos.x() * host.view.us_per_px
        first_us, last_us = sorted((self._from_us, now_us))
        from_y, to_y = sorted((self._from_y, max(0.0, pos.y() - RULER_HEIGHT) + host.scroll_y))
        chosen = set(self._kept)
        for row in host.rows.rows:
            if row.bottom <= from_y or row.top >= to_y:
                continue
            for index in host.scene.tracks:
                if index.track.id == row.track_id or (row.kind == "motion" and index.track.kind == "prompt"):
                    chosen.update(segments_in(index, first_us, last_us))
        top = RULER_HEIGHT - host.scroll_y
        self.preview = Preview(
            band=(host.view.x(first_us), max(float(RULER_HEIGHT), from_y + top), host.view.x(last_us), to_y + top),
            chosen=frozenset(chosen),
        )

    def finish(self) -> None:
        """Send the intent, if anything changed."""
        chosen = self.preview.chosen
        if chosen is not None:
            self.host.intents.select(in_order(self.host.scene, chosen))


class PanDrag(Drag):
    """The view is moved with the middle button."""

    cursor = Qt.CursorShape.ClosedHandCursor
    scrolls = False


class ScrubDrag(Drag):
    """The playhead is dragged."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._old_us = host.scene.playhead_us
        self._points = host.snap_points(playhead=False)
        self._moved = 0
        self._time_us = self._old_us

    def update(self, pos: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Show where it would be."""
        host = self.host
        time_us = min(max(0, round(host.view.start_us + pos.x() * host.view.us_per_px)), host.scene.duration_us)
        snap = None
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            # Scrubbing is free; Shift lets it snap, to find a cut or a marker exactly.
            snap = self._points.nearest(time_us, host.view.us_per_px)
            time_us = snap.time_us if snap else time_us
        self._moved += 1
        self._time_us = time_us
        self.preview = Preview(playhead_us=time_us, snap=snap, label=self._text(time_us), label_us=time_us)
        if self._moved > 1:
            host.intents.scrub(time_us)

    def finish(self) -> None:
        """Send the intent, if anything changed."""
        if self._moved > 1:
            self.host.intents.scrub_done()
        self.host.intents.seek(self._time_us)

    def cancel(self) -> None:
        """Put the playhead back."""
        if self._moved > 1:
            self.host.intents.scrub(self._old_us)
            self.host.intents.scrub_done()
        self.host.intents.seek(self._old_us)


class RangeDrag(Drag):
    """The in/out range is drawn anew, moved, or one of its handles is."""

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, host: Host, part: str, grabbed_us: int) -> None:
        super().__init__(host)
        self._part = part
        self._old = host.scene.in_out or (grabbed_us, grabbed_us)
        self._anchor_us = grabbed_us
        self._points = host.snap_points()
        self._new = self._old

    def update(self, pos: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Show where it would be."""
        view = self.host.view
        duration = self.host.scene.duration_us
        time_us = view.to_grid(view.start_us + pos.x() * view.us_per_px)
        snap: SnapPoint | None = None
        first, last = self._old
        if self._part == "range":
            delta = time_us - self._anchor_us
            if self.host.scene.snapping:
                delta, snap = snap_edges((first, last), delta, self._points, view.us_per_px)
            delta = max(-first, min(delta, duration - last))
            self._new = first + delta, last + delta
        else:
            if self.host.scene.snapping:
                snap = self._points.nearest(time_us, view.us_per_px)
                time_us = snap.time_us if snap else time_us
            time_us = min(max(0, time_us), duration)
            fixed = {"range_in": last, "range_out": first}.get(self._part, self._anchor_us)
            self._new = min(fixed, time_us), max(fixed, time_us)
        start, end = self._new
        self.preview = Preview(
            in_out=self._new,
            snap=snap,
            label=f"{self._text(start)} \u2013 {self._text(end)}",
            label_us=start,
        )

    def finish(self) -> None:
        """Send the intent, if anything changed."""
        start, end = self._new
        if end - start < SHORTEST_RANGE_PX * self.host.view.us_per_px:
            self.host.intents.in_out(None)
        elif self._new != self.host.scene.in_out:
            self.host.intents.in_out(self._new)


class MarkerDrag(Drag):
    """A marker is moved."""

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, host: Host, marker_id: str) -> None:
        super().__init__(host)
        project = host.scene.project
        assert project is not None
        self._id = marker_id
        self._old_us = next(m.time_us for m in project.markers if m.id == marker_id)
        self._points = host.snap_points()
        self._time_us = self._old_us

    def update(self, pos: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Show where it would be."""
        view = self.host.view
        time_us = view.to_grid(view.start_us + pos.x() * view.us_per_px)
        snap = self._points.nearest(time_us, view.us_per_px) if self._snapping(modifiers) else None
        if snap is not None and snap.time_us == self._old_us:
            snap = None
        time_us = snap.time_us if snap else time_us
        self._time_us = min(max(0, time_us), self.host.scene.duration_us)
        self.preview = Preview(
            marker=(self._id, self._time_us),
            snap=snap,
            label=self._text(self._time_us),
            label_us=self._time_us,
        )

    def finish(self) -> None:
        """Send the intent, if anything changed."""
        if self._time_us != self._old_us:
            self.host.intents.marker(self._id, self._time_us)


def in_order(scene: Scene, ids: frozenset[str]) -> tuple[str, ...]:
    """Return segment ids in the order of the tracks and of time."""
    return tuple(s.id for index in scene.tracks for s in index.track.segments if s.id in ids)
