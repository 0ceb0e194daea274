"""An arm that is drawn in one piece, bent at its joints: every part of it goes with the bone that it lies on.

So the portrait's own arm lies exactly on the bones of the made one, and neither shows beside the other while one fades
into the other. Meant for an arm near its own place; a strongly bent one is drawn in parts.
"""

import cv2
import numpy as np

from models.renderers.draft.compositing import Box, Image, bands, blend_over, united
from models.renderers.draft.geometry import Arm, Points, segment_distance
from models.renderers.draft.limbs import LimbLayer, smooth_ramp

STEP = 16
"""Frame pixels between two nodes of the grid that is interpolated."""

_NO_MAP = np.empty(0, np.float32)


def bone_matrix(start: Points, end: Points, start_now: Points, end_now: Points) -> Points:
    """(2, 3) matrix that carries a bone (2,), (2,) to its new place: stretched along it, across it as it is."""
    still, now = end - start, end_now - start_now
    length, length_now = max(float(np.hypot(*still)), 1e-6), float(np.hypot(*now))
    along, along_now = still / length, now / max(length_now, 1e-6)
    across, across_now = np.array([-along[1], along[0]]), np.array([-along_now[1], along_now[0]])
    stretch = float(np.clip(length_now / length, 0.12, 6.0))
    linear = stretch * np.outer(along_now, along) + np.outer(across_now, across)
    return np.column_stack([linear, start_now - linear @ start])


def draw_bent(frame: Image, limb: LimbLayer, arm: Arm, shoulder: Points, elbow: Points, wrist: Points) -> Box | None:
    """Draw a whole arm over a frame (H, W, 3) in place.

    Args:
        frame: where to.
        limb: the arm as the portrait shows it.
        arm: its joints there.
        shoulder: (2,) joint in the frame now.
        elbow: the same.
        wrist: the same.

    Returns:
        The part of the frame that was touched, None if the arm lies outside.
    """
    if len(limb.hull) == 0:
        return None
    upper = bone_matrix(arm.shoulder, arm.elbow, shoulder, elbow)
    lower = bone_matrix(arm.elbow, arm.wrist, elbow, wrist)
    corners = limb.hull + np.array([limb.left, limb.top], np.float64)
    landed = np.concatenate([corners @ matrix[:, :2].T + matrix[:, 2] for matrix in (upper, lower)])
    hull = cv2.convexHull(landed.astype(np.float32))[:, 0].astype(np.float64)
    size = (frame.shape[1], frame.shape[0])
    boxes = bands(hull, size)
    if not boxes:
        return None
    x0, y0 = min(box[0] for box in boxes), boxes[0][1]
    columns = -(-(max(box[2] for box in boxes) - x0) // STEP)
    rows = -(-(boxes[-1][3] - y0) // STEP)
    x, y = np.meshgrid(
        x0 + STEP * np.arange(-1, columns + 1) + (STEP - 1) / 2, y0 + STEP * np.arange(-1, rows + 1) + (STEP - 1) / 2
    )
    # What lies nearer to the forearm goes with it, and about the elbow a share of both.
    reach = 0.8 * arm.elbow_radius
    to_upper, to_lower = segment_distance(x, y, shoulder, elbow)[0], segment_distance(x, y, elbow, wrist)[0]
    share = smooth_ramp(to_upper - to_lower, -reach, reach)
    (ux, uy), (lx, ly) = _source(upper, x, y), _source(lower, x, y)
    grid = np.stack([ux + share * (lx - ux) - limb.left, uy + share * (ly - uy) - limb.top], axis=-1)
    full = cv2.resize(
        grid.astype(np.float32), ((columns + 2) * STEP, (rows + 2) * STEP), interpolation=cv2.INTER_LINEAR
    )
    touched: Box | None = None
    for box in boxes:
        left, top, right, bottom = box
        place = full[top - y0 + STEP : bottom - y0 + STEP, left - x0 + STEP : right - x0 + STEP]
        part = cv2.remap(
            limb.layer, place, _NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0,) * 4
        )
        blend_over(frame, np.asarray(part, np.uint8), left, top)
        touched = united(touched, box)
    return touched


def _source(matrix: Points, x: Points, y: Points) -> tuple[Points, Points]:
    """Where frame positions x, y come from under a (2, 3) matrix."""
    linear = np.linalg.inv(matrix[:, :2])
    dx, dy = x - matrix[0, 2], y - matrix[1, 2]
    return linear[0, 0] * dx + linear[0, 1] * dy, linear[1, 0] * dx + linear[1, 1] * dy
