"""Edits a project without end until it is killed, and tells what it did and what should be safe.

For the copies one edit takes a second: the real interval is waited for, but not in real time.

Usage: python -m tests.end_to_end.editing_child PROJECT RECOVERY edits|saves
Lines: "edit N", "copying N" (a copy of edit N is begun), "safe N" (a copy that holds edit N is whole), "saved N" (the
project's file holds it).
"""

import os
import sys
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from app.recovery import Autosave, RecoveryFolder, RecoveryStore
from app.session import Session
from core.timeline import Project
from tests.app.session_moves import Hand

NUMBER = "number"
"""Id of the marker whose name is the number of the last edit."""


def tell(text: str) -> None:
    """Write a line at once."""
    os.write(1, f"{text}\n".encode())


class EditTimer(QObject):
    """Stands for the timer of the copies: each edit brings it on by a second.

    Attributes:
        interval: milliseconds, as `app.recovery` sets it.
    """

    timeout = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.interval = 0
        self._left: int | None = None

    def setSingleShot(self, once: bool) -> None:
        """As `QTimer`."""
        assert once

    def setInterval(self, interval: int) -> None:
        """As `QTimer`."""
        self.interval = interval

    def start(self) -> None:
        """As `QTimer`."""
        self._left = self.interval

    def stop(self) -> None:
        """As `QTimer`."""
        self._left = None

    def isActive(self) -> bool:
        """As `QTimer`."""
        return self._left is not None

    def second(self) -> None:
        """Let a second pass."""
        if self._left is not None:
            self._left -= 1000
            if self._left <= 0:
                self._left = None
                self.timeout.emit()


class CopyingStore(RecoveryStore):
    """Tells when a copy is begun."""

    def begin(self) -> RecoveryFolder:
        """As the store's own."""
        folder = super().begin()
        write = folder.write

        def told(project: Project, about: dict[str, Any]) -> None:
            tell(f"copying {next(m.name for m in project.markers if m.id == NUMBER)}")
            write(project, about)

        folder.write = told  # type: ignore[method-assign]
        return folder


class Child:
    """Edits from a timer, as a user's events would."""

    def __init__(self, path: Path, recovery: Path, mode: str) -> None:
        self.session = Session(merge_seconds=0.0)
        self.timer = EditTimer()
        self.autosave = Autosave(self.session, CopyingStore(recovery), timer=cast(QTimer, self.timer))
        self.autosave.written.connect(self.written)
        if not self.session.open(path):
            raise SystemExit("the project cannot be opened")
        assert self.session.project is not None
        self.hand = Hand(self.session)
        # The clipboard needs a screen, and nothing of it is at stake here.
        self.hand.actions = tuple(a for a in self.hand.actions if a.__name__ not in ("copy_paste", "cut"))
        self.count = int(next(m.name for m in self.session.project.markers if m.id == NUMBER))
        self.every = 3 if mode == "saves" else 0
        self.numbers: dict[int, int] = {}

    def step(self) -> None:
        """Do something, and number it."""
        self.hand.act(self.count * 7, self.count)
        # The random edits may have removed the marker.
        markers = self.session.project.markers if self.session.project else ()
        if all(marker.id != NUMBER for marker in markers):
            self.session.undo_stack.undo()
        self.count += 1
        self.session.rename_marker(NUMBER, str(self.count))
        self.numbers[self.session.revision] = self.count
        tell(f"edit {self.count}")
        if self.every and self.count % self.every == 0 and self.session.save():
            tell(f"saved {self.count}")
        self.timer.second()

    def written(self, revision: int) -> None:
        """A copy is whole."""
        tell(f"safe {self.numbers.get(revision, 0)}")


def main() -> None:
    """Run until killed."""
    app = QCoreApplication([])
    child = Child(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    timer = QTimer()
    timer.timeout.connect(child.step)
    timer.start(2)
    app.exec()


if __name__ == "__main__":
    main()
