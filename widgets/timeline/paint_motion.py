"""Paints the motion row: the state of each segment, and stick figures of its key frames."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush

from core.constants import MICROSECONDS
from core.timeline import Segment
from widgets import theme
from widgets.timeline.names import state_name
from widgets.timeline.paint_context import PaintContext, argb, glyph, paint_pixels, shade_of, tiny_segments
from widgets.timeline.rows import Row
from widgets.timeline.scene import STATES, TrackIndex

BAR: Final = 4
"""Height of the bar in the state's colour at the upper edge of each segment's motion."""

WORDS_PX: Final = 20.0
"""Narrower cells say nothing in words."""

FIGURE_SHARE: Final = 0.78
"""Distance of two figures as a share of their height; arms may reach into the neighbour."""

MADE: Final = ("ready", "changed")
"""States in which there is a motion to see."""

_GLYPHS: Final = {
    "none": "circle-outline",
    "queued": "clock-outline",
    "generating": "progress-wrench",
    "changed": "pencil-outline",
    "failed": "alert-outline",
}


def paint_motion(c: PaintContext, row: Row) -> None:
    """Paint the row's strip."""
    p = c.painter
    strip = c.strip(row)
    p.fillRect(strip, shade_of(theme.BASE))
    clip = c.scene.clip
    if clip is not None and len(clip):
        end = c.x(len(clip) * MICROSECONDS / clip.fps)
        left = c.x(0)
        area = QRectF(max(left, c.left), strip.top(), min(end, c.right) - max(left, c.left), strip.height())
        if area.width() > 0:
            p.fillRect(area, shade_of(theme.MOTION, 70))
    drawn = []
    for index in reversed(c.scene.body_tracks):
        if not index.track.muted:
            drawn += _paint_cells(c, row, index)
    _paint_figures(c, row)
    for segment in drawn:
        _paint_state(c, row, segment)


def _paint_cells(c: PaintContext, row: Row, index: TrackIndex) -> list[Segment]:
    """Paint the visible cells of a track; return the segments that are wide enough for words."""
    first, last = index.visible(c.start_us - 2 * c.view.us_per_px, c.end_us)
    if first == last:
        return []
    places = np.arange(first, last)
    narrow = (index.ends[first:last] - index.starts[first:last]) < WORDS_PX * c.view.us_per_px
    few = places[narrow]
    if len(few):
        bodies = [argb(shade_of(theme.MOTION, 130) if s in MADE else shade_of(theme.WINDOW)) for s in STATES]
        bars = [argb(shade_of(theme.STATE_COLOURS[state])) for state in STATES]
        top = c.top(row)
        for height, colours in ((row.height, bodies), (BAR, bars)):
            table = np.array(colours, dtype=np.uint32)
            paint_pixels(c, top, height, tiny_segments(c, index, few, table[index.codes[few]]))
    wide = [index.track.segments[place] for place in places[~narrow].tolist()]
    for segment in wide:
        _paint_cell(c, row, segment)
    return wide


def _state(c: PaintContext, segment: Segment) -> str:
    return c.scene.states.get(segment.id, "none")


def _cell(c: PaintContext, row: Row, segment: Segment) -> QRectF:
    left, right = c.x(segment.start_us), c.x(segment.end_us)
    return QRectF(left, c.top(row), max(1.0, right - left - 1 / c.ratio), row.height)


def _paint_cell(c: PaintContext, row: Row, segment: Segment) -> None:
    p = c.painter
    cell = _cell(c, row, segment)
    state = _state(c, segment)
    chosen = segment.id in c.scene.selection
    p.fillRect(cell, shade_of(theme.MOTION, 190 if chosen else 130) if state in MADE else shade_of(theme.WINDOW))
    if state in ("queued", "generating", "failed") and cell.width() > 3:
        p.fillRect(cell, QBrush(shade_of(theme.STATE_COLOURS[state], 70), Qt.BrushStyle.BDiagPattern))
    bar = QRectF(cell.left(), cell.top(), cell.width(), BAR)
    p.fillRect(bar, shade_of(theme.STATE_COLOURS.get(state, theme.HANDLE)))


def _paint_figures(c: PaintContext, row: Row) -> None:
    clip = c.scene.clip
    if clip is None or row.height < 24:
        return
    p = c.painter
    size = row.height - BAR - 2
    frame_us = MICROSECONDS / clip.fps
    reach = size * c.view.us_per_px
    top = c.crisp(c.top(row) + BAR + 1)
    for frame in c.figures.frames(c.start_us - reach, c.end_us + reach, c.view.us_per_px, size * FIGURE_SHARE):
        time_us = round(frame * frame_us)
        segment = c.scene.body_segment_at(time_us)
        state = _state(c, segment) if segment is not None else "ready"
        if state == "none":
            continue
        figure = c.figures.figure(frame, size, c.ratio)
        if figure is None:
            continue
        p.setOpacity(1.0 if segment is not None and state == "ready" else 0.6)
        p.drawPixmap(QPointF(c.x(time_us) - c.crisp(size / 2), top), figure)
    p.setOpacity(1.0)


def _paint_state(c: PaintContext, row: Row, segment: Segment) -> None:
    """The state in words, or as a glyph where words do not fit; "ready" needs neither."""
    cell = _cell(c, row, segment)
    state = _state(c, segment)
    if state == "ready" or cell.width() < WORDS_PX:
        return
    p = c.painter
    left = max(cell.left(), 0.0) + 4
    text = c.fonts.elided(state_name(state), cell.right() - left - 22, small=True)
    width = c.fonts.metrics(small=True).horizontalAdvance(text) + (6 if text else 0)
    box = QRectF(left - 2, cell.bottom() - 17, 17 + width, 16)
    p.fillRect(box, shade_of(theme.BASE, 215))
    p.drawPixmap(QPointF(left, cell.bottom() - 15.5), glyph(_GLYPHS.get(state, "circle-outline"), 13, c.ratio))
    p.setFont(c.fonts.small)
    p.setPen(shade_of(theme.TEXT))
    p.drawText(QRectF(left + 16, box.top(), width, 16), Qt.AlignmentFlag.AlignVCenter.value, text)
