"""A sound card for tests: calls the callback as PortAudio does, on a clock that the test moves, and keeps all sound."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.audio_proxy import AudioProxy
from core.peaks import PeaksPyramid

RATE = 8000


def proxy_of(samples, rate=RATE) -> AudioProxy:
    """A proxy in memory from (n,) or (n, c) int16."""
    table = np.asarray(samples, dtype=np.int16).reshape(len(samples), -1)
    mono = table.mean(axis=1).astype(np.float32) / 32768
    duration = round(len(table) * 1_000_000 / rate)
    return AudioProxy(Path("x.wav"), rate, table.shape[1], len(table), duration, table, PeaksPyramid.build(mono, rate))


def ramp_proxy(seconds=3.75, rate=RATE) -> AudioProxy:
    """Sample k has the value k: what is heard tells its own place, also through a linear filter."""
    return proxy_of(np.arange(round(seconds * rate)), rate)


@dataclass
class Times:
    currentTime: float
    outputBufferDacTime: float


class FakeStream:
    def __init__(self, card, samplerate, channels, dtype, latency, callback):
        if samplerate in card.refused:
            raise card.PortAudioError(f"invalid sample rate {samplerate}")
        assert dtype == "float32"
        self.card, self.samplerate, self.channels, self.callback = card, float(samplerate), channels, callback
        self.latency = latency
        self.active = self.closed = False
        self.heard = np.zeros((0, channels), dtype=np.float32)
        self.first_heard_at = 0.0

    @property
    def time(self):
        return self.card.now

    def start(self):
        if self.card.gone:
            raise self.card.PortAudioError("device unavailable")
        self.active = True
        self.first_heard_at = self.card.now + self.latency

    def abort(self):
        self.active = False
        self.heard = self.heard[:0]

    def close(self):
        self.closed = True
        self.active = False

    def fill_until(self, end):
        """Ask for blocks until the sound up to `end` + latency is held ready."""
        while self.active and (ready := self.end_of_heard()) < end + self.latency - 1e-9:
            out = np.full((self.card.block, self.channels), np.nan, dtype=np.float32)
            told = ready + self.card.jitter() if self.card.tells else 0.0
            self.callback(out, len(out), Times(ready - self.latency, told), None)
            assert np.isfinite(out).all()
            self.heard = np.concatenate([self.heard, out])

    def end_of_heard(self):
        return self.first_heard_at + len(self.heard) / self.samplerate

    def value_at(self, now):
        """What the ear hears at a time: one frame."""
        return self.heard[int((now - self.first_heard_at) * self.samplerate + 1e-6)]


class FakeCard:
    """Stands for the sounddevice module.

    Attributes:
        now: the card's clock, moved by `pass_time`.
        refused: rates that cannot be opened.
        gone: there is no device.
        tells: whether the driver reports when a block is heard.
    """

    class PortAudioError(Exception):
        pass

    def __init__(self, default_rate=RATE, block=64, refused=(), tells=True, jitter=0.0):
        self.default_rate, self.block, self.refused, self.tells = default_rate, block, refused, tells
        self.gone = False
        self.now = 100.0
        self.streams = []
        self.restarts = 0
        self._random = np.random.default_rng(0)
        self._jitter = jitter

    def jitter(self):
        return self._random.uniform(-self._jitter, self._jitter) if self._jitter else 0.0

    def clock(self):
        return self.now

    def query_devices(self, kind):
        assert kind == "output"
        if self.gone:
            raise self.PortAudioError("Error querying device -1")
        return {"name": "Fake card", "max_output_channels": 2, "default_samplerate": float(self.default_rate)}

    def OutputStream(self, **options):
        self.streams.append(FakeStream(self, **options))
        return self.streams[-1]

    def _terminate(self):
        self.restarts += 1

    def _initialize(self):
        pass

    @property
    def stream(self):
        return self.streams[-1]

    def pass_time(self, seconds, step=0.004):
        """Let time pass in small steps, asking for blocks as they are due."""
        end = self.now + seconds
        while self.now < end - 1e-12:
            self.now = min(self.now + step, end)
            for stream in self.streams:
                stream.fill_until(self.now)
