"""Keeps long videos from drifting away from the portrait: colours held to its background, and a still background.

Both are optional and work on finished pictures, frame by frame, so they cannot make one frame depend on another.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from core.draw import LIMBS, FramePoses, facial_midpoint
from core.pose import LEFT_HIP, NECK, RIGHT_HIP
from models.renderers.versa.portrait_frame import PortraitFrame
from models.renderers.versa.settings import VersaSettings

_ROOM: Final = 0.9
"""Room around the person and around each limb that counts as theirs, in eye distances."""

_HAND_ROOM: Final = 1.6
_SOFT: Final = 0.35
_LEAST_SHARE: Final = 0.05
"""With less background than this share of the picture its colours say too little."""


@dataclass(frozen=True, eq=False)
class Steadier:
    """Corrects frames of one job.

    Attributes:
        frame: the portrait in the network's frame.
        colour_hold: share of the drift to take back, 0..1.
        still_background: whether pixels where nobody is are the portrait's.
    """

    frame: PortraitFrame
    colour_hold: float
    still_background: bool

    @classmethod
    def of(cls, frame: PortraitFrame, settings: VersaSettings) -> "Steadier":
        """As the settings want it."""
        return cls(frame, settings.colour_hold, settings.still_background)

    def steady(self, picture: NDArray[np.uint8], pose: FramePoses) -> NDArray[np.uint8]:
        """The corrected picture, (H, W, 3); the same array where nothing is asked for.

        Args:
            picture: of the network's size.
            pose: of the frame, in shares of it.
        """
        if not self.colour_hold and not self.still_background:
            return picture
        person = self.person(pose)
        result = picture.astype(np.float32)
        background = person < 0.05
        if self.colour_hold and background.mean() >= _LEAST_SHARE:
            result -= self.colour_hold * self.drift(picture, background)
        if self.still_background:
            weight = person[..., None]
            result = weight * result + (1.0 - weight) * self.frame.picture
        return np.rint(result).clip(0, 255).astype(np.uint8)

    def drift(self, picture: NDArray[np.uint8], background: NDArray[np.bool_]) -> NDArray[np.float32]:
        """(3,) how much brighter each channel of the background is than the portrait's (median)."""
        difference = picture[background].astype(np.float32) - self.frame.picture[background].astype(np.float32)
        return np.asarray(np.median(difference, axis=0), np.float32)

    def person(self, pose: FramePoses) -> NDArray[np.float32]:
        """(H, W) 0..1 where the portrait's person stands, moved to, or has limbs, with room and a soft edge."""
        size = np.array([self.frame.width, self.frame.height])
        mask = self._moved(pose, size)
        thickness = max(2, round(2 * _ROOM * self._unit))
        for points in pose.body:
            places = np.rint(points[:, :2] * size).astype(int)
            for first, second in LIMBS:
                if min(points[first, 2], points[second, 2]) > 0:
                    cv2.line(mask, places[first].tolist(), places[second].tolist(), 255, thickness)
        for points in pose.hands.reshape(-1, 21, 3):
            if points[:, 2].max() > 0:
                seen = np.rint(points[points[:, 2] > 0, :2] * size).astype(int)
                for place in seen[::4]:
                    cv2.circle(mask, place.tolist(), max(2, round(0.5 * _HAND_ROOM * self._unit)), 255, -1)
        soft = cv2.GaussianBlur(mask, (0, 0), max(_SOFT * self._unit, 0.5))
        return np.asarray(soft, np.float32) / 255.0

    def _moved(self, pose: FramePoses, size: NDArray[np.int64]) -> NDArray[np.uint8]:
        """(H, W) 255 where the portrait's own person is, and where head and trunk went: hair is no part of a limb."""
        mask = self._standing.copy()
        if not len(pose.body):
            return mask
        own = self.frame.own_pose
        head, trunk = self._parts
        for part, before, now in (
            (head, facial_midpoint(own.body[0], own.face[0]), facial_midpoint(pose.body[0], pose.face[0])),
            (trunk, _middle(own, (NECK,)), _middle(pose, (NECK,))),
            (trunk, _middle(own, (RIGHT_HIP, LEFT_HIP)), _middle(pose, (RIGHT_HIP, LEFT_HIP))),
        ):
            if before is None or now is None:
                continue
            x, y = (now - before) * size
            shift = np.array([[1.0, 0.0, x], [0.0, 1.0, y]])
            moved = cv2.warpAffine(part, shift, (self.frame.width, self.frame.height), flags=cv2.INTER_NEAREST)
            mask = np.maximum(mask, moved.astype(np.uint8))
        return mask

    @cached_property
    def _parts(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """The standing person above and below the neck; all of it counts as both where the neck is not seen."""
        neck = _middle(self.frame.own_pose, (NECK,))
        head, trunk = self._standing.copy(), self._standing.copy()
        if neck is not None:
            row = int(np.clip(round(float(neck[1]) * self.frame.height), 0, self.frame.height))
            head[row:], trunk[:row] = 0, 0
        return head, trunk

    @cached_property
    def _unit(self) -> float:
        return self.frame.portrait.rig.eye_distance * self.frame.transform.scale_x

    @cached_property
    def _standing(self) -> NDArray[np.uint8]:
        """(H, W) 255 where the portrait's own person is, with room."""
        from core.cutout import cut_out

        portrait, t = self.frame.portrait, self.frame.transform
        alpha = cut_out(portrait).alpha
        matrix = np.array([[t.scale_x, 0.0, t.offset_x], [0.0, t.scale_y, t.offset_y]])
        placed = cv2.warpAffine(alpha, matrix, (self.frame.width, self.frame.height))
        radius = max(1, round(_ROOM * self._unit))
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
        return np.asarray(cv2.dilate((placed > 64).astype(np.uint8) * 255, kernel), np.uint8)


def _middle(pose: FramePoses, points: tuple[int, ...]) -> NDArray[np.float64] | None:
    """(2,) middle of body points of the first person in shares of the frame, None if one of them is not seen."""
    if not len(pose.body):
        return None
    body = pose.body[0, list(points)]
    return None if body[:, 2].min() <= 0 else np.asarray(body[:, :2].mean(axis=0), np.float64)
