"""One life of the engine's process: started, fed and read by threads, so that the window never waits for it.

`EngineClient` decides when one is started, killed or replaced.
"""

import contextlib
import multiprocessing
import queue
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Final

from app import polite
from app.engine import entry, messages

_STOP_SECONDS: Final = 1.0


class Link:
    """A child process and its pipe.

    Attributes:
        pid: of the process, None before it runs.
    """

    def __init__(
        self,
        factory: str,
        preload: bool,
        on_start: Callable[[], None],
        on_message: Callable[[Any], None],
        on_end: Callable[[int | None], None],
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            factory: "module:function" of the model source.
            preload: load the networks at once.
            on_start: the process runs. Like the others called from a thread of the link.
            on_message: a message came.
            on_end: the process ended, with its exit code (negative: a signal; None: it could not be started).
        """
        self.pid: int | None = None
        self._factory = factory
        self._preload = preload
        self._on_start, self._on_message, self._on_end = on_start, on_message, on_end
        self._outbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._process: Any = None
        self._pipe: Connection | None = None
        self._killed = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="engine keeper", daemon=True)

    def start(self) -> None:
        """Start the process in the background."""
        self._keeper.start()

    def send(self, message: Any) -> None:
        """Send a message as soon as the process takes it."""
        self._outbox.put(message)

    def kill(self) -> None:
        """End the process at once, whatever it does."""
        self._killed.set()
        if self._process is not None:
            self._process.kill()

    def close(self, wait: bool) -> None:
        """Let the process end; kill it when it does not.

        Args:
            wait: return only when it is gone.
        """
        self._killed.set()
        self._outbox.put(None)
        if not wait or not self._keeper.is_alive():
            return
        self._keeper.join(_STOP_SECONDS)
        if self._keeper.is_alive():
            self.kill()
            self._keeper.join(_STOP_SECONDS)

    def _keep(self) -> None:
        """Start the process, read until it ends, tell how."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=entry.main, args=(theirs, self._factory, self._preload), name="versa engine", daemon=True
        )
        polite.spare_a_core()
        try:
            process.start()
        except OSError:
            self._on_end(None)
            return
        theirs.close()
        self._process, self._pipe, self.pid = process, ours, process.pid
        if self._killed.is_set():
            process.kill()
        threading.Thread(target=self._write, args=(ours,), name="engine writer", daemon=True).start()
        self._on_start()
        with contextlib.suppress(EOFError, OSError):
            while True:
                self._on_message(ours.recv())
        ours.close()
        self._outbox.put(None)
        process.join(_STOP_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
        self._on_end(process.exitcode)

    def _write(self, pipe: Connection) -> None:
        with contextlib.suppress(OSError):
            while (message := self._outbox.get()) is not None:
                pipe.send(message)
            # Said, not closed: the other thread reads from the pipe until the process has ended.
            pipe.send(messages.Stop())
