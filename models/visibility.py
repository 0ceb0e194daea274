"""What of a moved puppet the camera sees: confidences of the 2D points and the frames' flags.

Moving the puppet is in `models.retarget`.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.constants import CONFIDENCE_THRESHOLD
from core.pose import LEFT_EAR, LEFT_EYE, LEFT_SHOULDER, NECK, NOSE, RIGHT_EAR, RIGHT_EYE, RIGHT_SHOULDER, PoseFlag
from models.face_template import face_normals
from models.portrait_fit import ARMS, PortraitBody
from models.projection import Array, CameraPath, rotate_yaw, smoothstep

TURNING_ANGLE: Final = np.deg2rad(35.0)
"""Heading, in radians, beyond which a flat portrait cannot follow."""

_OUTSIDE: Final = 0.1
_INVENTED: Final = 0.6


class Visibility:
    """Confidences and flags: what lies in the picture, what faces the camera, what the portrait shows at all."""

    def __init__(self, body: PortraitBody, weight: Array) -> None:
        self._puppet, self._weight = body, weight

    def inside(self, points: Array) -> Array:
        """1 inside the picture, falling to 0 within 2 % of its size beyond the edge."""
        size = np.array([self._puppet.width, self._puppet.height], dtype=np.float64)
        margin = 0.02 * size.max()
        beyond = np.maximum(np.maximum(-points, points - (size - 1.0)), 0.0).max(axis=-1)
        return 1.0 - smoothstep(0.0, margin, beyond)

    def body(self, points: Array, depth: Array, yaw: Array, turn: Array) -> Array:
        """(T, 18)."""
        puppet = self._puppet
        base = np.broadcast_to(puppet.confidence, points.shape[:2]).copy()
        hidden = np.ones(points.shape[:2])
        for side, chain in enumerate(ARMS):
            for part in (1, 2):
                known = puppet.confidence[chain[part]]
                moved = np.maximum(known, _INVENTED) if known > 0 else _INVENTED
                base[:, chain[part]] = known + (moved - known) * self._weight[:, side]
                hidden[:, chain[part]] = self._in_front(points, depth, chain[part])
        for point, normal in ((NOSE, (0, 0, 1)), (LEFT_EYE, (0.3, 0, 0.95)), (RIGHT_EYE, (-0.3, 0, 0.95)),
                              (LEFT_EAR, (0.85, 0, 0.5)), (RIGHT_EAR, (-0.85, 0, 0.5))):  # fmt: skip
            facing = rotate_yaw(np.einsum("tij,j->ti", turn, np.array(normal, dtype=np.float64)), yaw)[:, 2]
            hidden[:, point] = smoothstep(-0.1, 0.35, facing)
        inside = self.inside(points)
        return base * (_OUTSIDE + (1.0 - _OUTSIDE) * inside) * (0.2 + 0.8 * hidden)

    def _in_front(self, points: Array, depth: Array, joint: int) -> Array:
        """1 unless the joint is behind the trunk as the camera sees it."""
        left, right = points[:, LEFT_SHOULDER, 0], points[:, RIGHT_SHOULDER, 0]
        low, high = np.minimum(left, right), np.maximum(left, right)
        width = np.maximum(high - low, 1.0)
        x = points[:, joint, 0]
        across = smoothstep(0.0, 0.15, np.minimum(x - low, high - x) / width)
        behind = smoothstep(0.06, 0.16, -depth[:, joint])
        below = points[:, joint, 1] > points[:, NECK, 1]
        return 1.0 - across * behind * below

    def face(self, points: Array, turn: Array, yaw: Array) -> Array:
        """(T, 68): lower on the far side of a turned head."""
        normals = face_normals() * np.array([1.0, -1.0, 1.0])
        facing = rotate_yaw(np.einsum("tij,pj->tpi", turn, normals), yaw)[..., 2]
        shown = max(float(self._puppet.confidence[[NOSE, LEFT_EYE, RIGHT_EYE]].max()), 0.0)
        return 0.9 * shown * (0.15 + 0.85 * smoothstep(-0.15, 0.3, facing)) * (0.1 + 0.9 * self.inside(points))

    def hands(self, points: Array, body_confidence: Array, hand_confidence: Array) -> Array:
        """(T, 2, 21)."""
        wrists = body_confidence[:, [ARMS[0][2], ARMS[1][2]]]
        confidence = np.minimum(wrists, 0.95) * hand_confidence
        return confidence[..., None] * (_OUTSIDE + (1.0 - _OUTSIDE) * self.inside(points))

    def flags(self, points: Array, hands: Array, confidence: Array, path: CameraPath, held: Array) -> NDArray[np.uint8]:
        """(T,) `PoseFlag` bits."""
        puppet, count = self._puppet, len(points)
        flags = np.zeros(count, dtype=np.uint8)
        flags[np.abs(path.yaw) > TURNING_ANGLE] |= np.uint8(PoseFlag.TURNING)
        moving = self._weight > 0.05
        for side, chain in enumerate(ARMS):
            ends = np.stack([points[:, chain[2]], hands[:, side, 12]], axis=1)
            outside = (self.inside(ends) < 0.5).any(axis=1)
            flags[outside & moving[:, side]] |= np.uint8(PoseFlag.OUT_OF_PICTURE)
            unknown = min(puppet.confidence[chain[1]], puppet.confidence[chain[2]]) <= 0
            if unknown:
                entered = (confidence[:, [chain[1], chain[2]]] >= CONFIDENCE_THRESHOLD).any(axis=1)
                flags[entered & moving[:, side]] |= np.uint8(PoseFlag.HIDDEN_LIMB)
        if puppet.clasped:
            flags[moving.any(axis=1)] |= np.uint8(PoseFlag.CLASPED)
        limits = puppet.limits
        stopped = (held > 0.1).any(axis=1)
        # A talking head stays in its place anyway; only steps and bows that are lost altogether count there.
        reached = 0.99999 if puppet.talking_head else 0.9
        stopped |= (np.abs(path.offset[:, 0]) > reached * limits.side) | (path.offset[:, 1] > reached * limits.up)
        stopped |= path.offset[:, 1] < -reached * limits.down
        flags[stopped] |= np.uint8(PoseFlag.CLAMPED)
        return flags
