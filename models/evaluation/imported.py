"""Motions of another program for the held-out list: read, and checked as a whole before the long work begins.

What the evaluation cannot judge is refused with the file's name. How good the motions are is not judged here.
"""

import math
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.cancel import CancelToken, ProgressCallback
from core.constants import MOTION_FPS, NUM_FEATURES, NUM_JOINTS
from core.features import recover_joints, uniform_skeleton
from core.skeleton import HEAD, LEFT_FOOT, PARENTS, RIGHT_FOOT
from models.evaluation.reference import Reference
from models.evaluation.systems import Joints
from models.training.adapters.common import UNREADABLE
from models.training.captures import resample
from models.training.loop import Meter

_LIST_ADVICE: Final = "a clip for every number of the list is needed (`versa evaluate motion --write-list F`)"

_SLOWEST, _FASTEST = 1.0, 1000.0
"""Frames a second that a file may say."""

_SHORTER: Final = 4
"""Frames at 20 fps that a motion may lack: programs that count in tokens of four frames round down."""

_SPLINE_MARGIN: Final = 64
"""Frames after the judged part that still have a say in how it is resampled; later ones change no digit."""

_SMALLEST, _TALLEST = 0.5, 2.5
"""Metres from ankle to head along the bones, from a toddler to the tallest of men; the captures have 1.28 to 1.50."""

_LEGS, _SPINE = (4, 5, 7, 8), (3, 6, 9, 12, 15)
"""Joints at whose bones the size is measured; both legs count half."""

_EMPTY: Final = 0.1
"""Metres under which a frame holds no body."""

_FARTHEST: Final = 10_000.0
"""Metres from the origin; beyond them float32 no longer tells millimetres."""

_UPRIGHT, _LYING = 0.3, 0.6
"""Shares of its size: a body whose head is less above its feet than the first, and farther from them along one axis
than the second, lies stretched out or has another axis up. In the captures, bows, crouches and runs among them, the
median of a clip is 0.72 to 1.1 upwards and up to 0.41 along the other axes."""


class ResultsError(ValueError):
    """Imported results are not as expected; one sentence says which file and what to do."""


