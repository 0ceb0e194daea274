"""Decoding any audio file, or the sound of a video file, block by block at its own rate and channel count.

soundfile reads what it can, PyAV (FFmpeg's libraries) reads the rest. Everything that hears the recording (features,
peaks, the exported video's sound) decodes here, so they agree on what sample 0 is. Nothing is resampled or mixed here.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BLOCK_FRAMES: Final = 1 << 16
"""Samples per channel in one block."""

LARGEST_SAMPLE: Final = 1e6
"""A float sample beyond this (120 dB over full scale) is damage, not sound."""


LONGEST_PADDING: Final = 4096
"""Samples that a codec may add at the end to fill its last packet (two packets of HE-AAC)."""


_BITE: Final = 1024
_UNKNOWN_LENGTH: Final = 0x7FFFFF00
_CHOOSE: Final = "choose a recording such as WAV, FLAC, MP3, M4A, OGG or a video file with sound"
_NOT_RECORDINGS: Final = ("tty", "image2", "concat", "hls", "dash", "imf")
"""FFmpeg's names for text, pictures, and lists of other files."""


class AudioError(ValueError):
    """An audio file cannot be used; the message says which file, why, and what to do."""


@dataclass
class DecodeNotes:
    """What a decode met on its way; complete once the blocks are used up.

    Attributes:
        expected: samples per channel that the header promised, or None.
        not_finite: samples that were NaN, infinite or absurdly large; they were replaced by 0.
        damaged: the decoder's message about the place where it had to skip or stop, or "".
    """

    expected: int | None = None
    not_finite: int = 0
    damaged: str = ""


@dataclass(frozen=True)
class AudioSource:
    """An opened recording.

    Attributes:
        path: the file.
        rate: samples per second.
        channels: number of channels.
        notes: filled in while the blocks are read.
        blocks: (n, channels) float32 blocks in order, full scale 1.0; can be read once. Reading may raise `AudioError`.
    """

    path: Path
    rate: int
    channels: int
    blocks: Iterator[NDArray[np.float32]]
    notes: DecodeNotes = field(default_factory=DecodeNotes)


def open_audio(path: str | os.PathLike[str]) -> AudioSource:
    """Open `path` and read its header.

    Raises:
        AudioError: missing, a folder, unreadable, empty, not audio, or without any sound.
    """
    file = Path(path)
    if file.is_dir():
        raise AudioError(f"{file} is a folder; choose an audio file")
    if not file.exists():
        raise AudioError(f"{file} does not exist; choose an audio file")
    try:
        with open(file, "rb") as handle:
            first = handle.read(4)
    except OSError as error:
        raise AudioError(f"{file} cannot be read ({error.strerror}); check its permissions") from error
    if not first:
        raise AudioError(f"{file} is empty (0 bytes); choose another recording or export it again")
    source = None if _is_mpeg(first) else _open_soundfile(file)
    return source or _open_av(file)


def _is_mpeg(first: bytes) -> bool:
    """MP3 and raw AAC, by their first bytes: FFmpeg's libraries know the delay that encoders put in front."""
    return first.startswith(b"ID3") or (first[0] == 0xFF and len(first) > 1 and first[1] & 0xE0 == 0xE0)


def _clean(block: NDArray[np.float32], notes: DecodeNotes) -> NDArray[np.float32]:
    """Replace what is no sound (NaN, infinite, absurd) by silence and count it."""
    if not block.size or (block.max() < LARGEST_SAMPLE and block.min() > -LARGEST_SAMPLE):
        return block  # NaN compares false
    bad = ~(np.abs(block) < LARGEST_SAMPLE)  # NaN compares false
    count = int(np.count_nonzero(bad))
    if count:
        notes.not_finite += count
        block = np.where(bad, np.float32(0), block)
    return block


def _open_soundfile(path: Path) -> AudioSource | None:
    """Open with libsndfile, or return None where FFmpeg's libraries have to do it."""
    import soundfile

    try:
        file = soundfile.SoundFile(path)
    except soundfile.LibsndfileError:
        return None
    if file.frames <= 0 or file.format in ("MPEG", "MP3"):
        file.close()
        return None
    notes = DecodeNotes(expected=_promised(file.extra_info, file.frames))

    def blocks() -> Iterator[NDArray[np.float32]]:
        with file:
            while True:
                position = file.tell()
                try:
                    block = file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)
                except soundfile.LibsndfileError as error:
                    notes.damaged = str(error)
                    break
                if not len(block):
                    return
                yield _clean(block, notes)
        # The failed read has thrown away what came before the damage: fetch it in small bites.
        with suppress(soundfile.LibsndfileError), soundfile.SoundFile(path) as again:
            again.seek(position)
            while len(block := again.read(_BITE, dtype="float32", always_2d=True)):
                yield _clean(block, notes)

    return AudioSource(path, int(file.samplerate), int(file.channels), blocks(), notes)


def _promised(log: str, frames: int) -> int:
    """Samples that the header of a WAV or AIFF promises; libsndfile only counts those that are there."""
    found = re.search(r"^ *(?:data|SSND) : (\d+) \(should be (\d+)\)", log, re.MULTILINE)
    if found is None:
        return frames
    claimed, present = int(found[1]), int(found[2])
    if claimed >= _UNKNOWN_LENGTH or present == 0:  # a stream whose writer did not know its length
        return frames
    return round(frames * claimed / present)


def _open_av(path: Path) -> AudioSource:
    """Open with PyAV; raises `AudioError` where it finds no sound."""
    import av

    try:
        # "file:" and the white list: a name such as "concat:x" or a play list must not reach the network.
        container: Any = av.open(
            f"file:{path.absolute()}", options={"protocol_whitelist": "file"}, metadata_errors="ignore"
        )
    except (av.error.FFmpegError, ValueError) as error:
        raise AudioError(f"{path} is not audio that can be read, or its start is damaged; {_CHOOSE}") from error
    try:
        stream = container.streams.best("audio")
        kind = container.format.name
        if kind in _NOT_RECORDINGS or kind.endswith("_pipe"):
            raise AudioError(f"{path} is not audio (it looks like {kind}); {_CHOOSE}")
        if stream is None:
            raise AudioError(f"{path} has no sound; choose a recording, or a video file with an audio track")
        notes = DecodeNotes()
        frames = _av_frames(container, stream, notes)
        first = next(frames, None)
    except BaseException:
        container.close()
        raise
    if first is None:
        container.close()
        because = f" ({notes.damaged})" if notes.damaged else ""
        raise AudioError(f"{path} holds no sound that can be decoded{because}; choose another recording")
    rate, channels = int(first.sample_rate), int(first.layout.nb_channels)
    if stream.duration and stream.time_base:
        notes.expected = round(float(stream.duration * stream.time_base) * rate)
    blocks = _av_blocks(container, first, frames, notes)
    if notes.expected and "mp4" in container.format.name:
        blocks = _without_padding(blocks, notes.expected)
    return AudioSource(path, rate, channels, blocks, notes)


def _without_padding(blocks: Iterator[NDArray[np.float32]], length: int) -> Iterator[NDArray[np.float32]]:
    """Drop what the encoder added to fill its last packet: MP4 and MOV headers tell the true length, players obey it.

    A larger excess is no padding but a wrong header, and stays.
    """
    count = 0
    excess: list[NDArray[np.float32]] = []
    for block in blocks:
        inside = min(len(block), max(0, length - count))
        count += len(block)
        if count - length > LONGEST_PADDING:
            yield from excess
            excess.clear()
            inside = len(block)
        if inside:
            yield block[:inside]
        if inside < len(block):
            excess.append(block[inside:])


def _av_frames(container: Any, stream: Any, notes: DecodeNotes) -> Iterator[Any]:
    """Decoded frames of one stream; damaged packets are skipped and noted."""
    import av

    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.error.FFmpegError as error:
            notes.damaged = error.strerror or str(error)
            return
        try:
            yield from packet.decode()
        except av.error.FFmpegError as error:
            notes.damaged = error.strerror or str(error)


def _av_blocks(container: Any, first: Any, frames: Iterator[Any], notes: DecodeNotes) -> Iterator[NDArray[np.float32]]:
    """Gather frames into (n, channels) float32 blocks; a change of format in mid-file is converted to the first one."""
    import av

    rate, layout, channels = first.sample_rate, first.layout.name, first.layout.nb_channels
    shape: tuple[Any, ...] = ()
    converter: Any = None
    pending = _Gathered(channels)

    try:
        frame = first
        while frame is not None:
            if (frame.sample_rate, frame.layout.name, frame.format.name) != shape:
                if converter is not None:
                    pending.take(converter.resample(None))
                shape = (frame.sample_rate, frame.layout.name, frame.format.name)
                # What MP3, AAC, Vorbis and Opus decode to needs no conversion, which would take as long as decoding.
                plain = shape in ((rate, layout, "fltp"), (rate, layout, "flt"))
                converter = None if plain else av.AudioResampler(format="flt", layout=layout, rate=rate)
            if converter is None:
                pending.take([frame])
            else:
                frame.pts = None  # gaps and jumps in time stamps do not count: the samples do
                pending.take(converter.resample(frame))
            if pending.held >= BLOCK_FRAMES:
                yield _clean(pending.block(), notes)
            frame = next(frames, None)
        if converter is not None:
            pending.take(converter.resample(None))
        if pending.held:
            yield _clean(pending.block(), notes)
    finally:
        container.close()


class _Gathered:
    """Decoded float frames that wait to become one block.

    Attributes:
        held: samples per channel.
    """

    def __init__(self, channels: int) -> None:
        self.held = 0
        self._channels = channels
        self._parts: list[list[NDArray[np.float32]]] = []

    def take(self, frames: list[Any]) -> None:
        """Add frames of interleaved or planar floats; nothing is copied yet."""
        for frame in frames:
            count = frame.samples
            if count and frame.format.is_planar:
                self._parts.append([np.frombuffer(plane, np.float32, count) for plane in frame.planes])
            elif count:
                table = np.frombuffer(frame.planes[0], np.float32, count * self._channels).reshape(count, -1)
                self._parts.append([table[:, channel] for channel in range(self._channels)])
            self.held += count

    def block(self) -> NDArray[np.float32]:
        """Return all as (n, channels) and forget them."""
        whole = np.empty((self.held, self._channels), np.float32)
        for channel in range(self._channels):
            np.concatenate([part[channel] for part in self._parts], out=whole[:, channel])
        self._parts.clear()
        self.held = 0
        return whole
