"""`widgets.rig_editor`: every edit by real mouse and key events on the shown editor, and what it emits."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QMouseEvent, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.pose import BODY_NAMES
from core.rig import Rig
from resources import RESOURCES
from tests.widgets.rig_bench import (
    CONTROL,
    LEFT,
    NONE,
    SHIFT,
    near,
    plus,
    sample_rig,
    shown_bench,
)
from widgets.rig_editor import handles
from widgets.rig_editor.names import handle_name


@pytest.fixture
def bench(qtbot):
    yield from shown_bench(qtbot)


# Points ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("handle", ["left_elbow", "right_wrist", "neck", "left_eye", "right_hand_tip"])
def test_a_point_is_dragged_as_one_step(bench, handle):
    before = bench.at(handle)
    bench.grab(handle, (12, -9))
    assert near(bench.at(handle), plus(before, 12, -9))
    assert len(bench.told) == 1 and bench.told[0]["source"] == "user"
    assert near(handles.position(Rig.from_dict(bench.told[0]), handle), plus(before, 12, -9))
    others = [name for name in handles.POINTS if name != handle]
    assert all(handles.position(bench.rig, name) == handles.position(sample_rig(), name) for name in others)


def pointer(canvas, where):
    """A step of the pointer with the left button down."""
    place = QPointF(where)
    return QMouseEvent(QEvent.Type.MouseMove, place, QPointF(canvas.mapToGlobal(where)), LEFT, LEFT, NONE)


def test_every_point_can_be_taken_hold_of_when_zoomed_in(bench):
    for handle in handles.POINTS:
        if handles.confidence(bench.rig, handle) <= 0:
            continue
        bench.canvas.fit()
        bench.canvas.zoom_by(6.0, QPointF(bench.point(*bench.at(handle))))
        before = bench.at(handle)
        bench.canvas.select("")
        bench.grab(handle, (4, 3))
        assert bench.canvas.selected == handle
        assert near(bench.at(handle), plus(before, 4, 3), 0.5), handle


def test_a_click_selects_and_changes_nothing(bench):
    QTest.mouseClick(bench.canvas, LEFT, NONE, bench.point(*bench.at("left_wrist")))
    assert bench.canvas.selected == "left_wrist" and bench.told == []
    assert bench.editor.point_list.currentText() == "Left wrist"
    assert not bench.editor.undo_button.isEnabled()


def test_a_seen_point_stays_in_the_picture(bench):
    bench.grab("left_wrist", (400, 10))
    assert bench.at("left_wrist")[0] == 255


def test_an_unsure_point_that_is_moved_becomes_sure(bench):
    body = bench.rig.body.copy()
    body[BODY_NAMES.index("left_elbow"), 2] = 0.4
    bench.editor.set_rig(Rig(body, bench.rig.hand_tips, bench.rig.face_box, bench.rig.mouth, image_size=(256, 320)))
    bench.grab("left_elbow", (5, 5))
    assert handles.confidence(bench.rig, "left_elbow") == 1.0


def test_the_place_is_shown_while_dragging(bench):
    before = bench.at("left_elbow")
    bench.grab("left_elbow", (10, 4), release=False)
    x, y = handles.position(bench.canvas.rig, "left_elbow")
    assert near((x, y), plus(before, 10, 4)) and near(bench.at("left_elbow"), before, 0.01)
    assert bench.editor.place_label.text() == f"x {x:.0f}   y {y:.0f}" and bench.told == []
    bench.key(Qt.Key.Key_Escape)


def test_the_preview_follows_a_drag_at_once_and_goes_back_with_escape(bench, qtbot):
    qtbot.waitUntil(lambda: not bench.editor._preview_later.isActive())  # the portrait itself was shown just now
    shown = []
    bench.editor.rigPreviewed.connect(shown.append)
    before = bench.at("left_elbow")
    bench.grab("left_elbow", (10, 4), release=False)
    assert shown and bench.told == []  # at the first step, before anything is finished
    qtbot.waitUntil(lambda: near(handles.position(shown[-1], "left_elbow"), plus(before, 10, 4)))
    bench.key(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: near(handles.position(shown[-1], "left_elbow"), before, 0.01))
    assert bench.told == []


def test_the_preview_of_a_long_drag_is_not_asked_for_at_every_step(bench, qtbot):
    qtbot.waitUntil(lambda: not bench.editor._preview_later.isActive())  # the portrait itself was shown just now
    shown = []
    bench.editor.rigPreviewed.connect(shown.append)
    start = bench.point(*bench.at("left_elbow"))
    QTest.mousePress(bench.canvas, LEFT, NONE, start)
    for step in range(1, 200):
        bench.canvas.mouseMoveEvent(pointer(bench.canvas, start + QPoint(step % 40, step % 30)))
    assert len(shown) == 1  # within one turn of the event loop: only the first step
    last = bench.canvas.rig
    qtbot.waitUntil(lambda: shown[-1] is last)
    assert len(shown) == 2
    QTest.mouseRelease(bench.canvas, LEFT, NONE, start)


def test_the_name_is_told_on_hover(bench, qtbot):
    with qtbot.waitSignal(bench.canvas.hovered) as told:
        QTest.mouseMove(bench.canvas, bench.point(*bench.at("right_elbow")))
    assert told.args == ["right_elbow"]


def test_every_handle_has_a_name(bench):
    names = [handle_name(handle) for handle in handles.HANDLES]
    assert len(set(names)) == len(handles.HANDLES)
    assert not set(names) & set(handles.HANDLES)


def test_hiding_and_showing_by_key_box_and_double_click(bench):
    QTest.mouseClick(bench.canvas, LEFT, NONE, bench.point(*bench.at("left_wrist")))
    bench.key(Qt.Key.Key_H)
    assert handles.confidence(bench.rig, "left_wrist") == 0.0
    assert not bench.editor.visible_box.isChecked()
    QTest.mouseClick(bench.editor.visible_box, LEFT, pos=QPoint(8, bench.editor.visible_box.height() // 2))
    assert handles.confidence(bench.rig, "left_wrist") == 1.0
    QTest.mouseDClick(bench.canvas, LEFT, NONE, bench.point(*bench.at("right_wrist")))
    assert handles.confidence(bench.rig, "right_wrist") == 0.0
    assert len(bench.told) == 3


def test_a_hidden_point_outside_the_picture_comes_in_when_shown(bench):
    assert bench.at("left_knee")[1] > 320
    bench.editor.point_list.setFocus()
    bench.canvas.select("left_knee")
    bench.canvas.setFocus()
    bench.key(Qt.Key.Key_H)
    assert handles.confidence(bench.rig, "left_knee") == 1.0 and bench.at("left_knee")[1] == 319


def test_mirrored_editing_moves_the_other_side_the_other_way(bench):
    QTest.mouseClick(bench.editor.mirror_button, LEFT)
    left, right = bench.at("left_elbow"), bench.at("right_elbow")
    bench.grab("left_elbow", (10, 6))
    assert near(bench.at("left_elbow"), plus(left, 10, 6))
    assert near(bench.at("right_elbow"), plus(right, -10, 6))
    assert len(bench.told) == 1
    bench.editor.undo()
    assert near(bench.at("right_elbow"), right, 0.01) and near(bench.at("left_elbow"), left, 0.01)


def test_escape_drops_a_drag(bench):
    before = bench.at("left_elbow")
    bench.grab("left_elbow", (20, 20), release=False)
    bench.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(bench.canvas, LEFT, NONE, bench.point(*(before + 20)))
    assert near(bench.at("left_elbow"), before, 0.01) and bench.told == []


# Face and mouth -------------------------------------------------------------------------------------------------------


def test_the_face_box_by_its_handles_and_its_border(bench):
    bench.canvas.zoom_by(3.0, QPointF(bench.point(*bench.at("face"))))
    left, top, width, height = bench.rig.face_box
    bench.grab("face_bottom_right", (6, 9))
    assert near(bench.rig.face_box, (left, top, width + 6, height + 9), 0.6)
    bench.grab("face_top", (50, -5))
    assert near(bench.rig.face_box, (left, top - 5, width + 6, height + 14), 0.6)
    corner = bench.at("face_top_left")
    bench.drag(plus(corner, 10, 0), plus(corner, 14, 7))  # between two handles, on the line
    assert near(bench.rig.face_box, (left + 4, top + 2, width + 6, height + 14), 0.8)
    assert len(bench.told) == 3


def test_the_face_box_cannot_be_turned_inside_out(bench):
    bench.canvas.zoom_by(3.0, QPointF(bench.point(*bench.at("face"))))
    bench.grab("face_left", (200, 0))
    assert bench.rig.face_box[2] >= 8
    Rig.from_dict(bench.told[-1])


def test_the_mirrored_face_box_keeps_its_middle(bench):
    bench.canvas.mirrored = True
    middle = bench.at("face")
    rig = handles.moved(bench.rig, "face_left", float(bench.rig.face_box[0]) - 5, 0, mirrored=True)
    assert near(handles.position(rig, "face"), middle, 0.01)
    assert rig.face_box[2] == pytest.approx(bench.rig.face_box[2] + 10)


def test_mouth_centre_and_width(bench):
    bench.canvas.zoom_by(6.0, QPointF(bench.point(*bench.at("mouth"))))
    x, y, half = bench.rig.mouth
    bench.grab("mouth", (3, 4))
    assert near(bench.rig.mouth, (x + 3, y + 4, half), 0.5)
    bench.grab("mouth_left", (2, 0))
    assert near(bench.rig.mouth, (x + 3, y + 4, half + 2), 0.5)
    bench.grab("mouth_right", (-1, 0))
    assert near(bench.rig.mouth, (x + 3, y + 4, half + 3), 0.7)


def test_sleeve_by_keyboard(bench):
    bench.editor.sleeve.setFocus()
    QTest.keyClick(bench.editor.sleeve, Qt.Key.Key_Down)
    assert bench.rig.sleeve == "long" and bench.told[-1]["sleeve"] == "long"


# Keyboard -------------------------------------------------------------------------------------------------------------


def test_tab_goes_through_all_handles_and_out(bench):
    bench.editor.mirror_button.setFocus()
    bench.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    seen = [bench.canvas.selected]
    while QApplication.focusWidget() is bench.canvas and len(seen) < 100:
        bench.key(Qt.Key.Key_Tab)
        seen.append(bench.canvas.selected)
    assert tuple(seen[:-1]) == handles.HANDLES
    assert QApplication.focusWidget() is not bench.canvas
    bench.canvas.setFocus()
    bench.key(Qt.Key.Key_Backtab)
    assert bench.canvas.selected == handles.HANDLES[-2]


def test_arrows_nudge_by_one_and_ten_as_one_step(bench, qtbot):
    bench.canvas.select("left_elbow")
    bench.canvas.setFocus()
    before = bench.at("left_elbow")
    with qtbot.waitSignal(bench.editor.rigChanged):
        for _ in range(3):
            bench.key(Qt.Key.Key_Right)
        bench.key(Qt.Key.Key_Up, SHIFT)
    assert near(bench.at("left_elbow"), plus(before, 3, -10), 0.01)
    assert len(bench.told) == 1
    bench.editor.undo()
    assert near(bench.at("left_elbow"), before, 0.01)


def test_nudging_another_point_is_another_step(bench):
    bench.canvas.setFocus()
    bench.canvas.select("left_elbow")
    bench.key(Qt.Key.Key_Right)
    bench.canvas.select("left_wrist")
    bench.key(Qt.Key.Key_Right)
    elbow, wrist = bench.at("left_elbow"), bench.at("left_wrist")
    bench.editor.undo()
    assert near(bench.at("left_wrist"), wrist - (1, 0), 0.01) and near(bench.at("left_elbow"), elbow, 0.01)


def test_our_keys_do_not_reach_the_window_s_shortcuts(bench):
    done = []
    window = bench.editor.window()
    for keys in ("Right", "Ctrl+Z", "H", "S"):
        QShortcut(QKeySequence(keys), window, lambda keys=keys: done.append(keys))
    bench.canvas.setFocus()
    bench.key(Qt.Key.Key_Z, CONTROL)  # nothing to undo here: the window's own undo
    bench.canvas.select("left_elbow")
    bench.key(Qt.Key.Key_Right)
    bench.key(Qt.Key.Key_H)
    bench.key(Qt.Key.Key_Z, CONTROL)
    bench.key(Qt.Key.Key_S)
    assert done == ["Ctrl+Z", "S"]


def test_undo_and_redo_by_key_and_button(bench):
    before = bench.at("left_elbow")
    bench.grab("left_elbow", (10, 0))
    bench.grab("left_elbow", (0, 10))
    bench.canvas.setFocus()
    bench.key(Qt.Key.Key_Z, CONTROL)
    assert near(bench.at("left_elbow"), plus(before, 10, 0))
    bench.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert near(bench.at("left_elbow"), plus(before, 10, 10))
    QTest.mouseClick(bench.editor.undo_button, LEFT)
    QTest.mouseClick(bench.editor.undo_button, LEFT)
    assert near(bench.at("left_elbow"), before, 0.01) and not bench.editor.undo_button.isEnabled()
    QTest.mouseClick(bench.editor.redo_button, LEFT)
    assert near(bench.at("left_elbow"), plus(before, 10, 0))
    assert [Rig.from_dict(data).to_dict() for data in bench.told][-1] == bench.rig.to_dict()
    assert len(bench.told) == 7


# Reset ----------------------------------------------------------------------------------------------------------------


def test_one_point_and_all_go_back_to_the_proposal(bench):
    proposal = sample_rig()
    bench.grab("left_elbow", (10, 10))
    bench.grab("right_elbow", (-10, 10))
    bench.canvas.select("left_elbow")
    bench.canvas.setFocus()
    bench.key(Qt.Key.Key_Backspace)
    assert near(bench.at("left_elbow"), handles.position(proposal, "left_elbow"), 0.01)
    assert not near(bench.at("right_elbow"), handles.position(proposal, "right_elbow"))
    QTest.mouseClick(bench.editor.reset_all_button, LEFT)
    assert handles.equal(bench.rig, proposal)
    assert not bench.editor.reset_all_button.isEnabled()
    bench.editor.undo()
    assert not near(bench.at("right_elbow"), handles.position(proposal, "right_elbow"))


@pytest.mark.parametrize("handle", handles.HANDLES)
def test_any_handle_can_be_moved_and_reset(handle):
    rig = sample_rig()
    x, y = handles.position(rig, handle)
    moved = handles.moved(rig, handle, x + 7, y + 5)
    assert not handles.equal(moved, rig)
    Rig.from_dict(moved.to_dict())
    back = handles.reset(moved, rig, handle)
    # The source says that a user was there; all places are the old ones.
    assert back.to_dict() | {"source": ""} == rig.to_dict() | {"source": ""}


# From outside ---------------------------------------------------------------------------------------------------------


def test_what_comes_back_late_does_not_undo_newer_edits(bench):
    bench.grab("left_elbow", (10, 0))
    first = Rig.from_dict(bench.told[-1])
    bench.grab("left_elbow", (0, 10))
    second = Rig.from_dict(bench.told[-1])
    now = bench.at("left_elbow")
    bench.editor.set_portrait(bench.image, first, sample_rig(), bench.mask)
    assert near(bench.at("left_elbow"), now, 0.01)
    bench.editor.set_portrait(bench.image, second, sample_rig(), bench.mask)
    assert near(bench.at("left_elbow"), now, 0.01)
    # The window's undo is no echo: it is shown, and can be undone here, too.
    bench.editor.set_rig(first.to_dict())
    assert near(bench.at("left_elbow"), handles.position(first, "left_elbow"), 0.01)
    bench.editor.set_rig(None)
    assert handles.equal(bench.rig, sample_rig())


def test_another_portrait_starts_anew(bench):
    bench.grab("left_elbow", (10, 0))
    other = np.zeros((400, 300, 3), np.uint8)
    rig = sample_rig().rescaled(300, 400)
    bench.editor.set_portrait(other, rig, rig, np.zeros((400, 300), bool))
    assert not bench.editor.undo_button.isEnabled() and handles.equal(bench.rig, rig)
    assert bench.canvas.selected == ""


def test_without_a_portrait_nothing_can_be_done(bench):
    bench.editor.set_portrait(None)
    assert bench.rig is None and not bench.editor.brush_button.isEnabled()
    QTest.mouseClick(bench.canvas, LEFT, NONE, QPoint(100, 100))
    bench.key(Qt.Key.Key_Right)
    assert bench.told == [] and not bench.canvas.grab().isNull()


def test_a_rig_of_another_size_of_the_picture_is_taken_over(bench):
    big = Rig.from_json((RESOURCES / "sample" / "half.rig.json").read_text("utf-8"))
    other = bench.image + 1
    bench.editor.set_portrait(other, big, big, bench.mask)
    assert near(bench.at("neck"), handles.position(big, "neck") / np.array([4.0, 4.0]), 0.01)
