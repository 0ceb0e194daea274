"""An iterator whose items are made in a thread of their own, a few ahead of who uses them.

For decoders: they free Python's lock while they work, so decoding and what is done with its result share two cores.
"""

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

_T = TypeVar("_T")

AHEAD: Final = 4
"""Items that wait at most."""

_LOOK_SECONDS: Final = 0.1


def ahead(items: Iterable[_T], count: int = AHEAD) -> Iterator[_T]:
    """Yield the items in their order; what making them raises is raised here.

    Args:
        items: made in the thread, from the first `next` on. Closed there, if it can be, when the user of this iterator
            stops early.
        count: items that wait at most.
    """
    waiting: queue.Queue[tuple[_T] | BaseException | None] = queue.Queue(count)
    stopped = threading.Event()

    def put(item: tuple[_T] | BaseException | None) -> bool:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=_LOOK_SECONDS)
                return True
            except queue.Full:
                continue
        return False

    def make() -> None:
        end: BaseException | None = None
        try:
            for item in items:
                if not put((item,)):
                    break
        except BaseException as error:  # raised again where the items are used
            end = error
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()
        put(end)

    thread = threading.Thread(target=make, name="read ahead", daemon=True)
    thread.start()
    try:
        while True:
            item = waiting.get()
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item[0]
    finally:
        stopped.set()
        thread.join()
