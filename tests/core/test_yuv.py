"""Planes for H.264 against the formulas of ITU-R BT.709 in floating point."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.yuv import YuvPicture


def _planes(frame: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Y, Cb, Cr in video range, as the recommendation writes them; Cb and Cr of the mean of 2 x 2 pixels."""

    def convert(rgb: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        red, green, blue = (rgb[..., k] / 255.0 for k in range(3))
        luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        return 16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748

    height, width = frame.shape[:2]
    small = frame.astype(np.float64).reshape(height // 2, 2, width // 2, 2, 3).mean(axis=(1, 3))
    return convert(frame.astype(np.float64))[0], convert(small)[1], convert(small)[2]


def _frame(seed: int, size: tuple[int, int] = (62, 300)) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)


@pytest.mark.parametrize("size", [(62, 300), (2, 2), (16, 130)])
def test_planes_are_bt709(size: tuple[int, int]) -> None:
    frame = _frame(0, size)
    picture = YuvPicture(*size)
    picture.update(frame)
    pixels = size[0] * size[1]
    parts = np.split(picture.data.astype(float), [pixels, pixels * 5 // 4])
    for part, wanted in zip(parts, _planes(frame), strict=True):
        assert np.abs(part - wanted.ravel()).max() < 1.6  # two roundings to whole numbers
        assert abs((part - wanted.ravel()).mean()) < 0.5


def test_known_colours() -> None:
    picture = YuvPicture(2, 2)
    for colour, wanted in (
        ((255, 255, 255), (235, 128, 128)),
        ((0, 0, 0), (16, 128, 128)),
        ((255, 0, 0), (63, 102, 240)),
    ):
        picture.update(np.full((2, 2, 3), colour, np.uint8))
        assert tuple(picture.data[[0, 4, 5]]) == wanted


@pytest.mark.parametrize(
    "box", [(10, 20, 40, 280), (11, 21, 39, 279), (0, 0, 62, 300), (-5, -5, 3, 3), (30, 30, 30, 40)]
)
def test_only_the_changed_part_is_needed(box: tuple[int, int, int, int]) -> None:
    first, second = _frame(1), _frame(1)
    x0, y0, x1, y1 = (max(value, 0) for value in box)
    second[y0:y1, x0:x1] = _frame(2)[y0:y1, x0:x1]
    whole, part = YuvPicture(62, 300), YuvPicture(62, 300)
    whole.update(second)
    part.update(first)
    part.update(second, box)
    assert np.array_equal(whole.data, part.data)
