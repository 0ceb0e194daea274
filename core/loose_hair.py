"""Thin things beside the face that a cut by colour loses: strands of hair, earrings, the temples of glasses.

They are found as fine detail before a smooth backdrop that touches the person. Before a busy backdrop nothing is found,
because detail says nothing there. The cut itself is in `core.cutout`.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from core.matting import push_pull
from core.person_split import disc
from core.pose import LEFT_EYE, RIGHT_EYE
from core.rig import Rig

REACH: Final = 0.9
"""How far from the person, in eye distances, a thin thing may go on."""

LEAD: Final = 0.06
"""How far it goes on at least."""

_BUSY: Final = 2.4  # Lab levels by which an even backdrop differs from its own smooth continuation
_LOUD: Final = 12.0  # Lab levels at which one pixel is as busy as can be
_CLEAR: Final = 9.0  # Lab levels by which a thin thing stands out at least


def thin_parts(image: NDArray[np.uint8], alpha: NDArray[np.uint8], rig: Rig) -> NDArray[np.uint8]:
    """Alpha of thin things around the head that the cut has missed: (H, W) uint8, 0 where there are none.

    Args:
        image: (H, W, 3) uint8 RGB.
        alpha: (H, W) uint8, the cut so far.
        rig: in pixels of the image.
    """
    result = np.zeros_like(alpha)
    d = rig.eye_distance
    height, width = alpha.shape
    eyes = (rig.body[LEFT_EYE, :2] + rig.body[RIGHT_EYE, :2]) / 2
    bottom = float(eyes[1]) + 2.3 * d  # above the collar
    top, left, right = float(eyes[1]) - 0.6 * d, float(eyes[0]) - 3.5 * d, float(eyes[0]) + 3.5 * d
    y0, y1, x0, x1 = max(int(top), 0), min(int(bottom) + 1, height), max(int(left), 0), min(int(right) + 1, width)
    if y1 - y0 < 8 or x1 - x0 < 8:
        return result
    box = (slice(y0, y1), slice(x0, x1))
    person = alpha[box] > 100
    if not person.any() or person.all():
        return result
    away = cv2.distanceTransform((~person).astype(np.uint8), cv2.DIST_L2, 3)
    lab = cv2.cvtColor(np.ascontiguousarray(image[box]), cv2.COLOR_RGB2LAB).astype(np.float32)
    size = max(3, round(0.14 * d)) | 1
    # The median over more than a strand's width is the backdrop without it; the mixed rim of the person is left out.
    backdrop = push_pull(np.ascontiguousarray(image[box]), away > 0.06 * d)
    smooth = cv2.medianBlur(backdrop, min(2 * size + 1, 255))
    calm = cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB).astype(np.float32)
    detail = np.abs(lab - calm).max(axis=2)
    zone = (away > 0) & (away < REACH * d)
    # How busy the backdrop is nearby, told from further out than strands reach.
    ring = ((away > 0.6 * d) & (away < 1.6 * d)).astype(np.float32)
    spread = (2 * round(0.8 * d) + 1,) * 2
    amount = cv2.blur(ring, spread)
    # Bounded, or the strand itself would count as a busy backdrop.
    busy = cv2.blur(ring * np.minimum(detail, _LOUD), spread) / np.maximum(amount, 1e-4)
    zone &= (busy < _BUSY) & (amount > 1e-3)
    limit = np.maximum(_CLEAR, 4.0 * busy)
    found = zone & (detail > limit)
    # From the person outwards: what is not joined to it is the backdrop's own.
    joined = cv2.morphologyEx((found | person).astype(np.uint8), cv2.MORPH_CLOSE, disc(max(1, round(0.05 * d))))
    _, labels = cv2.connectedComponents(joined, connectivity=8)
    kept = np.isin(labels, np.unique(labels[person])) & found
    thick = cv2.morphologyEx(kept.astype(np.uint8), cv2.MORPH_OPEN, disc(max(2, round(0.13 * d)))) > 0
    kept &= ~(cv2.dilate(thick.astype(np.uint8), disc(max(2, round(0.13 * d)))) > 0)
    # The soft rim of the cut is no strand: one leads away from the person.
    # It hangs down or stands around: a level line is a shelf behind the person.
    _, labels, stats, _ = cv2.connectedComponentsWithStats(kept.astype(np.uint8), connectivity=8)
    leading = np.unique(labels[kept & (away > max(LEAD * d, 3.0))])
    upright = stats[:, cv2.CC_STAT_HEIGHT] > 0.8 * stats[:, cv2.CC_STAT_WIDTH]
    kept &= np.isin(labels, leading[(leading > 0) & upright[leading]])
    soft = np.clip((detail - 0.5 * limit) / limit, 0.0, 1.0) * (cv2.dilate(kept.astype(np.uint8), disc(1)) > 0)
    result[box] = np.rint(255.0 * soft).astype(np.uint8)
    return result
