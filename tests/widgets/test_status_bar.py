"""`widgets.status_bar`: what it shows at the right stays where it is, whatever is said at the left."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.shown import show_active
from widgets.elided_label import ElidedLabel
from widgets.status_bar import StatusBar
from widgets.status_message import StatusMessage
from widgets.theme_sheet import style_sheet

LONG = "The segment is far from everything that the motion weights know; " * 8 + "write it in other words."


def test_a_refusal_goes_with_the_next_edit_and_a_warning_stays(qtbot):
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show_message("warning", "The file was changed by another program.")
    bar.end_refusal()
    assert bar.message
    bar.show_message("refused", "Another segment is there.")
    bar.end_refusal()
    assert not bar.message


def test_the_icon_of_a_warning_does_not_make_the_bar_higher(qtbot):
    bar = StatusBar()
    bar.setStyleSheet(style_sheet())
    show_active(qtbot, bar)
    QTest.qWait(10)
    before = bar.sizeHint().height()
    bar.show_message("warning", "The file was changed by another program.")
    QTest.qWait(10)
    assert bar.sizeHint().height() == before


def test_a_long_message_ends_in_dots_and_pushes_nothing_away(qtbot):
    bar = StatusBar()
    bar.resize(900, 30)
    show_active(qtbot, bar)
    long = "the prompt is far from everything that the motion weights know; " * 8
    bar.show_message("warning", long)
    QTest.qWait(10)
    assert bar.width() == 900 and bar.message == long
    label = next(child for child in bar.findChildren(ElidedLabel) if child.text() == long)
    assert label.shown_text().endswith("…") and label.toolTip() == long
    assert bar.minimumSizeHint().width() <= 900


def shown(qtbot, level: str, text: str) -> tuple[StatusBar, StatusMessage]:
    bar = StatusBar()
    bar.resize(700, 30)
    show_active(qtbot, bar)
    bar.show_message(level, text)
    return bar, bar.findChild(StatusMessage)


def test_a_click_opens_a_message_in_full_and_the_keyboard_copies_it(qtbot):
    _, message = shown(qtbot, "warning", LONG)
    QTest.mouseClick(message, Qt.MouseButton.LeftButton)
    whole = message.whole
    assert whole.isVisible() and whole.label.text() == LONG
    assert whole.label.height() >= whole.label.heightForWidth(whole.label.width())
    QTest.keyClick(whole.label, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert whole.label.selectedText() == LONG
    QTest.mouseClick(whole.copy_button, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == LONG
    whole.close()


def test_return_opens_a_message_and_without_one_the_keyboard_goes_past(qtbot):
    bar, message = shown(qtbot, "info", "Saved.")
    message.setFocus()
    QTest.keyClick(message, Qt.Key.Key_Return)
    assert message.whole.isVisible()
    message.whole.close()
    bar.show_message("info", "")
    assert message.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_the_bar_is_as_high_with_a_warning_as_without(qtbot):
    bar, _ = shown(qtbot, "info", "")
    before = bar.sizeHint().height()
    bar.show_message("warning", "The segment is locked.")
    assert bar.sizeHint().height() == before
