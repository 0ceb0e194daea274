"""Trains `MotionTokenizer` on captures: `versa train tokenizer`.

Recipe and figures are in docs/models.md. Resumes from `state.pt` in its output folder; the same seed gives the same
run.
"""

import json
import math
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from core.cancel import CancelToken, ProgressCallback
from core.constants import FRAMES_PER_TOKEN, MOTION_FPS
from core.features import LOCAL_POSITIONS, ROTATIONS, VELOCITIES, recover_joints
from models.tokenizer import MotionTokenizer, TokenizerConfig
from models.training.dataset import (
    NEAR_COPY,
    ClipInfo,
    FeatureTable,
    balanced_weights,
    build_table,
    feature_statistics,
)
from models.training.loop import Curves, Meter, autocast, device, load_state, save_state
from models.training.quantizer import CodebookUpdater


@dataclass(frozen=True)
class TokenizerTraining:
    """Settings of a run.

    Attributes:
        steps: optimiser steps.
        batch: windows a step.
        window: frames a window.
        rate: highest learning rate (AdamW, cosine after a warm-up of `warmup` steps).
        positions: weight of the extra loss on local joint positions.
        distances: weight of the mean distance of joints (in standard deviations), which is what errors are measured by;
            the squares of the other losses see large errors only.
        wrists: weight of the wrists (and half of it for elbows, shoulders and collars) inside that loss.
        rotations: weight of the rotation columns, which no output of ours uses.
        velocities: weight of the velocity columns.
        steps_loss: weight of the loss on frame-to-frame steps of positions, which keeps waves waving.
        haste: how much more a step counts for each metre a second of its joint; without it the peaks of quick
            strokes come out a fifth too slow.
        root: weight of the extra loss on the root's turn and travel.
        commitment: weight that holds latents to their codes.
        reset_below: averaged count under which a code is replaced.
        residual_levels: codebooks behind the first one; with any, `versa train residual` belongs to the weights too.
        base_share: share of windows that are decoded from the first level alone, so that it stays good by itself.
        partial_share: share of windows that are decoded from some of the residual levels.
        decoder_only: with given weights, train the decoder alone: tokens keep their meaning, so what was trained on
            them stays valid.
        composed_share: share of windows from the composed windows that the generator learns from, where they are; half
            of those show a rare action.
        cluster_anew: with given weights, cluster the first codebook anew by k-means instead of keeping its codes.
        seed: seed of everything random.
    """

    steps: int = 3200
    batch: int = 128
    window: int = 64
    rate: float = 3e-4
    warmup: int = 200
    clip_norm: float = 0.5
    positions: float = 0.75
    distances: float = 0.25
    wrists: float = 4.0
    rotations: float = 0.05
    velocities: float = 0.25
    steps_loss: float = 1.0
    haste: float = 0.0
    root: float = 0.25
    commitment: float = 0.05
    reset_below: float = 0.2
    residual_levels: int = 0
    base_share: float = 0.4
    partial_share: float = 0.2
    decoder_only: bool = False
    composed_share: float = 0.0
    cluster_anew: bool = False
    seed: int = 0
    save_every: int = 200


def _joint_weights(wrists: float) -> Tensor:
    weights = torch.ones(21)
    weights[[12, 13, 15, 16, 17, 18]] = 1 + (wrists - 1) / 2
    weights[[19, 20]] = wrists
    return (weights / weights.mean()).repeat_interleave(3)


def _haste(steps: Tensor, metres: Tensor, settings: TokenizerTraining) -> Tensor | float:
    """Weights (B, T, 63) of frame-to-frame steps (B, T, 63), quick ones more; the steps are in units of `metres`."""
    if settings.haste == 0:
        return 1.0
    travelled = (steps * metres).unflatten(-1, (21, 3)).norm(dim=-1)
    return (1 + settings.haste * travelled * MOTION_FPS).repeat_interleave(3, dim=-1)


