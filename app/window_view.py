"""What the view, timeline-view and help actions do: which views and docks are shown, cameras, language, sheets.

Nothing here changes the project.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QObject, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QScrollArea, QWidget

from app import logs
from app.folders import log_folder
from app.window_docks import LAYOUT_VERSION
from widgets.command_palette import CommandPalette
from widgets.shortcut_editor import ShortcutEditor
from widgets.shortcut_sheet import ShortcutSheet

if TYPE_CHECKING:
    from app.main_window import MainWindow

GUIDE_FILE: Final = Path(__file__).resolve().parent.parent / "docs" / "guide.md"
GUIDE_URL: Final = "https://github.com/versa-director/versa-director/blob/main/docs/guide.md"


class WindowView(QObject):
    """Handlers of the view menu."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._layout: QByteArray | None = None

    # Preview ----------------------------------------------------------------------------------------------------------

    def skeleton(self) -> None:
        """Show the motion in 3D."""
        self._window.preview.set_current("skeleton")

    def poses(self) -> None:
        """Show the poses over the portrait."""
        self._window.preview.set_current("poses")

    def video(self) -> None:
        """Show the rendered video."""
        self._window.preview.set_current("video")

    def rig(self) -> None:
        """Show the portrait's rig."""
        self._window.preview.set_current("rig")

    def set_side_by_side(self, on: bool) -> None:
        """Show 3D, poses and video beside each other."""
        self._window.preview.set_side_by_side(on)

    def set_renderer_view(self, on: bool) -> None:
        """Show in the pose view what the renderer gets."""
        if self._window.parts.poses is not None:
            self._window.parts.poses.set_mode("renderer" if on else "overlay")

    def _camera(self, preset: str) -> None:
        if self._window.parts.skeleton is not None:
            self._window.parts.skeleton.set_camera(preset)

    def camera_front(self) -> None:
        """Look from the front."""
        self._camera("front")

    def camera_side(self) -> None:
        """Look from the side."""
        self._camera("side")

    def camera_top(self) -> None:
        """Look from above."""
        self._camera("top")

    def camera_portrait(self) -> None:
        """Look as the portrait was taken."""
        self._camera("portrait")

    def _option(self, name: str, on: bool) -> None:
        if self._window.parts.skeleton is not None:
            self._window.parts.skeleton.set_option(name, on)

    def set_show_follow(self, on: bool) -> None:
        """Keep the person in the middle."""
        self._option("follow", on)

    def set_show_floor(self, on: bool) -> None:
        """Draw the floor."""
        self._option("floor", on)

    def set_show_contacts(self, on: bool) -> None:
        """Mark the feet on the floor."""
        self._option("contacts", on)

    def set_show_root_trail(self, on: bool) -> None:
        """Draw the way of the hips."""
        self._option("root_trail", on)

    def set_show_wrist_trails(self, on: bool) -> None:
        """Draw the ways of the wrists."""
        self._option("wrist_trails", on)

    def set_show_onion(self, on: bool) -> None:
        """Draw the person before and after."""
        self._option("onion", on)

    def choose_mesh(self) -> None:
        """Ask for an SMPL-X model file and show its body."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Choose an SMPL-X model file"),
            self._window.settings.text("mesh_file"),
            self.tr("SMPL-X models (*.npz *.pkl);;All files (*)"),
        )
        if name:
            self._window.settings.set_text("mesh_file", name)
            self._window.wiring.show_mesh(name)

    def show_limbs(self) -> None:
        """Draw limbs again."""
        self._window.settings.set_text("mesh_file", "")
        self._window.wiring.show_mesh("")

    # Window -----------------------------------------------------------------------------------------------------------

    def reset_layout(self) -> None:
        """Put the docks where they were at first."""
        self._layout = None
        self._window.settings.forget_window()
        self._window.docks.arrange()

    def full_screen(self) -> None:
        """Let the window fill the screen, or not."""
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def full_preview(self) -> None:
        """Hide the docks, or bring those back that were hidden."""
        docks = self._window.docks
        shown = [dock for dock in docks.all() if dock.isVisible()]
        if self._layout is not None:
            self._window.restoreState(self._layout, LAYOUT_VERSION)
            self._layout = None
        elif shown:
            self._layout = self._window.saveState(LAYOUT_VERSION)
            for dock in shown:
                dock.hide()
        else:
            docks.arrange()

    def layout_to_keep(self) -> QByteArray:
        """Return where the docks lie, or where they lay before the preview was shown alone."""
        return self._window.saveState(LAYOUT_VERSION) if self._layout is None else self._layout

    def next_panel(self) -> None:
        """Move the keyboard to the next visible panel."""
        panels: list[QWidget] = [self._window.preview]
        panels += [dock.widget() for dock in self._window.docks.all() if dock.isVisible() and dock.widget()]
        focus = QGuiApplication.focusObject()
        now = next(
            (
                number
                for number, panel in enumerate(panels)
                if isinstance(focus, QWidget) and (panel is focus or panel.isAncestorOf(focus))
            ),
            -1,
        )
        for step in range(1, len(panels) + 1):
            panel = panels[(now + step) % len(panels)]
            if focus_first(panel):
                return

    def palette(self) -> None:
        """Open the command palette."""
        palette = CommandPalette(self._window.registry.palette_items(), self._window)
        palette.chosen.connect(QAction.trigger)
        palette.finished.connect(palette.deleteLater)
        palette.show_over(self._window)

    def sheet(self) -> None:
        """Show the sheet of shortcuts."""
        sheet = ShortcutSheet(self._window.registry.shortcut_rows(), self.mouse_lines(), self._window)
        sheet.exec()

    def mouse_lines(self) -> list[tuple[str, str]]:
        """What the mouse does on the timeline."""
        return [
            (self.tr("Add a segment"), self.tr("Click an empty place")),
            (self.tr("Edit the prompt"), self.tr("Double click")),
            (self.tr("Move"), self.tr("Drag")),
            (self.tr("Trim"), self.tr("Drag an edge")),
            (self.tr("Duplicate"), self.tr("Alt+drag")),
            (self.tr("Select several"), self.tr("Shift or Ctrl+click, drag a frame")),
            (self.tr("Zoom at the pointer"), self.tr("Ctrl+wheel")),
            (self.tr("Pan"), self.tr("Middle button, Shift+wheel")),
            (self.tr("Stop a drag"), self.tr("Esc")),
        ]

    def shortcut_editor(self) -> None:
        """Change shortcuts."""
        editor = ShortcutEditor(self._window.registry.shortcut_rows(), self._window)
        editor.shortcutsChanged.connect(self._window.registry.set_shortcuts)
        editor.exec()

    # Language ---------------------------------------------------------------------------------------------------------

    def _language(self, name: str) -> None:
        self._window.settings.set_text("language", name)
        self._window.show_message("info", self.tr("The language changes at the next start."))

    def language_system(self) -> None:
        """Use the system's language."""
        self._language("")

    def language_en(self) -> None:
        """Use English."""
        self._language("en")

    def language_de(self) -> None:
        """Use German."""
        self._language("de")


