"""The captures as one table of features, kept in the training folder and split for evaluation.

The split holds out whole recordings (all actors and the mirror images of a name together), so that no copy leaks.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.atomic import atomic_path
from core.cancel import CancelToken, Progress, ProgressCallback
from models.training.captures import capture_features, load_captures

HELD_OUT_SHARE = 0.05
STATISTICS_ROWS = 1_000_000  # rows that statistics are made of at most: 1 GB of numbers
NEAR_COPY = 0.015  # metres of mean joint distance under which two clips of one length count as copies


@dataclass(frozen=True)
class ClipInfo:
    """Where a clip's rows are and what it shows.

    Attributes:
        name, source, actor, content, style: as captured; "M:" in front of a mirrored clip's name.
        start, frames: rows in `FeatureTable.features`.
        mirrored: left and right are swapped.
        held_out: not used for training.
    """

    name: str
    source: str
    actor: str
    content: str
    style: str
    start: int
    frames: int
    mirrored: bool
    held_out: bool


@dataclass(frozen=True)
class FeatureTable:
    """All clips' features.

    Attributes:
        features: (rows, 263) float16, raw (not normalised).
        clips: one entry a clip.
    """

    features: "NDArray[np.float16] | JoinedRows"
    clips: tuple[ClipInfo, ...]

    def rows(self, clip: ClipInfo) -> NDArray[np.float32]:
        """A clip's features (T, 263)."""
        return self.features[clip.start : clip.start + clip.frames].astype(np.float32)

    def subset(self, *, held_out: bool) -> tuple[ClipInfo, ...]:
        """Clips of the training part or of the held-out part."""
        return tuple(clip for clip in self.clips if clip.held_out == held_out)


class JoinedRows:
    """Rows of several arrays behind each other, without a copy; slices must not cross from one to the next."""

    def __init__(self, parts: Sequence[NDArray[np.float16]]) -> None:
        self.parts = tuple(parts)
        self._starts = np.cumsum([0, *map(len, parts)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __getitem__(self, rows: slice) -> NDArray[np.float16]:
        start, stop, step = rows.indices(len(self))
        part = int(np.searchsorted(self._starts, start, side="right")) - 1
        first = int(self._starts[part])
        if step != 1 or stop > self._starts[part + 1]:
            raise IndexError(f"rows {start} to {stop} lie in more than one of the joined tables")
        return self.parts[part][start - first : stop - first]


def joined(tables: Sequence[FeatureTable]) -> FeatureTable:
    """Several tables as one; a single one stays as it is."""
    if len(tables) == 1:
        return tables[0]
    parts: list[NDArray[np.float16]] = []
    clips: list[ClipInfo] = []
    row = 0
    for table in tables:
        clips += [replace(clip, start=clip.start + row) for clip in table.clips]
        parts += table.features.parts if isinstance(table.features, JoinedRows) else [table.features]
        row += len(table.features)
    return FeatureTable(JoinedRows(parts), tuple(clips))


def held_out_by_name(name: str, source: str, content: str) -> bool:
    """Whether a clip belongs to the held-out part, decided by a hash of its recording's name alone.

    Gesture sets repeat contents over actors, so there a whole content is held out; the motion sets of few contents
    are split by take.
    """
    key = content if source == "smartbody" else name
    digest = hashlib.sha1(key.removeprefix("M:").encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 < HELD_OUT_SHARE


def build_table(
    folder: Path, cache: Path, progress: ProgressCallback, cancel: CancelToken, *, rebuild: bool = False
) -> FeatureTable:
    """Encode every capture, or read the table that an earlier run left in `cache`.

    Raises:
        CaptureError: the capture folder is not complete.
    """
    arrays, index = cache / "features.npy", cache / "features.json"
    if not rebuild and arrays.is_file() and index.is_file():
        entries = json.loads(index.read_text(encoding="utf-8"))
        return FeatureTable(np.load(arrays, mmap_mode="r"), tuple(ClipInfo(**entry) for entry in entries))
    parts: list[NDArray[np.float16]] = []
    clips: list[ClipInfo] = []
    row = 0
    for number, clip in enumerate(load_captures(folder)):
        cancel.check()
        features = capture_features(clip)
        if not np.isfinite(features).all() or np.abs(features[:, :3]).max() > 1.0:
            continue
        parts.append(features.astype(np.float16))
        held = held_out_by_name(clip.name, clip.source, clip.content)
        clips.append(
            ClipInfo(
                clip.name, clip.source, clip.actor, clip.content, clip.style, row, len(features), clip.mirrored, held
            )
        )
        row += len(features)
        if number % 100 == 0:
            progress(Progress("reading captures", number, max(number + 1, 7200)))
    everything = np.concatenate(parts)
    cache.mkdir(parents=True, exist_ok=True)
    with atomic_path(arrays) as temporary, temporary.open("wb") as stream:
        np.save(stream, everything)
    with atomic_path(index) as temporary:
        temporary.write_text(json.dumps([asdict(clip) for clip in clips]), encoding="utf-8")
    return FeatureTable(everything, tuple(clips))


def feature_statistics(
    features: NDArray[np.float16] | JoinedRows,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean (263,) and standard deviation (263,).

    The latter averaged inside each group of columns, root and contacts divided by 5. Of large data every second (third,
    ...) row is looked at.
    """
    every = len(features) // STATISTICS_ROWS + 1
    parts = features.parts if isinstance(features, JoinedRows) else (features,)
    values = np.concatenate([part[::every].astype(np.float32) for part in parts])
    mean, deviation = values.mean(0), values.std(0)
    for start, stop in ((0, 1), (1, 3), (3, 4), (4, 67), (67, 193), (193, 259), (259, 263)):
        deviation[start:stop] = deviation[start:stop].mean()
    deviation[0:4] /= 5.0
    deviation[259:263] /= 5.0
    return mean, np.maximum(deviation, 1e-4)  # a column that never changes in small data must not divide by zero


def _favour(content: str) -> float:
    if content.startswith("Shrug"):  # five clips of small movements
        return 5.0
    return 2.0 if any(word in content for word in ("wave", "Kick", "kick", "bow", "bye", "Deictic")) else 1.0


def balanced_weights(clips: Sequence[ClipInfo], power: float = 0.6) -> NDArray[np.float64]:
    """Probability of each clip.

    Its frames times (all frames of its content) ** -power, so that rare actions are seen.
    """
    totals: dict[str, int] = {}
    for clip in clips:
        totals[clip.content] = totals.get(clip.content, 0) + clip.frames
    weights = np.array([clip.frames * float(totals[clip.content]) ** -power * _favour(clip.content) for clip in clips])
    return weights / weights.sum()
