"""Starts the editor: application, theme, language, log, window.

Imports nothing heavy: the window must be up before anything else is loaded, and torch never is in this process.
"""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from app import garbage, logs
from app.main_window import MainWindow
from app.settings import Settings
from resources import RESOURCES
from widgets.theme import apply_theme


class EditorError(RuntimeError):
    """The editor cannot start; the message says why and what to do."""


def run_editor(paths: Sequence[Path] = (), *, sample: bool = False) -> int:
    """Open the window and return the exit status when it is closed.

    Args:
        paths: projects, pictures or recordings to open.
        sample: open the user's copy of the sample where there is no path.

    Raises:
        EditorError: there is no display.
    """
    check_display()
    application = make_application(sys.argv[:1])
    settings = Settings()
    logs.allow_private_text(settings.flag("log_words"))
    logs.start_logging()
    translators = install_language(application, settings)
    window = MainWindow(settings, list(paths), sample=sample)
    window.ready.connect(garbage.settle)
    logs.install_hooks(window.crashed.emit)
    window.show()
    stop_on_signals(application, window)
    status = application.exec()
    logs.stop_crash_file()
    del translators
    return int(status)


def check_display() -> None:
    """See that a window can be opened.

    Raises:
        EditorError: on Linux without a display; Qt would end the process without a word for the user.
    """
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        raise EditorError(
            "the editor needs a display, and there is none (DISPLAY is not set); start it on a desktop, or use the "
            "commands of `versa --help`"
        )


def make_application(arguments: Sequence[str]) -> QApplication:
    """Return the dressed application."""
    application = QApplication(list(arguments))
    application.setApplicationName("Versa Director")
    application.setDesktopFileName("versa-director")
    application.setOrganizationName("Versa Director")
    apply_theme(application)
    return application


def install_language(application: QApplication, settings: Settings) -> list[QTranslator]:
    """Load the translations of the user's language; the result must be kept as long as the program runs."""
    wanted = settings.text("language")
    locale = QLocale(wanted) if wanted else QLocale.system()
    loaded = []
    own = QTranslator(application)
    if own.load(locale, "versa", "_", str(RESOURCES / "translations")):
        loaded.append(own)
    dialogs = QTranslator(application)  # the buttons of Qt's own dialogs
    if dialogs.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        loaded.append(dialogs)
    for translator in loaded:
        application.installTranslator(translator)
    return loaded


def stop_on_signals(application: QApplication, window: MainWindow) -> None:
    """Leave on Ctrl+C and on the system's request: the recovery file holds what is not saved."""

    def stop(number: int, _frame: object) -> None:
        logs.log("info", f"stopped by signal {number}")
        window.autosave.stop(keep=True)
        window.wiring.shut_down()
        window.session.undo_stack.blockSignals(True)  # it tells of its own end, when what would show that is gone
        application.exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    # Python sees signals only while Python code runs.
    timer = QTimer(application)
    timer.timeout.connect(lambda: None)
    timer.start(250)
