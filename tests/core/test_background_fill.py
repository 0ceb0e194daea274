"""The background behind a person: its structure goes on, its texture too, and the rest of the picture is untouched."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.background_fill import without_person

D = 40.0
SIZE = (320, 320)


def _person(x: int = 160, half: int = 50) -> NDArray[np.uint8]:
    alpha = np.zeros(SIZE, np.uint8)
    alpha[60:, x - half : x + half] = 255
    return alpha


def _room() -> NDArray[np.uint8]:
    """A wall with a dark shelf and rough paint."""
    random = np.random.default_rng(3)
    image = np.full((*SIZE, 3), 170, np.uint8)
    image[200:216] = (60, 50, 40)
    rough = cv2.GaussianBlur(random.normal(0.0, 1.0, SIZE).astype(np.float32), (0, 0), 2.0)
    return np.clip(image + 50.0 * rough[..., None], 0, 255).astype(np.uint8)


def test_a_shelf_goes_on_behind_the_person() -> None:
    filled = without_person(_room(), _person(), D).astype(float).mean(axis=2)
    beside = [*range(112, 150), *range(170, 208)]
    assert (filled[204:212, beside].mean(axis=0) < 90).all()
    assert (filled[180:194, beside].mean(axis=0) > 130).all()
    assert (filled[222:236, beside].mean(axis=0) > 130).all()


def test_the_texture_goes_on_behind_the_person() -> None:
    """A smooth fill has a tenth of the wall's contrast at the size of its pattern."""
    image = _room()
    filled = without_person(image, _person(), D).astype(float).mean(axis=2)

    def roughness(part: NDArray[np.float64]) -> float:
        smooth = cv2.GaussianBlur(part, (0, 0), 1.0)
        return float((smooth - cv2.GaussianBlur(part, (0, 0), 5.0)).std())

    wall = roughness(image[100:190, 10:80].astype(float).mean(axis=2))
    assert roughness(filled[100:190, 116:146]) > 0.6 * wall


def test_the_picture_away_from_the_person_is_untouched_and_the_fill_is_steady() -> None:
    image, alpha = _room(), _person()
    filled = without_person(image, alpha, D)
    far = cv2.dilate(alpha, np.ones((25, 25), np.uint8)) == 0
    assert np.array_equal(filled[far], image[far])
    assert np.array_equal(filled, without_person(image, alpha, D))


def test_no_seam_where_the_light_changes() -> None:
    """Before a wall that grows darker to one side the fill meets the picture on both, as far in as it is ever seen."""
    ramp = np.linspace(60, 220, SIZE[1])
    image = np.repeat(np.broadcast_to(ramp, SIZE)[..., None], 3, axis=2).astype(np.uint8)
    filled = without_person(image, _person(), D).astype(float)[..., 0]
    steps = np.abs(np.diff(filled[100:300], axis=1))
    assert steps[:, 80:148].max() < 8
    assert steps[:, 172:240].max() < 8


def test_a_plain_wall_gets_no_joins() -> None:
    """Before light that falls off round a soft disc nothing is copied: pieces would show where they meet."""
    y, x = np.mgrid[0 : SIZE[0], 0 : SIZE[1]]
    light = 200.0 - 0.15 * y + 8.0 * (np.hypot(y - 120, x - 160) < 110)
    image = np.repeat(light[..., None], 3, axis=2).astype(np.uint8)
    filled = without_person(image, _person(), D).astype(float)[..., 0]
    calm = filled[150:200, 112:208]
    assert np.abs(np.diff(calm, axis=1)).max() <= 4
    assert (calm - cv2.GaussianBlur(calm, (0, 0), 6.0)).std() < 1.0


def test_doubtful_places_are_not_copied() -> None:
    image, alpha = _room(), _person()
    doubtful = np.zeros(SIZE, bool)
    doubtful[120:140, 80:100] = True
    image[doubtful] = (255, 0, 0)
    red = np.abs(without_person(image, alpha, D, doubtful).astype(int) - (255, 0, 0)).max(axis=2) < 90
    assert not red[:, 110:].any()


@pytest.mark.parametrize("width", [14, 40])
def test_little_and_hopeless_pictures_are_filled_somehow(width: int) -> None:
    image = np.full((20, width, 3), 99, np.uint8)
    everything = np.full((20, width), 255, np.uint8)
    assert without_person(image, everything, 8.0).shape == image.shape
    some = everything.copy()
    some[:, 6:] = 0
    filled = without_person(image, some, 2.0)
    assert np.abs(filled.astype(int) - 99).max() <= 12
