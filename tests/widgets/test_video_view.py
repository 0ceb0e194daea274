"""`widgets.video_view`: the right frame at every time, the fallback, and the wipe."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.rendered import RenderedPiece
from core.timecode import frame_start
from core.video import VideoWriter
from widgets.frame_reader import FrameName, FrameReader
from widgets.video_view import VideoView
from widgets.wipe import Wipe

WIDTH, HEIGHT, BITS = 160, 96, 8


def numbered(number: int, tint: int = 0) -> NDArray[np.uint8]:
    """A picture with a number burnt in: eight blocks, black or white."""
    frame = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    frame[HEIGHT // 2 :, :, 0] = tint
    for bit in range(BITS):
        frame[8:40, 8 + 18 * bit : 8 + 18 * bit + 16] = 235 if number >> bit & 1 else 20
    return frame


def read_number(image: QImage) -> int:
    """The number burnt in."""
    return sum((image.pixelColor(16 + 18 * bit, 24).green() > 128) << bit for bit in range(BITS))


def make_piece(path: Path, first: int, count: int, fps: float = 25.0, tint: int = 0) -> RenderedPiece:
    with VideoWriter(path, (WIDTH, HEIGHT), fps) as writer:
        for number in range(first, first + count):
            writer.write(numbered(number, tint))
    return RenderedPiece.of_frames(first, count, fps, str(path), WIDTH, HEIGHT)


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> tuple[RenderedPiece, ...]:
    folder = tmp_path_factory.mktemp("pieces")
    return (make_piece(folder / "a.mp4", 0, 60), make_piece(folder / "b.mp4", 60, 40))


@pytest.fixture
def view(qtbot: QtBot) -> VideoView:
    made = VideoView()
    qtbot.addWidget(made, before_close_func=lambda widget: widget.shutdown())
    made.resize(480, 400)
    with qtbot.waitExposed(made):
        made.show()
    return made


def shown_number(view: VideoView, qtbot: QtBot) -> int:
    qtbot.waitUntil(lambda: view.frame_image() is not None, timeout=5000)
    image = view.frame_image()
    assert image is not None
    return read_number(image)


def test_every_seek_shows_its_own_frame(view: VideoView, pieces: tuple[RenderedPiece, ...], qtbot: QtBot) -> None:
    view.set_pieces(pieces)
    order = [0, 59, 60, 1, 99, 30, 29, 28, 61, 5, 58, 98, 0]
    for number in order:
        view.set_time(round(number * 1e6 / 25))
        assert shown_number(view, qtbot) == number
        view.set_time(round((number + 1) * 1e6 / 25) - 1)  # the frame's last microsecond
        assert shown_number(view, qtbot) == number


def test_playing_shows_each_frame_in_turn_across_the_joint(
    view: VideoView, pieces: tuple[RenderedPiece, ...], qtbot: QtBot
) -> None:
    view.set_pieces(pieces)
    for number in range(52, 70):
        view.set_time(number * 40_000)
        assert shown_number(view, qtbot) == number
    # What comes next is read before it is asked for.
    following = FrameName(pieces[1].path, 12)
    qtbot.waitUntil(lambda: view._reader.frame(following) is not None, timeout=5000)


def test_frame_rates_that_are_no_whole_number(view: VideoView, tmp_path: Path, qtbot: QtBot) -> None:
    rate = 30000 / 1001
    view.set_pieces((make_piece(tmp_path / "ntsc.mp4", 100, 50, rate),))
    for number in (100, 149, 120, 121, 110):
        view.set_time(frame_start(number, rate))
        assert shown_number(view, qtbot) == number


def test_painted_picture_is_fitted_and_letterboxed(
    view: VideoView, pieces: tuple[RenderedPiece, ...], qtbot: QtBot
) -> None:
    view.set_pieces(pieces)
    view.set_time(3 * 40_000)
    assert shown_number(view, qtbot) == 3
    place = view.picture_rect()
    assert place.width() == pytest.approx(480)
    assert place.height() == pytest.approx(480 * HEIGHT / WIDTH)
    grabbed = view.grab().toImage()
    above = grabbed.pixelColor(240, int(place.top()) // 2)
    inside = grabbed.pixelColor(240, int(place.top()) + 6)
    assert above.lightness() < 40 < inside.lightness()
    assert grabbed.pixelColor(int(place.left() + 3 * 16), int(place.top() + 3 * 24)).green() > 150


def test_fallback_where_nothing_is_rendered(view: VideoView, pieces: tuple[RenderedPiece, ...], qtbot: QtBot) -> None:
    asked: list[int] = []

    def poses(time_us: int) -> QImage:
        asked.append(time_us)
        image = QImage(80, 48, QImage.Format.Format_RGB32)
        image.fill(QColor(10, 200, 30))
        return image

    view.set_pieces(pieces[1:])
    view.set_fallback(poses)
    view.set_time(1_000_000)
    assert view.frame_image() is None
    green = view.grab().toImage().pixelColor(240, 260)
    assert asked[-1] == 1_000_000
    assert green.green() > 180 and green.red() < 40
    view.set_time(70 * 40_000)
    assert shown_number(view, qtbot) == 70
    assert view.grab().toImage().pixelColor(240, 260).green() < 150


def test_damaged_and_missing_pieces_are_told(view: VideoView, tmp_path: Path, qtbot: QtBot) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no video at all")
    with qtbot.waitSignal(view.readFailed, timeout=5000) as told:
        view.set_pieces((RenderedPiece.of_frames(0, 10, 25.0, str(bad), WIDTH, HEIGHT),))
    assert "render this piece again" in told.args[0]
    with qtbot.waitSignal(view.readFailed, timeout=5000):
        view.set_pieces((RenderedPiece.of_frames(0, 10, 25.0, str(tmp_path / "gone.mp4"), WIDTH, HEIGHT),))
    view.grab()  # paints the sentence without an error


def test_piece_shorter_than_said_stands_still_at_its_end(view: VideoView, tmp_path: Path, qtbot: QtBot) -> None:
    made = make_piece(tmp_path / "short.mp4", 0, 20)
    view.set_pieces((RenderedPiece.of_frames(0, 40, 25.0, made.path, WIDTH, HEIGHT),))
    for number, expected in ((35, 19), (5, 5), (36, 19), (19, 19)):
        view.set_time(number * 40_000)
        assert shown_number(view, qtbot) == expected


def test_cache_stays_within_its_bytes(pieces: tuple[RenderedPiece, ...], qtbot: QtBot) -> None:
    one = WIDTH * HEIGHT * 4
    reader = FrameReader(cache_bytes=30 * one)
    names = tuple(FrameName(pieces[0].path, number) for number in range(60))
    try:
        with qtbot.waitSignal(reader.frameReady, timeout=5000):
            reader.wish(names[:1], names[1:])
        qtbot.waitUntil(lambda: reader.frame(names[3]) is not None, timeout=5000)
        with qtbot.waitSignal(reader.frameReady, timeout=5000):
            reader.wish((names[59],))
        assert reader._held <= 30 * one
        assert reader.frame(names[59]) is not None
    finally:
        reader.stop()


@pytest.fixture
def comparison(
    view: VideoView, pieces: tuple[RenderedPiece, ...], tmp_path: Path, qtbot: QtBot
) -> Callable[[float, float], QColor]:
    """The view with a wipe of a dark and a red take; a function gives the colour at shares of the picture."""
    view.set_pieces(pieces)
    view.set_compare_pieces((make_piece(tmp_path / "other.mp4", 0, 20, tint=250),), ("Take 1", "Take 2"))
    view.set_time(4 * 40_000)
    wanted = view._names()
    qtbot.waitUntil(lambda: all(view._reader.frame(name) is not None for name in wanted), timeout=5000)

    def colour(across: float, down: float) -> QColor:
        place = view.picture_rect()
        picture = view.grab().toImage()
        return picture.pixelColor(int(place.left() + across * place.width()), int(place.top() + down * place.height()))

    return colour


def test_wipe_splits_at_the_divider(view: VideoView, comparison: Callable[[float, float], QColor]) -> None:
    assert comparison(0.45, 0.7).red() < 120 < 180 < comparison(0.55, 0.7).red()
    view.wipe.position = 0.25
    assert comparison(0.2, 0.7).red() < 120 < 180 < comparison(0.3, 0.7).red()
    view.set_compare_pieces(None)
    assert comparison(0.9, 0.7).red() < 120


def test_divider_is_dragged_by_mouse_and_keys(view: VideoView, comparison: Callable[[float, float], QColor]) -> None:
    place = view.picture_rect()
    start = QPoint(int(view.wipe.divider(place)), int(place.center().y()))
    end = QPoint(int(place.left() + 0.75 * place.width()), start.y())
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
    assert view.wipe.position == pytest.approx(0.75, abs=0.01)
    assert comparison(0.7, 0.7).red() < 120 < 180 < comparison(0.8, 0.7).red()
    QTest.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert view.wipe.position == pytest.approx(0.73, abs=0.01)


def test_wipe_stays_inside_the_picture() -> None:
    wipe = Wipe()
    place = QRectF(100, 50, 200, 100)
    wipe.move_to(20, place)
    assert wipe.position == 0.0 and wipe.divider(place) == 100
    wipe.move_to(900, place)
    assert wipe.position == 1.0 and wipe.divider(place) == 300
    assert wipe.hits(QRectF(295, 90, 1, 1).center(), place)
    assert not wipe.hits(QRectF(250, 90, 1, 1).center(), place)
