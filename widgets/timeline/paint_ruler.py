"""Paints the ruler: ticks, labels, the in/out range and the flags of the markers."""

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from core.timeline import Marker
from widgets import theme
from widgets.timeline.hit import MARKER_HEIGHT, MARKER_TOP, RANGE_HEIGHT, RULER_HEIGHT
from widgets.timeline.paint_context import PaintContext, shade_of
from widgets.timeline.ticks import ticks

LABEL_BASE = RULER_HEIGHT - 6


def paint_ruler(c: PaintContext) -> None:
    """Paint the ruler's strip."""
    p = c.painter
    p.fillRect(QRectF(c.left, 0, c.right - c.left, RULER_HEIGHT), shade_of(theme.RAISED))
    p.fillRect(QRectF(c.left, 0, c.right - c.left, RANGE_HEIGHT), shade_of(theme.WINDOW))
    end = c.x(c.scene.duration_us)
    if end < c.right:
        p.fillRect(QRectF(max(end, c.left), 0, c.right - end, RULER_HEIGHT), shade_of(theme.OUTLINE, 90))
    _paint_ticks(c)
    in_out = c.preview.in_out or c.scene.in_out
    if in_out is not None:
        _paint_range(c, in_out)
    if c.scene.project is not None:
        _paint_markers(c, c.scene.project.markers)
    p.fillRect(QRectF(c.left, RULER_HEIGHT - 1, c.right - c.left, 1), shade_of(theme.OUTLINE))


def _paint_ticks(c: PaintContext) -> None:
    p = c.painter
    minor, major = [], []
    p.setFont(c.fonts.small)
    p.setPen(shade_of(theme.DIM_TEXT, lighter=115))
    for tick in ticks(c.view, c.scene.mode, c.scene.fps):
        x = c.x(tick.time_us) + 0.5 / c.ratio
        if not c.left - 120 <= x <= c.right + 4:
            continue
        if tick.label:
            major.append(QLineF(x, RANGE_HEIGHT + 2, x, RULER_HEIGHT - 1))
            p.drawText(QPointF(x + 4, LABEL_BASE), tick.label)
        else:
            minor.append(QLineF(x, RULER_HEIGHT - 5, x, RULER_HEIGHT - 1))
    p.setPen(c.hair(shade_of(theme.HANDLE)))
    p.drawLines(minor)
    p.setPen(c.hair(shade_of(theme.DIM_TEXT)))
    p.drawLines(major)


def _paint_range(c: PaintContext, in_out: tuple[int, int]) -> None:
    p = c.painter
    first, last = c.x(in_out[0]), c.x(in_out[1])
    p.fillRect(QRectF(first, 1, max(1.0, last - first), RANGE_HEIGHT - 2), shade_of(theme.ACCENT, 150))
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(shade_of(theme.ACCENT, lighter=125))
    tall = RANGE_HEIGHT + 4.0
    p.drawPolygon(QPolygonF([QPointF(first, 0), QPointF(first + 7, 0), QPointF(first + 2, tall), QPointF(first, tall)]))
    p.drawPolygon(QPolygonF([QPointF(last, 0), QPointF(last - 7, 0), QPointF(last - 2, tall), QPointF(last, tall)]))
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_markers(c: PaintContext, markers: tuple[Marker, ...]) -> None:
    """Paint the flags; of those that would lie on each other one, and names only where there is room for them."""
    near = [m for m in markers if c.left - 130 <= c.view.x(m.time_us) <= c.right + 130]
    previous = -1e9
    for place, marker in enumerate(near):
        x = c.view.x(marker.time_us)
        dragged = c.preview.marker is not None and c.preview.marker[0] == marker.id
        if x - previous < 3 and not dragged:
            continue
        previous = x
        room = c.view.x(near[place + 1].time_us) - x - 14 if place + 1 < len(near) else 110.0
        _paint_marker(c, marker, min(110.0, room))


def _paint_marker(c: PaintContext, marker: Marker, room: float) -> None:
    dragged = c.preview.marker is not None and c.preview.marker[0] == marker.id
    time_us = c.preview.marker[1] if dragged and c.preview.marker is not None else marker.time_us
    x = c.x(time_us)
    if not c.left - 130 <= x <= c.right + 8:
        return
    p = c.painter
    hovered = dragged or (c.hover is not None and c.hover.marker_id == marker.id)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(QPen(shade_of(theme.OUTLINE), 1))
    p.setBrush(shade_of(theme.MARKER, lighter=125 if hovered else 100))
    top = MARKER_TOP + 0.5
    tip = top + MARKER_HEIGHT - 0.5
    points = (QPointF(x - 5, top), QPointF(x + 5, top), QPointF(x + 5, top + 8), QPointF(x, tip))
    p.drawPolygon(QPolygonF([*points, QPointF(x - 5, top + 8)]))
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.setPen(c.hair(shade_of(theme.MARKER, 130)))
    p.drawLine(QLineF(x + 0.5 / c.ratio, tip, x + 0.5 / c.ratio, RULER_HEIGHT))
    text = c.fonts.elided(marker.name, room, small=True) if marker.name and room > 16 else ""
    if text:
        width = c.fonts.metrics(small=True).horizontalAdvance(text)
        p.fillRect(QRectF(x + 6, top, width + 6, 13), shade_of(theme.WINDOW, 225))
        p.setFont(c.fonts.small)
        p.setPen(shade_of(theme.MARKER))
        p.drawText(QPointF(x + 9, top + 10.5), text)


def paint_marker_lines(c: PaintContext, bottom: float) -> None:
    """Paint the faint lines of the markers and of the range through all rows."""
    p = c.painter
    lines = []
    for marker in c.scene.project.markers if c.scene.project is not None else ():
        moved = c.preview.marker
        x = c.x(moved[1] if moved is not None and moved[0] == marker.id else marker.time_us) + 0.5 / c.ratio
        if c.left - 1 <= x <= c.right + 1:
            lines.append(QLineF(x, RULER_HEIGHT, x, bottom))
    p.setPen(c.hair(shade_of(theme.MARKER, 130)))
    p.drawLines(lines)
    in_out = c.preview.in_out or c.scene.in_out
    if in_out is not None:
        first, last = c.x(in_out[0]), c.x(in_out[1])
        dark = shade_of(theme.OUTLINE, 110)
        if first > c.left:
            p.fillRect(QRectF(c.left, RULER_HEIGHT, min(first, c.right) - c.left, bottom - RULER_HEIGHT), dark)
        if last < c.right:
            start = max(last, c.left)
            p.fillRect(QRectF(start, RULER_HEIGHT, c.right - start, bottom - RULER_HEIGHT), dark)
