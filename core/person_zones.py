"""Where the person of a rig is for sure, probably, and possibly: the zones from which a picture is split by colour.

Geometry only; no pixel is looked at. Lengths are in the face unit d (the eye distance) and the body unit u (the eye
distance of a body of ordinary proportions).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core import pose
from core.person_mask import BACKGROUND, MAYBE_BACKGROUND, MAYBE_PERSON, PERSON, capsule
from core.rig import Rig

Points = NDArray[np.float64]
Mask = NDArray[np.bool_]

_RIGHT = np.array([1.0, 0.0])
_DOWN = np.array([0.0, 1.0])


def body_unit(rig: Rig) -> float:
    """The eye distance, in pixels, of an ordinary person with this body (drawn figures have larger heads)."""
    body = rig.body.astype(np.float64)
    hips = (body[pose.LEFT_HIP, :2] + body[pose.RIGHT_HIP, :2]) / 2
    torso = float(np.linalg.norm(hips - body[pose.NECK, :2])) / 7.65
    shoulders = float(np.linalg.norm(body[pose.LEFT_SHOULDER, :2] - body[pose.RIGHT_SHOULDER, :2])) / 5.7
    return float(np.clip(max(torso, shoulders), 0.25 * rig.eye_distance, 1.4 * rig.eye_distance))


class PersonZones:
    """Zones of a rig in a picture scaled by `factor`.

    Attributes:
        labels: (H, W) uint8 GrabCut seeds.
        allowed: (H, W) bool, where the person may be at all.
        core: (H, W) bool, where nearly all is the person; its colours are the person's.
        d: eye distance in pixels.
        u: body unit in pixels.
        throat: row between head and body.
        arms: shoulder, elbow, wrist, tip of the right and the left arm, (2,) x, y each.
    """

    def __init__(self, rig: Rig, factor: float, shape: tuple[int, int]) -> None:
        body = rig.body[:, :2].astype(np.float64) * factor
        tips = rig.hand_tips[:, :2].astype(np.float64) * factor
        self._shape = shape
        self.d, self.u = rig.eye_distance * factor, body_unit(rig) * factor
        across = (body[pose.LEFT_EYE] - body[pose.RIGHT_EYE]) / max(self.d, 1e-6)
        self._eyes = (body[pose.RIGHT_EYE] + body[pose.LEFT_EYE]) / 2
        self._face_down = np.array([-across[1], across[0]])
        self._neck = body[pose.NECK]
        self._hips = body[pose.RIGHT_HIP], body[pose.LEFT_HIP]
        self.throat = float(self._neck[1]) - 0.5 * self.d
        self.arms = (
            (body[pose.RIGHT_SHOULDER], body[pose.RIGHT_ELBOW], body[pose.RIGHT_WRIST], tips[pose.RIGHT_HAND]),
            (body[pose.LEFT_SHOULDER], body[pose.LEFT_ELBOW], body[pose.LEFT_WRIST], tips[pose.LEFT_HAND]),
        )
        self._legs = (
            (body[pose.RIGHT_HIP], body[pose.RIGHT_KNEE], body[pose.RIGHT_ANKLE]),
            (body[pose.LEFT_HIP], body[pose.LEFT_KNEE], body[pose.LEFT_ANKLE]),
        )
        u = self.u
        # A proposed arm may be off by the length of a hand; one that a user placed may not.
        slack = 0.45 * u if rig.source == "proposed" else 0.0
        self.allowed = self._zone(0.9 * u, (3.0, 3.2), 1.05 * u + slack, 1.2 * u + slack, 1.5 * u)
        self.labels = np.full(shape, BACKGROUND, np.uint8)
        self.labels[self.allowed] = MAYBE_BACKGROUND
        self.labels[self._zone(0.15 * u, (1.5, 2.1), 0.6 * u, 0.85 * u, 0.9 * u)] = MAYBE_PERSON
        sure = self._sure(rig)
        self.core = self._zone(-0.5 * u, (1.3, 1.8), 0.4 * u, 0.5 * u, 0.6 * u) | sure
        self.labels[sure] = PERSON
        self.allowed |= sure

    def face_spots(self) -> list[tuple[int, int]]:
        """Column and row of places on both cheeks and the nose, inside the picture."""
        across = np.array([self._face_down[1], -self._face_down[0]])
        height, width = self._shape
        spots = []
        for dx, dy in ((-0.55, 0.75), (0.55, 0.75), (-0.4, 0.6), (0.4, 0.6), (0.0, 0.45)):
            x, y = self._eyes + (dx * across + dy * self._face_down) * self.d
            if 0 <= x < width and 0 <= y < height:
                spots.append((int(x), int(y)))
        return spots

    def forearms(self, radius: float) -> Mask:
        """Forearms and hands, (H, W) bool, with a radius in u."""
        canvas = np.zeros(self._shape, np.uint8)
        for _, elbow, wrist, tip in self.arms:
            capsule(canvas, elbow, wrist, radius * self.u, 1)
            capsule(canvas, wrist, tip, radius * self.u, 1)
        return canvas > 0

    def _zone(self, growth: float, head: tuple[float, float], arm: float, hand: float, leg: float) -> Mask:
        """The body with everything as thick as the arguments say, in pixels (head: in d)."""
        canvas = np.zeros(self._shape, np.uint8)
        self._ellipse(canvas, head)
        _polygon(canvas, self._torso(growth))
        for shoulder, elbow, wrist, tip in self.arms:
            capsule(canvas, shoulder, elbow, arm, 1)
            capsule(canvas, elbow, wrist, arm, 1)
            capsule(canvas, wrist, tip, hand, 1)
        for hip, knee, ankle in self._legs:
            capsule(canvas, hip, knee, leg, 1)
            capsule(canvas, knee, ankle, 0.85 * leg, 1)
            capsule(canvas, ankle, ankle + 1.3 * self.u * _DOWN, 0.8 * leg, 1)
        (right_hip, right_knee, _), (left_hip, left_knee, _) = self._legs
        skirt = [right_hip - leg * _RIGHT, left_hip + leg * _RIGHT]
        skirt += [left_knee + 0.8 * leg * _RIGHT, right_knee - 0.8 * leg * _RIGHT]
        _polygon(canvas, np.array(skirt))
        return canvas > 0

    def _sure(self, rig: Rig) -> Mask:
        canvas = np.zeros(self._shape, np.uint8)
        u = self.u
        self._ellipse(canvas, (1.15, 1.6))
        _polygon(canvas, self._torso(-1.3 * u))
        thin = 0.18 * u if rig.source == "user" else 0.1 * u
        wrists = pose.RIGHT_WRIST, pose.LEFT_WRIST
        for side, wrist_index, (shoulder, elbow, wrist, _) in zip((-1, 1), wrists, self.arms, strict=True):
            capsule(canvas, shoulder - side * 0.2 * u * _RIGHT, shoulder + 0.5 * (elbow - shoulder), thin, 1)
            if rig.body[wrist_index, 2] > 0.5:
                capsule(canvas, wrist, wrist, thin, 1)
        ankles = max(float(rig.body[pose.RIGHT_ANKLE, 2]), float(rig.body[pose.LEFT_ANKLE, 2]))
        for hip, knee, ankle in self._legs:
            capsule(canvas, hip, knee, 0.15 * u, 1)
            if ankles > 0:
                capsule(canvas, knee, ankle, 0.15 * u, 1)
        return canvas > 0

    def _torso(self, growth: float) -> Points:
        """Outline from below the chin over the slope of the shoulders to the hips, grown sideways by `growth`."""
        u, d = self.u, self.d
        chin = self._eyes + 1.3 * d * self._face_down
        right, left = self.arms[0][0], self.arms[1][0]
        outward = max(growth, 0.0)
        throat = max(0.75 * d + growth * 0.6, 0.3 * d)
        slope = 0.175 * (left - right)
        over_neck = (0.45 * u + outward) * _DOWN
        over_shoulder = (0.35 * u + 0.6 * outward) * _DOWN
        shoulder = max(0.3 * u + growth, -0.9 * u) * _RIGHT
        armpit = (0.5 * u + growth) * _RIGHT
        hip = (0.7 * u + growth + 0.9 * outward) * _RIGHT  # shirts hang wide
        return np.array(
            [
                chin - throat * _RIGHT,
                self._neck - slope - over_neck,
                right - shoulder - over_shoulder,
                right - armpit + 0.6 * u * _DOWN,
                self._hips[0] - hip,
                self._hips[1] + hip,
                left + armpit + 0.6 * u * _DOWN,
                left + shoulder - over_shoulder,
                self._neck + slope - over_neck,
                chin + throat * _RIGHT,
            ]
        )

    def _ellipse(self, canvas: NDArray[np.uint8], axes: tuple[float, float]) -> None:
        """The head, with half axes in d; the hair makes its middle lie a little above the eyes."""
        centre = self._eyes - 0.15 * self.d * self._face_down
        angle = float(np.degrees(np.arctan2(self._face_down[1], self._face_down[0]))) - 90.0
        point = (round(float(centre[0])), round(float(centre[1])))
        size = (max(round(axes[0] * self.d), 1), max(round(axes[1] * self.d), 1))
        cv2.ellipse(canvas, point, size, angle, 0, 360, 1, -1)


def _polygon(canvas: NDArray[np.uint8], points: Points) -> None:
    cv2.fillPoly(canvas, [np.rint(points).astype(np.int32)], 1)
