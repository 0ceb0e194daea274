"""Let the program speak another language for a test: texts and numbers, put back afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from app.editor import install_language
from app.settings import Settings


@contextmanager
def speaking(language: str, home: Path) -> Iterator[Settings]:
    """Install a language such as "de" as the program does at its start; `home` is where its settings are written."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    settings = Settings(home)
    settings.set_text("language", language)
    before = QLocale()
    translators = install_language(application, settings)
    try:
        yield settings
    finally:
        for translator in translators:
            application.removeTranslator(translator)
        QLocale.setDefault(before)
