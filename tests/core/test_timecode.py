"""`core.timecode`: what users type, and that frames and times agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.timecode import TimecodeError, format_seconds, format_timecode, frame_at, frame_start, parse_time


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("12.5", 12_500_000),
        (" 12,5 ", 12_500_000),
        (".25", 250_000),
        ("1:02.5", 62_500_000),
        ("90:00", 5_400_000_000),
        ("1:02:03.25", 3_723_250_000),
        ("00:01:02:12", 62_480_000),
        ("00:01:02;12", 62_480_000),
        ("1h2m3.5s", 3_723_500_000),
        ("250ms", 250_000),
        ("2m", 120_000_000),
        ("50f", 2_000_000),
        ("+2", 12_000_000),
        ("-0:01", 9_000_000),
        ("-30", -20_000_000),
    ],
)
def test_times_as_they_are_typed(text, wanted):
    assert parse_time(text, 25.0, 10_000_000) == wanted


@pytest.mark.parametrize("text", ["", "  ", "soon", "1:75", "1:60:00", "00:00:00:25", "1:2:3:4.5", "1::2", "--3"])
def test_bad_times_are_refused_with_help(text):
    with pytest.raises(TimecodeError, match=r"such as 12\.5|go from 0 to 24"):
        parse_time(text, 25.0)


@given(frame=st.integers(0, 10_000_000), fps=st.sampled_from([20.0, 23.976, 24.0, 25.0, 29.97, 30.0, 60.0]))
def test_a_frame_begins_at_its_start(frame, fps):
    start = frame_start(frame, fps)
    assert frame_at(start, fps) == frame
    assert frame == 0 or frame_at(start - 1, fps) == frame - 1


@given(time_us=st.integers(0, 86_400_000_000), fps=st.sampled_from([20.0, 24.0, 25.0, 30.0, 60.0]))
def test_what_is_written_can_be_read(time_us, fps):
    assert parse_time(format_seconds(time_us, 6), fps) == time_us
    assert parse_time(format_timecode(time_us, fps), fps) == frame_start(frame_at(time_us, fps), fps)
