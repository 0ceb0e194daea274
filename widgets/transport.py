"""The transport bar: buttons to play and step, the time as an editable field, in and out, loop, speed and volume.

Shows what it is told and says what the user wants; the player and the session decide. Shortcuts belong to the actions
of the window, the tool tips name them.
"""

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QToolButton,
    QToolTip,
    QWidget,
)

from core.timecode import TimecodeError, TimecodeMode, format_time, frame_at, frame_start, parse_time
from widgets import theme
from widgets.numbers import localised
from widgets.theme import icon

ICON_SIZE: Final = 20
PLAY_ICON_SIZE: Final = 24
_MINUS, _TIMES, _DASH = "\u2212", "\u00d7", "\u2013"


class _Button(QToolButton):
    """A flat button that Return presses, too: Space belongs to playback."""

    def __init__(self, name: str, size: int = ICON_SIZE) -> None:
        super().__init__()
        self.setIcon(icon(name))
        self.setIconSize(QSize(size, size))
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def describe(self, title: str, keys: str = "") -> None:
        """Set tool tip and the name for screen readers."""
        self.setAccessibleName(title)
        self.setToolTip(f"{title} ({keys})" if keys else title)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses the button."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class TimeField(QLineEdit):
    """The current time; what is typed is parsed when Return is pressed.

    Attributes:
        time_us: the time shown, which is not touched while the user types.

    Signals:
        timeEntered(int): a time to go to, in microseconds; may lie beside the recording.
        refused(str): why the text is no time.
    """

    timeEntered = Signal(object)  # an int; Signal(int) would end at 35 minutes
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.time_us = 0
        self._mode: TimecodeMode = "seconds"
        self._fps = 25.0
        self._focused_by_mouse = False
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAccessibleName(self.tr("Current time"))
        self.setToolTip(
            self.tr(
                "Current time. Type where to go and press Return: seconds (12.5), minutes (1:02.5), "
                "a timecode (00:01:02:12), or a step (+2, -0.5). Up and Down step by frames."
            )
        )
        self.returnPressed.connect(self._enter)
        self.textEdited.connect(lambda: self._mark(False))
        self._show()

    def set_time(self, time_us: int) -> None:
        """Show a time, unless the user is typing one."""
        self.time_us = time_us
        if not self.isModified():
            self._show()

    def set_mode(self, mode: TimecodeMode, fps: float) -> None:
        """Show seconds or timecode."""
        self._mode, self._fps = mode, fps
        widest = format_time(35_999_999_999, mode, fps)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(widest) + 26)
        self._show()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select all, ready to be typed over."""
        super().focusInEvent(event)
        self._focused_by_mouse = event.reason() == Qt.FocusReason.MouseFocusReason
        self.selectAll()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The first click selects all, further ones place the cursor."""
        super().mousePressEvent(event)
        if self._focused_by_mouse:  # Qt gives the focus before it delivers the press
            self._focused_by_mouse = False
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget what was typed and not entered."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._revert()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc reverts, Up and Down step by frames."""
        if event.key() == Qt.Key.Key_Escape:
            self._revert()
            self.clearFocus()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if event.key() == Qt.Key.Key_Up else -1
            self._revert()
            frame = max(0, frame_at(self.time_us, self._fps) + step)
            self.timeEntered.emit(frame_start(frame, self._fps))
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        try:
            time_us = parse_time(self.text(), self._fps, self.time_us)
        except TimecodeError as error:
            self._mark(True)
            self.selectAll()
            QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), str(error), self)
            self.refused.emit(str(error))
            return
        self._revert()
        self.clearFocus()
        self.timeEntered.emit(time_us)

    def _revert(self) -> None:
        self._mark(False)
        self.setModified(False)
        self._show()

    def _show(self) -> None:
        self.setText(format_time(self.time_us, self._mode, self._fps))

    def _mark(self, wrong: bool) -> None:
        self.setStyleSheet(f"QLineEdit {{ border-color: {theme.ERROR}; }}" if wrong else "")


