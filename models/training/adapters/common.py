"""What every adapter yields: a capture, its captions and, where there is one, the recording that it goes with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from models.training.captures import Capture, CaptureError

Split = Literal["train", "val", "test"]


class AdapterError(CaptureError):
    """A folder of motion data is not as its public description says, or something that it needs is missing."""


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
