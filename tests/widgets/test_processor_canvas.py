"""`widgets.skeleton_view.processor_canvas`: pictures that a thread draws without a graphics card."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.widgets.test_skeleton_view import standing
from widgets.opengl import OpenGLFacts, opengl_facts
from widgets.skeleton_view.figure import Figure
from widgets.skeleton_view.processor_canvas import ProcessorCanvas
from widgets.skeleton_view.scene import Scene
from widgets.skeleton_view.state import SceneState
from widgets.skeleton_view.view import SkeletonView
from widgets.skeleton_view.visuals import FloorVisual

WIDTH, HEIGHT = 300, 320


@pytest.fixture
def canvas(qtbot: QtBot) -> Iterator[ProcessorCanvas]:
    assert opengl_facts().problem == ""
    state = SceneState(figure=Figure(standing()))
    state.options["onion"] = True
    parent = QWidget()
    qtbot.addWidget(parent)
    made = ProcessorCanvas(state, parent)
    made._rest.setInterval(10**6)  # the tests say when the picture is at rest
    made.resize(WIDTH, HEIGHT)
    parent.resize(WIDTH, HEIGHT)
    with qtbot.waitSignal(made.drawn, timeout=20_000):
        parent.show()
    yield made
    made.close()


def shown_after(canvas: ProcessorCanvas, qtbot: QtBot, time_us: int) -> NDArray[np.int64]:
    canvas._state.time_us = time_us
    with qtbot.waitSignal(canvas.drawn, timeout=20_000) as told:
        canvas.redraw()
    return rows(told.args[0])


def rows(image: QImage) -> NDArray[np.int64]:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)


def test_a_kept_floor_gives_the_picture_that_is_drawn_in_one_go(
    canvas: ProcessorCanvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    floors = []
    real = FloorVisual.draw

    def counted(self: FloorVisual, *args: object) -> None:
        floors.append(args)
        real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(FloorVisual, "draw", counted)
    canvas._state.camera = canvas._state.camera.turned(20.0, 5.0)
    whole = shown_after(canvas, qtbot, 700_000)  # a camera that just moved: in one go
    shown_after(canvas, qtbot, 100_000)
    shown_after(canvas, qtbot, 300_000)
    before = len(floors)
    laid = shown_after(canvas, qtbot, 700_000)
    assert len(floors) == before == 2
    assert np.abs(whole - laid).max() <= 2
    assert (np.abs(laid - laid[5, 5]).sum(axis=2) > 60).sum() > 2000  # and it shows a body


def test_another_size_or_switched_off_floor_is_not_shown_with_the_old_one(
    canvas: ProcessorCanvas, qtbot: QtBot
) -> None:
    for time_us in (100_000, 200_000, 300_000):
        with_floor = shown_after(canvas, qtbot, time_us)
    canvas._state.options["floor"] = False
    for _ in range(3):
        without = shown_after(canvas, qtbot, 300_000)
    assert (np.abs(with_floor - without).sum(axis=2) > 20).sum() > 300
    canvas._state.options["floor"] = True
    with qtbot.waitSignal(canvas.drawn, timeout=20_000) as told:
        canvas.resize(200, HEIGHT)
    assert rows(told.args[0]).shape == (HEIGHT, 200, 3)


def test_what_changes_while_a_picture_is_drawn_is_drawn_after_it(
    canvas: ProcessorCanvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown_after(canvas, qtbot, 0)
    waiting, times = threading.Event(), []
    real = Scene.draw

    def slow(self: Scene, state: SceneState, *args: object, **named: object) -> None:
        times.append(state.time_us)
        waiting.wait(10.0)
        real(self, state, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Scene, "draw", slow)
    for time_us in (100_000, 200_000, 300_000, 400_000):
        canvas._state.time_us = time_us
        canvas.redraw()
    qtbot.waitUntil(lambda: len(times) > 0, timeout=10_000)
    waiting.set()
    qtbot.waitUntil(lambda: len(times) == 2 and not canvas._drawing, timeout=10_000)
    assert times[-1] == 400_000  # the newest, and none of those between


def test_a_picture_at_rest_is_smoothed(canvas: ProcessorCanvas, qtbot: QtBot) -> None:
    rough = shown_after(canvas, qtbot, 500_000)
    canvas._rest.setInterval(1)
    with qtbot.waitSignal(canvas.drawn, timeout=20_000) as told:
        canvas._rest.start()
    smooth = rows(told.args[0])
    assert smooth.shape == rough.shape
    assert np.abs(smooth - rough).mean() < 12  # the same body
    hard = [(np.abs(np.diff(picture, axis=1)).sum(axis=2) > 250).sum() for picture in (rough, smooth)]
    assert hard[1] < 0.6 * hard[0] and hard[0] > 300  # steps from one pixel to the next


def test_the_thread_ends_with_the_widget(canvas: ProcessorCanvas, qtbot: QtBot) -> None:
    assert canvas.picture(10, 12).height() == 12
    canvas.close()
    assert canvas._drawer.ended
    with pytest.raises(RuntimeError, match="ended"):
        canvas.picture(10, 10)


def test_a_graphics_card_would_draw_the_same(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    assert opengl_facts().problem == ""
    from widgets.skeleton_view import view as module

    pictures = []
    for software in (False, True):
        facts = OpenGLFacts(renderer="llvmpipe" if software else "of a card")
        monkeypatch.setattr(module, "opengl_facts", lambda facts=facts: facts)
        view = SkeletonView()
        qtbot.addWidget(view)
        view.resize(400, 400)
        view.set_clip(standing())
        view.set_option("onion", True)
        view.set_time(900_000)
        with qtbot.waitExposed(view):
            view.show()
        qtbot.waitUntil(lambda shown=view: shown._canvas is not None, timeout=10_000)  # type: ignore[misc]
        assert bool(view.findChildren(QOpenGLWidget)) is not software
        pictures.append(rows(view.picture(WIDTH, HEIGHT)))
        view._remove()  # vispy knows one current canvas for all threads
    assert (np.abs(pictures[0] - pictures[0][5, 5]).sum(axis=2) > 60).sum() > 2000
    assert np.abs(pictures[0] - pictures[1]).max() <= 2
