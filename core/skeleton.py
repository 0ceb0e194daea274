"""The 22-joint body skeleton that SMPL, SMPL-H, SMPL-X and HumanML3D share: names, parents, chains, rest offsets.

Metres, Y up, the body faces +Z, +X is the body's left. Nothing here moves; see `core.features` for motion.
"""

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

JOINT_NAMES: Final = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2", "left_ankle",
    "right_ankle", "spine3", "left_foot", "right_foot", "neck", "left_collar", "right_collar", "head",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
)  # fmt: skip

BodyPart = Literal["whole", "upper", "lower", "left_arm", "right_arm", "head"]

BODY_PARTS: Final[tuple[BodyPart, ...]] = ("whole", "upper", "lower", "left_arm", "right_arm", "head")
"""Parts of the body that a prompt may be for; prompts for different parts may share time."""

PARENTS: Final = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19)

PELVIS, LEFT_HIP, RIGHT_HIP, SPINE1, LEFT_KNEE, RIGHT_KNEE, SPINE2, LEFT_ANKLE = range(8)
RIGHT_ANKLE, SPINE3, LEFT_FOOT, RIGHT_FOOT, NECK, LEFT_COLLAR, RIGHT_COLLAR, HEAD = range(8, 16)
LEFT_SHOULDER, RIGHT_SHOULDER, LEFT_ELBOW, RIGHT_ELBOW, LEFT_WRIST, RIGHT_WRIST = range(16, 22)

CHAINS: Final = (
    (0, 2, 5, 8, 11),
    (0, 1, 4, 7, 10),
    (0, 3, 6, 9, 12, 15),
    (9, 14, 17, 19, 21),
    (9, 13, 16, 18, 20),
)
"""Kinematic chains in HumanML3D's order: right leg, left leg, spine, right arm, left arm."""

CONTACT_JOINTS: Final = (LEFT_ANKLE, LEFT_FOOT, RIGHT_ANKLE, RIGHT_FOOT)
"""Joints of the four contact columns, in feature order."""

MIRROR_JOINTS: Final = (0, 2, 1, 3, 5, 4, 6, 8, 7, 9, 11, 10, 12, 14, 13, 15, 17, 16, 19, 18, 21, 20)
"""Index of each joint's counterpart on the other side."""

_DIRECTIONS = {
    0: (0, 0, 0), 1: (1, 0, 0), 2: (-1, 0, 0), 3: (0, 1, 0), 6: (0, 1, 0), 9: (0, 1, 0), 12: (0, 1, 0),
    4: (0, -1, 0), 5: (0, -1, 0), 7: (0, -1, 0), 8: (0, -1, 0), 10: (0, 0, 1), 11: (0, 0, 1),
    13: (1, 0, 0), 14: (-1, 0, 0), 15: (0, 0, 1), 16: (0, -1, 0), 17: (0, -1, 0), 18: (0, -1, 0),
    19: (0, -1, 0), 20: (0, -1, 0), 21: (0, -1, 0),
}  # fmt: skip

REST_DIRECTIONS: Final[NDArray[np.float64]] = np.array([_DIRECTIONS[j] for j in range(22)], dtype=np.float64)
"""(22, 3) unit direction of the bone that ends at each joint in the reference rest pose."""

UNIFORM_BONE_LENGTHS: Final[NDArray[np.float64]] = np.array(
    [
        0.0, 0.1030740, 0.1098834, 0.1315682, 0.3936232, 0.3901882, 0.1431902, 0.4324330, 0.4256434, 0.0573647,
        0.1433818, 0.1494191, 0.2193600, 0.1374868, 0.1433828, 0.1030392, 0.1316140, 0.1229844, 0.2568399, 0.2630919,
        0.2660118, 0.2698763,
    ]
)  # fmt: skip
"""(22,) bone lengths in metres of HumanML3D's uniform skeleton (spec: motion section a)."""

UNIFORM_OFFSETS: Final[NDArray[np.float64]] = REST_DIRECTIONS * UNIFORM_BONE_LENGTHS[:, None]
"""(22, 3) rest offsets in metres of the uniform skeleton, by child joint."""
