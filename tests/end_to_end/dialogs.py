"""Hands for modal dialogs: what is to be done with the next one is said before it opens."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QMessageBox

LEFT = Qt.MouseButton.LeftButton


def click(button: QAbstractButton) -> None:
    """Press a button with the mouse, in its middle."""
    assert button.isVisible() and button.isEnabled(), button.text()
    QTest.mouseClick(button, LEFT)


def when_shown(kind: type[QDialog], act: Callable[[Any], None]) -> list[str]:
    """Do something with the next modal dialog of a kind once it is on the screen.

    Returns:
        A list that holds the title of each dialog that was met, and what went wrong with it.
    """
    met: list[str] = []
    timer = QTimer(QApplication.instance())

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, kind) or not dialog.isVisible():
            return
        timer.stop()
        timer.deleteLater()
        met.append(dialog.text() if isinstance(dialog, QMessageBox) else dialog.windowTitle())
        try:
            act(dialog)
        except Exception as error:  # in a slot it would be lost, and the dialog would wait for ever
            met.append(f"failed: {type(error).__name__}: {error}")
            dialog.reject()

    timer.timeout.connect(look)
    timer.start(10)
    return met


def press(label: str) -> Callable[[QMessageBox], None]:
    """Return what presses the button with that label."""

    def act(box: QMessageBox) -> None:
        found = [button for button in box.buttons() if button.text().replace("&", "") == label]
        assert found, [button.text() for button in box.buttons()]
        click(found[0])

    return act
