"""Short-time analysis shared by the speech features and the lips: windows at absolute times, mel bands, YIN pitch.

Everything is vectorised over windows; callers go block by block to keep memory small. No decisions about speech here.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from core.constants import SPEECH_RATE

WINDOW: Final = 400
"""Samples of the analysis window: 25 ms."""

FFT_SIZE: Final = 512

NUM_MELS: Final = 40
LOWEST_MEL: Final = 60.0
HIGHEST_MEL: Final = 7600.0
"""Edges of the mel bands in Hz."""

LOWEST_PITCH: Final = 65.0
HIGHEST_PITCH: Final = 400.0
"""Range of pitch in Hz."""

_PITCH_RATE: Final = SPEECH_RATE // 2
_PITCH_WINDOW: Final = 288
_OCTAVE_TOLERANCE: Final = 0.1


def windows_at(samples: NDArray[np.float32], centres: NDArray[np.int64], length: int) -> NDArray[np.float32]:
    """(N, length) stretches of `samples` around the sample numbers `centres` (N,); silence beyond both ends."""
    if not len(centres):
        return np.zeros((0, length), dtype=np.float32)
    first = int(centres.min()) - length // 2
    last = int(centres.max()) - length // 2 + length
    inside = samples[max(first, 0) : max(last, 0)]
    stretch = np.zeros(last - first, dtype=np.float32)
    offset = max(-first, 0)
    stretch[offset : offset + len(inside)] = inside
    view = np.lib.stride_tricks.sliding_window_view(stretch, length)
    return np.asarray(view[centres - length // 2 - first])


@cache
def hann_window() -> NDArray[np.float32]:
    """(400,) periodic Hann window."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


def power_spectrum(windows: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, 257) power of (N, 400) windows less their mean; a sine of amplitude 1 peaks at 0.5, its mean power."""
    taper = hann_window()
    spectrum = fft.rfft((windows - windows.mean(axis=1, keepdims=True)) * taper, FFT_SIZE, axis=1)
    scale = 2.0 / float(taper.sum()) ** 2
    return np.asarray((spectrum.real**2 + spectrum.imag**2) * scale, dtype=np.float32)


@cache
def mel_filters() -> NDArray[np.float32]:
    """(257, 40) triangular filters of peak 1, equally spaced in mel (m = 2595 log10(1 + f / 700))."""

    def mel(hertz: float) -> float:
        return 2595.0 * float(np.log10(1.0 + hertz / 700.0))

    corners = 700.0 * (10.0 ** (np.linspace(mel(LOWEST_MEL), mel(HIGHEST_MEL), NUM_MELS + 2) / 2595.0) - 1.0)
    bins = np.arange(FFT_SIZE // 2 + 1)[:, None] * (SPEECH_RATE / FFT_SIZE)
    rising = (bins - corners[:-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[2:] - bins) / (corners[2:] - corners[1:-1])
    return np.clip(np.minimum(rising, falling), 0.0, None).astype(np.float32)


@cache
def band_weights(low: float, high: float) -> NDArray[np.float32]:
    """(257,) 1 for the bins from `low` to `high` Hz, else 0; sums the spectrum to the band's mean power."""
    bins = np.arange(FFT_SIZE // 2 + 1) * (SPEECH_RATE / FFT_SIZE)
    taper = hann_window().astype(np.float64)
    # Parseval: bins of a tapered window hold more than the mean power, by this factor.
    gain = FFT_SIZE * float((taper**2).sum()) / float(taper.sum()) ** 2
    return (((bins >= low) & (bins < high)) / gain).astype(np.float32)


def decibels(power: NDArray[np.float32], floor: float = 1e-10) -> NDArray[np.float32]:
    """10 log10 of a power, not below -100 dB."""
    return np.asarray(10.0 * np.log10(np.maximum(power, floor)), dtype=np.float32)


def half_rate(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples at 8 kHz for `yin_pitch`: low-passed at about 1.2 kHz, every second one kept."""
    if not len(samples):
        return samples
    taps = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(17) + 1) / 18)
    smooth = np.convolve(samples, (taps / taps.sum()).astype(np.float32), mode="same")
    return np.asarray(smooth[::2], dtype=np.float32)


def yin_pitch(
    halved: NDArray[np.float32], centres: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Pitch by YIN (de Cheveigne and Kawahara 2002), whole windows at once.

    Args:
        halved: samples at 8 kHz, from `half_rate`.
        centres: (N,) sample numbers at 8 kHz.

    Returns:
        (N,) pitch in Hz, 65 to 400, whether voiced or not, and (N,) aperiodicity: 0 periodic, about 1 noise.
    """
    longest = int(_PITCH_RATE / LOWEST_PITCH) + 2
    shortest = int(_PITCH_RATE / HIGHEST_PITCH) - 1
    windows = windows_at(halved, centres, _PITCH_WINDOW + longest)
    windows = windows - windows.mean(axis=1, keepdims=True)
    size = fft.next_fast_len(_PITCH_WINDOW + longest, real=True)
    whole = fft.rfft(windows, size, axis=1)
    head = fft.rfft(windows[:, :_PITCH_WINDOW], size, axis=1)
    correlation = fft.irfft(whole * head.conj(), size, axis=1)[:, : longest + 1]
    power = np.concatenate([np.zeros((len(windows), 1), np.float32), np.cumsum(windows**2, axis=1)], axis=1)
    energy = power[:, _PITCH_WINDOW:] - power[:, : longest + 1]
    difference = np.maximum(energy[:, :1] + energy - 2.0 * correlation, 0.0)
    total = np.cumsum(difference[:, 1:], axis=1)
    lags = np.arange(1, longest + 1)
    normal = np.ones_like(difference)
    # A silent window has no difference at all: it counts as noise.
    normal[:, 1:] = np.where(total > 1e-9, difference[:, 1:] * lags / np.maximum(total, 1e-9), 1.0)
    inner = normal[:, shortest:longest]
    dip = (inner <= normal[:, shortest - 1 : longest - 1]) & (inner <= normal[:, shortest + 1 : longest + 1])
    depth = np.where(dip, inner, 2.0)
    # The first dip that is nearly as deep as the deepest: multiples of the period match as well, an octave low.
    good = depth <= np.minimum(depth.min(axis=1, keepdims=True) + _OCTAVE_TOLERANCE, 1.5)
    chosen = np.argmax(good, axis=1) + shortest
    rows = np.arange(len(windows))
    before, at, after = (normal[rows, chosen + step] for step in (-1, 0, 1))
    bend = before + after - 2.0 * at
    shift = np.where(bend > 1e-9, 0.5 * (before - after) / np.maximum(bend, 1e-9), 0.0)
    pitch = _PITCH_RATE / (chosen + np.clip(shift, -0.5, 0.5))
    aperiodicity = np.where(good.any(axis=1), at, 1.0)
    return (
        np.clip(pitch, LOWEST_PITCH, HIGHEST_PITCH).astype(np.float32),
        np.clip(aperiodicity, 0.0, 1.0).astype(np.float32),
    )
