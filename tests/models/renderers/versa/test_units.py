"""Anchors and bridges: every frame has one unit, depends on little, and bridges begin where anchors end."""

import itertools

import numpy as np
import pytest
import torch

from models.renderers.versa.noise import REFERENCE_FRAME, frame_noise, repeat_noise
from models.renderers.versa.tiling import SettingsError
from models.renderers.versa.units import UnitLayout


@pytest.mark.parametrize("total", [1, 5, 58, 59, 60, 70, 118, 119, 130, 9000])
def test_units_cover_every_frame_once(total: int) -> None:
    layout = UnitLayout(71, 6, 6, total)
    units = list(layout.units(0, total))
    assert [unit.index for unit in units] == list(range(len(units)))
    assert units[0].start == 0 and units[-1].end == total
    assert all(one.end == other.start for one, other in itertools.pairwise(units))
    for unit in units:
        assert 0 <= unit.low <= unit.start < unit.end <= unit.high <= total
        assert unit.high - unit.low <= 71


def test_a_part_has_the_units_of_the_whole() -> None:
    layout = UnitLayout(71, 6, 6, 1000)
    whole = {unit.index: unit for unit in layout.units(0, 1000)}
    part = list(layout.units(300, 420))
    assert [unit.index for unit in part] == [5, 6, 7] and all(whole[unit.index] == unit for unit in part)
    assert part[0].start <= 300 and part[-1].end >= 420


def test_what_a_unit_depends_on_is_near() -> None:
    layout = UnitLayout(71, 6, 6, 9000)
    for unit in layout.units(0, 9000):
        low, high = layout.inputs(unit)
        assert low <= unit.low and high >= unit.high
        assert high - low <= (71 if unit.is_anchor else 2 * 59 + 59 + 12)
        assert all(one is None or one.is_anchor for one in layout.neighbours(unit))


def test_held_weights_join_the_anchors() -> None:
    layout = UnitLayout(20, 3, 4, 200)
    unit = layout.unit(3)
    left, right = layout.held_weights(unit)
    frames = np.arange(unit.low, unit.high)
    assert (left[frames < unit.start] == 1).all() and (right[frames >= unit.end] == 1).all()
    np.testing.assert_allclose(left[frames >= unit.start][:4], [0.75, 0.5, 0.25, 0.0])
    np.testing.assert_allclose(right[frames < unit.end][-4:], [0.0, 0.25, 0.5, 0.75])
    assert not ((left > 0) & (right > 0)).any()
    anchors = layout.neighbours(unit)
    for weight, anchor in ((left, anchors[0]), (right, anchors[1])):
        assert anchor is not None
        held = frames[weight > 0]
        assert held.min() >= anchor.low and held.max() < anchor.high  # the anchor has these latents


def test_the_last_bridge_may_have_no_right_anchor() -> None:
    layout = UnitLayout(20, 3, 4, 20)
    unit = layout.unit(1)
    assert layout.neighbours(unit)[1] is None and not layout.held_weights(unit)[1].any()


def test_units_that_are_too_short_say_what_works() -> None:
    with pytest.raises(SettingsError, match="choose at least 24"):
        UnitLayout(20, 6, 6, 100)
    UnitLayout(24, 6, 6, 100)


def test_noise_belongs_to_the_frame() -> None:
    whole = frame_noise(7, [REFERENCE_FRAME, *range(50)], (4, 3, 2))
    assert torch.equal(frame_noise(7, range(20, 30), (4, 3, 2)), whole[21:31])
    assert not torch.equal(frame_noise(8, range(20, 30), (4, 3, 2)), whole[21:31])
    flat = frame_noise(1, range(400), (4, 5, 5)).flatten()
    assert abs(float(flat.mean())) < 0.02 and abs(float(flat.std()) - 1.0) < 0.02
    neighbours = torch.corrcoef(torch.stack([flat[:-100], flat[100:]]))[0, 1]
    assert abs(float(neighbours)) < 0.02
    # A fixed value: the noise of a seed never changes between versions and machines.
    assert float(frame_noise(0, range(1), (1, 1, 1))) == pytest.approx(FIRST, abs=1e-7)


def test_reference_noise_repeats() -> None:
    noise = torch.arange(3.0)[:, None]
    assert repeat_noise(noise, 7).flatten().tolist() == [0, 1, 2, 0, 1, 2, 0]
    assert repeat_noise(noise, 2).flatten().tolist() == [0, 1]


FIRST = 0.059911035
