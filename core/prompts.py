"""Timed prompts as a user types them: "3.2-5.0: wave with the right hand".

Strict: what is not understood is refused with a reason, nothing is guessed. Placing prompts on a timeline is in
`core.timeline`.

Form: START-END: TEXT, with times in seconds ("3.2") or minutes ("1:03.25", "1:02:03"), at most six decimals. After END
options may stand in brackets: "3.2-5 [strength=1.5, seed=7]: wave", "3.2-5 [right arm]: wave".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NamedTuple

from core.constants import MAX_SEED, MICROSECONDS
from core.skeleton import BODY_PARTS, BodyPart
from core.timeline import MAX_PROMPT_LENGTH, MAX_TIME_US, Segment, seconds

EXAMPLE: Final = '"3.2-5.0: wave with the right hand"'

_FORM = re.compile(
    r"\s*(?P<start>[^\s\-:][^\-]*?)\s*-\s*(?P<end>[0-9][0-9:.]*?)\s*(?P<options>\[[^\]]*\])?\s*:(?![0-9])\s*(?P<text>.*)",
    re.DOTALL,
)
_TIME = re.compile(r"(?:(?:(?P<hours>[0-9]+):)?(?P<minutes>[0-9]+):)?(?P<seconds>[0-9]+)(?:\.(?P<decimals>[0-9]+))?")


_PARTS: Final[dict[str, BodyPart]] = {part.replace("_", " "): part for part in BODY_PARTS}


class PromptError(ValueError):
    """A prompt cannot be used; the message quotes it and says what is wrong."""


class TimedPrompt(NamedTuple):
    """A stretch of time in microseconds and its text."""

    start_us: int
    end_us: int
    text: str


@dataclass(frozen=True)
class PromptOptions:
    """What may stand in brackets after the times: weight of the text (0..2), seed, and a part of the body."""

    strength: float | None = None
    seed: int | None = None
    part: BodyPart | None = None


def parse_prompt(source: str) -> TimedPrompt:
    """Return start, end and text of a prompt; options are read and checked but not returned, see `parse_segment`.

    Raises:
        PromptError: it does not have the form, ends before it starts, or has no text.
    """
    return _parse(source)[0]


def parse_segment(source: str) -> Segment:
    """Return a prompt as a segment with a fresh id, its options applied.

    Raises:
        PromptError: as `parse_prompt`.
    """
    prompt, options = _parse(source)
    fields: dict[str, Any] = {"start_us": prompt.start_us, "end_us": prompt.end_us, "prompt": prompt.text}
    if options.strength is not None:
        fields["strength"] = options.strength
    if options.seed is not None:
        fields["seed"] = options.seed
    if options.part is not None:
        fields["part"] = options.part
    return Segment(**fields)


def parse_segments(sources: Iterable[str], duration_us: int | None = None) -> tuple[Segment, ...]:
    """Return prompts as segments in time order.

    Args:
        sources: prompts in any order.
        duration_us: length of the recording; no prompt may end after it.

    Raises:
        PromptError: a prompt is wrong, two for the same part of the body overlap, or one runs past the end; with the
            times.
    """
    segments = sorted((parse_segment(source) for source in sources), key=lambda segment: segment.start_us)
    check_segments(segments, duration_us)
    return tuple(segments)


def check_segments(segments: Iterable[Segment], duration_us: int | None = None) -> None:
    """Refuse segments (sorted by start) for the same part of the body that overlap, or that run past the recording.

    Raises:
        PromptError: with the offending times.
    """
    known = list(segments)
    for part in BODY_PARTS:
        for left, right in pairwise(segment for segment in known if segment.part == part):
            if right.start_us < left.end_us:
                end = min(left.end_us, right.end_us)
                raise PromptError(
                    f"the prompts {left.describe()} and {right.describe()} overlap from {seconds(right.start_us)} "
                    f"to {seconds(end)} s; move one of them, or give them different parts of the body"
                )
    for segment in known:
        if duration_us is not None and segment.end_us > duration_us:
            raise PromptError(
                f"the prompt {segment.describe()} runs past the end of the audio ({seconds(duration_us)} s); "
                "make it end earlier"
            )


def by_part(segments: Iterable[Segment]) -> dict[BodyPart, tuple[Segment, ...]]:
    """Return segments by the part of the body that they are for, in the order of `BODY_PARTS`: one track each."""
    known = list(segments)
    found = {part: tuple(segment for segment in known if segment.part == part) for part in BODY_PARTS}
    return {part: those for part, those in found.items() if those}


def part_title(part: BodyPart) -> str:
    """Return how a part of the body is written in prompts: "right arm"."""
    return part.replace("_", " ")


def parse_time(text: str) -> int:
    """Return a time in microseconds from seconds ("3.2"), minutes ("1:03.2") or hours ("1:02:03").

    Raises:
        PromptError: it is no such time.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise PromptError(f"{text.strip()!r} is not a time; write seconds like 3.2 or minutes like 1:03.2")
    decimals = match["decimals"] or ""
    if len(decimals) > 6:
        raise PromptError(f"the time {text.strip()} has more than six decimals")
    minutes, whole = int(match["minutes"] or 0), int(match["seconds"])
    if (match["minutes"] and whole >= 60) or (match["hours"] and minutes >= 60):
        raise PromptError(f"{text.strip()!r} is not a time; minutes and seconds after a colon stay below 60")
    total = ((int(match["hours"] or 0) * 60 + minutes) * 60 + whole) * MICROSECONDS + int(decimals.ljust(6, "0"))
    if total > MAX_TIME_US:
        raise PromptError(f"the time {text.strip()} is longer than {MAX_TIME_US // (3600 * MICROSECONDS)} hours")
    return total


