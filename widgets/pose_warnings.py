"""What is wrong with a pose, in sentences for the user: flags of the translation, points outside the picture.

No painting: the pose view shows the sentences.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QCoreApplication

from core.constants import CONFIDENCE_THRESHOLD
from core.pose import LEFT_WRIST, NECK, NOSE, RIGHT_WRIST, PoseFlag, PoseSequence

_AROUND_S: Final = 0.2
"""Seconds before and after a time whose flags count too, so that a banner does not flicker."""

_FAINT: Final = 0.05
_HAND_POINTS: Final = 0.25
"""Share of a hand's points that must be outside before the hand is."""


@dataclass(frozen=True)
class PoseWarning:
    """What to tell.

    Attributes:
        text: one sentence or two, "" if all is well.
        serious: whether the video will look wrong here, not only calmer than the motion.
    """

    text: str = ""
    serious: bool = False


def warning_at(poses: PoseSequence, time_s: float, portrait_size: tuple[int, int] | None) -> PoseWarning:
    """Return what is wrong with the poses at a time.

    Args:
        poses: of the whole recording.
        time_s: seconds.
        portrait_size: width and height of the picture they are shown on; None if there is none.
    """
    if portrait_size is not None and portrait_size != (poses.width, poses.height):
        text = QCoreApplication.translate(
            "PoseWarnings", "These poses were made for a picture of {} x {} pixels and do not fit this portrait."
        ).format(poses.width, poses.height)
        return PoseWarning(text, True)
    if len(poses) == 0:
        return PoseWarning()
    first = min(max(round((time_s - _AROUND_S) * poses.fps), 0), len(poses) - 1)
    last = min(max(round((time_s + _AROUND_S) * poses.fps), 0), len(poses) - 1)
    flags = PoseFlag(int(np.bitwise_or.reduce(poses.flags[first : last + 1])))
    serious = []
    if flags & PoseFlag.OUT_OF_PICTURE or _outside(poses, first, last):
        serious.append(QCoreApplication.translate("PoseWarnings", "The pose leaves the picture here."))
    if flags & PoseFlag.TURNING:
        serious.append(
            QCoreApplication.translate("PoseWarnings", "The body turns further than a flat portrait can show.")
        )
    if flags & PoseFlag.HIDDEN_LIMB:
        serious.append(QCoreApplication.translate("PoseWarnings", "A limb moves that the portrait does not show."))
    if serious:
        return PoseWarning(" ".join(serious), True)
    if flags & PoseFlag.CLASPED:
        return PoseWarning(
            QCoreApplication.translate("PoseWarnings", "The portrait's hands touch, so they move less here.")
        )
    if flags & PoseFlag.CLAMPED:
        return PoseWarning(
            QCoreApplication.translate("PoseWarnings", "The movement is held back to fit the portrait here.")
        )
    return PoseWarning()


def _outside(poses: PoseSequence, first: int, last: int) -> bool:
    """Whether the head, a wrist or most of a hand is seen outside the canvas."""
    size = np.array([poses.width, poses.height], np.float32)
    stretch = slice(first, last + 1)
    body = poses.body[stretch][:, [NOSE, NECK, LEFT_WRIST, RIGHT_WRIST]]
    hands = poses.hands[stretch]
    # Fingers lose their confidence where they leave the picture; those without any were never there.
    beyond = [
        ((part[..., :2] < 0) | (part[..., :2] >= size)).any(axis=-1) & (part[..., 2] >= least)
        for part, least in ((body, CONFIDENCE_THRESHOLD), (hands, _FAINT))
    ]
    return bool(beyond[0].any() or (beyond[1].mean(axis=-1) > _HAND_POINTS).any())
