"""A recording decoded once into a file of 16-bit samples, with its peaks: what is played, scrubbed and drawn.

Any place of a recording of any length is there at once, and memory does not grow with the length: both files are
mapped, not read. The models do not hear the proxy; they decode the original (`core.audio`), and so does the export.

Layout in the cache folder: sound/KEY.s16 (interleaved samples), sound/KEY.peaks (all levels of the pyramid, finest
first) and sound/KEY.json, which is written last. KEY is the recording's fingerprint: any project can use the proxy.
"""

import json
import mmap
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from core.atomic import atomic_path, write_text_atomic
from core.audio import CANCELLATION, AudioError, mono_blocks
from core.audio_decode import AudioSource, open_audio
from core.cache import fingerprint
from core.cancel import CancelToken, Progress, ProgressCallback, ignore_progress
from core.constants import MICROSECONDS
from core.peaks import BASE_BLOCK, STEP, PeaksPyramid
from core.read_ahead import ahead

STAGE: Final = "sound"
"""Folder of the proxies in the cache, and the stage told to `progress`."""

HIGHEST_RATE: Final = 48_000
"""Recordings of a higher rate are resampled: nobody hears the difference, and files and bandwidth halve."""

FULL_SCALE: Final = 32_768.0
"""One float unit in 16-bit steps; 16-bit recordings come through unchanged."""

_FORMAT: Final = 1
_CHUNK: Final = BASE_BLOCK * (1 << 14)


@dataclass(frozen=True)
class AudioProxy:
    """A decoded recording on disk.

    Attributes:
        path: the recording.
        rate: samples per second of the proxy, the recording's own up to 48 kHz.
        channels: 1 or 2; recordings with more channels are mixed to one.
        frames: samples per channel.
        duration_us: exact length of the recording in microseconds, as `core.audio.AudioTrack` counts it.
        samples: (frames, channels) int16, mapped from the file.
        peaks: pyramid of the mono signal at `rate`, mapped from the file.
        mono_channel: the channel that stands for both where they erase each other, or None for their mean.
    """

    path: Path
    rate: int
    channels: int
    frames: int
    duration_us: int
    samples: NDArray[np.int16]
    peaks: PeaksPyramid
    mono_channel: int | None = None

    @staticmethod
    def open_or_make(
        cache_folder: str | os.PathLike[str],
        audio_path: str | os.PathLike[str],
        progress: ProgressCallback = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> "AudioProxy":
        """Map the proxy of a recording, decoding the recording first if there is none.

        Args:
            cache_folder: the project's cache; made if it does not exist.
            audio_path: the recording.
            progress: told the stage "sound" in seconds of the recording, with the measured time left.
            cancel: looked at between blocks; a cancelled or killed decode leaves no half proxy.

        Raises:
            core.audio.AudioError: the recording cannot be used.
            core.cancel.Cancelled: the token was set.
            OSError: the cache cannot be written (no space, no permission).
        """
        source = Path(os.path.abspath(audio_path))
        if not source.is_file():
            open_audio(source)  # says in the usual words what is wrong
        folder = Path(cache_folder) / STAGE
        stamp = _stamp(source)
        known = _seen_before(folder, source, stamp)
        if known is not None and (found := _open(known, source)) is not None:
            return found
        base = folder / fingerprint(source)
        found = _open(base, source)
        if found is None:
            base.parent.mkdir(parents=True, exist_ok=True)
            _make(base, source, progress, cancel)
            found = _open(base, source)
        _remember(base, source, stamp)
        if found is None:
            raise OSError(f"the decoded sound in {base.parent} was removed or damaged while it was written; try again")
        return found

    def mono(self, first: int, last: int) -> NDArray[np.float32]:
        """Return mono samples [first, last) as (n,) float32; what lies beside the recording is left out."""
        part = self.samples[max(0, first) : max(0, last)]
        return _mono(part, self.mono_channel)

    def prefetch(self, first: int, last: int) -> None:
        """Ask the system to read frames [first, last) soon; returns at once and does nothing where it cannot."""
        mapped = getattr(self.samples, "_mmap", None)
        if mapped is None or not hasattr(mmap, "MADV_WILLNEED"):
            return
        width = 2 * self.channels
        start = max(0, first) * width // mmap.PAGESIZE * mmap.PAGESIZE
        end = min(last, self.frames) * width
        if end > start:
            with suppress(OSError, ValueError):
                mapped.madvise(mmap.MADV_WILLNEED, start, end - start)


def _mono(part: NDArray[np.int16], channel: int | None) -> NDArray[np.float32]:
    """Mix (n, channels) int16 to (n,) float32, full scale 1.0."""
    if part.shape[1] == 1 or channel is not None:
        return part[:, channel or 0].astype(np.float32) / np.float32(FULL_SCALE)
    return (part[:, 0].astype(np.float32) + part[:, 1]) / np.float32(2 * FULL_SCALE)


def _files(base: Path) -> tuple[Path, Path, Path]:
    """Samples, peaks and record."""
    return base.with_name(base.name + ".s16"), base.with_name(base.name + ".peaks"), base.with_name(base.name + ".json")


def _stamp(source: Path) -> list[int]:
    """What changes when a file does: size and times."""
    status = source.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def _seen_before(folder: Path, source: Path, stamp: list[int]) -> Path | None:
    """The proxy that was made of this very file, found without reading the file: hashing two hours takes a while."""
    for record in folder.glob("[!.]*.json"):  # not what a writer that was killed left behind
        with suppress(OSError, ValueError, KeyError, TypeError):
            if json.loads(record.read_text("utf-8"))["seen"][str(source)] == stamp:
                return record.with_suffix("")
    return None


def _remember(base: Path, source: Path, stamp: list[int]) -> None:
    """Note in the record which file it is of."""
    record = _files(base)[2]
    with suppress(OSError, ValueError, TypeError):  # only the next opening would be slower
        facts = json.loads(record.read_text("utf-8"))
        facts["seen"] = {**facts.get("seen", {}), str(source): stamp}
        write_text_atomic(record, json.dumps(facts))


def _open(base: Path, source: Path) -> AudioProxy | None:
    """Map a finished proxy; None if it is not there, not whole, or of another format."""
    samples_file, peaks_file, record = _files(base)
    try:
        facts = json.loads(record.read_text("utf-8"))
        rate, channels, frames = int(facts["rate"]), int(facts["channels"]), int(facts["frames"])
        lengths = _level_lengths(frames)
        whole = (
            facts["format"] == _FORMAT
            and rate > 0
            and frames > 0
            and channels in (1, 2)
            and samples_file.stat().st_size == 2 * frames * channels
            and peaks_file.stat().st_size == 8 * sum(lengths)
        )
        if not whole:
            return None
        samples = np.memmap(samples_file, np.int16, "r", shape=(frames, channels))
        table = np.asarray(np.memmap(peaks_file, np.float32, "r", shape=(sum(lengths), 2)))
        channel = facts["mono_channel"]
        duration_us = int(facts["duration_us"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    with suppress(OSError):  # the time of last use, by which the cache is cleaned; a read-only folder still serves
        os.utime(record)
    ends = np.cumsum(lengths)
    levels = tuple(table[end - length : end] for end, length in zip(ends, lengths, strict=True))
    peaks = PeaksPyramid(levels, frames, rate)
    return AudioProxy(source, rate, channels, frames, duration_us, samples, peaks, channel)


def _level_lengths(frames: int) -> list[int]:
    """Entries of each level of the pyramid, finest first."""
    lengths = [-(-frames // BASE_BLOCK)]
    while lengths[-1] > STEP:
        lengths.append(-(-lengths[-1] // STEP))
    return lengths


@dataclass
class _Facts:
    """What a decode found out."""

    frames: int = 0
    source_frames: int = 0
    mono_power: float = 0.0
    powers: tuple[float, float] = (0.0, 0.0)

    def mono_channel(self) -> int | None:
        """The louder channel if the two erase each other when they are added."""
        loudest = int(np.argmax(self.powers))
        return loudest if self.mono_power < CANCELLATION**2 * self.powers[loudest] else None


def _make(base: Path, path: Path, progress: ProgressCallback, cancel: CancelToken | None) -> None:
    """Decode into temporary files and put them in place, the record last."""
    source = open_audio(path)
    source = replace(source, blocks=ahead(source.blocks))
    rate = _target_rate(source.rate)
    channels = 2 if source.channels == 2 else 1
    samples_file, peaks_file, record = _files(base)
    facts = _Facts()
    with atomic_path(peaks_file) as peaks_part, atomic_path(samples_file) as samples_part:
        with open(samples_part, "wb") as samples, open(peaks_part, "wb") as peaks:
            base_level = _BaseLevel(peaks)
            for block in _reported(_quantised(source, rate, facts), source, facts, progress, cancel):
                samples.write(block.data)
                base_level.add(_measured(block, facts))
            base_level.finish()
        if facts.frames == 0:
            raise AudioError(f"{path} holds 0 samples; choose another recording or export it again")
        if source.notes.not_finite >= facts.source_frames * source.channels:
            raise AudioError(f"{path} holds no finite sample (all are NaN or infinite); export it again")
        channel = facts.mono_channel() if channels == 2 else None
        if channel is not None:
            _peaks_again(samples_part, peaks_part, facts.frames, channel)
        _write_coarser(peaks_part, facts.frames)
    duration_us = (2 * facts.source_frames * MICROSECONDS + source.rate) // (2 * source.rate)
    known: dict[str, Any] = {
        "format": _FORMAT,
        "rate": rate,
        "channels": channels,
        "frames": facts.frames,
        "duration_us": duration_us,
        "mono_channel": channel,
    }
    write_text_atomic(record, json.dumps(known))
    seconds = max(1, round(duration_us / MICROSECONDS))
    progress(Progress(STAGE, seconds, seconds, 0.0))


def _target_rate(rate: int) -> int:
    """The highest of 48 and 44.1 kHz that divides a rate above them, else the rate itself or 48 kHz."""
    if rate <= HIGHEST_RATE:
        return rate
    return 44_100 if rate % 44_100 == 0 else HIGHEST_RATE


def _reported(
    blocks: Iterator[NDArray[np.int16]],
    source: AudioSource,
    facts: _Facts,
    progress: ProgressCallback,
    cancel: CancelToken | None,
) -> Iterator[NDArray[np.int16]]:
    """Pass blocks on; look for a cancel at each, report about ten times a second."""
    expected = (source.notes.expected or 0) / source.rate
    began = last = time.monotonic()
    for block in blocks:
        if cancel is not None:
            cancel.check()
        yield block
        now = time.monotonic()
        if now - last >= 0.1:
            last = now
            done = facts.source_frames / source.rate
            total = max(1, round(max(expected, done)))
            left = (now - began) * (expected - done) / done if 0 < done < expected else None
            progress(Progress(STAGE, min(round(done), total), total, left))


def _quantised(source: AudioSource, rate: int, facts: _Facts) -> Iterator[NDArray[np.int16]]:
    """(n, channels) int16 blocks at the proxy's rate."""
    if source.channels > 2:
        # The original blocks go by inside `mono_blocks`; their count is that of the mixed ones.
        source = replace(source, blocks=(block[:, None] for block in mono_blocks(source)))
        channels = 1
    else:
        channels = source.channels
    if rate == source.rate:
        for block in source.blocks:
            facts.source_frames += len(block)
            yield _integers(block)
        return
    for block in _resampled(source, rate, channels, facts):
        yield _integers(block)


def _resampled(source: AudioSource, rate: int, channels: int, facts: _Facts) -> Iterator[NDArray[np.float32]]:
    """Lower the rate by FFmpeg's resampler: ten times as fast as `core.resample`, and good enough to listen to."""
    import av

    layout = "stereo" if channels == 2 else "mono"
    converter = av.AudioResampler(format="flt", layout=layout, rate=rate)

    def arrays(frame: av.AudioFrame | None) -> Iterator[NDArray[np.float32]]:
        for part in converter.resample(frame):
            if part.samples:
                yield part.to_ndarray().reshape(-1, channels).astype(np.float32, copy=False)

    for block in source.blocks:
        facts.source_frames += len(block)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block).reshape(1, -1), format="flt", layout=layout)
        frame.sample_rate = source.rate
        yield from arrays(frame)
    if facts.source_frames:
        yield from arrays(None)


def _integers(block: NDArray[np.float32]) -> NDArray[np.int16]:
    scaled = block * np.float32(FULL_SCALE)
    np.rint(scaled, out=scaled)
    np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1, out=scaled)
    return np.ascontiguousarray(scaled.astype(np.int16))


def _measured(block: NDArray[np.int16], facts: _Facts) -> NDArray[np.float32]:
    """Count a block and return its mono signal."""
    facts.frames += len(block)
    if block.shape[1] != 2:
        return _mono(block, None)
    left, right = block[:, 0].astype(np.float32), block[:, 1].astype(np.float32)
    facts.powers = facts.powers[0] + float(np.dot(left, left)), facts.powers[1] + float(np.dot(right, right))
    left += right
    facts.mono_power += float(np.dot(left, left)) / 4
    left /= np.float32(2 * FULL_SCALE)
    return left


class _BaseLevel:
    """Writes the finest level of the pyramid to a file while mono blocks come in."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._rest: NDArray[np.float32] = np.zeros(0, dtype=np.float32)

    def add(self, mono: NDArray[np.float32]) -> None:
        """Take (n,) float32 samples."""
        joined = np.concatenate([self._rest, mono]) if len(self._rest) else mono
        whole = len(joined) // BASE_BLOCK * BASE_BLOCK
        if whole:
            self._file.write(_extremes(joined[:whole].reshape(-1, BASE_BLOCK)).data)
        self._rest = joined[whole:]

    def finish(self) -> None:
        """Write the last entry, which may cover fewer samples."""
        if len(self._rest):
            self._file.write(_extremes(self._rest[None, :]).data)


def _extremes(table: NDArray[np.float32]) -> NDArray[np.float32]:
    """Smallest and largest of each row: (n, 2)."""
    return np.stack([table.min(axis=1), table.max(axis=1)], axis=1)


def _peaks_again(samples_file: Path, peaks_file: Path, frames: int, channel: int) -> None:
    """Write the finest level from one channel alone."""
    with open(samples_file, "rb") as samples, open(peaks_file, "wb") as peaks:
        base_level = _BaseLevel(peaks)
        for first in range(0, frames, _CHUNK):
            count = min(_CHUNK, frames - first)
            block = np.frombuffer(samples.read(4 * count), dtype=np.int16).reshape(-1, 2)
            base_level.add(_mono(block, channel))
        base_level.finish()


def _write_coarser(peaks_file: Path, frames: int) -> None:
    """Append the coarser levels, each made of the one before it, a few megabytes at a time."""
    start = 0
    with open(peaks_file, "rb+") as file:
        for length in _level_lengths(frames)[:-1]:
            for first in range(0, length, _CHUNK):
                file.seek(8 * (start + first))
                part = np.frombuffer(file.read(8 * min(_CHUNK, length - first)), dtype=np.float32).reshape(-1, 2)
                steps = np.arange(0, len(part), STEP)
                smallest = np.minimum.reduceat(part[:, 0], steps)
                coarser = np.stack([smallest, np.maximum.reduceat(part[:, 1], steps)], axis=1)
                file.seek(0, os.SEEK_END)
                file.write(coarser.data)
            start += length
