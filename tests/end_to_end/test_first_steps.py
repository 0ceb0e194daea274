"""A new user's first steps and bad days, by mouse on real dialogs: tour, wizard, moved files, crash, recovery."""

import os
import sys
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton

from app import logs
from app.recovery import RecoveryStore
from core.project_file import load_project, save_project
from tests.app.editor_window import one_window, open_editor, reset, trigger, wait_for, write_project
from tests.end_to_end.dialogs import click, press, when_shown
from widgets.crash_dialog import CrashDialog
from widgets.new_project import NewProjectDialog
from widgets.recovery_dialog import RecoveryDialog
from widgets.relink_dialog import RelinkDialog
from widgets.tour import Tour

shared = one_window()


@pytest.fixture
def start(qtbot, shared):
    reset(shared, None)
    return shared


def shown_tours(window) -> list[Tour]:
    return [tour for tour in window.findChildren(Tour) if tour.isVisible()]


def test_the_tour_comes_at_the_first_start_only_and_ends_with_escape(qtbot, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("VERSA_HOME", str(home))
    path = write_project(tmp_path)
    with open_editor(home, [path], tour=True) as window:
        wait_for(lambda: bool(shown_tours(window)), "for the tour")
        (tour,) = shown_tours(window)
        for step in range(1, 5):
            click(tour.next_button)
            assert tour.step == step
        QTest.keyClick(tour, Qt.Key.Key_Escape)
        wait_for(lambda: not shown_tours(window), "for its end")
        assert window.settings.flag("tour_seen")


def test_who_starts_without_a_project_sees_the_tour_with_the_first_one(qtbot, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("VERSA_HOME", str(home))
    with open_editor(home, tour=True) as window:
        assert not window.shows_editor and shown_tours(window) == []
        assert window.files.open_path(write_project(tmp_path))
        wait_for(lambda: len(shown_tours(window)) == 1, "for the tour")
        QTest.keyClick(shown_tours(window)[0], Qt.Key.Key_Escape)
        trigger(window, "close")
        assert window.files.open_path(write_project(tmp_path, "other.versa"))
        QTest.qWait(900)
        assert shown_tours(window) == []


def test_a_project_is_made_in_three_clicks(start, tmp_path, monkeypatch):
    write_project(tmp_path)
    files = iter([str(tmp_path / "p.png"), str(tmp_path / "a.wav")])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (next(files), ""))

    def three_clicks(dialog: NewProjectDialog) -> None:
        QTest.mouseClick(dialog.portrait_tile, Qt.MouseButton.LeftButton)
        QTest.mouseClick(dialog.audio_tile, Qt.MouseButton.LeftButton)
        wait_for(dialog.create_button.isEnabled, "for both files to be looked at")
        click(dialog.create_button)

    met = when_shown(NewProjectDialog, three_clicks)
    trigger(start, "new")
    assert met == ["New project"]
    project = start.session.project
    assert (project.portrait, project.audio) == (str(tmp_path / "p.png"), str(tmp_path / "a.wav"))
    assert start.shows_editor and start.session.is_dirty


def test_moved_files_are_found_by_searching_a_folder(start, tmp_path, monkeypatch):
    path = write_project(tmp_path)
    moved = tmp_path / "elsewhere" / "deep"
    moved.mkdir(parents=True)
    for name in ("a.wav", "p.png"):
        (tmp_path / name).rename(moved / name)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: str(tmp_path / "elsewhere"))

    def search(dialog: RelinkDialog) -> None:
        click(dialog.search_button)
        click(dialog.take_button)

    met = when_shown(RelinkDialog, search)
    assert start.files.open_path(path)
    wait_for(lambda: start.session.project.portrait == str(moved / "p.png"), "for the files")
    assert met == ["Missing media"] and start.session.project.audio == str(moved / "a.wav")
    assert start.files.missing() == []
    trigger(start, "undo")
    trigger(start, "undo")
    assert start.session.project.portrait == str(tmp_path / "p.png")


