"""`Newest`: a mailbox between a thread that wishes and a thread that works, in which only the newest wish counts.

For pictures and surfaces that are out of date before they are made. What is done with a wish is its taker's business.
"""

import threading
from typing import Generic, TypeVar

Wish = TypeVar("Wish")


class Newest(Generic[Wish]):
    """Holds at most one wish; a new one replaces it. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._wish: Wish | None = None
        self._closed = False

    def put(self, wish: Wish) -> None:
        """Wish for this instead of what was not taken yet."""
        with self._condition:
            self._wish = wish
            self._condition.notify()

    def take(self) -> Wish | None:
        """Wait for a wish and return it, or None once the box is closed."""
        with self._condition:
            self._condition.wait_for(lambda: self._wish is not None or self._closed)
            wish, self._wish = self._wish, None
            return None if self._closed else wish

    def close(self, *_: object) -> None:
        """Let the taker end; takes what a signal sends, so that it can be connected to one."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
