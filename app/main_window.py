"""The editor's window: its frame (menus, toolbar, docks, preview, status bar) and the objects that it joins.

The frame is made at once and shown; everything heavy follows step by step after the first paint (`app.window_parts`).
What actions do is in `app.window_files`, `window_edits`, `window_play`, `window_view`, `window_render`; which signal
leads where is in `app.window_wiring`.

One process has one window with one project: opening another one asks about unsaved changes. Starting the program twice
gives two independent windows.
"""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QIcon,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QMainWindow,
    QMenu,
    QMessageBox,
    QSizePolicy,
    QStackedWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from app import logs
from app.action_registry import ActionRegistry
from app.sentences import said
from app.settings import Settings
from app.thumbnails import PictureReader
from app.window_backends import WindowBackends
from app.window_docks import LAYOUT_VERSION, WindowDocks
from app.window_edits import WindowEdits
from app.window_export import WindowExport
from app.window_keys import WindowKeys
from app.window_parts import Parts, WindowParts
from app.window_play import WindowPlay
from app.window_render import WindowRender
from app.window_sound import WindowSound
from app.window_view import WindowHelp, WindowTimeline, WindowView
from resources import RESOURCES
from widgets import theme
from widgets.crash_dialog import CrashDialog
from widgets.elided_label import ElidedLabel
from widgets.opengl import opengl_facts
from widgets.preview_area import PreviewArea
from widgets.start_page import StartPage
from widgets.status_bar import StatusBar


