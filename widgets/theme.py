"""Colours, icons and the dark style of the editor: the one home of every colour that a widget paints.

`apply_theme` dresses the application once at its start; the style sheet itself is in `widgets.theme_sheet`. Not for
layout; sizes belong to the widgets.
"""

from functools import cache
from typing import Final

from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from widgets.icons import make_icon

WINDOW: Final = "#232428"
"""Background of docks and bars."""

BASE: Final = "#1b1c1f"
"""Background of lists, fields and canvases."""

RAISED: Final = "#2f3136"
"""Buttons, headers, track heads."""

HOVER: Final = "#3a3d44"
"""Buttons under the pointer."""

BORDER: Final = "#3c3f46"
OUTLINE: Final = "#121316"
"""Hair lines that set fields off from their surroundings."""

DISABLED: Final = "#7d828c"
"""Text of what cannot be used now, and edges of boxes to tick; 4 to 1 on `WINDOW`."""

HANDLE: Final = "#565a63"
"""Scroll bars and the grips of sliders."""

CHOSEN: Final = "#2d4a6b"
"""Background of what is on or chosen; 7.5 to 1 under `TEXT`."""

CHOSEN_DIM: Final = "#c6d0dc"
"""Second rank text on `CHOSEN`; 5.8 to 1."""

TEXT: Final = "#e4e5e9"
DIM_TEXT: Final = "#a3a7b0"
"""Second rank text; 6.5 to 1 on `WINDOW`."""

ACCENT: Final = "#4c9be8"
"""Selection, focus, the playhead's handle."""

PLAYHEAD: Final = "#ff6b5e"
PROMPT: Final = "#396597"
EMOTION: Final = "#6f4f95"
MOTION: Final = "#3d7f6f"
VIDEO: Final = "#8a6d3b"
AUDIO: Final = "#5aa9a4"
MARKER: Final = "#f2c14e"
SNAP: Final = "#f2c14e"
LEFT_SIDE: Final = "#4fb3ff"
"""The person's own left limbs."""

RIGHT_SIDE: Final = "#ff8a5b"
"""The person's own right limbs."""

MIDDLE: Final = "#d7dae0"
GOOD: Final = "#5fb878"
WARNING: Final = "#e0a33e"
ERROR: Final = "#ea6a64"

STATE_COLOURS: Final = {
    "none": "#6c7079",
    "queued": "#7a7f89",
    "generating": ACCENT,
    "ready": GOOD,
    "changed": WARNING,
    "failed": ERROR,
}
"""Colour of a segment's motion state."""


def colour(name: str, alpha: int = 255) -> QColor:
    """Return one of the colours above with an opacity of 0 to 255."""
    result = QColor(name)
    result.setAlpha(alpha)
    return result


@cache
def icon(name: str) -> QIcon:
    """Return a Material Design icon by its name without prefix, such as "play" or "content-cut".

    Raises:
        widgets.icons.IconError: there is none of that name.
    """
    return make_icon(name, TEXT, DISABLED, "#ffffff")


def apply_theme(application: QApplication) -> None:
    """Dress the application: Fusion, a dark palette and the style sheet."""
    application.setStyle("Fusion")
    palette = QPalette()
    for role, value in (
        (QPalette.ColorRole.Window, WINDOW),
        (QPalette.ColorRole.WindowText, TEXT),
        (QPalette.ColorRole.Base, BASE),
        (QPalette.ColorRole.AlternateBase, WINDOW),
        (QPalette.ColorRole.Text, TEXT),
        (QPalette.ColorRole.PlaceholderText, DIM_TEXT),
        (QPalette.ColorRole.Button, RAISED),
        (QPalette.ColorRole.ButtonText, TEXT),
        (QPalette.ColorRole.BrightText, ERROR),
        (QPalette.ColorRole.ToolTipBase, RAISED),
        (QPalette.ColorRole.ToolTipText, TEXT),
        (QPalette.ColorRole.Highlight, ACCENT),
        (QPalette.ColorRole.HighlightedText, "#0d1117"),
        (QPalette.ColorRole.Link, ACCENT),
        (QPalette.ColorRole.Mid, BORDER),
        (QPalette.ColorRole.Dark, BASE),
        (QPalette.ColorRole.Light, BORDER),
        (QPalette.ColorRole.Accent, ACCENT),
    ):
        palette.setColor(role, QColor(value))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(DISABLED))
    application.setPalette(palette)
    from widgets.theme_sheet import style_sheet

    application.setStyleSheet(style_sheet())
