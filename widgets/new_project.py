"""The dialog for a new project: choose a portrait, choose a recording, create. Files can be dropped on it, too.

It shows what was chosen and says which files they are; making the project is the session's.
"""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.timecode import format_seconds
from widgets import theme
from widgets.elided_label import ElidedLabel
from widgets.media_probe import PICTURE_SUFFIXES, SOUND_SUFFIXES, MediaProbe, PictureFacts, SoundFacts, patterns
from widgets.numbers import localised
from widgets.picture_fit import fitted

_TIMES: Final = "\u00d7"


class MediaTile(QWidget):
    """A place for one file: click it or press Space to choose, or drop a file on it.

    Attributes:
        path: the chosen file, "" for none.

    Signals:
        chooseRequested: the user wants to choose a file.
    """

    chooseRequested = Signal()

    def __init__(self, icon: str, invitation: str, name: str) -> None:
        super().__init__()
        self.path = ""
        self.picture: QImage | None = None
        self.sound: SoundFacts | None = None
        self._icon = icon
        self._invitation = invitation
        self._wanted = False
        self.setAccessibleName(name)
        self.setToolTip(invitation)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumSize(220, 170)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """Room for a portrait."""
        return QSize(300, 260)

    def set_wanted(self, wanted: bool) -> None:
        """Show that a file over it may be dropped."""
        self._wanted = wanted
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the press, so that the release comes here."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click asks for a file."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chooseRequested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space asks for a file; Return does so while there is none, later it belongs to the dialog."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Space or (enter and not self.path):
            self.chooseRequested.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, the waveform or the invitation."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        active = self.hasFocus() or self._wanted
        pen = QPen(theme.colour(theme.ACCENT if active else theme.BORDER), 2 if active else 1)
        if not self.path:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.colour(theme.BASE))
        painter.drawRoundedRect(area, 8, 8)
        inner = area.adjusted(10, 10, -10, -10)
        if self.picture is not None and not self.picture.isNull():
            painter.drawImage(fitted(QSizeF(self.picture.size()), inner), self.picture)
        elif self.sound is not None and len(self.sound.peaks):
            self._paint_sound(painter, inner, self.sound)
        else:
            self._paint_invitation(painter, inner)

    def _paint_sound(self, painter: QPainter, area: QRectF, sound: SoundFacts) -> None:
        height = min(area.height(), 150.0)
        area = QRectF(area.left(), area.center().y() - height / 2, area.width(), height)
        peaks = sound.peaks
        loudest = max(float(abs(peaks).max()), 1e-3)
        step = area.width() / len(peaks)
        middle = area.center().y()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(theme.AUDIO))
        for column, (low, high) in enumerate(peaks):
            top = middle - float(high) / loudest * height / 2
            bottom = middle - float(low) / loudest * height / 2
            painter.drawRect(QRectF(area.left() + column * step, top, max(step * 0.75, 0.8), max(bottom - top, 1.0)))

    def _paint_invitation(self, painter: QPainter, area: QRectF) -> None:
        side = 48
        place = QRectF(area.center().x() - side / 2, area.center().y() - side - 4, side, side)
        theme.icon(self._icon).paint(painter, place.toRect())
        painter.setPen(theme.colour(theme.DIM_TEXT))
        text = QRectF(area.left(), area.center().y() + 8, area.width(), area.height() / 2 - 8)
        flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
        painter.drawText(text, flags, self._invitation)


