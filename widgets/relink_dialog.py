"""The dialog that asks where missing media lie now.

One file that is found helps with the others: they are looked for in the same folder by their names.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.elided_label import ElidedLabel
from widgets.form_fields import dim_label
from widgets.media_probe import PICTURE_SUFFIXES, SOUND_SUFFIXES, patterns

_MOST_FILES: Final = 200_000


class RelinkDialog(QDialog):
    """Lists missing media and takes new places for them.

    Attributes:
        search_button: looks for all files in a folder.
        choose_buttons: by role ("portrait", "audio", "rig_file").
    """

    def __init__(self, missing: Sequence[tuple[str, Path]], parent: QWidget | None = None) -> None:
        """Ask for files.

        Args:
            missing: role and path of each file that is not where the project says.
            parent: window over which the dialog stands.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Missing media"))
        self._missing = [(role, Path(path)) for role, path in missing]
        self._found: dict[str, Path] = {}
        self._labels: dict[str, ElidedLabel] = {}
        self._icons: dict[str, QLabel] = {}
        self.choose_buttons: dict[str, QPushButton] = {}
        intro = QLabel(
            self.tr("Some files of this project are not where they were. Say where they are, or go on without them.")
        )
        intro.setWordWrap(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for number, (role, path) in enumerate(self._missing):
            self._add_row(grid, 3 * number, role, path)
            grid.setRowMinimumHeight(3 * number + 2, 6)
        self.search_button = QPushButton(theme.icon("folder-search-outline"), self.tr("&Search a folder…"))
        self.search_button.setToolTip(self.tr("Look for all of these files in a folder and those below it"))
        self.search_button.setAccessibleName(self.tr("Search a folder"))
        self.search_button.setAutoDefault(False)
        self.search_button.clicked.connect(lambda _=False: self._search())
        self._result = dim_label()
        self._result.setWordWrap(True)
        buttons = QDialogButtonBox()
        self.take_button = buttons.addButton(self.tr("&Use these files"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.take_button.setDefault(True)
        self.later_button = buttons.addButton(self.tr("Go on &without"), QDialogButtonBox.ButtonRole.RejectRole)
        self.later_button.setToolTip(self.tr("Open the project without these files; nothing of it is lost"))
        buttons.addButton(self.search_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(12)
        layout.addWidget(intro)
        layout.addLayout(grid)
        layout.addWidget(self._result)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.resize(600, self.sizeHint().height())
        self._show()

    def found(self) -> dict[str, Path]:
        """Return the new places by role; files that were not found are not in it."""
        return dict(self._found)

    def _add_row(self, grid: QGridLayout, row: int, role: str, path: Path) -> None:
        icon = QLabel()
        name = QLabel(f"{self._role(role)}: {path.name}")
        label = ElidedLabel(elide=Qt.TextElideMode.ElideMiddle)
        label.setObjectName("dim")
        button = QPushButton(self.tr("Choose…"))
        button.setToolTip(self.tr("Say where {name} is now").format(name=path.name))
        button.setAccessibleName(self.tr("Choose the file for {name}").format(name=path.name))
        button.setAutoDefault(False)
        button.clicked.connect(lambda _=False: self._choose(role, path))
        grid.addWidget(icon, row, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(name, row, 1)
        grid.addWidget(label, row + 1, 1)
        grid.addWidget(button, row, 2, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        self._icons[role], self._labels[role], self.choose_buttons[role] = icon, label, button

    def _role(self, role: str) -> str:
        return {
            "portrait": self.tr("Portrait"),
            "audio": self.tr("Recording"),
            "rig_file": self.tr("Rig file"),
        }.get(role, role)

    def _choose(self, role: str, path: Path) -> None:
        suffixes = {"portrait": PICTURE_SUFFIXES, "audio": SOUND_SUFFIXES, "rig_file": (".json",)}.get(role, ())
        filters = self.tr("{role} ({patterns})").format(role=self._role(role), patterns=patterns(suffixes))
        name, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Where is {name}?").format(name=path.name),
            self._folder(path),
            filters + ";;" + self.tr("All files (*)"),
        )
        if not name:
            return
        self._found[role] = Path(name)
        also = self._look(Path(name).parent, deep=False)
        self._show(also)

    def _search(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, self.tr("Where to look for the files?"), self._folder(self._missing[0][1])
        )
        if folder:
            self._show(self._look(Path(folder), deep=True))

    def _look(self, folder: Path, *, deep: bool) -> int:
        """Look for what is still missing by its name; returns how many files were found."""
        wanted = {path.name: role for role, path in self._missing if role not in self._found}
        count = 0
        if not wanted:
            return 0
        # A whole disk would take minutes; the user can choose a folder nearer.
        for file in islice(folder.rglob("*") if deep else folder.glob("*"), _MOST_FILES):
            role = wanted.get(file.name)
            if role is not None and role not in self._found and file.is_file():
                self._found[role] = file
                count += 1
                if len(self._found) == len(self._missing):
                    break
        return count

    def _folder(self, path: Path) -> str:
        for found in self._found.values():
            return str(found.parent)
        for folder in path.parents:
            if folder.is_dir():
                return str(folder)
        return ""

    def _show(self, also: int | None = None) -> None:
        for role, path in self._missing:
            found = self._found.get(role)
            self._icons[role].setPixmap(
                theme.icon("check-circle-outline" if found else "file-question-outline").pixmap(22, 22)
            )
            self._labels[role].setText(
                self.tr("Found: {place}").format(place=found) if found else self.tr("Was: {place}").format(place=path)
            )
            self._labels[role].setToolTip(str(found or path))
        self.take_button.setEnabled(bool(self._found))
        left = len(self._missing) - len(self._found)
        if also is None:
            self._result.setText("")
        elif left:
            self._result.setText(self.tr("{n} still missing.").format(n=left))
        else:
            self._result.setText(self.tr("All files were found."))
