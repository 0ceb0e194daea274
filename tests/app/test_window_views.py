"""Stories of the preview and the video row in the real window, by mouse and keyboard: takes compared, rig, export."""

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from core.video import probe_video
from tests.app.editor_window import WAIT, motion_is_there, trigger, wait_for
from widgets.export_dialog import ExportDialog
from widgets.rig_editor import handles
from widgets.timeline.hit import RULER_HEIGHT

LEFT = Qt.MouseButton.LeftButton
SECOND = 1_000_000


@pytest.fixture
def ready(editor):
    """The window with motion, poses and the recording."""
    wait_for(lambda: motion_is_there(editor) and editor.sound.proxy is not None, "for the motion")
    wait_for(lambda: editor.parts.poses._poses is not None, "for the poses")
    yield editor
    editor.wiring.engine._end_comparison()


def render(window, action: str) -> None:
    done: list[int] = []
    window.jobs.finished.connect(lambda job, _out: done.append(job))
    trigger(window, action)
    wait_for(lambda: bool(done), "for the render")


def grey_of(window, time_us: int) -> int:
    """What the stand-in of a renderer paints at a time of the present motion."""
    return int(window.session.project.motion.tokens[time_us // 200_000] / 512 * 255)


def test_two_takes_are_compared_by_a_divider_that_is_dragged(ready):
    ready.session.set_selection(("wave",))
    ready.play.go_to(1_500_000)
    render(ready, "render_selected")
    old = grey_of(ready, 1_500_000)
    trigger(ready, "another_take")
    wait_for(lambda: len(ready.session.project.segment("wave").takes) == 2 and motion_is_there(ready), "for the take")
    new = grey_of(ready, 1_500_000)
    assert abs(new - old) > 20
    view = ready.parts.video
    QTest.keyClick(ready.parts.timeline.canvas, Qt.Key.Key_W)
    wait_for(lambda: view.comparing and view.isVisible() and bool(view._other.pieces), "for the other take")
    render(ready, "render_selected")
    wait_for(lambda: bool(view._track.pieces) and view.frame_image() is not None, "for the frame of this take")

    def shade(across: float) -> int:
        place = view.picture_rect()
        return view.grab().toImage().pixelColor(
            round(place.left() + across * place.width()), round(place.top() + 0.3 * place.height())
        ).green()  # fmt: skip

    wait_for(lambda: abs(shade(0.75) - old) < 8 and abs(shade(0.25) - new) < 8, "for both takes")
    place = view.picture_rect()
    start = QPoint(round(view.wipe.divider(place)), round(place.center().y()))
    end = QPoint(round(place.left() + 0.9 * place.width()), start.y())
    QTest.mousePress(view, LEFT, pos=start)
    QTest.mouseMove(view, (start + end) / 2)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, LEFT, pos=end)
    assert abs(shade(0.75) - new) < 8 and abs(shade(0.97) - old) < 8
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_W)
    assert not view.comparing
    assert abs(shade(0.97) - new) < 8


def test_what_is_not_rendered_of_the_other_take_is_not_shown_as_this_one(ready):
    ready.session.set_selection(("wave",))
    ready.play.go_to(1_500_000)
    trigger(ready, "another_take")
    wait_for(lambda: len(ready.session.project.segment("wave").takes) == 2 and motion_is_there(ready), "for the take")
    ready.session.change_segments(("wave",), locked=True)  # a lock keeps a take, it does not hide the others
    trigger(ready, "compare_takes")
    view = ready.parts.video
    assert view.comparing
    image, note = view._side(view._other)
    assert image is None and note == "Not rendered"
    assert view._side(view._track)[0] is not None  # the poses of the take in use
    ready.session.change_segments(("wave",), locked=False)
    trigger(ready, "previous_take")
    wait_for(lambda: not view.comparing, "for the end: there is nothing else to compare with")


def test_a_comparison_needs_two_takes(ready):
    ready.session.set_selection(("bow",))
    trigger(ready, "compare_takes")
    assert not ready.parts.video.comparing and "R makes another one" in ready.status.message


def test_the_video_row_shows_frames_as_soon_as_a_piece_is_rendered(ready, qtbot):
    ready.session.set_selection(("wave",))
    render(ready, "render_selected")
    canvas = ready.parts.timeline.canvas
    qtbot.waitUntil(lambda: bool(canvas.scene.pieces), timeout=WAIT)
    row = canvas.rows.of_kind("video")
    canvas.set_view(canvas.view.showing(SECOND, 2 * SECOND))
    canvas.set_scroll_y(row.bottom)

    def there() -> bool:
        canvas.repaint()
        return not canvas.thumbs.starved

    qtbot.waitUntil(there, timeout=WAIT)
    picture = canvas.grab().toImage()
    y = RULER_HEIGHT + row.top + row.height // 2 - canvas.scroll_y
    for time_us in (1_300_000, 1_700_000):
        found = picture.pixelColor(round(canvas.view.x(time_us)), y)
        assert found.saturation() < 30  # a grey frame, not the row's own colour
        near = [grey_of(ready, time_us + away) for away in (-200_000, -100_000, 0, 100_000)]
        assert min(abs(found.green() - grey) for grey in near) < 10


def test_a_point_of_the_rig_is_dragged_and_the_poses_beside_it_follow_before_it_is_let_go(ready, qtbot):
    ready.resize(1366, 768)
    trigger(ready, "view_rig")
    rig, poses = ready.parts.rig, ready.parts.poses
    qtbot.waitUntil(lambda: rig.rig is not None and rig.isVisible(), timeout=WAIT)
    assert ready.preview.visible_views == ("poses", "rig") and poses.isVisible()
    before = poses._rig
    canvas = rig.canvas
    start = canvas.to_widget(*handles.position(rig.rig, "left_elbow")).toPoint()
    QTest.mousePress(canvas, LEFT, pos=start)
    QTest.mouseMove(canvas, start + QPoint(6, 4))
    QTest.mouseMove(canvas, start + QPoint(12, 8))
    qtbot.waitUntil(lambda: poses._rig.body[6, 0] > before.body[6, 0] + 4)
    assert ready.session.project.rig is None and not ready.session.is_dirty
    QTest.mouseRelease(canvas, LEFT, pos=start + QPoint(12, 8))
    assert ready.session.project.rig is not None and ready.session.undo_stack.count() == 1
    ready.resize(1024, 700)
    ready.preview.set_current("skeleton")


def test_the_poses_are_exported_as_a_video_from_the_dialog(ready, tmp_path):
    out = tmp_path / "drawn.mp4"

    def fill() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ExportDialog)
        dialog.kinds.setFocus()
        QTest.keyClick(dialog.kinds, Qt.Key.Key_Down)
        dialog.path.setFocus()
        dialog.path.selectAll()
        QTest.keyClicks(dialog.path, str(out))
        QTest.mouseClick(dialog.export_button, LEFT)
        if dialog.isVisible():  # what was refused must not hold the test
            dialog.reject()

    done: list[str] = []
    ready.jobs.finished.connect(lambda _job, path: done.append(path))
    ready.session.set_in_out((SECOND, 2 * SECOND))
    QTimer.singleShot(300, fill)
    trigger(ready, "export")
    wait_for(lambda: bool(done), "for the pose video")
    assert done == [str(out)]
    video = probe_video(out)
    assert (video.frames, video.fps) == (25, 25.0)
    wait_for(lambda: any(box.isVisible() for box in ready.findChildren(QMessageBox)), "for the message")
    for box in ready.findChildren(QMessageBox):
        box.close()
    ready.session.set_in_out(None)
