"""Text-to-motion metrics of a system on the held-out list: what is asked for, and what the answers are worth.

Each repeat draws captions and pools of 32 anew, the same for every system. The clips of the pools are asked for; FID
compares their motions with the real motions of all other clips, so that real motion, judged in the same way, has the
distance that chance alone gives two halves of one set.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.evaluation import metrics
from models.evaluation.evaluator import MotionEvaluator
from models.evaluation.metrics import Score
from models.evaluation.reference import Reference, pools, retrieval
from models.evaluation.systems import Wish, text_wish

_FEWEST_OTHERS: Final = 64
"""Clips outside the pools that FID needs to compare with."""


@dataclass(frozen=True)
class Round:
    """What one repeat asks for.

    Attributes:
        groups: pools, as positions in `rows`.
        rows: of the reference, one a motion.
        texts: a caption of each.
        others: rows of the clips outside the pools.
    """

    groups: tuple[tuple[int, ...], ...]
    rows: tuple[int, ...]
    texts: tuple[str, ...]
    others: tuple[int, ...]


def draw_round(reference: Reference, seed: int, repeat: int, most_pools: int) -> Round:
    """The round of a repeat: at most `most_pools` pools."""
    random = np.random.default_rng((seed, repeat))
    texts = reference.draw_captions(random)
    chosen = pools(reference, texts, random)[:most_pools]
    while len(chosen) > 1 and len(reference) - sum(map(len, chosen)) < _FEWEST_OTHERS:
        chosen = chosen[:-1]
    rows = tuple(row for pool in chosen for row in pool)
    size = len(chosen[0])
    groups = tuple(tuple(range(start, start + size)) for start in range(0, len(rows), size))
    others = tuple(sorted(set(range(len(reference))) - set(rows)))
    return Round(groups, rows, tuple(texts[row] for row in rows), others)


def round_wishes(reference: Reference, asked: Round, repeat: int) -> list[Wish]:
    """One motion a row, as long as the real one."""
    seeds = [100_003 * repeat + row for row in asked.rows]
    return [
        text_wish(text, int(reference.frames[row]), seed)
        for text, row, seed in zip(asked.texts, asked.rows, seeds, strict=True)
    ]


def round_figures(
    evaluator: MotionEvaluator, reference: Reference, asked: Round, motions: ArrayLike, random: np.random.Generator
) -> dict[str, float]:
    """Figures of one repeat for motion embeddings (len(asked.rows), E)."""
    embedded = np.asarray(motions)
    figures = retrieval(evaluator.embed_texts(asked.texts), embedded, asked.groups)
    if len(asked.others) >= 2:
        figures["fid"] = metrics.frechet_distance(embedded, reference.embeddings[list(asked.others)])
    figures["diversity"] = metrics.pair_distance(embedded, *_pairs(len(embedded), random))
    return figures


def _pairs(count: int, random: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The field's pairs where there are enough motions, else as many as there are motions."""
    if count > metrics.FEW_DIVERSITY_PAIRS:
        return metrics.draw_pairs(count, random)
    order = random.permutation(count)
    return order, np.roll(order, 1)


def collect(rounds: Sequence[dict[str, float]]) -> dict[str, Score]:
    """Mean and confidence interval of each figure over repeats."""
    names = {name for figures in rounds for name in figures}
    return {name: Score.of([figures[name] for figures in rounds if name in figures]) for name in sorted(names)}


def variety_wishes(reference: Reference, seed: int, texts: int, generations: int) -> list[Wish]:
    """Several motions for the same text: `texts` texts in order, each `generations` times."""
    random = np.random.default_rng((seed, 77))
    captions = reference.draw_captions(random)
    # Texts of different actions first: the held-out list has few actions many times.
    order, seen = random.permutation(len(reference)).tolist(), set()
    rows = []
    for row in order:
        kind = (reference.labels[row][0], reference.labels[row][2])
        if kind not in seen:
            seen.add(kind)
            rows.append(row)
    rows = (rows + [row for row in order if row not in set(rows)])[:texts]
    return [
        text_wish(captions[row], int(reference.frames[row]), 7_000_003 + generation)
        for row in rows
        for generation in range(generations)
    ]


def variety_score(embeddings: ArrayLike, generations: int, pairs: int, repeats: int, seed: int) -> Score:
    """MultiModality of embeddings (texts * generations, E), the pairs drawn anew in each repeat."""
    array = np.asarray(embeddings)
    array = array.reshape(-1, generations, array.shape[-1])
    values = []
    for repeat in range(repeats):
        random = np.random.default_rng((seed, repeat, 78))
        first = random.choice(generations, min(pairs, generations), replace=False)
        second = (first + random.integers(1, generations, size=len(first))) % generations
        values.append(metrics.multimodality(array, first, second))
    return Score.of(values)
