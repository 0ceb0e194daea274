"""Rules of the timeline's nouns: order, limits, overlap, tokens of a stretch, wishes of several tracks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.timeline import (
    MAX_PROMPT_LENGTH,
    Marker,
    Project,
    Segment,
    Take,
    TimelineError,
    Track,
    as_emotion,
    seconds,
    token_range,
)


def segment(start: float, end: float, prompt: str = "", **fields) -> Segment:
    return Segment(start_us=round(start * 1e6), end_us=round(end * 1e6), prompt=prompt, **fields)


def project(*tracks: Track, **fields) -> Project:
    return Project(portrait="/p.png", audio="/a.wav", tracks=tracks, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"start_us": 5, "end_us": 5},
        {"start_us": 6, "end_us": 5},
        {"start_us": -1, "end_us": 5},
        {"start_us": 0.0, "end_us": 5},
        {"start_us": "0", "end_us": 5},
        {"start_us": 0, "end_us": 10**15},
        {"start_us": 0, "end_us": 5, "prompt": "x" * (MAX_PROMPT_LENGTH + 1)},
        {"start_us": 0, "end_us": 5, "prompt": "two\nlines"},
        {"start_us": 0, "end_us": 5, "strength": float("nan")},
        {"start_us": 0, "end_us": 5, "strength": 2.1},
        {"start_us": 0, "end_us": 5, "seed": -1},
        {"start_us": 0, "end_us": 5, "seed": 2**32},
        {"start_us": 0, "end_us": 5, "emotion": "joyful"},
        {"start_us": 0, "end_us": 5, "blink": 3},
        {"start_us": 0, "end_us": 5, "active_take": 0},
        {"start_us": 0, "end_us": 5, "id": ""},
        {"start_us": 0, "end_us": 5, "id": "a b"},
    ],
)
def test_segment_outside_its_limits_is_refused(fields):
    with pytest.raises(ValidationError):
        Segment(**fields)


def test_prompt_of_full_length_in_any_script_is_accepted():
    assert Segment(start_us=0, end_us=1, prompt="手を振る👋" * 100).prompt.startswith("手")


def test_overlapping_segments_are_named_with_their_times():
    with pytest.raises(ValidationError, match=r'1\.0-3\.0 s "bow" and 2\.5-4\.0 s "wave" overlap'):
        Track(segments=(segment(1, 3, "bow"), segment(2.5, 4, "wave")))


def test_touching_segments_are_allowed_and_disorder_is_not():
    Track(segments=(segment(1, 2), segment(2, 3)))
    with pytest.raises(ValidationError, match="time order"):
        Track(segments=(segment(2, 3), segment(1, 2)))


def test_an_id_used_twice_is_refused():
    with pytest.raises(ValidationError, match="id same is used twice"):
        project(Track(segments=(segment(0, 1, id="same"),)), Track(segments=(segment(0, 1, id="same"),)))


def test_markers_must_be_in_order_and_segments_inside_the_recording():
    with pytest.raises(ValidationError, match="markers"):
        project(markers=(Marker(time_us=5), Marker(time_us=4)))
    with pytest.raises(ValidationError, match=r"runs past the end of the audio \(2\.5 s\)"):
        project(Track(segments=(segment(1, 3, "bow"),)), duration_us=2_500_000)


def test_models_cannot_be_changed_in_place():
    with pytest.raises(ValidationError):
        segment(0, 1).prompt = "other"


def test_lookup_by_time():
    track = Track(segments=(segment(1, 2, "a"), segment(2, 3, "b"), segment(5, 6, "c")))
    assert track.at(999_999) is None
    assert track.at(1_000_000).prompt == "a"
    assert track.at(2_000_000).prompt == "b"
    assert track.at(3_000_000) is None
    assert [s.prompt for s in track.between(1_500_000, 5_000_001)] == ["a", "b", "c"]
    assert [s.prompt for s in track.between(2_000_000, 5_000_000)] == ["b"]
    assert track.between(3_000_000, 5_000_000) == ()


@given(st.integers(0, 10**8), st.integers(1, 10**7), st.integers(1, 10**7))
def test_touching_stretches_never_share_a_token_and_leave_none_out(start, first, second):
    left = token_range(start, start + first)
    right = token_range(start + first, start + first + second)
    assert left[1] == right[0]
    assert left[0] <= left[1] <= right[1]
    assert token_range(start, start + first + second) == (left[0], right[1])


def test_token_holds_the_stretch_that_covers_its_middle():
    assert token_range(0, 1_000_000) == (0, 5)
    assert token_range(3_200_000, 5_000_000) == (16, 25)
    assert token_range(100_000, 300_000) == (0, 1)
    assert token_range(100_001, 300_001) == (1, 2)


def test_wishes_let_the_upper_track_win_and_fill_what_it_leaves():
    upper = Track(segments=(segment(2, 3, "bow", seed=7),))
    lower = Track(segments=(segment(1, 4, "wave", strength=0.5), segment(5, 6)))
    muted = Track(muted=True, segments=(segment(8, 9, "kick"),))
    face = Track(kind="emotion", segments=(segment(0, 9, emotion="happy"),))
    found = project(upper, lower, muted, face, seed=3).wishes()
    assert [(w.start_us // 10**6, w.end_us // 10**6, w.prompt, w.strength, w.seed) for w in found] == [
        (1, 2, "wave", 0.5, 3),
        (2, 3, "bow", 1.0, 7),
        (3, 4, "wave", 0.5, 3),
    ]


def test_a_segment_with_only_a_seed_is_a_wish_for_another_gesture():
    (wish,) = project(Track(segments=(segment(5, 6, seed=9),))).wishes()
    assert (wish.prompt, wish.seed) == ("", 9)


def test_prompt_segments_are_numbered_by_time_over_all_tracks():
    found = project(
        Track(segments=(segment(2, 3, "b"),)),
        Track(kind="emotion", segments=(segment(0, 1),)),
        Track(segments=(segment(1, 2, "a"), segment(4, 5, "c"))),
    ).prompt_segments()
    assert [s.prompt for s in found] == ["a", "b", "c"]


@pytest.mark.parametrize(("value", "text"), [(0, "0.0"), (3_200_000, "3.2"), (1, "0.000001"), (10_000_000, "10.0")])
def test_seconds_are_written_without_needless_zeros(value, text):
    assert seconds(value) == text


def test_emotions_are_checked_by_name():
    assert as_emotion("happy") == "happy"
    with pytest.raises(TimelineError, match="neutral, happy"):
        as_emotion("joy")


def test_take_keeps_tokens_of_the_codebook_only():
    assert Take(seed=1, tokens=(0, 511)).created.tzinfo is not None
    with pytest.raises(ValidationError):
        Take(seed=1, tokens=(512,))
