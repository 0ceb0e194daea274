"""Finding arms: skin-coloured regions and the pose of an arm that explains the silhouette best.

Works on a small picture with a person mask; `core.rig_proposal` calls it. Lengths are in the body unit u, the distance
between the eyes of a body of ordinary proportions.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

UPPER_ARM: Final = 4.3
FOREARM: Final = 3.9
HAND: Final = 2.7
"""Full lengths in units of the eye distance (adults)."""

_ELBOW_ANGLES = np.deg2rad(np.arange(-30.0, 171.0, 8.0))  # from straight down, positive away from the body
_ELBOW_LENGTHS = np.array([0.55, 0.7, 0.85, 1.0, 1.12]) * UPPER_ARM
_WRIST_ANGLES = np.deg2rad(np.arange(-180.0, 180.0, 15.0))
_WRIST_LENGTHS = np.array([0.45, 0.75, 1.0]) * FOREARM
_SAMPLES = np.linspace(0.1, 1.0, 9)

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Arm:
    """One arm in pixels of the small picture.

    Attributes:
        elbow, wrist, tip: (2,) x, y.
        score: how well it explains the picture, about 0 (nothing) to 4.
        hand_seen: whether a skin region was taken for the hand.
        forearm_hidden: whether the hand hides the forearm behind it.
    """

    elbow: Points
    wrist: Points
    tip: Points
    score: float
    hand_seen: bool
    forearm_hidden: bool = False


def skin_mask(
    image: NDArray[np.uint8], mask: NDArray[np.bool_], eyes: tuple[Points, Points], unit: float
) -> NDArray[np.bool_]:
    """Pixels of the person with the colour of the cheeks: (H, W) bool.

    Args:
        image: (H, W, 3) uint8 RGB.
        mask: (H, W) bool, the person.
        eyes: x, y of right and left eye.
        unit: distance between the eyes in pixels.
    """
    ycc = cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    height, width = mask.shape
    middle = (eyes[0] + eyes[1]) / 2
    across = (eyes[1] - eyes[0]) / max(float(np.linalg.norm(eyes[1] - eyes[0])), 1e-6)
    down = np.array([-across[1], across[0]])
    patches = []
    for dx, dy in ((-0.55, 0.75), (0.55, 0.75), (0.0, 0.45), (-0.4, 0.6), (0.4, 0.6)):
        x, y = middle + (across * dx + down * dy) * unit
        r = max(1, round(0.12 * unit))
        patch = ycc[max(round(y) - r, 0) : max(round(y) + r + 1, 0), max(round(x) - r, 0) : max(round(x) + r + 1, 0)]
        if patch.size:
            patches.append(patch.reshape(-1, 3))
    if not patches:
        return np.zeros((height, width), bool)
    samples = np.concatenate(patches)
    centre = np.median(samples, axis=0)
    near = samples[np.abs(samples[:, 1:] - centre[1:]).max(axis=1) < 15]
    spread = np.cov(near[:, 1:].T) if len(near) > 8 else np.zeros((2, 2))
    # A floor for the spread: hands are redder, in shade or evenly drawn.
    inverse = np.linalg.inv(spread + np.diag([14.0, 14.0]))
    difference = ycc[..., 1:] - centre[1:]
    distance = np.einsum("hwi,ij,hwj->hw", difference, inverse, difference)
    skin = (distance < 7.0) & (ycc[..., 0] > 0.35 * centre[0]) & (ycc[..., 0] < 2.2 * centre[0] + 40) & mask
    size = max(1, round(0.08 * unit))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * size + 1, 2 * size + 1))
    opened = cv2.morphologyEx(skin.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    return np.asarray(cv2.morphologyEx(opened, cv2.MORPH_CLOSE, kernel), bool)


class ArmFinder:
    """Searches arms in one picture.

    Args:
        mask: (H, W) bool, the person.
        skin: (H, W) bool, skin of the person below the face (see `skin_mask`).
        image: (H, W, 3) uint8 RGB; fingers show as detail in it.
        unit: body unit in pixels.
        neck: (2,) x, y.
    """

    def __init__(
        self, image: NDArray[np.uint8], mask: NDArray[np.bool_], skin: NDArray[np.bool_], unit: float, neck: Points
    ) -> None:
        grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 0.8)
        self._detail = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
        self._mask = mask
        self._unit = unit
        self._neck = neck
        self._height, self._width = mask.shape
        self._skin = self._without_neck(skin)

    def _without_neck(self, skin: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Skin that may be an arm: not the neck and what a neckline shows."""
        rows, columns = np.indices(skin.shape)
        u, (nx, ny) = self._unit, self._neck
        v_neck = (rows < ny + 2.6 * u) & (np.abs(columns - nx) < 1.7 * u - 0.25 * np.maximum(rows - ny, 0))
        face = (rows < ny - 0.2 * u) & (np.abs(columns - nx) < 2.0 * u)
        return np.asarray(skin & ~v_neck & ~face & (rows > ny - 4.5 * u))

    def blobs(self, side: int) -> list[Points]:
        """Skin regions that may end in the hand of a side (-1 right, +1 left): (N, 2) x, y each, largest first."""
        u = self._unit
        columns = np.arange(self._width)[None, :]
        own = self._skin & ((columns - self._neck[0]) * side > -0.9 * u)
        count, labels, stats, centroids = cv2.connectedComponentsWithStats(own.astype(np.uint8), connectivity=8)
        found: list[Points] = []
        for index in np.argsort(-stats[1:, cv2.CC_STAT_AREA]) + 1:
            area = stats[index, cv2.CC_STAT_AREA]
            if index >= count or area < 0.35 * u * u or len(found) == 3:
                break
            if (centroids[index][0] - self._neck[0]) * side < -0.5 * u:
                continue
            part = labels == index
            found.append(np.argwhere(part)[:, ::-1].astype(np.float64))
        return found

    def find(self, shoulder: Points, side: int) -> Arm:
        """The arm of a side (-1 right, +1 left) that begins at `shoulder` (2,) x, y."""
        u = self._unit
        angles, lengths = np.meshgrid(_ELBOW_ANGLES, _ELBOW_LENGTHS, indexing="ij")
        directions = np.stack([side * np.sin(angles), np.cos(angles)], axis=-1)
        elbows = (shoulder + directions * (lengths * u)[..., None]).reshape(-1, 2)
        upper = self._limb_score(shoulder[None], elbows, 0.62, side)
        ratio = (lengths / UPPER_ARM).ravel()
        degrees = np.rad2deg(angles).ravel()
        upper = upper - 0.6 * np.abs(1.0 - ratio) - 0.004 * np.abs(degrees - 12.0)
        best: Arm | None = None
        for blob in self.blobs(side):
            if self._hides_forearm(blob, shoulder, side):
                arm = self._towards_camera(blob, shoulder, elbows, upper, side)
            else:
                arm = self._with_blob(blob, shoulder, elbows, upper, side)
            if best is None or arm.score > best.score:
                best = arm
        free = self._without_blob(elbows, upper, side)
        return free if best is None or free.score > best.score else best

    def _with_blob(self, blob: Points, shoulder: Points, elbows: Points, upper: Points, side: int) -> Arm:
        u = self._unit
        hull = cv2.convexHull(blob.astype(np.float32))[:, 0].astype(np.float64)
        gaps = np.linalg.norm(hull[None] - elbows[:, None], axis=-1)
        # A skin region reaches from the sleeve's end to the fingertips; the tips are its end away from the elbow.
        tips = hull[gaps.argmax(axis=1)]
        reach = gaps.max(axis=1)
        nearest = np.linalg.norm(blob[None, ::7] - elbows[:, None], axis=-1).min(axis=1)
        hand = np.clip(np.minimum(reach - nearest, 0.45 * reach + 0.6 * u), 1.2 * u, HAND * u)
        toward = (elbows - tips) / np.maximum(reach, 1e-6)[:, None]
        wrists = tips + toward * hand[:, None]
        forearm = np.linalg.norm(wrists - elbows, axis=-1) / u
        score = upper + self._limb_score(elbows, wrists, 0.5, side) * 0.8
        score = score + 0.5 * self._share(self._skin, wrists, tips)
        score = score - 2.0 * np.maximum(forearm - 1.1 * FOREARM, 0) - 0.5 * np.maximum(0.8 - forearm, 0)
        score = score + 0.4 + self._folding(shoulder, elbows, wrists)
        # Skin along the forearm that the region contains: the elbow should explain all of a bare arm.
        left_over = np.maximum(reach / u - FOREARM - HAND, 0)
        score = score - 0.5 * left_over
        best = int(score.argmax())
        return Arm(elbows[best], wrists[best], tips[best], float(score[best]), True)

    def _hides_forearm(self, blob: Points, shoulder: Points, side: int) -> bool:
        """Whether a skin region is a hand before its own elbow: small, out to the side, its fingers towards the body.

        A forearm that points at the camera vanishes behind the hand; the fingers, full of edges, tell the side.
        """
        u = self._unit
        offset = (blob.mean(axis=0) - shoulder) / u
        extent = float(np.ptp(blob, axis=0).max()) / u
        if not (offset[0] * side > 0.3 and 3.0 < offset[1] < 5.4 and extent < 3.0):
            return False
        return bool(self._fingers(blob)[0] * side < 0)

    def _fingers(self, blob: Points) -> Points:
        """From the middle of a skin region to the middle of its inner detail, (2,) in pixels."""
        region = np.zeros(self._mask.shape, np.uint8)
        columns, rows = blob.astype(int).T
        region[rows, columns] = 1
        reach = max(1, round(0.12 * self._unit))
        inner = cv2.erode(region, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) > 0
        if not inner.any():
            return np.zeros(2)
        rows, columns = np.nonzero(inner)
        weight = self._detail[inner].astype(np.float64) + 1e-6
        places = np.stack([columns, rows], axis=1).astype(np.float64)
        return np.asarray((places * weight[:, None]).sum(axis=0) / weight.sum() - places.mean(axis=0))

    def _towards_camera(self, blob: Points, shoulder: Points, elbows: Points, upper: Points, side: int) -> Arm:
        """The arm whose forearm is hidden behind its hand: wrist low at the outside, fingers towards the body."""
        u = self._unit
        hull = cv2.convexHull(blob.astype(np.float32))[:, 0].astype(np.float64)
        centre = blob.mean(axis=0)
        tip = hull[(hull @ np.array([-side * 1.0, -0.1])).argmax()]
        back = hull[(hull @ np.array([side * 0.8, 0.6])).argmax()]
        wrist = back + 0.2 * (centre - back)
        gaps = np.linalg.norm(elbows - shoulder, axis=1) / u
        # The upper arm hangs at its full length; the elbow is about as low as the hand.
        level = np.abs(elbows[:, 1] - (wrist[1] + 0.2 * u)) / u
        score = upper - 1.0 * np.abs(gaps - UPPER_ARM) - 0.5 * level
        best = int(score.argmax())
        return Arm(elbows[best], wrist, tip, float(upper[best]) + 2.0, True, True)

    def _without_blob(self, elbows: Points, upper: Points, side: int) -> Arm:
        u = self._unit
        angles, lengths = np.meshgrid(_WRIST_ANGLES, _WRIST_LENGTHS, indexing="ij")
        steps = np.stack([side * np.sin(angles), np.cos(angles)], axis=-1).reshape(-1, 2)
        steps = steps * (lengths * u).reshape(-1, 1)
        keep = np.argsort(-upper)[:24]
        starts = np.repeat(elbows[keep], len(steps), axis=0)
        wrists = starts + np.tile(steps, (len(keep), 1))
        fore = self._limb_score(starts, wrists, 0.5, side)
        score = np.repeat(upper[keep], len(steps)) + 0.8 * fore
        # Without a hand to be seen the arm hangs: a sleeve before the body looks like the body.
        score = score - np.tile(0.009 * np.abs(np.rad2deg(angles).ravel() - 5.0), len(keep))
        score = score - 0.5 * np.tile(1.0 - lengths.ravel() / FOREARM, len(keep))
        best = int(score.argmax())
        direction = wrists[best] - starts[best]
        tip = wrists[best] + direction / np.linalg.norm(direction) * HAND * u
        return Arm(starts[best], wrists[best], tip, float(score[best]), False)

    def _folding(self, shoulder: Points, elbows: Points, wrists: Points) -> Points:
        """A small price for elbows bent sharper than an arm bends."""
        a, b = elbows - shoulder, wrists - elbows
        cosine = (a * b).sum(axis=1) / np.maximum(np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1), 1e-6)
        return np.asarray(-4.0 * np.maximum(-cosine - 0.85, 0))

    def _share(self, region: NDArray[np.bool_], starts: Points, ends: Points) -> Points:
        """Share of the way from starts to ends that lies in the region; below the picture counts nearly as much."""
        points = starts[:, None] + (ends - starts)[:, None] * _SAMPLES[None, :, None]
        return np.asarray(self._look_up(region, points).mean(axis=1))

    def _look_up(self, region: NDArray[np.bool_], points: Points) -> Points:
        x, y = np.rint(points[..., 0]).astype(int), np.rint(points[..., 1]).astype(int)
        inside = (x >= 0) & (y >= 0) & (x < self._width) & (y < self._height)
        values = region[np.clip(y, 0, self._height - 1), np.clip(x, 0, self._width - 1)].astype(np.float64)
        return np.where(inside, values, np.where(y >= self._height, 0.8, 0.0))

    def _limb_score(self, starts: Points, ends: Points, half_width: float, side: int) -> Points:
        """How well a limb of that half width (in u) lies along the outline: 0..1.6 for each pair of (N, 2) points."""
        starts = np.broadcast_to(starts, ends.shape)
        along = ends - starts
        direction = along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
        normal = np.stack([-direction[:, 1], direction[:, 0]], axis=1)
        # The outer side: to the body's side for a hanging arm, below for a raised one.
        outward = np.where((normal[:, 0] * side + 0.35 * normal[:, 1])[:, None] >= 0, normal, -normal)
        points = starts[:, None] + along[:, None] * _SAMPLES[None, :, None]
        width = half_width * self._unit
        inside = (
            self._look_up(self._mask, points)
            + self._look_up(self._mask, points + 0.55 * width * outward[:, None])
            + self._look_up(self._mask, points - 0.55 * width * outward[:, None])
        ) / 3
        beyond = self._look_up(self._mask, points + 1.6 * width * outward[:, None])
        return np.asarray(inside.mean(axis=1) ** 2 + 0.6 * (inside * (1.0 - beyond)).mean(axis=1))
