"""Differences of projects: exact in both directions, and small."""

import pickle

import pytest

from core import edits
from core.project_delta import apply_backward, apply_forward, difference
from core.timeline import Marker, MotionState, Project, Segment, Track


@pytest.fixture
def project() -> Project:
    segments = tuple(
        Segment(id=f"s{n}", start_us=n * 1_000_000, end_us=n * 1_000_000 + 900_000, prompt="wave") for n in range(2_000)
    )
    return Project(
        portrait="/p.png",
        audio="/a.wav",
        tracks=(Track(id="a", segments=segments), Track(id="b"), Track(id="c", kind="emotion")),
        markers=(Marker(id="m", time_us=5),),
        motion=MotionState(tokens=tuple(range(500)) * 20, weights="w", audio_sha256="x", base_seed=0),
    )


def with_motion(project: Project, tokens: tuple[int, ...]) -> Project:
    return project.model_copy(update={"motion": project.motion.model_copy(update={"tokens": tokens})})


CHANGES = {
    "one field": lambda p: edits.change(p, "s1000", prompt="bow"),
    "one moved": lambda p: edits.move(p, "s1000", 1_000_050_000),
    "to another track": lambda p: edits.move(p, "s1000", 0, track_id="b"),
    "deleted": lambda p: edits.delete(p, "s7"),
    "added first": lambda p: edits.add(edits.delete(p, "s0"), "a", Segment(id="x", start_us=1, end_us=3)),
    "added last": lambda p: edits.duplicate(p, "s1999"),
    "track added": lambda p: edits.add_track(p, track_id="n"),
    "track removed": lambda p: edits.remove_track(p, "a"),
    "marker": lambda p: edits.move_marker(p, "m", 9),
    "no motion": lambda p: p.model_copy(update={"motion": None}),
    "motion": lambda p: with_motion(p, (*p.motion.tokens[:3000], 1, 2, 3, *p.motion.tokens[3003:])),
    "shorter motion": lambda p: with_motion(p, p.motion.tokens[:-1]),
    "longer motion": lambda p: with_motion(p, (4, *p.motion.tokens)),
    "rig": lambda p: p.model_copy(update={"rig": {"a": [1, 2]}}),
    "unknown field": lambda p: p.model_copy(update={"foreign": {"a": 1}}),
    "all": lambda p: p.model_copy(
        update={"tracks": (p.tracks[0].model_copy(update={"segments": p.tracks[0].segments[::2]}), *p.tracks[1:])}
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_differences_lead_there_and_back(project, name):
    changed = CHANGES[name](project)
    found = difference(project, changed)
    assert apply_forward(project, found) == changed
    assert apply_backward(changed, found) == project
    assert apply_backward(changed, found).model_dump_json() == project.model_dump_json()
    back = difference(changed, project)
    assert apply_forward(changed, back) == project


@pytest.mark.parametrize("name", ["one field", "one moved", "to another track", "deleted", "marker", "motion", "rig"])
def test_differences_hold_only_what_changed(project, name):
    assert len(pickle.dumps(difference(project, CHANGES[name](project)))) < 3_000


def test_what_is_equal_has_no_difference(project):
    assert difference(project, project) is None
    assert difference(project, Project.model_validate_json(project.model_dump_json())) is None
    assert apply_forward(project, None) is project


def test_equal_numbers_of_different_types_differ(project):
    as_number = project.model_copy(update={"rig": 1})
    as_truth = project.model_copy(update={"rig": True})
    assert apply_forward(as_number, difference(as_number, as_truth)).rig is True


def test_what_stays_is_shared(project):
    changed = CHANGES["one field"](project)
    again = apply_forward(project, difference(project, changed))
    assert again.tracks[1] is project.tracks[1]
    assert again.tracks[0].segments[999] is project.tracks[0].segments[999]
