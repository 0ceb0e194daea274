"""Starting noise of the latents: our own, a function of seed and absolute frame, and the reference's repeated tile.

With the first, a segment that is rendered alone starts from the same noise as within the whole.
"""

from typing import Final

import numpy as np
import torch

REFERENCE_FRAME: Final = -1
"""Number of the frame that shows the reference picture's own pose."""

_MASK: Final = 2**64 - 1


def frame_noise(seed: int, frames: range | list[int], shape: tuple[int, int, int]) -> torch.Tensor:
    """Noise of absolute frames: (len(frames), *shape) float32 standard normal; the same on every machine.

    Args:
        seed: of the render.
        frames: absolute frame numbers, `REFERENCE_FRAME` for the leading reference.
        shape: channels, height and width in latent cells.
    """
    noise = np.empty((len(frames), *shape), np.float32)
    for place, frame in enumerate(frames):
        # Philox is counter-based: its key is the whole state, so no frame needs another's.
        key = np.array([seed & _MASK, frame & _MASK], np.uint64)
        generator = np.random.Generator(np.random.Philox(key=key))
        noise[place] = generator.standard_normal(shape, np.float32)
    return torch.from_numpy(noise)


def reference_noise(
    seed: int, tile_size: int, image_shape: tuple[int, int], latent_shape: tuple[int, int, int]
) -> tuple[torch.Tensor, torch.Tensor]:
    """The reference's draws from one CPU generator: the picture's noise first, then one tile's latents.

    Args:
        seed: of the generator.
        tile_size: frames of latent noise.
        image_shape: height and width in pixels.
        latent_shape: channels, height and width in latent cells.

    Returns:
        (1, 3, H, W) and (tile_size, *latent_shape).
    """
    generator = torch.Generator("cpu").manual_seed(seed)
    image = torch.randn((1, 3, *image_shape), generator=generator)
    return image, torch.randn((1, tile_size, *latent_shape), generator=generator)[0]


def repeat_noise(noise: torch.Tensor, num_frames: int) -> torch.Tensor:
    """Repeat noise along the frames and cut: frame f gets row f mod len(noise)."""
    rows = torch.arange(num_frames) % noise.shape[0]
    return noise[rows]
