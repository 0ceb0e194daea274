"""Trains `MotionGenerator` in the paper's two stages: text branch, then, with it frozen, audio branch.

The command is `versa train generator`; recipe and figures are in docs/models.md. Resumes from `state.pt` in its output
folder.
"""

import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.cancel import CancelToken, ProgressCallback
from models.generator import Conditions, GeneratorConfig, MotionGenerator
from models.text_encoder import MiniLMEncoder
from models.tokenizer import MotionTokenizer
from models.training.loop import Curves, Meter, autocast, device, load_state, save_state
from models.training.pairs import CaptionVectors, PairTable, as_tensors, build_pairs

Stage = Literal["text", "audio"]


@dataclass(frozen=True)
class GeneratorTraining:
    """Settings of a run.

    Attributes:
        pairs: composed windows.
        text_steps, audio_steps: optimiser steps of each stage.
        text_batch, audio_batch: windows a step.
        text_rate, audio_rate: highest learning rates.
        condition_dropout: share of windows that see no text, or no audio.
        text_noise: standard deviation of the noise on sentence vectors, so that near wordings count as the same.
        seed: seed of everything random.
    """

    pairs: int = 12000
    text_steps: int = 4000
    audio_steps: int = 2000
    text_batch: int = 64
    audio_batch: int = 40
    text_rate: float = 5e-4
    audio_rate: float = 4e-4
    warmup: int = 150
    condition_dropout: float = 0.1
    text_noise: float = 0.012
    clip_norm: float = 1.0
    seed: int = 0
    save_every: int = 250


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


class _Batches:
    """Draws training batches; step and seed decide everything."""

    def __init__(self, table: PairTable, captions: CaptionVectors, settings: GeneratorTraining, codes: int) -> None:
        self._table, self._captions, self._settings, self._codes = table, captions, settings, codes

    def draw(self, stage: Stage, step: int) -> tuple[Tensor, Tensor, Tensor, Conditions, Tensor, Tensor, Tensor]:
        """Inputs with masks, targets, mask, conditions, has_text, has_audio, valid."""
        settings = self._settings
        size = settings.text_batch if stage == "text" else settings.audio_batch
        random = np.random.default_rng((settings.seed, step, stage == "audio"))
        chance = torch.Generator().manual_seed(int(random.integers(2**31)))
        rows = random.choice(len(self._table.tokens), size, replace=False)
        targets, valid = as_tensors(self._table, rows)
        labels = self._table.labels[rows]
        mask = training_mask(valid, torch.from_numpy(labels.astype(np.int64)), chance)
        text = torch.from_numpy(self._captions.draw(labels, random))
        text = text + settings.text_noise * torch.randn(text.shape, generator=chance)
        place = torch.from_numpy(self._table.place[rows].astype(np.float32))
        dice = torch.rand(targets.shape, generator=chance)
        wrong = torch.randint(0, self._codes, targets.shape, generator=chance)
        inputs = torch.where(mask & (dice < 0.1), wrong, torch.where(mask & (dice < 0.9), self._codes, targets))
        # A visible token may be a wrong one too: decoding makes mistakes and has to live with them.
        inputs = torch.where(~mask & (torch.rand(targets.shape, generator=chance) < 0.03), wrong, inputs)
        has_text = torch.rand(size, generator=chance) >= settings.condition_dropout
        if stage == "text":
            audio, has_audio = torch.zeros(size, 4 * targets.shape[1], 46), torch.zeros(size, dtype=torch.bool)
        else:
            windows, has = self._table.audio_windows(rows, random)
            audio = torch.from_numpy(windows)
            has_audio = torch.from_numpy(has) & (torch.rand(size, generator=chance) >= settings.condition_dropout)
        conditions = Conditions(text, place, torch.ones(targets.shape), torch.ones(targets.shape), audio)
        return inputs, targets, mask, conditions, has_text, has_audio, valid


def _on(conditions: Conditions, place: torch.device) -> Conditions:
    names = ("text", "place", "strength", "audio_strength", "audio")
    return Conditions(*(getattr(conditions, name).to(place) for name in names))


def _loss(
    generator: MotionGenerator, batch: tuple[Tensor, Tensor, Tensor, Conditions, Tensor, Tensor, Tensor]
) -> Tensor:
    place = device()
    inputs, targets, mask, conditions, has_text, has_audio, valid = batch
    with autocast():
        logits = generator.logits(
            inputs.to(place), _on(conditions, place), has_text.to(place), has_audio.to(place), valid.to(place)
        )
    chosen = mask.to(place)
    return functional.cross_entropy(logits.float()[chosen], targets.to(place)[chosen], label_smoothing=0.0)


