"""Timed prompts: what is understood, what is refused and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.prompts import PromptError, by_part, parse_prompt, parse_segment, parse_segments, parse_time


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("3.2-5.0: wave with the right hand", (3_200_000, 5_000_000, "wave with the right hand")),
        ("0-1:bow", (0, 1_000_000, "bow")),
        (" 3.2 - 5 :  turn - slowly: left ", (3_200_000, 5_000_000, "turn - slowly: left")),
        ("1:03.25-1:05: bow", (63_250_000, 65_000_000, "bow")),
        ("1:00:00-1:00:01.000001: bow", (3_600_000_000, 3_601_000_001, "bow")),
        ("0.1-0.3: 3 steps forward", (100_000, 300_000, "3 steps forward")),
        ("1-2: 手を振る 👋", (1_000_000, 2_000_000, "手を振る 👋")),
    ],
)
def test_prompts_are_understood(source, expected):
    assert parse_prompt(source) == expected


def test_options_set_strength_and_seed():
    segment = parse_segment("1-2 [strength=1.5, seed=7]: wave")
    assert (segment.strength, segment.seed, segment.prompt) == (1.5, 7, "wave")
    plain = parse_segment("1-2: [softly] wave")
    assert (plain.strength, plain.seed, plain.prompt) == (1.0, None, "[softly] wave")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "not of the form"),
        ("wave", "not of the form"),
        ("3.2: wave", "not of the form"),
        ("3.2-5.0 wave", "not of the form"),
        ("-1-3: wave", "not of the form"),
        ("3-4", "not of the form"),
        ("3-4:", "no text after the colon"),
        ("3-4:   ", "no text after the colon"),
        ("5-3: wave", "ends at 3.0 s but starts at 5.0 s"),
        ("3-3: wave", "must end later"),
        ("abc-3: wave", "'abc' is not a time"),
        ("3,2-5: wave", "'3,2' is not a time"),
        ("1e3-5: wave", "'1e3' is not a time"),
        ("0:75-2:00: wave", "below 60"),
        ("1.1234567-2: wave", "more than six decimals"),
        ("0-25:00:00: wave", "longer than 24 hours"),
        ("1-2: " + "x" * 501, "501 characters"),
        ("1-2: a\nb", "one line"),
        ("1-2 [speed=3]: wave", "'speed=3' is no option"),
        ("1-2 [strength=3]: wave", "above 2"),
        ("1-2 [strength=-1]: wave", "is no option"),
        ("1-2 [seed=1, seed=2]: wave", "each once"),
        ("1-2 [seed=4294967296]: wave", "above 4294967295"),
    ],
)
def test_everything_else_is_refused_with_a_reason(source, message):
    with pytest.raises(PromptError) as caught:
        parse_prompt(source)
    assert message in str(caught.value)


def test_a_list_is_sorted():
    assert [s.prompt for s in parse_segments(["3-4: b", "1-3: a"], 4_000_000)] == ["a", "b"]


def test_overlap_is_refused_with_the_offending_times():
    with pytest.raises(PromptError, match=r'1\.0-3\.0 s "a" and 2\.5-2\.8 s "b" overlap from 2\.5 to 2\.8 s'):
        parse_segments(["2.5-2.8: b", "1-3: a"])


def test_a_part_of_the_body_may_be_named():
    found = parse_segment("3.2-5.0 [right arm]: wave")
    assert (found.part, found.prompt, found.start_us, found.end_us) == ("right_arm", "wave", 3_200_000, 5_000_000)
    mixed = parse_segment("3-5 [ Lower , seed=4, strength=1.5]: walk")
    assert (mixed.part, mixed.seed, mixed.strength) == ("lower", 4, 1.5)
    assert parse_segment("3-5: wave").part == "whole"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("3-5 [right_arm]: wave", "'right_arm' is no option"),
        ("3-5 [arm]: wave", r"a part of the body \(whole, upper, lower, left arm, right arm, head\)"),
        ("3-5 [right arm, left arm]: wave", "'left arm' is no option.*each once"),
        ("3-5 [part=head]: nod", "'part=head' is no option"),
    ],
)
def test_what_is_no_part_is_refused(source, message):
    with pytest.raises(PromptError, match=message):
        parse_segment(source)


def test_prompts_for_different_parts_may_share_time():
    found = parse_segments(["0-4: walk forward", "1-3 [right arm]: wave", "2-5 [head]: nod"])
    assert [one.part for one in found] == ["whole", "right_arm", "head"]
    assert list(by_part(found)) == ["whole", "right_arm", "head"]
    with pytest.raises(PromptError, match="give them different parts"):
        parse_segments(["0-4: walk", "1-3 [head]: nod", "2-5 [head]: shake the head"])


def test_running_past_the_audio_is_refused_with_the_times():
    with pytest.raises(PromptError, match=r'3\.0-4\.1 s "b" runs past the end of the audio \(4\.0 s\)'):
        parse_segments(["1-3: a", "3-4.1: b"], 4_000_000)


@given(st.integers(0, 86_400_000_000))
def test_any_microsecond_can_be_written(time_us):
    whole, rest = divmod(time_us, 1_000_000)
    assert parse_time(f"{whole}.{rest:06d}") == time_us
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    assert parse_time(f"{hours}:{minute:02d}:{second:02d}.{rest:06d}") == time_us


@given(st.text(max_size=40))
def test_no_text_breaks_the_parser(source):
    try:
        start, end, text = parse_prompt(source)
    except PromptError:
        return
    assert 0 <= start < end and text
