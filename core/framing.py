"""Where a portrait lies inside a video frame of another size or shape: one transform for renderers and editor alike.

Geometry only. Filling what lies beside the picture is each renderer's own business.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.portrait import Portrait
from core.pose import LEFT_EYE, RIGHT_EYE

SIDE_MARGIN = 1.3
"""Room kept free at the left and right of the person, in eye distances."""

HEAD_MARGIN = 2.7
"""Room kept above the eyes (hair included), in eye distances."""


@dataclass(frozen=True)
class FrameTransform:
    """Maps portrait pixels to frame pixels: x_frame = x * scale_x + offset_x, pixel centres at integers.

    Attributes:
        scale_x, scale_y: frame pixels per portrait pixel; they differ only by the rounding of the scaled size.
        left, top: frame pixel of the scaled picture's first pixel; negative where the picture is cropped.
        scaled_width, scaled_height: size of the whole scaled picture in frame pixels.
        width, height: size of the frame.
    """

    scale_x: float
    scale_y: float
    left: int
    top: int
    scaled_width: int
    scaled_height: int
    width: int
    height: int

    @property
    def offset_x(self) -> float:
        """Frame x of portrait x = 0."""
        return self.left + 0.5 * self.scale_x - 0.5

    @property
    def offset_y(self) -> float:
        """Frame y of portrait y = 0."""
        return self.top + 0.5 * self.scale_y - 0.5

    def to_frame(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Map (..., 2) portrait points to frame points."""
        scale = np.array([self.scale_x, self.scale_y])
        mapped: NDArray[np.float64] = np.asarray(points, dtype=np.float64) * scale + [self.offset_x, self.offset_y]
        return mapped

    def to_portrait(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Map (..., 2) frame points to portrait points."""
        scale = np.array([self.scale_x, self.scale_y])
        mapped: NDArray[np.float64] = (np.asarray(points, dtype=np.float64) - [self.offset_x, self.offset_y]) / scale
        return mapped


def person_box(portrait: Portrait) -> tuple[float, float, float, float]:
    """Left, top, right and bottom in portrait pixels that a frame should show: every rig point and some room.

    The lower edge is the picture's own, because a person cut off there must stand on the frame's lower edge.
    """
    height, width = portrait.image.shape[:2]
    rig = portrait.rig
    points = np.concatenate([rig.body, rig.hand_tips])
    points = points[points[:, 2] > 0, :2]
    inside = (points[:, 0] > 0) & (points[:, 1] > 0) & (points[:, 0] < width) & (points[:, 1] < height)
    face_x, face_y, face_w, _ = (float(v) for v in rig.face_box)
    points = np.concatenate([points[inside], [[face_x, face_y], [face_x + face_w, face_y]]])
    room = SIDE_MARGIN * rig.eye_distance
    eyes = float(rig.body[[RIGHT_EYE, LEFT_EYE], 1].mean())
    left, right = float(points[:, 0].min()) - room, float(points[:, 0].max()) + room
    top = min(float(points[:, 1].min()), eyes - HEAD_MARGIN * rig.eye_distance)
    return max(left, 0.0), max(top, 0.0), min(right, float(width)), float(height)


def frame_transform(portrait: Portrait, width: int, height: int) -> FrameTransform:
    """Place the portrait in a frame of `width` x `height` pixels.

    The picture covers the frame where that cuts nothing of the person; otherwise it is made smaller until the person
    fits, down to where the whole picture fits. It keeps its lower edge on the frame's and its person in the middle.

    Raises:
        ValueError: if the frame is empty.
    """
    if width < 1 or height < 1:
        raise ValueError(f"a frame needs at least one pixel, not {width} x {height}; choose a larger output size")
    picture_h, picture_w = portrait.image.shape[:2]
    fit = min(width / picture_w, height / picture_h)
    cover = max(width / picture_w, height / picture_h)
    left, top, right, bottom = person_box(portrait)
    wanted = min(width / max(right - left, 1.0), height / max(bottom - top, 1.0))
    scale = min(max(wanted, fit), cover)
    scaled_w, scaled_h = max(1, round(picture_w * scale)), max(1, round(picture_h * scale))
    if scaled_w >= width:
        middle = 0.5 * (left + right) * scaled_w / picture_w
        x = round(min(max(middle - 0.5 * width, 0.0), float(scaled_w - width)))
    else:
        x = -((width - scaled_w) // 2)
    return FrameTransform(
        scale_x=scaled_w / picture_w, scale_y=scaled_h / picture_h, left=-x, top=height - scaled_h,
        scaled_width=scaled_w, scaled_height=scaled_h, width=width, height=height,
    )  # fmt: skip
