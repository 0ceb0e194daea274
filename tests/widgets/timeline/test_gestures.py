"""The gestures of the mouse on the shown widget: what each asks for, and what is seen meanwhile."""

import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core import edits
from core.timeline import Marker, Project, Segment, Track
from tests.widgets.timeline.conftest import S
from tests.widgets.timeline.test_painting import near
from widgets import theme
from widgets.timeline.hit import MARKER_HEIGHT, MARKER_TOP, RULER_HEIGHT
from widgets.timeline.pointer import SCROLL_EDGE_PX, SCROLL_INTERVAL_MS
from widgets.timeline.view import MARGIN_PX

FLAG = MARKER_TOP + MARKER_HEIGHT // 3
"""Height at which the flags of markers are."""

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
MIDDLE = Qt.MouseButton.MiddleButton


def only(calls):
    assert len(calls) == 1, calls
    return calls[0]


def test_a_click_on_an_empty_place_adds_two_seconds_and_lets_one_write(rig, qtbot):
    rig.click(rig.at(15))
    track, start, end = only(rig.intents("addRequested"))
    assert (track, end - start) == ("one", 2 * S) and abs(start - 15 * S) <= 20_000
    editor = rig.widget.in_place.editor
    assert editor is not None and editor.hasFocus()
    QTest.keyClicks(editor, "nod twice")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert rig.intents("promptGiven") == [("new", "nod twice")] and not rig.intents("promptEdited")
    assert rig.project.segment("new").prompt == "nod twice"
    assert rig.widget.in_place.editor is None and rig.canvas.hasFocus()
    qtbot.waitUntil(lambda: not rig.canvas.just_edited)


def test_a_new_segment_is_as_long_as_fits(rig):
    rig.click(rig.at(8.8))
    _, start, end = only(rig.intents("addRequested"))
    assert end == 10 * S and start < 9 * S


def test_the_click_that_ends_writing_adds_nothing(rig, qtbot):
    rig.widget.edit("a")
    QTest.keyClicks(rig.widget.in_place.editor, "bow")
    rig.click(rig.at(15))
    assert rig.intents("promptEdited") == [("a", "bow")] and not rig.intents("addRequested")
    qtbot.waitUntil(lambda: not rig.canvas.just_edited)
    rig.click(rig.at(15))
    assert rig.intents("addRequested")


def test_double_click_edits_and_escape_gives_up(rig):
    QTest.mouseDClick(rig.canvas, Qt.MouseButton.LeftButton, pos=rig.at(6.5))
    editor = rig.widget.in_place.editor
    assert editor is not None and editor.text() == "walk forward" and editor.selectedText() == "walk forward"
    QTest.keyClicks(editor, "x")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert rig.widget.in_place.editor is None and not rig.intents("promptEdited")


def test_tab_writes_the_next_prompt(rig):
    rig.widget.edit("a")
    QTest.keyClicks(rig.widget.in_place.editor, "bow")
    QTest.keyClick(rig.widget.in_place.editor, Qt.Key.Key_Tab)
    assert rig.intents("promptEdited") == [("a", "bow")]
    assert rig.widget.in_place.editor.segment_id == "b"
    assert rig.canvas.scene.selection == {"b"}


def test_suggestions_are_offered_and_taken(rig, qtbot):
    rig.widget.edit("c")
    editor = rig.widget.in_place.editor
    with qtbot.waitSignal(rig.widget.promptTyped, check_params_cb=lambda text: text == "ra"):
        QTest.keyClicks(editor, "ra")
    rig.widget.set_suggestions([("raise both hands", 0.9), ("raise the left hand", 0.8)])
    popup = editor.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert rig.intents("promptEdited") == [("c", "raise the left hand")]


