"""Progressive latent fusion: which frames each tile denoises, and how tiles are weighted where they meet.

Pure functions. Frame 0 is the reference picture's own pose: it leads every tile, so neighbours share one frame less
than the overlap besides it.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

DEFAULT_TILE: Final = 72
DEFAULT_OVERLAP: Final = 6
"""Of the published 1.1 weights."""


class SettingsError(ValueError):
    """A render setting cannot work; the sentence says why and what to choose."""


def tile_indices(num_frames: int, tile_size: int, overlap: int) -> list[NDArray[np.int64]]:
    """Frames of each tile: frame 0, then tile_size - 1 consecutive ones; the last tile ends with the last frame.

    Args:
        num_frames: frames with the reference frame 0.
        tile_size: frames of a tile with the reference.
        overlap: tiles begin tile_size - overlap frames apart.

    Raises:
        SettingsError: settings that leave a frame without a prediction, with the reason.
    """
    if tile_size < 1 or (tile_size < 2 and num_frames > 1):
        raise SettingsError(f"a tile of {tile_size} frames holds nothing besides the reference; choose 2 or more")
    if num_frames < tile_size:
        raise SettingsError(
            f"{num_frames} frames are fewer than a tile of {tile_size}; choose a tile of at most {num_frames}"
        )
    if num_frames == tile_size:
        return [np.arange(tile_size)]
    if overlap >= tile_size:
        raise SettingsError(f"an overlap of {overlap} in tiles of {tile_size} makes no progress; choose less")
    starts = list(range(0, num_frames - tile_size + 1, tile_size - overlap))
    if starts[-1] + tile_size < num_frames:
        starts.append(num_frames - tile_size)
    tiles = [np.concatenate([[0], np.arange(start + 1, start + tile_size)]) for start in starts]
    missing = np.setdiff1d(np.arange(num_frames), np.concatenate(tiles))
    if len(missing):
        raise SettingsError(
            f"an overlap of {overlap} leaves {len(missing)} of {num_frames} frames (first frame {missing[0]}) without "
            "a prediction, because every tile begins with the reference frame; choose 1 or more"
        )
    return tiles


def tile_weights(tile_size: int) -> NDArray[np.float32]:
    """(tile_size,) weight by the position in the tile: a triangle over 0..2, highest in the middle."""
    place = (np.arange(tile_size) + 0.5) * 2.0 / tile_size
    return np.minimum(place, 2.0 - place).astype(np.float32)
