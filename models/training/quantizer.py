"""Keeps a codebook by exponential moving averages during training and resets codes that nothing uses.

Source: T2M-GPT's quantizer (spec of the motion networks, section b), with a lower reset limit; see docs/models.md.
"""

import torch
from torch import Tensor


class CodebookUpdater:
    """Exponential moving average of the latents that chose each code.

    Attributes:
        codebook: (K, D) tensor that is changed in place.
        sums: (K, D) averaged sums.
        counts: (K,) averaged counts.
        decay: weight of the past.
        reset_below: a code whose averaged count is smaller is replaced by a latent of the batch.
    """

    def __init__(
        self, codebook: Tensor, decay: float = 0.99, reset_below: float = 1.0, reset_statistics: bool = False
    ) -> None:
        self.codebook = codebook
        self.decay = decay
        self.reset_below = reset_below
        self.reset_statistics = reset_statistics
        self.sums = codebook.clone()
        self.counts = torch.ones(len(codebook))
        self.initialised = False

    @torch.no_grad()
    def initialise(self, latents: Tensor) -> None:
        """Fill the codebook with the first latents (M, D) of a batch; fewer than K are repeated with a little noise."""
        size = len(self.codebook)
        if len(latents) < size:
            repeats = -(-size // len(latents))
            noise = torch.randn(repeats * len(latents), latents.shape[1]) * 0.01 / latents.shape[1] ** 0.5
            latents = latents.repeat(repeats, 1) + noise
        self.codebook.copy_(latents[:size])
        self.sums = self.codebook.clone()
        self.counts = torch.ones(size)
        self.initialised = True

    def keep(self) -> None:
        """Start from the codes that the codebook already holds."""
        self.sums, self.counts = self.codebook.clone(), torch.ones(len(self.codebook))
        self.initialised = True

    @torch.no_grad()
    def initialise_by_kmeans(self, latents: Tensor, iterations: int = 10) -> None:
        """Fill the codebook with the centres of latents (M, D), M at least K: all codes are then in use."""
        self.initialise(latents[torch.randperm(len(latents))])
        for _ in range(iterations):
            codes = (
                (latents.square().sum(1, keepdim=True) - 2 * latents @ self.codebook.T)
                .add(self.codebook.square().sum(1))
                .argmin(1)
            )
            counts = torch.bincount(codes, minlength=len(self.codebook)).float()
            sums = torch.zeros_like(self.sums).index_add_(0, codes, latents)
            empty = counts == 0
            replacement = latents[torch.randperm(len(latents))[: len(self.codebook)]]
            centres = torch.where(empty[:, None], replacement, sums / counts[:, None].clamp_min(1))
            self.codebook.copy_(centres)
        self.keep()

    @torch.no_grad()
    def update(self, latents: Tensor, codes: Tensor) -> float:
        """Move the codebook towards latents (M, D) with their codes (M,). Returns the perplexity of the batch.

        Unused codes are replaced by latents of the batch that their own code fits badly, so that rare movements get
        codes of their own (with `reset_statistics`; else by the first latents, as T2M-GPT does).
        """
        size = len(self.codebook)
        counts = torch.bincount(codes, minlength=size).float()
        sums = torch.zeros_like(self.sums).index_add_(0, codes, latents)
        self.sums.mul_(self.decay).add_(sums, alpha=1 - self.decay)
        self.counts.mul_(self.decay).add_(counts, alpha=1 - self.decay)
        used = self.counts >= self.reset_below
        if self.reset_statistics:
            errors = (latents - self.codebook[codes]).square().sum(1) + 1e-9
            unused = torch.nonzero(~used)[:, 0]
            replacement = self.codebook.clone()
            if len(unused):
                picks = torch.multinomial(errors, len(unused), replacement=len(latents) < len(unused))
                replacement[unused] = latents[picks]
        else:
            replacement = latents.repeat(-(-size // len(latents)), 1)[:size]
        average = self.sums / self.counts[:, None].clamp_min(1e-8)
        self.codebook.copy_(torch.where(used[:, None], average, replacement))
        if self.reset_statistics:
            self.sums = torch.where(used[:, None], self.sums, replacement)
            self.counts = torch.where(used, self.counts, torch.ones_like(self.counts))
        share = counts / counts.sum()
        return float(torch.exp(-(share * torch.log(share + 1e-7)).sum()))

    def state_dict(self) -> dict[str, Tensor]:
        """What a resumed training needs besides the codebook."""
        return {"sums": self.sums, "counts": self.counts}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Continue from `state_dict`; the codebook is not initialised again."""
        self.sums, self.counts = state["sums"], state["counts"]
        self.initialised = True
