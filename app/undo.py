"""The command of the undo stack: one step of the user as the difference of two projects.

All edits use the same command; what an edit does is decided by the pure functions of `core`. Not for views.
"""

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtGui import QUndoCommand

from core.project_delta import Change, apply_backward, apply_forward, difference
from core.timeline import Project

MERGE_ID = 1
"""Commands with this id are offered to the one before them; what merges is decided by their keys."""


@dataclass
class Step:
    """What a command holds.

    Attributes:
        change: difference between the projects before and after; None where nothing differs.
        before, after: ids of the segments that were selected before and are selected after.
        merge_key: steps with the same key that follow each other soon are one step; None never merges.
        time: when it was made, in seconds of the session's clock.
        belongs: whether it goes on with the step before it however long that is ago, if the keys are the same.
    """

    change: Change | None
    before: tuple[str, ...]
    after: tuple[str, ...]
    merge_key: tuple[object, ...] | None = None
    time: float = 0.0
    belongs: bool = False


class Target(Protocol):
    """Whose project the commands change."""

    project: Project | None

    def restore(self, project: Project, selection: tuple[str, ...]) -> None:
        """Show a project that a command brought back."""


class EditCommand(QUndoCommand):
    """One step of the user.

    The edit is already made when the command is pushed; only the later calls of `redo` make it again.

    Attributes:
        step: what it holds.
    """

    def __init__(self, text: str, step: Step, target: Target, merge_seconds: float) -> None:
        super().__init__(text)
        self.step = step
        # Weak: a session that holds itself through its own commands goes in an order that Qt does not survive.
        self._target = weakref.ref(target)
        self._merge_seconds = merge_seconds
        self._made = True

    def id(self) -> int:
        """Say whether the command may be merged at all."""
        return -1 if self.step.merge_key is None else MERGE_ID

    def redo(self) -> None:
        """Make the step again."""
        if self._made:
            self._made = False
            return
        self._go(apply_forward, self.step.after)

    def undo(self) -> None:
        """Take the step back."""
        self._go(apply_backward, self.step.before)

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in the step that follows, if it goes on with this one."""
        if not isinstance(other, EditCommand) or other.step.merge_key != self.step.merge_key:
            return False
        soon = other.step.belongs or other.step.time - self.step.time <= self._merge_seconds
        target = self._target()
        project = None if target is None else target.project
        if not soon or project is None:
            return False
        before = apply_backward(apply_backward(project, other.step.change), self.step.change)
        self.step.change = difference(before, project)
        self.step.after, self.step.time = other.step.after, other.step.time
        return True

    def _go(self, apply: Callable[[Project, Change | None], Project], selection: tuple[str, ...]) -> None:
        target = self._target()
        if target is not None and target.project is not None:
            target.restore(apply(target.project, self.step.change), selection)
