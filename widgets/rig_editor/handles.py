"""What can be taken hold of in a rig, and what the rig becomes when it is moved: pure functions, no Qt.

A handle is named by a text: the body points by `core.pose.BODY_NAMES`, then the hand tips, the mouth and the face box.
"""

import math
from dataclasses import replace
from typing import Final

import numpy as np

from core.pose import BODY_NAMES, LEFT_HAND, RIGHT_HAND
from core.rig import Rig, Sleeve, Stroke

TIPS: Final = {"left_hand_tip": LEFT_HAND, "right_hand_tip": RIGHT_HAND}
POINTS: Final = (*BODY_NAMES, *TIPS)
"""Handles that are points with a confidence: they can be hidden."""

MOUTH: Final = ("mouth", "mouth_right", "mouth_left")
"""The mouth's centre and its two corners; right and left are the person's."""

FACE_EDGES: Final[dict[str, tuple[int, int]]] = {
    "face_top_left": (-1, -1), "face_top": (0, -1), "face_top_right": (1, -1), "face_left": (-1, 0),
    "face_right": (1, 0), "face_bottom_left": (-1, 1), "face_bottom": (0, 1), "face_bottom_right": (1, 1),
}  # fmt: skip
"""Handles of the face box with the sides that they move; left and right are the picture's."""

FACE: Final = "face"
"""The face box as a whole."""

HANDLES: Final = (*POINTS, *MOUTH, FACE, *FACE_EDGES)
"""All handles in the order in which the keyboard visits them."""

_SMALLEST_BOX: Final = 8.0
_SMALLEST_MOUTH: Final = 2.0


def is_point(handle: str) -> bool:
    """Return whether a handle is a point that can be hidden."""
    return handle in POINTS


def side(handle: str) -> str:
    """Return "left", "right" (the person's) or "" for the middle."""
    return next((name for name in ("left", "right") if is_point(handle) and handle.startswith(name)), "")


def partner(handle: str) -> str:
    """Return the same point of the other side, or ""."""
    name = side(handle)
    if not name:
        return ""
    return ("right" if name == "left" else "left") + handle.removeprefix(name)


def position(rig: Rig, handle: str) -> tuple[float, float]:
    """Return where a handle is, in pixels of the picture."""
    if handle in TIPS:
        x, y = rig.hand_tips[TIPS[handle], :2]
    elif handle in MOUTH:
        x, y = rig.mouth[0], rig.mouth[1]
        # The person's right is at the left of the picture.
        x += {"mouth": 0.0, "mouth_right": -1.0, "mouth_left": 1.0}[handle] * rig.mouth[2]
    elif handle == FACE or handle in FACE_EDGES:
        left, top, width, height = rig.face_box
        across, down = FACE_EDGES.get(handle, (0, 0))
        x, y = left + width * (across + 1) / 2, top + height * (down + 1) / 2
    else:
        x, y = rig.body[BODY_NAMES.index(handle), :2]
    return float(x), float(y)


def confidence(rig: Rig, handle: str) -> float:
    """Return how sure a point is, 0 for a hidden one; other handles are always there."""
    if handle in TIPS:
        return float(rig.hand_tips[TIPS[handle], 2])
    return float(rig.body[BODY_NAMES.index(handle), 2]) if handle in BODY_NAMES else 1.0


def moved(rig: Rig, handle: str, x: float, y: float, *, mirrored: bool = False) -> Rig:
    """Return the rig with a handle elsewhere.

    Seen points stay inside the picture and become certain: the user has placed them. With `mirrored` the same point of
    the other side moves by as much in the opposite direction, and the face box keeps its middle.
    """
    if is_point(handle):
        before = position(rig, handle)
        rig = _placed(rig, handle, x, y)
        other = partner(handle)
        if mirrored and other and confidence(rig, other) > 0:
            after, there = position(rig, handle), position(rig, other)
            rig = _placed(rig, other, there[0] - (after[0] - before[0]), there[1] + (after[1] - before[1]))
    elif handle in MOUTH:
        mouth = rig.mouth.copy()
        if handle == "mouth":
            mouth[:2] = _inside(rig, x, y)
        else:
            mouth[2] = max(abs(x - float(mouth[0])), _SMALLEST_MOUTH)
        rig = replace(rig, mouth=mouth)
    else:
        rig = replace(rig, face_box=np.array(_box(rig, handle, x, y, mirrored), np.float32))
    return replace(rig, source="user")


