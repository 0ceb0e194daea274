"""The media panel: the project's portrait and recording, with what is worth knowing about them.

It shows what it is told and asks for other files; reading media is done elsewhere.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from widgets import theme

_PICTURE_HEIGHT = 150
_LEAST_PICTURE = 60


class MediaPanel(QScrollArea):
    """See the module.

    Attributes:
        portrait_label, audio_label, notes_label: what is shown.

    Signals:
        portraitRequested, audioRequested, relinkRequested, rigRequested: the user pressed that button.
    """

    portraitRequested = Signal()
    audioRequested = Signal()
    relinkRequested = Signal()
    rigRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page = page = QWidget()
        self.setWidget(page)
        self._pixmap = QPixmap()
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setAccessibleName(self.tr("Portrait"))
        self.picture.setMinimumHeight(_LEAST_PICTURE)
        self.portrait_label = self._value(self.tr("Portrait"))
        self.audio_label = self._value(self.tr("Recording"))
        self.notes_label = self._value(self.tr("Notes"))
        self.notes_label.setStyleSheet(f"color: {theme.WARNING}")
        self.notes_label.hide()
        self.portrait_button = self._button(
            self.tr("Replace portrait…"), "image-edit-outline", self.tr("Choose another picture of the person")
        )
        self.rig_button = self._button(
            self.tr("Edit the rig"), "account-edit-outline", self.tr("Place the points of the portrait")
        )
        self.audio_button = self._button(
            self.tr("Replace recording…"), "waveform", self.tr("Choose another speech recording")
        )
        self.relink_button = self._button(
            self.tr("Find missing media…"), "file-search-outline", self.tr("Say where the files lie now")
        )
        self.relink_button.hide()
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.setSpacing(3)
        form.addRow(self._dim(self.tr("Portrait")), self.portrait_label)
        form.addRow(self._dim(self.tr("Recording")), self.audio_label)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.picture)
        layout.addLayout(form)
        layout.addWidget(self.notes_label)
        for button in (self.relink_button, self.rig_button, self.portrait_button, self.audio_button):
            layout.addWidget(button)
        layout.addStretch(1)
        self.portrait_button.clicked.connect(self.portraitRequested)
        self.audio_button.clicked.connect(self.audioRequested)
        self.relink_button.clicked.connect(self.relinkRequested)
        self.rig_button.clicked.connect(self.rigRequested)

    def _value(self, name: str) -> QLabel:
        label = QLabel()
        label.setWordWrap(True)
        label.setAccessibleName(name)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _dim(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setObjectName("dim")
        return label

    def _button(self, text: str, icon: str, tip: str) -> QPushButton:
        button = QPushButton(theme.icon(icon), text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        return button

    def set_portrait(self, pixmap: QPixmap, text: str) -> None:
        """Show the portrait and a line about it; a null pixmap for none."""
        self._pixmap = pixmap
        self.portrait_label.setText(text)
        self._scale()

    def set_audio(self, text: str) -> None:
        """Show a line about the recording."""
        self.audio_label.setText(text)
        self._scale()

    def set_notes(self, notes: str, missing: bool = False) -> None:
        """Show warnings about the media; `missing` offers to find files again."""
        self.notes_label.setText(notes)
        self.notes_label.setVisible(bool(notes))
        self.relink_button.setVisible(missing)
        self._scale()

    def _scale(self) -> None:
        self.picture.setVisible(not self._pixmap.isNull())
        if self._pixmap.isNull():
            self.picture.clear()
            return
        ratio = self.devicePixelRatioF()
        width = max(_LEAST_PICTURE, self.viewport().width() - 20)
        # On a small screen the picture gives way, so that nothing else has to be scrolled to.
        others = self._page.sizeHint().height() - self.picture.sizeHint().height()
        height = max(_LEAST_PICTURE, min(_PICTURE_HEIGHT, self.viewport().height() - others))
        scaled = self._pixmap.scaled(
            round(width * ratio),
            round(height * ratio),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        scaled.setDevicePixelRatio(ratio)
        self.picture.setPixmap(scaled)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the picture to the panel."""
        super().resizeEvent(event)
        self._scale()
