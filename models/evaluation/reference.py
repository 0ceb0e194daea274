"""The held-out clips that systems are judged on: what each shows, how long it is, and where the evaluator puts it.

It lies beside the evaluator's weights, so that the metrics that need no joints of real motion work without the
captures. It also is the list that others generate from to be compared.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from core.atomic import atomic_path
from models.checkpoint import CheckpointError, bundled_weights
from models.evaluation import metrics
from models.evaluation.evaluator import MotionEvaluator
from models.evaluation.metrics import POOL, Score
from models.text_encoder import TextEncoder
from models.training.captions import captions

_LIST: Final = "reference.json"
_ARRAYS: Final = "reference.safetensors"


class TooFewActions(ValueError):
    """The held-out clips show too few different actions for a pool."""


@dataclass(frozen=True)
class Reference:
    """N held-out clips.

    Attributes:
        names: of the recordings.
        labels: content, style and whether left and right are swapped, of each clip.
        frames: (N,) judged length at 20 fps.
        embeddings: (N, E) float32 of the real motions.
    """

    names: tuple[str, ...]
    labels: tuple[tuple[str, str, bool], ...]
    frames: NDArray[np.int64]
    embeddings: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.names)

    def save(self, folder: Path) -> None:
        """Write list and embeddings (float16) into a weights folder."""
        rows = [
            {"name": name, "content": content, "style": style, "mirrored": mirrored, "frames": int(frames)}
            for name, (content, style, mirrored), frames in zip(self.names, self.labels, self.frames, strict=True)
        ]
        with atomic_path(folder / _ARRAYS) as temporary:
            save_file({"embeddings": self.embeddings.astype(np.float16)}, temporary)
        with atomic_path(folder / _LIST) as temporary:
            lines = ",\n".join(json.dumps(row, sort_keys=True) for row in rows)
            temporary.write_text(f"[\n{lines}\n]\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path | None = None) -> "Reference":
        """Read them, by default those beside the bundled evaluator.

        Raises:
            CheckpointError: missing, damaged, or list and embeddings do not fit each other.
        """
        place = folder or bundled_weights("evaluator")
        try:
            rows = json.loads((place / _LIST).read_text(encoding="utf-8"))
            embeddings = load_file(place / _ARRAYS)["embeddings"].astype(np.float32)
            names = tuple(row["name"] for row in rows)
            labels = tuple((row["content"], row["style"], bool(row["mirrored"])) for row in rows)
            frames = np.array([row["frames"] for row in rows], dtype=np.int64)
        except (OSError, json.JSONDecodeError, SafetensorError, KeyError, TypeError) as error:
            raise CheckpointError(
                f"the held-out list beside the evaluator in {place} is missing or damaged ({error}); "
                "make it with `versa train evaluator`"
            ) from None
        if len(embeddings) != len(names):
            raise CheckpointError(f"{place}: the list names {len(names)} clips, but there are {len(embeddings)}")
        return cls(names, labels, frames, embeddings)

    def draw_captions(self, random: np.random.Generator) -> tuple[str, ...]:
        """One of each clip's captions."""
        drawn = []
        for content, style, mirrored in self.labels:
            texts = captions(content, style, mirrored)
            drawn.append(texts[int(random.integers(len(texts)))])
        return tuple(drawn)

    def subset(self, rows: ArrayLike) -> "Reference":
        """Some of the clips, in the given order."""
        chosen = np.asarray(rows, dtype=np.int64)
        return Reference(
            tuple(self.names[row] for row in chosen),
            tuple(self.labels[row] for row in chosen),
            self.frames[chosen],
            self.embeddings[chosen],
        )


def pools(reference: Reference, texts: Sequence[str], random: np.random.Generator, size: int = POOL) -> list[list[int]]:
    """Groups of `size` clips in which no clip is described by another one's text as well.

    The captures show few actions many times ("walk forward" fits 24 held-out clips), so a pool drawn blindly would
    count right answers as wrong. Clips are shuffled and put one by one into the first open pool that they fit.

    Args:
        reference: the clips.
        texts: one caption of each.
        random: source of chance.
        size: clips a pool.

    Returns:
        Rows of each full pool; clips of pools that did not fill up are left out this time.

    Raises:
        TooFewActions: not one pool can be filled.
    """
    fits = [frozenset(captions(*label)) for label in reference.labels]
    opened: list[list[int]] = []
    for row in random.permutation(len(reference)).tolist():
        for pool in opened:
            if len(pool) < size and all(texts[row] not in fits[o] and texts[o] not in fits[row] for o in pool):
                pool.append(row)
                break
        else:
            opened.append([row])
    full = [pool for pool in opened if len(pool) == size]
    if not full:
        raise TooFewActions(f"the held-out clips show too few different actions for a pool of {size}")
    return full


def retrieval(texts: ArrayLike, motions: ArrayLike, groups: Sequence[Sequence[int]]) -> dict[str, float]:
    """R-Precision at 1 to 3 and MM-Dist of text and motion embeddings (N, E), over pools of rows."""
    order = np.array(groups).reshape(-1)
    size = len(groups[0])
    a, b = np.asarray(texts)[order], np.asarray(motions)[order]
    top = metrics.r_precision(a, b, pool=size)
    return {
        "r_precision_1": float(top[0]),
        "r_precision_2": float(top[1]),
        "r_precision_3": float(top[2]),
        "mm_dist": metrics.matching_distance(texts, motions),
    }


def measure_retrieval(
    evaluator: MotionEvaluator,
    reference: Reference,
    motions: ArrayLike,
    encoder: TextEncoder,
    *,
    repeats: int,
    seed: int,
) -> dict[str, Score]:
    """Retrieval of given motions (N, E) by captions drawn anew in each repeat."""
    samples: dict[str, list[float]] = {}
    for repeat in range(repeats):
        random = np.random.default_rng((seed, repeat))
        texts = reference.draw_captions(random)
        embedded = evaluator.embed_vectors(encoder.encode(texts))
        for name, value in retrieval(embedded, motions, pools(reference, texts, random)).items():
            samples.setdefault(name, []).append(value)
    return {name: Score.of(values) for name, values in samples.items()}
