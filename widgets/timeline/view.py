"""How time lies on the screen: which time is at which pixel, and how zooming, panning and fitting change that.

Pure arithmetic in logical pixels and microseconds, without Qt. Rows, the vertical direction, are in `rows`.
"""

from dataclasses import dataclass, replace
from typing import Final

SMALLEST_US_PER_PX: Final = 0.5
"""The closest zoom: a sample of a 48 kHz recording is about 40 pixels wide."""

MARGIN_PX: Final = 12.0
"""Free space before the start and behind the end, so that what lies there can be seen whole and grabbed."""

ZOOM_STEP: Final = 1.25
"""Factor of one notch of the wheel or one press of a zoom key."""

GRID_LIMIT_US: Final = 100_000


@dataclass(frozen=True)
class TimeView:
    """The visible stretch of time.

    Attributes:
        start_us: time at the left edge; a little below 0 shows the margin.
        us_per_px: microseconds under one logical pixel.
        width: width of the view in logical pixels.
    """

    start_us: float = 0.0
    us_per_px: float = 10_000.0
    width: float = 1.0

    @property
    def end_us(self) -> float:
        """Time at the right edge."""
        return self.start_us + self.width * self.us_per_px

    def x(self, time_us: float) -> float:
        """Return the pixel of a time."""
        return (time_us - self.start_us) / self.us_per_px

    def time(self, x: float) -> int:
        """Return the time at a pixel, at least 0."""
        return max(0, round(self.start_us + x * self.us_per_px))

    def grid_us(self) -> int:
        """Return the step to which dragged times are rounded: a power of ten that is no wider than a pixel."""
        step = 1
        while step * 10 <= min(self.us_per_px, GRID_LIMIT_US):
            step *= 10
        return step

    def to_grid(self, time_us: float) -> int:
        """Return the nearest time that reads well at this zoom."""
        step = self.grid_us()
        return round(time_us / step) * step

    def with_width(self, width: float) -> "TimeView":
        """Return the view of another width; the left edge and the scale stay."""
        return replace(self, width=max(1.0, width))

    def zoomed(self, factor: float, anchor_x: float, duration_us: int) -> "TimeView":
        """Return the view scaled about a pixel, whose time stays where it is.

        Args:
            factor: above 1 shows more of the time, below 1 less.
            anchor_x: the pixel that stays.
            duration_us: length of the recording; limits how far out one can go.
        """
        scale = min(max(self.us_per_px * factor, SMALLEST_US_PER_PX), widest_us_per_px(duration_us, self.width))
        anchor = self.start_us + anchor_x * self.us_per_px
        return TimeView(anchor - anchor_x * scale, scale, self.width)

    def panned(self, dx: float) -> "TimeView":
        """Return the view moved by pixels, to later times if positive."""
        return replace(self, start_us=self.start_us + dx * self.us_per_px)

    def clamped(self, duration_us: int) -> "TimeView":
        """Return the view moved back so that it shows some of the recording: half a view may lie behind the end."""
        lowest = -MARGIN_PX * self.us_per_px
        highest = max(lowest, duration_us - self.width * self.us_per_px / 2)
        return replace(self, start_us=min(max(self.start_us, lowest), highest))

    def showing(self, start_us: float, end_us: float) -> "TimeView":
        """Return the view that shows a stretch as large as it fits between the margins."""
        room = max(1.0, self.width - 2 * MARGIN_PX)
        scale = max(SMALLEST_US_PER_PX, (end_us - start_us) / room)
        middle = (start_us + end_us) / 2
        return TimeView(middle - scale * self.width / 2, scale, self.width)

    def fitted(self, duration_us: int) -> "TimeView":
        """Return the view of the whole recording."""
        return self.showing(0, max(1, duration_us))

    def holding(self, time_us: int) -> "TimeView":
        """Return the view, paged on or back if the time lies outside or at the very edge."""
        x = self.x(time_us)
        if MARGIN_PX <= x <= self.width - MARGIN_PX or (0 <= x <= self.width and time_us * 2 < self.us_per_px):
            return self
        return replace(self, start_us=time_us - 0.1 * self.width * self.us_per_px)


def widest_us_per_px(duration_us: int, width: float) -> float:
    """Return the scale at which the whole recording takes two thirds of the view: the farthest zoom."""
    return max(1000.0, 1.5 * duration_us / max(1.0, width - 2 * MARGIN_PX))
