"""A progress bar that is painted with the rest of the window, and seldom.

`QProgressBar.setValue` repaints at once, and its picture of unknown length moves at the rate of the screen. Where the
window holds a 3D view each of that means all of the window, which is what the user then waits for.
"""

from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from widgets import theme

_STEPS: Final = 1000
_PLACES: Final = 4
_MOVE_MS: Final = 500
"""The piece of a bar of unknown length goes to its next place this often: enough to show that something lives."""


class QuietBar(QProgressBar):
    """A bar for a fraction of work."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0, _STEPS)
        self.setValue(0)
        self._unknown = False
        self._place = 0
        self._mover = QTimer(self, interval=_MOVE_MS)
        self._mover.timeout.connect(self._move)

    @property
    def is_unknown(self) -> bool:
        """Whether work of unknown length is shown."""
        return self._unknown

    def show_fraction(self, fraction: float | None) -> None:
        """Show 0..1 of the work, or that its length is unknown (None)."""
        value = 0 if fraction is None else round(_STEPS * max(0.0, min(1.0, fraction)))
        unknown = fraction is None
        if (self._unknown, self.value()) == (unknown, value):
            return
        self._unknown = unknown
        self.setUpdatesEnabled(False)  # now a change is noted only; enabling asks for a paint in its turn
        self.setValue(value)
        self.setUpdatesEnabled(True)
        self._run()

    def _run(self) -> None:
        if self._unknown and self.isVisible():
            self._mover.start()
        else:
            self._mover.stop()

    def _move(self) -> None:
        self._place = (self._place + 1) % (2 * _PLACES - 2)
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Move only where it is seen."""
        super().showEvent(event)
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks."""
        super().hideEvent(event)
        self._run()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar; of unknown length, a piece of it that goes to and fro."""
        super().paintEvent(event)
        if not self._unknown:
            return
        width = self.width() / _PLACES
        place = min(self._place, 2 * _PLACES - 2 - self._place)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(theme.ACCENT))
        painter.drawRoundedRect(QRectF(place * width, 0, width, self.height()), 3, 3)
        painter.end()
