"""The field in which a prompt is written on the timeline itself, with suggestions; and the list of emotions.

Both lie over their segment and go away when they are left: Enter and leaving take the text, Esc gives it up, Tab goes
on to the next segment.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from core.timeline import EMOTIONS, MAX_PROMPT_LENGTH, Segment
from widgets import theme
from widgets.timeline.names import emotion_name

TYPING_PAUSE_MS: Final = 120
"""Suggestions are asked for when nothing was typed for so long."""

_SCORE: Final = Qt.ItemDataRole.UserRole + 1
_SCORE_MARGIN: Final = 8


class _ScoreDelegate(QStyledItemDelegate):
    """Shows how near a suggestion is behind its text; the text ends before it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as the list, however long the text is."""
        return QSize(0, super().sizeHint(option, index).height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the text and, at the right, the score."""
        style = option.widget.style()
        text = str(index.data())
        self.initStyleOption(option, index)
        option.text = ""
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        place = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, option.widget)
        place.setRight(option.rect.right() - _SCORE_MARGIN)
        score = index.data(_SCORE)
        painter.save()
        painter.setFont(option.font)
        if score:
            shown = f"{round(float(score) * 100)} %"
            painter.setPen(theme.colour(theme.DIM_TEXT))
            painter.drawText(place, (Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight).value, shown)
            place.setRight(place.right() - option.fontMetrics.horizontalAdvance(shown) - _SCORE_MARGIN)
        painter.setPen(theme.colour(theme.TEXT))
        text = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, (Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft).value, text)
        painter.restore()


class PromptEditor(QLineEdit):
    """One line of text over a segment.

    Attributes:
        segment_id: the segment that is edited.

    Signals:
        committed(str, str): segment and text, when it was changed and taken.
        closed(int): editing ended; 0, or 1 and -1 to go on with the next or the previous segment.
        typed(str): the text, a moment after the user stopped typing.
    """

    committed = Signal(str, str)
    closed = Signal(int)
    typed = Signal(str)

    def __init__(self, segment: Segment, parent: QWidget) -> None:
        super().__init__(segment.prompt, parent)
        self.segment_id = segment.id
        self._old = segment.prompt
        self._done = False
        self.setMaxLength(MAX_PROMPT_LENGTH)
        self.setPlaceholderText(self.tr("What does the person do?"))
        self.setAccessibleName(self.tr("Prompt"))
        self.setAccessibleDescription(self.tr("Enter takes the text, Esc gives it up, Tab goes to the next segment."))
        self.setToolTip(self.tr("What the person does, for example “wave with the left hand”"))
        self._model = QStandardItemModel(self)
        self._completer = QCompleter(self._model, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(8)
        self._popup = popup = QListView()
        popup.setObjectName("promptSuggestions")
        popup.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._completer.setPopup(popup)
        popup.setItemDelegate(_ScoreDelegate(popup))
        popup.setAccessibleName(self.tr("Suggestions"))
        self.setCompleter(self._completer)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(lambda: self.typed.emit(self.text()))
        self.textEdited.connect(lambda _text: self._pause.start())
        self.selectAll()

    def set_suggestions(self, suggestions: Sequence[tuple[str, float]]) -> None:
        """Offer texts with how near they are to what is typed (0..1, 0 for not asked), nearest first."""
        self._model.clear()
        for text, score in suggestions:
            if text != self.text():
                item = QStandardItem(text)
                item.setToolTip(text)
                item.setData(score, _SCORE)
                self._model.appendRow(item)
        if not self.hasFocus() or self._done:
            return
        if self._model.rowCount():
            self._popup.setMinimumWidth(max(240, self.width()))
            self._completer.complete()
        else:
            self._popup.hide()

    def finish(self, *, keep: bool, step: int = 0) -> None:
        """End editing.

        Args:
            keep: take the text, or give it up.
            step: 1 or -1 to go on with a neighbour.
        """
        if self._done:
            return
        self._done = True
        self._pause.stop()
        self._popup.hide()
        text = " ".join(self.text().split())
        if keep and text != self._old:
            self.committed.emit(self.segment_id, text)
        self.closed.emit(step)

    def event(self, event: QEvent) -> bool:
        """Take Tab before it moves the focus, and keys that are shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Typing must not set in and out points or play: all keys without Ctrl or Alt belong to the text.
            if not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
                event.accept()
                return True
        elif (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        ):
            self.finish(keep=True, step=1 if event.key() == Qt.Key.Key_Tab else -1)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the text, Esc gives it up; neither goes on to the timeline below."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            self.finish(keep=event.key() != Qt.Key.Key_Escape)
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving the field takes the text; a popup or another window is no leaving."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.finish(keep=True)


class EmotionEditor(QComboBox):
    """The list of emotions over a segment of an emotion track.

    Attributes:
        segment_id: the segment that is edited.

    Signals:
        committed(str, str): segment and emotion, when another was chosen.
        closed(int): editing ended.
    """

    committed = Signal(str, str)
    closed = Signal(int)

    def __init__(self, segment: Segment, parent: QWidget) -> None:
        super().__init__(parent)
        self.segment_id = segment.id
        self._old = segment.emotion
        self._done = False
        self._listing = False
        for emotion in EMOTIONS:
            self.addItem(emotion_name(emotion), emotion)
        self.setCurrentIndex(EMOTIONS.index(segment.emotion))
        self.setAccessibleName(self.tr("Emotion"))
        self.setToolTip(self.tr("Emotion of the face"))
        self.activated.connect(lambda _index: self.finish(keep=True))
        self.view().installEventFilter(self)

    def showPopup(self) -> None:
        """Open the list; the focus that goes to it is not lost."""
        self._listing = True
        super().showPopup()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Closing the list without a choice ends editing."""
        if watched is self.view() and event.type() == QEvent.Type.Hide:
            # `activated` comes after the list is hidden.
            QTimer.singleShot(0, self, lambda: self.finish(keep=False))
        return super().eventFilter(watched, event)

    def finish(self, *, keep: bool, step: int = 0) -> None:
        """End editing, with the choice or without."""
        if self._done:
            return
        self._done = True
        chosen = self.currentData()
        if keep and chosen != self._old:
            self.committed.emit(self.segment_id, str(chosen))
        self.closed.emit(step)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives the choice up, Enter takes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.finish(keep=False)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish(keep=True)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving the list takes the choice."""
        super().focusOutEvent(event)
        if not self._listing and event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            self.finish(keep=True)
