"""Which tokens the generator has to predict in training, as it will have to in use."""

import math

import torch
from torch import Tensor


def training_mask(valid: Tensor, labels: Tensor, random: torch.Generator) -> Tensor:
    """Positions to predict: random ones (cosine schedule), a whole stretch, the rest of the window or the prompts.

    Args:
        valid: (B, N) bool.
        labels: (B, N) label of each position, -1 for speech.
        random: source of chance.

    Returns:
        (B, N) bool, at least one position a row.
    """
    batch, length = valid.shape
    share = torch.cos(torch.rand(batch, generator=random) * math.pi / 2)
    mask = torch.rand(batch, length, generator=random) < share[:, None]
    kind = torch.rand(batch, generator=random)
    place = torch.arange(length)
    for row in range(batch):
        if kind[row] < 0.15:
            start, size = torch.randint(0, length, (2,), generator=random).tolist()
            mask[row] |= (place >= start) & (place < start + size)
        elif kind[row] < 0.3:
            start = int(torch.randint(2, 16, (1,), generator=random))
            mask[row] = mask[row] | (place >= start)
            mask[row, :start] = False
        elif kind[row] < 0.5 and bool((labels[row] >= 0).any()):
            prompted = labels[row] >= 0
            mask[row] = prompted & (torch.rand(length, generator=random) < max(float(share[row]), 0.3))
    mask &= valid
    empty = ~mask.any(1)
    mask[empty, 0] = valid[empty, 0]
    return mask
