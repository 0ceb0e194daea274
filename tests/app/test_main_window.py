"""The editor's window as its user meets it: files, what breaks, exports and languages."""

import json
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from app import logs
from core.project_file import load_project, save_project
from tests.app.editor_window import WAIT, answer, motion_is_there, open_editor, trigger, write_project
from tests.languages import speaking

ROOT = Path(__file__).parents[2]


# Files ----------------------------------------------------------------------------------------------------------------


def test_unsaved_changes_are_asked_about(editor, monkeypatch, tmp_path):
    assert editor.session.add_marker(500_000)
    assert "*" in editor.windowTitle()
    shown = answer(monkeypatch, QMessageBox.StandardButton.Cancel)
    editor.close()
    assert editor.isVisible() and shown == ["Save the changes to talk.versa?"]
    trigger(editor, "close")
    assert editor.session.project is not None
    answer(monkeypatch, QMessageBox.StandardButton.Save)
    trigger(editor, "close")
    assert editor.session.project is None
    assert len(load_project(tmp_path / "talk.versa").markers) == 1


def test_discarded_changes_are_gone(editor, monkeypatch, tmp_path):
    before = (tmp_path / "talk.versa").read_bytes()
    editor.session.add_marker(500_000)
    answer(monkeypatch, QMessageBox.StandardButton.Discard)
    trigger(editor, "close")
    assert editor.session.project is None and (tmp_path / "talk.versa").read_bytes() == before


def test_save_as_asks_for_a_name_and_adds_the_suffix(editor, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "other"), ""))
    trigger(editor, "save_as")
    assert editor.session.path == tmp_path / "other.versa" and (tmp_path / "other.versa").is_file()
    assert editor.settings.recent()[0] == tmp_path / "other.versa"


def test_a_new_project_is_named_after_its_recording(start, monkeypatch, tmp_path):
    write_project(tmp_path)
    (tmp_path / "Grüße.wav").write_bytes((tmp_path / "a.wav").read_bytes())
    assert start.session.new(tmp_path / "p.png", tmp_path / "Grüße.wav")
    offered = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (offered.append(Path(args[2]).name), ("", ""))[1])
    trigger(start, "save")
    assert offered == ["Grüße.versa"] and start.session.is_dirty


