"""The generator's training table: windows of tokens with the prompts that rule them and the recordings they go with.

Tables of several sources are joined to one. They are made by `models.training.pairs` (composed from captures) and
`models.training.given_pairs` (data sets that bring texts or speech of their own).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from core.constants import FRAMES_PER_TOKEN

WINDOW: Final = 50
"""Tokens of a window."""

WINDOW_FRAMES: Final = WINDOW * FRAMES_PER_TOKEN


@dataclass(frozen=True)
class PairTable:
    """M windows of up to 50 tokens.

    Attributes:
        tokens: (M, 50) int16, -1 where the sequence has ended.
        residual: (M, 50, L) int16 codes of the residual levels, -1 where the sequence has ended.
        labels: (M, 50) integers, row of `prompts` (or, behind them, of `texts`) that rules a position, -1 where speech
            rules.
        place: (M, 50, 4) float16, see `models.place_features`.
        recording: (M,) int32 row of `offsets` of the recording that the window belongs to, -1 for none.
        first_frame: (M,) int32 first frame of the window in its recording.
        speech: (F, A) float16 what the audio encoder gives of all recordings behind each other.
        offsets: (R + 1,) int64 where each recording begins in `speech`.
        prompts: (content, style, mirrored) of each label whose captions we write.
        texts: wordings of each further label, as people wrote them.
    """

    tokens: NDArray[np.int16]
    residual: NDArray[np.int16]
    labels: NDArray[np.signedinteger]
    place: NDArray[np.float16]
    recording: NDArray[np.int32]
    first_frame: NDArray[np.int32]
    speech: NDArray[np.float16]
    offsets: NDArray[np.int64]
    prompts: tuple[tuple[str, str, bool], ...] = ()
    texts: tuple[tuple[str, ...], ...] = ()

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def hears(self) -> bool:
        """Whether there is any recording."""
        return len(self.offsets) > 1

    def audio_windows(
        self, rows: NDArray[np.int64], random: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """(B, 200, A) what the audio encoder gives, and (B,) whether there is any.

        Windows without a recording borrow a random one.
        """
        result = np.zeros((len(rows), WINDOW_FRAMES, self.speech.shape[1]), dtype=np.float32)
        if not self.hears:
            return result, np.zeros(len(rows), dtype=bool)
        for position, row in enumerate(rows):
            recording, first = int(self.recording[row]), int(self.first_frame[row])
            if recording < 0:
                recording = int(random.integers(len(self.offsets) - 1))
                spare = self.offsets[recording + 1] - self.offsets[recording] - WINDOW_FRAMES
                first = int(random.integers(max(spare, 1)))
            start, stop = self.offsets[recording] + first, self.offsets[recording + 1]
            part = self.speech[start : min(start + WINDOW_FRAMES, stop)]
            result[position, : len(part)] = part
            result[position, len(part) :] = part[-1] if len(part) else 0
        return result, np.ones(len(rows), dtype=bool)


def join_pairs(tables: Sequence[PairTable]) -> PairTable:
    """Several tables as one, whose labels are renumbered; a single one stays as it is."""
    if len(tables) == 1:
        return tables[0]
    prompts = sum(len(table.prompts) for table in tables)
    moved, heard, ours, theirs, spoken = [], [np.zeros(1, dtype=np.int64)], 0, prompts, 0
    recordings = 0
    for table in tables:
        labels = table.labels.astype(np.int32)
        own = (labels >= 0) & (labels < len(table.prompts))
        labels = np.where(own, labels + ours, np.where(labels >= 0, labels - len(table.prompts) + theirs, -1))
        recording = np.where(table.recording >= 0, table.recording + recordings, -1).astype(np.int32)
        moved.append(replace(table, labels=labels, recording=recording))
        heard.append(table.offsets[1:] + spoken)
        ours, theirs = ours + len(table.prompts), theirs + len(table.texts)
        spoken, recordings = spoken + len(table.speech), recordings + len(table.offsets) - 1
    return PairTable(
        tokens=np.concatenate([table.tokens for table in moved]),
        residual=np.concatenate([table.residual for table in moved]),
        labels=np.concatenate([table.labels for table in moved]),
        place=np.concatenate([table.place for table in moved]),
        recording=np.concatenate([table.recording for table in moved]),
        first_frame=np.concatenate([table.first_frame for table in moved]),
        speech=np.concatenate([table.speech for table in moved]),
        offsets=np.concatenate(heard),
        prompts=tuple(prompt for table in moved for prompt in table.prompts),
        texts=tuple(text for table in moved for text in table.texts),
    )


def as_tensors(table: PairTable, rows: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens (B, N) int64 with 0 for padding, and (B, N) bool where they are real."""
    tokens = torch.from_numpy(table.tokens[rows].astype(np.int64))
    valid = tokens >= 0
    return tokens.clamp_min(0), valid


def draw_rows(table: PairTable, size: int, random: np.random.Generator) -> NDArray[np.int64]:
    """`size` different rows, or, of a table that has fewer, some of them several times."""
    return np.asarray(random.choice(len(table), size, replace=len(table) < size), dtype=np.int64)
