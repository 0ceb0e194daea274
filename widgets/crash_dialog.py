"""The dialog after an unexpected error: what happened, that nothing is lost, and details to copy.

It neither catches errors nor writes logs; it is shown by those who do.
"""

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from widgets import theme

_LONGEST = 240


class CrashDialog(QDialog):
    """Shows an unexpected error.

    Attributes:
        details: the text that can be copied.

    Signals:
        logsRequested: the user wants to see the log folder.
    """

    logsRequested = Signal()

    def __init__(self, sentence: str, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Something went wrong"))
        self.resize(660, 420)
        picture = QLabel()
        picture.setPixmap(theme.icon("alert-circle-outline").pixmap(40, 40))
        heading = QLabel(self.tr("Something went wrong in the program"))
        heading.setObjectName("heading")
        text = QLabel(
            self.tr(
                "Your project is still open, and its last state is kept in the recovery file. You can go on working; "
                "save under another name if something looks odd. Please report what happened with the details below."
            )
        )
        text.setWordWrap(True)
        first = sentence.splitlines()[0] if sentence else ""
        cause = QLabel(first if len(first) <= _LONGEST else first[:_LONGEST] + "…")
        cause.setWordWrap(True)
        cause.setStyleSheet(f"color: {theme.ERROR}")
        self.details = QPlainTextEdit(details)
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setAccessibleName(self.tr("Details"))
        self.details.setToolTip(self.tr("Where the error arose. Look through it before you send it to anyone."))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(self.tr("Copy details"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setToolTip(self.tr("Copy the details to the clipboard"))
        logs = buttons.addButton(self.tr("Show the log folder"), QDialogButtonBox.ButtonRole.ActionRole)
        logs.setToolTip(self.tr("Open the folder of the log files"))
        head = QHBoxLayout()
        head.addWidget(picture)
        head.addWidget(heading, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(text)
        layout.addWidget(cause)
        layout.addWidget(self.details, 1)
        layout.addWidget(buttons)
        copy.clicked.connect(self.copy)
        logs.clicked.connect(self.logsRequested)
        buttons.rejected.connect(self.reject)

    def copy(self) -> None:
        """Copy the details."""
        QGuiApplication.clipboard().setText(self.details.toPlainText())
