"""Readable contrast, measured as the Web Content Accessibility Guidelines 2.2 define it (sections 1.4.3 and 1.4.11)."""

import re

import pytest
from PySide6.QtGui import QColor

from widgets import theme
from widgets.theme_sheet import style_sheet
from widgets.timeline.paint_segments import LIGHTER_CHOSEN, LIGHTER_HOVERED, TEXT_COLOUR

TEXT, PARTS = 4.5, 3.0
"""Least contrast of text, and of what must be seen without being read."""

SURFACES = (theme.WINDOW, theme.BASE)


def luminance(colour: QColor) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str | QColor, second: str | QColor) -> float:
    low, high = sorted((luminance(QColor(first)), luminance(QColor(second))))
    return (high + 0.05) / (low + 0.05)


def rules() -> list[tuple[str, dict[str, str]]]:
    """Selectors of the style sheet, each with its colours."""
    found = []
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", style_sheet()):
        values = dict(re.findall(r"([\w-]+)\s*:\s*(#[0-9a-fA-F]{6})", body))
        found.append((" ".join(selector.split()), values))
    return found


def test_known_contrasts():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_second_rank_text_can_be_read_on_a_chosen_row():
    assert contrast(theme.CHOSEN_DIM, theme.CHOSEN) > 5.5


def test_the_ring_of_the_focus_differs_from_that_of_what_is_on():
    colours = dict(rules())
    for name in ("QToolButton:checked", "QPushButton:default"):
        on, focused = colours[name]["border-color"], colours[f"{name}:focus"]["border-color"]
        assert contrast(on, focused) > 2.0 and contrast(focused, theme.CHOSEN) > PARTS


def test_every_text_of_the_style_sheet_can_be_read():
    looked_at = 0
    for selector, values in rules():
        background = values.get("background") or values.get("background-color")
        for text, under in (
            (values.get("color", theme.TEXT if background else None), background),
            (values.get("selection-color"), values.get("selection-background-color")),
        ):
            if text is None or ("::" in selector and "color" not in values):
                continue  # an arrow or a groove holds no text
            least = PARTS if ":disabled" in selector else TEXT
            for surface in (under,) if under else SURFACES:
                assert contrast(text, surface) >= least, (selector, text, surface)
                looked_at += 1
    assert looked_at > 40


@pytest.mark.parametrize("colour", [theme.ERROR, theme.WARNING, theme.GOOD, theme.ACCENT, theme.MARKER, theme.DIM_TEXT])
def test_messages_and_second_rank_texts_can_be_read(colour):
    assert min(contrast(colour, surface) for surface in SURFACES) >= TEXT


@pytest.mark.parametrize("colour", [theme.PROMPT, theme.EMOTION])
@pytest.mark.parametrize("lighter", [100, LIGHTER_HOVERED, LIGHTER_CHOSEN])
def test_the_text_of_a_segment_can_be_read(colour, lighter):
    assert contrast(TEXT_COLOUR, QColor(colour).lighter(lighter)) >= TEXT


def test_focus_states_and_playhead_can_be_seen():
    for surface in (*SURFACES, theme.RAISED):
        assert contrast(theme.ACCENT, surface) >= PARTS
        assert contrast(theme.PLAYHEAD, surface) >= PARTS
    for state, colour in theme.STATE_COLOURS.items():
        assert contrast(colour, theme.BASE) >= PARTS, state
    for side in (theme.LEFT_SIDE, theme.RIGHT_SIDE, theme.MIDDLE, theme.AUDIO):
        assert contrast(side, theme.BASE) >= PARTS
