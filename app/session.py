"""`Session`: the project that a window edits, and its only writer. New, open, save and close are here.

Edits are in `app.session_edits`, state and undo in `app.session_state`, the copy for crashes in `app.recovery`.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal

from app.folders import home_folder
from app.session_edits import SessionEdits
from core.project_file import SUFFIX, ProjectFileError, cache_folder, load_project, save_project
from core.timeline import Project, Track, new_id

_Stamp = tuple[int, int] | None


class Session(SessionEdits):
    """The open project. See `SessionState` for the other attributes and signals, `SessionEdits` for edits.

    Attributes:
        is_recovered: the project came from a recovery copy, and its file has not been written since.
        cache_path: the path beside which the project's derived data lie: its file, or a stand-in until it has one and
            where its folder cannot be written.

    Signals:
        opened(): a project was begun, opened or recovered; comes before `projectChanged`.
        saved(): the project was written to its file.
        closed(): the project was closed; comes before `projectChanged`.
    """

    opened = Signal()
    saved = Signal()
    closed = Signal()

    is_recovered = False
    _stamp: _Stamp = None
    _stand_in: Path | None = None
    _folder_is_open = True

    @property
    def cache_path(self) -> Path:
        """Path of the project for `core.project_file.cache_folder`."""
        if self.path is not None and self._folder_is_open:
            return self.path
        if self._stand_in is None:
            self._stand_in = unsaved_folder() / f"{new_id()}{SUFFIX}"
        return self._stand_in

    def new(self, portrait: str | Path, audio: str | Path, path: str | Path | None = None) -> bool:
        """Begin a project with a picture and a recording, with an empty prompt track and an emotion track.

        Args:
            portrait: picture.
            audio: recording.
            path: where it is saved at once; None keeps it unsaved.
        """
        project = Project(
            portrait=str(Path(portrait).absolute()),
            audio=str(Path(audio).absolute()),
            tracks=(
                Track(id="prompts", kind="prompt", name=self.tr("Prompts")),
                Track(id="emotions", kind="emotion", name=self.tr("Emotion")),
            ),
        )
        target = None if path is None else Path(path).absolute()
        if target is not None and not self._written(project, target, check=False):
            return False
        self._begin(project, target, dirty=target is None)
        return True

    def open(self, path: str | Path) -> bool:
        """Open a project file; the present project stays open where that fails."""
        source = Path(path).absolute()
        try:
            project = load_project(source)
        except ProjectFileError as error:
            self._say("error", str(error))
            return False
        self._begin(project, source, dirty=False)
        return True

    def open_recovered(self, project: Project, path: Path | None, cache_path: Path | None = None) -> None:
        """Show a project that was recovered after a crash. Its file keeps its old state until the user saves.

        Args:
            project: the recovered state.
            path: its file, or None if it had none.
            cache_path: where its derived data lie if it had none.
        """
        self._begin(project, path, dirty=True, stand_in=cache_path)
        self.is_recovered = True

    def save(self) -> bool:
        """Save to the project's file."""
        if self.project is None:
            return False
        if self.path is None:
            self._say("warning", self.tr("The project has no file yet; choose a name for it."))
            return False
        if not self._written(self.project, self.path, check=True):
            return False
        self._is_saved()
        return True

    def save_as(self, path: str | Path) -> bool:
        """Save to another file, which becomes the project's own; the suffix is added where it is missing."""
        if self.project is None:
            return False
        target = Path(path).absolute()
        if target.suffix != SUFFIX:
            target = target.with_name(target.name + SUFFIX)
        if not self._written(self.project, target, check=target == self.path):
            return False
        if target != self.path:
            _share_cache(self.cache_path, target)
        self.path, self._folder_is_open = target, True
        self._is_saved()
        return True

    def close(self) -> None:
        """Close the project; unsaved changes are lost."""
        if self.project is None:
            return
        self._leave()
        self.closed.emit()
        self._show(None, ())
        self.set_playhead(0)

    def _begin(self, project: Project, path: Path | None, *, dirty: bool, stand_in: Path | None = None) -> None:
        self._leave()
        if dirty:
            self.undo_stack.resetClean()
        self.path, self._stand_in = path, stand_in
        self._folder_is_open = path is None or os.access(path.parent, os.W_OK)
        if path is not None and not self._folder_is_open:
            _share_cache(path, self.cache_path, os.symlink)  # hard links do not reach into another file system
        self._stamp = None if path is None else _stamp(path)
        self._earlier.clear()
        self.opened.emit()
        self._show(project, ())
        self.set_playhead(0)
        if path is not None and not self._folder_is_open:
            self._say(
                "warning",
                self.tr(
                    "The folder of {0} cannot be written; what is computed is kept elsewhere and only until the "
                    "project is closed. Save it under another name to keep it."
                ).format(path.name),
            )

    def _leave(self) -> None:
        self.undo_stack.clear()
        if self._stand_in is not None and (self.path is None or not self._folder_is_open):
            remove_unsaved_cache(self._stand_in)
        self.path = self._stand_in = self._stamp = None
        self._folder_is_open = True
        self.is_recovered = False
        self.set_in_out(None)

    def _is_saved(self) -> None:
        assert self.path is not None
        self.is_recovered = False
        self._stamp = _stamp(self.path)
        self.undo_stack.setClean()
        self._refresh_title()
        self.saved.emit()

    def _written(self, project: Project, path: Path, *, check: bool) -> bool:
        try:
            if check:
                self._keep_foreign(path)
            save_project(project, path)
        except ProjectFileError as error:
            self._say("error", str(error))
            return False
        return True

    def _keep_foreign(self, path: Path) -> None:
        """Keep a copy of the file if what it holds is not what we read or wrote last.

        That is so when another program or window changed it, and when a recovered state takes its place.
        """
        now = _stamp(path)
        if now is None or (now == self._stamp and not self.is_recovered):
            return
        why = self.tr("before recovery") if self.is_recovered else self.tr("changed elsewhere")
        when = datetime.now().strftime("%Y-%m-%d %H.%M.%S")
        copy = path.with_name(f"{path.stem} ({why} {when}){path.suffix}")
        try:
            shutil.copy2(path, copy)
        except OSError as error:
            reason = error.strerror or str(error)
            raise ProjectFileError(
                self.tr("No copy of the earlier state of {0} can be kept: {1}").format(path, reason)
            ) from error
        if self.is_recovered:
            text = self.tr("The state of {0} before the recovery is kept as {1}.")
        else:
            text = self.tr("{0} was changed by another program meanwhile; its other state is kept as {1}.")
        self._say("warning", text.format(path.name, copy.name))


def unsaved_folder() -> Path:
    """Return the folder for derived data of projects that have no file yet, made if it is missing."""
    folder = home_folder() / "unsaved"
    folder.mkdir(exist_ok=True)
    return folder


def remove_unsaved_cache(stand_in: Path) -> None:
    """Remove the derived data of a project that never had a file; nothing outside the folder for these is touched."""
    folder = cache_folder(stand_in)
    if folder.parent == unsaved_folder():
        shutil.rmtree(folder, ignore_errors=True)


def _share_cache(old: Path, new: Path, link: Callable[[str, str], object] = os.link) -> None:
    """Give a project that lies elsewhere now what is already computed, without copying its bytes.

    Entries of the cache are never changed in place, so both projects may hold the same files.
    """
    source, target = cache_folder(old), cache_folder(new)
    if source.is_dir() and not target.exists():
        # On another drive links are impossible; then everything is computed anew when it is needed.
        with suppress(OSError, shutil.Error):
            shutil.copytree(source, target, copy_function=link)


def _stamp(path: Path) -> _Stamp:
    """Return what tells one state of a file from another, or None if there is no file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