def test_likeness_has_its_own_column_and_is_left_out_where_nothing_was_asked(rig, qtbot):
    rig.widget.edit("c")
    editor = rig.widget.in_place.editor
    popup = editor.completer().popup()
    popup.setStyleSheet(f"QListView {{ background: {theme.BASE}; color: {theme.TEXT} }}")
    long = "raise the left hand and then the right hand and then both of them once more"

    def ink(likeness: float) -> list[bool]:
        """Which columns of pixels of the first row have any text in them."""
        rig.widget.set_suggestions([(long, likeness), ("kick", 1.0)])
        qtbot.waitUntil(popup.isVisible)
        assert popup.model().rowCount() == 1  # what is written already is no suggestion
        image = popup.viewport().grab(popup.visualRect(popup.model().index(0, 0))).toImage()
        light = [[image.pixelColor(x, y).lightness() for y in range(image.height())] for x in range(image.width())]
        return [max(column) > 90 for column in light]

    asked = ink(0.44)
    number = popup.fontMetrics().horizontalAdvance("44 %")
    before = slice(len(asked) - 8 - number - 8, len(asked) - 8 - number - 1)
    assert any(asked[before.stop :]) and any(asked[: before.start]) and not any(asked[before])
    assert any(ink(0.0)[before])


def test_a_locked_segment_is_not_written(rig):
    rig.take(edits.change(rig.project, "a", locked=True))
    QTest.mouseDClick(rig.canvas, Qt.MouseButton.LeftButton, pos=rig.at(2))
    assert rig.widget.in_place.editor is None and rig.intents("refused")


def test_a_drag_moves_with_one_intent(rig):
    rig.widget.set_snapping(False)
    rig.drag(rig.at(2), rig.at(15))
    ids, delta, track = only(rig.intents("moveRequested"))
    assert (ids, track) == (("a",), None) and abs(delta - 13 * S) < 40_000
    assert rig.intents("selectionRequested") == [(("a",),)]


def test_a_drag_to_another_track(rig):
    rig.drag(rig.at(2), rig.at(2, "two"))
    assert only(rig.intents("moveRequested"))[2] == "two"


def test_several_move_together(rig):
    rig.widget.set_selection(("b", "c"))
    rig.drag(rig.at(6), rig.at(7))
    assert only(rig.intents("moveRequested"))[0] == ("b", "c")


def test_a_drag_snaps_and_shows_where(rig):
    near = rig.at(2) + QPoint(round(1.96 * S / rig.canvas.view.us_per_px), 0)
    rig.press(rig.at(2))
    rig.move(near)
    preview = rig.canvas.preview
    assert preview.snap is not None and (preview.snap.time_us, preview.snap.kind) == (5 * S, "segment")
    image = rig.canvas.grab().toImage()
    column = [image.pixelColor(round(rig.canvas.view.x(5 * S)), y).name() for y in range(40, rig.canvas.height() - 10)]
    assert column.count(theme.SNAP) > len(column) / 2
    rig.release(near)
    assert only(rig.intents("moveRequested"))[1] == 2 * S


def test_control_turns_snapping_over(rig):
    near = rig.at(2) + QPoint(round(1.96 * S / rig.canvas.view.us_per_px), 0)
    rig.press(rig.at(2))
    rig.move(near, CTRL)
    assert rig.canvas.preview.snap is None
    rig.move(near)
    assert rig.canvas.preview.snap is not None
    rig.release(near)


def test_what_does_not_fit_is_red_and_not_dropped(rig):
    rig.press(rig.at(2))
    rig.move(rig.at(6))
    assert rig.canvas.preview.refusal == "overlap"
    ghost = rig.canvas.preview.ghosts[0]
    middle = rig.at((ghost.start_us + ghost.end_us) / 2 / S)
    colour = rig.canvas.grab().toImage().pixelColor(middle.x(), middle.y() + 12)
    assert colour.red() > 1.5 * colour.blue()
    rig.release(rig.at(6))
    assert not rig.intents("moveRequested") and rig.intents("refused")


def test_a_locked_segment_shows_that_it_stays(rig):
    rig.take(edits.change(rig.project, "a", locked=True))
    rig.press(rig.at(2))
    rig.move(rig.at(16))
    assert rig.canvas.preview.refusal == "locked_segment"
    rig.release(rig.at(16))
    assert not rig.intents("moveRequested")


