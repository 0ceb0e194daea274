"""The render queue's file: an SQLite database that several windows and programs may have open at once.

Every change is one transaction, so a program that is killed leaves no half job. Nothing is started or stopped here.
"""

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from app.jobs.owner import anyone_alive, is_alive
from app.jobs.request import JobProgress, RenderRequest
from core.rendered import ACTIVE_STATES, JOB_STATES, JobState, JobView

SCHEMA: Final = 1

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    place INTEGER NOT NULL,
    title TEXT NOT NULL,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    stage TEXT NOT NULL DEFAULT '',
    done INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 1,
    message TEXT NOT NULL DEFAULT '',
    out TEXT NOT NULL DEFAULT '',
    created REAL NOT NULL,
    owner TEXT NOT NULL DEFAULT ''
)"""
_VIEW: Final = "id, title, state, stage, done, total, message, out, created"
_ACTIVE: Final = tuple(sorted(ACTIVE_STATES))
_MARKS: Final = ", ".join("?" * len(_ACTIVE))
# What becomes of a job whose driver is gone.
_ABANDONED: Final[dict[JobState, JobState]] = {
    "running": "interrupted",
    "pausing": "paused",
    "cancelling": "cancelled",
}


class QueueError(RuntimeError):
    """The queue's file cannot be used; one sentence says why and what to do."""


@dataclass(frozen=True)
class Claim:
    """A job that was taken to be run."""

    id: int
    request: RenderRequest


