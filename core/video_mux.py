"""Joining encoded pieces without encoding them again, and adding the recording's sound once.

The sound comes from the original file at its own rate and channels, decoded as `core.audio` hears it: sample 0 of the
models is sample 0 of the video. Frames are placed by their absolute number.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.atomic import atomic_path
from core.audio_decode import AudioError, open_audio
from core.cancel import CancelToken, Progress, ProgressCallback, ignore_progress
from core.resample import Resampler
from core.video_format import VideoError, checked_metadata, parse_fps
from core.video_read import probe_video, verify_video

AUDIO_RATES: Final = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
"""Sample rates that every AAC player takes; others are brought to one of them."""

BITS_PER_CHANNEL: Final = 96_000
"""AAC bits per second and channel: not to be told from the original for speech."""

_LAYOUTS: Final = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 8: "7.1"}
"""FFmpeg's names of the channel layouts that AAC knows; other counts are mixed to mono."""

_MP4_OPTIONS: Final = {"movflags": "+faststart", "fflags": "+bitexact", "movie_timescale": "90000"}
"""The index in front; no version and no date in the file, so that the same input gives the same bytes; lengths exact to
11 microseconds instead of a millisecond."""

_AUDIO_CHUNK: Final = 8192


def mux(
    target: str | os.PathLike[str],
    segments: Sequence[str | os.PathLike[str]],
    audio_path: str | os.PathLike[str] | None = None,
    *,
    fps: float | Fraction | str,
    start: float = 0.0,
    duration: float | None = None,
    metadata: Mapping[str, str] | None = None,
    progress: ProgressCallback = ignore_progress,
    cancel: CancelToken | None = None,
) -> None:
    """Join pieces made by `VideoWriter` to one MP4 and add the sound.

    Args:
        target: MP4 file to make; it appears when it is whole.
        segments: silent pieces in time order, of one size, rate and quality.
        audio_path: the recording, or None for a silent video.
        fps: frame rate of the pieces.
        start: second of the recording that belongs to the first frame.
        duration: seconds of sound; the recording is cut or filled with silence to it. None: the length of the picture.
            It may differ from the picture's by one frame at most.
        metadata: tags (`METADATA_KEYS`).
        progress: told the stage "video" in frames.
        cancel: looked at between frames.

    Raises:
        VideoError: pieces that do not fit together, wrong length, unwritable target, full disk.
        core.audio.AudioError: the recording cannot be decoded.
        core.cancel.Cancelled: the token was set.
    """
    rate = parse_fps(fps)
    tags = checked_metadata(metadata)
    pieces = _checked_segments(segments, rate)
    frames = sum(piece.frames for piece in pieces)
    if duration is None:
        duration = float(frames / rate)
    elif abs(frames - duration * rate) > 1 + 1e-6:
        raise VideoError(
            f"the picture lasts {float(frames / rate):.3f} s ({frames} frames) and the sound {duration:.3f} s; "
            "they must not differ by more than one frame"
        )
    sound = None if audio_path is None else _Sound(audio_path, start, duration)
    try:
        with atomic_path(target) as temporary:
            _write(temporary, pieces, sound, rate, tags, progress, cancel)
            verify_video(temporary, frames)
    except _MuxError as error:
        raise VideoError(f"{target} could not be written: {error}; check the free space") from error
    except OSError as error:
        raise VideoError(f"{target} cannot be written: {error}; check the folder and the free space") from error


class _MuxError(Exception):
    """The writing library gave up; the message is its own."""


@dataclass(frozen=True)
class _Piece:
    path: Path
    frames: int


def _checked_segments(segments: Sequence[str | os.PathLike[str]], fps: Fraction) -> list[_Piece]:
    """Read the pieces' headers and refuse what would not play as one."""
    if not segments:
        raise VideoError("there is no piece of video to join")
    first = probe_video(segments[0])
    pieces: list[_Piece] = []
    for segment in segments:
        info = probe_video(segment)
        if (info.width, info.height) != (first.width, first.height):
            raise VideoError(
                f"{segment} is {info.width} x {info.height} pixels, the piece before {first.width} x {first.height}"
            )
        if abs(info.fps - fps) > fps / 10_000 and info.frames > 1:
            raise VideoError(f"{segment} has {float(info.fps):.3f} frames a second instead of {float(fps):.3f}")
        pieces.append(_Piece(Path(segment), info.frames))
    return pieces


class _Sound:
    """A stretch of a recording, ready for AAC.

    Attributes:
        rate: samples per second of the blocks.
        channels: number of channels of the blocks.
        blocks: (n, channels) float32 within -1..1, exactly duration * rate samples in all.
    """

    def __init__(self, path: str | os.PathLike[str], start: float, duration: float) -> None:
        source = open_audio(path)
        self.channels = source.channels if source.channels in _LAYOUTS else 1
        self.rate = source.rate if source.rate in AUDIO_RATES else _nearest_rate(source.rate)
        stretch = _stretch(source.blocks, round(start * source.rate), round(duration * source.rate), source.channels)
        if self.channels != source.channels:
            stretch = (block.mean(axis=1, keepdims=True) for block in stretch)
        if self.rate != source.rate:
            stretch = _resampled(stretch, source.rate, self.rate, self.channels)
        self.blocks: Iterator[NDArray[np.float32]] = (np.clip(block, -1.0, 1.0) for block in stretch)


