"""Estimates, profiles and the steps down; counted on tensors without data."""

import itertools
from typing import Any

import pytest
import torch

from models.renderers.versa.counting import count_decoder, count_unet
from models.renderers.versa.memory import (
    DECODE_BYTES,
    DECODE_FLOPS,
    GB,
    LADDER,
    PROFILES,
    Networks,
    SpillWatch,
    Work,
    choose_profile,
    fit,
    is_out_of_memory,
    operations_per_second,
    peak_memory,
    step_down,
    work_seconds,
)
from models.renderers.versa.settings import SettingsError, VersaSettings

from . import tiny

FULL = 72 * 128


def work(tile: int, cells: int = FULL, **changes: Any) -> Work:
    values = {"cells": cells, "tile": tile, "decode_frames": 10, "passes": 60.0, "frames": 100, **changes}
    return Work(**values)


def test_estimates_grow_with_the_work_and_fall_down_the_ladder() -> None:
    for tile in (16, 72):
        needs = [peak_memory(work(tile), how) for how in LADDER]
        assert needs == sorted(needs, reverse=True)
    assert peak_memory(work(72), LADDER[0]) > peak_memory(work(16), LADDER[0])
    assert peak_memory(work(72, cells=FULL // 4), LADDER[1]) < peak_memory(work(72), LADDER[1])
    assert peak_memory(work(72, bytes_per_number=4), LADDER[2]) > 1.5 * peak_memory(work(72), LADDER[2])


def test_every_profile_holds_its_own_tile_at_the_published_size() -> None:
    for profile in PROFILES[:-1]:
        given = work(profile.tile, decode_frames=profile.decode_chunk + 2)
        how, needed = fit(given, profile, profile.memory)
        assert profile.memory is not None and needed <= profile.memory
        assert how == profile.execution, profile.name


def test_what_does_not_fit_steps_down_or_is_refused() -> None:
    card = PROFILES[-1]
    assert fit(work(72), card, 80 * GB)[0] == LADDER[0]
    assert fit(work(72), card, 20 * GB)[0] == LADDER[1]
    assert fit(work(72), card, 18 * GB)[0] == LADDER[2]
    assert fit(work(72), card, 15 * GB)[0] == LADDER[3]
    with pytest.raises(SettingsError, match=r"tiles of 72 frames need about 1\d\.\d GB, but 6\.0 GB are free"):
        fit(work(72), card, 6 * GB)
    with pytest.raises(SettingsError, match="allowed by the profile"):
        fit(work(72), PROFILES[0], 80 * GB)


def test_profiles_follow_what_is_free() -> None:
    for free, name in [
        (6, "8"),
        (8, "8"),
        (12, "12"),
        (15.9, "16"),
        (24, "24"),
        (31, "24"),
        (80, "all"),
        (None, "all"),
    ]:
        assert choose_profile(VersaSettings(), None if free is None else free * GB).name == name
    assert choose_profile(VersaSettings(profile="all"), 6 * GB).name == "all"
    chain = list(itertools.accumulate(range(4), lambda how, _: step_down(how), initial=LADDER[0]))
    assert chain == [*LADDER, None]


def test_estimate_of_the_time() -> None:
    one = work_seconds(work(72), 1e12)
    assert work_seconds(work(72, frames=200), 1e12) == pytest.approx(2 * one)
    assert work_seconds(work(72), 2e12) == pytest.approx(one / 2)
    assert operations_per_second(torch.device("cpu"), torch.float32) > 1e8


def test_slow_steps_are_said_once() -> None:
    watch = SpillWatch()
    said = [watch.step(seconds) for seconds in (1.0, 1.1, 0.9, 5.0, 1.0, 9.0, 9.0, 9.0)]
    assert [bool(text) for text in said] == [False] * 6 + [True, False]
    assert "10 times longer" in said[6]


def test_what_counts_as_out_of_memory() -> None:
    assert is_out_of_memory(torch.OutOfMemoryError("x"))
    assert is_out_of_memory(RuntimeError("MPS backend out of memory"))
    assert not is_out_of_memory(RuntimeError("shape")) and not is_out_of_memory(ValueError("out of memory"))


def test_the_constants_are_those_of_the_decoder() -> None:
    """Peak and operations of the full-size decoder, counted on tensors without data at a small size."""
    peak, operations = count_decoder(2, 8, 8)
    assert 0.95 * DECODE_BYTES < peak / 128 < 1.05 * DECODE_BYTES
    assert 0.7 * DECODE_FLOPS < operations / 128 < 1.01 * DECODE_FLOPS
    assert Networks().backbone == pytest.approx(2 * 1_524_828_639)


def test_counting_without_data_counts_what_a_real_pass_does() -> None:
    from torch.utils.flop_counter import FlopCounterMode

    peak, operations = count_unet(3, 4, 6, config=tiny.UNET, dtype=torch.float32)
    with torch.no_grad(), FlopCounterMode(display=False) as real:
        tiny.backbone()(torch.zeros(1, 3, 8, 4, 6), torch.tensor(1.0), torch.zeros(1, 1, 32), torch.zeros(1, 3),
                        torch.zeros(3, 32, 4, 6))  # fmt: skip
    assert operations == real.get_total_flops() > 0
    # At least the skip connections and one more picture of the first level live at once.
    assert peak > 3 * 4 * 6 * 32 * 4 * 3
