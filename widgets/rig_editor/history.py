"""Undo and redo of the rig editor: states of an immutable rig in a row. The project's own undo is the session's."""

from core.rig import Rig
from widgets.rig_editor.handles import equal


class History:
    """States of a rig, one of them the present one.

    Attributes:
        rig: the present state.
    """

    def __init__(self, rig: Rig) -> None:
        self._states = [rig]
        self._index = 0
        self._key: object = None

    @property
    def rig(self) -> Rig:
        """The present state."""
        return self._states[self._index]

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier state."""
        return self._index > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a later state."""
        return self._index + 1 < len(self._states)

    def push(self, rig: Rig, key: object = None) -> bool:
        """Make a state the present one; what was undone is forgotten.

        Args:
            rig: the new state.
            key: pushes with the same key one after the other become one step; None never does.

        Returns:
            Whether anything changed.
        """
        if equal(rig, self.rig):
            return False
        merges = key is not None and key == self._key and self.can_undo
        del self._states[self._index + (0 if merges else 1) :]
        self._states.append(rig)
        self._index = len(self._states) - 1
        self._key = key
        return True

    def close_step(self) -> None:
        """Let the next push be a step of its own whatever its key."""
        self._key = None

    def undo(self) -> Rig:
        """Go one state back, if there is one."""
        self._key = None
        self._index = max(0, self._index - 1)
        return self.rig

    def redo(self) -> Rig:
        """Go one state on, if there is one."""
        self._key = None
        self._index = min(self._index + 1, len(self._states) - 1)
        return self.rig
