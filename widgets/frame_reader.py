"""Reads frames of rendered pieces in a background thread: the newest wish first, then the frames that come next.

A frame is named by its file and number, and found by its own time stamp, so seeking is exact. The widgets that show
frames are `widgets.video_view` and, small, the timeline's video row; files are opened with PyAV as in
`core.video_read`.
"""

import threading
from collections import OrderedDict
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from core.video_format import VideoError

CACHE_BYTES: Final = 192 * 1024 * 1024
PREFETCH: Final = 12
_NEAR: Final = 48  # frames; up to here decoding on is cheaper than a jump to the key frame before
_KEPT_BEFORE: Final = 12  # frames that were decoded on the way and are kept, for steps backwards
_OPEN_FILES: Final = 4


@dataclass(frozen=True)
class FrameName:
    """One frame of one file.

    Attributes:
        path: the file.
        number: counted from 0 in the file.
    """

    path: str
    number: int


class FrameReader(QObject):
    """Decodes the frames that are wished for and a few more, and keeps the latest.

    Signals:
        frameReady(object): a `FrameName` that was wished for is in the cache now.
        readFailed(str, str): a file cannot be read: its path, and why in one sentence.
    """

    frameReady = Signal(object)
    readFailed = Signal(str, str)

    def __init__(self, parent: QObject | None = None, cache_bytes: int = CACHE_BYTES) -> None:
        super().__init__(parent)
        self._lock = threading.Condition()
        self._wishes: tuple[FrameName, ...] = ()
        self._ahead: tuple[FrameName, ...] = ()
        self._cache: OrderedDict[FrameName, QImage] = OrderedDict()
        self._cache_bytes = cache_bytes
        self._held = 0
        self._largest = 0
        self._height = 0
        self._broken: dict[str, str] = {}
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.destroyed.connect(partial(_abandon, self._lock, self.__dict__))

    def frame(self, name: FrameName) -> QImage | None:
        """Return a frame if it has been decoded."""
        with self._lock:
            image = self._cache.get(name)
            if image is not None:
                self._cache.move_to_end(name)
            return image

    def failure(self, path: str) -> str:
        """Return why a file cannot be read, or ""."""
        with self._lock:
            return self._broken.get(path, "")

    def wish(self, names: tuple[FrameName, ...], ahead: tuple[FrameName, ...] = ()) -> None:
        """Ask for frames, and for others when those are done; takes the place of every earlier wish."""
        with self._lock:
            if self._stopping:
                return
            self._wishes, self._ahead = names, ahead
            if self._thread is None and self._next() is not None:
                self._thread = threading.Thread(target=self._run, name="frame reader", daemon=True)
                self._thread.start()
            self._lock.notify()

    def forget(self) -> None:
        """Drop all frames and complaints, as when files have changed."""
        with self._lock:
            self._cache.clear()
            self._broken.clear()
            self._held = 0

    def set_height(self, height: int) -> None:
        """Make all frames so many pixels high from now on, and keep none that was not wished for; 0 for as they are."""
        with self._lock:
            if height != self._height:
                self._height = height
                self._cache.clear()
                self._held = self._largest = 0

    def stop(self) -> None:
        """End the thread and close the files."""
        with self._lock:
            self._stopping = True
            self._lock.notify()
            thread = self._thread
        if thread is not None:
            thread.join(5.0)

    def _next(self) -> FrameName | None:
        # Never more ahead than the cache holds, or frames would push each other out for ever.
        room = max(0, self._cache_bytes // max(self._largest, 1) - len(self._wishes) - 2 * _KEPT_BEFORE)
        for name in (*self._wishes, *self._ahead[:room]):
            if name not in self._cache and name.path not in self._broken:
                return name
        return None

    def _run(self) -> None:
        files: OrderedDict[str, _OpenFile] = OrderedDict()
        try:
            while True:
                with self._lock:
                    name = self._next()
                    while name is None and not self._stopping:
                        self._lock.wait()
                        name = self._next()
                    if self._stopping or name is None:
                        return
                    height = self._height
                self._read(name, files, height)
        finally:
            for file in files.values():
                file.close()

    def _read(self, name: FrameName, files: "OrderedDict[str, _OpenFile]", height: int) -> None:
        try:
            file = files.pop(name.path, None) or _OpenFile(name.path)
            files[name.path] = file
            while len(files) > _OPEN_FILES:
                files.popitem(last=False)[1].close()
            for number, image in file.read(name.number, height):
                self._keep(FrameName(name.path, number), image, height)
        except VideoError as error:
            stale = files.pop(name.path, None)
            if stale is not None:
                stale.close()
            with self._lock:
                self._broken[name.path] = str(error)
                stopping = self._stopping
            if not stopping:
                with suppress(RuntimeError):  # the widget was destroyed in this very moment
                    self.readFailed.emit(name.path, str(error))

    def _keep(self, name: FrameName, image: QImage, height: int) -> None:
        with self._lock:
            if self._stopping or height != self._height:
                return
            if name not in self._cache:
                self._cache[name] = image
                self._held += image.sizeInBytes()
                self._largest = max(self._largest, image.sizeInBytes())
            while self._held > self._cache_bytes and len(self._cache) > 2:
                self._held -= self._cache.popitem(last=False)[1].sizeInBytes()
            wished = name in self._wishes
        if wished:
            with suppress(RuntimeError):  # as above
                self.frameReady.emit(name)


def _abandon(lock: threading.Condition, fields: dict[str, Any], _object: object = None) -> None:
    """Tell the thread that its reader is gone; a bound method would be cut off before `destroyed` reaches it."""
    with lock:
        fields["_stopping"] = True
        lock.notify()


class _OpenFile:
    """A file under the decoder, which knows at which frame it stands."""

    def __init__(self, path: str) -> None:
        import av

        self._av = av
        self._path = path
        try:
            self._container: Any = av.open(f"file:{path}", options={"protocol_whitelist": "file"})
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise VideoError(f"{path} cannot be read as a video; render this piece again") from error
        stream: Any = self._container.streams.best("video")
        if stream is None or not stream.average_rate:
            self.close()
            raise VideoError(f"{path} has no picture; render this piece again")
        stream.thread_type = "AUTO"
        self._stream = stream
        self._rate = Fraction(stream.average_rate)
        self._first = stream.start_time or 0
        self._at = -1
        self._frames: Iterator[Any] = self._container.decode(stream)

    def read(self, number: int, height: int = 0) -> Iterator[tuple[int, QImage]]:
        """Yield some frames before a number and then that frame; the file's last one if it has fewer.

        Args:
            number: of the frame.
            height: pixels to scale to, and then only the frame itself; 0 for the frames as they are.
        """
        try:
            if not self._at < number <= self._at + _NEAR:
                self._jump(number)
            last = yield from self._decode_to(number, height)
            if last is None:  # the decoder stood at the file's end already
                self._jump(number)
                last = yield from self._decode_to(number, height)
            if last is None:
                raise VideoError(f"{self._path} has no frame {number}; render this piece again")
            if self._number(last) < number:
                # The file is shorter than it was said to be: its last frame stands still.
                self._at = -1 - _NEAR - number
                yield number, _image(last, height)
        except self._av.error.FFmpegError as error:
            raise VideoError(f"{self._path} is damaged; render this piece again") from error

    def _jump(self, number: int) -> None:
        target = self._first + int(Fraction(number) / self._rate / self._stream.time_base)
        self._container.seek(target, stream=self._stream, backward=True, any_frame=False)
        self._frames = self._container.decode(self._stream)

    def _decode_to(self, number: int, height: int) -> Generator[tuple[int, QImage], None, Any]:
        """Decode until a number; yields the frames shortly before it and itself, returns the last one decoded."""
        last = None
        for frame in self._frames:
            last = frame
            self._at = self._number(frame)
            if self._at >= number - (0 if height else _KEPT_BEFORE):
                # Numbers that the encoder left out are shown by the frame after them, as players do.
                yield (number if self._at > number else self._at), _image(frame, height)
            if self._at >= number:
                break
        return last

    def _number(self, frame: Any) -> int:
        since = (frame.pts - self._first) * self._stream.time_base
        return round(since * self._rate)

    def close(self) -> None:
        """Close the file."""
        self._container.close()


def _image(frame: Any, to_height: int) -> QImage:
    if to_height:
        width = max(1, round(frame.width * to_height / frame.height))
        frame = frame.reformat(width=width, height=to_height, format="rgb24", interpolation="AREA")
    pixels = np.ascontiguousarray(frame.to_ndarray(format="rgb24"))
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )
