"""Trains `MotionEvaluator` on captures and their captions: `versa train evaluator`.

Contrastive: in a batch each motion must find its own caption and each caption its own motion. Captions that would also
fit another motion of the batch are no counter-examples. Resumes from `state.pt`; the same seed gives the same run.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.atomic import atomic_path
from core.cancel import CancelToken, ProgressCallback
from models.evaluation.evaluator import COLUMNS, MotionEvaluator
from models.evaluation.reference import Reference, TooFewActions, measure_retrieval
from models.text_encoder import MiniLMEncoder, TextEncoder
from models.training.captions import captions, framed
from models.training.captures import CaptureError
from models.training.dataset import ClipInfo, FeatureTable, balanced_weights, build_table
from models.training.held_out import without_near_copies
from models.training.loop import Curves, Meter, cosine_rate, load_state, save_state, set_rate
from models.training.processes import Processes


@dataclass(frozen=True)
class EvaluatorTraining:
    """Settings of a run.

    Attributes:
        steps: optimiser steps.
        batch: pairs a step on each process; those of all processes are told apart from each other.
        rate: highest learning rate (AdamW, cosine after a warm-up).
        decay: weight decay.
        text_noise: standard deviation of the noise on sentence vectors.
        motion_noise: the same on normalised features.
        window: frames that are shown at most.
        crop: share of motions of which only a part, six tenths or more, is shown.
        balance: power of the drawing of rare contents, see `balanced_weights`.
        epsilon: of AdamW.
        seed: seed of everything random.
    """

    steps: int = 900
    batch: int = 128
    rate: float = 1e-3
    warmup: int = 60
    decay: float = 0.02
    text_noise: float = 0.012
    motion_noise: float = 0.05
    window: int = 128
    crop: float = 0.4
    balance: float = 0.6
    clip_norm: float = 1.0
    epsilon: float = 1e-8
    seed: int = 0
    save_every: int = 50


class CaptionTable:
    """Every caption of a set of clips, as sentence vectors, and which clips it fits.

    Attributes:
        texts: plain captions, K of them.
        vectors: (K, 2, W) of each caption: as it is, and framed as a sentence.
        labels: row of `fits` of each clip.
        fits: (L, K) bool, whether a caption fits a label (content, style, side).
    """

    def __init__(self, clips: Sequence[ClipInfo], encoder: TextEncoder, cache: Path, seed: int) -> None:
        kinds = sorted({(clip.content, clip.style, clip.mirrored) for clip in clips})
        place = {kind: row for row, kind in enumerate(kinds)}
        self.labels = np.array([place[clip.content, clip.style, clip.mirrored] for clip in clips])
        of_kind = [captions(*kind) for kind in kinds]
        self.texts = sorted({text for texts in of_kind for text in texts})
        column = {text: number for number, text in enumerate(self.texts)}
        self.fits = np.zeros((len(kinds), len(self.texts)), dtype=bool)
        for row, texts in enumerate(of_kind):
            self.fits[row, [column[text] for text in texts]] = True
        sentences = [framed(text, np.random.default_rng((seed, n))) for n, text in enumerate(self.texts)]
        names, path = [*self.texts, *sentences], cache / "caption_vectors.npz"
        if path.is_file():
            with np.load(path) as stored:
                if list(stored["texts"]) == names:
                    self.vectors = stored["vectors"]
                    return
        flat = encoder.encode(names)
        self.vectors = np.ascontiguousarray(flat.reshape(2, len(self.texts), -1).transpose(1, 0, 2))
        cache.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            np.savez(temporary, texts=np.array(names), vectors=self.vectors)


def contrastive_loss(motions: Tensor, texts: Tensor, scale: Tensor, others: Tensor) -> Tensor:
    """Mean of both directions' cross-entropy of finding one's own partner.

    Args:
        motions: (B, E) of unit length.
        texts: (B, E) of unit length, row i belongs to motion i.
        scale: factor of the cosines.
        others: (B, B) bool, true where text j would also fit motion i although it is another's; left out.
    """
    logits = (scale * motions @ texts.T).masked_fill(others, -torch.inf)
    target = torch.arange(len(motions), device=motions.device)
    return (functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)) / 2


class _Batches:
    """Draws batches; step and seed decide everything."""

    def __init__(
        self,
        table: FeatureTable,
        clips: Sequence[ClipInfo],
        texts: CaptionTable,
        settings: EvaluatorTraining,
        evaluator: MotionEvaluator,
    ) -> None:
        self._table, self._clips, self._texts, self._settings = table, clips, texts, settings
        self._shortest = evaluator.config.shortest
        self._mean, self._std = evaluator.mean.numpy().copy(), evaluator.std.numpy().copy()
        self._weights = balanced_weights(clips, settings.balance)

    def draw(self, step: int, processes: int = 1) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Normalised motions (B, T, 133), lengths (B,), sentence vectors (B, W), captions that fit others (B, B)."""
        settings = self._settings
        size = settings.batch * processes
        random = np.random.default_rng((settings.seed, step))
        rows = random.choice(len(self._clips), size, p=self._weights)
        motions = np.zeros((size, settings.window, len(COLUMNS)), dtype=np.float32)
        lengths = np.zeros(size, dtype=np.int64)
        chosen = np.zeros(size, dtype=np.int64)
        for position, row in enumerate(rows):
            clip = self._clips[row]
            length = min(clip.frames, settings.window)
            if random.random() < settings.crop:
                length = max(int(length * random.uniform(0.6, 1.0)), self._shortest)
            start = clip.start + int(random.integers(clip.frames - length + 1))
            shown = self._table.features[start : start + length].astype(np.float32)[:, COLUMNS]
            motions[position, :length] = (shown - self._mean) / self._std
            lengths[position] = length
            chosen[position] = random.choice(np.flatnonzero(self._texts.fits[self._texts.labels[row]]))
        motions += random.normal(0.0, settings.motion_noise, motions.shape).astype(np.float32)
        vectors = self._texts.vectors[chosen, random.integers(0, 2, size)]
        vectors = vectors + random.normal(0.0, settings.text_noise, vectors.shape).astype(np.float32)
        others = self._texts.fits[self._texts.labels[rows]][:, chosen]
        np.fill_diagonal(others, False)
        return (
            torch.from_numpy(motions),
            torch.from_numpy(lengths),
            torch.from_numpy(vectors),
            torch.from_numpy(others),
        )


