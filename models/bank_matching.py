"""Finds the runs of captured frames that follow a generated motion best: Viterbi search over motion tokens.

A run that goes on costs nothing; a jump costs by how far pose and velocity lie apart. What becomes of the chosen runs
is in `models.relation_bank`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.cancel import CancelToken
from core.constants import FRAMES_PER_TOKEN
from models.projection import Array

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]

# Joint and weight: hands say most about a gesture, then the head; feet tell steps from standing.
_WEIGHTS: Final = {
    20: 1.6, 21: 1.6, 18: 0.9, 19: 0.9, 15: 1.0, 12: 0.7, 16: 0.6, 17: 0.6, 4: 0.4, 5: 0.4, 7: 0.5, 8: 0.5,
}  # fmt: skip
_VELOCITY_WEIGHT: Final = 1.5
_SIGMA: Final = 0.15
_TOKEN_COST: Final = 1.0
_NO_FINGERS_COST: Final = 0.25
_JUMP_COST: Final = 2.0
_CANDIDATES: Final = 24
_BEAM: Final = 24
_BLOCK: Final = 256


@dataclass(frozen=True, eq=False)
class SlotTable:
    """Every four-frame slot of a bank, as the search sees it.

    Attributes:
        features: (M, D) float32 pose and velocity, see `slot_features`.
        tokens: (M,) int64.
        following: (M,) index of the next slot of the same run, -1 at its end.
        has_fingers: (M,) bool.
        continuity: (M, D) what must go on smoothly at a jump; the features by default.
        jump_cost: cost of a jump between slots that fit perfectly.
    """

    features: Floats
    tokens: Indices
    following: Indices
    has_fingers: NDArray[np.bool_]
    continuity: Floats | None = None
    jump_cost: float = _JUMP_COST


def slot_features(local: Array) -> Floats:
    """Pose and velocity of four-frame slots in metres over sigma: (4 N, 22, 3) without heading to (N, 72)."""
    joints = list(_WEIGHTS)
    weights = np.array([_WEIGHTS[j] for j in joints]) / _SIGMA
    part = local[:, joints].astype(np.float64)
    part = part - np.array([0.0, 1.0, 0.0]) * local[:, :1]
    slots = part.reshape(-1, FRAMES_PER_TOKEN, len(joints), 3)
    pose = slots.mean(axis=1)
    velocity = (slots[:, 2:].mean(axis=1) - slots[:, :2].mean(axis=1)) * _VELOCITY_WEIGHT
    both = np.concatenate([pose * weights[:, None], velocity * weights[:, None]], axis=1)
    return both.reshape(len(slots), -1).astype(np.float32)


def best_runs(table: SlotTable, features: Floats, tokens: Indices, cancel: CancelToken) -> Indices:
    """The sequence of bank slots that follows a motion at the least cost.

    Args:
        table: the bank.
        features: (N, D) of the motion's slots.
        tokens: (N,) of the motion; a token of -1 (imported motion) matches by pose alone.
        cancel: looked at now and then.

    Returns:
        (N,) indices into the table.
    """
    count = len(features)
    square = np.einsum("md,md->m", table.features, table.features)
    states: list[Indices] = []
    pointers: list[Indices] = []
    costs = np.zeros(0, np.float32)
    for block in range(0, count, _BLOCK):
        cancel.check()
        part = features[block : block + _BLOCK]
        emission = square - 2.0 * (part @ table.features.T) + np.einsum("nd,nd->n", part, part)[:, None]
        emission = np.maximum(emission, 0.0)
        wanted = tokens[block : block + _BLOCK, None]
        emission += _TOKEN_COST * ((wanted >= 0) & (table.tokens[None] != wanted))
        emission += _NO_FINGERS_COST * ~table.has_fingers
        top = min(_CANDIDATES, emission.shape[1])
        candidates = np.argpartition(emission, top - 1, axis=1)[:, :top]
        for row in range(len(part)):
            if not states:
                current = np.sort(candidates[row])
                costs = emission[row, current]
                states.append(current)
                pointers.append(np.zeros(len(current), np.int64))
                continue
            current, pointer, costs = _step(table, states[-1], costs, candidates[row], emission[row])
            states.append(current)
            pointers.append(pointer)
    path = np.empty(count, np.int64)
    best = int(np.argmin(costs)) if count else 0
    for n in range(count - 1, -1, -1):
        path[n] = states[n][best]
        best = int(pointers[n][best])
    return path


def _step(
    table: SlotTable, before: Indices, costs: Floats, candidates: Indices, emission: Floats
) -> tuple[Indices, Indices, Floats]:
    """One step of the search: states, where each came from, and their costs so far."""
    following = table.following[before]
    order = np.argsort(costs, kind="stable")[:_BEAM]
    goes_on = following[order]
    current = np.unique(np.concatenate([candidates, goes_on[goes_on >= 0]]))
    # A run that ends is expected to hold its last pose.
    kept = table.features if table.continuity is None else table.continuity
    expected = kept[np.where(following >= 0, following, before)]
    start = kept[current]
    apart = (
        np.einsum("id,id->i", expected, expected)[:, None]
        - 2.0 * expected @ start.T
        + np.einsum("jd,jd->j", start, start)
    )
    jump = table.jump_cost + 0.5 * np.maximum(apart, 0.0)
    jump[following[:, None] == current[None]] = 0.0
    total = costs[:, None] + jump
    pointer = np.argmin(total, axis=0)
    return current, pointer, total[pointer, np.arange(len(current))] + emission[current]
