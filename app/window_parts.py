"""The parts of the window that are made after its first paint, one after the other, so that it answers in between.

Only making and placing them is done here; what they are joined to is in `app.window_wiring`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from app.main_window import MainWindow


@dataclass
class Parts:
    """Views, each None until it is made.

    Attributes:
        timeline, transport, inspector, media, queue, curves: bars and docks.
        skeleton, poses, video, rig: the preview's views.
    """

    timeline: Any = None
    transport: Any = None
    inspector: Any = None
    media: Any = None
    queue: Any = None
    curves: Any = None
    skeleton: Any = None
    poses: Any = None
    video: Any = None
    rig: Any = None


class WindowParts(QObject):
    """Makes the parts step by step, then opens what the program was started with."""

    def __init__(self, window: "MainWindow", paths: list[Path], *, sample: bool) -> None:
        super().__init__(window)
        self._window = window
        self._paths = paths
        self._sample = sample
        self._steps: Iterator[Callable[[], None]] | None = None

    def start(self) -> None:
        """Begin; later calls do nothing."""
        if self._steps is None:
            self._steps = iter(
                (
                    self._make_timeline,
                    self._make_forms,
                    self._make_sound,
                    self._begin,
                    self._make_poses,
                    self._make_video,
                    self._make_skeleton,
                    self._make_jobs,
                    self._make_rest,
                    self._start_engine,
                    self._finish,
                )
            )
            QTimer.singleShot(0, self._next)

    def _next(self) -> None:
        step = next(self._steps, None) if self._steps is not None else None
        if step is None:
            return
        try:
            step()
        finally:
            QTimer.singleShot(0, self._next)

    def _make_timeline(self) -> None:
        from widgets.timeline import TimelineWidget

        window = self._window
        window.parts.timeline = TimelineWidget()
        window.docks.put("timeline", window.parts.timeline)
        window.wiring.connect_timeline()

    def _make_forms(self) -> None:
        from widgets.inspector import Inspector
        from widgets.media_panel import MediaPanel

        window = self._window
        window.parts.inspector = Inspector()
        window.parts.media = MediaPanel()
        window.docks.put("inspector", window.parts.inspector)
        window.docks.put("media", window.parts.media)
        window.wiring.connect_forms()

    def _make_sound(self) -> None:
        from app.playback import Player
        from widgets.transport import TransportBar

        window = self._window
        window.player = Player(window)
        window.parts.transport = TransportBar()
        window.put_transport(window.parts.transport)
        window.sound.connect_sound()

    def _describe(self) -> None:
        """Tell screen readers what the views are for."""
        window, parts = self._window, self._window.parts
        for widget, name, text in (
            (window.preview, self.tr("Preview"), self.tr("Views of the motion, the poses, the video and the rig.")),
            (parts.skeleton, "", self.tr("The person's motion as a skeleton; the camera menu turns it.")),
            (parts.poses, "", self.tr("The pose of the person over the portrait at the playhead.")),
            (parts.video, "", self.tr("What is rendered at the playhead, else the pose.")),
            (parts.rig, self.tr("Portrait rig"), self.tr("Points of the body on the portrait, to be dragged.")),
            (parts.curves, "", self.tr("Loudness of the speech and speed of the movement over time.")),
        ):
            if name:
                widget.setAccessibleName(name)
            widget.setAccessibleDescription(text)

    def _begin(self) -> None:
        """Open the project as soon as there is something to see it in."""
        window = self._window
        if window.wiring.offer_recovery():
            return
        if self._paths:
            window.files.take_files(self._paths)
        elif self._sample:
            window.files.open_sample()

    def _make_skeleton(self) -> None:
        from widgets.skeleton_view import SkeletonView

        window = self._window
        window.parts.skeleton = SkeletonView()
        window.preview.put("skeleton", window.parts.skeleton)
        window.wiring.connect_skeleton()

    def _make_poses(self) -> None:
        from widgets.pose_view import PoseView

        window = self._window
        window.parts.poses = PoseView()
        window.preview.put("poses", window.parts.poses)
        window.wiring.connect_poses()

    def _make_video(self) -> None:
        from widgets.video_view import VideoView

        window = self._window
        window.parts.video = VideoView()
        window.preview.put("video", window.parts.video)
        window.wiring.connect_video()

    def _make_jobs(self) -> None:
        from app.jobs import JobQueue
        from widgets.render_queue import RenderQueueView

        window = self._window
        window.jobs = JobQueue(window, **self._factory())
        window.parts.queue = RenderQueueView()
        window.docks.put("queue", window.parts.queue)
        window.wiring.connect_jobs()

    def _make_rest(self) -> None:
        from widgets.curves_view import CurvesView
        from widgets.rig_editor import RigEditor

        window = self._window
        window.parts.curves = CurvesView()
        window.docks.put("curves", window.parts.curves)
        window.parts.rig = RigEditor()
        window.preview.put("rig", window.parts.rig)
        window.wiring.connect_rest()

    def _start_engine(self) -> None:
        from app.engine import EngineClient

        window = self._window
        window.engine = EngineClient(window, **self._factory())
        window.wiring.connect_engine()

    def _factory(self) -> dict[str, Any]:
        return {"factory": self._window.models} if self._window.models else {}

    def _finish(self) -> None:
        window = self._window
        self._describe()
        window.registry.run_switches()
        window.is_ready = True
        window.ready.emit()
        window.offer_tour()
