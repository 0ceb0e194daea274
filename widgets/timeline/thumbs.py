"""Small frames of what is rendered, for the video row: which are shown where, and reading them beside the window.

Frames lie edge to edge from time 0 on, so they stay where they are while panning. Which frame a place shows hangs on a
grid of powers of two, so zooming needs few new ones.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from core.constants import MICROSECONDS
from core.rendered import RenderedPiece
from widgets.frame_reader import FrameName, FrameReader
from widgets.timeline.scene import Scene
from widgets.timeline.view import TimeView

KEPT_BYTES: Final = 24 * 1024 * 1024


@dataclass(frozen=True)
class Place:
    """Where one small frame lies.

    Attributes:
        start_us, end_us: what it covers, inside its piece.
        left_us: time at the left edge of the whole frame, which its piece may cut.
        name: the frame.
    """

    start_us: float
    end_us: float
    left_us: float
    name: FrameName


def places(piece: RenderedPiece, start_us: float, end_us: float, cell_us: float) -> Iterator[Place]:
    """Yield the frames that fill a piece's part of a stretch.

    Args:
        piece: the piece.
        start_us: where the stretch begins.
        end_us: where it ends.
        cell_us: time under the width of a frame.
    """
    first, last = max(start_us, piece.start_us), min(end_us, piece.end_us)
    frame_us = MICROSECONDS / piece.fps
    step = 2 ** max(0, math.floor(math.log2(cell_us / frame_us)))
    cell = math.floor(first / cell_us)
    while cell * cell_us < last:
        left = cell * cell_us
        # The grid's frame inside the place, or the one that the place lies in where frames are wider.
        inside = math.ceil(left / frame_us / step) * step if cell_us >= frame_us else math.floor(left / frame_us)
        number = inside - piece.first_frame
        name = FrameName(piece.path, min(max(number, 0), piece.frames - 1))
        yield Place(max(left, piece.start_us), min(left + cell_us, piece.end_us), left, name)
        cell += 1


class Thumbs(QObject):
    """Gives small frames that are there, and reads those that are not in a thread.

    Signals:
        came(): one that was wished for is there.

    Attributes:
        starved: whether the last paint left some out.
    """

    came = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.starved = False
        self._height = 0
        self._reader = FrameReader(self, KEPT_BYTES)
        self._reader.frameReady.connect(lambda _name: self.came.emit())

    def begin(self, height: int) -> None:
        """Start a paint with frames of so many device pixels."""
        self.starved = False
        if height != self._height:
            self._height = height
            self._reader.set_height(height)

    def width(self, piece: RenderedPiece) -> int:
        """Return how many whole device pixels a frame of a piece takes."""
        return max(2, int(piece.width * self._height / piece.height))

    def picture(self, name: FrameName) -> QImage | None:
        """Return a frame, or None if it is not there."""
        found = self._reader.frame(name)
        if found is None and not self._reader.failure(name.path):
            self.starved = True
        return found

    def wish(self, scene: Scene, view: TimeView, ratio: float) -> None:
        """Read all frames that a view shows."""
        names: dict[FrameName, None] = {}
        for piece in scene.pieces_between(view.start_us, view.end_us):
            cell_us = self.width(piece) / ratio * view.us_per_px
            names.update((place.name, None) for place in places(piece, view.start_us, view.end_us, cell_us))
        self._reader.wish(tuple(names))

    def shutdown(self) -> None:
        """End the thread."""
        self._reader.stop()
