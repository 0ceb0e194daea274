"""Paints the rows of prompt and emotion tracks: segments, their texts, locks, edges under the pointer, and ghosts.

Segments too narrow to be told apart are painted as merged blocks, so that thousands of them cost no more than the
pixels that they cover.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from core.timeline import Segment, Track
from widgets import theme
from widgets.numbers import localised
from widgets.timeline.names import body_part_name, emotion_name
from widgets.timeline.paint_context import PaintContext, argb, glyph, paint_pixels, shade_of, tiny_segments
from widgets.timeline.preview import Ghost
from widgets.timeline.rows import Row
from widgets.timeline.scene import TrackIndex

MERGED_PX: Final = 3.0
"""Narrower segments are painted as merged blocks."""

PLAIN_PX: Final = 14.0
"""Narrower segments are plain boxes without text and round corners."""

TEXT_PX: Final = 30.0

TEXT_COLOUR: Final = "#ffffff"
LIGHTER_CHOSEN, LIGHTER_HOVERED = 118, 109
"""How much lighter selected segments and the one under the pointer are: so much that their text stays readable."""

RADIUS: Final = 4.0
_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter.value
PAD: Final = 3


def paint_track(c: PaintContext, row: Row, index: TrackIndex) -> None:
    """Paint a track's strip and its segments."""
    p = c.painter
    strip = c.strip(row)
    p.fillRect(strip, shade_of(theme.BASE, lighter=112))
    if index.track.locked:
        p.fillRect(strip, QBrush(shade_of(theme.HANDLE, 60), Qt.BrushStyle.BDiagPattern))
    reach = 6 * c.view.us_per_px
    first, last = index.visible(c.start_us - reach, c.end_us + reach)
    if first < last:
        widths = (index.ends[first:last] - index.starts[first:last]) / c.view.us_per_px
        narrow = widths < MERGED_PX
        if narrow.any():
            _paint_merged(c, row, index, np.arange(first, last)[narrow])
        _paint_plain(c, row, index, (np.arange(first, last)[~narrow & (widths < PLAIN_PX)]).tolist())
        for place in (np.arange(first, last)[widths >= PLAIN_PX]).tolist():
            paint_segment(c, row, index.track, index.track.segments[place])
    for ghost in c.preview.ghosts:
        if ghost.track_id == row.track_id:
            _paint_ghost(c, row, index.track, ghost)


def _colour_name(track: Track) -> str:
    return theme.PROMPT if track.kind == "prompt" else theme.EMOTION


def _is_chosen(c: PaintContext, segment_id: str) -> bool:
    chosen = c.preview.chosen
    return segment_id in (c.scene.selection if chosen is None else chosen)


def _box(c: PaintContext, row: Row, start_us: float, end_us: float) -> QRectF:
    """A segment's rectangle; a hair of space is left to a neighbour that touches it."""
    left, right = c.x(start_us), c.x(end_us)
    return QRectF(left, c.top(row) + PAD, max(1.0, right - left - 1 / c.ratio), row.height - 2 * PAD)


def _paint_merged(c: PaintContext, row: Row, index: TrackIndex, places: NDArray[np.int64]) -> None:
    """Paint many tiny segments as the device pixels that they cover."""
    plain = argb(shade_of(_colour_name(index.track), 110 if index.track.muted else 255))
    colours = np.full(len(places), plain, dtype=np.uint32)
    pixels = tiny_segments(c, index, places, colours)
    chosen = c.scene.selection if c.preview.chosen is None else c.preview.chosen
    if chosen:
        # On top, so that a selected segment is seen among others on the same pixel.
        marked = places[index.chosen(chosen)[places]]
        bright = np.full(len(marked), argb(shade_of(theme.ACCENT, lighter=120)), dtype=np.uint32)
        over = tiny_segments(c, index, marked, bright)
        pixels = np.where(over > 0, over, pixels)
    paint_pixels(c, c.top(row) + PAD, row.height - 2 * PAD, pixels)


