"""Settings of a training run of the generator, as they are saved in its config."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, get_args

from models.encoders import AudioChoice, TextChoice, check_choices
from models.generator import Variant

SIZES: Final = frozenset({"width", "layers", "heads", "hidden"})
"""Sizes of the network that settings may change."""


@dataclass(frozen=True)
class GeneratorTraining:
    """Settings of a run.

    Attributes:
        pairs: composed windows.
        text_steps, audio_steps: optimiser steps of each stage.
        text_batch, audio_batch: windows a step on each process.
        text_rate, audio_rate: highest learning rates.
        condition_dropout: share of windows that see no text, or no audio.
        text_noise: standard deviation of the noise on sentence vectors, so that near wordings count as the same.
        seed: seed of everything random.
        dropout: inside the transformers.
        epsilon: of AdamW.
        text_encoder: "minilm" or "clip".
        audio_encoder: "logmel" or "wav2vec2".
        text_folder, audio_folder: of the encoders' weights, where they do not come from the registry.
        variant: ablation of the method, see `models.generator.Variant`.
        network: sizes that differ from `GeneratorConfig`, such as {"width": 384}.
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
    dropout: float = 0.1
    epsilon: float = 1e-8
    text_encoder: TextChoice = "minilm"
    audio_encoder: AudioChoice = "logmel"
    text_folder: str = ""
    audio_folder: str = ""
    variant: Variant = ""
    network: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_choices(self.text_encoder, self.audio_encoder)
        if self.variant not in get_args(Variant):
            known = ", ".join(name for name in get_args(Variant) if name)
            raise ValueError(f"there is no variant {self.variant!r} of the generator; choose one of {known}")
        if unknown := sorted(set(self.network) - SIZES):
            raise ValueError(f"the setting network knows no {unknown[0]!r}; it knows {', '.join(sorted(SIZES))}")
