"""The hand of a made arm: the portrait's own hand without the forearm, the sleeve's rim and the shadow around it.

At rest the hand is shown as the portrait has it. Here is what may be seen of it when it has gone elsewhere.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.matting import push_pull
from models.renderers.draft.bare_arms import Skin
from models.renderers.draft.compositing import premultiply
from models.renderers.draft.geometry import Arm, Geometry, Points
from models.renderers.draft.limbs import LimbLayer, along_and_across, frame_box, smooth_ramp
from models.renderers.draft.regions import HAND_REACH, ArmRegions, Mask, without_crumbs
from models.renderers.draft.stage import Stage

SHADOW = 0.55
"""Share of a hand's middle brightness below which a pixel of its rim is the shadow or the sleeve beside it."""

RIM = 0.12
"""How deep such a rim may be, in eye distances."""

MOST_RELIGHTING = 1.6
"""How much brighter the heel of a hand may become that the portrait has in shadow."""


def moved_hand(stage: Stage, region: ArmRegions, geometry: Geometry, skin: Skin | None, bare_arm: bool) -> LimbLayer:
    """A hand that can be seen anywhere.

    Args:
        stage: picture and person.
        region: of its arm.
        geometry: for the units.
        skin: how the arm looks that it joins; None keeps the heel as it is.
        bare_arm: whether the portrait shows the bare arm behind the hand.
    """
    arm, unit = region.arm, geometry.unit
    room = HAND_REACH * unit + 8.0
    box, x, y = frame_box(stage.alpha.shape, (arm.wrist, arm.tip), room)
    mask = region.pure_hand[box]
    if not mask.any():
        return LimbLayer(np.zeros((1, 1, 4), np.uint8), int(arm.wrist[0]), int(arm.wrist[1]), arm.wrist, arm.tip)
    person, alpha = stage.person[box], stage.alpha[box]
    along, across = along_and_across(x, y, arm.wrist, arm.tip)
    funnel = bare_arm and arm.foreshortened
    if funnel:
        mask = mask & _funnel(arm, geometry, along, across)
    mask = without_crumbs(_without_rim(person, mask, unit)) if mask.any() else mask
    # Colours of the rim are mixed with what lies beside it: they come from inside.
    core = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    colours = push_pull(person, core & (alpha > 0.95)) if core.any() else person
    colours = np.where(core[..., None], person, colours)
    if skin is not None:
        reach = max(float(np.hypot(*(arm.tip - arm.wrist))), 1.0)
        far = (0.4, 0.75) if funnel else (0.0, 0.4)
        colours = _relit(colours, mask, skin, 1.0 - smooth_ramp(along / reach, *far), 0.22 * unit)
    soft = cv2.GaussianBlur(cv2.erode(mask.astype(np.float32), np.ones((3, 3), np.uint8)), (0, 0), 1.0)
    # Towards the background the cut-out's own edge is finer than that of the mask.
    outside = cv2.dilate((alpha < 0.05).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    wide = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.float32)
    grown = cv2.GaussianBlur(wide, (0, 0), 0.8)
    soft = np.where(outside & ~_beside(mask, person, alpha), np.maximum(soft, grown), soft)
    heel = arm.beyond_wrist(x, y) / unit
    ramp = smooth_ramp(along / unit, -0.3, 0.12) if funnel else smooth_ramp(heel, -0.12, 0.2)
    layer = premultiply(colours, alpha * soft * ramp)
    return LimbLayer(layer, box[1].start, box[0].start, arm.wrist, arm.tip)


def _funnel(arm: Arm, geometry: Geometry, along: Points, across: Points) -> Mask:
    """Where a hand can be that lies before its own bare forearm: as wide as the wrist there, wider towards the fingers.

    What lies beside it is the forearm's flesh, which would stick out when the hand turns.
    """
    wrist, reach = 0.34 * geometry.body_unit, float(np.hypot(*(arm.tip - arm.wrist)))
    width = wrist + 1.6 * np.maximum(along - 0.3 * reach, 0.0)
    inside: Mask = np.hypot(across, np.minimum(along, 0.0)) < width
    return inside


def _without_rim(person: NDArray[np.uint8], mask: Mask, unit: float) -> Mask:
    """The mask without what is dark at its edge, smoothed."""
    level = person.astype(np.float32).sum(axis=2)
    dark = level < SHADOW * float(np.median(level[mask]))
    depth = 2 * max(1, round(RIM * unit)) + 1
    inner = cv2.erode(mask.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (depth, depth))) > 0
    kept = (mask & ~(dark & ~inner)).astype(np.uint8)
    kept = cv2.morphologyEx(kept, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    trimmed: Mask = cv2.morphologyEx(kept, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) > 0
    return trimmed if trimmed.any() else mask


def _beside(mask: Mask, person: NDArray[np.uint8], alpha: NDArray[np.float32]) -> Mask:
    """Pixels of the person beside the mask: a sleeve or another finger, where nothing may be added."""
    others: Mask = (alpha > 0.6) & ~mask
    kernel = np.ones((5, 5), np.uint8)
    opened = cv2.morphologyEx(others.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    return cv2.dilate(opened, kernel) > 0


def _relit(colours: NDArray[np.uint8], mask: Mask, skin: Skin, weight: NDArray[np.float32], sigma: float
           ) -> NDArray[np.uint8]:  # fmt: skip
    """The colours with the arm's tone where `weight` is 1: only their broad light is exchanged, not their lines."""
    cover = mask.astype(np.float32)
    spread = np.maximum(cv2.GaussianBlur(cover, (0, 0), sigma), 1e-3)[..., None]
    broad = cv2.GaussianBlur(colours * cover[..., None], (0, 0), sigma) / spread
    gain = np.clip(skin.tone / np.maximum(broad, 1.0), 1.0 / MOST_RELIGHTING, MOST_RELIGHTING)
    gain = 1.0 + (gain - 1.0) * weight[..., None]
    return np.clip(np.rint(colours * gain), 0, 255).astype(np.uint8)
