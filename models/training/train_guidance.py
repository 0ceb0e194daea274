"""Teaches a trained generator its own guidance: one run of a branch then does what two did.

Classifier-free guidance runs each branch twice, with its condition and without. A pupil of the same shape, which
begins with the teacher's weights, learns the guided logits themselves (guidance distillation, Meng et al. 2023), first
the text branch, then with it frozen the audio branch, as in the training before. What it gives without a condition
stays as it was, so every other strength is still to be had, see `MotionGenerator.guided_logits`.
The command is `versa train guidance`; figures are in docs/models.md.
"""

import copy
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.cancel import CancelToken, ProgressCallback
from models.encoders import open_audio_encoder, open_text_encoder
from models.generator import AUDIO_GUIDANCE, TEXT_GUIDANCE, MotionGenerator
from models.tokenizer import MotionTokenizer
from models.training.branch_stage import BranchStage, train_branch
from models.training.corpus import Source
from models.training.generator_data import Batch, Batches, Places, Stage, captions_of, generator_tables
from models.training.generator_settings import GeneratorTraining
from models.training.loop import autocast, load_state
from models.training.processes import Processes


@dataclass(frozen=True)
class GuidanceTraining:
    """Settings of a run.

    Attributes:
        pairs: composed windows, as for the generator, whose table is used where it is there.
        text_steps, audio_steps: optimiser steps of each branch; a branch without steps learns no guidance.
        batch: windows a step on each process.
        rate: highest learning rate (AdamW, cosine after a warm-up).
        seed: seed of everything random.
        epsilon: of AdamW.
    """

    pairs: int = 12000
    text_steps: int = 0
    audio_steps: int = 800
    batch: int = 24
    rate: float = 4e-4
    warmup: int = 50
    clip_norm: float = 1.0
    seed: int = 0
    save_every: int = 100
    epsilon: float = 1e-8


