"""`core.resample`: blocks give what one pass gives, and scipy agrees in the pass band."""

from math import gcd

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import resample_poly

from core.resample import Resampler

_NOISE = np.random.default_rng(5).standard_normal(20_000).astype(np.float32)


@settings(max_examples=40, deadline=None)
@given(
    rates=st.sampled_from([(44_100, 16_000), (48_000, 16_000), (8000, 16_000), (16_000, 48_000), (11_025, 16_000)]),
    length=st.integers(0, 20_000),
    cuts=st.lists(st.integers(0, 20_000), max_size=10),
)
def test_blocks_equal_one_pass(rates: tuple[int, int], length: int, cuts: list[int]) -> None:
    signal = _NOISE[:length]
    whole = Resampler(*rates)
    wanted = np.concatenate([whole.push(signal), whole.finish()])
    parts = Resampler(*rates)
    found = [parts.push(block) for block in np.split(signal, sorted(min(cut, length) for cut in cuts))]
    np.testing.assert_array_equal(np.concatenate([*found, parts.finish()]), wanted)
    assert len(wanted) == -(-length * rates[1] // rates[0])


@pytest.mark.parametrize(("source", "target"), [(44_100, 16_000), (48_000, 16_000), (8000, 16_000), (22_050, 48_000)])
def test_agrees_with_scipy_where_both_pass(source: int, target: int) -> None:
    time = np.arange(source) / source
    # Below 2.2 kHz: scipy's shorter filter already falls off above.
    tones = [np.sin(2 * np.pi * hertz * time + hertz) for hertz in (90, 440, 1100, 2200)]
    signal = np.sum(tones, axis=0).astype(np.float32)
    common = gcd(source, target)
    wanted = resample_poly(signal.astype(np.float64), target // common, source // common, window=("kaiser", 12.0))
    ours = Resampler(source, target)
    found = np.concatenate([ours.push(signal), ours.finish()])
    np.testing.assert_allclose(found[500:-500], wanted[500:-500], atol=1e-3)


def test_equal_rates_pass_through() -> None:
    ours = Resampler(16_000, 16_000)
    np.testing.assert_array_equal(np.concatenate([ours.push(_NOISE), ours.finish()]), _NOISE)
