"""The copy of unsaved work for the case of a crash, and how it is found again at the next start.

Each open project has a folder of its own among the user's data, locked while its process lives, with the newest few
states as ordinary project files. A project's own file is never touched here, and media are never opened, so missing
ones do no harm. Not for saving (`app.session`) and not for asking the user (`widgets.recovery_dialog`).
"""

import json
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from app.folders import home_folder
from app.session import Session, remove_unsaved_cache
from core.atomic import write_text_atomic
from core.project_file import SCHEMA_VERSION, SUFFIX, ProjectFileError, load_project
from core.timeline import Project, new_id

INTERVAL_MS: Final = 55_000
"""Unsaved work is copied this long after its first change: with the writing, no more than 60 s can be lost."""

GENERATIONS: Final = 8
"""So many states of a project are kept."""

_LOCK: Final = "lock"


@dataclass(frozen=True)
class RecoveryState:
    """A state of a project that a crash left behind.

    Attributes:
        file: the copy, itself a project file.
        name: of the project, for people.
        path: the project's own file, or None if it was never saved.
        cache_path: where the project's derived data lie (see `app.session.Session.cache_path`).
        saved_at: when the copy was made, with time zone.
        segments: how many segments it has.
        older: the project's own file was changed after the copy was made.
    """

    file: Path
    name: str
    path: Path | None
    cache_path: Path
    saved_at: datetime
    segments: int
    older: bool


class RecoveryFolder:
    """The states of one open project; holds the folder's lock until it is closed."""

    def __init__(self, path: Path, generations: int) -> None:
        self.path = path
        self._generations = generations
        path.mkdir(parents=True, exist_ok=True)
        self._lock = QLockFile(str(path / _LOCK))
        self._lock.setStaleLockTime(0)
        self.locked = self._lock.tryLock(0)

    def write(self, project: Project, about: dict[str, Any]) -> None:
        """Add a state and remove those that are too many.

        Raises:
            OSError: it cannot be written; the earlier states stay.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        number = max((int(file.stem) for file in self._files()), default=0) + 1
        file = self.path / f"{number:06}{SUFFIX}"
        # Compact, with absolute paths: this is quick enough for a thread beside the window even with hours of motion.
        text = project.model_dump_json()
        write_text_atomic(file, f'{{"schema_version":{SCHEMA_VERSION},{text[1:]}\n')
        # The note comes last: a state without it was cut short and does not count.
        write_text_atomic(file.with_suffix(".json"), json.dumps(about, ensure_ascii=False))
        for old in sorted(self._files())[: -self._generations]:
            self._remove(old)

    def clear(self) -> None:
        """Remove all states: the project's own file has everything."""
        for file in self._files():
            self._remove(file)

    def close(self, *, keep: bool = False) -> None:
        """Give the folder up; without `keep` it is removed."""
        if not keep:
            self.clear()
        self._lock.unlock()
        if not keep:
            shutil.rmtree(self.path, ignore_errors=True)

    def _files(self) -> list[Path]:
        return [file for file in self.path.glob(f"*{SUFFIX}") if file.stem.isdigit()]

    @staticmethod
    def _remove(file: Path) -> None:
        for path in (file.with_suffix(".json"), file):
            with suppress(OSError):
                path.unlink()


