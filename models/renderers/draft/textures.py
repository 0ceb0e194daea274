"""The layers of a portrait: the body sheet with hidden parts filled in, arms and legs.

A layer keeps the portrait's own pixels in their own place, so that the untouched pose gives the untouched picture. What
the portrait hides of an arm is made in `limbs`.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.matting import push_pull
from models.renderers.draft.armpit import Armpit, make_armpit
from models.renderers.draft.bare_arms import Skin, find_skin, heel_colour, skin_limb
from models.renderers.draft.compositing import Image, premultiply
from models.renderers.draft.geometry import Arm, Geometry, Points, segment_distance
from models.renderers.draft.hands import moved_hand
from models.renderers.draft.limbs import LimbLayer, along_and_across, mirrored_detail, smooth_ramp, whole_arm
from models.renderers.draft.regions import ArmRegions, LegRegions, Mask, Regions
from models.renderers.draft.sleeves import CUFF, sleeve_limb, upper_arm
from models.renderers.draft.stage import Stage

FORESHORTENED = 0.72
"""A forearm shorter than this share of its full length is invented."""

HALF_HEM = 0.8
"""Where a short sleeve ends over an elbow that the portrait hides, 0 at the shoulder and 1 at the elbow."""

ARMPIT_HEM = 0.35
"""Sleeves that end sooner do not span the corner under the arm."""

HIDDEN = 0.75
BENT = 0.7
"""A forearm of which the portrait shows a smaller share, or before which the hand is bent by more than this angle in
radians, is invented as well."""


@dataclass(frozen=True)
class ArmLayers:
    """One arm: as the portrait has it, and in three parts that move.

    Attributes:
        arm: its measures.
        rest: all of it but the hand in one piece, for when it is near its own place.
        own_hand: the hand as the portrait has it, which goes with `rest`.
        upper, forearm, hand: the parts for when it is not.
        armpit: the cloth that spans the corner under the raised arm; None where there is none.
        visible_forearm: share 0..1 of the forearm that the portrait shows.
        sleeved: whether the hand comes out of a sleeve, which then lies over its root.
    """

    arm: Arm
    rest: LimbLayer
    own_hand: LimbLayer
    upper: LimbLayer
    forearm: LimbLayer
    hand: LimbLayer
    armpit: Armpit | None
    visible_forearm: float
    sleeved: bool


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
    skin = find_skin(stage, regions)
    hems = _hems(regions, stage.alpha.shape, long_sleeves)
    sheet = _sheet(stage, regions)
    arms = tuple(
        _arm_layers(stage, geometry, regions, region, long_sleeves, skin, hems, sheet) for region in regions.arms
    )
    legs = tuple(_leg_layers(stage, region) for region in regions.legs)
    return Layers(sheet=sheet, arms=arms, legs=legs)


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
        covered |= region.beside & regions.torso
        other = (
            region.hand | region.beside | (region.forearm & ~region.upper) | (region.upper & ~regions.cloth & ~faded)
        )
        front |= other & regions.torso
    deep = _grow(covered, -3)
    # Beside an arm the edge is hard, elsewhere the portrait's own soft one: without this the hard one would stick out.
    limbs = np.zeros_like(covered)
    for region in regions.arms:
        limbs |= region.upper | region.forearm | region.hand | region.beside
    limbs &= ~regions.torso
    beside = _grow(limbs & (stage.alpha > 0.9), 2) & ~_grow(stage.alpha < 0.5, 4)
    keep = _grow(regions.torso, 1) & ~limbs & ~beside
    known = regions.torso & ~_grow(covered, 3) & (stage.alpha > 0.9)
    colours = stage.person
    if deep.any() and known.any():
        filled = push_pull(stage.person, known) + mirrored_detail(stage.person, known)
        # Under an arm of the same cloth the rim is kept; under a hand it would stay behind as an outline.
        front = cv2.morphologyEx(front.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)) > 0
        hidden = _grow(covered, -4) | _grow(front, 2)
        share = cv2.GaussianBlur(hidden.astype(np.float32), (0, 0), 2.0)[..., None]
        colours = np.clip(np.rint(stage.person * (1.0 - share) + filled * share), 0, 255).astype(np.uint8)
    alpha = stage.alpha * _soft(keep, ~(stage.alpha > 0.02))
    if regions.hem is not None:
        # Trousers go on in the legs below: a hard end would show as a step when the trunk leans.
        # Between the legs there is nothing below: there it ends where they part.
        middle, row, between = regions.parting
        apart = smooth_ramp(np.abs(x - middle), 0.3 * between, 0.8 * between)
        end = np.clip(row - y + 0.5, 0.0, 1.0)
        alpha = alpha * (apart * (1.0 - smooth_ramp(y, *regions.hem)) + (1.0 - apart) * end)
    return premultiply(colours, alpha)


def _arm_layers(stage: Stage, geometry: Geometry, regions: Regions, region: ArmRegions, long_sleeves: bool,
                skin: Skin | None, hems: dict[int, float], sheet: Image) -> ArmLayers:  # fmt: skip
    arm = region.arm
    y, x = np.mgrid[0 : stage.alpha.shape[0], 0 : stage.alpha.shape[1]].astype(np.float32)
    forearm_length = max(float(np.hypot(*(arm.wrist - arm.elbow))), 1.0)
    _, along_upper = segment_distance(x, y, arm.shoulder, arm.elbow)
    to_forearm, along_forearm = segment_distance(x, y, arm.elbow, arm.wrist)
    in_front = region.hand | (region.forearm & ~region.upper & (along_forearm > 0.3))
    own = (stage.alpha > 0.5) & ~_grow(in_front, 4)
    visible = float(region.forearm.sum()) / max(forearm_length * 2.0 * arm.elbow_radius, 1.0)
    made = forearm_length < FORESHORTENED * arm.forearm_full or visible < HIDDEN or _bent_hand(arm) > BENT
    hem = hems[arm.side]
    bare_upper = hem < 0.9
    if made and skin is not None and not long_sleeves:
        # A hidden elbow comes out of a short sleeve: the sleeve's end at the elbow itself would be a bag.
        hem = min(hem, HALF_HEM)
    # Skin of the neck or of another limb must not run into a sleeve, nor the shirt into a bare arm.
    own &= (along_upper > hem) | ~_grow(regions.skin, 2)
    sleeve = own & region.upper & (along_upper < hem)
    if (sleeve & regions.cloth).sum() > 0.35 * sleeve.sum():
        # In the chest's own colours: what else lies there is a shadow or a rim.
        own &= (along_upper > hem) | regions.cloth
    arm = _filled_out(arm, geometry.body_unit, hem < 0.9)
    elbow, wrist = _bare_radii(replace(region, arm=arm), geometry)
    shown = None if made else own & regions.skin & (stage.alpha > 0.95)
    upper = upper_arm(stage, arm, own, hem, skin, elbow if made else arm.elbow_radius, shown)
    if made and (long_sleeves or skin is None):
        thick = 0.5 * (float(arm.upper_profile[-1]) + float(arm.inner_profile[-1]))
        radii = (0.97 * thick, max(0.74 * thick, 1.15 * wrist))
        forearm = _invented(arm, *sleeve_limb(upper, arm, radii, CUFF * geometry.unit))
    elif made and skin is not None:
        end = heel_colour(stage, region, skin)
        forearm = _invented(arm, *skin_limb(arm.forearm_full, (elbow, wrist), skin, end))
    else:
        radius = arm.elbow_radius + (arm.wrist_radius - arm.elbow_radius) * np.clip(along_forearm, 0.0, 1.0)
        hidden = region.hand & (to_forearm < radius - 1.0)
        from_elbow = np.hypot(x - arm.elbow[0], y - arm.elbow[1]) / arm.elbow_radius
        ramp = smooth_ramp(along_forearm * forearm_length / arm.elbow_radius, -0.7, 0.3)
        ramp = np.maximum(ramp, smooth_ramp(from_elbow, 0.85, 1.2))
        forearm = _limb_layer(stage, region.forearm, hidden, ramp, arm.elbow, arm.wrist)
    hand_ramp = smooth_ramp(arm.beyond_wrist(x, y) / geometry.unit, -0.12, 0.12)
    own_hand = _limb_layer(stage, region.pure_hand, np.zeros_like(region.hand), hand_ramp, arm.wrist, arm.tip)
    hand = moved_hand(stage, region, geometry, skin, bare_upper) if made else own_hand
    everything = region.upper | region.forearm | region.hand | region.beside
    overlap = max(4, round(0.12 * geometry.body_unit))
    faded = region.upper & ~_grow(in_front, 4) & regions.torso
    rest = whole_arm(stage, everything & ~faded, regions.torso, arm, overlap, own_hand)
    sleeved = long_sleeves and forearm.invented is not None
    armpit = make_armpit(sheet, regions.torso, arm, upper, geometry.body_unit) if hem > ARMPIT_HEM else None
    return ArmLayers(arm, rest, own_hand, upper, forearm, hand, armpit, min(visible, 1.0), sleeved)


def _bent_hand(arm: Arm) -> float:
    """Angle in radians between forearm and hand."""
    forearm, hand = arm.wrist - arm.elbow, arm.tip - arm.wrist
    return abs(float(np.arctan2(forearm[0] * hand[1] - forearm[1] * hand[0], forearm @ hand)))


def _filled_out(arm: Arm, unit: float, bare_elbow: bool) -> Arm:
    """The arm with half widths of a whole limb where the portrait shows only its outer side."""
    steps = np.linspace(0.0, 1.0, len(arm.upper_profile))
    root = np.clip(1.0 - steps / 0.4, 0.0, 1.0)
    outer, inner = (0.34, 0.34) if bare_elbow else (0.44, 0.50)
    # Towards the armpit an arm is thick: when it is raised that side is seen.
    thick = np.maximum(arm.inner_profile, inner * unit) * (1.0 - root) + root * max(
        1.05 * arm.upper_radius, 0.55 * unit
    )
    return replace(arm, upper_profile=np.maximum(arm.upper_profile, outer * unit), inner_profile=thick)


def _hems(regions: Regions, shape: tuple[int, ...], long_sleeves: bool) -> dict[int, float]:
    """By side: where along the upper arm a sleeve ends, 0 at the shoulder and 1 at the elbow, 9 where it does not.

    An arm that shows too little of itself has the other's.
    """
    if long_sleeves:
        return {region.arm.side: 9.0 for region in regions.arms}
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    found: dict[int, float | None] = {}
    for region in regions.arms:
        arm = region.arm
        to_axis, along = segment_distance(x, y, arm.shoulder, arm.elbow)
        seen = region.upper & ~_grow(region.hand, 4) & (to_axis < 0.8 * arm.upper_radius)
        edges = np.linspace(0.1, 1.1, 21)
        places = np.digitize(along[seen], edges)
        counts = np.bincount(places, minlength=22)[1:21]
        bare = np.bincount(places, weights=regions.skin[seen], minlength=22)[1:21]
        known = counts > 0.15 * arm.upper_radius
        if known[10:].sum() < 4:
            found[arm.side] = None
            continue
        skinny = np.flatnonzero(known & (bare > 0.5 * counts))
        # The hem is where most of what follows is skin.
        ends = [k for k in skinny if bare[k:].sum() > 0.8 * counts[k:].sum()]
        found[arm.side] = float(edges[ends[0]]) if ends and counts[ends[0] :].sum() > arm.upper_radius**2 / 4 else 9.0
    known_hems = [hem for hem in found.values() if hem is not None]
    other = min(known_hems) if known_hems else 9.0
    return {side: other if hem is None else hem for side, hem in found.items()}


def _invented(arm: Arm, made: Image, origin: tuple[float, float]) -> LimbLayer:
    """A full-length forearm for one that the portrait shows foreshortened or hides."""
    nothing = np.zeros((1, 1, 4), np.uint8)
    return LimbLayer(
        nothing, int(arm.elbow[0]), int(arm.elbow[1]), arm.elbow, arm.wrist, made, arm.forearm_full, origin
    )


def _bare_radii(region: ArmRegions, geometry: Geometry) -> tuple[float, float]:
    """Half widths of a bare elbow and wrist."""
    arm = region.arm
    thick = 0.5 * (float(arm.upper_profile[-1]) + float(arm.inner_profile[-1]))
    wrist = _wrist_radius(region, geometry)
    return float(np.clip(0.92 * thick, 1.2 * wrist, 1.55 * wrist)), wrist


def _wrist_radius(region: ArmRegions, geometry: Geometry) -> float:
    """Half width of the wrist: as wide as the hand begins, within what wrists are."""
    arm = region.arm
    rows, columns = np.nonzero(region.pure_hand)
    along, across = along_and_across(columns.astype(np.float64), rows.astype(np.float64), arm.wrist, arm.tip)
    heel = (along > -0.05 * geometry.unit) & (along < 0.3 * geometry.unit)
    half = 0.45 * float(np.percentile(across[heel], 92) - np.percentile(across[heel], 8)) if heel.sum() > 20 else 0.0
    usual = 0.36 * geometry.body_unit
    return float(np.clip(half, 0.85 * usual, 1.15 * usual))


def _leg_layers(stage: Stage, region: LegRegions) -> LegLayers:
    leg = region.leg
    none = np.zeros_like(region.thigh)
    root = region.root & ~region.thigh
    full = np.ones(stage.alpha.shape, np.float32)
    down = leg.ankle + (leg.ankle - leg.knee) * 0.3
    return LegLayers(
        thigh=_limb_layer(stage, region.thigh, root, full, leg.hip, leg.knee),
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


def _grow(mask: Mask, pixels: int) -> Mask:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(pixels) + 1,) * 2)
    change = cv2.dilate if pixels > 0 else cv2.erode
    return change(mask.astype(np.uint8), kernel) > 0


def _soft(mask: Mask, empty: Mask) -> NDArray[np.float32]:
    """The mask with soft seams towards other parts, but not towards the background, which alpha handles."""
    grown = mask | (_grow(mask, 5) & empty)
    return np.asarray(cv2.GaussianBlur(grown.astype(np.float32), (0, 0), 0.9), np.float32)
