"""The small dialogs of the model manager: a licence to read and accept, and where downloads lie and come from.

They show what they are given and say what was chosen; nothing is stored here.
"""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets.form_fields import dim_label


@dataclass(frozen=True)
class ModelSettings:
    """Where downloads lie and come from.

    Attributes:
        folder: of the downloads; "" for the usual one.
        usual_folder: what "" means.
        mirror: address in place of the hub's; "" for the hub.
        token_stored: whether a token is stored; the token itself is never shown.
        token: a new one, "" to forget the stored one, None to leave it.
        fixed: environment variables that are stronger than these settings.
    """

    folder: str
    usual_folder: str
    mirror: str
    token_stored: bool
    token: str | None = None
    fixed: tuple[str, ...] = ()


class LicenceDialog(QDialog):
    """Shows a licence; with `ask` it must be accepted with a mark and a button.

    Attributes:
        mark: "I have read it"; the button follows it.
        accept_button: None where nothing is asked.
    """

    def __init__(
        self, title: str, licence: str, text: str, url: str, *, ask: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Licence of {title}").format(title=title))
        heading = QLabel(licence)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        heading.setWordWrap(True)
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Text of the licence"))
        page = QPushButton(self.tr("Open its &page"))
        page.setToolTip(url)
        page.setAutoDefault(False)
        page.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(url)))
        head = QHBoxLayout()
        head.addWidget(heading, 1)
        head.addWidget(page)
        self.mark = QCheckBox(self.tr("I have &read the licence and accept it"))
        self.mark.setVisible(ask)
        buttons = QDialogButtonBox()
        self.accept_button: QPushButton | None = None
        if ask:
            self.accept_button = buttons.addButton(self.tr("&Accept"), QDialogButtonBox.ButtonRole.AcceptRole)
            self.accept_button.setEnabled(False)
            self.mark.toggled.connect(self.accept_button.setEnabled)
            buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        else:
            buttons.addButton(QDialogButtonBox.StandardButton.Close)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.mark)
        layout.addWidget(buttons)
        self.resize(620, 460)


class ModelSettingsDialog(QDialog):
    """Changes folder, mirror and token.

    Attributes:
        folder, mirror, token: the fields.
        forget: forget the stored token.
    """

    def __init__(self, settings: ModelSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setWindowTitle(self.tr("Model manager settings"))
        self.folder = QLineEdit(settings.folder)
        self.folder.setPlaceholderText(settings.usual_folder)
        self.folder.setToolTip(self.tr("What is there already stays where it is; move it yourself if you want it here"))
        choose = QPushButton(self.tr("&Choose…"))
        choose.setAutoDefault(False)
        choose.clicked.connect(lambda: self._choose())
        self.mirror = QLineEdit(settings.mirror)
        self.mirror.setPlaceholderText("https://huggingface.co")
        self.mirror.setToolTip(self.tr("Address of a mirror of the hub, if the hub itself cannot be reached"))
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setPlaceholderText(self.tr("a token is stored") if settings.token_stored else "hf_…")
        self.token.setToolTip(self.tr("A read token of your account, for files that only registered users get"))
        self.forget = QCheckBox(self.tr("&Forget the stored token"))
        self.forget.setVisible(settings.token_stored)
        self.forget.toggled.connect(lambda on: self.token.setEnabled(not on))
        link = self.tr("Make a token")
        tokens = QLabel(f'<a href="https://huggingface.co/settings/tokens">{link}</a>')
        tokens.setOpenExternalLinks(True)
        tokens.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        rows = (
            (self.tr("F&older:"), self.folder, choose),
            (self.tr("&Mirror:"), self.mirror, None),
            (self.tr("&Token:"), self.token, tokens),
        )
        for number, (text, field, beside) in enumerate(rows):
            label = QLabel(text)
            label.setBuddy(field)
            field.setAccessibleName(text.replace("&", "").rstrip(":"))
            field.setMinimumWidth(330)
            grid.addWidget(label, number, 0)
            grid.addWidget(field, number, 1)
            if beside is not None:
                grid.addWidget(beside, number, 2)
        grid.addWidget(self.forget, len(rows), 1)
        note = dim_label()
        note.setWordWrap(True)
        note.setVisible(bool(settings.fixed))
        note.setText(
            self.tr("Set by the system and stronger than here: {names}").format(names=", ".join(settings.fixed))
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(12)
        layout.addLayout(grid)
        layout.addWidget(note)
        layout.addWidget(buttons)

    def chosen(self) -> ModelSettings:
        """Return the settings as they are in the fields."""
        new_token = self.token.text().strip()
        return ModelSettings(
            folder=self.folder.text().strip(),
            usual_folder=self._settings.usual_folder,
            mirror=self.mirror.text().strip(),
            token_stored=self._settings.token_stored,
            token="" if self.forget.isChecked() else new_token or None,
            fixed=self._settings.fixed,
        )

    def _choose(self) -> None:
        start = self.folder.text() or str(Path(self._settings.usual_folder).parent)
        found = QFileDialog.getExistingDirectory(self, self.tr("Choose the folder for downloads"), start)
        if found:
            self.folder.setText(found)
