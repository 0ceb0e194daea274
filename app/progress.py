"""Progress for the terminal: bars where a person looks, plain lines elsewhere, nothing when asked to be quiet.

`Meter` measures the time left for code that works in steps. Answers (what a command found out) go to standard output;
everything here goes to standard error, so that a program can read the one without the other.
"""

import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self, TextIO

from core.cancel import Progress, ProgressCallback

_LINE_SECONDS: Final = 5.0
"""Plain lines of one stage are at least this far apart."""

_BAR_SECONDS: Final = 0.1
_SETTLED_SECONDS: Final = 0.5
"""Before this much time a measured rate says little, and no time left is shown."""


class Meter:
    """Counts the steps of a stage and reports them with the time left, measured from the steps done so far.

    Several threads may count at once.

    Attributes:
        stage, total: see `core.cancel.Progress`.
        done: steps so far.
    """

    def __init__(
        self, stage: str, total: int, report: ProgressCallback, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.stage = stage
        self.total = max(1, total)
        self.done = 0
        self._report = report
        self._clock = clock
        self._began = clock()
        self._lock = threading.Lock()
        self._ahead: dict[int, float] = {}
        report(Progress(stage, 0, self.total))

    def step(self, count: int = 1, message: str = "", piece: int | None = None) -> None:
        """Report `count` more steps; of a piece that is told of with `within`, they use up what it was ahead."""
        with self._lock:
            self.done = min(self.total, self.done + count)
            if piece is not None and piece in self._ahead:
                self._ahead[piece] = max(0.0, self._ahead[piece] - count)
            self._tell(message)

    def within(self, piece: int, steps: float, message: str = "") -> None:
        """Report that work on a piece is so many steps ahead of the steps that are counted."""
        with self._lock:
            self._ahead[piece] = max(steps, self._ahead.get(piece, 0.0))
            self._tell(message)

    def _tell(self, message: str) -> None:
        done = min(float(self.total), self.done + sum(self._ahead.values()))
        elapsed = self._clock() - self._began
        left = None
        if elapsed >= _SETTLED_SECONDS and done:
            left = elapsed / done * (self.total - done)
        self._report(Progress(self.stage, int(done), self.total, left, message))

    def finish(self) -> None:
        """Report the stage as done."""
        self._report(Progress(self.stage, self.total, self.total, 0.0))


def format_seconds(value: float) -> str:
    """Return a duration for people: "8 s", "1:05", "2:03:10"."""
    whole = max(0, round(value))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


class Reporter:
    """What a command shows while it works; a context manager that leaves the terminal clean. This one is quiet."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, progress: Progress) -> None:
        """Take a report of the work; called from any thread."""

    def note(self, text: str) -> None:
        """Show a sentence that the user should know (a warning, a fallback)."""

    def close(self) -> None:
        """Finish what is shown."""


class LineReporter(Reporter):
    """Plain lines: each stage's begin and end, and at most one line in five seconds between."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._stage = ""
        self._finished = True
        self._last = 0.0

    def __call__(self, progress: Progress) -> None:
        """Print a line if the stage is new, done, or quiet for long."""
        now = self._clock()
        new = progress.stage != self._stage or (self._finished and progress.done < progress.total)
        done = progress.done >= progress.total
        if done and self._finished and not new:
            return
        if not new and not done and now - self._last < _LINE_SECONDS:
            return
        self._stage, self._finished, self._last = progress.stage, done, now
        left = "" if done or progress.seconds_left is None else f", {format_seconds(progress.seconds_left)} left"
        share = "done" if done else f"{100 * progress.done // progress.total} %"
        text = f" ({progress.message})" if progress.message else ""
        self._print(f"{progress.stage}: {share}{left}{text}")

    def note(self, text: str) -> None:
        """Print a note as a line of its own."""
        self._print(f"note: {text}")

    def _print(self, text: str) -> None:
        print(text, file=self._stream, flush=True)


class BarReporter(Reporter):
    """One bar a stage on a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._bar: Any = None
        self._stage = ""

    def __call__(self, progress: Progress) -> None:
        """Draw the stage's bar."""
        done = progress.done >= progress.total
        if progress.stage != self._stage or (self._bar is None and not done):
            self._open(progress)
        if self._bar is None:
            return
        self._bar.total = progress.total
        if progress.seconds_left is not None and not done:
            self._bar.set_postfix_str(f"{format_seconds(progress.seconds_left)} left {progress.message}", refresh=False)
        elif done:
            self._bar.set_postfix_str(progress.message, refresh=False)
        self._bar.update(progress.done - self._bar.n)
        if done:
            self.close()

    def note(self, text: str) -> None:
        """Print a note above the bar."""
        if self._bar is None:
            print(f"note: {text}", file=self._stream, flush=True)
        else:
            self._bar.write(f"note: {text}", file=self._stream)

    def close(self) -> None:
        """End the bar's line."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _open(self, progress: Progress) -> None:
        from tqdm import tqdm

        self.close()
        self._stage = progress.stage
        self._bar = tqdm(
            total=progress.total,
            desc=f"{progress.stage:<9}",
            file=self._stream,
            mininterval=_BAR_SECONDS,
            bar_format="{desc} {percentage:3.0f} %|{bar:30}| {elapsed} {postfix}",
            dynamic_ncols=True,
        )


def make_reporter(*, quiet: bool, stream: TextIO | None = None) -> Reporter:
    """Return what fits the stream (standard error by default): bars on a terminal, else lines; nothing if quiet."""
    target = sys.stderr if stream is None else stream
    if quiet:
        return Reporter()
    return BarReporter(target) if target.isatty() else LineReporter(target)
