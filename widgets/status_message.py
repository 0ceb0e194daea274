"""The sentence at the left of the status bar: one line, that opens in full where it does not fit.

It shows what it is told; how long a sentence stays is the status bar's business.
"""

from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from widgets import theme
from widgets.elided_label import ElidedLabel
from widgets.form_fields import tool_button

_WIDEST: Final = 560


class StatusMessage(ElidedLabel):
    """A click, Return or Space opens the whole sentence to read and to select; Ctrl+C copies it.

    Attributes:
        whole: what is opened, or None.
    """

    def __init__(self) -> None:
        super().__init__()
        self.whole: WholeMessage | None = None
        self.setAccessibleName(self.tr("Message"))
        self.setAccessibleDescription(self.tr("Return opens it in full, Ctrl+C copies it"))
        copy = QAction(self.tr("&Copy"), self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def show_text(self, text: str, colour: str) -> None:
        """Show a sentence; without one the keyboard does not stop here."""
        self.setStyleSheet(f"color: {colour}")
        self.setText(text)
        self.setToolTip(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if text else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if text else Qt.CursorShape.ArrowCursor)

    def open(self) -> None:
        """Show the whole sentence above the bar."""
        if not self.text():
            return
        self.whole = WholeMessage(self.text(), self)
        self.whole.adjustSize()
        self.whole.move(self.mapToGlobal(QPoint(-8, -self.whole.height() - 6)))
        self.whole.show()
        self.whole.label.setFocus(Qt.FocusReason.PopupFocusReason)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the whole."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the whole."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.open()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits, and the ring of the focus."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(theme.colour(theme.ACCENT), 1.0))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class WholeMessage(QFrame):
    """A small window with a sentence in full, until a click beside it or Escape.

    Attributes:
        label: the sentence, to be selected by mouse and keys.
        copy_button: copies all of it.
    """

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("wholeMessage")
        self.setStyleSheet(
            f"QFrame#wholeMessage {{ background: {theme.RAISED}; border: 1px solid {theme.BORDER}; }}"
            f"QLabel {{ color: {theme.TEXT}; }}"
        )
        self.label = QLabel(text)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setAccessibleName(self.tr("Message"))
        self.label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.label.setFixedWidth(min(_WIDEST, self.label.fontMetrics().horizontalAdvance(text) + 4))
        self.copy_button = tool_button("content-copy", self.tr("Copy the message"))
        self.copy_button.clicked.connect(lambda _=False: QGuiApplication.clipboard().setText(text))
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 6, 6, 6)
        line.addWidget(self.label)
        line.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
