"""The editor used as its user does: each test is one story, from the first click to what can be seen afterwards.

The window is the real one with all its processes; only the networks and the renderer are small stand-ins.
"""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from app import polite
from core.project_file import load_project
from core.rendered import RenderedPiece
from core.video import probe_video
from tests.app.editor_window import (
    SLOW_RENDERER,
    WAIT,
    motion_is_there,
    one_window,
    reset,
    trigger,
    wait_for,
    write_project,
)
from tests.end_to_end.gaps import Gaps
from widgets.timeline.editor import PromptEditor
from widgets.timeline.hit import RULER_HEIGHT

SECOND = 1_000_000


shared = one_window(SLOW_RENDERER)


@pytest.fixture
def editor(qtbot, shared, tmp_path):
    """The window with a project whose motion is there."""
    reset(shared, write_project(tmp_path))
    (tmp_path / "go").touch()
    wait_for(lambda: motion_is_there(shared) and shared.sound.proxy is not None, "for the motion")
    shared.parts.timeline.fit()
    QApplication.processEvents()
    yield shared


def place(editor, track_id: str, time_us: int) -> QPoint:
    """Where a time of a track is on the timeline's canvas."""
    canvas = editor.parts.timeline.canvas
    row = canvas.rows.of_track(track_id)
    return QPoint(round(canvas.view.x(time_us)), RULER_HEIGHT + row.top + row.height // 2 - canvas.scroll_y)


def mouse(editor, kind: QEvent.Type, where: QPoint, buttons=Qt.MouseButton.LeftButton, keys=None) -> None:
    canvas = editor.parts.timeline.canvas
    modifiers = Qt.KeyboardModifier.NoModifier if keys is None else keys
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, QPointF(where), QPointF(canvas.mapToGlobal(where)), button, buttons, modifiers)
    QApplication.sendEvent(canvas, event)


def drag(editor, start: QPoint, end: QPoint, keys=None) -> None:
    """Press, move in steps, release."""
    mouse(editor, QEvent.Type.MouseButtonPress, start, keys=keys)
    for step in range(1, 9):
        mouse(editor, QEvent.Type.MouseMove, start + (end - start) * step / 8, keys=keys)
    mouse(editor, QEvent.Type.MouseButtonRelease, end, Qt.MouseButton.NoButton, keys=keys)


def write(editor, text: str) -> None:
    """Write into the field that is open on the timeline."""
    wait_for(lambda: isinstance(QApplication.focusWidget(), PromptEditor), "for the text field")
    field = QApplication.focusWidget()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def segment(editor, segment_id: str):
    return editor.session.project.segment(segment_id)


def render_all_pieces(editor, action: str = "render_all") -> None:
    done: list[int] = []
    editor.jobs.finished.connect(lambda job, _out: done.append(job))
    trigger(editor, action)
    wait_for(lambda: bool(done), "for the render")
    wait_for(lambda: bool(editor.parts.video._track.pieces), "for the pieces")


# Timeline -------------------------------------------------------------------------------------------------------------


def test_a_click_adds_a_segment_and_its_prompt_makes_motion(editor, qtbot):
    QTest.mouseClick(editor.parts.timeline.canvas, Qt.MouseButton.LeftButton, pos=place(editor, "prompts", 2_800_000))
    write(editor, "nod")
    made = [s for s in editor.session.project.prompt_segments() if s.prompt == "nod"]
    assert len(made) == 1 and made[0].start_us == pytest.approx(2_800_000, abs=20_000)
    assert made[0].end_us <= 4 * SECOND
    assert editor.session.undo_stack.count() == 1
    wait_for(lambda: motion_is_there(editor), "for the new motion")
    assert editor.parts.inspector.segment_page.prompt.text() == "nod"
    trigger(editor, "undo")
    assert [s.id for s in editor.session.project.prompt_segments()] == ["wave", "bow"]


