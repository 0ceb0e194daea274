"""`widgets.tour`: five steps that can be turned, skipped and done, each beside what it is about."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QGridLayout, QMainWindow, QPushButton, QWidget

from app.window_keys import WindowKeys
from tests.shown import show_active
from widgets.tour import Tour

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot):
    made = QWidget()
    layout = QGridLayout(made)
    made.parts = [QPushButton(name) for name in ("preview", "timeline", "inspector", "media", "queue")]
    for place, part in zip(((0, 1), (1, 0, 1, 3), (0, 2), (0, 0)), made.parts[:4], strict=True):
        layout.addWidget(part, *place)
    for part in made.parts:
        part.setMinimumHeight(200)
    made.resize(1300, 700)
    show_active(qtbot, made)
    return made


@pytest.fixture
def tour(window):
    made = Tour(window, window.parts)
    made.start()
    return made


def test_five_steps_to_the_end(tour, qtbot):
    titles = []
    with qtbot.waitSignal(tour.finished) as told:
        for _ in range(5):
            titles.append(tour.card.accessibleName())
            QTest.mouseClick(tour.next_button, LEFT)
    assert told.args == [True] and len(set(titles)) == 5
    assert not tour.isVisible()


def test_each_step_sets_its_widget_off_and_stays_beside_it(tour, window):
    for step, part in enumerate(window.parts[:4]):
        tour.show_step(step)
        target = QRect(part.mapTo(window, QPoint(0, 0)), part.size())
        assert tour.highlighted().contains(target)
        assert tour.rect().contains(tour.card.geometry())
        if step != 1:
            assert not tour.card.geometry().intersects(target)


def test_a_widget_that_is_not_there_leaves_the_card_in_the_middle(tour):
    tour.show_step(4)  # the queue is in no layout, so it is not shown in the window
    assert tour.highlighted().isEmpty()
    assert (tour.card.geometry().center() - tour.rect().center()).manhattanLength() < 6


def test_keys(tour, qtbot):
    focus = tour.window().focusWidget
    assert focus() is tour.next_button
    QTest.keyClick(focus(), Qt.Key.Key_Right)
    assert tour.step == 1
    QTest.keyClick(focus(), Qt.Key.Key_Left)
    assert tour.step == 0
    QTest.keyClick(focus(), Qt.Key.Key_Tab)
    assert focus() is tour.skip_button
    with qtbot.waitSignal(tour.finished) as told:
        QTest.keyClick(focus(), Qt.Key.Key_Escape)
    assert told.args == [False]


def test_skip(tour, qtbot):
    with qtbot.waitSignal(tour.finished) as told:
        QTest.mouseClick(tour.skip_button, LEFT)
    assert told.args == [False]


def test_the_window_below_gets_neither_keys_nor_clicks(tour, window):
    done = []
    window.parts[0].clicked.connect(lambda: done.append("click"))
    QShortcut(QKeySequence("S"), window, lambda: done.append("shortcut"))
    QTest.mouseClick(tour, LEFT, pos=window.parts[0].geometry().center())
    QTest.keyClick(tour.next_button, Qt.Key.Key_S)
    assert done == []


def test_a_dock_that_is_set_off_stays_below_the_tour(qtbot):
    window = QMainWindow()
    docks = [QDockWidget(name, window) for name in ("timeline", "media")]
    for dock in docks:
        dock.setWidget(QPushButton(dock.windowTitle()))
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    window.setCentralWidget(QWidget())
    window.resize(900, 600)
    show_active(qtbot, window)
    tour = Tour(window, [window.centralWidget(), *docks])
    tour.start()
    for step in (1, 2, 0):
        tour.show_step(step)
        for dock in docks:
            assert tour.isAncestorOf(window.childAt(dock.geometry().center())) or (
                window.childAt(dock.geometry().center()) is tour
            )


def test_return_turns_one_page_and_skip_ends_it(tour, window, qtbot):
    keys = WindowKeys(window)  # the window lets a focused button be pressed by Return
    QTest.keyClick(tour.window().focusWidget(), Qt.Key.Key_Tab)
    tour.next_button.setFocus()
    for step in (1, 2):
        QTest.keyClick(tour.next_button, Qt.Key.Key_Return)
        assert tour.step == step
    QTest.keyClick(tour.next_button, Qt.Key.Key_Space)
    assert tour.step == 3
    tour.skip_button.setFocus()
    with qtbot.waitSignal(tour.finished) as told:
        QTest.keyClick(tour.skip_button, Qt.Key.Key_Return)
    assert told.args == [False] and keys.parent() is window


def test_the_tour_follows_the_window(tour, window, qtbot):
    window.resize(1000, 620)
    qtbot.waitUntil(lambda: tour.size() == window.size())
    assert tour.rect().contains(tour.card.geometry())
