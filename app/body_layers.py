"""Motion of parts of the body: what the Director makes for them, and how it goes onto the motion of the whole.

A part's motion is made as the whole body's would be, on the tokens that are there, and only its tokens are kept beside
them; putting it on is `core.body_parts`'.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.body_parts import SURROUNDINGS, Layer, composed
from core.constants import FRAMES_PER_TOKEN
from core.motion import MotionClip
from core.motion_plan import PartWish
from core.skeleton import BodyPart
from core.timeline import MotionLayer, MotionRecord, token_range

_SIDES: Final[dict[BodyPart, str]] = {"left_arm": "left", "right_arm": "right"}
_SIDE_WORDS: Final = re.compile(r"\b(left|right|both)\b", re.IGNORECASE)

_AIMS: Final = re.compile(r"\b(?:to|on|at|towards?)\s+(?:the|your|her|his|their)\s+(?:left|right)\b", re.IGNORECASE)

Make = Callable[[NDArray[np.int64], tuple[MotionRecord, ...], int, int, int], NDArray[np.int64]]
"""Tokens of the whole, all wishes, first and last token, seed: the tokens with that stretch made anew."""


def made_layers(
    tokens: NDArray[np.int64], plan: Sequence[PartWish], wishes: Sequence[MotionRecord], make: Make
) -> tuple[MotionLayer, ...]:
    """Return the layers of a plan, in time order; those that are not there are made.

    Args:
        tokens: codes of the whole body.
        plan: what is asked of parts.
        wishes: what is asked of the whole body.
        make: makes a stretch of tokens anew.
    """
    layers = []
    for one in plan:
        layer = one.layer
        if layer is None:
            start, end = (min(edge, len(tokens)) for edge in token_range(one.wish.start_us, one.wish.end_us))
            if start >= end:
                continue
            others = [wish for wish in wishes if wish.end_us <= one.wish.start_us or wish.start_us >= one.wish.end_us]
            asked = one.wish.model_copy(update={"prompt": worded(one.part, one.wish.prompt)})
            directed = tuple(sorted([*others, asked], key=lambda wish: wish.start_us))
            made = make(tokens, directed, start, end, one.wish.seed)[start:end]
            layer = MotionLayer(**dict(one.wish), part=one.part, tokens=tuple(int(token) for token in made))
        layers.append(layer)
    return tuple(sorted(layers, key=lambda layer: (layer.start_us, layer.part)))


def worded(part: BodyPart, prompt: str) -> str:
    """Return a prompt as the networks are asked: for one arm it must say which, they only know whole bodies."""
    side = _SIDES.get(part)
    if side is None or not prompt.strip() or _SIDE_WORDS.search(prompt):
        return prompt
    return f"{prompt.strip().rstrip('.')} with the {side} hand"


def other_side(part: BodyPart, prompt: str) -> str | None:
    """Return the side that a prompt for one arm names, if it is not that arm's: then the arm has nothing to do."""
    side = _SIDES.get(part)
    named = {word.lower() for word in _SIDE_WORDS.findall(_AIMS.sub("", prompt))}
    return None if side is None or side in named or "both" in named else next(iter(sorted(named)), None)


def with_layers(
    clip: MotionClip,
    tokens: NDArray[np.int64],
    layers: Sequence[MotionLayer],
    decode: Callable[[NDArray[np.int64], int], Any],
) -> MotionClip:
    """Put layers onto the motion of the whole body.

    Args:
        clip: as decoded from the tokens.
        tokens: codes of the whole body.
        layers: what was made for parts.
        decode: turns tokens into a motion of a number of frames.
    """
    parts = []
    for layer in layers:
        start, end = token_range(layer.start_us, layer.end_us)
        end = min(end, len(tokens), start + len(layer.tokens))
        if start >= end:
            continue
        first, last = max(start - SURROUNDINGS, 0), min(end + SURROUNDINGS, len(tokens))
        around = np.array(tokens[first:last], dtype=np.int64)
        around[start - first : end - first] = layer.tokens[: end - start]
        frames = min(last * FRAMES_PER_TOKEN, len(clip)) - first * FRAMES_PER_TOKEN
        parts.append(
            Layer(
                part=layer.part,
                start=start * FRAMES_PER_TOKEN,
                end=min(end * FRAMES_PER_TOKEN, len(clip)),
                clip=decode(around, frames),
                first=first * FRAMES_PER_TOKEN,
            )
        )
    return composed(clip, tuple(parts)) if parts else clip
