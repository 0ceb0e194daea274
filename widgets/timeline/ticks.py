"""Which ticks and labels a ruler has at a zoom, in seconds or in timecode. Pure; drawn by `paint_ruler`."""

from dataclasses import dataclass
from typing import Final

from core.constants import MICROSECONDS
from core.timecode import TimecodeMode, format_seconds, format_timecode, frame_start
from widgets.timeline.view import TimeView

LABEL_PX: Final = {"seconds": 84.0, "timecode": 104.0}
"""Least distance of two labels."""

MINOR_PX: Final = 7.0

_SECONDS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800)
_PARTS: Final = {1: 10, 2: 4, 5: 5, 10: 10, 15: 3, 30: 6, 60: 6, 120: 4, 300: 5, 600: 10, 900: 3, 1800: 6, 3600: 6}
"""Into how many minor steps a step of so many seconds falls; 4 for those that are not named."""


@dataclass(frozen=True)
class Tick:
    """A line of the ruler.

    Attributes:
        time_us: where it is.
        label: its text, "" for a minor tick.
    """

    time_us: int
    label: str = ""


def ticks(view: TimeView, mode: TimecodeMode = "seconds", fps: float = 25.0) -> list[Tick]:
    """Return the ticks of a view and of one step on each side, in the order of time."""
    return _frame_ticks(view, fps) if mode == "timecode" else _second_ticks(view)


def _second_ticks(view: TimeView) -> list[Tick]:
    least = LABEL_PX["seconds"] * view.us_per_px
    step, parts = _decimal_step(least)
    if step >= MICROSECONDS:
        whole = next((s for s in _SECONDS if s * MICROSECONDS >= least), _SECONDS[-1])
        step, parts = whole * MICROSECONDS, _PARTS.get(whole, 4)
    digits = 0
    while digits < 6 and step % 10 ** (6 - digits):
        digits += 1
    minor = _minor(step, parts, view.us_per_px)
    first = max(0, int(view.start_us // step) * step)
    last = int(view.end_us) + step
    return [Tick(t, format_seconds(t, digits) if t % step == 0 else "") for t in range(first, last, minor)]


def _decimal_step(least_us: float) -> tuple[int, int]:
    step = 1
    while True:
        for factor, parts in ((1, 10), (2, 4), (5, 5)):
            if step * factor >= least_us:
                return step * factor, parts
        step *= 10


def _minor(step: int, parts: int, us_per_px: float) -> int:
    """The distance of minor ticks: `parts` to a step, or fewer where they would be too dense."""
    for count in (parts, 5, 2):
        if step % count == 0 and step / count / us_per_px >= MINOR_PX:
            return step // count
    return step


def _frame_ticks(view: TimeView, fps: float) -> list[Tick]:
    """As `_second_ticks`, counted in frames, so that every tick is the start of a frame."""
    base = max(1, round(fps))
    frame_us = MICROSECONDS / fps
    least = LABEL_PX["timecode"] * view.us_per_px / frame_us
    steps = [n for n in (1, 2, 5, 10) if n < base] + [s * base for s in _SECONDS]
    step = next((s for s in steps if s >= least), steps[-1])
    parts = _PARTS.get(step // base, 4) if step % base == 0 else step
    minor = next(
        (step // n for n in (parts, 5, 2) if n and step % n == 0 and step / n * frame_us / view.us_per_px >= MINOR_PX),
        step,
    )
    first = max(0, int(view.start_us / frame_us) // step * step)
    last = int(view.end_us / frame_us) + step
    result = []
    for frame in range(first, last, minor):
        time_us = frame_start(frame, fps)
        result.append(Tick(time_us, format_timecode(time_us, fps) if frame % step == 0 else ""))
    return result
