"""The takes of a segment in `widgets.inspector`."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.widgets.inspector_form import LEFT, NOW, page
from tests.widgets.inspector_form import session as session  # a fixture
from widgets.takes_list import age


def test_takes_newest_first_used_starred_and_thrown_anew(session, qtbot):
    session.select("a")
    takes = page(session).takes
    assert takes.count() == 2
    newest, oldest = takes.itemWidget(takes.item(0)), takes.itemWidget(takes.item(1))
    assert not newest.use.isEnabled() and newest.star.isChecked()
    with qtbot.waitSignal(session.inspector.takeRequested) as told:
        QTest.mouseClick(oldest.use, LEFT)
    assert told.args == ["a", 0]
    with qtbot.waitSignal(session.inspector.takeFavoured) as told:
        QTest.mouseClick(newest.star, LEFT)
    assert told.args == ["a", 1, False]
    takes.setFocus()
    QTest.keyClick(takes, Qt.Key.Key_Down)
    with qtbot.waitSignal(session.inspector.takeRequested) as told:
        QTest.keyClick(takes, Qt.Key.Key_Return)
    assert told.args == ["a", 0]
    with qtbot.waitSignal(session.inspector.takeFavoured) as told:
        QTest.keyClick(takes, Qt.Key.Key_F)
    assert told.args == ["a", 0, True]
    with qtbot.waitSignal(session.inspector.anotherTake) as told:
        QTest.mouseClick(page(session).another, LEFT)
    assert told.args == ["a"]


def test_the_list_of_takes_points_at_the_take_in_use(session):
    session.select("a")
    takes = page(session).takes
    assert takes.currentRow() == 0
    takes.set_segment(session.project.segment("a").model_copy(update={"active_take": 0}))
    assert takes.currentRow() == 1 and takes.itemWidget(takes.item(0)).use.isEnabled()


def test_a_locked_segment_s_takes_cannot_be_used(session, qtbot):
    session.select("a")
    takes = page(session).takes
    takes.set_segment(session.project.segment("a").model_copy(update={"locked": True}))
    oldest = takes.itemWidget(takes.item(1))
    assert not oldest.use.isEnabled() and oldest.star.isEnabled()
    takes.setFocus()
    QTest.keyClick(takes, Qt.Key.Key_Down)
    with qtbot.assertNotEmitted(takes.takeRequested):
        QTest.keyClick(takes, Qt.Key.Key_Return)


def test_buttons_of_a_take_lie_inside_300_pixels(session):
    session.select("a")
    takes = page(session).takes
    row = takes.itemWidget(takes.item(1))
    right = row.use.mapTo(session.inspector, QPoint(row.use.width(), 0)).x()
    assert right <= session.inspector.width()


@pytest.mark.parametrize(
    ("passed", "text"),
    [(5, "just now"), (125, "2 min ago"), (7300, "2 h ago"), (3 * 86400 + 5, "3 d ago")],
)
def test_age_of_a_take(passed, text):
    assert age(NOW - timedelta(seconds=passed), NOW) == text
