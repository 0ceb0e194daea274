"""The command palette: type a few letters, see the commands that fit, press Enter.

It shows QActions that others made and triggers the chosen one. Not a search in the project.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeyEvent, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme

_ITEM_ROLE = Qt.ItemDataRole.UserRole
_WIDTH = 620
_HEIGHT = 420


@dataclass(frozen=True)
class PaletteItem:
    """One command.

    Attributes:
        action: what is triggered.
        group: the menu it lies in.
        tip: one sentence about it.
    """

    action: QAction
    group: str
    tip: str

    @property
    def name(self) -> str:
        """The action's text without the marks of menus."""
        return self.action.text().replace("&", "").rstrip("…")


def match_score(query: str, name: str, group: str = "", tip: str = "") -> float | None:
    """Return how well a command fits what was typed, higher is better, or None if it does not.

    Best is a name that begins with the query, then a word that does, then the query anywhere, then its letters in
    order; group and description count less.
    """
    wanted = " ".join(query.lower().split())
    if not wanted:
        return 0.0
    text = name.lower()
    if text.startswith(wanted):
        return 100 - 0.1 * len(text)
    if any(word.startswith(wanted) for word in text.split()):
        return 80 - 0.1 * len(text)
    if wanted in text:
        return 60 - 0.1 * len(text)
    words = wanted.split()
    everything = f"{text} {group.lower()} {tip.lower()}"
    if all(word in everything for word in words):
        return 40 + 5 * sum(word in text for word in words)
    gaps = _letters_in_order(wanted.replace(" ", ""), text)
    return None if gaps is None else 20 - gaps


def _letters_in_order(letters: str, text: str) -> float | None:
    """Gaps between the letters as they are found in the text, or None."""
    place = -1
    gaps = 0.0
    for letter in letters:
        found = text.find(letter, place + 1)
        if found < 0:
            return None
        gaps += 0.0 if found == place + 1 else 1.0
        place = found
    return gaps if gaps <= max(2, len(letters) / 2) else None


class _Delegate(QStyledItemDelegate):
    """Draws name and description at the left, shortcut at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, option.fontMetrics.height() * 2 + 10)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        item: PaletteItem = index.data(_ITEM_ROLE)
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(option.rect, theme.colour(theme.ACCENT, 60))
            painter.fillRect(
                QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()), QColor(theme.ACCENT)
            )
        enabled = item.action.isEnabled()
        inner = option.rect.adjusted(40, 4, -12, -4)
        item.action.icon().paint(painter, QRect(option.rect.left() + 12, inner.top() + 6, 18, 18))
        keys = item.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        if item.action.isCheckable():
            keys = ("✓  " if item.action.isChecked() else "") + keys
        text = option.palette.color(
            QPalette.ColorGroup.Normal if enabled else QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text
        )
        painter.setPen(text)
        upper = QRect(inner.left(), inner.top(), inner.width(), inner.height() // 2)
        lower = QRect(inner.left(), upper.bottom() + 1, inner.width(), inner.height() // 2)
        painter.drawText(upper, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, item.name)
        painter.setPen(QColor(theme.DIM_TEXT))
        painter.drawText(upper, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, keys)
        line = f"{item.group}: {item.tip}" if item.group else item.tip
        line = option.fontMetrics.elidedText(line, Qt.TextElideMode.ElideRight, lower.width())
        painter.drawText(lower, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line)
        painter.restore()


class CommandPalette(QDialog):
    """A list of commands with a search field; closes when one was chosen.

    Signals:
        chosen(QAction): the user picked it; the dialog is closed already, so that the action sees the window's focus.
    """

    chosen = Signal(QAction)

    def __init__(self, items: Sequence[PaletteItem], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("commandPalette")
        self.setAccessibleName(self.tr("Command palette"))
        self._items = list(items)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Type what you want to do"))
        self.field.setAccessibleName(self.tr("Command"))
        self.field.setToolTip(self.tr("Letters of the command's name; arrow keys choose, Enter runs"))
        self.field.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Commands that fit"))
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.resize(_WIDTH, _HEIGHT)
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _item: self._run())
        self._filter("")

    def _filter(self, query: str) -> None:
        found = [(match_score(query, item.name, item.group, item.tip), item) for item in self._items]
        fitting = [(score, item) for score, item in found if score is not None]
        if query.strip():
            fitting.sort(key=lambda pair: (not pair[1].action.isEnabled(), -pair[0]))
        self.list.clear()
        for _, item in fitting:
            row = QListWidgetItem()
            row.setData(_ITEM_ROLE, item)
            row.setData(Qt.ItemDataRole.AccessibleTextRole, item.name)
            if not item.action.isEnabled():
                row.setFlags(row.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.list.addItem(row)
        for row_number in range(self.list.count()):
            if self.list.item(row_number).flags() & Qt.ItemFlag.ItemIsEnabled:
                self.list.setCurrentRow(row_number)
                break

    def _run(self) -> None:
        row = self.list.currentItem()
        if row is None or not row.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        action = row.data(_ITEM_ROLE).action
        self.accept()
        self.chosen.emit(action)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys and Enter of the field work on the list."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = event.key()
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
                step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8}.get(Qt.Key(key), -8)
                self._step(step)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run()
                return True
        return super().eventFilter(watched, event)

    def _step(self, step: int) -> None:
        rows = [row for row in range(self.list.count()) if self.list.item(row).flags() & Qt.ItemFlag.ItemIsEnabled]
        if not rows:
            return
        now = self.list.currentRow()
        place = rows.index(now) + step if now in rows else 0
        self.list.setCurrentRow(rows[max(0, min(place, len(rows) - 1))])

    def show_over(self, window: QWidget) -> None:
        """Open near the top of a window, within it."""
        frame = window.rect()
        self.resize(min(_WIDTH, frame.width() - 40), min(_HEIGHT, frame.height() - 100))
        corner = window.mapToGlobal(frame.topLeft())
        self.move(corner.x() + (frame.width() - self.width()) // 2, corner.y() + 60)
        self.show()
        self.field.setFocus()
