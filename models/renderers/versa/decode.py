"""Latents to pictures, a few frames at a time, so that memory does not grow with the video.

The temporal decoder looks along the frames of one call, so where calls begin changes the result. `reference` decodes
plain chunks; otherwise chunks lie at fixed places and see some frames of their neighbours.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from core.cancel import CancelToken

DEFAULT_CHUNK: Final = 8
DEFAULT_CONTEXT: Final = 1
"""Frames on both sides that a chunk is decoded with and that are dropped, so that the pictures do not jump between."""


@torch.no_grad()
def decode_chunk(vae: Any, latents: torch.Tensor) -> torch.Tensor:
    """(N, 4, h, w) latents to (N, 3, H, W) float32, about -1..1, in one call of the temporal decoder."""
    scaled = latents.to(vae.device, torch.float32) / vae.config.scaling_factor
    decoded: torch.Tensor = vae.decode(scaled.to(vae.dtype), num_frames=latents.shape[0]).sample
    return decoded.float().cpu()


def decode_reference(
    vae: Any, latents: torch.Tensor, chunk: int | None, cancel: CancelToken | None = None
) -> torch.Tensor:
    """All frames in plain chunks, as the reference does: (N, 4, h, w) to (N, 3, H, W)."""
    size = latents.shape[0] if chunk is None else chunk
    parts = []
    for start in range(0, latents.shape[0], size):
        if cancel is not None:
            cancel.check()
        parts.append(decode_chunk(vae, latents[start : start + size]))
    return torch.cat(parts)


def decode_frames(
    vae: Any,
    latents: torch.Tensor,
    first: int,
    wanted: range,
    cancel: CancelToken,
    *,
    chunk: int = DEFAULT_CHUNK,
    context: int = DEFAULT_CONTEXT,
) -> Iterator[NDArray[np.uint8]]:
    """Yield (H, W, 3) uint8 pictures of the absolute frames `wanted`.

    Chunks begin at multiples of `chunk` after `first`, whatever is wanted, so a frame never depends on that.

    Args:
        vae: the temporal VAE.
        latents: (N, 4, h, w) of the frames first .. first + N - 1.
        first: absolute number of the first latent.
        wanted: absolute frames, within those of the latents.
        cancel: looked at before every chunk.
        chunk: frames that a call yields.
        context: frames more on each side that it sees.

    Raises:
        core.cancel.Cancelled: `cancel` was set.
    """
    total = latents.shape[0]
    for start in range(0, total, chunk):
        end = min(start + chunk, total)
        if first + end <= wanted.start or first + start >= wanted.stop:
            continue
        cancel.check()
        low, high = max(start - context, 0), min(end + context, total)
        pixels = to_uint8(decode_chunk(vae, latents[low:high])[start - low : end - low])
        for offset, picture in enumerate(pixels):
            if first + start + offset in wanted:
                yield picture


def to_uint8(pixels: torch.Tensor) -> NDArray[np.uint8]:
    """(N, 3, H, W) about -1..1 to (N, H, W, 3) uint8, truncated as the reference does."""
    unit = (pixels / 2.0 + 0.5).clamp(0.0, 1.0)
    return np.ascontiguousarray((unit * 255.0).to(torch.uint8).permute(0, 2, 3, 1).numpy())
