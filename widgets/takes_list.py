"""The list of a segment's takes: star, age, seed and prompt of each, the one in use marked.

Shows takes and says what the user wants of them; what a take is stands in `core.timeline`.
"""

from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QToolButton, QVBoxLayout, QWidget

from core.timeline import Segment, Take
from widgets import theme
from widgets.elided_label import ElidedLabel
from widgets.form_fields import tool_button

_MOST_ROWS: Final = 4


def age(created: datetime, now: datetime | None = None) -> str:
    """Return how long ago a take was made, in words."""
    seconds = max(0, int(((now or datetime.now(UTC)) - created).total_seconds()))

    if seconds < 60:
        return QCoreApplication.translate("TakesList", "just now")
    if seconds < 3600:
        return QCoreApplication.translate("TakesList", "{n} min ago").format(n=seconds // 60)
    if seconds < 86_400:
        return QCoreApplication.translate("TakesList", "{n} h ago").format(n=seconds // 3600)
    if seconds < 7 * 86_400:
        return QCoreApplication.translate("TakesList", "{n} d ago").format(n=seconds // 86_400)
    return created.astimezone().strftime("%Y-%m-%d")


class _Row(QWidget):
    """One take."""

    def __init__(self, number: int, take: Take, used: bool, locked: bool, owner: "TakesList") -> None:
        super().__init__()
        self.star = tool_button(
            "star" if take.favourite else "star-outline",
            self.tr("Favourite of take {n}").format(n=number + 1),
            self.tr("Mark this take as a favourite, or take the mark away (F)"),
        )
        self.star.setCheckable(True)
        self.star.setChecked(take.favourite)
        self.star.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.star.setStyleSheet("QToolButton:checked { background: transparent; border-color: transparent; }")
        self.use = QToolButton()
        self.use.setText(self.tr("In use") if used else self.tr("Use"))
        self.use.setEnabled(not used and not locked)
        self.use.setToolTip(self.tr("Give the segment this motion again, with its prompt and seed (Return)"))
        self.use.setAccessibleName(self.tr("Use take {n}").format(n=number + 1))
        self.use.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._used = used
        title = ElidedLabel(self.tr("Take {n}").format(n=number + 1) + f"  ·  {age(take.created)}")
        if used:
            font = title.font()
            font.setBold(True)
            title.setFont(font)
        text = self.tr("seed {seed}").format(seed=take.seed) + (f"  ·  {take.prompt}" if take.prompt else "")
        self.detail = ElidedLabel(text)
        self.detail.setObjectName("dim")
        self.setToolTip(text)
        self.set_chosen(False)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(title)
        words.addWidget(self.detail)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 3, 6, 3)
        layout.setSpacing(4)
        layout.addWidget(self.star)
        layout.addLayout(words, 1)
        layout.addWidget(self.use)
        self.star.clicked.connect(lambda on: owner.takeFavoured.emit(number, on))
        self.use.clicked.connect(lambda _=False: owner.takeRequested.emit(number))

    def set_chosen(self, chosen: bool) -> None:
        """Keep the second rank's text readable on the colour of a chosen row."""
        dim = theme.CHOSEN_DIM if chosen else theme.DIM_TEXT
        self.detail.setStyleSheet(f"color: {dim}")
        border = "transparent" if self._used else dim if chosen else theme.BORDER
        self.use.setStyleSheet(
            f"QToolButton {{ border: 1px solid {border}; }}"
            f"QToolButton:disabled {{ color: {dim if self._used else theme.DISABLED}; }}"
        )

    def sizeHint(self) -> QSize:
        """Two lines; the width is the list's."""
        return QSize(60, 2 * self.fontMetrics().lineSpacing() + 12)


class TakesList(QListWidget):
    """Takes, the newest first.

    Signals:
        takeRequested(int): use the take of that index.
        takeFavoured(int, bool): star it or not.
    """

    takeRequested = Signal(int)
    takeFavoured = Signal(int, bool)

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[object, ...] = ()
        self.setAccessibleName(self.tr("Takes"))
        self.setToolTip(
            self.tr("Motions made for this segment. Return uses the current one, F marks it as a favourite.")
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.itemDoubleClicked.connect(lambda _item: self._use())
        self.itemSelectionChanged.connect(self._show_chosen)

    def set_segment(self, segment: Segment | None) -> None:
        """Show the takes of a segment."""
        shown: tuple[object, ...] = ()
        if segment is not None:
            shown = (segment.id, segment.takes, segment.active_take, segment.locked)
        if shown == self._shown:
            return
        # With the same take in use the keyboard stays where it was; another one is what the user looks at now.
        keep = self._shown[:3:2] == shown[:3:2]
        row = self.currentRow() if keep else -1
        self._shown = shown
        self.clear()
        if segment is not None:
            for number in reversed(range(len(segment.takes))):
                item = QListWidgetItem()
                item.setData(Qt.ItemDataRole.UserRole, number)
                take = segment.takes[number]
                used = number == segment.active_take
                item.setData(
                    Qt.ItemDataRole.AccessibleTextRole,
                    self.tr("Take {n}, seed {seed}, {state}").format(
                        n=number + 1, seed=take.seed, state=self.tr("in use") if used else age(take.created)
                    ),
                )
                widget = _Row(number, take, used, segment.locked, self)
                item.setSizeHint(widget.sizeHint())
                self.addItem(item)
                self.setItemWidget(item, widget)
        if self.count():
            if row < 0 and segment is not None and segment.active_take is not None:
                row = self.count() - 1 - segment.active_take
            self.setCurrentRow(min(max(row, 0), self.count() - 1))
            self._show_chosen()
            rows = min(self.count(), _MOST_ROWS)
            self.setFixedHeight(rows * self.sizeHintForRow(0) + 4)

    def _show_chosen(self) -> None:
        for number in range(self.count()):
            item = self.item(number)
            row = self.itemWidget(item)
            if isinstance(row, _Row):
                row.set_chosen(item.isSelected())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return uses a take, F stars it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._use()
        elif event.key() == Qt.Key.Key_F and not event.modifiers():
            row = self.itemWidget(self.currentItem()) if self.currentItem() is not None else None
            if isinstance(row, _Row):
                row.star.click()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here from being shortcuts of the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_F, Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers()
        ):
            event.accept()
            return True
        return super().event(event)

    def _use(self) -> None:
        item = self.currentItem()
        row = self.itemWidget(item) if item is not None else None
        if isinstance(row, _Row) and row.use.isEnabled():
            row.use.click()
