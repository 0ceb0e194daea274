"""When a calm person blinks: closure of the lids as a function of absolute time and a seed.

The same frame gets the same closure whatever range is rendered. How a lid is drawn belongs to the renderers.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

MEDIAN_INTERVAL: Final = 3.6
SPREAD: Final = 0.4
SHORTEST_INTERVAL: Final = 1.6
LONGEST_INTERVAL: Final = 9.0
"""Seconds between blinks at rate 1: log-normal about the median, most of them 2 to 6 s, never outside the limits."""

_SHAPE_TIMES: Final = 0.04 * np.arange(-1, 7)
_SHAPE: Final = np.array([0.0, 0.5, 1.0, 1.0, 0.7, 0.4, 0.15, 0.0])
"""Closure over time: shut within 80 ms, open again after another 200 ms (six frames at 25 fps)."""


def blink_times(duration: float, seed: int) -> NDArray[np.float64]:
    """(K,) seconds at which blinks begin in 0..`duration`, ascending; a longer duration only adds later ones."""
    random = np.random.default_rng(seed)
    times: list[float] = []
    # The first one comes early enough to be seen in a short video.
    time = 0.4 + 2.0 * float(random.random())
    while time < duration:
        times.append(time)
        interval = MEDIAN_INTERVAL * float(np.exp(SPREAD * random.standard_normal()))
        time += min(max(interval, SHORTEST_INTERVAL), LONGEST_INTERVAL)
    return np.array(times)


def blink_track(
    num_frames: int, fps: float, seed: int, rate: float | NDArray[np.floating] = 1.0
) -> NDArray[np.float32]:
    """Closure of the lids, frame t at t / fps seconds from the start of the recording.

    Args:
        num_frames: frames from the start of the recording on.
        fps: frames per second.
        seed: other seeds blink at other times.
        rate: blinks relative to the natural rate, 0 (none) to 2 (twice as many); one number, or (num_frames,) where
            it changes over time. A change moves no blink before or after its stretch.

    Returns:
        (num_frames,) float32 0 (open) to 1 (shut).
    """
    rates = np.broadcast_to(np.maximum(np.asarray(rate, dtype=np.float64), 0.0), (num_frames,))
    closure = np.zeros(num_frames)
    if not num_frames:
        return closure.astype(np.float32)
    frames = np.arange(num_frames) / fps
    begins = _begins(rates, fps, seed)
    for begin in begins:
        low = max(0, int((begin + _SHAPE_TIMES[0]) * fps) - 1)
        high = min(num_frames, int((begin + _SHAPE_TIMES[-1]) * fps) + 2)
        shape = np.interp(frames[low:high] - begin, _SHAPE_TIMES, _SHAPE, left=0.0, right=0.0)
        closure[low:high] = np.maximum(closure[low:high], shape)
    return closure.astype(np.float32)


def _begins(rates: NDArray[np.float64], fps: float, seed: int) -> list[float]:
    """Seconds at which blinks begin, descending; each stretch of one rate knows only its own start and what follows."""
    edges = np.concatenate([[0], np.flatnonzero(np.diff(rates)) + 1, [len(rates)]])
    begins: list[float] = []
    for first, last in zip(edges[-2::-1], edges[:0:-1], strict=True):
        start, end, rate = first / fps, last / fps, float(rates[first])
        # Within the stretch time runs that much faster.
        natural = blink_times(start + (end - start) * rate, seed)
        inside = [start + (time - start) / rate for time in natural[natural >= start]] if rate > 0 else []
        room = SHORTEST_INTERVAL / max(rate, 1.0)
        while rate != 1.0 and inside and begins and begins[-1] - inside[-1] < room:
            inside.pop()
        begins += inside[::-1]
    return begins
