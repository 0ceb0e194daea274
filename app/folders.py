"""Where the program keeps what belongs to the user and not to a project: settings, logs, render queue, thumbnails.

Plain paths without Qt, so that child processes may ask too. Downloaded weights are `models.weights`'s.
"""

import os
from pathlib import Path

from core.home import HOME_VARIABLE, home_folder

__all__ = ["HOME_VARIABLE", "home_folder", "log_folder", "sample_copy_folder", "thumbnail_folder"]


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
