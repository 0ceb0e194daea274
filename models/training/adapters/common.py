"""What every adapter yields: a capture, its captions and, where there is one, the recording that it goes with.

And how files of others are opened: whatever is wrong with one is said with its name.
"""

import io
import tokenize
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from models.training.captures import Capture, CaptureError

Split = Literal["train", "val", "test"]


class AdapterError(CaptureError):
    """A folder of motion data is not as its public description says, or something that it needs is missing."""


class ClipError(AdapterError):
    """One clip cannot be used; the message names its file and says why. The others of the folder can."""


UNREADABLE: Final = (
    EOFError, OSError, RuntimeError, ValueError, tokenize.TokenError, zipfile.BadZipFile, zlib.error
)  # fmt: skip
"""What numpy raises over the bytes of a broken .npy or .npz file."""


def read_bytes(path: Path) -> bytes:
    """What a file of a clip holds.

    Raises:
        ClipError: it is missing or may not be read.
        AdapterError: the disk cannot be read, so that no other file is better.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ClipError(f"{path} is missing") from None
    except (PermissionError, IsADirectoryError) as error:
        raise ClipError(f"{path} cannot be read ({error.strerror})") from None
    except OSError as error:
        raise AdapterError(f"{path} cannot be read ({error.strerror}); check the disk and start again") from None


def read_text(path: Path, encoding: str = "utf-8-sig") -> str:
    """The text in a file of a clip.

    Raises:
        ClipError: it cannot be read, or is no text in this encoding.
    """
    try:
        return read_bytes(path).decode(encoding)
    except UnicodeDecodeError:
        name = encoding.removesuffix("-sig").upper()
        raise ClipError(f"{path} is no text in {name}; save it in that encoding") from None


def read_array(path: Path) -> NDArray[Any]:
    """The array in a .npy file of a clip.

    Raises:
        ClipError: it cannot be read, or holds no array of plain values.
    """
    raw = read_bytes(path)
    if not raw.startswith(np.lib.format.MAGIC_PREFIX):
        raise ClipError(f"{path} is no .npy file; fetch it again")
    try:
        return np.asarray(np.load(io.BytesIO(raw), allow_pickle=False))
    except UNREADABLE as error:
        raise ClipError(f"{path} is a damaged .npy file ({error}); fetch it again") from None


def as_numbers(values: NDArray[Any], what: str) -> NDArray[np.float64]:
    """An array of a clip as numbers.

    Args:
        values: of any shape and kind.
        what: file (and field) for the message.

    Raises:
        ClipError: they are no numbers, or some are NaN or infinite.
    """
    if values.dtype.kind not in "fiu":
        raise ClipError(f"{what}: numbers are expected, not {values.dtype}")
    numbers = values.astype(np.float64)
    if not np.isfinite(numbers).all():
        raise ClipError(f"{what}: some values are NaN or infinite")
    return numbers


@dataclass(frozen=True)
class Caption:
    """A text and the stretch of the clip that it describes.

    Attributes:
        text: as people wrote it.
        start, end: seconds; end 0 stands for the whole clip.
    """

    text: str
    start: float = 0.0
    end: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether it describes the clip from its beginning to its end."""
        return self.end <= self.start


@dataclass(frozen=True)
class Speech:
    """The recording that a clip was captured with.

    Attributes:
        audio: sound file; it begins with the clip.
        words: (word, start, end) in seconds, silence left out.
        gestures: captions of marked gestures, such as "deictic", with their stretches.
    """

    audio: Path
    words: tuple[tuple[str, float, float], ...] = ()
    gestures: tuple[Caption, ...] = ()


@dataclass(frozen=True)
class DataClip:
    """A clip of someone else's data, ready for training.

    Attributes:
        capture: joints at 20 fps, metres, Y up; `content` and `style` are "" where the data have none.
        captions: texts.
        split: part of the data's own split.
        speech: its recording, or None.
    """

    capture: Capture
    captions: tuple[Caption, ...]
    split: Split
    speech: Speech | None = None
