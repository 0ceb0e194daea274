"""`widgets.new_project`: two files and a button; what cannot be used is said at once."""

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog

from resources import RESOURCES
from tests.shown import show_active
from widgets.media_probe import probe_picture, probe_sound
from widgets.new_project import NewProjectDialog

LEFT = Qt.MouseButton.LeftButton
PORTRAIT = str(RESOURCES / "sample" / "head.png")
AUDIO = str(RESOURCES / "sample" / "speech.flac")


@pytest.fixture
def dialog(qtbot):
    made = NewProjectDialog()
    show_active(qtbot, made)
    return made


def test_three_clicks_make_a_project(dialog, qtbot, monkeypatch):
    answers = iter([PORTRAIT, AUDIO])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (next(answers), ""))
    assert not dialog.create_button.isEnabled()
    QTest.mouseClick(dialog.portrait_tile, LEFT)
    QTest.mouseClick(dialog.audio_tile, LEFT)
    qtbot.waitUntil(dialog.create_button.isEnabled)
    assert "1024 \u00d7 1024" in dialog._facts["portrait"].text()
    assert "kHz, mono" in dialog._facts["audio"].text()
    QTest.mouseClick(dialog.create_button, LEFT)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.result_files() == (PORTRAIT, AUDIO)


def test_the_keyboard_alone(dialog, qtbot, monkeypatch):
    answers = iter([PORTRAIT, AUDIO])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (next(answers), ""))
    dialog.portrait_tile.setFocus()
    QTest.keyClick(dialog.portrait_tile, Qt.Key.Key_Space)
    QTest.keyClick(dialog, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(dialog.create_button.isEnabled)
    assert dialog.focusWidget() is dialog.create_button or dialog.create_button.isDefault()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_files_that_cannot_be_used_are_refused_with_a_reason(dialog, qtbot, tmp_path):
    text = tmp_path / "notes.png"
    text.write_text("no picture")
    dialog.set_portrait(str(text))
    dialog.set_audio(str(tmp_path / "gone.wav"))
    qtbot.waitUntil(lambda: "notes.png" in dialog._facts["portrait"].text())
    qtbot.waitUntil(lambda: "does not exist" in dialog._facts["audio"].text())
    assert not dialog.create_button.isEnabled()
    dialog.set_portrait(PORTRAIT)
    dialog.set_audio(AUDIO)
    qtbot.waitUntil(dialog.create_button.isEnabled)


def test_a_newer_choice_wins_over_one_that_is_still_being_read(dialog, qtbot):
    dialog.set_portrait(str(RESOURCES / "sample" / "whole.png"))
    dialog.set_portrait(PORTRAIT)
    qtbot.waitUntil(lambda: "1024 \u00d7 1024" in dialog._facts["portrait"].text())
    assert dialog.result_files()[0] == PORTRAIT


def test_dropped_files_go_where_they_belong(dialog, qtbot):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(AUDIO), QUrl.fromLocalFile(PORTRAIT)])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, mime, LEFT, none)
    QApplication.sendEvent(dialog, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(dialog, QDropEvent(QPointF(50, 50), copy, mime, LEFT, none))
    assert dialog.result_files() == (PORTRAIT, AUDIO)
    qtbot.waitUntil(dialog.create_button.isEnabled)


def test_other_files_cannot_be_dropped(dialog):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/x/notes.txt")])
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(dialog, enter)
    assert not enter.isAccepted()


def test_closing_while_files_are_read_does_no_harm(qtbot):
    made = NewProjectDialog()
    made.set_audio(AUDIO)
    made.set_portrait(PORTRAIT)
    made.reject()
    made.deleteLater()
    qtbot.wait(10)


def test_peaks_of_a_known_sound(tmp_path):
    sound = np.concatenate([np.zeros(8000), np.full(8000, 0.5), np.full(8000, -0.25)]).astype(np.float32)
    path = tmp_path / "steps.wav"
    soundfile.write(path, np.stack([sound, sound], axis=1), 8000, subtype="FLOAT")
    facts = probe_sound(str(path))
    assert (facts.duration_us, facts.rate, facts.channels, facts.whole) == (3_000_000, 8000, 2, True)
    assert facts.peaks[0].tolist() == [0.0, 0.0]
    assert facts.peaks[:, 1].max() == pytest.approx(0.5) and facts.peaks[:, 0].min() == pytest.approx(-0.25)


def test_a_long_recording_shows_its_beginning_and_its_whole_length(tmp_path):
    path = tmp_path / "long.wav"
    soundfile.write(path, np.zeros((400_000, 1), np.float32), 8000)
    facts = probe_sound(str(path), patience_s=0.0)
    assert not facts.whole and facts.duration_us == 50_000_000


def test_remarks_about_quiet_sound_and_small_pictures(tmp_path):
    from PIL import Image

    quiet = tmp_path / "quiet.wav"
    soundfile.write(quiet, np.zeros(16000, np.float32), 16000)
    assert any("quiet" in warning for warning in probe_sound(str(quiet)).warnings)
    small = tmp_path / "small.png"
    Image.new("RGB", (200, 300), (90, 80, 70)).save(small)
    facts = probe_picture(str(small))
    assert (facts.width, facts.height) == (200, 300) and any("small" in text for text in facts.warnings)