def test_escape_cancels_a_drag(rig):
    rig.press(rig.at(2))
    rig.move(rig.at(15))
    QTest.keyClick(rig.canvas, Qt.Key.Key_Escape)
    assert not rig.canvas.preview.ghosts
    rig.release(rig.at(15))
    assert not rig.intents("moveRequested") and not rig.intents("addRequested")


@pytest.mark.parametrize("late", [False, True])
def test_alt_drag_duplicates(rig, late):
    """Alt may be held from the start, or be pressed while dragging."""
    rig.press(rig.at(2), Qt.KeyboardModifier.NoModifier if late else ALT)
    rig.move(rig.at(9), ALT)
    rig.move(rig.at(16), ALT)
    assert not rig.canvas.preview.hidden
    rig.release(rig.at(16), ALT)
    ids, delta = only(rig.intents("duplicateRequested"))
    assert ids == ("a",) and abs(delta - 14 * S) < 200_000
    assert not rig.intents("moveRequested")


def test_edges_are_trimmed(rig):
    rig.widget.set_snapping(False)
    inside = QPoint(2, 0)
    rig.canvas.pointer.hover_over(rig.canvas.pointer.hit((rig.at(5) + inside).toPointF()))
    assert rig.canvas.cursor().shape() == Qt.CursorShape.SizeHorCursor
    rig.drag(rig.at(5) + inside, rig.at(4) + inside)
    segment, edge, time_us = only(rig.intents("trimRequested"))
    assert (segment, edge) == ("b", "in") and abs(time_us - 4 * S) < 40_000


def test_a_trim_stops_at_the_neighbour(rig):
    rig.drag(rig.at(8) - QPoint(2, 0), rig.at(11))
    assert only(rig.intents("trimRequested")) == ("b", "out", 10 * S)


def test_a_rubber_band_selects_what_it_touches(rig):
    rig.press(rig.at(4.5))
    rig.move(rig.at(7))
    rig.move(rig.at(11, "face"))
    assert rig.canvas.preview.chosen == {"b", "c", "e"}
    rig.release(rig.at(11, "face"))
    assert only(rig.intents("selectionRequested")) == (("b", "c", "e"),)
    assert not rig.intents("addRequested")


def test_a_rubber_band_with_shift_adds(rig):
    rig.widget.set_selection(("a",))
    rig.drag(rig.at(9), rig.at(12.5, "two"), SHIFT)
    assert rig.canvas.scene.selection == {"a", "c"}


def test_control_and_shift_click(rig):
    rig.click(rig.at(2))
    rig.click(rig.at(11), CTRL)
    assert rig.canvas.scene.selection == {"a", "c"}
    rig.click(rig.at(2), CTRL)
    assert rig.canvas.scene.selection == {"c"}
    rig.click(rig.at(2), SHIFT)
    assert rig.canvas.scene.selection == {"a", "b", "c"}
    rig.click(rig.at(6.5))
    assert rig.canvas.scene.selection == {"b"}


def test_the_ruler_seeks_and_scrubs(rig):
    rig.click(rig.ruler(7))
    assert abs(only(rig.intents("seekRequested"))[0] - 7 * S) < 20_000 and not rig.intents("scrubRequested")
    rig.log.clear()
    rig.drag(rig.ruler(7), rig.ruler(12))
    assert len(rig.intents("scrubRequested")) == 2 and len(rig.intents("scrubFinished")) == 1
    assert abs(rig.canvas.scene.playhead_us - 12 * S) < 20_000


def test_escape_puts_the_playhead_back(rig):
    rig.widget.set_playhead(3 * S)
    rig.press(rig.ruler(7))
    rig.move(rig.ruler(9))
    QTest.keyClick(rig.canvas, Qt.Key.Key_Escape)
    assert rig.canvas.scene.playhead_us == 3 * S


