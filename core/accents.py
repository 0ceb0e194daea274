"""Where a speaker stresses: syllables, their prominence (loudness, pitch, attack) and the accents that gestures follow.

Works on tracks of the fine analysis grid of `core.speech` (about 100 windows a second), not on samples.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

ACCENT_DISTANCE: Final = 0.3
"""Seconds between accents at least: hands cannot beat faster."""

ACCENT_QUANTILE: Final = 0.55
"""Share of the syllables that are too weak for an accent; the rest thins out by distance to 1 to 2 a second."""

_SYLLABLE_DISTANCE: Final = 0.1
_SYLLABLE_PROMINENCE: Final = 2.5  # dB
_SMOOTHING: Final = 0.07  # s
_DYNAMIC_RANGE: Final = 35.0  # dB below the loudest that can still be a syllable
_ATTACK_SEARCH: Final = 0.2  # s before the peak of a syllable
_NEIGHBOURHOOD: Final = 1.5  # s on each side that a syllable is compared with
_BUMP: Final = 0.05  # s, standard deviation of a syllable in the accent curve


@dataclass(frozen=True)
class Syllables:
    """S syllable nuclei in time order.

    Attributes:
        attacks: (S,) int64 window numbers of the steepest rise.
        strengths: (S,) float64 0..1 prominence; 0.5 is the recording's median.
    """

    attacks: NDArray[np.int64]
    strengths: NDArray[np.float64]


def find_syllables(
    vowel: NDArray[np.float32],
    pitch: NDArray[np.float32],
    onset: NDArray[np.float32],
    speaking: NDArray[np.bool_],
    step: float,
) -> Syllables:
    """Find syllables and how prominent each is among its neighbours.

    Args:
        vowel: (N,) dB of the vowel band (300 to 3000 Hz).
        pitch: (N,) Hz, 0 unvoiced.
        onset: (N,) 0..1.
        speaking: (N,) bool.
        step: seconds between windows.
    """
    none = Syllables(np.zeros(0, np.int64), np.zeros(0))
    if not speaking.any():
        return none
    top = float(np.percentile(vowel[speaking], 98))
    loud = np.clip(vowel, top - _DYNAMIC_RANGE, None)
    kernel = np.hanning(2 * round(_SMOOTHING / step) + 1)[1:-1]
    # The edges repeat, so that a sound that is cut off at the end still has a peak before it.
    padded = np.pad(loud, len(kernel) // 2, mode="edge")
    smooth = np.convolve(padded, kernel / kernel.sum(), mode="valid")
    outside = np.full(1, top - _DYNAMIC_RANGE)
    from scipy.signal import find_peaks  # here, because it takes longer to import than all else of the engine's start

    peaks, _ = find_peaks(
        np.concatenate([outside, smooth, outside]),
        prominence=_SYLLABLE_PROMINENCE,
        distance=max(1, round(_SYLLABLE_DISTANCE / step)),
    )
    peaks = _separate(peaks - 1, smooth)
    peaks = peaks[speaking[peaks] & (smooth[peaks] > top - _DYNAMIC_RANGE + _SYLLABLE_PROMINENCE)]
    if not len(peaks):
        return none
    attacks = _attacks(peaks, onset, step)
    score = (
        0.45 * _above_neighbours(smooth[peaks], peaks * step) / 4.0
        + 0.35 * np.clip(_pitch_rise(pitch, attacks, peaks, step) / 4.0, -1.5, 2.0)
        + 0.2 * (onset[attacks] - float(np.median(onset[attacks]))) / 0.25
    )
    return Syllables(attacks, 1.0 / (1.0 + np.exp(-2.0 * (score - np.median(score)))))


def pick_accents(syllables: Syllables, step: float) -> NDArray[np.int64]:
    """(K,) ascending indices of the syllables that are accents: the most prominent, at least 0.3 s apart."""
    strengths = syllables.strengths
    if not len(strengths):
        return np.zeros(0, np.int64)
    enough = float(np.quantile(strengths, ACCENT_QUANTILE)) - 1e-3
    distance = ACCENT_DISTANCE / step
    attacks = syllables.attacks
    blocked = strengths < enough
    chosen: list[int] = []
    for candidate in np.argsort(-strengths, kind="stable"):
        if blocked[candidate]:
            continue
        chosen.append(int(candidate))
        first = np.searchsorted(attacks, attacks[candidate] - distance, side="right")
        last = np.searchsorted(attacks, attacks[candidate] + distance, side="left")
        blocked[first:last] = True
    return np.sort(np.array(chosen, dtype=np.int64))


def accent_curve(syllables: Syllables, count: int, step: float) -> NDArray[np.float32]:
    """(count,) 0..1: a bump of each syllable's strength at its attack, the larger one where bumps meet."""
    curve = np.zeros(count, dtype=np.float32)
    reach = round(4 * _BUMP / step)
    offsets = np.arange(-reach, reach + 1)
    bump = np.exp(-0.5 * (offsets * step / _BUMP) ** 2)
    for attack, strength in zip(syllables.attacks, syllables.strengths, strict=True):
        low, high = max(0, int(attack) - reach), min(count, int(attack) + reach + 1)
        part = (strength * bump[low - int(attack) + reach : high - int(attack) + reach]).astype(np.float32)
        np.maximum(curve[low:high], part, out=curve[low:high])
    return curve


