"""The rig in frame pixels with the sizes that the puppet is built from: units, limb widths, full limb lengths.

Plain geometry of the still portrait. Regions of pixels are in `regions`, movement in `placing`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.pose import (
    LEFT_ANKLE,
    LEFT_ELBOW,
    LEFT_EYE,
    LEFT_HAND,
    LEFT_HIP,
    LEFT_KNEE,
    LEFT_SHOULDER,
    LEFT_WRIST,
    NECK,
    RIGHT_ANKLE,
    RIGHT_ELBOW,
    RIGHT_EYE,
    RIGHT_HAND,
    RIGHT_HIP,
    RIGHT_KNEE,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
)  # fmt: skip
from models.renderers.draft.stage import Stage

Points = NDArray[np.float64]

ARM_JOINTS: Final = ((LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST), (RIGHT_SHOULDER, RIGHT_ELBOW, RIGHT_WRIST))
LEG_JOINTS: Final = ((LEFT_HIP, LEFT_KNEE, LEFT_ANKLE), (RIGHT_HIP, RIGHT_KNEE, RIGHT_ANKLE))
SIDES: Final = (LEFT_HAND, RIGHT_HAND)
UPPER_ARM: Final = 0.74
FOREARM: Final = 0.68
"""Full limb lengths as a share of the distance between the shoulder joints."""

CLASP_DISTANCE: Final = 1.2
"""Hands that are nearer than this, in eye distances, hold each other."""


@dataclass(frozen=True)
class Arm:
    """One arm of the still portrait, frame pixels.

    Attributes:
        side: LEFT_HAND or RIGHT_HAND; the person's own.
        outward: +1 where the arm is on the picture's right of the body, else -1.
        shoulder, elbow, wrist, tip: (2,).
        upper_radius, elbow_radius, wrist_radius: half widths.
        upper_profile: half widths of the upper arm on its outer side at equal steps from shoulder to elbow.
        inner_profile: the same on the side of the body.
        upper_full, forearm_full: length when the limb lies in the picture plane.
    """

    side: int
    outward: float
    shoulder: Points
    elbow: Points
    wrist: Points
    tip: Points
    upper_radius: float
    elbow_radius: float
    wrist_radius: float
    upper_full: float
    forearm_full: float
    upper_profile: Points
    inner_profile: Points

    def beyond_wrist(self, x: Points, y: Points) -> Points:
        """Signed distance in pixels of points from the cut between forearm (negative) and hand."""
        pointing = (self.tip - self.wrist) / max(float(np.hypot(*(self.tip - self.wrist))), 1e-6)
        back = (self.elbow - self.wrist) / max(float(np.hypot(*(self.elbow - self.wrist))), 1e-6)
        # Where the hand lies over its own forearm the two directions say nothing of the cut: only the hand's counts.
        folded = min(max((0.3 - float(pointing @ back)) / 0.6, 0.0), 1.0)
        normal = pointing - 0.8 * folded * back
        normal = normal / max(float(np.hypot(*normal)), 1e-6)
        # A forearm that points at the camera hides behind the hand, whose heel then lies behind the wrist.
        heel = 1.1 * self.wrist_radius if self.foreshortened else 0.0
        return (x - float(self.wrist[0])) * float(normal[0]) + (y - float(self.wrist[1])) * float(normal[1]) + heel

    @property
    def foreshortened(self) -> bool:
        """Whether the forearm shows less than half its length."""
        return float(np.hypot(*(self.wrist - self.elbow))) < 0.5 * self.forearm_full

    def inner_width(self, along: Points) -> Points:
        """Half width towards the body at `along`, 0 at the shoulder and 1 at the elbow."""
        return np.interp(along, np.linspace(0.0, 1.0, len(self.inner_profile)), self.inner_profile)

    def upper_width(self, along: Points, x: Points, y: Points) -> Points:
        """Half width at `along`, on the side of the axis on which the points x, y lie."""
        axis = self.elbow - self.shoulder
        side = (x - float(self.shoulder[0])) * float(axis[1]) - (y - float(self.shoulder[1])) * float(axis[0])
        steps = np.linspace(0.0, 1.0, len(self.upper_profile))
        outer = np.interp(along, steps, self.upper_profile)
        return np.where(side * self.outward * np.sign(axis[1] or 1.0) > 0, outer, self.inner_width(along))


@dataclass(frozen=True)
class Leg:
    """One leg of the still portrait: hip, knee, ankle (2,) in frame pixels and half widths."""

    side: int
    hip: Points
    knee: Points
    ankle: Points
    thigh_radius: float
    calf_radius: float


@dataclass(frozen=True)
class Geometry:
    """The still portrait's body in frame pixels.

    Attributes:
        joints: (18, 2); unseen ones are guesses.
        seen: (18,) whether the portrait shows the joint.
        tips: (2, 2) ends of the middle fingers, left first.
        unit: distance between the eyes, the unit of the face.
        body_unit: shoulder distance / 5.6, the unit of the body.
        mouth: centre x, centre y, half width.
        pivot: (2,) foot of the spine, about which the upper body leans.
        arms: by side, None where the arm must stay as it is.
        legs: by side, None where the leg must stay as it is.
        clasped: whether the hands touch, so that the arms stay as they are.
    """

    joints: Points
    seen: NDArray[np.bool_]
    tips: Points
    unit: float
    body_unit: float
    mouth: Points
    pivot: Points
    arms: tuple[Arm | None, Arm | None]
    legs: tuple[Leg | None, Leg | None]
    clasped: bool


def segment_distance(x: Points, y: Points, a: Points, b: Points) -> tuple[Points, Points]:
    """Distance of points (arrays x, y) to the segment a-b, and the position along it, 0 at a and 1 at b, unclipped."""
    # Python floats keep float32 arrays float32, which halves the time of the set-up.
    ax, ay = float(a[0]), float(a[1])
    dx, dy = float(b[0]) - ax, float(b[1]) - ay
    from_x, from_y = x - ax, y - ay
    along = (from_x * dx + from_y * dy) / max(dx * dx + dy * dy, 1e-6)
    clipped = np.clip(along, 0.0, 1.0)
    away_x, away_y = from_x - clipped * dx, from_y - clipped * dy
    return np.sqrt(away_x * away_x + away_y * away_y), along


def measure(stage: Stage, body: NDArray[np.float32], hand_tips: NDArray[np.float32], mouth: NDArray[np.float32],
            face_box: NDArray[np.float32]) -> Geometry:  # fmt: skip
    """Measure the rig (portrait pixels) of the person on the stage."""
    transform = stage.transform
    height, width = stage.alpha.shape
    joints = transform.to_frame(body[:, :2])
    inside = (joints >= -0.5).all(axis=1) & (joints[:, 0] < width) & (joints[:, 1] < height)
    seen = (body[:, 2] > 0) & inside
    tips = transform.to_frame(hand_tips[:, :2])
    eyes = joints[[LEFT_EYE, RIGHT_EYE]]
    unit = float(np.hypot(*(eyes[0] - eyes[1])))
    if unit < 4.0:
        unit = max(float(face_box[2]) * transform.scale_x / 2.4, 4.0)
    span = float(np.hypot(*(joints[LEFT_SHOULDER] - joints[RIGHT_SHOULDER])))
    body_unit = span / 5.6 if span > 2.0 * unit else unit
    hips = joints[[LEFT_HIP, RIGHT_HIP]]
    pivot = hips.mean(axis=0) if seen[[LEFT_HIP, RIGHT_HIP]].all() else joints[NECK] + (0.0, 6.0 * body_unit)
    wrists = joints[[LEFT_WRIST, RIGHT_WRIST]]
    gaps = (wrists[0] - wrists[1], tips[0] - tips[1], wrists[0] - tips[1], wrists[1] - tips[0])
    clasped = bool(seen[[LEFT_WRIST, RIGHT_WRIST]].all()) and min(np.hypot(*g) for g in gaps) < CLASP_DISTANCE * unit
    arms = [None if clasped else _arm(stage, joints, seen, tips, side, body_unit) for side in SIDES]
    return Geometry(
        joints=joints, seen=seen, tips=tips, unit=unit, body_unit=body_unit,
        mouth=np.array([*transform.to_frame(mouth[:2]), float(mouth[2]) * transform.scale_x]), pivot=pivot,
        arms=(arms[0], arms[1]), legs=(_leg(stage, joints, seen, 0), _leg(stage, joints, seen, 1)), clasped=clasped,
    )  # fmt: skip


def _arm(stage: Stage, joints: Points, seen: NDArray[np.bool_], tips: Points, side: int, unit: float) -> Arm | None:
    indices = list(ARM_JOINTS[side])
    if not seen[indices].all():
        return None
    shoulder, elbow, wrist = joints[indices]
    outward = 1.0 if joints[ARM_JOINTS[side][0], 0] > joints[ARM_JOINTS[1 - side][0], 0] else -1.0
    profile = _profile(stage.alpha, shoulder, elbow, outward, unit, (wrist, tips[side]))
    radius = float(np.clip(np.median(profile), 0.42 * unit, 0.85 * unit))
    elbow_radius = float(np.clip(profile[-1], 0.6 * radius, 0.85 * radius))
    span = 5.6 * unit
    upper, forearm = float(np.hypot(*(elbow - shoulder))), float(np.hypot(*(wrist - elbow)))
    return Arm(
        side=side, outward=outward, shoulder=shoulder, elbow=elbow, wrist=wrist, tip=tips[side],
        upper_radius=radius, elbow_radius=elbow_radius, wrist_radius=0.7 * elbow_radius,
        upper_full=max(UPPER_ARM * span, upper), forearm_full=max(FOREARM * span, forearm),
        upper_profile=profile, inner_profile=profile.copy(),
    )  # fmt: skip


def _profile(alpha: NDArray[np.float32], a: Points, b: Points, outward: float, unit: float,
             hand: tuple[Points, Points]) -> Points:  # fmt: skip
    """Half widths along a-b: distances from the axis to the silhouette on the outer side, in reasonable limits."""
    axis = (b - a) / max(float(np.hypot(*(b - a))), 1e-6)
    normal = np.array([-axis[1], axis[0]])
    normal *= 1.0 if normal[0] * outward > 0 else -1.0
    steps = np.arange(0.0, 1.6 * unit, 0.5)
    found: list[float] = []
    for share in np.linspace(0.0, 1.0, 11):
        ray = a + share * (b - a) + steps[:, None] * normal
        x = np.clip(np.rint(ray[:, 0]).astype(int), 0, alpha.shape[1] - 1)
        y = np.clip(np.rint(ray[:, 1]).astype(int), 0, alpha.shape[0] - 1)
        outside = np.flatnonzero(alpha[y, x] < 0.5)
        reach = float(steps[outside[0]]) if len(outside) else float(steps[-1])
        way = a + share * (b - a) + np.array([[0.3], [0.6], [1.0]]) * reach * normal
        # A hand held beside the arm must not widen it: such a width is taken from the neighbour nearer the shoulder.
        blocked = segment_distance(way[:, 0], way[:, 1], *hand)[0].min() < 0.55 * unit
        found.append(0.97 * found[-1] if blocked and found else reach)
    padded = np.concatenate([found[:1], found, found[-1:]])
    middle = np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0)
    typical = float(np.median(middle))
    return np.clip(middle, max(0.3 * unit, 0.6 * typical), min(0.85 * unit, 1.25 * typical))


def _leg(stage: Stage, joints: Points, seen: NDArray[np.bool_], side: int) -> Leg | None:
    indices = list(LEG_JOINTS[side])
    if not seen[indices].all():
        return None
    hip, knee, ankle = joints[indices]
    gap = float(np.hypot(*(joints[LEFT_HIP] - joints[RIGHT_HIP])))
    return Leg(side=side, hip=hip, knee=knee, ankle=ankle, thigh_radius=max(0.55 * gap, 3.0), calf_radius=0.4 * gap)