def test_a_crash_is_told_with_details_to_copy_and_the_work_is_copied(start, tmp_path, capsys):
    assert start.files.open_path(write_project(tmp_path))
    start.session.add_marker(500_000)
    revision = start.session.revision
    written: list[int] = []
    start.autosave.written.connect(written.append)
    path = logs.start_logging(tmp_path)
    before = sys.excepthook, threading.excepthook
    logs.install_hooks(start.crashed.emit)
    texts: list[str] = []
    words = "grandmother's birthday"

    def copy_and_close(dialog: CrashDialog) -> None:
        texts.append(dialog.details.toPlainText())
        for label in ("Copy details", "Close"):
            (button,) = [b for b in dialog.findChildren(QPushButton) if b.text().replace("&", "") == label]
            click(button)

    met = when_shown(CrashDialog, copy_and_close)
    try:
        try:
            raise ValueError(words)
        except ValueError as error:
            sys.excepthook(ValueError, error, error.__traceback__)
        wait_for(lambda: bool(texts) and QApplication.activeModalWidget() is None, "for the dialog")
    finally:
        sys.excepthook, threading.excepthook = before
        logs.stop_crash_file()
    assert met == ["Something went wrong"]
    assert QApplication.clipboard().text() == texts[0] and "grandmother" in texts[0]
    assert "grandmother" not in path.read_text("utf-8")
    wait_for(lambda: max(written, default=-1) >= revision, "for the copy")
    start.autosave.written.disconnect(written.append)
    capsys.readouterr()


def test_the_log_of_a_whole_session_holds_no_word_of_the_user(start, tmp_path):
    """Prompts, markers and file names go through messages, refusals and errors; none may end in the log."""
    path = logs.start_logging(tmp_path)
    try:
        secret = tmp_path / "secretfolder"
        secret.mkdir()
        assert start.files.open_path(write_project(secret))
        start.session.change_segments(("wave",), prompt="secretprompt")
        start.session.change_segments(("wave",), locked=True)
        start.session.delete_segments(("wave",))  # refused with the prompt in the sentence
        start.session.open(secret / "nothere.versa")
        start.engine.prepare(portrait=str(secret / "none.png"))
        wait_for(lambda: "none.png" in start.status.message, "for the engine's answer")
        start.session.undo_stack.setClean()
    finally:
        logs.stop_crash_file()
    text = path.read_text("utf-8")
    assert "WARNING" in text and "ERROR" in text  # it was written about
    assert "secret" not in text and "none.png" not in text


def left_behind(path, seed: int) -> None:
    """Make what a crash leaves: a recovery copy of a changed project."""
    folder = RecoveryStore().begin()
    about = {"name": path.name, "path": str(path), "cache": str(path), "saved_at": "2026-01-01T10:00:00+00:00"}
    folder.write(load_project(path).replace(seed=seed), {**about, "segments": 2})
    folder.close(keep=True)


@pytest.mark.parametrize("choice", ["Replace", "Save as…", "Cancel"])
def test_recovered_work_is_saved_only_where_the_user_says(start, tmp_path, monkeypatch, choice):
    path = write_project(tmp_path)
    left_behind(path, 99)
    before = path.read_bytes()
    met = when_shown(RecoveryDialog, lambda dialog: click(dialog.open_button))
    assert start.wiring.offer_recovery() and met == ["Recover unsaved work"]
    assert start.session.project.seed == 99 and path.read_bytes() == before
    other = tmp_path / "other.versa"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(other), ""))
    met = when_shown(QMessageBox, press(choice))
    trigger(start, "save")
    assert met == ["Save the recovered work as talk.versa?"]
    kept = [file.read_bytes() for file in tmp_path.glob("talk (before recovery *).versa")]
    if choice == "Replace":
        assert load_project(path).seed == 99 and kept == [before]
        assert "kept as talk (before recovery" in start.status.message
        start.session.add_marker(1)
        trigger(start, "save")  # asks no second time: a box would hold this test up
        assert not start.session.is_dirty
    elif choice == "Cancel":
        assert path.read_bytes() == before and kept == [] and start.session.is_dirty
    else:
        assert path.read_bytes() == before and kept == [] and load_project(other).seed == 99
    start.session.undo_stack.setClean()
    start.files.close()
    RecoveryStore().discard_all()


def test_what_waits_in_the_queue_is_offered_at_the_next_start(qtbot, tmp_path, monkeypatch):
    from app.jobs import RenderRequest
    from app.jobs.queue import queue_path
    from app.jobs.store import JobStore

    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("VERSA_HOME", str(home))
    path = write_project(tmp_path)
    project = load_project(path)
    save_project(project.model_copy(update={"output": project.output.replace(height=64)}), path)
    store = JobStore(queue_path())
    for name in ("a.mp4", "b.mp4"):
        store.add(RenderRequest.of(load_project(path), path, out=str(tmp_path / name)))
    store.close()
    with open_editor(home, [path]) as window:
        assert [job.state for job in window.jobs.jobs()] == ["paused", "paused"]
        window.docks.raise_dock("queue")
        QApplication.processEvents()
        button = window.parts.queue.left_button
        assert button.text() == "Go on with 2 renders"
        click(button)
        assert not button.isVisible()
        wait_for(lambda: window.jobs.jobs()[0].state in ("running", "done"), "for the first render")
        for job in window.jobs.jobs():
            window.jobs.cancel(job.id)
        assert os.path.exists(path)
