"""Keeps gesturing hands inside the picture by bending the arm, as people do before a camera.

A hand waved over the head of a half-length portrait would be out of the picture: the elbow sinks to the side instead,
while forearm and hand keep their direction, so the wave stays a wave. Used by `models.retarget` only.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from models.portrait_fit import ARMS, PortraitBody
from models.projection import Array, carry, project, smoothstep, unit

_SHARES: Final = np.linspace(0.0, 1.0, 17)
_HAND_POINTS: Final = (0, 4, 8, 12, 16, 20)
_MARGIN: Final = 0.02


def keep_hands_in_picture(body: PortraitBody, weight: Array, points: Array, hands: Array) -> Array:
    """Bend gesturing arms so that elbow, wrist and fingers stay in the picture; changes `points` and `hands` in place.

    First the upper arm turns down as far as needed for the top and the sides, then the forearm turns towards the
    camera as far as the knuckles need it for the bottom and the sides. Lengths stay.

    Args:
        body: the puppet.
        weight: (T, 2) share of the motion in each arm; arms at rest are left alone.
        points: (T, 18, 3) body before the camera.
        hands: (T, 2, 21, 3) hands before the camera.

    Returns:
        (T, 2) share 0..1 of the turns that were needed.
    """
    size = np.array([body.width, body.height], dtype=np.float64)
    margin = _MARGIN * float(size.min())
    held = np.zeros(weight.shape)
    for side in range(2):
        shoulder, elbow, wrist = ARMS[side]
        active = smoothstep(0.0, 0.6, weight[:, side])
        upper = points[:, elbow] - points[:, shoulder]
        down = np.array([0.22 if side == 0 else -0.22, -0.95, 0.2])
        rest_of_arm = np.concatenate(
            [points[:, None, elbow], points[:, None, wrist], hands[:, side, list(_HAND_POINTS)]], axis=1
        )
        rest_of_arm = rest_of_arm - points[:, None, elbow]

        def beyond_top_and_sides(
            direction: Array, start: Array = points[:, shoulder], length: float = body.arm_lengths[side, 0],
            arm: Array = rest_of_arm,
        ) -> Array:  # fmt: skip
            flat = project((start + direction * length)[:, None] + arm, body.centre, body.camera_distance)
            over = np.maximum(margin - flat[..., 0], flat[..., 0] - (size[0] - margin))
            return np.maximum(over, margin - flat[..., 1]).max(axis=1)

        share = _needed(unit(upper), unit(down), beyond_top_and_sides) * active
        direction = _turned(unit(upper), unit(down), share)
        shift = points[:, shoulder] + direction * body.arm_lengths[side, 0] - points[:, elbow]
        points[:, elbow] += shift
        points[:, wrist] += shift
        hands[:, side] += shift[:, None]

        fore = points[:, wrist] - points[:, elbow]
        hand = hands[:, side] - points[:, None, wrist]
        ahead = np.array([0.0, 0.05, 1.0])
        half_hand = hand[:, 9]

        def beyond_bottom_and_sides(
            direction: Array, start: Array = points[:, elbow], length: float = body.arm_lengths[side, 1],
            old: Array = fore, palm: Array = half_hand,
        ) -> Array:  # fmt: skip
            end = start + direction * length
            knuckles = end + carry(palm[:, None], unit(old), direction)[:, 0]
            flat = project(np.stack([end, knuckles], axis=1), body.centre, body.camera_distance)
            over = np.maximum(margin - flat[..., 0], flat[..., 0] - (size[0] - margin))
            return np.maximum(over, flat[..., 1] - (size[1] - margin)).max(axis=1)

        lower_share = _needed(unit(fore), unit(ahead), beyond_bottom_and_sides, most=0.8) * active
        direction = _turned(unit(fore), unit(ahead), lower_share)
        hands[:, side] = carry(hand, unit(fore), direction)
        points[:, wrist] = points[:, elbow] + direction * body.arm_lengths[side, 1]
        hands[:, side] += points[:, None, wrist]
        held[:, side] = np.maximum(share, lower_share)
    return held


def _turned(start: Array, end: Array, share: Array) -> Array:
    """Directions turned by a share of the way from `start` (T, 3) to `end` (3,), along the great circle."""
    cosine = np.clip(start @ end, -0.9999, 0.9999)
    angle = np.arccos(cosine)
    a, b = np.sin((1.0 - share) * angle), np.sin(share * angle)
    return unit(a[:, None] * start + b[:, None] * end)


def _needed(start: Array, end: Array, beyond: Callable[[Array], Array], most: float = 1.0) -> Array:
    """(T,) smallest share of the turn for which `beyond` (pixels past the edge) is not positive, smooth over time."""
    shares = _SHARES * most
    over = np.stack([beyond(_turned(start, end, np.full(len(start), s))) for s in shares])
    fits = over <= 0.0
    first = np.where(fits.any(axis=0), fits.argmax(axis=0), np.argmin(over, axis=0))
    before = np.maximum(first - 1, 0)
    frame = np.arange(over.shape[1])
    gap = over[before, frame] - over[first, frame]
    part = np.where(gap > 1e-9, np.clip(over[before, frame] / np.maximum(gap, 1e-9), 0.0, 1.0), 1.0)
    result = np.where(first == 0, 0.0, shares[before] + (shares[first] - shares[before]) * part)
    result = maximum_filter1d(result, 5, mode="nearest")
    return gaussian_filter1d(result, 1.5, mode="nearest", truncate=3.0)
