"""What the editing actions do: each turns the window's state into one call of the session.

No rules of the timeline are here (`core.edits`), and no undo (`app.session`).
"""

from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog, QLineEdit

from core.constants import MICROSECONDS, MOTION_FPS
from core.timeline import TrackKind

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from app.session import Session
    from core.timeline import Marker, Project, Segment, Track

NEW_SEGMENT_US: Final = 2 * MICROSECONDS
"""Length of a segment that is added by the keyboard, where there is room."""

SHORTEST_US: Final = MICROSECONDS // 5
"""A gap shorter than one motion token holds no new segment."""

NUDGE_US: Final = MICROSECONDS // MOTION_FPS

GROUP_FIELD: Final = "group"
"""Extra field of a segment that belongs to a group of segments that are selected together."""


class WindowEdits(QObject):
    """Handlers of the edit and segment menus."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window

    @property
    def _session(self) -> "Session":
        return self._window.session

    def _project(self) -> "Project | None":
        return self._session.project

    def _one(self) -> "Segment | None":
        """The selected segment if exactly one is selected."""
        project = self._project()
        if project is None or len(self._session.selection) != 1:
            return None
        return project.segment(self._session.selection[0])

    def undo(self) -> None:
        """Take the last change back."""
        self._session.undo_stack.undo()

    def redo(self) -> None:
        """Make the change again."""
        self._session.undo_stack.redo()

    def cut(self) -> None:
        """Cut the selected segments."""
        self._session.cut()

    def copy(self) -> None:
        """Copy the selected segments."""
        self._session.copy()

    def paste(self) -> None:
        """Put the copied segments at the playhead."""
        self._session.paste()

    def duplicate(self) -> None:
        """Put a copy of the selection behind it."""
        segments = self._selected()
        if segments:
            span = max(s.end_us for s in segments) - min(s.start_us for s in segments)
            self._session.duplicate_segments(self._session.selection, span)

    def delete(self) -> None:
        """Delete the selected segments; with ripple switched on the gap closes."""
        if self._window.registry["ripple"].isChecked():
            self._session.ripple_delete_segments(self._session.selection)
        else:
            self._session.delete_segments(self._session.selection)

    def ripple_delete(self) -> None:
        """Delete the selected segments and close the gap."""
        self._session.ripple_delete_segments(self._session.selection)

    def select_all(self) -> None:
        """Select every segment."""
        project = self._project()
        if project is not None:
            self._session.set_selection(tuple(s.id for track in project.tracks for s in track.segments))

    def select_none(self) -> None:
        """Select nothing."""
        self._session.set_selection(())

    def _selected(self) -> "list[Segment]":
        project = self._project()
        if project is None:
            return []
        return [project.segment(segment_id) for segment_id in self._session.selection]

    # Segments ---------------------------------------------------------------------------------------------------------

    def add_segment(self) -> None:
        """Add a prompt segment at the playhead and let the user write its prompt."""
        self._add("prompt")

    def add_emotion(self) -> None:
        """Add an emotion segment at the playhead."""
        self._add("emotion")

    def _add(self, kind: TrackKind) -> None:
        project = self._project()
        if project is None:
            return
        tracks = [track for track in project.tracks if track.kind == kind and not track.locked]
        if not tracks:
            self._session.add_track(kind, self.tr("Prompts") if kind == "prompt" else self.tr("Emotion"))
            project = self._project()
            tracks = [track for track in project.tracks if track.kind == kind] if project else []
        for track in tracks:
            room = self._room(track, self._session.playhead_us)
            if room is not None:
                added = self._session.add_segment(track.id, *room)
                if added and kind == "prompt":
                    self.edit_text()
                return
        self._window.show_message("refused", self.tr("There is no room for a segment at the playhead."))

    def _room(self, track: "Track", start: int) -> tuple[int, int] | None:
        """Where a new segment of a track fits at a time."""
        if track.at(start) is not None:
            return None
        end = min(start + NEW_SEGMENT_US, self._window.duration_us or start + NEW_SEGMENT_US)
        later = [segment.start_us for segment in track.segments if segment.start_us >= start]
        end = min([end, *later])
        return (start, end) if end - start >= SHORTEST_US else None

    def edit_text(self) -> None:
        """Open the text field of the selected segment."""
        timeline = self._window.parts.timeline
        if timeline is not None and self._one() is not None:
            timeline.edit_selected()

    def split(self) -> None:
        """Split the segments under the playhead."""
        self._session.split_at(self._session.playhead_us)

    def split_all(self) -> None:
        """Split on every track that is not locked."""
        project = self._project()
        if project is None:
            return
        time_us = self._session.playhead_us
        found = [track.at(time_us) for track in project.tracks if not track.locked]
        ids = [s.id for s in found if s is not None and s.start_us < time_us]
        if ids:
            self._session.split_at(time_us, ids)

    def join(self) -> None:
        """Join the selected segments."""
        self._session.join_segments(self._session.selection)

    def trim_in(self) -> None:
        """Let the selected segment begin at the playhead."""
        self._trim("in")

    def trim_out(self) -> None:
        """Let the selected segment end at the playhead."""
        self._trim("out")

    def _trim(self, edge: Literal["in", "out"]) -> None:
        segment = self._one()
        if segment is not None:
            self._session.trim_segment(segment.id, edge, self._session.playhead_us)

    def nudge_left(self) -> None:
        """Move the selection back by one motion frame."""
        self._session.move_segments(self._session.selection, -NUDGE_US)

    def nudge_right(self) -> None:
        """Move the selection on by one motion frame."""
        self._session.move_segments(self._session.selection, NUDGE_US)

    def lock(self) -> None:
        """Lock the selected segments, or unlock them if all are locked."""
        segments = self._selected()
        if segments:
            self._session.change_segments(self._session.selection, locked=not all(s.locked for s in segments))

    def group(self) -> None:
        """Let the selected segments be selected together."""
        if len(self._session.selection) > 1:
            from core.timeline import new_id

            self._session.change_segments(self._session.selection, **{GROUP_FIELD: new_id()})

    def ungroup(self) -> None:
        """Let the selected segments be selected one by one again."""
        self._session.change_segments(self._session.selection, **{GROUP_FIELD: None})

    def with_groups(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Return a selection together with the other members of its groups."""
        project = self._project()
        if project is None:
            return ids
        groups = {group_of(project.segment(segment_id)) for segment_id in ids} - {None}
        if not groups:
            return ids
        more = [s.id for track in project.tracks for s in track.segments if group_of(s) in groups]
        return tuple(dict.fromkeys((*ids, *more)))

    # Takes ------------------------------------------------------------------------------------------------------------

    def another_take(self) -> None:
        """Try a new seed for each selected segment."""
        for segment_id in self._session.selection:
            self._session.another_take(segment_id)

    def previous_take(self) -> None:
        """Go back to the take before."""
        self._step_take(-1)

    def next_take(self) -> None:
        """Go on to the next take."""
        self._step_take(1)

    def _step_take(self, step: int) -> None:
        segment = self._one()
        if segment is None or not segment.takes:
            return
        now = segment.active_take if segment.active_take is not None else len(segment.takes) - 1
        wanted = now + step
        if 0 <= wanted < len(segment.takes):
            self._session.use_take(segment.id, wanted)
        else:
            self._window.show_message("info", self.tr("There is no further take; R makes another one."))

    def favour_take(self) -> None:
        """Give the take in use a star, or take it away."""
        segment = self._one()
        if segment is not None and segment.active_take is not None:
            favourite = segment.takes[segment.active_take].favourite
            self._session.favour_take(segment.id, segment.active_take, not favourite)

    def propose(self) -> None:
        """Propose a segment for each phrase of the recording."""
        stretches = self._window.proposed
        if not stretches:
            self._window.show_message("info", self.tr("The recording is not analysed yet; try again in a moment."))
            return
        self._session.propose_segments(stretches)

    # Markers and tracks -----------------------------------------------------------------------------------------------

    def add_marker(self) -> None:
        """Put a marker at the playhead."""
        self._session.add_marker(self._session.playhead_us)

    def _marker(self) -> "Marker | None":
        """The marker of the context menu, else the last one at or before the playhead."""
        project = self._project()
        if project is None:
            return None
        wanted = self._window.context_id
        for marker in project.markers:
            if marker.id == wanted:
                return marker
        before = [marker for marker in project.markers if marker.time_us <= self._session.playhead_us]
        return before[-1] if before else None

    def rename_marker(self) -> None:
        """Ask for a marker's name."""
        marker = self._marker()
        if marker is None:
            self._window.show_message("info", self.tr("There is no marker at or before the playhead."))
            return
        name, ok = QInputDialog.getText(
            self._window, self.tr("Rename marker"), self.tr("Name:"), QLineEdit.EchoMode.Normal, marker.name
        )
        if ok:
            self._session.rename_marker(marker.id, name)

    def remove_marker(self) -> None:
        """Remove a marker."""
        marker = self._marker()
        if marker is not None:
            self._session.remove_marker(marker.id)

    def add_track(self) -> None:
        """Add a prompt track."""
        self._session.add_track("prompt", self.tr("Prompts"))

    def add_emotion_track(self) -> None:
        """Add an emotion track."""
        self._session.add_track("emotion", self.tr("Emotion"))

    def remove_track(self) -> None:
        """Remove the track of the context menu, else that of the first selected segment."""
        project = self._project()
        if project is None:
            return
        wanted = self._window.context_id
        for track in project.tracks:
            if track.id == wanted or any(segment.id in self._session.selection for segment in track.segments):
                self._session.remove_track(track.id)
                return
        self._window.show_message("info", self.tr("Select a segment of the track that is to be removed."))


def group_of(segment: "Segment") -> str | None:
    """Return the group that a segment belongs to, or None."""
    found = (segment.__pydantic_extra__ or {}).get(GROUP_FIELD)
    return found if isinstance(found, str) and found else None
