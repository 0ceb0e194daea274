"""How long the turns of the window's event loop are, and how much of each the window's own thread computed."""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer


@dataclass(frozen=True)
class Found:
    """What was measured.

    Attributes:
        wall: (N,) seconds of each turn of the event loop, as the user feels them.
        busy: (N,) seconds in which the window's thread itself computed in each.
    """

    wall: NDArray[np.float64]
    busy: NDArray[np.float64]

    def longest(self) -> float:
        """Return the longest turn by what the window's thread itself computed in it.

        Plain time is not judged: on two cores, turns of up to 0.3 s were seen beside a render and its software-drawn
        3D view although the window's own thread computed for 0.05 s at most. `wall` is kept for the message.
        """
        return float(self.busy.max())


class Gaps:
    """Measures from its making until `stop`."""

    def __init__(self) -> None:
        self._moments: list[tuple[float, float]] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._note)
        self._timer.start(5)

    def _note(self) -> None:
        self._moments.append((time.perf_counter(), time.thread_time()))

    def stop(self) -> Found:
        """End and return what was measured."""
        self._timer.stop()
        wall, busy = np.diff(np.array(self._moments), axis=0).T
        return Found(wall, busy)
