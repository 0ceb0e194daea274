"""`app.garbage`: what the window is made of is not searched again."""

import gc
from collections.abc import Iterator

import pytest

from app import garbage


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_nothing_is_searched_while_the_window_is_made() -> None:
    garbage.hold()
    before = [generation["collections"] for generation in gc.get_stats()]
    kept = [[number] for number in range(100_000)]
    assert [generation["collections"] for generation in gc.get_stats()] == before
    garbage.settle()
    assert gc.isenabled() and gc.get_freeze_count() > len(kept)


def test_what_was_there_is_left_out_and_what_comes_later_is_found() -> None:
    kept = [[number] for number in range(100_000)]
    assert len(gc.get_objects()) > len(kept)
    garbage.settle()
    assert len(gc.get_objects()) < 10_000  # what a search goes through
    loop: list[object] = []
    loop.append(loop)
    del loop
    assert gc.collect() >= 1
