"""The dialog that offers work which a crash left unsaved, by the time of each copy.

It shows what it is given and says what was chosen; finding, opening and removing copies is the program's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.takes_list import age

_ROLE: Final = Qt.ItemDataRole.UserRole
_GAP: Final = 20
"""Pixels between the columns of the list."""


@dataclass(frozen=True)
class RecoveryChoice:
    """A copy that can be opened.

    Attributes:
        key: whatever the caller knows it by.
        name: of the project.
        path: the project's own file, or None if it was never saved.
        saved_at: when the copy was made, with time zone.
        segments: how many segments it has.
        older: the project's own file was changed later than this copy.
    """

    key: object
    name: str
    path: Path | None
    saved_at: datetime
    segments: int
    older: bool = False


class RecoveryDialog(QDialog):
    """Offers copies, the newest of each project first.

    Attributes:
        list: the copies, one group a project.
        discard: whether the user wants the copies to be removed; only with `chosen()` None.
    """

    def __init__(self, choices: Sequence[RecoveryChoice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Recover unsaved work"))
        self.discard = False
        icon = QLabel()
        icon.setPixmap(theme.icon("lifebuoy").pixmap(40, 40))
        text = QLabel(
            self.tr(
                "The program ended while there was unsaved work. Choose which state to open. "
                "Your own project files stay as they are until you save."
            )
        )
        text.setWordWrap(True)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(text, 1)
        self.list = QTreeWidget()
        self.list.setAccessibleName(self.tr("Unsaved states"))
        self.list.setToolTip(self.tr("Choose a state; Return opens it"))
        self._titles = [self.tr("Saved at"), self.tr("Segments"), self.tr("Remark")]
        self.list.setHeaderLabels(self._titles)
        self.list.setRootIsDecorated(False)
        self.list.setItemsExpandable(False)
        self.list.setAllColumnsShowFocus(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.itemDoubleClicked.connect(lambda item, _column: self.accept() if item.data(0, _ROLE) else None)
        self.list.currentItemChanged.connect(lambda _new, _old: self._update())
        buttons = QDialogButtonBox()
        self.open_button = buttons.addButton(self.tr("&Recover"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.open_button.setDefault(True)
        self.open_button.setToolTip(self.tr("Open this state; it is saved only when you say so"))
        self.later_button = buttons.addButton(self.tr("&Later"), QDialogButtonBox.ButtonRole.RejectRole)
        self.later_button.setToolTip(self.tr("Keep the states and ask again at the next start"))
        self.discard_button = buttons.addButton(self.tr("&Discard all"), QDialogButtonBox.ButtonRole.DestructiveRole)
        self.discard_button.setToolTip(self.tr("Remove these states; saved project files stay"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.discard_button.clicked.connect(lambda _=False: self._discard())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)
        self._fill(choices)
        self.resize(640, 380)
        self.list.setFocus()
        self._update()

    def chosen(self) -> object | None:
        """Return the key of the chosen state, or None."""
        item = self.list.currentItem()
        choice = item.data(0, _ROLE) if item is not None else None
        return choice.key if isinstance(choice, RecoveryChoice) else None

    def _fill(self, choices: Sequence[RecoveryChoice]) -> None:
        groups: dict[tuple[str, str], list[RecoveryChoice]] = {}
        for choice in sorted(choices, key=lambda c: c.saved_at, reverse=True):
            groups.setdefault((choice.name, str(choice.path or "")), []).append(choice)
        items: list[QTreeWidgetItem] = []
        for (name, path), members in groups.items():
            place = path or self.tr("never saved")  # within an f-string it would not be found for translation
            group = QTreeWidgetItem([f"{name}   \u2014   {place}"])
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.setSizeHint(0, QSize(10, 28))
            font = group.font(0)
            font.setBold(True)
            group.setFont(0, font)
            self.list.addTopLevelItem(group)
            group.setFirstColumnSpanned(True)
            for choice in members:
                when, ago = choice.saved_at.astimezone().strftime("%Y-%m-%d %H:%M:%S"), age(choice.saved_at)
                if not when.startswith(ago):
                    when += f"  ({ago})"
                remark = self.tr("The saved project is newer") if choice.older else ""
                item = QTreeWidgetItem([when, str(choice.segments), remark])
                item.setData(0, _ROLE, choice)
                item.setSizeHint(0, QSize(10, 26))
                if choice.older:
                    item.setForeground(2, theme.colour(theme.WARNING))
                group.addChild(item)
                items.append(item)
            group.setExpanded(True)
        self.list.header().setStretchLastSection(True)
        self._fit_columns(items)
        if items:
            self.list.setCurrentItem(items[0])

    def _fit_columns(self, items: Sequence[QTreeWidgetItem]) -> None:
        """Make times and numbers whole; the remark gets the rest. Qt's own way would need the list on the screen."""
        self.list.ensurePolished()
        metrics = self.list.fontMetrics()
        for column, indent in ((0, 2 * self.list.indentation()), (1, 0)):
            texts = [self._titles[column], *(item.text(column) for item in items)]
            self.list.setColumnWidth(column, max(map(metrics.horizontalAdvance, texts)) + indent + _GAP)

    def _update(self) -> None:
        self.open_button.setEnabled(self.chosen() is not None)

    def _discard(self) -> None:
        box = QMessageBox(
            QMessageBox.Icon.Warning,
            self.tr("Discard unsaved work"),
            self.tr("Remove these states for good? What was not saved in a project file is lost."),
            QMessageBox.StandardButton.Cancel,
            self,
        )
        confirm = box.addButton(self.tr("&Discard"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        if box.clickedButton() is confirm:
            self.discard = True
            self.list.clear()
            self.done(QDialog.DialogCode.Rejected)