def judged_clips(table: FeatureTable, *, held_out: bool, shortest: int) -> tuple[ClipInfo, ...]:
    """Clips long enough to judge; the held-out ones without near copies of training clips."""
    clips = tuple(clip for clip in table.subset(held_out=held_out) if clip.frames >= shortest)
    return without_near_copies(table, clips) if held_out else clips


def train_evaluator(
    data: Path,
    out: Path,
    settings: EvaluatorTraining,
    progress: ProgressCallback,
    cancel: CancelToken,
    encoder: TextEncoder | None = None,
) -> MotionEvaluator:
    """Train, or go on where an earlier run in `out` stopped, and write weights and reference embeddings to `out`.

    Args:
        data: folder of the captures.
        out: training folder.
        settings: of the run.
        progress: told about steps.
        cancel: looked at before each step.
        encoder: of sentences; MiniLM by default.

    Raises:
        CaptureError: there is no folder of captures, or it is not complete.
        Cancelled: stopped; a checkpoint was written.
    """
    if not data.is_dir():
        raise CaptureError(
            f"{data} is missing; the evaluator is trained on captures, so give --data a folder that holds motion/ "
            "(HumanML3D, AMASS and BEAT2 train tokenizer and generator, but what they teach cannot be judged yet)"
        )
    processes = Processes()
    progress = processes.progress(progress)
    with processes.first_alone():
        table = build_table(data, out.parent / "table", progress, cancel)
    torch.manual_seed(settings.seed)
    encoder = encoder or MiniLMEncoder()
    evaluator = MotionEvaluator(text_encoder=encoder)
    clips = judged_clips(table, held_out=False, shortest=evaluator.config.shortest)
    with processes.first_alone():
        texts = CaptionTable(clips, encoder, out, settings.seed)
    _set_statistics(evaluator, table, texts)
    batches = _Batches(table, clips, texts, settings, evaluator)
    evaluator.to(processes.device)
    optimizer = torch.optim.AdamW(
        evaluator.parameters(), settings.rate, eps=settings.epsilon, weight_decay=settings.decay
    )
    first = 0
    if (state := load_state(out)) is not None:
        evaluator.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        first = int(state["step"])
    curves = Curves(out, ("step", "loss", "scale"), first) if processes.first else None
    meter = Meter("evaluator", first, settings.steps, progress)
    evaluator.train()
    average = 0.0

    def keep(step: int) -> None:
        if processes.first:
            save_state(out, {"network": evaluator.state_dict(), "optimizer": optimizer.state_dict(), "step": step})
        processes.wait()

    for step in range(first, settings.steps):
        if processes.stopped(cancel):
            keep(step)
        processes.check(cancel)
        set_rate(optimizer, cosine_rate(settings.rate, settings.warmup, step, settings.steps))
        *rows, others = batches.draw(step, processes.count)
        motions, lengths, vectors = (processes.own(part) for part in rows)
        others = others.to(processes.device)
        # Dropout, so that a resumed run is the same run; each process drops others.
        torch.manual_seed(settings.seed * 1_000_003 + step + 7919 * processes.rank)
        embedded = evaluator.text((vectors - evaluator.text_mean) / evaluator.text_std)
        scale = processes.whole(evaluator.scale.exp().clamp(max=60.0))
        told = processes.all_rows_learning(embedded)
        shown = processes.all_rows_learning(evaluator.motion(motions, lengths))
        loss = contrastive_loss(shown, told, scale, others)
        processes.descend(loss * processes.count, optimizer, list(evaluator.parameters()), settings.clip_norm)
        value = float(loss.detach())
        average = value if step == first else 0.95 * average + 0.05 * value
        if curves is not None and step % 20 == 0:
            curves.add(step=step, loss=average, scale=float(scale.detach()))
        if (step + 1) % settings.save_every == 0:
            keep(step + 1)
        meter.step(step + 1, f"loss {average:.3f}")
    evaluator.eval().cpu()
    if processes.first:
        reference = make_reference(evaluator, table)
        figures = held_out_figures(evaluator, reference, encoder, settings.seed)
        evaluator.save_pretrained(out, {"training": asdict(settings), "held_out": figures})
        reference.save(out)
    processes.wait()
    return evaluator


