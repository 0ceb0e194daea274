"""Directing by hand: each field of the inspector makes anew what it concerns and nothing else; takes by mouse."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.app.editor_window import (
    motion_is_there,
    one_window,
    reset,
    trigger,
    wait_for,
    write_project,
)
from tests.app.session_moves import Hand
from tests.end_to_end.dialogs import click

Key = Qt.Key


shared = one_window()


@pytest.fixture
def editor(qtbot, shared, tmp_path):
    """The window with a project whose motion is there, and the segment "wave" selected."""
    reset(shared, write_project(tmp_path))
    wait_for(lambda: motion_is_there(shared), "for the motion")
    shared.session.set_selection(("wave",))
    QApplication.processEvents()
    return shared


class Watch:
    """Which segments the engine made anew, and what it made."""

    def __init__(self, editor) -> None:
        self.editor = editor
        self.before = editor.session.project.motion
        self.made: set[str] = set()
        self.ended: list[str] = []
        editor.engine.segmentStates.connect(self._states)
        editor.engine.ended.connect(self._ended)

    def _states(self, states) -> None:
        self.made |= {name for name, state in states.items() if state == "generating"}

    def _ended(self, _revision: int, how: str) -> None:
        self.ended.append(how)

    def changed_tokens(self) -> set[int]:
        """Wait for the end of the work and return the tokens that are others now."""
        wait_for(lambda: self.ended[-1:] == ["done"] and self.editor.engine.state == "ready", "for the engine")
        now = self.editor.session.project.motion.tokens
        return {n for n, (old, new) in enumerate(zip(self.before.tokens, now, strict=True)) if old != new}


WAVE, BOW = set(range(4, 11)), set(range(19, 26))
"""Tokens that the two segments (1 to 2 s and 4 to 5 s) touch, with those that they share with their neighbours."""


def segment(editor, segment_id: str = "wave"):
    return editor.session.project.segment(segment_id)


def test_the_strength_makes_its_segment_anew(editor):
    watch = Watch(editor)
    slider = editor.parts.inspector.segment_page.strength.slider
    slider.setFocus()
    for _ in range(4):
        QTest.keyClick(slider, Key.Key_Right)
    wait_for(lambda: segment(editor).strength == pytest.approx(1.2), "for the field")
    assert watch.changed_tokens() <= WAVE and watch.made == {"wave"}
    assert [r.strength for r in editor.session.project.motion.records] == [pytest.approx(1.2), 1.0]


def test_a_typed_seed_makes_its_segment_anew(editor):
    watch = Watch(editor)
    edit = editor.parts.inspector.segment_page.seed.edit
    edit.setFocus()
    QTest.keyClicks(edit, "31")
    QTest.keyClick(edit, Key.Key_Return)
    assert segment(editor).seed == 31
    changed = watch.changed_tokens()
    assert changed and changed <= WAVE and watch.made == {"wave"}


def test_a_longer_segment_is_made_anew_and_a_shorter_one_keeps_what_is_left_of_it(editor):
    watch = Watch(editor)
    editor.session.trim_segment("bow", "out", 4_600_000)
    assert watch.changed_tokens() == {23, 24}  # what it let go belongs to the speech again
    assert watch.made == set()
    watch = Watch(editor)
    editor.session.trim_segment("bow", "out", 5_600_000)
    changed = watch.changed_tokens()
    assert changed and changed <= set(range(20, 28)) and watch.made == {"bow"}


def test_an_emotion_generates_nothing_anew_and_moves_what_is_there_in_its_time(editor):
    wait_for(lambda: editor.wiring.engine.clip is not None, "for the motion")
    before = editor.wiring.engine.clip
    watch = Watch(editor)
    field = editor.parts.inspector.segment_page.emotion
    field.setFocus()
    QTest.keyClick(field, Key.Key_Down)
    wait_for(lambda: segment(editor).emotion != "neutral", "for the field")
    assert segment(editor).emotion_strength == 1.0, "an emotion of no strength would not be seen"
    assert watch.changed_tokens() == set() and watch.made == set()
    wait_for(lambda: editor.wiring.engine.clip is not before, "for the arms")
    time = np.arange(len(before)) / 20
    far = (time < segment(editor).start_us / 1e6 - 1) | (time > segment(editor).end_us / 1e6 + 1)
    assert far.any()
    np.testing.assert_array_equal(editor.wiring.engine.clip.joints[far], before.joints[far])


def test_an_unknown_prompt_is_remarked_and_a_known_wording_is_one_click_away(editor, qtbot):
    page = editor.parts.inspector.segment_page
    wait_for(page.confidence.isVisible, "for the confidence")
    assert not page.confidence.wordings[0].isVisible()
    page.focus_prompt()
    QTest.keyClicks(page.prompt, "sing in Klingon")
    QTest.keyClick(page.prompt, Key.Key_Return)
    wait_for(page.confidence.wordings[0].isVisible, "for the warning")
    assert "do not know how to do this" in page.confidence.remark.text()
    QTest.mouseClick(page.confidence.wordings[0], Qt.MouseButton.LeftButton)
    assert segment(editor).prompt == "wave" and editor.session.undo_stack.undoText()
    wait_for(lambda: motion_is_there(editor), "for the motion")
    assert not page.confidence.wordings[0].isVisible()


def test_a_locked_segment_keeps_its_motion_when_all_else_is_made_anew(editor):
    click(editor.parts.inspector.segment_page.lock)
    assert segment(editor).locked
    watch = Watch(editor)
    editor.session.set_seed(99)
    changed = watch.changed_tokens()
    assert changed and not changed & set(range(5, 10))
    assert watch.made == {"bow"}
    click(editor.parts.inspector.segment_page.lock)
    assert not segment(editor).locked


def test_takes_are_made_chosen_and_starred_by_mouse(editor):
    page = editor.parts.inspector.segment_page
    first = editor.session.project.motion.tokens
    click(page.another)
    wait_for(lambda: len(segment(editor).takes) == 2 and motion_is_there(editor), "for the take")
    second = editor.session.project.motion.tokens
    assert second != first and {n for n in range(30) if second[n] != first[n]} <= WAVE
    rows = [page.takes.itemWidget(page.takes.item(row)) for row in range(2)]  # the newest first
    click(rows[1].star)
    assert [take.favourite for take in segment(editor).takes] == [True, False]
    rows = [page.takes.itemWidget(page.takes.item(row)) for row in range(2)]
    click(rows[1].use)
    assert segment(editor).active_take == 0 and editor.session.project.motion.tokens == first
    trigger(editor, "undo")
    assert segment(editor).active_take == 1 and editor.session.project.motion.tokens == second


def test_a_locked_segment_keeps_its_take(editor):
    page = editor.parts.inspector.segment_page
    click(page.another)
    wait_for(lambda: len(segment(editor).takes) == 2 and motion_is_there(editor), "for the take")
    trigger(editor, "lock")
    before = editor.session.project
    assert not editor.session.use_take("wave", 0)
    trigger(editor, "another_take")
    assert editor.session.project == before and "locked" in editor.status.message
    assert editor.session.favour_take("wave", 0, True)  # a star is a note and no direction


def test_a_hundred_random_edits_with_all_views_open_and_back(editor):
    """Every view follows every edit, forwards and backwards, and nothing complains."""
    errors: list[str] = []
    editor.crashed.connect(lambda sentence, _details: errors.append(sentence))
    editor.session.message.connect(lambda level, text: errors.append(text) if level == "error" else None)
    trigger(editor, "side_by_side")
    hand = Hand(editor.session)
    without_files = [action for action in hand.actions if action.__name__ not in ("media", "rig")]
    hand.actions = tuple(without_files)
    before, index = editor.session.project, editor.session.undo_stack.index()
    for number in range(100):
        hand.act(number * 7, number)
        if number % 10 == 0:
            QApplication.processEvents()
    assert editor.session.undo_stack.index() > index + 20
    while editor.session.undo_stack.index() > index:
        editor.session.undo_stack.undo()
    QApplication.processEvents()
    assert editor.session.project.tracks == before.tracks and editor.session.project.markers == before.markers
    assert errors == []
