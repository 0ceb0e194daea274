"""The thread that runs render jobs: takes waiting ones, starts a worker process for each, and watches it.

What the user wants of a running job is written in the queue's file; this thread obeys it, whichever window wrote it.
"""

import contextlib
import multiprocessing
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app import logs, polite
from app.failures import exit_sentence
from app.jobs import entry
from app.jobs.owner import Owner
from app.jobs.request import STOP, JobNote, JobPreview, JobProgress
from app.jobs.store import Claim, JobStore
from core.rendered import JobState, RenderedPiece

HARD_SECONDS: Final = 2.0
"""Time that a worker has for stopping by itself."""

_LOOK_SECONDS: Final = 0.5
"""The queue's file is looked at this often for what other windows want."""

_ENDS: Final[dict[JobState, JobState]] = {"pausing": "paused", "cancelling": "cancelled"}


@dataclass(frozen=True)
class Changed:
    """A job is in another state."""

    id: int


@dataclass(frozen=True)
class Progressed:
    """A running job got on."""

    id: int
    progress: JobProgress


@dataclass(frozen=True)
class Noted:
    """A running job says something that the user should read."""

    id: int
    text: str


@dataclass(frozen=True, eq=False)
class Previewed:
    """A running job shows what it works on."""

    id: int
    picture: NDArray[np.uint8]


@dataclass(frozen=True)
class ChunkDone:
    """A chunk was rendered."""

    id: int
    piece: RenderedPiece


@dataclass(frozen=True)
class Finished:
    """A job is done."""

    id: int
    out: str


@dataclass(frozen=True)
class Failed:
    """A job failed, or the queue itself (id 0)."""

    id: int
    sentence: str


@dataclass
class _Running:
    """A job with its worker."""

    id: int
    process: Any
    pipe: Connection
    progress: JobProgress | None = None
    outcome: Any = None
    killed_at: float | None = None
    stopping: bool = False


class Driver:
    """Runs jobs in a thread of its own until it is ended."""

    def __init__(self, store: JobStore, factory: str, limit: int, tell: Callable[[object], None]) -> None:
        """Prepare; `start` begins.

        Args:
            store: the queue's file.
            factory: "module:function" of the workers' model source.
            limit: jobs that run at the same time.
            tell: told what happens, from this thread.
        """
        self._thread = threading.Thread(target=self._run, name="render queue", daemon=True)
        self._store, self._factory, self._limit, self._tell = store, factory, limit, tell
        self._owner = Owner(store.lock_folder)
        self._running: dict[int, _Running] = {}
        self._ending = threading.Event()
        self._wake_out, self._wake_in = multiprocessing.Pipe(duplex=False)
        self._wake_lock = threading.Lock()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look at the queue's file now."""
        with self._wake_lock, contextlib.suppress(OSError):
            self._wake_in.send(None)

    def end(self, timeout: float) -> None:
        """Stop running jobs softly, then hard; they count as interrupted. Returns when that is done."""
        self._ending.set()
        self.wake()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        try:
            for job in self._store.recover():
                self._tell(Changed(job))
            while not self._ending.is_set():
                self._start_waiting()
                self._watch()
            self._stop_all()
        except (sqlite3.Error, OSError) as error:
            self._tell(Failed(0, f"The render queue cannot be used ({error}); start the program again."))
        finally:
            for running in self._running.values():
                running.process.kill()
            self._owner.release()
            self._store.close()

    def _start_waiting(self) -> None:
        while len(self._running) < self._limit:
            claim = self._store.claim(self._owner.name, self._limit)
            if claim is None:
                return
            self._start(claim)

    def _start(self, claim: Claim) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=entry.main,
            args=(theirs, claim.request.to_json(), self._factory),
            name=f"versa render {claim.id}",
            daemon=True,
        )
        polite.spare_a_core()
        try:
            process.start()
        except OSError as error:
            sentence = f"The render process cannot be started: {error.strerror or error}."
            self._store.finish(claim.id, "failed", None, sentence)
            self._tell(Failed(claim.id, sentence))
            return
        theirs.close()
        self._running[claim.id] = _Running(claim.id, process, ours)
        self._tell(Changed(claim.id))

    def _watch(self) -> None:
        """Wait for news of workers and of the queue's file, and obey them."""
        pipes = {running.pipe: running for running in self._running.values()}
        ready = wait([self._wake_out, *pipes], timeout=_LOOK_SECONDS)
        for pipe in ready:
            if pipe is self._wake_out:
                while self._wake_out.poll():
                    self._wake_out.recv()
            else:
                self._read(pipes[pipe])  # type: ignore[index]
        for running in list(self._running.values()):
            self._obey(running)
        if not self._running:
            for job in self._store.recover():
                self._tell(Changed(job))

    def _read(self, running: _Running) -> None:
        try:
            while running.pipe.poll():
                message = running.pipe.recv()
                if isinstance(message, JobProgress):
                    running.progress = message
                    self._tell(Progressed(running.id, message))
                elif isinstance(message, JobNote):
                    self._tell(Noted(running.id, message.text))
                elif isinstance(message, JobPreview):
                    self._tell(Previewed(running.id, message.picture))
                elif isinstance(message, RenderedPiece):
                    self._tell(ChunkDone(running.id, message))
                else:
                    running.outcome = message
                    self._end_of(running)
                    return
        except (EOFError, OSError):
            self._end_of(running)

    def _obey(self, running: _Running) -> None:
        if running.id not in self._running:
            return
        state = self._store.state(running.id)
        if state != "running" and not running.stopping:
            self._stop(running)
        if running.killed_at is not None and time.monotonic() >= running.killed_at:
            running.process.kill()
            running.killed_at = None

    def _stop(self, running: _Running) -> None:
        running.stopping = True
        running.killed_at = time.monotonic() + HARD_SECONDS
        with contextlib.suppress(OSError):
            running.pipe.send(STOP)

    def _end_of(self, running: _Running) -> None:
        """Write down how a job ended, once its process is gone."""
        del self._running[running.id]
        outcome = running.outcome
        if outcome is None and not running.stopping:
            running.process.join(HARD_SECONDS)
        if outcome is not None:
            running.pipe.close()  # the worker waits for nothing else
        running.process.join(HARD_SECONDS)
        if running.process.is_alive():
            running.process.kill()
            running.process.join()
        wanted = self._store.state(running.id)
        if outcome is not None and outcome.state == "done":
            self._store.finish(running.id, "done", running.progress)
            self._tell(Changed(running.id))
            self._tell(Finished(running.id, outcome.out))
        elif running.stopping:
            end = _ENDS.get(wanted or "running", "interrupted")
            self._store.finish(running.id, end, running.progress)
            self._tell(Changed(running.id))
        else:
            if outcome is None:
                how = exit_sentence(running.process.exitcode)
                sentence = f"The render process ended unexpectedly ({how}); finished pieces are kept, try again."
            else:
                sentence = outcome.sentence
                if outcome.detail:
                    logs.log("error", f"render: {outcome.detail}")
            self._store.finish(running.id, "failed", running.progress, sentence)
            self._tell(Changed(running.id))
            self._tell(Failed(running.id, sentence))

    def _stop_all(self) -> None:
        for running in self._running.values():
            self._stop(running)
        deadline = time.monotonic() + HARD_SECONDS
        while self._running and time.monotonic() < deadline:
            for pipe in wait([running.pipe for running in self._running.values()], timeout=0.1):
                match = next(running for running in self._running.values() if running.pipe is pipe)
                self._read(match)
        for running in list(self._running.values()):
            running.process.kill()
            self._end_of(running)
