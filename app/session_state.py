"""What the session holds and how it changes: project, undo stack, selection, playhead, range; motion from the engine.

The edits themselves are in `app.session_edits`, files in `app.session`. No widgets, no networks.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from app.undo import EditCommand, Step
from core.motion_plan import locked_ranges
from core.project_delta import apply_backward, apply_forward, difference
from core.takes import settle_takes
from core.timeline import MAX_TIME_US, MotionState, Project, TimelineError, seconds

MERGE_SECONDS: Final = 1.0
"""Changes of the same value of the same segments (a slider that is dragged) within this time are one step."""

_REMEMBERED: Final = 64
"""So many earlier revisions are known when motion arrives that was asked for then."""

Edit = Callable[[Project], Project]


class SessionState(QObject):
    """State of the open project and the machinery of undo.

    Attributes:
        project: the project as it is now; never changed in place.
        path: its file, or None while it was never saved.
        undo_stack: steps of the user, named after what was done.
        selection: ids of the selected segments, each of them in the project.
        playhead_us: where the playhead stands.
        in_out: the marked range, or None.
        revision: grows with every change of the project.

    Signals:
        projectChanged(object, object): the old and the new project, or None.
        titleChanged(str): name of the file, with "*" while there are unsaved changes; "" without a project.
        selectionChanged(object): the ids.
        playheadChanged(int): microseconds.
        rangeChanged(object): (in, out) in microseconds, or None.
        message(str, str): "info", "refused" (an edit that the rules do not allow), "warning" or "error", and a sentence
            for the user.
    """

    projectChanged = Signal(object, object)
    titleChanged = Signal(str)
    selectionChanged = Signal(object)
    playheadChanged = Signal(object)  # an int; Signal(int) would end at 35 minutes
    rangeChanged = Signal(object)
    message = Signal(str, str)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        merge_seconds: float = MERGE_SECONDS,
    ) -> None:
        """Make an empty session.

        Args:
            parent: of the object.
            clock: seconds, for merging.
            merge_seconds: see `MERGE_SECONDS`; 0 merges nothing.
        """
        super().__init__(parent)
        self.project: Project | None = None
        self.path: Path | None = None
        self.undo_stack = QUndoStack(self)
        self.selection: tuple[str, ...] = ()
        self.playhead_us = 0
        self.in_out: tuple[int, int] | None = None
        self.revision = 0
        self._clock = clock
        self._merge_seconds = merge_seconds
        self._title = ""
        self._earlier: OrderedDict[int, Project] = OrderedDict()
        self.undo_stack.cleanChanged.connect(self._refresh_title)

    @property
    def is_dirty(self) -> bool:
        """Whether there are changes that the project's file does not have."""
        return self.project is not None and not self.undo_stack.isClean()

    @property
    def title(self) -> str:
        """What the window's title shows of the project, "talk.versa*"."""
        if self.project is None:
            return ""
        name = self.path.name if self.path is not None else self.tr("Untitled")
        return f"{name}*" if self.is_dirty else name

    # Not undoable -----------------------------------------------------------------------------------------------------

    def set_selection(self, ids: Iterable[str]) -> None:
        """Select segments; ids that the project does not have are left out, each counts once."""
        self._select(self._existing(ids))

    def set_playhead(self, time_us: int) -> None:
        """Put the playhead to a time inside the recording."""
        limit = MAX_TIME_US
        if self.project is not None and self.project.duration_us is not None:
            limit = self.project.duration_us
        wanted = min(max(0, int(time_us)), limit)
        if wanted != self.playhead_us:
            self.playhead_us = wanted
            self.playheadChanged.emit(wanted)

    def set_in_out(self, stretch: tuple[int, int] | None) -> None:
        """Mark a range; None or an empty one clears it. The two times may come in any order."""
        wanted = None if stretch is None else (max(0, int(min(stretch))), min(MAX_TIME_US, int(max(stretch))))
        if wanted is not None and wanted[0] >= wanted[1]:
            wanted = None
        if wanted != self.in_out:
            self.in_out = wanted
            self.rangeChanged.emit(wanted)

    # From the engine --------------------------------------------------------------------------------------------------

    def apply_motion(self, state: MotionState, revision: int) -> bool:
        """Take over motion that was made for the project of a revision, and give takes to the segments that wait.

        It becomes part of the last step of the user: undoing that step brings back exactly the motion before it, and
        making it again this one. Motion that no longer fits (other recording, a lock or a take used since) is refused.

        Returns:
            Whether the project has the motion now.
        """
        if self.project is None or not self._fits(state, revision):
            return False
        settled = settle_takes(self.project.model_copy(update={"motion": state}))
        tracks_changed = any(old is not new for old, new in zip(self.project.tracks, settled.tracks, strict=True))
        if not tracks_changed and self.project.motion == state:
            return True
        self._patch(settled, unsaved=tracks_changed or self.undo_stack.count() > 0)
        return True

    def apply_duration(self, duration_us: int) -> bool:
        """Take over the length of the recording once it is known; like `apply_motion` no step of its own.

        Returns:
            Whether the project has the length now; it has not while segments run past it, and a message says so.
        """
        if self.project is None:
            return False
        if self.project.duration_us == duration_us:
            return True
        late = [s for track in self.project.tracks for s in track.segments[-1:] if s.end_us > duration_us]
        if late:
            self._say(
                "warning",
                self.tr("The recording ends at {0} s, but the segment {1} runs past it; shorten or move it.").format(
                    seconds(duration_us), late[0].describe()
                ),
            )
            return False
        self._patch(self.project.model_copy(update={"duration_us": duration_us}), unsaved=False)
        return True

    # Machinery --------------------------------------------------------------------------------------------------------

    def restore(self, project: Project, selection: tuple[str, ...]) -> None:
        """Show a project that a command of the undo stack brought back."""
        self._show(project, selection)

    def _edit(
        self,
        text: str,
        edit: Edit,
        *,
        select: Callable[[], tuple[str, ...]] | None = None,
        merge_key: tuple[object, ...] | None = None,
        belongs: bool = False,
    ) -> bool:
        """Make an edit as one step; say why if the rules refuse it.

        Args:
            text: the step's name in the menu.
            edit: from the old to the new project.
            select: gives the selection after it; None keeps what is left of the present one.
            merge_key: see `Step`.
            belongs: see `Step`.

        Returns:
            Whether the project is as wished, also when it was so before.
        """
        old = self.project
        if old is None:
            self._say("refused", self.tr("No project is open."))
            return False
        try:
            new = edit(old)
        except TimelineError as error:
            self._say("refused", _sentence(error))
            return False
        change = difference(old, new)
        if change is None:
            return True
        before = self.selection
        self.project = new
        after = self._existing(self.selection if select is None else select())
        step = Step(change, before, after, merge_key, self._clock(), belongs)
        self.undo_stack.push(EditCommand(text, step, self, self._merge_seconds))
        self._shown(old, after)
        return True

    def _patch(self, project: Project, *, unsaved: bool) -> None:
        """Change the present project without a step of its own: the steps on both sides lead to it instead."""
        assert self.project is not None
        present, index = self.project, self.undo_stack.index()
        last, following = self._step(index - 1), self._step(index)
        if last is not None:
            last.change = difference(apply_backward(present, last.change), project)
        if following is not None:
            following.change = difference(project, apply_forward(present, following.change))
        if unsaved and self.undo_stack.isClean():
            self.undo_stack.resetClean()
        self._show(project, self.selection)

    def _step(self, index: int) -> Step | None:
        if not 0 <= index < self.undo_stack.count():
            return None
        command = self.undo_stack.command(index)
        return command.step if isinstance(command, EditCommand) else None

    def _fits(self, state: MotionState, revision: int) -> bool:
        """Return whether motion that was asked for at a revision may replace the present one."""
        project = self.project
        assert project is not None
        asked = self._earlier.get(revision)
        if asked is None:
            return False
        if asked is project:
            return True
        if asked.audio != project.audio or asked.seed != project.seed or asked.motion != project.motion:
            return False
        kept = None if project.motion is None else project.motion.tokens
        return kept is None or all(state.tokens[start:end] == kept[start:end] for start, end in locked_ranges(project))

    def _show(self, project: Project | None, selection: Iterable[str]) -> None:
        old, self.project = self.project, project
        self._shown(old, self._existing(selection))

    def _shown(self, old: Project | None, selection: tuple[str, ...]) -> None:
        """Tell everybody that the project is another one now."""
        self.revision += 1
        if self.project is None:
            self._earlier.clear()
        else:
            self._earlier[self.revision] = self.project
            if len(self._earlier) > _REMEMBERED:
                self._earlier.popitem(last=False)
        selected, self.selection = self.selection, selection
        self.projectChanged.emit(old, self.project)
        if selected != self.selection:
            self.selectionChanged.emit(self.selection)
        self._refresh_title()

    def _select(self, ids: tuple[str, ...]) -> None:
        if ids != self.selection:
            self.selection = ids
            self.selectionChanged.emit(ids)

    def _existing(self, ids: Iterable[str]) -> tuple[str, ...]:
        wanted = tuple(dict.fromkeys(ids))
        if self.project is None or not wanted:
            return ()
        known = {segment.id for track in self.project.tracks for segment in track.segments}
        return tuple(segment_id for segment_id in wanted if segment_id in known)

    def _refresh_title(self) -> None:
        title = self.title
        if title != self._title:
            self._title = title
            self.titleChanged.emit(title)

    def _say(self, level: str, text: str) -> None:
        self.message.emit(level, text)


def _sentence(error: Exception) -> str:
    """Return an error of the core as a sentence."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")
