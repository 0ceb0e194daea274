"""A render worker: a process that does one job, tells how it goes, and ends.

It stops softly when the pipe says so, and when the pipe closes because its window is gone. Finished chunks lie in the
project's cache by then, so the next run of the job goes on from there.
"""

import contextlib
import os
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app import polite
from app.failures import detail_of, sentence_of
from app.jobs.request import STOP, JobNote, JobPreview, JobProgress, RenderRequest
from app.model_source import ModelSource
from core.cancel import Cancelled, CancelToken, Progress
from core.constants import MICROSECONDS
from core.rendered import RenderedPiece

_REPORT_SECONDS: Final = 0.1
_PREVIEW_SECONDS: Final = 0.5
_PREVIEW_SIDE: Final = 320  # pixels
_PATIENCE: Final = 10.0
"""Seconds that an orphan has for ending softly."""


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    Attributes:
        state: "done", "stopped" or "failed".
        out: the file that was made, or "".
        sentence: why it failed, or "".
        detail: where an unexpected error arose, for the log file, or "".
    """

    state: str
    out: str = ""
    sentence: str = ""
    detail: str = ""


def main(pipe: Connection, request: str, factory: str) -> None:
    """Do a job.

    Args:
        pipe: to whoever started the worker: takes `STOP`, gives `JobProgress`, `JobNote`, `JobPreview` and
            `RenderedPiece`, at last an `Outcome`.
        request: `RenderRequest` as JSON.
        factory: "module:function" that makes the model source.
    """
    from app.engine.child import make_models

    polite.step_back(polite.RENDER)
    worker = _Worker(pipe)
    threading.Thread(target=worker.listen, name="listener", daemon=True).start()
    try:
        outcome = _render(RenderRequest.from_json(request), make_models(factory), worker)
    except Cancelled:
        outcome = Outcome("stopped")
    except Exception as error:  # whoever started the worker shows it
        outcome = Outcome("failed", sentence=sentence_of(error), detail=detail_of(error))
    worker.send(outcome)
    # The outcome is told and all files are closed; taking down the libraries would only keep the next job waiting.
    os._exit(0)


def _render(request: RenderRequest, models: ModelSource, worker: "_Worker") -> Outcome:
    from app.director import Director

    director = Director(
        request.load(), request.project_path, models=models, progress=worker.report, cancel=worker.cancel
    )
    start = None if request.start_us is None else request.start_us / MICROSECONDS
    end = None if request.end_us is None else request.end_us / MICROSECONDS
    if request.kind == "poses":
        from app.pose_video import write_pose_video

        out = Path(request.out or "")
        write_pose_video(
            out,
            director.poses(),
            director.portrait(),
            director.project.audio,
            height=director.project.output.height if request.height is None else request.height,
            fps=director.project.output.fps if request.fps is None else request.fps,
            start=start,
            end=director.audio().duration if end is None else end,  # motion runs on to the end of its last frame
            crf=request.crf,
            weights=models.motion_version(),
            progress=worker.report,
            cancel=worker.cancel,
        )
        return Outcome("done", str(out))
    report = director.render(
        request.out,
        backend=request.backend,
        height=request.height,
        fps=request.fps,
        start=start,
        end=end,
        crf=request.crf,
        on_chunk=worker.send,
        on_note=worker.note,
        on_preview=worker.preview,
    )
    for text in director.notes:
        worker.note(text)
    return Outcome("done", "" if report.out is None else str(report.out))


class _Worker:
    """The worker's end of the pipe."""

    def __init__(self, pipe: Connection) -> None:
        self.cancel = CancelToken()
        self._pipe = pipe
        self._lock = threading.Lock()
        self._last: tuple[str, float] = ("", 0.0)
        self._noted: set[str] = set()
        self._previewed = 0.0

    def listen(self) -> None:
        """Stop when told so; end when nobody is there any more."""
        try:
            while self._pipe.recv() != STOP:
                pass
            self.cancel.cancel()
            while True:
                self._pipe.recv()
        except (EOFError, OSError):
            self.cancel.cancel()
            time.sleep(_PATIENCE)
            os._exit(1)

    def report(self, progress: Progress) -> None:
        """Tell the progress, ten times a second at most and always at a stage's begin and end."""
        now = time.monotonic()
        stage, last = self._last
        ends = progress.done >= progress.total
        if stage == progress.stage and not ends and now - last < _REPORT_SECONDS:
            return
        self._last = (progress.stage, now)
        self.send(JobProgress(progress.stage, progress.done, progress.total, progress.seconds_left, progress.message))

    def note(self, text: str) -> None:
        """Tell a sentence once."""
        if text not in self._noted:
            self._noted.add(text)
            self.send(JobNote(text))

    def preview(self, picture: NDArray[np.uint8]) -> None:
        """Show a rough picture, made small, twice a second at most."""
        import cv2

        now = time.monotonic()
        if now - self._previewed < _PREVIEW_SECONDS:
            return
        self._previewed = now
        scale = _PREVIEW_SIDE / max(picture.shape[:2])
        if scale < 1.0:
            picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
        self.send(JobPreview(np.ascontiguousarray(picture)))

    def send(self, message: JobProgress | RenderedPiece | Outcome | Any) -> None:
        """Send; threads take turns. Nobody listening is no failure of the render."""
        with self._lock, contextlib.suppress(OSError):
            self._pipe.send(message)
