"""Where the program keeps what belongs to the user and not to a project: settings, logs, render queue, thumbnails.

Plain paths without Qt, so that child processes may ask too. Set VERSA_HOME to keep everything in a folder of your own.
"""

import os
import sys
from pathlib import Path
from typing import Final

HOME_VARIABLE: Final = "VERSA_HOME"
"""Environment variable that moves the program's own folder."""

_NAME: Final = "versa-director"


def home_folder() -> Path:
    """Return the program's own folder, made if it is missing.

    Raises:
        OSError: it cannot be made.
    """
    given = os.environ.get(HOME_VARIABLE)
    folder = Path(given).expanduser().absolute() if given else _system_folder() / _NAME
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def log_folder() -> Path:
    """Return the folder of the log files, made if it is missing."""
    return _inside("logs")


def thumbnail_folder() -> Path:
    """Return the folder of the recent projects' small pictures, made if it is missing."""
    return _inside("thumbnails")


def sample_copy_folder() -> Path:
    """Return where the editor puts its copy of the sample project: beside the user's documents where they exist."""
    documents = Path.home() / "Documents"
    if os.environ.get(HOME_VARIABLE) or not documents.is_dir():
        return home_folder() / "sample"
    return documents / "Versa Director" / "Sample"


def _inside(name: str) -> Path:
    folder = home_folder() / name
    folder.mkdir(exist_ok=True)
    return folder


def _system_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
