"""A shown timeline with a small project, and a stand-in for the session that does what the timeline asks for."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core import edits
from core.peaks import PeaksPyramid
from core.timeline import Marker, Project, Segment, Take, Track
from tests.shown import show_active
from widgets.timeline import TimelineWidget
from widgets.timeline.hit import RULER_HEIGHT

S = 1_000_000
RATE = 16_000
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def make_project() -> Project:
    """Twenty seconds: prompts at 1-3 s, 5-8 s and 10-12 s, an empty second prompt track, one emotion at 2-6 s."""
    takes = (Take(seed=1, tokens=(1,) * 10), Take(seed=2, tokens=(2,) * 10))
    prompts = (
        Segment(id="a", start_us=1 * S, end_us=3 * S, prompt="wave"),
        Segment(id="b", start_us=5 * S, end_us=8 * S, prompt="walk forward", takes=takes, active_take=1),
        Segment(id="c", start_us=10 * S, end_us=12 * S, prompt="kick"),
    )
    return Project(
        portrait="p.png",
        audio="a.wav",
        duration_us=20 * S,
        tracks=(
            Track(id="one", segments=prompts),
            Track(id="two"),
            Track(id="face", kind="emotion", segments=(Segment(id="e", start_us=2 * S, end_us=6 * S),)),
        ),
        markers=(Marker(id="m", time_us=9 * S, name="here"),),
    )


class Rig:
    """The widget, the project behind it, and hands for the mouse.

    Attributes:
        widget, canvas: what is tested.
        project: as the intents have left it.
        log: intents in order, as (name, arguments).
    """

    def __init__(self, widget: TimelineWidget) -> None:
        self.widget = widget
        self.canvas = widget.canvas
        self.project = make_project()
        self.log: list[tuple[str, tuple]] = []
        for name in (
            "seekRequested", "scrubRequested", "scrubFinished", "selectionRequested", "addRequested", "promptEdited",
            "promptGiven", "emotionGiven",
            "emotionEdited", "moveRequested", "duplicateRequested", "trimRequested", "markerMoved",
            "markerEditRequested", "rangeRequested", "trackChanged", "takeRequested", "contextMenuRequested",
            "promptTyped", "refused",
        ):  # fmt: skip
            getattr(widget, name).connect(lambda *args, name=name: self.log.append((name, args)))
        widget.selectionRequested.connect(widget.set_selection)
        widget.seekRequested.connect(widget.set_playhead)
        widget.scrubRequested.connect(widget.set_playhead)
        widget.rangeRequested.connect(widget.set_in_out)
        widget.addRequested.connect(self._add)
        for written in (widget.promptEdited, widget.promptGiven):
            written.connect(lambda i, text: self.take(edits.change(self.project, i, prompt=text)))
        widget.set_project(self.project)

    def take(self, project: Project) -> None:
        self.project = project
        self.widget.set_project(project)

    def _add(self, track: str, start: int, end: int) -> None:
        self.take(edits.add(self.project, track, Segment(id="new", start_us=start, end_us=end)))

    def intents(self, name: str) -> list[tuple]:
        return [args for logged, args in self.log if logged == name]

    def at(self, seconds: float, track: str = "one") -> QPoint:
        """The pixel of a time in the middle of a track's row; "audio", "motion" and "video" are rows too."""
        rows = self.canvas.rows
        row = rows.of_track(track) or rows.of_kind(track)
        assert row is not None
        y = RULER_HEIGHT + row.top - self.canvas.scroll_y + row.height // 2
        return QPoint(round(self.canvas.view.x(seconds * S)), y)

    def ruler(self, seconds: float, y: int = RULER_HEIGHT - 8) -> QPoint:
        return QPoint(round(self.canvas.view.x(seconds * S)), y)

    def move(self, pos: QPoint, modifiers=NONE, button=LEFT) -> None:
        """Move the pointer with a button down."""
        place = QPointF(pos)
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            QPointF(self.canvas.mapToGlobal(pos)),
            Qt.MouseButton.NoButton,
            button,
            modifiers,
        )
        QApplication.sendEvent(self.canvas, event)

    def press(self, pos: QPoint, modifiers=NONE, button=LEFT) -> None:
        QTest.mousePress(self.canvas, button, modifiers, pos)

    def release(self, pos: QPoint, modifiers=NONE, button=LEFT) -> None:
        QTest.mouseRelease(self.canvas, button, modifiers, pos)

    def drag(self, start: QPoint, end: QPoint, modifiers=NONE, button=LEFT) -> None:
        self.press(start, modifiers, button)
        self.move((start + end) / 2, modifiers, button)
        self.move(end, modifiers, button)
        self.release(end, modifiers, button)

    def click(self, pos: QPoint, modifiers=NONE) -> None:
        QTest.mouseClick(self.canvas, LEFT, modifiers, pos)

    def wheel(self, pos: QPoint, steps: float, modifiers=NONE) -> None:
        event = QWheelEvent(
            QPointF(pos), QPointF(self.canvas.mapToGlobal(pos)), QPoint(), QPoint(0, round(120 * steps)),
            Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(self.canvas, event)


@pytest.fixture
def rig(qtbot) -> Rig:
    """A timeline of 1,200 x 406 pixels that shows the whole of a project of 20 s."""
    widget = TimelineWidget()
    widget.resize(1200, 406)
    show_active(qtbot, widget)
    made = Rig(widget)
    return made


@pytest.fixture
def tone() -> tuple[PeaksPyramid, np.ndarray, Callable[[int, int], np.ndarray]]:
    """Twenty seconds of a beating tone: its peaks, its samples, and a function that gives parts of them."""
    t = np.arange(20 * RATE) / RATE
    samples = (0.5 * np.sin(2 * np.pi * 220 * t) * np.sin(2 * np.pi * 0.4 * t)).astype(np.float32)
    return PeaksPyramid.build(samples), samples, lambda first, last: samples[first:last]
