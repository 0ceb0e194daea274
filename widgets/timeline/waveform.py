"""The waveform as pixels: columns of smallest and largest sample, painted into tiles that move along while panning.

The tiles hang on a grid of device pixels counted from time 0, so a column always covers the same samples and nothing
shimmers when the view moves. Where a sample is wider than a pixel, the columns are those of the line between samples.
"""

from collections import OrderedDict
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage, QPixmap

from core.constants import MICROSECONDS
from core.peaks import BASE_BLOCK, PeaksPyramid
from widgets.timeline.scene import Samples

TILE: Final = 256
"""Device pixels across a tile."""

KEPT_TILES: Final = 96

LOUDEST_GAIN: Final = 8.0


class WaveformTiles:
    """Pixmaps of parts of the waveform at one zoom, made when they are first seen.

    Attributes:
        peaks, samples: what is drawn; set by `set_sound`.
        gain: factor that brings the loudest place of the recording to the edge of the row.
    """

    def __init__(self) -> None:
        self.peaks: PeaksPyramid | None = None
        self.samples: Samples | None = None
        self.gain = 1.0
        self._tiles: OrderedDict[tuple[float, int, int, int], QPixmap] = OrderedDict()

    def set_sound(self, peaks: PeaksPyramid | None, samples: Samples | None) -> None:
        """Draw another recording."""
        self.peaks, self.samples = peaks, samples
        self._tiles.clear()
        loudest = float(np.abs(peaks.levels[-1]).max(initial=0.0)) if peaks is not None and peaks.levels else 0.0
        self.gain = min(LOUDEST_GAIN, 1.0 / loudest) if loudest > 0 else 1.0

    def sample_width(self, us_per_px: float) -> float:
        """Return how many pixels wide a sample is, 0 where single samples are not known."""
        return (
            MICROSECONDS / self.peaks.rate / us_per_px if self.peaks is not None and self.samples is not None else 0.0
        )

    def tiles(
        self, first_column: int, last_column: int, us_per_column: float, height: int, colour: QColor
    ) -> list[tuple[int, QPixmap]]:
        """Return the tiles that cover columns [first, last), each with its first column.

        Args:
            first_column: device pixels counted from time 0.
            last_column: the first that is not wanted.
            us_per_column: microseconds under a device pixel.
            height: of the tiles in device pixels.
            colour: of the waveform.
        """
        wanted = range(first_column // TILE, -(-last_column // TILE))
        key = (us_per_column, height, colour.rgba())
        missing = [tile for tile in wanted if (*key, tile) not in self._tiles]
        if missing:
            # Panning misses tiles at one end, zooming all of them: one query serves both.
            self._make(missing[0], missing[-1] + 1, key, colour)
        result = []
        for tile in wanted:
            found = self._tiles.get((*key, tile))
            if found is not None:
                self._tiles.move_to_end((*key, tile))
                result.append((tile * TILE, found))
        while len(self._tiles) > max(KEPT_TILES, 2 * len(wanted)):
            self._tiles.popitem(last=False)
        return result

    def _make(self, first: int, last: int, key: tuple[float, int, int], colour: QColor) -> None:
        us_per_column, height, _ = key
        columns = self.columns(first * TILE, last * TILE, us_per_column)
        fine = self.sample_width(us_per_column) > 1
        pixels = shade(columns * self.gain, height, colour, 1.5 if fine else 1.0)
        for tile in range(first, last):
            part = np.ascontiguousarray(pixels[:, (tile - first) * TILE : (tile - first + 1) * TILE])
            image = QImage(part.data, TILE, height, TILE * 4, QImage.Format.Format_ARGB32_Premultiplied)
            self._tiles[(*key, tile)] = QPixmap.fromImage(image.copy())

    def columns(self, first: int, last: int, us_per_column: float) -> NDArray[np.float32]:
        """Return (last - first, 2) smallest and largest sample under each column, NaN beside the recording.

        Columns overlap their left neighbour where there would be a gap between them, so the drawing is one line.
        """
        peaks = self.peaks
        if peaks is None:
            return np.full((last - first, 2), np.nan, dtype=np.float32)
        per_column = us_per_column * peaks.rate / MICROSECONDS
        if self.samples is not None and per_column < 1:
            found = self._from_line(first - 1, last, us_per_column)
        elif self.samples is not None and per_column < 2 * BASE_BLOCK:
            found = self._from_samples(first - 1, last, per_column, peaks)
        else:
            start, end = (first - 1) * us_per_column / MICROSECONDS, last * us_per_column / MICROSECONDS
            found = peaks.query(start, end, last - first + 1)
        previous, found = found[:-1], found[1:].copy()
        touching = np.stack([np.minimum(found[:, 0], previous[:, 1]), np.maximum(found[:, 1], previous[:, 0])], axis=1)
        edges = np.arange(first, last) * per_column
        inside = (edges < peaks.num_samples) & (edges + per_column > 0)
        return np.where(inside[:, None], touching, np.nan).astype(np.float32)

    def _from_samples(self, first: int, last: int, per_column: float, peaks: PeaksPyramid) -> NDArray[np.float32]:
        edges = np.floor(np.arange(first, last + 1) * per_column + 1e-9).astype(np.int64)
        low = np.clip(edges[:-1], 0, peaks.num_samples)
        high = np.clip(np.maximum(edges[1:], edges[:-1] + 1), 0, peaks.num_samples)
        result = np.zeros((last - first, 2), dtype=np.float32)
        begin, end = int(low[0]), int(high[-1])
        data = self.samples(begin, end) if self.samples is not None and end > begin else np.zeros(0, np.float32)
        low, high = np.minimum(low - begin, len(data)), np.minimum(high - begin, len(data))
        full = np.flatnonzero(high > low)
        if len(full):
            # Ranges of neighbours touch or overlap by whole columns only where a column has one sample.
            starts = low[full]
            result[full, 0] = np.minimum.reduceat(data, starts)
            result[full, 1] = np.maximum.reduceat(data, starts)
        return result

    def _from_line(self, first: int, last: int, us_per_column: float) -> NDArray[np.float32]:
        """Columns narrower than a sample: what the line from sample to sample covers in each."""
        edges = np.arange(first, last + 1) * us_per_column
        times, values = self.sample_points(float(edges[0]), float(edges[-1]))
        if not len(times):
            return np.zeros((last - first, 2), dtype=np.float32)
        line = np.interp(edges, times, values)
        result = np.stack([np.minimum(line[:-1], line[1:]), np.maximum(line[:-1], line[1:])], axis=1)
        column = np.floor(times / us_per_column).astype(np.int64) - first
        inside = (column >= 0) & (column < len(result))
        np.minimum.at(result[:, 0], column[inside], values[inside])
        np.maximum.at(result[:, 1], column[inside], values[inside])
        return result.astype(np.float32)

    def sample_points(self, start_us: float, end_us: float) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Return times in microseconds and values of the samples of a stretch and of one or more on each side."""
        if self.peaks is None or self.samples is None:
            return np.zeros(0), np.zeros(0, dtype=np.float32)
        rate = self.peaks.rate
        first = max(0, int(start_us * rate / MICROSECONDS) - 1)
        last = min(self.peaks.num_samples, int(end_us * rate / MICROSECONDS) + 3)
        if last <= first:
            return np.zeros(0), np.zeros(0, dtype=np.float32)
        values = self.samples(first, last)
        return (first + np.arange(len(values), dtype=np.float64)) * (MICROSECONDS / rate), values


def shade(columns: NDArray[np.float32], height: int, colour: QColor, thickness: float = 1.0) -> NDArray[np.uint32]:
    """Return (height, W) premultiplied ARGB pixels of (W, 2) columns in -1..1; nothing where they are NaN.

    The ends of a column cover their pixel in part, so slopes are smooth; silence is a line of `thickness` pixels.
    """
    middle = height / 2
    scale = height / 2 - 1
    upper = middle - columns[:, 1] * scale
    lower = middle - columns[:, 0] * scale
    thin = np.maximum(0.0, thickness - (lower - upper)) / 2
    none = np.isnan(columns[:, 0])
    upper, lower = np.where(none, 0.0, upper - thin), np.where(none, 0.0, lower + thin)
    rows = np.arange(height, dtype=np.float32)[:, None]
    covered = np.minimum(rows + 1.0, lower.astype(np.float32)) - np.maximum(rows, upper.astype(np.float32))
    np.clip(covered, 0.0, 1.0, out=covered)
    covered *= 255.0
    covered += 0.5
    return _ramp(colour)[covered.astype(np.uint8)]


def _ramp(colour: QColor) -> NDArray[np.uint32]:
    """The 256 premultiplied ARGB values of a colour from clear to full."""
    alpha = np.arange(256, dtype=np.uint32) * colour.alpha() // 255
    red, green, blue = (alpha * part // 255 for part in (colour.red(), colour.green(), colour.blue()))
    return ((alpha << 24) | (red << 16) | (green << 8) | blue).astype(np.uint32)
