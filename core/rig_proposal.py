"""Proposing a rig: face and eyes from cascades, the body from proportions, the silhouette and skin-coloured regions.

A proposal is a starting point that a user corrects; every point says with its confidence how it was found. Nothing here
raises for an odd picture: without a face the proposal follows the silhouette or the picture's shape, and a warning
says so.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from core import person_mask
from core.arm_finder import Arm, ArmFinder, skin_mask
from core.face_finder import Face, find_face
from core.pose import (
    LEFT_ANKLE,
    LEFT_EAR,
    LEFT_ELBOW,
    LEFT_EYE,
    LEFT_HAND,
    LEFT_HIP,
    LEFT_KNEE,
    LEFT_SHOULDER,
    LEFT_WRIST,
    NECK,
    NOSE,
    RIGHT_ANKLE,
    RIGHT_EAR,
    RIGHT_ELBOW,
    RIGHT_EYE,
    RIGHT_HAND,
    RIGHT_HIP,
    RIGHT_KNEE,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
)  # fmt: skip
from core.rig import Rig, Sleeve

WORK_SIDE: Final = 512
"""Longest side of the picture in which the body is searched."""

NO_FACE_WARNING: Final = (
    "No face was found, so the body points are a guess from the outline; please correct eyes, mouth and arms."
)
NO_BODY_WARNING: Final = "The person could not be told from the background; please check the body points."

# Lengths below the eyes in units of the distance between the eyes (adults, measured on portraits and by anthropometry).
_CHIN, _NECK, _SHOULDERS, _HIPS, _KNEES, _ANKLES, _SOLES = 1.75, 2.75, 3.3, 10.4, 17.3, 23.6, 25.2
_SHOULDER_HALF, _HIP_HALF, _KNEE_HALF, _ANKLE_HALF, _EAR_HALF = 2.85, 1.4, 1.35, 1.2, 1.18
_NOSE, _EARS, _HAIR_TOP = 0.72, 0.25, 2.05

_SURE, _SEEN, _GUESSED, _NO_FACE = 0.95, 0.7, 0.45, 0.35

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Head:
    """Eyes in the working picture, their distance, and how sure they are."""

    right_eye: Points
    left_eye: Points
    confidence: float

    @property
    def middle(self) -> Points:
        return (self.right_eye + self.left_eye) / 2

    @property
    def unit(self) -> float:
        return max(float(np.linalg.norm(self.left_eye - self.right_eye)), 1.0)

    @property
    def down(self) -> Points:
        """Unit vector from the eyes to the chin."""
        across = (self.left_eye - self.right_eye) / self.unit
        return np.array([-across[1], across[0]])


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
    body, tips, sleeve = _Body(small, silhouette, head).points()
    for points in (body, tips):
        points[:, :2] = (points[:, :2] + 0.5) / scale - 0.5
    mouth = _find_mouth(image, body[RIGHT_EYE, :2], body[LEFT_EYE, :2])
    body[NOSE, :2] = _between(body, mouth)
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


def _head_from_face(face: Face, scale: Points) -> _Head:
    right = (np.array(face.right_eye) + 0.5) * scale - 0.5
    left = (np.array(face.left_eye) + 0.5) * scale - 0.5
    return _Head(right, left, (0.6, 0.8, _SURE)[face.eyes_found])


def _head_from_outline(mask: NDArray[np.bool_] | None, size: tuple[int, int]) -> _Head:
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
    return _Head(middle - offset, middle + offset, _NO_FACE)


def _split_by_colour(image: NDArray[np.uint8], head: _Head) -> NDArray[np.bool_]:
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


def _with_hands(image: NDArray[np.uint8], mask: NDArray[np.bool_], head: _Head) -> NDArray[np.bool_]:
    """Add skin-coloured islands of the size of a hand that touch bare skin: GrabCut loses hands redder than the arm."""
    u = head.unit
    everywhere = np.ones(mask.shape, bool)
    skin = skin_mask(image, everywhere, (head.right_eye, head.left_eye), u)
    near = cv2.distanceTransform((~(skin & mask)).astype(np.uint8), cv2.DIST_L2, 3) < 0.35 * u
    size = max(1, round(0.17 * u))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * size + 1, 2 * size + 1))
    islands = skin & ~mask
    thick = cv2.morphologyEx(islands.astype(np.uint8), cv2.MORPH_OPEN, disc) > 0
    islands[: max(round(float(head.middle[1] + _NECK * u)), 0)] = False
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
        a_forearm = 2.5 * u * u < solid[index] and area < 9.0 * u * u and max(w, h) < 8.0 * u
        if ((touches_skin[index] and a_hand) or (touches_body[index] and a_forearm)) and not at_border:
            result |= labels == index
    kernel = np.ones((3, 3), np.uint8)
    return np.asarray(cv2.morphologyEx(result.astype(np.uint8), cv2.MORPH_CLOSE, kernel), bool)


def _plausible(mask: NDArray[np.bool_], head: _Head) -> bool:
    """Whether a mask is neither the bare seeds nor the whole picture."""
    u, (x, y) = head.unit, head.middle
    rows = slice(max(int(y + 4 * u), 0), max(int(y + 6 * u), 1))
    columns = slice(max(int(x - 6 * u), 0), int(x + 6 * u))
    part = mask[rows, columns]
    return not part.size or 0.2 < float(part.mean()) < 0.97


def _by_proportion(shape: tuple[int, int], head: _Head) -> NDArray[np.bool_]:
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


class _Body:
    """The body below the head, from the silhouette of the working picture."""

    def __init__(self, image: NDArray[np.uint8], mask: NDArray[np.bool_], head: _Head) -> None:
        self._image = image
        self._mask = mask
        self._head = head
        self._unit, self._whole = self._body_unit()

    def _body_unit(self) -> tuple[float, bool]:
        """The eye distance of an ordinary person with this body, and whether the soles are in the picture.

        Drawn figures have larger heads: where the silhouette ends above the lower edge it gives the size.
        """
        u, y = self._head.unit, float(self._head.middle[1])
        rows = np.flatnonzero(self._mask.any(axis=1))
        height = self._mask.shape[0]
        if not rows.size or rows[-1] >= height - 1 - max(1, round(0.004 * height)):
            return u, False
        tall = float(rows[-1]) - y
        if tall < 8.0 * u:
            return u, False  # a bust that ends in the picture
        legs = (tall - _CHIN * u) / (_SOLES - _CHIN)
        return float(np.clip(legs, 0.25 * u, 1.3 * u)), True

    def points(self) -> tuple[Points, Points, Sleeve]:
        """Body (18, 3), hand tips (2, 3) and the sleeve, in pixels of the working picture."""
        head, u = self._head, self._unit
        d, middle, down = head.unit, head.middle, head.down
        across = (head.left_eye - head.right_eye) / d
        sure = head.confidence
        seen = min(_SEEN, sure)
        body = np.zeros((18, 3))
        body[RIGHT_EYE] = *head.right_eye, sure
        body[LEFT_EYE] = *head.left_eye, sure
        body[NOSE] = *(middle + _NOSE * d * down), sure
        for ear, side in ((RIGHT_EAR, -1), (LEFT_EAR, 1)):
            body[ear] = *(middle + side * _EAR_HALF * d * across + _EARS * d * down), seen
        chin = middle + _CHIN * d * down
        axis = chin[0] + 0.4 * (chin[0] - middle[0])
        neck = np.array([axis, chin[1] + (_NECK - _CHIN) * u])
        body[NECK] = *neck, seen
        shoulders = self._shoulders(neck, d)
        for index, point in zip((RIGHT_SHOULDER, LEFT_SHOULDER), shoulders, strict=True):
            body[index] = *point, seen
        guess = min(_GUESSED, sure)
        top = chin[1] - _CHIN * u
        for side, hip, knee, ankle in ((-1, RIGHT_HIP, RIGHT_KNEE, RIGHT_ANKLE), (1, LEFT_HIP, LEFT_KNEE, LEFT_ANKLE)):
            body[hip] = axis + side * _HIP_HALF * u, top + _HIPS * u, guess
            body[knee] = axis + side * _KNEE_HALF * u, top + _KNEES * u, guess
            body[ankle] = axis + side * _ANKLE_HALF * u, top + _ANKLES * u, guess
        self._fit_legs(body)
        skin = skin_mask(self._image, self._mask, (head.right_eye, head.left_eye), d)
        finder = ArmFinder(self._image, self._mask, skin, u, neck)
        tips = np.zeros((2, 3))
        arms = []
        for side, hand, shoulder, elbow, wrist in (
            (-1, RIGHT_HAND, RIGHT_SHOULDER, RIGHT_ELBOW, RIGHT_WRIST),
            (1, LEFT_HAND, LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST),
        ):
            arm = finder.find(body[shoulder, :2], side)
            body[elbow] = *arm.elbow, guess
            body[wrist] = *arm.wrist, seen if arm.hand_seen else guess
            tips[hand] = *arm.tip, seen if arm.hand_seen else guess
            arms.append((body[shoulder, :2], arm))
        return body, tips, self._sleeve(skin, arms)

    def _shoulders(self, neck: Points, d: float) -> tuple[Points, Points]:
        """Right and left shoulder: by proportion, moved towards what the outline says."""
        u = self._unit
        row = int(np.clip(round(neck[1] + 1.9 * u), 0, self._mask.shape[0] - 1))
        points = []
        for side in (-1, 1):
            half = _SHOULDER_HALF * u
            reach = self._reach(neck[0], row, side)
            if reach is not None and row < self._mask.shape[0] - 1:
                seen = reach - 0.72 * u
                half = float(np.clip(seen, 2.2 * u, 3.7 * u)) if seen < half else float(np.clip(seen, half, 3.3 * u))
            points.append(np.array([neck[0] + side * half, neck[1] + 0.7 * u]))
        return points[0], points[1]

    def _reach(self, x: float, row: int, side: int) -> float | None:
        """Pixels from column x to the outline in a row, to one side; None if x is not on the person."""
        line = self._mask[row]
        column = int(np.clip(round(x), 0, len(line) - 1))
        if not line[column]:
            return None
        ahead = line[column:] if side > 0 else line[column::-1]
        outside = np.flatnonzero(~ahead)
        return float(outside[0]) if outside.size else None

    def _fit_legs(self, body: Points) -> None:
        """Move knees and ankles into the middle of each leg where the silhouette shows two."""
        height = self._mask.shape[0]
        axis = (body[RIGHT_HIP, 0] + body[LEFT_HIP, 0]) / 2
        for knee_or_ankle in ((RIGHT_KNEE, LEFT_KNEE), (RIGHT_ANKLE, LEFT_ANKLE)):
            row = round(float(body[knee_or_ankle[0], 1]))
            if not 0 <= row < height:
                continue
            columns = np.flatnonzero(self._mask[row])
            columns = columns[np.abs(columns - axis) < 5.0 * self._unit]
            if not columns.size:
                continue
            runs = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
            runs = [run for run in runs if len(run) > 0.4 * self._unit]
            right = [run for run in runs if run.mean() < axis]
            left = [run for run in runs if run.mean() >= axis]
            if right and left:
                body[knee_or_ankle[0], 0] = right[-1].mean()
                body[knee_or_ankle[1], 0] = left[0].mean()
            else:
                low, high = float(columns[0]), float(columns[-1])
                body[knee_or_ankle[0], 0] = low + 0.27 * (high - low)
                body[knee_or_ankle[1], 0] = low + 0.73 * (high - low)

    def _sleeve(self, skin: NDArray[np.bool_], arms: list[tuple[Points, Arm]]) -> Sleeve:
        """What the arms wear, by the share of skin on upper arms and forearms."""

        def share(start: Points, end: Points) -> float:
            points = start + (end - start) * np.linspace(0, 1, 15)[:, None]
            x, y = np.rint(points).astype(int).T
            inside = (x >= 0) & (y >= 0) & (x < skin.shape[1]) & (y < skin.shape[0])
            return float(skin[y[inside], x[inside]].mean()) if inside.sum() >= 4 else float("nan")

        upper = [share(shoulder + 0.35 * (arm.elbow - shoulder), arm.elbow) for shoulder, arm in arms]
        fore = [share(arm.elbow, arm.wrist) for _, arm in arms]
        known_upper = [value for value in upper if not np.isnan(value)]
        known_fore = [value for value in fore if not np.isnan(value)]
        if known_upper and float(np.mean(known_upper)) > 0.75:
            return "none"
        bare_forearm = bool(known_fore) and float(np.mean(known_fore)) > 0.4
        bare_elbow = bool(known_upper) and float(np.mean(known_upper)) > 0.3
        return "half" if bare_forearm or bare_elbow else "long"


def _face_box(body: Points) -> NDArray[np.float32]:
    eyes = (body[RIGHT_EYE, :2] + body[LEFT_EYE, :2]) / 2
    d = float(np.linalg.norm(body[LEFT_EYE, :2] - body[RIGHT_EYE, :2]))
    return np.array([eyes[0] - 1.25 * d, eyes[1] - 0.75 * d, 2.5 * d, 2.5 * d], np.float32)


def _between(body: Points, mouth: Points) -> Points:
    """The tip of the nose: on the way from the eyes to the mouth."""
    eyes = (body[RIGHT_EYE, :2] + body[LEFT_EYE, :2]) / 2
    return np.asarray(eyes + 0.6 * (mouth[:2] - eyes))


def _find_mouth(image: NDArray[np.uint8], right_eye: Points, left_eye: Points) -> Points:
    """Middle of the line between the lips and half the mouth's width, (3,), in pixels of the picture.

    The lips are redder than the skin around them; the line between them is the darkest row near the reddest place.
    Where nothing is redder (lips hidden by a beard, grey or drawn faces) proportion and darkness decide.
    """
    d = float(np.linalg.norm(left_eye - right_eye))
    middle = (right_eye + left_eye) / 2
    across = (left_eye - right_eye) / max(d, 1e-6)
    # A patch with upright eyes, 48 pixels for d: x -0.6..0.6, y 0.8..1.6.
    grain = 48
    turn = np.array([[across[0], -across[1]], [across[1], across[0]]]) * (d / grain)
    origin = middle + turn @ (np.array([-0.6, 0.8]) * grain)
    matrix = np.hstack([turn, origin[:, None]])
    size = (int(1.2 * grain) + 1, int(0.8 * grain) + 1)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    patch = cv2.warpAffine(image, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    lab = cv2.GaussianBlur(cv2.cvtColor(patch, cv2.COLOR_RGB2LAB), (0, 0), 1.2).astype(np.float64)
    xs, ys = np.arange(size[0]) / grain - 0.6, np.arange(size[1]) / grain + 0.8
    prior = np.exp(-0.5 * ((ys[:, None] - 1.17) / 0.13) ** 2) * np.exp(-0.5 * (xs[None, :] / 0.3) ** 2)
    red = np.maximum(lab[..., 1] - np.median(lab[..., 1]) - 3.0, 0.0) * prior
    dark = np.maximum(np.median(lab[..., 0]) - lab[..., 0] - 6.0, 0.0) * prior
    weight = red + 0.35 * dark
    total = float(weight.sum())
    if total < 2.0:
        return np.array([*(middle + turn @ (np.array([0.0, 1.17]) * grain)), 0.36 * d])
    column = float((weight.sum(axis=0) * xs).sum() / total)
    row = float((weight.sum(axis=1) * ys).sum() / total)
    near = np.abs(ys - row) < 0.13
    core = np.abs(xs - column) < 0.22
    profile = lab[:, core, 0].mean(axis=1)
    candidates = np.where(near, profile + 60.0 * (ys - row) ** 2 / 0.13, np.inf)
    row = float(ys[int(candidates.argmin())])
    band = np.abs(ys - row) < 0.07
    strength = weight[band].max(axis=0)
    wide = np.flatnonzero(strength > 0.25 * strength.max())
    half = 0.36
    if wide.size:
        half = float(np.clip(max(xs[wide[-1]] - column, column - xs[wide[0]]), 0.26, 0.5))
    return np.array([*(middle + turn @ (np.array([column, row]) * grain)), half * d])
