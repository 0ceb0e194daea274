"""Keeps codebooks by exponential moving averages during training and resets codes that nothing uses.

Everything lies where the codebook lies, on the processor or on a card.

Source: T2M-GPT's quantizer (spec of the motion networks, section b), with a lower reset limit; see docs/models.md.
"""

import torch
from torch import Tensor

from models.tokenizer import MotionTokenizer
from models.training.tokenizer_settings import TokenizerTraining


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
        self.counts = self._ones()
        self.initialised = False

    @torch.no_grad()
    def initialise(self, latents: Tensor) -> None:
        """Fill the codebook with the first latents (M, D) of a batch; fewer than K are repeated with a little noise."""
        size = len(self.codebook)
        if len(latents) < size:
            repeats = -(-size // len(latents))
            noise = torch.randn(repeats * len(latents), latents.shape[1]) * 0.01 / latents.shape[1] ** 0.5
            latents = latents.repeat(repeats, 1) + noise.to(latents)
        self.codebook.copy_(latents[:size])
        self.keep()

    def keep(self) -> None:
        """Start from the codes that the codebook already holds."""
        self.sums, self.counts = self.codebook.clone(), self._ones()
        self.initialised = True

    def _ones(self) -> Tensor:
        return torch.ones(len(self.codebook), dtype=self.codebook.dtype, device=self.codebook.device)

    @torch.no_grad()
    def initialise_by_kmeans(self, latents: Tensor, iterations: int = 10) -> None:
        """Fill the codebook with the centres of latents (M, D), M at least K: all codes are then in use."""
        self.initialise(latents[_shuffled(latents)])
        for _ in range(iterations):
            codes = (
                (latents.square().sum(1, keepdim=True) - 2 * latents @ self.codebook.T)
                .add(self.codebook.square().sum(1))
                .argmin(1)
            )
            counts = torch.bincount(codes, minlength=len(self.codebook)).float()
            sums = torch.zeros_like(self.sums).index_add_(0, codes, latents)
            empty = counts == 0
            replacement = latents[_shuffled(latents)[: len(self.codebook)]]
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
        self.sums, self.counts = state["sums"].to(self.codebook), state["counts"].to(self.codebook)
        self.initialised = True


def _shuffled(latents: Tensor) -> Tensor:
    """Rows (M,) of latents in an order of chance, which is the same on every device."""
    return torch.randperm(len(latents)).to(latents.device)


class Books:
    """Codebooks of all levels during training, each with its averages."""

    def __init__(self, tokenizer: MotionTokenizer, settings: TokenizerTraining) -> None:
        self._tokenizer = tokenizer
        self._updaters = [
            CodebookUpdater(tokenizer.book(level), reset_below=settings.reset_below, reset_statistics=True)
            for level in range(tokenizer.quantizers)
        ]

    @property
    def started(self) -> bool:
        """Whether every codebook holds codes."""
        return all(updater.initialised for updater in self._updaters)

    def keep(self) -> None:
        """Leave all codes as they are."""
        for updater in self._updaters:
            updater.keep()

    def start(self, latents: Tensor, *, keep_first: bool) -> None:
        """Cluster what each level has to say about latents (M, D); the first level may keep the codes that it has."""
        rest = latents
        for level, updater in enumerate(self._updaters):
            if level == 0 and keep_first:
                updater.keep()
            elif len(rest) > len(updater.codebook):
                updater.initialise_by_kmeans(rest)
            else:
                updater.initialise(rest)
            rest = rest - self._tokenizer.book(level)[self._tokenizer.nearest_codes(rest, level)]

    def update(self, latents: Tensor, codes: Tensor) -> float:
        """Move all codebooks: latents (M, D), codes (M, L). Returns the perplexity of the first level."""
        rest, perplexity = latents, 0.0
        before = [updater.codebook.clone() for updater in self._updaters]
        for level, updater in enumerate(self._updaters):
            value = updater.update(rest, codes[:, level])
            perplexity = value if level == 0 else perplexity
            rest = rest - before[level][codes[:, level]]
        return perplexity

    def tensors(self) -> list[Tensor]:
        """Everything that an update changes, for processes that follow the first one."""
        return [part for updater in self._updaters for part in (updater.codebook, updater.sums, updater.counts)]

    def state_dict(self) -> list[dict[str, Tensor]]:
        """What a resumed training needs besides the codebooks."""
        return [updater.state_dict() for updater in self._updaters]

    def load_state_dict(self, states: list[dict[str, Tensor]]) -> None:
        """Continue from `state_dict`."""
        for updater, state in zip(self._updaters, states, strict=True):
            updater.load_state_dict(state)


def active_levels(batch: int, quantizers: int, settings: TokenizerTraining, chance: torch.Generator) -> Tensor:
    """(B,) how many levels each window is decoded from: the first alone, some, or all."""
    dice = torch.rand(batch, generator=chance)
    some = torch.randint(1, quantizers + 1, (batch,), generator=chance)
    rest = torch.where(dice < settings.base_share + settings.partial_share, some, quantizers)
    return torch.where(dice < settings.base_share, 1, rest)


def quantized(
    tokenizer: MotionTokenizer, latents: Tensor, codes: Tensor, levels: Tensor, used: Tensor, count: Tensor
) -> tuple[Tensor, Tensor]:
    """Latents (B, N, D) replaced by the first `levels` (B,) of their codes, straight through, and the commitment.

    Each level commits the latent to what its codes and those below say together; `used` (B, N) marks real tokens,
    of which there are `count` (in all processes on average).
    """
    total, commitment = torch.zeros_like(latents), latents.new_zeros(())
    for level in range(tokenizer.quantizers):
        active = (levels > level)[:, None] & used
        total = total + tokenizer.book(level)[codes[..., level]].clone() * (levels > level)[:, None, None]
        distance = (latents - total).square().mean(-1)
        commitment = commitment + (distance * active).sum() / count
    return latents + (total - latents).detach(), commitment
