"""The engine's work in its child process: looks at sound and portrait, then brings motion and poses up to date.

Each result is sent as soon as it is there. One `ProjectWork` serves one project file; what it decoded stays in memory
for the next edit. Processes and pipes are `app.engine.child`'s.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from app.director import Director
from app.engine import messages
from app.engine.segment_states import segment_states
from app.model_source import ModelSource
from core.audio import AudioTrack, load_audio
from core.cache import fingerprint
from core.cancel import CancelToken, Progress
from core.constants import MICROSECONDS
from core.forecast import RenderForecast
from core.pauses import find_pauses, propose_segments
from core.portrait import Portrait, Rig, load_portrait
from core.rendered import RenderedPiece
from core.speech import SpeechFeatures
from core.timeline import Project

Send = Callable[[Any], None]

QUICK_SECONDS: Final = 120.0
"""A recording up to this length is described once, with its accents; a longer one first without them."""


class ProjectWork:
    """Runs the stages for one project file.

    Attributes:
        path: the project file, which need not exist.
        stage: what is being done: "audio", "portrait", "motion" or "poses".
    """

    def __init__(self, path: str, models: ModelSource, send: Send) -> None:
        self.path = path
        self._models = models
        self._send = send
        self._director: Director | None = None
        self._heard: str | None = None
        self._seen: str | None = None
        self._notes: set[str] = set()
        self.stage = ""

    @property
    def motion_is_missing(self) -> bool:
        """Whether the work stopped before the motion was there."""
        return self.stage in ("audio", "motion")

    def pieces(self, project: Project) -> tuple[RenderedPiece, ...]:
        """Return the finished chunks of a snapshot of the project; may be called beside `run` from another thread."""
        director = self._director or Director(project, self.path, models=self._models)
        return director.twin(project).pieces()

    def forecast(self, project: Project, wish: messages.RenderWish) -> RenderForecast:
        """Return how a render of a snapshot of the project would go; may be called beside `run` from another thread."""
        director = self._director or Director(project, self.path, models=self._models)
        return director.twin(project).forecast(
            backend=wish.backend,
            height=wish.height,
            fps=wish.fps,
            start=None if wish.start_us is None else wish.start_us / MICROSECONDS,
            end=None if wish.end_us is None else wish.end_us / MICROSECONDS,
            crf=wish.crf,
        )

    def run(self, revision: int, project: Project, cancel: CancelToken) -> None:
        """Bring everything up to date for a revision of the project.

        Raises:
            core.cancel.Cancelled: `cancel` was set.
            Exception: whatever a stage raises; `stage` says which.
        """
        director = self._director
        if director is None:
            director = self._director = Director(project, self.path, models=self._models)
        director.project = project
        director.watch(self._report, cancel)
        try:
            self._enter(revision, "audio")
            self._hear(director)
            self._enter(revision, "portrait")
            portrait_error = self._see(director)
            self._send(messages.States(revision, segment_states(project, "generating"), by_work=True))
            self._enter(revision, "motion")
            clip = director.motion()
            state = director.project.motion
            assert state is not None
            self._send(messages.Moved(revision, state, clip))
            self._send(messages.States(revision, segment_states(director.project, "queued"), by_work=True))
            if portrait_error is not None:
                self.stage = "portrait"
                raise portrait_error
            self._enter(revision, "poses")
            self._send(messages.Posed(revision, director.poses()))
        finally:
            for note in () if cancel.cancelled else director.notes:  # they would come under another project or edit
                if note not in self._notes:
                    self._notes.add(note)
                    self._send(messages.Note(note))

    def _enter(self, revision: int, stage: str) -> None:
        self.stage = stage
        self._send(messages.Stage(revision, stage))

    def _report(self, progress: Progress) -> None:
        self._send(messages.Report(progress))

    def _hear(self, director: Director) -> None:
        """Describe the recording, once for each that comes."""
        key = (
            f"{director.project.audio} {fingerprint(director.project.audio) if _there(director.project.audio) else ''}"
        )
        if key == self._heard:
            return
        self._heard = None  # the window forgets the last one, whether the new one can be read or not
        # The Director knows media by their content; the window asks for a file, which may be a copy of an earlier one.
        audio = replace(director.audio(), path=Path(director.project.audio))
        if audio.duration > QUICK_SECONDS:
            self._send(messages.Heard(describe(audio)))
        self._send(messages.Heard(describe(audio, director.speech())))
        self._heard = key

    def _see(self, director: Director) -> Exception | None:
        """Show the portrait, once for each that comes; one that cannot be used stops poses but no motion."""
        project = director.project
        try:
            portrait = replace(director.portrait(), path=Path(project.portrait))
        except (OSError, ValueError) as error:
            self._seen = None
            return error
        key = f"{project.portrait} {fingerprint(project.portrait)} {project.rig} {project.rig_file}"
        if key != self._seen:
            self._send(messages.Seen(portrait, proposal_for(portrait)))
            self._seen = key
        return None


def describe(audio: AudioTrack, speech: SpeechFeatures | None = None) -> messages.AudioInfo:
    """Return what a recording is like; without its speech features, no accents and no energy."""
    length = audio.duration_us
    pauses = [(round(p.start * MICROSECONDS), round(p.end * MICROSECONDS)) for p in find_pauses(audio.samples)]
    accents = () if speech is None else tuple(min(round(float(t) * MICROSECONDS), length) for t in speech.accents)
    return messages.AudioInfo(
        path=str(audio.path),
        duration_us=length,
        pauses=tuple((start, min(end, length)) for start, end in pauses),
        accents=accents,
        proposed=propose_segments(audio),
        warnings=audio.warnings,
        energy=np.zeros(0, np.float32) if speech is None else speech.energy,
        energy_fps=20.0 if speech is None else speech.fps,
        complete=speech is not None,
    )


def proposal_for(portrait: Portrait) -> Rig:
    """Return the rig that the program would take for a picture, whatever rig it has now."""
    if portrait.rig.source == "proposed":
        return portrait.rig
    from core.rig_proposal import propose_rig

    return propose_rig(portrait.image, portrait.alpha)[0]


def look_at_files(request: messages.Prepare, send: Send, cancel: CancelToken) -> None:
    """Describe a recording and a portrait that belong to no project yet; an empty path is left out."""
    from app.failures import sentence_of
    from core.speech import speech_features

    if request.audio:
        try:
            audio = load_audio(request.audio, cancel=cancel)
            send(messages.Heard(describe(audio)))
            send(messages.Heard(describe(audio, speech_features(audio.samples, audio.duration))))
        except (OSError, ValueError) as error:
            send(messages.Failure("audio", sentence_of(error)))
    if request.portrait:
        try:
            rig = None if request.rig is None else Rig.from_dict(request.rig)
            portrait = load_portrait(request.portrait, rig)
            send(messages.Seen(portrait, proposal_for(portrait)))
        except (OSError, ValueError) as error:
            send(messages.Failure("portrait", sentence_of(error)))


def _there(path: str) -> bool:
    return Path(path).is_file()