def test_control_drag_in_the_ruler_makes_a_range_and_handles_change_it(rig):
    rig.widget.set_snapping(False)
    rig.drag(rig.ruler(4), rig.ruler(11), CTRL)
    start, end = rig.canvas.scene.in_out
    assert abs(start - 4 * S) < 40_000 and abs(end - 11 * S) < 40_000
    rig.drag(rig.ruler(11, 4), rig.ruler(14, 4))
    assert rig.canvas.scene.in_out[0] == start and abs(rig.canvas.scene.in_out[1] - 14 * S) < 60_000
    rig.drag(rig.ruler(8, 4), rig.ruler(9, 4))
    assert abs(rig.canvas.scene.in_out[0] - 5 * S) < 80_000


def test_markers_are_dragged_and_renamed(rig):
    rig.drag(rig.ruler(9, FLAG), rig.ruler(13, FLAG))
    marker, time_us = only(rig.intents("markerMoved"))
    assert marker == "m" and abs(time_us - 13 * S) < 200_000
    QTest.mouseDClick(rig.canvas, Qt.MouseButton.LeftButton, pos=rig.ruler(9, FLAG))
    assert rig.intents("markerEditRequested") == [("m",)]


def test_a_marker_and_the_playhead_at_one_time_are_both_seen_and_reached(rig):
    rig.widget.set_playhead(9 * S)
    image = rig.canvas.grab().toImage()
    x = rig.ruler(9).x()
    assert near(image.pixelColor(x - 3, FLAG), theme.MARKER)
    assert near(image.pixelColor(x - 3, RULER_HEIGHT - 8), theme.PLAYHEAD)
    rig.drag(rig.ruler(9), rig.ruler(11))
    assert rig.intents("scrubRequested") and not rig.intents("markerMoved")


def test_tips_show_what_was_written_as_it_is(rig):
    """Names of markers have little room in the ruler; prompts may look like markup."""
    rig.take(edits.change(rig.project, "b", prompt="<b>bow</b> deeply"))
    rig.move(rig.ruler(9, FLAG), button=Qt.MouseButton.NoButton)
    assert "here" in rig.canvas.toolTip() and "0:09" in rig.canvas.toolTip()
    rig.move(rig.at(6.5), button=Qt.MouseButton.NoButton)
    assert "&lt;b&gt;bow&lt;/b&gt; deeply" in rig.canvas.toolTip()
    assert rig.canvas.toolTip().startswith("<qt>")  # rich text wraps, plain text may be wider than the screen


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier])
def test_two_quick_clicks_that_select_write_nothing(rig, modifier):
    rig.click(rig.at(2))
    QTest.mouseDClick(rig.canvas, Qt.MouseButton.LeftButton, modifier, rig.at(6))
    assert rig.widget.in_place.editor is None
    assert "b" in rig.canvas.scene.selection


def test_the_whole_stays_shown_until_the_user_zooms(rig, qtbot):
    """The length comes after the project; a scroll bar that comes or goes changes the width in between."""

    def whole() -> bool:
        left, right = (rig.canvas.view.x(time) for time in (0, rig.canvas.scene.duration_us))
        return abs(left - MARGIN_PX) < 1 and abs(right - (rig.canvas.width() - MARGIN_PX)) < 1

    short = Project(portrait="p.png", audio="short.wav", tracks=(Track(id="one"),))
    rig.take(short)
    rig.widget.resize(900, 300)
    qtbot.waitUntil(lambda: rig.widget.width() == 900)
    rig.take(short.replace(duration_us=200_000))
    assert rig.canvas.scene.duration_us == 200_000 and whole()
    rig.wheel(rig.at(0.1), 1, CTRL)
    zoomed = rig.canvas.view.us_per_px
    rig.widget.resize(1000, 300)
    qtbot.waitUntil(lambda: rig.widget.width() == 1000)
    assert rig.canvas.view.us_per_px == zoomed


def test_control_wheel_keeps_the_time_under_the_pointer(rig):
    pos = rig.at(7.3)
    before = rig.canvas.view.start_us + pos.x() * rig.canvas.view.us_per_px
    for steps in [1] * 25 + [-1] * 10 + [0.5] * 7:
        rig.wheel(pos, steps, CTRL)
        assert abs(rig.canvas.view.x(before) - pos.x()) < 1
    assert rig.canvas.view.us_per_px < 1000