class TransportBar(QFrame):
    """The row of controls under the preview.

    Attributes:
        time_field: the editable time.

    Signals:
        playToggled(): play or pause.
        stepRequested(int): that many frames on (negative: back).
        startRequested(), endRequested(): go to an end of the recording.
        seekRequested(int): go to a time in microseconds, within the recording.
        inRequested(), outRequested(): set the range's in or out at the playhead.
        loopToggled(bool): repeat the range, or the whole where there is none.
        volumeChanged(float): 0..1.
        mutedChanged(bool): sound off or on.
        refused(str): a sentence about a time that cannot be read.
    """

    playToggled = Signal()
    stepRequested = Signal(int)
    startRequested = Signal()
    endRequested = Signal()
    seekRequested = Signal(object)  # an int; Signal(int) would end at 35 minutes
    inRequested = Signal()
    outRequested = Signal()
    loopToggled = Signal(bool)
    volumeChanged = Signal(float)
    mutedChanged = Signal(bool)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Transport"))
        self._duration_us: int | None = None
        self._in_out: tuple[int, int] | None = None
        self._mode: TimecodeMode = "seconds"
        self._fps = 25.0
        self._make_buttons()
        self._make_labels()
        self._make_volume()
        self._lay_out()
        self._connect()
        self.set_state(False, 1.0)
        self.set_timing("seconds", 25.0, None)

    # Making -------------------------------------------------------------------------------------------------------

    def _make_buttons(self) -> None:
        self._start = _Button("skip-backward")
        self._start.describe(self.tr("To the start"), "Home")
        self._back = _Button("step-backward")
        self._back.describe(self.tr("One frame back"), self.tr("Left"))
        self._play = _Button("play", PLAY_ICON_SIZE)
        self._on = _Button("step-forward")
        self._on.describe(self.tr("One frame on"), self.tr("Right"))
        self._end = _Button("skip-forward")
        self._end.describe(self.tr("To the end"), "End")
        self._loop = _Button("repeat")
        self._loop.setCheckable(True)
        self._loop.describe(self.tr("Loop the range"), "\\")
        self._in = _Button("ray-start")
        self._out = _Button("ray-end")

    def _make_labels(self) -> None:
        self.time_field = TimeField()
        self._duration = QLabel()
        self._duration.setAccessibleName(self.tr("Duration"))
        self._range = QLabel()
        self._range.setAccessibleName(self.tr("Range"))
        self._speed = QLabel()
        self._speed.setAccessibleName(self.tr("Speed"))
        self._speed.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._speed.setToolTip(self.tr("Speed of playback (J and L)"))
        self._speed.setFixedWidth(self.fontMetrics().horizontalAdvance(f"{_MINUS}8{_TIMES}") + 14)
        for label in (self._duration, self._range):
            label.setContentsMargins(0, 0, 8, 0)
            label.setStyleSheet(f"color: {theme.DIM_TEXT};")
            label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def _make_volume(self) -> None:
        self._mute = _Button("volume-high")
        self._mute.setCheckable(True)
        self._volume = QSlider(Qt.Orientation.Horizontal)
        self._volume.setRange(0, 100)
        self._volume.setValue(100)
        self._volume.setPageStep(10)
        self._volume.setFixedWidth(88)
        self._volume.setAccessibleName(self.tr("Volume"))
        self._show_volume()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(2)
        left, right = self._left, self._right = QHBoxLayout(), QHBoxLayout()
        left.setSpacing(6)
        right.setSpacing(4)
        for shown in (self.time_field, self._duration, self._range):
            left.addWidget(shown)
        left.addStretch()
        right.addStretch()
        for control in (self._speed, self._mute, self._volume):
            right.addWidget(control)
        row.addLayout(left, 1)
        for button in (self._start, self._back, self._play, self._on, self._end):
            row.addWidget(button)
        row.addSpacing(10)
        for button in (self._in, self._out, self._loop):
            row.addWidget(button)
        row.addLayout(right, 1)

    def _connect(self) -> None:
        self._start.clicked.connect(lambda: self.startRequested.emit())
        self._back.clicked.connect(lambda: self.stepRequested.emit(-1))
        self._play.clicked.connect(lambda: self.playToggled.emit())
        self._on.clicked.connect(lambda: self.stepRequested.emit(1))
        self._end.clicked.connect(lambda: self.endRequested.emit())
        self._in.clicked.connect(lambda: self.inRequested.emit())
        self._out.clicked.connect(lambda: self.outRequested.emit())
        self._loop.toggled.connect(self.loopToggled)
        self._mute.toggled.connect(self._mute_clicked)
        self._volume.valueChanged.connect(self._volume_moved)
        self.time_field.timeEntered.connect(self._time_entered)
        self.time_field.refused.connect(self.refused)

    # What is shown ------------------------------------------------------------------------------------------------

    def set_time(self, time_us: int) -> None:
        """Show the current time."""
        self.time_field.set_time(time_us)

    def set_timing(self, mode: TimecodeMode, fps: float, duration_us: int | None) -> None:
        """Say how times are written and how long the recording is; None where there is nothing to play."""
        self._mode, self._fps, self._duration_us = mode, fps, duration_us
        self.time_field.set_mode(mode, fps)
        self._duration.setText("" if duration_us is None else f"/ {format_time(duration_us, mode, fps)}")
        for widget in (
            self._start, self._back, self._play, self._on, self._end, self._loop, self._in, self._out, self.time_field,
        ):  # fmt: skip
            widget.setEnabled(duration_us is not None)
        self._show_range()

    def set_state(self, playing: bool, rate: float) -> None:
        """Show whether it plays, and how fast."""
        title = self.tr("Pause") if playing else self.tr("Play")
        self._play.describe(title, self.tr("Space"))
        self._play.setIcon(icon("pause" if playing else "play"))
        times = localised(abs(rate))
        self._speed.setText(f"{_MINUS if rate < 0 else ''}{times}{_TIMES}" if playing else "")
        unusual = playing and rate != 1.0
        self._speed.setStyleSheet(f"color: {theme.MARKER if unusual else theme.DIM_TEXT};")

    def set_in_out(self, in_out: tuple[int, int] | None) -> None:
        """Show the range, or None."""
        self._in_out = in_out
        self._show_range()

    def set_looping(self, on: bool) -> None:
        """Show whether the range repeats; no signal is sent."""
        self._loop.blockSignals(True)
        self._loop.setChecked(on)
        self._loop.blockSignals(False)

    def set_volume(self, volume: float, muted: bool) -> None:
        """Show the volume, 0..1; no signal is sent."""
        for widget in (self._volume, self._mute):
            widget.blockSignals(True)
        self._volume.setValue(round(volume * 100))
        self._mute.setChecked(muted)
        for widget in (self._volume, self._mute):
            widget.blockSignals(False)
        self._show_volume()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide what a narrow bar has no room for."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Return the size of what is always shown."""
        hint = super().minimumSizeHint()
        extra = sum(self._room(widget, layout) for widget, layout in self._extras() if not widget.isHidden())
        return QSize(hint.width() - extra, hint.height())

    def _extras(self) -> tuple[tuple[QWidget, QHBoxLayout], ...]:
        """Return what can be missing with the layout it stands in, what is missed most first.

        Mute stays without the slider, and the tool tips of the buttons tell the range.
        """
        return (self._duration, self._left), (self._volume, self._right), (self._range, self._left)

    @staticmethod
    def _room(widget: QWidget, layout: QHBoxLayout) -> int:
        return max(widget.sizeHint().width(), widget.minimumWidth()) + layout.spacing()

    def _fit(self) -> None:
        """Show as many of the extras as there is room for, whatever the font and the style make of them."""
        left = self.width() - self.minimumSizeHint().width()
        for widget, layout in self._extras():
            wanted = widget is not self._range or self._in_out is not None
            left -= self._room(widget, layout) if wanted else 0
            widget.setVisible(wanted and left >= 0)

    def changeEvent(self, event: QEvent) -> None:
        """Fit the field to another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.time_field.set_mode(self._mode, self._fps)

    def _show_range(self) -> None:
        in_title, out_title = self.tr("Set in at the playhead"), self.tr("Set out at the playhead")
        if self._in_out is None:
            self._fit()
            self._in.describe(in_title, "I")
            self._out.describe(out_title, "O")
            return
        first, last = (format_time(time_us, self._mode, self._fps) for time_us in self._in_out)
        self._range.setText(f"{first} {_DASH} {last}")
        self._range.setToolTip(
            self.tr("Range from in to out: {length}").format(
                length=format_time(self._in_out[1] - self._in_out[0], self._mode, self._fps)
            )
        )
        self._fit()
        self._in.describe(in_title, "I; " + self.tr("now {time}").format(time=first))
        self._out.describe(out_title, "O; " + self.tr("now {time}").format(time=last))

    def _show_volume(self) -> None:
        value, muted = self._volume.value(), self._mute.isChecked()
        name = "volume-off" if muted or value == 0 else "volume-medium" if value < 50 else "volume-high"
        self._mute.setIcon(icon(name))
        self._mute.describe(self.tr("Sound on") if muted else self.tr("Sound off"))
        self._volume.setToolTip(self.tr("Volume: {percent} %").format(percent=value))

    # What the user does -------------------------------------------------------------------------------------------

    def _time_entered(self, time_us: int) -> None:
        self.seekRequested.emit(min(max(0, time_us), self._duration_us or 0))

    def _volume_moved(self, value: int) -> None:
        if self._mute.isChecked() and value:
            self._mute.setChecked(False)
        self._show_volume()
        self.volumeChanged.emit(value / 100)

    def _mute_clicked(self, muted: bool) -> None:
        self._show_volume()
        self.mutedChanged.emit(muted)
