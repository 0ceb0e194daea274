"""One measurement of the editor's views in a process of its own: `python -m app.bench_views NAME FOLDER ANSWER.json`.

Frames are real ones: input goes in as events, and a frame lasts from there until Qt has painted and handed the picture
over. Started by `app.bench_editor`, which makes the recording and the project; not for anything else.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from app import garbage
from app.bench_editor import PROJECT, RECORDING
from core.audio_proxy import AudioProxy
from core.constants import MICROSECONDS, MOTION_FPS, NUM_FEATURES
from core.motion import MotionClip
from core.project_file import cache_folder, load_project

SIZE: Final = (1560, 420)
"""Of a timeline across a window of 1600 pixels."""

NOTCH: Final = 120
FRAMES: Final = 60
PLOT_FRAMES: Final = 8
"""The plain plot is too slow for more."""

FRAME_TIMEOUT: Final = 30.0
OPEN_TIMEOUT: Final = 60.0


class PaintWatch(QObject):
    """Counts the paint events of a widget and all that lies in it."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.count = 0
        self._widget = widget
        instance = QApplication.instance()
        assert instance is not None
        instance.installEventFilter(self)

    def stop(self) -> None:
        """Count no more: seeing every event of the program takes time."""
        instance = QApplication.instance()
        assert instance is not None
        instance.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count."""
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            inside = watched is self._widget or self._widget.isAncestorOf(watched)
            self.count += inside
        return False


class Frames:
    """Measures frames of one widget."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._watch = PaintWatch(widget)
        # Wakes the loop, so that a frame that is never painted is noticed; else it waits for events as the program
        # does, and leaves the processor to the threads that draw.
        self._wake = QTimer(interval=50)
        self._wake.start()

    @property
    def painted(self) -> int:
        """Paint events so far."""
        return self._watch.count

    def one(self, act: Callable[[], object]) -> float:
        """Return the seconds from an action until its picture was painted; infinite if none was."""
        before = self._watch.count
        began = time.perf_counter()
        act()
        while self._watch.count == before:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.perf_counter() - began > FRAME_TIMEOUT:
                return float("inf")
        return time.perf_counter() - began

    def many(self, actions: list[Callable[[], object]]) -> dict[str, float]:
        """Return the figures of several frames."""
        began = time.process_time()
        seconds = [self.one(act) for act in actions]
        return figures(seconds, time.process_time() - began)


def figures(seconds: list[float], processor: float = 0.0) -> dict[str, float]:
    """Median, 95th percentile and longest frame in milliseconds, and frames a second of all together.

    Args:
        seconds: of each frame; infinite where none was painted.
        processor: seconds of processor time of all: what a frame costs where other programs take the cores.
    """
    painted = [value for value in seconds if np.isfinite(value)]
    if not painted:
        return {"frames": 0, "not_painted": len(seconds)}
    milliseconds = np.array(painted) * 1000
    return {
        "frames": len(painted),
        "not_painted": len(seconds) - len(painted),
        "median_ms": round(float(np.median(milliseconds)), 2),
        "p95_ms": round(float(np.percentile(milliseconds, 95)), 2),
        "longest_ms": round(float(milliseconds.max()), 2),
        "mean_cpu_ms": round(1000 * processor / len(painted), 2),
        "fps": round(len(painted) / float(sum(painted)), 1),
    }


def memory_mb() -> float | None:
    """Resident memory of this process now, in MB; None where the system does not tell."""
    try:
        text = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return None
    line = next(line for line in text.splitlines() if line.startswith("VmRSS"))
    return round(int(line.split()[1]) * 1024 / 1e6, 1)


# Long recordings ------------------------------------------------------------------------------------------------------


def _cache(folder: Path) -> Path:
    return cache_folder(folder / PROJECT)


def peaks(folder: Path) -> dict[str, Any]:
    """Decode two hours into the proxy with its peaks, and open it again."""
    before = memory_mb()
    began, processor = time.perf_counter(), time.process_time()
    proxy = AudioProxy.open_or_make(_cache(folder), folder / RECORDING)
    made, worked = time.perf_counter() - began, time.process_time() - processor
    after = memory_mb()
    began = time.perf_counter()
    AudioProxy.open_or_make(_cache(folder), folder / RECORDING)
    opened = time.perf_counter() - began
    return {
        "hours": round(proxy.duration_us / MICROSECONDS / 3600, 2),
        "made_s": round(made, 2),
        "made_cpu_s": round(worked, 2),
        "opened_s": round(opened, 4),
        "memory_grown_mb": None if before is None or after is None else round(after - before, 1),
    }


