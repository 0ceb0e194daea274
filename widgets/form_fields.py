"""Fields that forms are made of: a slider with its number, a seed with a die, a time, a combo box of known values.

Each tells the end of a gesture and not its way: dragging a slider, turning the wheel or typing gives one signal, so
that one gesture becomes one step of the undo history. What a value means is the form's business.
"""

import math
import random
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.constants import MAX_SEED
from core.timecode import TimecodeError, TimecodeMode, format_time, frame_at, frame_start, parse_time
from core.timeline import MAX_TIME_US
from widgets import theme
from widgets.numbers import localised

SETTLE_MS: Final = 350
"""Keys and the wheel change a value in many small steps; this long after the last one the gesture counts as ended."""


class _WheelGuard(QObject):
    """Keeps the wheel from changing fields that do not have the focus: it scrolls the form instead."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def guard_wheel(widget: QWidget) -> None:
    """Let the wheel pass over a field without changing it unless the field has the focus."""
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(_WheelGuard(widget))


def dim_label(text: str = "", buddy: QWidget | None = None) -> QLabel:
    """Return a label in the second rank's colour; with `buddy` its mnemonic leads there."""
    label = QLabel(text)
    label.setObjectName("dim")
    if buddy is not None:
        label.setBuddy(buddy)
    return label


def note_label(colour: str = theme.WARNING) -> QLabel:
    """Return a hidden label for a remark of several lines."""
    label = QLabel()
    label.setWordWrap(True)
    label.setStyleSheet(f"color: {colour}")
    label.hide()
    return label


def tool_button(icon: str, title: str, tip: str = "") -> QToolButton:
    """Return a flat button with an icon, a tool tip and a name for screen readers."""
    button = QToolButton()
    button.setIcon(theme.icon(icon))
    button.setIconSize(QSize(18, 18))
    button.setAccessibleName(title)
    button.setToolTip(tip or title)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def section(title: str) -> QWidget:
    """Return a heading with a line under it."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 8, 0, 0)
    layout.setSpacing(3)
    label = QLabel(title)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    line = QFrame()
    line.setFixedHeight(1)
    line.setStyleSheet(f"background: {theme.BORDER}")
    layout.addWidget(label)
    layout.addWidget(line)
    return holder


class _Typed(QLineEdit):
    """A field whose text is selected where the keyboard comes to it."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select all, ready to be typed over."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()