def test_a_double_click_edits_the_prompt_and_only_that_stretch_changes(editor):
    before = editor.session.project.motion.tokens
    QTest.mouseDClick(editor.parts.timeline.canvas, Qt.MouseButton.LeftButton, pos=place(editor, "prompts", 1_500_000))
    write(editor, "bow deeply")
    assert segment(editor, "wave").prompt == "bow deeply"
    wait_for(lambda: motion_is_there(editor), "for the new motion")
    after = editor.session.project.motion.tokens
    assert after[:4] == before[:4] and after[11:] == before[11:] and after[5:10] != before[5:10]


def test_undo_gives_the_old_motion_back_without_making_it_again(editor):
    before = editor.session.project
    editor.session.change_segments(("wave",), prompt="nod")
    wait_for(lambda: motion_is_there(editor), "for the new motion")
    assert editor.session.project.motion != before.motion
    assert "Edit prompt" in editor.registry["undo"].text()
    trigger(editor, "undo")
    assert editor.session.project.motion == before.motion
    assert segment(editor, "wave").prompt == "wave the right hand"
    trigger(editor, "redo")
    assert segment(editor, "wave").prompt == "nod"


def test_drag_moves_trims_and_duplicates_each_as_one_step(editor):
    steps = editor.session.undo_stack.count()
    drag(editor, place(editor, "prompts", 1_500_000), place(editor, "prompts", 2_500_000))
    assert segment(editor, "wave").start_us == pytest.approx(2 * SECOND, abs=50_000)
    assert editor.session.undo_stack.count() == steps + 1
    edge = place(editor, "prompts", segment(editor, "wave").end_us) - QPoint(3, 0)
    drag(editor, edge, place(editor, "prompts", 3_500_000))
    assert segment(editor, "wave").end_us == pytest.approx(3.5 * SECOND, abs=100_000)
    drag(
        editor,
        place(editor, "prompts", 4_300_000),
        place(editor, "prompts", 5_300_000),
        Qt.KeyboardModifier.AltModifier,
    )
    bows = [s for s in editor.session.project.prompt_segments() if s.prompt == "bow deeply"]
    assert len(bows) == 2 and editor.session.undo_stack.count() == steps + 3
    for _ in range(3):
        trigger(editor, "undo")
    assert segment(editor, "wave").start_us == SECOND


def test_split_join_delete_and_ripple_delete(editor):
    session = editor.session
    editor.play.go_to(1_400_000)
    trigger(editor, "split")
    assert [(s.start_us, s.end_us) for s in session.project.tracks[0].segments][:2] == [
        (1_000_000, 1_400_000),
        (1_400_000, 2_000_000),
    ]
    session.set_selection([s.id for s in session.project.tracks[0].segments[:2]])
    trigger(editor, "join")
    assert len(session.project.tracks[0].segments) == 2
    session.set_selection(("wave",))
    trigger(editor, "delete")
    assert [s.start_us for s in session.project.tracks[0].segments] == [4_000_000]
    trigger(editor, "undo")
    session.set_selection(("wave",))
    trigger(editor, "ripple_delete")
    assert [s.start_us for s in session.project.tracks[0].segments] == [3_000_000]


def test_ripple_mode_lets_delete_close_the_gap(editor):
    trigger(editor, "ripple")
    editor.session.set_selection(("wave",))
    trigger(editor, "delete")
    assert [s.start_us for s in editor.session.project.tracks[0].segments] == [3_000_000]


def test_copy_paste_at_the_playhead_and_nudge(editor):
    editor.session.set_selection(("wave",))
    trigger(editor, "copy")
    editor.play.go_to(2_400_000)
    trigger(editor, "paste")
    pasted = editor.session.project.tracks[0].at(2_500_000)
    assert (pasted.start_us, pasted.prompt) == (2_400_000, "wave the right hand")
    editor.session.set_selection((pasted.id,))
    trigger(editor, "nudge_right")
    assert segment(editor, pasted.id).start_us == 2_450_000


