"""What mouse and wheel do on the canvas: chooses the gesture, runs it, scrolls at the edges, and shows what is hovered.

The gestures themselves are in `drags`; which keys do what is in `keyboard`.
"""

import html
import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip

from core.timecode import format_time
from widgets.timeline.drags import (
    BandDrag,
    Drag,
    MarkerDrag,
    MoveDrag,
    PanDrag,
    RangeDrag,
    ScrubDrag,
    TrimDrag,
    in_order,
)
from widgets.timeline.hit import RULER_HEIGHT, Hit, hit_test
from widgets.timeline.names import refusal_name, segment_sentence
from widgets.timeline.placement import room_for
from widgets.timeline.scene import Scene
from widgets.timeline.view import MARGIN_PX, ZOOM_STEP, TimeView

if TYPE_CHECKING:
    from widgets.timeline.canvas import Canvas

DRAG_PX: Final = 4
"""The pointer must move so far before a press becomes a drag."""

SCROLL_EDGE_PX: Final = 28
"""A drag scrolls the view when the pointer is so near its edge."""

SCROLL_INTERVAL_MS: Final = 16
MOST_TICKS: Final = 12
"""A window that was held up for longer scrolls no farther at once."""

WHEEL_ROWS_PX: Final = 40

_CTRL: Final = Qt.KeyboardModifier.ControlModifier
_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
_ALT: Final = Qt.KeyboardModifier.AltModifier


