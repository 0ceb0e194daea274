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
            it changes over time. A change moves no blink before it.

    Returns:
        (num_frames,) float32 0 (open) to 1 (shut).
    """
    rates = np.broadcast_to(np.maximum(np.asarray(rate, dtype=np.float64), 0.0), (num_frames,))
    # The blinking clock runs faster or slower than time: clock[t] is its reading at frame t.
    clock = np.concatenate([[0.0], np.cumsum(rates)]) / fps
    closure = np.zeros(num_frames)
    if not num_frames:
        return closure.astype(np.float32)
    seconds = np.arange(num_frames + 1) / fps
    frames = np.arange(num_frames) / fps
    reading = blink_times(float(clock[-1]), seed)
    # A stopped clock shows one reading for long; the blink belongs to its last moment, when it starts to run again.
    index = np.clip(np.searchsorted(clock, reading, side="right") - 1, 0, num_frames - 1)
    speed = rates[index] / fps
    begins = seconds[index] + np.where(speed > 0, (reading - clock[index]) / np.maximum(speed, 1e-12), 0.0) / fps
    for begin in begins:
        low = max(0, int((begin + _SHAPE_TIMES[0]) * fps) - 1)
        high = min(num_frames, int((begin + _SHAPE_TIMES[-1]) * fps) + 2)
        shape = np.interp(frames[low:high] - begin, _SHAPE_TIMES, _SHAPE, left=0.0, right=0.0)
        closure[low:high] = np.maximum(closure[low:high], shape)
    return closure.astype(np.float32)
