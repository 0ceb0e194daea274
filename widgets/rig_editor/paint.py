"""Draws a rig over the portrait: limbs, points, face box, mouth, labels and the brush. It changes nothing."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from core.draw import LIMBS
from core.pose import BODY_NAMES
from core.rig import Rig
from widgets import theme
from widgets.rig_editor.handles import FACE, FACE_EDGES, MOUTH, POINTS, TIPS, confidence, position, side

RADIUS: Final = 5.0
"""Of a point, in logical pixels."""

_ROOMY_FACE: Final = 55.0
"""Points are drawn smaller where the face box is narrower than this in the widget, or they would hide it."""

Place = Callable[[float, float], QPointF]
"""Pixels of the picture to pixels of the widget."""


def levels(image: NDArray[np.uint8]) -> list[QImage]:
    """Return a picture (H, W, 3) and copies of half the size each, down to about 200 pixels."""
    pixels = np.ascontiguousarray(image)
    height, width = pixels.shape[:2]
    whole = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    made = [whole.convertToFormat(QImage.Format.Format_RGB32)]
    while min(made[-1].width(), made[-1].height()) > 200:
        size = made[-1].size() / 2
        mode = Qt.TransformationMode.SmoothTransformation
        made.append(made[-1].scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode))
    return made


def level_for(pictures: list[QImage], density: float) -> QImage:
    """Return the smallest copy that is still sharp at so many screen pixels per pixel of the picture."""
    index = 0
    while index + 1 < len(pictures) and density <= 0.5 ** (index + 1):
        index += 1
    return pictures[index]


def handle_colour(handle: str) -> str:
    """Return the colour of a handle: right and left of the person differ."""
    if handle in MOUTH:
        return theme.SNAP
    if handle == FACE or handle in FACE_EDGES:
        return theme.GOOD
    return {"left": theme.LEFT_SIDE, "right": theme.RIGHT_SIDE, "": theme.MIDDLE}[side(handle)]


def paint_rig(painter: QPainter, rig: Rig, place: Place, *, hot: str, selected: str, faint: bool) -> None:
    """Draw a rig.

    Args:
        painter: antialiased, in pixels of the widget.
        rig: what to draw.
        place: from the picture to the widget.
        hot: handle under the pointer, "" for none.
        selected: selected handle, "" for none.
        faint: only a hint of it, while the brush is used.
    """
    painter.save()
    painter.setOpacity(0.35 if faint else 1.0)
    face = place(*position(rig, "face_right")).x() - place(*position(rig, "face_left")).x()
    size = min(max(face / _ROOMY_FACE, 0.55), 1.0)
    _paint_limbs(painter, rig, place, size)
    _paint_face(painter, rig, place, hot, selected, 0.0 if faint else size)
    _paint_mouth(painter, rig, place, hot, selected, size)
    if not faint:
        for handle in POINTS:
            _paint_point(painter, rig, handle, place, hot == handle, selected == handle, size)
    painter.restore()


def _paint_limbs(painter: QPainter, rig: Rig, place: Place, size: float) -> None:
    joints = [(BODY_NAMES[a], BODY_NAMES[b]) for a, b in LIMBS]
    joints += [("left_wrist", "left_hand_tip"), ("right_wrist", "right_hand_tip")]
    for first, second in joints:
        start, end = place(*position(rig, first)), place(*position(rig, second))
        hidden = min(confidence(rig, first), confidence(rig, second)) <= 0
        line = QColor(handle_colour(second if side(second) else first))
        if hidden:
            line.setAlpha(110)
            painter.setPen(QPen(line, 1.2, Qt.PenStyle.DotLine))
            painter.drawLine(start, end)
            continue
        painter.setPen(
            QPen(theme.colour(theme.OUTLINE, 150), 2.0 + 2.5 * size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        )
        painter.drawLine(start, end)
        painter.setPen(QPen(line, 0.6 + 1.6 * size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(start, end)


def _paint_point(
    painter: QPainter, rig: Rig, handle: str, place: Place, hot: bool, selected: bool, size: float
) -> None:
    centre = place(*position(rig, handle))
    fill = QColor(handle_colour(handle))
    radius = RADIUS * size + (1.5 if hot else 0.0)
    if selected:
        painter.setPen(QPen(theme.colour(theme.OUTLINE, 200), 4.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, radius + 4.0, radius + 4.0)
        painter.setPen(QPen(theme.colour(theme.TEXT), 1.8))
        painter.drawEllipse(centre, radius + 4.0, radius + 4.0)
    sure = confidence(rig, handle)
    if sure <= 0:
        painter.setBrush(theme.colour(theme.BASE, 150))
        painter.setPen(QPen(fill, 1.6, Qt.PenStyle.DotLine))
    else:
        fill.setAlpha(round(120 + 135 * min(sure, 1.0)))
        painter.setBrush(fill)
        painter.setPen(QPen(theme.colour(theme.OUTLINE, 220), 1.4))
    if handle in TIPS:
        painter.drawPolygon(_diamond(centre, radius + 1.0))
    else:
        painter.drawEllipse(centre, radius, radius)


def _diamond(centre: QPointF, radius: float) -> QPolygonF:
    x, y = centre.x(), centre.y()
    return QPolygonF([QPointF(x, y - radius), QPointF(x + radius, y), QPointF(x, y + radius), QPointF(x - radius, y)])


def _paint_face(painter: QPainter, rig: Rig, place: Place, hot: str, selected: str, size: float) -> None:
    box = QRectF(place(*position(rig, "face_top_left")), place(*position(rig, "face_bottom_right")))
    active = FACE in (hot, selected)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colour(theme.OUTLINE, 170), 3.4))
    painter.drawRect(box)
    painter.setPen(QPen(theme.colour(theme.TEXT if active else theme.GOOD), 1.8 if active else 1.3))
    painter.drawRect(box)
    if not size:
        return
    for handle in FACE_EDGES:
        half = 4.2 if handle in (hot, selected) else 3.0 * size
        centre = place(*position(rig, handle))
        painter.setPen(QPen(theme.colour(theme.OUTLINE, 220), 1.2))
        painter.setBrush(theme.colour(theme.TEXT if handle == selected else theme.GOOD))
        painter.drawRect(QRectF(centre - QPointF(half, half), QSizeF(2 * half, 2 * half)))


def _paint_mouth(painter: QPainter, rig: Rig, place: Place, hot: str, selected: str, size: float) -> None:
    left, right = place(*position(rig, "mouth_right")), place(*position(rig, "mouth_left"))
    painter.setPen(QPen(theme.colour(theme.OUTLINE, 190), 3.6))
    painter.drawLine(left, right)
    painter.setPen(QPen(theme.colour(theme.SNAP), 1.6))
    painter.drawLine(left, right)
    for handle in MOUTH:
        radius = 4.4 if handle in (hot, selected) else 3.0 * size
        painter.setPen(QPen(theme.colour(theme.OUTLINE, 220), 1.2))
        painter.setBrush(theme.colour(theme.TEXT if handle == selected else theme.SNAP))
        painter.drawEllipse(place(*position(rig, handle)), radius, radius)


def paint_name(painter: QPainter, text: str, colour: str, at: QPointF, area: QRectF) -> None:
    """Write the name of a handle on a plate beside it, inside the area."""
    metrics = painter.fontMetrics()
    plate = QRectF(
        at.x() + 14, at.y() - metrics.height() - 10, metrics.horizontalAdvance(text) + 14, metrics.height() + 6
    )
    if plate.right() > area.right() - 4:
        plate.moveRight(at.x() - 14)
    if plate.top() < area.top() + 4:
        plate.moveTop(at.y() + 12)
    painter.setPen(QPen(QColor(colour), 1.0))
    painter.setBrush(theme.colour(theme.BASE, 225))
    painter.drawRoundedRect(plate, 4, 4)
    painter.setPen(theme.colour(theme.TEXT))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def paint_stroke(painter: QPainter, points: list[QPointF], radius: float, keep: bool) -> None:
    """Draw the stroke that is being painted."""
    if not points:
        return
    colour = theme.colour(theme.GOOD if keep else theme.ERROR, 120)
    path = QPainterPath(points[0])
    for point in points[1:]:
        path.lineTo(point)
    if len(points) == 1:
        path.lineTo(points[0] + QPointF(0.01, 0.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 2 * radius, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPath(path)


def paint_brush(painter: QPainter, centre: QPointF, radius: float, keep: bool) -> None:
    """Draw the brush's outline under the pointer, with plus or minus in it."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, ink in (
        (3.2, theme.colour(theme.OUTLINE, 190)),
        (1.4, theme.colour(theme.GOOD if keep else theme.ERROR)),
    ):
        painter.setPen(QPen(ink, width))
        painter.drawEllipse(centre, radius, radius)
        arm = min(5.0, max(radius / 2, 2.0))
        painter.drawLine(centre - QPointF(arm, 0), centre + QPointF(arm, 0))
        if keep:
            painter.drawLine(centre - QPointF(0, arm), centre + QPointF(0, arm))