def drop(window, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPoint(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)
    assert event.isAccepted()
    QApplication.processEvents()


def test_a_dropped_project_opens_and_a_dropped_picture_becomes_the_portrait(start, tmp_path, qtbot):
    path = write_project(tmp_path)
    drop(start, path)
    assert start.session.path == path
    other = tmp_path / "q.png"
    other.write_bytes((tmp_path / "p.png").read_bytes())
    drop(start, other)
    qtbot.waitUntil(lambda: start.session.project.portrait == str(other), timeout=WAIT)
    assert start.session.undo_stack.undoText()


@pytest.mark.parametrize("name", ["damaged.png", "damaged.wav"])
def test_a_file_that_cannot_be_read_takes_no_place(editor, tmp_path, qtbot, name):
    broken = tmp_path / name
    broken.write_text("no media", encoding="utf-8")
    before = editor.session.project
    drop(editor, broken)
    qtbot.waitUntil(lambda: name in editor.status.message and "read" in editor.status.message, timeout=WAIT)
    qtbot.waitUntil(lambda: "Reading" not in editor.status.message, timeout=WAIT)
    assert editor.session.project.portrait == before.portrait and editor.session.project.audio == before.audio
    assert not editor.session.is_dirty


def test_another_portrait_leaves_the_recording_s_pauses_and_another_recording_the_portrait(editor, tmp_path, qtbot):
    """The engine describes only what is new to it, so the window must not forget the other."""
    scene = editor.parts.timeline.canvas.scene
    qtbot.waitUntil(lambda: motion_is_there(editor) and len(scene.accents) > 0, timeout=WAIT)
    pauses, accents, proposed = scene.pauses.copy(), scene.accents.copy(), list(editor.proposed)
    for name, copy in (("p.png", "q.png"), ("a.wav", "b.wav")):
        (tmp_path / copy).write_bytes((tmp_path / name).read_bytes())
    editor.session.set_portrait(tmp_path / "q.png", keep_rig=True)
    assert (scene.pauses == pauses).all() and (scene.accents == accents).all() and editor.proposed == proposed
    qtbot.waitUntil(lambda: editor.wiring.engine.portrait is not None, timeout=WAIT)
    editor.session.set_audio(tmp_path / "b.wav")
    assert editor.wiring.engine.portrait is not None and not len(scene.accents)
    qtbot.waitUntil(lambda: len(scene.accents) > 0, timeout=WAIT)


def test_missing_media_are_asked_for_and_found(qtbot, home, tmp_path, monkeypatch):
    path = write_project(tmp_path)
    moved = tmp_path / "moved"
    moved.mkdir()
    (tmp_path / "a.wav").rename(moved / "a.wav")
    asked: list = []

    class Dialog:
        def __init__(self, missing, parent):
            asked.extend(missing)

        def exec(self):
            return True

        def found(self):
            return {"audio": moved / "a.wav"}

    monkeypatch.setattr("widgets.relink_dialog.RelinkDialog", Dialog)
    with open_editor(home, [path]) as window:
        qtbot.waitUntil(lambda: window.session.project.audio == str(moved / "a.wav"), timeout=WAIT)
        assert asked == [("audio", tmp_path / "a.wav")]
        qtbot.waitUntil(lambda: window.sound.proxy is not None, timeout=WAIT)


def test_a_missing_recording_shows_no_other_one(editor, tmp_path, monkeypatch, qtbot):
    monkeypatch.setattr("widgets.relink_dialog.RelinkDialog.exec", lambda dialog: 0)
    scene = editor.parts.timeline.canvas.scene
    qtbot.waitUntil(lambda: scene.peaks is not None, timeout=WAIT)
    project = editor.session.project
    save_project(project.model_copy(update={"audio": str(tmp_path / "gone.wav")}), tmp_path / "gone.versa")
    assert editor.files.open_path(tmp_path / "gone.versa")
    assert scene.peaks is None and editor.sound.proxy is None
    qtbot.waitUntil(lambda: "gone.wav" in editor.status.message, timeout=WAIT)
    assert scene.peaks is None


def test_work_of_a_crash_is_offered_and_opened(qtbot, home, tmp_path, monkeypatch):
    from app.recovery import RecoveryStore

    path = write_project(tmp_path)
    store = RecoveryStore()
    folder = store.begin()
    project = load_project(path).replace(seed=99)
    about = {
        "name": "talk.versa",
        "path": str(path),
        "cache": str(path),
        "saved_at": "2026-01-01T10:00:00+00:00",
        "segments": 2,
    }
    folder.write(project, about)
    folder.close(keep=True)
    monkeypatch.setattr("widgets.recovery_dialog.RecoveryDialog.exec", lambda self: 1)
    with open_editor(home) as window:
        assert window.session.project.seed == 99 and window.session.is_dirty
        assert load_project(path).seed == 7


def test_the_timeline_shows_the_same_stretch_again(editor, qtbot):
    qtbot.waitUntil(lambda: editor.duration_us is not None, timeout=WAIT)
    path = editor.session.path
    for _ in range(3):
        trigger(editor, "zoom_in")
    before = editor.parts.timeline.view_state()
    trigger(editor, "close")
    assert editor.files.open_path(path)
    qtbot.waitUntil(lambda: editor.parts.timeline.view_state()["us_per_px"] == before["us_per_px"], timeout=WAIT)


# When something breaks ------------------------------------------------------------------------------------------------


def test_an_unexpected_error_is_shown_with_details_to_copy(editor, home, monkeypatch, qtbot, capsys):
    path = logs.start_logging(home)
    before = sys.excepthook, threading.excepthook
    shown: list = []

    def execute(dialog) -> int:
        dialog.copy()
        shown.append(dialog.details.toPlainText())
        return 0

    monkeypatch.setattr("widgets.crash_dialog.CrashDialog.exec", execute)
    logs.install_hooks(editor.crashed.emit)
    try:
        secret = "wave to grandmother"
        error = ValueError(secret)
        sys.excepthook(ValueError, error, None)
        thread = threading.Thread(target=lambda: [][1])
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: len(shown) == 2)
    finally:
        sys.excepthook, threading.excepthook = before
        logs.stop_crash_file()
    assert secret in shown[0] and "IndexError" in shown[1]
    assert "IndexError" in QApplication.clipboard().text()
    text = path.read_text("utf-8")
    assert "ValueError" in text and secret not in text
    capsys.readouterr()


