"""Physical plausibility of motions, averaged: sliding feet, jerk, depth below the floor. The measures are core's."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from core import physics
from core.constants import MOTION_FPS
from models.evaluation.metrics import Score

MEASURES: Final[Mapping[str, str]] = {
    "foot_skate": "mm/s of foot joints while they stand",
    "jerk": "m/s^3, mean of all joints",
    "floor_penetration": "mm below the floor, deepest of a clip",
}
"""Name and meaning of each figure."""


def physics_scores(motions: Sequence[ArrayLike], floors: Sequence[float] | None = None) -> dict[str, Score]:
    """Mean and confidence interval over motions, one (T, 22, 3) each at 20 fps.

    Args:
        motions: joints in metres.
        floors: height of the floor under each; 0 by default.
    """
    levels = [0.0] * len(motions) if floors is None else floors
    return {
        "foot_skate": Score.of([physics.foot_skate(joints, MOTION_FPS) for joints in motions]),
        "jerk": Score.of([physics.mean_jerk(joints, MOTION_FPS) for joints in motions]),
        "floor_penetration": Score.of(
            [1000.0 * physics.floor_penetration(np.asarray(j), f) for j, f in zip(motions, levels, strict=True)]
        ),
    }
