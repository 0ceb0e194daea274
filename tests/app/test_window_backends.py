"""The renderers in the editor: choosing one, its options, what is missing, and the question before a render.

The window is the real one with its processes; `tests.app.process_fakes.Diffusion` stands for the backend `versa`.
"""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from app.engine.messages import RenderWish
from app.folders import home_folder
from app.jobs import RenderRequest
from core.forecast import RenderForecast
from core.versa_options import VersaOptions
from models.renderers import available_renderers
from tests.app.editor_window import motion_is_there, one_window, reset, trigger, wait_for, write_project
from tests.end_to_end.dialogs import click
from widgets.export_dialog import ExportDialog
from widgets.model_manager import ModelManager
from widgets.numbers import NO_BREAK

ENDED = ("done", "failed", "cancelled")

shared = one_window("tests.app.process_fakes:both_renderers")


@pytest.fixture
def editor(qtbot, shared, tmp_path):
    for name in ("lacks", "seconds a frame"):
        (home_folder() / name).unlink(missing_ok=True)
    reset(shared, write_project(tmp_path))
    wait_for(lambda: motion_is_there(shared), "for the motion")
    yield shared
    if shared.backends.question is not None:
        shared.backends.question.reject()


def lacks(editor, what: str) -> None:
    (home_folder() / "lacks").write_text(what, "utf-8")


def form(editor):
    return editor.parts.inspector.rendering


def forecast_of(editor, backend: str):
    """Wait until the panel knows how a render with a renderer would go."""
    forecasts: list[RenderForecast] = []

    def keep(token, forecast):
        if token == ("test", backend) and (forecast.frames is not None or not forecast.usable):
            forecasts.append(forecast)

    editor.engine.forecastReady.connect(keep)
    session = editor.session
    editor.engine.request_forecast(session.project, session.cache_path, RenderWish(), ("test", backend))
    wait_for(lambda: bool(forecasts), "for the forecast")
    editor.engine.forecastReady.disconnect(keep)
    return forecasts[-1]


def choose(editor, backend: str) -> None:
    """Choose a renderer with the keyboard, as the user does in the inspector."""
    editor.session.set_selection(())
    field = form(editor).backend
    field.setFocus()
    field.setCurrentIndex(field.findData(backend))
    field.activated.emit(field.currentIndex())


def jobs(editor):
    return [job for job in editor.jobs.jobs() if job.state not in ("cancelled", "failed")]


def finish(editor, count: int) -> None:
    wait_for(lambda: len(editor.jobs.jobs()) >= count, "for the start")
    wait_for(lambda: all(job.state in ENDED for job in editor.jobs.jobs()), "for the render")
    assert [job.state for job in editor.jobs.jobs()].count("done") == count, [job.message for job in editor.jobs.jobs()]


def question(editor):
    wait_for(lambda: editor.backends.question is not None, "for the question")
    return editor.backends.question


def press(box, label: str) -> None:
    click(next(button for button in box.buttons() if button.text().replace("&", "") == label))


# Choosing -------------------------------------------------------------------------------------------------------------


def test_all_renderers_are_offered_with_what_they_need(editor):
    field = form(editor).backend
    assert [field.itemData(n) for n in range(field.count())] == list(available_renderers())
    assert all(choice.title != choice.name and choice.needs for choice in editor.backends.choices())
    assert f"4.5{NO_BREAK}GB" in editor.backends.choices()[1].needs
    assert form(editor).needs.text() == "Needs nothing; quick." and not form(editor).versa.isVisible()
    choose(editor, "versa")
    assert editor.session.project.output.backend == "versa"
    assert f"graphics card with 8{NO_BREAK}GB" in form(editor).needs.text() and form(editor).versa.isVisibleTo(
        form(editor)
    )