class NumberEdit(_Typed):
    """A number with two decimals; Up and Down step, Escape puts the old one back.

    Signals:
        numberTyped(float): the user entered a number.
        stepped(int): the user wants it larger (1) or smaller (-1).
    """

    numberTyped = Signal(float)
    stepped = Signal(int)

    def __init__(self, lowest: float, highest: float) -> None:
        super().__init__()
        self._range = lowest, highest
        self._text = ""
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.editingFinished.connect(self.flush)

    def show_number(self, value: float | None) -> None:
        """Show a number, or a dash for several."""
        self._text = "\u2013" if value is None else localised(value, 2)
        self.setText(self._text)

    def flush(self) -> None:
        """Take what was typed; what is no number is put back."""
        if not self.isModified():
            return
        self.setModified(False)
        try:
            value = float(self.text().strip().replace(",", "."))
        except ValueError:
            value = math.nan
        if math.isnan(value):
            self.setText(self._text)
        else:
            self.numberTyped.emit(min(max(value, self._range[0]), self._range[1]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step by Up and Down, go back by Escape."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.flush()
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Up else -1)
        elif event.key() == Qt.Key.Key_Escape and self.isModified():
            self.setModified(False)
            self.setText(self._text)
        else:
            super().keyPressEvent(event)


class SliderField(QWidget):
    """A slider and its number beside each other.

    Attributes:
        slider, number: the two parts; both always show the same value.

    Signals:
        valueCommitted(float): the user has finished changing the value.
    """

    valueCommitted = Signal(float)

    def __init__(self, name: str, tip: str, lowest: float, highest: float, usual: float) -> None:
        """Make the field.

        Args:
            name: for screen readers.
            tip: tool tip of both parts; how to go back to the usual value is added.
            lowest: least value.
            highest: greatest value.
            usual: the value that a double click brings back.
        """
        super().__init__()
        self._usual = usual
        self._committed = usual
        self._mixed = False
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(lowest * 100), round(highest * 100))
        self.slider.setSingleStep(5)
        self.slider.setPageStep(25)
        self.slider.setMinimumWidth(70)
        self.number = NumberEdit(lowest, highest)
        self.number.setFixedWidth(self.number.fontMetrics().horizontalAdvance("0.00") + 22)
        tip = self.tr("{tip} Double click the slider for {usual}.").format(tip=tip, usual=localised(usual))
        for part in (self.slider, self.number):
            part.setAccessibleName(name)
            part.setToolTip(tip)
        guard_wheel(self.slider)
        self.setFocusProxy(self.slider)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.number)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.flush)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(self.flush)
        self.number.numberTyped.connect(self._typed)
        self.number.stepped.connect(lambda step: self.slider.setValue(self.slider.value() + 5 * step))
        self.slider.installEventFilter(self)
        self._show(usual)

    @property
    def is_pending(self) -> bool:
        """Whether the user is changing the value now."""
        return self.slider.isSliderDown() or self._settle.isActive() or self.number.isModified()

    def value(self) -> float:
        """Return what is shown."""
        return round(self.slider.value() / 100, 2)

    def set_value(self, value: float, mixed: bool = False) -> None:
        """Show a value without a signal; `mixed` says that it stands for several. Not while the user changes it."""
        if self.is_pending:
            return
        self._committed = value
        self._show(value)
        self._mixed = mixed
        if mixed:
            self.number.show_number(None)

    def flush(self) -> None:
        """End the gesture that is going on, if any."""
        self.number.flush()
        self._settle.stop()
        if self.slider.isSliderDown():
            return
        if self.value() != round(self._committed, 2):
            self._take()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A double click on the slider brings the usual value back."""
        if watched is self.slider and event.type() == QEvent.Type.MouseButtonDblClick:
            self._show(self._usual)
            if self._mixed or self._usual != round(self._committed, 2):
                self._take()
            return True
        return super().eventFilter(watched, event)

    def _show(self, value: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(value * 100))
        self.number.show_number(value)

    def _slid(self, value: int) -> None:
        self.number.show_number(value / 100)
        if not self.slider.isSliderDown():
            self._settle.start()

    def _typed(self, value: float) -> None:
        self._show(value)
        self._settle.stop()
        if self._mixed or self.value() != round(self._committed, 2):
            self._take()

    def _take(self) -> None:
        self._committed, self._mixed = self.value(), False
        self.valueCommitted.emit(self._committed)


class SeedField(QWidget):
    """A seed with a die; empty means the usual one where that is allowed.

    Attributes:
        edit, dice: the parts.

    Signals:
        seedCommitted(object): a number, or None for the usual seed.
    """

    seedCommitted = Signal(object)

    def __init__(self, name: str, tip: str, *, may_be_empty: bool) -> None:
        """Make the field; `may_be_empty` allows no seed of its own."""
        super().__init__()
        self._may_be_empty = may_be_empty
        self._committed: int | None = None
        self._mixed = False
        self.edit = QLineEdit()
        self.edit.setAccessibleName(name)
        self.edit.setToolTip(tip)
        self.dice = tool_button("dice-multiple-outline", self.tr("Throw a new seed"))
        self.clear = tool_button("backspace-outline", self.tr("Use the project's seed"))
        self.clear.setVisible(may_be_empty)
        self.setFocusProxy(self.edit)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.dice)
        layout.addWidget(self.clear)
        self.edit.editingFinished.connect(self.flush)
        self.dice.clicked.connect(lambda _=False: self._commit(random.randrange(1_000_000)))
        self.clear.clicked.connect(lambda _=False: self._commit(None))

    @property
    def is_pending(self) -> bool:
        """Whether the user is typing."""
        return self.edit.isModified()

    def set_seed(self, seed: int | None, mixed: bool = False, usual: int | None = None) -> None:
        """Show a seed without a signal, unless the user is typing; `usual` is what an empty field stands for."""
        if self.is_pending:
            return
        self._committed, self._mixed = seed, mixed
        self.edit.setText("" if seed is None or mixed else str(seed))
        if mixed:
            self.edit.setPlaceholderText(self.tr("Several"))
        elif usual is not None:
            self.edit.setPlaceholderText(self.tr("{seed} (project)").format(seed=usual))
        self.clear.setEnabled(mixed or seed is not None)

    def flush(self) -> None:
        """Take what was typed; what is no seed is put back."""
        if not self.edit.isModified():
            return
        self.edit.setModified(False)
        text = self.edit.text().strip()
        if not text and self._may_be_empty:
            if not self._mixed:
                self._commit(None)
        elif text.isascii() and text.isdigit() and int(text) <= MAX_SEED:
            self._commit(int(text))
        else:
            self.set_seed(self._committed, self._mixed)

    def _commit(self, seed: int | None) -> None:
        changed = self._mixed or seed != self._committed
        self.edit.setModified(False)
        self.set_seed(seed)
        if changed:
            self.seedCommitted.emit(seed)


class TimeEntry(_Typed):
    """A time to be typed; Up and Down step by frames, Escape puts the old one back.

    Signals:
        timeCommitted(int): another time in microseconds.
        refused(str): why the text is no time.
    """

    timeCommitted = Signal(object)  # an int; Signal(int) would end at 35 minutes
    refused = Signal(str)

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self._time_us: int | None = None
        self._mode: TimecodeMode = "seconds"
        self._fps = 25.0
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(64)
        self.editingFinished.connect(self.flush)

    def set_time(self, time_us: int | None) -> None:
        """Show a time, or a dash for several, unless the user is typing."""
        if self.isModified():
            return
        self._time_us = time_us
        self.setText("" if time_us is None else format_time(time_us, self._mode, self._fps))
        self.setPlaceholderText("\u2013" if time_us is None else "")

    def set_mode(self, mode: TimecodeMode, fps: float) -> None:
        """Show seconds or timecode."""
        self._mode, self._fps = mode, fps
        self.set_time(self._time_us)

    def flush(self) -> None:
        """Take what was typed; what is no time is put back and refused."""
        if not self.isModified():
            return
        self.setModified(False)
        try:
            wanted = parse_time(self.text(), self._fps, self._time_us or 0)
        except TimecodeError as error:
            self.set_time(self._time_us)
            self.refused.emit(str(error))
            return
        self._commit(min(max(wanted, 0), MAX_TIME_US))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down step by a frame, Escape forgets what was typed."""
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._time_us is not None and not self.isReadOnly():
            self.flush()
            frame = frame_at(self._time_us, self._fps) + (1 if key == Qt.Key.Key_Up else -1)
            self._commit(frame_start(max(0, frame), self._fps))
        elif key == Qt.Key.Key_Escape and self.isModified():
            self.setModified(False)
            self.set_time(self._time_us)
        else:
            super().keyPressEvent(event)

    def _commit(self, time_us: int) -> None:
        changed = time_us != self._time_us
        self.set_time(time_us)
        if changed:
            self.timeCommitted.emit(time_us)


