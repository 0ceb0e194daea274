"""Layers over a frame: drawing in bands must give what drawing in one piece gives, and touch only what it says."""

import cv2
import numpy as np
import pytest

from models.renderers.draft.compositing import bands, blend_over, draw_layer, outline, premultiply, united


def _limb() -> np.ndarray:
    """A soft bar of changing colour, 300 pixels long."""
    y, x = np.mgrid[0:60, 0:300].astype(np.float32)
    alpha = np.clip(20.0 - np.abs(y - 30.0), 0.0, 1.0) * np.clip(x - 8.0, 0.0, 1.0)
    return premultiply(np.dstack([x * 0.8, 255.0 - x * 0.8, 4.0 * y]).astype(np.uint8), alpha)


@pytest.mark.parametrize("angle", [0.0, 0.6, 1.5708, 2.5])
def test_bands_give_what_one_piece_gives(angle: float) -> None:
    layer = _limb()
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, -sin, 250.0], [sin, cos, 120.0]])
    frame = np.random.default_rng(0).integers(0, 255, (500, 400, 3), np.uint8)
    expected = frame.copy()
    whole = cv2.warpAffine(layer, matrix, (400, 500))
    blend_over(expected, np.asarray(whole, np.uint8), 0, 0)
    box = draw_layer(frame, layer, outline(layer), matrix)
    # A band's corner is rounded to 1/32 pixel for itself: 8 grey levels a direction at a hard edge, nothing elsewhere.
    difference = np.abs(frame.astype(int) - expected)
    assert difference.max() <= 16
    assert difference.mean() < 0.05
    assert box is not None
    x0, y0, x1, y1 = box
    assert not whole[..., 3][:y0].any() and not whole[..., 3][y1:].any()
    assert not whole[..., 3][:, :x0].any() and not whole[..., 3][:, x1:].any()


def test_bands_follow_a_slanting_shape() -> None:
    polygon = np.array([[0.0, 0.0], [40.0, 0.0], [400.0, 360.0], [400.0, 400.0], [360.0, 400.0], [0.0, 40.0]])
    found = bands(polygon, (401, 401))
    assert len(found) > 2
    assert [box[1] for box in found[1:]] == [box[3] for box in found[:-1]]
    assert sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in found) < 0.6 * 401 * 401
    inside = np.zeros((401, 401), np.uint8)
    cv2.fillConvexPoly(inside, polygon.astype(np.int32), 1)
    for x0, y0, x1, y1 in found:
        inside[y0:y1, x0:x1] = 0
    assert not inside.any()


def test_nothing_is_drawn_of_an_empty_or_distant_layer() -> None:
    frame = np.zeros((50, 50, 3), np.uint8)
    empty = np.zeros((8, 8, 4), np.uint8)
    assert draw_layer(frame, empty, outline(empty), np.eye(2, 3)) is None
    layer = _limb()
    assert draw_layer(frame, layer, outline(layer), np.array([[1.0, 0.0, 500.0], [0.0, 1.0, 0.0]])) is None
    assert not frame.any()


def test_united_boxes() -> None:
    assert united(None, (1, 2, 3, 4)) == (1, 2, 3, 4)
    assert united((1, 2, 3, 4), (0, 3, 2, 9)) == (0, 2, 3, 9)
    assert united(None, None) is None
