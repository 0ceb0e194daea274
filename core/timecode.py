"""Times as the user writes and reads them: seconds ("1:02.500") or timecode with frames ("00:01:02:12").

Frame numbers follow from absolute times. Drop-frame timecode, which only broadcast rates need, is not made here.
"""

import re
from fractions import Fraction
from typing import Final, Literal

from core.constants import MICROSECONDS

TimecodeMode = Literal["seconds", "timecode"]

_UNITS: Final = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
_HELP: Final = "write seconds such as 12.5, minutes such as 1:02.5, or a timecode such as 00:01:02:12"


class TimecodeError(ValueError):
    """A text is no time; the message says how to write one."""


def frame_at(time_us: int, fps: float) -> int:
    """Return the number of the frame that is shown at a time: the last one that has begun."""
    rate = Fraction(fps).limit_denominator(1001)
    # Frame starts are rounded to microseconds, so half a microsecond belongs to the frame.
    return int((2 * time_us + 1) * rate // (2 * MICROSECONDS))


def frame_start(frame: int, fps: float) -> int:
    """Return when a frame begins, in microseconds, rounded to the nearest."""
    rate = Fraction(fps).limit_denominator(1001)
    return round(frame * MICROSECONDS / rate)


def format_seconds(time_us: int, digits: int = 3) -> str:
    """Return "M:SS.mmm" or "H:MM:SS.mmm"; negative times with a leading minus."""
    sign, time_us = ("-", -time_us) if time_us < 0 else ("", time_us)
    step = 10 ** (6 - digits)
    units = time_us // step
    whole, part = divmod(units, 10**digits)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    tail = f".{part:0{digits}d}" if digits else ""
    if hours:
        return f"{sign}{hours}:{minute:02d}:{second:02d}{tail}"
    return f"{sign}{minute}:{second:02d}{tail}"


def format_timecode(time_us: int, fps: float) -> str:
    """Return "HH:MM:SS:FF" for the frame shown at a time."""
    base = max(1, round(fps))
    total, frame = divmod(frame_at(max(0, time_us), fps), base)
    minutes, second = divmod(total, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02d}:{minute:02d}:{second:02d}:{frame:0{len(str(base - 1))}d}"


def format_time(time_us: int, mode: TimecodeMode, fps: float) -> str:
    """Return a time in one of the two modes."""
    return format_timecode(time_us, fps) if mode == "timecode" else format_seconds(time_us)


def parse_time(text: str, fps: float, now_us: int = 0) -> int:
    """Read a time that a user typed.

    Understood are "12.5" and "12,5" (seconds), "1:02.5", "1:02:03.25", "00:01:02:12" (the last part counts frames),
    "1h2m3.5s", "250ms", "120f" (a frame's number), and any of these after + or - as a step from `now_us`.

    Returns:
        Microseconds; negative if the step leads before the start.

    Raises:
        TimecodeError: the text is none of these.
    """
    plain = re.sub(r"\s+", "", text).replace(",", ".").lower()
    sign = plain[:1] if plain[:1] in ("+", "-") else ""
    value = _absolute(plain[len(sign) :], fps, text)
    if sign == "+":
        return now_us + value
    return now_us - value if sign == "-" else value


def _absolute(plain: str, fps: float, text: str) -> int:
    if re.fullmatch(r"\d+(\.\d+)?|\.\d+", plain):
        return round(Fraction(plain) * MICROSECONDS)
    if re.fullmatch(r"\d+f", plain):
        return frame_start(int(plain[:-1]), fps)
    if re.fullmatch(r"\d+(:\d+){0,2}(:\d+(\.\d+)?)|\d+[:;]\d+[:;]\d+[:;]\d+", plain):
        return _clock(re.split("[:;]", plain), fps, text)
    found = _UNITS.fullmatch(plain)
    if plain and found:
        parts = [Fraction(part) if part else Fraction(0) for part in found.groups()]
        return round((parts[0] * 3600 + parts[1] * 60 + parts[2] + parts[3] / 1000) * MICROSECONDS)
    shown = text.strip()
    raise TimecodeError(f"“{shown}” is no time; {_HELP}" if shown else f"the field is empty; {_HELP}")


def _clock(parts: list[str], fps: float, text: str) -> int:
    """Parts between colons: minutes and seconds, hours in front, and as a fourth part frames."""
    base = max(1, round(fps))
    if len(parts) == 4:
        if "." in parts[3]:
            raise TimecodeError(f"“{text.strip()}” is no time: frames are whole numbers; {_HELP}")
        hours, minutes, seconds, frame = (int(part) for part in parts)
        if frame >= base:
            raise TimecodeError(f"“{text.strip()}” is no time: frames go from 0 to {base - 1} here; {_HELP}")
        _check(minutes, text)
        _check(seconds, text)
        return frame_start((hours * 3600 + minutes * 60 + seconds) * base + frame, fps)
    numbers = [Fraction(part) for part in parts]
    if len(numbers) == 3:
        _check(numbers[1], text)
    _check(numbers[-1], text)
    result = Fraction(0)
    for number in numbers:
        result = result * 60 + number
    return round(result * MICROSECONDS)


def _check(part: float | Fraction, text: str) -> None:
    if part >= 60:
        raise TimecodeError(f"“{text.strip()}” is no time: minutes and seconds end at 59; {_HELP}")