class NewProjectDialog(QDialog):
    """Portrait, recording, create.

    Attributes:
        portrait_tile, audio_tile: the two places for files.
        create_button: enabled once both files can be used.
        start_folder: where the file dialogs begin.
    """

    start_folder = ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("New project"))
        self.setAcceptDrops(True)
        self._usable = {"portrait": False, "audio": False}
        self._probe = MediaProbe(self)
        self._probe.pictureReady.connect(self._picture_ready)
        self._probe.soundReady.connect(self._sound_ready)
        self.portrait_tile = MediaTile(
            "account-box-outline", self.tr("Click to choose a picture of the person, or drop one here"),
            self.tr("Portrait"),
        )  # fmt: skip
        self.audio_tile = MediaTile(
            "waveform", self.tr("Click to choose a speech recording, or drop one here"), self.tr("Recording")
        )
        columns = QHBoxLayout()
        columns.setSpacing(14)
        self._names: dict[str, ElidedLabel] = {}
        self._facts: dict[str, QLabel] = {}
        for kind, tile, title, button_text in (
            ("portrait", self.portrait_tile, self.tr("1. Portrait"), self.tr("Choose a &portrait…")),
            ("audio", self.audio_tile, self.tr("2. Recording"), self.tr("Choose a &recording…")),
        ):
            columns.addLayout(self._column(kind, tile, title, button_text), 1)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.create_button = self._buttons.addButton(self.tr("&Create project"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.create_button.setDefault(True)
        self.create_button.setToolTip(self.tr("Make the project; it is saved where you say later"))
        self._buttons.accepted.connect(self._accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(12)
        layout.addLayout(columns, 1)
        layout.addWidget(self._buttons)
        self.resize(720, 470)
        self.portrait_tile.setFocus()
        self._update()

    def _column(self, kind: str, tile: MediaTile, title: str, button_text: str) -> QVBoxLayout:
        heading = QLabel(title)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        button = QPushButton(button_text)
        button.setToolTip(button_text.replace("&", ""))
        button.setAccessibleName(button_text.replace("&", ""))
        button.setAutoDefault(False)
        name = ElidedLabel()
        facts = QLabel()
        facts.setObjectName("dim")
        facts.setWordWrap(True)
        facts.setMinimumHeight(2 * facts.fontMetrics().lineSpacing() + 2)
        facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        facts.setAccessibleName(self.tr("About the file"))
        self._names[kind], self._facts[kind] = name, facts
        line = QHBoxLayout()
        line.addWidget(heading, 1)
        line.addWidget(button)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(tile, 1)
        column.addWidget(name)
        column.addWidget(facts)
        button.clicked.connect(lambda _=False: self._choose(kind))
        tile.chooseRequested.connect(lambda: self._choose(kind))
        return column

    # Files ------------------------------------------------------------------------------------------------------------

    def set_portrait(self, path: str) -> None:
        """Take a picture and look at it."""
        self._take("portrait", path)
        self._probe.ask_picture(path)

    def set_audio(self, path: str) -> None:
        """Take a recording and look at it."""
        self._take("audio", path)
        self._probe.ask_sound(path)

    def result_files(self) -> tuple[str, str]:
        """Return portrait and recording."""
        return self.portrait_tile.path, self.audio_tile.path

    def _tile(self, kind: str) -> MediaTile:
        return self.portrait_tile if kind == "portrait" else self.audio_tile

    def _take(self, kind: str, path: str) -> None:
        tile = self._tile(kind)
        tile.path = path
        tile.picture = tile.sound = None
        self._usable[kind] = False
        self._names[kind].setText(Path(path).name)
        self._names[kind].setToolTip(path)
        self._say(kind, self.tr("Reading …"))
        type(self).start_folder = str(Path(path).parent)
        tile.update()
        self._update()

    def _choose(self, kind: str) -> None:
        suffixes = PICTURE_SUFFIXES if kind == "portrait" else SOUND_SUFFIXES
        if kind == "portrait":
            title, kinds = self.tr("Choose a portrait"), self.tr("Pictures ({0})").format(patterns(suffixes))
        else:
            title, kinds = self.tr("Choose a recording"), self.tr("Recordings ({0})").format(patterns(suffixes))
        filters = kinds + ";;" + self.tr("All files (*)")
        path, _ = QFileDialog.getOpenFileName(self, title, self.start_folder, filters)
        if path:
            (self.set_portrait if kind == "portrait" else self.set_audio)(path)

    def _picture_ready(self, facts: PictureFacts) -> None:
        if facts.path != self.portrait_tile.path:
            return
        self.portrait_tile.picture = facts.image
        text = f"{facts.width} {_TIMES} {facts.height}"
        self._settle("portrait", text, facts.error, facts.warnings)

    def _sound_ready(self, facts: SoundFacts) -> None:
        if facts.path != self.audio_tile.path:
            return
        self.audio_tile.sound = facts
        length = "" if facts.duration_us is None else format_seconds(facts.duration_us, 1) + ", "
        kinds = {1: self.tr("mono"), 2: self.tr("stereo")}
        channels = kinds.get(facts.channels, self.tr("{n} channels").format(n=facts.channels))
        text = f"{length}{localised(facts.rate / 1000)} kHz, {channels}"
        if not facts.whole:
            text += self.tr(" (the beginning is shown)")
        self._settle("audio", text, facts.error, facts.warnings)

    def _settle(self, kind: str, text: str, error: str, warnings: tuple[str, ...]) -> None:
        self._usable[kind] = not error
        if error:
            self._say(kind, error, theme.ERROR)
        else:
            self._say(kind, "\n".join((text, *warnings)), theme.WARNING if warnings else "")
        self._tile(kind).update()
        self._update()

    def _say(self, kind: str, text: str, colour: str = "") -> None:
        self._facts[kind].setText(text)
        self._facts[kind].setStyleSheet(f"color: {colour}" if colour else "")

    def _update(self) -> None:
        ready = all(self._usable.values())
        self.create_button.setEnabled(ready)
        if ready and not isinstance(self.focusWidget(), QPushButton):
            self.create_button.setFocus()

    def _accept(self) -> None:
        if all(self._usable.values()):
            self.accept()

    # Drag and drop ----------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take pictures and recordings."""
        kinds = {kind for kind, _ in _kinds(event)}
        if kinds:
            event.acceptProposedAction()
        self.portrait_tile.set_wanted("portrait" in kinds)
        self.audio_tile.set_wanted("audio" in kinds)

    def dragLeaveEvent(self, event: object) -> None:
        """Forget what hovered."""
        self.portrait_tile.set_wanted(False)
        self.audio_tile.set_wanted(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take each file for what its name says."""
        self.dragLeaveEvent(event)
        for kind, path in _kinds(event):
            (self.set_portrait if kind == "portrait" else self.set_audio)(path)
        event.acceptProposedAction()


def _kinds(event: QDropEvent) -> list[tuple[str, str]]:
    """The local files of a drop with what they can be: "portrait" or "audio"."""
    found = []
    for url in event.mimeData().urls():
        path = url.toLocalFile()
        suffix = Path(path).suffix.lower()
        if suffix in PICTURE_SUFFIXES:
            found.append(("portrait", path))
        elif suffix in SOUND_SUFFIXES:
            found.append(("audio", path))
    return found
