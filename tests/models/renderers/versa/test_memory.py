"""Estimates, profiles and the steps down; counted on tensors without data."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
import torch

from models.renderers.versa.banded_vae import BAND_BYTES
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
    card_memory,
    choose_profile,
    fit,
    fit_processor,
    free_memory,
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
    # What only the decoder does not fit into is mended by bands, and not by moving networks.
    assert fit(work(20, decode_frames=16), card, 18 * GB)[0] == replace(LADDER[0], banded=True)
    assert fit(work(20, decode_frames=16), card, 30 * GB)[0] == LADDER[0]
    assert fit(work(72), card, 15 * GB)[0] == LADDER[3]
    with pytest.raises(SettingsError, match=r"tiles of 72 frames need about 1\d\.\d GB, but 6\.0 GB are free"):
        fit(work(72), card, 6 * GB)
    with pytest.raises(SettingsError, match="allowed by the profile"):
        fit(work(72), PROFILES[0], 80 * GB)


def test_the_small_card_decodes_in_bands() -> None:
    small, frames = PROFILES[0], PROFILES[0].decode_chunk + 2
    assert small.execution.banded and frames == 6
    given = work(small.tile, decode_frames=frames)
    whole = peak_memory(given, replace(small.execution, banded=False))
    assert peak_memory(given, small.execution) < 7.5 * GB < 8.0 * GB < whole
    alone = replace(given, tile=1)  # denoising takes nothing: what is left is the VAE's
    assert peak_memory(alone, LADDER[3]) > 2.5 * peak_memory(alone, replace(LADDER[3], banded=True))


def test_a_large_picture_counts_when_it_is_encoded() -> None:
    huge = work(2, cells=16 * FULL, decode_frames=1)
    assert peak_memory(huge, LADDER[3]) > 16 * FULL * 164_000
    assert peak_memory(huge, replace(LADDER[3], banded=True)) < 16 * FULL * 50_000 * 1.2 + 2 * BAND_BYTES + 4 * GB


def test_kept_features_of_the_fast_mode_count_where_they_are_on_the_card() -> None:
    for how, counts in ((LADDER[1], True), (LADDER[2], False)):
        given = work(72, decode_frames=1)
        more = peak_memory(replace(given, kept=144), how) - peak_memory(given, how)
        assert more == (pytest.approx(1280 * FULL * 144 * 1.15) if counts else 0.0)


def test_without_a_card_pictures_are_made_in_bands_in_the_systems_memory() -> None:
    how, needed = fit_processor(work(72, bytes_per_number=4), PROFILES[-1])
    assert how == replace(LADDER[0], banded=True)
    assert needed == pytest.approx(peak_memory(work(72, bytes_per_number=4), how), rel=0.01)
    decoding = work(1, decode_frames=30, bytes_per_number=4)
    assert fit_processor(decoding, PROFILES[-1])[1] > peak_memory(decoding, how) + 30 * FULL * 131_000


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


def test_apples_card_may_take_a_share_of_the_common_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a limit a machine of 16 GB would be given the largest profile, and swap."""
    monkeypatch.setattr(torch.mps, "recommended_max_memory", lambda: int(11.9 * GB))
    monkeypatch.setattr(torch.mps, "current_allocated_memory", lambda: int(1.9 * GB))
    mps = torch.device("mps")
    assert choose_profile(VersaSettings(), card_memory(mps)).name == "12"
    assert free_memory(mps) == pytest.approx(10.0 * GB)
    assert card_memory(torch.device("cpu")) is None and free_memory(torch.device("cpu")) is None


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


def test_steps_of_other_kinds_are_not_slow() -> None:
    """A short last tile and steps that reuse features are quick; the next long step is no sign of trouble."""
    watch = SpillWatch()
    kinds = [(seconds, kind) for kind, seconds in (("short", 0.1), ("long", 1.0)) for _ in range(3)]
    assert not any(watch.step(*one) for one in [*kinds, *kinds])
    assert watch.step(5.0, "long") == "" and "5 times longer" in watch.step(5.0, "long")


def test_what_counts_as_out_of_memory() -> None:
    assert is_out_of_memory(torch.OutOfMemoryError("x"))
    assert is_out_of_memory(RuntimeError("MPS backend out of memory"))
    assert is_out_of_memory(RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"))
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
