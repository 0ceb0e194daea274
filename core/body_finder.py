"""Placing the body under a head: shoulders, arms, hips and legs from proportions, the silhouette and skin.

Works in a small picture with a person mask; `core.rig_proposal` makes both and calls it.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from core import pose
from core.arm_finder import Arm, ArmFinder, skin_mask
from core.rig import Sleeve

NECK_BELOW: Final = 2.75
"""How far the neck point lies below the eyes, in eye distances."""

# Lengths below the eyes, and half widths, in eye distances (adults; measured on portraits, the legs by anthropometry).
_CHIN, _HIPS, _KNEES, _ANKLES, _SOLES = 1.75, 10.4, 17.3, 23.6, 25.2
_SHOULDER_HALF, _HIP_HALF, _KNEE_HALF, _ANKLE_HALF, _EAR_HALF = 2.85, 1.4, 1.35, 1.2, 1.18
_NOSE, _EARS = 0.72, 0.25

_SEEN, _GUESSED = 0.7, 0.45

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Head:
    """Eyes in the working picture, their distance, and how sure they are."""

    right_eye: Points
    left_eye: Points
    confidence: float

    @property
    def middle(self) -> Points:
        """Half-way between the eyes, (2,) x, y."""
        return (self.right_eye + self.left_eye) / 2

    @property
    def unit(self) -> float:
        """Distance between the eyes in pixels, at least 1."""
        return max(float(np.linalg.norm(self.left_eye - self.right_eye)), 1.0)

    @property
    def down(self) -> Points:
        """Unit vector from the eyes to the chin."""
        across = (self.left_eye - self.right_eye) / self.unit
        return np.array([-across[1], across[0]])


class Body:
    """The body below the head, from the silhouette of the working picture."""

    def __init__(self, image: NDArray[np.uint8], mask: NDArray[np.bool_], head: Head) -> None:
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
        body[pose.RIGHT_EYE] = *head.right_eye, sure
        body[pose.LEFT_EYE] = *head.left_eye, sure
        body[pose.NOSE] = *(middle + _NOSE * d * down), sure
        for ear, side in ((pose.RIGHT_EAR, -1), (pose.LEFT_EAR, 1)):
            body[ear] = *(middle + side * _EAR_HALF * d * across + _EARS * d * down), seen
        chin = middle + _CHIN * d * down
        axis = chin[0] + 0.4 * (chin[0] - middle[0])
        neck = np.array([axis, chin[1] + (NECK_BELOW - _CHIN) * u])
        body[pose.NECK] = *neck, seen
        shoulders = self._shoulders(neck, d)
        for index, point in zip((pose.RIGHT_SHOULDER, pose.LEFT_SHOULDER), shoulders, strict=True):
            body[index] = *point, seen
        guess = min(_GUESSED, sure)
        top = chin[1] - _CHIN * u
        for side, hip, knee, ankle in (
            (-1, pose.RIGHT_HIP, pose.RIGHT_KNEE, pose.RIGHT_ANKLE),
            (1, pose.LEFT_HIP, pose.LEFT_KNEE, pose.LEFT_ANKLE),
        ):
            body[hip] = axis + side * _HIP_HALF * u, top + _HIPS * u, guess
            body[knee] = axis + side * _KNEE_HALF * u, top + _KNEES * u, guess
            body[ankle] = axis + side * _ANKLE_HALF * u, top + _ANKLES * u, guess
        self._fit_legs(body)
        skin = skin_mask(self._image, self._mask, (head.right_eye, head.left_eye), d)
        finder = ArmFinder(self._image, self._mask, skin, u, neck)
        tips = np.zeros((2, 3))
        arms = []
        for side, hand, shoulder, elbow, wrist in (
            (-1, pose.RIGHT_HAND, pose.RIGHT_SHOULDER, pose.RIGHT_ELBOW, pose.RIGHT_WRIST),
            (1, pose.LEFT_HAND, pose.LEFT_SHOULDER, pose.LEFT_ELBOW, pose.LEFT_WRIST),
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
        last = self._mask.shape[0] - 2
        row = max(min(round(neck[1] + 1.9 * u), last), 0)
        points = []
        for side in (-1, 1):
            half = _SHOULDER_HALF * u
            reach = self._reach(neck[0], row, side)
            if reach is not None and row > neck[1] + 0.9 * u:
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
        axis = (body[pose.RIGHT_HIP, 0] + body[pose.LEFT_HIP, 0]) / 2
        for knee_or_ankle in ((pose.RIGHT_KNEE, pose.LEFT_KNEE), (pose.RIGHT_ANKLE, pose.LEFT_ANKLE)):
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
        upper, fore = [], []
        for shoulder, arm in arms:
            upper.append(self._share(skin, shoulder + 0.35 * (arm.elbow - shoulder), arm.elbow))
            hidden = self._cuff_beside_hand(skin, shoulder, arm) if arm.forearm_hidden else None
            fore.append(hidden if hidden is not None else self._share(skin, arm.elbow, arm.wrist))
        known_upper = [value for value in upper if value is not None]
        known_fore = [value for value in fore if value is not None]
        if known_upper and sum(known_upper) / len(known_upper) > 0.75:
            return "none"
        bare_elbow = bool(known_upper) and sum(known_upper) / len(known_upper) > 0.3
        bare_forearm = bool(known_fore) and sum(known_fore) / len(known_fore) > 0.4
        return "half" if bare_forearm or bare_elbow else "long"

    def _share(self, skin: NDArray[np.bool_], start: Points, end: Points) -> float | None:
        """Share of skin on the way; None if too little of it is in the picture."""
        points = start + (end - start) * np.linspace(0, 1, 15)[:, None]
        x, y = np.rint(points).astype(int).T
        inside = (x >= 0) & (y >= 0) & (x < skin.shape[1]) & (y < skin.shape[0])
        return float(skin[y[inside], x[inside]].mean()) if inside.sum() >= 4 else None

    def _cuff_beside_hand(self, skin: NDArray[np.bool_], shoulder: Points, arm: Arm) -> float:
        """0 where cloth like the upper arm's shows under a hand that hides its forearm, 1 where none does."""
        lab = cv2.cvtColor(self._image, cv2.COLOR_RGB2LAB).astype(np.float32)
        height, width = self._mask.shape
        rows, columns = np.indices((height, width))
        middle = shoulder + 0.6 * (arm.elbow - shoulder)
        near = (columns - middle[0]) ** 2 + (rows - middle[1]) ** 2 < (0.3 * self._unit) ** 2
        cloth = np.median(lab[near & self._mask], axis=0) if (near & self._mask).any() else lab[0, 0]
        along = arm.wrist - arm.elbow
        step = (rows - arm.elbow[1]) * along[0] - (columns - arm.elbow[0]) * along[1]
        below = step * np.sign(along[0]) > 0.35 * self._unit * max(abs(float(along[0])), 1e-6)
        wrist_near = (columns - arm.wrist[0]) ** 2 + (rows - arm.wrist[1]) ** 2 < (1.5 * self._unit) ** 2
        region = below & wrist_near & self._mask & ~skin
        same = np.abs(lab - cloth).max(axis=2) < 25.0
        return 0.0 if int((region & same).sum()) > 0.3 * self._unit**2 else 1.0
