"""PoseNet: turns drawn poses into features that are added after the U-Net's first convolution.

Layout and key names are those of the public MimicMotion checkpoint. Frames are independent of each other.
"""

import math
from itertools import pairwise
from typing import Final

import torch
from torch import nn

WIDTHS: Final = (3, 3, 16, 16, 32, 32, 64, 64, 128)
"""Channels from the picture to the last convolution."""

HALVING: Final = frozenset({1, 3, 5})
"""Convolutions of kernel 4 that halve the size; the others have kernel 3."""

STRIDE: Final = 8
"""Pixels of the drawing for one cell of the output."""

FIRST_SCALE: Final = 2.0


class PoseNet(nn.Module):
    """Eight convolutions with SiLU, a projection that starts at zero, and one learned factor.

    Args:
        channels: width of the output, the U-Net's first width (320).
    """

    def __init__(self, channels: int = 320) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for index, (before, after) in enumerate(pairwise(WIDTHS)):
            halves = index in HALVING
            layers += [nn.Conv2d(before, after, 4 if halves else 3, 2 if halves else 1, 1), nn.SiLU()]
        self.conv_layers = nn.Sequential(*layers)
        self.final_proj = nn.Conv2d(WIDTHS[-1], channels, 1)
        self.scale = nn.Parameter(torch.full((1,), FIRST_SCALE))
        self._initialise()

    def _initialise(self) -> None:
        for layer in self.conv_layers:
            if isinstance(layer, nn.Conv2d):
                fan_in = layer.in_channels * layer.kernel_size[0] * layer.kernel_size[1]
                nn.init.normal_(layer.weight, 0.0, math.sqrt(2.0 / fan_in))
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
        nn.init.zeros_(self.final_proj.weight)
        nn.init.zeros_(self.final_proj.bias)  # type: ignore[arg-type]

    def forward(self, poses: torch.Tensor) -> torch.Tensor:
        """Features of drawn poses.

        Args:
            poses: (N, 3, H, W) RGB in -1..1.

        Returns:
            (N, channels, H // 8, W // 8).
        """
        return self.final_proj(self.conv_layers(poses)) * self.scale
