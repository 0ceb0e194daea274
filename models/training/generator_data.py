"""What the generator learns from: the tables of all sources in one, their captions as vectors, and batches of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import torch
from torch import Tensor

from core.cancel import CancelToken, ProgressCallback
from models.audio_encoder import AudioEncoder
from models.generator import Conditions
from models.text_encoder import TextEncoder
from models.tokenizer import MotionTokenizer
from models.training.adapters import AdapterError
from models.training.caption_vectors import CaptionVectors
from models.training.corpus import Source
from models.training.generator_settings import GeneratorTraining
from models.training.given_pairs import given_pairs
from models.training.masks import training_mask
from models.training.pair_table import PairTable, as_tensors, draw_rows, join_pairs
from models.training.pairs import build_pairs
from models.training.processes import Processes

Stage = Literal["text", "audio"]

_CHECKS: Final = 320
"""Composed windows with unheard recordings that the figures are measured on."""

UNHEARD: Final = "speech/librispeech_test"


@dataclass(frozen=True)
class Places:
    """Folders of a run.

    Attributes:
        tables: keeps the features of data sets of others.
        pairs: keeps windows as tokens.
        composed: keeps composed windows.
    """

    tables: Path
    pairs: Path
    composed: Path


def generator_tables(
    sources: Sequence[Source],
    tokenizer: MotionTokenizer,
    audio: AudioEncoder,
    places: Places,
    settings: GeneratorTraining,
    progress: ProgressCallback,
    cancel: CancelToken,
) -> tuple[PairTable, PairTable | None]:
    """The table to learn from, and one of held-out clips and recordings; None where no source has any.

    Raises:
        CaptureError: a folder is not complete, or no source has texts or speech.
    """
    learnt: list[PairTable] = []
    checks: list[PairTable] = []
    own = [source for source in sources if source.format == "captures"]
    for source in sources:
        if source.format == "captures":
            pairs = places.pairs if source is own[0] else places.pairs / source.key
            composed = places.composed if source is own[0] else places.composed / source.key
            sizes = ((settings.pairs, 0, "speech/librispeech_train"), (min(_CHECKS, settings.pairs), 1, UNHEARD))
            for found, (count, later, recordings) in zip((learnt, checks), sizes, strict=True):
                found.append(
                    build_pairs(
                        source.folder, tokenizer, pairs, count, settings.seed + later, progress, cancel, recordings,
                        audio, composed,
                    )
                )  # fmt: skip
            continue
        for found, held_out in ((learnt, False), (checks, True)):
            table = given_pairs(
                source, places.tables, tokenizer, audio, places.pairs, progress, cancel, held_out=held_out
            )
            if table is not None:
                found.append(table)
    if not learnt:
        names = ", ".join(str(source.folder) for source in sources)
        raise AdapterError(
            f"{names}: these data have neither texts nor speech, so they train the tokenizer only; add --data with "
            "captures, HumanML3D or BEAT2 for the generator"
        )
    return join_pairs(learnt), join_pairs(checks) if checks else None


@dataclass(frozen=True)
class Batch:
    """Inputs of one step.

    Attributes:
        inputs: (B, N) tokens with masks and mistakes.
        targets: (B, N) tokens.
        mask: (B, N) bool, positions to predict.
        conditions: text and audio.
        has_text, has_audio: (B,) bool.
        valid: (B, N) bool, False for padding.
    """

    inputs: Tensor
    targets: Tensor
    mask: Tensor
    conditions: Conditions
    has_text: Tensor
    has_audio: Tensor
    valid: Tensor

    def own(self, processes: Processes) -> "Batch":
        """This process's rows on its device."""
        conditions = Conditions(**{name: processes.own(part) for name, part in vars(self.conditions).items()})
        parts = {name: processes.own(part) for name, part in vars(self).items() if name != "conditions"}
        return Batch(**parts, conditions=conditions)


class Batches:
    """Draws training batches; step and seed decide everything."""

    def __init__(self, table: PairTable, captions: CaptionVectors, settings: GeneratorTraining, codes: int) -> None:
        self._table, self._captions, self._settings, self._codes = table, captions, settings, codes

    @property
    def hears(self) -> bool:
        """Whether the windows have recordings."""
        return self._table.hears

    def draw(self, stage: Stage, step: int, processes: int = 1) -> Batch:
        """The batch of all processes."""
        settings = self._settings
        size = (settings.text_batch if stage == "text" else settings.audio_batch) * processes
        random = np.random.default_rng((settings.seed, step, stage == "audio"))
        chance = torch.Generator().manual_seed(int(random.integers(2**31)))
        rows = draw_rows(self._table, size, random)
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
            audio = torch.zeros(size, 4 * targets.shape[1], self._table.speech.shape[1])
            has_audio = torch.zeros(size, dtype=torch.bool)
        else:
            windows, has = self._table.audio_windows(rows, random)
            audio = torch.from_numpy(windows)
            has_audio = torch.from_numpy(has) & (torch.rand(size, generator=chance) >= settings.condition_dropout)
        conditions = Conditions(text, place, torch.ones(targets.shape), torch.ones(targets.shape), audio)
        return Batch(inputs, targets, mask, conditions, has_text, has_audio, valid)


def captions_of(table: PairTable, encoder: TextEncoder, cache: Path, settings: GeneratorTraining) -> CaptionVectors:
    """Sentence vectors of a table's prompts, encoded once and kept in `cache`."""
    return CaptionVectors(table, encoder, cache, settings.seed)
