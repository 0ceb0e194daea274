"""Paints the row of the recording: the waveform at any zoom, pauses and accents."""

import math
from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPen

from widgets import theme
from widgets.timeline.paint_context import PaintContext, shade_of
from widgets.timeline.rows import Row

DOT_FROM_PX: Final = 3.0
"""A sample wider than this gets a dot."""

ACCENT_PX: Final = 4.0
"""Accents that are denser than this on average are left out."""

PAUSE_PX: Final = 2.0


def paint_audio(c: PaintContext, row: Row) -> None:
    """Paint the row's strip."""
    strip = c.strip(row)
    c.painter.fillRect(strip, shade_of(theme.BASE))
    _paint_pauses(c, strip)
    if c.scene.peaks is None:
        return
    us_per_column = c.view.us_per_px / c.ratio
    # The whole waveform moves by whole device pixels: no tile is ever drawn between two of them.
    offset = round(c.view.start_us / us_per_column)
    first = offset + math.floor(c.left * c.ratio)
    last = offset + math.ceil(c.right * c.ratio)
    height = round(row.height * c.ratio)
    for column, pixmap in c.tiles.tiles(first, last, us_per_column, height, shade_of(theme.AUDIO)):
        x = (column - offset) / c.ratio
        target = QRectF(x, c.crisp(strip.top()), pixmap.width() / c.ratio, pixmap.height() / c.ratio)
        c.painter.drawPixmap(target, pixmap, QRectF(pixmap.rect()))
    if c.tiles.sample_width(c.view.us_per_px) > DOT_FROM_PX:
        _paint_dots(c, strip)
    _paint_accents(c, strip)


def _paint_pauses(c: PaintContext, strip: QRectF) -> None:
    pauses = c.scene.pauses
    first = int(np.searchsorted(pauses[:, 1], c.start_us, side="right"))
    last = int(np.searchsorted(pauses[:, 0], c.end_us, side="left"))
    part = pauses[first:last]
    part = part[(part[:, 1] - part[:, 0]) >= PAUSE_PX * c.view.us_per_px]
    rects, feet = [], []
    for start, end in part.tolist():
        left, right = c.x(start), c.x(end)
        rects.append(QRectF(left, strip.top(), right - left, strip.height()))
        feet.append(QRectF(left, strip.bottom() - 2, right - left, 2))
    if not rects:
        return
    c.painter.setPen(Qt.PenStyle.NoPen)
    c.painter.setBrush(shade_of(theme.RAISED))
    c.painter.drawRects(rects)
    c.painter.setBrush(shade_of(theme.HANDLE))
    c.painter.drawRects(feet)


def _paint_accents(c: PaintContext, strip: QRectF) -> None:
    first, last = np.searchsorted(c.scene.accents, [c.start_us, c.end_us])
    # Judged by the whole recording, so that a narrow strip and the full picture agree.
    if last <= first or len(c.scene.accents) * ACCENT_PX * c.view.us_per_px > c.scene.duration_us:
        return
    lines = []
    for time_us in c.scene.accents[first:last].tolist():
        x = c.x(time_us) + 0.5 / c.ratio
        lines.append(QLineF(x, strip.top(), x, strip.top() + 6))
    c.painter.setPen(QPen(shade_of(theme.WARNING), 1.5))
    c.painter.drawLines(lines)


def _paint_dots(c: PaintContext, strip: QRectF) -> None:
    """A square on each sample."""
    reach = 4 * c.view.us_per_px
    times, values = c.tiles.sample_points(c.start_us - reach, c.end_us + reach)
    size = max(2.0, min(5.0, c.tiles.sample_width(c.view.us_per_px) / 3))
    middle, scale = strip.height() / 2, strip.height() / 2 - 1 / c.ratio
    xs = np.round(((times - c.view.start_us) / c.view.us_per_px - size / 2) * c.ratio) / c.ratio
    ys = np.round((strip.top() + middle - values * c.tiles.gain * scale - size / 2) * c.ratio) / c.ratio
    c.painter.setPen(Qt.PenStyle.NoPen)
    c.painter.setBrush(shade_of(theme.AUDIO, lighter=140))
    c.painter.drawRects([QRectF(x, y, size, size) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)])