class Teacher:
    """A trained generator, with guidance where each condition rules: text in prompts, audio outside.

    Attributes:
        network: frozen.
        text_guidance: scale of the guidance by text that the pupil learns; 1 for none.
    """

    def __init__(self, network: MotionGenerator, text_guidance: float = 1.0) -> None:
        self.network = network.eval().requires_grad_(False)
        self.text_guidance = text_guidance

    @torch.no_grad()
    def logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What the pupil's text branch, and both its branches together, shall give: (B, N, codes) each.

        Rows of the batch without a condition have no guidance by it either.
        """
        prompted = (batch.conditions.place[..., :1] > 0).float()
        hidden = _hidden(batch)
        own, outputs = torch.zeros((), device=hidden.device), []
        if (branch := self.network.text_branch) is not None:
            conditions, no = batch.conditions, torch.zeros_like(batch.has_text)
            logits, outputs = branch(batch.inputs, conditions.text, conditions.place, batch.has_text, hidden)
            own = logits.float()
            if self.text_guidance != 1:
                without, _ = branch(batch.inputs, conditions.text, conditions.place, no, hidden)
                own = own + (self.text_guidance - 1) * prompted * (own - without.float())
        if not bool(batch.has_audio.any()):
            return own, own
        heard = self.network.audio_branch.audio(batch.conditions.audio)
        sounds, silent = (
            self.network.audio_branch(batch.inputs, heard, has_audio, outputs, hidden).float()
            for has_audio in (batch.has_audio, torch.zeros_like(batch.has_audio))
        )
        return own, own + sounds + (AUDIO_GUIDANCE - 1) * (1 - prompted) * (sounds - silent)


def _hidden(batch: Batch) -> Tensor:
    return torch.where(batch.valid, 0.0, -1e4)[:, None, None, :]


def distance(pupil: MotionGenerator, teacher: Teacher, batch: Batch, stage: Stage) -> Tensor:
    """Kullback-Leibler divergence of the pupil's choices from the teacher's, summed over the tokens to predict."""
    with autocast(batch.inputs.device):
        own, whole = teacher.logits(batch)
        if stage == "text":
            assert pupil.text_branch is not None
            conditions = batch.conditions
            given, _ = pupil.text_branch(
                batch.inputs, conditions.text, conditions.place, batch.has_text, _hidden(batch)
            )
            wanted = own
        else:
            given = pupil.logits(batch.inputs, batch.conditions, batch.has_text, batch.has_audio, batch.valid)
            wanted = whole
    chosen = batch.mask
    return functional.kl_div(
        given.float()[chosen].log_softmax(-1), wanted[chosen].log_softmax(-1), reduction="sum", log_target=True
    )


def train_guidance(
    sources: Sequence[Source],
    root: Path,
    out: Path,
    settings: GuidanceTraining,
    places: Places,
    progress: ProgressCallback,
    cancel: CancelToken,
) -> MotionGenerator:
    """Teach a pupil, or go on where an earlier run in `out` stopped, and write its weights to `out`.

    Args:
        sources: as for the generator.
        root: weights folder with the `generator/` that teaches and its `tokenizer/`.
        out: folder of checkpoint, curves and weights.
        settings: of the run.
        places: folders of what the generator's training keeps.
        progress: told about steps.
        cancel: looked at before each step.

    Raises:
        CheckpointError: `root` lacks weights.
        ValueError: its generator has learned guidance already.
        Cancelled: stopped; a checkpoint was written.
    """
    processes = Processes()
    progress = processes.progress(progress)
    torch.manual_seed(settings.seed)
    pupil = MotionGenerator.from_pretrained(root / "generator")
    if (pupil.config.text_guidance, pupil.config.audio_guidance) != (1.0, 1.0):
        raise ValueError(f"the generator in {root} has learned its guidance already; name weights that have not")
    learns_text = pupil.text_branch is not None and settings.text_steps > 0
    teacher = Teacher(copy.deepcopy(pupil).to(processes.device), TEXT_GUIDANCE if learns_text else 1.0)
    text, audio = open_text_encoder(pupil.config.text_encoder), open_audio_encoder(pupil.config.audio_encoder)
    wanted = GeneratorTraining(
        pairs=settings.pairs, seed=settings.seed, text_batch=settings.batch, audio_batch=settings.batch
    )
    with processes.first_alone():
        tokenizer = MotionTokenizer.from_pretrained(root / "tokenizer")
        table, checks = generator_tables(sources, tokenizer, audio, places, wanted, progress, cancel)
        captions = captions_of(table, text, places.pairs, wanted)
        check_captions = captions_of(checks, text, places.pairs / "checks", wanted) if checks is not None else None
    state = load_state(out)
    stages: tuple[Stage, ...] = ("text", "audio") if learns_text else ("audio",)
    learns_audio = table.hears and settings.audio_steps > 0
    if not learns_audio:
        stages = stages[:-1]
    if state is not None:
        pupil.load_state_dict(state["network"])
        stages = stages[stages.index(state["stage"]) :]
    pupil.to(processes.device)
    batches = Batches(table, captions, wanted, pupil.config.codes)
    for stage in stages:
        resumed = state if state is not None and state["stage"] == stage else None
        _train_stage(pupil, teacher, stage, batches, out, settings, resumed, progress, cancel, processes)
    pupil.config = replace(
        pupil.config,
        text_guidance=teacher.text_guidance,
        audio_guidance=AUDIO_GUIDANCE if learns_audio else 1.0,
    )
    pupil.eval().cpu()
    if processes.first:
        extra: dict[str, Any] = {"training": asdict(settings)}
        if checks is not None and check_captions is not None:
            held_out = Batches(checks, check_captions, wanted, pupil.config.codes)
            teacher.network.cpu()
            extra["checks"] = evaluate_guidance(pupil, teacher, held_out)
        pupil.save_pretrained(out, extra)
    processes.wait()
    return pupil


def _train_stage(
    pupil: MotionGenerator,
    teacher: Teacher,
    stage: Stage,
    batches: Batches,
    out: Path,
    settings: GuidanceTraining,
    state: dict[str, Any] | None,
    progress: ProgressCallback,
    cancel: CancelToken,
    processes: Processes,
) -> None:
    # Without dropout: the teacher answers the very question that the pupil is asked.
    pupil.eval().requires_grad_(False)
    branch: nn.Module | None = pupil.text_branch if stage == "text" else pupil.audio_branch
    assert branch is not None
    learning = list(branch.requires_grad_(True).parameters())
    steps = settings.text_steps if stage == "text" else settings.audio_steps
    learned = BranchStage(stage, steps, settings.rate, 0.0, "guidance", "divergence", "divergence")

    def loss(batch: Batch, count: Tensor) -> Tensor:
        return distance(pupil, teacher, batch, stage) / count

    train_branch(pupil, learning, loss, learned, batches, out, settings, state, progress, cancel, processes)


@torch.no_grad()
def evaluate_guidance(pupil: MotionGenerator, teacher: Teacher, batches: Batches, rounds: int = 6) -> dict[str, float]:
    """Divergence from the guided teacher on held-out windows with unheard recordings, in nats a token.

    Of the pupil, and for comparison of the teacher without guidance.
    """
    cases = {"pupil": pupil, "unguided_teacher": teacher.network}
    totals = dict.fromkeys(cases, 0.0)
    for step in range(rounds):
        batch = batches.draw("audio", 10_000_000 + step)
        for name, network in cases.items():
            totals[name] += float(distance(network, teacher, batch, "audio") / batch.mask.sum()) / rounds
    return {name: round(value, 3) for name, value in totals.items()}