def _set_statistics(evaluator: MotionEvaluator, table: FeatureTable, texts: CaptionTable) -> None:
    assert isinstance(table.features, np.ndarray)
    rows = table.features[::7].astype(np.float32)[:, COLUMNS]
    deviation = rows.std(0)
    for start, stop in ((0, 1), (1, 3), (3, 4), (4, 67), (67, 133)):
        deviation[start:stop] = deviation[start:stop].mean()
    evaluator.mean.copy_(torch.from_numpy(rows.mean(0)))
    evaluator.std.copy_(torch.from_numpy(np.maximum(deviation, 1e-4)))
    vectors = texts.vectors.reshape(-1, texts.vectors.shape[-1])
    evaluator.text_mean.copy_(torch.from_numpy(vectors.mean(0)))
    evaluator.text_std.copy_(torch.from_numpy(np.maximum(vectors.std(0), 1e-3)))


def make_reference(evaluator: MotionEvaluator, table: FeatureTable) -> Reference:
    """The held-out clips as the evaluator sees them, so that motion can be judged without the captures."""
    clips = judged_clips(table, held_out=True, shortest=evaluator.config.shortest)
    longest = evaluator.config.longest
    embeddings = evaluator.embed_features([table.rows(clip)[:longest] for clip in clips])
    return Reference(
        names=tuple(clip.name for clip in clips),
        labels=tuple((clip.content, clip.style, clip.mirrored) for clip in clips),
        frames=np.array([min(clip.frames, longest) for clip in clips], dtype=np.int64),
        embeddings=embeddings,
    )


def held_out_figures(
    evaluator: MotionEvaluator, reference: Reference, encoder: TextEncoder, seed: int
) -> dict[str, Any]:
    """Retrieval of held-out real clips, 20 times: the upper bound of what the evaluator sees."""
    if not reference.names:
        return {"clips": 0, "note": "no clip of these data is held out"}
    try:
        scores = measure_retrieval(evaluator, reference, reference.embeddings, encoder, repeats=20, seed=seed)
    except TooFewActions as error:  # small data: the weights are worth keeping all the same
        return {"clips": len(reference.names), "note": str(error)}
    return {"clips": len(reference.names), **{name: round(score.mean, 4) for name, score in scores.items()}}