def test_shift_wheel_and_the_middle_button_pan(rig):
    rig.wheel(rig.at(7), 8, CTRL)
    start = rig.canvas.view.start_us
    rig.wheel(rig.at(7), -1, SHIFT)
    assert rig.canvas.view.start_us > start
    start, scale = rig.canvas.view.start_us, rig.canvas.view.us_per_px
    rig.drag(QPoint(600, 200), QPoint(500, 200), button=MIDDLE)
    assert rig.canvas.view.start_us - start == pytest.approx(100 * scale)
    assert not rig.intents("addRequested")


def test_the_plain_wheel_scrolls_the_rows(rig, qtbot):
    rig.widget.resize(1200, 220)
    qtbot.waitUntil(lambda: rig.widget.height() == 220 and rig.widget.bars.down.isVisible())
    rig.wheel(QPoint(500, 100), -0.5)
    assert rig.canvas.scroll_y > 0
    assert rig.canvas.pointer.hit(rig.at(6.5).toPointF()).segment_id == "b"
    rig.wheel(QPoint(500, 100), 50)
    assert rig.canvas.scroll_y == 0


def test_a_drag_near_the_edge_scrolls(rig, qtbot):
    rig.wheel(rig.at(1), 8, CTRL)
    start = rig.canvas.view.start_us
    rig.press(rig.at(2))
    edge = QPoint(rig.canvas.width() - 3, rig.at(2).y())
    rig.move(edge)
    qtbot.waitUntil(lambda: rig.canvas.view.start_us > start + 2 * S)
    ghost = rig.canvas.preview.ghosts[0]
    assert ghost.start_us > 2 * S and ghost.end_us > rig.canvas.view.start_us
    QTest.keyClick(rig.canvas, Qt.Key.Key_Escape)
    held = rig.canvas.view
    rig.release(edge)
    assert rig.canvas.view == held and not rig.intents("moveRequested")


def test_scrolling_at_the_edge_is_as_fast_where_painting_is_slow(rig):
    rig.wheel(rig.at(1), 12, CTRL)
    rig.press(rig.at(1))
    edge = QPoint(rig.canvas.width() - 3, rig.at(1).y())
    rig.move(edge)
    start, began = rig.canvas.view, time.monotonic()
    for _ in range(10):
        time.sleep(0.08)  # a paint event that takes so long
        QApplication.processEvents()
    moved = (rig.canvas.view.start_us - start.start_us) / start.us_per_px
    ticks = (time.monotonic() - began) * 1000 / SCROLL_INTERVAL_MS
    speed = (SCROLL_EDGE_PX - 3) * 0.4
    assert moved > 0.6 * ticks * speed
    rig.canvas.pointer.cancel_drag()


def test_zoom_to_selection_and_fit(rig):
    rig.widget.set_selection(("b",))
    rig.widget.zoom_to_selection()
    view = rig.canvas.view
    assert view.x(5 * S) > 0 and view.x(8 * S) < view.width and view.x(8 * S) - view.x(5 * S) > 0.8 * view.width
    rig.widget.fit()
    assert rig.canvas.view.start_us < 0 and rig.canvas.view.end_us > 20 * S


def test_takes_are_chosen_on_the_video_row(rig):
    row = rig.canvas.rows.of_kind("video")
    first = QPoint(round(rig.canvas.view.x(5 * S)) + 10, 34 + row.bottom - 9)
    rig.click(first)
    assert rig.intents("takeRequested") == [("b", 0)]


def test_context_menus_say_what_they_are_about(rig):
    for pos in (rig.at(6.5), rig.at(15), rig.ruler(3), rig.ruler(9, FLAG)):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, pos, rig.canvas.mapToGlobal(pos))
        QApplication.sendEvent(rig.canvas, event)
    hits = [args[0] for args in rig.intents("contextMenuRequested")]
    assert [(hit.kind, hit.id) for hit in hits] == [("segment", "b"), ("empty", "one"), ("ruler", ""), ("marker", "m")]
    assert rig.canvas.scene.selection == {"b"}


