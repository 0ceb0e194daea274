"""Show a window for a test, with the keyboard's focus: keys and shortcuts reach an active window only."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

WAIT = 20_000


def show_active(qtbot: QtBot, window: QWidget) -> None:
    """Show a window, hand it to qtbot to close, and return when it is on the screen and has the focus."""
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitExposed(window, timeout=WAIT):
        pass
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT)
