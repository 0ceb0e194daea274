"""Small pictures of projects for the start page and the menu of recent ones, made from their portraits.

Kept in the program's folder under a hash of the project's path; a missing one is no fault.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from app.folders import thumbnail_folder
from widgets.start_page import RecentProject

_SIDE = 288


def thumbnail_file(project: Path, portrait: str = "") -> Path | None:
    """Return the file of a project's thumbnail, or None if there is none.

    Args:
        project: the project's file.
        portrait: picture to make it from anew; "" takes what is there.
    """
    name = hashlib.sha256(str(project.absolute()).encode()).hexdigest()[:24]
    target = thumbnail_folder() / f"{name}.png"
    if portrait:
        image = _small(portrait)
        if not image.isNull():
            image.save(str(target))
    return target if target.is_file() else None


def _small(picture: str) -> QImage:
    """The upper middle square of a picture, where the face is."""
    reader = QImageReader(picture)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(QSize(_SIDE, _SIDE), Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    image = reader.read()
    if image.isNull():
        return image
    side = min(image.width(), image.height())
    return image.copy((image.width() - side) // 2, 0, side, side)


def recent_projects(paths: Iterable[Path]) -> list[RecentProject]:
    """Return projects as the start page shows them."""
    return [RecentProject(str(path), path.stem, str(path.parent), str(thumbnail_file(path) or "")) for path in paths]
