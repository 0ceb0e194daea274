"""Which part of a picture a widget shows: zoom and pan as plain geometry, in logical pixels of the widget."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF

from widgets.picture_fit import fitted

_MARGIN: Final = 14.0
_KEPT: Final = 60.0
"""So much of the picture, or of the widget around it, stays in view."""

ZOOMS: Final = (0.4, 40.0)
"""Smallest and largest zoom; 1 fits the picture into the widget."""


class Viewport:
    """A picture in a widget.

    Attributes:
        picture: size of the picture in pixels.
        area: the widget.
        zoom: on top of fitting.
    """

    def __init__(self) -> None:
        self.picture = QSizeF(0, 0)
        self.area = QRectF()
        self.zoom = 1.0
        self._offset = QPointF(0.0, 0.0)  # of the picture's middle from where it is when fitted

    def fit(self) -> None:
        """Show the whole picture."""
        self.zoom, self._offset = 1.0, QPointF(0.0, 0.0)

    def place(self) -> QRectF:
        """Return where the whole picture lies in the widget."""
        room = self.area.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        whole = fitted(self.picture, room)
        size = QSizeF(max(whole.width(), 1.0) * self.zoom, max(whole.height(), 1.0) * self.zoom)
        centre = whole.center() + self._offset
        return QRectF(centre.x() - size.width() / 2, centre.y() - size.height() / 2, size.width(), size.height())

    def scale(self) -> float:
        """Return pixels of the widget per pixel of the picture."""
        return self.place().width() / max(1.0, self.picture.width())

    def to_widget(self, x: float, y: float) -> QPointF:
        """Return where a point of the picture is in the widget; pixel centres are at whole numbers."""
        place, scale = self.place(), self.scale()
        return QPointF(place.left() + (x + 0.5) * scale, place.top() + (y + 0.5) * scale)

    def to_picture(self, point: QPointF) -> QPointF:
        """Return which point of the picture lies under a point of the widget."""
        place, scale = self.place(), self.scale()
        return QPointF((point.x() - place.left()) / scale - 0.5, (point.y() - place.top()) / scale - 0.5)

    def zoom_by(self, factor: float, centre: QPointF) -> None:
        """Zoom so that the picture's point under `centre` stays there."""
        before = self.to_picture(centre)
        self.zoom = min(max(self.zoom * factor, ZOOMS[0]), ZOOMS[1])
        self._offset += centre - self.to_widget(before.x(), before.y())
        self.hold()

    def pan(self, by: QPointF) -> None:
        """Move the picture."""
        self._offset += by
        self.hold()

    def hold(self) -> None:
        """Keep a part of the picture in view."""
        place, room = self.place(), self.area.adjusted(_KEPT, _KEPT, -_KEPT, -_KEPT)
        x = max(0.0, room.left() - place.right()) - max(0.0, place.left() - room.right())
        y = max(0.0, room.top() - place.bottom()) - max(0.0, place.top() - room.bottom())
        self._offset += QPointF(x, y)

    def show_point(self, x: float, y: float) -> None:
        """Pan just so far that a point of the picture is in view."""
        point, room = self.to_widget(x, y), self.area.adjusted(30, 30, -30, -30)
        shown = QPointF(min(max(point.x(), room.left()), room.right()), min(max(point.y(), room.top()), room.bottom()))
        self.pan(shown - point)
