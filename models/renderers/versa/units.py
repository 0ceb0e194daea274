"""How a long video is cut into units that are denoised one by one and still meet: anchors, and bridges between them.

Anchors are independent of each other. A bridge holds the finished latents of the anchors on both sides as context and
is fused with their margins in every step. So a frame depends on its own unit and the two beside it and on nothing
else: an edit renders those again, a killed render resumes anywhere, and memory does not grow with the length.

    anchor 0        bridge 0         anchor 1         bridge 1
    [own....][margin)                (margin][own....][margin)
       [context)[fused..own..fused](context]

Pure functions of absolute frame numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.renderers.versa.tiling import SettingsError


@dataclass(frozen=True)
class Unit:
    """Frames that are denoised together.

    Attributes:
        index: even for anchors, odd for bridges; rising with time.
        start, end: half-open range of the frames that it gives to the video.
        low, high: half-open range of the frames that it denoises.
    """

    index: int
    start: int
    end: int
    low: int
    high: int

    @property
    def is_anchor(self) -> bool:
        """Whether it depends on no other unit."""
        return self.index % 2 == 0

    @property
    def own(self) -> slice:
        """Rows of its window that it gives to the video."""
        return slice(self.start - self.low, self.end - self.low)


@dataclass(frozen=True)
class UnitLayout:
    """The places of all units of a video.

    Attributes:
        window: frames that a unit denoises at most, without the reference frame.
        margin: frames of an anchor on either side that lie in the bridges and are fused there.
        context: finished frames that a bridge holds on either side.
        total: frames of the whole video.
    """

    window: int
    margin: int
    context: int
    total: int

    def __post_init__(self) -> None:
        if self.margin < 1 or self.context < 1:
            raise SettingsError("margin and context of a unit must be 1 frame or more")
        if self.anchor < self.context or self.bridge < 2 * self.margin:
            raise SettingsError(
                f"units of {self.window} frames are too short for a margin of {self.margin} and a context of "
                f"{self.context}; choose at least {self.shortest(self.margin, self.context)}"
            )
        if self.total < 1:
            raise SettingsError("the video has no frames")

    @staticmethod
    def shortest(margin: int, context: int) -> int:
        """The smallest window that works."""
        return max(2 * margin + max(context, 1), 2 * context + 2 * margin)

    @property
    def anchor(self) -> int:
        """Own frames of an anchor."""
        return self.window - 2 * self.margin

    @property
    def bridge(self) -> int:
        """Own frames of a bridge."""
        return self.window - 2 * self.context

    def unit(self, index: int) -> Unit:
        """The unit of that number, cut at the ends of the video."""
        number, odd = divmod(index, 2)
        start = number * (self.anchor + self.bridge) + (self.anchor if odd else 0)
        end = start + (self.bridge if odd else self.anchor)
        more = self.context if odd else self.margin
        low, high = max(start - more, 0), min(end + more, self.total)
        return Unit(index, start, min(end, self.total), low, high)

    def units(self, start: int, end: int) -> Iterator[Unit]:
        """Units that give frames to start..end, in order."""
        period = self.anchor + self.bridge
        index = 2 * (max(start, 0) // period)
        while True:
            unit = self.unit(index)
            if unit.start >= min(end, self.total):
                return
            if unit.end > start:
                yield unit
            index += 1

    def neighbours(self, unit: Unit) -> tuple[Unit | None, Unit | None]:
        """The anchors beside a bridge; None on the right where the video ends first. Anchors have none."""
        if unit.is_anchor:
            return None, None
        right = self.unit(unit.index + 1)
        return self.unit(unit.index - 1), right if right.start < self.total else None

    def inputs(self, unit: Unit) -> tuple[int, int]:
        """Half-open range of the frames that a unit's result depends on."""
        left, right = self.neighbours(unit)
        low = unit.low if left is None else min(unit.low, left.low)
        high = unit.high if right is None else max(unit.high, right.high)
        return low, high

    def held_weights(self, unit: Unit) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(high - low,) weight of the left and of the right anchor's latents in a bridge's window.

        1 in the context; falling over the margin to 0. The first own frame is still mostly the anchor's.
        """
        frames = np.arange(unit.low, unit.high)
        left, right = self.neighbours(unit)
        nothing = np.zeros(len(frames), np.float32)
        slope = float(self.margin + 1)
        from_left = nothing if left is None else np.clip(1.0 - (frames - unit.start + 1) / slope, 0.0, 1.0)
        from_right = nothing if right is None else np.clip(1.0 - (unit.end - frames) / slope, 0.0, 1.0)
        return from_left.astype(np.float32), from_right.astype(np.float32)
