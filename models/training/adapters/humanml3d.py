"""Reads a HumanML3D folder: features, texts with their stretches, and the published split.

Layout by its public description: `new_joint_vecs/ID.npy` (T, 263), `texts/ID.txt` with lines
`caption#word/POS ...#start#end`, and `train.txt`, `val.txt`, `test.txt` with one id a line; ids that begin with M are
mirror images.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from core.constants import NUM_FEATURES
from core.features import recover_joints
from models.training.adapters.common import (
    AdapterError,
    Caption,
    ClipError,
    DataClip,
    Split,
    as_numbers,
    read_array,
    read_text,
)
from models.training.captures import Capture

SHORTEST: Final = 40
LONGEST: Final = 199
"""Frames of the clips that published evaluations use."""


def parse_texts(text: str, source: str) -> tuple[Caption, ...]:
    """Captions of a text file.

    Stretches of 0 to 0, or that are no numbers, stand for the whole clip.

    Raises:
        ClipError: a line has another form; the message names `source` and the line.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        parts = line.strip().split("#")
        try:
            caption, _, start, end = parts
            times = [0.0 if math.isnan(value) else value for value in (float(start), float(end))]
        except ValueError:
            raise ClipError(f"{source}, line {number}: not of the form caption#tokens#start#end") from None
        if not all(math.isfinite(time) and time >= 0.0 for time in times):
            raise ClipError(f"{source}, line {number}: start and end must be seconds from 0 on")
        found.append(Caption(caption.strip(), *times))
    return tuple(found)


class HumanML3DFolder:
    """A HumanML3D folder (KIT-ML, with 251 features, is not read: its skeleton is another one)."""

    name = "HumanML3D"
    licence = "motion from AMASS and HumanAct12 under their own licences, not to be passed on; texts MIT"

    def __init__(self, folder: Path, *, published_lengths: bool = True) -> None:
        self._folder = folder
        self._published_lengths = published_lengths
        self._splits: dict[str, Split] = {}
        for split in get_args(Split):
            path = folder / f"{split}.txt"
            if path.is_file():
                for name in read_text(path).split():
                    self._splits[name] = split
        if not self._splits:
            raise AdapterError(f"{folder} holds neither train.txt nor val.txt nor test.txt, so the split is unknown")

    @staticmethod
    def fits(folder: Path) -> bool:
        """Whether a folder looks like this data set."""
        return (folder / "new_joint_vecs").is_dir() and (folder / "texts").is_dir()

    def recordings(self) -> tuple[str, ...]:
        """Ids of the split whose features lie there, in order; some ids of the published lists have no motion."""
        return tuple(name for name in sorted(self._splits) if self._features(name).is_file())

    def files(self) -> Iterator[Path]:
        """The lists of the split, then features and texts of each id."""
        yield from (self._folder / f"{split}.txt" for split in get_args(Split))
        for name in sorted(self._splits):
            yield from (self._features(name), self._texts(name))

    def read(self, recording: str) -> tuple[DataClip, ...]:
        """The clips of an id with their captions; captions of a stretch become clips of their own.

        Raises:
            ClipError: a file is missing or not as described, or has values that are not numbers (published tools leave
                such clips out as well).
        """
        path = self._features(recording)
        features = as_numbers(read_array(path), str(path))
        if features.ndim != 2 or features.shape[1] != NUM_FEATURES:
            raise ClipError(f"{path}: features must have shape (T, {NUM_FEATURES}), not {features.shape}")
        words = self._texts(recording)
        captions = parse_texts(read_text(words), str(words))
        return tuple(self._samples(recording, recover_joints(features).astype(np.float32), captions))

    def _features(self, name: str) -> Path:
        return self._folder / "new_joint_vecs" / f"{name}.npy"

    def _texts(self, name: str) -> Path:
        return self._folder / "texts" / f"{name}.txt"

    def _samples(self, name: str, joints: NDArray[np.float32], captions: tuple[Caption, ...]) -> Iterator[DataClip]:
        whole = tuple(caption for caption in captions if caption.whole)
        if whole and self._kept(len(joints)):
            yield self._clip(name, joints, whole)
        parts: dict[tuple[float, float], list[Caption]] = {}
        for caption in captions:
            if not caption.whole:
                parts.setdefault((caption.start, caption.end), []).append(caption)
        for number, ((start, end), texts) in enumerate(sorted(parts.items())):
            part = joints[int(start * 20) : int(end * 20)]
            if self._kept(len(part)):
                yield self._clip(f"{name}/{number}", part, tuple(Caption(caption.text) for caption in texts))

    def _kept(self, frames: int) -> bool:
        return SHORTEST <= frames <= LONGEST if self._published_lengths else frames >= 2

    def _clip(self, name: str, joints: NDArray[np.float32], captions: tuple[Caption, ...]) -> DataClip:
        base = name.split("/")[0]
        mirrored = base.startswith("M")
        capture = Capture(
            name=f"{'M:' if mirrored else ''}humanml3d/{name.removeprefix('M')}",
            source="humanml3d",
            actor="",
            content="",
            style="",
            joints=joints,
            start=0,
            rows=len(joints),
            has_hands=False,
            mirrored=mirrored,
        )
        return DataClip(capture, captions, self._splits[base])
