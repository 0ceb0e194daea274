"""The folder in which the program keeps what belongs to the user and not to a project.

Plain paths, so that models and child processes may ask too; what lies in it is said by `app.folders` and
`models.weights`. Set VERSA_HOME to keep everything in a folder of your own.
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


def _system_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
