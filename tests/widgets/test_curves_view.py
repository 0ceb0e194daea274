"""`widgets.curves_view`: the curves' numbers, the range and the playhead."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.motion import MotionClip
from core.peaks import PeaksPyramid
from core.skeleton import LEFT_WRIST
from widgets import theme
from widgets.curves_view import CurvesView, highest, wrist_speeds


def waving() -> MotionClip:
    """Three seconds in which only the left wrist moves, 1 m/s between 1 s and 2 s, and the right foot lifts at 2 s."""
    joints = np.zeros((60, 22, 3), np.float32)
    joints[:, LEFT_WRIST, 0] = np.clip(np.arange(60) / 20 - 1, 0, 1)
    contacts = np.ones((60, 4), np.float32)
    contacts[40:, 2:] = 0
    return MotionClip(joints, np.zeros((60, 263), np.float32), np.zeros(15, np.int64), contacts)


@pytest.fixture
def view(qtbot: QtBot) -> CurvesView:
    made = CurvesView()
    qtbot.addWidget(made)
    made.resize(700, 260)
    rate = 16000
    loud = np.zeros(3 * rate, np.float32)
    loud[rate : 2 * rate] = 0.5 * np.sin(np.arange(rate) * 0.3)
    made.set_peaks(PeaksPyramid.build(loud, rate))
    made.set_clip(waving())
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_wrist_speed_is_in_metres_a_second() -> None:
    speeds = wrist_speeds(waving())
    assert speeds.shape == (60, 2)
    assert speeds[30] == pytest.approx([1.0, 0.0], abs=1e-4)
    assert speeds[5] == pytest.approx([0.0, 0.0], abs=1e-6)


def test_highest_keeps_peaks_and_counts_columns() -> None:
    values = np.zeros(10_000)
    values[7_777] = 5
    times, found = highest(values, 20.0, 0.0, 500.0, 100)
    assert len(found) <= 100 and found.max() == 5
    assert times[found.argmax()] == pytest.approx(7_777 / 20, abs=5)
    times, found = highest(values, 20.0, 388.0, 389.5, 100)
    assert len(found) == 31 and times[found.argmax()] == pytest.approx(7_777 / 20)
    assert highest(values, 20.0, 900.0, 901.0, 100)[1].size == 0


def test_curves_show_speech_wrists_and_feet(view: CurvesView) -> None:
    times, energy = view._energy.getData()
    assert energy[(times > 1.1) & (times < 1.9)].min() > -12
    assert energy[(times > 0.1) & (times < 0.9)].max() == pytest.approx(-54, abs=0.1)
    times, left = view._left.getData()
    assert left[np.abs(times - 1.5).argmin()] == pytest.approx(1.0, abs=0.01)
    times, foot = view._right_foot.getData()
    assert foot[times < 1.9].min() == pytest.approx(0.9) and foot[times > 2.1].max() == 0


def test_follows_the_range_that_it_is_given(view: CurvesView) -> None:
    assert view.visible_range == (0, 3_000_000)
    view.set_visible_range(1_000_000, 1_500_000)
    assert view._speed_plot.getViewBox().viewRange()[0] == pytest.approx([1.0, 1.5])
    times, _ = view._energy.getData()
    assert times.min() >= 1.0 and times.max() <= 1.5
    view.set_clip(None)
    assert view.visible_range == (1_000_000, 1_500_000)
    assert view._left.getData()[0] is None or len(view._left.getData()[0]) == 0


def test_playhead_is_painted_at_its_time(view: CurvesView) -> None:
    view.set_time(1_500_000)
    assert [line.value() for line in view._playheads] == [1.5, 1.5, 1.5]
    image = view.grab().toImage()
    place = view._area.mapFromScene(view._speed_plot.getViewBox().mapViewToScene(QPointF(1.5, 1.8)))
    wanted = theme.colour(theme.PLAYHEAD)
    found = [image.pixelColor(place.x() + dx, place.y()) for dx in (-1, 0, 1)]
    assert any(abs(c.red() - wanted.red()) < 60 and c.red() > c.blue() + 80 for c in found)


def test_a_click_asks_for_its_time(view: CurvesView, qtbot: QtBot) -> None:
    place = view._area.mapFromScene(view._foot_plot.getViewBox().mapViewToScene(QPointF(2.0, 1.0)))
    with qtbot.waitSignal(view.seekRequested, timeout=2000) as told:
        QTest.mouseClick(view._area.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args[0] == pytest.approx(2_000_000, abs=10_000)
