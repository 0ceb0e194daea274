"""Draws the windows that the tokenizer learns from: captured ones, and composed ones around rare actions.

Step and seed decide everything, so that a run that goes on is the same run.
"""

import json
import re
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.training.dataset import FeatureTable, balanced_weights
from models.training.tokenizer_settings import TokenizerTraining


class WindowSampler:
    """Draws windows of features, rare contents more often than their share.

    Windows of clips that are shorter than the window repeat their last frame and are masked there.
    """

    def __init__(self, table: FeatureTable, mean: NDArray[np.float32], std: NDArray[np.float32], window: int) -> None:
        self._clips = table.subset(held_out=False)
        self._weights = balanced_weights(self._clips)
        self._table, self._mean, self._std, self._window = table, mean, std, window

    def draw(self, batch: int, random: np.random.Generator) -> tuple[Tensor, Tensor]:
        """(B, window, 263) normalised features and (B, window) mask of real frames."""
        values = np.zeros((batch, self._window, 263), dtype=np.float32)
        mask = np.zeros((batch, self._window), dtype=np.float32)
        for row, index in enumerate(random.choice(len(self._clips), batch, p=self._weights)):
            clip = self._clips[index]
            length = min(clip.frames, self._window)
            start = clip.start + int(random.integers(clip.frames - length + 1))
            values[row, :length] = (self._table.features[start : start + length] - self._mean) / self._std
            values[row, length:] = values[row, length - 1]
            mask[row, :length] = 1.0
        return torch.from_numpy(values), torch.from_numpy(mask)


RARE = re.compile("Shrug|[Pp]unch|[Kk]ick|^[Mm]e|byebye|walk-back|bow|Jump")
"""Contents that are lost first, so that half of the composed windows show one."""


class ComposedSampler:
    """Draws windows of the composed sequences in `folder`, half of them around a rare action; none where none are."""

    def __init__(self, folder: Path, mean: NDArray[np.float32], std: NDArray[np.float32], window: int) -> None:
        self._mean, self._std, self._window = mean, std, window
        arrays = sorted(folder.glob("composed_*.npy"), key=lambda path: path.stat().st_size)
        self._rows: NDArray[np.float16] | None = np.load(arrays[-1], mmap_mode="r") if arrays else None
        self._lengths: list[int] = []
        self._rare: list[tuple[int, int, int]] = []
        if arrays:
            facts = json.loads(arrays[-1].with_suffix(".json").read_text(encoding="utf-8"))
            self._lengths = [int(length) for length, *_ in facts]
            self._rare = [
                (row, int(start), int(end))
                for row, (_, _, _, labels) in enumerate(facts)
                for start, end, content, *_ in labels
                if RARE.search(content)
            ]

    def __bool__(self) -> bool:
        return self._rows is not None

    def draw(self, batch: int, random: np.random.Generator) -> tuple[Tensor, Tensor]:
        """As `WindowSampler.draw`."""
        assert self._rows is not None
        values = np.zeros((batch, self._window, 263), dtype=np.float32)
        mask = np.zeros((batch, self._window), dtype=np.float32)
        for place in range(batch):
            if self._rare and random.random() < 0.5:
                row, start, end = self._rare[int(random.integers(len(self._rare)))]
                first = int(random.integers(start - self._window // 3, max(end - self._window // 2, start) + 1))
            else:
                row = int(random.integers(len(self._lengths)))
                first = int(random.integers(max(self._lengths[row] - self._window, 0) + 1))
            first = int(np.clip(first, 0, max(self._lengths[row] - self._window, 0)))
            length = min(self._lengths[row] - first, self._window)
            part = self._rows[row, first : first + length].astype(np.float32)
            values[place, :length] = (part - self._mean) / self._std
            values[place, length:] = values[place, length - 1]
            mask[place, :length] = 1.0
        return torch.from_numpy(values), torch.from_numpy(mask)


def draw(
    sampler: WindowSampler, composed: ComposedSampler, settings: TokenizerTraining, step: int, batch: int
) -> tuple[Tensor, Tensor]:
    """A batch of captures and, where there are any and wanted, of composed windows; as `WindowSampler.draw`."""
    random = np.random.default_rng((settings.seed, step))
    count = round(settings.composed_share * batch) if composed else 0
    parts = [sampler.draw(batch - count, random)]
    if count:
        parts.append(composed.draw(count, random))
    return torch.cat([x for x, _ in parts]), torch.cat([mask for _, mask in parts])
