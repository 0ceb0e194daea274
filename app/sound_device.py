"""The sound card: a stream that pulls blocks from a feed and tells when each is heard.

Knows sounddevice (PortAudio) and no positions in a recording: those are the feed's and the player's. sounddevice is
imported with the first stream, because starting it takes a noticeable moment.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

LATENCY_SECONDS: Final = 0.08
"""Sound held ready: a window that paints keeps the interpreter busy for some milliseconds, and the sound must not
break. The picture does not lag by it, because the clock counts what is heard."""

SILENT_NAME: Final = "no sound card: silent clock"

STALLED_SECONDS: Final = 1.0
"""A device that has not asked for samples for this long is gone."""

_RACING_SECONDS: Final = 1.0
"""A device may be this far ahead of twice the real time; one beyond it swallows sound without playing it."""

_JITTER_SECONDS: Final = 0.02
_SMOOTHING: Final = 0.05
_BELIEVABLE_SECONDS: Final = 5.0

Fill = Callable[[NDArray[np.float32], float], None]
"""Writes a (n, 2) block that is heard from a time of the device's clock on."""


class DeviceError(RuntimeError):
    """There is no usable sound device; the message says why, for the log."""


def sounddevice_backend() -> Any:
    """Return the sounddevice module.

    Raises:
        DeviceError: PortAudio is not installed or does not start.
    """
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        raise DeviceError(f"PortAudio cannot be loaded: {error}") from error
    return sounddevice


def warm_up() -> None:
    """Load PortAudio in the background, so that the first playback starts at once."""

    def load() -> None:
        with suppress(DeviceError):  # told when something is to be played
            sounddevice_backend()

    threading.Thread(target=load, name="sound card", daemon=True).start()


class SoundDevice:
    """The default output, opened for one feed.

    Attributes:
        rate: frames per second that the stream runs at.
        name: the device's name.
        running: whether the stream was started and not stopped by us.
        racing: whether it swallows sound faster than anybody could hear, as devices that stand for none do.
    """

    def __init__(self, rate: int, fill: Callable[[int], Fill], backend: Any = None) -> None:
        """Open the stream; it is started by `start`.

        Args:
            rate: wished rate; a device that refuses it is opened at its own.
            fill: called once with the rate that was taken, gives the function that fills blocks.
            backend: stands for the sounddevice module.

        Raises:
            DeviceError: no device, or it cannot be opened.
        """
        self._backend = backend if backend is not None else sounddevice_backend()
        try:
            device = self._backend.query_devices(kind="output")
            self.name = str(device["name"])
            channels = 2 if int(device["max_output_channels"]) >= 2 else 1
            self._stream: Any = None
            for candidate in dict.fromkeys((rate, int(device["default_samplerate"]))):
                self._stream = self._open(candidate, channels)
                if self._stream is not None:
                    break
            if self._stream is None:
                raise DeviceError(f"{self.name} takes neither {rate} Hz nor its own rate")
        except (self._backend.PortAudioError, ValueError, OSError) as error:
            raise DeviceError(f"no sound device can be opened: {error}") from error
        self.rate = int(self._stream.samplerate)
        self.running = False
        self._fill = fill(self.rate)
        self._expected: float | None = None
        self._filled = 0
        self._now = self._started = 0.0
        self._last_call = time.monotonic()

    def _open(self, rate: int, channels: int) -> Any:
        try:
            return self._backend.OutputStream(
                samplerate=rate,
                channels=channels,
                dtype="float32",
                latency=LATENCY_SECONDS,
                callback=self._callback,
            )
        except self._backend.PortAudioError:
            return None

    def start(self) -> None:
        """Start asking the feed for blocks; raises `DeviceError` if the device is gone."""
        if self.running:
            return
        self._expected = None
        self._filled = 0
        self._last_call = time.monotonic()
        try:
            self._stream.start()
        except self._backend.PortAudioError as error:
            raise DeviceError(f"{self.name} cannot be started: {error}") from error
        self._started = self.now()
        self.running = True

    def stop(self) -> None:
        """Stop at once; what is still held ready is not played."""
        if self.running:
            self.running = False
            with suppress(self._backend.PortAudioError):  # a device that is gone cannot be stopped, and need not be
                self._stream.abort()

    def close(self) -> None:
        """Give the device back."""
        self.stop()
        with suppress(self._backend.PortAudioError):
            self._stream.close()

    def now(self) -> float:
        """Return the device's clock in seconds, by which `Fill` is told times; it stands when the device is gone."""
        with suppress(self._backend.PortAudioError):
            self._now = float(self._stream.time)
        return self._now

    @property
    def racing(self) -> bool:
        """See the class."""
        return self._filled / self.rate > 2 * (self.now() - self._started) + _RACING_SECONDS

    def lost(self) -> bool:
        """Whether a running stream has stopped by itself, no longer asks for samples, or swallows them."""
        if not self.running:
            return False
        if self.racing:
            return True
        return not self._stream.active or time.monotonic() - self._last_call > STALLED_SECONDS

    def _callback(self, out: NDArray[np.float32], frames: int, times: Any, status: Any) -> None:
        """PortAudio asks for a block. Runs in its thread; nothing here may wait."""
        self._last_call = time.monotonic()
        self._filled += frames
        self._fill(out, self._heard_at(frames, times))

    def _heard_at(self, frames: int, times: Any) -> float:
        """When a block's first frame reaches the ear: PortAudio's word, with its jitter smoothed away.

        Some drivers report no such time or nonsense; then it is the stream's latency from now.
        """
        told = float(times.outputBufferDacTime)
        now = float(times.currentTime) or self.now()
        if not -_JITTER_SECONDS < told - now < _BELIEVABLE_SECONDS:
            told = self.now() + float(self._stream.latency)
        if self._expected is not None and abs(told - self._expected) < _JITTER_SECONDS:
            told = self._expected + _SMOOTHING * (told - self._expected)
        self._expected = told + frames / self.rate
        return told


def restart_backend(backend: Any = None) -> None:
    """Let PortAudio look for devices again: it knows only those that were there when it started."""
    module = backend if backend is not None else sounddevice_backend()
    with suppress(module.PortAudioError, AttributeError):
        module._terminate()
        module._initialize()
