"""Are unseen prompts obeyed? Paraphrases that no caption contains, in the middle of speech, judged by kinematics.

The wordings are in `paraphrases.toml`; the judges in `models.predicates`, which see body joints and nothing else.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from core.constants import MOTION_FPS
from models.evaluation.metrics import Score
from models.evaluation.systems import Wish
from models.predicates import PREDICATES, prepare

START: Final = 2.0
END: Final = 5.5
LENGTH: Final = 8.0
"""Seconds: a prompt rules START to END of a motion of this length, over speech."""

_AFTER: Final = 0.2  # seconds after a prompt's end that an action may still take


@dataclass(frozen=True)
class Paraphrase:
    """A prompt and its judge.

    Attributes:
        text: what a user writes.
        predicate: name in `models.predicates.PREDICATES`.
    """

    text: str
    predicate: str

    @property
    def opposite(self) -> str | None:
        """The same action of the other hand or in the other direction, where there is one."""
        for side, other in (("left", "right"), ("right", "left")):
            if side in self.predicate:
                return self.predicate.replace(side, other)
        return None


@dataclass(frozen=True)
class PromptFigures:
    """How one prompt fared.

    Attributes:
        text: the prompt.
        obeyed, seeds: motions that did it, and all.
        mirrored: motions that did it with the other hand or in the other direction instead or as well.
        reason: what the judge said of the first motion that did not.
    """

    text: str
    obeyed: int
    seeds: int
    mirrored: int
    reason: str


def load_paraphrases(path: Path | None = None) -> tuple[Paraphrase, ...]:
    """The bundled list, or one in another file of the same form.

    Raises:
        ValueError: the file is not as expected or names an unknown predicate.
    """
    file = path or Path(__file__).with_name("paraphrases.toml")
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8"))["paraphrases"]
        found = tuple(Paraphrase(entry["text"], entry["predicate"]) for entry in entries)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"the list of paraphrases {file} cannot be read: {error}") from None
    for entry in found:
        if entry.predicate not in PREDICATES:
            raise ValueError(f"{file}: {entry.predicate!r} of {entry.text!r} is no predicate of models.predicates")
    return found


def prompt_wishes(paraphrases: Sequence[Paraphrase], seeds: int, recordings: int) -> list[Wish]:
    """Motions to make: each prompt with each seed, over the recordings in turn (silence when there are none)."""
    wishes = []
    for number, entry in enumerate(paraphrases):
        for seed in range(seeds):
            row = (number + seed) % recordings if recordings else -1
            wishes.append(Wish(round(LENGTH * MOTION_FPS), 1000 + seed, ((START, END, entry.text),), row))
    return wishes


def judge(paraphrases: Sequence[Paraphrase], motions: Sequence[ArrayLike]) -> list[PromptFigures]:
    """Judge motions in the order of `prompt_wishes`."""
    seeds = len(motions) // len(paraphrases)
    figures = []
    for number, entry in enumerate(paraphrases):
        obeyed, mirrored, reason = 0, 0, ""
        for joints in motions[number * seeds : (number + 1) * seeds]:
            part = np.asarray(joints)[round(START * MOTION_FPS) : round((END + _AFTER) * MOTION_FPS)]
            clip = prepare(part)
            result = PREDICATES[entry.predicate](clip)
            obeyed += result.ok
            if not result.ok and not reason:
                reason = result.reason
            mirrored += entry.opposite is not None and PREDICATES[entry.opposite](clip).ok
        figures.append(PromptFigures(entry.text, obeyed, seeds, mirrored, reason))
    return figures


def prompt_scores(paraphrases: Sequence[Paraphrase], figures: Sequence[PromptFigures]) -> dict[str, Score]:
    """Mean and worst share of obeyed prompts, and the share of right sides among motions that did either side."""
    shares = np.array([figure.obeyed / figure.seeds for figure in figures])
    scores = {"prompts_obeyed": Score.of(shares), "prompts_worst": Score(float(shares.min()), 0.0, len(shares))}
    sided = [f for entry, f in zip(paraphrases, figures, strict=True) if entry.opposite is not None]
    right, wrong = sum(f.obeyed for f in sided), sum(f.mirrored for f in sided)
    if right + wrong:
        scores["right_side"] = Score.of([1.0] * right + [0.0] * wrong)
    return scores
