"""What a dialog shows of a picture or a recording before it is taken: a small picture, the waveform, and remarks.

Files are read in a thread of its own; the newest request wins. Nothing is kept.
"""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtGui import QImage

from core.constants import MICROSECONDS

PICTURE_SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".bmp", ".tif", ".tiff", ".gif")
SOUND_SUFFIXES: Final = (
    ".wav", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".mp4", ".mov", ".mkv", ".webm",
)  # fmt: skip


def patterns(suffixes: Iterable[str]) -> str:
    """Return a file dialog's patterns for suffixes: cameras like to write them in capitals."""
    return " ".join(f"*{suffix} *{suffix.upper()}" for suffix in suffixes)


_PREVIEW_SIDE: Final = 640
_COLUMNS: Final = 400
_CELL: Final = 1024
_PATIENCE_S: Final = 4.0
_SMALL: Final = 512


@dataclass(frozen=True)
class PictureFacts:
    """A picture as a dialog shows it.

    Attributes:
        path: the file.
        image: small copy of the picture; null if it cannot be read.
        width: of the picture in pixels.
        height: of the picture in pixels.
        error: why it cannot be used, "" if it can.
        warnings: what the user should know, one sentence each.
    """

    path: str
    image: QImage
    width: int = 0
    height: int = 0
    error: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class SoundFacts:
    """A recording as a dialog shows it.

    Attributes:
        path: the file.
        peaks: (N, 2) float32 lowest and highest sample of each of N stretches, -1..1.
        duration_us: length, or None if it is not known yet.
        rate: samples a second.
        channels: number of channels.
        whole: whether `peaks` covers the whole recording; of very long ones the beginning is shown.
        error: why it cannot be used, "" if it can.
        warnings: what the user should know, one sentence each.
    """

    path: str
    peaks: NDArray[np.float32]
    duration_us: int | None = None
    rate: int = 0
    channels: int = 0
    whole: bool = True
    error: str = ""
    warnings: tuple[str, ...] = ()


def probe_picture(path: str) -> PictureFacts:
    """Read a picture as the program will read it."""
    import cv2

    from core.image_file import read_image
    from core.rig import PortraitError

    try:
        file = read_image(Path(path))
    except (PortraitError, OSError) as error:
        return PictureFacts(path, QImage(), error=str(error))
    height, width = file.image.shape[:2]
    factor = min(1.0, _PREVIEW_SIDE / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = np.ascontiguousarray(cv2.resize(file.image, size, interpolation=cv2.INTER_AREA))
    image = QImage(small.data, size[0], size[1], 3 * size[0], QImage.Format.Format_RGB888).copy()
    warnings = list(file.warnings)
    if min(file.original_width, file.original_height) < _SMALL:
        warnings.append(
            QCoreApplication.translate(
                "MediaProbe", "The picture is small; at least 512 pixels a side give a sharper video."
            )
        )
    return PictureFacts(path, image, file.original_width, file.original_height, "", tuple(warnings))


def probe_sound(path: str, patience_s: float = _PATIENCE_S) -> SoundFacts:
    """Read a recording, or its beginning if that takes longer than `patience_s`."""
    from core.audio_decode import AudioError, open_audio

    none = np.zeros((0, 2), np.float32)
    began = time.monotonic()
    cells: list[NDArray[np.float32]] = []
    frames = 0
    whole = True
    try:
        source = open_audio(path)
        for block in source.blocks:
            mono = block.mean(axis=1, dtype=np.float32)
            frames += len(mono)
            starts = np.arange(0, len(mono), _CELL)
            if len(starts):
                low, high = np.minimum.reduceat(mono, starts), np.maximum.reduceat(mono, starts)
                cells.append(np.stack([low, high], axis=1))
            if time.monotonic() - began > patience_s:
                whole = False
                break
    except (AudioError, OSError) as error:
        return SoundFacts(path, none, error=str(error))
    peaks = _fewer(np.concatenate(cells)) if cells else none
    expected = source.notes.expected
    known = frames if whole else expected
    duration = None if known is None else round(known * MICROSECONDS / source.rate)
    warnings = []
    if source.notes.damaged:
        warnings.append(QCoreApplication.translate("MediaProbe", "The recording is damaged; a part is missing."))
    if peaks.size and float(np.abs(peaks).max()) < 0.01:
        warnings.append(QCoreApplication.translate("MediaProbe", "The recording is very quiet or silent."))
    if whole and frames < 0.5 * source.rate:
        warnings.append(QCoreApplication.translate("MediaProbe", "The recording is shorter than half a second."))
    return SoundFacts(path, peaks, duration, source.rate, source.channels, whole, "", tuple(warnings))


def _fewer(peaks: NDArray[np.float32]) -> NDArray[np.float32]:
    """At most `_COLUMNS` rows."""
    if len(peaks) <= _COLUMNS:
        return peaks
    starts = np.linspace(0, len(peaks), _COLUMNS, endpoint=False).astype(np.intp)
    return np.stack([np.minimum.reduceat(peaks[:, 0], starts), np.maximum.reduceat(peaks[:, 1], starts)], axis=1)


class MediaProbe(QObject):
    """Reads files in threads and tells what was found, unless something newer was asked meanwhile.

    Signals:
        pictureReady(object): `PictureFacts`.
        soundReady(object): `SoundFacts`.
    """

    pictureReady = Signal(object)
    soundReady = Signal(object)
    _found = Signal(str, int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = {"picture": 0, "sound": 0}
        self._found.connect(self._tell)

    def ask_picture(self, path: str) -> None:
        """Read a picture; `pictureReady` follows."""
        self._start("picture", path)

    def ask_sound(self, path: str) -> None:
        """Read a recording; `soundReady` follows."""
        self._start("sound", path)

    def _start(self, kind: str, path: str) -> None:
        self._numbers[kind] += 1
        number = self._numbers[kind]

        def read() -> None:
            facts: object = probe_picture(path) if kind == "picture" else probe_sound(path)
            try:
                self._found.emit(kind, number, facts)
            except RuntimeError:
                return  # the dialog was closed meanwhile, nobody wants to know

        threading.Thread(target=read, name=f"probe-{kind}", daemon=True).start()

    def _tell(self, kind: str, number: int, facts: object) -> None:
        if number == self._numbers[kind]:
            (self.pictureReady if kind == "picture" else self.soundReady).emit(facts)