def test_the_log_holds_the_user_s_words_only_if_they_agree(home):
    path = logs.start_logging(home)
    try:
        logs.log("info", f"prompt {logs.private('wave')}")
        logs.allow_private_text(True)
        logs.log("info", f"prompt {logs.private('bow')}")
    finally:
        logs.allow_private_text(False)
        logs.stop_crash_file()
    text = path.read_text("utf-8")
    assert "wave" not in text and "<4 characters>" in text and "bow" in text


def test_refused_edits_say_why(editor):
    editor.session.change_segments(("wave",), locked=True)
    editor.session.set_selection(("wave",))
    trigger(editor, "delete")
    assert "locked" in editor.status.message
    assert editor.session.project.segment("wave")


# Exports --------------------------------------------------------------------------------------------------------------


def notices(window) -> list[QMessageBox]:
    return [box for box in window.findChildren(QMessageBox) if box.isVisible()]


def test_of_several_exports_only_the_last_is_announced_and_typing_goes_on(editor, qtbot, tmp_path):
    editor.exporter.write(tmp_path / "a.bvh", lambda: None)
    qtbot.waitUntil(lambda: [box.text() for box in notices(editor)] == ["a.bvh is ready."], timeout=WAIT)
    editor.activateWindow()
    qtbot.waitUntil(editor.isActiveWindow, timeout=WAIT)
    editor.session.set_selection(("wave",))
    field = editor.parts.inspector.segment_page.prompt
    field.setFocus()
    editor.exporter.write(tmp_path / "b.npz", lambda: None)
    qtbot.waitUntil(lambda: [box.text() for box in notices(editor)] == ["b.npz is ready."], timeout=WAIT)
    assert notices(editor)[0].testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    notices(editor)[0].close()


# Languages ------------------------------------------------------------------------------------------------------------


def test_the_window_speaks_german(qtbot, home, tmp_path):
    with speaking("de", home), open_editor(home, [write_project(tmp_path)]) as window:
        titles = [action.text() for action in window.menuBar().actions()]
        assert titles[:2] == ["&Datei", "&Bearbeiten"]
        assert window.registry["split"].text() == "Am Abspielkopf &teilen"
        assert window.docks["timeline"].windowTitle() == "Zeitleiste"
        assert window.preview.buttons["poses"].text() == "Posen"


def test_every_text_is_translated():
    import xml.etree.ElementTree as ElementTree

    document = ElementTree.parse(ROOT / "resources" / "translations" / "versa_de.ts")
    messages = list(document.getroot().iter("message"))
    missing = [m.findtext("source") for m in messages if not (m.findtext("translation") or "").strip()]
    assert len(messages) > 400 and missing == []
    for message in messages:
        source, german = message.findtext("source") or "", message.findtext("translation") or ""
        assert sorted(_fields(source)) == sorted(_fields(german)), source


def _fields(text: str) -> list[str]:
    from string import Formatter

    try:
        return [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return []


def test_motion_reaches_the_views(editor, qtbot):
    qtbot.waitUntil(lambda: motion_is_there(editor), timeout=WAIT)
    clip = editor.wiring.engine.clip
    assert clip is not None and len(clip) == 120
    assert editor.parts.skeleton.state.figure is not None
    assert isinstance(editor.registry["undo"], QAction) and not editor.registry["undo"].isEnabled()
    assert np.isfinite(clip.joints).all()
    document = json.loads((editor.session.path).read_text("utf-8"))
    assert document["schema_version"] >= 1
