"""The samples that a sound device asks for: any speed, both directions, loops, grains; and the time of each block.

One thread orders (the window's), another fills (the device's); they share only values that are replaced whole. Which
device plays, and what the clock makes of the positions, is the player's business. Without a device `advance` moves a
position in the same way.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.audio_proxy import FULL_SCALE, AudioProxy
from core.constants import MICROSECONDS
from core.sinc import resample_at

FADE_SECONDS: Final = 0.005
"""Every jump (start, stop, seek, loop) is a cross-fade of this length: shorter ones click, longer ones are heard."""

GRAIN_SECONDS: Final = 0.06
"""Length of the sound at one place while scrubbing."""

REMEMBERED_SECONDS: Final = 1.0
"""Runs that reached the device this long ago are forgotten; no clock asks for them any more."""

_MOST_RUNS: Final = 512


@dataclass(frozen=True)
class Order:
    """What is to be played, until the next order.

    Attributes:
        serial: grows with every order.
        epoch: grows with every order that starts elsewhere; runs of an earlier epoch no longer tell the time.
        position: source frame to start at, or None to go on from where the feed is.
        speed: seconds of the recording per second; negative plays backwards, 0 is silence.
        loop: first and last (exclusive) source frame to repeat, or None.
    """

    serial: int = 0
    epoch: int = 0
    position: float | None = None
    speed: float = 0.0
    loop: tuple[int, int] | None = None


@dataclass(frozen=True)
class Run:
    """A stretch of output without a jump.

    Attributes:
        epoch: of the order that it belongs to.
        began: time at which its first frame is heard, on the device's clock, in seconds.
        seconds: how long it lasts.
        position_us: time in the recording of its first frame.
        speed: as ordered; 0 once the end is reached.
    """

    epoch: int
    began: float
    seconds: float
    position_us: float
    speed: float

    def at(self, now: float) -> float:
        """Return the time in the recording, in microseconds, that is heard at `now`."""
        return self.position_us + min(max(now - self.began, 0.0), self.seconds) * self.speed * MICROSECONDS


@dataclass
class _Voice:
    """Something that sounds: where it is (source frames) and how far it goes for each frame of output."""

    position: float
    step: float
    age: int = 0


def advance(position: float, distance: float, length: float, loop: tuple[float, float] | None) -> tuple[float, bool]:
    """Move a position along the recording.

    Args:
        position: where it starts; any unit that the others share.
        distance: how far, negative for backwards.
        length: end of the recording.
        loop: first and last (exclusive) of what repeats, or None. A position that has already passed the loop (after
            its end, or before its start when going backwards) goes on without it.

    Returns:
        The new position, and whether the end (or, backwards, the start) of the recording was reached.
    """
    target = position + distance
    if loop is not None and loop[1] > loop[0]:
        first, last = loop
        if distance > 0 and position < last <= target:
            return first + (target - last) % (last - first), False
        if distance < 0 and position >= first > target:
            return last - (first - target) % (last - first), False
    if target >= length and distance > 0:
        return length, True
    if target <= 0 and distance < 0:
        return 0.0, True
    return target, False


class SoundFeed:
    """Fills blocks for a sound device.

    Attributes:
        proxy: what is played.
        rate: the device's frames per second.
        runs: stretches of output of the last second, oldest first; replaced whole, safe to read from any thread.
        filled: frames delivered so far.
        gain: amplitude asked for, 0..1; follows within one block.
    """

    def __init__(self, proxy: AudioProxy, rate: int) -> None:
        self.proxy = proxy
        self.rate = rate
        self.runs: tuple[Run, ...] = ()
        self.filled = 0
        self.gain = 1.0
        self._ratio = proxy.rate / rate
        self._order = Order()
        self._serial = 0
        self._voice: _Voice | None = None
        self._tails: list[_Voice] = []
        self._grains: list[_Voice] = []
        self._wanted_grains: deque[float] = deque(maxlen=2)
        self._last_gain = 1.0
        self._fade = max(1, round(FADE_SECONDS * rate))
        length = max(2, round(GRAIN_SECONDS * rate))
        self._window = np.hanning(length).astype(np.float32)[:, None]

    @property
    def order(self) -> Order:
        """The order in force, or about to be with the next block."""
        return self._order

    def play(self, position: float | None, speed: float, loop: tuple[int, int] | None) -> Order:
        """Give a new order; None as position goes on from where the feed is. Called by the ordering thread only."""
        before = self._order
        epoch = before.epoch + (position is not None)
        self._order = Order(before.serial + 1, epoch, position, speed, loop)
        return self._order

    def grain(self, position: float) -> None:
        """Sound the place around a source frame once; of several within one block the last two count."""
        self._wanted_grains.append(position)

    def fill(self, out: NDArray[np.float32], heard_at: float) -> None:
        """Write the next block. Called by the device's thread only.

        Args:
            out: (n, 1 or 2) float32, overwritten.
            heard_at: when its first frame is heard, on the device's clock in seconds.
        """
        count = len(out)
        mixed = np.zeros((count, self.proxy.channels), dtype=np.float32)
        order = self._obey()
        self._tails = [tail for tail in self._tails if self._fade_out(tail, mixed)]
        runs: list[Run] = []
        done = 0
        while done < count and self._voice is not None:
            voice = self._voice
            came_from = voice.position
            to_edge = self._frames_to_edge(voice, order)
            part = min(count - done, to_edge)
            if part:
                runs.append(self._run(order, heard_at + done / self.rate, part, came_from, order.speed))
                self._fade_in(voice, mixed[done : done + part])
                done += part
            if part == to_edge:
                ended = self._turn(voice, order, came_from, mixed[done:])
                if ended:
                    runs.append(self._run(order, heard_at + done / self.rate, 0, self._end(order), 0.0))
        self._mix_grains(mixed)
        self._deliver(mixed, out)
        self.filled += count
        kept = [run for run in self.runs if run.began + run.seconds > heard_at - REMEMBERED_SECONDS]
        # The last run stays, however old it is: at the end of the recording no other follows.
        self.runs = (*(kept or self.runs[-1:]), *runs)[-_MOST_RUNS:]

    def heard(self, now: float) -> Run | None:
        """Return the run that is heard at a time of the device's clock; None if the latest start is not audible yet."""
        epoch = self._order.epoch
        for run in reversed(self.runs):
            if run.epoch == epoch and run.began <= now:
                return run
        return None

    def _obey(self) -> Order:
        """Take over an order that is new."""
        order = self._order
        if order.serial == self._serial:
            return order
        self._serial = order.serial
        voice, step = self._voice, order.speed * self._ratio
        position = order.position if order.position is not None else voice.position if voice else None
        if voice is not None and order.position is None and voice.step == step:
            return order  # only the loop is another: nothing to hear
        if voice is not None:
            self._tails.append(_Voice(voice.position, voice.step))
        self._voice = _Voice(position, step) if position is not None and step else None
        return order

    def _frames_to_edge(self, voice: _Voice, order: Order) -> int:
        """Output frames until the loop or the recording ends."""
        size = abs(voice.step)
        if voice.step > 0:
            edge = order.loop[1] if order.loop and voice.position < order.loop[1] else self.proxy.frames
            missing = edge - voice.position
            return max(1, math.ceil(missing / size - 1e-9)) if missing > 0 else 0
        if order.loop and voice.position >= order.loop[0]:
            return math.floor((voice.position - order.loop[0]) / size + 1e-9) + 1
        return max(1, math.ceil(voice.position / size - 1e-9)) if voice.position > 0 else 0

    def _turn(self, voice: _Voice, order: Order, came_from: float, rest: NDArray[np.float32]) -> bool:
        """Go on at the loop's other end; return True where the recording ends instead. `voice` is past the edge."""
        loop = order.loop
        if loop and voice.step > 0 and came_from < loop[1]:
            position = loop[0] + max(0.0, voice.position - loop[1]) % (loop[1] - loop[0])
        elif loop and voice.step < 0 and came_from >= loop[0]:
            position = loop[1] - max(0.0, loop[0] - voice.position) % (loop[1] - loop[0])
        else:
            self._voice = None
            return True
        tail = _Voice(voice.position, voice.step)
        if self._fade_out(tail, rest):
            self._tails.append(tail)
        self._voice = _Voice(position, voice.step)
        return False

    def _end(self, order: Order) -> float:
        return float(self.proxy.frames) if order.speed > 0 else 0.0

    def _run(self, order: Order, began: float, frames: int, position: float, speed: float) -> Run:
        return Run(order.epoch, began, frames / self.rate, position * MICROSECONDS / self.proxy.rate, speed)

    def _fade_in(self, voice: _Voice, into: NDArray[np.float32]) -> None:
        """Add a voice, softly if it has just begun, and move it on."""
        sound = resample_at(self.proxy.samples, voice.position, voice.step, len(into))
        if voice.age < self._fade:
            sound *= np.minimum(1.0, (voice.age + np.arange(1, len(into) + 1)) / self._fade)[:, None]
        into += sound
        voice.position += len(into) * voice.step
        voice.age += len(into)

    def _fade_out(self, tail: _Voice, into: NDArray[np.float32]) -> bool:
        """Add the fading end of a voice; return whether some of it is left for the next block."""
        part = min(self._fade - tail.age, len(into))
        if part > 0:
            sound = resample_at(self.proxy.samples, tail.position, tail.step, part)
            into[:part] += sound * (1.0 - (tail.age + np.arange(1, part + 1)) / self._fade)[:, None]
            tail.position += part * tail.step
            tail.age += part
        return tail.age < self._fade

    def _mix_grains(self, into: NDArray[np.float32]) -> None:
        """Add the places that are scrubbed over."""
        while self._wanted_grains:
            middle = self._wanted_grains.popleft()
            start = middle - len(self._window) / 2 * self._ratio
            self._grains.append(_Voice(start if self._ratio != 1.0 else float(round(start)), self._ratio))
        for grain in self._grains:
            part = min(len(self._window) - grain.age, len(into))
            sound = resample_at(self.proxy.samples, grain.position, grain.step, part)
            into[:part] += sound * self._window[grain.age : grain.age + part]
            grain.position += part * grain.step
            grain.age += part
        self._grains = [grain for grain in self._grains if grain.age < len(self._window)]

    def _deliver(self, mixed: NDArray[np.float32], out: NDArray[np.float32]) -> None:
        """Scale to full scale 1.0, follow the volume without a step, and fit the device's channels."""
        gain = self.gain
        if gain == self._last_gain:
            mixed *= np.float32(gain / FULL_SCALE)
        else:
            mixed *= (np.linspace(self._last_gain, gain, len(mixed)) / FULL_SCALE).astype(np.float32)[:, None]
            self._last_gain = gain
        np.clip(mixed, -1.0, 1.0, out=mixed)
        if out.shape[1] < mixed.shape[1]:
            out[:] = mixed.mean(axis=1, keepdims=True)
        else:
            out[:] = mixed  # a single channel goes to both sides
