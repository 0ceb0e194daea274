"""Where nobody speaks: an adaptive threshold, pauses, and the segments of 2 to 10 s that a recording is cut into.

Judges loudness only, relative to the recording's own speech and noise; stress is in `core.accents`.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.audio import AudioTrack
from core.constants import MICROSECONDS, SPEECH_RATE

SHORTEST_PAUSE: Final = 0.25
"""Seconds; a shorter gap is part of speaking (stops, breaths)."""

SHORTEST_SEGMENT: Final = 2.0
LONGEST_SEGMENT: Final = 10.0
"""Seconds that a proposed segment lasts."""

_GAP: Final = 0.15  # s, gaps inside words
_BURST: Final = 0.05  # s, clicks
_STEP: Final = 0.01  # s
_QUIETEST_SPEECH: Final = -65.0  # dB: a recording whose loud parts stay below is silence with noise
_LEAST_CONTRAST: Final = 8.0  # dB between speech and noise; below, the recording is all one
_USED_RANGE: Final = 45.0  # dB below the loudness that matter


@dataclass(frozen=True)
class Pause:
    """A stretch without speech, in seconds."""

    start: float
    end: float


@dataclass(frozen=True)
class SpeechLevel:
    """Loudness of a recording in dB relative to full scale.

    Attributes:
        loudness: 95th percentile.
        threshold: what is louder is speech.
        silent: nothing in the recording can be speech.
    """

    loudness: float
    threshold: float
    silent: bool


def measure_level(energy: NDArray[np.float32], step: float) -> SpeechLevel:
    """Find the threshold between noise and speech.

    Args:
        energy: (N,) dB of windows.
        step: seconds between windows.
    """
    loudness = float(np.percentile(energy, 95)) if len(energy) else -100.0
    peak = float(energy.max(initial=-100.0))
    # A few words in a long silence: the percentile sees none of them.
    loudness = max(loudness, peak - 12.0)
    if loudness < _QUIETEST_SPEECH:
        return SpeechLevel(loudness, loudness, True)
    smooth = np.clip(_smooth(energy, 0.05, step), loudness - _USED_RANGE, None)
    cut = _two_classes(smooth)
    low, high = smooth[smooth < cut], smooth[smooth >= cut]
    if not len(low) or not len(high) or high.mean() - low.mean() < _LEAST_CONTRAST:
        return SpeechLevel(loudness, loudness - _USED_RANGE, False)
    return SpeechLevel(loudness, float(low.mean() + 0.4 * (high.mean() - low.mean())), False)


def speaking_mask(energy: NDArray[np.float32], level: SpeechLevel, step: float) -> NDArray[np.bool_]:
    """(N,) whether somebody speaks in each window; gaps inside words are filled, clicks removed."""
    if level.silent:
        return np.zeros(len(energy), dtype=bool)
    mask = _smooth(energy, 0.03, step) > level.threshold
    for value, shortest in ((False, _GAP), (True, _BURST)):
        for start, end in _runs(mask == value):
            inside = start > 0 and end < len(mask)
            if (end - start) * step < shortest and (inside or value):
                mask[start:end] = not value
    return mask


def find_pauses(samples: NDArray[np.float32], shortest: float = SHORTEST_PAUSE) -> tuple[Pause, ...]:
    """Find the stretches of at least `shortest` seconds without speech, in time order; also at both ends.

    Args:
        samples: (n,) float32 mono at 16 kHz.
        shortest: seconds.
    """
    energy = _energy(samples)
    mask = speaking_mask(energy, measure_level(energy, _STEP), _STEP)
    duration = len(samples) / SPEECH_RATE
    found = (Pause(round(start * _STEP, 6), min(round(end * _STEP, 6), duration)) for start, end in _runs(~mask))
    return tuple(pause for pause in found if pause.end - pause.start >= shortest)


def propose_segments(audio: AudioTrack) -> tuple[tuple[int, int], ...]:
    """Cut a recording into segments at its silences.

    The segments cover the recording without gaps or overlaps. Each lasts 2 to 10 s; only a recording shorter than 2 s
    gives a shorter one. Cuts lie in the longest pauses in reach, else at the quietest spot.

    Returns:
        (start, end) in integer microseconds, in time order.
    """
    energy = _energy(audio.samples)
    mask = speaking_mask(energy, measure_level(energy, _STEP), _STEP)
    quality = _cut_quality(energy, mask)
    cuts = _best_cuts(quality, audio.duration)
    edges = [0, *(round(cut * MICROSECONDS) for cut in cuts), audio.duration_us]
    return tuple(pairwise(edges))


def _cut_quality(energy: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(N,) how good a cut in each window is: about 0..1 by quietness in speech, 2 and more in the middle of a pause."""
    smooth = _smooth(energy, 0.1, _STEP)
    low, high = float(smooth.min()), float(smooth.max())
    quality: NDArray[np.float64] = np.asarray((high - smooth) / max(high - low, 1e-6), dtype=np.float64)
    for start, end in _runs(~mask):
        length = (end - start) * _STEP
        if length < _GAP:
            continue
        middle = 0.5 * (start + end - 1)
        nearness = 1.0 - np.abs(np.arange(start, end) - middle) / (end - start)
        quality[start:end] = 2.0 + min(length, 1.5) * 2.0 * nearness
    return quality


