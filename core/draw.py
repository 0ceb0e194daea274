"""Drawing 2D poses: the MimicMotion drawing, the composite of the paper, and an overlay for people to look at.

`draw_pose` gives, bit for bit, the pictures that MimicMotion's pose network was trained on, so its oddities are kept.
Fitting a driving video's poses to a reference is in `core.pose_rescale`.
"""

import colorsys
import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from core.constants import CONFIDENCE_THRESHOLD
from core.pose import LEFT_EAR, LEFT_EYE, NOSE, RIGHT_EAR, RIGHT_EYE, PoseSequence
from core.rig import Rig

CANVAS_SHORT_SIDE: Final = 2160
"""Short side of the canvas that the pose network's drawings are made on; strokes have a fixed width there."""

LIMBS: Final = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13), (1, 0),
    (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
"""Pairs of body points that are joined, in drawing order."""

HAND_EDGES: Final = tuple(
    (0 if step == 0 else 4 * finger + step, 4 * finger + step + 1) for finger in range(5) for step in range(4)
)
"""Pairs of hand points that are joined: from the wrist along each finger."""

HEAD_POINTS: Final = frozenset((NOSE, RIGHT_EYE, LEFT_EYE, RIGHT_EAR, LEFT_EAR))
"""Body points that the composite leaves to the head mask."""

# The colours as they are written to the canvas; the finished picture has red and blue swapped.
_CANVAS_COLOURS: Final = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0), (0, 255, 85),
    (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255), (170, 0, 255),
    (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip
_STICK_HALF_WIDTH, _JOINT_RADIUS, _FACE_RADIUS, _HAND_LINE = 4, 4, 3, 2

_DARKER: Final = (np.arange(256) * 0.6).astype(np.uint8)

_MASK_HALF_WIDTH, _MASK_HALF_HEIGHT = 1.25, 1.45
_MOUTH = slice(48, 68)  # of the 68 face points

Canvas = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FramePoses:
    """The people of one frame in shares of the picture: x of its width, y of its height.

    Attributes:
        body: (P, 18, 3) x, y, confidence.
        face: (P, 68, 3), the same.
        hands: (P, 2, 21, 3), the same; left hand first.
    """

    body: Floats
    face: Floats
    hands: Floats

    def __post_init__(self) -> None:
        people = self.body.shape[0]
        for name, shape in {"body": (people, 18, 3), "face": (people, 68, 3), "hands": (people, 2, 21, 3)}.items():
            value = np.asarray(getattr(self, name), np.float64)
            if value.shape != shape:
                raise ValueError(f"{name} must have shape {shape}, not {value.shape}")
            object.__setattr__(self, name, value)

    @classmethod
    def from_sequence(cls, poses: PoseSequence, index: int) -> "FramePoses":
        """Frame `index` of a sequence in portrait pixels."""
        size = np.array([poses.width, poses.height, 1.0])
        return cls(
            body=poses.body[index][None].astype(np.float64) / size,
            face=poses.face[index][None].astype(np.float64) / size,
            hands=poses.hands[index][None].astype(np.float64) / size,
        )


@dataclass(frozen=True)
class HeadMask:
    """The fixed size of the composite's head mask.

    The paper asks for a mask of fixed size centred on the facial midpoint (section 5) and says no more. Here it is an
    upright white ellipse of 1.25 by 1.45 eye distances (half axes) of the portrait's own face, so it covers brows to
    chin. It is measured once on the portrait and stays the same for a whole sequence, whatever the keypoints do: its
    place tells where the head is, its size tells nothing about the frame.

    Attributes:
        half_width: share of the picture's width.
        half_height: share of the picture's height.
    """

    half_width: float
    half_height: float

    @classmethod
    def for_rig(cls, rig: Rig, width: int, height: int) -> "HeadMask":
        """The mask of a portrait of that size in pixels."""
        d = rig.eye_distance
        return cls(_MASK_HALF_WIDTH * d / width, _MASK_HALF_HEIGHT * d / height)


def draw_pose(poses: FramePoses, height: int, width: int, ref_w: int = CANVAS_SHORT_SIDE) -> Canvas:
    """The drawing that MimicMotion is trained on: (height, width, 3) uint8 RGB, pixel-exact.

    Args:
        poses: people of the frame.
        height: of the picture in pixels.
        width: of the picture in pixels.
        ref_w: short side of the canvas that it is drawn on before it is scaled to the size. The networks need the
            default. A smaller value is much faster and has thicker strokes; `min(height, width)` needs no scaling.
    """
    canvas = _new_canvas(height, width, ref_w)
    canvas = draw_body(canvas, poses)
    draw_hands(canvas, poses)
    draw_face(canvas, poses)
    return _finish(canvas, height, width)


def draw_composite(
    poses: FramePoses, mask: HeadMask, height: int, width: int, ref_w: int = CANVAS_SHORT_SIDE
) -> Canvas:
    """The paper's composite pose: body below the neck and hands as in `draw_pose`, a head mask for all of the head.

    Args:
        poses: people of the frame.
        mask: size of the head mask, see `HeadMask`.
        height: as in `draw_pose`.
        width: as in `draw_pose`.
        ref_w: as in `draw_pose`.

    Returns:
        (height, width, 3) uint8 RGB.
    """
    canvas = _new_canvas(height, width, ref_w)
    canvas = draw_body(canvas, poses, without=HEAD_POINTS)
    draw_hands(canvas, poses)
    draw_head_mask(canvas, poses, mask)
    return _finish(canvas, height, width)


def _new_canvas(height: int, width: int, ref_w: int) -> Canvas:
    if height < 1 or width < 1 or ref_w < 1:
        raise ValueError(f"A drawing needs a size of at least 1 pixel, not {width} x {height} with canvas {ref_w}.")
    factor = ref_w / min(height, width)
    return np.zeros((int(height * factor), int(width * factor), 3), np.uint8)


def _finish(canvas: Canvas, height: int, width: int) -> Canvas:
    if canvas.shape[:2] != (height, width):
        canvas = np.asarray(cv2.resize(canvas, (width, height)), np.uint8)
    return np.ascontiguousarray(canvas[..., ::-1])


def draw_body(canvas: Canvas, poses: FramePoses, without: frozenset[int] = frozenset()) -> Canvas:
    """Draw limbs, darken the whole canvas to 0.6, draw joints; returns the new canvas (BGR).

    Args:
        canvas: (H, W, 3) uint8, changed.
        poses: people of the frame.
        without: body points to leave out, with the limbs that end in them.
    """
    height, width = canvas.shape[:2]
    places = poses.body[..., :2] * np.array([float(width), float(height)])
    scores = poses.body[..., 2]
    for index, (first, second) in enumerate(LIMBS):
        if first in without or second in without:
            continue
        for person in range(len(places)):
            pair = scores[person, first], scores[person, second]
            if min(pair) < CONFIDENCE_THRESHOLD:
                continue
            a, b = places[person, first], places[person, second]
            middle = (a + b) / 2
            dx, dy = a - b
            outline = cv2.ellipse2Poly(
                (int(middle[0]), int(middle[1])),
                (int(math.sqrt(dx * dx + dy * dy) / 2), _STICK_HALF_WIDTH),
                int(math.degrees(math.atan2(dy, dx))),
                0,
                360,
                1,
            )
            cv2.fillConvexPoly(canvas, np.asarray(outline, np.int32), _faded(index, float(pair[0] * pair[1])))
    canvas = np.asarray(cv2.LUT(canvas, _DARKER), np.uint8)
    for index in range(18):
        if index in without:
            continue
        for person in range(len(places)):
            if scores[person, index] > CONFIDENCE_THRESHOLD:
                x, y = places[person, index]
                cv2.circle(canvas, (int(x), int(y)), _JOINT_RADIUS, _faded(index, float(scores[person, index])), -1)
    return canvas


def _faded(index: int, strength: float) -> tuple[int, int, int]:
    first, second, third = _CANVAS_COLOURS[index]
    return int(first * strength), int(second * strength), int(third * strength)


def draw_hands(canvas: Canvas, poses: FramePoses) -> None:
    """Draw fingers and points of all left hands, then of all right hands, into the canvas (BGR)."""
    height, width = canvas.shape[:2]
    for hand in range(2):
        for points in poses.hands[:, hand]:
            places = [(int(x * width), int(y * height)) for x, y, _ in points]
            for edge, (first, second) in enumerate(HAND_EDGES):
                a, b = places[first], places[second]
                if min(*a, *b) >= 1:
                    strength = int(points[first, 2] * points[second, 2] * 255)
                    red, green, blue = colorsys.hsv_to_rgb(edge / len(HAND_EDGES), 1.0, 1.0)
                    colour = (red * strength, green * strength, blue * strength)
                    cv2.line(canvas, a, b, colour, _HAND_LINE)
            for place, score in zip(places, points[:, 2], strict=True):
                if min(place) >= 1:
                    cv2.circle(canvas, place, _JOINT_RADIUS, (0, 0, int(score * 255)), -1)


def draw_face(canvas: Canvas, poses: FramePoses) -> None:
    """Draw the face points in grey into the canvas (BGR); one without confidence paints black, as in training."""
    height, width = canvas.shape[:2]
    for points in poses.face:
        for x, y, score in points:
            place = (int(x * width), int(y * height))
            if min(place) >= 1:
                grey = int(score * 255)
                cv2.circle(canvas, place, _FACE_RADIUS, (grey, grey, grey), -1)


def draw_head_mask(canvas: Canvas, poses: FramePoses, mask: HeadMask) -> None:
    """Draw the head mask of every person whose head is seen into the canvas (BGR)."""
    height, width = canvas.shape[:2]
    axes = (max(round(mask.half_width * width), 1), max(round(mask.half_height * height), 1))
    for body, face in zip(poses.body, poses.face, strict=True):
        middle = facial_midpoint(body, face)
        if middle is not None:
            centre = (int(middle[0] * width), int(middle[1] * height))
            cv2.ellipse(canvas, centre, axes, 0, 0, 360, (255, 255, 255), -1)


def facial_midpoint(body: Floats, face: Floats) -> Floats | None:
    """Half-way between the middle of the eyes and the mouth: (2,) x, y, or None if nothing of the head is seen.

    Falls back to the nose, then to the mean of whatever is seen of eyes and ears.

    Args:
        body: (18, 3) x, y, confidence.
        face: (68, 3), the same.
    """
    mouth = face[_MOUTH]
    mouth = mouth[mouth[:, 2] >= CONFIDENCE_THRESHOLD]
    eyes = body[[RIGHT_EYE, LEFT_EYE]]
    if len(mouth) and eyes[:, 2].min() >= CONFIDENCE_THRESHOLD:
        return np.asarray((eyes[:, :2].mean(axis=0) + mouth[:, :2].mean(axis=0)) / 2)
    if body[NOSE, 2] >= CONFIDENCE_THRESHOLD:
        return np.asarray(body[NOSE, :2])
    rest = body[[RIGHT_EYE, LEFT_EYE, RIGHT_EAR, LEFT_EAR]]
    rest = rest[rest[:, 2] >= CONFIDENCE_THRESHOLD]
    return np.asarray(rest[:, :2].mean(axis=0)) if len(rest) else None


_RIGHT_COLOUR, _LEFT_COLOUR, _MIDDLE_COLOUR = (255, 140, 40), (60, 170, 255), (245, 245, 245)
_OVERLAY_BONES: Final = (
    ((1, 0), _MIDDLE_COLOUR), ((1, 2), _RIGHT_COLOUR), ((2, 3), _RIGHT_COLOUR), ((3, 4), _RIGHT_COLOUR),
    ((1, 5), _LEFT_COLOUR), ((5, 6), _LEFT_COLOUR), ((6, 7), _LEFT_COLOUR), ((1, 8), _RIGHT_COLOUR),
    ((8, 9), _RIGHT_COLOUR), ((9, 10), _RIGHT_COLOUR), ((1, 11), _LEFT_COLOUR), ((11, 12), _LEFT_COLOUR),
    ((12, 13), _LEFT_COLOUR), ((0, 14), _RIGHT_COLOUR), ((14, 16), _RIGHT_COLOUR), ((0, 15), _LEFT_COLOUR),
    ((15, 17), _LEFT_COLOUR),
)  # fmt: skip


def overlay_pose(image: NDArray[np.uint8], poses: FramePoses) -> NDArray[np.uint8]:
    """A copy of a picture with the pose on top, for people: right side orange, left side blue, outlined in black.

    Args:
        image: (H, W, 3) uint8 RGB of any size.
        poses: people of the frame; points below the confidence threshold are left out.
    """
    result = np.ascontiguousarray(image).copy()
    height, width = result.shape[:2]
    size = np.array([width, height], np.float64)
    thick = max(1, round(min(height, width) / 240))
    for body, face, hands in zip(poses.body, poses.face, poses.hands, strict=True):
        strokes: list[tuple[Floats, Floats, tuple[int, int, int], int]] = []
        for (first, second), colour in _OVERLAY_BONES:
            if min(body[first, 2], body[second, 2]) >= CONFIDENCE_THRESHOLD:
                strokes.append((body[first, :2] * size, body[second, :2] * size, colour, thick))
        for hand, colour in zip(hands, (_LEFT_COLOUR, _RIGHT_COLOUR), strict=True):
            for first, second in HAND_EDGES:
                if min(hand[first, 2], hand[second, 2]) >= CONFIDENCE_THRESHOLD:
                    strokes.append((hand[first, :2] * size, hand[second, :2] * size, colour, max(1, thick // 2)))
        dots = [
            (point[:2] * size, _MIDDLE_COLOUR, max(1, round(0.6 * thick)))
            for point in face
            if point[2] >= CONFIDENCE_THRESHOLD
        ]
        dots += [(point[:2] * size, _MIDDLE_COLOUR, thick) for point in body if point[2] >= CONFIDENCE_THRESHOLD]
        edge = max(1, thick // 2)
        for start, end, _, stroke in strokes:
            cv2.line(result, _pixel(start), _pixel(end), (0, 0, 0), stroke + 2 * edge, cv2.LINE_AA)
        for start, end, colour, stroke in strokes:
            cv2.line(result, _pixel(start), _pixel(end), colour, stroke, cv2.LINE_AA)
        for place, colour, radius in dots:
            cv2.circle(result, _pixel(place), radius + edge, (0, 0, 0), -1, cv2.LINE_AA)
            cv2.circle(result, _pixel(place), radius, colour, -1, cv2.LINE_AA)
    return result


def _pixel(place: Floats) -> tuple[int, int]:
    # OpenCV cannot draw to coordinates of any size; far outside nothing is seen anyway.
    x, y = np.clip(place, -30_000.0, 30_000.0)
    return round(float(x)), round(float(y))
