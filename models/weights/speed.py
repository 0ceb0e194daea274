"""Counts bytes of a long transfer and reports them with the time left, measured from the last seconds alone.

Bytes that were there before (a download that goes on) count as done but not as speed.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from core.cancel import Progress, ProgressCallback
from models.weights.entry import size_text

_WINDOW_SECONDS: Final = 15.0
_REPORT_SECONDS: Final = 0.1
_SETTLED_SECONDS: Final = 1.0
"""Before this much time a measured rate says little, and no time left is shown."""


class ByteMeter:
    """Reports the progress of a stage in bytes.

    Attributes:
        stage: see `core.cancel.Progress`.
        done, total: bytes.
    """

    def __init__(
        self, stage: str, total: int, report: ProgressCallback, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.stage = stage
        self.total = max(1, total)
        self.done = 0
        self._report = report
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque()
        self._last = -_REPORT_SECONDS

    def already(self, count: int) -> None:
        """Count bytes that were there before, or take some back; the speed is measured anew."""
        self.done += count
        self._marks.clear()
        self._say()

    def add(self, count: int) -> None:
        """Count bytes that arrived."""
        if not self._marks:
            self._marks.append((self._clock(), self.done))
        self.done += count
        now = self._clock()
        if now - self._last >= _REPORT_SECONDS:
            self._marks.append((now, self.done))
            while len(self._marks) > 2 and now - self._marks[0][0] > _WINDOW_SECONDS:
                self._marks.popleft()
            self._last = now
            self._say()

    def remark(self, text: str) -> None:
        """Say what is done while no bytes arrive."""
        self._report(Progress(self.stage, min(self.done, self.total - 1), self.total, None, text))

    def finish(self) -> None:
        """Report the stage as done."""
        self.done = self.total
        self._report(Progress(self.stage, self.total, self.total, 0.0, size_text(self.total)))

    def rate(self) -> float | None:
        """Return bytes a second over the last seconds, or None while too little was measured."""
        if len(self._marks) < 2:
            return None
        (began, first), (now, last) = self._marks[0], self._marks[-1]
        return (last - first) / (now - began) if now - began >= _SETTLED_SECONDS else None

    def _say(self) -> None:
        rate = self.rate()
        message = f"{size_text(self.done)} of {size_text(self.total)}"
        left = None
        if rate:
            message += f", {size_text(rate)}/s"
            left = max(0, self.total - self.done) / rate
        # The last byte is not the end: checking follows, so "done" is said by `finish` alone.
        self._report(Progress(self.stage, min(self.done, self.total - 1), self.total, left, message))
