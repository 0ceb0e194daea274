"""`widgets.recovery_dialog`: copies by project and time; one is opened, kept for later, or all are discarded."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox

from tests.shown import show_active
from widgets.recovery_dialog import RecoveryChoice, RecoveryDialog

LEFT = Qt.MouseButton.LeftButton
NOW = datetime.now(UTC)
CHOICES = [
    RecoveryChoice("old", "talk", Path("/p/talk.versa"), NOW - timedelta(minutes=9), 3, older=True),
    RecoveryChoice("new", "talk", Path("/p/talk.versa"), NOW - timedelta(minutes=2), 4),
    RecoveryChoice("other", "untitled", None, NOW - timedelta(hours=5), 1),
]


@pytest.fixture
def dialog(qtbot):
    made = RecoveryDialog(CHOICES)
    show_active(qtbot, made)
    return made


def test_the_newest_state_is_chosen_first(dialog):
    assert dialog.chosen() == "new"
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted and dialog.chosen() == "new"


def test_another_state_by_keyboard_and_its_remark(dialog):
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.chosen() == "old"
    assert "newer" in dialog.list.currentItem().text(2)
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    if dialog.chosen() is None:  # the project's heading
        QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.chosen() == "other"
    QTest.mouseClick(dialog.open_button, LEFT)
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_later_keeps_everything(dialog):
    QTest.mouseClick(dialog.later_button, LEFT)
    assert dialog.result() == QDialog.DialogCode.Rejected and not dialog.discard


@pytest.mark.parametrize("agreed", [True, False])
def test_discarding_is_asked(dialog, agreed):
    def answer():
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        buttons = {button.text().replace("&", ""): button for button in box.buttons()}
        QTest.mouseClick(buttons["Discard" if agreed else "Cancel"], LEFT)

    QTimer.singleShot(100, answer)
    QTest.mouseClick(dialog.discard_button, LEFT)
    assert dialog.discard is agreed
    assert dialog.isVisible() is not agreed


def test_remarks_and_times_are_whole_and_no_date_is_said_twice(qtbot):
    old = RecoveryChoice("old", "talk", None, NOW - timedelta(days=40), 124, older=True)
    made = RecoveryDialog([*CHOICES, old])
    show_active(qtbot, made)
    items = [made.list.topLevelItem(0).child(1), made.list.topLevelItem(2).child(0)]
    assert "ago" in items[0].text(0) and items[1].text(0).count("-") == 2
    for item in items:
        for column in range(3):
            assert made.list.fontMetrics().horizontalAdvance(item.text(column)) < made.list.columnWidth(column)
