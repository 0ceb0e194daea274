"""`widgets.rig_editor`: every edit by real mouse and key events on the shown editor, and what it emits."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget

from core.pose import BODY_NAMES
from core.rig import Rig
from resources import RESOURCES
from widgets.rig_editor import RigEditor, handles
from widgets.rig_editor.names import handle_name

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NONE, SHIFT, CONTROL = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier,
)  # fmt: skip


def sample_rig():
    """The sample's half portrait at a quarter of its size: 256 x 320."""
    return Rig.from_json((RESOURCES / "sample" / "half.rig.json").read_text("utf-8")).rescaled(256, 320)


def plus(place, across, down):
    return np.asarray(place) + np.array([across, down])


class Bench:
    """A shown editor, what it emitted, and helpers in pixels of the picture."""

    def __init__(self, editor):
        self.editor, self.canvas = editor, editor.canvas
        self.told = []
        editor.rigChanged.connect(self.told.append)

    @property
    def rig(self):
        return self.editor.rig

    def at(self, handle):
        return np.array(handles.position(self.rig, handle))

    def point(self, x, y):
        return self.canvas.to_widget(float(x), float(y)).toPoint()

    def drag(self, start, end, button=LEFT, steps=5, release=True):
        first, last = self.point(*start), self.point(*end)
        QTest.mousePress(self.canvas, button, NONE, first)
        for step in range(1, steps + 1):
            QTest.mouseMove(self.canvas, first + (last - first) * step / steps)
        if release:
            QTest.mouseRelease(self.canvas, button, NONE, last)

    def grab(self, handle, by, **options):
        start = self.at(handle)
        self.drag(start, start + np.array(by), **options)

    def key(self, key, modifiers=NONE):
        QTest.keyClick(self.canvas, key, modifiers)


@pytest.fixture
def bench(qtbot):
    window = QWidget()
    layout = QHBoxLayout(window)
    editor = RigEditor()
    layout.addWidget(editor, 1)
    layout.addWidget(QLineEdit())
    window.resize(1100, 800)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    image = np.full((320, 256, 3), 200, np.uint8)
    image[40:, 60:200] = (60, 90, 120)
    mask = np.zeros((320, 256), np.uint8)
    mask[40:, 60:200] = 255
    rig = sample_rig()
    editor.set_portrait(image, rig, rig, mask)
    made = Bench(editor)
    made.image, made.mask = image, mask
    yield made  # the window lives as long as this frame


def near(first, second, tolerance=1.0):
    return bool(np.abs(np.asarray(first, float) - np.asarray(second, float)).max() <= tolerance)


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


# Brush ----------------------------------------------------------------------------------------------------------------


def colour_at(bench, x, y):
    return bench.canvas.grab().toImage().pixelColor(bench.point(x, y))


def test_keep_and_remove_strokes(bench):
    editor = bench.editor
    QTest.mouseClick(editor.brush_button, LEFT)
    bench.drag((20, 200), (40, 220))
    QTest.mouseClick(editor.remove_button, LEFT)
    bench.drag((120, 250), (140, 250))
    bench.drag((20, 300), (30, 300), button=RIGHT)  # the right button is the other kind
    strokes = bench.told[-1]["strokes"]
    assert [stroke["kind"] for stroke in strokes] == ["keep", "remove", "keep"]
    assert near(strokes[0]["points"][0], (20, 200)) and near(strokes[0]["points"][-1], (40, 220))
    assert strokes[0]["radius"] == pytest.approx(bench.canvas.brush_radius, abs=1e-3)
    assert handles.equal(Rig.from_dict(bench.told[-1]), bench.rig)
    editor.undo()
    assert len(bench.rig.strokes) == 2
    QTest.mouseClick(editor.clear_button, LEFT)
    assert bench.rig.strokes == () and "strokes" not in bench.told[-1]


def test_a_dab_is_a_stroke_of_one_point(bench):
    QTest.mouseClick(bench.editor.brush_button, LEFT)
    QTest.mouseClick(bench.canvas, LEFT, NONE, bench.point(30, 200))
    assert len(bench.told[-1]["strokes"][0]["points"]) == 1


def test_the_overlay_shows_what_is_cut_away_and_follows_the_strokes(bench):
    plain = colour_at(bench, 15, 160)
    QTest.mouseClick(bench.editor.brush_button, LEFT)
    outside, inside = colour_at(bench, 15, 160), colour_at(bench, 80, 300)
    assert outside.red() > outside.blue() + 60 and plain.red() == plain.blue()
    assert inside.blue() > inside.red()
    bench.drag((10, 160), (20, 160))
    QTest.mouseMove(bench.canvas, bench.point(200, 20))
    assert colour_at(bench, 15, 160) == plain
    bench.editor.undo()
    assert colour_at(bench, 15, 160) == outside


def test_the_cut_out_is_found_where_none_is_given(qtbot, bench):
    image, rig = bench.image.copy(), sample_rig()
    image[0, 0] = 201  # another picture
    bench.editor.set_portrait(image, rig, rig)
    QTest.mouseClick(bench.editor.brush_button, LEFT)
    assert "Finding" in bench.editor.mask_note.text()
    qtbot.waitUntil(lambda: "Red" in bench.editor.mask_note.text(), timeout=20_000)
    outside, inside = colour_at(bench, 15, 200), colour_at(bench, 100, 200)
    assert outside.red() > outside.blue() + 60 and inside.blue() > inside.red()


def test_brush_size_by_slider_and_keys_and_kind_by_key(bench):
    QTest.mouseClick(bench.editor.brush_button, LEFT)
    bench.canvas.setFocus()
    before = bench.canvas.brush_radius
    bench.key(Qt.Key.Key_BracketRight)
    assert bench.canvas.brush_radius > before
    bench.key(Qt.Key.Key_BracketLeft)
    assert bench.canvas.brush_radius == pytest.approx(before)
    bench.key(Qt.Key.Key_X)
    assert bench.canvas.brush_kind == "remove" and bench.editor.remove_button.isChecked()
    bench.editor.size_slider.setFocus()
    QTest.keyClick(bench.editor.size_slider, Qt.Key.Key_End)
    assert bench.canvas.brush_radius == bench.editor.size_slider.maximum()


def test_long_strokes_are_thinned():
    points = [(x / 10, 0.0) for x in range(1000)]
    kept = handles.thinned(points, 16.0)
    assert len(kept) < 60 and kept[0] == points[0] and kept[-1] == points[-1]


# Zoom -----------------------------------------------------------------------------------------------------------------


def wheel(canvas, point, steps, modifiers=NONE):
    where = QPointF(point)
    event = QWheelEvent(
        where, canvas.mapToGlobal(where), QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def test_the_wheel_zooms_at_the_pointer(bench):
    point = bench.point(100, 120)
    view = bench.canvas.view
    scale, under = view.scale(), view.to_picture(QPointF(point))
    for _ in range(6):
        wheel(bench.canvas, point, 1)
    assert view.scale() > 2 * scale
    assert (view.to_widget(under.x(), under.y()) - QPointF(point)).manhattanLength() < 0.01


def test_pan_with_the_middle_button_and_by_the_empty_place(bench):
    bench.canvas.zoom_by(3.0)
    for button in (MIDDLE, LEFT):
        before = bench.canvas.to_widget(0, 0)
        bench.drag((220, 30), (200, 60), button=button)
        moved = bench.canvas.to_widget(0, 0) - before
        assert moved.x() < -20 and moved.y() > 30
    assert bench.told == []


def test_the_picture_cannot_be_lost(bench):
    for _ in range(5):
        bench.canvas.view.pan(QPointF(4000, -4000))
    assert bench.canvas.view.place().intersects(bench.canvas.view.area)
    bench.canvas.setFocus()
    bench.key(Qt.Key.Key_0)
    assert bench.canvas.view.zoom == 1.0


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
