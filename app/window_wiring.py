"""Which signal leads where: session, player, timeline and forms. The engine's side is in `app.window_engine`.

Views emit what the user wants, the session does it and says what changed, and the views show it. No rule is here.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QPoint, QSize
from PySide6.QtGui import QImage, QPixmap

from app import logs
from app.window_docks import tour_targets
from app.window_engine import WindowEngine
from core.timecode import format_seconds
from widgets.numbers import localised

if TYPE_CHECKING:
    from app.main_window import MainWindow

PICTURE_SIDE: Final = 1024
"""The portrait in the media panel is read at this size: enough for a wide panel on a fine screen."""


class Wiring(QObject):
    """Joins the parts of one window as they come.

    Attributes:
        engine: the part of the wiring that concerns motion, poses and pieces.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.engine = WindowEngine(window)
        self._portrait = ""
        self._picture: tuple[str, int] = ("", 0)
        window.pictures.pictureRead.connect(self._picture_read)

    # Session ----------------------------------------------------------------------------------------------------------

    def connect_session(self) -> None:
        """Follow the session."""
        session, window = self._window.session, self._window
        session.projectChanged.connect(self._project_changed)
        session.titleChanged.connect(self._title_changed)
        session.selectionChanged.connect(self._selection_changed)
        session.playheadChanged.connect(self._playhead_changed)
        session.rangeChanged.connect(self._range_changed)
        session.message.connect(window.show_message)
        session.opened.connect(lambda: window.show_message("info", ""))
        stack = session.undo_stack
        stack.undoTextChanged.connect(lambda _text: self._show_undo())
        stack.redoTextChanged.connect(lambda _text: self._show_undo())
        stack.indexChanged.connect(lambda _index: window.status.end_refusal())
        stack.canUndoChanged.connect(lambda _can: self._show_undo())
        stack.canRedoChanged.connect(lambda _can: self._show_undo())
        window.preview.viewShown.connect(self._view_shown)
        self._show_undo()

    def _title_changed(self, title: str) -> None:
        if self._window.session.project is None:
            self._window.setWindowTitle("Versa Director")
        else:
            self._window.setWindowTitle(f"{title} — Versa Director")

    def _show_undo(self) -> None:
        stack, registry = self._window.session.undo_stack, self._window.registry
        undo, redo = registry["undo"], registry["redo"]
        undo.setEnabled(stack.canUndo())
        redo.setEnabled(stack.canRedo())
        undo.setText(self.tr("&Undo: {name}").format(name=stack.undoText()) if stack.undoText() else self.tr("&Undo"))
        redo.setText(self.tr("&Redo: {name}").format(name=stack.redoText()) if stack.redoText() else self.tr("&Redo"))

    def _project_changed(self, old: Any, new: Any) -> None:
        window, parts = self._window, self._window.parts
        if parts.timeline is not None:
            parts.timeline.set_project(new)
        if parts.inspector is not None:
            parts.inspector.set_project(new)
            self._show_selection()
        if new is None:
            self._portrait = ""
            self._picture = ("", 0)
            window.sound.leave_project()
        else:
            window.sound.show_project(new.audio, new.duration_us)
            if new.portrait != self._portrait:
                self._portrait = new.portrait
                self.show_media()
            if old is None or old.output != new.output:
                window.sound.show_timing()
        self.engine.project_changed(old, new)
        window.backends.project_changed(old, new)
        self.update_actions()

    def _show_selection(self) -> None:
        window = self._window
        project = window.session.project
        if window.parts.inspector is not None and project is not None:
            window.parts.inspector.set_selection(tuple(project.segment(i) for i in window.session.selection))

    def _selection_changed(self, ids: tuple[str, ...]) -> None:
        if self._window.parts.timeline is not None:
            self._window.parts.timeline.set_selection(ids)
        self._show_selection()
        self.update_actions()

    def _range_changed(self, stretch: tuple[int, int] | None) -> None:
        window = self._window
        if window.parts.timeline is not None:
            window.parts.timeline.set_in_out(stretch)
        if window.parts.transport is not None:
            window.parts.transport.set_in_out(stretch)
        window.play.apply_loop()
        self.update_actions()

    def update_actions(self) -> None:
        """Grey out what makes no sense now."""
        session = self._window.session
        facts = set()
        if session.project is not None:
            facts.add("project")
            if session.selection:
                facts.add("selection")
            if len(session.selection) == 1:
                facts.add("segment")
            if session.in_out is not None:
                facts.add("range")
        self._window.registry.set_facts(frozenset(facts))

    # Playhead ---------------------------------------------------------------------------------------------------------

    def _playhead_changed(self, time_us: int) -> None:
        parts = self._window.parts
        if parts.timeline is not None:
            parts.timeline.set_playhead(time_us)
        if parts.transport is not None:
            parts.transport.set_time(time_us)
        self._window.status.set_time(time_us)
        if parts.curves is not None and parts.curves.isVisible():
            parts.curves.set_time(time_us)
        for name in self._window.preview.visible_views:
            self._show_time(name, time_us)

    def _show_time(self, name: str, time_us: int) -> None:
        view = {
            "skeleton": self._window.parts.skeleton,
            "poses": self._window.parts.poses,
            "video": self._window.parts.video,
        }.get(name)
        if view is not None:
            view.set_time(time_us)

    def _view_shown(self, name: str) -> None:
        """A view that was hidden did not follow the playhead."""
        self._show_time(name, self._window.session.playhead_us)

    # Timeline ---------------------------------------------------------------------------------------------------------

    def connect_timeline(self) -> None:
        """Join the timeline."""
        window, session = self._window, self._window.session
        timeline = window.parts.timeline
        timeline.seekRequested.connect(window.play.go_to)
        timeline.scrubRequested.connect(window.play.scrub)
        timeline.scrubFinished.connect(window.play.finish_scrub)
        timeline.selectionRequested.connect(lambda ids: session.set_selection(window.edits.with_groups(tuple(ids))))
        timeline.addRequested.connect(session.add_segment)
        timeline.emotionEdited.connect(self._emotion_edited)
        timeline.refused.connect(lambda text: window.show_message("refused", text))
        timeline.promptEdited.connect(lambda segment, text: session.change_segments((segment,), prompt=text))
        timeline.promptGiven.connect(lambda segment, text: session.fill_segment(segment, prompt=text))
        timeline.emotionGiven.connect(self._emotion_given)
        timeline.moveRequested.connect(session.move_segments)
        timeline.duplicateRequested.connect(session.duplicate_segments)
        timeline.trimRequested.connect(session.trim_segment)
        timeline.markerMoved.connect(session.move_marker)
        timeline.markerEditRequested.connect(self._marker_edit)
        timeline.rangeRequested.connect(session.set_in_out)
        timeline.trackChanged.connect(lambda track, field, value: session.set_track(track, **{field: value}))
        timeline.takeRequested.connect(session.use_take)
        timeline.contextMenuRequested.connect(self._context_menu)
        timeline.promptTyped.connect(self.engine.suggest)
        self._refresh()

    def _refresh(self) -> None:
        """Show what is open already to a part that came later."""
        session, parts = self._window.session, self._window.parts
        if parts.inspector is not None:
            parts.inspector.set_project(session.project)
            self._show_selection()
        if parts.timeline is not None and session.project is not None:
            parts.timeline.set_project(session.project)
            parts.timeline.set_selection(session.selection)
            parts.timeline.set_playhead(session.playhead_us)
            parts.timeline.set_in_out(session.in_out)

    def _emotion_edited(self, segment_id: str, emotion: str) -> None:
        self._window.session.change_segments((segment_id,), **self._emotion((segment_id,), emotion))

    def _emotion_given(self, segment_id: str, emotion: str) -> None:
        self._window.session.fill_segment(segment_id, **self._emotion((segment_id,), emotion))

    def _form_changed(self, ids: tuple[str, ...], field: str, value: Any) -> None:
        fields = self._emotion(ids, value) if field == "emotion" else {field: value}
        self._window.session.change_segments(ids, **fields)

    def _emotion(self, ids: tuple[str, ...], emotion: str) -> dict[str, Any]:
        project = self._window.session.project
        fields: dict[str, Any] = {"emotion": emotion}
        none = project is not None and all(project.segment(found).emotion_strength == 0 for found in ids)
        if emotion != "neutral" and none:
            fields["emotion_strength"] = 1.0  # an emotion of no strength would not be seen
        return fields

    def _marker_edit(self, marker_id: str) -> None:
        self._window.context_id = marker_id
        self._window.edits.rename_marker()
        self._window.context_id = ""

    def _context_menu(self, hit: Any, where: QPoint) -> None:
        kind = str(getattr(hit, "kind", "empty"))
        self._window.context_id = str(getattr(hit, "marker_id", "") or getattr(hit, "track_id", "") or "")
        menu = self._window.registry.context_menu(kind, self._window)
        menu.exec(where)
        self._window.context_id = ""

    # Forms ------------------------------------------------------------------------------------------------------------

    def connect_forms(self) -> None:
        """Join inspector and media panel."""
        window, session = self._window, self._window.session
        inspector, media = window.parts.inspector, window.parts.media
        inspector.changed.connect(lambda ids, field, value: self._form_changed(tuple(ids), field, value))
        inspector.takeRequested.connect(session.use_take)
        inspector.takeFavoured.connect(session.favour_take)
        inspector.anotherTake.connect(session.another_take)
        inspector.suggestionsWanted.connect(self.engine.suggest)
        inspector.confidenceWanted.connect(self.engine.ask_confidence)
        inspector.trimRequested.connect(session.trim_segment)
        inspector.projectFieldChanged.connect(self._project_field_changed)
        window.backends.connect_forms()
        inspector.refused.connect(lambda text: window.show_message("refused", text))
        inspector.portraitRequested.connect(window.registry["replace_portrait"].trigger)
        inspector.audioRequested.connect(window.registry["replace_audio"].trigger)
        inspector.rigRequested.connect(window.registry["view_rig"].trigger)
        media.portraitRequested.connect(window.registry["replace_portrait"].trigger)
        media.audioRequested.connect(window.registry["replace_audio"].trigger)
        media.relinkRequested.connect(window.registry["relink"].trigger)
        media.rigRequested.connect(window.registry["view_rig"].trigger)

    def _project_field_changed(self, field: str, value: Any) -> None:
        session = self._window.session
        if field == "seed":
            session.set_seed(value)
        elif field in ("cleanup", "stay"):
            session.set_motion_settings(**{field: value})
        else:
            session.set_output(**{field: value})

    def show_media(self) -> None:
        """Show the portrait and the recording in the media panel; the picture comes when a thread has read it."""
        window = self._window
        project, media = window.session.project, window.parts.media
        if project is None or media is None:
            return
        self._ask_for_picture(project.portrait)
        text = Path(project.audio).name
        if window.duration_us is not None:
            text += "\n" + format_seconds(window.duration_us, 1)
        if window.sound.proxy is not None:
            text += f", {localised(window.sound.proxy.rate / 1000)} kHz"
        media.set_audio(text)
        missing = window.files.missing()
        names = ", ".join(path.name for _, path in missing)
        media.set_notes(
            self.tr("Not found: {names}").format(names=names) if missing else self.engine.warnings, bool(missing)
        )
        if window.session.path is not None and not missing:
            window.pictures.make_thumbnail(window.session.path, project.portrait)

    def _ask_for_picture(self, portrait: str) -> None:
        """Have the portrait read if the file is another one than the picture that is shown."""
        try:
            stamp = (portrait, os.stat(portrait).st_mtime_ns)
        except OSError:
            stamp = (portrait, 0)
        if stamp != self._picture:
            self._picture = stamp
            self._window.pictures.read(portrait, PICTURE_SIDE)

    def _picture_read(self, path: str, image: QImage, size: QSize) -> None:
        project, media = self._window.session.project, self._window.parts.media
        if media is None or project is None or project.portrait != path:
            return
        text = Path(path).name
        if not image.isNull():
            text += f"\n{size.width()} \u00d7 {size.height()}"
        media.set_portrait(QPixmap.fromImage(image), text)

    # The rest ---------------------------------------------------------------------------------------------------------

    def connect_skeleton(self) -> None:
        """Join the 3D view; its own menu and the actions switch the same things."""
        skeleton, registry = self._window.parts.skeleton, self._window.registry

        def follow(name: str, on: bool) -> None:
            action = registry.actions.get(f"show_{name}")
            if action is not None:
                action.setChecked(on)

        skeleton.optionChanged.connect(follow)
        self.engine.show_motion()
        mesh = self._window.settings.text("mesh_file")
        if mesh:
            self.engine.body.show_model(mesh)

    def connect_poses(self) -> None:
        """Join the pose view."""
        poses, registry = self._window.parts.poses, self._window.registry
        poses.warningChanged.connect(self._show_pose_warning)
        poses.modeChanged.connect(lambda mode: registry["renderer_view"].setChecked(mode == "renderer"))
        self.engine.show_poses()

    def _show_pose_warning(self, text: str) -> None:
        self._window.pose_warning.setText(text)
        self._window.pose_warning.setToolTip(text)

    def connect_video(self) -> None:
        """Join the video view."""
        self.engine.connect_video()

    def connect_jobs(self) -> None:
        """Join the render queue."""
        self._window.exporter.connect_jobs()

    def connect_rest(self) -> None:
        """Join curves and rig editor."""
        window = self._window
        window.parts.rig.rigPreviewed.connect(self.engine.preview_rig)
        window.parts.rig.rigChanged.connect(window.session.set_rig)
        window.parts.curves.seekRequested.connect(window.play.go_to)
        window.parts.timeline.viewChanged.connect(self._show_curves_range)
        window.docks["curves"].visibilityChanged.connect(lambda _shown: self._show_curves_range())
        if window.sound.proxy is not None:
            window.parts.curves.set_peaks(window.sound.proxy.peaks)
        self.engine.show_motion()
        self.engine.show_poses()

    def _show_curves_range(self) -> None:
        """Let the curves show the stretch that the timeline shows."""
        parts = self._window.parts
        if parts.curves is not None and parts.curves.isVisible():
            state = parts.timeline.view_state()
            width = parts.timeline.canvas.width()
            start = round(state["start_us"])
            parts.curves.set_visible_range(max(0, start), round(start + width * state["us_per_px"]))
            parts.curves.set_time(self._window.session.playhead_us)

    def connect_engine(self) -> None:
        """Join and start the motion engine."""
        self.engine.connect_engine()
        self._window.backends.connect_engine()

    def compare_takes(self) -> None:
        """Show the take before beside the one in use."""
        self.engine.compare_takes()

    def show_mesh(self, model: str) -> None:
        """Draw a body with the user's model file."""
        self.engine.body.show_model(model)

    def offer_recovery(self) -> bool:
        """Offer work that was not saved before a crash; returns whether it was opened."""
        from app.window_recovery import offer_recovery

        return offer_recovery(self._window)

    def start_tour(self) -> None:
        """Show the tour over the window."""
        from widgets.tour import Tour

        window = self._window
        window.settings.set_flag("tour_seen", True)
        tour = Tour(window, tour_targets(window))
        tour.finished.connect(lambda _seen: tour.deleteLater())
        tour.start()

    def shut_down(self) -> None:
        """End everything that runs beside the window."""
        window = self._window
        window.session.undo_stack.blockSignals(True)  # when it is taken apart, nothing was undone
        window.sound.cancel()
        window.pictures.stop()
        self.engine.body.shut_down()
        steps: list[Callable[[], object]] = [window.render_actions.shut_down]
        if window.player is not None:
            steps.append(window.player.close)
        for view in (window.parts.timeline, window.parts.video):
            if view is not None:
                steps.append(view.shutdown)
        if window.jobs is not None:
            steps.append(window.jobs.stop)
        if window.engine is not None:
            steps.append(window.engine.stop)
        for step in steps:
            try:
                step()
            except (OSError, RuntimeError) as error:
                logs.log("warning", f"while leaving: {type(error).__name__}")
