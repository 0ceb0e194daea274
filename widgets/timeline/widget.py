"""`TimelineWidget`: ruler, rows, heads, scroll bars and the field for prompts, joined; what the window talks to.

Setters say what is shown, signals say what the user wants; nothing here changes a project. After an intent the window
calls `set_project` with the result.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from core.motion import MotionClip
from core.peaks import PeaksPyramid
from core.rendered import RenderedPiece
from core.timecode import TimecodeMode
from core.timeline import Project
from widgets.timeline.accessible import install as install_accessibility
from widgets.timeline.bars import ViewBars
from widgets.timeline.canvas import Canvas
from widgets.timeline.heads import Heads
from widgets.timeline.hit import RULER_HEIGHT
from widgets.timeline.in_place import InPlace
from widgets.timeline.names import refusal_name
from widgets.timeline.placement import Refusal
from widgets.timeline.scene import Samples, stretches
from widgets.timeline.view import SMALLEST_US_PER_PX, ZOOM_STEP, TimeView


class TimelineWidget(QWidget):
    """The timeline.

    Times are sent as objects: an int of Qt has 32 bits and ends at 35 minutes and 47 seconds.

    Signals:
        seekRequested(int): the playhead is wanted at a time in microseconds.
        scrubRequested(int): the playhead is being dragged there.
        scrubFinished(): it was let go; a seek follows.
        selectionRequested(object): these segment ids are to be selected.
        addRequested(str, int, int): a segment is wanted in a track.
        promptEdited(str, str): a segment's prompt was written.
        emotionEdited(str, str): another emotion was chosen for a segment of an emotion track.
        promptGiven(str, str), emotionGiven(str, str): the same for a segment that a click has just added; adding and
            filling it are one step for the user.
        moveRequested(object, int, object): ids, microseconds, and the track to move to or None.
        duplicateRequested(object, int): ids and how far behind the copies lie.
        trimRequested(str, str, int): segment, edge ("in" or "out") and its new time.
        markerMoved(str, int): marker and its new time.
        markerEditRequested(str): a marker is to be renamed.
        rangeRequested(object): (in, out) in microseconds, or None.
        trackChanged(str, str, object): track, field ("name", "locked", "muted") and value.
        takeRequested(str, int): another take of a segment is to be used.
        contextMenuRequested(object, object): `Hit` and global place.
        promptTyped(str): what is being written, for suggestions.
        refused(str): why a gesture did nothing, in a sentence.
        viewChanged(): zoom or place changed.

    Attributes:
        canvas, heads, bars, in_place: its parts.
    """

    seekRequested = Signal(object)
    scrubRequested = Signal(object)
    scrubFinished = Signal()
    selectionRequested = Signal(object)
    addRequested = Signal(str, object, object)
    promptEdited = Signal(str, str)
    emotionEdited = Signal(str, str)
    promptGiven = Signal(str, str)
    emotionGiven = Signal(str, str)
    moveRequested = Signal(object, object, object)
    duplicateRequested = Signal(object, object)
    trimRequested = Signal(str, str, object)
    markerMoved = Signal(str, object)
    markerEditRequested = Signal(str)
    rangeRequested = Signal(object)
    trackChanged = Signal(str, str, object)
    takeRequested = Signal(str, int)
    contextMenuRequested = Signal(object, object)
    promptTyped = Signal(str)
    refused = Signal(str)
    viewChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setAccessibleName(self.tr("Timeline"))
        install_accessibility()
        self.canvas = Canvas(self)
        self.canvas.intents = _Intents(self)
        self.canvas.setAccessibleName(self.tr("Timeline"))
        self.canvas.setAccessibleDescription(
            self.tr(
                "Arrows go from segment to segment, Enter edits its text, Esc gives the arrows back to the playhead."
            )
        )
        self.heads = Heads(self)
        self.in_place = InPlace(self.canvas)
        self.bars = ViewBars(self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.heads, 0, 0)
        grid.addWidget(self.canvas, 0, 1)
        grid.addWidget(self.bars.down, 0, 2)
        grid.addWidget(self.bars.tools, 1, 0)
        grid.addWidget(self.bars.across, 1, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 1)
        self.setFocusProxy(self.canvas)

    def _connect(self) -> None:
        canvas = self.canvas
        canvas.viewChanged.connect(self._view_changed)
        canvas.rowsChanged.connect(self._rows_changed)
        canvas.editWanted.connect(self.in_place.edit)
        canvas.addWanted.connect(self.in_place.add)
        canvas.markerEditWanted.connect(self.markerEditRequested)
        canvas.takeWanted.connect(self.takeRequested)
        canvas.menuWanted.connect(self.contextMenuRequested)
        for name in (
            "promptEdited", "emotionEdited", "promptGiven", "emotionGiven", "promptTyped", "addRequested",
            "selectionRequested",
        ):  # fmt: skip
            getattr(self.in_place, name).connect(getattr(self, name))
        self.heads.changed.connect(self.trackChanged)
        self.heads.menuWanted.connect(self.contextMenuRequested)
        self.bars.scrolled.connect(self._scrolled)
        self.bars.scrolledDown.connect(canvas.set_scroll_y)
        self.bars.zoomed.connect(self._zoomed)
        self.bars.out.clicked.connect(self.zoom_out)
        self.bars.closer.clicked.connect(self.zoom_in)
        self.bars.fit.clicked.connect(self.fit)

    # What is shown ----------------------------------------------------------------------------------------------------

    def set_project(self, project: Project | None) -> None:
        """Show a project; one with another recording is fitted into the view."""
        scene = self.canvas.scene
        before = scene.project
        fresh = project is not None and (before is None or before.audio != project.audio)
        length = scene.duration_us
        scene.set_project(project)
        ids = {segment.id for index in scene.tracks for segment in index.track.segments}
        scene.selection &= ids
        if project is None or fresh:
            self.close_editor(keep=False)
            scene.focus_id = ""
        self.canvas.lay_out()
        self._rows_changed()
        if fresh or (length != scene.duration_us and self.canvas.is_fitted):
            self.canvas.fit()
        self.in_place.place()
        self.canvas.update()
        self._view_changed()
        self.canvas.keys.announce()
        self.in_place.begin_wanted()

    def set_peaks(self, peaks: PeaksPyramid | None, samples: Samples | None = None) -> None:
        """Show a waveform.

        Args:
            peaks: of the recording, or None while there are none.
            samples: gives mono samples [first, last) at `peaks.rate`, for close zooms.
        """
        scene = self.canvas.scene
        length = scene.duration_us
        scene.peaks, scene.samples = peaks, samples
        self.canvas.tiles.set_sound(peaks, samples)
        scene.measure()
        if length != scene.duration_us and self.canvas.is_fitted:
            self.canvas.fit()
        self.canvas.update()

    def set_pauses(self, pauses: Iterable[Sequence[int]]) -> None:
        """Show detected pauses, as pairs of start and end in microseconds."""
        self.canvas.scene.pauses = stretches(pauses)
        self.canvas.update()

    def set_accents(self, accents: Iterable[int]) -> None:
        """Show accents of the speech at times in microseconds."""
        self.canvas.scene.accents = np.sort(np.array(list(accents), dtype=np.int64))
        self.canvas.update()

    def set_segment_states(self, states: Mapping[str, str]) -> None:
        """Show the motion state of segments by id; segments that are left out are "none"."""
        self.canvas.scene.set_states(states)
        self.canvas.update()

    def set_motion(self, clip: MotionClip | None) -> None:
        """Show key frames of the motion."""
        self.canvas.scene.clip = clip
        self.canvas.figures.set_clip(clip)
        self.canvas.update()

    def set_pieces(self, pieces: Iterable[RenderedPiece]) -> None:
        """Show what is rendered."""
        self.canvas.scene.set_pieces(pieces)
        self.canvas.update()

    def set_playhead(self, time_us: int) -> None:
        """Show the playhead at a time; only its two strips are painted again."""
        scene = self.canvas.scene
        if time_us != scene.playhead_us:
            old, scene.playhead_us = scene.playhead_us, time_us
            self.canvas.move_playhead(old, time_us)

    def set_in_out(self, in_out: tuple[int, int] | None) -> None:
        """Show the range, or none."""
        self.canvas.scene.in_out = in_out
        self.canvas.update()

    def set_selection(self, ids: Iterable[str]) -> None:
        """Show which segments are selected; the keyboard follows a single one."""
        scene = self.canvas.scene
        scene.selection = frozenset(ids)
        if len(scene.selection) == 1:
            scene.focus_id = next(iter(scene.selection))
        self.canvas.update()
        self.canvas.keys.announce()

    def set_snapping(self, on: bool) -> None:
        """Let drags snap, or not; Ctrl held during a drag turns it over."""
        self.canvas.scene.snapping = on

    def set_timecode_mode(self, mode: TimecodeMode, fps: float) -> None:
        """Write times as seconds or as timecode."""
        self.canvas.scene.mode, self.canvas.scene.fps = mode, fps
        self.canvas.update()

    # View -------------------------------------------------------------------------------------------------------------

    def zoom_in(self) -> None:
        """Show less, larger, about the playhead if it is visible, else about the middle."""
        self.canvas.zoom(1 / ZOOM_STEP**2, self._anchor())

    def zoom_out(self) -> None:
        """Show more, smaller."""
        self.canvas.zoom(ZOOM_STEP**2, self._anchor())

    def _anchor(self) -> float:
        x = self.canvas.view.x(self.canvas.scene.playhead_us)
        return x if 0 <= x <= self.canvas.width() else self.canvas.width() / 2

    def fit(self) -> None:
        """Show the whole recording."""
        self.canvas.fit()

    def zoom_to_selection(self) -> None:
        """Show the selected segments as large as they fit."""
        span = self.canvas.scene.selected_span()
        if span is not None:
            room = max(1, round((span[1] - span[0]) * 0.05))
            self.canvas.set_view(self.canvas.view.showing(span[0] - room, span[1] + room))

    def ensure_visible(self, time_us: int) -> None:
        """Page on or back if a time is outside; a drag in progress is not disturbed."""
        if self.canvas.pointer.drag is None:
            self.canvas.set_view(self.canvas.view.holding(time_us))

    def view_state(self) -> dict[str, float]:
        """Return zoom and place, to be kept with the project."""
        view = self.canvas.view
        return {"start_us": view.start_us, "us_per_px": view.us_per_px, "scroll_y": float(self.canvas.scroll_y)}

    def set_view_state(self, state: Mapping[str, Any]) -> None:
        """Take what `view_state` gave; what is missing or senseless is left as it is."""
        try:
            start, scale = float(state["start_us"]), float(state["us_per_px"])
            scroll_y = int(state.get("scroll_y", 0))
        except (KeyError, TypeError, ValueError):
            return
        if math.isfinite(start) and math.isfinite(scale) and scale >= SMALLEST_US_PER_PX:
            self.canvas.set_view(TimeView(start, scale, self.canvas.width()))
            self.canvas.set_scroll_y(scroll_y)

    def shutdown(self) -> None:
        """End the thread that reads frames; the timeline is not used afterwards."""
        self.canvas.thumbs.shutdown()

    def _view_changed(self) -> None:
        self.bars.show_view(self.canvas.view, self.canvas.scene.duration_us)
        self.in_place.place()
        self.viewChanged.emit()

    def _rows_changed(self) -> None:
        canvas = self.canvas
        self.bars.show_rows(canvas.rows.height, canvas.height() - RULER_HEIGHT, canvas.scroll_y)
        self.heads.show_rows(canvas.rows, tuple(index.track for index in canvas.scene.tracks), canvas.scroll_y)
        self.in_place.place()

    def _scrolled(self, start_us: float) -> None:
        view = self.canvas.view
        self.canvas.set_view(TimeView(start_us, view.us_per_px, view.width))

    def _zoomed(self, us_per_px: float) -> None:
        self.canvas.zoom(us_per_px / self.canvas.view.us_per_px, self._anchor())

    # Editing in place -------------------------------------------------------------------------------------------------

    def edit(self, segment_id: str) -> None:
        """Edit a segment in place; refused where it is locked."""
        self.in_place.edit(segment_id)

    def edit_selected(self) -> None:
        """Edit the selected segment in place, if exactly one is selected."""
        if len(self.canvas.scene.selection) == 1:
            self.in_place.edit(next(iter(self.canvas.scene.selection)))

    def set_suggestions(self, suggestions: Sequence[tuple[str, float]]) -> None:
        """Offer prompts, nearest first with 0..1, to the field that is open."""
        self.in_place.set_suggestions(suggestions)

    def close_editor(self, *, keep: bool) -> None:
        """End editing in place; the text is taken or given up."""
        self.in_place.close(keep=keep)


class _Intents:
    """Sends the results of gestures as the widget's signals."""

    def __init__(self, widget: TimelineWidget) -> None:
        self._widget = widget

    def seek(self, time_us: int) -> None:
        self._widget.seekRequested.emit(time_us)

    def scrub(self, time_us: int) -> None:
        self._widget.scrubRequested.emit(time_us)

    def scrub_done(self) -> None:
        self._widget.scrubFinished.emit()

    def move(self, ids: tuple[str, ...], delta_us: int, track_id: str | None) -> None:
        self._widget.moveRequested.emit(ids, delta_us, track_id)

    def duplicate(self, ids: tuple[str, ...], delta_us: int) -> None:
        self._widget.duplicateRequested.emit(ids, delta_us)

    def trim(self, segment_id: str, edge: str, time_us: int) -> None:
        self._widget.trimRequested.emit(segment_id, edge, time_us)

    def select(self, ids: tuple[str, ...]) -> None:
        self._widget.selectionRequested.emit(ids)

    def in_out(self, stretch: tuple[int, int] | None) -> None:
        self._widget.rangeRequested.emit(stretch)

    def marker(self, marker_id: str, time_us: int) -> None:
        self._widget.markerMoved.emit(marker_id, time_us)

    def refuse(self, reason: Refusal) -> None:
        self._widget.refused.emit(refusal_name(reason))
