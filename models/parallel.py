"""Two halves of a network at work at once, for processors.

Products of fifty rows hardly gain from a second core: starting and waiting costs what it saves. Two threads that each
compute on half of the cores do.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from queue import SimpleQueue

import torch
from torch import Tensor


@contextmanager
def cores_for_two() -> Iterator[None]:
    """Products take half of the cores inside; the others are for another thread."""
    cores = torch.get_num_threads()
    torch.set_num_threads(max(1, cores // 2))
    try:
        yield
    finally:
        torch.set_num_threads(cores)


def ahead(values: Iterator[Tensor], mode: Callable[[], AbstractContextManager[object]]) -> Iterator[Tensor]:
    """Yield what another iterator yields, which begins at once and runs ahead in a thread of its own.

    Args:
        values: the iterator; it computes with as many cores as the caller does.
        mode: makes the context that it runs in, since torch's modes hold for one thread only.

    Raises:
        BaseException: whatever the iterator raised, after the last value that it gave.
    """
    passed: SimpleQueue[Tensor | None] = SimpleQueue()
    cores = torch.get_num_threads()

    def run() -> None:
        torch.set_num_threads(cores)
        with mode():
            for value in values:
                passed.put(value)

    work = _thread().submit(run)
    work.add_done_callback(lambda _: passed.put(None))
    return _received(passed, work)


def _received(passed: SimpleQueue[Tensor | None], work: Future[None]) -> Iterator[Tensor]:
    while (value := passed.get()) is not None:
        yield value
    work.result()


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="ahead")
