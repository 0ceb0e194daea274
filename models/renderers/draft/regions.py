"""Which pixels of the person belong to which limb: masks only, in frame pixels.

Every pixel outside the torso's outline belongs to the nearest limb, so no shred of a sleeve is left behind; a hand or
forearm in front of the torso is told from cloth by colour. Colours behind the limbs are filled in `textures`.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.pose import LEFT_EYE, LEFT_SHOULDER, NECK, RIGHT_EYE, RIGHT_SHOULDER
from models.renderers.draft.geometry import Arm, Geometry, Leg, Points, segment_distance
from models.renderers.draft.stage import Stage
from models.renderers.draft.trunk import find_trunk

Mask = NDArray[np.bool_]

HAND_REACH = 1.75
"""Largest distance of a hand's pixel from the line wrist to finger tip, in eye distances (a spread thumb)."""


CLOTH_DISTANCE = 16.0
"""Largest distance in (halved) Lab values of a pixel that surely is cloth of the chest's colours."""


@dataclass(frozen=True)
class ArmRegions:
    """Pixels of one arm as the portrait shows them; `upper` and `forearm` overlap in a disc at the elbow.

    Attributes:
        arm: its measures.
        upper, forearm, hand: (H, W); the hand with the dark rim of its fingers.
        pure_hand: (H, W) the hand without the cloth or shadow around it.
        beside: (H, W) what lies about the arm and belongs to no part, as a shred of cloth.
    """

    arm: Arm
    upper: Mask
    forearm: Mask
    hand: Mask
    pure_hand: Mask
    beside: Mask


@dataclass(frozen=True)
class LegRegions:
    """Pixels of one leg; `thigh` and `calf` overlap in a disc at the knee, `calf` and `foot` at the ankle.

    Attributes:
        leg: its measures.
        root: (H, W) where the thigh goes on behind the trunk, up to a round end at the hip.
        thigh, calf, foot: (H, W).
    """

    leg: Leg
    root: Mask
    thigh: Mask
    calf: Mask
    foot: Mask


@dataclass(frozen=True)
class Regions:
    """What belongs to what.

    Attributes:
        torso: (H, W) head, trunk and shoulders, also where an arm covers them.
        cloth: (H, W) what surely is the chest's cloth.
        skin: (H, W) what has the colours of hands and cheeks.
        hem: first and last row over which the trunk fades out above the legs; None without legs.
        parting: column and row where the legs part, and pixels from there to a leg's axis.
        arms, legs: pixels of the limbs.
    """

    torso: Mask
    cloth: Mask
    skin: Mask
    hem: tuple[float, float] | None
    parting: tuple[float, float, float]
    arms: tuple[ArmRegions, ...]
    legs: tuple[LegRegions, ...]


def find_regions(stage: Stage, geometry: Geometry, long_sleeves: bool) -> Regions:
    """Give the person's pixels to torso, arms and legs."""
    person = stage.alpha > 0.02
    y, x = np.mgrid[0 : person.shape[0], 0 : person.shape[1]].astype(np.float32)
    arms = [arm for arm in geometry.arms if arm is not None]
    skin, cloth = skin_and_cloth(stage, geometry, arms, x, y) if arms else (person, np.zeros_like(person))
    # A forearm behind its hand has the hand's colours, but must not go where the hand goes.
    skin &= ~stage.hidden_arms
    arms = [_trimmed(arm, skin, cloth, stage) for arm in arms]
    torso = find_trunk(person, stage.alpha, geometry, arms, x, y)
    legs = _legs(person, geometry, x, y)
    crotch = _crotch(person, geometry)
    hem = (crotch - 0.5 * legs[0].leg.thigh_radius, crotch) if legs else None
    for leg in legs:
        torso &= ~(leg.thigh | leg.calf | leg.foot) | (y < crotch + 2.0)
    taken = np.zeros_like(person)
    for leg in legs:
        taken |= leg.thigh | leg.calf | leg.foot
    visible = person & ~stage.hidden_arms
    arm_regions = tuple(_arm(person, visible, torso, taken, skin, arm, geometry, long_sleeves, x, y) for arm in arms)
    arm_pixels = np.zeros_like(person)
    for region in arm_regions:
        arm_pixels |= region.upper | region.forearm | region.hand
    legs = tuple(_without(leg, arm_pixels & ~torso) for leg in legs)
    # What no limb claims goes with an arm beside it, or a shred would stay there; hair or a bag with the torso.
    loose = person & ~torso & ~arm_pixels & ~taken
    foreign = torso & ~cloth & (stage.alpha > 0.02)
    arm_regions = tuple(_with_shreds(region, loose, foreign, geometry, x, y) for region in arm_regions)
    for region in arm_regions:
        loose &= ~region.beside
    hips = [leg.leg.hip[0] for leg in legs] or [0.0]
    solid = cv2.erode((stage.alpha > 0.9).astype(np.uint8), np.ones((5, 9), np.uint8)) > 0
    parting = (float(np.mean(hips)), _crotch(solid, geometry), 0.5 * float(np.ptp(hips)))
    return Regions(
        torso=torso | loose, cloth=cloth, skin=skin, hem=hem, parting=parting, arms=arm_regions, legs=legs
    )  # fmt: skip


