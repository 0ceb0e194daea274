"""The status bar: messages at the left; motion engine, time, frame, device and memory at the right.

It shows what it is told; only the memory of the own process it reads itself, from the system's files.
"""

import os
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStatusBar, QWidget

from core.timecode import TimecodeMode, format_time, frame_at
from widgets import theme
from widgets.numbers import localised
from widgets.quiet_bar import QuietBar
from widgets.status_message import StatusMessage

_MESSAGE_MS = 8000
_ICON = 16
_MEMORY_EVERY_MS = 2000


def process_memory_mb() -> float | None:
    """Return the resident memory of this process in MiB, or None where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            pages = int(file.read().split()[1])
    except (OSError, ValueError, IndexError):
        return _peak_memory_mb()
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _peak_memory_mb() -> float | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


class StatusBar(QStatusBar):
    """See the module.

    Attributes:
        engine_label, engine_bar, time_label, device_label, memory_label: what is shown, for tests and screen readers.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._mode: TimecodeMode = "seconds"
        self._fps = 25.0
        self._time_us = 0
        self._duration_us: int | None = None
        self._level = "info"
        self._icon = QLabel()
        self._message = StatusMessage()  # a long one must not push away what stands at the right
        left = QWidget()
        left.setMinimumHeight(_ICON + 2)  # a message with an icon must not make the bar higher
        line = QHBoxLayout(left)
        line.setContentsMargins(8, 0, 0, 0)
        line.addWidget(self._icon)
        line.addWidget(self._message, 1)
        self.addWidget(left, 1)
        self.engine_label = self._label(self.tr("Motion engine"), self.tr("What the motion engine does"))
        self.engine_bar = QuietBar()
        self.engine_bar.setFixedWidth(110)
        self.engine_bar.setTextVisible(False)
        self.engine_bar.setAccessibleName(self.tr("Progress of the motion engine"))
        self.engine_bar.hide()
        self.addPermanentWidget(self.engine_bar)
        self.time_label = self._label(self.tr("Time"), self.tr("Time of the playhead, and its frame in the video"))
        self.device_label = self._label(self.tr("Device"), self.tr("What renders compute on, and the sound device"))
        self.memory_label = self._label(
            self.tr("Memory"), self.tr("Memory of the window; the motion engine and renders are processes of their own")
        )
        self._clear = QTimer(self)
        self._clear.setSingleShot(True)
        self._clear.timeout.connect(lambda: self.show_message("info", ""))
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._show_memory)
        self._timer.start(_MEMORY_EVERY_MS)
        self.messageChanged.connect(self._tip_shown)
        self._show_memory()
        self.set_time(0)

    def _label(self, name: str, tip: str) -> QLabel:
        label = QLabel()
        label.setAccessibleName(name)
        label.setToolTip(tip)
        label.setContentsMargins(8, 0, 8, 0)
        self.addPermanentWidget(label)
        return label

    def _tip_shown(self, text: str) -> None:
        """Menu tips cover the message for as long as they are there."""
        self._message.setVisible(not text)
        self._icon.setVisible(not text)

    # What is told -----------------------------------------------------------------------------------------------------

    def show_message(self, level: str, text: str) -> None:
        """Show a sentence: "info" and "refused" go away by themselves, "warning" and "error" stay till the next one."""
        self._level = level
        colours = {"refused": theme.WARNING, "warning": theme.WARNING, "error": theme.ERROR}
        icons = {"refused": "alert-outline", "warning": "alert-outline", "error": "alert-circle-outline"}
        self._message.show_text(text, colours.get(level, theme.DIM_TEXT))
        name = icons.get(level) if text else None
        self._icon.setVisible(name is not None)
        if name is not None:
            self._icon.setPixmap(theme.icon(name).pixmap(_ICON, _ICON))
        if level in ("info", "refused") and text:
            self._clear.start(_MESSAGE_MS)
        else:
            self._clear.stop()

    def end_refusal(self) -> None:
        """Take away why an edit was refused: the user has done something else since."""
        if self._level == "refused":
            self.show_message("info", "")

    @property
    def message(self) -> str:
        """The sentence that is shown."""
        return self._message.text()

    def set_time(self, time_us: int) -> None:
        """Show the playhead's time."""
        self._time_us = time_us
        self._show_time()

    def set_timing(self, mode: TimecodeMode, fps: float, duration_us: int | None) -> None:
        """Say how times are written, the video's frame rate and the recording's length."""
        self._mode, self._fps, self._duration_us = mode, fps, duration_us
        self._show_time()

    def _show_time(self) -> None:
        text = format_time(self._time_us, self._mode, self._fps)
        if self._duration_us is not None:
            text += " / " + format_time(self._duration_us, self._mode, self._fps)
        frame = frame_at(max(0, self._time_us), self._fps)
        text += self.tr("  ·  frame {number}  ·  {fps} fps").format(number=frame, fps=localised(self._fps))
        self.time_label.setText(text)

    def set_engine(self, text: str, done: float | None = None) -> None:
        """Show what the motion engine does; `done` is 0..1, -1 for work of unknown length, None for no work."""
        self.engine_label.setText(text)
        self.engine_bar.setVisible(done is not None)
        if done is not None:
            self.engine_bar.show_fraction(None if done < 0 else done)

    def set_device(self, text: str) -> None:
        """Show the devices."""
        self.device_label.setText(text)

    def _show_memory(self) -> None:
        found = process_memory_mb()
        self.memory_label.setText("" if found is None else f"{found:.0f} MB")
