"""Cutting the person out of a portrait: soft alpha, clean foreground colours, and the background without the person.

Where the file has transparency or a plain backdrop those decide; otherwise GrabCut does, led by the rig. Moving the
pieces is the renderer's business.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from core import person_mask
from core.matting import clean_edge_colours, guided_filter, push_pull
from core.person_mask import BACKGROUND, MAYBE_BACKGROUND, MAYBE_PERSON, PERSON, capsule
from core.portrait import Portrait
from core.pose import (
    LEFT_ANKLE,
    LEFT_ELBOW,
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
)
from core.rig import Rig

CUT_SIDE: Final = 512
"""Longest side at which GrabCut runs; the edge is then refined at full size."""

_GRAIN_LIMIT: Final = 4.0  # grey levels; a detailed background would otherwise pass for coarse grain

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cutout:
    """A person apart from the background; all arrays have the portrait's size.

    Attributes:
        alpha: (H, W) uint8, 255 where the person covers the pixel.
        foreground: (H, W, 3) uint8 RGB, the person's colours without the old background, continued beyond the edge.
        background: (H, W, 3) uint8 RGB with the person's place filled in; equal to the picture far from the person.
    """

    alpha: NDArray[np.uint8]
    foreground: NDArray[np.uint8]
    background: NDArray[np.uint8]


def cut_out(
    portrait: Portrait, keep: NDArray[np.uint8] | None = None, remove: NDArray[np.uint8] | None = None
) -> Cutout:
    """Cut the person of a portrait out; the same input always gives the same bytes.

    Args:
        portrait: picture and rig.
        keep: (H, W) uint8, pixels of 128 and more belong to the person whatever the colours say.
        remove: (H, W) uint8, pixels of 128 and more do not; it wins over `keep`.

    Raises:
        ValueError: a mask has another size than the picture.
    """
    image, rig = portrait.image, portrait.rig
    marks = [_mark(mask, name, image.shape[:2]) for mask, name in ((keep, "keep"), (remove, "remove"))]
    kept, removed = marks[0] & ~marks[1], marks[1]
    d = rig.eye_distance
    backdrop: NDArray[np.uint8] | None = None
    if portrait.alpha is not None and person_mask.mask_from_alpha(portrait.alpha) is not None:
        alpha = portrait.alpha.copy()
    else:
        plain = person_mask.mask_from_plain_background(image)
        if plain is not None:
            alpha, backdrop = _soft_plain(image, plain)
        else:
            alpha = _soft_edge(image, _split(image, rig, kept, removed), d)
    alpha[kept] = 255
    alpha[removed] = 0
    foreground = clean_edge_colours(image, alpha, depth=1 if backdrop is not None or portrait.alpha is not None else 2)
    return Cutout(alpha, foreground, _without_person(image, alpha, d))


def _mark(mask: NDArray[np.uint8] | None, name: str, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    if mask is None:
        return np.zeros(shape, bool)
    if mask.shape != shape:
        raise ValueError(f"The {name} mask must have the picture's size {shape}, not {mask.shape}.")
    return np.asarray(mask >= 128)


def body_unit(rig: Rig) -> float:
    """The eye distance, in pixels, of an ordinary person with this body (drawn figures have larger heads)."""
    body = rig.body.astype(np.float64)
    hips = (body[LEFT_HIP, :2] + body[RIGHT_HIP, :2]) / 2
    torso = float(np.linalg.norm(hips - body[NECK, :2])) / 7.65
    shoulders = float(np.linalg.norm(body[LEFT_SHOULDER, :2] - body[RIGHT_SHOULDER, :2])) / 5.7
    return float(np.clip(max(torso, shoulders), 0.25 * rig.eye_distance, 1.4 * rig.eye_distance))


def _split(
    image: NDArray[np.uint8], rig: Rig, kept: NDArray[np.bool_], removed: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Hard person mask of a photograph at full size: (H, W) bool."""
    height, width = image.shape[:2]
    factor = min(1.0, CUT_SIDE / max(height, width))
    size = (max(round(width * factor), 8), max(round(height * factor), 8))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    labels, allowed = _seeds(rig.rescaled(width, height), factor, (size[1], size[0]))
    for mark, label in ((kept, PERSON), (removed, BACKGROUND)):
        if mark.any():
            shrunk = cv2.resize(mark.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) >= 128
            labels[shrunk] = label
            allowed[shrunk] = label == PERSON
    found = person_mask.grab_cut(small, labels) & allowed
    unit = rig.eye_distance * factor
    found = person_mask.clean_mask(found, labels == PERSON, (0.5 * unit) ** 2)
    found = np.asarray(cv2.medianBlur(found.astype(np.uint8) * 255, 5) >= 128)
    large = cv2.resize(found.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large >= 0.5)


