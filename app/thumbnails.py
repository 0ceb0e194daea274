"""Small pictures, made by a thread: the portrait for the media panel, and thumbnails of recent projects.

A photograph of a camera takes a tenth of a second and more to decode, and the window must not wait for it. Thumbnails
are kept in the program's folder under a hash of the project's path; a missing one is no fault.
"""

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from app.folders import thumbnail_folder
from widgets.start_page import RecentProject

THUMBNAIL_SIDE: Final = 288


class PictureReader(QObject):
    """Reads pictures one after the other in a thread.

    Signals:
        pictureRead(str, object, object): the file, its `QImage` scaled to fit, null if it cannot be read, and the
            `QSize` that it has upright.
        thumbnailMade(str): the project whose thumbnail there is now.
    """

    pictureRead = Signal(str, object, object)
    thumbnailMade = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stopped = False
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")

    def read(self, path: str, side: int) -> None:
        """Read a picture scaled to a square of `side` pixels that it fits in; never larger than it is."""
        self._do(self._read, path, side)

    def make_thumbnail(self, project: Path, portrait: str) -> None:
        """Make a project's thumbnail of its portrait unless there is one that is younger than the portrait."""
        self._do(self._make_thumbnail, project, portrait)

    def stop(self) -> None:
        """End the thread; what waits is given up."""
        self._stopped = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _do(self, work: Callable[..., None], *arguments: object) -> None:
        if not self._stopped:  # a last signal may ask while the window goes
            self._pool.submit(work, *arguments)

    def _read(self, path: str, side: int) -> None:
        image, size = fitted(path, side)
        self.pictureRead.emit(path, image, size)

    def _make_thumbnail(self, project: Path, portrait: str) -> None:
        target = _target(project)
        with suppress(OSError):
            if target.stat().st_mtime > Path(portrait).stat().st_mtime and _source(target) == portrait:
                return
        image = _small(portrait)
        if not image.isNull():
            image.setText("portrait", portrait)
            image.save(str(target))
            self.thumbnailMade.emit(str(project))


def fitted(path: str, side: int) -> tuple[QImage, QSize]:
    """Return a picture scaled to fit a square, and its own upright size; both are empty if it cannot be read."""
    reader = QImageReader(path)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > side:
        reader.setScaledSize(size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        return QImage(), QSize()
    turned = (image.width() > image.height()) != (size.width() > size.height())
    return image, size.transposed() if turned else size


def thumbnail_file(project: Path) -> Path | None:
    """Return the file of a project's thumbnail, or None if there is none."""
    target = _target(project)
    return target if target.is_file() else None


def recent_projects(paths: Iterable[Path]) -> list[RecentProject]:
    """Return projects as the start page shows them."""
    return [RecentProject(str(path), path.stem, str(path.parent), str(thumbnail_file(path) or "")) for path in paths]


def _target(project: Path) -> Path:
    name = hashlib.sha256(str(project.absolute()).encode()).hexdigest()[:24]
    return thumbnail_folder() / f"{name}.png"


def _source(thumbnail: Path) -> str:
    """Return the portrait that a thumbnail was made of."""
    return QImageReader(str(thumbnail)).text("portrait")


def _small(picture: str) -> QImage:
    """The upper middle square of a picture, where the face is."""
    reader = QImageReader(picture)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid():
        wanted = QSize(THUMBNAIL_SIDE, THUMBNAIL_SIDE)
        reader.setScaledSize(size.scaled(wanted, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    image = reader.read()
    if image.isNull():
        return image
    side = min(image.width(), image.height())
    return image.copy((image.width() - side) // 2, 0, side, side)
