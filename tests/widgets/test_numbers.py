"""`widgets.numbers`: decimal marks of the user's language, and units that stay with their number."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QLocale

from core.forecast import RenderForecast
from tests.shown import show_active
from widgets.form_fields import SliderField
from widgets.numbers import NO_BREAK, kept_together, localised, rewritten
from widgets.render_forecast import estimate_text, memory_text


@contextmanager
def language(name: str) -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(name))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def german():
    with language("de"):
        yield


def test_numbers_have_the_mark_of_the_language(german):
    assert (localised(1.0, 2), localised(29.97), localised(25.0)) == ("1,00", "29,97", "25")
    assert (rewritten("8.2"), rewritten("1.36 GiB")) == ("8,2", "1,36 GiB")


def test_numbers_in_english():
    with language("en"):
        assert (localised(1.0, 2), localised(29.97), rewritten("8.2")) == ("1.00", "29.97", "8.2")


@pytest.mark.parametrize("text", ["talk.1.2", "2.5.1", "v2.1", "1.5 talk", "take 1.5", "", "12"])
def test_what_is_no_number_is_left_alone(german, text):
    assert rewritten(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("about 8.2 GB are needed", f"about 8.2{NO_BREAK}GB are needed"),
        ("45 % sure, 3 min left", f"45{NO_BREAK}% sure, 3{NO_BREAK}min left"),
        ("take 3 shows 2 hands", "take 3 shows 2 hands"),
    ],
)
def test_a_unit_stays_on_the_line_of_its_number(text, kept):
    assert kept_together(text) == kept


def test_a_forecast_writes_memory_as_the_user_does(german):
    assert memory_text(8.24e9) == f"8,2{NO_BREAK}GB"
    text = estimate_text(RenderForecast("draft", seconds=12.0, frames=50, memory=4.5e9))
    assert f"4,5{NO_BREAK}GB" in text and "4.5" not in text


def test_a_slider_shows_and_reads_the_decimal_mark_of_the_language(qtbot, german):
    field = SliderField("Strength", "How strong.", 0.0, 2.0, 1.0)
    show_active(qtbot, field)
    assert field.number.text() == "1,00"
    field.number.setFocus()
    field.number.selectAll()
    qtbot.keyClicks(field.number, "1,25")
    field.number.flush()
    assert field.value() == 1.25 and field.number.text() == "1,25"
