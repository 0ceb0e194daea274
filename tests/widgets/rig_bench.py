"""A shown rig editor on a small portrait, with helpers in pixels of the picture."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from core.rig import Rig
from resources import RESOURCES
from tests.shown import show_active
from widgets.rig_editor import RigEditor, handles

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NONE, SHIFT, CONTROL = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier,
)  # fmt: skip


def sample_rig():
    """The sample's half portrait at a quarter of its size: 256 x 320."""
    return Rig.from_json((RESOURCES / "sample" / "half.rig.json").read_text("utf-8")).rescaled(256, 320)


def plus(place, across, down):
    return np.asarray(place) + np.array([across, down])


class Bench:
    """A shown editor, what it emitted, and helpers in pixels of the picture."""

    def __init__(self, editor):
        self.editor, self.canvas = editor, editor.canvas
        self.told = []
        editor.rigChanged.connect(self.told.append)

    @property
    def rig(self):
        return self.editor.rig

    def at(self, handle):
        return np.array(handles.position(self.rig, handle))

    def point(self, x, y):
        return self.canvas.to_widget(float(x), float(y)).toPoint()

    def drag(self, start, end, button=LEFT, steps=5, release=True):
        first, last = self.point(*start), self.point(*end)
        QTest.mousePress(self.canvas, button, NONE, first)
        for step in range(1, steps + 1):
            QTest.mouseMove(self.canvas, first + (last - first) * step / steps)
        if release:
            QTest.mouseRelease(self.canvas, button, NONE, last)

    def grab(self, handle, by, **options):
        start = self.at(handle)
        self.drag(start, start + np.array(by), **options)

    def key(self, key, modifiers=NONE):
        QTest.keyClick(self.canvas, key, modifiers)


def shown_bench(qtbot):
    window = QWidget()
    layout = QHBoxLayout(window)
    editor = RigEditor()
    layout.addWidget(editor, 1)
    layout.addWidget(QLineEdit())
    window.resize(1100, 800)
    show_active(qtbot, window)
    image = np.full((320, 256, 3), 200, np.uint8)
    image[40:, 60:200] = (60, 90, 120)
    mask = np.zeros((320, 256), np.uint8)
    mask[40:, 60:200] = 255
    rig = sample_rig()
    editor.set_portrait(image, rig, rig, mask)
    made = Bench(editor)
    made.image, made.mask = image, mask
    yield made  # the window lives as long as this frame


def near(first, second, tolerance=1.0):
    return bool(np.abs(np.asarray(first, float) - np.asarray(second, float)).max() <= tolerance)
