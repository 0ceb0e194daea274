"""`widgets.export_dialog`: what is chosen is what is asked for, under a name that fits."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from core.timeline import OutputSettings, Project
from resources import RESOURCES
from tests.shown import show_active
from widgets.export_dialog import ExportDialog, ExportSettings

LEFT = Qt.MouseButton.LeftButton
S = 1_000_000


@pytest.fixture
def dialog(qtbot, tmp_path):
    made = ExportDialog()
    project = Project(
        portrait=str(RESOURCES / "sample" / "half.png"),
        audio=str(RESOURCES / "sample" / "speech.flac"),
        output=OutputSettings(height=540, fps=30.0),
    )
    made.set_project(project, str(tmp_path / "talk.versa"), 18 * S, (2 * S, 5_500_000), (7 * S, 8 * S))
    show_active(qtbot, made)
    return made


def choose(field, value):
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Home)
    while field.value() != value:
        before = field.currentIndex()
        QTest.keyClick(field, Qt.Key.Key_Down)
        assert field.currentIndex() > before, f"{value} is not offered"


def test_the_project_s_settings_and_the_range_are_offered_first(dialog, qtbot, tmp_path):
    assert dialog.path.text() == str(tmp_path / "talk-2.0-5.5.mp4")
    assert "432 \u00d7 540" in dialog.summary.text() and "105 frames" in dialog.summary.text()
    with qtbot.waitSignal(dialog.exportRequested) as told:
        QTest.mouseClick(dialog.export_button, LEFT)
    assert told.args == [
        ExportSettings("mp4", str(tmp_path / "talk-2.0-5.5.mp4"), 2 * S, 5_500_000, 540, 30.0, 18, "draft")
    ]


def test_size_rate_quality_and_range_by_keyboard(dialog, tmp_path):
    choose(dialog.stretch, "whole")
    choose(dialog.height_field, 1080)
    choose(dialog.fps, 24.0)
    choose(dialog.quality, 23)
    assert dialog.settings() == ExportSettings("mp4", str(tmp_path / "talk.mp4"), None, None, 1080, 24.0, 23, "draft")
    assert "432 frames" in dialog.summary.text() and "864 \u00d7 1080" in dialog.summary.text()
    choose(dialog.stretch, "selection")
    assert dialog.settings().path == str(tmp_path / "talk-7.0-8.0.mp4")


@pytest.mark.parametrize(
    ("row", "kind", "name", "fields"),
    [
        (1, "poses", "talk-poses-2.0-5.5.mp4", {"stretch", "height_field", "fps", "quality"}),
        (2, "bvh", "talk-2.0-5.5.bvh", {"stretch"}),
        (3, "npz", "talk-2.0-5.5.npz", {"stretch"}),
        (4, "otio", "talk.otio", set()),
    ],
)
def test_kinds(dialog, tmp_path, row, kind, name, fields):
    dialog.kinds.setFocus()
    for _ in range(row):
        QTest.keyClick(dialog.kinds, Qt.Key.Key_Down)
    assert dialog.settings().kind == kind
    assert dialog.settings().path == str(tmp_path / name)
    assert (dialog.settings().start_us is None) == (kind == "otio")
    all_fields = ("stretch", "height_field", "fps", "quality", "backend")
    assert {field for field in all_fields if getattr(dialog, field).isVisible()} == fields


def test_a_name_that_is_taken_gets_a_number(dialog, tmp_path):
    (tmp_path / "talk.mp4").touch()
    (tmp_path / "talk-2.mp4").touch()
    choose(dialog.stretch, "whole")
    assert dialog.settings().path == str(tmp_path / "talk-3.mp4")


def test_a_name_of_the_user_stays_and_gets_the_right_ending(dialog, tmp_path):
    dialog.path.selectAll()
    QTest.keyClicks(dialog.path, "clip")
    assert dialog.settings().path == str(tmp_path / "clip.mp4")
    choose(dialog.stretch, "whole")
    assert dialog.path.text() == "clip"
    dialog.kinds.setCurrentRow(2)
    assert dialog.settings().path == str(tmp_path / "clip.bvh")


def test_a_folder_that_is_not_there_and_an_empty_name_are_refused(dialog):
    dialog.path.setText("/no/such/folder/clip.mp4")
    assert "no folder" in dialog.summary.text() and not dialog.export_button.isEnabled()
    dialog.path.setText(" ")
    assert not dialog.export_button.isEnabled()


def test_a_path_is_typed_from_its_first_letter_on(dialog, tmp_path):
    """Half a path is no error of the program: "/" alone has no name."""
    dialog.path.setFocus()
    dialog.path.selectAll()
    QTest.keyClicks(dialog.path, "/")
    assert not dialog.export_button.isEnabled() and "file name" in dialog.summary.text()
    QTest.keyClick(dialog.kinds, Qt.Key.Key_Down)
    QTest.keyClicks(dialog.path, str(tmp_path / "a.mp4")[1:])
    assert dialog.export_button.isEnabled() and dialog.settings().path == str(tmp_path / "a.mp4")


def test_replacing_a_file_is_asked(dialog, qtbot, tmp_path, monkeypatch):
    taken = tmp_path / "taken.mp4"
    taken.touch()
    dialog.path.setText(str(taken))
    told = []
    dialog.exportRequested.connect(told.append)
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Cancel)
    QTest.mouseClick(dialog.export_button, LEFT)
    assert told == [] and dialog.isVisible()
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    QTest.mouseClick(dialog.export_button, LEFT)
    assert [settings.path for settings in told] == [str(taken)]


def test_browse(dialog, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "mine.mp4"), ""))
    QTest.mouseClick(dialog.browse, LEFT)
    assert Path(dialog.settings().path) == tmp_path / "mine.mp4"
