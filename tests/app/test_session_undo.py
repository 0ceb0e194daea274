"""Undo and redo: random edits of every kind, motion that arrives meanwhile, merging, and ten thousand edits."""

import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.session import Session
from app.session_edits import SessionEdits
from core.project_file import dump_project
from core.timeline import Project
from tests.app.session_moves import Hand, motion_for, sample_project

MERGED = {"fill_segment"}
"""Edits that go on with the step before them; they are tried with the merging of steps."""


def opened(project: Project, **options) -> Session:
    session = Session(**options)
    session.open_recovered(project, None)
    return session


def state(session: Session) -> tuple[Project | None, tuple[str, ...]]:
    return session.project, session.selection


moves = st.lists(st.tuples(st.integers(0, 32), st.integers(0, 10_000), st.booleans()), min_size=1, max_size=25)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves)
def test_any_edits_are_taken_back_and_made_again_exactly(qapp, done):
    """Also the motion that the engine made between the edits comes back as it was."""
    session = opened(sample_project(), merge_seconds=0.0)
    hand = Hand(session)
    stack = session.undo_stack
    history = [session.project]
    for number, (action, seed, engine) in enumerate(done):
        before = session.project
        hand.act(action, seed)
        if stack.count() == len(history):
            history.append(session.project)
            stack.undo()
            assert session.project == before
            stack.redo()
        assert session.project == history[-1]
        if engine:
            session.apply_motion(motion_for(session.project, number), session.revision)
            history[-1] = session.project
        # What is kept in memory must be a project that can be saved and opened.
        assert Project.model_validate_json(session.project.model_dump_json()) == session.project
    assert stack.count() == len(history) - 1
    for expected in reversed(history[:-1]):
        stack.undo()
        assert session.project == expected
        assert dump_project(session.project, "/p.versa") == dump_project(expected, "/p.versa")
    for expected in history[1:]:
        stack.redo()
        assert session.project == expected


def test_every_kind_of_edit_is_reached_by_the_random_ones(qapp):
    """The tests above say nothing about an edit that never succeeds."""
    session = opened(sample_project(), merge_seconds=0.0)
    hand = Hand(session)
    reached = set()
    for seed in range(60):
        for number, action in enumerate(hand.actions):
            count = session.undo_stack.count()
            if hand.act(number, seed) and session.undo_stack.count() != count:
                reached.add(action.__name__)
        while session.undo_stack.canUndo():
            session.undo_stack.undo()
        session.undo_stack.clear()
    assert reached == {action.__name__ for action in hand.actions}


def test_every_edit_of_the_session_is_among_the_random_ones(qapp, monkeypatch):
    """A new edit must be added to the hand, so that undo and the long runs are tried with it."""
    known = {name for name, value in vars(SessionEdits).items() if callable(value) and not name.startswith("_")}
    called = set()
    for name in known:
        real = getattr(SessionEdits, name)

        def noted(self, *args, _name=name, _real=real, **options):
            called.add(_name)
            return _real(self, *args, **options)

        monkeypatch.setattr(SessionEdits, name, noted)
    hand = Hand(opened(sample_project(), merge_seconds=0.0))
    for number in range(20 * len(hand.actions)):
        hand.act(number, number)
    assert called == known - MERGED


def test_ten_thousand_edits_need_little_memory(qapp):
    """Undo is unlimited, but a step holds only what it changed: under 6 KB each here, with motion arriving too."""
    session = opened(sample_project(), merge_seconds=0.0)
    hand = Hand(session)
    errors = []
    session.message.connect(lambda level, text: errors.append(text) if level == "error" else None)
    start = session.project
    count = len(hand.actions)
    tracemalloc.start()
    try:
        for number in range(10_000):
            hand.act((number * 7) % count, number)
            if number % 10 == 0:
                session.apply_motion(motion_for(session.project, number), session.revision)
            if number % 100 == 99:
                for _ in range(5):
                    session.undo_stack.undo()
        used = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    steps, index = session.undo_stack.count(), session.undo_stack.index()
    assert steps > 3_000
    assert errors == []
    assert used < 6_000 * steps
    last = session.project
    session.undo_stack.setIndex(0)
    assert session.project == start
    session.undo_stack.setIndex(index)
    assert session.project == last


def test_selection_comes_back_with_the_segments(qapp):
    session = opened(sample_project())
    session.set_selection(("s1", "s2"))
    told = []
    session.selectionChanged.connect(told.append)
    assert session.delete_segments(("s1", "s2"))
    assert session.selection == ()
    session.undo_stack.undo()
    assert session.selection == ("s1", "s2")
    session.set_selection(("s4",))
    session.undo_stack.redo()
    assert session.selection == ()
    assert told == [(), ("s1", "s2"), ("s4",), ()]


