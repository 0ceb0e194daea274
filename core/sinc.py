"""Reading a signal at evenly spaced places that need not be whole samples: other speeds, backwards, other rates.

A windowed sinc, cut off below the lower of the two Nyquist frequencies, so that fast playback does not alias. For
random access in short blocks; a whole signal from its start is `core.resample`'s.
"""

import math
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

LOBES: Final = 8
"""Zero crossings of the sinc on each side."""

FAST: Final = 1.5
FAST_LOBES: Final = 3
"""Beyond `FAST` times the speed a shorter filter does: nobody listens closely, and a device's thread has to keep up."""

KAISER_BETA: Final = 7.0
CUTOFF: Final = 0.94
"""Cut-off as a share of the lower Nyquist frequency."""

_RESOLUTION: Final = 2048
_WHOLE: Final = 1e-6
"""A place this close to a sample is that sample: 20 ps at 48 kHz."""


def resample_at(samples: NDArray[np.int16], position: float, step: float, count: int) -> NDArray[np.float32]:
    """Read `count` values at position, position + step, position + 2 step, ...

    Args:
        samples: (N, C) int16; silence beyond both ends.
        position: place of the first value, in samples; any real number.
        step: distance between values, not 0; negative reads backwards, above 1 in size the signal is filtered first.
        count: how many values.

    Returns:
        (count, C) float32 in units of `samples`.
    """
    size = abs(step)
    nearest = round(position)
    if abs(size - 1.0) < 1e-12 and abs(position - nearest) < _WHOLE:
        if step > 0:
            return _slice(samples, nearest, nearest + count)
        return np.ascontiguousarray(_slice(samples, nearest - count + 1, nearest + 1)[::-1])
    scale = min(1.0, 1.0 / size) * CUTOFF
    lobes = LOBES if size <= FAST else FAST_LOBES
    half = math.ceil(lobes / scale)
    whole = round(size)
    if abs(size - whole) < 1e-12:
        return _by_whole_steps(samples, position, int(math.copysign(whole, step)), count, half, (scale, lobes))
    places = position + step * np.arange(count)
    base = np.floor(places).astype(np.int64)
    reach = np.arange(1 - half, half + 1)
    weights = _weights(reach[None, :] - (places - base)[:, None], scale, lobes)
    first = int(base.min()) - half + 1
    signal = _slice(samples, first, int(base.max()) + half + 1)
    gathered = signal[(base - first)[:, None] + reach[None, :]]
    result: NDArray[np.float32] = np.einsum("nk,nkc->nc", weights, gathered)
    return result


def _by_whole_steps(
    samples: NDArray[np.int16], position: float, step: int, count: int, half: int, kernel: tuple[float, int]
) -> NDArray[np.float32]:
    """The same where every value lies equally far from its samples: one row of weights serves all."""
    base = math.floor(position)
    weights = _weights(np.arange(1 - half, half + 1) - np.float64(position - base), *kernel)
    last = base + step * (count - 1)
    first = min(base, last) - half + 1
    signal = _slice(samples, first, max(base, last) + half + 1)
    rows = np.lib.stride_tricks.sliding_window_view(signal, 2 * half, axis=0)[:: abs(step)]
    result: NDArray[np.float32] = rows @ weights
    return np.ascontiguousarray(result[::-1]) if step < 0 else result


def _slice(samples: NDArray[np.int16], first: int, last: int) -> NDArray[np.float32]:
    """Samples [first, last) as float32, zeros beyond the ends."""
    inside = samples[min(max(first, 0), len(samples)) : min(max(last, 0), len(samples))].astype(np.float32)
    if len(inside) == last - first:
        return inside
    result = np.zeros((last - first, samples.shape[1]), dtype=np.float32)
    start = max(0, -first)
    result[start : start + len(inside)] = inside
    return result


@cache
def _table(lobes: int) -> NDArray[np.float32]:
    """The windowed sinc from its middle outwards, `_RESOLUTION` entries a lobe, then zeros."""
    places = np.arange(lobes * _RESOLUTION + 1) / _RESOLUTION
    window = np.i0(KAISER_BETA * np.sqrt(np.maximum(0.0, 1 - (places / lobes) ** 2))) / np.i0(KAISER_BETA)
    return np.concatenate([np.sinc(places) * window, np.zeros(1)]).astype(np.float32)


def _weights(distance: NDArray[np.float64], scale: float, lobes: int) -> NDArray[np.float32]:
    """Weights (..., K) that sum to 1 for samples at these distances."""
    index = np.minimum(np.abs(distance) * (scale * _RESOLUTION) + 0.5, lobes * _RESOLUTION + 1).astype(np.int64)
    weights = _table(lobes)[index]
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights
