"""`widgets.status_bar`: what it shows at the right stays where it is, whatever is said at the left."""

from PySide6.QtTest import QTest

from tests.shown import show_active
from widgets.form_fields import ElidedLabel
from widgets.status_bar import StatusBar
from widgets.theme_sheet import style_sheet


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
