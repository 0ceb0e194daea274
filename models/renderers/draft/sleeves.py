"""Sleeves made from what a portrait shows of them: an upper arm with a smooth outline, and a forearm in its cloth.

The outline is plain geometry, so no shred of cloth or background swings along. A short sleeve ends in a round hem over
bare skin, which is `bare_arms`' business.
"""

import cv2
import numpy as np

from core.matting import push_pull
from models.renderers.draft.bare_arms import Skin, skin_colours
from models.renderers.draft.compositing import Image, premultiply
from models.renderers.draft.geometry import Arm, Points
from models.renderers.draft.limbs import (
    Floats,
    LimbLayer,
    Mask,
    along_and_across,
    frame_box,
    mirrored_detail,
    smooth_ramp,
)
from models.renderers.draft.stage import Stage

CUFF = 0.16
"""Length of a long sleeve beyond the wrist, in eye distances."""

HEM_BOW = 0.22
"""How far a short sleeve's end bulges, as a share of its half width: a tube's mouth seen a little from above."""

SHADOWS_KEPT = 0.35
"""Share of the broad light and shade of an upper arm that a forearm made of its cloth keeps."""

ROOT_FEATHER = 0.5
"""Pixels over which an upper arm passes into the trunk at its root, as a share of its half width there."""


def upper_arm(stage: Stage, arm: Arm, own: Mask, hem: float, skin: Skin | None, elbow: float,
              shown: Mask | None) -> LimbLayer:  # fmt: skip
    """The upper arm with a smooth outline and round ends.

    Args:
        stage: picture and person.
        arm: measured; its profiles are the outline of the sleeve.
        own: (H, W) bool, pixels whose colours are the upper arm's or the same cloth's; the rest is continued from them.
        hem: where a sleeve ends, 0 at the shoulder and 1 at the elbow; more than 1 where none does.
        skin: how the arm looks below the hem; None where the portrait shows no skin, then the sleeve goes on.
        elbow: half width of the bare elbow in pixels.
        shown: (H, W) bool, where the arm below the hem keeps the portrait's own skin; None where it keeps none.
    """
    length = max(float(np.hypot(*(arm.elbow - arm.shoulder))), 1.0)
    room = 1.3 * max(float(arm.upper_profile.max()), float(arm.inner_profile.max())) + 3.0
    box, x, y = frame_box(stage.alpha.shape, (arm.shoulder, arm.elbow), room)
    along, across = along_and_across(x, y, arm.shoulder, arm.elbow)
    width, outer = _widths(stage, arm, along / length, across)
    # The root is no thicker than the shoulder above its joint, or it would stand up as a ball.
    flat = _reach(stage.alpha, arm.shoulder, arm.shoulder - arm.elbow, width.max()) / float(width.max())
    beyond = np.maximum(np.maximum(-along / float(np.clip(flat, 0.3, 1.0)), along - length), 0.0)
    distance = np.hypot(across, beyond) - width
    known = own[box] & (stage.alpha[box] > 0.95) & (distance < -1.0)
    bare = skin is not None and hem < 1.0
    if bare:
        known &= along < hem * length - 1.0
    alpha = _root_alpha(distance, along, outer, arm)
    colours = _continued(stage.person[box], known, across / np.maximum(width, 1.0))
    if bare and skin is not None:
        own_skin = np.zeros_like(known) if shown is None else shown[box]
        colours, alpha = _with_bare_end(
            colours, alpha, along, across, width, (hem * length, length), elbow, skin, stage.person[box], own_skin
        )
    return LimbLayer(premultiply(colours, alpha), box[1].start, box[0].start, arm.shoulder, arm.elbow)


def _widths(stage: Stage, arm: Arm, share: Points, across: Points) -> tuple[Points, Points]:
    """Half width of the upper arm at places along it, and how far (0..1) a place lies on the arm's outer side."""
    axis = arm.elbow - arm.shoulder
    # Positive `across` lies on the body's left of the axis in the picture; which side is the outer one follows from it.
    outer_sign = np.sign(arm.outward * (axis[1] or 1.0))
    steps = np.linspace(0.0, 1.0, len(arm.upper_profile))
    clipped = np.clip(share, 0.0, 1.0)
    # Near the shoulder the outline runs across the limb: there it is the picture's own.
    normal = np.array([axis[1], -axis[0]]) * outer_sign
    own_outline = _smoothed(arm.upper_profile)
    for index in np.flatnonzero(steps < 0.35):
        seen = _reach(stage.alpha, arm.shoulder + steps[index] * axis, normal, own_outline[index])
        own_outline[index] = max(seen, 3.0)
    outer = np.interp(clipped, steps, own_outline)
    inner = np.interp(clipped, steps, _smoothed(arm.inner_profile))
    # The two sides pass into each other, so that no step is cut into the round ends.
    side = smooth_ramp(across * outer_sign, -0.3 * float(inner.min()), 0.3 * float(inner.min()))
    return inner + (outer - inner) * side, side.astype(np.float64)


