"""The VAE in bands of rows, for cards that do not hold its large feature maps: the same numbers, no seams.

Diffusers' temporal VAE cannot be tiled. Cut into tiles it would see other statistics in each (its norms look at whole
pictures), so here every layer of the large levels runs over all bands before the next one begins: feature maps wait in
the system's memory, a band with a row of its neighbours is on the card, and norms use the moments of the whole map.
The smallest levels, where attention is, run as they are. It costs transfers, not quality.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch.nn import functional

from core.cancel import CancelToken

BAND_BYTES: Final = 512 * 2**20
"""About what a band takes on the card while a layer works on it."""

_COPIES: Final = 6 * 4
"""Bytes that a band takes for each of its numbers: as it is, normalised in float32, and what comes out."""


@dataclass(frozen=True)
class _Map:
    """A feature map in the system's memory.

    Attributes:
        data: (N, C, H, W).
        mean, square: (N, C) float64 moments of each channel: mean, and sum of squared distances from it.
    """

    data: torch.Tensor
    mean: torch.Tensor
    square: torch.Tensor


@torch.no_grad()
def decode_banded(
    vae: Any, latents: torch.Tensor, cancel: CancelToken, band_bytes: int = BAND_BYTES
) -> torch.Tensor:  # fmt: skip
    """What `vae.decode(latents, num_frames=N).sample` gives, but for rounding.

    Args:
        vae: diffusers' temporal VAE, on the card.
        latents: (N, 4, h, w) consecutive frames on the card, in the VAE's precision.
        cancel: looked at before every band.
        band_bytes: see `BAND_BYTES`.

    Returns:
        (N, 3, 8 h, 8 w) in the system's memory.

    Raises:
        core.cancel.Cancelled: `cancel` was set.
    """
    decoder, bands = vae.decoder, _Bands(latents.device, cancel, band_bytes)
    video = torch.zeros(1, latents.shape[0], dtype=latents.dtype, device=latents.device)
    hidden = decoder.mid_block(decoder.conv_in(latents), image_only_indicator=video)
    cancel.check()
    hidden = decoder.up_blocks[0](hidden, image_only_indicator=video)
    found = bands.take(hidden)
    del hidden
    for block in decoder.up_blocks[1:]:
        for resnet in block.resnets:
            found = bands.temporal_resnet(resnet, found)
        for upsampler in block.upsamplers or ():
            found = bands.upsample(upsampler, found)
    norm = bands.norm(decoder.conv_norm_out, found)

    def finish(band: torch.Tensor) -> torch.Tensor:
        return _over_time(decoder.time_conv_out, decoder.conv_out(decoder.conv_act(norm(band))))

    return bands.sweep(finish, found, halo=1).data


@torch.no_grad()
def encode_banded(vae: Any, pixels: torch.Tensor, cancel: CancelToken, band_bytes: int = BAND_BYTES) -> torch.Tensor:
    """What `vae.encode(pixels).latent_dist.mode()` gives, but for rounding.

    Args:
        vae: as `decode_banded`.
        pixels: (N, 3, H, W) in -1..1 on the card, in the VAE's precision; sides divide by 8.
        cancel: looked at before every band.
        band_bytes: see `BAND_BYTES`.

    Returns:
        (N, 4, H / 8, W / 8) on the card.

    Raises:
        core.cancel.Cancelled: `cancel` was set.
    """
    encoder, bands = vae.encoder, _Bands(pixels.device, cancel, band_bytes)
    found = bands.sweep(encoder.conv_in, bands.take(pixels), halo=1, widest=encoder.conv_in.out_channels)
    for block in encoder.down_blocks[:-2]:
        for resnet in block.resnets:
            found = bands.resnet(resnet, found)
        for downsampler in block.downsamplers or ():
            found = bands.downsample(downsampler, found)
    hidden = found.data.to(pixels.device)
    for block in encoder.down_blocks[-2:]:
        cancel.check()
        hidden = block(hidden)
    hidden = encoder.conv_out(encoder.conv_act(encoder.conv_norm_out(encoder.mid_block(hidden))))
    mean: torch.Tensor = vae.quant_conv(hidden).chunk(2, dim=1)[0]
    return mean


class _Bands:
    """Layers over all bands of a map."""

    def __init__(self, device: torch.device, cancel: CancelToken, band_bytes: int) -> None:
        self._device = device
        self._cancel = cancel
        self._band_bytes = band_bytes

    def take(self, data: torch.Tensor) -> _Map:
        """A map that is on the card."""
        moments = _Moments()
        moments.add(data)
        return _Map(data.cpu(), *moments.found())

    def sweep(
        self, work: Callable[..., torch.Tensor], *sources: _Map, halo: int = 0, up: int = 1, down: int = 1,
        widest: int = 0,
    ) -> _Map:  # fmt: skip
        """A new map, made of the bands of others.

        Args:
            work: (N, C, rows, W) bands of the sources to the band of the result, `up` times higher or `down` times
                lower; rows of the halo are cut off.
            sources: of one height.
            halo: rows that a band sees above and below; with `down`, one row below.
            up: factor of the height.
            down: the same the other way round.
            widest: channels of the widest map that `work` makes, where it is wider than the sources.
        """
        count, _, height, width = sources[0].data.shape
        channels = max(widest, *(source.data.shape[1] for source in sources))
        rows = max(1, self._band_bytes // (count * channels * width * up * up * _COPIES))
        result: torch.Tensor | None = None
        moments = _Moments()
        for top in range(0, height // down, rows):
            self._cancel.check()
            bottom = min(top + rows, height // down)
            if down > 1:
                low, high = top * down, min(bottom * down + 1, height)
            else:
                low, high = max(top - halo, 0), min(bottom + halo, height)
            made = work(*(source.data[:, :, low:high].to(self._device) for source in sources))
            if down == 1:
                made = made[:, :, (top - low) * up : (bottom - low) * up]
            moments.add(made)
            if result is None:
                shape = (count, made.shape[1], height * up // down, made.shape[3])
                result = torch.empty(shape, dtype=made.dtype)
            result[:, :, top * up : bottom * up] = made.cpu()
        assert result is not None
        return _Map(result, *moments.found())

    def norm(self, layer: torch.nn.GroupNorm, of: _Map, frames: bool = False) -> Callable[..., torch.Tensor]:
        """A group norm by the moments of the whole map; `frames`: over all frames together."""
        pixels = of.data.shape[2] * of.data.shape[3]
        groups = layer.num_groups
        # (N, groups, channels of a group), or with all frames together (1, groups, frames and channels).
        mean, square = (part.unflatten(1, (groups, -1)) for part in (of.mean, of.square))
        if frames:
            mean, square = (part.transpose(0, 1).flatten(1)[None] for part in (mean, square))
        middle = mean.mean(-1, keepdim=True)
        spread = (square + pixels * (mean - middle).square()).mean(-1) / pixels
        factor = (spread + layer.eps).rsqrt()
        each = of.data.shape[1] // groups
        factor, middle = (part.repeat_interleave(each, dim=1) for part in (factor, middle[..., 0]))
        assert layer.weight is not None and layer.bias is not None
        scale = factor * layer.weight.cpu().double()
        shift = layer.bias.cpu().double() - middle * scale
        scale, shift = (part.float()[:, :, None, None].to(self._device) for part in (scale, shift))
        return lambda band: torch.addcmul(shift, band.float(), scale).to(band.dtype)

    def resnet(self, block: Any, found: _Map) -> _Map:
        """Diffusers' `ResnetBlock2D` without time."""
        first, silu = self.norm(block.norm1, found), block.nonlinearity
        wide = block.conv1.out_channels
        hidden = self.sweep(lambda band: block.conv1(silu(first(band))), found, halo=1, widest=wide)
        second = self.norm(block.norm2, hidden)

        def finish(band: torch.Tensor, before: torch.Tensor) -> torch.Tensor:
            more = before if block.conv_shortcut is None else block.conv_shortcut(before)
            return (more + block.conv2(silu(second(band)))) / block.output_scale_factor

        return self.sweep(finish, hidden, found, halo=1)

    def temporal_resnet(self, block: Any, found: _Map) -> _Map:
        """Diffusers' `SpatioTemporalResBlock` without time: each frame, then along the frames, then both mixed."""
        found = self.resnet(block.spatial_res_block, found)
        temporal, silu = block.temporal_res_block, block.temporal_res_block.nonlinearity
        first = self.norm(temporal.norm1, found, frames=True)
        hidden = self.sweep(lambda band: _over_time(temporal.conv1, silu(first(band))), found)
        second = self.norm(temporal.norm2, hidden, frames=True)
        video = torch.zeros(1, found.data.shape[0], device=self._device)

        def finish(band: torch.Tensor, before: torch.Tensor) -> torch.Tensor:
            along = before + _over_time(temporal.conv2, silu(second(band)))
            mixed = block.time_mixer(
                x_spatial=_as_video(before), x_temporal=_as_video(along), image_only_indicator=video
            )
            return _as_frames(mixed)

        return self.sweep(finish, hidden, found)

    def upsample(self, layer: Any, found: _Map) -> _Map:
        """Diffusers' `Upsample2D`: nearest, then a convolution."""
        return self.sweep(
            lambda band: layer.conv(functional.interpolate(band, scale_factor=2.0, mode="nearest")),
            found, halo=1, up=2,
        )  # fmt: skip

    def downsample(self, layer: Any, found: _Map) -> _Map:
        """Diffusers' `Downsample2D` of the encoder: a row and a column of zeros behind, then a convolution."""

        def halve(band: torch.Tensor) -> torch.Tensor:
            return layer.conv(functional.pad(band, (0, 1, 0, 1 - band.shape[2] % 2)))

        return self.sweep(halve, found, down=2)


class _Moments:
    """Adds up the moments of bands; in float64, which only the processor has for sure."""

    def __init__(self) -> None:
        self._count = 0
        self._mean = torch.zeros(())
        self._square = torch.zeros(())

    def add(self, band: torch.Tensor) -> None:
        """Take the next band, (N, C, rows, W)."""
        spread, mean = torch.var_mean(band.float(), dim=(2, 3), correction=0)
        count = band.shape[2] * band.shape[3]
        mean, square = mean.cpu().double(), spread.cpu().double() * count
        total = self._count + count
        step = mean - self._mean
        self._square = self._square + square + step.square() * (self._count * count / total)
        self._mean = self._mean + step * (count / total)
        self._count = total

    def found(self) -> tuple[torch.Tensor, torch.Tensor]:
        """(N, C) mean and sum of squared distances from it."""
        return self._mean, self._square


def _as_video(band: torch.Tensor) -> torch.Tensor:
    return band.transpose(0, 1)[None]


def _as_frames(video: torch.Tensor) -> torch.Tensor:
    return video[0].transpose(0, 1)


def _over_time(layer: Any, band: torch.Tensor) -> torch.Tensor:
    made: torch.Tensor = layer(_as_video(band))
    return _as_frames(made)
