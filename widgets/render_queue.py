"""The render queue as a list: what is rendered, how far it is, how long it will take, and what can be done about it.

Shows rows that it is given; the queue itself belongs to the program.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.rendered import JobState, JobView
from widgets import theme
from widgets.elided_label import ElidedLabel
from widgets.form_fields import note_label, tool_button
from widgets.numbers import kept_together
from widgets.quiet_bar import QuietBar

_ROLE: Final = Qt.ItemDataRole.UserRole
_STATE_COLOURS: Final[dict[str, str]] = {
    "running": theme.ACCENT,
    "pausing": theme.WARNING,
    "paused": theme.WARNING,
    "interrupted": theme.WARNING,
    "cancelling": theme.WARNING,
    "failed": theme.ERROR,
    "done": theme.GOOD,
}

_PICTURE: Final = 150
"""Longest side in pixels of what a slow renderer shows of its work."""

ACTIONS_OF: Final[dict[JobState, tuple[str, ...]]] = {
    "waiting": ("pause", "cancel"),
    "running": ("pause", "cancel"),
    "pausing": ("cancel",),
    "paused": ("resume", "cancel"),
    "cancelling": (),
    "cancelled": ("retry", "remove"),
    "interrupted": ("resume", "remove"),
    "failed": ("retry", "remove"),
    "done": ("play", "reveal", "remove"),
}
"""What can be done with a job in each state, in the order of the buttons."""


def time_left(seconds: float) -> str:
    """Return a measured estimate as people say it: "40 s", "3 min", "1 h 20 min"."""
    if seconds < 55:
        step = 5 if seconds > 10 else 1
        return f"{max(1, round(seconds / step) * step)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


class _Row(QWidget):
    """One job."""

    def __init__(self, owner: "RenderQueueView") -> None:
        super().__init__()
        self._owner = owner
        self.job: JobView | None = None
        self.title = ElidedLabel()
        self.detail = QLabel()
        self.detail.setWordWrap(True)
        self.bar = QuietBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setStyleSheet(
            f"QProgressBar {{ min-height: 6px; max-height: 6px; }}QProgressBar::chunk {{ background: {theme.ACCENT}; }}"
        )
        self.notes = note_label(theme.DIM_TEXT)
        self.notes.setTextFormat(Qt.TextFormat.PlainText)
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.picture.hide()
        self.buttons: dict[str, QToolButton] = {}
        line = QHBoxLayout()
        line.setSpacing(1)
        line.addWidget(self.title, 1)
        for name, (icon, text) in owner.wordings.items():
            button = tool_button(icon, text)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, name=name: self._act(name))
            self.buttons[name] = button
            line.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 5, 6, 7)
        layout.setSpacing(3)
        layout.addLayout(line)
        layout.addWidget(self.bar)
        layout.addWidget(self.detail)
        layout.addWidget(self.notes)
        layout.addWidget(self.picture)

    def _act(self, name: str) -> None:
        if self.job is not None:
            self._owner.act(name, self.job)

    def show_job(self, job: JobView) -> None:
        """Show a job."""
        self.job = job
        self.title.setText(job.title)
        self.title.setToolTip(job.out or job.title)
        can = self._owner.possible(job)
        for name, button in self.buttons.items():
            button.setVisible(name in can)
            button.setAccessibleName(f"{self._owner.wordings[name][1]}: {job.title}")
        busy = job.state in ("running", "pausing", "cancelling", "paused", "interrupted")
        self.bar.setVisible(busy)
        unknown = job.state == "running" and not job.stage
        self.bar.show_fraction(None if unknown else job.fraction)
        self.bar.setAccessibleName(self.tr("Progress of {title}").format(title=job.title))
        colour = _STATE_COLOURS.get(job.state, theme.DIM_TEXT)
        text = f'<span style="color:{colour}">●</span> {self._owner.state_text(job)}'
        if job.message:
            text += f" {_plain(job.message)}"
        elif job.state == "done" and job.out:
            text += f"  ·  {_plain(Path(job.out).name)}"
        self.detail.setText(kept_together(text))
        self.detail.setToolTip(job.message or job.out)
        self.notes.setText("\n".join(f"\u2022 {note[:1].upper()}{note[1:]}" for note in job.notes))
        self.notes.setVisible(bool(job.notes))

    def set_chosen(self, chosen: bool) -> None:
        """Keep the notes readable on the colour of a chosen row."""
        self.notes.setStyleSheet(f"color: {theme.CHOSEN_DIM if chosen else theme.DIM_TEXT}")

    def show_picture(self, image: QImage | None) -> None:
        """Show what the renderer works on, or nothing more."""
        self.picture.setVisible(image is not None)
        if image is None:
            self.picture.clear()
            return
        ratio = self.devicePixelRatioF()
        side = round(_PICTURE * ratio)
        small = image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        small.setDevicePixelRatio(ratio)
        self.picture.setPixmap(QPixmap.fromImage(small))
        title = "" if self.job is None else self.job.title
        self.picture.setAccessibleName(self.tr("Rough picture of {title} while it is made").format(title=title))
        self.picture.setToolTip(self.tr("What is rendered at the moment, roughly"))


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


class RenderQueueView(QWidget):
    """A list of jobs with buttons; the keyboard has Space (pause or go on), Del (cancel or remove), Return (play), R.

    Attributes:
        list: the list itself.
        wordings: icon and title of each thing that can be done.

    Signals:
        pauseRequested, resumeRequested, cancelRequested, retryRequested, removeRequested (int): number of the job.
        revealRequested, playRequested (str): the file that was made.
        resumeLeftRequested: the user wants to go on with what was left of the last time.
    """

    pauseRequested = Signal(int)
    resumeRequested = Signal(int)
    cancelRequested = Signal(int)
    retryRequested = Signal(int)
    removeRequested = Signal(int)
    revealRequested = Signal(str)
    playRequested = Signal(str)
    resumeLeftRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wordings: dict[str, tuple[str, str]] = {
            "pause": ("pause", self.tr("Pause")),
            "resume": ("play", self.tr("Go on")),
            "retry": ("refresh", self.tr("Try again")),
            "play": ("play-circle-outline", self.tr("Play")),
            "reveal": ("folder-open-outline", self.tr("Show in folder")),
            "cancel": ("close-circle-outline", self.tr("Cancel")),
            "remove": ("trash-can-outline", self.tr("Remove from the list")),
        }
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Render queue"))
        self.list.setToolTip(
            self.tr("Space pauses or goes on, R tries again, Return plays the result, Delete cancels or removes.")
        )
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.itemDoubleClicked.connect(lambda _item: self._key("play"))
        self.list.itemSelectionChanged.connect(self._show_chosen)
        self.list.installEventFilter(self)
        self.list.viewport().installEventFilter(self)
        self._rows: dict[int, tuple[QListWidgetItem, _Row]] = {}
        self._pictures: dict[int, QImage] = {}
        empty = QLabel(self.tr("Nothing to render.\nRender a selection with Shift+Return or export the whole."))
        empty.setObjectName("dim")
        empty.setWordWrap(True)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setMargin(14)
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(self.list)
        self.left_button = QPushButton(theme.icon("play"), "")
        self.left_button.setToolTip(self.tr("Take up again what was left of the last time"))
        self.left_button.clicked.connect(self._resume_left)
        self.left_button.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.left_button)
        layout.addWidget(self._stack)
        self.setFocusProxy(self.list)
        self.setMinimumWidth(200)

    def set_jobs(self, jobs: Sequence[JobView]) -> None:
        """Show these jobs in this order; the current one stays current."""
        order = [job.id for job in jobs]
        if order != [item.data(_ROLE) for item in self._items()]:
            self._rebuild(order)
        for job in jobs:
            item, row = self._rows[job.id]
            if row.job != job:
                row.show_job(job)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{job.title}, {self.state_text(job)} {job.message}")
                self._fit(item, row)
        self._stack.setCurrentIndex(1 if jobs else 0)

    def set_preview(self, job: int, picture: NDArray[np.uint8] | None) -> None:
        """Show a rough picture in the row of a job.

        Args:
            job: its number; one that is not in the list is left out.
            picture: (H, W, 3) RGB, None for no picture any more.
        """
        if picture is None:
            self._pictures.pop(job, None)
        else:
            height, width = picture.shape[:2]
            data = np.ascontiguousarray(picture)
            self._pictures[job] = QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        if job in self._rows:
            self._show_picture(job)

    def _show_picture(self, job: int) -> None:
        item, row = self._rows[job]
        before = row.picture.isHidden()
        row.show_picture(self._pictures.get(job))
        if before != row.picture.isHidden():
            self._fit(item, row)

    def set_left(self, count: int) -> None:
        """Offer to go on with so many jobs of the last time; 0 takes the offer away."""
        text = self.tr("Go on with the render")
        if count > 1:
            text = self.tr("Go on with {count} renders").format(count=count)
        self.left_button.setText(text)
        self.left_button.setAccessibleName(text)
        self.left_button.setVisible(count > 0)

    def _resume_left(self) -> None:
        self.set_left(0)
        self.resumeLeftRequested.emit()

    def possible(self, job: JobView) -> tuple[str, ...]:
        """Return what can be done with a job."""
        return tuple(a for a in ACTIONS_OF[job.state] if job.out or a not in ("play", "reveal"))

    def act(self, name: str, job: JobView) -> None:
        """Ask for what a button says."""
        if name in ("play", "reveal"):
            (self.playRequested if name == "play" else self.revealRequested).emit(job.out)
        else:
            getattr(self, f"{name}Requested").emit(job.id)

    def state_text(self, job: JobView) -> str:
        """Return how a job stands, in words with the measured time left."""
        words = {
            "waiting": self.tr("Waiting"),
            "running": self._stage(job.stage),
            "pausing": self.tr("Pausing …"),
            "paused": self.tr("Paused"),
            "cancelling": self.tr("Cancelling …"),
            "cancelled": self.tr("Cancelled."),
            "interrupted": self.tr("Interrupted; finished pieces are kept."),
            "failed": self.tr("Failed."),
            "done": self.tr("Done"),
        }[job.state]
        if job.state == "running":
            if job.total > 1:
                words += self.tr(", {done} of {total}").format(done=job.done, total=job.total)
            if job.seconds_left is not None:
                words += self.tr(", {time} left").format(time=time_left(job.seconds_left))
        elif job.state == "paused" and job.stage:
            words += self.tr(" at {percent} %").format(percent=round(100 * job.fraction))
        elif job.state == "done" and job.created > 0:
            words += self.tr(", queued at {time}").format(time=time.strftime("%H:%M", time.localtime(job.created)))
        return words

    def text_of(self, job: JobView) -> str:
        """Return all that the list says of a job, to be copied."""
        return "\n".join(part for part in (job.title, self.state_text(job), job.message, *job.notes, job.out) if part)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Keys of the list, also where the window has shortcuts with the same keys; and its width."""
        if watched is self.list and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            assert isinstance(event, QKeyEvent)
            wanted = {
                Qt.Key.Key_Space: ("pause", "resume"),
                Qt.Key.Key_Delete: ("cancel", "remove"),
                Qt.Key.Key_Return: ("play",),
                Qt.Key.Key_Enter: ("play",),
                Qt.Key.Key_R: ("retry",),
            }.get(Qt.Key(event.key()), ())
            if wanted and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    self._key(*wanted)
                return True
        if watched is self.list.viewport() and event.type() == QEvent.Type.Resize:
            for item, row in self._rows.values():
                self._fit(item, row)
        return False

    def _stage(self, stage: str) -> str:
        return {
            "": self.tr("Starting"),
            "motion": self.tr("Making the motion"),
            "poses": self.tr("Making the poses"),
            "frames": self.tr("Rendering"),
            "video": self.tr("Writing the video"),
        }.get(stage, stage)

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _rebuild(self, order: list[int]) -> None:
        current = self.list.currentItem()
        chosen = current.data(_ROLE) if current is not None else None
        self.list.clear()
        self._rows = {}
        for job_id in order:
            item = QListWidgetItem()
            item.setData(_ROLE, job_id)
            row = _Row(self)
            self.list.addItem(item)
            self.list.setItemWidget(item, row)
            self._rows[job_id] = (item, row)
            if job_id in self._pictures:
                row.show_picture(self._pictures[job_id])
            if job_id == chosen:
                self.list.setCurrentItem(item)
        if self.list.currentRow() < 0 and order:
            self.list.setCurrentRow(0)
        self._show_chosen()

    def _show_chosen(self) -> None:
        for item, row in self._rows.values():
            row.set_chosen(item.isSelected())

    def _fit(self, item: QListWidgetItem, row: _Row) -> None:
        width = self.list.viewport().width()
        row.setFixedWidth(max(width, 120))
        layout = row.layout()
        if layout is not None:
            layout.invalidate()
            # The style's room around an item is taken from the row.
            item.setSizeHint(QSize(120, layout.totalHeightForWidth(max(width, 120) - 4) + 6))

    def _current(self) -> JobView | None:
        item = self.list.currentItem()
        return self._rows[item.data(_ROLE)][1].job if item is not None else None

    def _key(self, *names: str) -> None:
        job = self._current()
        name = next((n for n in names if job is not None and n in self.possible(job)), None)
        if job is not None and name is not None:
            self.act(name, job)

    def _menu(self, where: QPoint) -> None:
        job = self._current()
        if job is None:
            return
        menu = QMenu(self)
        for name in self.possible(job):
            icon, text = self.wordings[name]
            action = QAction(theme.icon(icon), text, menu)
            action.triggered.connect(lambda _=False, name=name: self.act(name, job))
            menu.addAction(action)
        menu.addSeparator()
        copy = QAction(theme.icon("content-copy"), self.tr("Copy what it says"), menu)
        copy.triggered.connect(lambda _=False: QGuiApplication.clipboard().setText(self.text_of(job)))
        menu.addAction(copy)
        menu.exec(self.list.viewport().mapToGlobal(where))
