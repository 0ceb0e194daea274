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
_JUDGED: Final = (0, 9, 4, 8, 12, 16, 20)
_KNUCKLES: Final = 2
"""Hand points that must be in the picture: wrist and middle knuckle first, then the fingertips."""

_MARGIN: Final = 0.02

# In parts of the picture's size: what a full turn costs, and how sharply the cheapest turn is preferred.
_TURN_COST: Final = 0.06
_SHARPNESS: Final = 0.008


def keep_hands_in_picture(body: PortraitBody, weight: Array, points: Array, hands: Array) -> Array:
    """Bend gesturing arms so that wrist and fingers stay in the picture; changes `points` and `hands` in place.

    First the upper arm turns down, then a raised forearm upright and a lowered one towards the camera, each as far
    as the hand needs it. Lengths stay.

    Args:
        body: the puppet.
        weight: (T, 2) share of the motion in each arm; arms at rest are left alone.
        points: (T, 18, 3) body before the camera.
        hands: (T, 2, 21, 3) hands before the camera.

    Returns:
        (T, 2) share 0..1 of the turns that were needed.
    """
    held = np.zeros(weight.shape)
    for side in range(2):
        shoulder, elbow, wrist = ARMS[side]
        upper_length, fore_length = body.arm_lengths[side]
        active = smoothstep(0.0, 0.6, weight[:, side])
        down = unit(np.array([0.22 if side == 0 else -0.22, -0.95, 0.2]))
        upper = unit(points[:, elbow] - points[:, shoulder])
        from_elbow = hands[:, side, list(_JUDGED)] - points[:, None, elbow]
        root = points[:, shoulder].copy()

        def upper_cost(
            direction: Array, root: Array = root, length: float = upper_length, hand: Array = from_elbow
        ) -> Array:
            end = root + direction * length
            return _excess(body, end[:, None] + hand, tips=0.25) + 0.3 * _beyond(body, end[:, None], bottom=False)

        share = active * _needed(upper, down, upper_cost)
        shift = root + _turned(upper, down, share) * upper_length - points[:, elbow]
        points[:, [elbow, wrist]] += shift[:, None]
        hands[:, side] += shift[:, None]

        fore = unit(points[:, wrist] - points[:, elbow])
        up = _slow(smoothstep(0.0, 0.8, fore[:, 1]))[:, None]
        ahead = unit((1.0 - up) * np.array([0.0, 0.05, 1.0]) + up * np.array([0.0, 0.95, 0.3]))
        hand = hands[:, side] - points[:, None, wrist]
        judged, bend = hand[:, list(_JUDGED)], points[:, elbow].copy()

        def fore_cost(
            direction: Array, root: Array = bend, length: float = fore_length, old: Array = fore, hand: Array = judged
        ) -> Array:
            return _excess(body, (root + direction * length)[:, None] + carry(hand, old, direction), tips=0.5)

        fore_share = active * _needed(fore, ahead, fore_cost, most=0.8)
        direction = _turned(fore, ahead, fore_share)
        points[:, wrist] = bend + direction * fore_length
        hands[:, side] = carry(hand, fore, direction) + points[:, None, wrist]
        held[:, side] = np.maximum(share, fore_share)
    return held


def _excess(body: PortraitBody, hand: Array, *, tips: float) -> Array:
    """(T,) how far wrist and knuckle and, counting less, fingertips lie beyond the picture, in parts of its size."""
    return _beyond(body, hand[:, :_KNUCKLES]) + tips * _beyond(body, hand[:, _KNUCKLES:])


def _beyond(body: PortraitBody, points: Array, *, bottom: bool = True) -> Array:
    """(T,) largest distance of (T, K, 3) points beyond the picture's edges, in parts of its smaller side."""
    size = min(body.width, body.height)
    margin = _MARGIN * size
    flat = project(points, body.centre, body.camera_distance)
    over = np.maximum(margin - flat[..., 0], flat[..., 0] - (body.width - margin))
    over = np.maximum(over, margin - flat[..., 1])
    if bottom:
        over = np.maximum(over, flat[..., 1] - (body.height - margin))
    return np.maximum(over.max(axis=1), 0.0) / size


def _turned(start: Array, end: Array, share: Array) -> Array:
    """Directions turned by a share of the way from `start` (T, 3) to `end`, along the great circle."""
    cosine = np.clip((start * end).sum(-1), -0.9999, 0.9999)
    angle = np.arccos(cosine)
    a, b = np.sin((1.0 - share) * angle), np.sin(share * angle)
    return unit(a[:, None] * start + b[:, None] * end)


def _needed(start: Array, end: Array, cost: Callable[[Array], Array], most: float = 1.0) -> Array:
    """(T,) share of the turn at which the hand is in the picture at the least turn.

    A soft minimum over a row of shares, so the answer moves smoothly with the arm even where no share fits.
    """
    shares = _SHARES * most
    costs = np.stack([cost(_turned(start, end, np.full(len(start), s))) for s in shares])
    total = (costs + _TURN_COST * shares[:, None]) / _SHARPNESS
    chance = np.exp(total.min(axis=0) - total)
    result = (chance * shares[:, None]).sum(axis=0) / chance.sum(axis=0)
    result = result * smoothstep(0.0, 0.02, costs[0])
    return _slow(maximum_filter1d(result, 7, mode="nearest"))


def _slow(values: Array) -> Array:
    """Values smoothed over time, so that what bends an arm is slower than the arm."""
    return np.asarray(gaussian_filter1d(values, 2.5, axis=0, mode="nearest", truncate=3.0))