class JobStore:
    """The jobs on disk. May be used from several threads; each has its own connection.

    Attributes:
        path: the database.
        lock_folder: where owners keep their locks.
        replaced: where a damaged database was put aside, None if it was fine.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock_folder = path.with_name(path.name + ".owners")
        self.replaced: Path | None = None
        self._local = threading.local()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._prepare()
        except sqlite3.OperationalError as error:
            raise QueueError(f"{path}: the render queue cannot be opened: {error}") from error
        except sqlite3.DatabaseError:
            # Only the list of jobs is lost; finished chunks lie beside their projects.
            self.close()
            self.replaced = path.with_name(f"{path.stem}-damaged-{int(time.time())}{path.suffix}")
            os.replace(path, self.replaced)
            for rest in ("-wal", "-shm"):
                with contextlib.suppress(OSError):
                    os.unlink(f"{path}{rest}")
            self._prepare()

    def _prepare(self) -> None:
        with self._change() as base:
            version = base.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA:
                raise QueueError(
                    f"{self.path}: the render queue was made by a newer version of the program; install that one, or "
                    "move the file away"
                )
            base.execute(_TABLE)
            base.execute(f"PRAGMA user_version = {SCHEMA}")

    def close(self) -> None:
        """Close this thread's connection."""
        base = getattr(self._local, "base", None)
        if base is not None:
            base.close()
            self._local.base = None

    # Reading ----------------------------------------------------------------------------------------------------------

    def views(self) -> list[JobView]:
        """Return all jobs in their order."""
        rows = self._base().execute(f"SELECT {_VIEW} FROM jobs ORDER BY place, id").fetchall()
        return [_view(row) for row in rows]

    def view(self, job: int) -> JobView | None:
        """Return a job, or None if there is none of that number."""
        row = self._base().execute(f"SELECT {_VIEW} FROM jobs WHERE id = ?", (job,)).fetchone()
        return None if row is None else _view(row)

    def state(self, job: int) -> JobState | None:
        """Return how a job stands, None if it is gone."""
        row = self._base().execute("SELECT state FROM jobs WHERE id = ?", (job,)).fetchone()
        return None if row is None else _state(row[0])

    def request(self, job: int) -> RenderRequest | None:
        """Return what a job was asked for."""
        row = self._base().execute("SELECT request FROM jobs WHERE id = ?", (job,)).fetchone()
        return None if row is None else RenderRequest.from_json(row[0])

    # Changing ---------------------------------------------------------------------------------------------------------

    def add(self, request: RenderRequest) -> int:
        """Put a job at the end; return its number."""
        with self._change() as base:
            place = base.execute("SELECT coalesce(max(place), -1) + 1 FROM jobs").fetchone()[0]
            cursor = base.execute(
                "INSERT INTO jobs (place, title, request, state, out, created) VALUES (?, ?, ?, 'waiting', ?, ?)",
                (place, request.shown_title(), request.to_json(), request.out or "", time.time()),
            )
            return int(cursor.lastrowid or 0)

    def change_state(self, job: int, to: JobState, *, only_from: frozenset[JobState]) -> bool:
        """Give a job another state if it is in one of `only_from`; return whether it was."""
        marks = ", ".join("?" * len(only_from))
        with self._change() as base:
            cursor = base.execute(
                f"UPDATE jobs SET state = ?, message = '' WHERE id = ? AND state IN ({marks})", (to, job, *only_from)
            )
            return cursor.rowcount > 0

    def change_request(self, job: int, request: RenderRequest, *, only_from: frozenset[JobState]) -> None:
        """Let a job be for something else if it is in one of `only_from`."""
        marks = ", ".join("?" * len(only_from))
        with self._change() as base:
            base.execute(
                f"UPDATE jobs SET request = ?, title = ?, out = ? WHERE id = ? AND state IN ({marks})",
                (request.to_json(), request.shown_title(), request.out or "", job, *only_from),
            )

    def claim(self, owner: str, limit: int) -> Claim | None:
        """Take the first waiting job to run it, unless `limit` jobs run already."""
        with self._change() as base:
            running = base.execute(f"SELECT count(*) FROM jobs WHERE state IN ({_MARKS})", _ACTIVE).fetchone()[0]
            row = base.execute(
                "SELECT id, request FROM jobs WHERE state = 'waiting' ORDER BY place, id LIMIT 1"
            ).fetchone()
            if running >= limit or row is None:
                return None
            base.execute(
                "UPDATE jobs SET state = 'running', owner = ?, stage = '', done = 0, total = 1, message = '' "
                "WHERE id = ?",
                (owner, row[0]),
            )
            return Claim(int(row[0]), RenderRequest.from_json(row[1]))

    def finish(self, job: int, state: JobState, progress: JobProgress | None, message: str = "") -> None:
        """Write how a job ended."""
        stage, done, total = ("", 0, 1) if progress is None else (progress.stage, progress.done, progress.total)
        with self._change() as base:
            base.execute(
                "UPDATE jobs SET state = ?, stage = ?, done = ?, total = ?, message = ?, owner = '' WHERE id = ?",
                (state, stage, done, total, message, job),
            )

    def recover(self) -> list[int]:
        """Give back the jobs of programs that are gone; return their numbers."""
        found = self._base().execute(f"SELECT id, state, owner FROM jobs WHERE state IN ({_MARKS})", _ACTIVE).fetchall()
        gone = [(job, _state(state)) for job, state, owner in found if not is_alive(self.lock_folder, owner or "-")]
        for job, state in gone:
            self.change_state(job, _ABANDONED[state], only_from=frozenset({state}))
        return [job for job, _ in gone]

    def hold_leftovers(self) -> list[int]:
        """Pause what waits, unless another program is there that runs it; return all jobs that can be resumed.

        For the start of a program: nobody expects that it begins to work by itself on what was asked for yesterday.
        """
        if not anyone_alive(self.lock_folder):
            for view in self.views():
                self.change_state(view.id, "paused", only_from=frozenset({"waiting"}))
        return [view.id for view in self.views() if view.state in ("paused", "interrupted")]

    def remove(self, job: int) -> bool:
        """Take a job that does not run off the list; return whether it was there."""
        with self._change() as base:
            cursor = base.execute(f"DELETE FROM jobs WHERE id = ? AND state NOT IN ({_MARKS})", (job, *_ACTIVE))
            return cursor.rowcount > 0

    def move(self, job: int, row: int) -> None:
        """Put a job at another place of the list, counted from 0."""
        with self._change() as base:
            order = [found[0] for found in base.execute("SELECT id FROM jobs ORDER BY place, id")]
            if job not in order:
                return
            order.remove(job)
            order.insert(max(0, min(row, len(order))), job)
            base.executemany("UPDATE jobs SET place = ? WHERE id = ?", list(enumerate(order)))

    # Inside -----------------------------------------------------------------------------------------------------------

    def _base(self) -> sqlite3.Connection:
        base: sqlite3.Connection | None = getattr(self._local, "base", None)
        if base is None:
            base = sqlite3.connect(self.path, timeout=10.0, isolation_level=None)
            base.execute("PRAGMA journal_mode = WAL")
            # Survives a killed program; only a power cut may cost the last changes of the list.
            base.execute("PRAGMA synchronous = NORMAL")
            self._local.base = base
        return base

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        base = self._base()
        base.execute("BEGIN IMMEDIATE")
        try:
            yield base
        except BaseException:
            base.execute("ROLLBACK")
            raise
        base.execute("COMMIT")


def with_progress(view: JobView, progress: JobProgress | None) -> JobView:
    """Return a job with what is known of its progress."""
    if progress is None:
        return view
    return replace(
        view,
        stage=progress.stage,
        done=progress.done,
        total=progress.total,
        seconds_left=progress.seconds_left,
        message=progress.message or view.message,
    )


def _state(text: str) -> JobState:
    for state in JOB_STATES:
        if state == text:
            return state
    return "failed"  # of a later version of the program


def _view(row: tuple[object, ...]) -> JobView:
    job, title, state, stage, done, total, message, out, created = row
    return JobView(
        id=int(str(job)),
        title=str(title),
        state=_state(str(state)),
        stage=str(stage),
        done=int(str(done)),
        total=int(str(total)),
        message=str(message),
        out=str(out),
        created=float(str(created)),
    )
