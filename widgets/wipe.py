"""The wipe: two pictures of the same moment side by side along a divider that can be dragged.

Painting and hit-testing only; the widget that shows it hands over its mouse events.
"""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from widgets import theme
from widgets.picture_fit import paint_label, paint_picture

GRIP: Final = 7.0
"""Pixels on either side of the divider that count as the divider."""

KEY_STEP: Final = 0.02
_LEAST_LABEL: Final = 60.0


class Wipe:
    """Where the divider is, and how both pictures are painted.

    Attributes:
        position: share of the picture's width that the first picture takes, 0..1.
        labels: names of the first (left) and second (right) picture.
        dragging: whether the divider is held.
    """

    def __init__(self) -> None:
        self.position = 0.5
        self.labels = ("", "")
        self.dragging = False

    def divider(self, place: QRectF) -> float:
        """Return the x of the divider in a picture that lies at `place`."""
        return place.left() + self.position * place.width()

    def hits(self, point: QPointF, place: QRectF) -> bool:
        """Return whether a point is on the divider."""
        return place.contains(point) and abs(point.x() - self.divider(place)) <= GRIP

    def move_to(self, x: float, place: QRectF) -> None:
        """Put the divider at an x, kept inside the picture."""
        if place.width() > 0:
            self.position = min(max((x - place.left()) / place.width(), 0.0), 1.0)

    def step(self, by: float) -> None:
        """Move the divider by a share of the width."""
        self.position = min(max(self.position + by, 0.0), 1.0)

    def paint(
        self,
        painter: QPainter,
        first: QImage | None,
        second: QImage | None,
        place: QRectF,
        notes: tuple[str, str] = ("", ""),
    ) -> None:
        """Paint both pictures, the divider with its handle, and the labels; a missing picture stays dark.

        Args:
            painter: where to.
            first: picture left of the divider.
            second: picture right of it.
            place: where the whole picture lies.
            notes: what must be said about either picture above its label, "" for nothing.
        """
        x = self.divider(place)
        left = QRectF(place.topLeft(), QPointF(x, place.bottom()))
        right = QRectF(QPointF(x, place.top()), place.bottomRight())
        for picture, part, texts, side in (
            (first, left, (self.labels[0], notes[0]), Qt.AlignmentFlag.AlignLeft),
            (second, right, (self.labels[1], notes[1]), Qt.AlignmentFlag.AlignRight),
        ):
            painter.save()
            painter.setClipRect(part)
            painter.fillRect(part, theme.colour(theme.BASE))
            if picture is not None:
                paint_picture(painter, picture, place)
            for text, edge in zip(texts, (Qt.AlignmentFlag.AlignBottom, Qt.AlignmentFlag.AlignTop), strict=True):
                if text and part.width() > _LEAST_LABEL:
                    paint_label(painter, part, text, side | edge)
            painter.restore()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour(theme.BASE, 160), 3.0))
        painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
        painter.setPen(QPen(theme.colour(theme.TEXT), 1.5))
        painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
        painter.setBrush(theme.colour(theme.ACCENT if self.dragging else theme.RAISED))
        middle = place.center().y()
        painter.drawEllipse(QPointF(x, middle), 11.0, 11.0)
        for way in (-1.0, 1.0):
            painter.drawPolyline(
                [
                    QPointF(x + way * 3.0, middle - 3.5),
                    QPointF(x + way * 6.5, middle),
                    QPointF(x + way * 3.0, middle + 3.5),
                ]
            )
        painter.restore()
