"""The portrait with its rig to work on: mouse and keyboard become edits of the rig, zoom and pan stay here.

It holds the rig that is shown and emits each edit when it is finished; history and buttons are in
`widgets.rig_editor.editor`.
"""

import math
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from core.rig import Rig, Stroke, StrokeKind
from widgets import theme
from widgets.rig_editor import handles, paint
from widgets.rig_editor.names import handle_name
from widgets.rig_editor.viewport import Viewport

_REACH: Final = 11.0
"""A handle is taken from this far away, in logical pixels."""

_WHEEL_STEP: Final = 1.0015
RADII: Final = (2.0, 300.0)

_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class RigCanvas(QWidget):
    """See the module.

    Attributes:
        view: zoom and pan.
        rig: what is shown; None before the first portrait.
        selected: the selected handle, "" for none.
        mirrored: whether edits are done on both sides.
        brush_kind: what the brush does.
        brush_radius: of the brush in pixels of the picture.

    Signals:
        rigEdited(object, object): the rig after a finished edit, and a key: edits with the same key that follow each
            other are one step.
        selectionChanged(str): another handle is selected.
        hovered(str): another handle is under the pointer.
        dragged: the rig changes under a drag that is not finished.
        brushRadiusChanged(float): the user changed the brush's size.
        brushKindChanged(str): the user changed what the brush does.
        undoRequested, redoRequested: keys for them were pressed.
        resetRequested: the selected handle should go back to the proposal.
    """

    rigEdited = Signal(object, object)
    selectionChanged = Signal(str)
    hovered = Signal(str)
    dragged = Signal()
    brushRadiusChanged = Signal(float)
    brushKindChanged = Signal(str)
    undoRequested = Signal()
    redoRequested = Signal()
    resetRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = Viewport()
        self.rig: Rig | None = None
        self.selected = ""
        self.mirrored = False
        self.brush_kind: StrokeKind = "keep"
        self.brush_radius = 16.0
        self.can_undo = self.can_redo = False
        self._mode: Literal["points", "brush"] = "points"
        self._levels = [QImage()]  # the picture, and smaller copies for when it is shown small
        self._overlay: QImage | None = None
        self._hover = ""
        self._pointer: QPointF | None = None
        self._drag = ""
        self._drag_from: Rig | None = None
        self._grip = QPointF()
        self._pan: QPointF | None = None
        self._stroke: list[tuple[float, float]] = []
        self._stroke_kind: StrokeKind = "keep"
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(160, 120)
        self.setAccessibleName(self.tr("Portrait with its rig"))
        self.setAccessibleDescription(
            self.tr(
                "Tab goes through the points, the arrow keys move the selected one, with Shift by ten pixels, "
                "H hides or shows it, Backspace puts it back to the proposal."
            )
        )

    def sizeHint(self) -> QSize:
        """Room for a portrait."""
        return QSize(420, 480)

    # What is shown ----------------------------------------------------------------------------------------------------

    def set_image(self, image: NDArray[np.uint8] | None) -> None:
        """Show another picture, fitted: (H, W, 3) uint8 RGB."""
        self._levels = [QImage()] if image is None else paint.levels(image)
        self._overlay = None
        self.view.picture = QSizeF(self._levels[0].size())
        self.fit()

    def set_rig(self, rig: Rig | None) -> None:
        """Show another state of the rig; a drag that is going on is dropped."""
        self.rig = rig
        self._drop_drag()
        self.update()

    def set_overlay(self, overlay: QImage | None) -> None:
        """Lay a tinted picture of the cut-out over the portrait while the brush is used."""
        self._overlay = overlay
        self.update()

    def set_mode(self, mode: Literal["points", "brush"]) -> None:
        """Move points, or paint with the brush."""
        self._mode = mode
        self._drop_drag()
        self._set_hover("")
        self._cursor()
        self.update()

    def set_brush(self, kind: StrokeKind, radius: float) -> None:
        """Choose what the brush does and its size."""
        self.brush_kind, self.brush_radius = kind, radius
        self.update()

    def select(self, handle: str) -> None:
        """Select a handle and bring it into view."""
        if handle == self.selected:
            return
        self.selected = handle
        if handle and self.rig is not None and self.view.zoom > 1.0:
            self.view.show_point(*handles.position(self.rig, handle))
        self.selectionChanged.emit(handle)
        self.update()

    # Zoom and place ---------------------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show the whole picture."""
        self.view.fit()
        self.update()

    def zoom_by(self, factor: float, centre: QPointF | None = None) -> None:
        """Zoom so that the picture's point under `centre`, by default the middle, stays where it is."""
        self.view.zoom_by(factor, QRectF(self.rect()).center() if centre is None else centre)
        self.update()

    def to_widget(self, x: float, y: float) -> QPointF:
        """Return where a point of the picture is in the widget."""
        return self.view.to_widget(x, y)

    # Mouse ------------------------------------------------------------------------------------------------------------

    def handle_at(self, point: QPointF) -> str:
        """Return the handle at a point of the widget, "" for none; what is selected wins where several are near."""
        if self.rig is None:
            return ""
        best, nearest = "", _REACH
        for handle in (*handles.POINTS, *handles.MOUTH, *handles.FACE_EDGES):
            away = self.to_widget(*handles.position(self.rig, handle)) - point
            distance = math.hypot(away.x(), away.y())
            distance += 0.0 if handles.is_point(handle) else 2.0  # points are wanted more often than the box
            distance -= 3.0 if handle == self.selected else 0.0
            if distance < nearest:
                best, nearest = handle, distance
        return best or (handles.FACE if self._on_face_border(point) else "")

    def _on_face_border(self, point: QPointF) -> bool:
        assert self.rig is not None
        box = QRectF(
            self.to_widget(*handles.position(self.rig, "face_top_left")),
            self.to_widget(*handles.position(self.rig, "face_bottom_right")),
        )
        return box.adjusted(-5, -5, 5, 5).contains(point) and not box.adjusted(5, 5, -5, -5).contains(point)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a handle, begin a stroke, or pan."""
        if self.rig is None:
            return
        point, button = event.position(), event.button()
        if button == Qt.MouseButton.MiddleButton:
            self._pan = point
        elif self._mode == "brush" and button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            other = button == Qt.MouseButton.RightButton
            self._stroke_kind = _other(self.brush_kind) if other else self.brush_kind
            self._stroke = []
            self._paint_to(point)
        elif button == Qt.MouseButton.LeftButton:
            handle = self.handle_at(point)
            if handle:
                self.select(handle)
                self._drag, self._drag_from = handle, self.rig
                self._grip = self.to_widget(*handles.position(self.rig, handle)) - point
            else:
                self.select("")
                self._pan = point
        self._cursor()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, paint, pan, or show what is under the pointer."""
        point = event.position()
        self._pointer = point
        if self._pan is not None:
            self.view.pan(point - self._pan)
            self._pan = point
        elif self._drag and self._drag_from is not None:
            there = self.view.to_picture(point + self._grip)
            self.rig = handles.moved(self._drag_from, self._drag, there.x(), there.y(), mirrored=self.mirrored)
            self.dragged.emit()
        elif self._stroke:
            self._paint_to(point)
        elif self._mode == "points":
            self._set_hover(self.handle_at(point))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End what the press began; the whole drag or stroke is one edit."""
        if event.button() == Qt.MouseButton.MiddleButton or self._pan is not None:
            self._pan = None
        elif self._drag and event.button() == Qt.MouseButton.LeftButton:
            before, after = self._drag_from, self.rig
            self._drag, self._drag_from = "", None
            if after is not None and after is not before:
                self.rigEdited.emit(after, None)
        elif self._stroke and self.rig is not None:
            points = np.array(handles.thinned(self._stroke, self.brush_radius), np.float32)
            self._stroke = []
            self.rigEdited.emit(
                handles.with_stroke(self.rig, Stroke(self._stroke_kind, self.brush_radius, points)), None
            )
        self._cursor()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click on a point hides or shows it, elsewhere it fits the picture."""
        if self._mode == "brush" or event.button() != Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
        elif handles.is_point(self.handle_at(event.position())):
            self.select(self.handle_at(event.position()))
            self.toggle_visible()
        elif not self.handle_at(event.position()):
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; with Ctrl change the brush, with Shift pan sideways."""
        steps = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and self._mode == "brush":
            self._change_radius(1.1 if steps > 0 else 1 / 1.1)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.view.pan(QPointF(steps / 3, 0.0))
            self.update()
        else:
            self.zoom_by(_WHEEL_STEP**steps, event.position())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer."""
        self._pointer = None
        self._set_hover("")
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the point under the pointer."""
        if self._mode == "brush" or self.rig is None:
            return
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        handle = self.handle_at(QPointF(event.pos())) if by_mouse else self.selected
        if not handle:
            return
        self.select(handle)
        menu = QMenu(self)
        if handles.is_point(handle):
            hidden = handles.confidence(self.rig, handle) <= 0
            menu.addAction(self.tr("Show the point") if hidden else self.tr("Hide the point"), self.toggle_visible)
        menu.addAction(self.tr("Back to the proposal"), self.resetRequested.emit)
        where = QPointF(event.pos()) if by_mouse else self.to_widget(*handles.position(self.rig, handle))
        menu.exec(self.mapToGlobal(where.toPoint()))

    def toggle_visible(self) -> None:
        """Hide the selected point, or show it again."""
        if self.rig is not None and handles.is_point(self.selected):
            hidden = handles.confidence(self.rig, self.selected) <= 0
            self.rigEdited.emit(handles.shown(self.rig, self.selected, hidden), None)

    def _paint_to(self, point: QPointF) -> None:
        there = self.view.to_picture(point)
        self._stroke.append((there.x(), there.y()))

    def _change_radius(self, factor: float) -> None:
        self.brush_radius = min(max(self.brush_radius * factor, RADII[0]), RADII[1])
        self.brushRadiusChanged.emit(self.brush_radius)
        self.update()

    def _set_hover(self, handle: str) -> None:
        if handle != self._hover:
            self._hover = handle
            self._cursor()
            self.hovered.emit(handle)

    def _cursor(self) -> None:
        if self._pan is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._mode == "brush":
            self.setCursor(Qt.CursorShape.BlankCursor if self._pointer is not None else Qt.CursorShape.CrossCursor)
        elif self._drag or self._hover:
            self.setCursor(Qt.CursorShape.SizeAllCursor if self._drag else Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()

    def _drop_drag(self) -> None:
        self._drag, self._drag_from, self._pan, self._stroke = "", None, None, []

    # Keyboard ---------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Go through the handles with Tab, and keep our keys from being shortcuts of the window."""
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and self._means(event):
                event.accept()
                return True
            tab = event.type() == QEvent.Type.KeyPress and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
            if tab and self._mode == "points" and self.rig is not None and self._next(event.key() == Qt.Key.Key_Tab):
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the accessible description; + - 0 zoom, [ ] and X are the brush's, M mirrors, Ctrl+Z undoes."""
        if not self._key(event, act=True):
            super().keyPressEvent(event)

    def _means(self, event: QKeyEvent) -> bool:
        return self.rig is not None and self._key(event, act=False)

    def _key(self, event: QKeyEvent, *, act: bool) -> bool:
        """Return whether a key means something here now, and do it with `act`."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift = modifiers == Qt.KeyboardModifier.ShiftModifier
        key = Qt.Key(event.key())
        busy = bool(self._drag or self._stroke)
        meanings = (
            (key in _ARROWS and (not modifiers or shift) and bool(self.selected), lambda: self._nudge(key, shift)),
            (key == Qt.Key.Key_H and not modifiers and handles.is_point(self.selected), self.toggle_visible),
            (key == Qt.Key.Key_Backspace and not modifiers and bool(self.selected), self.resetRequested.emit),
            (key == Qt.Key.Key_Escape and (busy or bool(self.selected)), self._escape),
            (event.text() == "[" and self._mode == "brush", lambda: self._change_radius(1 / 1.15)),
            (event.text() == "]" and self._mode == "brush", lambda: self._change_radius(1.15)),
            (key == Qt.Key.Key_X and not modifiers and self._mode == "brush", self._swap_brush),
            (event.text() in ("+", "="), lambda: self.zoom_by(1.25)),
            (event.text() == "-", lambda: self.zoom_by(0.8)),
            (event.text() == "0", self.fit),
            (event.matches(QKeySequence.StandardKey.Undo) and self.can_undo and not busy, self.undoRequested.emit),
            (_is_redo(event) and self.can_redo and not busy, self.redoRequested.emit),
        )
        for meant, do in meanings:
            if meant:
                if act:
                    do()
                return True
        return False

    def _next(self, forward: bool) -> bool:
        """Select the next handle; False past either end, so that the keyboard can leave."""
        order = handles.HANDLES
        index = order.index(self.selected) if self.selected else (-1 if forward else len(order))
        index += 1 if forward else -1
        if not 0 <= index < len(order):
            return False
        self.select(order[index])
        return True

    def _nudge(self, key: Qt.Key, far: bool) -> None:
        if self.rig is None or self._drag:
            return
        x, y = handles.position(self.rig, self.selected)
        step = 10 if far else 1
        across, down = _ARROWS[key]
        moved = handles.moved(self.rig, self.selected, x + step * across, y + step * down, mirrored=self.mirrored)
        self.rigEdited.emit(moved, ("nudge", self.selected))

    def _escape(self) -> None:
        if self._drag_from is not None:
            self.rig = self._drag_from
            self.dragged.emit()
        elif not self._stroke:
            self.select("")
        self._drop_drag()
        self._cursor()
        self.update()

    def _swap_brush(self) -> None:
        self.brush_kind = _other(self.brush_kind)
        self.brushKindChanged.emit(self.brush_kind)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select the first or last handle for a user who came with Tab."""
        super().focusInEvent(event)
        if self.rig is not None and not self.selected and self._mode == "points":
            if event.reason() == Qt.FocusReason.TabFocusReason:
                self._next(True)
            elif event.reason() == Qt.FocusReason.BacktabFocusReason:
                self._next(False)
        self.update()

    # Drawing ----------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the picture in view."""
        super().resizeEvent(event)
        self.view.area = QRectF(self.rect())
        self.view.hold()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw picture, cut-out, rig and brush."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(theme.BASE))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.rig is None or self._levels[0].isNull():
            painter.setPen(theme.colour(theme.DIM_TEXT))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("The portrait is being read …"))
            return
        place = self.view.place()
        density = self.view.scale() * self.devicePixelRatioF()
        # From four times on the pixels themselves are wanted.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, density < 4)
        painter.drawImage(place, paint.level_for(self._levels, density))
        brush = self._mode == "brush"
        if brush and self._overlay is not None:
            painter.drawImage(place, self._overlay)
        paint.paint_rig(
            painter, self.rig, self.to_widget, hot=self._hover, selected="" if brush else self.selected, faint=brush
        )
        if brush:
            self._paint_brush(painter)
        else:
            named = self._drag or self._hover or (self.selected if self.hasFocus() else "")
            if named:
                at = self.to_widget(*handles.position(self.rig, named))
                paint.paint_name(painter, self._label(named), paint.handle_colour(named), at, QRectF(self.rect()))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour(theme.ACCENT), 1.0))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_brush(self, painter: QPainter) -> None:
        radius = self.brush_radius * self.view.scale()
        points = [self.to_widget(x, y) for x, y in self._stroke]
        paint.paint_stroke(painter, points, radius, self._stroke_kind == "keep")
        if self._pointer is not None:
            kind = self._stroke_kind if self._stroke else self.brush_kind
            paint.paint_brush(painter, self._pointer, radius, kind == "keep")

    def _label(self, handle: str) -> str:
        assert self.rig is not None
        text = handle_name(handle)
        if handles.is_point(handle):
            sure = handles.confidence(self.rig, handle)
            if sure <= 0:
                text += self.tr(" (hidden)")
            elif sure < 1.0:
                text += self.tr(" ({percent} % sure)").format(percent=round(100 * sure))
        return text


def _other(kind: StrokeKind) -> StrokeKind:
    return "remove" if kind == "keep" else "keep"


def _is_redo(event: QKeyEvent) -> bool:
    control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
    return event.matches(QKeySequence.StandardKey.Redo) or (control and event.key() == Qt.Key.Key_Y)
