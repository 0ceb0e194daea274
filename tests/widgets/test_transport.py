"""`widgets.transport`: what the user does becomes one signal, what it is told is what it shows."""

import itertools

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QSlider, QToolButton, QVBoxLayout, QWidget

from tests.shown import show_active
from widgets.transport import TransportBar


@pytest.fixture
def bar(qtbot):
    window = QWidget()
    layout = QVBoxLayout(window)
    made = TransportBar()
    layout.addWidget(made)
    elsewhere = QWidget()
    elsewhere.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    layout.addWidget(elsewhere)
    made.set_timing("seconds", 25.0, 90_000_000)
    made.set_time(10_000_000)
    window.resize(1100, 120)
    show_active(qtbot, window)
    elsewhere.setFocus()  # as in the editor, where the timeline has it
    yield made  # the window lives as long as this frame


def named(bar, kind, name):
    found = [widget for widget in bar.findChildren(kind) if widget.accessibleName() == name]
    assert len(found) == 1, [widget.accessibleName() for widget in bar.findChildren(kind)]
    return found[0]


@pytest.mark.parametrize(
    ("name", "signal", "args"),
    [
        ("To the start", "startRequested", []),
        ("One frame back", "stepRequested", [-1]),
        ("Play", "playToggled", []),
        ("One frame on", "stepRequested", [1]),
        ("To the end", "endRequested", []),
        ("Set in at the playhead", "inRequested", []),
        ("Set out at the playhead", "outRequested", []),
        ("Loop the range", "loopToggled", [True]),
        ("Sound off", "mutedChanged", [True]),
    ],
)
@pytest.mark.parametrize("by", ["mouse", "key"])
def test_buttons_by_mouse_and_keyboard(bar, qtbot, name, signal, args, by):
    button = named(bar, QToolButton, name)
    with qtbot.waitSignal(getattr(bar, signal)) as told:
        if by == "mouse":
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        else:
            button.setFocus()
            qtbot.keyClick(button, Qt.Key.Key_Return)
    assert told.args == args


def enter(bar, qtbot, text):
    qtbot.mouseClick(bar.time_field, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(bar.time_field, text)  # the first click has selected the old time
    qtbot.keyClick(bar.time_field, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("12.5", 12_500_000), ("1:02,5", 62_500_000), ("00:00:05:10", 5_400_000), ("+2", 12_000_000), ("500", 90_000_000)],
)
def test_a_time_is_typed(bar, qtbot, text, wanted):
    with qtbot.waitSignal(bar.seekRequested) as told:
        enter(bar, qtbot, text)
    assert told.args == [wanted]
    assert not bar.time_field.hasFocus()
    bar.set_time(wanted)
    assert bar.time_field.text() == f"{wanted // 60_000_000}:{wanted % 60_000_000 / 1e6:06.3f}"


def test_a_bad_time_is_refused_and_can_be_mended(bar, qtbot):
    with qtbot.waitSignal(bar.refused) as told, qtbot.assertNotEmitted(bar.seekRequested):
        enter(bar, qtbot, "soon")
    assert "soon" in told.args[0] and "12.5" in told.args[0]
    assert bar.window().focusWidget() is bar.time_field and bar.time_field.text() == "soon"
    qtbot.keyClick(bar.time_field, Qt.Key.Key_Escape)
    assert bar.time_field.text() == "0:10.000" and not bar.time_field.hasFocus()


def test_typing_is_not_disturbed_by_playback(bar, qtbot):
    qtbot.mouseClick(bar.time_field, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(bar.time_field, "3")
    bar.set_time(11_000_000)
    assert bar.time_field.text() == "3"
    qtbot.keyClick(bar.time_field, Qt.Key.Key_Escape)
    assert bar.time_field.text() == "0:11.000"
    bar.set_time(12_000_000)
    assert bar.time_field.text() == "0:12.000"


def test_up_and_down_step_by_frames(bar, qtbot):
    bar.time_field.setFocus()
    with qtbot.waitSignal(bar.seekRequested) as told:
        qtbot.keyClick(bar.time_field, Qt.Key.Key_Up)
    assert told.args == [10_040_000]
    with qtbot.waitSignal(bar.seekRequested) as told:
        qtbot.keyClick(bar.time_field, Qt.Key.Key_Down)
    assert told.args == [9_960_000]


def test_shows_state_speed_range_and_timecode(bar):
    bar.set_state(True, -4.0)
    assert named(bar, QLabel, "Speed").text() == "\u22124\u00d7"
    assert named(bar, QToolButton, "Pause").toolTip() == "Pause (Space)"
    bar.set_state(False, -4.0)
    assert named(bar, QLabel, "Speed").text() == ""
    bar.set_in_out((1_000_000, 3_500_000))
    assert named(bar, QLabel, "Range").text() == "0:01.000 \u2013 0:03.500"
    assert "0:03.500" in named(bar, QToolButton, "Set out at the playhead").toolTip()
    bar.set_timing("timecode", 25.0, 90_000_000)
    assert bar.time_field.text() == "00:00:10:00"
    assert named(bar, QLabel, "Duration").text() == "/ 00:01:30:00"
    assert named(bar, QLabel, "Range").text() == "00:00:01:00 \u2013 00:00:03:12"
    bar.set_in_out(None)
    assert not named(bar, QLabel, "Range").isVisible()


def test_nothing_to_play_disables_all_but_the_volume(bar, qtbot):
    bar.set_timing("seconds", 25.0, None)
    enabled = {widget.accessibleName() for widget in bar.findChildren(QToolButton) if widget.isEnabled()}
    assert enabled == {"Sound off"}
    assert not bar.time_field.isEnabled() and named(bar, QLabel, "Duration").text() == ""


def test_volume_by_keyboard_and_moving_it_ends_mute(bar, qtbot):
    slider = named(bar, QSlider, "Volume")
    slider.setFocus()
    with qtbot.waitSignal(bar.volumeChanged) as told:
        qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert told.args == [0.99]
    qtbot.mouseClick(named(bar, QToolButton, "Sound off"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignals([bar.mutedChanged, bar.volumeChanged]):
        qtbot.keyClick(slider, Qt.Key.Key_PageDown)
    assert not named(bar, QToolButton, "Sound off").isChecked()


def test_what_it_is_told_is_not_told_back(bar, qtbot):
    with (
        qtbot.assertNotEmitted(bar.loopToggled),
        qtbot.assertNotEmitted(bar.volumeChanged),
        qtbot.assertNotEmitted(bar.mutedChanged),
    ):
        bar.set_looping(True)
        bar.set_volume(0.4, True)
    assert named(bar, QSlider, "Volume").value() == 40
    assert named(bar, QToolButton, "Sound on").isChecked()


@pytest.mark.parametrize("width", [480, 700, 1366])
def test_nothing_is_clipped(bar, width):
    bar.window().resize(width, 120)
    bar.set_timing("timecode", 60.0, 36_000_000_000)
    bar.set_in_out((1_000_000, 30_000_000_000))
    bar.window().layout().activate()
    bar.layout().activate()
    shown = [child for child in bar.children() if isinstance(child, QWidget) and child.isVisible()]
    boxes = [(child.mapTo(bar, QPoint()).x(), child.width(), child) for child in shown]
    for left, size, child in boxes:
        assert left >= 0 and left + size <= bar.width(), child.accessibleName()
        assert size >= min(child.sizeHint().width(), child.maximumWidth()), child.accessibleName()
    boxes.sort(key=lambda box: box[0])
    for (left, size, _), (following, _, _) in itertools.pairwise(boxes):
        assert left + size <= following
