"""The neutral stance (standing, arms hanging) in which a portrait is shown as it is, with a relaxed hand and a face.

Measured: mean of the quiet first frames of seven standing clips of the SmartBody captures and their mirror images.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.skeleton import MIRROR_JOINTS

_MIDDLE_AND_LEFT = {
    0: (0, 0.958, 0), 1: (0.096, 0.913, 0.007), 3: (0, 1.084, -0.039), 4: (0.113, 0.522, 0.034),
    6: (0, 1.227, -0.037), 7: (0.123, 0.099, -0.038), 9: (0, 1.284, -0.043), 10: (0.138, 0.022, 0.085),
    12: (0, 1.499, 0.001), 13: (0.037, 1.396, 0.032), 15: (0, 1.599, 0.026), 16: (0.156, 1.371, -0.006),
    18: (0.212, 1.117, -0.024), 20: (0.242, 0.861, 0.047),
}  # fmt: skip


def _joints() -> NDArray[np.float64]:
    joints = np.zeros((22, 3))
    for index, position in _MIDDLE_AND_LEFT.items():
        joints[index] = position
        if position[0] != 0:
            joints[MIRROR_JOINTS[index]] = np.array(position) * (-1, 1, 1)
    return joints


NEUTRAL_JOINTS: Final[NDArray[np.float64]] = _joints()
"""(22, 3) metres, facing +Z, pelvis above the origin, toes on the floor."""

NEUTRAL_FACE: Final[NDArray[np.float64]] = np.array(
    [[0, 0.026, 0.122], [0.031, 0.067, 0.091], [-0.031, 0.067, 0.091], [0.079, 0.047, 0.008], [-0.079, 0.047, 0.008]]
)
"""(5, 3) metres from the head joint: nose, left eye, right eye, left ear, right ear."""

_LEFT_HAND = (
    (0, 0, 0), (-0.025, -0.023, 0.025), (-0.038, -0.051, 0.037), (-0.047, -0.082, 0.038), (-0.054, -0.11, 0.036),
    (-0.016, -0.087, 0.039), (-0.019, -0.121, 0.039), (-0.025, -0.142, 0.035), (-0.032, -0.163, 0.029),
    (0.001, -0.089, 0.022), (-0.004, -0.127, 0.021), (-0.015, -0.15, 0.013), (-0.025, -0.169, 0.006),
    (0.012, -0.088, 0.003), (0.005, -0.124, 0), (-0.005, -0.143, -0.006), (-0.017, -0.159, -0.014),
    (0.023, -0.085, -0.016), (0.016, -0.114, -0.018), (0.005, -0.127, -0.024), (-0.006, -0.139, -0.032),
)  # fmt: skip

NEUTRAL_HANDS: Final[NDArray[np.float64]] = np.stack(
    [np.array(_LEFT_HAND, dtype=np.float64), np.array(_LEFT_HAND, dtype=np.float64) * (-1, 1, 1)]
)
"""(2, 21, 3) metres from the wrist: relaxed left and right hand of hanging arms, OpenPose order."""