def shown(rig: Rig, handle: str, visible: bool) -> Rig:
    """Return the rig with a point to be seen or hidden; one that becomes visible comes into the picture."""
    x, y = position(rig, handle)
    if visible:
        x, y = _inside(rig, x, y)
    return replace(_with_point(rig, handle, x, y, 1.0 if visible else 0.0), source="user")


def reset(rig: Rig, proposal: Rig, handle: str) -> Rig:
    """Return the rig with a handle as it was proposed."""
    if is_point(handle):
        x, y = position(proposal, handle)
        rig = _with_point(rig, handle, x, y, confidence(proposal, handle))
    elif handle in MOUTH:
        mouth = rig.mouth.copy()
        if handle == "mouth":
            mouth[:2] = proposal.mouth[:2]
        else:
            mouth[2] = proposal.mouth[2]
        rig = replace(rig, mouth=mouth)
    else:
        rig = replace(rig, face_box=proposal.face_box)
    return replace(rig, source="user")


def with_sleeve(rig: Rig, sleeve: Sleeve) -> Rig:
    """Return the rig with another sleeve."""
    return replace(rig, sleeve=sleeve, source="user")


def with_stroke(rig: Rig, stroke: Stroke) -> Rig:
    """Return the rig with one more stroke of the brush."""
    return replace(rig, strokes=(*rig.strokes, stroke), source="user")


def without_strokes(rig: Rig) -> Rig:
    """Return the rig with nothing painted."""
    return replace(rig, strokes=(), source="user")


def equal(first: Rig, second: Rig) -> bool:
    """Return whether two rigs say the same, to a thousandth of a pixel."""
    return first is second or first.to_dict() == second.to_dict()


def thinned(points: list[tuple[float, float]], radius: float) -> list[tuple[float, float]]:
    """Return a stroke's points without those that lie closer than an eighth of the brush to the one before."""
    step = max(radius / 8.0, 0.5)
    kept: list[tuple[float, float]] = []
    for point in points:
        if not kept or math.dist(point, kept[-1]) >= step:
            kept.append(point)
    if points and kept[-1] != points[-1]:
        kept.append(points[-1])
    return kept


def _inside(rig: Rig, x: float, y: float) -> tuple[float, float]:
    if rig.image_size is None:
        return x, y
    width, height = rig.image_size
    return min(max(x, 0.0), width - 1.0), min(max(y, 0.0), height - 1.0)


def _placed(rig: Rig, handle: str, x: float, y: float) -> Rig:
    sure = confidence(rig, handle)
    if sure > 0:
        x, y = _inside(rig, x, y)
        sure = 1.0
    return _with_point(rig, handle, x, y, sure)


def _with_point(rig: Rig, handle: str, x: float, y: float, sure: float) -> Rig:
    row = np.array([x, y, sure], np.float32)
    if handle in TIPS:
        tips = rig.hand_tips.copy()
        tips[TIPS[handle]] = row
        return replace(rig, hand_tips=tips)
    body = rig.body.copy()
    body[BODY_NAMES.index(handle)] = row
    return replace(rig, body=body)


def _box(rig: Rig, handle: str, x: float, y: float, mirrored: bool) -> tuple[float, float, float, float]:
    left, top, width, height = (float(value) for value in rig.face_box)
    x, y = _inside(rig, x, y)
    if handle == FACE:
        return x - width / 2, y - height / 2, width, height
    right, bottom = left + width, top + height
    across, down = FACE_EDGES[handle]
    middle = left + width / 2
    if across < 0:
        left = min(x, (middle if mirrored else right) - _SMALLEST_BOX)
    elif across > 0:
        right = max(x, (middle if mirrored else left) + _SMALLEST_BOX)
    if mirrored and across:
        half = middle - left if across < 0 else right - middle
        left, right = middle - half, middle + half
    if down < 0:
        top = min(y, bottom - _SMALLEST_BOX)
    elif down > 0:
        bottom = max(y, top + _SMALLEST_BOX)
    return left, top, right - left, bottom - top
