"""`widgets.relink_dialog`: files are found by choosing one, by their names beside it, or in a folder."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog

from tests.shown import show_active
from widgets.relink_dialog import RelinkDialog

LEFT = Qt.MouseButton.LeftButton
MISSING = [("portrait", Path("/old/me.png")), ("audio", Path("/old/speech.wav"))]


@pytest.fixture
def dialog(qtbot):
    made = RelinkDialog(MISSING)
    show_active(qtbot, made)
    return made


def test_one_found_file_finds_its_neighbours(dialog, tmp_path, monkeypatch):
    for name in ("renamed.png", "speech.wav"):
        (tmp_path / name).touch()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "renamed.png"), ""))
    assert not dialog.take_button.isEnabled()
    QTest.mouseClick(dialog.choose_buttons["portrait"], LEFT)
    QTest.mouseClick(dialog.take_button, LEFT)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.found() == {"portrait": tmp_path / "renamed.png", "audio": tmp_path / "speech.wav"}


def test_a_folder_is_searched_with_those_below(dialog, tmp_path, monkeypatch):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "me.png").touch()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    QTest.mouseClick(dialog.search_button, LEFT)
    assert dialog.found() == {"portrait": tmp_path / "a" / "b" / "me.png"}
    assert "1 still missing" in dialog._result.text() and dialog.take_button.isEnabled()


def test_going_on_without_finds_nothing(dialog):
    QTest.mouseClick(dialog.later_button, LEFT)
    assert dialog.result() == QDialog.DialogCode.Rejected and dialog.found() == {}


def test_a_cancelled_question_changes_nothing(dialog, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    QTest.mouseClick(dialog.choose_buttons["audio"], LEFT)
    assert dialog.found() == {}


def test_of_a_long_path_both_ends_are_shown(qtbot):
    place = Path("/old") / ("folder " * 40) / "speech.wav"
    made = RelinkDialog([("audio", place)])
    show_active(qtbot, made)
    shown = made._labels["audio"].shown_text()
    assert shown.startswith("Was: /old") and "…" in shown and shown.endswith("speech.wav")
