"""`widgets.rig_editor`: the keep and remove brush, zoom and pan, by real events on the shown editor."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.rig import Rig
from tests.widgets.rig_bench import (
    LEFT,
    MIDDLE,
    NONE,
    RIGHT,
    near,
    sample_rig,
    shown_bench,
)
from widgets.rig_editor import handles


@pytest.fixture
def bench(qtbot):
    yield from shown_bench(qtbot)


# Brush ----------------------------------------------------------------------------------------------------------------


def colour_at(bench, x, y):
    return bench.canvas.grab().toImage().pixelColor(bench.point(x, y))


def test_keep_and_remove_strokes(bench):
    editor = bench.editor
    QTest.mouseClick(editor.brush_button, LEFT)
    bench.drag((20, 200), (40, 220))
    QTest.mouseClick(editor.remove_button, LEFT)
    bench.drag((120, 250), (140, 250))
    bench.drag((20, 300), (30, 300), button=RIGHT)  # the right button is the other kind
    strokes = bench.told[-1]["strokes"]
    assert [stroke["kind"] for stroke in strokes] == ["keep", "remove", "keep"]
    assert near(strokes[0]["points"][0], (20, 200)) and near(strokes[0]["points"][-1], (40, 220))
    assert strokes[0]["radius"] == pytest.approx(bench.canvas.brush_radius, abs=1e-3)
    assert handles.equal(Rig.from_dict(bench.told[-1]), bench.rig)
    editor.undo()
    assert len(bench.rig.strokes) == 2
    QTest.mouseClick(editor.clear_button, LEFT)
    assert bench.rig.strokes == () and "strokes" not in bench.told[-1]


def test_a_dab_is_a_stroke_of_one_point(bench):
    QTest.mouseClick(bench.editor.brush_button, LEFT)
    QTest.mouseClick(bench.canvas, LEFT, NONE, bench.point(30, 200))
    assert len(bench.told[-1]["strokes"][0]["points"]) == 1


def test_the_overlay_shows_what_is_cut_away_and_follows_the_strokes(bench):
    plain = colour_at(bench, 15, 160)
    QTest.mouseClick(bench.editor.brush_button, LEFT)
    outside, inside = colour_at(bench, 15, 160), colour_at(bench, 80, 300)
    assert outside.red() > outside.blue() + 60 and plain.red() == plain.blue()
    assert inside.blue() > inside.red()
    bench.drag((10, 160), (20, 160))
    QTest.mouseMove(bench.canvas, bench.point(200, 20))
    assert colour_at(bench, 15, 160) == plain
    bench.editor.undo()
    assert colour_at(bench, 15, 160) == outside


def test_the_cut_out_is_found_where_none_is_given(qtbot, bench):
    image, rig = bench.image.copy(), sample_rig()
    image[0, 0] = 201  # another picture
    bench.editor.set_portrait(image, rig, rig)
    QTest.mouseClick(bench.editor.brush_button, LEFT)
    assert "Finding" in bench.editor.mask_note.text()
    qtbot.waitUntil(lambda: "Red" in bench.editor.mask_note.text(), timeout=20_000)
    outside, inside = colour_at(bench, 15, 200), colour_at(bench, 100, 200)
    assert outside.red() > outside.blue() + 60 and inside.blue() > inside.red()


def test_brush_size_by_slider_and_keys_and_kind_by_key(bench):
    QTest.mouseClick(bench.editor.brush_button, LEFT)
    bench.canvas.setFocus()
    before = bench.canvas.brush_radius
    bench.key(Qt.Key.Key_BracketRight)
    assert bench.canvas.brush_radius > before
    bench.key(Qt.Key.Key_BracketLeft)
    assert bench.canvas.brush_radius == pytest.approx(before)
    bench.key(Qt.Key.Key_X)
    assert bench.canvas.brush_kind == "remove" and bench.editor.remove_button.isChecked()
    bench.editor.size_slider.setFocus()
    QTest.keyClick(bench.editor.size_slider, Qt.Key.Key_End)
    assert bench.canvas.brush_radius == bench.editor.size_slider.maximum()


def test_long_strokes_are_thinned():
    points = [(x / 10, 0.0) for x in range(1000)]
    kept = handles.thinned(points, 16.0)
    assert len(kept) < 60 and kept[0] == points[0] and kept[-1] == points[-1]


# Zoom -----------------------------------------------------------------------------------------------------------------


def wheel(canvas, point, steps, modifiers=NONE):
    where = QPointF(point)
    event = QWheelEvent(
        where, canvas.mapToGlobal(where), QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def test_the_wheel_zooms_at_the_pointer(bench):
    point = bench.point(100, 120)
    view = bench.canvas.view
    scale, under = view.scale(), view.to_picture(QPointF(point))
    for _ in range(6):
        wheel(bench.canvas, point, 1)
    assert view.scale() > 2 * scale
    assert (view.to_widget(under.x(), under.y()) - QPointF(point)).manhattanLength() < 0.01


def test_pan_with_the_middle_button_and_by_the_empty_place(bench):
    bench.canvas.zoom_by(3.0)
    for button in (MIDDLE, LEFT):
        before = bench.canvas.to_widget(0, 0)
        bench.drag((220, 30), (200, 60), button=button)
        moved = bench.canvas.to_widget(0, 0) - before
        assert moved.x() < -20 and moved.y() > 30
    assert bench.told == []


def test_the_picture_cannot_be_lost(bench):
    for _ in range(5):
        bench.canvas.view.pan(QPointF(4000, -4000))
    assert bench.canvas.view.place().intersects(bench.canvas.view.area)
    bench.canvas.setFocus()
    bench.key(Qt.Key.Key_0)
    assert bench.canvas.view.zoom == 1.0
