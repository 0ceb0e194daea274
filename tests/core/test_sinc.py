"""`core.sinc`: against the signal that was sampled, and against aliasing."""

import numpy as np
import pytest

from core.sinc import resample_at

RATE = 48_000
TIMES = np.arange(RATE) / RATE


def tone(hertz):
    return np.round(20_000 * np.sin(2 * np.pi * hertz * TIMES)).astype(np.int16)[:, None]


@pytest.mark.parametrize("step", [1.0, -1.0, 0.5, 1 / 3, 0.91875, -0.7, 1.0884, 2.0, -2.0, 3.3, 4.0, 8.0, -8.0])
@pytest.mark.parametrize("position", [20_000.0, 20_000.37])
def test_a_tone_is_read_where_it_is(step, position):
    found = resample_at(tone(440), position, step, 500)[:, 0]
    places = (position + step * np.arange(500)) / RATE
    np.testing.assert_allclose(found, 20_000 * np.sin(2 * np.pi * 440 * places), atol=60)


@pytest.mark.parametrize("step", [2.0, 2.5, 4.0, 8.0, -8.0])
def test_what_would_fold_back_is_gone(step):
    high = RATE / 2 / abs(step) * 1.6
    found = resample_at(tone(high), 24_000.0 if step > 0 else 30_000.0, step, 500)
    assert np.sqrt(np.mean(found**2)) < 20_000 / np.sqrt(2) * 0.02


def test_silence_beyond_the_ends_and_channels_apart():
    both = np.stack([np.full(100, 1000), np.full(100, -500)], axis=1).astype(np.int16)
    found = resample_at(both, -50.0, 1.0, 200)
    np.testing.assert_array_equal(found[:, 0], np.r_[np.zeros(50), np.full(100, 1000), np.zeros(50)])
    np.testing.assert_array_equal(found[:, 1], found[:, 0] * -0.5)
    assert not resample_at(both, 500.0, 0.5, 50).any()
    assert not resample_at(both, -500.0, -2.0, 50).any()
    backwards = resample_at(both, 149.0, -1.0, 200)
    np.testing.assert_array_equal(backwards, found[::-1])
