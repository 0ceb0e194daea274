"""`core.newest`: the newest wish wins, the taker waits, and closing ends it."""

import threading

from core.newest import Newest


def test_only_the_newest_wish_is_taken():
    box: Newest[int] = Newest()
    for wish in (1, 2, 0):
        box.put(wish)
    assert box.take() == 0


def test_the_taker_waits_and_ends_when_the_box_is_closed():
    box: Newest[str] = Newest()
    taken = []
    done = threading.Event()

    def run() -> None:
        while (wish := box.take()) is not None:
            taken.append(wish)
            done.set()

    thread = threading.Thread(target=run)
    thread.start()
    box.put("a")
    assert done.wait(10)
    box.close()
    thread.join(10)
    assert not thread.is_alive()
    assert taken == ["a"]


def test_a_closed_box_gives_nothing_even_if_something_is_wished():
    box: Newest[str] = Newest()
    box.put("late")
    box.close()
    assert box.take() is None