class ChoiceField(QComboBox):
    """A combo box of values with titles, for one value or several mixed ones.

    Signals:
        valueChosen(object): the user chose another value.
    """

    valueChosen = Signal(object)

    def __init__(self, name: str, tip: str, choices: Sequence[tuple[object, str]] = ()) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setPlaceholderText(self.tr("Several"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        guard_wheel(self)
        for value, title in choices:
            self.addItem(title, value)
        self.activated.connect(self._chosen)
        self._shown: object = None

    def set_choices(self, choices: Sequence[tuple[object, str]]) -> None:
        """Replace the choices and keep what is chosen."""
        shown = self._shown
        with QSignalBlocker(self):
            self.clear()
            for value, title in choices:
                self.addItem(title, value)
        self.set_value(shown)

    def set_value(self, value: object, mixed: bool = False) -> None:
        """Show a value without a signal; one that is not among the choices is added."""
        self._shown = None if mixed else value
        with QSignalBlocker(self):
            if mixed or value is None:
                self.setCurrentIndex(-1)
                return
            index = self.findData(value)
            if index < 0:
                self.addItem(localised(value) if isinstance(value, float) else str(value), value)
                index = self.count() - 1
            self.setCurrentIndex(index)

    def value(self) -> object:
        """Return what is chosen, or None."""
        return self.currentData()

    def _chosen(self, index: int) -> None:
        value = self.itemData(index)
        if value != self._shown:
            self._shown = value
            self.valueChosen.emit(value)