def test_groups_are_selected_together(editor):
    editor.session.set_selection(("wave", "bow"))
    trigger(editor, "group")
    trigger(editor, "select_none")
    QTest.mouseClick(editor.parts.timeline.canvas, Qt.MouseButton.LeftButton, pos=place(editor, "prompts", 1_500_000))
    assert set(editor.session.selection) == {"wave", "bow"}
    trigger(editor, "ungroup")
    trigger(editor, "select_none")
    QTest.mouseClick(editor.parts.timeline.canvas, Qt.MouseButton.LeftButton, pos=place(editor, "prompts", 1_500_000))
    assert editor.session.selection == ("wave",)


def test_segments_are_proposed_from_the_pauses(editor):
    for name in ("wave", "bow"):
        editor.session.delete_segments((name,))
    assert editor.proposed
    trigger(editor, "propose")
    made = editor.session.project.tracks[0].segments
    assert len(made) >= 1 and "Propose" in editor.registry["undo"].text()


def test_markers_are_set_and_visited(editor):
    for time_us in (500_000, 3_000_000):
        editor.play.go_to(time_us)
        trigger(editor, "add_marker")
    editor.play.go_to(0)
    trigger(editor, "next_marker")
    trigger(editor, "next_marker")
    assert editor.session.playhead_us == 3_000_000
    trigger(editor, "remove_marker")
    assert [m.time_us for m in editor.session.project.markers] == [500_000]


def test_an_emotion_is_added_at_the_playhead(editor):
    editor.play.go_to(3 * SECOND)
    trigger(editor, "add_emotion")
    (made,) = editor.session.project.tracks[1].segments
    editor.parts.timeline.emotionEdited.emit(made.id, "happy")
    assert (segment(editor, made.id).emotion, segment(editor, made.id).emotion_strength) == ("happy", 1.0)


# Takes ----------------------------------------------------------------------------------------------------------------


def test_another_take_keeps_the_old_one_to_go_back_to(editor):
    editor.session.set_selection(("wave",))
    first = editor.session.project.motion.tokens
    trigger(editor, "another_take")
    wait_for(lambda: len(segment(editor, "wave").takes) == 2 and motion_is_there(editor), "for the take")
    assert editor.session.project.motion.tokens != first
    trigger(editor, "previous_take")
    assert segment(editor, "wave").active_take == 0
    assert editor.session.project.motion.tokens == first
    trigger(editor, "favour_take")
    assert segment(editor, "wave").takes[0].favourite


def test_a_locked_segment_is_left_alone(editor):
    editor.session.set_selection(("wave",))
    trigger(editor, "lock")
    seed = segment(editor, "wave").seed
    trigger(editor, "another_take")
    assert segment(editor, "wave").seed == seed and editor.status.message
    trigger(editor, "lock")
    assert not segment(editor, "wave").locked


def test_suggestions_come_while_a_prompt_is_written(editor):
    editor.session.set_selection(("wave",))
    trigger(editor, "edit_text")
    wait_for(lambda: isinstance(QApplication.focusWidget(), PromptEditor), "for the text field")
    field = QApplication.focusWidget()
    field.selectAll()
    QTest.keyClicks(field, "wave")
    wait_for(lambda: field._model.rowCount() > 0, "for suggestions")
    offered = [field._model.item(row).text() for row in range(field._model.rowCount())]
    assert {"wave the left hand", "wave the right hand"} & set(offered)
    QTest.keyClick(field, Qt.Key.Key_Escape)


# Preview --------------------------------------------------------------------------------------------------------------


def test_the_picture_follows_the_sound(editor, qtbot):
    trigger(editor, "side_by_side")
    seen: list[int] = []
    editor.player.timeChanged.connect(seen.append)
    editor.session.set_in_out((0, 600_000))
    with qtbot.waitSignal(editor.player.stateChanged, check_params_cb=lambda playing, _: not playing, timeout=WAIT):
        trigger(editor, "play_range")
    assert len(seen) >= 2 and max(seen) >= 600_000
    now = editor.session.playhead_us
    assert editor.parts.skeleton.state.time_us == now
    assert editor.parts.poses._time_us == now and editor.parts.video._time_us == now


