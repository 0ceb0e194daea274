"""Edits of several segments: all or nothing, and only the result counts."""

import pytest

from core import bulk_edits, edits
from core.timeline import Project, TimelineError, Track
from tests.core.timelines import segment, times


@pytest.fixture
def project() -> Project:
    return Project(
        portrait="/p.png",
        audio="/a.wav",
        duration_us=20_000_000,
        tracks=(
            Track(
                id="main",
                segments=(segment(1, 3, "wave", id="a"), segment(3, 6, "bow", id="b"), segment(6, 8, "kick", id="c")),
            ),
            Track(id="second", segments=(segment(2, 4, "nod", id="d"), segment(10, 12, id="e"))),
            Track(id="face", kind="emotion", segments=(segment(0, 5, id="f"),)),
        ),
    )


def test_segments_that_touch_move_together(project):
    moved = bulk_edits.move(project, ["c", "a", "b"], 500_000)
    assert times(moved) == [("a", 1.5, 3.5), ("b", 3.5, 6.5), ("c", 6.5, 8.5)]
    assert times(bulk_edits.move(moved, ["a", "b", "c"], -500_000)) == times(project)


def test_moved_segments_may_pass_one_that_stays(project):
    assert times(bulk_edits.move(project, ["a"], 9_000_000)) == [("b", 3, 6), ("c", 6, 8), ("a", 10, 12)]


def test_segments_of_several_tracks_move_each_on_its_own(project):
    moved = bulk_edits.move(project, ["a", "b", "c", "e", "f"], 2_000_000)
    assert times(moved)[0] == ("a", 3, 5)
    assert times(moved, 1) == [("d", 2, 4), ("e", 12, 14)]
    assert times(moved, 2) == [("f", 2, 7)]


def test_segments_move_into_another_track(project):
    moved = bulk_edits.move(project, ["b", "c", "e"], 2_000_000, track_id="second")
    assert times(moved) == [("a", 1, 3)]
    assert times(moved, 1) == [("d", 2, 4), ("b", 5, 8), ("c", 8, 10), ("e", 12, 14)]


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda p: bulk_edits.move(p, ["a", "b"], 1_000_000), r'"bow" would overlap the segment 6\.0-8\.0 s "kick"'),
        (lambda p: bulk_edits.move(p, ["a", "b"], -2_000_000), r"cannot be moved to -1\.0"),
        (lambda p: bulk_edits.move(p, ["b", "c"], 13_000_000), "past the end of the audio"),
        (lambda p: bulk_edits.move(p, ["a", "e"], 0, track_id="second"), r"would overlap the segment .*nod"),
        (lambda p: bulk_edits.move(p, ["f"], 0, track_id="second"), "of kind emotion"),
        (lambda p: bulk_edits.move(p, ["a", "x"], 0), "no segment with the id x"),
        (lambda p: bulk_edits.move(p, [], 5), "no segment is selected"),
        (lambda p: bulk_edits.delete(edits.change(p, "b", locked=True), ["a", "b"]), "is locked"),
        (lambda p: bulk_edits.delete(edits.set_track(p, "second", locked=True), ["a", "d"]), "is locked"),
        (lambda p: bulk_edits.ripple_delete(edits.change(p, "c", locked=True), ["a"]), "cannot be moved"),
        (lambda p: bulk_edits.change(edits.change(p, "b", locked=True), ["a", "b"], prompt="x"), "is locked"),
        (lambda p: bulk_edits.change(p, ["a", "b"], strength=9.0), "cannot be changed: strength"),
        (lambda p: bulk_edits.change(p, ["a"], start_us=0), "'start_us' is not a field"),
        (lambda p: bulk_edits.change(p, ["a"], colour="red"), "'colour' is not a field"),
        (lambda p: bulk_edits.join(p, ["a", "c"]), r'"bow" lies between'),
        (lambda p: bulk_edits.join(p, ["a", "b", "d"]), r'"nod" has no selected neighbour'),
        (lambda p: bulk_edits.join(p, ["c"]), "nothing follows"),
        (lambda p: bulk_edits.split(p, ["a", "c"], 2_000_000), "is not inside"),
        (lambda p: bulk_edits.insert(p, {"main": [segment(9, 10, id="d")]}), "already a segment with the id d"),
    ],
)
def test_refusals(project, act, message):
    with pytest.raises(TimelineError, match=message):
        act(project)


def test_ripple_delete_closes_each_gap_once(project):
    gone = bulk_edits.ripple_delete(project, ["a", "b", "d"])
    assert times(gone) == [("c", 1, 3)]
    assert times(gone, 1) == [("e", 8, 10)]
    assert times(gone, 2) == [("f", 0, 5)]


def test_join_makes_runs_of_each_track_one(project):
    joined, kept = bulk_edits.join(project, ["c", "b", "a", "e", "d"])
    assert times(joined) == [("a", 1, 8)]
    assert times(joined, 1) == [("d", 2, 12)]
    assert kept == ("a", "d")
    single, _ = bulk_edits.join(project, ["b"])
    assert times(single) == [("a", 1, 3), ("b", 3, 8)]


def test_duplicates_are_new_unlocked_and_a_group_of_their_own(project):
    grouped = bulk_edits.change(project, ["a", "b"], group="together")
    locked = bulk_edits.change(grouped, ["a"], locked=True)
    copied, new = bulk_edits.duplicate(locked, ["a", "b"], 8_000_000)
    assert [(s.start_us, s.end_us) for s in map(copied.segment, new)] == [
        (9_000_000, 11_000_000),
        (11_000_000, 14_000_000),
    ]
    groups = {copied.segment(segment_id).group for segment_id in new}
    assert len(groups) == 1
    assert groups != {"together"}
    assert not copied.segment(new[0]).locked


def test_groups_come_and_go_without_a_trace(project):
    grouped = bulk_edits.change(project, ["a", "b"], group="together", prompt="clap")
    assert [grouped.segment(i).group for i in "ab"] == ["together", "together"]
    assert bulk_edits.change(bulk_edits.change(project, ["a"], group="x"), ["a"], group=None) == project


def test_a_change_that_a_segment_has_already_needs_no_unlocking(project):
    locked = bulk_edits.change(project, ["a"], locked=True)
    assert bulk_edits.change(locked, ["a", "b"], locked=True).segment("b").locked


def test_proposals_fill_what_is_free(project):
    changed, new = bulk_edits.propose(
        project, [(0, 2_000_000), (7_500_000, 9_000_000), (8_500_000, 8_700_000), (19_000_000, 25_000_000)], "main"
    )
    assert [(s.start_us / 1e6, s.end_us / 1e6) for s in map(changed.segment, new)] == [(0, 1), (8, 9), (19, 20)]