class MainWindow(QMainWindow):
    """See the module.

    Attributes:
        settings: what is remembered between starts.
        session: the open project (`app.session.Session`), the only writer.
        autosave: copies unsaved work for the case of a crash.
        player: clock and sound (`app.playback.Player`), None until made.
        engine: motion engine (`app.engine.EngineClient`), None until made.
        jobs: render queue (`app.jobs.JobQueue`), None until made.
        parts: views that are made after the first paint.
        registry: the actions.
        docks, preview, status, start_page, motion_note, pose_warning: the frame.
        files, edits, play, view, render_actions, exporter, backends, sound, wiring: what the actions do and what leads
            where.
        pictures: reads pictures in a thread.
        keys: what keys mean where.
        duration_us: length of the recording, None while unknown.
        proposed: stretches that the recording's pauses propose.
        context_id: marker or track that a context menu was opened on.
        stop_at_us: playing stops here, None to go on.
        is_ready: every part is there.
        models: see the constructor.

    Signals:
        ready: every part is there.
        crashed(str, str): sentence and details of an unexpected error of any thread.
    """

    ready = Signal()
    crashed = Signal(str, str)

    def __init__(
        self, settings: Settings, paths: list[Path] | None = None, *, sample: bool = False, models: str = ""
    ) -> None:
        """Make the frame.

        Args:
            settings: what is remembered between starts.
            paths: what to open.
            sample: open the copy of the sample where there is no path.
            models: "module:function" of another source of networks and renderers, "" for the installed ones.
        """
        super().__init__()
        from app.recovery import Autosave
        from app.session import Session
        from app.window_files import WindowFiles
        from app.window_wiring import Wiring

        self.settings = settings
        self.session = Session(self)
        self.autosave = Autosave(self.session)
        self.player: Any = None
        self.engine: Any = None
        self.jobs: Any = None
        self.parts = Parts()
        self.duration_us: int | None = None
        self.proposed: list[tuple[int, int]] = []
        self.context_id = ""
        self.stop_at_us: int | None = None
        self._crash_shown = False
        self.is_ready = False
        self.models = models

        self.setObjectName("mainWindow")
        self.setWindowIcon(QIcon(str(RESOURCES / "icons" / "versa-director.svg")))
        self.setAcceptDrops(True)
        self.setMinimumSize(900, 500)  # a screen of 1920 x 1080 at 200 % has 960 x 540
        self.keys = WindowKeys(self)
        self.pictures = PictureReader(self)
        self.files = WindowFiles(self)
        self.edits = WindowEdits(self)
        self.play = WindowPlay(self)
        self.view = WindowView(self)
        self.render_actions = WindowRender(self)
        self.exporter = WindowExport(self)
        self.backends = WindowBackends(self)
        self.sound = WindowSound(self)
        self.wiring = Wiring(self)
        self._make_middle()
        self.docks = WindowDocks(self)
        self.registry = ActionRegistry(
            self,
            settings,
            {
                "files": self.files,
                "edits": self.edits,
                "play": self.play,
                "timeline": WindowTimeline(self),
                "view": self.view,
                "render": self.render_actions,
                "help": WindowHelp(self),
            },
        )
        self._make_bars()
        self.status = StatusBar(self)
        self.setStatusBar(self.status)
        self.crashed.connect(self._show_crash)
        self.wiring.connect_session()
        self._restore()
        self.show_start()
        self.files.fill_recent()
        self._loader = WindowParts(self, paths or [], sample=sample)

    # Frame ------------------------------------------------------------------------------------------------------------

    def _make_middle(self) -> None:
        self.preview = PreviewArea()
        self._announce_opengl()
        self.pose_warning = ElidedLabel()  # long sentences must not make the window wider than the screen
        self.pose_warning.setStyleSheet(f"color: {theme.WARNING}; padding-right: 6px")
        self.pose_warning.setAccessibleName(self.tr("Warning about the poses"))
        self.motion_note = ElidedLabel()
        self.motion_note.setStyleSheet(f"color: {theme.ACCENT}; padding-right: 6px")
        self.motion_note.setAccessibleName(self.tr("What the preview waits for"))
        self.motion_note.hide()
        for label in (self.motion_note, self.pose_warning):
            label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.preview.add_corner(self.motion_note)
        self.preview.add_corner(self.pose_warning)
        editor = QWidget()
        layout = QVBoxLayout(editor)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.preview, 1)
        self._transport_place = layout
        self.start_page = StartPage()
        self.start_page.newRequested.connect(lambda: self.files.new())
        self.start_page.openRequested.connect(lambda: self.files.open())
        self.start_page.sampleRequested.connect(lambda: self.files.open_sample())
        self.start_page.recentRequested.connect(lambda path: self.files.open_path(Path(path)))
        # The page that is not shown must not keep the preview from being made lower.
        self.start_page.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._middle = QStackedWidget()
        self._middle.addWidget(self.start_page)
        self._middle.addWidget(editor)
        self.setCentralWidget(self._middle)

    def _announce_opengl(self) -> None:
        """Let Qt make the window for OpenGL at once: else it is made anew when the 3D view comes, before all eyes."""
        facts = opengl_facts()
        if not facts.problem and not facts.software:
            from PySide6.QtOpenGLWidgets import QOpenGLWidget

            QOpenGLWidget(self.preview).setFixedSize(0, 0)

    def put_transport(self, transport: QWidget) -> None:
        """Put the transport bar under the preview."""
        self._transport_place.addWidget(transport)

    def _make_bars(self) -> None:
        self.registry.fill_menu_bar(self.menuBar())
        self.recent_menu = QMenu(self.tr("Open &recent"), self)
        self.recent_menu.setToolTipsVisible(True)
        self.registry.menu("file").insertMenu(self.registry["open_sample"], self.recent_menu)
        panels = QMenu(self.tr("Panels"), self)
        for dock in self.docks.all():
            panels.addAction(dock.toggleViewAction())
        self.registry.menu("view").insertMenu(self.registry["reset_layout"], panels)
        self.toolbar = QToolBar(self.tr("Tools"), self)
        self.toolbar.setObjectName("toolbar")
        self.toolbar.setMovable(False)
        self.toolbar.setIconSize(self.toolbar.iconSize() * 0.85)
        self.registry.fill_toolbar(self.toolbar)
        self.addToolBar(self.toolbar)
        panels.addAction(self.toolbar.toggleViewAction())

    def _restore(self) -> None:
        """Bring window and docks to where they were, or to a good first size."""
        geometry = self.settings.window_bytes("geometry")
        screen = self.screen().availableGeometry()
        if geometry is None or not self.restoreGeometry(geometry):
            # A screen of 1366 x 768 is filled, the window's own frame included; a large one is not.
            self.resize(min(1600, screen.width()), min(960, screen.height()))
            self.move(screen.center() - self.rect().center())
            if self.width() == screen.width() or self.height() == screen.height():
                self.setWindowState(self.windowState() | Qt.WindowState.WindowMaximized)

    def show_start(self) -> None:
        """Show the start page; panels without a project are hidden."""
        if self.shows_editor:
            self.remember_layout()
        self._middle.setCurrentIndex(0)
        self.setWindowTitle("Versa Director")
        for dock in self.docks.all():
            # Hiding is not enough: the tabs of docks that lie over each other would stay.
            self.removeDockWidget(dock)
        self.toolbar.hide()
        self.status.time_label.hide()  # of no project
        self.wiring.update_actions()

    def show_editor(self) -> None:
        """Show the open project."""
        if self._middle.currentIndex() != 1:
            self._middle.setCurrentIndex(1)
            self.toolbar.show()
            self.status.time_label.show()
            state = self.settings.window_bytes("state")
            if state is None or not self.restoreState(state, LAYOUT_VERSION):
                self.docks.arrange()
                QTimer.singleShot(0, self.docks.size)
            self.offer_tour()
        self.wiring.update_actions()

    @property
    def shows_editor(self) -> bool:
        """Whether a project is shown, not the start page."""
        return self._middle.currentIndex() == 1

    def show_message(self, level: str, text: str) -> None:
        """Show a sentence in the status bar (see `StatusBar.show_message`); all but "info" goes to the log too."""
        text = said(text)
        self.status.show_message(level, text)
        if level != "info":
            logs.log("warning" if level == "refused" else level, logs.private(text))

    def offer_tour(self) -> None:
        """Show the tour to a user who has not seen it, once there is a project to show it on."""
        if self.is_ready and self.shows_editor and not self.settings.flag("tour_seen"):
            QTimer.singleShot(600, self, self._start_first_tour)

    def _start_first_tour(self) -> None:
        if self.shows_editor and not self.settings.flag("tour_seen"):
            self.start_tour()

    def start_tour(self) -> None:
        """Show the tour of five steps over the window."""
        self.wiring.start_tour()

    # Events -----------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """After the first paint the heavy parts are made."""
        super().paintEvent(event)
        self._loader.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Make sure that the parts are made where a compositor delays painting."""
        super().showEvent(event)
        QTimer.singleShot(500, self._loader.start)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """See `WindowFiles.drag_enter`."""
        self.files.drag_enter(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """See `WindowFiles.drop`."""
        self.files.drop(event)

    def changeEvent(self, event: QEvent) -> None:
        """Nothing is held any more when another window comes to the front."""
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.keys.k_held = False
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes and running renders, then end all that runs."""
        if not self.files.may_leave() or not self._may_stop_renders():
            event.ignore()
            return
        self.remember_layout()
        self.wiring.shut_down()
        self.session.close()
        self.autosave.stop()
        event.accept()

    def remember_layout(self) -> None:
        """Remember where the window and its docks lie."""
        if not self.isFullScreen():
            self.settings.set_window_bytes("geometry", self.saveGeometry())
        if self.shows_editor:
            self.settings.set_window_bytes("state", self.view.layout_to_keep())
        self.settings.sync()

    def _may_stop_renders(self) -> bool:
        if not self.exporter.running():
            return True
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("A render is running"))
        box.setText(self.tr("Stop the render and leave?"))
        box.setInformativeText(self.tr("Finished pieces are kept; the render can be resumed at the next start."))
        stop = box.addButton(self.tr("Stop and leave"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        return box.clickedButton() is stop

    def _show_crash(self, sentence: str, details: str) -> None:
        """Show the dialog, one at a time: an error in a paint event comes with every frame."""
        if self._crash_shown:
            return
        self._crash_shown = True
        self.autosave.save_now()  # the dialog says that the work is safe
        dialog = CrashDialog(sentence, f"{details}\n\n{logs.system_details()}\n\n{logs.log_tail()}", self)
        dialog.logsRequested.connect(lambda: self.registry["log_folder"].trigger())
        dialog.exec()
        dialog.deleteLater()
        self._crash_shown = False
