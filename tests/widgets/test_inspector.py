"""`widgets.inspector`: what the user does on the shown form becomes one signal with the right segments."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from tests.widgets.inspector_form import LEFT, S, page, write
from tests.widgets.inspector_form import session as session  # a fixture


def test_fields_of_the_project_and_the_choice_of_its_renderer_stand_under_each_other(session, qtbot):
    session.select()
    project = session.inspector.project_page
    output = project.rendering
    qtbot.waitUntil(output.backend.isVisible)
    fields = (project.fps, project.seed, output.backend)
    assert len({field.mapTo(project, QPoint(0, 0)).x() for field in fields}) == 1


def test_a_slider_drag_is_one_change(session):
    session.select("a")
    slider = page(session).strength.slider
    slider.setFocus()
    start = QPoint(slider.width() // 2, slider.height() // 2)
    QTest.mousePress(slider, LEFT, pos=start)
    for step in range(1, 9):
        QTest.mouseMove(slider, start + QPoint(4 * step, 0))
    assert session.asked == []
    QTest.mouseRelease(slider, LEFT, pos=start + QPoint(32, 0))
    assert len(session.asked) == 1
    ids, field, value = session.asked[0]
    assert (ids, field) == (("a",), "strength") and 1.0 < value < 2.0


def test_slider_keys_are_one_change_after_a_moment(session, qtbot):
    session.select("a")
    slider = page(session).blink.slider
    slider.setFocus()
    for _ in range(3):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert session.asked == []
    qtbot.waitUntil(lambda: bool(session.asked))
    assert session.asked == [(("a",), "blink", 1.15)]


def test_keys_on_a_slider_reach_the_old_segment_when_the_selection_changes(session):
    session.select("a")
    QTest.keyClick(page(session).strength.slider, Qt.Key.Key_Right)
    session.select("b")
    assert session.asked == [(("a",), "strength", 1.05)]
    assert page(session).strength.value() == 1.5


def test_a_number_can_be_typed_and_nonsense_is_put_back(session):
    session.select("a")
    number = page(session).strength.number
    write(number, "1,25")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert session.asked == [(("a",), "strength", 1.25)]
    write(number, "much")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert number.text() == "1.25" and len(session.asked) == 1
    write(number, "7")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert session.asked[1] == (("a",), "strength", 2.0)


def test_double_click_brings_the_usual_value_back(session):
    session.select("b")
    QTest.mouseDClick(page(session).strength.slider, LEFT)
    assert session.asked == [(("b",), "strength", 1.0)]


def test_seed_typed_thrown_and_cleared(session):
    session.select("a")
    seed = page(session).seed
    assert "42" in seed.edit.placeholderText()
    write(seed.edit, "123")
    QTest.keyClick(seed.edit, Qt.Key.Key_Return)
    assert session.asked[-1] == (("a",), "seed", 123)
    QTest.mouseClick(seed.dice, LEFT)
    ids, field, thrown = session.asked[-1]
    assert (ids, field) == (("a",), "seed") and isinstance(thrown, int) and thrown != 123
    QTest.mouseClick(seed.clear, LEFT)
    assert session.asked[-1] == (("a",), "seed", None)
    write(seed.edit, "-4")
    QTest.keyClick(seed.edit, Qt.Key.Key_Return)
    assert len(session.asked) == 3 and seed.edit.text() == ""


def test_emotion_by_keyboard(session):
    session.select("a")
    box = page(session).emotion
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert session.asked == [(("a",), "emotion", "happy")]


def test_the_wheel_scrolls_the_form_and_does_not_change_fields_it_passes(session):
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    session.select("a")
    page(session).prompt.setFocus()
    for field in (page(session).emotion, page(session).strength.slider):
        middle = QPointF(field.rect().center())
        event = QWheelEvent(
            middle, field.mapToGlobal(middle), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(field, event)
    session.inspector.flush()
    assert session.asked == []


def test_times_are_trims(session):
    session.select("b")
    trims = []
    session.inspector.trimRequested.connect(lambda *args: trims.append(args))
    write(page(session).start, "5.5")
    QTest.keyClick(page(session).start, Qt.Key.Key_Return)
    write(page(session).end, "7:00")
    QTest.keyClick(page(session).end, Qt.Key.Key_Return)
    write(page(session).length, "2")
    QTest.keyClick(page(session).length, Qt.Key.Key_Return)
    assert trims == [("b", "in", 5_500_000), ("b", "out", 420 * S), ("b", "out", 7 * S)]
    # Nothing came back, so the fields show how things are.
    assert page(session).start.text() == "0:05.000" and page(session).end.text() == "0:08.000"


def test_times_beyond_35_minutes(session):
    session.project = session.project.replace(duration_us=None)
    session.inspector.set_project(session.project)
    session.select("b")
    trims = []
    session.inspector.trimRequested.connect(lambda *args: trims.append(args))
    write(page(session).end, "1:59:00")
    QTest.keyClick(page(session).end, Qt.Key.Key_Return)
    assert trims == [("b", "out", 7140 * S)]


def test_a_time_that_is_none_is_refused_with_a_reason(session, qtbot):
    session.select("b")
    write(page(session).start, "soon")
    with qtbot.waitSignal(session.inspector.refused) as told:
        QTest.keyClick(page(session).start, Qt.Key.Key_Return)
    assert "soon" in told.args[0]
    assert page(session).start.text() == "0:05.000"


def test_several_segments_are_edited_together(session):
    session.select("a", "b")
    form = page(session)
    assert form.prompt.text() == "" and "Several" in form.prompt.placeholderText()
    assert form.emotion.currentIndex() == -1
    assert form.strength.number.text() == "\u2013"
    assert not form.takes.isVisible()
    form.emotion.setFocus()
    QTest.keyClick(form.emotion, Qt.Key.Key_Home)
    assert session.asked == [(("a", "b"), "emotion", "neutral")]
    write(form.prompt, "clap")
    QTest.keyClick(form.prompt, Qt.Key.Key_Return)
    assert [session.project.segment(i).prompt for i in "ab"] == ["clap", "clap"]


def test_leaving_a_mixed_prompt_alone_changes_nothing(session):
    session.select("a", "b")
    page(session).prompt.setFocus()
    QTest.keyClick(page(session).prompt, Qt.Key.Key_Tab)
    page(session).seed.edit.setFocus()
    QTest.keyClick(page(session).seed.edit, Qt.Key.Key_Tab)
    assert session.asked == []


def test_a_locked_segment_can_only_be_unlocked(session):
    session.select("z")
    form = page(session)
    assert not form.prompt.isEnabled() and not form.seed.isEnabled() and not form.another.isEnabled()
    form.lock.setFocus()
    QTest.keyClick(form.lock, Qt.Key.Key_Space)
    assert session.asked == [(("z",), "locked", False)]
    assert form.prompt.isEnabled()


def test_lock_of_a_mixed_selection_locks_all(session):
    session.select("a", "z")
    assert page(session).lock.checkState() == Qt.CheckState.PartiallyChecked
    page(session).lock.setFocus()
    QTest.keyClick(page(session).lock, Qt.Key.Key_Space)
    assert session.asked == [(("a",), "locked", True)]


def test_an_emotion_segment_has_no_motion(session):
    session.select("e")
    form = page(session)
    assert form.emotion.isVisible() and form.emotion_strength.value() == 0.5
    assert not form.prompt.isVisible() and not form.seed.isVisible() and not form.another.isVisible()


def test_state_of_the_motion_is_shown(session):
    session.select("a")
    session.inspector.set_states({"a": "generating"})
    assert "being made" in page(session).state.text()
    session.inspector.set_states({"a": "failed"})
    assert "could not" in page(session).state.text()


def test_without_a_selection_the_project_is_shown_and_changed(session):
    session.select()
    form = session.inspector.project_page
    assert form.isVisible() and "half.png" in form.portrait_name.text()
    assert form.size_note.text() == "576 \u00d7 720"
    told = []
    session.inspector.projectFieldChanged.connect(lambda field, value: told.append((field, value)))
    write(form.seed.edit, "8")
    QTest.keyClick(form.seed.edit, Qt.Key.Key_Return)
    form.height_field.setFocus()
    QTest.keyClick(form.height_field, Qt.Key.Key_Down)
    form.fps.setFocus()
    QTest.keyClick(form.fps, Qt.Key.Key_Up)
    form.pose_mode.setFocus()
    QTest.keyClick(form.pose_mode, Qt.Key.Key_Down)
    assert told == [("seed", 8), ("height", 1080), ("fps", 24.0), ("pose_mode", "direct")]


def test_how_the_motion_is_finished_is_a_setting_of_the_project(session):
    session.select()
    form = session.inspector.project_page
    assert form.cleanup.isChecked() and form.stay.value() == "auto"
    told = []
    session.inspector.projectFieldChanged.connect(lambda field, value: told.append((field, value)))
    form.cleanup.click()
    form.stay.setFocus()
    QTest.keyClick(form.stay, Qt.Key.Key_Down)
    QTest.keyClick(form.stay, Qt.Key.Key_Down)
    assert told == [("cleanup", False), ("stay", True), ("stay", False)]


def test_a_segment_names_its_body_part_and_whether_it_stays(session):
    session.select("a")
    form = page(session)
    assert (form.part.value(), form.stay.value()) == ("whole", "auto")
    form.part.setFocus()
    QTest.keyClick(form.part, Qt.Key.Key_Down)
    form.stay.setFocus()
    QTest.keyClick(form.stay, Qt.Key.Key_Down)
    assert session.asked[-2:] == [(("a",), "part", "upper"), (("a",), "stay", True)]
    assert (form.part.value(), form.stay.value()) == ("upper", "on")


def test_other_rates_and_heights_than_those_offered_are_shown(session):
    output = session.project.output.replace(height=700, fps=12.5)
    session.inspector.set_project(session.project.replace(output=output))
    session.inspector.set_selection(())
    form = session.inspector.project_page
    assert form.height_field.currentText() == "700" and form.fps.currentText() == "12.5"


def test_no_project(session):
    session.inspector.set_project(None)
    assert not page(session).isVisible() and not session.inspector.project_page.isVisible()


def test_tab_goes_down_the_form_and_every_field_has_a_name(session, qtbot):
    session.select("b")
    form = page(session)
    form.prompt.setFocus()
    order = []
    for _ in range(13):
        QTest.keyClick(session.inspector.window().focusWidget(), Qt.Key.Key_Tab)
        order.append(session.inspector.window().focusWidget().accessibleName())
    assert order == [
        "Start", "End", "Length", "Body part", "Prompt strength", "Prompt strength", "Seed", "Throw a new seed",
        "Use the project's seed", "Walking", "Another take", "Emotion", "Emotion strength",
    ]  # fmt: skip
    for button in form.findChildren(QToolButton):
        assert button.accessibleName() and button.toolTip()
