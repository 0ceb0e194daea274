"""Which pixels belong to the person: from transparency, from a plain backdrop, or by GrabCut from seeds.

Hard masks only, at any size. Soft edges and the filled background are in `core.cutout`.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

BACKGROUND: Final = 0
PERSON: Final = 1
MAYBE_BACKGROUND: Final = 2
MAYBE_PERSON: Final = 3
"""Seed labels, numbered as GrabCut numbers them."""

_SEED: Final = 20260


def mask_from_alpha(alpha: NDArray[np.uint8] | None) -> NDArray[np.bool_] | None:
    """The person where a file's transparency shows one: (H, W) bool, or None if it says nothing useful.

    A picture that is opaque nearly everywhere (rounded corners) or nearly nowhere does not count.
    """
    if alpha is None:
        return None
    mask = alpha >= 128
    share = float(mask.mean())
    return mask if 0.02 < share < 0.95 else None


def mask_from_plain_background(image: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
    """The person before an evenly coloured backdrop: (H, W) bool, or None if the backdrop is not plain.

    Args:
        image: (H, W, 3) uint8 RGB.
    """
    height, width = image.shape[:2]
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(np.float32)
    edge = max(2, min(height, width) // 100)
    upper = height // 2
    border = np.concatenate(
        [
            lab[:edge].reshape(-1, 3),
            lab[:upper, :edge].reshape(-1, 3),
            lab[:upper, width - edge :].reshape(-1, 3),
        ]
    )
    colour = np.median(border, axis=0)
    away = np.abs(border - colour).max(axis=1)
    noise = float(np.percentile(away, 97))
    if noise > 3.0:
        return None
    # JPEG leaves ripples of a few levels around the person.
    close = (np.abs(lab - colour).max(axis=2) < 6.0 + noise).astype(np.uint8)
    close[0, :] = 1  # the backdrop is one region even where hair or hands touch the border
    count, labels = cv2.connectedComponents(close, connectivity=4)
    outside = np.zeros(count, bool)
    outside[np.unique(labels[0])] = True
    for column in (labels[:, 0], labels[:, -1]):
        outside[np.unique(column)] = True
    outside[0] = False
    # Gaps between arm and body are backdrop too if they have its colour and are not tiny (eyes, buttons).
    sizes = np.bincount(labels.ravel(), minlength=count)
    exact = np.abs(lab - colour).max(axis=2) < 1.5 + noise
    exact_share = np.bincount(labels.ravel(), weights=exact.ravel(), minlength=count) / np.maximum(sizes, 1)
    gaps = (sizes > 0.004 * height * width) & (exact_share > 0.9)
    gaps[0] = False
    mask = ~(outside | gaps)[labels]
    mask = cv2.medianBlur(mask.astype(np.uint8) * 255, 5) >= 128
    share = float(mask.mean())
    return mask if 0.02 < share < 0.95 else None


def grab_cut(image: NDArray[np.uint8], labels: NDArray[np.uint8], iterations: int = 5) -> NDArray[np.bool_]:
    """Split a picture by colour: (H, W) bool from (H, W, 3) uint8 RGB and seed labels; deterministic."""
    work = labels.copy()
    if not (np.isin(work, (PERSON, MAYBE_PERSON)).any() and np.isin(work, (BACKGROUND, MAYBE_BACKGROUND)).any()):
        return np.isin(work, (PERSON, MAYBE_PERSON))
    cv2.setRNGSeed(_SEED)  # GrabCut starts its colour clusters at random
    models = np.zeros((1, 65)), np.zeros((1, 65))
    bgr = np.ascontiguousarray(image[..., ::-1])
    cv2.grabCut(bgr, work, None, models[0], models[1], iterations, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    return np.isin(work, (PERSON, MAYBE_PERSON))


def clean_mask(
    mask: NDArray[np.bool_],
    seeds: NDArray[np.bool_],
    largest_hole: float,
    backdrop: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Keep only what is connected to the seeds, and close holes.

    Args:
        mask: (H, W) bool, the person so far.
        seeds: (H, W) bool, pixels that are the person's for sure.
        largest_hole: pixels; a hole of that size or more stays open.
        backdrop: (H, W) bool, pixels that look like the backdrop; a hole mostly of them stays open.
    """
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    keep = np.zeros(count, bool)
    touched = np.bincount(labels[seeds & mask].ravel(), minlength=count)
    sizes = np.bincount(labels.ravel(), minlength=count)
    keep[touched > 0] = True
    keep[0] = False
    if not keep.any():
        sizes[0] = 0
        keep[int(sizes.argmax())] = bool(mask.any())
    kept = np.asarray(keep[labels])
    count, labels, stats, _ = cv2.connectedComponentsWithStats((~kept).astype(np.uint8), connectivity=4)
    height, width = mask.shape
    for index in range(1, count):
        x, y, w, h, area = stats[index]
        inside = x > 0 and y > 0 and x + w < width and y + h < height
        if inside and area < largest_hole:
            hole = labels == index
            if backdrop is None or float(backdrop[hole].mean()) < 0.5:
                kept |= hole
    return kept


def capsule(
    canvas: NDArray[np.uint8], start: NDArray[np.floating], end: NDArray[np.floating], radius: float, value: int
) -> None:
    """Draw a thick line with round ends into a (H, W) uint8 canvas."""
    a = (round(float(start[0])), round(float(start[1])))
    b = (round(float(end[0])), round(float(end[1])))
    cv2.line(canvas, a, b, value, max(1, round(2 * radius)), cv2.LINE_8)
    for point in (a, b):
        cv2.circle(canvas, point, max(1, round(radius)), value, -1)


def brush_stroke(canvas: NDArray[np.uint8], points: NDArray[np.floating], radius: float) -> None:
    """Paint 255 with a round brush along (N, 2) points x, y into a (H, W) uint8 canvas, with smooth edges."""
    bits = 4  # of fractions of a pixel
    fixed = np.rint(np.clip(points, -30000.0, 30000.0) * (1 << bits)).astype(np.int32)
    width = max(1, round(2.0 * radius))
    if len(fixed) > 1 and width < 32000:
        cv2.polylines(canvas, [fixed.reshape(-1, 1, 2)], False, 255, width, cv2.LINE_AA, bits)
    for x, y in fixed.tolist():
        cv2.circle(canvas, (x, y), max(1, round(radius * (1 << bits))), 255, -1, cv2.LINE_AA, bits)
