"""Min/max pyramid of a recording, so that its waveform is drawn at any zoom in no time.

Made from the 16 kHz mono samples once and kept in a file. Drawing belongs to the widgets.
"""

import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.atomic import atomic_path
from core.audio import load_audio
from core.cache import fingerprint
from core.cancel import CancelToken, ProgressCallback, ignore_progress
from core.constants import SPEECH_RATE

BASE_BLOCK: Final = 64
"""Samples under one entry of the finest level (4 ms); each further level covers 4 times as many."""

STEP: Final = 4

_FORMAT: Final = 1
_CHUNK: Final = BASE_BLOCK * (1 << 14)


@dataclass(frozen=True)
class PeaksPyramid:
    """Smallest and largest sample of every stretch of 64, 256, 1024, ... samples.

    Attributes:
        levels: (n_k, 2) float32 min and max, finest first; the last entry of a level may cover fewer samples.
        num_samples: samples of the recording.
        rate: samples per second.
    """

    levels: tuple[NDArray[np.float32], ...]
    num_samples: int
    rate: int = SPEECH_RATE

    @classmethod
    def build(cls, samples: NDArray[np.float32], rate: int = SPEECH_RATE) -> "PeaksPyramid":
        """Build from (n,) float32 samples."""
        return cls.from_blocks((samples[i : i + _CHUNK] for i in range(0, len(samples), _CHUNK)), rate)

    @classmethod
    def from_blocks(cls, blocks: Iterable[NDArray[np.float32]], rate: int = SPEECH_RATE) -> "PeaksPyramid":
        """Build from consecutive (n,) float32 blocks of any length; only the pyramid is kept in memory."""
        parts: list[NDArray[np.float32]] = []
        rest: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        total = 0
        for block in blocks:
            total += len(block)
            joined = np.concatenate([rest, block]) if len(rest) else block
            whole = len(joined) // BASE_BLOCK * BASE_BLOCK
            table = joined[:whole].reshape(-1, BASE_BLOCK)
            parts.append(np.stack([table.min(axis=1), table.max(axis=1)], axis=1))
            rest = joined[whole:]
        if len(rest):
            parts.append(np.array([[rest.min(), rest.max()]], dtype=np.float32))
        base = np.concatenate(parts) if parts else np.zeros((0, 2), dtype=np.float32)
        return cls(_coarser(base), total, rate)

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.num_samples / self.rate

    def query(
        self, start: float, end: float, width: int, samples: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Smallest and largest sample under each of `width` columns of pixels between two times.

        Args:
            start: second at the left edge of the first column.
            end: second at the right edge of the last column, above `start`.
            width: number of columns.
            samples: the recording's samples, for exactness below 4 ms. Without them the edge of a column is moved
                outwards to the next multiple of 64 samples.

        Returns:
            (width, 2) float32 min and max; 0, 0 where a column lies beside the recording. Column i covers the samples
            that `column_edges` says.
        """
        low, high = column_edges(start, end, width, self.rate)
        low, high = np.clip(low, 0, self.num_samples), np.clip(high, 0, self.num_samples)
        result = np.empty((width, 2), dtype=np.float32)
        result[:, 0], result[:, 1] = np.inf, -np.inf
        if samples is None:
            high = np.where(high > low, -(-high // BASE_BLOCK), 0)
            low = low // BASE_BLOCK
        else:
            low, high = _take(result, samples, low, high, BASE_BLOCK)
        for level in self.levels[:-1]:
            if not (high > low).any():
                break
            low, high = _take(result, level, low, high, STEP)
        if self.levels:
            _take(result, self.levels[-1], low, high, len(self.levels[-1]) + 1)
        result[result[:, 0] > result[:, 1]] = 0.0
        return result

    def save(self, path: str | os.PathLike[str], source: str) -> None:
        """Write to a file.

        Args:
            path: file to make or replace; whole or not at all.
            source: fingerprint of the recording.

        Raises:
            OSError: the file cannot be written.
        """
        base = self.levels[0] if self.levels else np.zeros((0, 2), dtype=np.float32)
        header = np.array([_FORMAT, BASE_BLOCK, self.num_samples, self.rate], dtype=np.int64)
        with atomic_path(path) as temporary, open(temporary, "wb") as file:
            np.savez(file, header=header, source=np.array(source), base=base)

    @classmethod
    def load(cls, path: str | os.PathLike[str], source: str) -> "PeaksPyramid | None":
        """Read what `save` wrote; None if the file is missing, damaged, or made from another recording."""
        try:
            with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
                header, base, made_from = file["header"].tolist(), file["base"], str(file["source"])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None
        if made_from != source or header[:2] != [_FORMAT, BASE_BLOCK] or base.dtype != np.float32:
            return None
        if base.shape != (-(-header[2] // BASE_BLOCK), 2):
            return None
        return cls(_coarser(base), header[2], header[3])


def column_edges(start: float, end: float, width: int, rate: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First sample (inclusive) and last sample (exclusive) of each of `width` columns, each (width,); never empty."""
    edges = np.floor(start * rate + np.arange(width + 1) * ((end - start) * rate / width) + 1e-9).astype(np.int64)
    return edges[:-1], np.maximum(edges[1:], edges[:-1] + 1)


def cached_peaks(
    cache_file: str | os.PathLike[str],
    audio_path: str | os.PathLike[str],
    progress: ProgressCallback = ignore_progress,
    cancel: CancelToken | None = None,
) -> PeaksPyramid:
    """Read the pyramid of a recording from its file, or decode the recording and write it.

    Args:
        cache_file: where the pyramid is kept; a damaged or outdated one is replaced.
        audio_path: the recording.
        progress: told the stage "audio" while decoding.
        cancel: looked at while decoding.

    Raises:
        core.audio.AudioError: the recording cannot be used.
        core.cancel.Cancelled: the token was set.
        OSError: the cache file cannot be written.
    """
    if Path(audio_path).is_file():
        known = PeaksPyramid.load(cache_file, fingerprint(audio_path))
        if known is not None:
            return known
    pyramid = PeaksPyramid.build(load_audio(audio_path, progress, cancel).samples)
    pyramid.save(cache_file, fingerprint(audio_path))
    return pyramid


def _coarser(base: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
    """All levels above (n, 2) `base`, which comes first, until one has at most 4 entries."""
    levels = [base]
    while len(levels[-1]) > STEP:
        level = levels[-1]
        starts = np.arange(0, len(level), STEP)
        smallest = np.minimum.reduceat(level[:, 0], starts)
        levels.append(np.stack([smallest, np.maximum.reduceat(level[:, 1], starts)], axis=1))
    return tuple(levels)


def _take(
    result: NDArray[np.float32],
    level: NDArray[np.float32],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    step: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Merge what does not fill whole entries of the next level; return the rest in the next level's units.

    Args:
        result: (W, 2) running min and max, changed in place.
        level: (n, 2) min and max, or (n,) samples.
        low: (W,) first entry of each column.
        high: (W,) end of its entries (exclusive).
        step: entries of this level under one of the next.
    """
    head = np.minimum(high, -(-low // step) * step)
    tail = np.maximum(head, high // step * step)
    smallest, largest = (level[:, 0], level[:, 1]) if level.ndim == 2 else (level, level)
    for first, last in ((low, head), (tail, high)):
        some = np.flatnonzero(last > first)
        if not len(some):
            continue
        begin, end = first[some], last[some]
        # Shorter columns take their last entry again, which changes neither their smallest nor their largest.
        index = np.minimum(begin + np.arange((end - begin).max())[:, None], end - 1)
        result[some, 0] = np.minimum(result[some, 0], smallest[index].min(axis=0))
        result[some, 1] = np.maximum(result[some, 1], largest[index].max(axis=0))
    return np.where(tail > head, head // step, 0), np.where(tail > head, tail // step, 0)
