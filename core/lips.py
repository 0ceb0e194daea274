"""How far and how wide the mouth opens while the recording plays, from loudness and spectrum alone.

For renderers without a talking network. No phonemes are recognised: vowels open, fricatives and closures close.
"""

from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from core.constants import SPEECH_RATE
from core.pauses import SpeechLevel, measure_level, speaking_mask
from core.spectrum import windows_at

_WINDOW: Final = 1024
"""Samples of the window: 64 ms, long enough to smooth over single pitch periods."""

_RANGE: Final = 32.0
"""Decibels between a shut and a wide open mouth at most."""

_POWER: Final = 1.5
"""Exponent of the loudness (0..1): keeps the mean opening of speech near 0.4."""

_ATTACK: Final = 0.65
_RELEASE: Final = 0.45
"""Share of the way that the mouth goes within one frame of 25 fps when it opens and when it shuts."""

_FRICATIVE: Final = 0.55
"""Share of the opening that a pure fricative takes away."""

_BLOCK: Final = 1500


@dataclass(frozen=True)
class MouthTrack:
    """T frames, frame t at t / fps seconds.

    Attributes:
        opening: (T,) float32 0 (shut) to 1 (as wide as in loud speech); exactly 0 in silence.
        width: (T,) float32 0 (rounded, as in "oo") to 1 (spread, as in "ee"); 0.5 is the shape at rest.
    """

    opening: NDArray[np.float32]
    width: NDArray[np.float32]


def mouth_opening(samples: NDArray[np.float32], fps: float, num_frames: int) -> MouthTrack:
    """Drive a mouth from speech.

    Args:
        samples: (n,) float32 mono at 16 kHz, the whole recording: levels are judged relative to it.
        fps: frames per second, above 0.
        num_frames: frames to compute from the start on; beyond the samples is silence.

    Returns:
        The track. A frame depends on the recording and its absolute number only, not on `num_frames`.
    """
    heard = ceil(len(samples) * fps / SPEECH_RATE)
    total = max(heard, num_frames)
    middle, high, front, back = _band_levels(samples, fps, total).T
    # Levels and means come from the whole recording, however few or many frames are asked for.
    level = measure_level(middle[:heard], 1.0 / fps)
    if level.silent:
        return MouthTrack(np.zeros(num_frames, np.float32), np.full(num_frames, 0.5, np.float32))
    loudness = _loudness(middle, level)
    fricative = 1.0 / (1.0 + np.exp(-(high - middle + 3.0) / 2.0))
    speaking = speaking_mask(middle, level, 1.0 / fps)
    target = np.where(speaking, loudness**_POWER * (1.0 - _FRICATIVE * fricative), 0.0)
    opening = _follow(target, fps)
    # What is left of the release in silence is too small to see, but it would keep the lips from ever closing.
    opening = np.where(opening < 0.02, 0.0, opening)
    width = _width(front - back, opening, heard, fps)
    return MouthTrack(opening[:num_frames].astype(np.float32), width[:num_frames])


def _band_levels(samples: NDArray[np.float32], fps: float, num_frames: int) -> NDArray[np.float32]:
    """(T, 4) dB of 300-3000 Hz, 3.5-8 kHz, 1.7-3 kHz (front vowels) and 400-1100 Hz (back and rounded vowels)."""
    taper = np.hanning(_WINDOW).astype(np.float32)
    hertz = np.arange(_WINDOW // 2 + 1) * (SPEECH_RATE / _WINDOW)
    edges = ((300.0, 3000.0), (3500.0, 8001.0), (1700.0, 3000.0), (400.0, 1100.0))
    weights = np.stack([(hertz >= low) & (hertz < high) for low, high in edges], axis=1).astype(np.float32)
    weights *= 2.0 / (_WINDOW * float((taper**2).sum()))
    bands = np.empty((num_frames, len(edges)), dtype=np.float32)
    for start in range(0, num_frames, _BLOCK):
        stop = min(start + _BLOCK, num_frames)
        centres = np.rint(np.arange(start, stop) * (SPEECH_RATE / fps)).astype(np.int64)
        spectrum = fft.rfft(windows_at(samples, centres, _WINDOW) * taper, axis=1)
        bands[start:stop] = (spectrum.real**2 + spectrum.imag**2) @ weights
    return np.asarray(10.0 * np.log10(np.maximum(bands, 1e-10)), dtype=np.float32)


def _loudness(middle: NDArray[np.float32], level: SpeechLevel) -> NDArray[np.float32]:
    """(T,) 0..1 from the quietest speech (at most 32 dB below the loud) to the loudness of the recording."""
    quiet = max(level.loudness - _RANGE, min(level.threshold - 6.0, level.loudness - 12.0))
    return np.asarray(np.clip((middle - quiet) / (level.loudness - quiet), 0.0, 1.0), dtype=np.float32)


def _follow(target: NDArray[np.floating], fps: float) -> NDArray[np.float64]:
    """First-order motion of the jaw towards the target, quicker to open than to shut, alike at any frame rate."""
    attack = 1.0 - (1.0 - _ATTACK) ** (25.0 / fps)
    release = 1.0 - (1.0 - _RELEASE) ** (25.0 / fps)
    followed = np.empty(len(target))
    value = 0.0
    for index, goal in enumerate(target.tolist()):
        value += (attack if goal > value else release) * (goal - value)
        followed[index] = value
    return followed


def _width(contrast: NDArray[np.float32], opening: NDArray[np.float64], heard: int, fps: float) -> NDArray[np.float32]:
    """(T,) 0..1: front against back vowels relative to the speaker's own mean; at rest where the mouth is shut."""
    weight = np.maximum(opening[:heard], 1e-6)
    middle = float(np.average(contrast[:heard], weights=weight))
    spread = max(float(np.sqrt(np.average((contrast[:heard] - middle) ** 2, weights=weight))), 3.0)
    shape = np.tanh((contrast - middle) / (1.5 * spread)) * np.minimum(opening / 0.2, 1.0)
    # The corners of the mouth move more slowly than the jaw: a symmetric window of about 120 ms.
    half = round(0.06 * fps)
    kernel = np.hanning(2 * half + 3)[1:-1]
    smooth = np.convolve(np.pad(shape, half, mode="edge"), kernel / kernel.sum(), mode="valid")
    return np.asarray(np.clip(0.5 + 0.5 * smooth, 0.0, 1.0), dtype=np.float32)
