"""The editor's window by keyboard, and while it plays."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from app.window_keys import WindowKeys, keeps_key
from app.window_view import focus_first
from tests.app.editor_window import WAIT, trigger
from tests.shown import show_active
from widgets.timeline.editor import EmotionEditor, PromptEditor

# Keys -----------------------------------------------------------------------------------------------------------------


def test_focused_widgets_keep_their_own_keys(qtbot):
    button, slider, field = QPushButton("x"), QSlider(), QLineEdit()
    for widget in (button, slider, field):
        qtbot.addWidget(widget)
    assert keeps_key(button, Qt.Key.Key_Space) and not keeps_key(button, Qt.Key.Key_J)
    assert keeps_key(slider, Qt.Key.Key_Left) and not keeps_key(slider, Qt.Key.Key_Space)
    assert keeps_key(field, Qt.Key.Key_Return) and keeps_key(field, Qt.Key.Key_Escape)
    assert not keeps_key(None, Qt.Key.Key_Space)


def test_enter_in_a_field_does_not_edit_the_segment(editor, qtbot):
    editor.session.set_selection(("wave",))
    field = editor.parts.transport.time_field
    field.setFocus()
    QTest.keyClicks(field, "1.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert editor.session.playhead_us == 1_500_000
    assert not editor.parts.timeline.findChildren(PromptEditor)


def test_what_f6_goes_to_is_scrolled_into_sight(qtbot):
    area = QScrollArea()
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.addSpacing(900)
    button = QPushButton("Edit the rig")
    layout.addWidget(button)
    area.setWidget(page)
    area.setFixedHeight(200)
    show_active(qtbot, area)
    assert button.visibleRegion().isEmpty()
    assert focus_first(area)
    assert button.hasFocus() and not button.visibleRegion().isEmpty()


def test_a_combo_box_is_opened_and_answered_by_keys(qtbot):
    window = QWidget()
    combo = QComboBox(window)
    combo.addItems(["draft", "versa", "third"])
    keys = WindowKeys(window)
    show_active(qtbot, window)
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(QApplication.focusWidget(), key)
    assert QApplication.activePopupWidget() is None and combo.currentText() == "third"
    assert keys.parent() is window


def test_a_list_that_is_open_has_the_keyboard(editor, qtbot):
    """Return is a shortcut for a selected segment; in a list it chooses."""
    session, timeline = editor.session, editor.parts.timeline
    added = session.add_segment("emotions", 1_000_000, 3_000_000)
    timeline.canvas.setFocus()
    timeline.edit_selected()
    chooser = timeline.in_place.editor
    assert isinstance(chooser, EmotionEditor)
    qtbot.waitUntil(chooser.view().isVisible, timeout=WAIT)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):  # to the window, as the system sends them
        QTest.keyClick(editor.windowHandle(), key)
    assert session.project.segment(added).emotion == "happy"
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None, timeout=WAIT)
    assert timeline.in_place.editor is None


def test_k_with_j_or_l_steps_by_frames(editor, qtbot):
    qtbot.waitUntil(lambda: editor.duration_us is not None, timeout=WAIT)
    canvas = editor.parts.timeline.canvas
    canvas.setFocus()
    editor.play.go_to(1_000_000)
    QTest.keyPress(canvas, Qt.Key.Key_K)
    QTest.keyClick(canvas, Qt.Key.Key_L)
    assert not editor.player.playing and editor.session.playhead_us == 1_040_000
    QTest.keyClick(canvas, Qt.Key.Key_J)
    assert editor.session.playhead_us == 1_000_000
    QTest.keyRelease(canvas, Qt.Key.Key_K)
    QTest.keyClick(canvas, Qt.Key.Key_L)
    assert editor.player.playing
    trigger(editor, "shuttle_stop")
    assert not editor.player.playing


# Playing --------------------------------------------------------------------------------------------------------------


def test_jumps_and_the_range(editor, qtbot):
    qtbot.waitUntil(lambda: editor.duration_us == 6_000_000, timeout=WAIT)
    session = editor.session
    trigger(editor, "next_edit")
    assert session.playhead_us == 1_000_000
    trigger(editor, "set_in")
    trigger(editor, "next_edit")
    trigger(editor, "set_out")
    assert session.in_out == (1_000_000, 2_000_000)
    trigger(editor, "end")
    trigger(editor, "go_in")
    assert session.playhead_us == 1_000_000
    trigger(editor, "frame_on")
    assert session.playhead_us == 1_040_000
    trigger(editor, "second_back")
    assert session.playhead_us == 40_000
    trigger(editor, "clear_range")
    assert session.in_out is None and not editor.registry["go_in"].isEnabled()


def test_playing_moves_all_views_and_stops_at_the_end_of_the_range(editor, qtbot):
    qtbot.waitUntil(lambda: editor.sound.proxy is not None and editor.duration_us is not None, timeout=WAIT)
    editor.session.set_in_out((1_000_000, 1_400_000))
    with qtbot.waitSignal(editor.player.stateChanged, check_params_cb=lambda playing, _: not playing, timeout=WAIT):
        trigger(editor, "play_range")
    assert editor.session.playhead_us == 1_400_000
    assert editor.parts.transport.time_field.time_us == 1_400_000
    assert editor.parts.timeline.canvas.scene.playhead_us == 1_400_000
    assert "0:01.400" in editor.status.time_label.text()


def test_times_beyond_half_an_hour_reach_the_views(editor):
    editor.session._patch(editor.session.project.replace(duration_us=7_200_000_000), unsaved=False)
    editor.sound.set_duration(7_200_000_000)
    editor.play.go_to(7_000_000_000)
    assert editor.session.playhead_us == 7_000_000_000
    assert editor.parts.timeline.canvas.scene.playhead_us == 7_000_000_000
    editor.parts.transport.seekRequested.emit(6_000_000_000)
    assert editor.session.playhead_us == 6_000_000_000


def test_timecode_is_shown_everywhere(editor, qtbot):
    qtbot.waitUntil(lambda: editor.duration_us is not None, timeout=WAIT)
    trigger(editor, "timecode")
    assert "00:00:00:00 / 00:00:06:00" in editor.status.time_label.text()
    assert editor.parts.timeline.canvas.scene.mode == "timecode"
