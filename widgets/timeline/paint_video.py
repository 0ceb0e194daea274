"""Paints the video row: small frames of what is rendered, and the takes of each segment."""

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from core.rendered import RenderedPiece
from core.timeline import Segment
from widgets import theme
from widgets.numbers import localised
from widgets.timeline.hit import TAKE_SIZE, TAKES_FROM, takes_shown
from widgets.timeline.paint_context import PaintContext, glyph, shade_of
from widgets.timeline.rows import Row
from widgets.timeline.thumbs import places

FRAME_TOP, FRAME_BOTTOM = 5, 3
"""Room above and below the frames in their row, in pixels."""


def paint_video(c: PaintContext, row: Row) -> None:
    """Paint the row's strip."""
    p = c.painter
    strip = c.strip(row)
    p.fillRect(strip, shade_of(theme.BASE))
    end = min(c.x(c.scene.duration_us), c.right)
    start = max(c.x(0), c.left)
    if end > start:
        area = QRectF(start, strip.top() + 3, end - start, strip.height() - 6)
        p.fillRect(area, QBrush(shade_of(theme.HANDLE, 70), Qt.BrushStyle.BDiagPattern))
    for first, last, _ in c.scene.rendered:
        if last > c.start_us and first < c.end_us:
            _paint_stretch(c, row, first, last)
    for piece in c.scene.pieces_between(c.start_us, c.end_us):
        _paint_frames(c, row, piece)
    for first, last, piece in c.scene.rendered:
        if last > c.start_us and first < c.end_us:
            _paint_size(c, row, first, last, piece)
    for index in c.scene.body_tracks:
        if index.track.muted:
            continue
        first_place, last_place = index.visible(c.start_us, c.end_us)
        lengths = index.ends[first_place:last_place] - index.starts[first_place:last_place]
        for place in (first_place + np.flatnonzero(lengths >= (TAKES_FROM - 2) * c.view.us_per_px)).tolist():
            if index.track.segments[place].takes:
                _paint_takes(c, row, index.track.segments[place])


def _paint_stretch(c: PaintContext, row: Row, start_us: int, end_us: int) -> None:
    left, right = c.x(start_us), c.x(end_us)
    box = QRectF(left, c.top(row) + FRAME_TOP - 2, max(1.0, right - left), row.height - FRAME_TOP - FRAME_BOTTOM + 2)
    c.painter.fillRect(box, shade_of(theme.VIDEO))
    c.painter.fillRect(QRectF(left, box.top(), box.width(), 2), shade_of(theme.VIDEO, lighter=150))


def _paint_frames(c: PaintContext, row: Row, piece: RenderedPiece) -> None:
    """The piece's frames edge to edge; where one is not there yet, the row's colour stays."""
    top = c.crisp(c.top(row) + FRAME_TOP)
    cell_us = c.thumbs.width(piece) / c.ratio * c.view.us_per_px
    for place in places(piece, c.start_us, c.end_us, cell_us):
        left, right = c.x(place.start_us), c.x(place.end_us)
        picture = c.thumbs.picture(place.name)
        if picture is None or right <= left:
            continue
        cut = (left - c.x(place.left_us)) * c.ratio
        wide = min((right - left) * c.ratio, picture.width() - cut)
        target = QRectF(left, top, wide / c.ratio, picture.height() / c.ratio)
        c.painter.drawImage(target, picture, QRectF(cut, 0, wide, picture.height()))


def _paint_size(c: PaintContext, row: Row, start_us: int, end_us: int, piece: RenderedPiece) -> None:
    p = c.painter
    left, right = c.x(start_us), c.x(end_us)
    visible = max(left, 0.0) + 6
    text = QCoreApplication.translate("Timeline", "{height}p · {fps} fps").format(
        height=piece.height, fps=localised(piece.fps)
    )
    shown = c.fonts.elided(text, right - visible - 6, small=True)
    if shown:
        metrics = c.fonts.metrics(small=True)
        top = c.top(row) + FRAME_TOP + 1
        p.fillRect(
            QRectF(visible - 3, top, metrics.horizontalAdvance(shown) + 6, metrics.height()), shade_of(theme.BASE, 200)
        )
        p.setFont(c.fonts.small)
        p.setPen(shade_of(theme.TEXT))
        p.drawText(QPointF(visible, top + metrics.ascent()), shown)


def _paint_takes(c: PaintContext, row: Row, segment: Segment) -> None:
    """A small numbered box for each take; the one in use is filled, favourites have a star."""
    p = c.painter
    left = c.x(segment.start_us)
    shown = takes_shown(segment, c.x(segment.end_us) - left)
    top = c.top(row) + row.height - TAKE_SIZE - 3
    p.setFont(c.fonts.small)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    for place, number in enumerate(shown):
        box = QRectF(left + 4 + place * (TAKE_SIZE + 2), top, TAKE_SIZE, TAKE_SIZE)
        active = number == segment.active_take
        hovered = c.hover is not None and c.hover.segment_id == segment.id and c.hover.take == number
        p.setPen(QPen(shade_of(theme.TEXT if hovered or active else theme.DIM_TEXT), 1))
        p.setBrush(shade_of(theme.ACCENT, 255, 75) if active else shade_of(theme.BASE, 235))
        p.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if segment.takes[number].favourite:
            p.drawPixmap(QPointF(box.left() + 2, box.top() + 2), glyph("star", TAKE_SIZE - 4, c.ratio))
        else:
            p.setPen(shade_of(theme.TEXT))
            p.drawText(box, Qt.AlignmentFlag.AlignCenter.value, str(number + 1))
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
