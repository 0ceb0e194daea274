"""Draws the renderer's pose pictures in a background thread, because one takes too long for the window's.

Only the newest wish counts. The drawing itself is `core.draw.draw_composite`, the same that the renderers call.
"""

import threading
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.draw import FramePoses, HeadMask, draw_composite
from core.newest import Newest
from core.pose import PoseSequence
from core.pose_follow import follow_rig
from core.rig import Rig


@dataclass(frozen=True, eq=False)
class CompositeWish:
    """One picture to draw.

    Attributes:
        poses: the whole sequence.
        index: frame of it.
        rig: of the portrait, for the size of the head mask.
        height, width: of the picture in pixels.
        poses_rig: that the poses were made for, if it may be another than `rig`.
    """

    poses: PoseSequence
    index: int
    rig: Rig
    height: int
    width: int
    poses_rig: Rig | None = None

    def draw(self) -> NDArray[np.uint8]:
        """Return (height, width, 3) RGB, exactly as a renderer gets it at this size."""
        mask = HeadMask.for_rig(self.rig, self.poses.width, self.poses.height)
        poses, index = self.poses, self.index
        if self.poses_rig is not None and self.poses_rig is not self.rig:
            body, face, hands = follow_rig(
                (poses.body[index], poses.face[index], poses.hands[index]), self.poses_rig, self.rig
            )
            size = np.array([poses.width, poses.height, 1.0])
            frame = FramePoses(body[None] / size, face[None] / size, hands[None] / size)
        else:
            frame = FramePoses.from_sequence(poses, index)
        return draw_composite(frame, mask, self.height, self.width)


class CompositeMaker(QObject):
    """Draws in a thread of its own, which ends with the object.

    Signals:
        made(object, object): a `CompositeWish` and its picture, (H, W, 3) uint8 RGB.
    """

    made = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wishes: Newest[CompositeWish] = Newest()
        self._thread: threading.Thread | None = None
        self.destroyed.connect(self._wishes.close)

    def wish(self, wish: CompositeWish) -> None:
        """Ask for a picture instead of every one asked for before."""
        self._wishes.put(wish)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="composite maker", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while (wish := self._wishes.take()) is not None:
            picture = wish.draw()
            with suppress(RuntimeError):  # the view was destroyed meanwhile
                self.made.emit(wish, picture)
