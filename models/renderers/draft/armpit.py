"""The cloth between trunk and upper arm: a web that spans the corner under a raised arm, as a shirt does.

Without it the two meet in a sharp wedge, like the parts of a jointed doll. The web is a small texture that is laid into
the corner anew for every frame; at rest there is none.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.renderers.draft.compositing import Box, Image, draw_layer, outline, premultiply
from models.renderers.draft.geometry import Arm, Points
from models.renderers.draft.limbs import LimbLayer, Mask, smooth_ramp
from models.renderers.draft.placing import BodyPlace

SIZE = 64
"""Pixels of the texture from the corner to either end of the web."""

OVERLAP = 12
"""Pixels of the texture that lie over trunk and arm."""

REACH = 1.55
"""How far a full web goes along trunk and arm, in body units."""

FIRST, FULL = 0.3, 1.25
"""Angle in radians between trunk and arm at which a web begins, and at which it is full."""

SPREAD = 1.25
"""Body units over which a moved shoulder carries the trunk along; as in `sheet`."""


@dataclass(frozen=True)
class Armpit:
    """The web of one arm.

    Attributes:
        layer: (h, w, 4) uint8 premultiplied; the corner lies at (OVERLAP, OVERLAP), the arm runs along +x from there,
            the trunk's side along +y.
        hull: its `compositing.outline`.
        top: (2,) a point on the trunk's side beside the shoulder in the still portrait.
        down: (2,) direction of the trunk's side from there.
        width: half width of the upper arm on its inner side.
        shoulder: (2,) joint in the still portrait.
        outward: +1 where the arm is on the picture's right of the body, else -1.
        unit: pixels of a body unit.
    """

    layer: Image
    hull: Points
    top: Points
    down: Points
    width: float
    shoulder: Points
    outward: float
    unit: float

    def matrix(self, body: BodyPlace, side: int, shoulder: Points, elbow: Points) -> tuple[Points, float] | None:
        """The (2, 3) matrix from the texture to the frame and the web's opacity; None if there is no web.

        Args:
            body: where the trunk is.
            side: of the arm.
            shoulder: (2,) joint now.
            elbow: the same.
        """
        bone = elbow - shoulder
        length = float(np.hypot(*bone))
        if length < 0.5 * self.unit:
            return None
        along = bone / length
        down = body.matrix[:, :2] @ self.down
        down = down / max(float(np.hypot(*down)), 1e-6)
        turn = -self.outward * float(down[0] * along[1] - down[1] * along[0])
        angle = float(np.arctan2(turn, down @ along))
        if not FIRST < angle < 2.9:
            return None
        share = min((angle - FIRST) / (FULL - FIRST), 1.0)
        share = share * share * (3.0 - 2.0 * share)
        # The corner: where the arm's lower edge meets the trunk's side.
        normal = np.array([-self.outward * along[1], self.outward * along[0]])
        edge = shoulder + self.width * normal
        top = body.matrix[:, :2] @ self.top + body.matrix[:, 2]
        near = float(np.exp(-((self.top - self.shoulder) ** 2).sum() / (2.0 * (SPREAD * self.unit) ** 2)))
        top = top + near * body.shoulder_shift[side]
        solved = np.linalg.solve(np.column_stack([down, -along]), edge - top)
        below, beyond = float(solved[0]), float(solved[1])
        reach = min(REACH * self.unit * share, 0.62 * length - beyond)
        if reach < 0.15 * self.unit or abs(below) > 2.5 * self.unit:
            return None
        corner = top + below * down
        scale = reach / SIZE
        linear = scale * np.column_stack([along, down])
        return np.column_stack([linear, corner - linear @ np.array([OVERLAP, OVERLAP], np.float64)]), share

    def draw(self, frame: Image, body: BodyPlace, side: int, shoulder: Points, elbow: Points, opacity: float
             ) -> Box | None:  # fmt: skip
        """Draw the web over a frame (H, W, 3) in place and return the part that was touched."""
        placed = self.matrix(body, side, shoulder, elbow)
        if placed is None:
            return None
        return draw_layer(frame, self.layer, self.hull, placed[0], opacity * min(2.0 * placed[1], 1.0))


def make_armpit(sheet: Image, torso: Mask, arm: Arm, upper: LimbLayer, unit: float) -> Armpit | None:
    """The web of an arm whose sleeve goes on into the trunk; None where the trunk's side is not to be seen.

    Args:
        sheet: (H, W, 4) the trunk's layer, hidden parts filled in.
        torso: (H, W) bool.
        arm: measured.
        upper: its upper arm.
        unit: pixels of a body unit.
    """
    first, last = int(arm.shoulder[1] + 0.9 * unit), int(arm.shoulder[1] + 2.8 * unit)
    rows = np.arange(max(first, 0), min(last, torso.shape[0] - 1))
    if len(rows) < unit or not torso[rows].any(axis=1).all():
        return None
    part = torso[rows]
    edge = part.shape[1] - 1 - np.argmax(part[:, ::-1], axis=1) if arm.outward > 0 else np.argmax(part, axis=1)
    slope, start = np.polyfit(rows.astype(np.float64), edge.astype(np.float64), 1)
    if np.abs(edge - (start + slope * rows)).max() > 0.6 * unit:
        return None
    # Inside the side everywhere: an end that stood off it would be seen as a spike.
    inside = 1.5 + max(float(((start + slope * rows - edge) * arm.outward).max()), 0.0)
    top = np.array([start + slope * arm.shoulder[1] - inside * arm.outward, arm.shoulder[1]])
    down = np.array([slope, 1.0]) / np.hypot(slope, 1.0)
    width = float(np.interp(0.3, np.linspace(0.0, 1.0, len(arm.inner_profile)), arm.inner_profile)) - 2.0
    layer = _texture(sheet, arm, upper, top + 0.9 * unit * down, down, width, unit)
    return Armpit(layer, outline(layer), top, down, width, arm.shoulder, arm.outward, unit)


def _texture(sheet: Image, arm: Arm, upper: LimbLayer, corner: Points, down: Points, width: float, unit: float
             ) -> Image:  # fmt: skip
    """Cloth of both sides, each mirrored at its edge, passing into each other; bounded by a hollow curve."""
    count = SIZE + OVERLAP + 4
    y, x = np.mgrid[0:count, 0:count].astype(np.float64) - OVERLAP
    scale = REACH * unit / SIZE
    inward = np.array([-arm.outward, 0.0])
    trunk = _sample(sheet, corner + scale * (np.maximum(y, 0.0)[..., None] * down + np.abs(x)[..., None] * inward))
    bone = arm.elbow - arm.shoulder
    length = max(float(np.hypot(*bone)), 1e-6)
    along = bone / length
    normal = np.array([-arm.outward * along[1], arm.outward * along[0]])
    edge = arm.shoulder + (0.25 * length) * along + (width - 3.0) * normal
    stretch = min(scale, 0.4 * length / SIZE)
    deep = np.minimum(np.abs(y) * scale, 1.2 * width)
    limb = edge + stretch * np.maximum(x, 0.0)[..., None] * along - deep[..., None] * normal
    sleeve = _sample(upper.layer, limb - np.array([upper.left, upper.top]))
    u, v = np.clip(x / SIZE, 0.0, 1.0), np.clip(y / SIZE, 0.0, 1.0)
    share = smooth_ramp(u / np.maximum(u + v, 1e-3), 0.2, 0.8)[..., None]
    colours = trunk * (1.0 - share) + sleeve * share
    # A parabola that leaves both sides along them; towards it the cloth turns away from the light.
    curve = np.sqrt(u) + np.sqrt(v)
    colours = colours * (1.0 - 0.12 * smooth_ramp(curve, 0.6, 1.0))[..., None]
    gradient = 0.5 / SIZE * np.hypot(1.0 / np.sqrt(np.maximum(u, 0.02)), 1.0 / np.sqrt(np.maximum(v, 0.02)))
    alpha = np.clip(0.5 + (1.0 - curve) / gradient, 0.0, 1.0)
    # Over trunk and arm it fades.
    alpha = alpha * smooth_ramp(x, -float(OVERLAP), 0.0) * smooth_ramp(y, -float(OVERLAP), 0.0)
    return premultiply(np.clip(np.rint(colours), 0, 255).astype(np.uint8), alpha)


def _sample(layer: Image, points: Points) -> NDArray[np.float64]:
    """(h, w, 3) colours of a premultiplied layer at points (h, w, 2), without its transparency."""
    place = points.astype(np.float32)
    found = cv2.remap(layer, place, np.empty(0, np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = np.maximum(found[..., 3:].astype(np.float64), 1.0) / 255.0
    return np.clip(found[..., :3] / cover, 0.0, 255.0)
