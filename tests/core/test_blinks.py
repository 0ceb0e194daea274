"""`core.blinks`: natural intervals, a fixed shape in time, and independence of the rendered range."""

import numpy as np
import pytest

from core.blinks import blink_times, blink_track


def test_intervals_are_natural() -> None:
    gaps = np.concatenate([np.diff(blink_times(1800, seed)) for seed in range(5)])
    assert 3.2 < np.median(gaps) < 4.2
    assert ((gaps > 2) & (gaps < 6)).mean() > 0.75
    assert gaps.min() >= 1.6 - 1e-6
    assert gaps.max() <= 9.0 + 1e-6


def test_seeds_differ_and_repeat() -> None:
    np.testing.assert_array_equal(blink_times(60, 1), blink_times(60, 1))
    assert not np.array_equal(blink_track(500, 25, 1), blink_track(500, 25, 2))


@pytest.mark.parametrize("frames", [1, 60, 333])
def test_a_part_is_the_start_of_the_whole(frames: int) -> None:
    np.testing.assert_array_equal(blink_track(1000, 25, 3)[:frames], blink_track(frames, 25, 3))


@pytest.mark.parametrize("fps", [20.0, 25.0, 29.97, 60.0])
def test_shape_in_seconds(fps: float) -> None:
    closure = blink_track(int(120 * fps), fps, 4)
    assert closure.dtype == np.float32
    assert closure.min() == 0
    assert closure.max() <= 1
    seconds = np.arange(len(closure)) / fps
    for begin in blink_times(119, 4):
        during = (seconds >= begin) & (seconds <= begin + 0.08)
        assert closure[during].max() > 0.8
        shut = (seconds > begin - 0.1) & (seconds < begin + 0.4) & (closure > 0)
        assert 0.15 < shut.sum() / fps < 0.33


def test_rate() -> None:
    assert not blink_track(5000, 25, 5, 0.0).any()

    def count(rate: float) -> int:
        closure = blink_track(25 * 600, 25, 5, rate)
        return int(np.count_nonzero((closure[1:] > 0) & (closure[:-1] == 0)))

    assert count(2.0) == pytest.approx(2 * count(1.0), rel=0.1)


@pytest.mark.parametrize("seed", range(12))
def test_a_change_of_rate_moves_nothing_before_or_after_it(seed: int) -> None:
    """Up to the 0.28 s that a blink which began outside, or inside, still takes."""
    plain = blink_track(1500, 25, seed)
    for rate in (0.0, 0.5, 2.0):
        rates = np.ones(1500)
        rates[400:1000] = rate
        changed = blink_track(1500, 25, seed, rates)
        np.testing.assert_array_equal(changed[:398], plain[:398])
        np.testing.assert_array_equal(changed[1009:], plain[1009:])
        inside = np.count_nonzero((changed[408:1000] > 0) & (changed[407:999] == 0))
        if rate == 0.0:
            assert inside == 0
        begins = np.flatnonzero((changed[1:] > 0) & (changed[:-1] == 0)) / 25
        assert np.diff(begins).min() > 0.75  # 1.6 s at twice the rate, less two frames


def test_nothing() -> None:
    assert blink_track(0, 25, 1).shape == (0,)
