"""Pictures that a thread reads: small, upright, made once, and none after the end."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QImage

from app.thumbnails import PictureReader, fitted, thumbnail_file


@pytest.fixture
def reader(qapp, tmp_path, monkeypatch):
    monkeypatch.setenv("VERSA_HOME", str(tmp_path / "home"))
    made = PictureReader()
    yield made
    made.stop()


def picture(path: Path, width: int, height: int, orientation: int = 1) -> Path:
    image = Image.fromarray(np.full((height, width, 3), 90, np.uint8))
    exif = image.getexif()
    exif[0x0112] = orientation
    image.save(path, exif=exif)
    return path


def test_a_picture_comes_scaled_with_its_own_size(reader, tmp_path, qtbot):
    path = str(picture(tmp_path / "p.png", 1600, 800))
    with qtbot.waitSignal(reader.pictureRead) as read:
        reader.read(path, 200)
    name, image, size = read.args
    assert (name, image.width(), image.height()) == (path, 200, 100)
    assert (size.width(), size.height()) == (1600, 800)


def test_a_turned_photograph_is_upright_and_a_small_one_is_not_enlarged(tmp_path):
    turned, size = fitted(str(picture(tmp_path / "t.jpg", 800, 400, orientation=6)), 100)
    assert turned.height() > turned.width() and (size.width(), size.height()) == (400, 800)
    assert fitted(str(picture(tmp_path / "s.png", 30, 20)), 100)[0].width() == 30
    assert fitted(str(tmp_path / "none.png"), 100)[0].isNull()


def test_a_thumbnail_is_made_once_and_anew_when_the_portrait_changes(reader, tmp_path, qtbot):
    project, portrait = tmp_path / "talk.versa", picture(tmp_path / "p.png", 300, 600)
    made: list[str] = []
    reader.thumbnailMade.connect(made.append)
    reader.make_thumbnail(project, str(portrait))
    qtbot.waitUntil(lambda: made == [str(project)])
    shown = QImage(str(thumbnail_file(project)))
    assert shown.width() == shown.height() == 288
    with qtbot.waitSignal(reader.pictureRead):
        reader.make_thumbnail(project, str(portrait))
        reader.read(str(portrait), 10)  # one thread, one after the other
    assert len(made) == 1
    later = thumbnail_file(project).stat().st_mtime + 10
    os.utime(portrait, (later, later))
    reader.make_thumbnail(project, str(portrait))
    qtbot.waitUntil(lambda: len(made) == 2)


def test_nothing_is_read_after_the_end(reader, tmp_path):
    reader.stop()
    reader.read(str(tmp_path / "p.png"), 10)
