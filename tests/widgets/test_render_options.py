"""`widgets.render_options` and `widgets.render_forecast`: what is shown and what the user's gestures ask for."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from core.forecast import RenderForecast
from core.timeline import OutputSettings
from core.versa_options import VersaOptions
from widgets.form_fields import ChoiceField, SeedField, SliderField
from widgets.numbers import NO_BREAK
from widgets.render_forecast import RenderQuestion, estimate_text, problem_text, warning_text
from widgets.render_options import BackendChoice, RenderOptions

CHOICES = (BackendChoice("draft", "Draft", "Nothing."), BackendChoice("versa", "Diffusion", "Weights and a card."))
WEIGHTS = (("svd", "Video Diffusion"), ("mimic", "Mimic"))


@pytest.fixture
def form(qtbot):
    made = RenderOptions()
    qtbot.addWidget(made)
    made.set_backends(CHOICES)
    made.show_output(OutputSettings(backend="versa"), 7)
    made.asked = []
    made.versaChanged.connect(lambda name, value: made.asked.append((name, value)))
    made.show()
    return made


def test_every_option_has_a_field_with_a_name_and_a_tip(form):
    assert set(form.fields) == set(VersaOptions.model_fields)
    for field in form.fields.values():
        part = field.slider if isinstance(field, SliderField) else field.edit if isinstance(field, SeedField) else field
        assert part.accessibleName() and part.toolTip() and part.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_stored_values_are_shown_also_those_that_are_not_offered(form):
    options = VersaOptions(
        profile="12", steps=33, guidance=4.5, size=600, seed=5, pose_strength=0.5, face_strength=0.0, fast=True,
        colour_hold=0.25, still_background=True,
    )  # fmt: skip
    form.show_output(OutputSettings(backend="versa", versa=options), 7)
    for name, field in form.fields.items():
        wanted = getattr(options, name)
        if isinstance(field, SeedField):
            assert field.edit.text() == str(wanted)
        elif isinstance(field, (ChoiceField, SliderField)):
            assert field.value() == wanted, name
        else:
            assert field.isChecked() == wanted, name
    assert form.asked == [] and form.reset.isEnabled()
    form.show_output(OutputSettings(backend="versa"), 7)
    assert not form.reset.isEnabled() and "7" in form.fields["seed"].edit.placeholderText()


def test_what_is_offered_is_allowed(form):
    for name in ("profile", "steps", "size"):
        field = form.fields[name]
        for index in range(field.count()):
            assert getattr(VersaOptions(**{name: field.itemData(index)}), name) == field.itemData(index)
    for name in ("guidance", "pose_strength", "face_strength", "colour_hold"):
        slider = form.fields[name].slider
        VersaOptions(**{name: slider.minimum() / 100})
        VersaOptions(**{name: slider.maximum() / 100})


def test_each_gesture_asks_for_one_change(form):
    steps = form.fields["steps"]
    steps.setFocus()
    QTest.keyClick(steps, Qt.Key.Key_Down)
    form.fields["still_background"].setFocus()
    QTest.keyClick(form.fields["still_background"], Qt.Key.Key_Space)
    seed = form.fields["seed"].edit
    seed.setFocus()
    QTest.keyClicks(seed, "12")
    form.flush()
    guidance = form.fields["guidance"].number
    guidance.setFocus()
    guidance.selectAll()
    QTest.keyClicks(guidance, "99")
    form.flush()
    assert form.asked == [("steps", 30), ("still_background", True), ("seed", 12), ("guidance", 10.0)]


def test_options_are_hidden_for_another_renderer_and_the_needs_follow(form):
    assert form.needs.text() == "Weights and a card." and form.versa.isVisible()
    form.show_output(OutputSettings(backend="draft"), 7)
    assert form.needs.text() == "Nothing." and not form.versa.isVisible()
    form.show_output(OutputSettings(backend="later"), 7)
    assert form.backend.value() == "later" and not form.needs.isVisible()


def test_an_answer_about_the_renderer_before_is_not_shown(form):
    form.set_forecast(RenderForecast("draft", frames=10, seconds=1.0, memory=1e9))
    assert not form.estimate.isVisible()
    form.set_forecast(RenderForecast("versa", "weights", weights=WEIGHTS))
    assert form.models.isVisible()
    form.show_output(OutputSettings(backend="draft"), 7)
    assert not form.models.isVisible() and not form.problem.isVisible()


def test_the_buttons_ask_for_weights_and_for_the_draft(form):
    names, chosen, remarks = [], [], []
    form.modelsRequested.connect(names.append)
    form.backendChosen.connect(chosen.append)
    form.remarked.connect(lambda: remarks.append(form.problem.text()))
    form.set_forecast(RenderForecast("versa", "weights", weights=WEIGHTS))
    form.set_forecast(RenderForecast("versa", "weights", weights=WEIGHTS))
    form.models.click()
    form.use_draft.click()
    assert (names, chosen) == (["svd"], ["draft"])
    assert remarks == ["Weights are missing: Video Diffusion and Mimic. The model manager gets them."]


@pytest.mark.parametrize(
    ("forecast", "problem", "warning", "estimate"),
    [
        (RenderForecast("versa"), "", "", ""),
        (RenderForecast("versa", frames=0, seconds=0.0), "", "", "Everything is rendered already."),
        (
            RenderForecast("draft", frames=50, seconds=8.0, memory=2e8), "", "",
            "About 8 s for 50 frames, 0.2 GB of memory.",
        ),
        (
            RenderForecast("versa", frames=50, seconds=7200.0, memory=2e10, free=4e9, device="cpu"), "",
            "There is no graphics card that can be used, and the processor is very slow. "
            "About 20.0 GB of memory are needed, but only 4.0 GB are free.",
            "At least 2 h 0 min for 50 frames, about 20.0 GB of memory.",
        ),
        (
            RenderForecast("versa", "memory", memory=9e9, free=4e9),
            "There is too little memory: about 9.0 GB are needed, 4.0 GB can be used. "
            "A smaller size or profile needs less.", "About 9.0 GB of memory are needed, but only 4.0 GB are free.", "",
        ),
        (RenderForecast("versa", "device"), "The graphics card that was asked for is not there.", "", ""),
        (RenderForecast("versa", "other", "The driver is old."), "The driver is old.", "", ""),
    ],
)  # fmt: skip
def test_forecasts_in_words(qapp, forecast, problem, warning, estimate):
    found = problem_text(forecast), warning_text(forecast), estimate_text(forecast)
    assert tuple(text.replace(NO_BREAK, " ") for text in found) == (problem, warning, estimate)


@pytest.mark.parametrize(
    ("forecast", "offered"),
    [
        (RenderForecast("versa", "weights", weights=WEIGHTS), {"models", "draft"}),
        (RenderForecast("versa", "memory"), {"draft"}),
        (RenderForecast("versa", frames=9, seconds=9e4, memory=1e9, device="cpu"), {"render", "draft"}),
    ],
)
def test_the_question_offers_what_helps_and_escape_does_nothing(qtbot, forecast, offered):
    answers = set()
    for index in range(len(offered) + 1):
        box = RenderQuestion(forecast)
        qtbot.addWidget(box)
        box.open()
        if index == len(offered):
            QTest.keyClick(box, Qt.Key.Key_Escape)
            assert box.answer == "cancel" and not box.isVisible()
        else:
            buttons = [b for b in box.buttons() if b is not box.button(QMessageBox.StandardButton.Cancel)]
            buttons[index].click()
            answers.add(box.answer)
    assert answers == offered
