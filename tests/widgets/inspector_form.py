"""The inspector on a shown form with a session that does what it asks for; for the tests of `widgets.inspector`."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from core import edits
from core.timeline import Project, Segment, Take, Track
from resources import RESOURCES
from tests.shown import show_active
from widgets.inspector import Inspector

S = 1_000_000
LEFT = Qt.MouseButton.LeftButton
NOW = datetime.now(UTC)
TAKES = (
    Take(seed=5, tokens=(1,) * 10, prompt="wave", created=NOW - timedelta(hours=2)),
    Take(seed=6, tokens=(2,) * 10, prompt="wave", created=NOW, favourite=True),
)


def make_project():
    prompts = (
        Segment(id="a", start_us=1 * S, end_us=3 * S, prompt="wave", takes=TAKES, active_take=1),
        Segment(id="b", start_us=5 * S, end_us=8 * S, prompt="shrug", strength=1.5, seed=9, emotion="sad"),
        Segment(id="z", start_us=9 * S, end_us=10 * S, prompt="nod", locked=True),
    )
    faces = (Segment(id="e", start_us=2 * S, end_us=6 * S, emotion="happy", emotion_strength=0.5),)
    return Project(
        portrait=str(RESOURCES / "sample" / "half.png"),
        audio=str(RESOURCES / "sample" / "speech.flac"),
        seed=42,
        duration_us=20 * S,
        tracks=(Track(id="p", segments=prompts), Track(id="f", kind="emotion", segments=faces)),
    )


class Session:
    """Does what the inspector asks for, as the real one, and keeps what was asked."""

    def __init__(self, inspector):
        self.project = make_project()
        self.selection = ()
        self.asked = []
        self.inspector = inspector
        inspector.changed.connect(self.change)
        inspector.set_project(self.project)

    def select(self, *ids):
        self.selection = ids
        self.inspector.set_selection(tuple(self.project.segment(i) for i in ids))

    def change(self, ids, field, value):
        self.asked.append((ids, field, value))
        for segment_id in ids:
            self.project = edits.change(self.project, segment_id, **{field: value})
        self.inspector.set_project(self.project)
        self.select(*self.selection)


@pytest.fixture
def session(qtbot):
    window = QWidget()
    layout = QHBoxLayout(window)
    inspector = Inspector()
    inspector.setFixedWidth(300)
    layout.addWidget(inspector)
    layout.addWidget(QLineEdit())
    window.resize(500, 700)
    show_active(qtbot, window)
    yield Session(inspector)  # the window lives as long as this frame


def page(session):
    return session.inspector.segment_page


def write(field, text):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