def _with_shreds(region: ArmRegions, loose: Mask, foreign: Mask, geometry: Geometry, x: Points, y: Points
                 ) -> ArmRegions:  # fmt: skip
    """The arm's regions with what lies beside it on its side of the body, below its shoulder.

    That is, loose pixels, and the arm's shadow and rim on the trunk (`foreign`: of the trunk, but not of its colours).
    """
    arm, unit = region.arm, geometry.body_unit
    side = (x - geometry.joints[NECK, 0]) * arm.outward > 0.35 * abs(float(arm.shoulder[0] - geometry.joints[NECK, 0]))
    to_upper, along = segment_distance(x, y, arm.shoulder, arm.elbow)
    to_upper = np.where(along > 0.45, to_upper, np.inf)
    others = [segment_distance(x, y, a, b)[0] for a, b in ((arm.elbow, arm.wrist), (arm.wrist, arm.tip))]
    near = np.minimum(to_upper, np.minimum(*others)) < 2.0 * unit
    rim = foreign & side & (np.minimum(to_upper, others[0]) < arm.upper_radius + 0.45 * unit)
    rim = without_crumbs(cv2.morphologyEx(rim.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)) > 0)
    return replace(region, beside=(loose & side & near & (y > arm.shoulder[1])) | rim)


def _trimmed(arm: Arm, skin: Mask, cloth: Mask, stage: Stage) -> Arm:
    """The arm with its inner half widths measured where it is bare: there the skin ends at the cloth of the trunk."""
    axis = arm.elbow - arm.shoulder
    length = max(float(np.hypot(*axis)), 1e-6)
    outer = np.array([axis[1], -axis[0]]) / length
    outer *= 1.0 if outer[0] * arm.outward > 0 else -1.0
    inner = arm.upper_profile.copy()
    height, width = skin.shape
    for index, share in enumerate(np.linspace(0.0, 1.0, len(inner))):
        steps = np.arange(-arm.upper_profile[index], arm.upper_profile[index])
        points = arm.shoulder + share * axis + steps[:, None] * outer
        x = np.clip(np.rint(points[:, 0]).astype(int), 0, width - 1)
        y = np.clip(np.rint(points[:, 1]).astype(int), 0, height - 1)
        bare = skin[y, x] | (stage.alpha[y, x] < 0.5)
        outside = steps >= 0
        if share < 0.25 or bare[outside].mean() < 0.6:
            continue
        trunk = np.flatnonzero(cloth[y, x] & ~outside)
        if len(trunk):
            inner[index] = max(-float(steps[trunk[-1]]), 0.15 * arm.upper_profile[index])
    smoothed = np.convolve(np.pad(inner, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    return replace(arm, inner_profile=np.minimum(smoothed, arm.upper_profile))


def _crotch(person: Mask, geometry: Geometry) -> float:
    """Row where the legs part: the first gap between the thighs, or a little below the hips if there is none."""
    left, right = geometry.legs
    if left is None or right is None:
        return float(person.shape[0])
    hip, knee = 0.5 * (left.hip + right.hip), 0.5 * (left.knee + right.knee)
    start, end = int(hip[1]), int(hip[1] + 0.75 * (knee[1] - hip[1]))
    column = person[start:end, int(np.clip(hip[0], 0, person.shape[1] - 1))]
    gaps = np.flatnonzero(~column)
    return float(start + gaps[0]) if len(gaps) else float(hip[1] + 0.9 * left.thigh_radius)


def skin_and_cloth(stage: Stage, geometry: Geometry, arms: list[Arm], x: Points, y: Points) -> tuple[Mask, Mask]:
    """Pixels that look more like the hands and cheeks than like the chest, and those that surely are the chest's cloth.

    What is neither (a shadow between arm and trunk) is in none of the two.
    """
    unit, body_unit = geometry.unit, geometry.body_unit
    near_hand = np.zeros(x.shape, np.bool_)
    near_arm = np.zeros(x.shape, np.bool_)
    for arm in arms:
        distance, along = segment_distance(x, y, arm.wrist, arm.tip)
        near_hand |= (distance < 0.2 * unit) & (along > 0.1) & (along < 0.85)
        near_arm |= distance < 1.3 * unit
        near_arm |= segment_distance(x, y, arm.elbow, arm.wrist)[0] < 1.2 * arm.elbow_radius
    eyes = geometry.joints[[LEFT_EYE, RIGHT_EYE]]
    for eye in eyes:
        near_hand |= np.hypot(x - eye[0], y - eye[1] - 0.62 * unit) < 0.18 * unit
    left, right = geometry.joints[LEFT_SHOULDER], geometry.joints[RIGHT_SHOULDER]
    neck = geometry.joints[NECK]
    inside = (x > min(left[0], right[0])) & (x < max(left[0], right[0])) & (y > neck[1] + 1.2 * body_unit)
    cloth = inside & (y < geometry.pivot[1] + body_unit) & ~near_arm & (stage.alpha > 0.95)
    solid = stage.alpha > 0.95
    lab = cv2.cvtColor(stage.person, cv2.COLOR_RGB2LAB).astype(np.float32)
    lab[..., 0] *= 0.5
    skin_colours, cloth_colours = _palette(lab[near_hand & solid]), _palette(lab[cloth])
    if len(skin_colours) == 0 or len(cloth_colours) == 0:
        return solid, np.zeros_like(solid)
    distances = [
        np.min([((lab - colour) ** 2).sum(axis=2) for colour in colours], axis=0)
        for colours in (skin_colours, cloth_colours)
    ]
    mask = ((distances[0] < distances[1]) & (stage.alpha > 0.02)).astype(np.uint8) * 255
    sure = (distances[1] < distances[0]) & (distances[1] < CLOTH_DISTANCE**2)
    return cv2.medianBlur(mask, 5) > 127, sure


def _palette(samples: NDArray[np.float32], colours: int = 4) -> NDArray[np.float32]:
    if len(samples) < 4 * colours:
        return np.zeros((0, 3), np.float32)
    step = max(1, len(samples) // 2000)
    cv2.setRNGSeed(0)
    rule = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 1.0)
    chosen = samples[::step].copy()
    labels = np.zeros((len(chosen), 1), np.int32)
    _, labels, centres = cv2.kmeans(chosen, colours, labels, rule, 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[assignment]
    share = np.bincount(labels.ravel(), minlength=colours) / len(labels)
    return np.asarray(centres[share > 0.04], np.float32)


def _arm(person: Mask, visible: Mask, torso: Mask, legs: Mask, skin: Mask, arm: Arm, geometry: Geometry,
         long_sleeves: bool, x: Points, y: Points) -> ArmRegions:  # fmt: skip
    unit = geometry.unit
    to_upper, along_upper = segment_distance(x, y, arm.shoulder, arm.elbow)
    to_forearm, along_forearm = segment_distance(x, y, arm.elbow, arm.wrist)
    to_hand, _ = segment_distance(x, y, arm.wrist, arm.tip)
    ahead = arm.beyond_wrist(x, y)
    beyond_wrist = ahead > -0.12 * unit
    forearm_length = float(np.hypot(*(arm.wrist - arm.elbow)))
    hand = person & (to_hand < HAND_REACH * unit) & beyond_wrist & (skin | (to_hand < 0.15 * unit))
    upper_arm = (to_upper < arm.upper_width(along_upper, x, y)) & (along_upper > 0.0) & (along_upper < 1.2)
    seen_upper = person & upper_arm & (along_upper > 0.5) & (along_upper < 1.0) & (to_hand > 0.8 * unit)
    bare = bool(seen_upper.any()) and float(skin[seen_upper].mean()) > 0.5
    # Skin before a sleeve can only be the hand's: a raised thumb.
    sleeve = person & upper_arm & (along_upper > 0.4) & (along_upper < 0.9) & (to_hand > 0.3 * unit)
    clothed = int(sleeve.sum()) > 0.2 * arm.upper_radius**2 and float(skin[sleeve].mean()) < 0.35
    hand &= (to_hand < to_upper) | (to_hand < 0.9 * unit) | (clothed and not bare)
    if bare:
        # Behind the hand is a bare upper arm of the same colour: only what is near the hand's axis can be hand.
        hand &= ~upper_arm | (to_hand < 0.35 * unit)
        # A funnel, narrow at the wrist: corners of the bare forearm must not stay on the hand.
        hand &= to_hand < 0.36 * unit + 0.9 * np.maximum(ahead, 0.0)
    if not arm.foreshortened:
        hand &= to_hand <= to_forearm + 0.1 * unit
    hand = _component(hand, arm.wrist + 0.45 * (arm.tip - arm.wrist)) | (hand & ~torso)
    closed = cv2.morphologyEx(hand.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)) > 0
    hand = closed & visible & beyond_wrist
    # The dark rim of a finger is no skin by colour, but it must not stay behind when the hand goes.
    rim = cv2.dilate(hand.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    pure = cv2.morphologyEx((hand & skin).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)) > 0
    at_edge = cv2.dilate((~person).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    pure = without_crumbs(pure & hand)
    near_pure = cv2.dilate(pure.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    hand = without_crumbs(hand | (rim & visible & ~torso & beyond_wrist & ((to_hand < to_upper) | ~upper_arm)))
    pure |= hand & near_pure & at_edge
    side = (x - geometry.joints[NECK, 0]) * arm.outward > 0
    outside = person & ~torso & ~legs & side & (y > arm.shoulder[1] - 0.6 * arm.upper_radius)
    outside &= np.minimum(np.minimum(to_upper, to_forearm), to_hand) < 4.0 * arm.upper_radius
    cloth_ok = np.ones_like(skin) if long_sleeves else skin
    front = person & (to_forearm < 1.1 * arm.elbow_radius) & (along_forearm < 1.1) & cloth_ok
    front &= (along_forearm > 0.25) | ~torso
    limb = outside | (person & upper_arm) | front
    limb &= ~hand
    from_elbow = np.hypot(x - arm.elbow[0], y - arm.elbow[1])
    forearm = limb & ((to_forearm < to_upper) | (along_upper > 1.0))
    # A folded forearm lies before the upper arm, however near that one's axis is.
    width = arm.elbow_radius + (arm.wrist_radius - arm.elbow_radius) * np.clip(along_forearm, 0.0, 1.0)
    forearm |= limb & cloth_ok & (to_forearm < width) & (along_forearm > 0.0)
    # Neighbours overlap, because the outer one fades in over the inner one.
    joint = (along_forearm * forearm_length < 0.4 * arm.elbow_radius) & (from_elbow < 1.25 * arm.elbow_radius)
    upper = limb & (~forearm | joint)
    forearm |= limb & (from_elbow < arm.elbow_radius) & (along_forearm > 0.0)
    forearm |= hand & (ahead < 0.3 * unit) & (to_forearm < 2.0 * arm.wrist_radius)
    nothing = np.zeros_like(hand)
    return ArmRegions(arm=arm, upper=upper, forearm=forearm, hand=hand, pure_hand=pure, beside=nothing)


def without_crumbs(mask: Mask) -> Mask:
    """The mask without parts smaller than a fortieth of it."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count <= 2:
        return mask
    keep = stats[:, cv2.CC_STAT_AREA] > 0.025 * mask.sum()
    keep[0] = False
    kept: Mask = keep[labels]
    return kept


def _component(mask: Mask, point: Points) -> Mask:
    """The connected part of the mask that lies nearest to a point."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8))
    if count <= 1:
        return mask
    rows, columns = np.nonzero(mask)
    nearest = int(np.argmin((columns - point[0]) ** 2 + (rows - point[1]) ** 2))
    part: Mask = labels == labels[rows[nearest], columns[nearest]]
    return part


def _legs(person: Mask, geometry: Geometry, x: Points, y: Points) -> tuple[LegRegions, ...]:
    legs = [leg for leg in geometry.legs if leg is not None]
    if len(legs) < 2:
        return ()
    chains = []
    for leg in legs:
        to_thigh, along_thigh = segment_distance(x, y, leg.hip, leg.knee)
        to_calf, along_calf = segment_distance(x, y, leg.knee, leg.ankle)
        chains.append((to_thigh, along_thigh, to_calf, along_calf))
    nearest = [np.minimum(c[0], c[2]) for c in chains]
    top = _crotch(person, geometry) - 0.65 * legs[0].thigh_radius
    found = []
    for index, (leg, (to_thigh, _along_thigh, to_calf, along_calf)) in enumerate(zip(legs, chains, strict=True)):
        limb = person & (y > top) & (nearest[index] < 2.2 * leg.thigh_radius)
        limb &= nearest[index] <= nearest[1 - index]
        # No wider than the leg: the corners of a wider disc would stick out when the knee bends.
        knee = min(_half_widths(limb, leg.knee, leg.ankle - leg.hip, leg.thigh_radius))
        knee_disc = np.hypot(x - leg.knee[0], y - leg.knee[1]) < max(knee, 2.0)
        ankle_disc = np.hypot(x - leg.ankle[0], y - leg.ankle[1]) < 0.5 * leg.calf_radius
        foot = limb & (along_calf > 1.0)
        calf = limb & (to_calf < to_thigh) & ~foot
        thigh = limb & ~calf & ~foot
        root = _thigh_root(thigh, leg, top, x, y) & person
        found.append(LegRegions(leg, root, thigh | (limb & knee_disc), calf | (limb & (knee_disc | ankle_disc)), foot))
    return tuple(found)


def _half_widths(mask: Mask, joint: Points, axis: Points, longest: float) -> tuple[float, float]:
    """Pixels from a joint across an axis to the mask's edge on both sides, `longest` at most."""
    across = np.array([-axis[1], axis[0]]) / max(float(np.hypot(*axis)), 1e-6)
    steps = np.arange(0.0, longest + 0.5, 0.5)
    found = []
    for sign in (1.0, -1.0):
        way = joint + sign * steps[:, None] * across
        column = np.clip(np.rint(way[:, 0]).astype(int), 0, mask.shape[1] - 1)
        row = np.clip(np.rint(way[:, 1]).astype(int), 0, mask.shape[0] - 1)
        outside = np.flatnonzero(~mask[row, column])
        found.append(float(steps[outside[0]]) if len(outside) else longest)
    return found[0], found[1]


def _thigh_root(thigh: Mask, leg: Leg, top: float, x: Points, y: Points) -> Mask:
    """The thigh above row `top`, as wide as it is there, with a round end at the hip."""
    axis = (leg.knee - leg.hip) / max(float(np.hypot(*(leg.knee - leg.hip))), 1e-6)
    share = (top + 3.0 - leg.hip[1]) / max(float(leg.knee[1] - leg.hip[1]), 1.0)
    positive, negative = _half_widths(thigh, leg.hip + share * (leg.knee - leg.hip), axis, 1.6 * leg.thigh_radius)
    along = (x - leg.hip[0]) * axis[0] + (y - leg.hip[1]) * axis[1]
    across = (y - leg.hip[1]) * axis[0] - (x - leg.hip[0]) * axis[1]
    width = np.where(across > 0.0, max(positive, 2.0), max(negative, 2.0))
    root: Mask = (y < top + 3.0) & (np.hypot(across, np.minimum(along, 0.0)) < width)
    return root


def _without(leg: LegRegions, covered: Mask) -> LegRegions:
    return replace(leg, thigh=leg.thigh & ~covered, calf=leg.calf & ~covered, foot=leg.foot & ~covered)