def _root_alpha(distance: Points, along: Points, outer: Points, arm: Arm) -> Points:
    """Alpha of an outline that is soft where the arm lies over the trunk: a hard rim there would be a drawn line."""
    radius = arm.upper_radius
    inner_root = 1.0 - smooth_ramp(along, 0.2 * radius, 1.3 * radius)
    outer_root = 1.0 - smooth_ramp(along, -1.0 * radius, -0.4 * radius)
    feather = ROOT_FEATHER * radius * (inner_root + (outer_root - inner_root) * outer)
    return smooth_ramp((0.5 - distance) / (1.0 + feather), 0.0, 1.0) * (feather > 0.01) + np.clip(
        0.5 - distance, 0.0, 1.0
    ) * (feather <= 0.01)


def _with_bare_end(cloth: Image, alpha: Points, along: Points, across: Points, width: Points,
                   ends: tuple[float, float], elbow: float, skin: Skin, person: Image, shown: Mask
                   ) -> tuple[Image, Points]:  # fmt: skip
    """A sleeve's colours and alpha cut at its hem, with bare skin up to a round elbow below it.

    Args:
        cloth: (h, w, 3) colours of the sleeve.
        alpha: (h, w) 0..1.
        along: (h, w) pixels from the shoulder.
        across: (h, w) pixels from the axis.
        width: (h, w) half width of the sleeve.
        ends: pixels from the shoulder to the hem and to the elbow.
        elbow: half width of the elbow.
        skin: how it looks.
        person: (h, w, 3) the portrait.
        shown: (h, w) bool, where its skin is kept.
    """
    hem, length = ends
    at_hem = float(np.median(width[np.abs(along - hem) < 2.0])) if (np.abs(along - hem) < 2.0).any() else elbow
    opening = hem + HEM_BOW * at_hem * (1.0 - np.clip(across / at_hem, -1.0, 1.0) ** 2) - 0.5 * HEM_BOW * at_hem
    past = along - opening
    cover = np.clip(0.5 - past, 0.0, 1.0)
    # Cloth stands off: the arm that comes out of it is thinner.
    top = min(0.9 * at_hem, 1.18 * elbow)
    share = np.clip((along - hem) / max(length - hem, 1.0), 0.0, 1.0)
    radius = top + (elbow - top) * share
    inside = radius - np.hypot(across, np.maximum(along - length, 0.0))
    bare = skin_colours(skin, across / np.maximum(radius, 1.0))
    kept = cv2.GaussianBlur(cv2.erode(shown.astype(np.float32), np.ones((5, 5), np.uint8)), (0, 0), 1.5)[..., None]
    bare = bare * (1.0 - kept) + person * kept
    shadow = (1.0 - kept[..., 0]) * 0.38 * np.exp(-np.maximum(past, 0.0) / (0.28 * at_hem))
    bare = bare * (1.0 - shadow)[..., None]
    # A fold, sewn down a little above the edge, and the edge that turns away from the light.
    sewn = 0.07 * np.exp(-(((past + 0.3 * at_hem) / 1.2) ** 2)) + 0.16 * np.exp(-((past / 1.6) ** 2))
    sleeve = cloth * (1.0 - sewn)[..., None]
    skin_alpha = np.clip(inside + 0.5, 0.0, 1.0) * np.clip(past + 8.0, 0.0, 1.0)
    cloth_alpha = alpha * cover
    total = cloth_alpha + skin_alpha * (1.0 - cloth_alpha)
    mixed = sleeve * cloth_alpha[..., None] + bare * (skin_alpha * (1.0 - cloth_alpha))[..., None]
    colours = np.clip(np.rint(mixed / np.maximum(total, 1e-3)[..., None]), 0, 255).astype(np.uint8)
    return colours, total


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
    # Mirrored folds and grain, but not the shadows that hands throw on the upper arm: bands in a strange place.
    broad = cv2.GaussianBlur(rgb, (0, 0), 0.35 * start)
    rgb = rgb - (1.0 - SHADOWS_KEPT) * (broad - np.median(broad[layer[..., 3] > 250], axis=0))
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


def _continued(image: Image, known: Mask, across: Points) -> Image:
    """Cloth of a limb continued from where it is known: its light smoothly, its folds mirrored, darker at the edge."""
    if not known.any():
        return image
    solid = cv2.erode(known.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    source = solid if solid.sum() > 40 else known
    filled = push_pull(image, source).astype(np.float32)
    # Next to what is hidden there is often shadow: the limb's middle colour counts more than its last row.
    filled = 0.45 * filled + 0.55 * np.median(image[known], axis=0)
    away = np.asarray(cv2.distanceTransform((~source).astype(np.uint8), cv2.DIST_L2, 5), np.float32)
    filled += mirrored_detail(image, source) * smooth_ramp(away, 0.0, 3.0)[..., None]
    # No shade in the rim next to known colours: it would be a drawn line.
    shade = 1.0 - 0.14 * np.clip(np.abs(across), 0.0, 1.0) ** 3 * smooth_ramp(away, 3.0, 9.0)
    weight = cv2.GaussianBlur((~known).astype(np.float32), (0, 0), 1.2)
    weight = np.maximum(weight, ~known)[..., None]
    return np.clip(np.rint(image * (1.0 - weight) + filled * shade[..., None] * weight), 0, 255).astype(np.uint8)
