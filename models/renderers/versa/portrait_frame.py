"""What the networks see of a job: the portrait as a frame, and the poses drawn at the network's size.

Geometry only: which drawing is used (`full` or `composite`) is the checkpoint's choice.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from core.draw import FramePoses, HeadMask, draw_composite, draw_pose, facial_midpoint
from core.framing import FrameTransform, frame_transform
from core.portrait import Portrait
from core.pose import LEFT_WRIST, RIGHT_WRIST, PoseSequence
from core.pose_time import pose_at
from core.rig import Rig
from models.face_template import fit_face
from models.neutral import NEUTRAL_HANDS
from models.renderers.base import RenderJob
from models.renderers.versa.checkpoint_config import PoseInput
from models.renderers.versa.settings import CELL

GRID: Final = 64
"""The networks' sizes are multiples of this: the latent cell and three halvings in the U-Net."""

_MIDDLE_TIP: Final = 12
_MASK_SOFTNESS: Final = 0.5
"""Width of the face mask's soft edge, in half axes of the head mask."""


def network_size(width: int, height: int, short_side: int) -> tuple[int, int]:
    """Width and height that the networks work at: the video's shape, its short side near `short_side`, on the grid."""
    scale = short_side / min(width, height)
    return (
        max(GRID, round(width * scale / GRID) * GRID),
        max(GRID, round(height * scale / GRID) * GRID),
    )


@dataclass(frozen=True, eq=False)
class PortraitFrame:
    """A portrait inside frames of the network's size.

    Attributes:
        portrait: picture and rig.
        width, height: of the frames in pixels, multiples of `GRID`.
        pose_input: which drawing PoseNet gets.
        found: the portrait's pose as an estimator found it, in shares of the portrait; None takes the rig's.
    """

    portrait: Portrait
    width: int
    height: int
    pose_input: PoseInput
    found: FramePoses | None = None

    @classmethod
    def of(
        cls, job: RenderJob, short_side: int, pose_input: PoseInput, found: FramePoses | None = None
    ) -> "PortraitFrame":
        """The frame of a job."""
        width, height = network_size(job.width, job.height, short_side)
        return cls(job.portrait, width, height, pose_input, found)

    @cached_property
    def transform(self) -> FrameTransform:
        """From portrait pixels to frame pixels."""
        return frame_transform(self.portrait, self.width, self.height)

    @cached_property
    def picture(self) -> NDArray[np.uint8]:
        """(height, width, 3) uint8 RGB: the portrait, its edges drawn out where the frame is larger."""
        t = self.transform
        scaled = cv2.resize(
            self.portrait.image, (t.scaled_width, t.scaled_height),
            interpolation=cv2.INTER_AREA if t.scale_x < 1.0 else cv2.INTER_CUBIC,
        )  # fmt: skip
        matrix = np.array([[1.0, 0.0, t.left], [0.0, 1.0, t.top]])
        placed = cv2.warpAffine(
            scaled, matrix, (self.width, self.height), flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(placed, np.uint8)

    def in_frame(self, poses: FramePoses) -> FramePoses:
        """Poses in shares of the portrait to poses in shares of the frame."""
        t, image = self.transform, self.portrait.image
        height, width = image.shape[:2]
        scale = np.array([width * t.scale_x / self.width, height * t.scale_y / self.height, 1.0])
        shift = np.array([t.offset_x / self.width, t.offset_y / self.height, 0.0])
        return FramePoses(poses.body * scale + shift, poses.face * scale + shift, poses.hands * scale + shift)

    @cached_property
    def own_pose(self) -> FramePoses:
        """The pose that the portrait itself shows, in shares of the frame."""
        if self.found is not None:
            return self.in_frame(self.found)
        return self.in_frame(rig_pose(self.portrait.rig, self.portrait.width, self.portrait.height))

    def pose(self, poses: PoseSequence, time: float) -> FramePoses:
        """The pose of a sequence at a time, in shares of the frame."""
        return self.in_frame(pose_at(poses, time))

    @cached_property
    def head_mask(self) -> HeadMask:
        """Size of the head mask in shares of the frame."""
        mask = HeadMask.for_rig(self.portrait.rig, self.portrait.width, self.portrait.height)
        t = self.transform
        return HeadMask(mask.half_width * t.scaled_width / self.width, mask.half_height * t.scaled_height / self.height)

    def draw(self, poses: list[FramePoses]) -> torch.Tensor:
        """(N, 3, H, W) drawings in -1..1, as PoseNet wants them."""
        drawn = np.empty((len(poses), self.height, self.width, 3), np.uint8)
        for place, pose in enumerate(poses):
            if self.pose_input == "composite":
                drawn[place] = draw_composite(pose, self.head_mask, self.height, self.width)
            else:
                drawn[place] = draw_pose(pose, self.height, self.width)
        return torch.from_numpy(drawn).permute(0, 3, 1, 2).float() / 127.5 - 1.0

    def face_masks(self, poses: list[FramePoses]) -> torch.Tensor:
        """(N, h, w) soft masks of the face in latent cells, 0..1; zeros where no face is seen."""
        return soft_face_masks(poses, self.head_mask, self.height // CELL, self.width // CELL)


def rig_pose(rig: Rig, width: int, height: int) -> FramePoses:
    """The pose that a rig of a picture of that size shows, in shares of the picture; the hands hang relaxed."""
    size = np.array([width, height, 1.0])
    face = np.ones((68, 3))
    face[:, :2] = fit_face(rig)[:, :2]
    hands = np.stack([_hand(rig.body[wrist], rig.hand_tips[side], side)
                      for side, wrist in enumerate((LEFT_WRIST, RIGHT_WRIST))])  # fmt: skip
    return FramePoses(rig.body[None] / size, face[None] / size, hands[None] / size)


def soft_face_masks(poses: list[FramePoses], head: HeadMask, rows: int, columns: int) -> torch.Tensor:
    """(N, rows, columns) soft masks of the face, 0..1, about the first person's; zeros where no face is seen."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float64)
    x, y = (x + 0.5) / columns, (y + 0.5) / rows
    masks = np.zeros((len(poses), rows, columns), np.float32)
    for place, pose in enumerate(poses):
        middle = facial_midpoint(pose.body[0], pose.face[0]) if len(pose.body) else None
        if middle is not None:
            radius = np.hypot((x - middle[0]) / head.half_width, (y - middle[1]) / head.half_height)
            inner = np.clip((1.0 + _MASK_SOFTNESS - radius) / _MASK_SOFTNESS, 0.0, 1.0)
            masks[place] = inner * inner * (3.0 - 2.0 * inner)
    return torch.from_numpy(masks)


def _hand(wrist: NDArray[np.float32], tip: NDArray[np.float32], side: int) -> NDArray[np.float64]:
    """(21, 3) the relaxed hand turned and scaled to lie from a wrist to a finger tip; confidence 0 if one is unseen."""
    points = np.zeros((21, 3))
    neutral = NEUTRAL_HANDS[side][:, :2] * (1.0, -1.0)  # y down
    flat = neutral[:, 0] + 1j * neutral[:, 1]
    turn = complex(tip[0] - wrist[0], tip[1] - wrist[1]) / flat[_MIDDLE_TIP]
    placed = complex(wrist[0], wrist[1]) + flat * turn
    points[:, 0], points[:, 1] = placed.real, placed.imag
    points[:, 2] = min(float(wrist[2]), float(tip[2]))
    return points if math.isfinite(turn.real) else np.zeros((21, 3))
