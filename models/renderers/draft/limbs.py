"""A limb's layer, what all made limbs are built with, and the arm as the portrait shows it.

The portrait's own arm is drawn while it is near its place; further away a made one is, of cloth (`sleeves`) and skin
(`bare_arms`). Pixel regions come from `regions`, drawing is in `puppet`.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from core.matting import push_pull
from models.renderers.draft.compositing import Image, outline, premultiply
from models.renderers.draft.geometry import Arm, Points, segment_distance
from models.renderers.draft.stage import Stage

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class LimbLayer:
    """A rigid or stretchable part.

    Attributes:
        layer: (h, w, 4) uint8 premultiplied, the portrait's pixels.
        left, top: frame pixel of the layer's first pixel.
        start, end: (2,) joints in frame pixels in the still portrait.
        invented: (h, w, 4) uint8 premultiplied with the limb along +x, drawn instead of `layer`; or None.
        invented_length: pixels from start to end joint in `invented`.
        invented_origin: (2,) start joint in `invented`.
    """

    layer: Image
    left: int
    top: int
    start: Points
    end: Points
    invented: Image | None = None
    invented_length: float = 1.0
    invented_origin: tuple[float, float] = (0.0, 0.0)

    @cached_property
    def hull(self) -> Points:
        """`compositing.outline` of `layer`."""
        return outline(self.layer)

    @cached_property
    def invented_hull(self) -> Points:
        """`compositing.outline` of `invented`."""
        return np.zeros((0, 2)) if self.invented is None else outline(self.invented)


def smooth_ramp(value: NDArray[np.floating], start: float, end: float) -> Floats:
    """0 up to `start`, 1 from `end` on, smooth in between; `end` may be the smaller one."""
    share = np.clip((value - start) / (end - start), 0.0, 1.0)
    return (share * share * (3.0 - 2.0 * share)).astype(np.float32)


def along_and_across(x: Points, y: Points, a: Points, b: Points) -> tuple[Points, Points]:
    """Pixels along a-b from a, and across it, positive to the left of its direction as seen in the picture."""
    axis = (b - a) / max(float(np.hypot(*(b - a))), 1e-6)
    dx, dy = x - float(a[0]), y - float(a[1])
    return dx * float(axis[0]) + dy * float(axis[1]), dx * float(axis[1]) - dy * float(axis[0])


def whole_arm(stage: Stage, mask: Mask, torso: Mask, arm: Arm, overlap: int, hand: LimbLayer) -> LimbLayer:
    """The arm as the portrait shows it, growing a little into its neighbours so that no seam shows at rest.

    The hand has a layer of its own over it: its place is filled where the arm goes on behind, and empty elsewhere.

    Args:
        stage: picture and person.
        mask: (H, W) bool, everything that goes with the arm.
        torso: (H, W) bool, what the body sheet shows.
        arm: measured.
        overlap: pixels by which the layer lies over its neighbours.
        hand: the hand's layer in its own place.
    """
    rows, columns = np.nonzero(mask)
    if len(rows) == 0:
        return LimbLayer(np.zeros((1, 1, 4), np.uint8), int(arm.wrist[0]), int(arm.wrist[1]), arm.shoulder, arm.wrist)
    pad = overlap + 6
    y0, y1 = max(int(rows.min()) - pad, 0), min(int(rows.max()) + pad + 1, mask.shape[0])
    x0, x1 = max(int(columns.min()) - pad, 0), min(int(columns.max()) + pad + 1, mask.shape[1])
    box = (slice(y0, y1), slice(x0, x1))
    # Towards the background the person's alpha is the edge; over its neighbours the layer fades.
    away = np.asarray(cv2.distanceTransform((~mask[box]).astype(np.uint8), cv2.DIST_L2, 3), np.float32)
    alpha = stage.alpha[box] * smooth_ramp(away, float(overlap), 0.4 * overlap)
    covered = np.zeros(mask.shape, np.uint8)
    part = hand.layer[..., 3]
    covered[hand.top : hand.top + part.shape[0], hand.left : hand.left + part.shape[1]] = part
    inside = cv2.dilate((covered[box] > 250).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    behind = segment_distance(x, y, arm.shoulder, arm.elbow)[0] < 0.9 * arm.upper_radius
    behind |= segment_distance(x, y, arm.elbow, arm.wrist)[0] < 0.8 * arm.elbow_radius
    colours = stage.person[box]
    shown = mask[box] & ~(cv2.dilate((covered[box] > 8).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0)
    behind |= _closed(shown | torso[box], 2.6 * arm.upper_radius)
    if shown.any():
        colours = np.where(inside[..., None], push_pull(colours, shown & (stage.alpha[box] > 0.9)), colours)
    alpha = np.where(inside & ~behind, 0.0, alpha)
    return LimbLayer(premultiply(colours, alpha), x0, y0, arm.shoulder, arm.wrist)


def mirrored_detail(image: Image, known: Mask) -> Floats:
    """(h, w, 3) grain and small folds for unknown pixels: those of the known pixels that lie mirrored at the border."""
    height, width = known.shape
    _, labels = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(known)
    nearest = np.zeros(int(labels.max()) + 1, np.int64)
    nearest[labels[rows, columns]] = np.arange(len(rows))
    y, x = np.mgrid[0:height, 0:width]
    near_y, near_x = rows[nearest[labels]], columns[nearest[labels]]
    mirror_y, mirror_x = np.clip(2 * near_y - y, 0, height - 1), np.clip(2 * near_x - x, 0, width - 1)
    weight = known.astype(np.float32)
    sigma = 6.0
    spread = np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma), 1e-3)[..., None]
    mean = cv2.GaussianBlur(image * weight[..., None], (0, 0), sigma) / spread
    detail = np.clip(image - mean, -14.0, 14.0) * weight[..., None]
    return np.asarray(detail[mirror_y, mirror_x], np.float32)


def frame_box(shape: tuple[int, ...], points: tuple[Points, ...], room: float
         ) -> tuple[tuple[slice, slice], Points, Points]:  # fmt: skip
    """The part of the frame around some points, and the x and y of its pixels."""
    low = np.floor(np.min(points, axis=0) - room).astype(int)
    high = np.ceil(np.max(points, axis=0) + room).astype(int) + 1
    x0, y0 = np.clip(low, 0, (shape[1] - 1, shape[0] - 1))
    x1, y1 = max(min(int(high[0]), shape[1]), int(x0) + 1), max(min(int(high[1]), shape[0]), int(y0) + 1)
    y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    return (slice(int(y0), y1), slice(int(x0), x1)), x, y


def _closed(mask: Mask, radius: float) -> Mask:
    """The mask with its bays up to twice the radius filled; coarse, but quick for large radii."""
    height, width = mask.shape
    step = max(1, round(radius / 8.0))
    size = (max(1, width // step), max(1, height // step))
    small = cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) > 127
    reach = max(1, round(radius / step))
    padded = np.pad(small.astype(np.uint8), reach + 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel)[reach + 1 : -reach - 1, reach + 1 : -reach - 1]
    return np.asarray(cv2.resize(closed * 255, (width, height), interpolation=cv2.INTER_LINEAR) > 127)
