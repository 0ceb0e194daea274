"""Tries of known prompts that turned out well, kept as tokens, so that further ones can begin from them.

Most actions come out of the first try, some of few tries only: prompts for those begin from a rehearsal, and so do some
further tries of all. `versa train rehearsals` makes many tries of every action that kinematics can judge, with the very
weights that use them later, and keeps the best (`models.training.build_rehearsals`). They are the weights' own motion;
no capture is among them. A stretch that begins from one still is made by the generator: most tokens are given, the
others and the way in and out are decided anew.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from core.atomic import atomic_path
from models.checkpoint import CONFIG_NAME, WEIGHTS_NAME, CheckpointError, read_config
from models.obedience import HURRIED

KIND: Final = "rehearsals"

ALIKE: Final = 0.5
"""Cosine of the sentence vectors of two manners from which they are taken for one."""

DOUBTFUL: Final = 0.85
"""Share of first tries that must do an action clearly; below it the first try begins from a rehearsal as well."""

_AS_ALIKE: Final = 0.1  # manners that are less alike than the nearest one by no more than this serve as well


@dataclass(frozen=True)
class Rehearsal:
    """A try that turned out well.

    Attributes:
        plain: what was done, in its plainest wording (`models.known_prompts.Reading.plain`).
        manner: how it was done, "" for no manner.
        score: how clearly, by `models.obedience.obeyed`; 1 is the limit of the predicate.
        tokens: (M,) tokens of the prompt's whole range.
    """

    plain: str
    manner: str
    score: float
    tokens: NDArray[np.int64]


class Rehearsals:
    """All that were kept, by action and manner.

    Attributes:
        doubtful: actions that the first try of a prompt does too seldom.
    """

    def __init__(
        self, kept: Sequence[Rehearsal], manners: Mapping[str, ArrayLike], first_tries: Mapping[str, float]
    ) -> None:
        """Sort what was kept.

        Args:
            kept: any number.
            manners: sentence vectors (width,) of length 1, one for each manner but "".
            first_tries: share of the first tries of each action that did it clearly, without rehearsals.
        """
        self.doubtful = frozenset(plain for plain, share in first_tries.items() if share < DOUBTFUL)
        self._by_action: dict[str, dict[str, list[Rehearsal]]] = {}
        for entry in kept:
            self._by_action.setdefault(entry.plain, {}).setdefault(entry.manner, []).append(entry)
        self._manners = {name: np.asarray(vector, dtype=np.float32) for name, vector in manners.items()}

    @classmethod
    def from_pretrained(cls, folder: Path, tokenizer: str) -> Self:
        """Load what `save_rehearsals` wrote.

        Args:
            folder: of the rehearsals.
            tokenizer: SHA-256 of the tokenizer's weights, in whose tokens they must be.

        Raises:
            CheckpointError: missing, damaged, or made with another tokenizer.
        """
        config = read_config(folder, KIND)
        if config.get("tokenizer") != tokenizer:
            raise CheckpointError(
                f"{folder} was made with another tokenizer; make it again with `versa train rehearsals`, or remove it"
            )
        path = folder / WEIGHTS_NAME
        try:
            arrays = load_file(path)
            tokens = np.split(arrays["tokens"].astype(np.int64), np.cumsum(arrays["lengths"])[:-1])
            kept = [
                Rehearsal(str(plain), str(manner), float(score), row)
                for (plain, manner, score), row in zip(config["kept"], tokens, strict=True)
            ]
            manners = dict(zip(config["manners"], arrays["manners"], strict=True))
            return cls(kept, manners, {str(plain): float(share) for plain, share in config["first_tries"].items()})
        except (SafetensorError, OSError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise CheckpointError(f"{path} is damaged or missing: {error}") from None

    def __len__(self) -> int:
        return sum(len(kept) for manners in self._by_action.values() for kept in manners.values())

    def recall(
        self, plain: str, manner: ArrayLike | None, length: int, random: np.random.Generator
    ) -> NDArray[np.int64] | None:
        """One of the rehearsals that fit a range.

        Args:
            plain: the action in its plainest wording.
            manner: (width,) sentence vector of how it shall be done, None for no manner.
            length: tokens of the range.
            random: source of chance.

        Returns:
            (length,) tokens, -1 before and behind the rehearsal; None if there is none of this action in this manner
            that is short enough.
        """
        fitting = [entry for entry in self._known(plain, manner) if len(entry.tokens) <= length]
        longest = max((len(entry.tokens) for entry in fitting), default=0)
        shortest = min(HURRIED, longest)  # those in a hurry serve short ranges alone
        fitting = [entry for entry in fitting if 2 * len(entry.tokens) >= longest and len(entry.tokens) >= shortest]
        if not fitting:
            return None
        chosen = fitting[int(random.integers(len(fitting)))].tokens
        result = np.full(length, -1, dtype=np.int64)
        # Prompts begin with their action, so what a range has more than that is left behind it.
        start = int(random.integers(min(2, length - len(chosen)) + 1))
        result[start : start + len(chosen)] = chosen
        return result

    def _known(self, plain: str, manner: ArrayLike | None) -> list[Rehearsal]:
        manners = self._by_action.get(plain, {})
        if manner is None:
            return manners.get("", [])
        wanted = np.asarray(manner, dtype=np.float32)
        likeness = {name: float(self._manners[name] @ wanted) for name in manners if name}
        nearest = max(likeness.values(), default=0.0)
        if nearest < ALIKE:
            return []
        return [entry for name, value in likeness.items() if value >= nearest - _AS_ALIKE for entry in manners[name]]


def save_rehearsals(
    folder: Path,
    kept: Sequence[Rehearsal],
    manners: Mapping[str, ArrayLike],
    first_tries: Mapping[str, float],
    facts: Mapping[str, object],
) -> None:
    """Write a folder that `Rehearsals.from_pretrained` reads.

    Args:
        folder: to write to.
        kept: one or more.
        manners: see `Rehearsals`.
        first_tries: see `Rehearsals`.
        facts: go into the config; `tokenizer` must be the SHA-256 of the tokenizer's weights.
    """
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {
        "tokens": np.concatenate([entry.tokens for entry in kept]).astype(np.int16),
        "lengths": np.array([len(entry.tokens) for entry in kept], dtype=np.int16),
        "manners": np.array(list(manners.values()), dtype=np.float16),
    }
    config = {
        **facts,
        "kind": KIND,
        "manners": list(manners),
        "first_tries": dict(first_tries),
        "kept": [[entry.plain, entry.manner, round(entry.score, 2)] for entry in kept],
    }
    with atomic_path(folder / WEIGHTS_NAME) as temporary:
        save_file(arrays, temporary)
    with atomic_path(folder / CONFIG_NAME) as temporary:
        temporary.write_text(json.dumps(config, indent=0, sort_keys=True) + "\n", encoding="utf-8")