def _nearest_rate(rate: int) -> int:
    """44.1 kHz for its relatives (11.025, 22.05, 88.2), 48 kHz for all others."""
    return 44_100 if rate % 11_025 == 0 else 48_000


def _stretch(
    blocks: Iterator[NDArray[np.float32]], first: int, count: int, channels: int
) -> Iterator[NDArray[np.float32]]:
    """Samples first..first + count of the recording, silence where it is over, in small blocks."""
    position = 0
    given = 0
    for block in blocks:
        low = min(max(first - position, 0), len(block))
        position += len(block)
        wanted = block[low : low + count - given]
        for begin in range(0, len(wanted), _AUDIO_CHUNK):
            yield wanted[begin : begin + _AUDIO_CHUNK]
        given += len(wanted)
        if given >= count:
            return
    while given < count:
        length = min(_AUDIO_CHUNK, count - given)
        yield np.zeros((length, channels), dtype=np.float32)
        given += length


def _resampled(
    blocks: Iterator[NDArray[np.float32]], source_rate: int, target_rate: int, channels: int
) -> Iterator[NDArray[np.float32]]:
    resamplers = [Resampler(source_rate, target_rate) for _ in range(channels)]
    for block in blocks:
        out = [one.push(np.ascontiguousarray(block[:, index])) for index, one in enumerate(resamplers)]
        if len(out[0]):
            yield np.stack(out, axis=1)
    rest = [one.finish() for one in resamplers]
    if len(rest[0]):
        yield np.stack(rest, axis=1)


def _write(
    target: Path,
    pieces: Sequence[_Piece],
    sound: _Sound | None,
    fps: Fraction,
    tags: Mapping[str, str],
    progress: ProgressCallback,
    cancel: CancelToken | None,
) -> None:
    """Write picture and sound side by side, so that neither waits in memory for the other."""
    import av

    total = sum(piece.frames for piece in pieces)
    try:
        with (
            _open_piece(pieces[0].path) as first,
            av.open(f"file:{target}", "w", format="mp4", options=_MP4_OPTIONS) as out,
        ):
            out.metadata.update(tags)
            header = first.streams.video[0]
            picture: Any = out.add_stream_from_template(header)
            picture.time_base = 1 / fps
            encoder = None if sound is None else _AudioTrackWriter(out, sound)
            packets = _packets(pieces, bytes(header.codec_context.extradata or b""))
            step = 1 / fps
            seconds = float(step)
            for number, packet in enumerate(packets):
                if cancel is not None:
                    cancel.check()
                packet.stream = picture
                packet.time_base = step
                packet.pts = packet.dts = number
                packet.duration = 1
                out.mux(packet)
                if encoder is not None:
                    encoder.advance((number + 1) * seconds)
                if (number + 1) % 100 == 0 or number + 1 == total:
                    progress(Progress("video", number + 1, total))
            if encoder is not None:
                encoder.finish()
    except av.error.FFmpegError as error:
        raise _MuxError(error.strerror or str(error)) from error


class _AudioTrackWriter:
    """Feeds the sound to the AAC encoder in step with the picture."""

    def __init__(self, container: Any, sound: _Sound) -> None:
        self._container = container
        self._sound = sound
        self._layout = _LAYOUTS[sound.channels]
        self._stream = container.add_stream("aac", rate=sound.rate, layout=self._layout)
        self._stream.bit_rate = BITS_PER_CHANNEL * sound.channels
        self._stream.codec_context.flags |= 1 << 23  # AV_CODEC_FLAG_BITEXACT: no version in the stream
        self._position = 0

    def advance(self, seconds: float) -> None:
        """Encode what is heard before `seconds`."""
        while self._position < seconds * self._sound.rate:
            block = next(self._sound.blocks, None)
            if block is None:
                return
            self._encode(block)

    def finish(self) -> None:
        """Encode the rest and what the encoder holds back."""
        for block in self._sound.blocks:
            self._encode(block)
        self._container.mux(self._stream.encode(None))

    def _encode(self, block: NDArray[np.float32]) -> None:
        import av

        packed: Any = np.ascontiguousarray(block.reshape(1, -1))
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=self._layout)
        frame.sample_rate = self._sound.rate
        frame.time_base = Fraction(1, self._sound.rate)
        frame.pts = self._position
        self._position += len(block)
        self._container.mux(self._stream.encode(frame))


def _packets(pieces: Sequence[_Piece], header: bytes) -> Iterator[Any]:
    """Encoded frames of all pieces in order."""
    for piece in pieces:
        count = 0
        with _open_piece(piece.path) as container:
            stream = container.streams.video[0]
            if bytes(stream.codec_context.extradata or b"") != header:
                raise VideoError(
                    f"{piece.path} was encoded with other settings than the pieces before; render it again"
                )
            for packet in container.demux(stream):
                if packet.size == 0:  # the end of the stream
                    continue
                if packet.pts != packet.dts:
                    raise VideoError(f"{piece.path} was not made by this program's encoder; render it again")
                count += 1
                yield packet
        if count != piece.frames:
            raise VideoError(f"{piece.path} is damaged ({count} of {piece.frames} frames); render it again")


def _open_piece(path: Path) -> Any:
    import av

    return av.open(f"file:{path.absolute()}", options={"protocol_whitelist": "file"})


__all__ = ["AudioError", "mux"]
