"""Trains `ResidualTransformer` on the generator's composed windows: `versa train residual`.

Resumes from `state.pt` in its output folder; the same seed gives the same run.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.cancel import CancelToken, ProgressCallback
from models.audio_encoder import LogMelEncoder
from models.residual import ResidualConfig, ResidualTransformer
from models.tokenizer import MotionTokenizer
from models.training.corpus import Source
from models.training.generator_data import Places, generator_tables
from models.training.generator_settings import GeneratorTraining
from models.training.loop import Curves, Meter, autocast, cosine_rate, load_state, save_state, set_rate
from models.training.pair_table import PairTable, draw_rows
from models.training.processes import Processes


@dataclass(frozen=True)
class ResidualTraining:
    """Settings of a run.

    Attributes:
        pairs: composed windows, as for the generator, whose table is used where it is there.
        layers: of the transformer.
        steps: optimiser steps.
        batch: windows a step on each process.
        rate: highest learning rate (AdamW, cosine after a warm-up).
        wrong: share of tokens that are replaced by chance, since the generator makes mistakes too.
        seed: seed of everything random.
        dropout: inside the transformer.
        epsilon: of AdamW.
    """

    pairs: int = 12000
    layers: int = 3
    steps: int = 2500
    batch: int = 48
    rate: float = 6e-4
    warmup: int = 100
    wrong: float = 0.04
    clip_norm: float = 1.0
    seed: int = 0
    save_every: int = 200
    dropout: float = 0.1
    epsilon: float = 1e-8


def _loss(network: ResidualTransformer, codes: Tensor, valid: Tensor, level: int, count: Tensor) -> Tensor:
    with autocast(codes.device):
        logits = network(codes[..., :level], valid)
    return functional.cross_entropy(logits.float()[valid], codes[..., level][valid], reduction="sum") / count


def _batch(table: PairTable, settings: ResidualTraining, step: int, size: int) -> tuple[Tensor, Tensor, int]:
    random = np.random.default_rng((settings.seed, step, 7))
    rows = draw_rows(table, size, random)
    codes = torch.from_numpy(np.concatenate([table.tokens[rows][..., None], table.residual[rows]], -1).astype(np.int64))
    valid = codes[..., 0] >= 0
    # Lower levels carry more; they are drawn more often.
    levels = table.residual.shape[-1]
    level = int(random.choice(np.arange(1, levels + 1), p=np.arange(levels, 0, -1) / (levels * (levels + 1) / 2)))
    return codes.clamp_min(0), valid, level


def train_residual(
    sources: Sequence[Source],
    tokenizer_folder: Path,
    places: Places,
    out: Path,
    settings: ResidualTraining,
    progress: ProgressCallback,
    cancel: CancelToken,
) -> ResidualTransformer:
    """Train, or go on where an earlier run in `out` stopped, and write the weights to `out`.

    Args:
        sources: as for the generator.
        tokenizer_folder: weights of a tokenizer with residual levels.
        places: folders of what the generator's training keeps.
        out: folder of checkpoint, curves and weights.
        settings: of the run.
        progress: told about steps.
        cancel: looked at before each step.

    Raises:
        ValueError: the tokenizer has no residual levels.
        Cancelled: stopped; a checkpoint was written.
    """
    processes = Processes()
    place, progress = processes.device, processes.progress(progress)
    torch.manual_seed(settings.seed)
    tokenizer = MotionTokenizer.from_pretrained(tokenizer_folder)
    if tokenizer.quantizers < 2:
        raise ValueError(
            f"the tokenizer in {tokenizer_folder} has one level only; there is nothing to add to its tokens"
        )
    wanted = GeneratorTraining(pairs=settings.pairs, seed=settings.seed)
    with processes.first_alone():
        table, _ = generator_tables(sources, tokenizer, LogMelEncoder(), places, wanted, progress, cancel)
    config = ResidualConfig(layers=settings.layers, levels=tokenizer.config.residual_levels)
    network = ResidualTransformer(config, settings.dropout).to(place)
    optimizer = torch.optim.AdamW(
        network.parameters(), settings.rate, betas=(0.9, 0.99), eps=settings.epsilon, weight_decay=0.01
    )
    first = 0
    if (state := load_state(out)) is not None:
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["step"]
    curves = Curves(out, ("step", "level", "loss"), first) if processes.first else None
    meter = Meter("residual levels", first, settings.steps, progress)
    network.train()

    def keep(step: int) -> None:
        if processes.first:
            save_state(out, {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step})
        processes.wait()

    for step in range(first, settings.steps):
        if processes.stopped(cancel):
            keep(step)
        processes.check(cancel)
        set_rate(optimizer, cosine_rate(settings.rate, settings.warmup, step, settings.steps))
        codes, valid, level = _batch(table, settings, step, settings.batch * processes.count)
        chance = torch.Generator().manual_seed(settings.seed * 1_000_003 + step)
        seen = codes.clone()
        wrong = torch.rand(seen.shape[:2], generator=chance) < settings.wrong
        drawn = torch.randint(0, tokenizer.config.codes, seen.shape[:2], generator=chance)
        seen[..., 0] = torch.where(wrong, drawn, seen[..., 0])
        judged = processes.own(valid & ~wrong)
        loss = _loss(network, processes.own(seen), judged, level, processes.mean(judged.sum().float()))
        processes.descend(loss, optimizer, list(network.parameters()), settings.clip_norm)
        value = float(processes.mean(loss.detach()))
        if curves is not None and step % 20 == 0:
            curves.add(step=step, level=level, loss=value)
        if (step + 1) % settings.save_every == 0:
            keep(step + 1)
        meter.step(step + 1, f"level {level}: cross-entropy {value:.3f}")
    network.eval().cpu()
    if processes.first:
        network.save_pretrained(out, {"training": asdict(settings)})
    processes.wait()
    return network