def _seeds(rig: Rig, factor: float, shape: tuple[int, int]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """GrabCut labels, and where the person may be at all, both at the small size."""
    body = rig.body[:, :2].astype(np.float64) * factor
    tips = rig.hand_tips[:, :2].astype(np.float64) * factor
    d, u = rig.eye_distance * factor, body_unit(rig) * factor
    eyes = (body[RIGHT_EYE] + body[RIGHT_EYE + 1]) / 2
    across = (body[RIGHT_EYE + 1] - body[RIGHT_EYE]) / max(d, 1e-6)
    down = np.array([-across[1], across[0]])
    neck = body[NECK]
    hips = (body[RIGHT_HIP], body[LEFT_HIP])
    arms = [
        (body[RIGHT_SHOULDER], body[RIGHT_ELBOW], body[RIGHT_WRIST], tips[RIGHT_HAND]),
        (body[LEFT_SHOULDER], body[LEFT_ELBOW], body[LEFT_WRIST], tips[LEFT_HAND]),
    ]
    legs = [(body[RIGHT_HIP], body[RIGHT_KNEE], body[RIGHT_ANKLE]), (body[LEFT_HIP], body[LEFT_KNEE], body[LEFT_ANKLE])]
    # A proposed arm may be off by the length of a hand; one that a user placed may not.
    slack = 0.45 * u if rig.source == "proposed" else 0.0

    def zone(growth: float, head: tuple[float, float], arm: float, leg: float) -> NDArray[np.bool_]:
        canvas = np.zeros(shape, np.uint8)
        _ellipse(canvas, eyes - 0.15 * d * down, (head[0] * d, head[1] * d), down)
        _polygon(canvas, _torso(eyes, down, d, neck, arms, hips, u, growth))
        for shoulder, elbow, wrist, tip in arms:
            for start, end in ((shoulder, elbow), (elbow, wrist)):
                capsule(canvas, start, end, arm, 1)
            capsule(canvas, wrist, tip, arm, 1)
        for hip, knee, ankle in legs:
            capsule(canvas, hip, knee, leg, 1)
            capsule(canvas, knee, ankle, 0.85 * leg, 1)
            foot = ankle + np.array([0.0, 1.3 * u])
            capsule(canvas, ankle, foot, 0.8 * leg, 1)
        skirt = [hips[0] - [leg, 0], hips[1] + [leg, 0], legs[1][1] + [0.8 * leg, 0], legs[0][1] - [0.8 * leg, 0]]
        _polygon(canvas, np.array(skirt))
        return canvas > 0

    allowed = zone(0.9 * u, (3.0, 3.2), 1.05 * u + slack, 1.5 * u)
    labels = np.full(shape, BACKGROUND, np.uint8)
    labels[allowed] = MAYBE_BACKGROUND
    labels[zone(0.15 * u, (1.5, 2.1), 0.85 * u, 0.9 * u)] = MAYBE_PERSON
    sure = np.zeros(shape, np.uint8)
    _ellipse(sure, eyes - 0.15 * d * down, (1.15 * d, 1.6 * d), down)
    _polygon(sure, _torso(eyes, down, d, neck, arms, hips, u, -0.75 * u))
    thin = 0.18 * u if rig.source == "user" else 0.1 * u
    for index, (shoulder, elbow, wrist, _tip) in enumerate(arms):
        side = -1 if index == 0 else 1
        capsule(sure, shoulder - [side * 0.2 * u, 0], shoulder + 0.5 * (elbow - shoulder), thin, 1)
        if rig.body[(RIGHT_WRIST, LEFT_WRIST)[index], 2] > 0.5:
            capsule(
                sure, wrist, wrist + 0.3 * (wrist - elbow) / max(float(np.linalg.norm(wrist - elbow)), 1.0), thin, 1
            )
    for hip, knee, ankle in legs:
        capsule(sure, hip, knee, 0.25 * u, 1)
        if rig.body[RIGHT_ANKLE, 2] > 0 or rig.body[LEFT_ANKLE, 2] > 0:
            capsule(sure, knee, ankle, 0.15 * u, 1)
    labels[sure > 0] = PERSON
    return labels, allowed | (sure > 0)


def _torso(
    eyes: Points,
    down: Points,
    d: float,
    neck: Points,
    arms: list[tuple[Points, Points, Points, Points]],
    hips: tuple[Points, Points],
    u: float,
    growth: float,
) -> Points:
    """Outline from below the chin over the slope of the shoulders to the hips, grown sideways by `growth`."""
    chin = eyes + 1.3 * d * down
    right, left = arms[0][0], arms[1][0]
    side = np.array([1.0, 0.0])
    up = np.array([0.0, max(growth, 0.0)])
    throat = max(0.75 * d + growth * 0.6, 0.3 * d)
    slope = 0.35 * (left - right) * 0.5
    lower = np.array([0.0, 0.6 * u])
    return np.array(
        [
            chin - throat * side,
            neck - slope - 0.45 * u * np.array([0.0, 1.0]) - up,
            right - max(0.3 * u + growth, -0.9 * u) * side - 0.35 * u * np.array([0.0, 1.0]) - up * 0.6,
            right - (0.5 * u + growth) * side + lower,
            hips[0] - (0.7 * u + growth) * side,
            hips[1] + (0.7 * u + growth) * side,
            left + (0.5 * u + growth) * side + lower,
            left + max(0.3 * u + growth, -0.9 * u) * side - 0.35 * u * np.array([0.0, 1.0]) - up * 0.6,
            neck + slope - 0.45 * u * np.array([0.0, 1.0]) - up,
            chin + throat * side,
        ]
    )


def _polygon(canvas: NDArray[np.uint8], points: Points) -> None:
    cv2.fillPoly(canvas, [np.rint(points).astype(np.int32)], 1)


def _ellipse(canvas: NDArray[np.uint8], centre: Points, axes: tuple[float, float], down: Points) -> None:
    angle = float(np.degrees(np.arctan2(down[1], down[0]))) - 90.0
    point = (round(float(centre[0])), round(float(centre[1])))
    cv2.ellipse(canvas, point, (max(round(axes[0]), 1), max(round(axes[1]), 1)), angle, 0, 360, 1, -1)


def _soft_edge(image: NDArray[np.uint8], mask: NDArray[np.bool_], d: float) -> NDArray[np.uint8]:
    """Alpha whose edge follows the picture's own edges within a band around a hard mask."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.float32) / 255.0
    hard = mask.astype(np.float32)
    radius = max(2, round(0.075 * d))
    soft = guided_filter(grey, hard, radius, 1e-4)
    soft = np.clip((soft - 0.5) * 1.3 + 0.5, 0.0, 1.0)
    inner = cv2.erode(mask.astype(np.uint8), _disc(max(2, round(0.16 * d))), borderValue=1) > 0
    outer = cv2.dilate(mask.astype(np.uint8), _disc(max(2, round(0.16 * d)))) > 0
    soft[inner] = 1.0
    soft[~outer] = 0.0
    # Half a pixel inwards, then a breath of blur: the outermost pixels are mixed with the old background.
    shrunk = cv2.erode(soft, _disc(1), borderValue=1.0)
    smooth = cv2.GaussianBlur(shrunk, (0, 0), 0.8)
    return np.clip(np.rint(smooth * 255.0), 0, 255).astype(np.uint8)


def _soft_plain(image: NDArray[np.uint8], mask: NDArray[np.bool_]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Alpha before an even backdrop, unmixed from both colours along the edge; and the backdrop."""
    ones = mask.astype(np.uint8)
    inner = cv2.erode(ones, _disc(2), borderValue=1) > 0
    outer = cv2.dilate(ones, _disc(2)) > 0
    backdrop = push_pull(image, ~outer)
    person = push_pull(image, inner if bool(inner.any()) else mask)
    span = person.astype(np.float32) - backdrop
    part = ((image.astype(np.float32) - backdrop) * span).sum(axis=2) / np.maximum((span**2).sum(axis=2), 1.0)
    alpha = np.where(inner, 1.0, np.where(outer, np.clip(part, 0.0, 1.0), 0.0))
    # Where both colours are alike the mixture says nothing; the mask decides.
    alike = (span**2).sum(axis=2) < 300.0
    alpha = np.where(alike & ~inner, mask, alpha)
    return np.rint(alpha * 255.0).astype(np.uint8), backdrop


def _without_person(image: NDArray[np.uint8], alpha: NDArray[np.uint8], d: float) -> NDArray[np.uint8]:
    """The picture with the person's place filled from around it, with as much grain as the background has."""
    height, width = alpha.shape
    hole = cv2.dilate((alpha > 8).astype(np.uint8), _disc(max(3, round(0.24 * d)))) > 0
    known = ~hole
    source = known.copy()
    frame = 3  # some pictures have a dark line along their border, which must not run into the hole
    source[:frame], source[height - frame :], source[:, :frame], source[:, width - frame :] = False, False, False, False
    if not source.any():
        source = known
    filled = push_pull(image, source)
    sigma = max(1.0, 0.12 * d)
    smooth = cv2.GaussianBlur(filled, (0, 0), sigma)
    near = cv2.GaussianBlur(hole.astype(np.float32), (0, 0), max(1.0, 0.05 * d))
    weight = np.clip((near - 0.5) * 2.0, 0.0, 1.0)[..., None]
    mixed = filled * (1.0 - weight) + smooth * weight
    mixed += _grain(image, known)[..., None] * weight
    result = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    result[known] = image[known]
    return result


def _grain(image: NDArray[np.uint8], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Noise like that of the background: (H, W) float32 in grey levels, always the same for the same picture."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.float32)
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.5))[known]
    level = min(1.48 * float(np.median(fine)), _GRAIN_LIMIT) if fine.size else 0.0
    noise = np.random.default_rng(0).standard_normal(grey.shape, dtype=np.float32)
    return np.asarray(noise * level, np.float32)


def _disc(radius: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)), np.uint8)
