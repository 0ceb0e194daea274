"""Small stick figures of the motion's key frames, seen from the front, as cached pixmaps.

Which frames are shown hangs on a grid counted from time 0, so figures stay where they are while panning. A paint makes
only a few new ones and says so; the rest come with the next paint.
"""

from collections import OrderedDict
from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from core.constants import MICROSECONDS
from core.motion import MotionClip
from core.skeleton import HEAD, LEFT_COLLAR, NECK, PARENTS, PELVIS, RIGHT_COLLAR
from widgets import theme

KEPT: Final = 800
NEW_EACH_PAINT: Final = 12
"""At most so many figures are drawn during one paint; a figure takes about a tenth of a millisecond."""

BODY_HEIGHT: Final = 1.9
"""Metres that fill the height of a figure."""

_LEFT: Final = (1, 4, 7, 10, 13, 16, 18, 20)
_RIGHT: Final = (2, 5, 8, 11, 14, 17, 19, 21)
_MIDDLE: Final = (3, 6, 9, 12, 15)


class Figures:
    """Draws and keeps the figures of one clip.

    Attributes:
        clip: the motion, or None.
        starved: whether the last paint left figures out.
    """

    def __init__(self) -> None:
        self.clip: MotionClip | None = None
        self.starved = False
        self._kept: OrderedDict[tuple[int, int, float], QPixmap] = OrderedDict()
        self._left = 0

    def set_clip(self, clip: MotionClip | None) -> None:
        """Take another motion; figures of frames that did not change are kept."""
        old, self.clip = self.clip, clip
        if old is None or clip is None or len(old) != len(clip):
            self._kept.clear()
            return
        changed = set(np.flatnonzero((old.joints != clip.joints).any(axis=(1, 2))).tolist())
        for key in [key for key in self._kept if key[0] in changed]:
            del self._kept[key]

    def begin(self) -> None:
        """Start a paint: the budget of new figures is full again."""
        self._left, self.starved = NEW_EACH_PAINT, False

    def frames(self, start_us: float, end_us: float, us_per_px: float, width: float) -> range:
        """Return the frames that are shown of a stretch: those of a regular grid, at least `width` pixels apart."""
        if self.clip is None:
            return range(0)
        frame_us = MICROSECONDS / self.clip.fps
        step = grid_step(width * us_per_px / frame_us)
        first = -(-max(0, int(start_us / frame_us)) // step) * step
        return range(first, min(len(self.clip), int(end_us / frame_us) + 1), step)

    def figure(self, frame: int, height: int, ratio: float) -> QPixmap | None:
        """Return the drawing of a frame, or None if this paint has drawn enough new ones.

        Args:
            frame: of the clip.
            height: logical pixels; the drawing is as wide as it is high.
            ratio: device pixels in a logical pixel.
        """
        key = (frame, height, ratio)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        if self.clip is None or self._left <= 0:
            self.starved = True
            return None
        self._left -= 1
        made = self._draw(self.clip, frame, height, ratio)
        self._kept[key] = made
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return made

    def _draw(self, clip: MotionClip, frame: int, height: int, ratio: float) -> QPixmap:
        joints = clip.joints[frame]
        scale = (height - 3) / BODY_HEIGHT
        x = (height / 2 + (joints[:, 0] - joints[PELVIS, 0]) * scale).tolist()
        # The floor is the lower edge, so jumps and bows can be seen; what is higher than the row is not cut off often.
        y = (height - 2 - joints[:, 1] * scale).tolist()
        pixmap = QPixmap(round(height * ratio), round(height * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for bones, name in ((_RIGHT, theme.RIGHT_SIDE), (_LEFT, theme.LEFT_SIDE), (_MIDDLE, theme.MIDDLE)):
            painter.setPen(QPen(QColor(name), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            lines = []
            for joint in bones:
                parent = NECK if joint in (LEFT_COLLAR, RIGHT_COLLAR) else PARENTS[joint]
                lines.append(QLineF(x[parent], y[parent], x[joint], y[joint]))
            painter.drawLines(lines)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.MIDDLE))
        radius = 0.11 * scale
        painter.drawEllipse(QPointF(x[HEAD], y[HEAD] - radius * 0.4), radius, radius)
        painter.end()
        return pixmap


def grid_step(least: float) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 50, ... that is at least so large."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor >= least:
                return step * factor
        step *= 10
