"""Rendering and exporting from the window: requests for the queue, the export dialog, and what the queue's view asks.

Videos are made by the queue's processes (`app.jobs`); motion and timeline are written by a thread, since they are there
already.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox, QPlainTextEdit

from app import logs
from app.sentences import said
from core.rendered import ACTIVE_STATES

if TYPE_CHECKING:
    from app.jobs import RenderRequest
    from app.main_window import MainWindow
    from core.motion import MotionClip
    from widgets.export_dialog import ExportSettings

_PROGRESS_MS: Final = 200
"""Progress of renders is shown this often at most; it comes much more often."""


class WindowExport(QObject):
    """Joins queue, export dialog and session."""

    _written = Signal(str, str)  # file, and why it failed or ""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._box: QMessageBox | None = None
        self._written.connect(self._show_written)
        self._soon = QTimer(self, singleShot=True, interval=_PROGRESS_MS)
        self._soon.timeout.connect(self.show_jobs)

    def connect_jobs(self) -> None:
        """Join the queue and its view."""
        jobs, view = self._window.jobs, self._window.parts.queue
        jobs.changed.connect(lambda _id: self.show_jobs())
        jobs.progress.connect(self._progressed)
        jobs.preview.connect(view.set_preview)
        jobs.chunkReady.connect(self._chunk_ready)
        jobs.finished.connect(self._finished)
        jobs.failed.connect(self._failed)
        view.pauseRequested.connect(jobs.pause)
        view.resumeRequested.connect(lambda job: self.again([job]))
        view.cancelRequested.connect(jobs.cancel)
        view.retryRequested.connect(lambda job: self.again([job]))
        view.removeRequested.connect(jobs.remove)
        view.revealRequested.connect(self.reveal)
        view.playRequested.connect(self._play_out)
        view.resumeLeftRequested.connect(lambda: self.again(jobs.take_left()))
        self.show_jobs()
        view.set_left(len(jobs.left))
        if jobs.left:
            text = self.tr("Renders of the last time wait in the render queue until you go on with them.")
            self._window.show_message("info", text)

    def show_jobs(self) -> None:
        """Show the queue as it is."""
        if self._window.parts.queue is not None and self._window.jobs is not None:
            jobs = [
                replace(job, message=said(job.message), notes=tuple(said(note) for note in job.notes))
                for job in self._window.jobs.jobs()
            ]
            self._window.parts.queue.set_jobs(jobs)

    def _progressed(self, _job: int, _progress: Any) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def running(self) -> bool:
        """Whether a render is running."""
        return any(job.state in ACTIVE_STATES for job in self._jobs())

    def _jobs(self) -> list[Any]:
        return [] if self._window.jobs is None else list(self._window.jobs.jobs())

    # Renders ----------------------------------------------------------------------------------------------------------

    def render(self, *stretches: tuple[int, int] | None, out: Path | None = None, **options: Any) -> None:
        """Put renders into the queue, one for each stretch, as soon as it is known that their renderer can work.

        Args:
            stretches: (start, end) in microseconds, None for the whole.
            out: the file to make; None makes the pieces only, to be seen in the video view.
            options: further attributes of `app.jobs.RenderRequest`.
        """
        window = self._window
        project = window.session.project
        if project is None or window.jobs is None or not stretches:
            return
        from app.jobs import RenderRequest

        window.autosave.save_now()
        requests = []
        for stretch in stretches:
            start, end = stretch if stretch is not None else (None, None)
            if end is not None and window.duration_us is not None:
                end = min(end, window.duration_us)
            requests.append(
                RenderRequest.of(
                    project,
                    window.session.cache_path,
                    out=None if out is None else str(out),
                    start_us=start,
                    end_us=end,
                    **options,
                )
            )
        window.backends.start(requests, self._put_into_queue)

    def _put_into_queue(self, requests: Sequence["RenderRequest"]) -> None:
        for request in requests:
            self._window.jobs.add(request)
        self._window.docks.raise_dock("queue")
        self._window.show_message("info", self.tr("Rendering in the background; go on working."))

    def again(self, ids: Sequence[int]) -> None:
        """Go on with jobs of the queue, or do them again; they are asked about as new ones are.

        What was missing may be missing still, and what was left of another day may take hours.
        """
        queue = self._window.jobs
        asked = [(job, request) for job in ids if (request := queue.request(job)) is not None]

        def go(requests: Sequence["RenderRequest"]) -> None:
            for (job, _), request in zip(asked, requests, strict=True):
                queue.retry(job, request)

        if asked:
            self._window.backends.start([request for _, request in asked], go)

    def pause_or_resume(self) -> None:
        """Pause the running job, or go on with the first paused one."""
        for job in self._jobs():
            if job.state == "running":
                self._window.jobs.pause(job.id)
                return
        for job in self._jobs():
            if job.state in ("paused", "interrupted"):
                self.again([job.id])
                return
        self._window.show_message("info", self.tr("No render is running."))

    def cancel_running(self) -> None:
        """Cancel the running job."""
        for job in self._jobs():
            if job.state in ACTIVE_STATES:
                self._window.jobs.cancel(job.id)
                return
        self._window.show_message("info", self.tr("No render is running."))

    def _chunk_ready(self, job: int, piece: Any) -> None:
        """Show a finished piece at once if it is one of the open project; the engine is asked which ones count."""
        window = self._window
        request = window.jobs.request(job)
        if request is not None and window.session.project is not None:
            same = str(request.project_path) == str(window.session.cache_path)
            if same and getattr(request, "kind", "video") == "video":
                window.wiring.engine.add_piece(piece)

    def _finished(self, job: int, out: str) -> None:
        window = self._window
        window.wiring.engine.ask_pieces()
        window.backends.look_again()
        if not out:
            window.show_message("info", self.tr("Rendered; the video view shows it."))
            return
        self._show_written(out, "")

    def _failed(self, job: int, sentence: str) -> None:
        logs.log("error", f"render: {logs.private(sentence)}")
        self._window.show_message("error", sentence)

    # Files ------------------------------------------------------------------------------------------------------------

    def show_dialog(self) -> None:
        """Open the export dialog."""
        from widgets.export_dialog import ExportDialog

        window = self._window
        project = window.session.project
        if project is None:
            return
        dialog = ExportDialog(window)
        segments = [project.segment(segment_id) for segment_id in window.session.selection]
        selected = (min(s.start_us for s in segments), max(s.end_us for s in segments)) if segments else None
        path = window.session.path or Path.home() / "talk.versa"
        dialog.set_backends(window.backends.choices())
        dialog.set_project(project, str(path), window.duration_us, window.session.in_out, selected)
        dialog.exportRequested.connect(self.export)
        dialog.exec()
        dialog.deleteLater()

    def export(self, settings: "ExportSettings") -> None:
        """Do what the export dialog asks for."""
        window = self._window
        out = Path(settings.path)
        stretch = None
        if settings.start_us is not None and settings.end_us is not None:
            stretch = settings.start_us, settings.end_us
        if settings.kind in ("mp4", "poses"):
            self.render(
                stretch,
                out=out,
                kind="video" if settings.kind == "mp4" else "poses",
                height=settings.height,
                fps=settings.fps,
                crf=settings.crf,
                backend=settings.backend,
            )
        elif settings.kind == "otio":
            project = window.session.project
            if project is not None:
                from core.interchange import export_timeline

                self.write(out, lambda: export_timeline(project, out))
        else:
            clip = window.wiring.engine.clip
            if clip is None:
                window.show_message("warning", self.tr("The motion is not there yet; export it when it is ready."))
                return
            self.write(out, lambda: write_motion(out, clip if stretch is None else cut(clip, *stretch)))

    def write(self, out: Path, work: Callable[[], None]) -> None:
        """Do the work of writing a file in a thread, and say how it went."""

        def run() -> None:
            try:
                work()
            except (OSError, ValueError) as error:
                self._written.emit(str(out), str(error))
            else:
                self._written.emit(str(out), "")

        self._window.show_message("info", self.tr("Writing {name} …").format(name=out.name))
        threading.Thread(target=run, name="export", daemon=True).start()

    def _show_written(self, out: str, problem: str) -> None:
        """Offer to look at a file that is there now."""
        window = self._window
        if problem:
            window.show_message("error", problem)
            return
        window.show_message("info", self.tr("{name} is ready.").format(name=Path(out).name))
        if self._box is not None:
            self._box.close()
        box = self._box = QMessageBox(window)
        box.setWindowTitle(self.tr("Export"))
        box.setIcon(QMessageBox.Icon.Information)
        box.setText(self.tr("{name} is ready.").format(name=Path(out).name))
        box.setInformativeText(str(Path(out).parent))
        show = box.addButton(self.tr("Show in folder"), QMessageBox.ButtonRole.ActionRole)
        show.clicked.connect(lambda: self.reveal(out))
        if Path(out).suffix.lower() in (".mp4", ".mov", ".webm"):
            play = box.addButton(self.tr("Play"), QMessageBox.ButtonRole.ActionRole)
            play.clicked.connect(lambda: self.play_file(out))
        box.addButton(QMessageBox.StandardButton.Close)
        # The user may be in the middle of something else when a long render ends, such as writing a prompt.
        box.setModal(False)
        box.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, window.isActiveWindow() and _is_typing())
        box.finished.connect(lambda _result: self._forget(box))
        box.show()

    def _forget(self, box: QMessageBox) -> None:
        if self._box is box:
            self._box = None
        box.deleteLater()

    def _play_out(self, out: str) -> None:
        if out:
            self.play_file(out)
        else:  # only pieces were made: the video view shows them
            self._window.view.video()

    def reveal(self, path: str) -> None:
        """Show a file in its folder."""
        if path:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(path).parent)))

    def play_file(self, path: str) -> None:
        """Open a file with the system's player."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(path))


