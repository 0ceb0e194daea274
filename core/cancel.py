"""Cancelling and reporting of long work, shared by every stage and free of Qt."""

import threading
from collections.abc import Callable
from dataclasses import dataclass


class Cancelled(Exception):
    """The user asked for the work to stop; nothing is wrong."""


class CancelToken:
    """A thread-safe flag that long work looks at between its steps."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if `cancel` was called."""
        if self._event.is_set():
            raise Cancelled


@dataclass(frozen=True)
class Progress:
    """A report of long work.

    Attributes:
        stage: what is being done, for the user ("motion", "poses", "frames", ...).
        done, total: steps of the stage; total is at least 1.
        seconds_left: measured estimate for the stage, or None while nothing was measured.
        message: more for the user, or "".
    """

    stage: str
    done: int
    total: int
    seconds_left: float | None = None
    message: str = ""


ProgressCallback = Callable[[Progress], None]
"""Called from the working thread; must return quickly."""


def ignore_progress(progress: Progress) -> None:
    """A `ProgressCallback` that does nothing."""
