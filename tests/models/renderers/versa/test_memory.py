"""Estimates, profiles and the steps down; counted on tensors without data."""

import itertools
from typing import Any

import pytest
import torch

from models.renderers.versa.memory import (
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


def test_the_constants_are_those_of_the_network() -> None:
    """The U-Net's peak and operations, counted at a small size on tensors without data, at the full width."""
    from models.renderers.versa.counting import count_unet
    from models.renderers.versa.memory import UNET_BYTES, UNET_FLOPS

    frames, height, width = 4, 16, 16
    peak, operations = count_unet(frames, height, width, layers=1)
    cells = frames * height * width
    assert 0.6 * UNET_BYTES < peak / cells < 1.02 * UNET_BYTES
    assert 0.3 * UNET_FLOPS < operations / cells < UNET_FLOPS
    assert Networks().backbone == pytest.approx(2 * 1_524_828_639)
