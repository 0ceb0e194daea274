"""Training clips on disk: a manifest, and for each clip a short video and arrays of what is seen and heard in it.

Making them is in `models.training.renderer.prepare`; drawing training samples from them in `draws`.
"""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.atomic import atomic_path
from core.draw import FramePoses, HeadMask

MANIFEST: Final = "manifest.json"
FORMAT: Final = "versa-training-clips"
VERSION: Final = 1


class DataError(ValueError):
    """Training data cannot be used; the sentence says which file and what to do."""


@dataclass(frozen=True)
class ClipEntry:
    """One clip of the manifest.

    Attributes:
        name: unique; the files are `clips/NAME.mp4` and `clips/NAME.npz`.
        source: name of the video that it was cut from.
        start: second of the video at which it begins.
        frames: how many.
        emotion: one of `core.timeline.EMOTIONS`.
        blink: whether the blink ratio was measured.
        identity: whether there is an embedding of the face.
    """

    name: str
    source: str
    start: float
    frames: int
    emotion: str = "neutral"
    blink: bool = True
    identity: bool = False


@dataclass(frozen=True)
class Refusal:
    """A part of a video, or all of it, that became no clip.

    Attributes:
        source: name of the video.
        start, end: seconds.
        reason: why, for the user.
    """

    source: str
    start: float
    end: float
    reason: str


@dataclass(frozen=True)
class Manifest:
    """All clips of a folder.

    Attributes:
        width, height: of all frames in pixels.
        fps: of all clips.
        speech: which features `audio` holds, "wav2vec2" or "log-mel".
        speech_width: numbers of a feature.
        clips: ready for training.
        refused: what was left out, with reasons.
        framing: "whole" or "close-up", see `video_clips.ClipMaker`.
    """

    width: int
    height: int
    fps: float
    speech: str
    speech_width: int
    clips: tuple[ClipEntry, ...] = ()
    refused: tuple[Refusal, ...] = field(default=())
    framing: str = "whole"

    def save(self, folder: Path) -> None:
        """Write it whole or not at all."""
        with atomic_path(folder / MANIFEST) as temporary:
            whole = {"format": FORMAT, "version": VERSION, **asdict(self)}
            temporary.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Manifest":
        """Read the manifest of a folder.

        Raises:
            DataError: missing, damaged, of another version, or without clips.
        """
        path = folder / MANIFEST
        try:
            values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except OSError:
            raise DataError(f"{path} is missing; make training clips with `versa data prepare VIDEOS`") from None
        except ValueError as error:
            raise DataError(f"{path} is not valid JSON: {error}") from None
        if not isinstance(values, dict) or values.pop("format", None) != FORMAT:
            raise DataError(f"{path} is no manifest of training clips")
        if values.pop("version", None) != VERSION:
            raise DataError(f"{path} is of another version; prepare the clips again")
        try:
            clips = tuple(ClipEntry(**entry) for entry in values.pop("clips"))
            refused = tuple(Refusal(**entry) for entry in values.pop("refused"))
            return cls(**values, clips=clips, refused=refused)
        except (KeyError, TypeError) as error:
            raise DataError(f"{path} has a wrong or missing field: {error}") from None


@dataclass(frozen=True, eq=False)
class ClipArrays:
    """What is known of the T frames of a clip; places in shares of the picture.

    Attributes:
        body: (T, 18, 3) x, y, confidence.
        face: (T, 68, 3), the same.
        hands: (T, 2, 21, 3), the same; left hand first.
        face_box: (T, 4) x, y, width, height.
        audio: (N, width) speech features, 50 a second from the clip's start.
        emotion: () class.
        strength: () 0..1.
        blink: (T,) 0 open to 1 shut.
        identity: (512,) unit vector, or zeros if unknown.
        head_mask: (2,) half width and half height of the composite's head mask.
    """

    body: NDArray[np.float32]
    face: NDArray[np.float32]
    hands: NDArray[np.float32]
    face_box: NDArray[np.float32]
    audio: NDArray[np.float32]
    emotion: NDArray[np.int64]
    strength: NDArray[np.float32]
    blink: NDArray[np.float32]
    identity: NDArray[np.float32]
    head_mask: NDArray[np.float32]

    def save(self, path: Path) -> None:
        """Write the arrays whole or not at all."""
        arrays = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        with atomic_path(path) as temporary, open(temporary, "wb") as file:
            np.savez_compressed(file, **arrays)

    @classmethod
    def load(cls, path: Path) -> "ClipArrays":
        """Read the arrays of a clip.

        Raises:
            DataError: missing or damaged.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                return cls(**{entry.name: stored[entry.name] for entry in fields(cls)})
        except (OSError, ValueError, KeyError) as error:
            raise DataError(f"{path} cannot be read ({error}); prepare the clips again") from None

    def pose(self, frame: int) -> FramePoses:
        """The person of one frame."""
        return FramePoses(self.body[frame][None], self.face[frame][None], self.hands[frame][None])

    @property
    def mask(self) -> HeadMask:
        """Size of the head mask."""
        return HeadMask(float(self.head_mask[0]), float(self.head_mask[1]))


def clip_video(folder: Path, name: str) -> Path:
    """The video of a clip."""
    return folder / "clips" / f"{name}.mp4"


def clip_arrays(folder: Path, name: str) -> Path:
    """The arrays of a clip."""
    return folder / "clips" / f"{name}.npz"
