"""What the file actions do: new, open, save, close, recent projects, dropped files, missing media, recovery.

Questions to the user are asked here; reading and writing projects is the session's.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.folders import sample_copy_folder
from app.thumbnails import recent_projects, thumbnail_file
from core.project_file import SUFFIX, media_report
from widgets.media_probe import PICTURE_SUFFIXES, SOUND_SUFFIXES, MediaProbe, PictureFacts, SoundFacts, patterns

if TYPE_CHECKING:
    from app.main_window import MainWindow

SAMPLE_NAME: Final = "half.versa"
_VIEWS: Final = "timeline_views"
_VIEWS_KEPT: Final = 30


class WindowFiles(QObject):
    """Handlers of the file menu, and of files dropped onto the window."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._probe = MediaProbe(self)
        self._probe.pictureReady.connect(lambda facts: self._take_media(facts, window.session.set_portrait))
        self._probe.soundReady.connect(lambda facts: self._take_media(facts, window.session.set_audio))
        self._probed_for: Path | None = None
        window.pictures.thumbnailMade.connect(lambda _project: self.fill_recent())

    # Open and close ---------------------------------------------------------------------------------------------------

    def new(self, portrait: str = "", audio: str = "") -> None:
        """Make a project with the wizard."""
        if not self.may_leave():
            return
        from widgets.new_project import NewProjectDialog

        dialog = NewProjectDialog(self._window)
        if portrait:
            dialog.set_portrait(portrait)
        if audio:
            dialog.set_audio(audio)
        if dialog.exec():
            chosen = dialog.result_files()
            if self._window.session.new(*chosen):
                self._opened()

    def open(self) -> None:
        """Ask for a project and open it."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Open a project"), self._folder(), self.tr("Projects (*.versa);;All files (*)")
        )
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> bool:
        """Open a project after asking about unsaved changes; returns whether it is open."""
        if not self.may_leave():
            return False
        if not self._window.session.open(path):
            return False
        self._opened()
        return True

    def open_sample(self) -> None:
        """Open the user's copy of the sample project, made if it is not there."""
        from app.commands.context import CommandError
        from app.commands.demo import copy_samples, sample_folder

        folder = sample_copy_folder()
        try:
            copies = copy_samples(sample_folder(), folder)
        except (CommandError, OSError) as error:
            self._window.show_message("error", str(error))
            return
        wanted = next((copy for copy in copies if copy.name == SAMPLE_NAME), copies[0])
        self.open_path(wanted)

    def recovered(self) -> None:
        """Show a project that was recovered."""
        self._window.show_editor()
        QTimer.singleShot(0, self._check_media)

    def _opened(self) -> None:
        session = self._window.session
        if session.path is not None:
            self._remember(session.path)
        self._window.show_editor()
        QTimer.singleShot(0, self._check_media)
        QTimer.singleShot(0, self._restore_view)

    def _remember_view(self) -> None:
        """Remember which stretch of the project the timeline shows."""
        path, timeline = self._window.session.path, self._window.parts.timeline
        if path is not None and timeline is not None:
            views = self._window.settings.data(_VIEWS)
            views.pop(str(path), None)
            kept = dict(list(views.items())[-_VIEWS_KEPT:])
            self._window.settings.set_data(_VIEWS, {**kept, str(path): timeline.view_state()})

    def _restore_view(self) -> None:
        path, timeline = self._window.session.path, self._window.parts.timeline
        state = self._window.settings.data(_VIEWS).get(str(path))
        if timeline is not None and isinstance(state, dict):
            timeline.set_view_state(state)

    def _remember(self, path: Path) -> None:
        self._window.settings.add_recent(path)
        project = self._window.session.project
        if project is not None:
            self._window.pictures.make_thumbnail(path, project.portrait)
        self.fill_recent()

    def close(self) -> None:
        """Close the project and show the start page."""
        if self.may_leave():
            self._window.session.close()
            self._window.show_start()

    def quit(self) -> None:
        """Leave the program."""
        self._window.close()

    def may_leave(self) -> bool:
        """Ask about unsaved changes; returns whether the project may be left."""
        session = self._window.session
        self._flush()
        self._remember_view()
        if session.project is None or not session.is_dirty:
            return True
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Unsaved changes"))
        name = session.path.name if session.path is not None else self.tr("the new project")
        box.setText(self.tr("Save the changes to {name}?").format(name=name))
        box.setInformativeText(self.tr("Without saving they are lost."))
        box.setStandardButtons(
            QMessageBox.StandardButton.Save | QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel
        )
        box.setDefaultButton(QMessageBox.StandardButton.Save)
        answer = box.exec()
        if answer == QMessageBox.StandardButton.Save:
            return self.save()
        return answer == QMessageBox.StandardButton.Discard

    # Save -------------------------------------------------------------------------------------------------------------

    def save(self) -> bool:
        """Save the project; returns whether it is saved."""
        session = self._window.session
        if session.project is None:
            return False
        self._flush()
        self._window.show_message("info", "")
        if session.path is None:
            return self.save_as()
        if session.is_recovered and session.path.exists():
            return self._save_recovered(session.path)
        return self._saved(session.save())

    def _save_recovered(self, path: Path) -> bool:
        """Ask where recovered work goes: the project's own file holds another state, which the user may still want."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Save recovered work"))
        box.setText(self.tr("Save the recovered work as {name}?").format(name=path.name))
        box.setInformativeText(
            self.tr("The file holds the state of your last save. If you replace it, that state is kept beside it.")
        )
        replace = box.addButton(self.tr("Replace"), QMessageBox.ButtonRole.AcceptRole)
        other = box.addButton(self.tr("Save as…"), QMessageBox.ButtonRole.ActionRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(replace)
        box.exec()
        if box.clickedButton() is other:
            return self.save_as()
        return box.clickedButton() is replace and self._saved(self._window.session.save())

    def _flush(self) -> None:
        """Take what is being typed."""
        if self._window.parts.inspector is not None:
            self._window.parts.inspector.flush()

    def save_as(self) -> bool:
        """Ask for a name and save under it; returns whether it is saved."""
        self._flush()
        self._window.show_message("info", "")
        session = self._window.session
        if session.project is None:
            return False
        recording = Path(session.project.audio).stem
        start = str(session.path or Path(self._folder()) / f"{recording}{SUFFIX}")
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save the project as"), start, self.tr("Projects (*.versa)")
        )
        if not name:
            return False
        path = Path(name)
        if path.suffix != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        return self._saved(session.save_as(path))

    def _saved(self, done: object) -> bool:
        if done is False:
            return False
        path = self._window.session.path
        if path is not None:
            self._remember(path)
            if not self._window.status.message:  # a warning about the file says more
                self._window.show_message("info", self.tr("Saved {name}.").format(name=path.name))
        return True

    def _folder(self) -> str:
        path = self._window.session.path
        if path is not None:
            return str(path.parent)
        recent = self._window.settings.recent()
        return str(recent[0].parent) if recent else str(Path.home())

    # Media ------------------------------------------------------------------------------------------------------------

    def replace_portrait(self) -> None:
        """Ask for another portrait."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Choose a portrait"),
            self._folder(),
            self.tr("Pictures ({0})").format(patterns(PICTURE_SUFFIXES)),
        )
        if name:
            self._look_at(picture=name)

    def replace_audio(self) -> None:
        """Ask for another recording."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Choose a recording"),
            self._folder(),
            self.tr("Recordings ({0})").format(patterns(SOUND_SUFFIXES)),
        )
        if name:
            self._look_at(sound=name)

    def _look_at(self, *, picture: str = "", sound: str = "") -> None:
        """Read other media before they take the place of those that work."""
        self._probed_for = self._window.session.cache_path
        for path, ask in ((picture, self._probe.ask_picture), (sound, self._probe.ask_sound)):
            if path:
                self._window.show_message("info", self.tr("Reading {name} …").format(name=Path(path).name))
                ask(path)

    def _take_media(self, facts: PictureFacts | SoundFacts, take: Callable[[str], bool]) -> None:
        session = self._window.session
        if session.project is None or session.cache_path != self._probed_for:
            return  # another project was opened meanwhile
        if facts.error:
            self._window.show_message("error", facts.error)
            return
        self._window.show_message("info", "")
        take(facts.path)
        self._window.wiring.show_media()

    def missing(self) -> list[tuple[str, Path]]:
        """Return role and path of the media that are not where the project says."""
        session = self._window.session
        if session.project is None:
            return []
        base = session.path or Path.home() / f"new{SUFFIX}"
        return [(media.role, media.path) for media in media_report(session.project, base) if media.missing]

    def _check_media(self) -> None:
        self._window.wiring.show_media()
        if self.missing():
            self.relink()

    def relink(self) -> None:
        """Ask where missing media lie now."""
        missing = self.missing()
        if not missing:
            self._window.show_message("info", self.tr("All media are where they should be."))
            return
        from widgets.relink_dialog import RelinkDialog

        dialog = RelinkDialog(missing, self._window)
        if not dialog.exec():
            return
        session = self._window.session
        self._window.show_message("info", "")  # what was missing is said no more
        for role, path in dialog.found().items():
            if role == "audio":
                session.set_audio(str(path))
            elif role == "portrait":
                session.set_portrait(str(path))
            elif role == "rig_file":
                self._take_rig(path)
        self._window.wiring.show_media()

    def _take_rig(self, path: Path) -> None:
        """Take the rig of a file into the project itself, so that it cannot go missing again."""
        try:
            rig = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            self._window.show_message("error", self.tr("{0} is no rig: {1}").format(path.name, error))
            return
        self._window.session.set_rig(rig)

    def export(self) -> None:
        """Open the export dialog."""
        self._window.exporter.show_dialog()

    # Recent -----------------------------------------------------------------------------------------------------------

    def fill_recent(self) -> None:
        """Bring the menu and the start page up to date with the recent projects."""
        paths = self._window.settings.recent()
        menu = self._window.recent_menu
        menu.clear()
        for number, path in enumerate(paths, start=1):
            action = QAction(f"&{number}  {path.stem}   —   {path.parent}", menu)
            action.setStatusTip(str(path))
            picture = thumbnail_file(path)
            if picture is not None:
                from PySide6.QtGui import QIcon

                action.setIcon(QIcon(str(picture)))
            action.triggered.connect(lambda _=False, path=path: self.open_path(path))
            menu.addAction(action)
        if paths:
            menu.addSeparator()
            menu.addAction(self.tr("Forget these"), self._forget_recent)
        menu.setEnabled(bool(paths))
        self._window.start_page.set_recent(recent_projects(paths))

    def _forget_recent(self) -> None:
        self._window.settings.clear_recent()
        self.fill_recent()

    # Dropped files ----------------------------------------------------------------------------------------------------

    def drag_enter(self, event: QDragEnterEvent) -> None:
        """Take files that the program can do something with."""
        if any(path.suffix.lower() in (*PICTURE_SUFFIXES, *SOUND_SUFFIXES, SUFFIX) for path in dropped_files(event)):
            event.acceptProposedAction()

    def drop(self, event: QDropEvent) -> None:
        """Open a dropped project; take a picture as portrait and a sound as recording."""
        paths = dropped_files(event)
        event.acceptProposedAction()
        # The program that dragged waits for our answer, so questions come after it.
        QTimer.singleShot(0, lambda: self.take_files(paths))

    def take_files(self, paths: list[Path]) -> None:
        """Do with dropped files what `drop` says."""
        projects = [path for path in paths if path.suffix.lower() == SUFFIX]
        pictures = [path for path in paths if path.suffix.lower() in PICTURE_SUFFIXES]
        sounds = [path for path in paths if path.suffix.lower() in SOUND_SUFFIXES]
        session = self._window.session
        if projects:
            self.open_path(projects[0])
        elif session.project is None:
            self.new(str(pictures[0]) if pictures else "", str(sounds[0]) if sounds else "")
        else:
            self._look_at(picture=str(pictures[0]) if pictures else "", sound=str(sounds[0]) if sounds else "")


def dropped_files(event: QDropEvent) -> list[Path]:
    """Return the local files of a drop."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