class RecoveryStore:
    """All folders of states.

    Attributes:
        folder: where they lie.
        generations: states kept of each project.
    """

    def __init__(self, folder: Path | None = None, *, generations: int = GENERATIONS) -> None:
        """Use a folder, by default the program's own among the user's data."""
        self.folder = home_folder() / "recovery" if folder is None else folder
        self.generations = generations

    def begin(self) -> RecoveryFolder:
        """Return a new folder for a project that is being opened.

        Raises:
            OSError: it cannot be made.
        """
        self._tidy()
        while True:
            folder = RecoveryFolder(self.folder / new_id(), self.generations)
            if folder.locked:
                return folder
            if not folder.path.exists():
                continue  # another window tidied it away before it was locked
            raise OSError(f"the folder {folder.path} cannot be locked")

    def crashed(self) -> tuple[RecoveryState, ...]:
        """Return the states that ended programs left behind, the newest first. Those in use elsewhere are not shown."""
        found = []
        for folder in self._folders():
            states = [state for file in folder.glob("*.json") if (state := _state(file)) is not None]
            if states and self._free(folder):
                found.extend(states)
        return tuple(sorted(found, key=lambda state: state.saved_at, reverse=True))

    def load(self, state: RecoveryState) -> Project:
        """Return a state's project; its media may be missing.

        Raises:
            core.project_file.ProjectFileError: the copy cannot be read.
        """
        return load_project(state.file)

    def adopt(self, state: RecoveryState) -> RecoveryFolder | None:
        """Return the folder of a state, locked, so that its states live on with the recovered project."""
        folder = RecoveryFolder(state.file.parent, self.generations)
        return folder if folder.locked else None

    def discard(self, state: RecoveryState) -> None:
        """Remove a state and all other states of its project; the project's own file stays as it is."""
        folder = self.adopt(state)
        if folder is not None:
            folder.close()
            if state.path is None:
                remove_unsaved_cache(state.cache_path)

    def discard_all(self) -> None:
        """Remove everything that `crashed` lists."""
        for state in self.crashed():
            if state.file.exists():
                self.discard(state)

    def _tidy(self) -> None:
        """Remove the folders of ended programs that hold nothing."""
        for path in self._folders():
            if not any(path.glob(f"*{SUFFIX}")):
                folder = RecoveryFolder(path, self.generations)
                if folder.locked:
                    folder.close()

    def _folders(self) -> list[Path]:
        with suppress(OSError):
            return [path for path in self.folder.iterdir() if path.is_dir()]
        return []

    @staticmethod
    def _free(folder: Path) -> bool:
        lock = QLockFile(str(folder / _LOCK))
        lock.setStaleLockTime(0)
        if not lock.tryLock(0):
            return False
        lock.unlock()
        return True


