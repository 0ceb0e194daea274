"""Bare skin of arms that a portrait hides: its colours, its light, and a forearm of full length.

One tone serves both arms and both halves of each, so that an elbow shows no seam and neither arm keeps the shadow in
which the portrait holds it. Cloth is made in `sleeves`, layers are put together in `textures`.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.renderers.draft.compositing import Image, premultiply
from models.renderers.draft.geometry import Points
from models.renderers.draft.limbs import smooth_ramp
from models.renderers.draft.regions import ArmRegions, Mask, Regions
from models.renderers.draft.stage import Stage

PROFILE_BINS = 9
"""Stripes along an arm whose brightness says how the light falls on it."""

LEAST_SHADE, MOST_SHADE = 0.72, 1.06
"""Limits of that brightness, as a share of the arm's middle."""


@dataclass(frozen=True)
class Skin:
    """How bare arms look.

    Attributes:
        tone: (3,) RGB 0..255.
        profile: (PROFILE_BINS,) brightness across an arm from its one edge to the other, 1 in the middle.
    """

    tone: NDArray[np.float32]
    profile: NDArray[np.float32]

    def light(self, across: NDArray[np.floating]) -> NDArray[np.float32]:
        """Brightness at places across an arm, -1..1 from edge to edge."""
        places = np.linspace(-1.0, 1.0, PROFILE_BINS)
        return np.interp(np.clip(across, -1.0, 1.0), places, self.profile).astype(np.float32)


def find_skin(stage: Stage, regions: Regions) -> Skin | None:
    """The skin of both arms, from the hands and what the portrait shows of the arms; None if it shows no hand."""
    solid = stage.alpha > 0.95
    hands, arms = np.zeros(solid.shape, np.bool_), np.zeros(solid.shape, np.bool_)
    for region in regions.arms:
        hands |= region.pure_hand
        arms |= (region.forearm | region.upper) & ~region.hand & regions.skin
    pixels = stage.person[hands & solid].astype(np.float32)
    if len(pixels) < 20:
        pixels = stage.person[(arms | _hands(regions)) & solid].astype(np.float32)
    if len(pixels) < 20:
        return None
    # Fingers shade each other, and a palm is pinker than an arm: neither the darkest nor the hand alone.
    tone = _brighter(pixels, 60.0)
    bare = stage.person[arms & solid].astype(np.float32)
    bare = bare[skin_hue(bare, tone)]
    if len(bare) > 400:
        tone = 0.6 * tone + 0.4 * _brighter(bare, 80.0)
    return Skin(tone.astype(np.float32), _profile(stage, regions, arms & solid))


def heel_colour(stage: Stage, region: ArmRegions, skin: Skin) -> NDArray[np.float32]:
    """(3,) the colour with which a hand begins, so that an arm can pass into it."""
    arm = region.arm
    rows, columns = np.nonzero(region.pure_hand & (stage.alpha > 0.95))
    root = np.hypot(columns - arm.wrist[0], rows - arm.wrist[1]) < 1.6 * arm.wrist_radius
    heel = stage.person[rows[root], columns[root]].astype(np.float32)
    heel = heel[skin_hue(heel, skin.tone)]
    if len(heel) <= 60:
        return skin.tone
    return (0.4 * skin.tone + 0.6 * np.median(heel, axis=0)).astype(np.float32)


