"""What the render actions do: they put requests into the queue, and open the model manager.

The queue itself is `app.jobs`; a render never runs in the window's process.
"""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from app.main_window import MainWindow


class WindowRender(QObject):
    """Handlers of the render menu."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.models: Any = None  # app.window_models.WindowModels, made when it is first asked for

    def model_manager(self, name: str = "") -> None:
        """Show the weights of the networks; `name` chooses some."""
        if self.models is None:
            from app.window_models import WindowModels

            self.models = WindowModels(self._window)
            self.models.changed.connect(self._window.backends.look_again)
        self.models.open(name)

    def shut_down(self) -> None:
        """End downloads; what arrived is kept."""
        if self.models is not None:
            self.models.shut_down()

    def whole(self) -> None:
        """Render the whole recording."""
        self._window.exporter.render(None)

    def range(self) -> None:
        """Render from in to out."""
        if self._window.session.in_out is not None:
            self._window.exporter.render(self._window.session.in_out)

    def selected(self) -> None:
        """Render the selected segments: one request for each stretch of touching segments."""
        project = self._window.session.project
        if project is None:
            return
        segments = sorted(
            (project.segment(segment_id) for segment_id in self._window.session.selection), key=lambda s: s.start_us
        )
        stretches: list[tuple[int, int]] = []
        for segment in segments:
            if stretches and segment.start_us <= stretches[-1][1]:
                stretches[-1] = (stretches[-1][0], max(stretches[-1][1], segment.end_us))
            else:
                stretches.append((segment.start_us, segment.end_us))
        self._window.exporter.render(*stretches)

    def pause(self) -> None:
        """Pause the running job, or go on with a paused one."""
        self._window.exporter.pause_or_resume()

    def cancel(self) -> None:
        """Cancel the running job."""
        self._window.exporter.cancel_running()
