"""One stage of a generator's training, in which one of its branches learns: batches, steps, checkpoint, curves.

What is learned is the caller's: `train_generator` predicts masked tokens, `train_guidance` follows a teacher.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from core.cancel import CancelToken, ProgressCallback
from models.generator import MotionGenerator
from models.training.generator_data import Batch, Batches, Stage
from models.training.loop import Curves, Meter, cosine_rate, save_state, set_rate
from models.training.processes import Processes


class StepSettings(Protocol):
    """What the settings of both trainings say of their steps."""

    @property
    def warmup(self) -> int:
        """Steps in which the learning rate rises."""

    @property
    def clip_norm(self) -> float:
        """Largest norm of a gradient."""

    @property
    def save_every(self) -> int:
        """Steps between checkpoints."""

    @property
    def epsilon(self) -> float:
        """Of AdamW."""


@dataclass(frozen=True)
class BranchStage:
    """What a stage learns.

    Attributes:
        branch: "text" or "audio".
        steps: optimiser steps.
        rate: highest learning rate (AdamW, cosine after a warm-up).
        decay: weight decay.
        title: what progress calls the training.
        figure: name of the loss in progress.
        column: its name in the curves.
    """

    branch: Stage
    steps: int
    rate: float
    decay: float
    title: str
    figure: str
    column: str


def train_branch(
    network: MotionGenerator,
    learning: Sequence[nn.Parameter],
    loss: Callable[[Batch, Tensor], Tensor],
    stage: BranchStage,
    batches: Batches,
    out: Path,
    settings: StepSettings,
    state: dict[str, Any] | None,
    progress: ProgressCallback,
    cancel: CancelToken,
    processes: Processes,
) -> None:
    """Run a stage, from the checkpoint `state` if there is one.

    Args:
        network: whose weights are kept in checkpoints.
        learning: the parameters that change.
        loss: of this process's rows and the number of tokens to predict on each process; their sum over that number.
        stage: what is learned.
        batches: drawn by step.
        out: folder of the checkpoint, and of the curves below it.
        settings: of the steps.
        state: a checkpoint of this stage.
        progress: told about twice a second.
        cancel: looked at before each step.
        processes: those that train together.

    Raises:
        Cancelled: stopped; a checkpoint was written.
    """
    optimizer = torch.optim.AdamW(
        learning, stage.rate, betas=(0.9, 0.99), eps=settings.epsilon, weight_decay=stage.decay
    )
    first = 0
    if state is not None:
        optimizer.load_state_dict(state["optimizer"])
        first = int(state["step"])
    curves = Curves(out / stage.branch, ("step", stage.column), first) if processes.first else None
    meter = Meter(f"{stage.title}, {stage.branch} branch", first, stage.steps, progress)
    average = 0.0

    def keep(step: int) -> None:
        if processes.first:
            save_state(
                out,
                {
                    "network": network.state_dict(), "optimizer": optimizer.state_dict(), "stage": stage.branch,
                    "step": step, "config": asdict(network.config),
                },
            )  # fmt: skip
        processes.wait()

    for step in range(first, stage.steps):
        if processes.stopped(cancel):
            keep(step)
        processes.check(cancel)
        set_rate(optimizer, cosine_rate(stage.rate, settings.warmup, step, stage.steps))
        batch = batches.draw(stage.branch, step, processes.count).own(processes)
        value = loss(batch, processes.mean(batch.mask.sum().float()))
        processes.descend(value, optimizer, learning, settings.clip_norm)
        seen = float(processes.mean(value.detach()))
        average = seen if step == first else 0.95 * average + 0.05 * seen
        if curves is not None and step % 20 == 0:
            curves.add(**{"step": step, stage.column: average})
        if (step + 1) % settings.save_every == 0:
            keep(step + 1)
        meter.step(step + 1, f"{stage.figure} {average:.3f}")
