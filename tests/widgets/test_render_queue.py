"""`widgets.render_queue`: rows as given, and each button and key as one request."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.rendered import JOB_STATES, JobView
from tests.shown import show_active
from widgets import theme
from widgets.numbers import NO_BREAK
from widgets.render_queue import ACTIONS_OF, RenderQueueView, time_left

LEFT = Qt.MouseButton.LeftButton
RUNNING = JobView(1, "talk", "running", "frames", 30, 120, 95.0, "", "/x/talk.mp4", 1.7e9)
WAITING = JobView(2, "talk, 0:03.2 to 0:05.0", "waiting")
DONE = JobView(3, "old", "done", out="/x/old.mp4", created=1.7e9)
FAILED = JobView(4, "bad", "failed", message="The disk is full; free some space and try again. " * 4)


@pytest.fixture
def view(qtbot):
    made = RenderQueueView()
    made.resize(280, 500)
    show_active(qtbot, made)
    made.set_jobs([RUNNING, WAITING, DONE, FAILED])
    return made


def row(view, number):
    return view.list.itemWidget(view.list.item(number))


def shown(view, number):
    return [name for name, button in row(view, number).buttons.items() if button.isVisible()]


def test_every_state_has_its_actions_and_words(view):
    assert set(ACTIONS_OF) == set(JOB_STATES)
    for state in JOB_STATES:
        job = JobView(9, "t", state, out="/x/t.mp4")
        assert view.state_text(job)
        assert set(view.possible(job)) <= set(view.wordings)


def test_rows_show_stage_steps_and_time_left(view):
    text = row(view, 0).detail.text()
    assert f"Rendering, 30 of 120, 2{NO_BREAK}min left" in text
    assert row(view, 0).bar.value() == 250
    assert "The disk is full" in row(view, 3).detail.text()
    assert shown(view, 0) == ["pause", "cancel"]
    assert shown(view, 2) == ["play", "reveal", "remove"]


def test_a_long_message_is_readable_whole(view):
    detail = row(view, 3).detail
    assert detail.height() >= detail.heightForWidth(detail.width())


@pytest.mark.parametrize(
    ("number", "button", "signal", "args"),
    [
        (0, "pause", "pauseRequested", [1]),
        (0, "cancel", "cancelRequested", [1]),
        (2, "play", "playRequested", ["/x/old.mp4"]),
        (2, "reveal", "revealRequested", ["/x/old.mp4"]),
        (2, "remove", "removeRequested", [3]),
        (3, "retry", "retryRequested", [4]),
    ],
)
def test_buttons(view, qtbot, number, button, signal, args):
    with qtbot.waitSignal(getattr(view, signal)) as told:
        QTest.mouseClick(row(view, number).buttons[button], LEFT)
    assert told.args == args


@pytest.mark.parametrize(
    ("number", "key", "signal", "args"),
    [
        (0, Qt.Key.Key_Space, "pauseRequested", [1]),
        (0, Qt.Key.Key_Delete, "cancelRequested", [1]),
        (2, Qt.Key.Key_Return, "playRequested", ["/x/old.mp4"]),
        (2, Qt.Key.Key_Delete, "removeRequested", [3]),
        (3, Qt.Key.Key_R, "retryRequested", [4]),
    ],
)
def test_keys(view, qtbot, number, key, signal, args):
    view.list.setFocus()
    view.list.setCurrentRow(number)
    with qtbot.waitSignal(getattr(view, signal)) as told:
        QTest.keyClick(view.list, key)
    assert told.args == args


def test_progress_keeps_rows_and_selection(view):
    view.list.setCurrentRow(1)
    kept = row(view, 0)
    view.set_jobs([JobView(1, "talk", "paused", "frames", 60, 120), WAITING, DONE, FAILED])
    assert row(view, 0) is kept and f"Paused at 50{NO_BREAK}%" in kept.detail.text()
    view.set_jobs([FAILED, WAITING, DONE])
    assert view.list.currentRow() == 1 and view.list.count() == 3


def test_an_empty_queue_says_so(view):
    view.set_jobs([])
    assert not view.list.isVisible()


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (7, "7 s"), (42, "40 s"), (200, "3 min"), (4800, "1 h 20 min")]
)
def test_time_left(seconds, text):
    assert time_left(seconds) == text


def test_notes_of_the_renderer_are_shown_whole(view):
    long = "There is too little memory for a batch of four; two are rendered at a time. " * 2
    before = view.list.sizeHintForRow(0)
    view.set_jobs([replace(RUNNING, notes=(long, "the portrait's rig is used")), WAITING, DONE, FAILED])
    notes = row(view, 0).notes
    assert notes.isVisible() and notes.text().split("\n") == [f"\u2022 {long}", "\u2022 The portrait's rig is used"]
    assert view.list.sizeHintForRow(0) > before
    QTest.qWait(10)
    assert notes.height() >= notes.heightForWidth(notes.width())
    assert not row(view, 1).notes.isVisible()


def test_a_rough_picture_comes_and_goes_with_the_work(view):
    picture = np.zeros((320, 240, 3), np.uint8)
    picture[:, :, 0] = 200
    view.set_preview(99, picture)  # of a job that is not shown yet
    view.set_preview(1, picture)
    shown_picture = row(view, 0).picture
    assert shown_picture.isVisible() and shown_picture.pixmap().height() <= 150 * view.devicePixelRatioF()
    colour = shown_picture.pixmap().toImage().pixelColor(20, 20)
    assert (colour.red(), colour.green(), colour.blue()) == (200, 0, 0)
    QTest.qWait(10)
    assert row(view, 0).height() >= 150 and view.list.sizeHintForRow(0) >= 150
    view.set_jobs([WAITING, RUNNING, DONE, FAILED])  # another order makes the rows anew
    assert row(view, 1).picture.isVisible()
    view.set_preview(1, None)
    assert not row(view, 1).picture.isVisible() and view.list.sizeHintForRow(1) < 150


def test_notes_stay_readable_on_a_chosen_row(view):
    view.set_jobs([replace(RUNNING, notes=("needs 4.5 GB",)), replace(WAITING, notes=("needs 9 GB",))])
    QTest.mouseClick(view.list.viewport(), LEFT, pos=view.list.visualItemRect(view.list.item(1)).center())
    colours = [row(view, number).notes.palette().windowText().color().name() for number in (0, 1)]
    assert colours == [theme.DIM_TEXT, theme.CHOSEN_DIM]


def test_all_that_a_row_says_can_be_copied(view):
    text = view.text_of(replace(FAILED, notes=("needs 4.5 GB",)))
    assert text.splitlines()[0] == "bad" and "The disk is full" in text and text.endswith("needs 4.5 GB")
    assert "queued at " in view.state_text(DONE)  # the time is when it was put in, not when it ended
