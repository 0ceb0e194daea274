"""Trains `ResidualTransformer` on the generator's composed windows: `versa train residual`.

Resumes from `state.pt` in its output folder; the same seed gives the same run.
"""

import math
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.cancel import CancelToken, ProgressCallback
from models.residual import ResidualConfig, ResidualTransformer
from models.tokenizer import MotionTokenizer
from models.training.loop import Curves, Meter, autocast, device, load_state, save_state
from models.training.pairs import PairTable, build_pairs


@dataclass(frozen=True)
class ResidualTraining:
    """Settings of a run.

    Attributes:
        pairs: composed windows, as for the generator, whose table is used where it is there.
        layers: of the transformer.
        steps: optimiser steps.
        batch: windows a step.
        rate: highest learning rate (AdamW, cosine after a warm-up).
        wrong: share of tokens that are replaced by chance, since the generator makes mistakes too.
        seed: seed of everything random.
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


def _loss(network: ResidualTransformer, codes: Tensor, valid: Tensor, level: int) -> Tensor:
    with autocast():
        logits = network(codes[..., :level], valid)
    return functional.cross_entropy(logits.float()[valid], codes[..., level][valid])


def _batch(table: PairTable, settings: ResidualTraining, step: int) -> tuple[Tensor, Tensor, int]:
    random = np.random.default_rng((settings.seed, step, 7))
    rows = random.choice(len(table.tokens), settings.batch, replace=False)
    codes = torch.from_numpy(np.concatenate([table.tokens[rows][..., None], table.residual[rows]], -1).astype(np.int64))
    valid = codes[..., 0] >= 0
    # Lower levels carry more; they are drawn more often.
    levels = table.residual.shape[-1]
    level = int(random.choice(np.arange(1, levels + 1), p=np.arange(levels, 0, -1) / (levels * (levels + 1) / 2)))
    return codes.clamp_min(0), valid, level


def train_residual(
    data: Path,
    tokenizer_folder: Path,
    pairs: Path,
    out: Path,
    settings: ResidualTraining,
    progress: ProgressCallback,
    cancel: CancelToken,
) -> ResidualTransformer:
    """Train, or go on where an earlier run in `out` stopped, and write the weights to `out`.

    Args:
        data: folder with `motion/` and `speech/`.
        tokenizer_folder: weights of a tokenizer with residual levels.
        pairs: folder of the composed windows.
        out: folder of checkpoint, curves and weights.
        settings: of the run.
        progress: told about steps.
        cancel: looked at before each step.

    Raises:
        ValueError: the tokenizer has no residual levels.
        Cancelled: stopped; a checkpoint was written.
    """
    torch.manual_seed(settings.seed)
    tokenizer = MotionTokenizer.from_pretrained(tokenizer_folder)
    if tokenizer.quantizers < 2:
        raise ValueError(
            f"the tokenizer in {tokenizer_folder} has one level only; there is nothing to add to its tokens"
        )
    table = build_pairs(data, tokenizer, pairs, settings.pairs, settings.seed, progress, cancel)
    network = ResidualTransformer(ResidualConfig(layers=settings.layers, levels=tokenizer.config.residual_levels)).to(
        device()
    )
    optimizer = torch.optim.AdamW(network.parameters(), settings.rate, betas=(0.9, 0.99), weight_decay=0.01)
    first = 0
    if (state := load_state(out)) is not None:
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["step"]
    curves = Curves(out, ("step", "level", "loss"))
    meter = Meter("residual levels", first, settings.steps, progress)
    network.train()
    for step in range(first, settings.steps):
        if cancel.cancelled:
            save_state(out, {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step})
        cancel.check()
        ramp = min((step + 1) / settings.warmup, 1.0)
        for group in optimizer.param_groups:
            group["lr"] = settings.rate * ramp * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / settings.steps)))
        codes, valid, level = _batch(table, settings, step)
        chance = torch.Generator().manual_seed(settings.seed * 1_000_003 + step)
        seen = codes.clone()
        wrong = torch.rand(seen.shape[:2], generator=chance) < settings.wrong
        drawn = torch.randint(0, tokenizer.config.codes, seen.shape[:2], generator=chance)
        seen[..., 0] = torch.where(wrong, drawn, seen[..., 0])
        loss = _loss(network, seen.to(device()), (valid & ~wrong).to(device()), level)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), settings.clip_norm)
        optimizer.step()
        if step % 20 == 0:
            curves.add(step=step, level=level, loss=float(loss.detach()))
        if (step + 1) % settings.save_every == 0:
            save_state(out, {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step + 1})
        meter.step(step + 1, f"level {level}: cross-entropy {float(loss.detach()):.3f}")
    network.eval().cpu()
    network.save_pretrained(out, {"training": asdict(settings)})
    return network
