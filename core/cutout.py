"""Cutting the person out of a portrait: soft alpha, clean foreground colours, and the background without the person.

Where the file has transparency or a plain backdrop those decide; otherwise GrabCut does, led by the rig. Moving the
pieces is the renderer's business.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core import person_mask
from core.background_fill import without_person
from core.loose_hair import thin_parts
from core.matting import clean_edge_colours, guided_filter, push_pull
from core.person_split import disc, split_person
from core.portrait import Portrait
from core.rig import Rig


@dataclass(frozen=True, eq=False)
class Cutout:
    """A person apart from the background; all arrays have the portrait's size.

    Attributes:
        alpha: (H, W) uint8, 255 where the person covers the pixel.
        foreground: (H, W, 3) uint8 RGB, the person's colours without the old background, continued beyond the edge.
        background: (H, W, 3) uint8 RGB with the person's place filled in; equal to the picture far from the person.
        hidden_arms: (H, W) bool, what is seen of bare forearms behind their hands.
    """

    alpha: NDArray[np.uint8]
    foreground: NDArray[np.uint8]
    background: NDArray[np.uint8]
    hidden_arms: NDArray[np.bool_]


def cut_out(
    portrait: Portrait, keep: NDArray[np.uint8] | None = None, remove: NDArray[np.uint8] | None = None
) -> Cutout:
    """Cut the person of a portrait out; the same input always gives the same bytes.

    The strokes of the rig's brush win over all that is found in the picture.

    Args:
        portrait: picture and rig.
        keep: (H, W) uint8, pixels of 128 and more belong to the person whatever the colours say; wins over strokes.
        remove: (H, W) uint8, pixels of 128 and more do not; it wins over `keep`.

    Raises:
        ValueError: a mask has another size than the picture.
    """
    image, rig = portrait.image, portrait.rig
    marks = [_mark(mask, name, image.shape[:2]) for mask, name in ((keep, "keep"), (remove, "remove"))]
    brush = _brush(rig, image.shape[:2])
    for cover, mark, other in zip(brush, marks, marks[::-1], strict=True):
        cover[other] = 0
        cover[mark] = 255
    brush[0][marks[1]] = 0
    kept, removed = (np.asarray(cover >= 128) for cover in brush)
    d = rig.eye_distance
    backdrop: NDArray[np.uint8] | None = None
    hidden_arms = np.zeros(image.shape[:2], np.bool_)
    if portrait.alpha is not None and person_mask.mask_from_alpha(portrait.alpha) is not None:
        alpha = portrait.alpha.copy()
    else:
        plain = person_mask.mask_from_plain_background(image)
        if plain is not None:
            alpha, backdrop = _soft_plain(image, plain)
        else:
            mask, hidden_arms = split_person(image, rig, kept, removed)
            alpha = _soft_edge(image, mask, d)
            alpha = np.maximum(alpha, thin_parts(image, alpha, rig))
    alpha = np.maximum(np.minimum(alpha, 255 - brush[1]), brush[0])
    foreground = clean_edge_colours(image, alpha, depth=1 if backdrop is not None or portrait.alpha is not None else 2)
    return Cutout(alpha, foreground, without_person(image, alpha, d, hidden_arms), hidden_arms)


def _mark(mask: NDArray[np.uint8] | None, name: str, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    if mask is None:
        return np.zeros(shape, bool)
    if mask.shape != shape:
        raise ValueError(f"The {name} mask must have the picture's size {shape}, not {mask.shape}.")
    return np.asarray(mask >= 128)


def _brush(rig: Rig, shape: tuple[int, ...]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """How far the strokes keep and remove each pixel, twice (H, W) uint8 with smooth edges; the later stroke counts."""
    kept, removed = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    for stroke in rig.strokes:
        # Only the box around the stroke is touched: a long correction has hundreds of them.
        room = stroke.radius + 2.0
        low = np.clip(np.floor(stroke.points.min(axis=0) - room), 0, shape[::-1]).astype(int)
        high = np.clip(np.ceil(stroke.points.max(axis=0) + room), 0, shape[::-1]).astype(int)
        if (high <= low).any():
            continue
        box = (slice(low[1], high[1]), slice(low[0], high[0]))
        painted = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
        person_mask.brush_stroke(painted, stroke.points - low, stroke.radius)
        own, other = (kept[box], removed[box]) if stroke.kind == "keep" else (removed[box], kept[box])
        np.maximum(own, painted, out=own)
        np.minimum(other, 255 - painted, out=other)
    return kept, removed


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
