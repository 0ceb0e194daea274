"""Bare forearms that point at the camera: little of them shows below the hand, and a cut by colour misses it.

What is left out of the person stays behind in the background as a piece of an arm when the arm goes.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from core.pose import LEFT_ELBOW, LEFT_SHOULDER, LEFT_WRIST, RIGHT_ELBOW, RIGHT_SHOULDER, RIGHT_WRIST
from core.rig import Rig

Mask = NDArray[np.bool_]

_SHORT: Final = 2.0  # eye distances from elbow to wrist up to which a forearm is looked for
_AROUND: Final = 1.0  # eye distances from the line elbow to wrist within which its flesh lies
_HUE: Final = 13.0  # largest distance in Lab's a and b from the hand's colours
_RIM: Final = 0.14  # eye distances around what was found
_DARKEST: Final = 0.2  # share of the hand's lightness that shaded flesh still has


def hidden_forearms(lab: NDArray[np.float32], found: Mask, rig: Rig, factor: float) -> Mask:
    """(H, W) bool, flesh of foreshortened forearms that the cut has missed.

    Args:
        lab: (H, W, 3) float32, the picture in OpenCV's 8-bit Lab.
        found: (H, W) bool, the person so far.
        rig: in pixels of the portrait.
        factor: pixels of the picture per pixel of the portrait.
    """
    result = np.zeros_like(found)
    if rig.sleeve == "long":
        return result
    d = rig.eye_distance * factor
    y, x = np.mgrid[0 : found.shape[0], 0 : found.shape[1]].astype(np.float32)
    for side, joints in ((0, (LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST)), (1, (RIGHT_SHOULDER, RIGHT_ELBOW, RIGHT_WRIST))):
        points = np.concatenate([rig.body[list(joints)], rig.hand_tips[side : side + 1]])
        if (points[:, 2] <= 0).any():
            continue
        shoulder, elbow, wrist, tip = points[:, :2] * factor
        if np.hypot(*(wrist - elbow)) > _SHORT * d:
            continue
        hand = found & (_distance(x, y, wrist + 0.2 * (tip - wrist), tip) < 0.25 * d)
        if hand.sum() < 20:
            continue
        middle = np.median(lab[hand], axis=0)
        # In shadow colours fade with the light: they are compared as they would be in the hand's.
        gain = middle[0] / np.maximum(lab[..., 0], 1.0)
        hue = np.hypot(
            (lab[..., 1] - 128.0) * gain - middle[1] + 128.0, (lab[..., 2] - 128.0) * gain - middle[2] + 128.0
        )
        alike = (hue < _HUE) & (lab[..., 0] > _DARKEST * middle[0])
        above = shoulder + 0.72 * (elbow - shoulder)
        spot = found & (np.hypot(x - above[0], y - above[1]) < 0.2 * d)
        if spot.any() and alike[spot].mean() > 0.5:
            continue  # a bare elbow: there the forearm is in plain sight
        middle_of_it = 0.5 * (elbow + wrist)
        near = (_distance(x, y, elbow, wrist) < _AROUND * d) & (y > middle_of_it[1] - 0.2 * d)
        flesh = near & ~found & alike
        flesh = cv2.morphologyEx(flesh.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
        flesh = _joined_to(flesh, found, 0.06 * d * d)
        # A round piece: what lies between the flesh and the hand is flesh too, in the deepest shadow.
        size = 2 * max(round(0.3 * d), 1) + 1
        body = np.pad((flesh | found).astype(np.uint8), size)
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        whole = cv2.morphologyEx(body, cv2.MORPH_CLOSE, kernel)[size:-size, size:-size]
        if flesh.any():
            arm = (whole > 0) & near & ~found & (cv2.dilate(flesh.astype(np.uint8), kernel) > 0)
            # Its own shadow and rim go with it.
            rim = 2 * max(round(_RIM * d), 1) + 1
            grown = cv2.dilate(arm.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (rim, rim))) > 0
            result |= grown & ~found
    return result


def _joined_to(parts: Mask, body: Mask, smallest: float) -> Mask:
    """Those parts that touch the body along a good length and are not crumbs."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(parts.astype(np.uint8))
    rim = cv2.dilate(body.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    result = np.zeros_like(parts)
    for index in range(1, count):
        part = labels == index
        area = float(stats[index, cv2.CC_STAT_AREA])
        if area >= smallest and (part & rim).sum() >= 0.8 * np.sqrt(area):
            result |= part
    return result


def _distance(x: NDArray[np.float32], y: NDArray[np.float32], a: NDArray[np.floating], b: NDArray[np.floating]
              ) -> NDArray[np.float32]:  # fmt: skip
    """Distance of pixels to the segment a-b."""
    dx, dy = float(b[0] - a[0]), float(b[1] - a[1])
    share = np.clip(((x - a[0]) * dx + (y - a[1]) * dy) / max(dx * dx + dy * dy, 1e-6), 0.0, 1.0)
    return np.asarray(np.hypot(x - a[0] - share * dx, y - a[1] - share * dy), np.float32)
