"""Trains `MotionTokenizer` on captures: `versa train tokenizer`.

Recipe and figures are in docs/models.md. Resumes from `state.pt` in its output folder; the same seed gives the same
run, and so do several processes with a share of the batch each (`accelerate launch`).
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.cancel import CancelToken, ProgressCallback
from core.constants import FRAMES_PER_TOKEN
from models.tokenizer import MotionTokenizer, TokenizerConfig
from models.training.corpus import Source, build_corpus
from models.training.dataset import feature_statistics
from models.training.held_out import evaluate_tokenizer
from models.training.loop import Curves, Meter, autocast, cosine_rate, load_state, save_state, set_rate
from models.training.processes import Processes
from models.training.quantizer import Books, active_levels, quantized
from models.training.tokenizer_loss import Counts, TokenizerLoss
from models.training.tokenizer_settings import TokenizerTraining
from models.training.tokenizer_windows import ComposedSampler, WindowSampler, draw

__all__ = ["TokenizerTraining", "train_tokenizer"]


def train_tokenizer(
    sources: Sequence[Source],
    out: Path,
    settings: TokenizerTraining,
    progress: ProgressCallback,
    cancel: CancelToken,
    start_from: Path | None = None,
    tables: Path | None = None,
) -> MotionTokenizer:
    """Train, or go on where an earlier run in `out` stopped, and write the weights to `out`.

    Args:
        sources: captures and data sets of others.
        out: training folder.
        settings: of the run; the batch is that of each process.
        progress: told about steps.
        cancel: looked at before each step.
        start_from: weights folder to begin with instead of random weights; levels that it lacks are clustered from
            its latents.
        tables: folder that keeps the features of the data; beside `out` by default.

    Raises:
        CaptureError: a data folder is not complete.
        Cancelled: stopped; a checkpoint was written.
    """
    processes = Processes()
    place, progress = processes.device, processes.progress(progress)
    with processes.first_alone():
        table = build_corpus(sources, tables or out.parent, progress, cancel)
    mean, std = feature_statistics(table.features)
    torch.manual_seed(settings.seed)
    tokenizer = MotionTokenizer(TokenizerConfig(residual_levels=settings.residual_levels)).to(place)
    tokenizer.mean.copy_(torch.from_numpy(mean))
    tokenizer.std.copy_(torch.from_numpy(std))
    books = Books(tokenizer, settings)
    learning = tokenizer.decoder if settings.decoder_only else tokenizer
    tokenizer.encoder.requires_grad_(not settings.decoder_only)
    optimizer = torch.optim.AdamW(
        learning.parameters(), settings.rate, betas=(0.9, 0.99), eps=settings.epsilon, weight_decay=0.0
    )
    sampler = WindowSampler(table, mean, std, settings.window)
    composed = ComposedSampler((tables or out.parent) / "generator" / "pairs", mean, std, settings.window)
    batch = settings.batch * processes.count
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
            books.start(_sample_latents(tokenizer, sampler, settings.seed, batch), keep_first=not settings.cluster_anew)
            processes.follow_first(books.tensors())
    judge = TokenizerLoss(settings, tokenizer.std)
    curves = (
        Curves(out, ("step", "reconstruction", "positions", "commitment", "perplexity"), first)
        if processes.first
        else None
    )
    meter = Meter("tokenizer", first, settings.steps, progress)
    tokenizer.train()

    def keep(step: int) -> None:
        if processes.first:
            state = {
                "network": tokenizer.state_dict(), "optimizer": optimizer.state_dict(),
                "codebooks": books.state_dict(), "step": step,
            }  # fmt: skip
            save_state(out, state)
        processes.wait()

    for step in range(first, settings.steps):
        if processes.stopped(cancel):
            keep(step)
        processes.check(cancel)
        set_rate(optimizer, cosine_rate(settings.rate, settings.warmup, step, settings.steps))
        everything, real = draw(sampler, composed, settings, step, batch)
        x, mask = processes.own(everything), processes.own(real)
        with autocast(place):
            latents = tokenizer.latents(x)
        latents = latents.float()
        chance = torch.Generator().manual_seed(int(np.random.default_rng((settings.seed, step, 1)).integers(2**31)))
        used = mask[:, ::FRAMES_PER_TOKEN].bool()
        counts = Counts(*processes.mean(torch.stack([mask.sum(), mask[:, 1:].sum(), used.sum().float()])))
        if not books.started:
            books.start(processes.all_rows(latents)[processes.all_rows(used)], keep_first=False)
            processes.follow_first(books.tensors())
        codes = tokenizer.quantize(latents)
        levels = processes.own(active_levels(batch, tokenizer.quantizers, settings, chance))
        decided, commitment = quantized(tokenizer, latents, codes, levels, used, counts.tokens)
        with autocast(place):
            y = tokenizer.decode_latents(decided)
        loss, parts = judge(y.float(), x, mask, commitment, counts)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        processes.average_gradients(learning.parameters())
        torch.nn.utils.clip_grad_norm_(tokenizer.parameters(), settings.clip_norm)
        optimizer.step()
        perplexity = 0.0
        if not settings.decoder_only:
            everywhere = processes.all_rows(used)
            perplexity = books.update(
                processes.all_rows(latents)[everywhere].detach(), processes.all_rows(codes)[everywhere]
            )
            processes.follow_first(books.tensors())
        reconstruction, positions, committed = processes.mean(parts).tolist()
        if curves is not None and step % 20 == 0:
            curves.add(
                step=step,
                reconstruction=reconstruction,
                positions=positions,
                commitment=committed,
                perplexity=perplexity,
            )
        if (step + 1) % settings.save_every == 0:
            keep(step + 1)
        meter.step(step + 1, f"reconstruction {reconstruction:.4f}, perplexity {perplexity:.0f}")

    tokenizer.eval().cpu()
    if processes.first:
        figures = evaluate_tokenizer(tokenizer, table)
        tokenizer.save_pretrained(out, {"training": asdict(settings), "held_out": figures})
    processes.wait()
    return tokenizer


@torch.no_grad()
def _sample_latents(tokenizer: MotionTokenizer, sampler: WindowSampler, seed: int, batch: int) -> Tensor:
    place = tokenizer.std.device
    parts = []
    for step in range(12):
        x, mask = sampler.draw(batch, np.random.default_rng((seed, 10_000_000 + step)))
        latents = tokenizer.latents(x.to(place))
        parts.append(latents[mask[:, ::FRAMES_PER_TOKEN].bool().to(place)].float())
    return torch.cat(parts)