def _separate(peaks: NDArray[np.int64], curve: NDArray[np.float64]) -> NDArray[np.int64]:
    """Keep one of neighbouring peaks without a real dip between them (a ripple of equal heights on a steady sound)."""
    kept: list[int] = []
    for peak in map(int, peaks):
        if kept:
            lower = min(curve[kept[-1]], curve[peak])
            if lower - curve[kept[-1] : peak].min() < _SYLLABLE_PROMINENCE:
                if curve[peak] > curve[kept[-1]]:
                    kept[-1] = peak
                continue
        kept.append(peak)
    return np.array(kept, dtype=np.int64)


def _attacks(peaks: NDArray[np.int64], onset: NDArray[np.float32], step: float) -> NDArray[np.int64]:
    """Strongest onset shortly before each peak, and after the peak before it."""
    search = round(_ATTACK_SEARCH / step)
    attacks = np.empty(len(peaks), dtype=np.int64)
    earliest = 0
    for index, peak in enumerate(peaks):
        low = max(earliest, int(peak) - search)
        attacks[index] = low + int(np.argmax(onset[low : int(peak) + 2]))
        earliest = int(peak) + 1
    return attacks


def _above_neighbours(values: NDArray[np.floating], times: NDArray[np.floating]) -> NDArray[np.float64]:
    """Each value less the mean of all values within the neighbourhood."""
    first = np.searchsorted(times, times - _NEIGHBOURHOOD, side="left")
    last = np.searchsorted(times, times + _NEIGHBOURHOOD, side="right")
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(values - (total[last] - total[first]) / (last - first))


def _pitch_rise(
    pitch: NDArray[np.float32], attacks: NDArray[np.int64], peaks: NDArray[np.int64], step: float
) -> NDArray[np.float64]:
    """Semitones of each syllable's pitch above the speech around it; 0 where it is unvoiced."""
    voiced = pitch > 0
    semitones = np.where(voiced, 12.0 * np.log2(np.maximum(pitch, 1.0)), 0.0)
    number = np.concatenate([[0], np.cumsum(voiced)])
    total = np.concatenate([[0.0], np.cumsum(semitones)])

    def mean(low: NDArray[np.int64], high: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        low, high = np.clip(low, 0, len(pitch)), np.clip(high, 0, len(pitch))
        found = number[high] - number[low]
        return (total[high] - total[low]) / np.maximum(found, 1), found

    reach = round(_NEIGHBOURHOOD / step)
    own, voiced_here = mean(attacks, peaks + round(0.08 / step))
    around, _ = mean(peaks - reach, peaks + reach)
    return np.where(voiced_here > 2, own - around, 0.0)
