"""The model manager: which weights there are, how they stand, and what can be done about it.

It shows rows that it is given and emits what the user wants; the weights themselves, the network and files are the
program's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QBrush, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme
from widgets.elided_label import ElidedLabel
from widgets.model_dialogs import LicenceDialog, ModelSettings, ModelSettingsDialog
from widgets.render_queue import time_left

ModelState = Literal["absent", "partial", "ready", "damaged"]

_ROLE: Final = Qt.ItemDataRole.UserRole
_MARKS: Final[dict[str, tuple[str, str]]] = {
    "absent": ("○", theme.DIM_TEXT),
    "partial": ("◐", theme.WARNING),
    "ready": ("●", theme.GOOD),
    "damaged": ("▲", theme.ERROR),
}
"""Sign and colour of each state: told apart by form too."""


@dataclass(frozen=True)
class ModelRow:
    """A set of weights as it is shown.

    Attributes:
        name: by which it is asked for.
        title, purpose, needed_by: for people.
        size: of all files, in words.
        state: how it stands.
        detail: what is wrong or how much is there, "" if there is nothing to say.
        licence, licence_text, licence_url: terms of use.
        accepted: the user accepted them.
        origin: where it comes from.
        page: address of that, "" if it comes with the program.
        folder: where it lies.
        gated: only registered users get it.
        downloadable: it can be downloaded, imported and removed.
        task: what is being done with it: "", "waiting", "look up", "download", "convert", "import", "verify" or
            "cancel".
        fraction: how much of that is done, 0 to 1; below 0 while unknown.
        amount: bytes done of all, in words.
        seconds_left: measured estimate, or None.
    """

    name: str
    title: str
    purpose: str
    needed_by: str
    size: str
    state: ModelState
    detail: str = ""
    licence: str = ""
    licence_text: str = ""
    licence_url: str = ""
    accepted: bool = False
    origin: str = ""
    page: str = ""
    folder: str = ""
    gated: bool = False
    downloadable: bool = True
    task: str = ""
    fraction: float = -1.0
    amount: str = ""
    seconds_left: float | None = None


class _Tree(QTreeWidget):
    """A list that knows the Delete key."""

    deletePressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.deletePressed.emit()
        else:
            super().keyPressEvent(event)


class ModelManager(QDialog):
    """The dialog; not modal, since downloads go on behind it.

    Attributes:
        tree: the list.
        buttons: what can be done, by name: "download", "cancel", "import", "verify", "remove", "licence".
        bar, progress: how far the current row's task is.
        undo_bar: offers to take back a removal.

    Signals:
        downloadRequested, cancelRequested, verifyRequested, removeRequested (str): name of the weights.
        importRequested(str, str): name and the folder or file to take them from.
        licenceAccepted(str): the user accepted the licence.
        undoRequested(): take back the last removal.
        settingsRequested(): show the settings; the program answers with `edit_settings`.
        settingsChanged(object): `ModelSettings`.
    """

    downloadRequested = Signal(str)
    cancelRequested = Signal(str)
    verifyRequested = Signal(str)
    removeRequested = Signal(str)
    importRequested = Signal(str, str)
    licenceAccepted = Signal(str)
    undoRequested = Signal()
    settingsRequested = Signal()
    settingsChanged = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Model manager"))
        self._rows: dict[str, ModelRow] = {}
        self._items: dict[str, QTreeWidgetItem] = {}
        self._make_tree()
        self._make_detail()
        self._make_undo_bar()
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.setAccessibleName(self.tr("Message"))
        self.message.hide()
        self.place = ElidedLabel()
        self.place.setObjectName("dim")
        settings = self._button(self.tr("&Settings…"), self.tr("Folder, mirror and token"))
        settings.clicked.connect(lambda: self.settingsRequested.emit())
        close = self._button(self.tr("&Close"), self.tr("Downloads go on in the background"))
        close.clicked.connect(lambda: self.close())
        bottom = QHBoxLayout()
        bottom.addWidget(self.place, 1)
        bottom.addWidget(settings)
        bottom.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.undo_bar)
        layout.addWidget(self.message)
        layout.addWidget(self._detail)
        layout.addLayout(bottom)
        self.resize(980, 640)
        self.tree.setFocus()
        self._show_current()

    # Making -----------------------------------------------------------------------------------------------------------

    def _make_tree(self) -> None:
        self.tree = _Tree()
        self.tree.deletePressed.connect(lambda: self._press("remove"))
        self.tree.setAccessibleName(self.tr("Weights"))
        self.tree.setToolTip(self.tr("Return downloads or goes on, Delete removes"))
        self.tree.setHeaderLabels(
            [self.tr("Weights"), self.tr("Needed by"), self.tr("Size"), self.tr("Licence"), self.tr("State")]
        )
        self.tree.setRootIsDecorated(False)
        self.tree.setItemsExpandable(False)
        self.tree.setAllColumnsShowFocus(True)
        self.tree.setIndentation(12)
        header = self.tree.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate((230, 240, 85, 220)):
            self.tree.setColumnWidth(column, width)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._menu)
        self.tree.currentItemChanged.connect(lambda _new, _old: self._show_current())
        self.tree.itemActivated.connect(lambda _item, _column: self._press("download"))
        self._groups = [QTreeWidgetItem([self.tr("To download")]), QTreeWidgetItem([self.tr("Come with the program")])]
        for group in self._groups:
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = group.font(0)
            font.setBold(True)
            group.setFont(0, font)
            self.tree.addTopLevelItem(group)
            group.setFirstColumnSpanned(True)
            group.setSizeHint(0, QSize(10, 30))
            group.setExpanded(True)

    def _make_detail(self) -> None:
        self._detail = QFrame()
        self._detail.setObjectName("card")
        self.title = QLabel()
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setOpenExternalLinks(True)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setMinimumHeight(self.fontMetrics().lineSpacing() * 4)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setStyleSheet(
            f"QProgressBar {{ min-height: 6px; max-height: 6px; }}QProgressBar::chunk {{ background: {theme.ACCENT}; }}"
        )
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)
        self.progress = QLabel()
        self.progress.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.buttons: dict[str, QPushButton] = {}
        line = QHBoxLayout()
        line.addWidget(self.progress, 1)
        wordings = {
            "cancel": (self.tr("C&ancel"), self.tr("Stop; what arrived is kept")),
            "download": (self.tr("&Download"), self.tr("Download from the hub, or go on")),
            "import": (self.tr("&Import…"), self.tr("Take the files from this computer, without a network")),
            "verify": (self.tr("&Verify"), self.tr("Read every byte and compare checksums")),
            "remove": (self.tr("&Remove…"), self.tr("Delete the files of this machine")),
            "licence": (self.tr("&Licence…"), self.tr("Read the terms of use")),
        }
        for name, (text, tip) in wordings.items():
            button = self.buttons[name] = self._button(text, tip)
            button.clicked.connect(lambda _=False, name=name: self.act(name))
            line.addWidget(button)
        layout = QVBoxLayout(self._detail)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        layout.addWidget(self.bar)
        layout.addLayout(line)

    def _make_undo_bar(self) -> None:
        self.undo_bar = QFrame()
        self._undo_text = QLabel()
        self.undo_button = self._button(self.tr("&Undo"), self.tr("Bring the files back"))
        self.undo_button.clicked.connect(lambda: self.undoRequested.emit())
        line = QHBoxLayout(self.undo_bar)
        line.setContentsMargins(10, 4, 4, 4)
        line.addWidget(self._undo_text, 1)
        line.addWidget(self.undo_button)
        self.undo_bar.setStyleSheet(f"QFrame {{ background: {theme.RAISED}; border-radius: 5px; }}")
        self.undo_bar.hide()

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        return button

    # What is shown ----------------------------------------------------------------------------------------------------

    def set_rows(self, rows: Sequence[ModelRow]) -> None:
        """Show these weights; the current one stays current."""
        if [row.name for row in rows] != list(self._items):
            self._rebuild(rows)
        for row in rows:
            if self._rows.get(row.name) != row:
                self._rows[row.name] = row
                self._fill(self._items[row.name], row)
        self._show_current()

    def set_place(self, folder: str, endpoint: str) -> None:
        """Say where downloads lie and come from."""
        self.place.setText(self.tr("{folder}, from {endpoint}").format(folder=folder, endpoint=endpoint))
        self.place.setToolTip(self.place.text())

    def offer_undo(self, title: str) -> None:
        """Offer to take back the removal of something; "" takes the offer back."""
        self._undo_text.setText(self.tr("{title} was removed.").format(title=title))
        self.undo_bar.setVisible(bool(title))

    def show_message(self, text: str, *, good: bool = False) -> None:
        """Show a sentence; "" hides the last one."""
        self.message.setStyleSheet(f"color: {theme.GOOD if good else theme.ERROR}")
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def select(self, name: str) -> None:
        """Choose weights, as a click on them does."""
        if name in self._items:
            self.tree.setCurrentItem(self._items[name])

    def current(self) -> ModelRow | None:
        """Return the chosen weights."""
        item = self.tree.currentItem()
        return self._rows.get(str(item.data(0, _ROLE))) if item is not None else None

    def possible(self, row: ModelRow) -> tuple[str, ...]:
        """Return what can be done with weights, in the order of the buttons."""
        if row.task:
            return ("licence",) if row.task == "cancel" else ("cancel", "licence")
        found = []
        if row.downloadable and row.state != "ready":
            found += ["download", "import"]
        if row.state in ("ready", "damaged"):
            found.append("verify")
        if row.downloadable and row.state != "absent":
            found.append("remove")
        return (*found, "licence")

    def edit_settings(self, settings: ModelSettings) -> None:
        """Let the user change the settings."""
        dialog = ModelSettingsDialog(settings, self)
        if dialog.exec():
            self.settingsChanged.emit(dialog.chosen())
        dialog.deleteLater()

    # What the user wants ----------------------------------------------------------------------------------------------

    def act(self, name: str) -> None:
        """Do what a button says with the chosen weights."""
        row = self.current()
        if row is None or name not in self.possible(row):
            return
        self.show_message("")
        if name == "licence":
            self._show_licence(row, ask=False)
        elif name == "cancel":
            self.cancelRequested.emit(row.name)
        elif name == "verify":
            self.verifyRequested.emit(row.name)
        elif name == "download":
            if self._agreed(row):
                self.downloadRequested.emit(row.name)
        elif name == "import":
            self._import(row)
        elif self._sure(row):
            self.removeRequested.emit(row.name)

    def _press(self, name: str) -> None:
        row = self.current()
        if row is not None and name in self.possible(row):
            self.act(name)

    def _agreed(self, row: ModelRow) -> bool:
        return row.accepted or self._show_licence(row, ask=True)

    def _show_licence(self, row: ModelRow, *, ask: bool) -> bool:
        dialog = LicenceDialog(row.title, row.licence, row.licence_text, row.licence_url, ask=ask, parent=self)
        agreed = bool(dialog.exec()) and ask
        dialog.deleteLater()
        if agreed:
            self.licenceAccepted.emit(row.name)
        return agreed

    def _import(self, row: ModelRow) -> None:
        menu = QMenu(self)
        folder = menu.addAction(theme.icon("folder-open-outline"), self.tr("A &folder…"))
        file = menu.addAction(theme.icon("file-document-outline"), self.tr("A f&ile…"))
        button = self.buttons["import"]
        chosen = menu.exec(button.mapToGlobal(button.rect().bottomLeft()))
        if chosen is folder:
            found = QFileDialog.getExistingDirectory(self, self.tr("Folder with the files of {title}").format(
                title=row.title))  # fmt: skip
        elif chosen is file:
            found, _ = QFileDialog.getOpenFileName(self, self.tr("A file of {title}").format(title=row.title))
        else:
            return
        if found and self._agreed(row):
            self.importRequested.emit(row.name, str(Path(found)))

    def _sure(self, row: ModelRow) -> bool:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Remove weights"))
        box.setText(self.tr("Remove {title} from this machine?").format(title=row.title))
        box.setInformativeText(
            self.tr("Needed by: {user}. You can undo this until the model manager is closed.").format(
                user=row.needed_by
            )
        )
        remove = box.addButton(self.tr("&Remove"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        return box.clickedButton() is remove

    def _menu(self, where: object) -> None:
        row = self.current()
        if row is None:
            return
        menu = QMenu(self)
        for name in self.possible(row):
            action = menu.addAction(self.buttons[name].text())
            action.triggered.connect(lambda _=False, name=name: self.act(name))
        menu.exec(self.tree.viewport().mapToGlobal(where))  # type: ignore[call-overload]

    # Painting ---------------------------------------------------------------------------------------------------------

    def _rebuild(self, rows: Sequence[ModelRow]) -> None:
        current = self.current()
        self._rows, self._items = {}, {}
        for group in self._groups:
            group.takeChildren()
        for row in rows:
            item = QTreeWidgetItem()
            item.setData(0, _ROLE, row.name)
            item.setSizeHint(0, QSize(10, 26))
            item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._groups[0 if row.downloadable else 1].addChild(item)
            self._items[row.name] = item
        if current is not None:
            self.select(current.name)
        elif rows:
            first = next((row for row in rows if row.downloadable), rows[0])
            self.select(first.name)

    def _fill(self, item: QTreeWidgetItem, row: ModelRow) -> None:
        mark, colour = _MARKS[row.state]
        state = self._task_text(row) if row.task else self._state_text(row.state)
        for column, text in enumerate((row.title, row.needed_by, row.size, row.licence, f"{mark}  {state}")):
            item.setText(column, text)
            item.setToolTip(column, text if column in (1, 3) else row.detail or row.purpose)
        item.setForeground(4, QBrush(theme.colour(theme.ACCENT if row.task else colour)))
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{row.title}, {state}")

    def _show_current(self) -> None:
        row = self.current()
        self._detail.setVisible(row is not None)
        if row is None:
            return
        self.title.setText(row.title)
        needed = self.tr("Needed by: {user}.").format(user=_plain(row.needed_by))
        lines = [f"{_plain(row.purpose)} {needed}"]
        origin = f'<a style="color:{theme.ACCENT}" href="{row.page}">{_plain(row.origin)}</a>' if row.page else ""
        if origin:
            lines.append(self.tr("From {place}, {size}.").format(place=origin, size=row.size))
        if row.gated and row.state != "ready":
            lines.append(self.tr("Only registered users get it: accept its terms on that page, and give a token "
                                 "under Settings."))  # fmt: skip
        if row.folder and row.state in ("ready", "damaged"):
            lines.append(self.tr("In {folder}").format(folder=_plain(row.folder)))
        if row.detail:
            colour = theme.ERROR if row.state == "damaged" else theme.WARNING
            lines.append(f'<span style="color:{colour}">{_plain(row.detail)}</span>')
        self.text.setText("<br>".join(lines))
        can = self.possible(row)
        for name, button in self.buttons.items():
            button.setVisible(name in can)
            button.setAccessibleName(f"{button.text().replace('&', '').rstrip('…')}: {row.title}")
        again = {"partial": self.tr("Go &on"), "damaged": self.tr("&Repair")}.get(row.state, self.tr("&Download"))
        self.buttons["download"].setText(again)
        self.bar.setVisible(bool(row.task))
        self.bar.setRange(0, 0 if row.fraction < 0 else 1000)
        self.bar.setValue(round(1000 * max(0.0, row.fraction)))
        self.bar.setAccessibleName(self.tr("Progress of {title}").format(title=row.title))
        self.progress.setText(self._task_text(row, long=True) if row.task else "")

    def _state_text(self, state: ModelState) -> str:
        return {
            "absent": self.tr("Not there"),
            "partial": self.tr("Partly there"),
            "ready": self.tr("Ready"),
            "damaged": self.tr("Damaged"),
        }[state]

    def _task_text(self, row: ModelRow, *, long: bool = False) -> str:
        words = {
            "waiting": self.tr("Waiting"),
            "look up": self.tr("Asking the hub"),
            "download": self.tr("Downloading"),
            "convert": self.tr("Converting"),
            "import": self.tr("Copying"),
            "verify": self.tr("Checking"),
            "cancel": self.tr("Cancelling"),
        }.get(row.task, row.task)
        if row.fraction >= 0:
            words += f" {int(100 * row.fraction)} %"
        if long and row.amount:
            words += f", {row.amount}"
        if long and row.seconds_left is not None:
            words += self.tr(", {time} left").format(time=time_left(row.seconds_left))
        return words


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
