"""What the renderer's training minimises, as pure functions: Stable Video Diffusion's objective with heavier hands.

EDM's preconditioning (Karras et al. 2022, table 1) in the form that SVD uses with v-prediction and data of unit spread.
The network and the data are elsewhere.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from core.constants import CONFIDENCE_THRESHOLD

SIGMA_MEAN: Final = 0.7
SIGMA_SPREAD: Final = 1.6
"""Mean and standard deviation of log sigma: SVD's image-to-video training."""

HAND_WEIGHT: Final = 10.0
"""MimicMotion's weight of the loss inside the box of a confident hand."""

_HAND_MARGIN: Final = 0.1
"""The box of a hand is wider than its keypoints by this share on each side: keypoints lie inside fingers."""


@dataclass(frozen=True)
class Preconditioning:
    """EDM's factors for noise levels sigma, each of sigma's shape.

    Attributes:
        skip: of the noisy latents in the estimate.
        out: of the network's prediction in the estimate.
        into: of the noisy latents on their way into the network.
        time: what the network is told instead of a time step.
        weight: of the squared error of the estimate.
    """

    skip: torch.Tensor
    out: torch.Tensor
    into: torch.Tensor
    time: torch.Tensor
    weight: torch.Tensor


def preconditioning(sigma: torch.Tensor) -> Preconditioning:
    """Factors of v-prediction: `weight * out ** 2` is 1, so every level counts alike in terms of v."""
    total = sigma**2 + 1
    return Preconditioning(1 / total, -sigma / total.sqrt(), 1 / total.sqrt(), 0.25 * sigma.log(), total / sigma**2)


def draw_sigma(normal: torch.Tensor, mean: float = SIGMA_MEAN, spread: float = SIGMA_SPREAD) -> torch.Tensor:
    """Log-normal noise levels from standard normal numbers of any shape."""
    return (normal * spread + mean).exp()


def noisy(latents: torch.Tensor, noise: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """(B, F, 4, h, w) latents with noise of level (B,)."""
    return latents + noise * _wide(sigma, latents)


def network_input(noised: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """What the U-Net sees of noisy latents, before the image latents are joined to them."""
    return noised * _wide(preconditioning(sigma).into, noised)


def estimate(prediction: torch.Tensor, noised: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """The clean latents that a v-prediction points to."""
    factors = preconditioning(sigma)
    return prediction * _wide(factors.out, noised) + noised * _wide(factors.skip, noised)


def edm_loss(
    prediction: torch.Tensor,
    noised: torch.Tensor,
    latents: torch.Tensor,
    sigma: torch.Tensor,
    weights: torch.Tensor | None = None,
) -> torch.Tensor:
    """(B,) weighted mean squared error of each sample.

    Args:
        prediction: (B, F, 4, h, w) the network's v.
        noised: the same shape, from `noisy`.
        latents: the same shape, clean.
        sigma: (B,) noise levels.
        weights: (B, F, h, w) of cells, see `hand_weights`; None counts all alike.
    """
    error = (estimate(prediction.float(), noised, sigma) - latents).square()
    error = error * _wide(preconditioning(sigma).weight, error)
    if weights is not None:
        error = error * weights[:, :, None]  # the plain mean over all cells, as MimicMotion's authors say
    return error.flatten(1).mean(dim=1)


def hand_weights(
    hands: NDArray[np.floating],
    height: int,
    width: int,
    weight: float = HAND_WEIGHT,
    threshold: float = CONFIDENCE_THRESHOLD,
) -> NDArray[np.float32]:
    """Weights of latent cells: more inside the boxes of hands whose keypoints are all confident (MimicMotion).

    Args:
        hands: (F, 2, 21, 3) x, y in shares of the picture and confidence.
        height: of the latents in cells.
        width: of the latents in cells.
        weight: inside a box; 1 outside.
        threshold: confidence that every keypoint of the hand must reach.

    Returns:
        (F, height, width). A cell counts as inside if the box touches it.
    """
    result = np.ones((len(hands), height, width), np.float32)
    size = np.array([width, height], np.float64)
    for frame, pair in enumerate(hands):
        for hand in pair:
            if hand[:, 2].min() < threshold:
                continue
            low, high = hand[:, :2].min(axis=0), hand[:, :2].max(axis=0)
            margin = _HAND_MARGIN * (high - low)
            first = np.floor((low - margin) * size).astype(int).clip(0)
            last = np.ceil((high + margin) * size).astype(int).clip(0)
            result[frame, first[1] : last[1], first[0] : last[0]] = weight
    return result


@dataclass(frozen=True)
class Dropout:
    """How often conditions are left out in training, so that guidance has an unconditional side.

    Attributes:
        everything: all at once, which is what rendering calls unconditional.
        image, pose, face: one alone; image means the reference's embedding and latents.
        audio, emotion: one control of the face alone.
    """

    everything: float = 0.1
    image: float = 0.05
    pose: float = 0.05
    face: float = 0.05
    audio: float = 0.05
    emotion: float = 0.05

    def __post_init__(self) -> None:
        for name, chance in vars(self).items():
            if not 0.0 <= chance <= 1.0:
                raise ValueError(f"the dropout of {name} must lie between 0 and 1, not {chance}")


KEPT: Final = ("image", "pose", "face", "audio", "emotion")


def draw_kept(dropout: Dropout, random: np.random.Generator) -> NDArray[np.float32]:
    """(5,) 1 for each condition of `KEPT` that a sample keeps, 0 for each that it loses."""
    chances = np.array([getattr(dropout, name) for name in KEPT])
    drawn = random.random(len(KEPT) + 1)
    kept = (drawn[1:] >= chances) & (drawn[0] >= dropout.everything)
    return kept.astype(np.float32)


def _wide(values: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    return values.view(-1, *([1] * (like.dim() - 1)))
