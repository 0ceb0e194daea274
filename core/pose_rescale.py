"""Fitting the poses of a driving video to the person of a reference picture, as MimicMotion does before drawing.

One scale and one shift for the whole video; limb lengths are not adapted. See `models.translator` for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.constants import CONFIDENCE_THRESHOLD
from core.draw import Floats, FramePoses

FITTED_POINTS: Final = (0, 1, 2, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17)
"""Body points that enter the fit: all but elbows and wrists, which gestures move."""


@dataclass(frozen=True)
class Rescaling:
    """New = old * scale + shift, in shares of the picture's width (x) and height (y)."""

    scale_x: float
    scale_y: float
    shift_x: float
    shift_y: float

    def apply(self, poses: FramePoses) -> FramePoses:
        """Move every point of every person; confidences stay."""
        scale = np.array([self.scale_x, self.scale_y, 1.0])
        shift = np.array([self.shift_x, self.shift_y, 0.0])
        return FramePoses(poses.body * scale + shift, poses.face * scale + shift, poses.hands * scale + shift)


def fit_rescaling(
    reference: FramePoses,
    frames: Sequence[FramePoses],
    reference_size: tuple[int, int],
    video_size: tuple[int, int],
) -> Rescaling:
    """The rescaling that brings the driving frames to the reference's person.

    Height and vertical place come from a least-squares line over all frames that show exactly one person; the
    horizontal scale follows so that nobody is stretched.

    Args:
        reference: pose of the reference picture; its first person counts.
        frames: poses of the driving video.
        reference_size: width, height in pixels.
        video_size: width, height in pixels.

    Raises:
        ValueError: no frame shows exactly one person, or the reference shows none of the fitted points.
    """
    single = [frame.body[0] for frame in frames if len(frame.body) == 1]
    if not single:
        raise ValueError("No frame of the driving video shows exactly one person, so it cannot be fitted.")
    if not len(reference.body):
        raise ValueError("The reference picture shows no person to fit the driving video to.")
    target = reference.body[0]
    points = [index for index in FITTED_POINTS if target[index, 2] > CONFIDENCE_THRESHOLD]
    if not points:
        raise ValueError("The reference picture shows no head, trunk or leg to fit the driving video to.")
    driving = np.stack([body[points, :2] for body in single])
    wanted = np.broadcast_to(target[points, :2], driving.shape)
    scale_y, shift_y = _line(driving[..., 1].ravel(), wanted[..., 1].ravel())
    (reference_width, reference_height), (video_width, video_height) = reference_size, video_size
    scale_x = scale_y * (video_width / video_height) * (reference_height / reference_width)
    shift_x = float((wanted[..., 0] - scale_x * driving[..., 0]).mean())
    return Rescaling(scale_x, scale_y, shift_x, shift_y)


def rescale_to_reference(
    reference: FramePoses,
    frames: Sequence[FramePoses],
    reference_size: tuple[int, int],
    video_size: tuple[int, int],
) -> list[FramePoses]:
    """All frames, every person in them, fitted to the reference; see `fit_rescaling`."""
    fit = fit_rescaling(reference, frames, reference_size, video_size)
    return [fit.apply(frame) for frame in frames]


def _line(x: Floats, y: Floats) -> tuple[float, float]:
    """Slope and offset of the least-squares line; a single height in x gives slope 1."""
    centred = x - x.mean()
    spread = float((centred**2).sum())
    slope = float((centred * (y - y.mean())).sum()) / spread if spread > 1e-12 else 1.0
    return slope, float(y.mean() - slope * x.mean())
