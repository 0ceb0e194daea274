"""Reading video files back: what is in them, their frames, and whether a file of ours is whole.

For tests, contact sheets and checks; playback belongs to the widgets.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.video_format import VideoError


@dataclass(frozen=True)
class VideoInfo:
    """What a video file says about itself.

    Attributes:
        width, height: pixels.
        fps: frames per second.
        frames: number of frames.
        duration: length of the picture in seconds.
        audio_duration: length of the sound in seconds, or None without sound.
        audio_rate: samples per second, 0 without sound.
        audio_channels: 0 without sound.
        metadata: tags of the file.
    """

    width: int
    height: int
    fps: Fraction
    frames: int
    duration: float
    audio_duration: float | None
    audio_rate: int
    audio_channels: int
    metadata: dict[str, str]


def probe_video(path: str | os.PathLike[str]) -> VideoInfo:
    """Read a video file's header.

    Raises:
        VideoError: missing, not a video, or without a picture track.
    """
    with _open(path) as container:
        video = _picture(container, path)
        sound = container.streams.best("audio")
        seconds = None
        if sound is not None and sound.duration is not None:
            seconds = float(sound.duration * sound.time_base)
        return VideoInfo(
            width=video.codec_context.width,
            height=video.codec_context.height,
            fps=Fraction(video.average_rate or 0),
            frames=video.frames,
            duration=float((video.duration or 0) * video.time_base),
            audio_duration=seconds,
            audio_rate=sound.codec_context.sample_rate if sound is not None else 0,
            audio_channels=sound.codec_context.layout.nb_channels if sound is not None else 0,
            metadata=dict(container.metadata),
        )


def read_frames(
    path: str | os.PathLike[str], start: int = 0, stop: int | None = None, step: int = 1
) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames start, start + step, ... before `stop` as (H, W, 3) uint8 RGB, decoding from the beginning.

    Raises:
        VideoError: missing, not a video, or damaged.
    """
    import av

    with _open(path) as container:
        stream = _picture(container, path)
        stream.thread_type = "AUTO"
        try:
            for number, frame in enumerate(container.decode(stream)):
                if stop is not None and number >= stop:
                    return
                if number >= start and (number - start) % step == 0:
                    yield frame.to_ndarray(format="rgb24")
        except av.error.FFmpegError as error:
            raise VideoError(f"{path} is damaged ({error.strerror}); make it again") from error


def read_timed_frames(path: str | os.PathLike[str]) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Yield every frame as it is to be shown, and the second at which it is shown, 0 for the first one.

    Cameras write files whose frames come at no even rate, and upright pictures as lying ones with a note to turn them;
    the note is followed.

    Returns:
        Pairs of a time, which never falls, and (H, W, 3) uint8 RGB.

    Raises:
        VideoError: missing, not a video, or damaged.
    """
    import av

    with _open(path) as container:
        stream = _picture(container, path)
        stream.thread_type = "AUTO"
        step = 1.0 / float(stream.average_rate or 25)
        first: float | None = None
        time = -step
        try:
            for frame in container.decode(stream):
                if frame.time is None:  # streams without timestamps
                    time += step
                else:
                    first = frame.time if first is None else first
                    time = max(frame.time - first, time, 0.0)
                picture = frame.to_ndarray(format="rgb24")
                yield time, np.ascontiguousarray(np.rot90(picture, round(frame.rotation / 90)))
        except av.error.FFmpegError as error:
            raise VideoError(f"{path} is damaged ({error.strerror}); make it again") from error


def verify_video(path: Path, frames: int) -> None:
    """Check that an MP4 of ours holds `frames` frames and that no byte of it is missing.

    A full disk is not always told to the one who writes: this finds it before the file gets its name.

    Raises:
        VideoError: the file is not whole.
    """
    try:
        whole = _boxes_fill_file(path)
    except (OSError, struct.error) as error:
        raise VideoError(f"{path.parent}: the video could not be written ({error}); check the free space") from error
    found = probe_video(path).frames if whole else 0
    if not whole or found != frames:
        raise VideoError(
            f"{path.parent}: the video came out incomplete ({found} of {frames} frames); check the free space"
        )


def _boxes_fill_file(path: Path) -> bool:
    """Whether the MP4's top-level boxes (ISO/IEC 14496-12, 4.2) end exactly where the file ends, with an index."""
    size = path.stat().st_size
    position = 0
    kinds: set[bytes] = set()
    with open(path, "rb") as file:
        while position < size:
            file.seek(position)
            length, kind = struct.unpack(">I4s", file.read(8))
            if length == 1:  # a size of 64 bits follows
                (length,) = struct.unpack(">Q", file.read(8))
            if length < 8:
                return False
            kinds.add(kind)
            position += length
    return position == size and {b"moov", b"mdat"} <= kinds


def _open(path: str | os.PathLike[str]) -> Any:
    import av

    file = Path(path)
    if file.is_dir():
        raise VideoError(f"{file} is a folder; choose a video file")
    if not file.exists():
        raise VideoError(f"{file} does not exist; choose a video file")
    try:
        return av.open(f"file:{file.absolute()}", options={"protocol_whitelist": "file"}, metadata_errors="ignore")
    except (av.error.FFmpegError, ValueError) as error:
        raise VideoError(f"{file} is not a video that can be read; choose another one") from error


def _picture(container: Any, path: str | os.PathLike[str]) -> Any:
    stream = container.streams.best("video")
    if stream is None:
        raise VideoError(f"{path} has no picture; choose a video file")
    return stream
