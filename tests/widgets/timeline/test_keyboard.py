"""The keyboard on the timeline, beside a window whose shortcuts want some of the same keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest

from core import edits
from tests.widgets.timeline.conftest import S

Key = Qt.Key


def reach_by_tab(rig):
    rig.widget.heads.more.setFocus()
    rig.canvas.setFocus(Qt.FocusReason.TabFocusReason)


@pytest.fixture
def framed(rig):
    """The timeline with the window's shortcuts "one frame on" and "none selected"."""
    rig.frames = []
    for key in ("Right", "Esc", "I"):
        shortcut = QShortcut(QKeySequence(key), rig.widget)
        shortcut.activated.connect(lambda key=key: rig.frames.append(key))
    return rig


def test_right_belongs_to_the_window_until_the_timeline_is_reached_by_tab(framed):
    rig = framed
    rig.canvas.setFocus(Qt.FocusReason.MouseFocusReason)
    QTest.keyClick(rig.canvas, Key.Key_Right)
    assert rig.frames == ["Right"]
    reach_by_tab(rig)
    assert rig.canvas.scene.selection == {"a"}
    QTest.keyClick(rig.canvas, Key.Key_Right)
    assert rig.frames == ["Right"] and rig.canvas.scene.selection == {"b"}
    QTest.keyClick(rig.canvas, Key.Key_Escape)
    QTest.keyClick(rig.canvas, Key.Key_Right)
    assert rig.frames == ["Right", "Right"] and rig.canvas.scene.selection == {"b"}


def test_arrows_go_through_time_and_tracks(rig):
    reach_by_tab(rig)
    for key, wanted in (
        (Key.Key_Right, "b"),
        (Key.Key_Right, "c"),
        (Key.Key_Right, "c"),
        (Key.Key_Down, "e"),
        (Key.Key_Left, "e"),
        (Key.Key_Up, "a"),
    ):
        QTest.keyClick(rig.canvas, key)
        assert rig.canvas.scene.focus_id == wanted


def test_the_focused_segment_has_a_ring_and_is_scrolled_into_view(rig):
    rig.canvas.set_view(rig.canvas.view.showing(15 * S, 17 * S))
    reach_by_tab(rig)
    assert rig.canvas.rect().contains(rig.at(2))
    with_ring = rig.canvas.grab().toImage()
    rig.canvas.set_keyboard_mode(False)
    assert rig.canvas.grab().toImage() != with_ring


def test_screen_readers_hear_the_segment(rig):
    rig.widget.set_segment_states({"b": "changed"})
    rig.widget.set_selection(("b",))
    name = rig.canvas.accessibleName()
    assert "walk forward" in name and "0:05.000" in name and "Changed" in name
    rig.take(edits.change(rig.project, "b", prompt="bow", locked=True))
    assert "bow" in rig.canvas.accessibleName() and "locked" in rig.canvas.accessibleName()
    assert rig.canvas.accessibleDescription()


def test_enter_edits_and_letters_are_text(framed):
    rig = framed
    rig.widget.set_selection(("b",))
    rig.canvas.setFocus()
    QTest.keyClick(rig.canvas, Key.Key_Return)
    editor = rig.widget.in_place.editor
    assert editor is not None and editor.segment_id == "b"
    QTest.keyClicks(editor, "In")
    assert editor.text() == "In" and rig.frames == []
    QTest.keyClick(editor, Key.Key_Return)
    assert rig.intents("promptEdited") == [("b", "In")]


def test_edit_selected_wants_exactly_one(rig):
    rig.widget.set_selection(("a", "b"))
    rig.widget.edit_selected()
    assert rig.widget.in_place.editor is None
    rig.widget.set_selection(("c",))
    rig.widget.edit_selected()
    assert rig.widget.in_place.editor.segment_id == "c"


def test_the_field_follows_its_segment_and_goes_with_it(rig):
    rig.widget.edit("b")
    editor = rig.widget.in_place.editor
    before = editor.x()
    rig.canvas.set_view(rig.canvas.view.panned(100))
    assert editor.x() == before - 100
    rig.take(edits.delete(rig.project, "b"))
    assert rig.widget.in_place.editor is None and not rig.intents("promptEdited")