class Autosave(QObject):
    """Copies a session's unsaved work from time to time, in a thread.

    Attributes:
        store: where the copies go.

    Signals:
        written(int): revision of the session that is safe now.
        failed(str): a copy could not be written; the session's message says so too, once.
    """

    written = Signal(int)
    failed = Signal(str)

    def __init__(
        self,
        session: Session,
        store: RecoveryStore | None = None,
        *,
        interval_ms: int = INTERVAL_MS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        timer: QTimer | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Watch a session.

        Args:
            session: whose project is copied.
            store: where to; by default that of the user.
            interval_ms: time from the first unsaved change to the copy.
            clock: gives the time that is noted with a copy.
            timer: what waits for the interval, by default a new one.
            parent: of the object, by default the session.
        """
        super().__init__(session if parent is None else parent)
        self.store = RecoveryStore() if store is None else store
        self._session = session
        self._clock = clock
        self._folder: RecoveryFolder | None = None
        self._adopting: RecoveryFolder | None = None
        self._copied = -1
        self._told = False
        self._stopped = False
        self._pending: set[Future[None]] = set()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recovery")
        self._timer = QTimer(self) if timer is None else timer
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self.save_now)
        self.failed.connect(self._tell)
        self.written.connect(self._is_written)
        session.opened.connect(self._opened)
        session.closed.connect(self._close_folder)
        session.saved.connect(self._saved)
        session.projectChanged.connect(self._changed)
        if session.project is not None:
            self._opened()
            self._changed()

    def save_now(self, *, wait_for_it: bool = False) -> None:
        """Copy unsaved work now, as before a render; nothing happens where there is none."""
        self._timer.stop()
        if self._stopped:
            return  # told of a copy after the end
        if self._folder is None and self._session.project is not None:
            self._begin()
        session, folder = self._session, self._folder
        if folder is not None and session.project is not None and session.is_dirty and session.revision != self._copied:
            about = {
                "name": session.title.removesuffix("*"),
                "path": None if session.path is None else str(session.path),
                "cache": str(session.cache_path),
                "saved_at": self._clock().isoformat(),
                "segments": sum(len(track.segments) for track in session.project.tracks),
            }
            self._copied = session.revision
            self._run(self._write, folder, session.project, about, session.revision)
        if wait_for_it:
            wait(self._pending)

    def recover(self, state: RecoveryState) -> bool:
        """Open a state in the session; its file is written only when the user saves.

        The states stay until the project is saved or closed, so a second crash loses nothing.

        Returns:
            Whether it is open; a message says why not.
        """
        try:
            project = self.store.load(state)
        except ProjectFileError as error:
            self._session.message.emit("error", str(error))
            return False
        folder = self.store.adopt(state)
        if folder is None:
            self._session.message.emit("warning", self.tr("{0} is already open in another window.").format(state.name))
            return False
        self._adopting = folder
        self._session.open_recovered(project, state.path, state.cache_path)
        return True

    def stop(self, *, keep: bool = False) -> None:
        """End orderly: the copies are removed, unless they are to be offered at the next start (`keep`)."""
        self._timer.stop()
        if keep:
            self.save_now(wait_for_it=True)
        self._stopped = True
        self._close_folder(keep=keep)
        self._pool.shutdown(wait=True)

    # Inside -----------------------------------------------------------------------------------------------------------

    def _opened(self) -> None:
        self._close_folder()
        self._told = False
        self._copied = -1
        self._folder, self._adopting = self._adopting, None
        if self._folder is None:
            self._begin()

    def _begin(self) -> None:
        try:
            self._folder = self.store.begin()
        except OSError as error:
            self._tell(error.strerror or str(error))

    def _changed(self) -> None:
        if self._session.is_dirty and not self._stopped and not self._timer.isActive():
            self._timer.start()

    def _saved(self) -> None:
        self._timer.stop()
        if self._folder is not None:
            self._run(self._folder.clear)

    def _close_folder(self, *, keep: bool = False) -> None:
        self._timer.stop()
        folder, self._folder = self._folder, None
        if folder is not None:
            wait(self._pending)
            folder.close(keep=keep)

    def _run(self, work: Callable[..., None], *args: Any) -> None:
        future = self._pool.submit(work, *args)
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)

    def _write(self, folder: RecoveryFolder, project: Project, about: dict[str, Any], revision: int) -> None:
        assert threading.current_thread() is not threading.main_thread()
        try:
            folder.write(project, about)
        except OSError as error:
            self.failed.emit(error.strerror or str(error))
        else:
            self.written.emit(revision)

    def _is_written(self, revision: int) -> None:
        self._told = False
        if self._session.revision != revision:
            self._changed()

    def _tell(self, reason: str) -> None:
        self._copied = -1
        if not self._told:
            self._told = True
            text = self.tr("Unsaved work cannot be copied for the case of a crash; save it now and then. {0}")
            self._session.message.emit("warning", text.format(reason))
        self._changed()


def _state(note: Path) -> RecoveryState | None:
    """Return the state that a note describes, or None if it is damaged or its project is gone."""
    file = note.with_suffix(SUFFIX)
    try:
        about = json.loads(note.read_text("utf-8"))
        saved_at = datetime.fromisoformat(about["saved_at"])
        path = None if about["path"] is None else Path(about["path"])
        name, segments, cache_path = str(about["name"]), int(about["segments"]), Path(about["cache"])
        if saved_at.tzinfo is None or not file.is_file():
            return None
    except (OSError, ValueError, TypeError, KeyError):
        return None
    older = False
    if path is not None:
        with suppress(OSError):
            older = path.stat().st_mtime > saved_at.timestamp()
    return RecoveryState(file, name, path, cache_path, saved_at, segments, older)
