"""The edits of a session: each is one step of the undo stack, named after what the user did.

What an edit does and may do is decided by `core.edits`, `core.bulk_edits` and `core.takes`.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from app.session_state import SessionState
from core import bulk_edits, clipboard, edits, takes
from core.cache import fingerprint
from core.timeline import Project, Segment, TimelineError, TrackKind, new_id
from core.versa_options import VersaOptions


class SessionEdits(SessionState):
    """Edits of the project. Refused ones emit a message and return False (or None) and change nothing."""

    # Segments ---------------------------------------------------------------------------------------------------------

    def add_segment(self, track_id: str, start_us: int, end_us: int, prompt: str = "") -> str | None:
        """Add a segment and select it; returns its id."""
        made = new_id()

        def edit(project: Project) -> Project:
            return edits.add(project, track_id, _segment(id=made, start_us=start_us, end_us=end_us, prompt=prompt))

        done = self._edit(self.tr("Add segment"), edit, select=lambda: (made,), merge_key=("add", made))
        return made if done else None

    def fill_segment(self, segment_id: str, **fields: Any) -> bool:
        """Give a segment its first content; one step with adding it, if nothing else was done in between."""
        return self._edit(
            self._name_of_change(fields),
            lambda project: bulk_edits.change(project, (segment_id,), **fields),
            merge_key=("add", segment_id),
            belongs=True,
        )

    def change_segments(self, ids: Iterable[str], **fields: Any) -> bool:
        """Change the same fields of segments; `group` may be among them.

        Going on changing the same number of the same segments (a slider) is one step.
        """
        chosen = tuple(ids)
        number = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in fields.values())
        key = ("change", *sorted(fields), *chosen) if number else None
        return self._edit(
            self._name_of_change(fields),
            lambda project: bulk_edits.change(project, chosen, **fields),
            merge_key=key,
        )

    def move_segments(self, ids: Iterable[str], delta_us: int, track_id: str | None = None) -> bool:
        """Move segments by a time, and to another track if one is given."""
        chosen = tuple(ids)
        name = self._name(chosen, self.tr("Move segment"), self.tr("Move {0} segments"))
        return self._edit(name, lambda project: bulk_edits.move(project, chosen, delta_us, track_id=track_id))

    def duplicate_segments(self, ids: Iterable[str], delta_us: int, track_id: str | None = None) -> bool:
        """Put copies of segments at a distance in time and select them."""
        chosen = tuple(ids)
        made: list[str] = []

        def edit(project: Project) -> Project:
            changed, new = bulk_edits.duplicate(project, chosen, delta_us, track_id=track_id)
            made.extend(new)
            return changed

        name = self._name(chosen, self.tr("Duplicate segment"), self.tr("Duplicate {0} segments"))
        return self._edit(name, edit, select=lambda: tuple(made))

    def trim_segment(self, segment_id: str, edge: Literal["in", "out"], time_us: int) -> bool:
        """Move the start ("in") or the end ("out") of a segment."""
        trim = edits.trim_in if edge == "in" else edits.trim_out
        name = self.tr("Trim start of segment") if edge == "in" else self.tr("Trim end of segment")
        return self._edit(name, lambda project: trim(project, segment_id, time_us))

    def split_at(self, time_us: int, ids: Iterable[str] | None = None) -> bool:
        """Split segments at a time: the given ones, or those there of the selection, its tracks, or all tracks."""
        made: list[str] = []

        def edit(project: Project) -> Project:
            chosen = self._under(project, time_us) if ids is None else tuple(ids)
            changed, right = bulk_edits.split(project, chosen, time_us)
            made.extend(right)
            return changed

        return self._edit(self.tr("Split at playhead"), edit)

    def join_segments(self, ids: Iterable[str]) -> bool:
        """Join neighbouring segments, or one segment with that behind it, and select what they became."""
        chosen = tuple(ids)
        kept: list[str] = []

        def edit(project: Project) -> Project:
            changed, left = bulk_edits.join(project, chosen)
            kept.extend(left)
            return changed

        return self._edit(self.tr("Join segments"), edit, select=lambda: tuple(kept))

    def delete_segments(self, ids: Iterable[str]) -> bool:
        """Delete segments and leave the gaps."""
        chosen = tuple(ids)
        name = self._name(chosen, self.tr("Delete segment"), self.tr("Delete {0} segments"))
        return self._edit(name, lambda project: bulk_edits.delete(project, chosen))

    def ripple_delete_segments(self, ids: Iterable[str]) -> bool:
        """Delete segments and close the gaps."""
        chosen = tuple(ids)
        name = self._name(chosen, self.tr("Ripple delete segment"), self.tr("Ripple delete {0} segments"))
        return self._edit(name, lambda project: bulk_edits.ripple_delete(project, chosen))

    def propose_segments(self, stretches: Sequence[tuple[int, int]]) -> bool:
        """Add empty segments where there is room, on the track of the selection or the first open prompt track."""
        made: list[str] = []

        def edit(project: Project) -> Project:
            tracks = [track for track in project.tracks if track.kind == "prompt" and not track.locked]
            if not tracks:
                project = edits.add_track(project, "prompt", self.tr("Prompts"))
                tracks = [project.tracks[-1]]
            chosen = set(self.selection)
            wanted = next((t for t in tracks if any(s.id in chosen for s in t.segments)), tracks[0])
            changed, new = bulk_edits.propose(project, stretches, wanted.id)
            made.extend(new)
            if not new:
                raise TimelineError(self.tr("There is no room for proposed segments beside the existing ones"))
            return changed

        return self._edit(self.tr("Propose segments"), edit, select=lambda: tuple(made))

    # Clipboard --------------------------------------------------------------------------------------------------------

    def copy(self) -> bool:
        """Put the selected segments into the clipboard; their prompts go along as plain text for other programs."""
        project = self.project
        if project is None or not self.selection:
            return False
        chosen = set(self.selection)
        data = QMimeData()
        data.setData(clipboard.MIME_TYPE, clipboard.copy_text(project, chosen).encode())
        data.setText("\n".join(s.prompt for track in project.tracks for s in track.segments if s.id in chosen))
        QGuiApplication.clipboard().setMimeData(data)
        return True

    def cut(self) -> bool:
        """Copy the selected segments and delete them."""
        if not self.copy():
            return False
        chosen = self.selection
        name = self._name(chosen, self.tr("Cut segment"), self.tr("Cut {0} segments"))
        return self._edit(name, lambda project: bulk_edits.delete(project, chosen))

    def paste(self) -> bool:
        """Put the clipboard's segments at the playhead and select them."""
        data = QGuiApplication.clipboard().mimeData()
        if data is None or not data.hasFormat(clipboard.MIME_TYPE):
            self._say("info", self.tr("The clipboard holds no segments."))
            return False
        content = bytes(data.data(clipboard.MIME_TYPE).data())
        made: list[str] = []

        def edit(project: Project) -> Project:
            copied = clipboard.parse_text(content.decode("utf-8", errors="replace"))
            changed, new = clipboard.paste(project, copied, self.playhead_us)
            made.extend(new)
            return changed

        return self._edit(self.tr("Paste segments"), edit, select=lambda: tuple(made))

    # Takes ------------------------------------------------------------------------------------------------------------

    def another_take(self, segment_id: str | Iterable[str]) -> bool:
        """Ask for other motion of a segment, or of several, by a new seed; the present motion stays as a take."""
        chosen = (segment_id,) if isinstance(segment_id, str) else tuple(segment_id)

        def edit(project: Project) -> Project:
            for one in chosen:
                project = takes.another_take(project, one)
            return project

        return self._edit(self._name(chosen, self.tr("Another take"), self.tr("Another take of {0} segments")), edit)

    def use_take(self, segment_id: str, index: int) -> bool:
        """Go back to a take: its motion, prompt and seed."""
        return self._edit(self.tr("Use take"), lambda project: takes.use_take(project, segment_id, index))

    def favour_take(self, segment_id: str, index: int, favourite: bool) -> bool:
        """Give a take a star, or take it away."""
        name = self.tr("Favour take") if favourite else self.tr("Take away star")
        return self._edit(name, lambda project: takes.favour_take(project, segment_id, index, favourite))

    # Markers and tracks -----------------------------------------------------------------------------------------------

    def add_marker(self, time_us: int, name: str = "") -> str | None:
        """Add a marker; returns its id."""
        made = new_id()
        done = self._edit(
            self.tr("Add marker"), lambda project: edits.add_marker(project, time_us, name, marker_id=made)
        )
        return made if done else None

    def move_marker(self, marker_id: str, time_us: int) -> bool:
        """Put a marker to another time."""
        return self._edit(self.tr("Move marker"), lambda project: edits.move_marker(project, marker_id, time_us))

    def rename_marker(self, marker_id: str, name: str) -> bool:
        """Give a marker another name."""

        def edit(project: Project) -> Project:
            marker = next((m for m in project.markers if m.id == marker_id), None)
            if marker is None:
                raise TimelineError(f"there is no marker with the id {marker_id}")
            renamed = _checked(marker.replace, name=name)
            markers = tuple(renamed if m.id == marker_id else m for m in project.markers)
            return project.model_copy(update={"markers": markers})

        return self._edit(self.tr("Rename marker"), edit)

    def remove_marker(self, marker_id: str) -> bool:
        """Remove a marker."""
        return self._edit(self.tr("Remove marker"), lambda project: edits.remove_marker(project, marker_id))

    def add_track(self, kind: TrackKind, name: str = "") -> str | None:
        """Add an empty track below the others; returns its id."""
        made = new_id()
        done = self._edit(self.tr("Add track"), lambda project: edits.add_track(project, kind, name, track_id=made))
        return made if done else None

    def remove_track(self, track_id: str) -> bool:
        """Remove a track with its segments."""
        return self._edit(self.tr("Remove track"), lambda project: edits.remove_track(project, track_id))

    def set_track(self, track_id: str, **fields: Any) -> bool:
        """Rename, lock or mute a track (name, locked, muted)."""
        names = {
            ("name", None): self.tr("Rename track"),
            ("locked", True): self.tr("Lock track"),
            ("locked", False): self.tr("Unlock track"),
            ("muted", True): self.tr("Mute track"),
            ("muted", False): self.tr("Unmute track"),
        }
        first, value = next(iter(fields.items()), ("", None))
        name = names.get((first, value if isinstance(value, bool) else None), self.tr("Change track"))
        return self._edit(name, lambda project: edits.set_track(project, track_id, **fields))

    # The project as a whole -------------------------------------------------------------------------------------------

    def set_seed(self, seed: int) -> bool:
        """Set the base seed of everything random."""
        return self._edit(
            self.tr("Change seed"), lambda project: _checked(project.replace, seed=seed), merge_key=("project seed",)
        )

    def set_rig(self, rig: dict[str, Any] | None) -> bool:
        """Set the portrait's rig; None goes back to the rig file or the proposal."""
        name = self.tr("Change portrait rig") if rig is not None else self.tr("Reset portrait rig")
        return self._edit(name, lambda project: _checked(project.replace, rig=rig))

    def set_output(self, **fields: Any) -> bool:
        """Change output settings (height, fps, backend, pose_mode); for `versa` see `set_versa`."""
        return self._set_settings("output", self.tr("Change output settings"), fields)

    def set_versa(self, **fields: Any) -> bool:
        """Change options of the backend `versa`, by their names in `core.versa_options.VersaOptions`."""

        def edit(project: Project) -> Project:
            return _with_settings(project, "output", {"versa": _with_fields(project.output.versa, "versa", fields)})

        return self._edit(self.tr("Change renderer options"), edit)

    def reset_versa(self) -> bool:
        """Bring the options of the backend `versa` back to what they are at first."""

        def edit(project: Project) -> Project:
            return _with_settings(project, "output", {"versa": _usual(project.output.versa)})

        return self._edit(self.tr("Reset renderer options"), edit)

    def set_motion_settings(self, **fields: Any) -> bool:
        """Change how the motion is finished (cleanup, stay)."""
        return self._set_settings("motion_settings", self.tr("Change motion settings"), fields)

    def _set_settings(self, group: Literal["output", "motion_settings"], name: str, fields: dict[str, Any]) -> bool:
        return self._edit(name, lambda project: _with_settings(project, group, fields))

    def set_portrait(self, path: str | Path, *, keep_rig: bool | None = None) -> bool:
        """Take another picture.

        Args:
            path: of the picture.
            keep_rig: whether the rig fits the new picture too. None keeps it if the old file is missing (then the new
                one is the old one elsewhere) or has the same content.
        """
        wanted = str(Path(path).absolute())

        def edit(project: Project) -> Project:
            keep = _same_content(project.portrait, wanted) if keep_rig is None else keep_rig
            rig: dict[str, Any] = {} if keep else {"rig": None, "rig_file": ""}
            return project.model_copy(update={"portrait": wanted, **rig})

        return self._edit(self.tr("Change portrait"), edit)

    def set_audio(self, path: str | Path) -> bool:
        """Take another recording; its length is not known until it is decoded, unless it is the same one elsewhere."""
        wanted = str(Path(path).absolute())

        def edit(project: Project) -> Project:
            length = project.duration_us if _same_content(project.audio, wanted) else None
            return project.model_copy(update={"audio": wanted, "duration_us": length})

        return self._edit(self.tr("Change recording"), edit)

    # Helpers ----------------------------------------------------------------------------------------------------------

    def _under(self, project: Project, time_us: int) -> tuple[str, ...]:
        """Return what a split at the playhead cuts."""
        there = [
            (track, segment)
            for track in project.tracks
            if (segment := track.at(time_us)) is not None and segment.start_us < time_us
        ]
        chosen = set(self.selection)
        selected = [segment.id for _, segment in there if segment.id in chosen]
        if selected:
            return tuple(selected)
        beside = [segment.id for track, segment in there if any(s.id in chosen for s in track.segments)]
        if beside:
            return tuple(beside)
        open_ones = [segment.id for track, segment in there if not (track.locked or segment.locked)]
        if open_ones:
            return tuple(open_ones)
        if there:
            return (there[0][1].id,)  # locked: the refusal says so
        raise TimelineError(self.tr("There is no segment to split at the playhead"))

    def _name(self, ids: Sequence[str], one: str, several: str) -> str:
        count = len(set(ids))
        return one if count == 1 else several.format(count)

    def _name_of_change(self, fields: dict[str, Any]) -> str:
        if len(fields) != 1:
            return self.tr("Change segment")
        ((field, value),) = fields.items()
        if field == "locked":
            return self.tr("Lock segment") if value else self.tr("Unlock segment")
        if field == bulk_edits.GROUP_FIELD:
            return self.tr("Group segments") if value else self.tr("Ungroup segments")
        names = {
            "prompt": self.tr("Edit prompt"),
            "strength": self.tr("Change prompt strength"),
            "seed": self.tr("Change seed"),
            "emotion": self.tr("Change emotion"),
            "emotion_strength": self.tr("Change emotion strength"),
            "blink": self.tr("Change blinking"),
            "part": self.tr("Change body part"),
            "stay": self.tr("Change staying on the spot"),
        }
        return names.get(field, self.tr("Change segment"))


