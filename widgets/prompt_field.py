"""The field in which a prompt is written, with a list of prompts that the networks know.

It asks for suggestions and shows those it is given; where they come from is not its business.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit, QWidget

from core.timeline import MAX_PROMPT_LENGTH

_ASK_MS: Final = 180
_ROWS: Final = 6
_LINES: Final = 3


class PromptField(QPlainTextEdit):
    """Three wrapped lines that hold one line of text.

    Return takes the text, Escape puts the old one back, Down goes into the suggestions.

    Attributes:
        suggestions: the list under the field, shown while there is something to choose.

    Signals:
        committed(str): the user finished with another text than before.
        typed(str): what is written at the moment, a little after the last key; to ask for suggestions.
        replaced: another text is shown that the user did not write.
    """

    committed = Signal(str)
    typed = Signal(str)
    replaced = Signal()

    def __init__(self, overlay_parent: QWidget) -> None:
        """Make the field; the suggestions lie over `overlay_parent`."""
        super().__init__()
        self._text = ""
        self._writing = False
        self.setTabChangesFocus(True)
        self.setAccessibleName(self.tr("Prompt"))
        self.setToolTip(
            self.tr("What the person does. Return takes the text, Down chooses a suggestion, Escape goes back.")
        )
        self.setPlaceholderText(self.tr("Speech alone. Write what the person does, such as: wave with the right hand"))
        self.setFixedHeight(_LINES * self.fontMetrics().lineSpacing() + 18)
        self.suggestions = QListWidget(overlay_parent)
        self.suggestions.setAccessibleName(self.tr("Suggested prompts"))
        self.suggestions.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.suggestions.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.suggestions.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.suggestions.hide()
        self.suggestions.itemClicked.connect(self._pick)
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(_ASK_MS)
        self._ask.timeout.connect(lambda: self.typed.emit(self.text()))
        self.textChanged.connect(self._changed)
        overlay_parent.installEventFilter(self)

    @property
    def is_pending(self) -> bool:
        """Whether another text is written than was taken last."""
        return self.text() != self._text

    def text(self) -> str:
        """Return the text as one line."""
        return " ".join(self.toPlainText().split())

    def set_text(self, text: str, placeholder: str = "") -> None:
        """Show a text without a signal, unless the user is writing another one."""
        if placeholder:
            self.setPlaceholderText(placeholder)
        if text == self._text and self.text() == text:
            return
        if self.is_pending and self.hasFocus():
            return
        self._text = text
        with QSignalBlocker(self):
            self.setPlainText(text)
        self.document().clearUndoRedoStacks()
        self._stop_asking()
        self.replaced.emit()

    def set_suggestions(self, found: Sequence[tuple[str, float]]) -> None:
        """Offer prompts, best first; shown only while the user writes here: answers may come late."""
        self.suggestions.clear()
        for text, score in found:
            if text == self.text():
                continue
            item = QListWidgetItem(text)
            item.setToolTip(self.tr("{text}\nLikeness {percent} %").format(text=text, percent=round(100 * score)))
            self.suggestions.addItem(item)
        if self._writing and self.hasFocus() and self.suggestions.count() and not self.isReadOnly():
            self._place()
        else:
            self.suggestions.hide()

    def ask(self) -> None:
        """Ask for suggestions for what is written."""
        self._writing = True
        self._ask.start()

    def take(self, text: str) -> None:
        """Take another text, as if the user had written it."""
        with QSignalBlocker(self):
            self.setPlainText(text)
            self.moveCursor(QTextCursor.MoveOperation.End)
        self.flush()
        self.typed.emit(text)

    def flush(self) -> None:
        """Take what is written."""
        self._stop_asking()
        text = self.text()[:MAX_PROMPT_LENGTH]
        if text != self._text:
            self._text = text
            self.committed.emit(text)
        if self.toPlainText() != text:
            with QSignalBlocker(self):
                self.setPlainText(text)

    def revert(self) -> None:
        """Go back to the text that was taken last."""
        with QSignalBlocker(self):
            self.setPlainText(self._text)
        self._stop_asking()
        self.replaced.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return, Escape, Up and Down as the class says; the rest is writing."""
        key = event.key()
        listed = self.suggestions.isVisible()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            item = self.suggestions.currentItem() if listed else None
            if item is not None:
                self._pick(item)
            else:
                self.flush()
                self.selectAll()
        elif key == Qt.Key.Key_Escape and (listed or self.is_pending):
            if listed:
                self._stop_asking()
            else:
                self.revert()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._moves_in_list(key):
            return
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Ask for suggestions, and select all for a user who came by keyboard."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()
        if not self.isReadOnly():
            self.ask()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the text."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.flush()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste as one line."""
        self.insertPlainText(" ".join(source.text().split()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the list at the field when the form is moved or resized."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Hide) and self.suggestions.isVisible():
            self.suggestions.hide()
        return super().eventFilter(watched, event)

    def _changed(self) -> None:
        if len(self.toPlainText()) > MAX_PROMPT_LENGTH:
            cursor = self.textCursor()
            with QSignalBlocker(self):
                self.setPlainText(self.toPlainText()[:MAX_PROMPT_LENGTH])
            cursor.movePosition(QTextCursor.MoveOperation.End)
            self.setTextCursor(cursor)
        self.ask()

    def _moves_in_list(self, key: int) -> bool:
        if not self.suggestions.isVisible():
            if key == Qt.Key.Key_Down and self.suggestions.count() and self.textCursor().atEnd():
                self._place()
                self.suggestions.setCurrentRow(0)
                return True
            return False
        row = self.suggestions.currentRow() + (1 if key == Qt.Key.Key_Down else -1)
        if row < 0:
            self.suggestions.setCurrentRow(-1)
        else:
            self.suggestions.setCurrentRow(min(row, self.suggestions.count() - 1))
        return True

    def _stop_asking(self) -> None:
        self._writing = False
        self._ask.stop()
        self.suggestions.hide()

    def _pick(self, item: QListWidgetItem) -> None:
        self.take(item.text())

    def _place(self) -> None:
        parent = self.suggestions.parentWidget()
        if parent is None:
            return
        rows = min(self.suggestions.count(), _ROWS)
        height = rows * max(self.suggestions.sizeHintForRow(0), 18) + 4
        corner = self.mapTo(parent, QPoint(0, self.height() + 2))
        self.suggestions.setGeometry(corner.x(), corner.y(), self.width(), height)
        self.suggestions.setCurrentRow(-1)
        self.suggestions.show()
        self.suggestions.raise_()
