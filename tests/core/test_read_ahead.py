"""Items made ahead in a thread: all of them, in order, with their errors, and no thread that is left behind."""

import threading

import pytest

from core.read_ahead import ahead


def made(count, log, fail_at=None):
    try:
        for number in range(count):
            if number == fail_at:
                raise ValueError("item 3 is damaged")
            log.append((number, threading.current_thread() is threading.main_thread()))
            yield number
    finally:
        log.append("closed")


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "read ahead"]


def test_all_items_come_in_order_from_another_thread():
    log: list = []
    assert list(ahead(made(50, log))) == list(range(50))
    assert log == [*((number, False) for number in range(50)), "closed"]
    assert list(ahead([])) == [] and threads() == []


def test_no_more_than_a_few_are_made_ahead():
    log: list = []
    items = ahead(made(50, log), count=3)
    assert next(items) == 0
    for _ in range(200):
        if len(log) >= 5:
            break
        threading.Event().wait(0.01)
    threading.Event().wait(0.05)
    assert len(log) == 5, "one used, three wait, one is ready to be put"
    items.close()
    assert log[-1] == "closed" and len(log) < 10 and threads() == []


def test_an_error_comes_after_the_items_before_it():
    log: list = []
    items = ahead(made(9, log, fail_at=3))
    assert [next(items) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="item 3 is damaged"):
        next(items)
    assert log[-1] == "closed" and threads() == []
