"""Limb and body layers: colours with hidden parts filled in, soft joints, and invented full-length limbs.

A layer keeps the portrait's own pixels in their own place, so that the untouched pose gives the untouched picture. A
limb that the portrait shows foreshortened has a second, invented texture for when it is stretched out.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.matting import push_pull
from models.renderers.draft.compositing import Image, premultiply
from models.renderers.draft.geometry import Arm, Geometry, Points, segment_distance
from models.renderers.draft.regions import ArmRegions, LegRegions, Mask, Regions
from models.renderers.draft.stage import Stage

FORESHORTENED = 0.72
"""A limb shorter than this share of its full length gets an invented texture too."""


@dataclass(frozen=True)
class LimbLayer:
    """A rigid or stretchable part.

    Attributes:
        layer: (h, w, 4) uint8 premultiplied, the portrait's pixels.
        left, top: frame pixel of the layer's first pixel.
        start, end: (2,) joints in frame pixels in the still portrait.
        invented: (h, w, 4) uint8 premultiplied with the limb along +x, or None.
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


@dataclass(frozen=True)
class ArmLayers:
    """The three parts of an arm, drawn in this order."""

    arm: Arm
    upper: LimbLayer
    forearm: LimbLayer
    hand: LimbLayer
    visible_forearm: float


@dataclass(frozen=True)
class LegLayers:
    """The three parts of a leg."""

    thigh: LimbLayer
    calf: LimbLayer
    foot: LimbLayer
    side: int


@dataclass(frozen=True)
class Layers:
    """Everything that is drawn over the background: the body sheet (H, W, 4) premultiplied, arms and legs."""

    sheet: Image
    arms: tuple[ArmLayers, ...]
    legs: tuple[LegLayers, ...]


def build_layers(stage: Stage, geometry: Geometry, regions: Regions, long_sleeves: bool) -> Layers:
    """Cut the person into layers."""
    skin = _hand_colour(stage, regions)
    arms = tuple(_arm_layers(stage, geometry, region, long_sleeves, skin) for region in regions.arms)
    legs = tuple(_leg_layers(stage, region) for region in regions.legs)
    return Layers(sheet=_sheet(stage, regions), arms=arms, legs=legs)


def _sheet(stage: Stage, regions: Regions) -> Image:
    height, width = stage.alpha.shape
    covered, front = np.zeros((height, width), np.bool_), np.zeros((height, width), np.bool_)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for region in regions.arms:
        arm = region.arm
        # The shoulder keeps its own pixels: the arm fades in over it.
        _, along = segment_distance(x, y, arm.shoulder, arm.elbow)
        faded = along * np.hypot(*(arm.elbow - arm.shoulder)) < 1.2 * arm.upper_radius
        covered |= (region.upper & ~faded) | (region.forearm & ~(faded & region.upper)) | region.hand
        other = region.hand | (region.forearm & ~region.upper) | (region.upper & ~regions.cloth & ~faded)
        front |= other & regions.torso
    deep = _grow(covered, -3)
    keep = _grow(regions.torso, 4)
    known = regions.torso & ~_grow(covered, 3) & (stage.alpha > 0.9)
    colours = stage.person
    if deep.any() and known.any():
        filled = push_pull(stage.person, known)
        # Under an arm of the same cloth the rim is kept; under a hand it would stay behind as an outline.
        front = cv2.morphologyEx(front.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)) > 0
        hidden = _grow(covered, -4) | _grow(front, 2)
        share = cv2.GaussianBlur(hidden.astype(np.float32), (0, 0), 1.2)[..., None]
        colours = (stage.person * (1.0 - share) + filled * share).round().astype(np.uint8)
    alpha = stage.alpha * _soft(keep, ~(stage.alpha > 0.02))
    if regions.hem is not None:
        # Trousers go on in the legs below: a hard end would show as a step when the trunk leans.
        alpha = alpha * (1.0 - _ramp(y, *regions.hem))
    return premultiply(colours, alpha)


