"""The cut-out that the brush corrects, as a tinted picture to lay over the portrait.

Finding the person takes seconds, so it is done in a thread; strokes are laid over what was found and show at once.
"""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QColor, QImage

from core.rig import Rig, Stroke


def with_strokes(base: NDArray[np.uint8], strokes: tuple[Stroke, ...]) -> NDArray[np.uint8]:
    """Return a cut-out (H, W) of 0 to 255 with strokes over it, the later ones on top."""
    from core.person_mask import brush_stroke

    mask = base.copy()
    height, width = mask.shape
    for stroke in strokes:
        room = stroke.radius + 2.0
        low = np.clip(np.floor(stroke.points.min(axis=0) - room), 0, (width, height)).astype(int)
        high = np.clip(np.ceil(stroke.points.max(axis=0) + room), 0, (width, height)).astype(int)
        if (high <= low).any():
            continue
        part = mask[low[1] : high[1], low[0] : high[0]]
        painted = np.zeros(part.shape, np.uint8)
        brush_stroke(painted, stroke.points - low, stroke.radius)
        if stroke.kind == "keep":
            np.maximum(part, painted, out=part)
        else:
            np.minimum(part, 255 - painted, out=part)
    return mask


def tinted(mask: NDArray[np.uint8], outside: QColor) -> QImage:
    """Return a picture that covers what is not the person with a colour and its opacity."""
    alpha = (255 - mask.astype(np.uint16)) * outside.alpha() // 255
    pixels = np.empty((*mask.shape, 4), np.uint8)
    for channel, value in enumerate((outside.blue(), outside.green(), outside.red())):
        pixels[..., channel] = alpha * value // 255
    pixels[..., 3] = alpha
    height, width = mask.shape
    # A copy, because the array does not outlive this function.
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()


def find_person(image: NDArray[np.uint8], rig: Rig) -> NDArray[np.uint8]:
    """Return the person's cover (H, W) of 0 to 255 as the renderer will find it, without strokes."""
    from core.cutout import cut_out
    from core.portrait import Portrait

    rig = replace(rig, strokes=())
    height, width = image.shape[:2]
    return cut_out(Portrait(Path(), image, None, rig, rig.scale(), width, height)).alpha


class MaskFinder(QObject):
    """Finds the person in the background, for the newest picture and rig only.

    Signals:
        found(object): (H, W) uint8 cover.
        failed(str): why there is none.
        busyChanged(bool): whether it is at work.
    """

    found = Signal(object)
    failed = Signal(str)
    busyChanged = Signal(bool)
    _done = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._running = False
        self._wish: tuple[NDArray[np.uint8], Rig] | None = None
        self._done.connect(self._finish)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(300)
        self._delay.timeout.connect(self._start)

    def ask(self, image: NDArray[np.uint8], rig: Rig) -> None:
        """Find the person; earlier requests that did not begin yet are forgotten."""
        self._number += 1
        self._wish = image, rig
        self.busyChanged.emit(True)
        self._delay.start()

    def cancel(self) -> None:
        """Forget what was asked for."""
        self._number += 1
        self._wish = None
        self._delay.stop()
        self.busyChanged.emit(False)

    def _start(self) -> None:
        # One at a time: a second one would only make both slower.
        if self._running or self._wish is None:
            return
        (image, rig), number = self._wish, self._number
        self._wish = None
        self._running = True

        def work() -> None:
            try:
                result: object = find_person(image, rig)
            except (ValueError, ArithmeticError, IndexError) as error:
                result = str(error) or type(error).__name__
            try:
                self._done.emit(number, result)
            except RuntimeError:
                return  # the editor was closed meanwhile

        threading.Thread(target=work, name="cut-out", daemon=True).start()

    def _finish(self, number: int, result: object) -> None:
        self._running = False
        if self._wish is not None:
            self._delay.start()
        if number != self._number:
            return
        self.busyChanged.emit(False)
        if isinstance(result, str):
            self.failed.emit(result)
        else:
            self.found.emit(result)
