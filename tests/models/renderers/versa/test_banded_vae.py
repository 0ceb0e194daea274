"""The VAE in bands against the whole VAE, whatever the sizes of picture and band."""

import itertools
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKLTemporalDecoder

from core.cancel import Cancelled, CancelToken
from models.renderers.versa.banded_vae import decode_banded, encode_banded

from . import tiny

WIDER: dict[str, Any] = {**tiny.VAE, "block_out_channels": [32, 32, 64, 64], "layers_per_block": 2}


def network(config: dict[str, Any] = WIDER) -> Any:
    """Random weights; also the factors between space and time, which begin equal, are drawn."""
    torch.manual_seed(0)
    made = AutoencoderKLTemporalDecoder.from_config(config).eval().requires_grad_(False)
    for layer in made.modules():
        if hasattr(layer, "mix_factor"):
            torch.nn.init.normal_(layer.mix_factor)
        if isinstance(layer, torch.nn.GroupNorm):
            torch.nn.init.normal_(layer.weight, 1.0, 0.3)
            torch.nn.init.normal_(layer.bias, 0.0, 0.3)
    return made


@torch.no_grad()
@pytest.mark.parametrize(("frames", "rows", "columns"), [(1, 3, 4), (5, 7, 6), (4, 12, 9)])
@pytest.mark.parametrize("band_bytes", [1, 300_000, 10**9])
def test_bands_give_the_whole(frames: int, rows: int, columns: int, band_bytes: int) -> None:
    """Bands of one row, of some, and a single one."""
    vae = network()
    latents = torch.randn(frames, 4, rows, columns) * 3.0
    wanted = vae.decode(latents, num_frames=frames).sample
    found = decode_banded(vae, latents, CancelToken(), band_bytes)
    assert found.shape == wanted.shape and float((found - wanted).abs().max()) < 2e-5
    pixels = torch.rand(2, 3, 8 * rows, 8 * columns) * 2.0 - 1.0
    wanted = vae.encode(pixels).latent_dist.mode()
    found = encode_banded(vae, pixels, CancelToken(), band_bytes)
    assert found.shape == wanted.shape and float((found - wanted).abs().max()) < 1e-5


@torch.no_grad()
def test_half_precision_is_as_near_as_half_precision_is() -> None:
    vae = network().half()
    latents = (torch.randn(3, 4, 6, 5) * 3.0).half()
    exact = network().decode(latents.float(), num_frames=3).sample
    whole = float((vae.decode(latents, num_frames=3).sample.float() - exact).abs().max())
    banded = decode_banded(vae, latents, CancelToken(), 200_000)
    assert banded.dtype == torch.float16 and float((banded.float() - exact).abs().max()) < 2.0 * whole


@torch.no_grad()
def test_a_map_with_a_large_mean_keeps_its_spread() -> None:
    """Sums of squares would lose it in float32."""
    vae = network()
    for layer in (vae.decoder.conv_in, vae.encoder.conv_in):
        layer.bias.fill_(3000.0)
    latents, pixels = torch.randn(2, 4, 6, 5), torch.rand(1, 3, 48, 40)
    wanted = vae.decode(latents, num_frames=2).sample
    assert float((decode_banded(vae, latents, CancelToken(), 1) - wanted).abs().max()) < 1e-4
    wanted = vae.encode(pixels).latent_dist.mode()
    assert float((encode_banded(vae, pixels, CancelToken(), 1) - wanted).abs().max()) < 1e-3


def test_a_cancel_is_heard_between_bands() -> None:
    class After(CancelToken):
        """Cancelled at the tenth look."""

        def __init__(self) -> None:
            super().__init__()
            self.looks = itertools.count(1)

        def check(self) -> None:
            if next(self.looks) == 10:
                raise Cancelled

    vae = network(tiny.VAE)
    for work in (
        lambda token: decode_banded(vae, torch.randn(1, 4, 6, 5), token, 1),
        lambda token: encode_banded(vae, torch.rand(1, 3, 48, 40), token, 1),
    ):
        with pytest.raises(Cancelled):
            work(After())