def _paint_plain(c: PaintContext, row: Row, index: TrackIndex, places: list[int]) -> None:
    """Paint boxes of a few pixels, all plain ones with one call."""
    plain: list[QRectF] = []
    marked: list[QRectF] = []
    lefts, rights = c.xs(index.starts[places]), c.xs(index.ends[places])
    widths = np.maximum(1.0, rights - lefts - 1 / c.ratio)
    top, height = c.top(row) + PAD, row.height - 2 * PAD
    for place, left, width in zip(places, lefts.tolist(), widths.tolist(), strict=True):
        segment = index.track.segments[place]
        box = QRectF(left, top, width, height)
        (marked if _is_chosen(c, segment.id) or segment.id in c.preview.hidden else plain).append(box)
        if c.keyboard and segment.id == c.scene.focus_id:
            marked.append(box)
    p = c.painter
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(shade_of(_colour_name(index.track), 110 if index.track.muted else 255))
    p.drawRects(plain)
    p.setPen(c.hair(shade_of(theme.TEXT)))
    p.setBrush(shade_of(theme.ACCENT))
    p.drawRects(marked)


def paint_segment(c: PaintContext, row: Row, track: Track, segment: Segment) -> None:
    """Paint one segment with its text."""
    p = c.painter
    box = _box(c, row, segment.start_us, segment.end_us)
    name = _colour_name(track)
    chosen = _is_chosen(c, segment.id)
    faint = segment.id in c.preview.hidden
    hovered = c.hover is not None and c.hover.segment_id == segment.id and not c.preview.ghosts
    p.setOpacity(0.35 if faint else 0.5 if track.muted else 1.0)
    if chosen:
        border, width = shade_of(theme.TEXT), 1.6
    else:
        border, width = shade_of(name, lighter=150 if hovered else 128), 1.0
    inset = width / 2
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(QPen(border, width))
    p.setBrush(shade_of(name, lighter=(LIGHTER_CHOSEN if chosen else LIGHTER_HOVERED if hovered else 100)))
    p.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)
    if segment.locked:
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QBrush(shade_of(theme.OUTLINE, 90), Qt.BrushStyle.BDiagPattern))
        p.drawRoundedRect(box, RADIUS, RADIUS)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if box.width() >= TEXT_PX:
        _paint_text(c, track, segment, box)
    if hovered and box.width() >= TEXT_PX and not segment.locked and not track.locked:
        _paint_grips(c, box)
    p.setOpacity(1.0)
    if c.keyboard and segment.id == c.scene.focus_id:
        p.setPen(QPen(shade_of(theme.MARKER), 1.5, Qt.PenStyle.DashLine))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(box.adjusted(-1.5, -1.5, 1.5, 1.5))


def _paint_grips(c: PaintContext, box: QRectF) -> None:
    """Two short lines at each end, where the segment can be trimmed."""
    p = c.painter
    part = c.hover.part if c.hover is not None else ""
    top, bottom = box.top() + box.height() * 0.3, box.bottom() - box.height() * 0.3
    for x, edge in ((box.left() + 3, "in"), (box.right() - 3, "out")):
        p.setPen(QPen(shade_of(theme.TEXT, 255 if part == edge else 110), 2))
        p.drawLine(QLineF(x, top, x, bottom))


def label_of(track: Track, segment: Segment) -> str:
    """Return the text that stands in a segment."""
    if track.kind == "emotion":
        if segment.emotion == "neutral" or segment.emotion_strength == 0:
            return emotion_name("neutral")
        return f"{emotion_name(segment.emotion)} {round(segment.emotion_strength * 100)} %"
    if segment.part != "whole":
        return f"{body_part_name(segment.part)}: {segment.prompt}"
    return segment.prompt