def _parse(source: str) -> tuple[TimedPrompt, PromptOptions]:
    match = _FORM.fullmatch(source)
    if match is None:
        raise PromptError(f"the prompt {_quoted(source)} is not of the form START-END: TEXT; write it like {EXAMPLE}")
    try:
        start, end = parse_time(match["start"]), parse_time(match["end"])
        options = _parse_options(match["options"])
    except PromptError as error:
        raise PromptError(f"in the prompt {_quoted(source)}: {error}") from error
    text = match["text"].strip()
    if start >= end:
        raise PromptError(
            f"the prompt {_quoted(source)} ends at {seconds(end)} s but starts at {seconds(start)} s; it must end later"
        )
    if not text:
        raise PromptError(f"the prompt {_quoted(source)} has no text after the colon; write it like {EXAMPLE}")
    if len(text) > MAX_PROMPT_LENGTH:
        raise PromptError(
            f"the prompt {_quoted(source)} has {len(text)} characters; {MAX_PROMPT_LENGTH} are the most that fit"
        )
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise PromptError(f"the prompt {_quoted(source)} must be one line of plain text")
    return TimedPrompt(start, end, text), options


def _parse_options(source: str | None) -> PromptOptions:
    strength: float | None = None
    seed: int | None = None
    part: BodyPart | None = None
    for option in (source or "[]")[1:-1].split(","):
        if not option.strip():
            continue
        name, _, value = (part.strip() for part in option.partition("="))
        if name == "strength" and strength is None and re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
            strength = float(value)
            if strength > 2:
                raise PromptError(f"the strength {value} is above 2")
        elif name == "seed" and seed is None and re.fullmatch(r"[0-9]{1,10}", value):
            seed = int(value)
            if seed > MAX_SEED:
                raise PromptError(f"the seed {value} is above {MAX_SEED}")
        elif part is None and (named := _PARTS.get(" ".join(option.split()).lower())) is not None:
            part = named
        else:
            raise PromptError(
                f"{option.strip()!r} is no option; write strength=0..2, seed=0..{MAX_SEED} or a part of the body "
                f"({', '.join(_PARTS)}), each once"
            )
    return PromptOptions(strength, seed, part)


def _quoted(source: str) -> str:
    text = " ".join(source.split())
    return f'"{text}"' if len(text) <= 60 else f'"{text[:59]}…"'
