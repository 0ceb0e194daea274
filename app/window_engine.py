"""How the motion engine's results reach the views: motion, poses, finished pieces, suggestions, states.

The engine is another process (`app.engine`); this module tells it what the project is and shows what it answers.
"""

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject

from app import logs
from app.sentences import said
from app.window_body import WindowBody

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from core.motion import MotionClip
    from core.portrait import Portrait
    from core.timeline import Project

_NOW: Final = "now"
_COMPARE: Final = "compare"


class WindowEngine(QObject):
    """Joins engine, preview and timeline.

    Attributes:
        device: what renders compute on, "" while unknown.
        body: the body in the limbs' place.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._warnings: dict[str, tuple[str, ...]] = {"portrait": (), "audio": ()}
        self.device = ""
        self._clip: Any = None
        self._poses: Any = None
        self._portrait: Any = None
        self._pieces: tuple[Any, ...] = ()
        self._pieces_number = 0
        self._proposal: Any = None
        self._energy: Any = None
        self._state = "starting"
        self.body = WindowBody(window)
        self._compared: tuple[str, int] | None = None

    @property
    def clip(self) -> "MotionClip | None":
        """The motion that is shown."""
        return self._clip

    @property
    def portrait(self) -> "Portrait | None":
        """The portrait that is shown, with its rig."""
        return self._portrait

    @property
    def pieces(self) -> tuple[Any, ...]:
        """The finished pieces that are shown, `core.rendered.RenderedPiece` in time order."""
        return self._pieces

    # What the engine is told ------------------------------------------------------------------------------------------

    def connect_engine(self) -> None:
        """Join and start the engine."""
        engine = self._window.engine
        engine.stateChanged.connect(self._state_changed)
        engine.loading.connect(self._loading)
        engine.deviceFound.connect(self._device_found)
        engine.progress.connect(self._progress)
        engine.audioReady.connect(self._audio_ready)
        engine.portraitReady.connect(self._portrait_ready)
        engine.motionReady.connect(self._motion_ready)
        engine.posesReady.connect(self._poses_ready)
        engine.piecesReady.connect(self._pieces_ready)
        engine.suggestionsReady.connect(self._suggestions_ready)
        engine.failed.connect(self._failed)
        engine.segmentStates.connect(self._states)
        engine.proposalReady.connect(self._proposal_ready)
        engine.noted.connect(self._noted)
        engine.confidenceReady.connect(self._confidence_ready)
        engine.start()
        self.submit()

    def submit(self) -> None:
        """Give the engine the project as it is."""
        window = self._window
        session = window.session
        if window.engine is not None and session.project is not None:
            window.engine.submit(session.project, window.session.cache_path, session.revision)

    def suggest(self, text: str) -> None:
        """Ask for prompts like a text."""
        if self._window.engine is not None:
            self._window.engine.request_suggestions(text)

    def ask_confidence(self, text: str) -> None:
        """Ask how well the networks know a prompt."""
        if self._window.engine is not None:
            self._window.engine.request_confidence(text)

    def project_changed(self, old: Any, new: Any) -> None:
        """Follow the session."""
        fresh = old is None or new is None
        if fresh or (old.portrait, old.audio) != (new.portrait, new.audio):
            self._forget(portrait=fresh or old.portrait != new.portrait, audio=fresh or old.audio != new.audio)
        if new is None:
            return
        if old is not None and new.rig is not None and old.rig != new.rig:
            self._rig_changed(new.rig)
        self.ask_pieces()
        if old is None or not self._only_motion_differs(old, new):
            self.submit()

    def _forget(self, *, portrait: bool, audio: bool) -> None:
        """Forget what belongs to another portrait or recording; the engine describes only what is new to it."""
        self._poses = None
        self._pieces = ()
        if portrait:
            self._portrait = self._proposal = None
            self._warnings["portrait"] = ()
        if audio:
            self._clip = self._energy = None
            self._warnings["audio"] = ()
            self._window.proposed = []
        self._end_comparison()
        self.show_motion()
        self.show_poses()
        self._show_pieces()
        timeline = self._window.parts.timeline
        if timeline is not None and audio:
            timeline.set_pauses([])
            timeline.set_accents([])
            timeline.set_segment_states({})

    @staticmethod
    def _only_motion_differs(old: Any, new: Any) -> bool:
        """Whether a change came from the engine itself and asks for nothing new."""
        return bool(old.motion != new.motion and _directed(old) == _directed(new) and old.portrait == new.portrait
                    and old.audio == new.audio and old.rig == new.rig and old.seed == new.seed)  # fmt: skip

    def ask_pieces(self) -> None:
        """Ask which pieces of the project as it is are rendered."""
        window = self._window
        if window.engine is not None and window.session.project is not None:
            self._pieces_number += 1
            window.engine.request_pieces(window.session.project, window.session.cache_path, (_NOW, self._pieces_number))
            self._ask_compared()

    # What the engine answers ------------------------------------------------------------------------------------------

    def _state_changed(self, state: str) -> None:
        self._state = state
        texts = {
            "starting": self.tr("Motion engine starts"),
            "loading": self.tr("Loading the networks"),
            "ready": self.tr("Motion engine ready"),
            "working": self.tr("Making motion"),
            "failed": self.tr("Motion engine stopped"),
        }
        busy = -1.0 if state in ("starting", "loading", "working") else None
        self._show_work(texts.get(state, state), busy)

    def _loading(self, step: str) -> None:
        """Say what is loaded: at the first start after the computer's it takes a while, and the user waits for it."""
        from app.engine.messages import LOADING

        texts = {
            "libraries": self.tr("Loading the networks' libraries"),
            "motion": self.tr("Loading the motion networks"),
            "poses": self.tr("Loading the bank of poses"),
        }
        place = LOADING.index(step) if step in LOADING else 0
        self._show_work(texts.get(step, self.tr("Loading the networks")), place / len(LOADING))

    def _device_found(self, name: str) -> None:
        self.device = name
        self._window.sound.show_device()

    def _show_work(self, text: str, done: float | None) -> None:
        """Show what the engine does in the status bar, and while something is missing for it also over the views."""
        window = self._window
        window.status.set_engine(text, done)
        incomplete = window.session.project is not None and (self._clip is None or self._poses is None)
        waiting = done is not None and incomplete
        note = (
            text
            if done is None or done < 0
            else self.tr("{what} ({percent} %)").format(what=text, percent=round(100 * done))
        )
        window.motion_note.setText(note + " …" if waiting else "")
        window.motion_note.setVisible(waiting)

    def _progress(self, progress: Any) -> None:
        names = {
            "motion": self.tr("Making motion"),
            "poses": self.tr("Making poses"),
            "portrait": self.tr("Reading the portrait"),
            "audio": self.tr("Reading the recording"),
        }
        if self._state in ("loading", "working"):
            text = names.get(progress.stage) or said(progress.message) or progress.stage
            self._show_work(text, progress.done / max(1, progress.total))

    def _audio_ready(self, info: Any) -> None:
        window = self._window
        project = window.session.project
        if project is None or info.path != project.audio:
            return  # of a recording that the wizard shows
        window.proposed = list(info.proposed)
        if window.parts.timeline is not None:
            window.parts.timeline.set_pauses(list(info.pauses))
            window.parts.timeline.set_accents(list(info.accents))
        if info.complete:
            self._energy = (info.energy, info.energy_fps)
            self.show_motion()
        window.sound.set_duration(info.duration_us)
        self._warn("audio", info.warnings)

    def _warn(self, role: str, warnings: Any) -> None:
        self._warnings[role] = tuple(said(str(warning)) for warning in warnings)
        self._window.wiring.show_media()

    @property
    def warnings(self) -> str:
        """What the engine says about the media, as lines."""
        return "\n".join(dict.fromkeys((*self._warnings["portrait"], *self._warnings["audio"])))

    def _portrait_ready(self, portrait: Any) -> None:
        project = self._window.session.project
        if project is None or str(portrait.path) != project.portrait:
            return
        self._portrait = portrait
        self._warn("portrait", portrait.warnings)
        self.show_poses()

    def _proposal_ready(self, rig: Any) -> None:
        self._proposal = rig
        self.show_rig()

    def _noted(self, text: str) -> None:
        text = said(text)
        self._window.show_message("info", text[:1].upper() + text[1:])

    def _confidence_ready(self, text: str, likeness: float, known: bool, nearest: Any) -> None:
        if self._window.parts.inspector is not None:
            self._window.parts.inspector.set_confidence(text, likeness, known, [wording for wording, _ in nearest])

    def _motion_ready(self, revision: int, state: Any, clip: Any) -> None:
        self._clip = clip
        if self._state == "working":
            self._show_work(self.tr("Making poses"), -1.0)  # until their own progress comes
        self._window.session.apply_motion(state, revision)
        self.show_motion()
        self.ask_pieces()

    def _poses_ready(self, revision: int, poses: Any) -> None:
        self._poses = poses
        self.show_poses()
        self.ask_pieces()

    def _failed(self, stage: str, sentence: str) -> None:
        logs.log("error", f"engine, {stage}: {logs.private(sentence)}")
        self._window.show_message("error", sentence)

    def _states(self, states: dict[str, str]) -> None:
        parts = self._window.parts
        if parts.timeline is not None:
            parts.timeline.set_segment_states(states)
        if parts.inspector is not None:
            parts.inspector.set_states(states)

    def _suggestions_ready(self, text: str, found: Any) -> None:
        parts = self._window.parts
        if parts.timeline is not None:
            parts.timeline.set_suggestions(found)
        if parts.inspector is not None:
            parts.inspector.set_suggestions(found, text)

    # What the views show ----------------------------------------------------------------------------------------------

    def show_motion(self) -> None:
        """Give the motion to all that draw it."""
        parts = self._window.parts
        if parts.skeleton is not None:
            parts.skeleton.set_clip(self._clip)
            self.body.show_clip(self._clip)
            parts.skeleton.set_time(self._window.session.playhead_us)
        if parts.timeline is not None:
            parts.timeline.set_motion(self._clip)
        if parts.curves is not None:
            parts.curves.set_clip(self._clip)

    def show_poses(self) -> None:
        """Give portrait and poses to all that draw them."""
        parts, portrait = self._window.parts, self._portrait
        if parts.poses is not None:
            parts.poses.set_portrait(
                None if portrait is None else portrait.image, None if portrait is None else portrait.rig
            )
            parts.poses.set_poses(self._poses)
            parts.poses.set_time(self._window.session.playhead_us)

        if parts.skeleton is not None:
            if portrait is None:
                parts.skeleton.set_portrait(None, 1, 1)
            else:
                parts.skeleton.set_portrait(portrait.rig, portrait.width, portrait.height)
        self.show_rig()

    def show_rig(self) -> None:
        """Give the portrait to the rig editor, once both it and the proposal are there."""
        rig, portrait = self._window.parts.rig, self._portrait
        if rig is None:
            return
        if portrait is None:
            rig.set_portrait(None)
        else:
            rig.set_portrait(portrait.image, portrait.rig, self._proposal or portrait.rig, None)

    def _rig_changed(self, rig: dict[str, Any]) -> None:
        """Show an edited rig at once; the poses that fit it follow when they are made."""
        parts, portrait = self._window.parts, self._portrait
        if portrait is None:
            return
        from core.rig import PortraitError, Rig

        try:
            fitted = Rig.from_dict(rig).rescaled(portrait.width, portrait.height)
            if parts.rig is not None:
                parts.rig.set_rig(rig)
        except PortraitError as error:
            self._window.show_message("error", str(error))
            return
        self.preview_rig(fitted)

    def preview_rig(self, rig: Any) -> None:
        """Let the views follow a rig that is being edited; poses made for it come later."""
        parts, portrait = self._window.parts, self._portrait
        if portrait is None:
            return
        if parts.poses is not None:
            parts.poses.set_rig(rig)
        if parts.skeleton is not None:
            parts.skeleton.set_portrait(rig, portrait.width, portrait.height)
        if parts.video is not None:
            parts.video.update()

    def connect_video(self) -> None:
        """Let the video view fall back to the poses."""
        parts = self._window.parts
        if parts.poses is not None:
            parts.video.set_fallback(parts.poses.picture_at)
        parts.video.readFailed.connect(lambda text: self._window.show_message("warning", text))
        self._show_pieces()

    def _pieces_ready(self, token: Any, pieces: Any) -> None:
        kind, number = token
        if kind == _COMPARE:
            if self._window.parts.video is not None and self._compared is not None:
                self._window.parts.video.set_compare_pieces(tuple(pieces))
        elif number == self._pieces_number:
            self._pieces = tuple(pieces)
            self._show_pieces()

    def add_piece(self, piece: Any) -> None:
        """Show a piece that a render finished just now."""
        if all(known.path != piece.path for known in self._pieces):
            self._pieces = tuple(sorted((*self._pieces, piece), key=lambda known: known.start_us))
            self._show_pieces()

    def _show_pieces(self) -> None:
        parts = self._window.parts
        if parts.timeline is not None:
            parts.timeline.set_pieces(self._pieces)
        if parts.video is not None:
            parts.video.set_pieces(self._pieces)
            parts.video.set_time(self._window.session.playhead_us)

    def compare_takes(self) -> None:
        """Show the pieces of the take before beside those in use; a second call ends it."""
        window = self._window
        video, session = window.parts.video, window.session
        if video is None or session.project is None:
            return
        if video.comparing:
            self._end_comparison()
            window.show_message("info", self.tr("The comparison is over."))
            return
        segment = session.project.segment(session.selection[0])
        now = segment.active_take
        if now is None or len(segment.takes) < 2:
            window.show_message("info", self.tr("There is no take before this one; R makes another one."))
            return
        other = now - 1 if now else 1
        self._compared = segment.id, other
        video.set_compare_pieces((), (self.tr("Take {0}").format(now + 1), self.tr("Take {0}").format(other + 1)))
        window.view.video()
        self._ask_compared()
        window.show_message("info", self.tr("Drag the divider in the video view. Render a take to see it."))

    def _ask_compared(self) -> None:
        """Ask for the pieces of the other take; the comparison ends where there are no longer two takes to compare."""
        window = self._window
        project = window.session.project
        if self._compared is None or project is None:
            return
        segment_id, other = self._compared
        before = with_take(project, segment_id, other)
        if before is None:
            self._end_comparison()
        else:
            window.engine.request_pieces(before, window.session.cache_path, (_COMPARE, segment_id))

    def _end_comparison(self) -> None:
        self._compared = None
        if self._window.parts.video is not None:
            self._window.parts.video.set_compare_pieces(None)