def test_an_option_is_an_edit_like_any_other(editor):
    choose(editor, "versa")
    fields, session = form(editor).fields, editor.session
    fields["fast"].setFocus()
    QTest.keyClick(fields["fast"], Qt.Key.Key_Space)
    fields["guidance"].number.setFocus()
    fields["guidance"].number.selectAll()
    QTest.keyClicks(fields["guidance"].number, "3.5")
    QTest.keyClick(fields["guidance"].number, Qt.Key.Key_Return)
    assert session.project.output.versa == VersaOptions(fast=True, guidance=3.5)
    assert form(editor).reset.isEnabled() and session.is_dirty
    session.undo_stack.undo()
    assert session.project.output.versa == VersaOptions(fast=True) and fields["guidance"].value() == 2.0
    QTest.mouseClick(form(editor).reset, Qt.MouseButton.LeftButton)
    assert session.project.output.versa == VersaOptions() and not fields["fast"].isChecked()
    assert not form(editor).reset.isEnabled() and session.undo_stack.undoText() == "Reset renderer options"
    session.undo_stack.undo()
    assert session.project.output.versa.fast and fields["fast"].isChecked()


def test_the_estimate_is_shown_and_follows(editor):
    choose(editor, "versa")
    assert forecast_of(editor, "versa").frames == 150
    wait_for(lambda: form(editor).estimate.isVisible(), "for the estimate")
    assert form(editor).estimate.text() == (f"At least 15 s for 150 frames, about 12.0{NO_BREAK}GB of memory.")
    (home_folder() / "seconds a frame").write_text("2")
    editor.session.set_output(fps=20.0)
    wait_for(lambda: "120 frames" in form(editor).estimate.text(), "for another estimate")
    assert form(editor).estimate.text().startswith("At least 4 min")


# What is missing ------------------------------------------------------------------------------------------------------


def test_missing_weights_are_named_and_the_model_manager_is_one_click_away(editor):
    lacks(editor, "weights")
    choose(editor, "versa")
    wait_for(lambda: form(editor).models.isVisible(), "for what is missing")
    text = form(editor).problem.text()
    assert "Stable Video Diffusion XT 1.1" in text and "MimicMotion 1.1" in text and "model manager" in text
    click(form(editor).models)
    manager = editor.findChild(ModelManager)
    wait_for(lambda: manager.current() is not None and manager.current().name == "svd-xt-1-1", "for the weights")
    manager.reject()
    lacks(editor, "")
    editor.render_actions.models.changed.emit()  # as after a download
    wait_for(lambda: not form(editor).models.isVisible() and "15 s" in form(editor).estimate.text(), "for the estimate")
    assert not form(editor).problem.isVisible()


def test_too_little_memory_is_said_and_the_draft_is_one_click_away(editor):
    lacks(editor, "memory")
    choose(editor, "versa")
    wait_for(lambda: form(editor).use_draft.isVisible(), "for what is missing")
    assert f"about 30.0{NO_BREAK}GB are needed, 8.0{NO_BREAK}GB can be used" in form(editor).problem.text()
    assert not form(editor).models.isVisible(), "weights are not what is missing"
    click(form(editor).use_draft)
    assert editor.session.project.output.backend == "draft"
    assert not form(editor).use_draft.isVisible() and not form(editor).problem.isVisible()


# Rendering ------------------------------------------------------------------------------------------------------------


def test_the_draft_is_never_held_up(editor):
    trigger(editor, "render_all")
    assert [editor.jobs.request(job.id).load().output.backend for job in jobs(editor)] == ["draft"]
    assert editor.backends.question is None


def test_a_changed_option_renders_anew_and_changed_back_reuses(editor):
    editor.session.set_output(backend="versa")

    def pieces() -> set[str]:
        count = len(editor.jobs.jobs()) + 1
        trigger(editor, "render_all")
        finish(editor, count)
        folder = editor.session.cache_path.with_name("talk.versa.cache") / "frames"
        return {path.name for path in folder.glob("*.mp4")}

    first = pieces()
    editor.session.set_versa(steps=30)
    assert forecast_of(editor, "versa").frames == 150
    second = pieces()
    assert len(first) == 3 and len(second) == 6
    editor.session.set_versa(steps=25)
    forecast = forecast_of(editor, "versa")
    assert forecast.frames == 0
    wait_for(lambda: form(editor).estimate.text() == "Everything is rendered already.", "for the estimate")
    wait_for(lambda: {Path(piece.path).name for piece in editor.wiring.engine.pieces} == first, "for the first pieces")
    editor.session.set_versa(seed=5)
    assert forecast_of(editor, "versa").frames == 150, "the seed of the pictures is part of what they depend on"


