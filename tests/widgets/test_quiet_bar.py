"""A bar that is told often and lives, but asks for few paints: each may cost all of a window."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest

from widgets import theme
from widgets.quiet_bar import QuietBar


class Paints(QObject):
    """Counts paints of a widget."""

    def __init__(self, watched) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched, event):
        self.count += event.type() == QEvent.Type.Paint
        return False


@pytest.fixture
def bar(qtbot):
    made = QuietBar()
    made.setTextVisible(False)
    made.resize(200, 8)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def accent(bar) -> list[int]:
    """Columns that are painted in the accent's colour."""
    image = bar.grab().toImage()
    wanted = theme.colour(theme.ACCENT).rgb()
    return [x for x in range(image.width()) if image.pixelColor(x, image.height() // 2).rgb() == wanted]


def test_work_of_unknown_length_moves_but_seldom(bar, qtbot):
    bar.show_fraction(None)
    QTest.qWait(50)
    paints, first = Paints(bar), accent(bar)
    assert bar.is_unknown and 20 < len(first) < 100
    paints.count = 0
    QTest.qWait(1300)
    assert 1 <= paints.count <= 3, "Qt's own would have asked for dozens"
    assert accent(bar) != first
    bar.hide()
    assert not bar._mover.isActive()
    bar.show()
    assert bar._mover.isActive()
    bar.show_fraction(0.5)
    assert not bar._mover.isActive() and bar.value() == 500 and not bar.is_unknown


def test_a_value_is_painted_in_its_turn_and_once(bar):
    QTest.qWait(50)
    paints = Paints(bar)
    for step in range(100):
        bar.show_fraction(step / 200)
    assert paints.count == 0
    QTest.qWait(100)
    assert paints.count == 1
    bar.show_fraction(99 / 200)
    QTest.qWait(50)
    assert paints.count == 1
