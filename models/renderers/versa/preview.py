"""A cheap look at latents while they are denoised: a linear map to colours, without the decoder.

The map is fitted to the portrait's own latents and pixels, so it suits whatever VAE is loaded.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

EVERY: Final = 5
"""Steps between previews; the last step always has one."""


@dataclass(frozen=True, eq=False)
class LatentPreview:
    """Colours = latents @ matrix.

    Attributes:
        matrix: (5, 3) for four channels and a constant.
    """

    matrix: NDArray[np.float64]

    @classmethod
    def fit(cls, latents: torch.Tensor, picture: NDArray[np.uint8]) -> "LatentPreview":
        """The map that brings (4, h, w) scaled latents nearest to their (H, W, 3) picture, shrunk to their cells."""
        _, height, width = latents.shape
        colours = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.float64)
        columns = _columns(latents)
        return cls(np.asarray(np.linalg.lstsq(columns, colours, rcond=None)[0], np.float64))

    def wanted(self, step: int, steps: int) -> bool:
        """Whether a step is one that is shown."""
        return step % EVERY == 0 or step == steps

    def picture(self, latents: torch.Tensor) -> NDArray[np.uint8]:
        """(h, w, 3) uint8 of (4, h, w) latents."""
        colours = _columns(latents) @ self.matrix
        return colours.clip(0, 255).astype(np.uint8).reshape(*latents.shape[1:], 3)


def _columns(latents: torch.Tensor) -> NDArray[np.float64]:
    flat = latents.reshape(latents.shape[0], -1).T.double().numpy()
    return np.concatenate([flat, np.ones((len(flat), 1))], axis=1)
