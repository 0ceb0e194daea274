"""What every training here shares: settings and state on disk, curves as CSV, progress with a measured time left.

Not for losses or networks; see `train_tokenizer` and `train_generator`.
"""

import csv
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from core.atomic import atomic_path, write_text_atomic
from core.cancel import Progress, ProgressCallback

STATE_NAME = "state.pt"


def autocast(place: torch.device) -> torch.autocast:
    """bfloat16 where the processor or the card multiplies it fast; elsewhere it would be many times slower."""
    if place.type == "cuda":
        return torch.autocast("cuda", torch.bfloat16)
    return torch.autocast("cpu", torch.bfloat16, enabled=fast_bfloat16())


def fast_bfloat16() -> bool:
    """Whether this processor has instructions for products of bfloat16 numbers (AMX or AVX-512 BF16)."""
    supported = (torch.cpu._is_amx_tile_supported, torch.cpu._is_avx512_bf16_supported)
    return any(bool(ask()) for ask in supported)


def cosine_rate(highest: float, warmup: int, step: int, steps: int) -> float:
    """Learning rate that rises over the warm-up and falls along a cosine to a fiftieth."""
    ramp = min((step + 1) / warmup, 1.0)
    return highest * ramp * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Give all parameters the same learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def save_state(folder: Path, state: Mapping[str, Any]) -> None:
    """Write a resumable checkpoint; the old one stays until the new one is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_path(folder / STATE_NAME) as temporary:
        torch.save(dict(state), temporary)


def load_state(folder: Path) -> dict[str, Any] | None:
    """The checkpoint that an earlier run left, or None."""
    path = folder / STATE_NAME
    if not path.is_file():
        return None
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


class Curves:
    """Appends one row of figures a time to `curves.csv`."""

    def __init__(self, folder: Path, columns: tuple[str, ...], first: int) -> None:
        """Open the file.

        Args:
            folder: of the file.
            columns: the step, and the figures.
            first: step that comes next; rows from it on, of an earlier run that was stopped later, are taken out.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "curves.csv"
        self._columns = columns
        rows = self._path.read_text(encoding="utf-8").splitlines()[1:] if self._path.is_file() else []
        kept = [row for row in rows if float(row.partition(",")[0] or "inf") < first]
        write_text_atomic(self._path, "\n".join([",".join(columns), *kept]) + "\n")

    def add(self, **figures: float) -> None:
        """Write a row; every column must be given."""
        with self._path.open("a", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerow([f"{figures[column]:.6g}" for column in self._columns])


class Meter:
    """Reports progress at most twice a second with the time left, measured over the whole run."""

    def __init__(self, stage: str, done: int, total: int, report: ProgressCallback) -> None:
        self._stage, self._first, self._total, self._report = stage, done, max(total, 1), report
        self._start = time.monotonic()
        self._last = 0.0

    def step(self, done: int, message: str = "") -> None:
        """Tell that `done` steps are finished."""
        now = time.monotonic()
        if now - self._last < 0.5 and done < self._total:
            return
        self._last = now
        speed = (done - self._first) / max(now - self._start, 1e-6)
        left = (self._total - done) / speed if speed > 0 else None
        self._report(Progress(self._stage, done, self._total, left, message))