class Pointer(QObject):
    """The mouse over one canvas.

    Attributes:
        drag: the gesture in progress, or None.
        hover: what is under the pointer, or None.
    """

    def __init__(self, canvas: "Canvas") -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.drag: Drag | None = None
        self.hover: Hit | None = None
        self._press: tuple[QPointF, Hit, Qt.KeyboardModifier] | None = None
        self._pan_from: tuple[QPointF, TimeView, int] | None = None
        self._pointer = QPointF()
        self._adding = True
        self._scrolled_at = 0.0
        self._scroller = QTimer(self)
        self._scroller.setInterval(SCROLL_INTERVAL_MS)
        self._scroller.timeout.connect(self._auto_scroll)

    @property
    def _scene(self) -> Scene:
        return self._canvas.scene

    def hit(self, pos: QPointF) -> Hit:
        """Return what lies at a place of the canvas."""
        return hit_test(self._scene, self._canvas.rows, self._canvas.view, pos.x(), pos.y(), self._canvas.scroll_y)

    def press(self, event: QMouseEvent) -> None:
        """Choose the gesture by what is under the pointer."""
        # A press that only ends the writing of a prompt must not make a segment as well.
        self._adding = not self._canvas.just_edited
        self._canvas.pressed.emit()
        self._canvas.set_keyboard_mode(False)
        if self.drag is not None:
            return
        pos = event.position()
        if event.button() == Qt.MouseButton.MiddleButton:
            self.drag = PanDrag(self._canvas)
            self._pan_from = pos, self._canvas.view, self._canvas.scroll_y
            self._show_cursor()
        elif event.button() == Qt.MouseButton.LeftButton and self._scene.project is not None:
            hit = self.hit(pos)
            self._press = pos, hit, event.modifiers()
            self._press_left(pos, hit, event.modifiers())
        self._pointer = pos

    def _press_left(self, pos: QPointF, hit: Hit, modifiers: Qt.KeyboardModifier) -> None:
        in_audio = hit.row is not None and hit.row.kind == "audio"
        if hit.kind == "marker":
            self._scene.focus_id = ""
        elif hit.kind == "ruler" or in_audio:
            if hit.part in ("range", "range_in", "range_out"):
                return
            if modifiers & _CTRL:
                return
            self._start(ScrubDrag(self._canvas), pos, modifiers)
        elif hit.kind == "segment" and hit.part != "take":
            self._press_segment(hit, modifiers)

    def _press_segment(self, hit: Hit, modifiers: Qt.KeyboardModifier) -> None:
        """Select on press what is not selected yet, so that it can be dragged at once."""
        self._scene.focus_id = hit.segment_id
        selection = self._scene.selection
        if modifiers & _SHIFT:
            self._canvas.intents.select(in_order(self._scene, selection | self._run_to(hit)))
        elif modifiers & _CTRL:
            self._canvas.intents.select(in_order(self._scene, selection ^ {hit.segment_id}))
        elif hit.segment_id not in selection:
            self._canvas.intents.select((hit.segment_id,))

    def _run_to(self, hit: Hit) -> frozenset[str]:
        """The segments of a track from the nearest selected one to the clicked one."""
        index = self._scene.index_of(hit.track_id)
        if index is None:
            return frozenset({hit.segment_id})
        place = index.by_id[hit.segment_id]
        chosen = [i for i, s in enumerate(index.track.segments) if s.id in self._scene.selection]
        nearest = min(chosen, key=lambda i: abs(i - place), default=place)
        low, high = sorted((place, nearest))
        return frozenset(s.id for s in index.track.segments[low : high + 1])

    def move(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or show what would happen here."""
        pos = event.position()
        self._pointer = pos
        if self._press is not None and self.drag is None:
            start, hit, modifiers = self._press
            if (pos - start).manhattanLength() >= DRAG_PX:
                self._begin_drag(start, hit, modifiers)
        if self.drag is None:
            self.hover_over(self.hit(pos))
            return
        if isinstance(self.drag, PanDrag):
            self._pan(pos)
            return
        self._update_drag(event.modifiers())
        self._watch_edges(pos)

    def _begin_drag(self, pos: QPointF, hit: Hit, modifiers: Qt.KeyboardModifier) -> None:
        grabbed_us = round(self._canvas.view.start_us + pos.x() * self._canvas.view.us_per_px)
        if hit.kind == "marker":
            self._start(MarkerDrag(self._canvas, hit.marker_id), pos, modifiers)
        elif hit.kind == "ruler" or (hit.row is not None and hit.row.kind == "audio"):
            self._start(RangeDrag(self._canvas, hit.part, grabbed_us), pos, modifiers)
        elif hit.kind == "segment" and hit.row is not None and hit.row.is_track:
            if hit.part in ("in", "out") and not modifiers & _ALT:
                self._start(TrimDrag(self._canvas, hit, grabbed_us), pos, modifiers)
                return
            ids = in_order(self._scene, self._scene.selection)
            if hit.segment_id not in ids:
                ids = (hit.segment_id,)
            self._start(MoveDrag(self._canvas, hit, ids, grabbed_us, copy=bool(modifiers & _ALT)), pos, modifiers)
        else:
            self._start(BandDrag(self._canvas, pos, add=bool(modifiers & (_SHIFT | _CTRL))), pos, modifiers)

    def _start(self, drag: Drag, pos: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self.drag = drag
        QToolTip.hideText()
        drag.update(pos, modifiers)
        self._show_cursor()
        self._canvas.update()

    def _update_drag(self, modifiers: Qt.KeyboardModifier) -> None:
        if self.drag is None:
            return
        before = self.drag.preview
        self.drag.update(self._pointer, modifiers)
        if before != self.drag.preview:
            self._canvas.update()

    def _pan(self, pos: QPointF) -> None:
        if self._pan_from is not None:
            start, view, scroll_y = self._pan_from
            self._canvas.set_view(view.panned(start.x() - pos.x()))
            self._canvas.set_scroll_y(scroll_y + round(start.y() - pos.y()))

    def release(self, event: QMouseEvent) -> None:
        """End the gesture and send its intent; a press without movement is a click."""
        drag, press = self.drag, self._press
        middle = event.button() == Qt.MouseButton.MiddleButton
        if middle != isinstance(drag, PanDrag):
            return
        self._end_drag()
        if drag is not None:
            drag.finish()
        elif press is not None and event.button() == Qt.MouseButton.LeftButton:
            self._click(*press)
        self.hover_over(self.hit(event.position()))

    def _end_drag(self) -> None:
        self.drag = None
        self._press = None
        self._pan_from = None
        self._scroller.stop()
        self._canvas.update()

    def _click(self, pos: QPointF, hit: Hit, modifiers: Qt.KeyboardModifier) -> None:
        if hit.kind == "segment":
            if hit.part == "take":
                self._canvas.takeWanted.emit(hit.segment_id, hit.take)
            elif not modifiers & (_SHIFT | _CTRL) and len(self._scene.selection) > 1:
                self._canvas.intents.select((hit.segment_id,))
        elif hit.kind == "marker":
            project = self._scene.project
            for marker in project.markers if project is not None else ():
                if marker.id == hit.marker_id:
                    self._canvas.intents.seek(marker.time_us)
        elif hit.kind == "empty" and not modifiers & (_SHIFT | _CTRL):
            self._click_empty(pos, hit)

    def _click_empty(self, pos: QPointF, hit: Hit) -> None:
        if not self._adding:
            return
        index = self._scene.index_of(hit.track_id)
        if index is None:
            self._canvas.intents.select(())
            return
        if index.track.locked:
            self.refuse(pos, refusal_name("locked_track"))
            return
        time_us = max(0, self._canvas.view.to_grid(hit.time_us))
        if self._scene.snapping:
            near = self._canvas.snap_points().nearest(time_us, self._canvas.view.us_per_px)
            time_us = near.time_us if near is not None else time_us
        room = room_for(index.track, time_us, self._scene.duration_us)
        if room is None:
            self.refuse(pos, self.tr("There is no room for a segment here."))
            return
        self._canvas.addWanted.emit(hit.track_id, *room)

    def refuse(self, pos: QPointF, text: str) -> None:
        """Say beside the pointer why nothing happens."""
        QToolTip.showText(self._canvas.mapToGlobal(pos.toPoint() + QPoint(12, 12)), text, self._canvas)

    def double_click(self, event: QMouseEvent) -> None:
        """Edit what is under the pointer."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        hit = self.hit(event.position())
        if event.modifiers() & (_SHIFT | _CTRL):
            self.press(event)  # two quick clicks that select
        elif hit.kind == "segment" and hit.part != "take":
            self._press = None
            self._canvas.editWanted.emit(hit.segment_id)
        elif hit.kind == "marker":
            self._press = None
            self._canvas.markerEditWanted.emit(hit.marker_id)
        else:
            self.press(event)

    def menu(self, event: QContextMenuEvent) -> None:
        """Select what the menu is about and ask for the menu."""
        if self.drag is not None or self._scene.project is None:
            return
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            rect = self._canvas.segment_rect(self._scene.focus_id)
            pos = QPointF(rect.center()) if rect is not None else QPointF(self._canvas.rect().center())
            pos = QPointF(min(max(pos.x(), 0.0), self._canvas.width() - 1.0), pos.y())
        else:
            pos = QPointF(event.pos())
        hit = self.hit(pos)
        if hit.kind == "segment" and hit.segment_id not in self._scene.selection:
            self._scene.focus_id = hit.segment_id
            self._canvas.intents.select((hit.segment_id,))
        self._canvas.menuWanted.emit(hit, self._canvas.mapToGlobal(pos.toPoint()))

    def cancel_drag(self) -> bool:
        """Give up the gesture in progress; returns whether there was one."""
        drag, pan = self.drag, self._pan_from
        if drag is None:
            self._press = None
            return False
        self._end_drag()
        drag.cancel()
        if pan is not None:
            self._canvas.set_view(pan[1])
        self._show_cursor()
        return True

    # Hovering ---------------------------------------------------------------------------------------------------------

    def hover_over(self, hit: Hit | None) -> None:
        """Show what can be done with what is under the pointer."""
        old, self.hover = self.hover, hit
        before = (old.id, old.part, old.take) if old is not None else None
        after = (hit.id, hit.part, hit.take) if hit is not None else None
        if before != after:
            for one in (old, hit):
                rect = self._canvas.segment_rect(one.segment_id) if one is not None and one.segment_id else None
                if rect is not None:
                    # The whole column: motion and video rows show the same segment.
                    column = QRect(rect.left(), RULER_HEIGHT, rect.width(), self._canvas.height())
                    self._canvas.update(column.adjusted(-2, 0, 2, 0))
            if (old is not None and old.kind == "marker") or (hit is not None and hit.kind == "marker"):
                self._canvas.update(QRect(0, 0, self._canvas.width(), RULER_HEIGHT))
            self._show_cursor()
            self._canvas.setToolTip(_shown_as_is(self._tip(hit)))

    def _tip(self, hit: Hit | None) -> str:
        if hit is not None and hit.kind == "marker":
            return self._marker_tip(hit.marker_id)
        if hit is None or not hit.segment_id:
            return ""
        found = self._scene.find(hit.segment_id)
        if found is None:
            return ""
        segment = found[0].track.segments[found[1]]
        if hit.part == "take":
            return self.tr("Take {number}, seed {seed}").format(number=hit.take + 1, seed=segment.takes[hit.take].seed)
        state = self._scene.states.get(segment.id, "none")
        return segment_sentence(found[0].track, segment, state, self._scene.mode, self._scene.fps)

    def _marker_tip(self, marker_id: str) -> str:
        """The whole name, which the ruler has no room for, and the time."""
        scene = self._scene
        marker = next((m for m in (scene.project.markers if scene.project else ()) if m.id == marker_id), None)
        if marker is None:
            return ""
        when = format_time(marker.time_us, scene.mode, scene.fps)
        return self.tr("{name}\n{time}").format(name=marker.name, time=when) if marker.name else when

    def _show_cursor(self) -> None:
        if self.drag is not None:
            self._canvas.setCursor(self.drag.cursor)
            return
        hit = self.hover
        shape = Qt.CursorShape.ArrowCursor
        if hit is not None and hit.part in ("in", "out", "range_in", "range_out"):
            shape = Qt.CursorShape.SizeHorCursor
        elif hit is not None and (hit.kind == "marker" or hit.part in ("range", "take")):
            shape = Qt.CursorShape.PointingHandCursor
        elif hit is not None and hit.kind == "empty" and hit.row is not None and hit.row.is_track:
            shape = Qt.CursorShape.CrossCursor
        self._canvas.setCursor(shape)

    # Scrolling --------------------------------------------------------------------------------------------------------

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, pan with Shift or sideways, else scroll the rows."""
        angle, pixels = event.angleDelta(), event.pixelDelta()
        modifiers = event.modifiers()
        event.accept()
        if modifiers & _CTRL:
            self._canvas.zoom(ZOOM_STEP ** (-(angle.y() or angle.x()) / 120), event.position().x())
        elif modifiers & _SHIFT or abs(angle.x()) > abs(angle.y()):
            step = pixels.x() or pixels.y() or (angle.x() or angle.y()) / 120 * max(60.0, self._canvas.width() * 0.1)
            self._canvas.set_view(self._canvas.view.panned(-step))
        else:
            self._canvas.set_scroll_y(self._canvas.scroll_y - (pixels.y() or round(angle.y() / 120 * WHEEL_ROWS_PX)))
        if self.drag is not None and not isinstance(self.drag, PanDrag):
            self._update_drag(modifiers)
        elif self.drag is None:
            self.hover_over(self.hit(event.position()))

    def _watch_edges(self, pos: QPointF) -> None:
        near = self._edge_speed(pos) != (0.0, 0.0)
        if near and self.drag is not None and self.drag.scrolls:
            if not self._scroller.isActive():
                self._scrolled_at = time.monotonic()
                self._scroller.start()
        else:
            self._scroller.stop()

    def _edge_speed(self, pos: QPointF) -> tuple[float, float]:
        """Pixels that the view moves in `SCROLL_INTERVAL_MS`, faster the farther the pointer is out."""
        over_x = min(0.0, pos.x() - SCROLL_EDGE_PX) + max(0.0, pos.x() - self._canvas.width() + SCROLL_EDGE_PX)
        over_y = min(0.0, pos.y() - RULER_HEIGHT) + max(0.0, pos.y() - self._canvas.height() + 8)
        if isinstance(self.drag, ScrubDrag | RangeDrag | MarkerDrag | TrimDrag):
            over_y = 0.0
        return max(-60.0, min(over_x * 0.4, 60.0)), max(-12.0, min(over_y * 0.4, 12.0))

    def _auto_scroll(self) -> None:
        if self.drag is None:
            self._scroller.stop()
            return
        # As far as the time that has passed asks for: where painting is slow, ticks are missed.
        now = time.monotonic()
        ticks = min((now - self._scrolled_at) * 1000 / SCROLL_INTERVAL_MS, MOST_TICKS)
        self._scrolled_at = now
        dx, dy = (speed * ticks for speed in self._edge_speed(self._pointer))
        view = self._canvas.view
        moved = view.panned(dx).clamped(self._scene.duration_us)
        # A drag scrolls to the end of the recording and not beyond, however far the view may be panned by hand.
        end = self._scene.duration_us + (MARGIN_PX - view.width) * view.us_per_px
        if dx <= 0 or moved.start_us <= end:
            self._canvas.set_view(moved)
        if dy:
            self._canvas.set_scroll_y(self._canvas.scroll_y + round(dy))
        self._update_drag(QGuiApplication.keyboardModifiers())


def _shown_as_is(text: str) -> str:
    """Return a tip that wraps, and in which what the user wrote never counts as markup."""
    lines = html.escape(text).replace("\n", "<br>")
    return f"<qt>{lines}</qt>" if text else ""
