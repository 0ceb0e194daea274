"""Playing the recording: what is heard now, and so which time the pictures show.

The sound card is the clock. Without one (none there, unplugged, or no proxy decoded yet) a silent clock runs at the
same speed. `core.sound_feed` makes the samples, `app.sound_device` speaks with the card; this module decides.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.sound_device import LATENCY_SECONDS, SILENT_NAME, DeviceError, Fill, SoundDevice, restart_backend, warm_up
from core.audio_proxy import AudioProxy
from core.constants import MICROSECONDS
from core.sound_feed import GRAIN_SECONDS, SoundFeed, advance
from core.timecode import frame_at, frame_start

SPEEDS: Final = (1.0, 2.0, 4.0, 8.0)
"""Steps of J and L."""

TICK_MS: Final = 16
"""Display rate: about 60 times a second."""

IDLE_SECONDS: Final = 3.0
"""The card is let go of after this time without sound."""

RETRY_SECONDS: Final = 5.0
"""A missing card is looked for again at the start of a playback, but not more often than this."""

SHORTEST_LOOP_US: Final = 50_000
AHEAD_SECONDS: Final = 2 * LATENCY_SECONDS
"""The feed is at most this far ahead of what is heard."""

GRAIN_EVERY_SECONDS: Final = GRAIN_SECONDS / 2
"""Grains overlap by half, so that quick scrubbing is one steady sound."""

_PREFETCH_SECONDS: Final = 4

_log = logging.getLogger(__name__)


class Player(QObject):
    """Plays, pauses, seeks, shuttles, loops and scrubs.

    Attributes:
        duration_us: length of what is played.
        playing: whether time moves.
        rate: seconds of the recording per second; negative backwards. The last one used while paused.
        loop: (in, out) in microseconds that repeats, or None.
        volume: 0..1 as on the slider; the amplitude is its cube.
        muted: whether the sound is off (the clock runs on).
        device_name: of the sound card, or "no sound card: silent clock".

    Signals:
        timeChanged(int): the time that is heard now, in microseconds; about 60 times a second while playing, and at
            every seek.
        stateChanged(bool, float): playing, rate.
        loopChanged(object): (in, out) or None.
        volumeChanged(float, bool): volume, muted.
        deviceChanged(str): `device_name`.
        notice(str): a sentence for the user: the sound card is missing or came back. Once each time.
    """

    timeChanged = Signal(object)  # an int; Signal(int) would end at 35 minutes
    stateChanged = Signal(bool, float)
    loopChanged = Signal(object)
    volumeChanged = Signal(float, bool)
    deviceChanged = Signal(str)
    notice = Signal(str)

    def __init__(
        self,
        parent: QObject | None = None,
        backend: Any = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Make a player with nothing to play.

        Args:
            parent: Qt parent.
            backend: stands for the sounddevice module.
            clock: seconds of the silent clock.
        """
        super().__init__(parent)
        self.duration_us = 0
        self.playing = False
        self.rate = 1.0
        self.loop: tuple[int, int] | None = None
        self.volume = 1.0
        self.muted = False
        self.device_name = SILENT_NAME
        self._backend = backend
        self._clock = clock
        self._proxy: AudioProxy | None = None
        self._feed: SoundFeed | None = None
        self._device: SoundDevice | None = None
        self._silent_since: float | None = None
        self._anchor_us = 0
        self._told_us = -1
        self._announced = False
        self._tried_at = float("-inf")
        self._scrubbed_at = float("-inf")
        self._resume_rate: float | None = None
        self._prefetched_to = -1
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(round(IDLE_SECONDS * 1000))
        self._idle.timeout.connect(self._rest)

    @property
    def time_us(self) -> int:
        """The time that is heard now."""
        if not self.playing:
            return self._anchor_us
        if self._silent_since is not None:
            return self._silent_time()[0]
        return self._heard()[0]

    def set_proxy(self, proxy: AudioProxy | None) -> None:
        """Play another recording; a running playback goes on at the same time if it can."""
        now, playing, rate = self.time_us, self.playing, self.rate
        self._halt()
        self._close_device()
        self._proxy = proxy
        if proxy is not None and self._backend is None:
            warm_up()
        self._tried_at = float("-inf")
        self.set_duration(proxy.duration_us if proxy is not None else 0)
        self.seek(now)
        if playing and proxy is not None:
            self.play(rate)
        elif playing:
            self.stateChanged.emit(False, rate)

    def set_duration(self, duration_us: int) -> None:
        """Say how long the recording is before its proxy is there; the silent clock plays until then."""
        self.duration_us = duration_us
        if self.loop is not None:
            self.set_loop(self.loop)
        if self._anchor_us > duration_us:
            self.seek(duration_us)

    def play(self, rate: float = 1.0) -> None:
        """Play from the current time, or change the rate of a running playback.

        At the end it starts again from the beginning, at the start backwards from the end; outside a loop at the loop.
        """
        if self.duration_us <= 0 or rate == 0:
            return
        if self.playing and rate == self.rate:
            return
        self._resume_rate = None
        if self.playing:
            self._change(rate)
        else:
            self._anchor_us = self._start_place(rate)
            self.rate = rate
            self.playing = True
            self._begin(jump=True)
            self._timer.start()
        self.stateChanged.emit(True, self.rate)

    def pause(self) -> None:
        """Stop at the time that is heard."""
        self._resume_rate = None
        if self.playing:
            self._stop_at(self.time_us)

    def toggle(self) -> None:
        """Play at normal speed, or pause."""
        if self.playing:
            self.pause()
        else:
            self.play(1.0)

    def shuttle(self, direction: int) -> None:
        """J, K and L: -1, 0, +1. Again in the same direction doubles the speed up to 8; the other one starts at 1."""
        if direction == 0:
            self.pause()
        elif not self.playing or (self.rate > 0) != (direction > 0):
            self.play(SPEEDS[0] * direction)
        else:
            faster = [speed for speed in SPEEDS if speed > abs(self.rate)]
            self.play((faster[0] if faster else SPEEDS[-1]) * direction)

    def seek(self, time_us: int) -> None:
        """Go to a time; a running playback goes on from there."""
        self._anchor_us = min(max(0, time_us), self.duration_us)
        if self.playing:
            self._begin(jump=True)
        self._tell(self._anchor_us)

    def step(self, frames: int, fps: float) -> None:
        """Pause and go some frames forward or back, to the start of a frame."""
        self.pause()
        last = frame_at(max(0, self.duration_us - 1), fps)
        frame = min(max(0, frame_at(self._anchor_us, fps) + frames), last)
        self.seek(frame_start(frame, fps))

    def scrub(self, time_us: int) -> None:
        """Go to a time and sound a grain of it; playback waits until `finish_scrub`."""
        if self.playing:
            rate = self.rate
            self._stop_at(self.time_us)
            self._resume_rate = rate
        self.seek(time_us)
        now = self._clock()
        if now - self._scrubbed_at >= GRAIN_EVERY_SECONDS and self._ready() and self._feed is not None:
            self._scrubbed_at = now
            assert self._proxy is not None
            self._feed.grain(self._anchor_us * self._proxy.rate / MICROSECONDS)
            self._idle.start()

    def finish_scrub(self) -> None:
        """Go on playing if the scrubbing had interrupted it."""
        rate, self._resume_rate = self._resume_rate, None
        if rate is not None:
            self.play(rate)

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Repeat a stretch, or None; one shorter than 50 ms or beside the recording counts as None."""
        if loop is not None:
            loop = (max(0, loop[0]), min(loop[1], self.duration_us))
            if loop[1] - loop[0] < SHORTEST_LOOP_US:
                loop = None
        if loop == self.loop:
            return
        now = self.time_us
        self.loop = loop
        if self.playing:
            self._anchor_us = now
            self._begin(jump=loop is not None and self._leave(now, loop))
        self.loopChanged.emit(loop)

    def _leave(self, now: int, loop: tuple[int, int]) -> bool:
        """Whether the feed may have passed the end of a new loop; where it was heard passing, anchor at its start."""
        first, last = loop
        ahead = round(AHEAD_SECONDS * MICROSECONDS * self.rate)
        if self.rate > 0:
            self._anchor_us = first if now >= last else now
            return now + ahead >= last
        self._anchor_us = last if now < first else now
        return now + ahead < first

    def set_volume(self, volume: float) -> None:
        """Set the volume, 0..1."""
        self.volume = min(max(0.0, volume), 1.0)
        self._apply_gain()
        self.volumeChanged.emit(self.volume, self.muted)

    def set_muted(self, muted: bool) -> None:
        """Switch the sound off or on."""
        self.muted = muted
        self._apply_gain()
        self.volumeChanged.emit(self.volume, self.muted)

    def close(self) -> None:
        """Stop and give the sound card back; to be called before the program ends."""
        self.pause()
        self._close_device()

    # The clock ----------------------------------------------------------------------------------------------------

    def _silent_time(self) -> tuple[int, bool]:
        """The silent clock's time, and whether the end was reached."""
        assert self._silent_since is not None
        distance = (self._clock() - self._silent_since) * self.rate * MICROSECONDS
        place, ended = advance(float(self._anchor_us), distance, float(self.duration_us), self.loop)
        return round(place), ended

    def _heard(self) -> tuple[int, bool]:
        """The card's time, and whether the end was heard."""
        assert self._device is not None and self._feed is not None
        run = self._feed.heard(self._device.now())
        if run is None:
            return self._anchor_us, False
        place = min(max(0, round(run.at(self._device.now()))), self.duration_us)
        if self.loop is not None and place == self.loop[1] and run.speed > 0:
            place -= 1  # the end of a loop is no longer in it
        return place, run.speed == 0.0

    def _tick(self) -> None:
        if self._device is not None and self._silent_since is None and self._device.lost():
            self._fall_silent()
        place, ended = self._silent_time() if self._silent_since is not None else self._heard()
        if ended:
            self._stop_at(self.duration_us if self.rate > 0 else 0)
            return
        self._tell(place)
        self._prefetch(place)

    def _tell(self, place: int) -> None:
        if place != self._told_us:
            self._told_us = place
            self.timeChanged.emit(place)

    # Starting and stopping ----------------------------------------------------------------------------------------

    def _start_place(self, rate: float) -> int:
        """Where a playback from standstill begins."""
        place = self._anchor_us
        if self.loop is not None:
            first, last = self.loop
            if rate > 0:
                return place if first <= place < last else first
            return place if first < place <= last else last
        if rate > 0:
            return 0 if place >= self.duration_us else place
        return self.duration_us if place <= 0 else place

    def _begin(self, jump: bool) -> None:
        """Order the feed, or start the silent clock, from the anchor; without `jump` the feed goes on where it is."""
        if self._ready():
            assert self._feed is not None and self._proxy is not None
            jump = jump or self._silent_since is not None  # a card that came back knows of no position
            scale = self._proxy.rate / MICROSECONDS
            loop = None if self.loop is None else (round(self.loop[0] * scale), round(self.loop[1] * scale))
            self._feed.play(float(round(self._anchor_us * scale)) if jump else None, self.rate, loop)
            self._silent_since = None
            self._idle.stop()
        else:
            self._silent_since = self._clock()

    def _change(self, rate: float) -> None:
        """Change the rate while playing."""
        self._anchor_us = self.time_us
        turned = (rate > 0) != (self.rate > 0)
        self.rate = rate
        # Turning round where the feed is would first play on what is held ready and then come back over it.
        self._begin(jump=turned)

    def _stop_at(self, place: int) -> None:
        self._halt()
        self._anchor_us = min(max(0, place), self.duration_us)
        self._tell(self._anchor_us)
        self.stateChanged.emit(False, self.rate)

    def _halt(self) -> None:
        self._timer.stop()
        self.playing = False
        self._silent_since = None
        if self._feed is not None:
            self._feed.play(None, 0.0, None)
        if self._device is not None and self._device.running:
            self._idle.start()

    # The card -----------------------------------------------------------------------------------------------------

    def _ready(self) -> bool:
        """Have the card running for this proxy; False where there is none."""
        if self._proxy is None:
            return False
        if self._device is None and not self._open_device():
            return False
        assert self._device is not None
        try:
            self._device.start()
        except DeviceError as error:
            self._lose(error)
            return False
        return True

    def _open_device(self) -> bool:
        now = self._clock()
        if now - self._tried_at < RETRY_SECONDS:
            return False
        again = self._announced
        self._tried_at = now
        try:
            if again:
                restart_backend(self._backend)
            assert self._proxy is not None
            self._device = SoundDevice(self._proxy.rate, self._make_feed, self._backend)
        except DeviceError as error:
            self._lose(error)
            return False
        self._set_name(self._device.name)
        if again:
            self._announced = False
            self.notice.emit(self.tr("Sound plays through {device} again.").format(device=self._device.name))
        return True

    def _make_feed(self, rate: int) -> Fill:
        assert self._proxy is not None
        self._feed = SoundFeed(self._proxy, rate)
        self._apply_gain()
        return self._feed.fill

    def _fall_silent(self) -> None:
        """The card is gone in the middle of a playback: go on without it from the time that was heard last."""
        assert self._device is not None
        self._anchor_us = max(0, self._told_us)
        racing = self._device.racing
        self._lose(DeviceError(f"{self._device.name} no longer takes sound"))
        if racing:
            self._tried_at = float("inf")  # it will be no better the next time
        self._silent_since = self._clock()

    def _lose(self, error: DeviceError) -> None:
        _log.warning("%s", error)
        self._close_device()
        self._tried_at = self._clock()
        self._set_name(SILENT_NAME)
        if not self._announced:
            self._announced = True
            self.notice.emit(self.tr("There is no sound card, or it was unplugged: playback goes on without sound."))

    def _close_device(self) -> None:
        self._idle.stop()
        if self._device is not None:
            self._device.close()
            self._device = None
            self._feed = None

    def _rest(self) -> None:
        """Let the card sleep while nothing sounds."""
        if self._device is not None and not self.playing:
            self._device.stop()

    def _set_name(self, name: str) -> None:
        if name != self.device_name:
            self.device_name = name
            self.deviceChanged.emit(name)

    def _apply_gain(self) -> None:
        if self._feed is not None:
            self._feed.gain = 0.0 if self.muted else self.volume**3

    def _prefetch(self, place: int) -> None:
        """Have the next seconds read from disk before the card's thread wants them."""
        if self._proxy is None:
            return
        second = place // MICROSECONDS
        if second != self._prefetched_to:
            self._prefetched_to = second
            reach = round(_PREFETCH_SECONDS * max(1.0, abs(self.rate))) * self._proxy.rate
            first = second * self._proxy.rate
            self._proxy.prefetch(*((first, first + reach) if self.rate > 0 else (first - reach, first)))
