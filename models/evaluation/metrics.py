"""The field's text-to-motion metrics as pure functions of embeddings, equal to the public implementation's numbers.

All work in float64 and subtract before they square: the usual |a|^2 - 2ab + |b|^2 in float32 gives roots of negative
numbers for equal embeddings. Which texts, motions and repeats are judged is `models.evaluation.text_metrics`' business.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

POOL: Final = 32
"""Texts and motions that are ranked against each other: one right partner and 31 others."""

DIVERSITY_PAIRS: Final = 300
FEW_DIVERSITY_PAIRS: Final = 100
"""Pairs of the diversity, and how many there are when there are no more than `DIVERSITY_PAIRS` motions."""

_NORMAL_95: Final = 1.96


@dataclass(frozen=True)
class Score:
    """A figure over repeats.

    Attributes:
        mean: of the repeats.
        half_width: of the 95 % confidence interval, 1.96 standard deviations (of the population) over the root of the
            number of repeats.
        repeats: how many.
    """

    mean: float
    half_width: float
    repeats: int

    @classmethod
    def of(cls, samples: ArrayLike) -> "Score":
        """The figure of samples (N,).

        Raises:
            ValueError: no samples, or one that is not a number.
        """
        values = np.asarray(samples, dtype=np.float64).reshape(-1)
        if not len(values) or not np.isfinite(values).all():
            raise ValueError(f"a score needs at least one sample and only finite ones, not {values.tolist()[:5]}")
        width = _NORMAL_95 * float(values.std()) / math.sqrt(len(values))
        return cls(float(values.mean()), width, len(values))


def _rows(values: ArrayLike, name: str) -> Array:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 2:
        raise ValueError(f"{name} must have shape (N, E), not {array.shape}")
    return array


def distances(first: ArrayLike, second: ArrayLike) -> Array:
    """(N, M) Euclidean distances between the rows of (N, E) and (M, E)."""
    a, b = _rows(first, "embeddings"), _rows(second, "embeddings")
    return np.stack([np.sqrt(np.square(row - b).sum(axis=1)) for row in a]) if len(a) else np.zeros((0, len(b)))


def top_hits(texts: ArrayLike, motions: ArrayLike, top: int = 3) -> NDArray[np.int64]:
    """How many texts of one pool have their own motion among the nearest 1, 2, ... `top`: (top,).

    Equal distances keep their order, so motions that are all alike give what chance gives and not full marks.
    """
    matrix = distances(texts, motions)
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"a pool needs as many texts as motions, not {matrix.shape[0]} and {matrix.shape[1]}")
    order = np.argsort(matrix, axis=1, kind="stable")
    rank = np.argmax(order == np.arange(len(matrix))[:, None], axis=1)
    return np.array([(rank < k).sum() for k in range(1, top + 1)], dtype=np.int64)


def r_precision(texts: ArrayLike, motions: ArrayLike, pool: int = POOL, top: int = 3) -> Array:
    """R-Precision at 1, 2, ... `top`: (top,) shares of texts.

    Args:
        texts: (N, E); an incomplete last pool is dropped.
        motions: (N, E), row i belongs to text i.
        pool: size of the pools, taken in order.
        top: how many ranks.

    Raises:
        ValueError: fewer than one pool.
    """
    a, b = _rows(texts, "texts"), _rows(motions, "motions")
    if len(a) != len(b) or len(a) < pool:
        raise ValueError(f"R-Precision needs at least {pool} texts with a motion each, not {len(a)} and {len(b)}")
    starts = range(0, len(a) // pool * pool, pool)
    hits = sum(top_hits(a[s : s + pool], b[s : s + pool], top) for s in starts)
    return np.asarray(hits / (len(starts) * pool), dtype=np.float64)


def matching_distance(texts: ArrayLike, motions: ArrayLike) -> float:
    """MM-Dist: mean Euclidean distance between texts (N, E) and their own motions (N, E)."""
    difference = _rows(texts, "texts") - _rows(motions, "motions")
    return float(np.sqrt(np.square(difference).sum(axis=1)).mean())


def frechet_distance(first: ArrayLike, second: ArrayLike) -> float:
    """FID between two sets of embeddings (N, E) and (M, E); covariances with N - 1.

    The trace of the root of the covariances' product is the sum of the singular values of Ra Rb', where Ra and Rb are
    the triangles of the centred rows' QR: no root of a matrix, and exact for fewer rows than columns too.

    Raises:
        ValueError: fewer than two rows.
    """
    a, b = _rows(first, "embeddings"), _rows(second, "embeddings")
    if min(len(a), len(b)) < 2:
        raise ValueError(f"a Frechet distance needs at least two embeddings on each side, not {len(a)} and {len(b)}")
    shift = a.mean(axis=0) - b.mean(axis=0)
    first_root, second_root = _triangle(a), _triangle(b)
    mixed = float(np.linalg.svd(first_root @ second_root.T, compute_uv=False).sum())
    return float(shift @ shift + np.square(first_root).sum() + np.square(second_root).sum() - 2.0 * mixed)


def _triangle(rows: Array) -> Array:
    """R with R'R the covariance of rows (N, E)."""
    centred = (rows - rows.mean(axis=0)) / math.sqrt(len(rows) - 1)
    return np.asarray(np.linalg.qr(centred).R, dtype=np.float64)


def draw_pairs(count: int, random: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of the diversity's pairs among `count` motions, each side drawn without replacement.

    Raises:
        ValueError: fewer motions than pairs.
    """
    pairs = DIVERSITY_PAIRS if count > DIVERSITY_PAIRS else FEW_DIVERSITY_PAIRS
    if count < pairs:
        raise ValueError(f"the diversity needs at least {pairs} motions, not {count}")
    return random.choice(count, pairs, replace=False), random.choice(count, pairs, replace=False)


def pair_distance(embeddings: ArrayLike, first: ArrayLike, second: ArrayLike) -> float:
    """Diversity: mean distance of the pairs (embeddings[first], embeddings[second])."""
    array = _rows(embeddings, "embeddings")
    difference = array[np.asarray(first)] - array[np.asarray(second)]
    return float(np.sqrt(np.square(difference).sum(axis=1)).mean())


def multimodality(embeddings: ArrayLike, first: Sequence[int] | ArrayLike, second: Sequence[int] | ArrayLike) -> float:
    """MultiModality: mean distance between motions that were generated for the same text.

    Args:
        embeddings: (texts, generations, E).
        first: (P,) generations, the same for all texts.
        second: (P,) those that they are paired with.
    """
    array = np.asarray(embeddings, dtype=np.float64)
    if array.ndim != 3:
        raise ValueError(f"embeddings must have shape (texts, generations, E), not {array.shape}")
    difference = array[:, np.asarray(first)] - array[:, np.asarray(second)]
    return float(np.sqrt(np.square(difference).sum(axis=2)).mean())


def root_aligned_error(real: ArrayLike, made: ArrayLike) -> float:
    """MPJPE: mean distance of joints (T, J, 3) in the unit of the input after the root (joint 0) is aligned."""
    a, b = np.asarray(real, dtype=np.float64), np.asarray(made, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 3:
        raise ValueError(f"both motions must have the same shape (T, J, 3), not {a.shape} and {b.shape}")
    return float(np.linalg.norm((a - a[:, :1]) - (b - b[:, :1]), axis=-1).mean())
