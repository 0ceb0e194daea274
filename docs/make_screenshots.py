"""Makes the user guide's pictures: opens the real editor on the sample project under a display of its own.

    python docs/make_screenshots.py [NAME ...]     all pictures, or those named, into docs/images/guide

Needs Xvfb. Nothing of the user's own settings or projects is touched: the program's folder is a temporary one.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
TARGET = ROOT / "docs" / "images" / "guide"
SIZE = "1366x768x24"
PATIENCE = 240.0
"""Seconds that the motion engine may take."""


class Camera:
    """The open editor, and what is done with it for each picture."""

    def __init__(self, window, application) -> None:
        self.window = window
        self.application = application

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Let the program run until something is there."""
        end = time.monotonic() + PATIENCE
        while not until():
            if time.monotonic() > end:
                raise SystemExit(f"make_screenshots: gave up waiting for {what}")
            self.application.processEvents()
            time.sleep(0.01)

    def rest(self, seconds: float = 0.6) -> None:
        """Let the program run for a while."""
        end = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > end, "time")

    def shoot(self, name: str) -> None:
        """Write the whole screen into a picture."""
        self.rest()
        TARGET.mkdir(parents=True, exist_ok=True)
        self.window.screen().grabWindow(0).save(str(TARGET / f"{name}.png"))
        print(f"docs/images/guide/{name}.png", flush=True)

    def in_dialog(
        self, name: str, open_it: Callable[[], object], prepare: Callable[[object], None] | None = None
    ) -> None:
        """Open a modal dialog, take its picture and close it."""
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        def take() -> None:
            dialog = QApplication.activeModalWidget() or QApplication.activePopupWidget()
            if prepare is not None:
                prepare(dialog)
            self.shoot(name)
            dialog.close()

        QTimer.singleShot(900, take)
        open_it()
        self.wait(lambda: QApplication.activeModalWidget() is None and QApplication.activePopupWidget() is None, name)

    # Pictures ---------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """The start page."""
        self.wait(lambda: self.window.is_ready, "the window")
        self.window.settings.set_flag("tour_seen", True)
        self.shoot("start")

    def open_sample(self) -> None:
        """Open the sample and wait until its poses are there."""
        self.wait(lambda: self.window.is_ready, "the window")
        self.window.settings.set_flag("tour_seen", True)
        poses: list[object] = []
        self.window.engine.posesReady.connect(lambda _revision, found: poses.append(found))
        self.window.files.open_sample()
        self.wait(lambda: bool(poses) and self.window.engine.state == "ready", "motion and poses")
        self.window.play.go_to(6_600_000)  # in the second prompt, with an arm out
        prompts = [s for t in self.window.session.project.tracks if t.kind == "prompt" for s in t.segments]
        self.window.session.set_selection((prompts[min(1, len(prompts) - 1)].id,))

    def window_(self) -> None:
        """The whole window."""
        self.shoot("window")

    def side_by_side(self) -> None:
        """Three views beside each other."""
        self.window.registry["side_by_side"].setChecked(True)
        self.shoot("side_by_side")
        self.window.registry["side_by_side"].setChecked(False)

    def prompt(self) -> None:
        """A prompt that is written in place."""
        from PySide6.QtTest import QTest

        from widgets.timeline.editor import PromptEditor

        self.window.activateWindow()
        self.window.registry["edit_text"].trigger()
        field = self.window.parts.timeline.findChild(PromptEditor)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "wave")
        self.rest(2.5)
        self.shoot("prompt")
        self.window.parts.timeline.close_editor(keep=False)

    def unknown(self) -> None:
        """A prompt that the motion networks do not know, with the nearest that they know."""
        session = self.window.session
        page = self.window.parts.inspector.segment_page
        poses: list[object] = []
        self.window.engine.posesReady.connect(lambda _revision, found: poses.append(found))
        session.change_segments(session.selection, prompt="juggle three torches")
        self.wait(lambda: page.confidence.wordings[0].isVisible(), "what is known of the prompt")
        self.wait(lambda: bool(poses) and self.window.engine.state == "ready", "motion and poses")
        self.shoot("unknown")
        poses.clear()
        session.undo_stack.undo()
        self.wait(lambda: bool(poses) and self.window.engine.state == "ready", "motion and poses before")

    def palette(self) -> None:
        """The list of commands."""
        self.in_dialog("palette", self.window.registry["palette"].trigger, lambda palette: palette.field.setText("ren"))

    def shortcuts(self) -> None:
        """All shortcuts."""
        self.in_dialog("shortcuts", self.window.registry["sheet"].trigger)

    def rig(self) -> None:
        """The rig editor."""
        self.window.registry["view_rig"].trigger()
        self.window.registry["full_preview"].trigger()
        self.shoot("rig")
        self.window.registry["full_preview"].trigger()
        self.window.registry["view_skeleton"].trigger()

    def poses(self) -> None:
        """The pose view."""
        self.window.registry["view_poses"].trigger()
        self.shoot("poses")
        self.window.registry["view_skeleton"].trigger()

    def queue(self) -> None:
        """The render queue with a render at work, and the video view afterwards."""
        self.window.registry["render_selected"].trigger()
        self.window.docks.raise_dock("queue")
        self.wait(lambda: any(row.state in ("done", "failed") for row in self.window.jobs.jobs()), "a render")
        self.window.registry["view_video"].trigger()
        self.shoot("queue")
        self.window.docks.raise_dock("media")
        self.window.registry["view_skeleton"].trigger()

    def renderer(self) -> None:
        """The diffusion renderer and its options in the inspector, without weights."""
        from PySide6.QtCore import Qt

        window = self.window
        form = window.parts.inspector.rendering
        chosen = window.session.selection
        window.session.set_selection(())
        form.backend.setFocus()
        window.session.set_output(backend="versa")
        self.wait(lambda: form.problem.isVisible(), "what is missing for the renderer")
        sizes = window.docks["timeline"].height()
        window.resizeDocks([window.docks["timeline"]], [150], Qt.Orientation.Vertical)
        self.rest(0.3)
        window.parts.inspector.scroll_to(form.reset)
        self.shoot("renderer")
        window.resizeDocks([window.docks["timeline"]], [sizes], Qt.Orientation.Vertical)
        window.session.undo_stack.undo()
        window.session.set_selection(chosen)

    def export(self) -> None:
        """The export dialog."""
        self.in_dialog("export", self.window.registry["export"].trigger)


