"""Putting premultiplied layers over a frame, in 8 bits and only where they are: the inner loop of the renderer.

A layer is (h, w, 4) uint8, RGB already multiplied by alpha. Where layers come from is no concern of this module.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in frame pixels, half open."""


def premultiply(rgb: Image, alpha: NDArray[np.floating]) -> Image:
    """(h, w, 4) uint8 layer from (h, w, 3) uint8 colours and (h, w) alpha 0..1."""
    scaled = rgb.astype(np.float32) * alpha[..., None].astype(np.float32)
    return np.dstack([scaled, alpha.astype(np.float32) * 255.0]).round().clip(0, 255).astype(np.uint8)


def blend_over(frame: Image, layer: Image, left: int, top: int) -> None:
    """Draw `layer` over `frame` (H, W, 3) in place, its first pixel at (left, top); parts outside are dropped."""
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + layer.shape[1], frame.shape[1]), min(top + layer.shape[0], frame.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = layer[y0 - top : y1 - top, x0 - left : x1 - left]
    target = frame[y0:y1, x0:x1]
    colour = cv2.cvtColor(part, cv2.COLOR_RGBA2RGB)
    rest = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(part, 3)), cv2.COLOR_GRAY2RGB)
    frame[y0:y1, x0:x1] = cv2.add(cv2.multiply(target, rest, scale=1.0 / 255.0), colour)


def warp_layer(layer: Image, matrix: NDArray[np.float64], frame_size: tuple[int, int]) -> tuple[Image, int, int] | None:
    """Warp a layer by a 2x3 matrix (layer pixels to frame pixels), only where it lands in the frame.

    Args:
        layer: (h, w, 4) uint8.
        matrix: (2, 3).
        frame_size: width and height of the frame.

    Returns:
        The warped part with its left and top in the frame, or None when it lies outside.
    """
    height, width = layer.shape[:2]
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], np.float64) - 0.5
    landed = corners @ matrix[:, :2].T + matrix[:, 2]
    x0, y0 = np.floor(landed.min(axis=0)).astype(int)
    x1, y1 = np.ceil(landed.max(axis=0)).astype(int) + 1
    x0, y0 = max(int(x0), 0), max(int(y0), 0)
    x1, y1 = min(int(x1), frame_size[0]), min(int(y1), frame_size[1])
    if x1 <= x0 or y1 <= y0:
        return None
    shifted = matrix.copy()
    shifted[:, 2] -= (x0, y0)
    # The inverse is made here because OpenCV's own one is rounded differently for a whole-pixel shift.
    warped = cv2.warpAffine(
        layer, shifted, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0,) * 4
    )
    return np.asarray(warped, np.uint8), x0, y0


def faded(layer: Image, opacity: float) -> Image:
    """The layer at an opacity of 0..1."""
    return layer if opacity >= 1.0 else np.asarray(cv2.convertScaleAbs(layer, alpha=max(opacity, 0.0)), np.uint8)
