"""Reads an AMASS folder: `SET/SUBJECT/NAME_poses.npz` (SMPL-H) or `NAME_stageii.npz` (SMPL-X) parameters.

What such a file holds is in `models.training.adapters.parameters`; Z is up. AMASS has no texts: clips come without
captions, for the tokenizer.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from models.training.adapters.body_model import BodyModel, load_body_model, y_up
from models.training.adapters.common import DataClip, Split
from models.training.adapters.parameters import body_capture, read_parameters

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

    def recordings(self) -> tuple[str, ...]:
        """Places of the recordings' files below the folder, in order."""
        return tuple(path.relative_to(self._folder).as_posix() for path in self.files())

    def files(self) -> Iterator[Path]:
        """Every file of parameters, in order."""
        return iter(sorted(_files(self._folder)))

    def read(self, recording: str) -> tuple[DataClip, ...]:
        """A recording at 20 fps; nothing of one that is shorter than half a second.

        Raises:
            ClipError: its file is not as described.
            AdapterError: the body model is missing.
        """
        path = self._folder / recording
        given = read_parameters(path, _HANDS)
        kind = _HANDS[given.poses.shape[1]]
        if (kind, given.gender) not in self._loaded:
            self._loaded[kind, given.gender] = load_body_model(self._models, kind, given.gender)
        joints = y_up(self._loaded[kind, given.gender].joints(given.poses, given.translation, given.betas))
        parts = path.relative_to(self._folder).parts
        source = parts[0] if len(parts) > 1 else self._folder.name
        capture = body_capture(
            joints[round(_SKIPPED.get(source, 0.0) * given.rate) :],
            given.rate,
            path,
            name=f"amass/{path.relative_to(self._folder).with_suffix('').as_posix()}",
            source="amass",
            actor=parts[1] if len(parts) > 2 else "",
            rows=len(joints),
        )
        if capture is None:
            return ()
        return (DataClip(capture, (), _SPLITS.get(source, "train")),)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*.npz") if path.stem.endswith(_SUFFIXES))
