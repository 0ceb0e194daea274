"""Whole arms made from what a portrait shows of them: a clean upper arm, an invented forearm, and the untouched arm.

The portrait's own arm is drawn while it is near its place; further away a made one is, whose outline is plain geometry,
so no shred of cloth or background swings along. Pixel regions come from `regions`, drawing is in `puppet`.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from core.matting import push_pull
from models.renderers.draft.compositing import Image, outline, premultiply
from models.renderers.draft.geometry import Arm, Points, segment_distance
from models.renderers.draft.stage import Stage

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]

CUFF = 0.16
"""Length of a long sleeve beyond the wrist, in eye distances."""


@dataclass(frozen=True)
class LimbLayer:
    """A rigid or stretchable part.

    Attributes:
        layer: (h, w, 4) uint8 premultiplied, the portrait's pixels.
        left, top: frame pixel of the layer's first pixel.
        start, end: (2,) joints in frame pixels in the still portrait.
        invented: (h, w, 4) uint8 premultiplied with the limb along +x, drawn instead of `layer`; or None.
        invented_length: pixels from start to end joint in `invented`.
        invented_origin: (2,) start joint in `invented`.
    """

    layer: Image
    left: int
    top: int
    start: Points
    end: Points
    invented: Image | None = None
    invented_length: float = 1.0
    invented_origin: tuple[float, float] = (0.0, 0.0)

    @cached_property
    def hull(self) -> Points:
        """`compositing.outline` of `layer`."""
        return outline(self.layer)

    @cached_property
    def invented_hull(self) -> Points:
        """`compositing.outline` of `invented`."""
        return np.zeros((0, 2)) if self.invented is None else outline(self.invented)


def smooth_ramp(value: NDArray[np.floating], start: float, end: float) -> Floats:
    """0 up to `start`, 1 from `end` on, smooth in between; `end` may be the smaller one."""
    share = np.clip((value - start) / (end - start), 0.0, 1.0)
    return (share * share * (3.0 - 2.0 * share)).astype(np.float32)


def along_and_across(x: Points, y: Points, a: Points, b: Points) -> tuple[Points, Points]:
    """Pixels along a-b from a, and across it, positive to the left of its direction as seen in the picture."""
    axis = (b - a) / max(float(np.hypot(*(b - a))), 1e-6)
    dx, dy = x - float(a[0]), y - float(a[1])
    return dx * float(axis[0]) + dy * float(axis[1]), dx * float(axis[1]) - dy * float(axis[0])


def upper_arm(stage: Stage, arm: Arm, own: Mask, hem: float, bare: Mask, tone: Floats | None) -> LimbLayer:
    """The upper arm with a smooth outline and round ends.

    Args:
        stage: picture and person.
        arm: measured; its profiles are the outline.
        own: (H, W) bool, pixels whose colours are the upper arm's or the same cloth's; the rest is continued from them.
        hem: where a sleeve ends, 0 at the shoulder and 1 at the elbow; more than 1 where none does.
        bare: (H, W) bool, pixels of skin.
        tone: (3,) colour of a bare arm of which nothing is seen.
    """
    length = max(float(np.hypot(*(arm.elbow - arm.shoulder))), 1.0)
    room = 1.3 * max(float(arm.upper_profile.max()), float(arm.inner_profile.max())) + 3.0
    box, x, y = _box(stage.alpha.shape, (arm.shoulder, arm.elbow), room)
    along, across = along_and_across(x, y, arm.shoulder, arm.elbow)
    axis = arm.elbow - arm.shoulder
    # Positive `across` lies on the body's left of the axis in the picture; which side is the outer one follows from it.
    outer_sign = np.sign(arm.outward * (axis[1] or 1.0))
    steps = np.linspace(0.0, 1.0, len(arm.upper_profile))
    share = np.clip(along / length, 0.0, 1.0)
    # Near the shoulder the outline runs across the limb: there it is the picture's own.
    normal = np.array([axis[1], -axis[0]]) * outer_sign
    own_outline = _smoothed(arm.upper_profile)
    for index in np.flatnonzero(steps < 0.35):
        seen = _reach(stage.alpha, arm.shoulder + steps[index] * axis, normal, own_outline[index])
        own_outline[index] = max(seen, 3.0)
    outer = np.interp(share, steps, own_outline)
    inner = np.interp(share, steps, _smoothed(arm.inner_profile))
    # The two sides pass into each other, so that no step is cut into the round ends.
    side = smooth_ramp(across * outer_sign, -0.3 * float(inner.min()), 0.3 * float(inner.min()))
    width = inner + (outer - inner) * side
    # The root is no thicker than the shoulder above its joint, or it would stand up as a ball.
    flat = _reach(stage.alpha, arm.shoulder, arm.shoulder - arm.elbow, width.max()) / float(width.max())
    beyond = np.maximum(np.maximum(-along / float(np.clip(flat, 0.3, 1.0)), along - length), 0.0)
    distance = np.hypot(across, beyond) - width
    alpha = np.clip(0.5 - distance, 0.0, 1.0)
    known = own[box] & (stage.alpha[box] > 0.95) & (distance < -1.0)
    rounded = across / np.maximum(width, 1.0)
    below = share > hem
    colours = _continued(stage.person[box], known & ~below, rounded, None)
    if below.any() and tone is not None:
        lit = stage.person[box].sum(axis=2) > 0.62 * float(tone.sum())
        skin = _continued(stage.person[box], _usual(stage.person[box], known & below & bare[box] & lit), rounded, tone)
        colours = np.where(below[..., None], skin, colours)
    return LimbLayer(premultiply(colours, alpha), box[1].start, box[0].start, arm.shoulder, arm.elbow)


def sleeve_limb(upper: LimbLayer, arm: Arm, radii: tuple[float, float], cuff: float
                ) -> tuple[Image, tuple[float, float]]:  # fmt: skip
    """A forearm in the upper arm's cloth, along +x, and the place of its elbow.

    The upper arm's picture is mirrored at the elbow, so folds and light go on across the joint.

    Args:
        upper: the upper arm's layer, which must be opaque inside its outline.
        arm: measured.
        radii: half widths at elbow and wrist.
        cuff: pixels beyond the wrist.
    """
    length, (start, end) = arm.forearm_full, radii
    pad = int(np.ceil(max(radii))) + 3
    width, height = int(np.ceil(length + cuff)) + 2 * pad, 2 * pad
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    along = x - pad
    share = np.clip(along / length, 0.0, 1.0)
    radius = start + (end - start) * share
    across = (y - pad) / radius
    still = arm.elbow - arm.shoulder
    axis = still / max(float(np.hypot(*still)), 1e-6)
    normal = np.array([-axis[1], axis[0]])
    back = np.clip(0.95 - 0.62 * np.maximum(along, 0.0) / (length + cuff), 0.0, 1.0)
    reach = 0.8 * float(np.median(arm.inner_profile))
    source_x = arm.shoulder[0] + back * still[0] + np.clip(across, -1.0, 1.0) * reach * normal[0] - upper.left
    source_y = arm.shoulder[1] + back * still[1] + np.clip(across, -1.0, 1.0) * reach * normal[1] - upper.top
    layer = cv2.remap(upper.layer, source_x.astype(np.float32), source_y.astype(np.float32), cv2.INTER_LINEAR,
                      borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    cover = np.maximum(layer[..., 3:].astype(np.float32), 1.0) / 255.0
    rgb = np.clip(layer[..., :3] / cover, 0.0, 255.0)
    shade = 1.0 - 0.16 * np.abs(np.clip(across, -1.0, 1.0)) ** 3
    # A seam before the cuff and the shadow at its opening.
    seam = 1.0 - 0.22 * np.exp(-(((along - length - cuff + 0.55 * end) / 1.3) ** 2))
    seam = seam * (1.0 - 0.3 * smooth_ramp(along, length + cuff - 2.5, length + cuff))
    rgb = rgb * (shade * seam)[..., None]
    ahead = np.maximum(-along, 0.0)
    distance = np.hypot(np.abs(y - pad), ahead) - radius
    # The opening is a little round, as a tube seen from the side.
    opening = length + cuff - 0.12 * end * np.clip(across, -1.0, 1.0) ** 2
    alpha = np.clip(0.5 - distance, 0.0, 1.0) * np.clip(opening - along + 0.5, 0.0, 1.0)
    return premultiply(np.clip(np.rint(rgb), 0, 255).astype(np.uint8), alpha), (float(pad), float(pad))


def skin_limb(length: float, radii: tuple[float, float], start_colour: Floats, end_colour: Floats, hem: float | None
              ) -> tuple[Image, tuple[float, float]]:  # fmt: skip
    """A bare forearm along +x with the light of a rounded limb, and the place of its elbow.

    Args:
        length: pixels between the joints.
        radii: half widths at elbow and wrist.
        start_colour: (3,) RGB 0..255 at the elbow.
        end_colour: the same at the wrist.
        hem: pixels from the elbow at which a sleeve ends and the arm appears; None if the elbow is bare.
    """
    start, end = radii
    pad = int(np.ceil(1.1 * max(radii))) + 3
    width, height = int(np.ceil(length)) + 2 * pad, 2 * pad
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    along = np.clip((x - pad) / max(length, 1.0), 0.0, 1.0)
    # A forearm is widest a quarter of the way down, then tapers.
    bulge = 0.10 * np.sin(np.pi * np.clip(along * 1.7, 0.0, 1.0)) ** 2
    radius = start + (end - start) * smooth_ramp(along, 0.1, 1.05) + bulge * start
    distance = np.hypot(x - pad - along * length, y - pad)
    across = np.clip((y - pad) / radius, -1.0, 1.0)
    shade = 1.03 - 0.21 * np.abs(across) ** 2.6 - 0.04 * across
    # The sinew that runs to the wrist, and the softer light beside it.
    shade += 0.03 * np.exp(-(((across + 0.25) / 0.3) ** 2)) * smooth_ramp(along, 0.2, 0.8)
    rng = np.random.default_rng(0)
    coarse, fine = (
        cv2.GaussianBlur(rng.normal(0.0, 1.0, (height, width)).astype(np.float32), (0, 0), sigma) * gain
        for sigma, gain in ((7.0, 26.0), (1.2, 3.0))
    )
    share = smooth_ramp(along, 0.0, 1.0)[..., None]
    colour = start_colour + (end_colour - start_colour) * share
    rgb = np.clip(colour * shade[..., None] + (0.8 * coarse + 0.5 * fine)[..., None], 0.0, 255.0)
    alpha = np.clip(radius - distance + 0.5, 0.0, 1.0)
    if hem is None:
        alpha = alpha * smooth_ramp((x - pad) / start, -0.7, 0.3)
    else:
        edge = pad + hem + 0.1 * start * (1.0 - across**2)
        alpha = alpha * np.clip(x - edge + 0.5, 0.0, 1.0)
        rgb = rgb * (1.0 - 0.25 * smooth_ramp(x - edge, 0.35 * start, 0.0))[..., None]  # the sleeve's shadow
    return premultiply(np.rint(rgb).astype(np.uint8), alpha), (float(pad), float(pad))


def whole_arm(stage: Stage, mask: Mask, torso: Mask, arm: Arm, overlap: int, hand: LimbLayer) -> LimbLayer:
    """The arm as the portrait shows it, growing a little into its neighbours so that no seam shows at rest.

    The hand has a layer of its own over it: its place is filled where the arm goes on behind, and empty elsewhere.

    Args:
        stage: picture and person.
        mask: (H, W) bool, everything that goes with the arm.
        torso: (H, W) bool, what the body sheet shows.
        arm: measured.
        overlap: pixels by which the layer lies over its neighbours.
        hand: the hand's layer in its own place.
    """
    rows, columns = np.nonzero(mask)
    if len(rows) == 0:
        return LimbLayer(np.zeros((1, 1, 4), np.uint8), int(arm.wrist[0]), int(arm.wrist[1]), arm.shoulder, arm.wrist)
    pad = overlap + 6
    y0, y1 = max(int(rows.min()) - pad, 0), min(int(rows.max()) + pad + 1, mask.shape[0])
    x0, x1 = max(int(columns.min()) - pad, 0), min(int(columns.max()) + pad + 1, mask.shape[1])
    box = (slice(y0, y1), slice(x0, x1))
    # Towards the background the person's alpha is the edge; over its neighbours the layer fades.
    away = np.asarray(cv2.distanceTransform((~mask[box]).astype(np.uint8), cv2.DIST_L2, 3), np.float32)
    alpha = stage.alpha[box] * smooth_ramp(away, float(overlap), 0.4 * overlap)
    covered = np.zeros(mask.shape, np.uint8)
    part = hand.layer[..., 3]
    covered[hand.top : hand.top + part.shape[0], hand.left : hand.left + part.shape[1]] = part
    inside = cv2.dilate((covered[box] > 250).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    behind = segment_distance(x, y, arm.shoulder, arm.elbow)[0] < 0.9 * arm.upper_radius
    behind |= segment_distance(x, y, arm.elbow, arm.wrist)[0] < 0.8 * arm.elbow_radius
    colours = stage.person[box]
    shown = mask[box] & ~(cv2.dilate((covered[box] > 8).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0)
    behind |= _closed(shown | torso[box], 2.6 * arm.upper_radius)
    if shown.any():
        colours = np.where(inside[..., None], push_pull(colours, shown & (stage.alpha[box] > 0.9)), colours)
    alpha = np.where(inside & ~behind, 0.0, alpha)
    return LimbLayer(premultiply(colours, alpha), x0, y0, arm.shoulder, arm.wrist)


def _box(shape: tuple[int, ...], points: tuple[Points, ...], room: float
         ) -> tuple[tuple[slice, slice], Points, Points]:  # fmt: skip
    """The part of the frame around some points, and the x and y of its pixels."""
    low = np.floor(np.min(points, axis=0) - room).astype(int)
    high = np.ceil(np.max(points, axis=0) + room).astype(int) + 1
    x0, y0 = np.clip(low, 0, (shape[1] - 1, shape[0] - 1))
    x1, y1 = max(min(int(high[0]), shape[1]), int(x0) + 1), max(min(int(high[1]), shape[0]), int(y0) + 1)
    y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    return (slice(int(y0), y1), slice(int(x0), x1)), x, y


def _reach(alpha: Floats, start: Points, direction: Points, longest: float) -> float:
    """Pixels from a point in a direction to the person's outline, `longest` at most."""
    steps = np.arange(0.0, longest + 0.5, 0.5)
    way = start + steps[:, None] * direction / max(float(np.hypot(*direction)), 1e-6)
    x = np.clip(np.rint(way[:, 0]).astype(int), 0, alpha.shape[1] - 1)
    y = np.clip(np.rint(way[:, 1]).astype(int), 0, alpha.shape[0] - 1)
    outside = np.flatnonzero(alpha[y, x] < 0.5)
    return float(steps[outside[0]]) if len(outside) else longest


