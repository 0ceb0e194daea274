"""The prompt field of `widgets.inspector`: writing, suggestions, what the weights do not know."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core import edits
from tests.widgets.inspector_form import LEFT, page, write
from tests.widgets.inspector_form import session as session  # a fixture


def test_return_takes_the_prompt_as_one_change(session, qtbot):
    session.select("a")
    write(page(session).prompt, "clap your hands")
    assert session.asked == []
    QTest.keyClick(page(session).prompt, Qt.Key.Key_Return)
    assert session.asked == [(("a",), "prompt", "clap your hands")]
    QTest.keyClick(page(session).prompt, Qt.Key.Key_Return)
    assert len(session.asked) == 1


def test_escape_gives_the_prompt_back(session):
    session.select("a")
    write(page(session).prompt, "clap")
    QTest.keyClick(page(session).prompt, Qt.Key.Key_Escape)
    assert page(session).prompt.text() == "wave"
    assert session.asked == []


def test_a_prompt_being_written_goes_to_the_segment_it_was_written_for(session):
    session.select("a")
    write(page(session).prompt, "clap")
    session.select("b")
    assert session.asked == [(("a",), "prompt", "clap")]
    assert page(session).prompt.text() == "shrug"
    assert session.project.segment("b").prompt == "shrug"


def test_what_is_typed_is_not_lost_when_the_project_changes_meanwhile(session):
    session.select("a")
    write(page(session).prompt, "clap")
    session.project = edits.change(session.project, "b", strength=0.5)
    session.inspector.set_project(session.project)
    assert page(session).prompt.text() == "clap"
    QTest.keyClick(page(session).prompt, Qt.Key.Key_Return)
    assert session.project.segment("a").prompt == "clap"


def test_writing_for_a_segment_that_is_deleted_meanwhile_asks_for_nothing(session):
    session.select("a")
    write(page(session).prompt, "clap")
    session.project = edits.delete(session.project, "a")
    session.inspector.set_project(session.project)
    session.select()
    assert session.asked == []


def test_line_breaks_cannot_be_written_or_pasted(session, qtbot):
    from PySide6.QtWidgets import QApplication

    session.select("a")
    prompt = page(session).prompt
    QApplication.clipboard().setText("clap\nyour\thands")
    prompt.setFocus()
    prompt.selectAll()
    prompt.paste()
    QTest.keyClick(prompt, Qt.Key.Key_Return)
    assert session.asked == [(("a",), "prompt", "clap your hands")]


def test_suggestions_are_asked_for_once_after_typing_and_chosen_by_key_or_mouse(session, qtbot):
    session.select("a")
    prompt = page(session).prompt
    asked = []
    session.inspector.suggestionsWanted.connect(asked.append)
    write(prompt, "clap")
    qtbot.waitUntil(lambda: asked == ["clap"])
    session.inspector.set_suggestions([("clap hands", 0.9), ("clap once", 0.8)], "clap")
    assert prompt.suggestions.isVisible()
    QTest.keyClick(prompt, Qt.Key.Key_Down)
    QTest.keyClick(prompt, Qt.Key.Key_Down)
    QTest.keyClick(prompt, Qt.Key.Key_Return)
    assert session.asked == [(("a",), "prompt", "clap once")]
    assert not prompt.suggestions.isVisible()
    session.inspector.set_suggestions([("clap hands", 0.9), ("clap once", 0.8)], "clap")
    assert not prompt.suggestions.isVisible(), "an answer that comes after the text was taken"
    write(prompt, "clap ha")
    qtbot.waitUntil(lambda: asked[-1] == "clap ha")
    session.inspector.set_suggestions([("clap hands", 0.9)], "clap ha")
    assert prompt.suggestions.isVisible()
    item = prompt.suggestions.visualItemRect(prompt.suggestions.item(0))
    QTest.mouseClick(prompt.suggestions.viewport(), LEFT, pos=item.center())
    assert session.project.segment("a").prompt == "clap hands"


def test_a_prompt_far_from_what_is_known_is_remarked_and_a_nearest_wording_is_one_click_away(session, qtbot):
    prompt, confidence = page(session).prompt, page(session).confidence
    asked = []
    session.inspector.confidenceWanted.connect(asked.append)
    session.select("a")
    assert set(asked) == {"wave"} and not confidence.isVisible(), "nothing is said before it is known"
    asked.clear()
    session.inspector.set_confidence("wave", 1.0, True, ["wave", "bow", "nod"])
    assert confidence.isVisible() and confidence.remark.text() == "Well known to the motion networks"
    assert not any(button.isVisible() for button in confidence.wordings)
    write(prompt, "juggle torches")
    QTest.qWait(300)
    assert asked == [] and not confidence.isVisible(), "not of what is still being written"
    QTest.keyClick(prompt, Qt.Key.Key_Return)
    assert set(asked) == {"juggle torches"}
    session.inspector.set_confidence("juggle torches", 0.31, False, ["raise both hands", "clap & cheer", "punch"])
    assert "do not know how to do this" in confidence.remark.text()
    assert [button.text() for button in confidence.wordings] == ["raise both hands", "clap && cheer", "punch"]
    qtbot.waitUntil(confidence.wordings[1].isVisible)
    QTest.mouseClick(confidence.wordings[1], LEFT)
    assert session.project.segment("a").prompt == "clap & cheer" == prompt.text()
    assert session.asked[-1] == (("a",), "prompt", "clap & cheer")
    session.inspector.set_confidence("clap & cheer", 0.97, True, ["clap your hands", "wave", "bow"])
    assert confidence.remark.text() == "Understood as “clap your hands” (likeness 97 %)"
    assert not any(button.isVisible() for button in confidence.wordings)


def test_a_wording_that_does_not_fit_ends_in_dots(session):
    long = "raise both hands and shake them over the head in triumph, again and again & again"
    session.select("a")
    session.inspector.set_confidence("wave", 0.3, False, ["bow", long])
    short, shortened = page(session).confidence.wordings[:2]
    QTest.qWait(10)
    assert short.option().text == "bow" and shortened.text() == long.replace("&", "&&")
    assert shortened.option().text.endswith("…") and long.startswith(shortened.option().text[:-1])
    assert long in shortened.toolTip()


def test_known_confidence_is_not_asked_for_again_and_locks_forbid_taking(session, qtbot):
    confidence = page(session).confidence
    session.select("a")
    session.inspector.set_confidence("wave", 0.2, False, ["bow"])
    asked = []
    session.inspector.confidenceWanted.connect(asked.append)
    session.select()
    session.select("a")
    assert asked == [] and confidence.isVisible() and confidence.wordings[0].isEnabled()
    assert not confidence.wordings[1].isVisible()
    session.change(("a",), "locked", True)
    QTest.mouseClick(confidence.wordings[0], LEFT)
    assert session.project.segment("a").prompt == "wave"
