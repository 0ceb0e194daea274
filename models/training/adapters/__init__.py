"""Other people's motion data as captures with captions: HumanML3D, AMASS and BEAT2 folders, read where they lie.

None of these data may be passed on, so none is bundled, and the formats are read by their public descriptions.
`open_dataset` tells which one a folder is.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from models.training.adapters.common import AdapterError, Caption, ClipError, DataClip, Speech

__all__ = ["AdapterError", "Caption", "ClipError", "DataClip", "Dataset", "Speech", "open_dataset"]


class Dataset(Protocol):
    """A folder of motion data.

    Attributes:
        name: of the data set.
        licence: one sentence on what its licence asks.
    """

    name: str
    licence: str

    def recordings(self) -> tuple[str, ...]:
        """Names of the recordings that lie there, in order."""
        ...

    def files(self) -> Iterator[Path]:
        """Every file that reading would open, in a fixed order; some may be missing."""
        ...

    def read(self, recording: str) -> tuple[DataClip, ...]:
        """The clips of a recording, none where it is too short.

        Raises:
            ClipError: this recording cannot be used.
            AdapterError: no recording can be read, such as without a body model.
        """
        ...


def open_dataset(folder: Path, body_models: Path | None = None) -> Dataset:
    """The data set that a folder holds.

    Args:
        folder: its top.
        body_models: folder or file of the SMPL-X or SMPL-H body models, which AMASS and BEAT2 need.

    Raises:
        AdapterError: no known data set lies there, or what it needs is missing.
    """
    from models.training.adapters.amass import AmassFolder
    from models.training.adapters.beat2 import Beat2Folder
    from models.training.adapters.humanml3d import HumanML3DFolder

    if not folder.is_dir():
        raise AdapterError(f"{folder} is not a folder")
    if HumanML3DFolder.fits(folder):
        return HumanML3DFolder(folder)
    if Beat2Folder.fits(folder):
        return Beat2Folder(folder, body_models)
    if AmassFolder.fits(folder):
        return AmassFolder(folder, body_models)
    raise AdapterError(
        f"{folder} is none of the known data sets: HumanML3D has new_joint_vecs/ and texts/, BEAT2 has smplxflame_30/ "
        "and wave16k/, AMASS has .npz files with poses and trans"
    )