def test_a_render_that_lacks_weights_asks_and_opens_the_model_manager(editor):
    lacks(editor, "weights")
    editor.session.set_output(backend="versa")
    trigger(editor, "render_all")
    box = question(editor)
    assert box.text() == "This renderer cannot work here." and "MimicMotion" in box.informativeText()
    press(box, "Open the model manager")
    manager = editor.findChild(ModelManager)
    assert manager is not None and editor.jobs.jobs() == []
    manager.reject()


def test_a_render_that_lacks_memory_can_be_made_with_the_draft(editor, tmp_path):
    lacks(editor, "memory")
    editor.session.set_output(backend="versa")
    trigger(editor, "render_all")
    press(question(editor), "Use the draft")
    assert editor.session.project.output.backend == "draft", "the video view shows the renderer of the project"
    finish(editor, 1)
    assert len(editor.wiring.engine.pieces) == 3
    editor.session.undo_stack.undo()
    editor.exporter.render(None, out=tmp_path / "v.mp4", backend="versa")
    press(question(editor), "Use the draft")
    assert editor.session.project.output.backend == "versa", "an export leaves the project as it is"
    request = editor.jobs.request(jobs(editor)[-1].id)
    assert (request.backend, request.out) == ("draft", str(tmp_path / "v.mp4"))


def test_an_unexpected_failure_of_the_renderer_is_asked_about_too(editor):
    lacks(editor, "the driver is too old")
    editor.session.set_output(backend="versa")
    trigger(editor, "render_all")
    box = question(editor)
    assert "the driver is too old" in box.informativeText()
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert editor.backends.question is None and editor.jobs.jobs() == []


def test_a_renderer_of_another_program_version_is_asked_about(editor):
    editor.session.set_output(backend="later")
    wait_for(lambda: "there is no backend 'later'" in form(editor).problem.text().lower(), "for what is missing")
    trigger(editor, "render_all")
    press(question(editor), "Use the draft")
    assert [editor.jobs.request(job.id).backend for job in jobs(editor)] == ["draft"]


def test_hours_are_asked_about_once_for_all_selected_segments(editor):
    (home_folder() / "seconds a frame").write_text("60")
    editor.session.set_output(backend="versa")
    editor.session.set_selection(("wave", "bow"))
    trigger(editor, "render_selected")
    box = question(editor)
    assert "1 h 40 min for 100 frames" in box.informativeText()
    trigger(editor, "render_selected")
    assert editor.backends.question is box, "a second press asks no second time"
    press(box, "Render all the same")
    requests = [editor.jobs.request(job.id) for job in jobs(editor)]
    assert [(request.start_us, request.end_us) for request in requests] == [
        (1_000_000, 2_000_000),
        (4_000_000, 5_000_000),
    ]


# Again ----------------------------------------------------------------------------------------------------------------


def failed_job(editor) -> int:
    """A render with `versa` that was begun while its weights were there, and failed when they were gone."""
    editor.session.set_output(backend="versa")
    lacks(editor, "weights")
    editor.engine.blockSignals(True)  # the renderer itself finds out, as after a removal of weights between two starts
    trigger(editor, "render_all")
    editor.backends._patience.timeout.emit()
    editor.engine.blockSignals(False)
    wait_for(lambda: [job.state for job in editor.jobs.jobs()] == ["failed"], "for the failure")
    return editor.jobs.jobs()[0].id