class WindowTimeline(QObject):
    """Handlers of the timeline menu that change how it is shown."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window

    def set_snapping(self, on: bool) -> None:
        """Snap, or not."""
        if self._window.parts.timeline is not None:
            self._window.parts.timeline.set_snapping(on)

    def set_ripple(self, on: bool) -> None:
        """Say what deleting does now."""
        if self._window.is_ready:
            text = self.tr("Deleting closes the gap.") if on else self.tr("Deleting leaves a gap.")
            self._window.show_message("info", text)

    def zoom_in(self) -> None:
        """Show less, larger."""
        if self._window.parts.timeline is not None:
            self._window.parts.timeline.zoom_in()

    def zoom_out(self) -> None:
        """Show more."""
        if self._window.parts.timeline is not None:
            self._window.parts.timeline.zoom_out()

    def fit(self) -> None:
        """Show the whole."""
        if self._window.parts.timeline is not None:
            self._window.parts.timeline.fit()

    def zoom_to_selection(self) -> None:
        """Show the selection."""
        if self._window.parts.timeline is not None:
            self._window.parts.timeline.zoom_to_selection()

    def set_timecode(self, on: bool) -> None:
        """Write times as timecode or as seconds."""
        self._window.sound.show_timing()

    def set_follow(self, on: bool) -> None:
        """Keep the playhead visible while playing; asked for where it is needed."""


class WindowHelp(QObject):
    """Handlers of the help menu."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window

    def tour(self) -> None:
        """Show the tour."""
        self._window.start_tour()

    def guide(self) -> None:
        """Open the user guide: the file of the checkout, else its page."""
        url = QUrl.fromLocalFile(str(GUIDE_FILE)) if GUIDE_FILE.is_file() else QUrl(GUIDE_URL)
        QDesktopServices.openUrl(url)

    def show_logs(self) -> None:
        """Open the folder of the log files."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_folder())))

    def set_log_words(self, on: bool) -> None:
        """Let the log hold the user's words, or not."""
        logs.allow_private_text(on)

    def copy_details(self) -> None:
        """Copy versions and the end of the log."""
        QGuiApplication.clipboard().setText(logs.system_details() + "\n\n" + logs.log_tail())
        self._window.show_message("info", self.tr("Copied."))

    def about(self) -> None:
        """Show version, licences and weights."""
        from importlib.metadata import PackageNotFoundError, version

        from resources import RESOURCES

        try:
            number = version("versa-director")
        except PackageNotFoundError:
            number = ""
        box = QMessageBox(self._window)
        box.setWindowTitle(self.tr("About Versa Director"))
        box.setIconPixmap(self._window.windowIcon().pixmap(64, 64))
        box.setText(f"<b>Versa Director {number}</b>")
        box.setInformativeText(
            self.tr(
                "A portrait, a speech recording and timed prompts become 3D motion, 2D poses and a video.\n\n"
                "Licence: Apache-2.0. What is bundled and under which licence is listed in the details. "
                "Videos made with it say in their metadata that the picture is synthetic."
            )
        )
        licences = RESOURCES / "LICENCES.md"
        if licences.is_file():
            box.setDetailedText(licences.read_text(encoding="utf-8"))
        box.exec()


def focus_first(panel: QWidget) -> bool:
    """Give the keyboard to a panel or the first part of it that takes it."""
    from PySide6.QtCore import Qt

    candidates = [panel, *panel.findChildren(QWidget)]
    for candidate in candidates:
        if candidate.focusPolicy() & Qt.FocusPolicy.TabFocus and candidate.isVisible() and candidate.isEnabled():
            candidate.setFocus(Qt.FocusReason.TabFocusReason)
            for area in [panel, *panel.findChildren(QScrollArea)]:
                if isinstance(area, QScrollArea) and area.isAncestorOf(candidate):
                    area.ensureWidgetVisible(candidate)
            return True
    return False
