"""What screen readers find on the timeline: tracks, segments and markers as a tree, with names, states and places."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from core import edits

Name = QAccessible.Text.Name


@pytest.fixture
def tree(rig):
    return QAccessible.queryAccessibleInterface(rig.canvas)


def names(part) -> list[str]:
    return [part.child(number).text(Name) for number in range(part.childCount())]


def test_tracks_segments_and_markers_are_a_tree(rig, tree):
    assert tree.role() == QAccessible.Role.List
    assert names(tree) == ["Prompts", "Prompts", "Emotion", "Markers"]
    prompts, empty, faces, markers = (tree.child(number) for number in range(4))
    assert [text.split(",")[0] for text in names(prompts)] == ["wave", "walk forward", "kick"]
    assert prompts.child(0).text(Name) == "wave, 0:01.000 to 0:03.000, track Prompts, Not generated"
    assert names(empty) == [] and names(faces)[0].startswith("Neutral, 0:02.000 to 0:06.000")
    assert names(markers) == ["here 0:09.000"]
    assert prompts.parent() is tree and prompts.child(1).parent() is prompts
    assert prompts.indexOfChild(prompts.child(2)) == 2 and tree.indexOfChild(faces) == 2


def test_a_segment_lies_where_it_is_painted_and_is_found_there(rig, tree):
    place = rig.canvas.mapToGlobal(rig.at(6))
    prompts = tree.childAt(place.x(), place.y())
    walk = prompts.childAt(place.x(), place.y())
    assert walk.text(Name).startswith("walk forward") and walk.rect().contains(place)
    rig.canvas.set_view(rig.canvas.view.showing(15_000_000, 17_000_000))
    assert walk.state().offscreen


def test_the_keyboard_s_segment_has_the_focus_and_the_selection(rig, tree):
    rig.widget.heads.more.setFocus()
    rig.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(rig.canvas, Qt.Key.Key_Right)
    focused = tree.focusChild()
    assert focused.text(Name).startswith("walk forward")
    state = focused.state()
    assert state.focused and state.selected and state.selectable and not state.readOnly


def test_what_is_gone_says_that_it_is_invalid_and_what_is_new_is_there(rig, tree):
    prompts = tree.child(0)
    wave = prompts.child(0)
    rig.take(edits.delete(rig.project, "a"))
    assert not wave.isValid() and wave.text(Name) == "" and wave.state().invalid
    assert [text.split(",")[0] for text in names(prompts)] == ["walk forward", "kick"]
    rig.take(edits.change(rig.project, "b", locked=True))
    assert prompts.child(0).state().readOnly and "locked" in prompts.child(0).text(Name)
