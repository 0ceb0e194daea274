"""What the window shows before a project is open: new, open, the sample, and the recent projects with pictures.

It only asks; whoever shows it opens the projects.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from widgets import theme

_PATH_ROLE = Qt.ItemDataRole.UserRole
_THUMBNAIL = QSize(144, 144)


@dataclass(frozen=True)
class RecentProject:
    """A project that was open before.

    Attributes:
        path: its file.
        title: name to show.
        folder: where it lies, as it is shown.
        picture: file of its thumbnail, "" for none.
    """

    path: str
    title: str
    folder: str
    picture: str = ""


class StartPage(QWidget):
    """See the module.

    Signals:
        newRequested, openRequested, sampleRequested: the user pressed that button.
        recentRequested(str): the user chose a recent project.
    """

    newRequested = Signal()
    openRequested = Signal()
    sampleRequested = Signal()
    recentRequested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Versa Director")
        title.setObjectName("pageTitle")
        text = QLabel(
            self.tr("A portrait, a speech recording and a few words about what the person does become a video.")
        )
        text.setObjectName("dim")
        text.setWordWrap(True)
        self.new_button = self._button(
            self.tr("New project"), "file-plus-outline", self.tr("Make a project from a portrait and a recording")
        )
        self.open_button = self._button(self.tr("Open"), "folder-open-outline", self.tr("Open a project"))
        self.sample_button = self._button(
            self.tr("Open the sample"), "account-voice", self.tr("Open a copy of the bundled sample project")
        )
        hint = QLabel(self.tr("Or drop a picture, a recording or a project here."))
        hint.setObjectName("dim")
        self._recent_title = QLabel(self.tr("Recent projects"))
        self._recent_title.setObjectName("heading")
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Recent projects"))
        self.list.setToolTip(self.tr("Enter or double click opens"))
        self.list.setViewMode(QListWidget.ViewMode.IconMode)
        self.list.setIconSize(_THUMBNAIL)
        self.list.setGridSize(QSize(_THUMBNAIL.width() + 28, _THUMBNAIL.height() + 48))
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setMovement(QListWidget.Movement.Static)
        self.list.setWordWrap(True)
        buttons = QHBoxLayout()
        for button in (self.new_button, self.open_button, self.sample_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(48, 32, 48, 24)
        layout.setSpacing(10)
        layout.addWidget(title)
        layout.addWidget(text)
        layout.addLayout(buttons)
        layout.addWidget(hint)
        layout.addSpacing(12)
        layout.addWidget(self._recent_title)
        layout.addWidget(self.list, 1)
        layout.addStretch(0)
        self.new_button.clicked.connect(self.newRequested)
        self.open_button.clicked.connect(self.openRequested)
        self.sample_button.clicked.connect(self.sampleRequested)
        self.list.itemActivated.connect(lambda item: self.recentRequested.emit(item.data(_PATH_ROLE)))

    def _button(self, text: str, icon: str, tip: str) -> QPushButton:
        button = QPushButton(theme.icon(icon), text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setMinimumHeight(34)
        return button

    def set_recent(self, projects: Sequence[RecentProject]) -> None:
        """Show the recent projects."""
        self.list.clear()
        for project in projects:
            icon = QIcon(project.picture) if project.picture else theme.icon("file-video-outline")
            item = QListWidgetItem(icon, project.title)
            item.setData(_PATH_ROLE, project.path)
            item.setToolTip(project.path)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{project.title}, {project.folder}")
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            self.list.addItem(item)
        self._recent_title.setVisible(bool(projects))
        self.list.setVisible(bool(projects))
