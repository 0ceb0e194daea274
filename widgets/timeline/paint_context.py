"""What the painters of the rows share: the painter, where things are, fonts, caches and elided text."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPixmap

from widgets import theme
from widgets.timeline.figures import Figures
from widgets.timeline.hit import RULER_HEIGHT, Hit
from widgets.timeline.preview import NOTHING, Preview
from widgets.timeline.rows import Row, RowLayout
from widgets.timeline.scene import Scene, TrackIndex
from widgets.timeline.thumbs import Thumbs
from widgets.timeline.view import TimeView
from widgets.timeline.waveform import WaveformTiles


@dataclass
class Fonts:
    """Fonts of the timeline, made once from the widget's font.

    Attributes:
        normal: prompts.
        small: labels of the ruler, states, takes.
        italic: stand-ins for missing text.
    """

    normal: QFont
    small: QFont = field(init=False)
    italic: QFont = field(init=False)

    def __post_init__(self) -> None:
        size = self.normal.pointSizeF() if self.normal.pointSizeF() > 0 else 10.0
        self.small = QFont(self.normal)
        self.small.setPointSizeF(max(7.0, size - 1.5))
        self.italic = QFont(self.normal)
        self.italic.setItalic(True)
        self._elided: dict[tuple[str, int, bool], str] = {}
        self._metrics = {False: QFontMetricsF(self.normal), True: QFontMetricsF(self.small)}

    def metrics(self, *, small: bool = False) -> QFontMetricsF:
        """Return the metrics of the normal or the small font."""
        return self._metrics[small]

    def elided(self, text: str, width: float, *, small: bool = False) -> str:
        """Return the text cut to a width with an ellipsis, "" where not even three letters fit."""
        key = (text, int(width), small)
        found = self._elided.get(key)
        if found is None:
            if len(self._elided) > 4000:
                self._elided.clear()
            metrics = self._metrics[small]
            found = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(width))
            if found != text and len(found) < 4:
                found = ""
            self._elided[key] = found
        return found


@dataclass
class PaintContext:
    """One paint of one rectangle.

    Attributes:
        painter: with the canvas's coordinates.
        scene, view, rows, scroll_y: what is where.
        left, right: pixels between which something is to be painted; painters leave out what lies beside.
        ratio: device pixels in a logical pixel.
        fonts, tiles, figures, thumbs: caches.
        preview: a drag in progress.
        hover: what the pointer is over.
        keyboard: whether the focused segment gets a visible ring.
    """

    painter: QPainter
    scene: Scene
    view: TimeView
    rows: RowLayout
    scroll_y: int
    left: float
    right: float
    ratio: float
    fonts: Fonts
    tiles: WaveformTiles
    figures: Figures
    thumbs: Thumbs
    preview: Preview = NOTHING
    hover: Hit | None = None
    keyboard: bool = False

    def __post_init__(self) -> None:
        # A picture of thousands of segments asks for thousands of places.
        self._first_us = self.view.start_us
        self._pixels_per_us = self.ratio / self.view.us_per_px

    @property
    def start_us(self) -> float:
        """Time at the left end of what is painted."""
        return self.view.start_us + self.left * self.view.us_per_px

    @property
    def end_us(self) -> float:
        """Time at the right end of what is painted."""
        return self.view.start_us + self.right * self.view.us_per_px

    def crisp(self, value: float) -> float:
        """Return a coordinate moved to the nearest edge of a device pixel."""
        return round(value * self.ratio) / self.ratio

    def x(self, time_us: float) -> float:
        """Return the crisp pixel of a time."""
        return round((time_us - self._first_us) * self._pixels_per_us) / self.ratio

    def xs(self, times_us: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the crisp pixels of times, as `x` does for one."""
        return np.asarray(np.round((times_us - self._first_us) * self._pixels_per_us) / self.ratio, np.float64)

    def top(self, row: Row) -> float:
        """Return a row's upper edge on the canvas."""
        return float(RULER_HEIGHT + row.top - self.scroll_y)

    def visible(self, row: Row) -> bool:
        """Whether a row is on the canvas at all; the canvas clips the rest."""
        return row.bottom > self.scroll_y

    def strip(self, row: Row) -> QRectF:
        """Return the part of a row that is painted."""
        return QRectF(self.left, self.top(row), self.right - self.left, row.height)

    def hair(self, colour: QColor) -> QPen:
        """Return a pen of one device pixel."""
        return QPen(colour, 0)


def tiny_segments(
    c: PaintContext, index: TrackIndex, places: NDArray[np.int64], colours: NDArray[np.uint32]
) -> NDArray[np.uint32]:
    """Return the colours of the device pixels of the painted strip under segments that are too narrow for boxes.

    Args:
        c: the paint.
        index: their track.
        places: (K,) which of its segments are tiny, in order.
        colours: (K,) premultiplied ARGB.

    Returns:
        (W,) ARGB, 0 where there is none. Every segment has a pixel, however narrow it is.
    """
    first = round(c.left * c.ratio)
    width = max(1, round(c.right * c.ratio) - first)
    us_per_pixel = c.view.us_per_px / c.ratio
    result = np.zeros(width, dtype=np.uint32)
    if not len(places):
        return result
    starts, ends = index.starts[places], index.ends[places]
    times = c.view.start_us + (first + np.arange(width) + 0.5) * us_per_pixel
    under = np.searchsorted(starts, times, side="right") - 1
    covered = (under >= 0) & (times < ends[np.maximum(under, 0)])
    result[covered] = colours[under[covered]]
    pixels = np.floor((starts - c.view.start_us) / us_per_pixel).astype(np.int64) - first
    inside = (pixels >= 0) & (pixels < width)
    result[pixels[inside]] = colours[inside]
    return result


def paint_pixels(c: PaintContext, top: float, height: float, colours: NDArray[np.uint32]) -> None:
    """Paint (W,) ARGB colours of the device pixels of the painted strip, drawn out to a height."""
    if not colours.any():
        return
    line = np.ascontiguousarray(colours)
    image = QImage(line.data, len(line), 1, len(line) * 4, QImage.Format.Format_ARGB32_Premultiplied)
    left = round(c.left * c.ratio) / c.ratio
    c.painter.drawImage(QRectF(left, top, len(line) / c.ratio, height), image)


def argb(colour: QColor) -> int:
    """Return a colour as premultiplied ARGB."""
    alpha = colour.alpha()
    red, green, blue = (part * alpha // 255 for part in (colour.red(), colour.green(), colour.blue()))
    return alpha << 24 | red << 16 | green << 8 | blue


@lru_cache(maxsize=64)
def glyph(name: str, size: int, ratio: float) -> QPixmap:
    """Return an icon as a pixmap of so many logical pixels."""
    return theme.icon(name).pixmap(QSize(size, size), ratio)


@lru_cache(maxsize=256)
def shade_of(name: str, alpha: int = 255, lighter: int = 100) -> QColor:
    """Return a colour of the theme, lighter above 100 and darker below; the result must not be changed."""
    colour = QColor(name).lighter(lighter) if lighter >= 100 else QColor(name).darker(10_000 // lighter)
    colour.setAlpha(alpha)
    return colour