class WindowSampler:
    """Draws windows of features, rare contents more often than their share.

    Windows of clips that are shorter than the window repeat their last frame and are masked there.
    """

    def __init__(self, table: FeatureTable, mean: NDArray[np.float32], std: NDArray[np.float32], window: int) -> None:
        self._clips = table.subset(held_out=False)
        self._weights = balanced_weights(self._clips)
        self._table, self._mean, self._std, self._window = table, mean, std, window

    def draw(self, batch: int, random: np.random.Generator) -> tuple[Tensor, Tensor]:
        """(B, window, 263) normalised features and (B, window) mask of real frames."""
        values = np.zeros((batch, self._window, 263), dtype=np.float32)
        mask = np.zeros((batch, self._window), dtype=np.float32)
        for row, index in enumerate(random.choice(len(self._clips), batch, p=self._weights)):
            clip = self._clips[index]
            length = min(clip.frames, self._window)
            start = clip.start + int(random.integers(clip.frames - length + 1))
            values[row, :length] = (self._table.features[start : start + length] - self._mean) / self._std
            values[row, length:] = values[row, length - 1]
            mask[row, :length] = 1.0
        return torch.from_numpy(values), torch.from_numpy(mask)


RARE = re.compile("Shrug|[Pp]unch|[Kk]ick|^[Mm]e|byebye|walk-back|bow|Jump")
"""Contents that are lost first, so that half of the composed windows show one."""


