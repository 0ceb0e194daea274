"""The sheet of all shortcuts (F1): groups in columns, searchable, read only."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QTextBrowser, QVBoxLayout, QWidget

from widgets import theme
from widgets.shortcut_editor import ShortcutRow, native

_COLUMNS = 3
_GAP = 26
"""Pixels between two columns, so that a key is not taken for one of the next command."""


class ShortcutSheet(QDialog):
    """Shows every action that has a shortcut, by menu.

    Attributes:
        search: field that narrows the sheet down.
        page: the sheet itself.
    """

    def __init__(
        self, rows: Sequence[ShortcutRow], mouse: Sequence[tuple[str, str]] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Shortcuts"))
        self.resize(980, 640)
        self._rows = [row for row in rows if row.keys]
        self._mouse = list(mouse)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search by name or by key"))
        self.search.setAccessibleName(self.tr("Search"))
        self.search.setToolTip(self.tr("Part of a command's name or of a shortcut"))
        self.search.setClearButtonEnabled(True)
        self.page = QTextBrowser()
        self.page.setAccessibleName(self.tr("All shortcuts"))
        self.page.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(self.page, 1)
        layout.addWidget(buttons)
        self.search.textChanged.connect(self._show)
        self._show("")

    def _show(self, query: str) -> None:
        wanted = query.lower().strip()
        groups: dict[str, list[tuple[str, str]]] = {}
        for row in self._rows:
            keys = native(row.keys)
            if wanted in f"{row.name} {keys} {row.group}".lower():
                groups.setdefault(row.group, []).append((row.name, keys))
        mouse = [(name, keys) for name, keys in self._mouse if wanted in f"{name} {keys}".lower()]
        if mouse:
            groups[self.tr("Mouse")] = mouse
        columns: list[list[str]] = [[] for _ in range(_COLUMNS)]
        heights = [0] * _COLUMNS
        for group, lines in groups.items():  # the next group goes to the shortest column
            place = heights.index(min(heights))
            columns[place].append(_group(group, lines))
            heights[place] += len(lines) + 2
        cells = f"<td width='{_GAP}'></td>".join(
            f"<td width='{100 // _COLUMNS}%' valign='top'>{''.join(column)}</td>" for column in columns
        )
        nothing = self.tr("Nothing fits.")
        empty = f"<p>{escape(nothing)}</p>" if not groups else ""
        self.page.setHtml(f"<table width='100%' cellspacing='8'><tr>{cells}</tr></table>{empty}")


def _group(title: str, lines: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f"<tr><td style='padding:2px 8px 2px 0'>{escape(name)}</td>"
        f"<td align='right' style='padding:2px 0;color:{theme.MARKER}'>{escape(keys)}</td></tr>"
        for name, keys in lines
    )
    return (
        f"<p style='color:{theme.ACCENT};font-weight:600;margin:8px 0 2px 0'>{escape(title)}</p>"
        f"<table width='100%' cellspacing='0'>{rows}</table>"
    )
