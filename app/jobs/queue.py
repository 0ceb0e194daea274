"""`JobQueue`: render jobs as the window sees them. They wait on disk, run in processes, and outlive the program."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

from app.engine.messages import INSTALLED
from app.folders import home_folder
from app.jobs import driver
from app.jobs.request import JobProgress, RenderRequest
from app.jobs.store import JobStore, with_progress
from core.rendered import JobState, JobView

QUEUE_VARIABLE: Final = "VERSA_QUEUE"
"""Environment variable that names another file for the queue."""

_END_SECONDS: Final = 5.0
_REPEATABLE: Final[frozenset[JobState]] = frozenset({"paused", "interrupted", "failed", "cancelled", "done"})


def queue_path() -> Path:
    """Return the file of the render queue."""
    given = os.environ.get(QUEUE_VARIABLE)
    return Path(given) if given else home_folder() / "render-queue.sqlite"


class JobQueue(QObject):
    """The render queue.

    Attributes:
        path: its file.
        left: jobs of an earlier start that stand still until the user wants them.

    Signals:
        changed: number of a job that was added, removed, moved, or is in another state.
        progress: number and `JobProgress` of a running job.
        preview: number and a rough (H, W, 3) uint8 picture of what a slow renderer works on, None when it is over.
        chunkReady: number and `RenderedPiece`: a chunk is finished and can be shown.
        finished: number and the file that was made ("" when only chunks were wanted).
        failed: number (0 for the queue itself) and a sentence.
    """

    changed = Signal(int)
    progress = Signal(int, object)
    preview = Signal(int, object)
    chunkReady = Signal(int, object)
    finished = Signal(int, str)
    failed = Signal(int, str)

    _told = Signal(object)  # from the driver's thread into this object's

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        path: Path | None = None,
        factory: str = INSTALLED,
        limit: int = 1,
    ) -> None:
        """Open the queue; what was left of an earlier start stands still.

        Args:
            parent: owner.
            path: the queue's file, None for the user's own.
            factory: "module:function" of the workers' model source.
            limit: jobs that run at the same time.

        Raises:
            app.jobs.store.QueueError: the file cannot be used.
        """
        super().__init__(parent)
        self.path = queue_path() if path is None else path
        self._store = JobStore(self.path)
        self._live: dict[int, JobProgress] = {}
        self._notes: dict[int, tuple[str, ...]] = {}
        self._shows: set[int] = set()
        self._unwanted: set[int] = set()
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)
        self._store.recover()
        self.left = tuple(self._store.hold_leftovers())
        self._driver = driver.Driver(self._store, factory, limit, self._told.emit)
        self._driver.start()

    def stop(self) -> None:
        """End the driver and its workers; running jobs become interrupted. Takes three seconds at most."""
        self._driver.end(_END_SECONDS)
        self._store.close()

    # Asking -----------------------------------------------------------------------------------------------------------

    def jobs(self) -> list[JobView]:
        """Return all jobs in their order, running ones with their progress."""
        return [self._with_news(view) for view in self._store.views()]

    def job(self, job: int) -> JobView | None:
        """Return a job, or None if there is none of that number."""
        view = self._store.view(job)
        return None if view is None else self._with_news(view)

    def request(self, job: int) -> RenderRequest | None:
        """Return what a job was asked for."""
        return self._store.request(job)

    # Changing ---------------------------------------------------------------------------------------------------------

    def add(self, request: RenderRequest) -> int:
        """Put a render at the end of the queue; return its number."""
        job = self._store.add(request)
        self._news(job)
        return job

    def pause(self, job: int) -> None:
        """Stop a job so that it can go on later; finished chunks are kept."""
        if not self._store.change_state(job, "paused", only_from=frozenset({"waiting"})):
            self._store.change_state(job, "pausing", only_from=frozenset({"running"}))
        self._news(job)

    def take_left(self) -> tuple[int, ...]:
        """Return what was left of an earlier start, in its order, and offer it no more."""
        left, self.left = self.left, ()
        return left

    def retry(self, job: int, request: RenderRequest | None = None) -> None:
        """Do a job again that ended, or go on with one; what is finished of it is used again.

        Args:
            job: its number.
            request: what to do instead, None for the same.
        """
        if request is not None:
            self._store.change_request(job, request, only_from=_REPEATABLE)
        self._forget(job)
        self._store.change_state(job, "waiting", only_from=_REPEATABLE)
        self._news(job)

    def cancel(self, job: int) -> None:
        """Stop a job: softly at once, and by the end of its process two seconds later."""
        quiet: frozenset[JobState] = frozenset({"waiting", "paused", "interrupted"})
        if not self._store.change_state(job, "cancelled", only_from=quiet):
            self._store.change_state(job, "cancelling", only_from=frozenset({"running", "pausing"}))
        self._news(job)

    def remove(self, job: int) -> None:
        """Take a job off the list; one that runs is cancelled first. Finished chunks stay in the project's cache."""
        if not self._store.remove(job):
            self._unwanted.add(job)
            self.cancel(job)
            return
        self._forget(job)
        self.changed.emit(job)

    def move(self, job: int, row: int) -> None:
        """Put a job at another place of the list, counted from 0; the first that waits is the next to run."""
        self._store.move(job, row)
        self._news(job)

    # Inside -----------------------------------------------------------------------------------------------------------

    def _news(self, job: int) -> None:
        self._driver.wake()
        self.changed.emit(job)

    def _with_news(self, view: JobView) -> JobView:
        return replace(with_progress(view, self._live.get(view.id)), notes=self._notes.get(view.id, ()))

    def _forget(self, job: int) -> None:
        self._live.pop(job, None)
        self._notes.pop(job, None)

    def _end_preview(self, job: int) -> None:
        if job in self._shows:
            self._shows.discard(job)
            self.preview.emit(job, None)

    def _on_told(self, event: object) -> None:
        if isinstance(event, driver.Progressed):
            self._live[event.id] = event.progress
            self.progress.emit(event.id, event.progress)
        elif isinstance(event, driver.Noted):
            known = self._notes.get(event.id, ())
            self._notes[event.id] = (*known, *(text for text in (event.text,) if text not in known))
            self.changed.emit(event.id)
        elif isinstance(event, driver.Previewed):
            self._shows.add(event.id)
            self.preview.emit(event.id, event.picture)
        elif isinstance(event, driver.ChunkDone):
            self.chunkReady.emit(event.id, event.piece)
        elif isinstance(event, driver.Finished):
            self.finished.emit(event.id, event.out)
        elif isinstance(event, driver.Failed):
            self.failed.emit(event.id, event.sentence)
        elif isinstance(event, driver.Changed):
            state = self._store.state(event.id)
            if state != "running":
                self._live.pop(event.id, None)
                self._end_preview(event.id)
            if event.id in self._unwanted and self._store.remove(event.id):
                self._unwanted.discard(event.id)
            self.changed.emit(event.id)
