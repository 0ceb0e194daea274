"""What a key means where: a focused button, slider or list keeps its own keys although they are shortcuts too.

Qt offers a key to the focused widget before it looks for a shortcut. This filter accepts that offer for widgets that
would not ask for their keys by themselves, and notes whether K is held (K with J or L steps by frames).
"""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

_ARROWS: Final = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    }
)
_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


def keeps_key(widget: QObject | None, key: int) -> bool:
    """Whether a focused widget keeps a key without modifiers for itself."""
    if isinstance(widget, (QLineEdit, QPlainTextEdit, QTextEdit)):
        return key in _ENTER or key == Qt.Key.Key_Escape
    if isinstance(widget, QAbstractButton):
        return key == Qt.Key.Key_Space or key in _ENTER
    if isinstance(widget, (QAbstractSlider, QAbstractSpinBox, QTabBar)):
        return key in _ARROWS or key in _ENTER
    if isinstance(widget, QComboBox):
        return key in _ARROWS or key == Qt.Key.Key_Space
    if isinstance(widget, QAbstractItemView):
        if widget.window().windowType() == Qt.WindowType.Popup:
            return False  # the list of a combo box, which takes its keys while they are offered
        return key in _ARROWS or key in _ENTER or key == Qt.Key.Key_Space
    return False


class WindowKeys(QObject):
    """Filter of the key events of the widget that has the focus.

    Only that widget is watched: a filter of the whole application would run Python for every event.

    Attributes:
        k_held: K is down now.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.k_held = False
        self._watched: QWidget | None = None
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)

    def _focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None and isValid(old):
            old.removeEventFilter(self)
        if new is not None:
            new.installEventFilter(self)
        self.k_held = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the module."""
        if not isinstance(event, QKeyEvent):
            return False
        kind, key = event.type(), event.key()
        combo = _combo_of(watched)
        if combo is not None:
            return _list_key(combo, event)
        if kind == QEvent.Type.ShortcutOverride:
            modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if key == Qt.Key.Key_K and not modifiers:
                self.k_held = True
            if not modifiers and keeps_key(watched, key):
                event.accept()
                return True
        elif kind == QEvent.Type.KeyRelease and not event.isAutoRepeat():
            if key == Qt.Key.Key_K:
                self.k_held = False
            # Fusion presses a focused button with Space only; people expect Enter to do it too.
            if key in _ENTER and isinstance(watched, QAbstractButton):
                watched.click()
                return True
        return False


def _combo_of(widget: QObject) -> QComboBox | None:
    """Return the combo box whose open list a widget is."""
    if not isinstance(widget, QAbstractItemView) or not widget.isVisible():
        return None
    combo = widget.window().parentWidget()
    return combo if isinstance(combo, QComboBox) and combo.view() is widget else None


def _list_key(combo: QComboBox, event: QKeyEvent) -> bool:
    """Let an open list have its keys, and choose with Enter; returns whether that was it.

    Qt chooses when it asks whether Enter is a shortcut, closes the list, and gives the key itself to what lies below:
    there it would begin to edit the segment.
    """
    held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    if event.type() == QEvent.Type.ShortcutOverride and not held and event.key() != Qt.Key.Key_Escape:
        event.accept()
        return True
    if event.type() == QEvent.Type.KeyPress and event.key() in _ENTER:
        row = combo.view().currentIndex().row()
        combo.hidePopup()
        if row >= 0:
            combo.setCurrentIndex(row)
            combo.activated.emit(row)
            combo.textActivated.emit(combo.itemText(row))
        return True
    return False
