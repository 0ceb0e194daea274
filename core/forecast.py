"""What is known of a render before it starts: whether the renderer can work here, how long it takes, how much memory.

Plain data between engine and window; how it is found out is the renderers' business (`models.renderers.base`).
"""

from dataclasses import dataclass
from typing import Literal

LONG_SECONDS = 600.0
"""A render that takes longer than this is not begun without a question."""

Obstacle = Literal["", "weights", "device", "memory", "other"]
"""Why a renderer cannot work: no reason, missing weights, no such device, too little memory, or what it says."""


@dataclass(frozen=True)
class RenderForecast:
    """How a render would go.

    Attributes:
        backend: the renderer.
        obstacle: why it cannot work, "" if it can.
        sentence: what the renderer itself says of that.
        weights: name and title of each of the weights that are missing.
        frames: frames that are still to be made; None before the poses are there, and so no estimate.
        seconds: estimated time for them, None if it is not known.
        memory: estimated bytes at the worst moment, None if they are not known.
        free: bytes that are free for it, None if they are not known.
        device: what computes: "cuda", "mps", "cpu", or "" while that is not known.
    """

    backend: str
    obstacle: Obstacle = ""
    sentence: str = ""
    weights: tuple[tuple[str, str], ...] = ()
    frames: int | None = None
    seconds: float | None = None
    memory: float | None = None
    free: float | None = None
    device: str = ""

    @property
    def usable(self) -> bool:
        """Whether the renderer can work here."""
        return not self.obstacle

    @property
    def is_slow(self) -> bool:
        """Whether a render would take longer than anybody waits for without being asked."""
        return self.seconds is not None and self.seconds > LONG_SECONDS

    @property
    def is_tight(self) -> bool:
        """Whether more memory would be needed than is free."""
        return self.memory is not None and self.free is not None and self.memory > self.free

    @property
    def needs_question(self) -> bool:
        """Whether the user is asked before such a render."""
        return not self.usable or self.is_slow or self.is_tight
