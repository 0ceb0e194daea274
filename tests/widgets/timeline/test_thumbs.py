"""The small frames in the video row: the right ones at the right place, read in a thread, and the same when panned."""

import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.rendered import RenderedPiece
from core.video import VideoWriter
from tests.widgets.timeline.conftest import S
from widgets import frame_reader
from widgets.timeline.thumbs import places

FPS = 25.0
SIZE = (96, 120)


def grey(number: int) -> int:
    """How bright a frame is, by its number in the recording."""
    return 40 + number


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> list[RenderedPiece]:
    """Six seconds in two files that meet at three seconds, brighter with each frame."""
    made = []
    for first in (0, 75):
        path = tmp_path_factory.mktemp("pieces") / f"{first}.mp4"
        with VideoWriter(path, SIZE, FPS) as writer:
            for number in range(first, first + 75):
                writer.write(np.full((SIZE[1], SIZE[0], 3), grey(number), np.uint8))
        made.append(RenderedPiece.of_frames(first, 75, FPS, str(path), *SIZE))
    return made


def all_there(rig) -> bool:
    rig.canvas.repaint()
    return not rig.canvas.thumbs.starved


def brightness(rig, seconds: float) -> int:
    return rig.canvas.grab().toImage().pixelColor(rig.at(seconds, "video")).green()


def test_the_row_shows_the_frames_of_its_times(rig, qtbot, pieces):
    rig.widget.set_pieces(pieces)
    qtbot.waitUntil(lambda: all_there(rig), timeout=10_000)
    # A frame stands for the time under its width: about half a second at this zoom.
    for seconds in (0.6, 1.5, 2.5, 3.5, 4.6, 5.8):
        assert abs(brightness(rig, seconds) - grey(round(seconds * FPS))) <= 16, seconds
    rig.canvas.set_view(rig.canvas.view.showing(2 * S, 4 * S))
    qtbot.waitUntil(lambda: all_there(rig), timeout=10_000)
    for seconds in (2.1, 2.95, 3.05, 3.9):
        assert abs(brightness(rig, seconds) - grey(round(seconds * FPS))) <= 5, seconds


def test_panned_they_are_the_same_and_a_strip_is_painted_like_the_whole(rig, qtbot, pieces):
    rig.widget.set_pieces(pieces)
    rig.canvas.set_view(rig.canvas.view.showing(1 * S, 5 * S))
    qtbot.waitUntil(lambda: all_there(rig), timeout=10_000)
    before = {seconds: brightness(rig, seconds) for seconds in np.arange(2.0, 4.0, 0.1)}
    view = rig.canvas.view
    rig.canvas.set_view(view.__class__(view.start_us + 40 * view.us_per_px, view.us_per_px, view.width))
    qtbot.waitUntil(lambda: all_there(rig), timeout=10_000)
    assert {seconds: brightness(rig, seconds) for seconds in before} == before
    whole = rig.canvas.grab().toImage()
    rig.widget.set_playhead(3 * S)
    rig.canvas.repaint()
    rig.widget.set_playhead(0)
    qtbot.wait(30)
    assert rig.canvas.grab().toImage() == whole


def test_the_window_s_thread_decodes_nothing(rig, qtbot, pieces, monkeypatch):
    readers = set()
    real = frame_reader._OpenFile.read

    def read(file, number, height=0):
        readers.add(threading.current_thread())
        assert height == rig.canvas.thumbs._height
        return real(file, number, height)

    monkeypatch.setattr(frame_reader._OpenFile, "read", read)
    rig.widget.set_pieces(pieces)
    qtbot.waitUntil(lambda: all_there(rig), timeout=10_000)
    assert readers and threading.main_thread() not in readers


def test_a_file_that_is_gone_leaves_the_row_s_colour(rig, qtbot, tmp_path: Path):
    rig.widget.set_pieces([RenderedPiece.of_frames(0, 75, FPS, str(tmp_path / "gone.mp4"), *SIZE)])
    qtbot.waitUntil(lambda: all_there(rig), timeout=10_000)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 5000),
    st.integers(1, 200),
    st.floats(10, 60),
    st.floats(3e4, 1e7),
    st.floats(0, 0.9),
    st.floats(0.01, 0.1),
)
def test_places_cover_a_piece_without_gaps_by_frames_of_their_own_times(first, count, fps, cell_us, begin, share):
    piece = RenderedPiece.of_frames(first, count, fps, "x", *SIZE)
    length = piece.end_us - piece.start_us
    start = piece.start_us + begin * length
    stop = start + share * length
    found = list(places(piece, start, stop, cell_us))
    assert found[0].start_us <= start and found[-1].end_us >= min(stop, piece.end_us) - 1e-3
    for one, other in pairwise(found):
        assert one.end_us == pytest.approx(other.start_us)
    for place in found:
        assert 0 <= place.name.number < count
        shown = (piece.first_frame + place.name.number) * 1e6 / fps
        frame_us = 1e6 / fps
        assert place.left_us - frame_us - 1 <= shown or place.name.number == count - 1
        assert shown <= place.left_us + max(cell_us, frame_us) + 1 or place.name.number == 0
