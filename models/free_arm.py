"""Which arms a prompted motion does not need: they can go on with the speech.

Who waves with the right hand talks on with the left one. The networks know whole bodies, and hold the other arm still
during an action of one hand; so the speech's own motion of that arm is put in its place (`core.body_parts`), where the
prompt still is done with it.
"""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from core.body_parts import Layer, composed
from core.constants import MOTION_FPS
from core.motion import MotionClip
from core.skeleton import NECK, PELVIS
from models.obedience import DONE, obeyed
from models.predicate_clip import prepare, smooth

FreeArm = Literal["left_arm", "right_arm"]

BOTH: Final[tuple[FreeArm, ...]] = ("left_arm", "right_arm")

_EDGE: Final = 0.2  # seconds at both ends in which an arm may still be coming or going
_SHORTEST: Final = 1.0  # seconds; there is no time for a gesture in less
_HANGING: Final = -0.36  # metres of a wrist from its shoulder, below which an arm hangs
_RAISED: Final = 0.1  # metres by which the acting wrist is higher
_SLOW: Final = 0.35  # m/s, mean speed of a wrist that does nothing
_HIGH: Final = 90  # percentile of the heights that are compared
_TRAVEL: Final = 0.35  # metres; who goes further swings both arms
_BENT: Final = 25.0  # degrees; who bends further holds an arm for balance


def free_arms(joints: NDArray[np.float32]) -> tuple[FreeArm, ...]:
    """The arm that hangs while the other one acts, on a body that stands upright; empty where there is none.

    Args:
        joints: (T, 22, 3) metres at 20 fps, what the prompt rules.
    """
    if len(joints) < _SHORTEST * MOTION_FPS:
        return ()
    edge = round(_EDGE * MOTION_FPS)
    clip = prepare(joints[edge:-edge])
    trunk = clip.body[:, NECK] - clip.body[:, PELVIS]
    bent = np.degrees(np.arccos(np.clip(trunk[:, 1] / np.linalg.norm(trunk, axis=1), -1.0, 1.0)))
    travel = float(np.linalg.norm(np.ptp(clip.world[:, PELVIS][:, [0, 2]], axis=0)))
    if travel > _TRAVEL or smooth(bent, 0.1 * MOTION_FPS).max() > _BENT:
        return ()
    high = {side: float(np.percentile(arm.height, _HIGH)) for side, arm in clip.arms.items()}
    lower = min(high, key=lambda side: high[side])
    hangs = high[lower] < _HANGING and float(clip.arms[lower].speed.mean()) < _SLOW
    if not hangs or max(high.values()) - high[lower] <= _RAISED:
        return ()
    return ("left_arm",) if lower == "left" else ("right_arm",)


def still_done(
    made: MotionClip, spoken: MotionClip, arms: Sequence[FreeArm], inside: slice, judges: Sequence[str]
) -> bool:
    """Whether a prompt is done as before with arms of the speech.

    Args:
        made: motion with the prompt.
        spoken: the same stretch of time by the speech alone.
        arms: that are taken from it.
        inside: frames that the prompt rules.
        judges: names of predicates of which one must hold; with none the prompt counts as done.
    """
    if not judges:
        return True
    mixed = composed(made, tuple(Layer(arm, inside.start, inside.stop, spoken, 0) for arm in arms))
    return obeyed(mixed.joints[inside], judges) >= min(DONE, obeyed(made.joints[inside], judges))
