"""Work on weights behind the window: one thread does downloads, imports and checks one after the other.

Knows no widgets; what happens is told by signals, which arrive in the window's thread.
"""

import queue
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from PySide6.QtCore import QObject, Signal

from app import logs
from app.failures import detail_of, sentence_of
from core.cancel import Cancelled, CancelToken, Progress

TaskKind = Literal["download", "import", "verify"]

_PATIENCE: Final = 2.0
"""Seconds that the thread has for ending when the window closes."""


@dataclass
class ModelTask:
    """Something to do.

    Attributes:
        name: of the weights.
        kind: what.
        place: where an import takes the files from.
        cancel: stops it.
        progress: its last report, None while it waits.
    """

    name: str
    kind: TaskKind
    place: Path | None = None
    cancel: CancelToken = field(default_factory=CancelToken)
    progress: Progress | None = None


class ModelTasks(QObject):
    """See the module.

    Attributes:
        tasks: waiting and running ones by the name of the weights.

    Signals:
        progressed(str): the task on these weights went on.
        ended(str, str, str, str): name, kind, what there is to say, "" or why it failed; both "" if it was cancelled.
    """

    progressed = Signal(str)
    ended = Signal(str, str, str, str)
    _ended = Signal(object, str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tasks: dict[str, ModelTask] = {}
        self._queue: queue.Queue[ModelTask | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._ended.connect(self._end)

    def start(self, name: str, kind: TaskKind, place: Path | None = None) -> None:
        """Do something with weights as soon as what was asked for before is done; one thing at a time for each."""
        if name in self.tasks:
            return
        task = self.tasks[name] = ModelTask(name, kind, place)
        self._queue.put(task)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="models", daemon=True)
            self._thread.start()

    def cancel(self, name: str) -> None:
        """Stop what is done with weights."""
        task = self.tasks.get(name)
        if task is not None:
            task.cancel.cancel()

    def stop(self) -> None:
        """Stop everything; what was downloaded so far is kept."""
        for task in self.tasks.values():
            task.cancel.cancel()
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(_PATIENCE)
            self._thread = None

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            said, failed = "", ""
            try:
                task.cancel.check()
                said = self._do(task)
            except Cancelled:
                pass
            except Exception as error:  # is told to the user, and an unexpected one goes to the log
                failed = sentence_of(error)
                if detail_of(error):
                    logs.log("error", detail_of(error))
            self._tell(self._ended, task, said, failed)

    def _do(self, task: ModelTask) -> str:
        from models import weights
        from models.weights import install

        entry = weights.find(task.name)

        def report(progress: Progress) -> None:
            task.progress = progress
            self._tell(self.progressed, task.name)

        if task.kind == "verify":
            found = install.verify(entry, report, task.cancel)
            return "" if not found else "; ".join(f"{name} {text}".strip() for name, text in found.items())
        if task.kind == "import" and task.place is not None:
            outcome = install.import_from(entry, task.place, report, task.cancel)
        else:
            outcome = install.download(entry, report, task.cancel)
        return ", ".join(outcome.missing)

    def _tell(self, signal: Any, *values: object) -> None:
        try:
            signal.emit(*values)
        except RuntimeError:  # the window is gone
            return

    def _end(self, task: ModelTask, said: str, failed: str) -> None:
        self.tasks.pop(task.name, None)
        self.ended.emit(task.name, task.kind, said, failed)