def _with_settings(project: Project, group: Literal["output", "motion_settings"], fields: dict[str, Any]) -> Project:
    return project.model_copy(update={group: _with_fields(getattr(project, group), group, fields)})


def _with_fields(settings: Any, group: str, fields: dict[str, Any]) -> Any:
    """Return settings with changes, checked; a field that they do not have is refused."""
    unknown = set(fields) - set(type(settings).model_fields)
    if unknown:
        raise TimelineError(f"{min(unknown)!r} is no setting of {group}")
    return _checked(settings.replace, **fields)


def _usual(options: VersaOptions) -> VersaOptions:
    """Return options as they are at first; what another tool stored beside them stays."""
    return options.replace(**dict(VersaOptions()))


def _segment(**fields: Any) -> Segment:
    return _checked(Segment, **fields)


def _checked(make: Any, **fields: Any) -> Any:
    """Call a model's constructor or `replace`, with its refusal as an error for the reader."""
    try:
        return make(**fields)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        message = problem["msg"].removeprefix("Value error, ")
        raise TimelineError(f"{place}: {message}" if place else message) from error


def _same_content(old: str, new: str) -> bool:
    """Return whether a new file is the old one: the old one is gone, or both hold the same."""
    if not Path(old).is_file():
        return True
    try:
        # The sizes first: hashing two hours of sound takes a while.
        return Path(old).stat().st_size == Path(new).stat().st_size and fingerprint(old) == fingerprint(new)
    except OSError:
        return False
