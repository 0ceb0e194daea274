"""The dialog that changes keyboard shortcuts: search, press keys, see conflicts, go back to the defaults.

It works on plain rows and hands the changes back; which actions there are and where shortcuts are kept is not its
concern.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme

_ID_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class ShortcutRow:
    """An action and its shortcuts.

    Attributes:
        id: of the action.
        group: menu it lies in.
        name: text without marks.
        keys: shortcuts now, in Qt's portable spelling.
        defaults: shortcuts at first.
        tip: one sentence about it.
    """

    id: str
    group: str
    name: str
    keys: tuple[str, ...]
    defaults: tuple[str, ...]
    tip: str = ""


def conflicts(shortcuts: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the keys that more than one action has, with the ids of those actions."""
    owners: dict[str, list[str]] = {}
    for action_id, keys in shortcuts.items():
        for key in keys:
            owners.setdefault(key, []).append(action_id)
    return {key: ids for key, ids in owners.items() if len(ids) > 1}


def native(keys: Sequence[str]) -> str:
    """Return shortcuts as this system writes them."""
    return ",  ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys)


class ShortcutEditor(QDialog):
    """Edits all shortcuts.

    Signals:
        shortcutsChanged(object): dict from action id to a list of keys, for the actions that changed; on OK.
    """

    shortcutsChanged = Signal(object)

    def __init__(self, rows: Sequence[ShortcutRow], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.resize(720, 560)
        self._rows = {row.id: row for row in rows}
        self._keys = {row.id: list(row.keys) for row in rows}
        self._items: dict[str, QTreeWidgetItem] = {}

        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search by name or by key"))
        self.search.setAccessibleName(self.tr("Search"))
        self.search.setToolTip(self.tr("Part of a command's name or of a shortcut"))
        self.search.setClearButtonEnabled(True)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(self.tr("Commands and their shortcuts"))
        self.tree.setHeaderLabels([self.tr("Command"), self.tr("Shortcut"), self.tr("Default")])
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.setAlternatingRowColors(True)
        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.edit.setAccessibleName(self.tr("New shortcut"))
        self.edit.setToolTip(self.tr("Click here and press the new keys"))
        self.set_button = self._button(self.tr("Set"), self.tr("Make these keys the only shortcut of the command"))
        self.add_button = self._button(self.tr("Add"), self.tr("Add these keys to the command's shortcuts"))
        self.clear_button = self._button(self.tr("Remove"), self.tr("Leave the command without a shortcut"))
        self.reset_button = self._button(self.tr("Default"), self.tr("Give the command its first shortcuts back"))
        self.warning = QLabel()
        self.warning.setWordWrap(True)
        self.warning.setAccessibleName(self.tr("Conflicts"))
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.RestoreDefaults
        )
        self.ok_button = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.all_button = buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults)
        self.all_button.setText(self.tr("Reset all"))
        self.all_button.setToolTip(self.tr("Give every command its first shortcuts back"))

        line = QHBoxLayout()
        line.addWidget(QLabel(self.tr("New keys:")))
        line.addWidget(self.edit, 1)
        for button in (self.set_button, self.add_button, self.clear_button, self.reset_button):
            line.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(self.tree, 1)
        layout.addLayout(line)
        layout.addWidget(self.warning)
        layout.addWidget(buttons)

        self._fill()
        self.search.textChanged.connect(self._filter)
        self.tree.currentItemChanged.connect(lambda *_: self._show_choice())
        self.edit.keySequenceChanged.connect(lambda _keys: self._show_choice())
        self.set_button.clicked.connect(lambda: self._take(replace=True))
        self.add_button.clicked.connect(lambda: self._take(replace=False))
        self.clear_button.clicked.connect(lambda: self._set_keys([]))
        self.reset_button.clicked.connect(self._reset_one)
        self.all_button.clicked.connect(self._reset_all)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._show_choice()

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        return button

    def _fill(self) -> None:
        groups: dict[str, QTreeWidgetItem] = {}
        for row in self._rows.values():
            group = groups.get(row.group)
            if group is None:
                group = groups[row.group] = QTreeWidgetItem(self.tree, [row.group])
                group.setFlags(Qt.ItemFlag.ItemIsEnabled)
                group.setFirstColumnSpanned(True)
                group.setExpanded(True)
            item = QTreeWidgetItem(group, [row.name, "", native(row.defaults)])
            item.setToolTip(0, row.tip)
            item.setForeground(2, QColor(theme.DIM_TEXT))
            item.setData(0, _ID_ROLE, row.id)
            self._items[row.id] = item
        header = self.tree.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(False)
        self._show_keys()

    def _filter(self, text: str) -> None:
        wanted = text.lower().strip()
        for action_id, item in self._items.items():
            line = f"{item.text(0)} {item.text(1)} {self._rows[action_id].group}".lower()
            item.setHidden(wanted not in line)
        for number in range(self.tree.topLevelItemCount()):
            group = self.tree.topLevelItem(number)
            if group is not None:
                children = [group.child(index) for index in range(group.childCount())]
                group.setHidden(all(child is None or child.isHidden() for child in children))

    def _current(self) -> str | None:
        item = self.tree.currentItem()
        found = None if item is None else item.data(0, _ID_ROLE)
        return found if isinstance(found, str) else None

    def _typed(self) -> str:
        return self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    def select(self, action_id: str) -> None:
        """Choose a command, as a click on it does."""
        self.tree.setCurrentItem(self._items[action_id])

    def _take(self, *, replace: bool) -> None:
        action_id, key = self._current(), self._typed()
        if action_id is None or not key:
            return
        kept = [] if replace else [old for old in self._keys[action_id] if old != key]
        self._set_keys([*kept, key])
        self.edit.clear()

    def _set_keys(self, keys: list[str]) -> None:
        action_id = self._current()
        if action_id is not None:
            self._keys[action_id] = keys
            self._show_keys()

    def _reset_one(self) -> None:
        action_id = self._current()
        if action_id is not None:
            self._set_keys(list(self._rows[action_id].defaults))

    def _reset_all(self) -> None:
        self._keys = {row.id: list(row.defaults) for row in self._rows.values()}
        self._show_keys()

    def _show_keys(self) -> None:
        found = conflicts(self._keys)
        wrong = {action_id for ids in found.values() for action_id in ids}
        for action_id, item in self._items.items():
            item.setText(1, native(self._keys[action_id]))
            changed = tuple(self._keys[action_id]) != self._rows[action_id].defaults
            colour = theme.ERROR if action_id in wrong else theme.ACCENT if changed else theme.TEXT
            item.setForeground(1, QColor(colour))
        self.ok_button.setEnabled(not found)
        lines = [
            self.tr("{keys} belongs to more than one command: {names}.").format(
                keys=native([key]), names=", ".join(self._rows[action_id].name for action_id in ids)
            )
            for key, ids in found.items()
        ]
        self.warning.setText("\n".join(lines))
        self.warning.setStyleSheet(f"color: {theme.ERROR}")
        self._show_choice()

    def _show_choice(self) -> None:
        action_id, key = self._current(), self._typed()
        for button in (self.set_button, self.add_button):
            button.setEnabled(action_id is not None and bool(key))
        for button in (self.clear_button, self.reset_button):
            button.setEnabled(action_id is not None)
        if key and not conflicts(self._keys):
            owners = [
                self._rows[other].name for other, keys in self._keys.items() if key in keys and other != action_id
            ]
            self.warning.setStyleSheet(f"color: {theme.WARNING}")
            self.warning.setText(
                self.tr("{keys} belongs to “{name}” now.").format(keys=native([key]), name=owners[0]) if owners else ""
            )

    def accept(self) -> None:
        """Hand the changes out and close."""
        changed = {
            action_id: list(keys) for action_id, keys in self._keys.items() if tuple(keys) != self._rows[action_id].keys
        }
        if changed:
            self.shortcutsChanged.emit(changed)
        super().accept()
