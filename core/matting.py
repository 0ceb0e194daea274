"""Soft edges and smooth fills: guided filter, push-pull pyramid, and clean edge colours.

Plain image arithmetic that knows nothing about people; `core.cutout` and renderers use it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def guided_filter(guide: Floats, values: Floats, radius: int, epsilon: float) -> Floats:
    """Smooth `values` so that their edges follow those of `guide` (He, Sun and Tang: Guided Image Filtering).

    Args:
        guide: (H, W) float32, 0..1.
        values: (H, W) float32.
        radius: half the window's side in pixels.
        epsilon: squared contrast of the guide below which it counts as flat.
    """

    def mean(array: Floats) -> Floats:
        return np.asarray(cv2.blur(array, (2 * radius + 1, 2 * radius + 1)), np.float32)

    mean_guide, mean_values = mean(guide), mean(values)
    slope = (mean(guide * values) - mean_guide * mean_values) / (mean(guide * guide) - mean_guide**2 + epsilon)
    offset = mean_values - slope * mean_guide
    return np.asarray(mean(slope) * guide + mean(offset), np.float32)


def push_pull(image: NDArray[np.uint8], known: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Fill unknown pixels smoothly from the known ones around them, however large the hole.

    The known colours are averaged down a pyramid of half sizes; on the way up each level fills what the finer
    one lacks. Known pixels stay exactly as they are.

    Args:
        image: (H, W, 3) uint8.
        known: (H, W) bool; if nothing is known the result is mid grey.
    """
    if bool(known.all()):
        return image.copy()
    if not bool(known.any()):
        return np.full_like(image, 128)
    weight = known.astype(np.float32)
    colour = image.astype(np.float32) * weight[..., None]
    colours, weights = [colour], [weight]
    while min(weights[-1].shape) > 1:
        height, width = weights[-1].shape
        size = ((width + 1) // 2, (height + 1) // 2)
        # INTER_AREA is a plain mean of 2 x 2, so colour and weight stay in step.
        smaller = cv2.resize(weights[-1], size, interpolation=cv2.INTER_AREA)
        smaller_colour = cv2.resize(colours[-1], size, interpolation=cv2.INTER_AREA)
        # A cell that is known at all counts as known: weights grow to 1, colours with them.
        gain = np.where(smaller > 1e-6, np.minimum(smaller * 4.0, 1.0) / np.maximum(smaller, 1e-6), 0.0)
        weights.append(np.asarray(smaller * gain, np.float32))
        colours.append(np.asarray(smaller_colour * gain[..., None], np.float32))
    coarse = np.asarray(colours[-1] / np.maximum(weights[-1], 1e-6)[..., None], np.float32)
    for level in range(len(weights) - 2, -1, -1):
        height, width = weights[level].shape
        finer = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        fill = finer.reshape(height, width, 3) * (1.0 - weights[level])[..., None]
        coarse = np.asarray(colours[level] + fill, np.float32)
    filled = np.clip(np.rint(coarse), 0, 255).astype(np.uint8)
    filled[known] = image[known]
    return filled


def clean_edge_colours(
    image: NDArray[np.uint8], alpha: NDArray[np.uint8], depth: int = 2, solid: int = 250
) -> NDArray[np.uint8]:
    """Colours of the foreground alone: where alpha is soft they are taken from the solid inside.

    Args:
        image: (H, W, 3) uint8.
        alpha: (H, W) uint8.
        depth: pixels by which the solid area is shrunk before it counts as free of the old background.
        solid: alpha from which a pixel counts as solid.

    Returns:
        (H, W, 3) uint8; equal to the image where it is solid, smoothly continued outside.
    """
    inside = (alpha >= solid).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * depth + 1, 2 * depth + 1))
    shrunk = cv2.erode(inside, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=1)
    # Thin things (earrings, hair) have no inside: they keep their own colours.
    near = cv2.dilate(shrunk, np.ones((2 * depth + 3, 2 * depth + 3), np.uint8))
    known = (shrunk > 0) | ((inside > 0) & (near == 0))
    return push_pull(image, known)
