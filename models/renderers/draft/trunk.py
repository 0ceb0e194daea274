"""Head, trunk and shoulders of the still portrait as one mask: where they end behind the arms and beside them.

The limbs' own pixels are `regions`' business.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.pose import NECK
from models.renderers.draft.geometry import Arm, Geometry, Points, segment_distance

Mask = NDArray[np.bool_]

SOFT_EDGE = 4
"""Pixels by which a soft edge may reach beyond what is solid."""


def find_trunk(person: Mask, alpha: NDArray[np.float32], geometry: Geometry, arms: list[Arm], x: Points, y: Points
               ) -> Mask:  # fmt: skip
    """Head, trunk and shoulders: the person without what lies beyond the trunk's side lines."""
    # Soft edges do not count: in a slit between arm and trunk there may be nothing else.
    solid = alpha > 0.5
    height = person.shape[0]
    rows = np.arange(height, dtype=np.float64)
    torso = person.copy()
    free = solid.copy()
    for arm in arms:
        distance, along = segment_distance(x, y, arm.shoulder, arm.elbow)
        free &= ~((distance < 0.9 * arm.upper_radius) & (along > 0.2))
        free &= segment_distance(x, y, arm.elbow, arm.wrist)[0] > 0.9 * arm.elbow_radius
        free &= segment_distance(x, y, arm.wrist, arm.tip)[0] > 0.6 * geometry.body_unit
    unit = geometry.body_unit
    middle = float(geometry.joints[NECK, 0])
    for arm in arms:
        armpit = arm.shoulder[1] + 0.75 * unit
        half = abs(arm.shoulder[0] - middle)
        reach, open_side = _side(free, solid, middle, arm.outward)
        # Rows whose side meets the background show the trunk's outline; an arm hides it elsewhere.
        known = open_side & (rows > armpit + unit) & (reach > 0.5 * half) & (reach < half + 0.6 * unit)
        known &= _long_runs(known, 0.3 * unit)
        reach = _without_elbow(reach, known, 1.1 * unit)
        foot = max(armpit + 2.0 * unit, min(float(geometry.pivot[1]), float(height - 1)))
        bottom = float(np.median(reach[known])) if known.sum() > 0.2 * unit else 0.88 * half
        limit = np.interp(rows, [armpit, foot], [half - 0.05 * unit, bottom])
        # Beside the upper arm the trunk ends where the arm begins.
        share = np.clip((rows - arm.shoulder[1]) / max(float(arm.elbow[1] - arm.shoulder[1]), 1.0), 0.0, 1.0)
        axis = abs(arm.shoulder[0] - middle) + share * (arm.elbow[0] - arm.shoulder[0]) * arm.outward
        # Under a sleeve it goes on a little, or a slit would open at the first movement.
        bare = np.interp(
            share, np.linspace(0.0, 1.0, len(arm.inner_profile)), arm.inner_profile < 0.95 * arm.upper_profile
        )
        inner = np.maximum(axis - (0.65 + 0.3 * bare) * arm.inner_width(share), 0.5 * half)
        beside = np.clip((rows - armpit) / (1.5 * unit), 0.0, 1.0)
        limit = np.minimum(limit, limit * (1.0 - beside) + inner * beside)
        # Where the portrait shows the trunk's outline further down, its side runs there straight from the armpit.
        sure = known | (rows < armpit) if known.any() else rows < max(armpit, float(arm.elbow[1]))
        edge = reach + _soft_edge(alpha, middle, arm.outward, reach)
        limit = np.where(known, edge, limit)
        # Between the elbow and the first row that shows the outline, and below the last one, a straight line.
        sure[-1] = True
        limit[-1] = limit[-1] if known[-1] else (reach[known][-1] if known.any() else bottom)
        limit = np.interp(rows, rows[sure], limit[sure])
        limit = cv2.GaussianBlur(limit[:, None], (0, 0), 0.2 * unit, borderType=cv2.BORDER_REPLICATE)[:, 0]
        # The shoulder is round about its joint, as is the root of the arm that turns there: no flap, no gap.
        round_shoulder = _shoulder_radius(arm)
        below = rows - float(arm.shoulder[1])
        arch = abs(float(arm.shoulder[0]) - middle) + np.sqrt(np.maximum(round_shoulder**2 - below**2, 0.0))
        limit = np.where(below < 0.0, half + round_shoulder, np.where(below < round_shoulder, arch, limit)) + 1.0
        # Where the background already parts arm and trunk the trunk ends for sure.
        parted = open_side & (rows > arm.shoulder[1] + 1.1 * unit) & (reach > 0.5 * half) & (reach < half + 0.6 * unit)
        limit = np.where(parted, np.minimum(limit, edge), limit)
        if parted.sum() > 0.2 * unit:
            # From the shoulder the trunk's side runs straight to where it is clear of the armpit, or a shred of the
            # arm would hang there.
            first = int(np.flatnonzero(parted)[0])
            rest = parted & (rows >= first + 0.5 * unit) & (rows < first + 1.5 * unit)
            foot = int(np.flatnonzero(rest)[0]) if rest.any() else first
            top = float(arm.shoulder[1]) + 0.9 * round_shoulder
            straight = np.interp(rows, [top, max(foot, top + 1.0)], [half, reach[foot]])
            limit = np.where((rows > top) & (rows < foot), np.minimum(limit, straight), limit)
        low = (rows > arm.shoulder[1] + 1.2 * round_shoulder) & ~known
        even = cv2.GaussianBlur(limit[:, None], (0, 0), 0.06 * unit, borderType=cv2.BORDER_REPLICATE)[:, 0]
        limit = np.where(low, np.minimum(even, limit + 1.0), limit)
        beyond = (x - middle) * arm.outward > limit[:, None]
        torso &= ~(beyond & (y > arm.shoulder[1] - 0.6 * arm.upper_radius))
        torso |= person & (np.hypot(x - arm.shoulder[0], y - arm.shoulder[1]) < _shoulder_radius(arm))
    return torso