def sound(folder: Path) -> dict[str, Any]:
    """How much of one core the sound card's thread needs, for each speed."""
    from core.sound_feed import SoundFeed

    proxy = AudioProxy.open_or_make(_cache(folder), folder / RECORDING)
    block = np.zeros((480, 2), dtype=np.float32)
    shares = {}
    for device_rate, speed in ((proxy.rate, 1.0), (proxy.rate, 8.0), (proxy.rate, -8.0), (48_000, 1.0), (48_000, 8.0)):
        feed = SoundFeed(proxy, device_rate)
        feed.play(proxy.frames / 2, speed, None)
        count = 200
        feed.fill(block, 0.0)
        began = time.perf_counter()
        for number in range(count):
            feed.fill(block, number * len(block) / device_rate)
        spent = time.perf_counter() - began
        shares[f"{speed:g}x at {device_rate} Hz"] = round(100 * spent / (count * len(block) / device_rate), 2)
    return {"percent_of_a_core": shares}


# Timeline -------------------------------------------------------------------------------------------------------------


def _wheel(widget: QWidget, modifiers: Qt.KeyboardModifier, notches: int) -> Callable[[], None]:
    """An action that turns the wheel over the middle of a widget."""

    def act() -> None:
        middle = widget.rect().center()
        target = widget.childAt(middle) or widget
        place = QPointF(target.mapFrom(widget, middle))
        event = QWheelEvent(
            place,
            QPointF(widget.mapToGlobal(middle)),
            QPoint(),
            QPoint(0, notches * NOTCH),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(target, event)

    return act


def timeline(folder: Path) -> dict[str, Any]:
    """First drawing, zooming and panning of two hours with 2,000 segments, peaks cached."""
    from widgets.theme import apply_theme
    from widgets.timeline import TimelineWidget

    application = QApplication([])
    apply_theme(application)
    project = load_project(folder / PROJECT)
    began = time.perf_counter()
    proxy = AudioProxy.open_or_make(_cache(folder), folder / RECORDING)
    opened = time.perf_counter() - began
    clip = _clip(round(proxy.duration_us / MICROSECONDS))
    widget = TimelineWidget()
    widget.resize(*SIZE)
    frames = Frames(widget)

    def show() -> None:
        widget.set_project(project)
        widget.set_peaks(proxy.peaks, proxy.mono)
        widget.set_pauses([(k * 7 * MICROSECONDS, k * 7 * MICROSECONDS + 600_000) for k in range(1000)])
        widget.set_motion(clip)
        widget.set_segment_states({segment.id: "ready" for track in project.tracks for segment in track.segments})
        widget.show()
        widget.fit()

    first = opened + frames.one(show)
    found = _gestures(widget, frames)
    widget.fit()
    start = 3600 * MICROSECONDS
    found["playhead"] = frames.many([_call(widget.set_playhead, start + k * 16_667) for k in range(FRAMES)])
    memory = memory_mb()
    widget.set_project(project.replace(tracks=(), markers=(), motion=None))
    widget.set_motion(None)
    widget.fit()
    QApplication.processEvents()
    return {
        "size": list(SIZE),
        "segments": sum(len(track.segments) for track in project.tracks),
        "first_drawing_s": round(first, 3) if np.isfinite(first) else None,
        "of_which_opening_the_proxy_s": round(opened, 3),
        "frames": found,
        "waveform_frames": _gestures(widget, frames),
        "memory_mb": memory,
        "torch": "torch" in sys.modules,
    }


def _gestures(widget: QWidget, frames: Frames) -> dict[str, dict[str, float]]:
    """Pan and zoom with the wheel, from the whole file to single samples and back."""
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    return {
        "pan at whole file": frames.many([_wheel(widget, shift, 1 if k % 2 else -1) for k in range(FRAMES // 2)]),
        "zoom in": frames.many([_wheel(widget, control, 1)] * (FRAMES // 2)),
        "pan at middle zoom": frames.many([_wheel(widget, shift, -1)] * FRAMES),
        "zoom to samples": frames.many([_wheel(widget, control, 1)] * (FRAMES // 2)),
        "pan at samples": frames.many([_wheel(widget, shift, -1)] * FRAMES),
        "zoom out": frames.many([_wheel(widget, control, -1)] * FRAMES),
    }


def _call(function: Callable[[Any], object], value: Any) -> Callable[[], object]:
    return lambda: function(value)


def plot(folder: Path) -> dict[str, Any]:
    """The same waveform in a plain pyqtgraph plot with its own downsampling."""
    import pyqtgraph

    QApplication([])
    proxy = AudioProxy.open_or_make(_cache(folder), folder / RECORDING)
    samples = proxy.mono(0, proxy.frames)
    widget = pyqtgraph.PlotWidget()
    widget.resize(*SIZE)
    frames = Frames(widget)

    def show() -> None:
        item = widget.plotItem.plot(samples)
        item.setDownsampling(auto=True, method="peak")
        item.setClipToView(True)
        widget.setXRange(0, len(samples), padding=0)
        widget.show()

    first = frames.one(show)
    box = widget.plotItem.getViewBox()

    def span(share: float) -> None:
        middle = len(samples) / 2
        frames.one(lambda: widget.setXRange(middle - share * middle, middle + share * middle, padding=0))

    def pan() -> None:
        (low, high), _ = box.viewRange()
        box.translateBy(x=(high - low) * 0.05)

    def zoom(factor: float) -> Callable[[], None]:
        return lambda: box.scaleBy(x=factor)

    found = {"pan at whole file": frames.many([pan] * PLOT_FRAMES)}
    span(1.0)
    found["zoom in"] = frames.many([zoom(0.8)] * PLOT_FRAMES)
    span(1e-3)
    found["pan at middle zoom"] = frames.many([pan] * PLOT_FRAMES)
    found["zoom to samples"] = frames.many([zoom(0.8)] * PLOT_FRAMES)
    span(1e-6)
    found["pan at samples"] = frames.many([pan] * PLOT_FRAMES)
    span(0.5)
    found["zoom out"] = frames.many([zoom(1.25)] * PLOT_FRAMES)
    return {
        "size": list(SIZE),
        "first_drawing_s": round(first, 3) if np.isfinite(first) else None,
        "frames": found,
        "memory_mb": memory_mb(),
    }


# Skeleton -------------------------------------------------------------------------------------------------------------


def _clip(seconds: int) -> MotionClip:
    """A person who sways and waves, for as long as is wanted."""
    count = seconds * MOTION_FPS
    times = np.arange(count) / MOTION_FPS
    joints: NDArray[np.float32] = np.repeat(_standing()[None], count, axis=0)
    joints[:, :, 0] += (0.1 * np.sin(times))[:, None]
    joints[:, 20:22, 1] += (0.3 * np.sin(2.5 * times))[:, None]
    features = np.broadcast_to(np.zeros(NUM_FEATURES, np.float32), (count, NUM_FEATURES))
    contacts = (np.sin(times)[:, None] * np.array([1, 1, -1, -1]) > 0).astype(np.float32)
    return MotionClip(joints, features, np.zeros(-(-count // 4), np.int64), contacts)


def _standing() -> NDArray[np.float32]:
    """A rough standing pose of the 22 joints, metres."""
    heights = [0.95, 0.9, 0.9, 1.1, 0.5, 0.5, 1.2, 0.1, 0.1, 1.3, 0.02, 0.02, 1.5, 1.4, 1.4, 1.65, 1.42, 1.42, 1.15]
    sides = [0, 0.1, -0.1, 0, 0.1, -0.1, 0, 0.1, -0.1, 0, 0.1, -0.1, 0, 0.08, -0.08, 0, 0.18, -0.18, 0.25]
    pose = np.zeros((22, 3), dtype=np.float32)
    pose[:, 1] = [*heights, 1.15, 0.9, 0.9]
    pose[:, 0] = [*sides, -0.25, 0.3, -0.3]
    pose[10:12, 2] = 0.12
    return pose


def skeleton(folder: Path) -> dict[str, Any]:
    """Frames of the 3D view while it plays."""
    from widgets.opengl import opengl_facts
    from widgets.skeleton_view import SkeletonView
    from widgets.theme import apply_theme

    application = QApplication([])
    apply_theme(application)
    view = SkeletonView()
    view.resize(900, 600)
    view.set_clip(_clip(60))
    view.show()
    until(lambda: view.focusProxy() is not None or bool(view.problem), 10.0)  # made after the first paint
    frames = Frames(view.focusProxy() or view)  # the picture, not the row of buttons with its clock
    until(lambda: frames.painted > 1, 10.0)
    steps = [_call(view.set_time, k * 16_667) for k in range(4 * FRAMES)]
    found = {"plain": frames.many(steps)}
    for name in ("floor", "contacts", "root_trail", "wrist_trails", "onion", "follow"):
        view.set_option(name, True)
    found["everything shown"] = frames.many(steps)
    report: dict[str, Any] = {"size": [900, 600], "frames": found, "drawn_by": opengl_facts().renderer}
    if view.problem:
        report["problem"] = view.problem
    return report


def until(done: Callable[[], bool], seconds: float) -> bool:
    """Let the window work until something holds, at most so long; return whether it does."""
    end = time.perf_counter() + seconds
    while not done():
        if time.perf_counter() > end:
            return False
        QApplication.processEvents()
        time.sleep(0.001)
    return True


# The whole window -----------------------------------------------------------------------------------------------------


def window(folder: Path) -> dict[str, Any]:
    """From the start of the process to the first paint, and to the open sample."""
    return _start(None, wait_for_sound=False)


def long(folder: Path) -> dict[str, Any]:
    """Memory of the window with two hours and 2,000 segments open, and its longest pause."""
    return _start(folder / PROJECT, wait_for_sound=True)


def _start(path: Path | None, wait_for_sound: bool) -> dict[str, Any]:
    spawned = float(os.environ.get("VERSA_BENCH_BEGAN", "nan"))
    garbage.hold()
    from app.editor import make_application
    from app.main_window import MainWindow
    from app.settings import Settings

    make_application(sys.argv[:1])
    main = MainWindow(Settings(), [path] if path is not None else [], sample=path is None)
    main.ready.connect(garbage.settle)
    watch = PaintWatch(main)
    main.show()
    until(lambda: watch.count > 0, OPEN_TIMEOUT)
    watch.stop()
    QApplication.processEvents()
    up = time.time()
    report: dict[str, Any] = {
        "up_s": round(up - spawned, 3),
        "memory_when_up_mb": memory_mb(),
        "torch_when_up": "torch" in sys.modules,
    }
    try:
        parts = main.parts
        opened = until(lambda: main.session.project is not None and parts.timeline is not None, OPEN_TIMEOUT)
        if opened:
            drawn = PaintWatch(parts.timeline)
            parts.timeline.update()
            until(lambda: drawn.count > 0, OPEN_TIMEOUT)
            report["project_shown_after_s"] = round(time.time() - up, 3)
        else:
            report["problem"] = "the project did not open"
        report["all_parts_after_s"] = (
            round(time.time() - up, 3) if until(lambda: bool(main.is_ready), OPEN_TIMEOUT) else None
        )
        if wait_for_sound:
            wiring: Any = main.wiring
            until(lambda: getattr(wiring, "proxy", None) is not None, OPEN_TIMEOUT)
            report["longest_pause_ms"] = round(_longest_pause(3.0) * 1000, 1)
            report["memory_mb"] = memory_mb()
        heavy = ("torch", "transformers", "scipy.signal", "cv2", "pyqtgraph", "vispy")
        report["loaded"] = [name for name in heavy if name in sys.modules]
    finally:
        main.wiring.shut_down()
    return report


def _longest_pause(seconds: float) -> float:
    """The longest that the event loop needed for one round while the window stands still."""
    longest, end = 0.0, time.perf_counter() + seconds
    while (now := time.perf_counter()) < end:
        QApplication.processEvents()
        longest = max(longest, time.perf_counter() - now)
        time.sleep(0.002)
    return longest


_MEASURES: Final[dict[str, Callable[[Path], dict[str, Any]]]] = {
    function.__name__: function for function in (peaks, sound, timeline, plot, skeleton, window, long)
}


def main(arguments: list[str]) -> int:
    """Measure and write the answer; a view that is not installed is reported, not an error."""
    name, folder, answer = arguments
    try:
        report = _MEASURES[name](Path(folder))
    except ImportError as error:
        report = {"skipped": f"not there: {error}"}
    Path(answer).write_text(json.dumps(report), "utf-8")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # the figures are written; taking Qt, OpenGL and threads down in order measures nothing


if __name__ == "__main__":
    main(sys.argv[1:])
