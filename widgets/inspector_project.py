"""The inspector's page for the project as a whole: portrait, recording, seed, output and pose mode.

Shown while no segment is selected. It says what the user wants; reading media is done elsewhere.
"""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QImageReader, QPixmap
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.timecode import format_seconds
from core.timeline import Project
from widgets import theme
from widgets.form_fields import ChoiceField, SeedField, dim_label, section, tool_button
from widgets.numbers import localised
from widgets.render_options import RenderOptions

HEIGHTS: Final = (360, 480, 540, 720, 1080, 1440, 2160)
RATES: Final = (20.0, 24.0, 25.0, 29.97, 30.0, 50.0, 60.0)
_PICTURE: Final = 72
TIMES: Final = "\u00d7"


STAYS: Final[dict[str, bool | None]] = {"auto": None, "on": True, "off": False}
"""What the choices of walking mean."""


def stay_name(stay: bool | None) -> str:
    """Return the choice of walking that means this."""
    return next(name for name, value in STAYS.items() if value is stay)


def read_thumbnail(path: str, side: int, ratio: float = 1.0) -> tuple[QPixmap, QSize]:
    """Return a picture scaled to fit a square, and its own upright size; both are empty if it cannot be read."""
    reader = QImageReader(path)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid():
        wanted = size.scaled(QSize(round(side * ratio), round(side * ratio)), Qt.AspectRatioMode.KeepAspectRatio)
        reader.setScaledSize(wanted)
    image = reader.read()
    if image.isNull():
        return QPixmap(), QSize()
    pixmap = QPixmap.fromImage(image)
    pixmap.setDevicePixelRatio(ratio)
    turned = pixmap.width() > pixmap.height() and size.width() < size.height()
    turned = turned or (pixmap.width() < pixmap.height() and size.width() > size.height())
    return pixmap, size.transposed() if turned else size


def rate_choices() -> list[tuple[object, str]]:
    """Return the frame rates to choose from, with their names."""
    form = QCoreApplication.translate("ProjectPage", "{fps} fps")
    return [(rate, form.format(fps=localised(rate))) for rate in RATES]


def output_width(height: int, picture: QSize) -> int:
    """Return the width of a video of that height: the portrait's shape, rounded to even pixels."""
    if picture.isEmpty():
        return 0
    return max(2, round(height * picture.width() / picture.height() / 2) * 2)


def _align_labels(*grids: QGridLayout) -> None:
    """Give the first columns of forms that stand under each other one width, that of their widest label."""
    labels = []
    for grid in grids:
        for row in range(grid.rowCount()):
            first, second = grid.itemAtPosition(row, 0), grid.itemAtPosition(row, 1)
            label = None if first is None else first.widget()
            if isinstance(label, QLabel) and second is not None and second.widget() is not label:
                labels.append(label)
    for label in labels:
        label.ensurePolished()
    width = max((label.sizeHint().width() for label in labels), default=0)
    for grid in grids:
        grid.setColumnMinimumWidth(0, width)


