"""Proposing a rig: face and eyes from cascades, the body from proportions, the silhouette and skin-coloured regions.

A proposal is a starting point that a user corrects; every point says with its confidence how it was found. Nothing here
raises for an odd picture: without a face the proposal follows the silhouette or the picture's shape, and a warning
says so.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from core import person_mask, pose
from core.arm_finder import skin_mask
from core.body_finder import NECK_BELOW, Body, Head
from core.face_finder import Face, find_face
from core.mouth_finder import find_mouth
from core.rig import Rig

WORK_SIDE: Final = 512
"""Longest side of the picture in which the body is searched."""

NO_FACE_WARNING: Final = (
    "No face was found, so the body points are a guess from the outline; please correct eyes, mouth and arms."
)
NO_BODY_WARNING: Final = "The person could not be told from the background; please check the body points."

Points = NDArray[np.float64]


def propose_rig(image: NDArray[np.uint8], alpha: NDArray[np.uint8] | None = None) -> tuple[Rig, tuple[str, ...]]:
    """Find the person in a picture.

    Args:
        image: (H, W, 3) uint8 RGB.
        alpha: (H, W) uint8 transparency of the file, or None.

    Returns:
        The rig in pixels of the picture, and sentences that the user should read (empty if all went well).
    """
    height, width = image.shape[:2]
    factor = min(1.0, WORK_SIDE / max(height, width))
    size = (max(round(width * factor), 8), max(round(height * factor), 8))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    scale = np.array([size[0] / width, size[1] / height])
    warnings: list[str] = []

    outline = person_mask.mask_from_alpha(alpha)
    if outline is None:
        outline = person_mask.mask_from_plain_background(image)
    silhouette = None
    if outline is not None:
        silhouette = cv2.resize(outline.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) >= 128
    face = find_face(image)
    if face is None:
        warnings.append(NO_FACE_WARNING)
        head = _head_from_outline(silhouette, size)
    else:
        head = _head_from_face(face, scale)
    if silhouette is None:
        silhouette = _split_by_colour(small, head)
        if face is not None and not _plausible(silhouette, head):
            warnings.append(NO_BODY_WARNING)
            silhouette = _by_proportion(silhouette.shape, head)
    body, tips, sleeve = Body(small, silhouette, head).points()
    for points in (body, tips):
        points[:, :2] = (points[:, :2] + 0.5) / scale - 0.5
    mouth = find_mouth(image, body[pose.RIGHT_EYE, :2], body[pose.LEFT_EYE, :2])
    body[pose.NOSE, :2] = _between(body, mouth)
    rig = Rig(
        body=body.astype(np.float32),
        hand_tips=tips.astype(np.float32),
        face_box=_face_box(body),
        mouth=mouth.astype(np.float32),
        sleeve=sleeve,
        source="proposed",
        image_size=(width, height),
    )
    return rig.rescaled(width, height), tuple(warnings)


def _head_from_face(face: Face, scale: Points) -> Head:
    right = (np.array(face.right_eye) + 0.5) * scale - 0.5
    left = (np.array(face.left_eye) + 0.5) * scale - 0.5
    return Head(right, left, (0.6, 0.8, 0.95)[face.eyes_found])


def _head_from_outline(mask: NDArray[np.bool_] | None, size: tuple[int, int]) -> Head:
    """Eyes placed in the uppermost bulge of the silhouette, or in the upper middle of the picture."""
    width, height = size
    if mask is None or not mask.any():
        unit = min(0.08 * width, 0.08 * height)
        middle = np.array([width / 2, max(0.2 * height, 2.6 * unit)])
    else:
        rows = np.flatnonzero(mask.any(axis=1))
        top, bottom = int(rows[0]), int(rows[-1])
        widths = mask.sum(axis=1).astype(np.float64)
        widths = cv2.blur(widths.reshape(-1, 1), (1, max(1, (bottom - top) // 60))).ravel()
        span = widths[top : bottom + 1]
        # The neck is the first clear narrowing under the widest row of the head.
        neck, widest = len(span) - 1, 0
        for row in range(1, int(0.7 * len(span))):
            if span[row] > span[widest]:
                if neck < len(span) - 1 and span[row] > 1.25 * span[neck]:
                    break
                widest = row
                neck = len(span) - 1
            elif span[row] < 0.75 * span[widest] and (neck == len(span) - 1 or span[row] < span[neck]):
                neck = row
        found = neck < len(span) - 1
        tall = float(neck) if found else 0.22 * len(span)
        wide = float(span[widest]) if found else tall * 0.8
        columns = np.flatnonzero(mask[top + int(tall * 0.5)])
        centre = float(columns.mean()) if columns.size else width / 2
        unit = 0.36 * min(wide, 1.1 * tall)
        middle = np.array([centre, top + 0.52 * tall])
    offset = np.array([unit / 2, 0.0])
    return Head(middle - offset, middle + offset, 0.35)


def _split_by_colour(image: NDArray[np.uint8], head: Head) -> NDArray[np.bool_]:
    """A coarse person mask by GrabCut, from the head and a wide guess of the body."""
    height, width = image.shape[:2]
    labels = np.full((height, width), person_mask.MAYBE_BACKGROUND, np.uint8)
    u, (x, y) = head.unit, head.middle
    columns, rows = np.arange(width), np.arange(height)
    labels[:, np.abs(columns - x) > 10.5 * u] = person_mask.BACKGROUND
    labels[rows < y - 2.9 * u, :] = person_mask.BACKGROUND
    band = max(2, round(0.15 * u))
    for strip in (labels[:, :band], labels[:, -band:]):
        strip[: max(int(y + 3 * u), 0)] = person_mask.BACKGROUND
    body = np.array(
        [[-0.95, 1.5], [-1.1, 2.5], [-2.9, 3.2], [-3.2, 4.2], [-2.4, 8.0], [-2.2, 11.0], [-2.0, 25.0],
         [2.0, 25.0], [2.2, 11.0], [2.4, 8.0], [3.2, 4.2], [2.9, 3.2], [1.1, 2.5], [0.95, 1.5]]
    )  # fmt: skip
    inner = np.array(
        [[-0.55, 1.0], [-0.55, 2.9], [-1.7, 4.0], [-1.4, 9.0], [1.4, 9.0], [1.7, 4.0], [0.55, 2.9], [0.55, 1.0]]
    )
    _fill(labels, body * u + head.middle, person_mask.MAYBE_PERSON)
    _ellipse(labels, head.middle - 0.15 * u * head.down, (1.5 * u, 2.1 * u), person_mask.MAYBE_PERSON)
    _fill(labels, inner * u + head.middle, person_mask.PERSON)
    _ellipse(labels, head.middle - 0.15 * u * head.down, (1.15 * u, 1.6 * u), person_mask.PERSON)
    found = person_mask.grab_cut(image, labels, 4)
    found = person_mask.clean_mask(found, labels == person_mask.PERSON, (0.5 * u) ** 2)
    return _with_hands(image, found, head)


def _with_hands(image: NDArray[np.uint8], mask: NDArray[np.bool_], head: Head) -> NDArray[np.bool_]:
    """Add skin-coloured islands of the size of a hand that touch bare skin: GrabCut loses hands redder than the arm."""
    u = head.unit
    everywhere = np.ones(mask.shape, bool)
    skin = skin_mask(image, everywhere, (head.right_eye, head.left_eye), u)
    near = cv2.distanceTransform((~(skin & mask)).astype(np.uint8), cv2.DIST_L2, 3) < 0.35 * u
    size = max(1, round(0.17 * u))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * size + 1, 2 * size + 1))
    islands = skin & ~mask
    thick = cv2.morphologyEx(islands.astype(np.uint8), cv2.MORPH_OPEN, disc) > 0
    neck = float(head.middle[1]) + NECK_BELOW * u
    islands[: max(round(neck), 0)] = False
    shoulders = neck + 2.0 * u
    count, labels, stats, _ = cv2.connectedComponentsWithStats(islands.astype(np.uint8), connectivity=8)
    solid = np.bincount(labels.ravel(), weights=thick.ravel(), minlength=count)
    touches_skin = np.bincount(labels[near].ravel(), minlength=count) > 0
    touches_body = np.bincount(labels[cv2.dilate(mask.astype(np.uint8), disc) > 0].ravel(), minlength=count) > 0
    width = mask.shape[1]
    result = mask.copy()
    for index in range(1, count):
        x, y, w, h, area = stats[index]
        at_border = x == 0 or y == 0 or x + w == width
        a_hand = 0.4 * u * u < solid[index] and area < 5.0 * u * u and max(w, h) < 3.5 * u
        a_forearm = 2.5 * u * u < solid[index] and area < 9.0 * u * u and max(w, h) < 8.0 * u and y > shoulders
        if ((touches_skin[index] and a_hand) or (touches_body[index] and a_forearm)) and not at_border:
            result |= labels == index
    kernel = np.ones((3, 3), np.uint8)
    return np.asarray(cv2.morphologyEx(result.astype(np.uint8), cv2.MORPH_CLOSE, kernel), bool)


def _plausible(mask: NDArray[np.bool_], head: Head) -> bool:
    """Whether a mask is neither the bare seeds nor the whole picture."""
    u, (x, y) = head.unit, head.middle
    rows = slice(max(int(y + 4 * u), 0), max(int(y + 6 * u), 1))
    columns = slice(max(int(x - 6 * u), 0), int(x + 6 * u))
    part = mask[rows, columns]
    return not part.size or 0.2 < float(part.mean()) < 0.97


def _by_proportion(shape: tuple[int, int], head: Head) -> NDArray[np.bool_]:
    labels = np.zeros(shape, np.uint8)
    u = head.unit
    half = np.array([[0.8, 1.0], [0.9, 2.5], [3.0, 3.2], [3.6, 6.0], [3.4, 26.0]])
    body = np.concatenate([half, half[::-1] * [-1, 1]])
    _fill(labels, body * u + head.middle, 1)
    _ellipse(labels, head.middle - 0.15 * u * head.down, (1.4 * u, 1.9 * u), 1)
    return labels.astype(bool)


def _fill(canvas: NDArray[np.uint8], polygon: Points, value: int) -> None:
    cv2.fillPoly(canvas, [np.rint(polygon).astype(np.int32)], value)


def _ellipse(canvas: NDArray[np.uint8], centre: Points, axes: tuple[float, float], value: int) -> None:
    point = (round(float(centre[0])), round(float(centre[1])))
    cv2.ellipse(canvas, point, (max(round(axes[0]), 1), max(round(axes[1]), 1)), 0, 0, 360, value, -1)


def _face_box(body: Points) -> NDArray[np.float32]:
    eyes = (body[pose.RIGHT_EYE, :2] + body[pose.LEFT_EYE, :2]) / 2
    d = float(np.linalg.norm(body[pose.LEFT_EYE, :2] - body[pose.RIGHT_EYE, :2]))
    return np.array([eyes[0] - 1.25 * d, eyes[1] - 0.75 * d, 2.5 * d, 2.5 * d], np.float32)


def _between(body: Points, mouth: Points) -> Points:
    """The tip of the nose: on the way from the eyes to the mouth."""
    eyes = (body[pose.RIGHT_EYE, :2] + body[pose.LEFT_EYE, :2]) / 2
    return np.asarray(eyes + 0.6 * (mouth[:2] - eyes))
