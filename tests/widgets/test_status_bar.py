"""`widgets.status_bar`: what it shows at the right stays where it is, whatever is said at the left."""

from PySide6.QtTest import QTest

from tests.shown import show_active
from widgets.form_fields import ElidedLabel
from widgets.status_bar import StatusBar


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
