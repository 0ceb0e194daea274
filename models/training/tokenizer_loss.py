"""The tokenizer's loss: reconstruction, joint positions and their steps and distances, the root, and the commitment.

Sums over real frames, divided by the counts of all processes, see `models.training.processes`.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from core.constants import MOTION_FPS
from core.features import LOCAL_POSITIONS, ROTATIONS, VELOCITIES
from models.training.tokenizer_settings import TokenizerTraining


@dataclass(frozen=True)
class Counts:
    """How many of a thing one process has on average, as tensors without dimensions."""

    frames: Tensor
    steps: Tensor
    tokens: Tensor


class TokenizerLoss:
    """The loss of a run.

    Attributes:
        settings: weights of its parts.
        columns: (263,) weights of the features.
        joints: (63,) weights of joint coordinates.
        metres: (63,) what one unit of a normalised coordinate is.
    """

    def __init__(self, settings: TokenizerTraining, std: Tensor) -> None:
        self.settings = settings
        self.columns = _column_weights(settings).to(std.device)
        self.joints = _joint_weights(settings.wrists).to(std.device)
        self.metres = std[LOCAL_POSITIONS]

    def __call__(self, y: Tensor, x: Tensor, mask: Tensor, commitment: Tensor, counts: Counts) -> tuple[Tensor, Tensor]:
        """The loss, and (3,) reconstruction, positions and commitment for the curves.

        Args:
            y: (B, T, 263) normalised features as decoded.
            x: (B, T, 263) as captured.
            mask: (B, T) 1 for real frames.
            commitment: of the latents to their codes.
            counts: what the sums are divided by.
        """
        settings = self.settings
        reconstruction = _masked(functional.smooth_l1_loss(y, x, reduction="none") * self.columns, mask, counts.frames)
        places, wanted = y[..., LOCAL_POSITIONS], x[..., LOCAL_POSITIONS]
        positions = _masked(
            functional.smooth_l1_loss(places, wanted, reduction="none") * self.joints, mask, counts.frames
        )
        made, real = places.diff(dim=1), wanted.diff(dim=1)
        moves = _masked(
            functional.smooth_l1_loss(4 * made, 4 * real, reduction="none")
            * self.joints
            * haste(real, self.metres, settings),
            mask[:, 1:],
            counts.steps,
        )
        apart = (places - wanted).unflatten(-1, (-1, 3))
        distances = _masked((apart.square().sum(-1) + 1e-6).sqrt() * self.joints[::3], mask, counts.frames)
        root = _masked(functional.smooth_l1_loss(y[..., :4], x[..., :4], reduction="none"), mask, counts.frames)
        loss = (
            reconstruction
            + settings.positions * positions
            + settings.distances * distances
            + settings.steps_loss * moves
            + settings.root * root
            + settings.commitment * commitment
        )
        return loss, torch.stack([reconstruction, positions, commitment]).detach()


def haste(steps: Tensor, metres: Tensor, settings: TokenizerTraining) -> Tensor | float:
    """Weights (B, T, 63) of frame-to-frame steps (B, T, 63), quick ones more; the steps are in units of `metres`."""
    if settings.haste == 0:
        return 1.0
    travelled = (steps * metres).unflatten(-1, (21, 3)).norm(dim=-1)
    return (1 + settings.haste * travelled * MOTION_FPS).repeat_interleave(3, dim=-1)


def _joint_weights(wrists: float) -> Tensor:
    weights = torch.ones(21)
    weights[[12, 13, 15, 16, 17, 18]] = 1 + (wrists - 1) / 2
    weights[[19, 20]] = wrists
    return (weights / weights.mean()).repeat_interleave(3)


def _column_weights(settings: TokenizerTraining) -> Tensor:
    weights = torch.ones(263)
    weights[ROTATIONS] = settings.rotations
    weights[VELOCITIES] = settings.velocities
    return weights / weights.mean()


def _masked(loss: Tensor, mask: Tensor, count: Tensor) -> Tensor:
    """Mean over real rows: loss (B, T, C), mask (B, T), whose mean sum over all processes is `count`."""
    return (loss * mask[..., None]).sum() / (count * loss.shape[-1])