class ImportedSystem:
    """Motions of another program for our held-out list: one `.npz` a clip, named by the clip's number in the list.

    A file holds `joints` (T, 22, 3) in metres with Y up and `fps` (20 where it is missing), or `features` (T, 263).
    `0007.npz` is number 7. Where a folder holds folders (`00`, `01`, ...), they are the list's repeats in order; a
    folder of files is the first repeat.

    Attributes:
        name: column of the table.
        repeats: how many.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise ResultsError(f"{folder} is not a folder; give --results a folder of .npz files")
        self.name = folder.name
        self._folder = folder
        inside = sorted(path for path in folder.iterdir() if path.is_dir())
        self._folders = inside or [folder]
        self.repeats = len(self._folders)

    def check(
        self,
        reference: Reference,
        rounds: Sequence[Sequence[int]],
        shortest: int,
        progress: ProgressCallback,
        cancel: CancelToken,
    ) -> None:
        """Read all that will be judged, one file after the other, so that nothing is found wrong later.

        Args:
            reference: the list.
            rounds: rows of the list that each repeat asks for; repeats that the folder lacks are not looked for.
            shortest: frames of features that the evaluator needs.
            progress: told after each file.
            cancel: looked at before each file.

        Raises:
            ResultsError: files are missing, or one is not as expected.
        """
        asked = [
            (self._file(repeat, row), int(reference.frames[row]))
            for repeat, rows in enumerate(rounds[: self.repeats])
            for row in rows
        ]
        missing = [path for path, _ in asked if not path.is_file()]
        if len(missing) == len(asked) and not any(self._folder.rglob("*.npz")):
            raise ResultsError(f"{self._folder} holds no .npz files; {_LIST_ADVICE}")
        if missing:
            raise ResultsError(
                f"{missing[0]} is missing, in all {len(missing)} of the {len(asked)} files of the list; {_LIST_ADVICE}"
            )
        meter = Meter(f"{self.name}: checking", 0, len(asked), progress)
        for number, (path, frames) in enumerate(asked):
            cancel.check()
            read_motion(path, frames, shortest)
            meter.step(number + 1)

    def motions(self, reference: Reference, rows: Sequence[int], repeat: int, shortest: int) -> list[Joints]:
        """Joints at 20 fps of the clips of some rows of the list; `shortest` is as for `check`.

        Raises:
            ResultsError: a file is missing or not as expected.
        """
        return [read_motion(self._file(repeat, row), int(reference.frames[row]), shortest) for row in rows]

    def _file(self, repeat: int, row: int) -> Path:
        return self._folders[repeat] / f"{row:04d}.npz"


def read_motion(path: Path, frames: int, shortest: int) -> Joints:
    """Joints (T, 22, 3) at 20 fps of one file, cut to what the list asks for.

    Args:
        path: of the file.
        frames: that the list asks for.
        shortest: frames of features that the evaluator needs; features are one fewer than joints.

    Raises:
        ResultsError: it is missing, not readable, or no motion that can be judged.
    """
    joints, fps = _stored(path)
    if joints.ndim != 3 or joints.shape[1:] != (NUM_JOINTS, 3) or len(joints) < 2:
        raise ResultsError(f"{path}: joints must have shape (T, {NUM_JOINTS}, 3), not {joints.shape}")
    if not np.isfinite(joints).all():
        first = int(np.argwhere(~np.isfinite(joints))[0][0])
        raise ResultsError(f"{path} holds values that are not numbers, first in frame {first}")
    if abs(fps - MOTION_FPS) > 1e-6:
        joints = resample(joints[: math.ceil(frames / MOTION_FPS * fps) + _SPLINE_MARGIN], fps, MOTION_FPS)
    least = max(frames - _SHORTER, shortest + 1)
    if len(joints) < least:
        raise ResultsError(
            f"{path} is too short to judge: {len(joints)} frames at {MOTION_FPS} fps; the list asks for {frames}, and "
            f"at least {least} are needed"
        )
    joints = joints[: frames + 1]
    _check_body(path, joints)
    return np.asarray(joints, dtype=np.float32)


def _stored(path: Path) -> tuple[NDArray[np.float64], float]:
    """Joints as a file holds them, of any shape, and their frames a second."""
    if not path.is_file():
        raise ResultsError(f"{path} is missing; {_LIST_ADVICE}")
    try:
        with path.open("rb") as stream:
            whole = zipfile.is_zipfile(stream)
            stream.seek(0)
            if whole:
                with np.load(stream, allow_pickle=False) as data:
                    wanted = ("joints", "fps") if "joints" in data else ("features",)
                    arrays = {name: data[name] for name in wanted if name in data}
    except OSError as error:
        raise ResultsError(f"{path} cannot be read: {error.strerror or error}") from None
    except UNREADABLE:
        whole = False
    if not whole:
        raise ResultsError(f"{path} cannot be read as .npz: it is damaged or another kind of file; write it again")
    if "joints" in arrays:
        fps = _frames_a_second(path, arrays["fps"]) if "fps" in arrays else float(MOTION_FPS)
        return _numbers(path, "joints", arrays["joints"]), fps
    if "features" not in arrays:
        raise ResultsError(f"{path} holds neither `joints` (T, 22, 3) nor `features` (T, 263)")
    features = _numbers(path, "features", arrays["features"])
    if features.ndim != 2 or features.shape[1] != NUM_FEATURES:
        raise ResultsError(f"{path}: features must have shape (T, {NUM_FEATURES}), not {features.shape}")
    return recover_joints(features), float(MOTION_FPS)


def _numbers(path: Path, name: str, stored: Any) -> NDArray[np.float64]:
    """What a file holds under a name, as numbers: a member that is no array comes as bytes."""
    array = np.asarray(stored)
    if array.dtype.kind not in "fiu":
        raise ResultsError(f"{path}: {name} must hold numbers, not {array.dtype}")
    return array.astype(np.float64)


def _frames_a_second(path: Path, stored: Any) -> float:
    fps = _numbers(path, "fps", stored)
    if fps.size != 1 or not _SLOWEST <= float(fps.reshape(())) <= _FASTEST:
        said = fps.tolist() if fps.size <= 4 else f"{fps.size} numbers"
        raise ResultsError(f"{path}: fps must be one number from {_SLOWEST:g} to {_FASTEST:g}, not {said}")
    return float(fps.reshape(()))


def _check_body(path: Path, joints: NDArray[np.float64]) -> None:
    """Refuse joints that are no body in metres with Y up.

    The size is measured along the bones, so that it does not depend on the posture. Whoever bows, crouches or crawls
    is let through; one who lies stretched out for most of the clip is taken for a body with another axis up, which no
    clip of the list shows.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        legs, spine = (_bones(joints, ends).sum(axis=1) for ends in (_LEGS, _SPINE))
        sizes = legs / 2.0 + spine
        size = float(np.median(sizes))
    if not _SMALLEST <= size <= _TALLEST:
        raise ResultsError(
            f"{path}: the body measures {size:.4g} m from ankle to head, not {_SMALLEST:g} to {_TALLEST:g}; "
            "joints must be in metres, with Y up"
        )
    if sizes.min() < _EMPTY:
        raise ResultsError(f"{path}: frame {int(np.argmin(sizes))} holds no body; every frame needs all joints")
    if np.abs(joints).max() > _FARTHEST:
        frame = int(np.argmax(np.abs(joints).max(axis=(1, 2))))
        raise ResultsError(f"{path}: the body is more than {_FARTHEST / 1000:g} km away in frame {frame}")
    reach = np.median(joints[:, HEAD] - joints[:, [LEFT_FOOT, RIGHT_FOOT]].mean(1), axis=0)
    along = int(np.argmax(np.abs(reach)))
    if reach[1] < _UPRIGHT * size and abs(reach[along]) > _LYING * size:
        raise ResultsError(
            f"{path}: the body does not stand: along {'XYZ'[along]} its head is {reach[along]:.2f} m from its feet, "
            f"along Y {reach[1]:.2f} m; joints must be in metres, with Y up"
        )
    try:
        uniform_skeleton(joints[:1])
    except ValueError as error:
        raise ResultsError(f"{path}: {error}") from None


def _bones(joints: NDArray[np.float64], ends: Sequence[int]) -> NDArray[np.float64]:
    """(T, len(ends)) lengths of the bones that end at some joints."""
    starts = [PARENTS[end] for end in ends]
    return np.asarray(np.linalg.norm(joints[:, list(ends)] - joints[:, starts], axis=-1))
