"""How long the turns of the window's event loop are, and whether other programs had a part in that."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer


@dataclass(frozen=True)
class Found:
    """What was measured.

    Attributes:
        wall: (N,) seconds of each turn of the event loop, as the user feels them.
        busy: (N,) seconds in which the window's thread itself computed in each.
        foreign: cores that programs beside ours used meanwhile, on average; infinite where that is not known.
    """

    wall: NDArray[np.float64]
    busy: NDArray[np.float64]
    foreign: float

    def longest(self) -> float:
        """Return the longest turn by what the window's thread itself computed in it.

        Plain time is not judged: on two cores, turns of up to 0.3 s were seen beside a render and its software-drawn
        3D view although the window's own thread computed for 0.05 s at most. `wall` is kept for the message.
        """
        return float(self.busy.max())


class Gaps:
    """Measures from its making until `stop`."""

    def __init__(self, engine_pid: int) -> None:
        self._engine = engine_pid
        self._moments: list[tuple[float, float]] = []
        self._begun = (time.perf_counter(), _machine_seconds(), self._own_seconds())
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._note)
        self._timer.start(5)

    def _note(self) -> None:
        self._moments.append((time.perf_counter(), time.thread_time()))

    def _own_seconds(self) -> float:
        """Processor time of this process, of its ended children and of the engine."""
        used = os.times()
        return used.user + used.system + used.children_user + used.children_system + _process_seconds(self._engine)

    def stop(self) -> Found:
        """End and return what was measured."""
        self._timer.stop()
        wall, busy = np.diff(np.array(self._moments), axis=0).T
        begun, machine, own = self._begun
        elapsed = time.perf_counter() - begun
        foreign = (_machine_seconds() - machine - (self._own_seconds() - own)) / elapsed
        return Found(wall, busy, foreign if np.isfinite(foreign) else np.inf)


def _machine_seconds() -> float:
    """Processor time of all programs since the machine's start, with what its host took away; NaN where unknown."""
    try:
        fields = [int(text) for text in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    except (OSError, ValueError, IndexError):
        return float("nan")
    user, nice, system, _idle, _wait, irq, soft, steal = fields
    return (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")


def _process_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