def train_generator(
    data: Path,
    tokenizer_folder: Path,
    out: Path,
    settings: GeneratorTraining,
    progress: ProgressCallback,
    cancel: CancelToken,
    start_from: Path | None = None,
) -> MotionGenerator:
    """Train both stages, or go on where an earlier run in `out` stopped, and write the weights to `out`.

    Args:
        data: folder with `motion/` and `speech/`.
        tokenizer_folder: weights of the tokenizer.
        out: folder of checkpoint, curves and weights.
        settings: of the run.
        progress: told about twice a second.
        cancel: looked at before each step.
        start_from: weights of another generator to begin with instead of chance; ignored when `out` has a checkpoint.

    Raises:
        CaptureError: the capture folder is not complete.
        CheckpointError: there is no tokenizer yet.
        Cancelled: stopped; a checkpoint was written.
    """
    torch.manual_seed(settings.seed)
    tokenizer = MotionTokenizer.from_pretrained(tokenizer_folder)
    table = build_pairs(data, tokenizer, out / "pairs", settings.pairs, settings.seed, progress, cancel)
    checks = build_pairs(
        data,
        tokenizer,
        out / "pairs",
        min(320, settings.pairs),
        settings.seed + 1,
        progress,
        cancel,
        "speech/librispeech_test",
    )
    encoder = MiniLMEncoder()
    captions = CaptionVectors(table.prompts, encoder, out / "pairs", settings.seed)
    check_captions = CaptionVectors(checks.prompts, encoder, out / "pairs" / "checks", settings.seed)
    generator = MotionGenerator(GeneratorConfig()).to(device())
    state = load_state(out)
    if state is None and start_from is not None:
        generator.load_state_dict(MotionGenerator.from_pretrained(start_from).state_dict())
    else:
        generator.text_branch.text_mean.copy_(torch.from_numpy(captions.vectors.mean(0)))
        generator.text_branch.text_std.copy_(torch.from_numpy(captions.vectors.std(0)).clamp_min(1e-3))
    stages: tuple[Stage, ...] = ("text", "audio")
    if state is not None:
        generator.load_state_dict(state["network"])
        stages = stages[stages.index(state["stage"]) :]
    for stage in stages:
        resumed = state if state is not None and state["stage"] == stage else None
        _train_stage(
            generator,
            stage,
            _Batches(table, captions, settings, generator.config.codes),
            out,
            settings,
            resumed,
            progress,
            cancel,
        )
    generator.eval().cpu()
    figures = evaluate_generator(generator, _Batches(checks, check_captions, settings, generator.config.codes))
    generator.save_pretrained(out, {"training": asdict(settings), "checks": figures})
    return generator


def _train_stage(
    generator: MotionGenerator,
    stage: Stage,
    batches: _Batches,
    out: Path,
    settings: GeneratorTraining,
    state: dict[str, object] | None,
    progress: ProgressCallback,
    cancel: CancelToken,
) -> None:
    branch = generator.text_branch if stage == "text" else generator.audio_branch
    generator.text_branch.requires_grad_(stage == "text").train(stage == "text")
    generator.audio_branch.requires_grad_(stage == "audio").train(stage == "audio")
    total = settings.text_steps if stage == "text" else settings.audio_steps
    highest = settings.text_rate if stage == "text" else settings.audio_rate
    optimizer = torch.optim.AdamW(branch.parameters(), highest, betas=(0.9, 0.99), weight_decay=0.01)
    first = 0
    if state is not None:
        optimizer.load_state_dict(state["optimizer"])  # type: ignore[arg-type]
        first = int(state["step"])  # type: ignore[call-overload]
    curves = Curves(out / stage, ("step", "loss"))
    meter = Meter(f"generator, {stage} branch", first, total, progress)
    average = 0.0

    def keep(step: int) -> None:
        save_state(
            out, {"network": generator.state_dict(), "optimizer": optimizer.state_dict(), "stage": stage, "step": step}
        )

    for step in range(first, total):
        if cancel.cancelled:
            keep(step)
        cancel.check()
        ramp = min((step + 1) / settings.warmup, 1.0)
        for group in optimizer.param_groups:
            group["lr"] = highest * ramp * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / total)))
        loss = _loss(generator, batches.draw(stage, step))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(branch.parameters(), settings.clip_norm)
        optimizer.step()
        value = float(loss.detach())
        average = value if step == first else 0.95 * average + 0.05 * value
        if step % 20 == 0:
            curves.add(step=step, loss=average)
        if (step + 1) % settings.save_every == 0:
            keep(step + 1)
        meter.step(step + 1, f"cross-entropy {average:.3f}")


@torch.no_grad()
def evaluate_generator(generator: MotionGenerator, batches: _Batches, rounds: int = 6) -> dict[str, float]:
    """Cross-entropy of masked tokens on composed windows with unheard recordings.

    With right, without and with other conditions.
    """
    totals = {"with_text_and_audio": 0.0, "text_only": 0.0, "audio_only": 0.0, "other_text": 0.0, "other_audio": 0.0}
    for step in range(rounds):
        inputs, targets, mask, conditions, _, _, valid = batches.draw("audio", 10_000_000 + step)
        yes, no = torch.ones(len(inputs), dtype=torch.bool), torch.zeros(len(inputs), dtype=torch.bool)
        swapped_text = replace(conditions, text=conditions.text.roll(1, 0))
        swapped_audio = replace(conditions, audio=conditions.audio.roll(1, 0))
        for name, case, text, audio in (
            ("with_text_and_audio", conditions, yes, yes),
            ("text_only", conditions, yes, no),
            ("audio_only", conditions, no, yes),
            ("other_text", swapped_text, yes, yes),
            ("other_audio", swapped_audio, yes, yes),
        ):
            totals[name] += float(_loss(generator, (inputs, targets, mask, case, text, audio, valid))) / rounds
    return {name: round(value, 3) for name, value in totals.items()}
