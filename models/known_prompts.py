"""What the motion weights were taught, as wordings with their sentence vectors, and what a prompt comes nearest to.

The vectors of all wordings are bundled (made by `packaging/make_known_prompts.py`), so that finding the nearest costs
one product. Actions that can be judged by kinematics carry the names of their predicates.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from safetensors.numpy import load_file

from models.prompt_words import is_untaught, mended, plain_words

JUDGES: Final = {
    "wave_one": ("wave_{s}",), "wave_any": ("wave_left", "wave_right"), "goodbye": ("wave_left", "wave_right"),
    "raise_one": ("raise_{s}_hand",), "raise_any": ("raise_left_hand", "raise_right_hand"),
    "raise_both": ("raise_both_hands",), "bow": ("bow",), "walk": ("walk_forward",), "turn_walk": ("turn_{s}_walking",),
    "run": ("run",), "dash": ("run",), "back": ("walk_backward",), "kick_forward": ("kick_{s}", "kick"),
    "kick_side": ("kick",), "punch": ("punch",), "jump": ("jump",), "point_side": ("point_{s}", "point_side"),
    "stop": ("stop_palms_forward",),
    "stop_one": ("stop_palms_forward",), "shrug": ("shrug",), "me": ("hand_on_chest",), "scratch": ("hand_on_face",),
    "reach_low": ("reach_down",), "strafe": ("sidestep_{s}",), "turn": ("quarter_turn_{s}",),
    "turn_about": ("half_turn_{s}", "half_turn_left", "half_turn_right"),
    "spin": ("spin_{s}", "spin_left", "spin_right"),
}  # fmt: skip
"""Predicates of `models.predicates` by the name of an action's phrases; one of them must hold.

Those of a side (`{s}`) judge wordings that name it, and then no others do.
"""

BOTH_HANDS: Final = {"stop_palms_forward": "stop_both_palms"}
"""Predicates that judge instead where a wording speaks of palms or hands."""

HEAD_ALONE: Final = frozenset({"nod"})
"""Actions of the head, in their plainest wording: both arms stay free for the speech."""

FOLDER: Final = Path(__file__).resolve().parent.parent / "resources" / "known_prompts"

LIKELY: Final = 0.56
"""Cosine from which a prompt is taken for the nearest known wording; below it nobody can say what it means."""

_NO_SIDE: Final = 0.08  # a wording without a side is that much worse for a prompt that names one
_ONE_SIDE: Final = 0.3  # a wording of one side is that much worse for a prompt that speaks of both


@dataclass(frozen=True)
class Reading:
    """How a prompt is understood.

    Attributes:
        wording: the nearest known wording.
        likeness: cosine of both, up to 1.
        judges: names of predicates of which one shows that it was done; empty where none can tell.
        plain: the plainest wording of the same action, which the weights know best.
    """

    wording: str
    likeness: float
    judges: tuple[str, ...]
    plain: str


@dataclass(frozen=True)
class _Known:
    text: str
    judges: tuple[str, ...]
    plain: str
    sides: frozenset[str]


@cache
def _bundled() -> tuple[tuple[_Known, ...], NDArray[np.float32]]:
    entries = json.loads((FOLDER / "prompts.json").read_text(encoding="utf-8"))
    vectors = load_file(FOLDER / "vectors.safetensors")["vectors"].astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    known = tuple(_Known(e["text"], tuple(e["judges"]), e["plain"], _sides(e["text"])) for e in entries)
    return known, vectors


@cache
def _words() -> frozenset[str]:
    return frozenset(word for entry in _bundled()[0] for word in entry.text.split() if word.isalpha())


def known_wordings() -> dict[str, str]:
    """Every known wording with the plainest wording of its action."""
    return {entry.text: entry.plain for entry in _bundled()[0]}


def judged_actions() -> dict[str, tuple[str, ...]]:
    """The plainest wordings of the actions that can be judged, with the names of their predicates."""
    return {entry.plain: entry.judges for entry in _bundled()[0] if entry.judges and entry.text == entry.plain}


def judged_wordings(plain: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """All known wordings of an action that can be judged, each with its predicates."""
    return tuple((entry.text, entry.judges) for entry in _bundled()[0] if entry.judges and entry.plain == plain)


def in_plain_words(text: str, is_word: Callable[[str], bool]) -> str:
    """A prompt as the shortest request, its misspelt words mended by those of the known wordings.

    Args:
        text: as the user wrote it.
        is_word: whether a word is one of the language.
    """
    return mended(plain_words(text), _words(), is_word)


@dataclass(frozen=True)
class Confidence:
    """How well the motion weights know what a prompt asks for.

    Attributes:
        likeness: cosine of the prompt to the nearest known wording, up to 1.
        known: it is near enough to be understood, and no word of it names what no capture shows.
        nearest: known wordings of different actions with their cosines, nearest first.
    """

    likeness: float
    known: bool
    nearest: tuple[tuple[str, float], ...]


def confidence(text: str, vector: ArrayLike, count: int = 3) -> Confidence:
    """How near a prompt is to what the weights were taught.

    Args:
        text: the prompt in plain words; of wordings that name the other side than it does, none is near.
        vector: (width,) its sentence vector of length 1.
        count: known actions to name.
    """
    known, vectors = _bundled()
    likeness = vectors @ np.asarray(vector, dtype=np.float32)
    if _BOTH.search(text):
        likeness = likeness - np.array([_ONE_SIDE if k.sides else 0.0 for k in known], dtype=np.float32)
    named = _sides(text)
    nearest: dict[str, tuple[str, float]] = {}
    for row in np.argsort(-likeness, kind="stable").tolist():
        if not named or not known[row].sides or known[row].sides & named:
            nearest.setdefault(known[row].plain, (known[row].text, round(float(likeness[row]), 3)))
        if len(nearest) == count:
            break
    found = tuple(nearest.values())
    return Confidence(found[0][1], found[0][1] >= LIKELY and not is_untaught(text), found)


def read_prompt(text: str, vector: ArrayLike) -> Reading | None:
    """The known wording that a prompt comes nearest to, of the side that it names; None if all are too far.

    Args:
        text: the prompt; sentence vectors hardly tell left from right, so the words decide that.
        vector: (width,) its sentence vector of length 1.
    """
    if is_untaught(text):
        return None
    known, vectors = _bundled()
    likeness = vectors @ np.asarray(vector, dtype=np.float32)
    named = _sides(text)
    if _BOTH.search(text):
        likeness = likeness - np.array([_ONE_SIDE if k.sides else 0.0 for k in known])
    elif len(named) == 1:
        likeness = likeness - np.array([0.0 if k.sides == named else (2.0 if k.sides else _NO_SIDE) for k in known])
    best = int(np.argmax(likeness))
    if likeness[best] < LIKELY:
        return None
    found = known[best]
    return Reading(found.text, float(likeness[best]), found.judges, found.plain)


_BOTH: Final = re.compile(r"\bboth\b.*\b(?:hands|arms|palms)\b")


def _sides(text: str) -> frozenset[str]:
    return frozenset(match.lower() for match in re.findall(r"\b(left|right)", text, re.IGNORECASE))
