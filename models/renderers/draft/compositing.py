"""Putting premultiplied layers over a frame, in 8 bits and only where they are: the inner loop of the renderer.

A layer is (h, w, 4) uint8, RGB already multiplied by alpha. Time goes with the pixels that are touched, so a layer that
lies slantwise is drawn in bands of rows, each no wider than the layer is there.
"""

from math import ceil, floor, inf

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in frame pixels, half open."""

PIXELS_PER_BAND, MOST_BANDS = 12_000, 6
"""Pixels of a layer's box for which another band is worth its own calls."""


def premultiply(rgb: Image, alpha: NDArray[np.floating]) -> Image:
    """(h, w, 4) uint8 layer from (h, w, 3) uint8 colours and (h, w) alpha 0..1."""
    scaled = rgb.astype(np.float32) * alpha[..., None].astype(np.float32)
    return np.dstack([scaled, alpha.astype(np.float32) * 255.0]).round().clip(0, 255).astype(np.uint8)


def united(a: Box | None, b: Box | None) -> Box | None:
    """The smallest box that holds both; None is nothing."""
    if a is None or b is None:
        return b if a is None else a
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def outline(layer: Image) -> NDArray[np.float64]:
    """(n, 2) corners of the convex hull of a layer's visible pixels, their edges included; n is 0 if there are none."""
    shown = np.ascontiguousarray(layer[..., 3])
    rows = np.flatnonzero(shown.any(axis=1))
    if len(rows) == 0:
        return np.zeros((0, 2))
    ends = [np.flatnonzero(shown[row])[[0, -1]] for row in rows]
    points = np.array([(x, row) for row, pair in zip(rows, ends, strict=True) for x in pair], np.int32)
    hull = cv2.convexHull(points)[:, 0].astype(np.float64)
    # A pixel's light reaches one pixel further when it lands between others.
    corners = (hull[:, None, :] + np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]])).reshape(-1, 2)
    return cv2.convexHull(corners.astype(np.float32))[:, 0].astype(np.float64)


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
    cv2.add(cv2.multiply(target, rest, scale=1.0 / 255.0), colour, target)


def warp_layer(layer: Image, matrix: NDArray[np.float64], box: Box) -> Image:
    """The part of a warped layer that lies in a box of the frame.

    Args:
        layer: (h, w, 4) uint8.
        matrix: (2, 3), layer pixels to frame pixels.
        box: where in the frame.
    """
    x0, y0, x1, y1 = box
    shifted = matrix.copy()
    shifted[:, 2] -= (x0, y0)
    warped = cv2.warpAffine(
        layer, shifted, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0,) * 4
    )
    return np.asarray(warped, np.uint8)


def draw_layer(frame: Image, layer: Image, hull: NDArray[np.float64], matrix: NDArray[np.float64], opacity: float = 1.0
               ) -> Box | None:  # fmt: skip
    """Warp a layer by a matrix and draw it over the frame in place.

    Args:
        frame: (H, W, 3) uint8.
        layer: (h, w, 4) uint8.
        hull: its `outline`.
        matrix: (2, 3), layer pixels to frame pixels.
        opacity: 0..1.

    Returns:
        The part of the frame that was touched, None if the layer lies outside.
    """
    touched: Box | None = None
    if len(hull) == 0:
        return None
    for box in bands(hull @ matrix[:, :2].T + matrix[:, 2], (frame.shape[1], frame.shape[0])):
        blend_over(frame, faded(warp_layer(layer, matrix, box), opacity), box[0], box[1])
        touched = united(touched, box)
    return touched


def bands(polygon: NDArray[np.float64], size: tuple[int, int]) -> list[Box]:
    """Boxes of a few rows each that cover a convex polygon (n, 2) within a frame of `size` (width, height)."""
    corners: list[tuple[float, float]] = polygon.tolist()
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    left, right = max(floor(min(xs)), 0), min(ceil(max(xs)) + 1, size[0])
    top, bottom = max(floor(min(ys)), 0), min(ceil(max(ys)) + 1, size[1])
    if bottom <= top or right <= left:
        return []
    # The more pixels, the more it pays to follow the shape.
    count = min(max((bottom - top) * (right - left) // PIXELS_PER_BAND, 1), MOST_BANDS)
    if count == 1:
        return [(left, top, right, bottom)]
    height = -(-(bottom - top) // count)
    sides = list(zip(corners, corners[1:] + corners[:1], strict=True))
    found = []
    for row in range(top, bottom, height):
        end = min(row + height, bottom)
        reached = _across(sides, row - 1.0, float(end))
        if reached is not None:
            first, last = max(floor(reached[0]), left), min(ceil(reached[1]) + 1, right)
            if last > first:
                found.append((first, row, last, end))
    return found


def _across(sides: list[tuple[tuple[float, float], tuple[float, float]]], top: float, bottom: float
            ) -> tuple[float, float] | None:  # fmt: skip
    """Least and largest x of a polygon's sides between two heights."""
    low, high = inf, -inf
    for (ax, ay), (bx, by) in sides:
        if max(ay, by) < top or min(ay, by) > bottom:
            continue
        slope = (bx - ax) / (by - ay) if by != ay else 0.0
        for x, y in ((ax, ay), (bx, by)):
            at = x if top <= y <= bottom else x + slope * ((top if y < top else bottom) - y)
            low, high = min(low, at), max(high, at)
    return (low, high) if low <= high else None


def faded(layer: Image, opacity: float) -> Image:
    """The layer at an opacity of 0..1."""
    return layer if opacity >= 1.0 else np.asarray(cv2.convertScaleAbs(layer, alpha=max(opacity, 0.0)), np.uint8)