def paused_job(editor) -> int:
    """A render of the project as it is that stands paused, as from the last start."""
    store, driver = editor.jobs._store, editor.jobs._driver
    driver._limit, limit = 0, driver._limit
    job = store.add(RenderRequest.of(editor.session.project, editor.session.cache_path))
    store.change_state(job, "paused", only_from=frozenset({"waiting"}))
    driver._limit = limit
    editor.exporter.show_jobs()
    return job


def press_in_queue(editor, qtbot, job: int, name: str) -> None:
    """Press a button of a job's row."""
    editor.docks.raise_dock("queue")
    button = editor.parts.queue._rows[job][1].buttons[name]
    qtbot.waitUntil(button.isVisible)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_trying_again_asks_as_a_new_render_does(editor, qtbot):
    job = failed_job(editor)
    press_in_queue(editor, qtbot, job, "retry")
    box = question(editor)
    assert "MimicMotion" in box.informativeText() and editor.jobs.job(job).state == "failed"
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert editor.jobs.job(job).state == "failed" and len(editor.jobs.jobs()) == 1
    lacks(editor, "")
    press_in_queue(editor, qtbot, job, "retry")
    wait_for(lambda: editor.jobs.job(job).state == "done", "for the render")
    assert editor.backends.question is None


def test_trying_again_with_the_draft_changes_the_job_itself(editor, qtbot):
    job = failed_job(editor)
    press_in_queue(editor, qtbot, job, "retry")
    press(question(editor), "Use the draft")
    wait_for(lambda: editor.jobs.job(job).state == "done", "for the render")
    assert len(editor.jobs.jobs()) == 1 and editor.jobs.request(job).backend == "draft"
    assert editor.session.project.output.backend == "draft", "the video view shows what was rendered"


@pytest.mark.parametrize("way", ["row", "action", "left"])
def test_going_on_asks_before_hours(editor, qtbot, way):
    (home_folder() / "seconds a frame").write_text("60")
    editor.session.set_output(backend="versa")
    job = paused_job(editor)
    if way == "row":
        press_in_queue(editor, qtbot, job, "resume")
    elif way == "action":
        trigger(editor, "pause_render")
    else:
        editor.jobs.left = (job,)
        editor.parts.queue.set_left(1)
        editor.docks.raise_dock("queue")
        qtbot.mouseClick(editor.parts.queue.left_button, Qt.MouseButton.LeftButton)
    box = question(editor)
    assert "2 h 30 min for 150 frames" in box.informativeText() and editor.jobs.job(job).state == "paused"
    press(box, "Render all the same")
    wait_for(lambda: editor.jobs.job(job).state == "done", "for the render")


def test_a_paused_draft_goes_on_at_once(editor, qtbot):
    job = paused_job(editor)
    press_in_queue(editor, qtbot, job, "resume")
    assert editor.jobs.job(job).state != "paused" and editor.backends.question is None


def test_the_export_dialog_offers_all_renderers(editor):
    dialog = ExportDialog(editor)
    dialog.set_backends(editor.backends.choices())
    dialog.set_project(editor.session.project, str(editor.session.path), 6_000_000)
    assert [dialog.backend.itemData(n) for n in range(dialog.backend.count())] == list(available_renderers())
    assert dialog.settings().backend == "draft" and dialog.needs.text() == "Needs nothing; quick."
    dialog.backend.setCurrentIndex(1)
    dialog.backend.activated.emit(1)
    assert dialog.settings().backend == "versa" and "weights" in dialog.needs.text()
    dialog.deleteLater()


def test_without_an_answer_the_render_starts_and_says_itself_what_is_missing(editor, qtbot):
    lacks(editor, "weights")
    editor.session.set_output(backend="versa")
    editor.engine.blockSignals(True)
    trigger(editor, "render_all")
    failed: list[str] = []
    editor.jobs.failed.connect(lambda _job, sentence: failed.append(sentence))
    editor.backends._patience.timeout.emit()
    editor.engine.blockSignals(False)
    wait_for(lambda: bool(failed), "for the failure")
    assert "the weights are missing" in failed[0].lower()