class ProjectPage(QWidget):
    """See the module.

    Attributes:
        rendering: the renderer and its options.

    Signals:
        fieldChanged(str, object): "seed", "height", "fps", "backend", "pose_mode", "cleanup" or "stay", and its new
            value. What else concerns the renderer is told by `rendering`.
        portraitRequested, audioRequested: the user wants another file.
        rigRequested: the user wants to see the rig editor.
    """

    fieldChanged = Signal(str, object)
    portraitRequested = Signal()
    audioRequested = Signal()
    rigRequested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._portrait = ""
        self._size = QSize()
        self.picture = QLabel()
        self.picture.setFixedSize(_PICTURE, _PICTURE)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setStyleSheet(f"background: {theme.BASE}; border-radius: 4px")
        self.picture.setAccessibleName(self.tr("Portrait"))
        self.portrait_name = QLabel()
        self.audio_name = QLabel()
        for label, name in ((self.portrait_name, self.tr("Portrait")), (self.audio_name, self.tr("Recording"))):
            label.setWordWrap(True)
            label.setAccessibleName(name)
            label.setMinimumWidth(40)
        self.replace_portrait = tool_button("image-edit-outline", self.tr("Replace the portrait"))
        self.edit_rig = QPushButton(theme.icon("account-edit-outline"), self.tr("Edit the ri&g"))
        self.edit_rig.setToolTip(self.tr("Place the points of the portrait"))
        self.edit_rig.setAccessibleName(self.tr("Edit the rig"))
        self.replace_audio = tool_button("file-music-outline", self.tr("Replace the recording"))
        self.seed = SeedField(
            self.tr("Base seed"),
            self.tr("Seed of everything random, except in segments that have their own"),
            may_be_empty=False,
        )
        self.height_field = ChoiceField(
            self.tr("Height of the video"),
            self.tr("Height in pixels; the width follows from the portrait"),
            [(height, f"{height} px") for height in HEIGHTS],
        )
        self.fps = ChoiceField(self.tr("Frames per second"), self.tr("Frames per second of the video"), rate_choices())
        self.rendering = RenderOptions()
        self.pose_mode = ChoiceField(
            self.tr("Poses"),
            self.tr("How the 3D motion becomes poses in the picture"),
            [("bank", self.tr("From real poses")), ("direct", self.tr("Direct projection"))],
        )
        self.cleanup = QCheckBox(self.tr("Clean &up the motion"))
        self.cleanup.setAccessibleName(self.tr("Clean up the motion"))
        self.cleanup.setToolTip(
            self.tr(
                "Standing feet do not slide, nothing sinks into the floor, jitter is smoothed, a still body breathes"
            )
        )
        self.stay = ChoiceField(
            self.tr("Walking"),
            self.tr("Whether walking leads away or comes back to the spot"),
            [
                ("auto", self.tr("As the portrait needs")),
                ("on", self.tr("Stays on the spot")),
                ("off", self.tr("Leads away")),
            ],
        )
        self.size_note = dim_label()
        self._lay_out()
        self.seed.seedCommitted.connect(lambda value: self.fieldChanged.emit("seed", value))
        for name, field in (
            ("height", self.height_field),
            ("fps", self.fps),
            ("pose_mode", self.pose_mode),
        ):
            field.valueChosen.connect(lambda value, name=name: self.fieldChanged.emit(name, value))
        self.rendering.backendChosen.connect(lambda value: self.fieldChanged.emit("backend", value))
        self.cleanup.clicked.connect(lambda checked: self.fieldChanged.emit("cleanup", checked))
        self.stay.valueChosen.connect(lambda value: self.fieldChanged.emit("stay", STAYS[str(value)]))
        self.replace_portrait.clicked.connect(self.portraitRequested)
        self.replace_audio.clicked.connect(self.audioRequested)
        self.edit_rig.clicked.connect(self.rigRequested)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(6)
        title = QLabel(self.tr("Project"))
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        layout.addWidget(title)
        hint = dim_label(self.tr("Select a segment in the timeline to direct it."))
        hint.setWordWrap(True)
        layout.addWidget(hint)
        media = QGridLayout()
        media.setHorizontalSpacing(8)
        media.setColumnStretch(1, 1)
        media.addWidget(self.picture, 0, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
        media.addWidget(self.portrait_name, 0, 1)
        media.addWidget(self.replace_portrait, 0, 2, Qt.AlignmentFlag.AlignTop)
        media.addWidget(self.edit_rig, 1, 1, 1, 2, Qt.AlignmentFlag.AlignBottom)
        layout.addWidget(section(self.tr("Portrait")))
        layout.addLayout(media)
        layout.addWidget(section(self.tr("Recording")))
        sound = QHBoxLayout()
        sound.addWidget(self.audio_name, 1)
        sound.addWidget(self.replace_audio, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(sound)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        grid.addWidget(section(self.tr("Motion")), 0, 0, 1, 2)
        self._row(grid, 1, self.tr("Base see&d"), self.seed)
        self._row(grid, 2, self.tr("P&oses"), self.pose_mode)
        self._row(grid, 3, self.tr("&Walking"), self.stay)
        grid.addWidget(self.cleanup, 4, 1)
        grid.addWidget(section(self.tr("Output")), 5, 0, 1, 2)
        self._row(grid, 6, self.tr("&Height"), self.height_field)
        grid.addWidget(self.size_note, 7, 1)
        self._row(grid, 8, self.tr("Fra&me rate"), self.fps)
        layout.addLayout(grid)
        layout.addWidget(self.rendering)
        _align_labels(grid, self.rendering.form)
        layout.addStretch(1)

    @staticmethod
    def _row(grid: QGridLayout, row: int, text: str, field: QWidget) -> None:
        grid.addWidget(dim_label(text, field), row, 0)
        grid.addWidget(field, row, 1)

    def show_project(self, project: Project) -> None:
        """Show a project."""
        if project.portrait != self._portrait:
            self._portrait = project.portrait
            pixmap, self._size = read_thumbnail(project.portrait, _PICTURE, self.devicePixelRatioF())
            if pixmap.isNull():
                self.picture.setPixmap(theme.icon("image-off-outline").pixmap(32, 32))
            else:
                self.picture.setPixmap(pixmap)
        text = Path(project.portrait).name
        if not self._size.isEmpty():
            text += f"\n{self._size.width()} {TIMES} {self._size.height()}"
        self.portrait_name.setText(text)
        self.portrait_name.setToolTip(project.portrait)
        text = Path(project.audio).name
        if project.duration_us is not None:
            text += "\n" + format_seconds(project.duration_us, 1)
        self.audio_name.setText(text)
        self.audio_name.setToolTip(project.audio)
        output = project.output
        self.seed.set_seed(project.seed)
        self.height_field.set_value(output.height)
        self.fps.set_value(float(output.fps))
        self.rendering.show_output(output, project.seed)
        self.pose_mode.set_value(output.pose_mode)
        self.cleanup.setChecked(project.motion_settings.cleanup)
        self.stay.set_value(stay_name(project.motion_settings.stay))
        width = output_width(output.height, self._size)
        self.size_note.setText(f"{width} {TIMES} {output.height}" if width else "")

    def flush(self) -> None:
        """Take what is being typed."""
        self.seed.flush()
        self.rendering.flush()
