"""What the editor remembers between starts: window, shortcuts, recent projects, language and switches.

A typed wrapper around one INI file in the program's folder (`app.folders`). Nothing of a project is kept here.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QByteArray, QSettings

from app.folders import home_folder

RECENT_LIMIT: Final = 12
"""So many projects are remembered."""

_FILE: Final = "settings.ini"


class Settings:
    """The user's settings; every change is written at once.

    Attributes:
        path: the INI file.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or home_folder()) / _FILE
        self._store = QSettings(str(self.path), QSettings.Format.IniFormat)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a switch, such as "snapping"."""
        value = self._store.value(f"switches/{name}")
        return default if value is None else str(value).lower() == "true"

    def set_flag(self, name: str, on: bool) -> None:
        """Remember a switch."""
        self._store.setValue(f"switches/{name}", "true" if on else "false")

    def text(self, name: str, default: str = "") -> str:
        """Return a remembered word, such as "language"."""
        value = self._store.value(f"texts/{name}")
        return default if value is None else str(value)

    def set_text(self, name: str, value: str) -> None:
        """Remember a word."""
        self._store.setValue(f"texts/{name}", value)

    def data(self, name: str) -> dict[str, Any]:
        """Return a remembered group of plain values; empty if there is none or it cannot be read."""
        try:
            value = json.loads(self.text(name, "{}"))
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def set_data(self, name: str, value: Mapping[str, Any]) -> None:
        """Remember a group of plain values."""
        self.set_text(name, json.dumps(dict(value)))

    def window_bytes(self, name: str) -> QByteArray | None:
        """Return a remembered "geometry" or "state" of the window."""
        value = self._store.value(f"window/{name}")
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def set_window_bytes(self, name: str, value: QByteArray) -> None:
        """Remember a geometry or state of the window."""
        self._store.setValue(f"window/{name}", value)

    def forget_window(self) -> None:
        """Forget where the window and its docks lay."""
        self._store.remove("window")

    def shortcuts(self) -> dict[str, list[str]]:
        """Return the user's own shortcuts by action; only those that differ from the defaults."""
        found = self.data("shortcuts")
        return {str(name): [str(key) for key in keys] for name, keys in found.items() if isinstance(keys, list)}

    def set_shortcuts(self, shortcuts: Mapping[str, Sequence[str]]) -> None:
        """Remember the user's own shortcuts."""
        self.set_data("shortcuts", {name: list(keys) for name, keys in shortcuts.items()})

    def recent(self) -> list[Path]:
        """Return the recent projects that still exist, newest first."""
        found = self.data("recent").get("paths", [])
        return [path for path in map(Path, map(str, found)) if path.is_file()]

    def add_recent(self, path: Path) -> None:
        """Put a project at the head of the recent ones."""
        kept = [str(path.absolute()), *(str(old) for old in self.recent() if old != path.absolute())]
        self.set_data("recent", {"paths": kept[:RECENT_LIMIT]})

    def clear_recent(self) -> None:
        """Forget the recent projects."""
        self.set_data("recent", {"paths": []})

    def sync(self) -> None:
        """See that all is on disk."""
        self._store.sync()