def _paint_text(c: PaintContext, track: Track, segment: Segment, box: QRectF) -> None:
    """The text, sticking to the visible part of a long segment; a second line for what was added to the prompt."""
    p = c.painter
    left = max(box.left() + 8, 6.0)
    right = box.right() - 8
    for name, wanted in (("lock", segment.locked), ("eye-off-outline", segment.blink == 0)):
        if wanted and right - left > 30:
            p.drawPixmap(QRectF(right - 13, box.center().y() - 6.5, 13, 13).topLeft(), glyph(name, 13, c.ratio))
            right -= 16
    width = right - left
    if width < 12:
        return
    text = label_of(track, segment)
    p.setFont(c.fonts.normal)
    p.setPen(shade_of(TEXT_COLOUR))
    if not text:
        text = QCoreApplication.translate("Timeline", "gesture to the speech")
        p.setFont(c.fonts.italic)
    area = QRectF(left, box.top(), width, box.height())
    note = _note(track, segment)
    line = c.fonts.metrics().height()
    if note and box.height() >= line * 2 - 3:
        small = c.fonts.elided(note, width, small=True)
        upper = box.top() + (box.height() - line * 1.85) / 2
        p.drawText(QRectF(left, upper, width, line), _MIDDLE, c.fonts.elided(text, width))
        p.setFont(c.fonts.small)
        p.drawText(QRectF(left, upper + line * 0.92, width, line), _MIDDLE, small)
        return
    shown = c.fonts.elided(text, width)
    if shown != text and box.height() >= line * 2 - 3:
        p.drawText(area, _MIDDLE, _two_lines(c, text, width))
        return
    p.drawText(area, _MIDDLE, shown)


def _two_lines(c: PaintContext, text: str, width: float) -> str:
    """Break a text after the last word that fits, and cut the rest with an ellipsis."""
    words = text.split(" ")
    metrics = c.fonts.metrics()
    count = 1
    while count < len(words) and metrics.horizontalAdvance(" ".join(words[: count + 1])) <= width - 1:
        count += 1
    head, tail = " ".join(words[:count]), " ".join(words[count:])
    if not tail or metrics.horizontalAdvance(head) > width:
        return c.fonts.elided(text, width)
    rest = c.fonts.elided(tail, width - 1)
    return f"{head}\n{rest}" if rest else c.fonts.elided(text, width)


def _note(track: Track, segment: Segment) -> str:
    """What differs from the usual, in the second line."""
    parts = []
    if track.kind == "prompt":
        if segment.strength != 1.0:
            parts.append(
                QCoreApplication.translate("Timeline", "strength {value}").format(value=localised(segment.strength))
            )
        if segment.emotion != "neutral" and segment.emotion_strength > 0:
            parts.append(f"{emotion_name(segment.emotion)} {round(segment.emotion_strength * 100)} %")
    if segment.blink != 1.0:
        parts.append(
            QCoreApplication.translate("Timeline", "blinks \u00d7{value}").format(value=localised(segment.blink))
        )
    return " · ".join(parts)


def _paint_ghost(c: PaintContext, row: Row, track: Track, ghost: Ghost) -> None:
    """A dragged segment where it would be dropped; red where it cannot be."""
    p = c.painter
    box = _box(c, row, ghost.start_us, ghost.end_us)
    refused = bool(c.preview.refusal)
    if box.width() < PLAIN_PX:
        box.setWidth(max(box.width(), 4.0))
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(QPen(shade_of(theme.ERROR if refused else theme.TEXT), 1.6))
    p.setBrush(shade_of(theme.ERROR, 205, 80) if refused else shade_of(_colour_name(track), 215, 130))
    p.drawRoundedRect(box.adjusted(0.8, 0.8, -0.8, -0.8), RADIUS, RADIUS)
    if refused:
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QBrush(shade_of(theme.OUTLINE, 110), Qt.BrushStyle.BDiagPattern))
        p.drawRoundedRect(box, RADIUS, RADIUS)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if box.width() >= TEXT_PX:
        _paint_text(c, track, ghost.segment, box)
