"""Which tokens are made together, and what surrounds them: the windows of `models.motion_pipeline`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch

from core.constants import FRAMES_PER_TOKEN, MOTION_FPS

TOKENS_PER_SECOND: Final = MOTION_FPS / FRAMES_PER_TOKEN

_CONTEXT: Final = 12  # tokens of finished motion that a window begins with
_PROMPT_CONTEXT: Final = 6  # and that a stretch sees on both sides; more of it holds prompts back
_LENGTH_STEP: Final = 10  # prompts' windows have lengths that divide by this, so that several can be filled together
_LOOK_AHEAD: Final = 6  # tokens at a window's end that the next window makes again, with more to come in sight


@dataclass(frozen=True)
class Place:
    """Tokens to fill, all of them numbers in the whole recording.

    Attributes:
        first, last: the window [first, last) in which they are seen.
        begin, end: tokens [begin, end) that are kept.
        stop: end of the stretch that is made anew, `end` or later; what lies behind `end` comes from a later window,
            so that what was there before is not looked at.
        seed: of their chance.
    """

    first: int
    last: int
    begin: int
    end: int
    stop: int
    seed: int

    def seeing(self, context: int, count: int) -> "Place":
        """The same place in a window of `context` tokens to each side, within 0..count."""
        return replace(self, first=max(self.begin - context, 0), last=min(self.end + context, count))

    @property
    def kept(self) -> slice:
        """Where the tokens that are kept lie in the window."""
        return slice(self.begin - self.first, self.end - self.first)

    def free(self) -> torch.Tensor:
        """(last - first,) bool, the tokens of the window that are decided."""
        position = torch.arange(self.first, self.last)
        return (position >= self.begin) & (position < self.stop)


def stretch_places(start: float, end: float, seed: int, count: int, size: int) -> list[Place]:
    """Windows that fill a stretch of seconds, with context on both sides; one if the stretch is not too long.

    Args:
        start: first second.
        end: last second.
        seed: of the stretch.
        count: tokens of the whole recording.
        size: tokens that a window may have.
    """
    begin, stop = span_tokens(start, end, count)
    places = []
    for _, _, part, part_end in windows(begin, stop, size - 2 * _PROMPT_CONTEXT):
        wanted = part_end - part + 2 * _PROMPT_CONTEXT
        length = min(-(-wanted // _LENGTH_STEP) * _LENGTH_STEP, size, count)
        first = max(part - (length - (part_end - part)) // 2, 0)
        last = min(first + length, count)
        places.append(Place(last - length, last, part, part_end, stop, place_seed(seed, part - begin)))
    return places


def batches(places: Sequence[Place]) -> list[list[Place]]:
    """Groups, in order, that may be filled together: windows of one length whose stretches lie a context apart.

    What a window sees beyond that of another one's stretch is as it was before.
    """
    groups: list[list[Place]] = []
    for place in places:
        group = groups[-1] if groups else []
        apart = all(
            place.begin - other.stop >= _PROMPT_CONTEXT or other.begin - place.stop >= _PROMPT_CONTEXT
            for other in group
        )
        if group and apart and place.last - place.first == group[0].last - group[0].first:
            group.append(place)
        else:
            groups.append([place])
    return groups


def span_tokens(start: float, end: float, count: int) -> tuple[int, int]:
    """Tokens [begin, end) whose middle lies in start..end seconds, at least one, within 0..count."""
    begin = int(np.ceil(start * TOKENS_PER_SECOND - 0.5 - 1e-9))
    stop = int(np.floor(end * TOKENS_PER_SECOND - 0.5 + 1e-9)) + 1
    begin = min(max(begin, 0), count - 1)
    return begin, min(max(stop, begin + 1), count)


def windows(begin: int, end: int, size: int) -> list[tuple[int, int, int, int]]:
    """Windows over tokens begin..end: (first, last, fill from, fill to).

    Neighbours overlap by context and look-ahead.
    """
    result = [(begin, min(begin + size, end), begin, min(begin + size, end))]
    while result[-1][1] < end:
        start = result[-1][3] - _LOOK_AHEAD
        first = max(start - _CONTEXT, begin)
        last = min(first + size, end)
        result.append((first, last, start, last))
    return result


def place_seed(seed: int, place: int) -> int:
    """A seed for one window, different for neighbours and for neighbouring seeds."""
    return int(np.random.SeedSequence((seed & 0xFFFFFFFF, place)).generate_state(1)[0])


def needed(spoken: Sequence[tuple[int, int, int, int]], places: Sequence[Place]) -> list[tuple[int, int, int, int]]:
    """The `windows` of speech without those behind the last one that matters.

    A window matters if one of its tokens stays, or is seen by one of `places`, which are filled after it in their
    order. Later windows begin with the motion of earlier ones, so those before it are all kept. (Of places that are
    filled together the later one sees the speech where the earlier one will be, but between them some stays anyway.)
    """
    count = max(end for *_, end in spoken)
    shown, filled = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    for place in places:
        seen = np.zeros(count, dtype=bool)
        seen[max(min(place.first, place.begin - _PROMPT_CONTEXT), 0) : place.begin] = True
        seen[place.stop : max(place.last, place.stop + _PROMPT_CONTEXT)] = True
        shown |= seen & ~filled
        filled[place.begin : place.end] = True
    shown |= ~filled
    wanted = [number for number, (_, _, begin, end) in enumerate(spoken) if shown[begin:end].any()]
    return list(spoken[: wanted[-1] + 1]) if wanted else []
