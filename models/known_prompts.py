"""What the motion weights were taught, as wordings with their sentence vectors, and what a prompt comes nearest to.

The vectors of all wordings are bundled (made by `packaging/make_known_prompts.py`), so that finding the nearest costs
one product. Actions that can be judged by kinematics carry the names of their predicates.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from safetensors.numpy import load_file

JUDGES: Final = {
    "wave_one": ("wave_{s}",), "wave_any": ("wave_left", "wave_right"), "goodbye": ("wave_left", "wave_right"),
    "raise_one": ("raise_{s}_hand",), "raise_any": ("raise_left_hand", "raise_right_hand"),
    "raise_both": ("raise_both_hands",), "bow": ("bow",), "walk": ("walk_forward",), "turn_walk": ("turn_{s}_walking",),
    "run": ("run",), "dash": ("run",), "back": ("walk_backward",), "kick_forward": ("kick",), "kick_side": ("kick",),
    "punch": ("punch",), "jump": ("jump",), "point_side": ("point_side",), "stop": ("stop_palms_forward",),
    "stop_one": ("stop_palms_forward",), "shrug": ("shrug",), "me": ("hand_on_chest",), "think": ("hand_on_face",),
    "reach_low": ("reach_down",), "turn": ("turn_{s}",), "strafe": ("sidestep_{s}",),
}  # fmt: skip
"""Predicates of `models.predicates` by the name of an action's phrases; one of them must hold."""

FOLDER: Final = Path(__file__).resolve().parent.parent / "resources" / "known_prompts"

LIKELY: Final = 0.5
"""Cosine from which a prompt is taken for the nearest known wording; below it nobody can say what it means."""

TAUGHT: Final = 0.93
"""Cosine from which a prompt counts as taught in its own words."""


@dataclass(frozen=True)
class Reading:
    """How a prompt is understood.

    Attributes:
        wording: the nearest known wording.
        likeness: cosine of both, up to 1.
        judges: names of predicates of which one shows that it was done; empty where none can tell.
        vector: (width,) sentence vector of the wording.
    """

    wording: str
    likeness: float
    judges: tuple[str, ...]
    vector: NDArray[np.float32]


@cache
def _bundled() -> tuple[tuple[tuple[str, tuple[str, ...]], ...], NDArray[np.float32]]:
    entries = json.loads((FOLDER / "prompts.json").read_text(encoding="utf-8"))
    vectors = load_file(FOLDER / "vectors.safetensors")["vectors"].astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return tuple((entry["text"], tuple(entry["judges"])) for entry in entries), vectors


def read_prompt(vector: ArrayLike) -> Reading | None:
    """The known wording that a sentence vector (width,) of length 1 comes nearest to; None if all are too far."""
    entries, vectors = _bundled()
    likeness = vectors @ np.asarray(vector, dtype=np.float32)
    best = int(np.argmax(likeness))
    if likeness[best] < LIKELY:
        return None
    text, judges = entries[best]
    return Reading(text, float(likeness[best]), judges, vectors[best])