def test_track_heads(rig, qtbot):
    head = rig.widget.heads.head("one")
    qtbot.mouseClick(head.lock, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(head.mute, Qt.MouseButton.LeftButton)
    assert rig.intents("trackChanged") == [("one", "locked", True), ("one", "muted", True)]
    QTest.mouseDClick(head.name, Qt.MouseButton.LeftButton)
    QTest.keyClicks(head.name, "Gestures")
    QTest.keyClick(head.name, Qt.Key.Key_Return)
    assert rig.intents("trackChanged")[-1] == ("one", "name", "Gestures")
    QTest.mouseClick(head.name, Qt.MouseButton.RightButton)
    menu = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(3, 3), head.name.mapToGlobal(QPoint(3, 3)))
    QApplication.sendEvent(head.name, menu)
    assert only(rig.intents("contextMenuRequested"))[0].track_id == "one"


def test_a_long_name_of_a_track_ends_in_dots_and_is_written_whole(rig):
    name = "Ein sehr langer Name für eine Spur mit Gesten"
    rig.take(edits.set_track(rig.project, "one", name=name))
    field = rig.widget.heads.head("one").name
    assert field.text().endswith("…") and name.startswith(field.text()[:-1]) and name in field.toolTip()
    assert field.fontMetrics().horizontalAdvance(field.text()) <= field.width()
    QTest.mouseDClick(field, Qt.MouseButton.LeftButton)
    assert field.text() == name
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text().endswith("…") and not rig.intents("trackChanged")


def test_a_locked_track_takes_no_segment(rig):
    rig.take(edits.set_track(rig.project, "one", locked=True))
    rig.click(rig.at(15))
    assert not rig.intents("addRequested")
    rig.drag(rig.at(2), rig.at(15))
    assert not rig.intents("moveRequested") and rig.intents("refused")


def test_emotions_are_chosen_from_a_list(rig, qtbot):
    QTest.mouseDClick(rig.canvas, Qt.MouseButton.LeftButton, pos=rig.at(3, "face"))
    editor = rig.widget.in_place.editor
    qtbot.waitUntil(editor.view().isVisible)
    QTest.keyClick(editor.view(), Qt.Key.Key_Down)
    QTest.keyClick(editor.view(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(rig.intents("emotionEdited")))
    assert rig.intents("emotionEdited") == [("e", "happy")]


def test_a_click_on_an_emotion_track_adds_one_and_opens_the_list(rig, qtbot):
    rig.click(rig.at(12, "face"))
    only(rig.intents("addRequested"))
    editor = rig.widget.in_place.editor
    qtbot.waitUntil(editor.view().isVisible)
    QTest.keyClick(editor.view(), Qt.Key.Key_Down)
    QTest.keyClick(editor.view(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(rig.intents("emotionGiven")))
    assert rig.intents("emotionGiven") == [("new", "happy")] and not rig.intents("emotionEdited")


def test_times_beyond_an_hour_arrive_whole(rig):
    """Two hours are more microseconds than 32 bits hold."""
    late = Segment(id="late", start_us=7000 * S, end_us=7002 * S)
    rig.take(edits.add(rig.project.replace(duration_us=7200 * S), "one", late))
    rig.take(edits.add_marker(rig.project, 7100 * S, marker_id="far"))
    assert rig.project.markers[-1] == Marker(id="far", time_us=7100 * S)
    rig.widget.set_selection(("late",))
    rig.widget.zoom_to_selection()
    rig.widget.set_snapping(False)
    rig.drag(rig.at(7001), rig.at(7001.02))
    assert 10_000 <= only(rig.intents("moveRequested"))[1] <= 30_000
    rig.click(rig.ruler(7001))
    assert abs(only(rig.intents("seekRequested"))[0] - 7001 * S) < 20_000