def test_the_rig_is_edited_and_the_preview_follows_at_once(editor):
    trigger(editor, "view_rig")
    wait_for(lambda: editor.parts.rig.rig is not None, "for the rig")
    data = editor.parts.rig.rig.to_dict()
    data["body"]["right_wrist"][0] += 5
    editor.parts.rig.rigChanged.emit(data)
    assert editor.session.project.rig == data
    assert editor.parts.poses._rig.body[4, 0] == pytest.approx(data["body"]["right_wrist"][0])
    trigger(editor, "undo")
    assert editor.session.project.rig is None


# Render and export ----------------------------------------------------------------------------------------------------


def test_selected_segments_are_rendered_and_shown(editor):
    editor.session.set_selection(("wave",))
    render_all_pieces(editor, "render_selected")
    pieces: tuple[RenderedPiece, ...] = editor.parts.video._track.pieces
    assert pieces[0].start_us <= SECOND and pieces[-1].end_us >= 2 * SECOND
    assert pieces[-1].end_us < 6 * SECOND
    assert all(Path(piece.path).is_file() for piece in pieces)


def test_a_changed_segment_renders_only_what_it_touches(editor):
    render_all_pieces(editor)
    before = {piece.path for piece in editor.parts.video._track.pieces}
    assert len(before) == 3
    editor.session.change_segments(("bow",), prompt="nod")
    wait_for(lambda: motion_is_there(editor), "for the new motion")
    wait_for(lambda: len(editor.parts.video._track.pieces) == 2, "for the pieces that are left")
    render_all_pieces(editor)
    wait_for(lambda: len(editor.parts.video._track.pieces) == 3, "for all pieces")
    after = {piece.path for piece in editor.parts.video._track.pieces}
    assert len(before & after) == 2


def test_the_window_answers_while_a_render_runs(editor, tmp_path):
    """No turn of the event loop computes for 100 ms while pieces come in and the user moves about and edits."""
    (tmp_path / "go").unlink()
    pieces: list[object] = []
    editor.jobs.chunkReady.connect(lambda _job, piece: pieces.append(piece))
    done: list[int] = []
    editor.jobs.finished.connect(lambda job, _out: done.append(job))
    trigger(editor, "render_all")
    wait_for(lambda: len(pieces) >= 2, "for the first pieces")
    gaps = Gaps()
    (tmp_path / "go").touch()
    for number in range(60):  # a busy machine leaves the window few turns
        editor.play.go_to(number * 100_000)
        if number % 5 == 0:
            editor.session.add_marker(number * 100_000)
        QTest.qWait(20)
    editor.autosave.save_now()
    assert editor.files.save()
    wait_for(lambda: bool(done), "for the render")
    found = gaps.stop()
    assert len(found.wall) > 20
    assert found.longest() < 0.1, (np.sort(found.wall)[-5:], np.sort(found.busy)[-5:])


@pytest.mark.skipif(os.name == "nt", reason="priorities of POSIX")
def test_engine_and_renders_give_way_to_the_window(editor, tmp_path):
    (tmp_path / "go").unlink()
    trigger(editor, "render_all")
    wait_for(lambda: len(editor.parts.video._track.pieces) >= 2, "for the first pieces")
    (worker,) = editor.jobs._driver._running.values()
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    for pid, step in ((editor.engine.pid, polite.ENGINE), (worker.process.pid, polite.RENDER)):
        assert os.getpriority(os.PRIO_PROCESS, pid) == min(19, ours + step)
        if sys.platform == "linux":
            assert os.sched_getscheduler(pid) == os.SCHED_BATCH
    (tmp_path / "go").touch()
    trigger(editor, "cancel_render")