NAMES = (
    "window_", "side_by_side", "poses", "prompt", "palette", "shortcuts", "rig", "queue", "renderer", "export",
    "unknown",
)  # fmt: skip


def take_pictures(names: list[str]) -> None:
    """Open the editor and take the pictures."""
    from app.editor import install_language, make_application
    from app.main_window import MainWindow
    from app.settings import Settings

    application = make_application(["versa"])
    settings = Settings()
    settings.set_text("language", os.environ.get("VERSA_SCREENSHOT_LANGUAGE", "en"))
    translators = install_language(application, settings)
    window = MainWindow(settings)
    window.show()
    camera = Camera(window, application)
    if not names or "start" in names:
        camera.start()
    camera.open_sample()
    for name in NAMES:
        if not names or name.rstrip("_") in names:
            getattr(camera, name)()
    window.session.undo_stack.setClean()
    window.close()
    del translators


def main() -> None:
    """Start a display, and this script again inside it."""
    names = sys.argv[1:]
    if os.environ.get("VERSA_SCREENSHOTS"):
        take_pictures(names)
        return
    with tempfile.TemporaryDirectory() as home:
        environment = dict(os.environ, VERSA_HOME=home, VERSA_SCREENSHOTS="1", LC_ALL="C.UTF-8")
        command = ["xvfb-run", "-a", "-s", f"-screen 0 {SIZE}", sys.executable, __file__, *names]
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
