"""Settings of a training run of the renderer, as they are saved beside its weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from models.training.renderer.objective import HAND_WEIGHT, SIGMA_MEAN, SIGMA_SPREAD, Dropout


@dataclass(frozen=True)
class RendererTraining:
    """Settings of a run.

    Attributes:
        steps: optimiser steps.
        frames: of a sample, besides the reference frame.
        batch: samples a step on each process.
        accumulate: batches whose gradients make one optimiser step.
        rate: learning rate of AdamW after the warm-up.
        warmup: steps over which the rate rises.
        epsilon: of AdamW.
        hand_weight: of the loss inside confident hands.
        sigma_mean, sigma_spread: of log sigma.
        dropout: of conditions, as `objective.Dropout`.
        ema: decay of the averaged weights, which are what is saved; 0 saves the last weights.
        reference: "random" takes any frame of the clip as reference picture, "first" its first.
        checkpointing: compute activations again in the backward pass instead of keeping them.
        precision: "auto" uses bfloat16 where it is fast.
        face: sizes of a new face adapter that differ from `face_adapter.DEFAULTS` (stage 2).
        fps: what the network is told.
        motion_bucket: what the network is told.
        encode_batch: frames that the VAE sees at once.
        save_every: steps between checkpoints.
        seed: of everything random.
    """

    steps: int = 20000
    frames: int = 16
    batch: int = 1
    accumulate: int = 1
    rate: float = 1e-5
    warmup: int = 500
    epsilon: float = 1e-8
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    hand_weight: float = HAND_WEIGHT
    sigma_mean: float = SIGMA_MEAN
    sigma_spread: float = SIGMA_SPREAD
    dropout: Dropout = field(default_factory=Dropout)
    ema: float = 0.9999
    reference: Literal["random", "first"] = "random"
    checkpointing: bool = True
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    face: Mapping[str, Any] = field(default_factory=dict)
    fps: int = 7
    motion_bucket: int = 127
    encode_batch: int = 4
    save_every: int = 500
    workers: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        if isinstance(self.dropout, Mapping):
            try:
                object.__setattr__(self, "dropout", Dropout(**self.dropout))
            except TypeError:
                raise ValueError(
                    f"the setting dropout knows only {', '.join(vars(Dropout()))}, not {sorted(self.dropout)}"
                ) from None
        for name in ("steps", "frames", "batch", "accumulate", "encode_batch", "save_every"):
            if int(getattr(self, name)) < 1:
                raise ValueError(f"the setting {name} must be at least 1, not {getattr(self, name)}")
        if self.reference not in ("random", "first"):
            raise ValueError(f'the setting reference must be "random" or "first", not {self.reference!r}')
        if self.precision not in ("auto", "float32", "bfloat16"):
            raise ValueError(f'the setting precision must be auto, float32 or bfloat16, not "{self.precision}"')
        if not 0.0 <= self.ema < 1.0:
            raise ValueError(f"the setting ema must be at least 0 and below 1, not {self.ema}")
