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
from core.person_split import disc, split_person
from core.portrait import Portrait

_GRAIN_LIMIT: Final = 4.0  # grey levels; a detailed background would otherwise pass for coarse grain


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
            alpha = _soft_edge(image, split_person(image, rig, kept, removed), d)
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


def _soft_edge(image: NDArray[np.uint8], mask: NDArray[np.bool_], d: float) -> NDArray[np.uint8]:
    """Alpha whose edge follows the picture's own edges within a band around a hard mask."""
    hard = mask.astype(np.float32)
    radius = max(2, round(0.075 * d))
    soft = guided_filter(_edge_guide(image, mask, d), hard, radius, 1e-4)
    soft = np.clip((soft - 0.5) * 1.3 + 0.5, 0.0, 1.0)
    inner = cv2.erode(mask.astype(np.uint8), disc(max(2, round(0.16 * d))), borderValue=1) > 0
    outer = cv2.dilate(mask.astype(np.uint8), disc(max(2, round(0.16 * d)))) > 0
    soft[inner] = 1.0
    soft[~outer] = 0.0
    # A pixel inwards, less in small pictures, then a breath of blur: the outermost pixels are mixed
    # with the old background.
    inwards = min(1.0, d / 80.0)
    shrunk = soft * (1.0 - inwards) + cv2.erode(soft, disc(1), borderValue=1.0) * inwards
    smooth = cv2.GaussianBlur(shrunk, (0, 0), 0.8)
    return np.asarray(np.clip(np.rint(smooth * 255.0), 0, 255), np.uint8)


def _edge_guide(image: NDArray[np.uint8], mask: NDArray[np.bool_], d: float) -> NDArray[np.float32]:
    """A grey picture in which the person stands out: near 1 for colours of the inside, near 0 for those outside.

    Brightness alone misses edges between colours that are equally bright; where both sides have the same colour
    it is all there is.
    """
    margin = max(2, round(0.1 * d))
    ones = mask.astype(np.uint8)
    inner = cv2.erode(ones, disc(margin), borderValue=1) > 0
    outer = cv2.dilate(ones, disc(margin)) > 0
    person = push_pull(image, inner if bool(inner.any()) else mask).astype(np.float32)
    backdrop = push_pull(image, ~outer).astype(np.float32)
    span = person - backdrop
    contrast = (span**2).sum(axis=2)
    mixture = np.clip(((image - backdrop) * span).sum(axis=2) / np.maximum(contrast, 1.0), -0.3, 1.3)
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.float32) / 255.0
    trust = np.clip((np.sqrt(contrast) - 15.0) / 30.0, 0.0, 1.0)
    return np.asarray(mixture * trust + grey * (1.0 - trust), np.float32)


def _soft_plain(image: NDArray[np.uint8], mask: NDArray[np.bool_]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Alpha before an even backdrop, unmixed from both colours along the edge; and the backdrop."""
    ones = mask.astype(np.uint8)
    inner = cv2.erode(ones, disc(2), borderValue=1) > 0
    outer = cv2.dilate(ones, disc(2)) > 0
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
    hole = cv2.dilate((alpha > 8).astype(np.uint8), disc(max(3, round(0.24 * d)))) > 0
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
    result = np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)
    result[known] = image[known]
    return result


def _grain(image: NDArray[np.uint8], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Noise like that of the background: (H, W) float32 in grey levels, always the same for the same picture."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.float32)
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.5))[known]
    level = min(1.48 * float(np.median(fine)), _GRAIN_LIMIT) if fine.size else 0.0
    noise = np.random.default_rng(0).standard_normal(grey.shape, dtype=np.float32)
    return np.asarray(noise * level, np.float32)
