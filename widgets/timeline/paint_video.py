"""Paints the video row: which stretches are rendered, and the takes of each segment."""

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from core.rendered import RenderedPiece
from core.timeline import Segment
from widgets import theme
from widgets.timeline.hit import TAKE_SIZE, takes_shown
from widgets.timeline.paint_context import PaintContext, glyph, shade_of
from widgets.timeline.rows import Row


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
    for first, last, piece in c.scene.rendered:
        if last > c.start_us and first < c.end_us:
            _paint_piece(c, row, first, last, piece)
    for index in c.scene.body_tracks:
        if index.track.muted:
            continue
        first_place, last_place = index.visible(c.start_us, c.end_us)
        for segment in index.track.segments[first_place:last_place] if last_place - first_place < 400 else ():
            if segment.takes:
                _paint_takes(c, row, segment)


def _paint_piece(c: PaintContext, row: Row, start_us: int, end_us: int, piece: RenderedPiece) -> None:
    p = c.painter
    left, right = c.x(start_us), c.x(end_us)
    box = QRectF(left, c.top(row) + 3, max(1.0, right - left), row.height - 6)
    p.fillRect(box, shade_of(theme.VIDEO))
    p.fillRect(QRectF(left, box.top(), box.width(), 2), shade_of(theme.VIDEO, lighter=150))
    visible = max(left, 0.0) + 6
    text = QCoreApplication.translate("Timeline", "{height}p · {fps} fps").format(
        height=piece.height, fps=f"{piece.fps:g}"
    )
    shown = c.fonts.elided(text, right - visible - 6, small=True)
    if shown:
        p.setFont(c.fonts.small)
        p.setPen(shade_of(theme.TEXT))
        p.drawText(QPointF(visible, box.top() + c.fonts.metrics(small=True).ascent() + 2), shown)


def _paint_takes(c: PaintContext, row: Row, segment: Segment) -> None:
    """A small numbered box for each take; the one in use is filled, favourites have a star."""
    p = c.painter
    left = c.x(segment.start_us)
    shown = takes_shown(segment, c.x(segment.end_us) - left)
    top = c.top(row) + row.height - TAKE_SIZE - 3
    p.setFont(c.fonts.small)
    for place, number in enumerate(shown):
        box = QRectF(left + 4 + place * (TAKE_SIZE + 2), top, TAKE_SIZE, TAKE_SIZE)
        active = number == segment.active_take
        hovered = c.hover is not None and c.hover.segment_id == segment.id and c.hover.take == number
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(shade_of(theme.TEXT if hovered or active else theme.DIM_TEXT), 1))
        p.setBrush(shade_of(theme.ACCENT, 255, 75) if active else shade_of(theme.BASE, 235))
        p.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if segment.takes[number].favourite:
            p.drawPixmap(QPointF(box.left() + 2, box.top() + 2), glyph("star", TAKE_SIZE - 4, c.ratio))
        else:
            p.setPen(shade_of(theme.TEXT))
            p.drawText(box, Qt.AlignmentFlag.AlignCenter.value, str(number + 1))
