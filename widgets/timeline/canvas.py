"""The drawing area of the timeline: owns the view and the places of the rows, and paints what changed.

What mouse and keys do is in `pointer` and `keyboard`, each row's picture in its `paint_` module. It knows no session:
results go out through the signals of `TimelineWidget`.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.timeline.drags import Intents
from widgets.timeline.figures import Figures
from widgets.timeline.hit import RULER_HEIGHT
from widgets.timeline.keyboard import Keys
from widgets.timeline.paint_audio import paint_audio
from widgets.timeline.paint_context import Fonts, PaintContext, shade_of
from widgets.timeline.paint_motion import paint_motion
from widgets.timeline.paint_overlay import HANDLE_PX, paint_drag, paint_playhead
from widgets.timeline.paint_ruler import paint_marker_lines, paint_ruler
from widgets.timeline.paint_segments import paint_track
from widgets.timeline.paint_video import FRAME_BOTTOM, FRAME_TOP, paint_video
from widgets.timeline.pointer import Pointer
from widgets.timeline.preview import NOTHING, Preview
from widgets.timeline.rows import GAP, RowLayout, lay_out
from widgets.timeline.scene import Scene
from widgets.timeline.snapping import SnapPoints
from widgets.timeline.thumbs import Thumbs
from widgets.timeline.view import TimeView
from widgets.timeline.waveform import WaveformTiles


class Canvas(QWidget):
    """Ruler and rows.

    Attributes:
        scene: what is shown.
        view: which time is where.
        rows, scroll_y: which row is where.
        intents: where results of gestures go; set by the owner.
        pointer, keys: what mouse and keyboard do.
        keyboard_mode: whether arrows belong to the segments, and the focused one has a ring.
        is_fitted: whether the whole recording is shown, at whatever size and length.
        just_edited: whether the press that is being handled has ended the writing of a prompt.

    Signals:
        viewChanged(): zoom or place changed, or the length of what is shown.
        rowsChanged(): rows or their scrolling changed.
        editWanted(str): a segment is to be edited in place.
        addWanted(str, int, int): a segment is to be made in a track.
        markerEditWanted(str): a marker is to be renamed.
        takeWanted(str, int): another take of a segment is to be used.
        menuWanted(object, object): hit and global place of a context menu.
        pressed(): a mouse button went down.
    """

    viewChanged = Signal()
    rowsChanged = Signal()
    editWanted = Signal(str)
    addWanted = Signal(str, object, object)
    markerEditWanted = Signal(str)
    takeWanted = Signal(str, int)
    menuWanted = Signal(object, object)
    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = Scene()
        self.view = TimeView()
        self.rows = RowLayout()
        self.scroll_y = 0
        self.intents: Intents
        self.keyboard_mode = False
        self.just_edited = False
        self.tiles = WaveformTiles()
        self.figures = Figures()
        self.thumbs = Thumbs(self)
        self.thumbs.came.connect(self._thumb_came)
        self._fonts = Fonts(self.font())
        self.is_fitted = True
        self.pointer = Pointer(self)
        self.keys = Keys(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(200, RULER_HEIGHT + 60)

    # View -------------------------------------------------------------------------------------------------------------

    def set_view(self, view: TimeView, *, clamp: bool = True) -> None:
        """Show another stretch of time."""
        view = view.with_width(self.width())
        if clamp:
            view = view.clamped(self.scene.duration_us)
        if view != self.view:
            self.view = view
            self.is_fitted = False
            self.update()
            self.viewChanged.emit()

    def fit(self) -> None:
        """Show the whole recording, and go on doing so until the user zooms or pans."""
        self.set_view(self.view.with_width(self.width()).fitted(self.scene.duration_us))
        self.is_fitted = True

    def zoom(self, factor: float, anchor_x: float) -> None:
        """Scale the view about a pixel; factors above 1 show more."""
        self.set_view(self.view.zoomed(factor, anchor_x, self.scene.duration_us), clamp=False)

    def set_scroll_y(self, value: int) -> None:
        """Scroll the rows."""
        value = max(0, min(value, self.rows.height - (self.height() - RULER_HEIGHT)))
        if value != self.scroll_y:
            self.scroll_y = value
            self.update()
            self.rowsChanged.emit()

    def lay_out(self) -> None:
        """Place the rows anew, after tracks or the height changed."""
        rows = lay_out(self.scene.project, self.height() - RULER_HEIGHT)
        if rows != self.rows:
            self.rows = rows
            self.update()
            self.rowsChanged.emit()
        self.set_scroll_y(self.scroll_y)

    def segment_rect(self, segment_id: str) -> QRect | None:
        """Return where a segment lies on the canvas; parts of it may be outside."""
        found = self.scene.find(segment_id)
        row = self.rows.of_track(found[0].track.id) if found else None
        if found is None or row is None:
            return None
        segment = found[0].track.segments[found[1]]
        left, right = self.view.x(segment.start_us), self.view.x(segment.end_us)
        width = max(1, min(round(right), 100_000) - max(round(left), -100_000))
        return QRect(max(round(left), -100_000), RULER_HEIGHT + row.top - self.scroll_y, width, row.height)

    def reveal(self, segment_id: str) -> None:
        """Scroll so that a segment is seen."""
        found = self.scene.find(segment_id)
        row = self.rows.of_track(found[0].track.id) if found else None
        if found is None or row is None:
            return
        segment = found[0].track.segments[found[1]]
        view = self.view
        if segment.start_us < view.start_us or segment.end_us > view.end_us:
            if segment.duration_us < view.width * view.us_per_px * 0.9:
                middle = (segment.start_us + segment.end_us) / 2
                self.set_view(replace(view, start_us=middle - view.width * view.us_per_px / 2))
            else:
                self.set_view(replace(view, start_us=segment.start_us - 0.05 * view.width * view.us_per_px))
        room = self.height() - RULER_HEIGHT
        if row.top < self.scroll_y:
            self.set_scroll_y(row.top)
        elif row.bottom > self.scroll_y + room:
            self.set_scroll_y(row.bottom - room)

    def move_playhead(self, old_us: int, new_us: int) -> None:
        """Repaint the two strips of a playhead that moved."""
        for time_us in (old_us, new_us):
            x = self.view.x(time_us)
            if -HANDLE_PX <= x <= self.width() + HANDLE_PX:
                self.update(QRect(round(x) - HANDLE_PX - 2, 0, 2 * HANDLE_PX + 4, RULER_HEIGHT))
                self.update(QRect(round(x) - 2, RULER_HEIGHT, 5, self.height() - RULER_HEIGHT))

    def set_keyboard_mode(self, on: bool) -> None:
        """Show the ring of the focused segment and let arrows move it, or not."""
        if on != self.keyboard_mode:
            self.keyboard_mode = on
            self.update()

    def snap_points(self, without: frozenset[str] = frozenset(), *, playhead: bool = True) -> SnapPoints:
        """Return what can be snapped to, without the edges of some segments."""
        scene = self.scene
        parts = []
        for index in scene.tracks:
            keep = np.ones(len(index.starts), dtype=bool)
            for segment_id in without:
                place = index.by_id.get(segment_id)
                if place is not None:
                    keep[place] = False
            parts += [index.starts[keep], index.ends[keep]]
        return SnapPoints(
            {
                "segment": np.concatenate(parts) if parts else (),
                "playhead": (scene.playhead_us,) if playhead else (),
                "marker": [marker.time_us for marker in scene.project.markers] if scene.project else (),
                "range": scene.in_out or (),
                "edge": (0, scene.duration_us),
                "pause": scene.pauses.ravel(),
                "accent": scene.accents,
            }
        )

    # Painting ---------------------------------------------------------------------------------------------------------

    @property
    def preview(self) -> Preview:
        """What the drag in progress shows."""
        return self.pointer.drag.preview if self.pointer.drag is not None else NOTHING

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint each rectangle that changed, and only what lies in it."""
        painter = QPainter(self)
        self.figures.begin()
        self.thumbs.begin(self._thumb_height())
        for rect in event.region():  # type: ignore[attr-defined]
            self.paint_rect(painter, rect)
        painter.end()
        if self.figures.starved:
            self.update()
        if self.thumbs.starved:
            # Of all that is visible, not of the painted strip alone: a wish takes the place of the one before.
            self.thumbs.wish(self.scene, self.view, self.devicePixelRatioF())

    def paint_rect(self, painter: QPainter, rect: QRect) -> None:
        """Paint the part of the canvas in a rectangle."""
        context = PaintContext(
            painter,
            self.scene,
            self.view,
            self.rows,
            self.scroll_y,
            float(rect.left()),
            float(rect.right() + 1),
            self.devicePixelRatioF(),
            self._fonts,
            self.tiles,
            self.figures,
            self.thumbs,
            self.preview,
            self.pointer.hover,
            self.keyboard_mode and self.hasFocus(),
        )
        painter.setClipRect(rect)
        if rect.bottom() >= RULER_HEIGHT:
            painter.fillRect(rect, shade_of(theme.OUTLINE))
            self._paint_rows(context, rect)
            paint_marker_lines(context, self.height())
        if rect.top() < RULER_HEIGHT:
            paint_ruler(context)
        paint_playhead(context, self.height())
        paint_drag(context, self.height(), self.width())

    def _paint_rows(self, context: PaintContext, rect: QRect) -> None:
        painters: dict[str, Callable] = {"audio": paint_audio, "motion": paint_motion, "video": paint_video}
        for row in self.rows.rows:
            top = context.top(row)
            if top > rect.bottom() or top + row.height + GAP <= max(rect.top(), RULER_HEIGHT):
                continue
            context.painter.setClipRect(rect & QRect(rect.left(), round(top), rect.width(), row.height))
            if row.is_track:
                index = self.scene.index_of(row.track_id)
                if index is not None:
                    paint_track(context, row, index)
            else:
                painters[row.kind](context, row)
        context.painter.setClipRect(rect)

    def _thumb_height(self) -> int:
        row = self.rows.of_kind("video")
        return 0 if row is None else round((row.height - FRAME_TOP - FRAME_BOTTOM) * self.devicePixelRatioF())

    def _thumb_came(self) -> None:
        row = self.rows.of_kind("video")
        if row is not None:
            self.update(QRect(0, RULER_HEIGHT + row.top - self.scroll_y, self.width(), row.height))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the left edge and the scale, or go on showing the whole."""
        self.view = self.view.with_width(self.width())
        self.lay_out()
        if self.is_fitted and self.scene.project is not None:
            self.view = self.view.fitted(self.scene.duration_us)
        self.viewChanged.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Take another font."""
        if event.type() == QEvent.Type.FontChange:
            self._fonts = Fonts(self.font())
            self.update()
        super().changeEvent(event)

    # Events -----------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        self.pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with it."""
        self.pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it."""
        self.pointer.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit what is under the pointer."""
        self.pointer.double_click(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for a menu."""
        self.pointer.menu(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom, pan or scroll."""
        self.pointer.wheel(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Look at what is under the pointer."""
        if self.pointer.drag is None:
            self.pointer.hover_over(self.pointer.hit(event.position()))
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was under the pointer."""
        if self.pointer.drag is None:
            self.pointer.hover_over(None)
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        """Claim the keys that belong to the segments before the window's shortcuts get them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.keys.claims(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between segments, edit, cancel."""
        if not self.keys.press(event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Reached by the keyboard, the focus goes to a segment."""
        super().focusInEvent(event)
        self.keys.focused(event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.update()