def _shoulder_radius(arm: Arm) -> float:
    return 0.6 * min(arm.upper_radius, float(arm.upper_profile[0]))


def _without_elbow(reach: Points, known: Mask, length: float) -> Points:
    """How far the trunk reaches per row, without the elbow that hides the first of the rows that show its outline.

    Within `length` rows below the first one the trunk is no wider than it is seen a little further down.
    """
    rows = np.flatnonzero(known)
    if len(rows) == 0:
        return reach
    result = reach.copy()
    starts = rows[np.concatenate([[True], np.diff(rows) > 1])]
    for start in starts:
        end = min(start + max(round(length), 1), len(reach))
        here = np.arange(start, end)[known[start:end]]
        result[here] = np.minimum.accumulate(reach[here][::-1])[::-1]
    return result


def _long_runs(rows: Mask, length: float) -> Mask:
    """Rows that belong to an unbroken run of at least `length`: a single row between fingers is no outline."""
    kernel = np.ones((max(1, round(length)), 1), np.uint8)
    return cv2.morphologyEx(rows.astype(np.uint8)[:, None], cv2.MORPH_OPEN, kernel)[:, 0] > 0


def _side(free: Mask, person: Mask, middle: float, outward: float) -> tuple[Points, Mask]:
    """Per row how far the trunk reaches to one side, and whether background (not an arm) ends it."""
    start = int(np.clip(round(middle), 0, free.shape[1] - 1))
    side = free[:, start:] if outward > 0 else free[:, start::-1]
    whole = person[:, start:] if outward > 0 else person[:, start::-1]
    reach = np.where(side.all(axis=1), side.shape[1], np.argmin(side, axis=1))
    last = np.minimum(reach, side.shape[1] - 1)
    # A slit of a pixel or two says nothing sure: there the side is drawn straight, or it would be ragged.
    beyond = np.minimum(last[:, None] + np.arange(SOFT_EDGE + 2), side.shape[1] - 1)
    ended = ~whole[np.arange(len(whole))[:, None], beyond].any(axis=1)
    return reach.astype(np.float64), ended


def _soft_edge(alpha: NDArray[np.float32], middle: float, outward: float, reach: Points) -> Points:
    """Pixels per row from the trunk's solid side to where it is clearest: beyond, in a slit, the arm begins."""
    columns = np.rint(middle + outward * (reach[:, None] + np.arange(SOFT_EDGE + 1))).astype(int)
    row = np.arange(len(alpha))[:, None]
    return np.argmin(alpha[row, np.clip(columns, 0, alpha.shape[1] - 1)], axis=1).astype(np.float64)
