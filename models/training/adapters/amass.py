"""Reads an AMASS folder: `SET/SUBJECT/NAME_poses.npz` (SMPL-H) or `NAME_stageii.npz` (SMPL-X) parameters.

Keys by the public description: `poses` (T, 156 or 165) axis angles, `trans` (T, 3), `betas`, `gender`, and
`mocap_framerate` or `mocap_frame_rate`; Z is up. AMASS has no texts: clips come without captions, for the tokenizer.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from core.constants import MOTION_FPS
from models.training.adapters.body_model import BodyModel, load_body_model, y_up
from models.training.adapters.common import AdapterError, DataClip, Split
from models.training.captures import SHORTEST, Capture, resample

_SUFFIXES: Final = ("_poses", "_stageii")

_SKIPPED: Final = {
    "Eyes_Japan_Dataset": 3.0, "EyesJapanDataset": 3.0, "MPI_HDM05": 3.0, "HDM05": 3.0, "TotalCapture": 1.0,
    "MPI_Limits": 1.0, "PosePrior": 1.0, "Transitions_mocap": 0.5, "Transitions": 0.5,
}  # fmt: skip
"""Seconds at the beginning of a set's recordings in which people stand in a calibration pose."""

_SPLITS: Final[dict[str, Split]] = {
    "HumanEva": "val", "MPI_HDM05": "val", "HDM05": "val", "SFU": "val", "MPI_mosh": "val", "MoSh": "val",
    "Transitions_mocap": "test", "Transitions": "test", "SSM_synced": "test", "SSM": "test",
}  # fmt: skip
"""The split that AMASS recommends, by set; everything else is for training."""

_HANDS: Final = {156: "smplh", 165: "smplx"}


def read_parameters(path: Path, *needed: str) -> dict[str, Any]:
    """Arrays of a parameter file.

    Raises:
        AdapterError: not readable, or without one of the `needed` arrays.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            values = {}
            for name in data.files:
                try:
                    values[name] = data[name]
                except ValueError:
                    continue  # labels stored as Python objects, which could run foreign code
    except (OSError, EOFError, zipfile.BadZipFile, ValueError) as error:
        raise AdapterError(f"{path} cannot be read as .npz: {error}") from None
    for name in needed:
        if name not in values:
            raise AdapterError(f"{path} has no {name!r}, which a file of body parameters needs")
    return values


def text_of(value: Any, otherwise: str) -> str:
    """A word stored as an array of text or bytes."""
    if value is None:
        return otherwise
    item = np.asarray(value).reshape(-1)[:1].tolist()
    word = item[0] if item else otherwise
    return (word.decode() if isinstance(word, bytes) else str(word)).strip().lower() or otherwise


class AmassFolder:
    """An AMASS folder or a part of it."""

    name = "AMASS"
    licence = "non-commercial research only, registered download, not to be passed on"

    def __init__(self, folder: Path, body_models: Path | None) -> None:
        self._folder, self._models = folder, body_models
        self._loaded: dict[tuple[str, str], BodyModel] = {}

    @staticmethod
    def fits(folder: Path) -> bool:
        """Whether a folder looks like this data set."""
        return next(_files(folder), None) is not None

    def clips(self) -> Iterator[DataClip]:
        """Every recording of half a second or more, at 20 fps.

        Raises:
            AdapterError: a file is not as described, or the body model is missing.
        """
        for path in sorted(_files(self._folder)):
            yield from self._clip(path)

    def _clip(self, path: Path) -> Iterator[DataClip]:
        values = read_parameters(path, "poses", "trans", "betas")
        poses = values["poses"]
        if poses.ndim != 2 or poses.shape[1] not in _HANDS or len(values["trans"]) != len(poses):
            raise AdapterError(
                f"{path}: poses must have shape (T, 156) or (T, 165) and trans (T, 3), "
                f"not {poses.shape} and {values['trans'].shape}"
            )
        rate = values.get("mocap_framerate", values.get("mocap_frame_rate"))
        if rate is None or not float(rate) >= MOTION_FPS:
            raise AdapterError(f"{path} does not say its frame rate, or less than {MOTION_FPS} frames a second")
        kind, gender = _HANDS[poses.shape[1]], text_of(values.get("gender"), "neutral")
        if (kind, gender) not in self._loaded:
            self._loaded[kind, gender] = load_body_model(self._models, kind, gender)
        joints = y_up(self._loaded[kind, gender].joints(poses, values["trans"], values["betas"]))
        parts = path.relative_to(self._folder).parts
        source = parts[0] if len(parts) > 1 else self._folder.name
        joints = joints[round(_SKIPPED.get(source, 0.0) * float(rate)) :]
        if len(joints) < 2:
            return
        resampled = resample(joints, float(rate), MOTION_FPS)
        if len(resampled) < SHORTEST + 1:
            return
        capture = Capture(
            name=f"amass/{path.relative_to(self._folder).with_suffix('').as_posix()}",
            source="amass",
            actor=parts[1] if len(parts) > 2 else "",
            content="",
            style="",
            joints=resampled.astype(np.float32),
            start=0,
            rows=len(poses),
            has_hands=False,
        )
        yield DataClip(capture, (), _SPLITS.get(source, "train"))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*.npz") if path.stem.endswith(_SUFFIXES))