class ComposedSampler:
    """Draws windows of the composed sequences in `folder`, half of them around a rare action; none where none are."""

    def __init__(self, folder: Path, mean: NDArray[np.float32], std: NDArray[np.float32], window: int) -> None:
        self._mean, self._std, self._window = mean, std, window
        arrays = sorted(folder.glob("composed_*.npy"), key=lambda path: path.stat().st_size)
        self._rows: NDArray[np.float16] | None = np.load(arrays[-1], mmap_mode="r") if arrays else None
        self._lengths: list[int] = []
        self._rare: list[tuple[int, int, int]] = []
        if arrays:
            facts = json.loads(arrays[-1].with_suffix(".json").read_text(encoding="utf-8"))
            self._lengths = [int(length) for length, *_ in facts]
            self._rare = [
                (row, int(start), int(end))
                for row, (_, _, _, labels) in enumerate(facts)
                for start, end, content, *_ in labels
                if RARE.search(content)
            ]

    def __bool__(self) -> bool:
        return self._rows is not None

    def draw(self, batch: int, random: np.random.Generator) -> tuple[Tensor, Tensor]:
        """As `WindowSampler.draw`."""
        assert self._rows is not None
        values = np.zeros((batch, self._window, 263), dtype=np.float32)
        mask = np.zeros((batch, self._window), dtype=np.float32)
        for place in range(batch):
            if self._rare and random.random() < 0.5:
                row, start, end = self._rare[int(random.integers(len(self._rare)))]
                first = int(random.integers(start - self._window // 3, max(end - self._window // 2, start) + 1))
            else:
                row = int(random.integers(len(self._lengths)))
                first = int(random.integers(max(self._lengths[row] - self._window, 0) + 1))
            first = int(np.clip(first, 0, max(self._lengths[row] - self._window, 0)))
            length = min(self._lengths[row] - first, self._window)
            part = self._rows[row, first : first + length].astype(np.float32)
            values[place, :length] = (part - self._mean) / self._std
            values[place, length:] = values[place, length - 1]
            mask[place, :length] = 1.0
        return torch.from_numpy(values), torch.from_numpy(mask)


def _column_weights(settings: TokenizerTraining) -> Tensor:
    weights = torch.ones(263)
    weights[ROTATIONS] = settings.rotations
    weights[VELOCITIES] = settings.velocities
    return weights / weights.mean()


def _masked(loss: Tensor, mask: Tensor) -> Tensor:
    return (loss * mask[..., None]).sum() / (mask.sum() * loss.shape[-1])


def _joint_distances(made: Tensor, real: Tensor, mask: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean distance of joints between two (B, T, 263), where mask (B, T) is 1."""
    apart = (made - real)[..., LOCAL_POSITIONS].unflatten(-1, (-1, 3))
    return _masked((apart.square().sum(-1) + 1e-6).sqrt() * weights[::3], mask)


def train_tokenizer(
    data: Path,
    out: Path,
    settings: TokenizerTraining,
    progress: ProgressCallback,
    cancel: CancelToken,
    start_from: Path | None = None,
) -> MotionTokenizer:
    """Train, or go on where an earlier run in `out` stopped, and write the weights to `out`.

    Args:
        data: folder of the captures.
        out: training folder.
        settings: of the run.
        progress: told about steps.
        cancel: looked at before each step.
        start_from: weights folder to begin with instead of random weights; levels that it lacks are clustered from
            its latents.

    Raises:
        CaptureError: the capture folder is not complete.
        Cancelled: stopped; a checkpoint was written.
    """
    table = build_table(data, out.parent / "table", progress, cancel)
    mean, std = feature_statistics(table.features)
    torch.manual_seed(settings.seed)
    tokenizer = MotionTokenizer(TokenizerConfig(residual_levels=settings.residual_levels)).to(device())
    tokenizer.mean.copy_(torch.from_numpy(mean))
    tokenizer.std.copy_(torch.from_numpy(std))
    books = _Books(tokenizer, settings)
    learning = tokenizer.decoder if settings.decoder_only else tokenizer
    tokenizer.encoder.requires_grad_(not settings.decoder_only)
    optimizer = torch.optim.AdamW(learning.parameters(), settings.rate, betas=(0.9, 0.99), weight_decay=0.0)
    sampler = WindowSampler(table, mean, std, settings.window)
    composed = ComposedSampler(out.parent / "generator" / "pairs", mean, std, settings.window)
    first = 0
    state = load_state(out)
    if state is not None:
        tokenizer.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        books.load_state_dict(state["codebooks"])
        first = state["step"]
    elif start_from is not None:
        given = MotionTokenizer.from_pretrained(start_from)
        tokenizer.load_state_dict(given.state_dict(), strict=given.config == tokenizer.config)
        if settings.decoder_only:
            books.keep()
        else:
            books.start(_sample_latents(tokenizer, sampler, settings), keep_first=not settings.cluster_anew)
    columns = _column_weights(settings).to(device())
    weights = _joint_weights(settings.wrists).to(device())
    metres = tokenizer.std[LOCAL_POSITIONS].to(device())
    curves = Curves(out, ("step", "reconstruction", "positions", "commitment", "perplexity"))
    meter = Meter("tokenizer", first, settings.steps, progress)
    tokenizer.train()

    for step in range(first, settings.steps):
        if cancel.cancelled:
            _save(out, tokenizer, optimizer, books, step)
        cancel.check()
        ramp = min((step + 1) / settings.warmup, 1.0)
        rate = settings.rate * ramp * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / settings.steps)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        x, mask = _draw(sampler, composed, settings, step)
        x, mask = x.to(device()), mask.to(device())
        with autocast():
            latents = tokenizer.latents(x)
        latents = latents.float()
        chance = torch.Generator().manual_seed(int(np.random.default_rng((settings.seed, step, 1)).integers(2**31)))
        used = mask[:, ::FRAMES_PER_TOKEN].bool()
        if not books.started:
            books.start(latents[used].detach(), keep_first=False)
        codes = tokenizer.quantize(latents)
        levels = _active_levels(len(x), tokenizer.quantizers, settings, chance)
        quantized, commitment = _quantized(tokenizer, latents, codes, levels.to(device()), used)
        with autocast():
            y = tokenizer.decode_latents(quantized)
        y = y.float()
        reconstruction = _masked(functional.smooth_l1_loss(y, x, reduction="none") * columns, mask)
        positions = _masked(
            functional.smooth_l1_loss(y[..., LOCAL_POSITIONS], x[..., LOCAL_POSITIONS], reduction="none") * weights,
            mask,
        )
        made, real = y[..., LOCAL_POSITIONS].diff(dim=1), x[..., LOCAL_POSITIONS].diff(dim=1)
        moves = _masked(
            functional.smooth_l1_loss(4 * made, 4 * real, reduction="none") * weights * _haste(real, metres, settings),
            mask[:, 1:],
        )
        distances = _joint_distances(y, x, mask, weights)
        root = _masked(functional.smooth_l1_loss(y[..., :4], x[..., :4], reduction="none"), mask)
        loss = (
            reconstruction
            + settings.positions * positions
            + settings.distances * distances
            + settings.steps_loss * moves
            + settings.root * root
            + settings.commitment * commitment
        )
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(tokenizer.parameters(), settings.clip_norm)
        optimizer.step()
        perplexity = 0.0 if settings.decoder_only else books.update(latents[used].detach(), codes[used])
        if step % 20 == 0:
            curves.add(
                step=step,
                reconstruction=float(reconstruction.detach()),
                positions=float(positions.detach()),
                commitment=float(commitment.detach()),
                perplexity=perplexity,
            )
        if (step + 1) % settings.save_every == 0:
            _save(out, tokenizer, optimizer, books, step + 1)
        meter.step(step + 1, f"reconstruction {float(reconstruction.detach()):.4f}, perplexity {perplexity:.0f}")

    tokenizer.eval().cpu()
    figures = evaluate_tokenizer(tokenizer, table)
    tokenizer.save_pretrained(out, {"training": asdict(settings), "held_out": figures})
    return tokenizer


def _draw(
    sampler: WindowSampler, composed: ComposedSampler, settings: TokenizerTraining, step: int
) -> tuple[Tensor, Tensor]:
    """A batch of captures and, where there are any and they are wanted, of composed windows."""
    random = np.random.default_rng((settings.seed, step))
    count = round(settings.composed_share * settings.batch) if composed else 0
    parts = [sampler.draw(settings.batch - count, random)]
    if count:
        parts.append(composed.draw(count, random))
    return torch.cat([x for x, _ in parts]), torch.cat([mask for _, mask in parts])


class _Books:
    """Codebooks of all levels during training, each with its averages."""

    def __init__(self, tokenizer: MotionTokenizer, settings: TokenizerTraining) -> None:
        self._tokenizer = tokenizer
        self._updaters = [
            CodebookUpdater(tokenizer.book(level), reset_below=settings.reset_below, reset_statistics=True)
            for level in range(tokenizer.quantizers)
        ]

    @property
    def started(self) -> bool:
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

    def state_dict(self) -> list[dict[str, Tensor]]:
        return [updater.state_dict() for updater in self._updaters]

    def load_state_dict(self, states: list[dict[str, Tensor]]) -> None:
        for updater, state in zip(self._updaters, states, strict=True):
            updater.load_state_dict(state)


def _active_levels(batch: int, quantizers: int, settings: TokenizerTraining, chance: torch.Generator) -> Tensor:
    """(B,) how many levels each window is decoded from: the first alone, some, or all."""
    dice = torch.rand(batch, generator=chance)
    some = torch.randint(1, quantizers + 1, (batch,), generator=chance)
    rest = torch.where(dice < settings.base_share + settings.partial_share, some, quantizers)
    return torch.where(dice < settings.base_share, 1, rest)


def _quantized(
    tokenizer: MotionTokenizer, latents: Tensor, codes: Tensor, levels: Tensor, used: Tensor
) -> tuple[Tensor, Tensor]:
    """Latents (B, N, D) replaced by the first `levels` (B,) of their codes, straight through, and the commitment.

    Each level commits the latent to what its codes and those below say together; `used` (B, N) marks real tokens.
    """
    total, commitment = torch.zeros_like(latents), latents.new_zeros(())
    for level in range(tokenizer.quantizers):
        active = (levels > level)[:, None] & used
        total = total + tokenizer.book(level)[codes[..., level]].clone() * (levels > level)[:, None, None]
        distance = (latents - total).square().mean(-1)
        commitment = commitment + (distance * active).sum() / used.sum()
    return latents + (total - latents).detach(), commitment


@torch.no_grad()
def _sample_latents(tokenizer: MotionTokenizer, sampler: WindowSampler, settings: TokenizerTraining) -> Tensor:
    parts = []
    for step in range(12):
        x, mask = sampler.draw(settings.batch, np.random.default_rng((settings.seed, 10_000_000 + step)))
        latents = tokenizer.latents(x.to(device()))
        parts.append(latents[mask[:, ::FRAMES_PER_TOKEN].bool().to(device())].float())
    return torch.cat(parts)


def _save(out: Path, tokenizer: MotionTokenizer, optimizer: torch.optim.Optimizer, books: "_Books", step: int) -> None:
    save_state(
        out,
        {
            "network": tokenizer.state_dict(),
            "optimizer": optimizer.state_dict(),
            "codebooks": books.state_dict(),
            "step": step,
        },
    )


def without_near_copies(table: FeatureTable, clips: tuple[ClipInfo, ...]) -> tuple[ClipInfo, ...]:
    """Held-out clips that no training clip of the same length repeats within 15 mm of mean joint distance."""
    by_length: dict[int, list[ClipInfo]] = {}
    for clip in table.subset(held_out=False):
        by_length.setdefault(clip.frames, []).append(clip)
    kept = []
    for clip in clips:
        own = table.rows(clip)[:, LOCAL_POSITIONS].reshape(-1, 21, 3)
        copies = (
            np.linalg.norm(own - table.rows(other)[:, LOCAL_POSITIONS].reshape(-1, 21, 3), axis=-1).mean() < NEAR_COPY
            for other in by_length.get(clip.frames, [])
        )
        if not any(copies):
            kept.append(clip)
    return tuple(kept)


def evaluate_tokenizer(tokenizer: MotionTokenizer, table: FeatureTable) -> dict[str, float]:
    """Errors on held-out clips without near copies: root-aligned joints and wrists in mm, use of the first codebook.

    Figures with the prefix `base_` are those of the first level alone, where there are more.
    """
    clips = without_near_copies(table, table.subset(held_out=True))
    errors: dict[str, list[NDArray[np.float64]]] = {}
    used = np.zeros(tokenizer.config.codes)
    for clip in clips:
        features = table.rows(clip)
        codes = tokenizer.encode_levels(features)
        used += np.bincount(codes[:, 0], minlength=len(used))
        cases = {"": codes} if tokenizer.quantizers == 1 else {"": codes, "base_": codes[:, :1]}
        for prefix, chosen in cases.items():
            decoded = tokenizer.decode(chosen)
            real, made = recover_joints(features[: len(decoded)]), recover_joints(decoded)
            distance = np.linalg.norm((real - real[:, :1]) - (made - made[:, :1]), axis=-1) * 1000
            errors.setdefault(prefix + clip.source, []).append(distance)
    figures: dict[str, float] = {"clips": float(len(clips))}
    for source, parts in errors.items():
        joined = np.concatenate(parts)
        figures[f"{source}_mpjpe_mm"] = round(float(joined.mean()), 2)
        figures[f"{source}_wrist_mm"] = round(float(joined[:, [20, 21]].mean()), 2)
    share = used / max(used.sum(), 1.0)
    figures["codes_used"] = float((used > 0).sum())
    figures["perplexity"] = round(float(np.exp(-(share[share > 0] * np.log(share[share > 0])).sum())), 1)
    return figures