def _arm_layers(stage: Stage, geometry: Geometry, region: ArmRegions, long_sleeves: bool,
                skin: NDArray[np.float32] | None) -> ArmLayers:  # fmt: skip
    arm = region.arm
    y, x = np.mgrid[0 : stage.alpha.shape[0], 0 : stage.alpha.shape[1]].astype(np.float32)
    upper_length = float(np.hypot(*(arm.elbow - arm.shoulder)))
    forearm_length = max(float(np.hypot(*(arm.wrist - arm.elbow))), 1.0)
    to_upper, along_upper = segment_distance(x, y, arm.shoulder, arm.elbow)
    to_forearm, along_forearm = segment_distance(x, y, arm.elbow, arm.wrist)
    upper_ramp = _ramp(along_upper * upper_length / arm.upper_radius, -0.5, 0.9)
    hidden = (region.hand | region.forearm) & ~region.upper
    hidden_upper = hidden & (along_upper < 1.25)
    hidden_upper &= to_upper < arm.upper_width(along_upper, x, y) - 1.0
    tinted = _grow(region.hand | (region.forearm & ~region.upper & (along_forearm > 0.3)), 4)
    upper = _limb_layer(stage, region.upper, hidden_upper, upper_ramp, arm.shoulder, arm.elbow, tinted)
    radius = arm.elbow_radius + (arm.wrist_radius - arm.elbow_radius) * np.clip(along_forearm, 0.0, 1.0)
    hidden_forearm = region.hand & (to_forearm < radius - 1.0)
    from_elbow = np.hypot(x - arm.elbow[0], y - arm.elbow[1]) / arm.elbow_radius
    forearm_ramp = _ramp(along_forearm * forearm_length / arm.elbow_radius, -0.7, 0.3)
    forearm_ramp = np.maximum(forearm_ramp, _ramp(from_elbow, 0.85, 1.2))
    visible = float(region.forearm.sum()) / max(forearm_length * 2.0 * arm.elbow_radius, 1.0)
    forearm = _limb_layer(stage, region.forearm, hidden_forearm, forearm_ramp, arm.elbow, arm.wrist)
    if forearm_length < FORESHORTENED * arm.forearm_full:
        colours = _forearm_colours(stage, region, long_sleeves, skin)
        invented, origin = invent_limb(arm.forearm_full, arm.elbow_radius, arm.wrist_radius, *colours)
        forearm = LimbLayer(
            forearm.layer, forearm.left, forearm.top, forearm.start, forearm.end, invented, arm.forearm_full, origin
        )
    hand_ramp = _ramp(arm.beyond_wrist(x, y) / geometry.unit, -0.12, 0.12)
    hand = _limb_layer(stage, region.hand, np.zeros_like(region.hand), hand_ramp, arm.wrist, arm.tip)
    return ArmLayers(arm=arm, upper=upper, forearm=forearm, hand=hand, visible_forearm=min(visible, 1.0))


def _leg_layers(stage: Stage, region: LegRegions) -> LegLayers:
    leg = region.leg
    none = np.zeros_like(region.thigh)
    full = np.ones(stage.alpha.shape, np.float32)
    down = leg.ankle + (leg.ankle - leg.knee) * 0.3
    return LegLayers(
        thigh=_limb_layer(stage, region.thigh, none, full, leg.hip, leg.knee),
        calf=_limb_layer(stage, region.calf, none, full, leg.knee, leg.ankle),
        foot=_limb_layer(stage, region.foot, none, full, leg.ankle, down),
        side=leg.side,
    )


def _limb_layer(stage: Stage, mask: Mask, hidden: Mask, ramp: NDArray[np.floating], start: Points, end: Points,
                tinted: Mask | None = None) -> LimbLayer:  # fmt: skip
    """Layer of `mask`, extended into `hidden` with filled colours, faded by `ramp`.

    Where `tinted`, the portrait's colours belong to what lies in front and are filled too.
    """
    rows, columns = np.nonzero(mask | hidden)
    if len(rows) == 0:
        return LimbLayer(np.zeros((1, 1, 4), np.uint8), int(start[0]), int(start[1]), start, end)
    pad = 6
    y0, y1 = max(int(rows.min()) - pad, 0), min(int(rows.max()) + pad, mask.shape[0])
    x0, x1 = max(int(columns.min()) - pad, 0), min(int(columns.max()) + pad, mask.shape[1])
    box = (slice(y0, y1), slice(x0, x1))
    empty = stage.alpha[box] <= 0.02
    part, behind = mask[box], hidden[box]
    alpha = stage.alpha[box] * _soft(part, empty)
    alpha = np.maximum(alpha, _soft(behind | part, empty & ~behind) * stage.alpha[box])
    colours = stage.person[box]
    if tinted is not None:
        behind = behind | (part & tinted[box])
        part = part & ~tinted[box]
    known = _grow(part, -1) & (stage.alpha[box] > 0.5)
    if known.any():
        share = cv2.GaussianBlur((~part).astype(np.float32), (0, 0), 1.0)[..., None] * ~_grow(part, -2)[..., None]
        share = np.where(behind[..., None], np.maximum(share, 1.0 * ~part[..., None]), share * ~part[..., None])
        colours = (colours * (1.0 - share) + push_pull(colours, known) * share).round().astype(np.uint8)
    return LimbLayer(premultiply(colours, alpha * ramp[box]), x0, y0, start, end)


