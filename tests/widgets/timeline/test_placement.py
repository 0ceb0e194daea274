from hypothesis import given
from hypothesis import strategies as st

from core import edits
from core.timeline import Project, Segment, TimelineError, Track
from widgets.timeline.placement import MoveRoom, room_for, trim_limits

S = 1_000_000
TRACK = Track(
    id="t",
    segments=(
        Segment(id="a", start_us=2 * S, end_us=4 * S),
        Segment(id="b", start_us=7 * S, end_us=9 * S),
        Segment(id="c", start_us=9_100_000, end_us=10 * S),
    ),
)


def test_a_new_segment_is_two_seconds_or_what_fits():
    assert room_for(TRACK, 4_500_000, 20 * S) == (4_500_000, 6_500_000)
    assert room_for(TRACK, 5_500_000, 20 * S) == (5_500_000, 7 * S)
    assert room_for(TRACK, 6_900_000, 20 * S) == (5 * S, 7 * S)  # little follows, so it starts earlier
    assert room_for(TRACK, 19_500_000, 20 * S) == (18 * S, 20 * S)
    assert room_for(TRACK, 3 * S, 20 * S) is None
    assert room_for(TRACK, 9_050_000, 20 * S) is None  # a tenth of a second is no room


@given(st.integers(0, 20 * S))
def test_a_new_segment_always_fits(time_us):
    found = room_for(TRACK, time_us, 20 * S)
    if found is not None:
        project = Project(portrait="p", audio="a", duration_us=20 * S, tracks=(TRACK,))
        edits.add(project, "t", Segment(start_us=found[0], end_us=found[1]))  # raises where it overlaps


def test_a_trim_ends_at_the_neighbours():
    assert trim_limits(TRACK, 1, "in", 20 * S) == (4 * S, 8_800_000)
    assert trim_limits(TRACK, 1, "out", 20 * S) == (7_200_000, 9_100_000)
    assert trim_limits(TRACK, 0, "in", 20 * S)[0] == 0
    assert trim_limits(TRACK, 2, "out", 20 * S)[1] == 20 * S


PROJECT = Project(
    portrait="p",
    audio="a",
    duration_us=20 * S,
    tracks=(
        TRACK,
        Track(id="other", segments=(Segment(id="x", start_us=0, end_us=5 * S),)),
        Track(id="shut", locked=True),
        Track(id="face", kind="emotion"),
    ),
)


@given(st.sampled_from(["a", "b", "c"]), st.integers(-12 * S, 15 * S), st.sampled_from([None, "other"]))
def test_agrees_with_the_rules(segment_id, delta, target):
    room = MoveRoom(PROJECT, [segment_id], 20 * S)
    delta = room.limited(delta)
    start = PROJECT.segment(segment_id).start_us + delta
    try:
        edits.move(PROJECT, segment_id, start, track_id=target)
        allowed = True
    except TimelineError:
        allowed = False
    assert (room.refusal(delta, target) == "") == allowed


def test_why_not():
    room = MoveRoom(PROJECT, ["a"], 20 * S)
    assert room.refusal(4 * S) == "overlap"
    assert room.refusal(0, "shut") == "locked_track"
    assert room.refusal(0, "face") == "kind"
    assert MoveRoom(PROJECT, ["a", "x"], 20 * S).refusal(0, "shut") == "several_tracks"
    locked = edits.change(PROJECT, "a", locked=True)
    assert MoveRoom(locked, ["a"], 20 * S).refusal(S) == "locked_segment"
    assert MoveRoom(locked, ["a"], 20 * S, copy=True).refusal(10 * S) == ""


def test_a_copy_must_not_lie_on_its_original():
    assert MoveRoom(PROJECT, ["a"], 20 * S).refusal(S) == ""
    assert MoveRoom(PROJECT, ["a"], 20 * S, copy=True).refusal(S) == "overlap"


def test_nothing_leaves_the_recording():
    room = MoveRoom(PROJECT, ["a", "c"], 20 * S)
    assert room.limited(-5 * S) == -2 * S
    assert room.limited(50 * S) == 10 * S