def test_a_dragged_slider_is_one_step_and_a_later_one_another(qapp):
    now = [0.0]
    session = opened(sample_project(), clock=lambda: now[0])
    before = session.project
    for value in (1.1, 1.2, 1.3):
        now[0] += 0.2
        session.change_segments(("s0",), strength=value)
    assert session.undo_stack.count() == 1
    now[0] += 5
    session.change_segments(("s0",), strength=1.5)
    session.change_segments(("s1",), strength=1.5)
    assert session.undo_stack.count() == 3
    session.undo_stack.setIndex(1)
    assert session.project.segment("s0").strength == 1.3
    session.undo_stack.undo()
    assert session.project == before
    assert session.undo_stack.redoText() == "Change prompt strength"


def test_adding_a_segment_and_writing_into_it_is_one_step_however_long_it_takes(qapp):
    now = [0.0]
    session = opened(sample_project(), clock=lambda: now[0])
    before = session.project, session.selection
    start = max(segment.end_us for segment in session.project.prompt_segments())
    made = session.add_segment(session.project.tracks[0].id, start, start + 1_000_000)
    session.apply_motion(motion_for(session.project, 5), session.revision)
    now[0] += 60
    assert session.fill_segment(made, prompt="nod")
    after = session.project, session.selection
    assert session.undo_stack.count() == 1 and session.undo_stack.undoText() == "Add segment"
    now[0] += 0.1
    assert session.change_segments((made,), prompt="bow")
    assert session.undo_stack.count() == 2  # what is edited later is a step of its own
    session.undo_stack.undo()
    assert (session.project, session.selection) == after
    session.undo_stack.undo()
    assert (session.project, session.selection) == before
    session.undo_stack.redo()
    assert (session.project, session.selection) == after


def test_what_was_done_in_between_keeps_the_first_prompt_apart(qapp):
    session = opened(sample_project(), clock=lambda: 0.0)
    start = max(segment.end_us for segment in session.project.prompt_segments())
    made = session.add_segment(session.project.tracks[0].id, start, start + 1_000_000)
    session.add_marker(200_000)
    session.fill_segment(made, prompt="nod")
    assert session.undo_stack.count() == 3


def test_merged_steps_keep_the_motion_that_came_between(qapp):
    session = opened(sample_project(), clock=lambda: 0.0)
    before = session.project
    session.change_segments(("s0",), strength=1.1)
    session.apply_motion(motion_for(session.project, 5), session.revision)
    session.change_segments(("s0",), strength=1.2)
    assert session.undo_stack.count() == 1
    after = session.project
    assert after.motion != before.motion
    session.undo_stack.undo()
    assert session.project == before
    session.undo_stack.redo()
    assert session.project == after


def test_steps_are_named_after_what_was_done(qapp):
    session = opened(sample_project())
    session.move_segments(("s0",), 100_000)
    session.move_segments(("s0", "s1"), 100_000)
    session.change_segments(("s0",), prompt="bow")
    session.change_segments(("s0",), locked=True)
    session.change_segments(("s0",), locked=False)
    session.split_at(3_000_000)
    session.ripple_delete_segments(("s3", "s4"))
    stack = session.undo_stack
    assert [stack.text(index) for index in range(stack.count())] == [
        "Move segment",
        "Move 2 segments",
        "Edit prompt",
        "Lock segment",
        "Unlock segment",
        "Split at playhead",
        "Ripple delete 2 segments",
    ]


def test_what_changes_nothing_is_no_step(qapp):
    session = opened(sample_project())
    revision = session.revision
    assert session.move_segments(("s0",), 0)
    assert session.change_segments(("s0",), prompt="wave 0")
    assert session.set_seed(0)
    assert (session.undo_stack.count(), session.revision) == (0, revision)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda s: s.move_segments(("s0",), 9_000_000), 'The segment 10.0-15.0 s "wave 0" would overlap'),
        (lambda s: s.move_segments(("s4", "s5"), 20_000_000), "would run past the end of the audio (60.0 s)."),
        (lambda s: s.delete_segments(("s0", "nobody")), "There is no segment with the id nobody."),
        (lambda s: s.join_segments(("s0", "s2")), "lies between those to be joined"),
        (lambda s: s.split_at(0), "There is no segment to split"),
        (lambda s: s.delete_segments(()), "No segment is selected."),
    ],
)
def test_a_refused_edit_says_why_and_changes_nothing(qapp, act, sentence):
    session = opened(sample_project())
    said = []
    session.message.connect(lambda level, text: said.append((level, text)))
    before = session.project
    assert act(session) is False
    assert session.project is before
    assert session.undo_stack.count() == 0
    assert len(said) == 1
    assert said[0][0] == "refused"
    assert sentence in said[0][1]
