"""Where the whole-body poses of a training video come from: a file beside it, rtmlib, or our own rig finder.

Each source is asked for one frame after the other, in the order of time.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from core.draw import FramePoses
from core.face_finder import find_face
from core.pose import PoseSequence
from core.pose_time import pose_at
from core.rig_proposal import propose_rig
from models.renderers.versa.encoders import EncoderError, PoseEstimator, RtmlibPose
from models.renderers.versa.portrait_frame import rig_pose
from models.training.renderer.clips import DataError

PoseKind = Literal["auto", "given", "rtmlib", "rig"]
POSE_KINDS: Final[tuple[str, ...]] = get_args(PoseKind)

NOBODY: Final = FramePoses(np.zeros((0, 18, 3)), np.zeros((0, 68, 3)), np.zeros((0, 2, 21, 3)))

_SAME_SHAPE: Final = 0.02
"""Sides are rounded to even numbers of pixels."""

_MISSING: Final = 1.0
"""Poses that may lack at the end of a video, because lengths are rounded."""

RIG_SECONDS: Final = 0.4
"""The rig finder takes long; it looks this often."""


class PoseFileError(DataError):
    """The file with one video's poses is no good; other videos may go on."""


class PoseSource(Protocol):
    """Poses of one video."""

    def pose(self, frame: NDArray[np.uint8], time: float) -> FramePoses:
        """The people of an RGB frame at that second, in shares of the picture."""
        ...


@dataclass(frozen=True)
class PoseModels:
    """Files of rtmlib's networks, or None."""

    detector: Path | None = None
    pose: Path | None = None


def pose_source(video: Path, kind: PoseKind, models: PoseModels) -> PoseSource:
    """The source of a video's poses; "auto" takes a file beside the video, else rtmlib.

    Raises:
        PoseFileError: the file beside the video is no good.
        DataError: no such source; it says what there could be.
    """
    require_poses(video, kind, models)
    given = video.with_suffix(".npz")
    if kind == "given" or (kind == "auto" and given.is_file()):
        return GivenPoses.load(given)
    if kind == "rig":
        return RigPoses()
    assert models.detector is not None and models.pose is not None  # `require_poses` has asked
    try:
        return EstimatedPoses(RtmlibPose(models.detector, models.pose))
    except EncoderError as error:
        raise DataError(str(error)) from None


def require_poses(video: Path, kind: PoseKind, models: PoseModels) -> None:
    """Ask at little cost whether a video has a source of poses, before hours are spent on others.

    Raises:
        DataError: it has none; it says what there could be.
    """
    given = video.with_suffix(".npz")
    if kind == "given" and not given.is_file():
        raise DataError(f"{given} is missing; it must hold the poses of the video of that name")
    if kind in ("given", "rig") or (kind == "auto" and given.is_file()):
        return
    if models.detector is None or models.pose is None:
        raise DataError(
            f"{video}: there are no whole-body poses: neither {given.name} beside it nor rtmlib's models "
            "(`versa models download dwpose`, or --detector and --pose-model); or choose --poses rig, which is coarse "
            "and sees no blinks"
        )


@dataclass(frozen=True)
class GivenPoses:
    """Poses of a file as `versa poses` writes it.

    Attributes:
        poses: of the whole video, from its first frame on.
    """

    poses: PoseSequence

    @classmethod
    def load(cls, path: Path) -> "GivenPoses":
        """Read body, face, hands, fps, width and height.

        Raises:
            PoseFileError: damaged, or of other shapes.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                body = np.asarray(stored["body"], np.float32)
                count = len(body)
                sequence = PoseSequence(
                    body=body, face=np.asarray(stored["face"], np.float32),
                    hands=np.asarray(stored["hands"], np.float32), depth=np.zeros((count, 18), np.float32),
                    yaw=np.zeros(count, np.float32), flags=np.zeros(count, np.uint8), fps=float(stored["fps"]),
                    width=int(stored["width"]), height=int(stored["height"]),
                )  # fmt: skip
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise PoseFileError(f"{path} holds no poses that can be read: {error}") from None
        if not count or not np.isfinite(body).all():
            raise PoseFileError(f"{path} holds no poses, or numbers that are not finite")
        return cls(sequence)

    def pose(self, frame: NDArray[np.uint8], time: float) -> FramePoses:
        """See `PoseSource`; nobody is seen in frames behind the last pose.

        Raises:
            PoseFileError: the poses are of a picture of another shape.
        """
        height, width = frame.shape[:2]
        if abs(self.poses.width * height / (self.poses.height * width) - 1.0) > _SAME_SHAPE:
            raise PoseFileError(
                f"the poses beside it are of a picture of {self.poses.width} x {self.poses.height}, but it has "
                f"{width} x {height}; make them of this video"
            )
        if time * self.poses.fps > len(self.poses) + _MISSING:
            return NOBODY
        return pose_at(self.poses, time)


@dataclass(frozen=True)
class EstimatedPoses:
    """Poses of every frame by a network."""

    estimator: PoseEstimator

    def pose(self, frame: NDArray[np.uint8], time: float) -> FramePoses:
        """See `PoseSource`."""
        return self.estimator.estimate(frame)


class RigPoses:
    """Poses of our rig finder, made for portraits: eyes, shoulders and arms at rest, no fingers and no lids.

    It looks at one frame in `RIG_SECONDS` and holds what it found until the next.
    """

    def __init__(self) -> None:
        self._next = 0.0
        self._held: FramePoses | None = None

    def pose(self, frame: NDArray[np.uint8], time: float) -> FramePoses:
        """See `PoseSource`."""
        if self._held is None or time >= self._next:
            self._next = time + RIG_SECONDS
            height, width = frame.shape[:2]
            if find_face(frame) is None:
                self._held = NOBODY
            else:
                self._held = rig_pose(propose_rig(frame)[0], width, height)
        return self._held