def skin_hue(pixels: NDArray[np.float32], skin: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which of (n, 3) pixels have the skin's hue and are not in deep shadow; a sleeve's hem must not tint an arm."""
    hue = pixels / np.maximum(pixels.sum(axis=1, keepdims=True), 1.0) - skin / max(float(skin.sum()), 1.0)
    alike: NDArray[np.bool_] = (np.abs(hue).max(axis=1) < 0.05) & (pixels.sum(axis=1) > 0.45 * float(skin.sum()))
    return alike


def skin_colours(skin: Skin, across: NDArray[np.floating], end: NDArray[np.float32] | None = None,
                 share: NDArray[np.floating] | None = None) -> NDArray[np.float32]:  # fmt: skip
    """(h, w, 3) float32 colours of skin at places across an arm, with the unevenness of skin.

    Args:
        skin: tone and light.
        across: (h, w) -1..1 from edge to edge.
        end: (3,) another colour into which the tone passes.
        share: (h, w) 0..1 how far it has passed there.
    """
    height, width = across.shape
    rng = np.random.default_rng(0)
    coarse, fine = (
        cv2.GaussianBlur(rng.normal(0.0, 1.0, (height, width)).astype(np.float32), (0, 0), sigma) * gain
        for sigma, gain in ((7.0, 20.0), (1.2, 3.0))
    )
    colour = np.broadcast_to(skin.tone, (height, width, 3)).astype(np.float32)
    if end is not None and share is not None:
        colour = colour + (end - skin.tone) * share[..., None].astype(np.float32)
    light = skin.light(across)
    # Where less light falls skin is redder, not greyer.
    dark = np.clip(1.0 - light, 0.0, 1.0)[..., None] * np.array([-0.12, 0.10, 0.16], np.float32)
    shaded = colour * (light[..., None] - dark)
    return np.asarray(shaded + (0.8 * coarse + 0.5 * fine)[..., None], np.float32)


def skin_limb(length: float, radii: tuple[float, float], skin: Skin, end_colour: NDArray[np.float32]
              ) -> tuple[Image, tuple[float, float]]:  # fmt: skip
    """A bare forearm along +x with the light of a rounded limb, and the place of its elbow.

    Args:
        length: pixels between the joints.
        radii: half widths at elbow and wrist.
        skin: how the arm looks.
        end_colour: (3,) RGB 0..255 at the wrist.
    """
    start, end = radii
    pad = int(np.ceil(1.15 * max(radii))) + 3
    width, height = int(np.ceil(length)) + 2 * pad, 2 * pad
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    along = np.clip((x - pad) / max(length, 1.0), 0.0, 1.0)
    radius = forearm_radius(along, start, end)
    distance = np.hypot(x - pad - along * length, y - pad)
    across = np.clip((y - pad) / radius, -1.0, 1.0)
    rgb = skin_colours(skin, across, end_colour, smooth_ramp(along, 0.55, 1.0))
    # The sinew that runs to the wrist, and the crease before the hand.
    sinew = 0.035 * np.exp(-(((across + 0.25) / 0.3) ** 2)) * smooth_ramp(along, 0.3, 0.85)
    rgb = np.clip(rgb * (1.0 + sinew)[..., None], 0.0, 255.0)
    alpha = np.clip(radius - distance + 0.5, 0.0, 1.0) * smooth_ramp((x - pad) / start, -0.7, 0.3)
    return premultiply(np.rint(rgb).astype(np.uint8), alpha), (float(pad), float(pad))


def forearm_radius(along: NDArray[np.floating], start: float, end: float) -> NDArray[np.float32]:
    """Half width of a forearm at 0 (elbow) to 1 (wrist): widest a fifth of the way down, narrowest before the hand."""
    belly = 0.09 * start * np.sin(np.pi * np.clip(along * 2.1, 0.0, 1.0)) ** 2
    waist = 0.08 * end * np.exp(-(((along - 0.9) / 0.08) ** 2))
    taper = start + (end - start) * smooth_ramp(along, 0.12, 0.92)
    return np.asarray(taper + belly - waist, np.float32)


def _hands(regions: Regions) -> Mask:
    mask = np.zeros(regions.torso.shape, np.bool_)
    for region in regions.arms:
        mask |= region.hand
    return mask


def _brighter(pixels: NDArray[np.float32], percent: float) -> NDArray[np.float32]:
    """(3,) mean colour of the pixels about a percentile of brightness; channel by channel would be a mixed colour."""
    level = pixels.sum(axis=1)
    low, high = np.percentile(level, [max(percent - 12.0, 0.0), min(percent + 12.0, 100.0)])
    return np.asarray(pixels[(level >= low) & (level <= high)].mean(axis=0), np.float32)


def _profile(stage: Stage, regions: Regions, bare: Mask) -> NDArray[np.float32]:
    """Brightness across a bare arm: rounded, and as the portrait's own arms have it where it shows enough of them."""
    places = np.linspace(-1.0, 1.0, PROFILE_BINS)
    rounded = 1.03 - 0.24 * np.abs(places) ** 2.6 - 0.03 * places
    seen: list[NDArray[np.float64]] = []
    for region in regions.arms:
        found = _seen_profile(stage, region, bare)
        if found is not None:
            seen.append(found)
    if seen:
        # Never only what is seen: a turned arm has its light elsewhere.
        rounded = 0.6 * rounded + 0.4 * np.mean(seen, axis=0)
    middle = float(rounded[PROFILE_BINS // 2])
    return np.clip(rounded / middle, LEAST_SHADE, MOST_SHADE).astype(np.float32)


def _seen_profile(stage: Stage, region: ArmRegions, bare: Mask) -> Points | None:
    arm = region.arm
    rows, columns = np.nonzero(bare & region.upper)
    axis = arm.elbow - arm.shoulder
    length = max(float(np.hypot(*axis)), 1e-6)
    dx, dy = columns - arm.shoulder[0], rows - arm.shoulder[1]
    along, across = (dx * axis[0] + dy * axis[1]) / length**2, (dx * axis[1] - dy * axis[0]) / length
    here = (along > 0.2) & (along < 0.95)
    across = across[here] / max(arm.upper_radius, 1.0)
    level = stage.person[rows[here], columns[here]].astype(np.float64).sum(axis=1)
    index = np.clip(((across + 1.0) * 0.5 * PROFILE_BINS).astype(int), 0, PROFILE_BINS - 1)
    counts = np.bincount(index, minlength=PROFILE_BINS)
    if len(index) < 40 * PROFILE_BINS or (counts < 25).any():
        return None
    means = np.array([np.median(level[index == k]) for k in range(PROFILE_BINS)])
    smooth = np.convolve(np.pad(means, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    return np.asarray(smooth / smooth[PROFILE_BINS // 2], np.float64)