def _best_cuts(quality: NDArray[np.float64], duration: float) -> list[float]:
    """Cut times in seconds, by dynamic programming over a grid of 50 ms: best sum of quality less a cost per cut."""
    if duration < 2 * SHORTEST_SEGMENT:
        return []
    grid = 0.05
    per = round(grid / _STEP)
    count = int((duration - 1e-9) / grid)  # cut k lies at k * grid, 0 < k <= count
    shortest, longest = round(SHORTEST_SEGMENT / grid), round(LONGEST_SEGMENT / grid)
    # The best window within each grid cell stands for the cell.
    cost_per_cut = 2.5
    value = np.full(count + 1, -np.inf)
    value[0] = 0.0
    came_from = np.zeros(count + 1, dtype=np.int64)
    gain = np.array([quality[min(k * per, len(quality) - 1)] for k in range(count + 1)])
    for k in range(shortest, count + 1):
        low, high = max(0, k - longest), k - shortest + 1
        best = low + int(np.argmax(value[low:high]))
        value[k] = value[best] + gain[k] - cost_per_cut
        came_from[k] = best
    # The last segment runs to the very end and obeys the same limits.
    last = np.arange(count + 1)
    rest = duration - last * grid
    fits = (rest >= SHORTEST_SEGMENT) & (rest <= LONGEST_SEGMENT)
    k = int(np.argmax(np.where(fits, value, -np.inf)))
    cuts: list[float] = []
    while k > 0:
        cuts.append(k * grid)
        k = int(came_from[k])
    return cuts[::-1]


def _energy(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """(ceil(n / 160),) dB of consecutive stretches of 10 ms, the last one filled with silence."""
    width = round(_STEP * SPEECH_RATE)
    whole = len(samples) // width
    offset = np.float32(samples.mean(dtype=np.float64)) if len(samples) else np.float32(0)
    power = np.empty(-(-len(samples) // width), dtype=np.float32)
    for start in range(0, whole, 100_000):
        stop = min(start + 100_000, whole)
        block = samples[start * width : stop * width].reshape(-1, width) - offset
        power[start:stop] = np.einsum("nw,nw->n", block, block) / width
    if whole < len(power):
        rest = samples[whole * width :] - offset
        power[whole] = float(np.dot(rest, rest)) / width
    return np.asarray(10.0 * np.log10(np.maximum(power, 1e-10)), dtype=np.float32)


def _smooth(values: NDArray[np.float32], seconds: float, step: float) -> NDArray[np.float32]:
    """Moving average over about `seconds`, edges repeated."""
    half = round(0.5 * seconds / step)
    if half < 1 or not len(values):
        return values.copy()
    total = np.concatenate([[0.0], np.cumsum(np.pad(values, half, mode="edge"), dtype=np.float64)])
    width = 2 * half + 1
    return np.asarray((total[width:] - total[:-width]) / width, dtype=np.float32)


def _two_classes(values: NDArray[np.float32]) -> float:
    """Otsu's threshold (1979): the cut that separates the values best into two classes."""
    counts, edges = np.histogram(values, bins=128)
    centres = 0.5 * (edges[:-1] + edges[1:])
    weight = np.cumsum(counts)
    total = np.cumsum(counts * centres)
    above = weight[-1] - weight
    valid = (weight > 0) & (above > 0)
    low = total / np.maximum(weight, 1)
    high = (total[-1] - total) / np.maximum(above, 1)
    between = np.where(valid, weight * above * (high - low) ** 2, -1.0)
    return float(edges[int(np.argmax(between)) + 1])


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(start, end) of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