def _directed(project: Any) -> tuple[Any, ...]:
    """What of a project asks for motion: prompts for the whole body and for parts, and how it is finished."""
    finish = [
        (s.id, s.start_us, s.end_us, s.stay, s.emotion, s.emotion_strength, track.muted)
        for track in project.tracks
        for s in track.segments
        if s.stay is not None or s.emotion_strength > 0
    ]
    return project.wishes(), project.part_wishes(), project.motion_settings, finish


def with_take(project: "Project", segment_id: str, index: int) -> "Project | None":
    """Return the project as it would be with another take of a segment, locked or not; None without such a take.

    Args:
        project: as it is.
        segment_id: the segment.
        index: the take; the one in use gives None too, as there is nothing to compare.
    """
    from core.takes import use_take
    from core.timeline import TimelineError

    try:
        number, place = project.find(segment_id)
        track = project.tracks[number]
        segment = track.segments[place]
        if segment.active_take is None or segment.active_take == index:
            return None
        free = (*track.segments[:place], segment.model_copy(update={"locked": False}), *track.segments[place + 1 :])
        opened = track.model_copy(update={"segments": free, "locked": False})
        tracks = (*project.tracks[:number], opened, *project.tracks[number + 1 :])
        return use_take(project.model_copy(update={"tracks": tracks}), segment_id, index)
    except TimelineError:
        return None