def test_a_render_can_be_paused_resumed_and_cancelled(editor, tmp_path):
    (tmp_path / "go").unlink()
    trigger(editor, "render_all")
    wait_for(lambda: len(editor.parts.video._track.pieces) >= 2, "for the first pieces")
    trigger(editor, "pause_render")
    wait_for(lambda: editor.jobs.jobs()[-1].state == "paused", "for the pause")
    trigger(editor, "pause_render")
    wait_for(lambda: editor.jobs.jobs()[-1].state == "running", "for it to go on")
    trigger(editor, "cancel_render")
    wait_for(lambda: editor.jobs.jobs()[-1].state == "cancelled", "for the end")
    assert len(editor.parts.video._track.pieces) >= 2


def export(editor, kind: str, out: Path, **more) -> None:
    from widgets.export_dialog import ExportSettings

    shown: list[QMessageBox] = []
    editor.exporter.export(ExportSettings(kind=kind, path=str(out), **more))

    def told() -> bool:
        shown[:] = [box for box in editor.findChildren(QMessageBox) if box.isVisible() and out.name in box.text()]
        return bool(shown)

    wait_for(told, f"for {out.name}")
    labels = {button.text() for button in shown[0].buttons()}
    assert "Show in folder" in labels and ("Play" in labels) == (out.suffix == ".mp4")
    shown[0].close()


def test_video_motion_poses_and_timeline_are_exported(editor, tmp_path):
    export(editor, "mp4", tmp_path / "talk.mp4", height=64, start_us=SECOND, end_us=2 * SECOND)
    video = probe_video(tmp_path / "talk.mp4")
    assert (video.frames, video.height) == (25, 64)
    export(editor, "bvh", tmp_path / "talk.bvh")
    assert "Frames: 120" in (tmp_path / "talk.bvh").read_text("utf-8")
    export(editor, "npz", tmp_path / "part.npz", start_us=SECOND, end_us=2 * SECOND)
    assert np.load(tmp_path / "part.npz")["joints"].shape == (20, 22, 3)
    export(editor, "otio", tmp_path / "talk.otio")
    assert "wave the right hand" in (tmp_path / "talk.otio").read_text("utf-8")


# Projects -------------------------------------------------------------------------------------------------------------


def test_a_project_is_made_from_two_files_saved_and_opened_again(shared, tmp_path, monkeypatch, qtbot):
    from PySide6.QtWidgets import QFileDialog

    from widgets.new_project import NewProjectDialog

    write_project(tmp_path)
    reset(shared, None)

    def execute(dialog) -> int:
        assert dialog.result_files() == (str(tmp_path / "p.png"), str(tmp_path / "a.wav"))
        return 1

    monkeypatch.setattr(NewProjectDialog, "exec", execute)
    shared.files.take_files([tmp_path / "p.png", tmp_path / "a.wav"])
    assert shared.shows_editor and shared.session.is_dirty and shared.session.path is None
    wait_for(lambda: shared.duration_us == 6 * SECOND, "for the recording")
    shared.play.go_to(SECOND)
    trigger(shared, "add_segment")
    write(shared, "nod")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine.versa"), ""))
    trigger(shared, "save")
    assert not shared.session.is_dirty and "mine.versa" in shared.windowTitle()
    saved = load_project(tmp_path / "mine.versa")
    assert [s.prompt for s in saved.prompt_segments()] == ["nod"]
    trigger(shared, "close")
    assert shared.files.open_path(tmp_path / "mine.versa")
    wait_for(lambda: motion_is_there(shared), "for the motion")


def test_the_tour_has_five_steps_and_can_be_skipped(shared, tmp_path):
    from widgets.tour import Tour

    reset(shared, write_project(tmp_path))
    trigger(shared, "tour")
    (tour,) = [tour for tour in shared.findChildren(Tour) if tour.isVisible()]
    for _ in range(4):
        tour.next_button.click()
    assert tour.step == 4
    tour.skip_button.click()
    assert not tour.isVisible()
    assert shared.settings.flag("tour_seen")
