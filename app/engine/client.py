"""`EngineClient`: the window's side of the engine. Sends what was edited, passes on what comes back as signals.

Edits are gathered for a quarter of a second, and the newest wins; what runs for an older one is stopped, softly at
first and by the end of its process two seconds later. No network is ever loaded here.
"""

import time
from collections.abc import Hashable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app import logs
from app.engine import messages
from app.engine.link import Link
from app.failures import exit_sentence
from app.sentences import said
from core.timeline import Project

DEBOUNCE_MS: Final = 250
HARD_MS: Final = 2000
"""Time that stopped work has for ending by itself."""

CRASHES: Final = 3
CRASH_SECONDS: Final = 120.0
"""So many ends of the process within this time, and it is not started again until the next edit."""

_BREAKABLE: Final = frozenset({"motion", "poses"})
"""Stages that stop quickly when asked: only they are killed when they do not. What sound and portrait give is needed
for the next edit as well."""


class EngineClient(QObject):
    """One engine process and what it says.

    Attributes:
        state: "starting", "loading", "ready", "working" or "failed".
        pid: of the process, None while there is none.

    Signals:
        stateChanged: the new `state`.
        loading: a step of `messages.LOADING` begins.
        deviceFound: what renders compute on, see `messages.Device`.
        progress: `core.cancel.Progress` of the running stage.
        audioReady: `AudioInfo`; twice for a long recording, the second time with accents.
        portraitReady: `core.portrait.Portrait` with the rig that is used.
        proposalReady: the `core.portrait.Rig` that the program would take for that portrait.
        motionReady: revision, `MotionState` and `MotionClip`.
        posesReady: revision and `PoseSequence`.
        piecesReady: the token of the question and a tuple of `RenderedPiece`.
        forecastReady: the token of the question and a `core.forecast.RenderForecast`.
        suggestionsReady: the text and a list of (known prompt, similarity), best first.
        confidenceReady: a prompt, its likeness to the nearest known wording, whether it is known, and the nearest
            known wordings with their likeness.
        segmentStates: dict of segment id to "none", "queued", "generating", "ready", "changed" or "failed".
        failed: a stage and a sentence.
        noted: a sentence that the user should read; nothing failed.
        ended: revision and "done", "cancelled" or "failed".
    """

    stateChanged = Signal(str)
    loading = Signal(str)
    deviceFound = Signal(str)
    progress = Signal(object)
    audioReady = Signal(object)
    portraitReady = Signal(object)
    proposalReady = Signal(object)
    motionReady = Signal(int, object, object)
    posesReady = Signal(int, object)
    piecesReady = Signal(object, object)
    forecastReady = Signal(object, object)
    suggestionsReady = Signal(str, object)
    confidenceReady = Signal(str, float, bool, object)
    segmentStates = Signal(object)
    failed = Signal(str, str)
    noted = Signal(str)
    ended = Signal(int, str)

    # From the link's threads into this object's thread.
    _started = Signal(object)
    _arrived = Signal(object, object)
    _gone = Signal(object, object)

    def __init__(
        self, parent: QObject | None = None, *, factory: str = messages.INSTALLED, preload: bool = True
    ) -> None:
        """Make a client; `start` starts its process.

        Args:
            parent: owner.
            factory: "module:function" that makes the model source in the process.
            preload: load the networks at once, so that the first edit is quick.
        """
        super().__init__(parent)
        self.state = "starting"
        self._factory, self._preload = factory, preload
        self._link: Link | None = None
        self._running_link = False
        self._loaded = not preload
        self._newest: messages.Work | None = None
        self._unsent = False
        self._running: int | None = None
        self._stage = ""
        self._crashes: list[float] = []
        self._crashed_by: dict[int, int] = {}
        self._debounce = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._debounce.timeout.connect(self._send_newest)
        self._hard = QTimer(self, singleShot=True, interval=HARD_MS)
        self._hard.timeout.connect(self._kill_stuck)
        self._states_of = (-1, False)
        self._started.connect(self._on_started, Qt.ConnectionType.QueuedConnection)
        self._arrived.connect(self._on_message, Qt.ConnectionType.QueuedConnection)
        self._gone.connect(self._on_end, Qt.ConnectionType.QueuedConnection)

    @property
    def pid(self) -> int | None:
        """Number of the engine's process, None while there is none."""
        return None if self._link is None else self._link.pid

    # What the window asks ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process if there is none; returns at once."""
        if self._link is not None:
            return
        link = Link(
            self._factory,
            self._preload,
            lambda: self._started.emit(link),
            lambda message: self._arrived.emit(link, message),
            lambda code: self._gone.emit(link, code),
        )
        self._link = link
        self._loaded = not self._preload
        self._running_link = False
        self._set_state()
        link.start()

    def stop(self) -> None:
        """End the process and wait until it is gone, two seconds at most."""
        self._debounce.stop()
        self._hard.stop()
        link, self._link = self._link, None
        self._newest, self._running, self._unsent = None, None, False
        if link is not None:
            link.close(wait=True)

    def submit(self, project: Project, path: str | Path | None, revision: int) -> None:
        """Have the motion and poses of a project brought up to date; the newest call wins.

        Args:
            project: the project as it is now.
            path: its file, None while it has none.
            revision: number that comes back with the results.
        """
        place = messages.unsaved_path() if path is None else Path(path)
        self._newest = messages.Work(revision, project, str(place))
        self._unsent = True
        if self._link is None:
            self._crashes.clear()
            self.start()
        self._send(messages.AskStates(revision, project))
        self._debounce.start()

    def cancel(self) -> None:
        """Stop the running work and forget what waits."""
        self._debounce.stop()
        self._newest, self._unsent = None, False
        if self._running is not None:
            self._send(messages.Cancel())
            self._hard.start()

    def request_suggestions(self, text: str) -> None:
        """Ask for known prompts near to a text; the newest question is answered."""
        self._send(messages.AskSuggestions(text))

    def request_confidence(self, text: str) -> None:
        """Ask how well the motion networks know a prompt; the newest question is answered."""
        self._send(messages.AskConfidence(text))

    def request_pieces(self, project: Project, path: str | Path | None, token: Hashable = None) -> None:
        """Ask which chunks of a project's video are finished; the newest question of each asker is answered.

        Args:
            project: any snapshot of the project.
            path: its file, None while it has none.
            token: comes back with the answer; it names the asker, or is a tuple that begins with the asker's name.
        """
        place = messages.unsaved_path() if path is None else Path(path)
        self._send(messages.AskPieces(project, str(place), token))

    def request_forecast(
        self, project: Project, path: str | Path | None, wish: messages.RenderWish, token: Hashable = None
    ) -> None:
        """Ask how a render would go; the newest question of each asker is answered.

        Args:
            project: any snapshot of the project.
            path: its file, None while it has none.
            wish: what would be rendered.
            token: as in `request_pieces`.
        """
        place = messages.unsaved_path() if path is None else Path(path)
        self._send(messages.AskForecast(project, str(place), wish, token))

    def prepare(self, audio: str = "", portrait: str = "", rig: dict[str, Any] | None = None) -> None:
        """Look at files that are no project yet; `audioReady` and `portraitReady` answer.

        Args:
            audio: a recording, or "".
            portrait: a picture, or "".
            rig: its rig as a JSON object, None to propose one.
        """
        self._send(messages.Prepare(str(audio), str(portrait), rig))

    # Inside -----------------------------------------------------------------------------------------------------------

    def _send(self, message: Any) -> None:
        if self._link is None:
            self.start()
        assert self._link is not None
        self._link.send(message)

    def _send_newest(self) -> None:
        if self._newest is None or not self._unsent:
            return
        self._unsent = False
        if self._running is not None:
            self._hard.start()
        self._send(self._newest)

    def _kill_stuck(self) -> None:
        """The running work did not stop when it was asked."""
        if self._running is None or self._link is None or self._stage not in _BREAKABLE:
            return
        link, self._link = self._link, None
        running, self._running = self._running, None
        link.kill()
        self.ended.emit(running, "cancelled")
        self._unsent = self._newest is not None
        self.start()

    def _set_state(self) -> None:
        if self._link is None:
            state = "failed"
        elif not self._running_link:
            state = "starting"
        elif not self._loaded:
            state = "loading"
        else:
            state = "ready" if self._running is None else "working"
        if state != self.state:
            self.state = state
            self.stateChanged.emit(state)

    def _on_started(self, link: Link) -> None:
        if link is self._link:
            self._running_link = True
            self._set_state()
            if self._unsent and not self._debounce.isActive():
                self._send_newest()

    def _on_end(self, link: Link, code: int | None) -> None:
        """The process ended although nobody asked it to."""
        if link is not self._link:
            return
        self._link = None
        running, self._running = self._running, None
        now = time.monotonic()
        self._crashes = [moment for moment in self._crashes if now - moment < CRASH_SECONDS] + [now]
        if running is not None:
            self._crashed_by[running] = self._crashed_by.get(running, 0) + 1
            self.ended.emit(running, "failed")
        how = self.tr("The engine ended unexpectedly (%1)").replace("%1", said(exit_sentence(code)))
        if code is None or len(self._crashes) >= CRASHES:
            self._set_state()
            self.failed.emit("engine", self.tr("%1; it is started again with your next edit.").replace("%1", how))
            return
        # What ended it twice would end it again.
        newest = self._newest
        self._unsent = newest is not None and self._crashed_by.get(newest.revision, 0) < CRASHES - 1
        self.start()
        self.failed.emit("engine", self.tr("%1 and was started again.").replace("%1", how))

    def _on_message(self, link: Link, message: Any) -> None:
        if link is self._link:
            getattr(self, f"_on_{type(message).__name__.lower()}")(message)

    def _on_loaded(self, message: messages.Loaded) -> None:
        self._loaded = True
        _log(message.detail)
        if message.sentence:
            self.failed.emit("engine", message.sentence)
        self._set_state()

    def _on_loading(self, message: messages.Loading) -> None:
        self.loading.emit(message.step)

    def _on_device(self, message: messages.Device) -> None:
        self.deviceFound.emit(message.name)

    def _on_begun(self, message: messages.Begun) -> None:
        self._running, self._stage = message.revision, ""
        self._set_state()

    def _on_stage(self, message: messages.Stage) -> None:
        self._stage = message.name

    def _on_ended(self, message: messages.Ended) -> None:
        self._hard.stop()
        _log(message.detail)
        self._running = None
        if self._newest is not None and self._newest.revision == message.revision and not self._unsent:
            self._newest = None
        if message.how == "failed":
            self.failed.emit(message.stage, message.sentence)
        self.ended.emit(message.revision, message.how)
        self._set_state()

    def _on_report(self, message: messages.Report) -> None:
        self.progress.emit(message.progress)

    def _on_heard(self, message: messages.Heard) -> None:
        self.audioReady.emit(message.audio)

    def _on_seen(self, message: messages.Seen) -> None:
        self.portraitReady.emit(message.portrait)
        self.proposalReady.emit(message.proposal)

    def _on_moved(self, message: messages.Moved) -> None:
        self.motionReady.emit(message.revision, message.state, message.clip)

    def _on_posed(self, message: messages.Posed) -> None:
        self.posesReady.emit(message.revision, message.poses)

    def _on_states(self, message: messages.States) -> None:
        told = (message.revision, message.by_work)
        if told >= self._states_of:  # what is older comes late
            self._states_of = told
            self.segmentStates.emit(dict(message.states))

    def _on_pieces(self, message: messages.Pieces) -> None:
        self.piecesReady.emit(message.token, message.pieces)

    def _on_foreseen(self, message: messages.Foreseen) -> None:
        self.forecastReady.emit(message.token, message.forecast)

    def _on_suggestions(self, message: messages.Suggestions) -> None:
        self.suggestionsReady.emit(message.text, list(message.found))

    def _on_confident(self, message: messages.Confident) -> None:
        self.confidenceReady.emit(message.text, message.likeness, message.known, message.nearest)

    def _on_failure(self, message: messages.Failure) -> None:
        _log(message.detail)
        self.failed.emit(message.stage, message.sentence)

    def _on_note(self, message: messages.Note) -> None:
        self.noted.emit(message.text)


def _log(detail: str) -> None:
    """Write where an unexpected error of the engine arose; the engine has no log file of its own."""
    if detail:
        logs.log("error", f"engine: {detail}")
