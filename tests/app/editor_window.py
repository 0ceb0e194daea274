"""A whole editor window with small networks, for tests: `open_editor` makes it, with a project of its own."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from app.actions import ACTIONS
from app.main_window import MainWindow
from app.settings import Settings
from core.project_file import save_project
from core.timeline import MotionSettings, Project, Segment, Track
from tests.app.fakes import write_portrait, write_speech
from widgets.theme import apply_theme

MODELS = "tests.app.process_fakes:models"
SLOW_RENDERER = "tests.app.process_fakes:slow_renderer"
WAIT = 180_000


def write_project(folder: Path, name: str = "talk.versa") -> Path:
    """Write a project of six seconds with two prompts and an emotion track, and its media."""
    portrait = folder / "p.png"
    if not portrait.exists():
        write_portrait(portrait)
        write_speech(folder / "a.wav")
    project = Project(
        portrait=str(portrait),
        rig_file=str(portrait.with_suffix(".rig.json")),
        audio=str(folder / "a.wav"),
        seed=7,
        tracks=(
            Track(
                id="prompts",
                name="Prompts",
                segments=(
                    Segment(id="wave", start_us=1_000_000, end_us=2_000_000, prompt="wave the right hand"),
                    Segment(id="bow", start_us=4_000_000, end_us=5_000_000, prompt="bow deeply"),
                ),
            ),
            Track(id="emotions", kind="emotion", name="Emotion"),
        ),
        # The stand-ins paint what their tokens say; a clean-up of their bodies would change it.
        motion_settings=MotionSettings(cleanup=False, stay=False),
    )
    save_project(project, folder / name)
    return folder / name


def wait_for(until: Callable[[], bool], what: str = "") -> None:
    """Let the program run until something holds; for fixtures that serve a whole module and so have no qtbot."""
    end = time.monotonic() + WAIT / 1000
    while not until():
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain {what}")
        QTest.qWait(5)


@contextmanager
def open_editor(
    home: Path, paths: list[Path] | None = None, *, models: str = MODELS, tour: bool = False
) -> Iterator[MainWindow]:
    """Open a window, wait until all its parts are there, and end it with all its processes afterwards."""
    if not QApplication.instance().styleSheet():
        apply_theme(QApplication.instance())
    settings = Settings(home)
    settings.set_flag("tour_seen", not tour)
    window = MainWindow(settings, paths, models=models)
    window.resize(1024, 700)  # the 3D view is drawn without a graphics card here
    window.show()
    wait_for(lambda: window.is_ready, "for the window")
    window.activateWindow()
    wait_for(lambda: QApplication.activeWindow() is not None, "for the focus")  # a first question may have it
    try:
        yield window
    finally:
        window.session.undo_stack.setClean()
        window.exporter.running = lambda: False
        window.close()
        window.deleteLater()
        QApplication.processEvents()


def one_window(models: str = MODELS):
    """Return a fixture: one window for all tests of a module that do not care how it began."""

    @pytest.fixture(scope="module")
    def shared(qapp, tmp_path_factory):
        with pytest.MonkeyPatch.context() as patch:
            folder = tmp_path_factory.mktemp("home")
            patch.setenv("VERSA_HOME", str(folder))
            with open_editor(folder, models=models) as window:
                yield window

    return shared


def reset(window: MainWindow, path: Path | None) -> None:
    """Bring a window that several tests share to how it is after opening a project (None: to the start page)."""
    window.session.undo_stack.setClean()
    window.player.pause()
    for job in window.jobs.jobs():
        window.jobs.remove(job.id)
    wait_for(lambda: not window.jobs.jobs(), "for the end of the last test's renders")
    window.files.close()
    for spec in ACTIONS:
        if spec.switch:
            window.registry[spec.id].setChecked(spec.default_on)
    window.preview.set_current("skeleton")
    window.status.show_message("info", "")
    if path is not None:
        window.settings.forget_window()
        assert window.files.open_path(path)
        window.docks.arrange()
        window.activateWindow()
        wait_for(window.isActiveWindow, "for the focus")
    QApplication.processEvents()


def motion_is_there(window: MainWindow) -> bool:
    """Whether the engine is done with the project as it is."""
    session, engine = window.session, window.engine
    project = session.project
    return bool(
        engine.state == "ready"
        and project is not None
        and project.motion is not None
        and {record.prompt for record in project.motion.records}
        == {segment.prompt for segment in project.prompt_segments() if segment.prompt}
    )


def answer(monkeypatch, button: QMessageBox.StandardButton) -> list[str]:
    """Let every message box be answered with a button; returns the texts of those that are shown from now on."""
    shown: list[str] = []

    def execute(box: QMessageBox) -> int:
        shown.append(box.text())
        return int(button.value)

    monkeypatch.setattr(QMessageBox, "exec", execute)
    return shown


def trigger(window: MainWindow, action_id: str) -> QAction:
    """Run an action as a menu does."""
    action = window.registry[action_id]
    assert action.isEnabled(), action_id
    action.trigger()
    return action