def invent_limb(length: float, start_radius: float, end_radius: float, start_colour: NDArray[np.float32],
                end_colour: NDArray[np.float32]) -> tuple[Image, tuple[float, float]]:  # fmt: skip
    """A plain limb along +x with rounded ends, shaded at its edges; and the place of its start joint.

    Args:
        length: pixels between the joints.
        start_radius: half width at the start joint.
        end_radius: half width at the end joint.
        start_colour: (3,) RGB 0..255 at the start joint.
        end_colour: the same from the middle on.
    """
    pad = int(np.ceil(start_radius)) + 3
    width, height = int(np.ceil(length)) + 2 * pad, 2 * pad
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    along = np.clip((x - pad) / max(length, 1.0), 0.0, 1.0)
    # A forearm is widest a quarter of the way down, then tapers.
    bulge = 0.08 * np.sin(np.pi * np.clip(along * 1.6, 0.0, 1.0))
    radius = start_radius + (end_radius - start_radius) * along**0.8 + bulge * start_radius
    distance = np.hypot(x - pad - along * length, y - pad)
    edge = np.clip(radius - distance + 0.5, 0.0, 1.0)
    across = np.clip((y - pad) / radius, -1.0, 1.0)
    shade = 1.0 - 0.24 * np.abs(across) ** 2.4 - 0.05 * across
    rng = np.random.default_rng(0)
    noise = cv2.GaussianBlur(rng.normal(0.0, 1.0, (height, width)).astype(np.float32), (0, 0), 3.0) * 10.0
    share = np.clip(along / 0.55, 0.0, 1.0)[..., None]
    colour = start_colour + (end_colour - start_colour) * share * share * (3.0 - 2.0 * share)
    rgb = np.clip(colour * shade[..., None] + 0.35 * noise[..., None], 0.0, 255.0)
    ramp = _ramp((x - pad) / start_radius, -0.7, 0.3)
    return premultiply(rgb.astype(np.uint8), edge * ramp), (float(pad), float(pad))


def _hand_colour(stage: Stage, regions: Regions) -> NDArray[np.float32] | None:
    """The 55th percentile of both hands' pixels: never one hand alone, which may lie in shadow."""
    mask = np.zeros(stage.alpha.shape, np.bool_)
    for region in regions.arms:
        mask |= region.hand
    pixels = stage.person[mask & (stage.alpha > 0.95)]
    return np.percentile(pixels, 55, axis=0).astype(np.float32) if len(pixels) > 20 else None


def _forearm_colours(stage: Stage, region: ArmRegions, long_sleeves: bool, skin: NDArray[np.float32] | None
                     ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:  # fmt: skip
    """Colours at the elbow and from the middle on.

    Bare skin takes the hands' colour and, at the elbow, the light of what the portrait shows there.
    """
    arm = region.arm
    rows, columns = np.nonzero((region.forearm | region.upper) & ~region.hand & (stage.alpha > 0.95))
    near = np.hypot(columns - arm.elbow[0], rows - arm.elbow[1]) < 1.1 * arm.elbow_radius
    pixels = stage.person[rows[near], columns[near]].astype(np.float32)
    if long_sleeves or skin is None:
        arm_pixels = stage.person[rows, columns]
        middle = np.median(arm_pixels, axis=0) if len(arm_pixels) else np.full(3, 128.0)
        return middle.astype(np.float32), middle.astype(np.float32)
    bare = stage.person[rows, columns].astype(np.float32)
    bare = bare[_skin_hue(bare, skin)]
    # Palms are pinker than arms: what the portrait shows of the arm itself counts more.
    tone = 0.3 * skin + 0.7 * np.percentile(bare, 65, axis=0) if len(bare) > 400 else skin
    alike = pixels[_skin_hue(pixels, skin)]
    elbow = np.median(alike, axis=0) if len(alike) > 0.25 * max(len(pixels), 40) else tone
    return (0.6 * elbow + 0.4 * tone).astype(np.float32), tone.astype(np.float32)


def _skin_hue(pixels: NDArray[np.float32], skin: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which of (n, 3) pixels have the skin's hue and are not in deep shadow; a sleeve's hem must not tint an arm."""
    hue = pixels / np.maximum(pixels.sum(axis=1, keepdims=True), 1.0) - skin / max(float(skin.sum()), 1.0)
    alike: NDArray[np.bool_] = (np.abs(hue).max(axis=1) < 0.05) & (pixels.sum(axis=1) > 0.45 * float(skin.sum()))
    return alike


def _ramp(value: NDArray[np.floating], start: float, end: float) -> NDArray[np.float32]:
    share = np.clip((value - start) / (end - start), 0.0, 1.0)
    return (share * share * (3.0 - 2.0 * share)).astype(np.float32)


def _grow(mask: Mask, pixels: int) -> Mask:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(pixels) + 1,) * 2)
    change = cv2.dilate if pixels > 0 else cv2.erode
    return change(mask.astype(np.uint8), kernel) > 0


def _soft(mask: Mask, empty: Mask) -> NDArray[np.float32]:
    """The mask with soft seams towards other parts, but not towards the background, which alpha handles."""
    grown = mask | (_grow(mask, 5) & empty)
    return np.asarray(cv2.GaussianBlur(grown.astype(np.float32), (0, 0), 0.9), np.float32)
