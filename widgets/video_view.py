"""`VideoView`: plays the rendered pieces, and shows the poses where nothing is rendered yet.

Decoding is in `widgets.frame_reader`, the comparison of two takes in `widgets.wipe`. The view has no clock: it shows
the time that it is told.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.rendered import RenderedPiece
from core.timecode import frame_at
from widgets import theme
from widgets.frame_reader import PREFETCH, FrameName, FrameReader
from widgets.picture_fit import fitted, paint_label, paint_picture
from widgets.wipe import KEY_STEP, Wipe

_PLAYING_GAP_US: Final = 250_000
"""Steps forward of at most this mean that the video is being played, so that the next frames are wanted soon."""


@dataclass(frozen=True)
class _Shown:
    """What a side shows now: a frame of a piece, or none where nothing is rendered."""

    piece: RenderedPiece | None
    name: FrameName | None


class _Track:
    """Pieces in time order, and which frame of them belongs to a time."""

    def __init__(self, pieces: tuple[RenderedPiece, ...]) -> None:
        self.pieces = tuple(sorted(pieces, key=lambda piece: piece.start_us))
        self._starts = [piece.start_us for piece in self.pieces]

    def at(self, time_us: int) -> _Shown:
        index = bisect_right(self._starts, time_us) - 1
        if index < 0 or time_us >= self.pieces[index].end_us:
            return _Shown(None, None)
        piece = self.pieces[index]
        number = frame_at(time_us, piece.fps) - piece.first_frame
        return _Shown(piece, FrameName(piece.path, min(max(number, 0), piece.frames - 1)))

    def after(self, time_us: int, count: int) -> tuple[FrameName, ...]:
        """The frames that follow, across the joints of pieces."""
        names: list[FrameName] = []
        index = max(bisect_right(self._starts, time_us) - 1, 0)
        for piece in self.pieces[index : index + 3]:
            first = max(frame_at(time_us, piece.fps) + 1 - piece.first_frame, 0)
            names += [FrameName(piece.path, number) for number in range(first, min(piece.frames, first + count))]
            if len(names) >= count:
                break
        return tuple(names[:count])


class VideoView(QWidget):
    """Shows the frame of a time, fitted into the widget.

    Attributes:
        wipe: the comparison's divider and labels.

    Signals:
        readFailed(str): a piece cannot be read; one sentence says which and what to do.
    """

    readFailed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wipe = Wipe()
        self.wipe.labels = (self.tr("This take"), self.tr("Other take"))
        self._track = _Track(())
        self._other: _Track | None = None
        self._fallback: Callable[[int], QImage | None] | None = None
        self._time_us = 0
        self._last: QImage | None = None
        self._last_path = ""
        self._reader = FrameReader(self)
        self._reader.frameReady.connect(self._frame_came)
        self._reader.readFailed.connect(self._failed)
        self.setMinimumSize(160, 120)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Rendered video"))
        self.setAccessibleDescription(self._purpose())
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def _purpose(self) -> str:
        return self.tr("Plays what is rendered; poses where nothing is")

    def sizeHint(self) -> QSize:
        """A size in which a face can be judged."""
        return QSize(480, 360)

    def set_pieces(self, pieces: tuple[RenderedPiece, ...]) -> None:
        """Show these pieces from now on; they may not overlap."""
        if tuple(sorted(pieces, key=lambda piece: piece.start_us)) != self._track.pieces:
            self._track = _Track(pieces)
            self._ask(False)

    def set_compare_pieces(
        self, pieces: tuple[RenderedPiece, ...] | None, labels: tuple[str, str] | None = None
    ) -> None:
        """Compare with other pieces by a wipe, or stop comparing with None.

        Args:
            pieces: shown on the right of the divider.
            labels: names of the present and of the other pictures.
        """
        self._other = None if pieces is None else _Track(pieces)
        self.setAccessibleDescription(
            self._purpose()
            if pieces is None
            else self.tr("Comparison of two takes; Ctrl and the left or right arrow move the divider")
        )
        if labels is not None:
            self.wipe.labels = labels
        self._ask(False)

    @property
    def comparing(self) -> bool:
        """Whether two takes are compared."""
        return self._other is not None

    def set_fallback(self, painter: Callable[[int], QImage | None] | None) -> None:
        """Tell what paints the picture of a time where nothing is rendered."""
        self._fallback = painter
        self.update()

    def set_time(self, time_us: int) -> None:
        """Show the frame of a time; small steps forward make the view read ahead."""
        playing = 0 < time_us - self._time_us <= _PLAYING_GAP_US
        before = self._names()
        self._time_us = time_us
        if playing or before != self._names():
            self._ask(playing)
        elif self._track.at(time_us).piece is None:
            self.update()

    def refresh(self) -> None:
        """Read everything anew and paint, as when files or poses have changed."""
        self._reader.forget()
        self._ask(False)

    def frame_image(self) -> QImage | None:
        """Return the decoded frame of the present time, or None while it is read or not rendered."""
        name = self._track.at(self._time_us).name
        return None if name is None else self._reader.frame(name)

    def picture_rect(self) -> QRectF:
        """Where the picture lies in the widget."""
        shown = self._track.at(self._time_us)
        if shown.piece is not None:
            size = QSizeF(shown.piece.width, shown.piece.height)
        elif self._track.pieces:
            size = QSizeF(self._track.pieces[0].width, self._track.pieces[0].height)
        else:
            size = QSizeF(self._last.size()) if self._last is not None else QSizeF(16, 9)
        return fitted(size, QRectF(self.rect()))

    def shutdown(self) -> None:
        """End the reading thread; the view is not used afterwards."""
        self._reader.stop()

    # Reading ----------------------------------------------------------------------------------------------------------

    def _names(self) -> tuple[FrameName, ...]:
        sides = [self._track] if self._other is None else [self._track, self._other]
        return tuple(name for name in (side.at(self._time_us).name for side in sides) if name is not None)

    def _ask(self, playing: bool) -> None:
        sides = [self._track] if self._other is None else [self._track, self._other]
        ahead = [side.after(self._time_us, PREFETCH) for side in sides] if playing else []
        # In turns, so that neither side of a comparison runs out first.
        mixed = tuple(name for pair in zip(*ahead, strict=False) for name in pair)
        self._reader.wish(self._names(), mixed or tuple(name for side in ahead for name in side))
        self.update()

    def _frame_came(self, name: FrameName) -> None:
        if name in self._names():
            self.update()

    def _failed(self, path: str, sentence: str) -> None:
        self.readFailed.emit(sentence)
        self.update()

    # Painting ---------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame, or the poses in its place."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(theme.BASE))
        first, note = self._side(self._track)
        self._last = first or self._last
        place = self.picture_rect()
        if self._other is not None:
            second, other_note = self._side(self._other)
            self.wipe.paint(painter, first, second, place, (note, other_note))
        elif first is not None:
            paint_picture(painter, first, place)
        if note and self._other is None:
            paint_label(painter, place if first is not None else QRectF(self.rect()), note, _TOP_MIDDLE)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour(theme.ACCENT), 1.0))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _side(self, track: _Track) -> tuple[QImage | None, str]:
        """Return the picture of a side and what must be said about it."""
        shown = track.at(self._time_us)
        if shown.name is None and track is self._other:
            return None, self.tr("Not rendered")  # the poses are those of the take in use
        if shown.name is None:
            image = None if self._fallback is None else self._fallback(self._time_us)
            return image, self.tr("Not rendered: pose preview") if image is not None else self.tr("Not rendered")
        failure = self._reader.failure(shown.name.path)
        if failure:
            return None, failure
        image = self._reader.frame(shown.name)
        if image is None and track is self._track and self._last_path == shown.name.path:
            return self._last, ""  # the frame before stays until the next one is there, so that nothing flickers
        if track is self._track:
            self._last_path = shown.name.path
        return image, ""

    # Mouse and keys ---------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the divider; a click beside it brings it there."""
        place = self.picture_rect()
        if self._other is None or event.button() != Qt.MouseButton.LeftButton or not place.contains(event.position()):
            super().mousePressEvent(event)
            return
        self.wipe.dragging = True
        self.wipe.move_to(event.position().x(), place)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the divider."""
        place = self.picture_rect()
        if self.wipe.dragging:
            self.wipe.move_to(event.position().x(), place)
            self.update()
        over = self._other is not None and (self.wipe.dragging or self.wipe.hits(QPointF(event.position()), place))
        self.setCursor(Qt.CursorShape.SplitHCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the divider."""
        self.wipe.dragging = False
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the divider with Ctrl and an arrow."""
        steps = {Qt.Key.Key_Left: -KEY_STEP, Qt.Key.Key_Right: KEY_STEP}
        by = steps.get(Qt.Key(event.key()))
        if by is None or self._other is None or not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
            return
        self.wipe.step(by)
        self.update()


_TOP_MIDDLE: Final = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter
