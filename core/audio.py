"""The recording as the models hear it: 16 kHz mono float32, and its exact length.

Decoding is in `core.audio_decode`, features in `core.speech`, peaks for drawing in `core.peaks`. The original file is
what is played and exported.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.audio_decode import AudioError, AudioSource, open_audio
from core.cancel import CancelToken, Progress, ProgressCallback, ignore_progress
from core.constants import MICROSECONDS, SPEECH_RATE
from core.resample import Resampler

__all__ = ["AudioError", "AudioTrack", "load_audio", "mono_blocks"]

SILENCE_LEVEL: Final = 1e-4
"""A recording whose loudest sample stays below this (-80 dB) counts as silent."""

CLIPPED_LEVEL: Final = 0.999
CLIPPED_SHARE: Final = 1e-3
"""More than this share of samples at full scale is reported as clipping."""

CANCELLATION: Final = 0.05
"""Mono below this share of the channels' own level: the channels are out of phase and erase each other."""

_LOW_FREQUENCY_CHANNEL: Final = {6: 3, 8: 3}
"""Index of the effects channel in 5.1 and 7.1 (the WAV and FFmpeg order): it holds no speech."""


@dataclass(frozen=True)
class AudioTrack:
    """A decoded recording.

    Attributes:
        path: the original file.
        samples: (n,) float32 mono at 16 kHz, full scale 1.0 (louder peaks of float files are kept); sample k is at
            k / 16000 seconds.
        source_rate: sample rate of the file in Hz.
        source_channels: channel count of the file.
        source_samples: decoded samples per channel; the exact length.
        warnings: sentences for the user about what was repaired or looks wrong.
    """

    path: Path
    samples: NDArray[np.float32]
    source_rate: int
    source_channels: int
    source_samples: int
    warnings: tuple[str, ...] = field(default=())

    @property
    def duration(self) -> float:
        """Exact length in seconds, from decoded samples."""
        return self.source_samples / self.source_rate

    @property
    def duration_us(self) -> int:
        """Exact length in microseconds, rounded to the nearest."""
        return (2 * self.source_samples * MICROSECONDS + self.source_rate) // (2 * self.source_rate)


@dataclass
class _Levels:
    """Running measurements over the original samples."""

    samples: int = 0
    peak: float = 0.0
    clipped: int = 0
    mono_power: float = 0.0
    channel_power: NDArray[np.float64] | None = None


def load_audio(
    path: str | os.PathLike[str],
    progress: ProgressCallback = ignore_progress,
    cancel: CancelToken | None = None,
) -> AudioTrack:
    """Decode a recording of any common format, rate and channel count.

    Channels are averaged (the effects channel of 5.1 and 7.1 left out); where they erase each other, the loudest
    one is taken instead. Samples that are NaN, infinite or absurd become silence. Each such repair is told in
    `AudioTrack.warnings`, and so are clipping, silence and a file that ends before its header says.

    Args:
        path: audio file, or video file with sound.
        progress: told the stage "audio" in seconds of the recording.
        cancel: looked at between blocks.

    Raises:
        AudioError: missing, a folder, unreadable, empty, not audio, no sound, 0 samples, or nothing but NaN.
        core.cancel.Cancelled: `cancel` was set.
    """
    source = open_audio(path)
    samples, levels = _read(source, None, progress, cancel)
    if levels.samples == 0:
        raise AudioError(f"{source.path} holds 0 samples; choose another recording or export it again")
    if source.notes.not_finite >= levels.samples * source.channels:
        raise AudioError(f"{source.path} holds no finite sample (all are NaN or infinite); export it again")
    warnings = _warnings(source, levels)
    assert levels.channel_power is not None
    loudest = int(np.argmax(levels.channel_power))
    if source.channels > 1 and levels.mono_power < CANCELLATION**2 * levels.channel_power[loudest]:
        warnings.append(f"the channels are out of phase and erase each other: channel {loudest + 1} is used alone")
        samples, _ = _read(open_audio(path), loudest, progress, cancel)
    return AudioTrack(source.path, samples, source.rate, source.channels, levels.samples, tuple(warnings))


def mono_blocks(source: AudioSource, channel: int | None = None) -> Iterator[NDArray[np.float32]]:
    """Yield the source's blocks mixed to (n,) float32: the mean without the effects channel, or one channel alone."""
    for block in source.blocks:
        yield _mix(block, channel)


def _mix(block: NDArray[np.float32], channel: int | None) -> NDArray[np.float32]:
    channels = block.shape[1]
    if channel is not None:
        return np.ascontiguousarray(block[:, channel])
    if channels == 1:
        return np.ascontiguousarray(block[:, 0])
    weights = np.ones(channels, dtype=np.float32)
    if channels in _LOW_FREQUENCY_CHANNEL:
        weights[_LOW_FREQUENCY_CHANNEL[channels]] = 0
    return np.asarray(block @ (weights / weights.sum()), dtype=np.float32)


def _read(
    source: AudioSource, channel: int | None, progress: ProgressCallback, cancel: CancelToken | None
) -> tuple[NDArray[np.float32], _Levels]:
    """Decode, mix and resample everything; extra memory stays at a few blocks and the growth of one array."""
    resampler = Resampler(source.rate, SPEECH_RATE)
    expected = source.notes.expected or 0
    gathered = _Growing(-(-expected * SPEECH_RATE // source.rate))
    levels = _Levels(channel_power=np.zeros(source.channels))
    total = max(1, round(expected / source.rate))
    for block in source.blocks:
        if cancel is not None:
            cancel.check()
        mono = _mix(block, channel)
        _measure(block, mono, levels)
        gathered.append(resampler.push(mono))
        done = round(levels.samples / source.rate)
        progress(Progress("audio", min(done, max(total, done)), max(total, done)))
    gathered.append(resampler.finish())
    return gathered.finish(), levels


def _measure(block: NDArray[np.float32], mono: NDArray[np.float32], levels: _Levels) -> None:
    magnitude = np.abs(block)
    levels.samples += len(block)
    levels.peak = max(levels.peak, float(magnitude.max(initial=0.0)))
    levels.clipped += int(np.count_nonzero(magnitude.max(axis=1, initial=0.0) >= CLIPPED_LEVEL))
    levels.mono_power += float(np.dot(mono, mono))
    assert levels.channel_power is not None
    levels.channel_power += np.einsum("nc,nc->c", block, block)


def _warnings(source: AudioSource, levels: _Levels) -> list[str]:
    notes = source.notes
    found: list[str] = []
    if notes.not_finite:
        found.append(f"{notes.not_finite} samples were NaN, infinite or absurdly large and are played as silence")
    if notes.damaged:
        found.append(
            f"the file is damaged or cut short ({notes.damaged}); {levels.samples / source.rate:.2f} s could be decoded"
        )
    elif notes.expected and levels.samples < notes.expected - source.rate // 10:
        found.append(
            f"the file ends after {levels.samples / source.rate:.2f} s, "
            f"its header promises {notes.expected / source.rate:.2f} s"
        )
    if levels.peak < SILENCE_LEVEL:
        found.append("the recording is silent")
    if levels.clipped > CLIPPED_SHARE * levels.samples:
        found.append(
            f"{100 * levels.clipped / levels.samples:.1f} % of the samples are clipped; record at a lower level"
        )
    return found


class _Growing:
    """A float32 array that grows in place, so that its contents are not held twice."""

    def __init__(self, expected: int) -> None:
        self._array: NDArray[np.float32] = np.empty(expected + 1024, dtype=np.float32)
        self._length = 0

    def append(self, block: NDArray[np.float32]) -> None:
        """Add (n,) samples."""
        end = self._length + len(block)
        if end > len(self._array):
            self._array.resize(end + end // 4, refcheck=False)
        self._array[self._length : end] = block
        self._length = end

    def finish(self) -> NDArray[np.float32]:
        """Return the (n,) samples; nothing may be added afterwards."""
        self._array.resize(self._length, refcheck=False)
        return self._array
