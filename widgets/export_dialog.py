"""The export dialog: what to write (video, motion, poses, timeline), how, of which stretch, and under which name.

It says what the user wants; rendering and writing are the program's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast, get_args

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImageReader
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.constants import MICROSECONDS, MOTION_FPS
from core.timecode import format_seconds
from core.timeline import Project, seconds
from core.video_format import VideoError, encoded_size, frame_count
from widgets import theme
from widgets.form_fields import ChoiceField, dim_label
from widgets.inspector_project import HEIGHTS, TIMES, output_width, rate_choices
from widgets.numbers import localised
from widgets.render_options import BackendChoice

ExportKind = Literal["mp4", "poses", "bvh", "npz", "otio"]
"""A video, a video of the drawn poses, the motion in two formats, or the timeline for other editors."""

SUFFIXES: Final[dict[ExportKind, str]] = {
    "mp4": ".mp4", "poses": ".mp4", "bvh": ".bvh", "npz": ".npz", "otio": ".otio",
}  # fmt: skip
QUALITIES: Final = (14, 18, 23, 28)
_ROLE: Final = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class ExportSettings:
    """What the user wants to have written.

    Attributes:
        kind: what it is.
        path: the file to write; that it may be replaced was asked.
        start_us: where the stretch begins, or None for the whole.
        end_us: where it ends, or None for the whole.
        height: of the video in pixels.
        fps: frames per second of the video.
        crf: x264's quality; smaller is better.
        backend: renderer of the video.
    """

    kind: ExportKind
    path: str
    start_us: int | None = None
    end_us: int | None = None
    height: int = 720
    fps: float = 25.0
    crf: int = 18
    backend: str = "draft"


class ExportDialog(QDialog):
    """See the module.

    Attributes:
        kinds: the list of what can be written.
        path: the field with the file's name.

    Signals:
        exportRequested(object): the user pressed Export; `ExportSettings`.
    """

    exportRequested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        self._folder = Path.home()
        self._stem = "talk"
        self._picture = QSize()
        self._duration: int | None = None
        self._ranges: dict[str, tuple[int, int]] = {}
        self._needs: dict[str, str] = {}
        self._suggested = ""
        self._make_fields()
        self._lay_out()
        self._connect()
        self.kinds.setCurrentRow(0)
        self.kinds.setFocus()

    # Making -----------------------------------------------------------------------------------------------------------

    def _make_fields(self) -> None:
        self.kinds = QListWidget()
        self.kinds.setAccessibleName(self.tr("What to export"))
        self.kinds.setToolTip(self.tr("Choose what to write"))
        self.kinds.setIconSize(QSize(24, 24))
        self.kinds.setFixedWidth(190)
        for kind, icon, title in (
            ("mp4", "movie-open-outline", self.tr("Video (MP4)")),
            ("poses", "vector-polyline", self.tr("Video of the poses")),
            ("bvh", "human-handsup", self.tr("Motion as BVH")),
            ("npz", "code-array", self.tr("Motion as NPZ")),
            ("otio", "chart-timeline", self.tr("Timeline (OTIO)")),
        ):
            item = QListWidgetItem(theme.icon(icon), title)
            item.setData(_ROLE, kind)
            item.setSizeHint(QSize(100, 38))
            self.kinds.addItem(item)
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setObjectName("dim")
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.about.setMinimumHeight(3 * self.about.fontMetrics().lineSpacing())
        self.stretch = ChoiceField(self.tr("Range"), self.tr("Which stretch of the recording to write"))
        self.height_field = ChoiceField(
            self.tr("Height of the video"),
            self.tr("Height in pixels; the width follows from the portrait"),
            [(height, f"{height} px") for height in HEIGHTS],
        )
        self.fps = ChoiceField(self.tr("Frames per second"), self.tr("Frames per second of the video"), rate_choices())
        names = (self.tr("Best"), self.tr("High"), self.tr("Good"), self.tr("Small file"))
        self.quality = ChoiceField(
            self.tr("Quality"),
            self.tr("How finely the video is encoded; a smaller number makes a larger file"),
            [(crf, f"{name} (CRF {crf})") for crf, name in zip(QUALITIES, names, strict=True)],
        )
        self.quality.set_value(18)
        self.backend = ChoiceField(
            self.tr("Renderer"), self.tr("What makes the pictures of the video"), [("draft", self.tr("Draft puppet"))]
        )
        self.needs = dim_label()
        self.needs.setWordWrap(True)
        self.needs.setAccessibleName(self.tr("What the renderer needs"))
        self.path = QLineEdit()
        self.path.setAccessibleName(self.tr("File"))
        self.path.setToolTip(self.tr("The file to write"))
        self.browse = QPushButton(self.tr("Bro&wse…"))
        self.browse.setToolTip(self.tr("Choose folder and name"))
        self.browse.setAccessibleName(self.tr("Browse"))
        self.browse.setAutoDefault(False)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setAccessibleName(self.tr("Summary"))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QWidget, tuple[str, ...]]] = []
        videos = ("mp4", "poses")
        for row, (text, field, kinds) in enumerate(
            (
                (self.tr("Ran&ge"), self.stretch, ("mp4", "poses", "bvh", "npz")),
                (self.tr("&Height"), self.height_field, videos),
                (self.tr("F&rame rate"), self.fps, videos),
                (self.tr("&Quality"), self.quality, videos),
                (self.tr("Re&nderer"), self.backend, ("mp4",)),
                ("", self.needs, ("mp4",)),
            )
        ):
            label = dim_label(text, field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
            self._rows.append((label, field, kinds))
        grid.setColumnMinimumWidth(0, 80)
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addWidget(self.about)
        right.addLayout(grid)
        right.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.kinds)
        top.addLayout(right, 1)
        file = QHBoxLayout()
        file.addWidget(dim_label(self.tr("&File"), self.path))
        file.addWidget(self.path, 1)
        file.addWidget(self.browse)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button = self._buttons.addButton(self.tr("&Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.export_button.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(12)
        layout.addLayout(top, 1)
        layout.addLayout(file)
        layout.addWidget(self.summary)
        layout.addWidget(self._buttons)
        self.resize(660, 440)

    def _connect(self) -> None:
        self.kinds.currentRowChanged.connect(lambda _row: self._kind_changed())
        for field in (self.stretch, self.height_field, self.fps, self.quality, self.backend):
            field.valueChosen.connect(lambda _value: self._changed())
        self.path.textChanged.connect(lambda _text: self._summarise())
        self.browse.clicked.connect(lambda _=False: self._browse())
        self._buttons.accepted.connect(self._export)
        self._buttons.rejected.connect(self.reject)

    # What is exported -------------------------------------------------------------------------------------------------

    def set_project(
        self,
        project: Project,
        path: str,
        duration_us: int | None = None,
        in_out: tuple[int, int] | None = None,
        selection: tuple[int, int] | None = None,
    ) -> None:
        """Take what is to be exported.

        Args:
            project: its output settings are offered first.
            path: its file, for the suggested name and folder.
            duration_us: length of the recording if it is known.
            in_out: the range of the timeline.
            selection: the stretch of the selected segments.
        """
        self._stem = Path(path).stem or "talk"
        folder = Path(path).parent
        self._folder = folder if folder.is_dir() else Path.home()
        self._duration = duration_us if duration_us is not None else project.duration_us
        reader = QImageReader(project.portrait)
        reader.setAutoTransform(True)
        self._picture = reader.size()
        self._ranges = {}
        whole = self.tr("Whole recording")
        if self._duration is not None:
            whole += f" ({format_seconds(self._duration, 1)})"
        choices: list[tuple[object, str]] = [("whole", whole)]
        for name, title, given in (
            ("range", self.tr("In to out"), in_out),
            ("selection", self.tr("Selected segments"), selection),
        ):
            if given is not None:
                self._ranges[name] = given
                choices.append((name, f"{title} ({format_seconds(given[0], 1)}\u2013{format_seconds(given[1], 1)})"))
        self.stretch.set_choices(choices)
        self.stretch.set_value("range" if in_out is not None else "whole")
        self.height_field.set_value(project.output.height)
        self.fps.set_value(float(project.output.fps))
        self.backend.set_value(project.output.backend)
        self._kind_changed()

    def set_backends(self, backends: Sequence[BackendChoice]) -> None:
        """Offer renderers."""
        self._needs = {choice.name: choice.needs for choice in backends}
        self.backend.set_choices([(choice.name, choice.title) for choice in backends])
        self._changed()

    def kind(self) -> ExportKind:
        """Return what is chosen in the list."""
        item = self.kinds.currentItem()
        kind = item.data(_ROLE) if item is not None else "mp4"
        assert kind in get_args(ExportKind)
        return cast(ExportKind, kind)

    def settings(self) -> ExportSettings:
        """Return what the fields say."""
        start, end = self._stretch()
        if self.kind() == "otio":
            start = end = None
        return ExportSettings(
            kind=self.kind(),
            path=str(self._target()),
            start_us=start,
            end_us=end,
            height=int(cast(int, self.height_field.value() or 720)),
            fps=float(cast(float, self.fps.value() or 25.0)),
            crf=int(cast(int, self.quality.value() or 18)),
            backend=str(self.backend.value() or "draft"),
        )

    def _stretch(self) -> tuple[int | None, int | None]:
        return self._ranges.get(str(self.stretch.value()), (None, None))

    def _target(self) -> Path:
        text = self.path.text().strip()
        target = Path(text).expanduser()
        if not target.is_absolute():
            target = self._folder / target
        suffix = SUFFIXES[self.kind()]
        if not target.name:  # "/": a folder and no name yet
            return target
        return target if target.suffix.lower() == suffix else target.with_name(target.name + suffix)

    def _suggest(self) -> str:
        """A name that says what is in the file and is not taken yet."""
        stem = self._stem + ("-poses" if self.kind() == "poses" else "")
        start, end = self._stretch()
        if start is not None and end is not None and self.kind() != "otio":
            stem += f"-{seconds(start)}-{seconds(end)}"
        suffix = SUFFIXES[self.kind()]
        target = self._folder / (stem + suffix)
        number = 2
        while target.exists():
            target = self._folder / f"{stem}-{number}{suffix}"
            number += 1
        return str(target)

    # Showing ----------------------------------------------------------------------------------------------------------

    def _kind_changed(self) -> None:
        kind = self.kind()
        self.about.setText(
            {
                "mp4": self.tr(
                    "The person with the recording. Pieces that are rendered already are reused. The file says in its "
                    "data that the picture is synthetic and which program and weights made it."
                ),
                "poses": self.tr("The poses drawn over the picture as the renderer gets them, with the recording."),
                "bvh": self.tr("The 3D motion as a skeleton animation for Blender, Maya and other programs."),
                "npz": self.tr(
                    "The 3D motion as NumPy arrays: joints, foot contacts and tokens at 20 frames per second."
                ),
                "otio": self.tr(
                    "The timeline for other editors: the recording, the segments, and the prompts as markers."
                ),
            }[kind]
        )
        for label, field, kinds in self._rows:
            for widget in (label, field):
                widget.setVisible(kind in kinds)
        self._changed()

    def _changed(self) -> None:
        """Suggest a name again, unless the user wrote one, and bring the rest up to date."""
        self.needs.setText(self._needs.get(str(self.backend.value()), ""))
        if not self.path.text().strip() or self.path.text() == self._suggested:
            self._suggested = self._suggest()
            self.path.setText(self._suggested)
        else:
            old = Path(self.path.text())
            if old.name and old.suffix.lower() in SUFFIXES.values():
                self.path.setText(str(old.with_suffix(SUFFIXES[self.kind()])))
        self._summarise()

    def _summarise(self) -> None:
        text, problem = self._summary()
        if not self.path.text().strip() or not self._target().name:
            problem = self.tr("Write a file name.")
        elif not self._target().parent.is_dir():
            problem = self.tr("There is no folder {folder}.").format(folder=self._target().parent)
        self.summary.setText(problem or text)
        self.summary.setStyleSheet(f"color: {theme.ERROR if problem else theme.DIM_TEXT}")
        self.export_button.setEnabled(not problem)

    def _summary(self) -> tuple[str, str]:
        """What will be written, and why it cannot be."""
        if self.kind() == "otio":
            return self.tr("Written at once."), ""
        start, end = self._stretch()
        length = end - start if start is not None and end is not None else self._duration
        parts = []
        rate = float(MOTION_FPS)
        if self.kind() in ("mp4", "poses"):
            height, rate = int(cast(int, self.height_field.value() or 720)), float(cast(float, self.fps.value() or 25))
            width = output_width(height, self._picture)
            if width:
                try:
                    encoded_size((width, height))
                except VideoError as error:
                    return "", str(error)
                parts.append(f"{width} {TIMES} {height}")
        parts.append(self.tr("{fps} frames per second").format(fps=localised(rate)))
        if length is not None:
            parts.append(self.tr("{n} frames").format(n=frame_count(length / MICROSECONDS, rate)))
            parts.append(format_seconds(length, 1))
        return "  ·  ".join(parts), ""

    # What the user does -----------------------------------------------------------------------------------------------

    def _browse(self) -> None:
        suffix = SUFFIXES[self.kind()]
        pattern = f"{self.kinds.currentItem().text()} (*{suffix})".replace(" (MP4)", "").replace(" (OTIO)", "")
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export as"), str(self._target()), pattern, options=QFileDialog.Option.DontConfirmOverwrite
        )
        if name:
            self.path.setText(name)

    def _export(self) -> None:
        if not self.export_button.isEnabled():
            return
        settings = self.settings()
        if Path(settings.path).exists():
            answer = QMessageBox.question(
                self,
                self.tr("Export"),
                self.tr("{name} exists already. Replace it?").format(name=Path(settings.path).name),
                QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel,
                QMessageBox.StandardButton.Cancel,
            )
            if answer != QMessageBox.StandardButton.Yes:
                return
        self.accept()
        self.exportRequested.emit(settings)
