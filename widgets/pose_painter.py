"""Paints a 2D pose over a picture with the confidence of each point as its opacity, at any size and pixel density.

The drawing for people to look at; what the renderer gets is drawn by `core.draw.draw_composite`.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from core.draw import HAND_EDGES, LIMBS
from core.pose import BODY_NAMES, PoseSequence
from widgets import theme

_SEEN: Final = 0.02  # points below this confidence are not there at all
_NECK: Final = 1


def _side(point: int) -> str:
    name = BODY_NAMES[point]
    return theme.LEFT_SIDE if name.startswith("left") else theme.RIGHT_SIDE if name.startswith("right") else ""


def _colour(first: int, second: int) -> str:
    return _side(second) or _side(first) or theme.MIDDLE


_LIMB_COLOURS: Final = tuple(_colour(first, second) for first, second in LIMBS)


def blend(poses: PoseSequence, frame: float) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return body (18, 3), face (68, 3) and hands (2, 21, 3) at a frame number that may lie between two frames."""
    place = min(max(frame, 0.0), len(poses) - 1.0)
    first = int(place)
    last = min(first + 1, len(poses) - 1)
    share = np.float32(place - first)
    body, face, hands = (
        values[first] * (1 - share) + values[last] * share for values in (poses.body, poses.face, poses.hands)
    )
    return body, face, hands


def paint_pose(
    painter: QPainter,
    place: QRectF,
    size: tuple[int, int],
    pose: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]],
) -> None:
    """Paint a pose.

    Args:
        painter: where to.
        place: the rectangle in which the whole portrait lies.
        size: width and height of the portrait in pixels, which the pose is in.
        pose: body, face and hands as `blend` returns them.
    """
    body, face, hands = pose
    scale = np.array([place.width() / max(size[0], 1), place.height() / max(size[1], 1)])
    corner = np.array([place.left(), place.top()])
    thick = min(max(min(place.width(), place.height()) / 110.0, 2.0), 7.0)

    def points(values: NDArray[np.float32]) -> list[tuple[QPointF, float]]:
        at = values[:, :2] * scale + corner
        return [(QPointF(float(x), float(y)), float(c)) for (x, y), c in zip(at, values[:, 2], strict=True)]

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    joints = points(body)
    strokes = [
        (joints[first], joints[second], colour, thick)
        for (first, second), colour in zip(LIMBS, _LIMB_COLOURS, strict=True)
    ]
    for hand, colour in zip(hands, (theme.LEFT_SIDE, theme.RIGHT_SIDE), strict=True):
        fingers = points(hand)
        strokes += [(fingers[first], fingers[second], colour, 0.55 * thick) for first, second in HAND_EDGES]
    for outline in (True, False):
        for (start, sure), (end, surer), colour, width in strokes:
            confidence = min(sure, surer)
            if confidence < _SEEN:
                continue
            opacity = round(255 * min(confidence, 1.0))
            ink = theme.colour(theme.BASE, opacity // 2) if outline else theme.colour(colour, opacity)
            wide = width + (2.5 if outline else 0.0)
            painter.setPen(QPen(ink, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(start, end)
    painter.setPen(Qt.PenStyle.NoPen)
    for values, radius in ((points(face), 0.32 * thick), (joints, 0.75 * thick)):
        for at, confidence in values:
            if confidence >= _SEEN:
                painter.setBrush(theme.colour(theme.MIDDLE, round(235 * min(confidence, 1.0))))
                painter.drawEllipse(at, radius, radius)
    painter.restore()
