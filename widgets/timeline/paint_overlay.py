"""Paints what lies over all rows: the playhead, the snap line, the bubble with the time of a drag, the rubber band."""

from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from widgets import theme
from widgets.timeline.hit import RULER_HEIGHT
from widgets.timeline.names import refusal_name
from widgets.timeline.paint_context import PaintContext, shade_of

HANDLE_PX: Final = 7
"""Half the width of the playhead's handle."""


def paint_playhead(c: PaintContext, bottom: float) -> None:
    """Paint the playhead's line and its handle in the ruler."""
    time_us = c.preview.playhead_us if c.preview.playhead_us is not None else c.scene.playhead_us
    x = c.x(time_us) + 0.5 / c.ratio
    if not c.left - HANDLE_PX - 1 <= x <= c.right + HANDLE_PX + 1:
        return
    p = c.painter
    p.setPen(c.hair(shade_of(theme.PLAYHEAD)))
    p.drawLine(QLineF(x, RULER_HEIGHT - 8, x, bottom))
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(shade_of(theme.PLAYHEAD))
    top = RULER_HEIGHT - 13.0
    points = (
        QPointF(x - HANDLE_PX + 1, top),
        QPointF(x + HANDLE_PX - 1, top),
        QPointF(x + HANDLE_PX - 1, top + 5),
        QPointF(x, RULER_HEIGHT - 1),
        QPointF(x - HANDLE_PX + 1, top + 5),
    )
    p.drawPolygon(QPolygonF(points))
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_drag(c: PaintContext, bottom: float, width: float) -> None:
    """Paint the rubber band, the snap line and the bubble of a drag."""
    p = c.painter
    if c.preview.band is not None:
        left, top, right, low = c.preview.band
        p.setPen(QPen(shade_of(theme.ACCENT), 1))
        p.setBrush(shade_of(theme.ACCENT, 45))
        p.drawRect(QRectF(left + 0.5, top + 0.5, right - left, low - top))
    if c.preview.snap is not None:
        x = c.x(c.preview.snap.time_us) + 0.5 / c.ratio
        p.setPen(QPen(shade_of(theme.SNAP), 1.4))
        p.drawLine(QLineF(x, 0, x, bottom))
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(shade_of(theme.SNAP))
        for y in (RULER_HEIGHT + 3.0, bottom - 4.0):
            diamond = (QPointF(x, y - 4), QPointF(x + 4, y), QPointF(x, y + 4), QPointF(x - 4, y))
            p.drawPolygon(QPolygonF(diamond))
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    _paint_bubble(c, width)


def _paint_bubble(c: PaintContext, width: float) -> None:
    text = c.preview.label
    if not text:
        return
    refusal = refusal_name(c.preview.refusal)
    lines = [text, refusal] if refusal else [text]
    p = c.painter
    metrics = c.fonts.metrics()
    wide = max(metrics.horizontalAdvance(line) for line in lines) + 16
    high = metrics.height() * len(lines) + 8
    x = min(max(c.x(c.preview.label_us) + 8, 4.0), max(4.0, width - wide - 4))
    box = QRectF(x, RULER_HEIGHT + 5, wide, high)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(QPen(shade_of(theme.ERROR if refusal else theme.BORDER), 1))
    p.setBrush(shade_of(theme.OUTLINE, 235))
    p.drawRoundedRect(box, 4, 4)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.setFont(c.fonts.normal)
    p.setPen(shade_of(theme.TEXT))
    p.drawText(box.adjusted(8, 4, -8, -4), Qt.AlignmentFlag.AlignLeft.value, "\n".join(lines))