def _smoothed(profile: Points) -> Points:
    padded = np.pad(profile, 2, mode="edge")
    return np.convolve(padded, [0.1, 0.25, 0.3, 0.25, 0.1], mode="valid")


def _closed(mask: Mask, radius: float) -> Mask:
    """The mask with its bays up to twice the radius filled; coarse, but quick for large radii."""
    height, width = mask.shape
    step = max(1, round(radius / 8.0))
    size = (max(1, width // step), max(1, height // step))
    small = cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) > 127
    reach = max(1, round(radius / step))
    padded = np.pad(small.astype(np.uint8), reach + 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel)[reach + 1 : -reach - 1, reach + 1 : -reach - 1]
    return np.asarray(cv2.resize(closed * 255, (width, height), interpolation=cv2.INTER_LINEAR) > 127)


def _usual(image: Image, mask: Mask) -> Mask:
    """The mask's pixels that have about its middle colour: what belongs to a hand before an arm is brighter."""
    if not mask.any():
        return mask
    middle = np.median(image[mask], axis=0)
    return mask & (np.abs(image - middle).max(axis=2) < 34.0)


def _continued(image: Image, known: Mask, across: Points, tone: Floats | None) -> Image:
    """Colours of a limb continued from where they are known: smoothly, darker towards the edge.

    Where too little is known and there is a tone, that is the colour.
    """
    shade = (1.0 - 0.14 * np.clip(np.abs(across), 0.0, 1.0) ** 3)[..., None]
    if tone is not None and known.sum() < 60:
        return np.clip(np.rint(tone * shade * np.ones_like(image)), 0, 255).astype(np.uint8)
    if not known.any():
        return image
    solid = cv2.erode(known.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    filled = push_pull(image, solid if solid.sum() > 40 else known).astype(np.float32)
    # Next to what is hidden there is often shadow: the limb's middle colour counts more than its last row.
    filled = 0.45 * filled + 0.55 * np.median(image[known], axis=0)
    weight = cv2.GaussianBlur((~known).astype(np.float32), (0, 0), 1.2)
    weight = np.maximum(weight, ~known)[..., None]
    return np.clip(np.rint(image * (1.0 - weight) + filled * shade * weight), 0, 255).astype(np.uint8)