def _is_typing() -> bool:
    """Whether the keyboard is in a field of text: a new window must not take it from there."""
    return isinstance(QApplication.focusWidget(), (QLineEdit, QPlainTextEdit))


def write_motion(out: Path, clip: "MotionClip") -> None:
    """Write a motion as `.bvh`, or as arrays into any other file."""
    if out.suffix.lower() == ".bvh":
        from core.bvh import write_bvh

        write_bvh(out, clip.joints, clip.fps)
    else:
        from core.motion_export import write_motion_arrays

        write_motion_arrays(out, clip)


def cut(clip: "MotionClip", start_us: int, end_us: int) -> "MotionClip":
    """Return a stretch of a motion, widened to whole tokens (0.2 s), beginning at time 0."""
    from core.constants import FRAMES_PER_TOKEN
    from core.motion import MotionClip, MotionSpan
    from core.timeline import TOKEN_US

    first_token, last_token = start_us // TOKEN_US, -(-end_us // TOKEN_US)
    first, last = first_token * FRAMES_PER_TOKEN, min(last_token * FRAMES_PER_TOKEN, len(clip))
    spans = [
        MotionSpan(max(span.start, first) - first, min(span.end, last) - first, span.prompt, span.seed)
        for span in clip.spans
        if span.start < last and span.end > first
    ]
    return MotionClip(
        joints=clip.joints[first:last],
        features=clip.features[first:last],
        tokens=clip.tokens[first_token : -(-last // FRAMES_PER_TOKEN)],
        contacts=clip.contacts[first:last],
        fps=clip.fps,
        spans=tuple(spans),
        provenance=clip.provenance,
    )
