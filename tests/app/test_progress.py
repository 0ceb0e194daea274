"""What is shown while work runs: the measured time left, lines, bars, silence."""

import io

from app.progress import BarReporter, LineReporter, Meter, Reporter, format_seconds, make_reporter
from core.cancel import Progress


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_meter_measures_the_time_left():
    clock, seen = Clock(), []
    meter = Meter("frames", 10, seen.append, clock)
    clock.now += 0.1
    meter.step()
    assert seen[-1] == Progress("frames", 1, 10, None)  # too early to say
    clock.now += 1.9
    meter.step(3)
    assert seen[-1] == Progress("frames", 4, 10, 3.0)  # 2 s for 4 steps, 6 are left
    meter.finish()
    assert seen[-1] == Progress("frames", 10, 10, 0.0)


def test_meter_never_goes_past_its_total():
    seen = []
    Meter("x", 0, seen.append).step(5)
    assert (seen[-1].done, seen[-1].total) == (1, 1)


def test_seconds_are_written_for_people():
    assert [format_seconds(value) for value in (0.4, 59.4, 65, 3600 + 62)] == ["0 s", "59 s", "1:05", "1:01:02"]


def test_lines_are_few_and_say_what_matters():
    clock, out = Clock(), io.StringIO()
    reporter = LineReporter(out, clock)
    for done in range(101):
        clock.now += 0.125
        reporter(Progress("frames", done, 100, (100 - done) * 0.125))
    reporter(Progress("frames", 100, 100))
    reporter.note("careful")
    lines = out.getvalue().splitlines()
    assert lines[0] == "frames: 0 %, 12 s left"
    assert lines[1] == "frames: 40 %, 8 s left"
    assert lines[-2:] == ["frames: done", "note: careful"]
    assert len(lines) <= 5


def test_lines_show_a_stage_again_when_it_begins_again():
    out = io.StringIO()
    reporter = LineReporter(out, Clock())
    for done in (0, 1, 0, 1):
        reporter(Progress("motion", done, 1))
    assert out.getvalue().splitlines() == ["motion: 0 %", "motion: done"] * 2


def test_bars_are_drawn_and_closed():
    out = Terminal()
    with BarReporter(out) as reporter:
        for done in range(5):
            reporter(Progress("frames", done, 4, 4.0 - done))
        reporter.note("careful")
        reporter(Progress("video", 0, 2))
    text = out.getvalue()
    assert "frames" in text and "100 %" in text and "note: careful" in text and "video" in text
    assert text.endswith("\n")


def test_the_stream_decides_what_is_shown():
    assert type(make_reporter(quiet=False, stream=io.StringIO())) is LineReporter
    assert type(make_reporter(quiet=False, stream=Terminal())) is BarReporter
    out = io.StringIO()
    quiet = make_reporter(quiet=True, stream=out)
    assert type(quiet) is Reporter
    quiet(Progress("frames", 0, 1))
    quiet.note("x")
    assert out.getvalue() == ""
