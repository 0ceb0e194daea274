"""The engine's child process: one thread reads wishes, one loads the networks, one works, one answers quick questions.

The chain itself (`app.engine.stages`) is imported with the first wish, so that the window hears at once what is loaded.
Only the newest wish of each kind counts. A new one stops the running work: its token is looked at between the steps of
the Director and before every layer of the networks. The process ends when its window does, however that ends.
"""

import contextlib
import importlib
import os
import sys
import threading
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Final

from app import polite
from app.engine import messages
from app.engine.segment_states import segment_states
from app.failures import detail_of, sentence_of
from app.model_source import ModelSource
from core.cancel import Cancelled, CancelToken
from core.forecast import RenderForecast

if TYPE_CHECKING:
    from app.engine.stages import ProjectWork

_POLL: Final = 0.05
_KINDS: Final = {
    messages.Work: "work",
    messages.AskStates: "states",
    messages.AskSuggestions: "suggestions",
    messages.AskConfidence: "confidence",
    messages.Prepare: "prepare",
}


def main(pipe: Connection, factory: str, preload: bool) -> None:
    """Serve a window until its pipe closes.

    Args:
        pipe: to the window.
        factory: "module:function" that makes the `ModelSource`.
        preload: load the networks at once.
    """
    polite.step_back(polite.ENGINE)
    Child(pipe, factory).serve(preload)


def make_models(factory: str) -> ModelSource:
    """Return the model source that a "module:function" makes."""
    module, _, name = factory.partition(":")
    source: ModelSource = getattr(importlib.import_module(module), name)()
    return source


class Child:
    """State of the process."""

    def __init__(self, pipe: Connection, factory: str) -> None:
        self._pipe = pipe
        self._send_lock = threading.Lock()
        self._models = SharedModels(make_models(factory))
        self._wanted = threading.Condition()
        self._main: dict[Hashable, Any] = {}
        self._side: dict[Hashable, Any] = {}
        self._cancel = CancelToken()
        self._works: dict[str, ProjectWork] = {}
        self._suggester: Any = None

    def serve(self, preload: bool) -> None:
        """Work until the window closes the pipe."""
        threading.Thread(target=self._read, name="reader", daemon=True).start()
        threading.Thread(target=self._answer, name="answers", daemon=True).start()
        if preload:
            threading.Thread(target=self._load, name="loader", daemon=True).start()
        while True:
            with self._wanted:
                while not self._main:
                    self._wanted.wait()
                work = self._main.pop("work")
                cancel = self._cancel = CancelToken()
            self._work(work, cancel)

    # Reading ----------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        try:
            while True:
                message = self._pipe.recv()
                if isinstance(message, messages.Stop):
                    break
                self._take(message)
        except (EOFError, OSError):
            pass  # the window is gone, however that happened
        # Finished results are in the cache; nothing else is worth waiting for.
        os._exit(0)

    def _take(self, message: Any) -> None:
        with self._wanted:
            if isinstance(message, messages.Work):
                self._cancel.cancel()
                self._main["work"] = message
            elif isinstance(message, messages.Cancel):
                self._cancel.cancel()
                self._main.clear()
            elif isinstance(message, (messages.AskPieces, messages.AskForecast)):
                # The first item of a tuple says who asks; the rest tells the questions of one apart.
                asker = message.token[0] if isinstance(message.token, tuple) and message.token else message.token
                self._side[(type(message).__name__, asker)] = message
            else:
                self._side[_KINDS[type(message)]] = message
            self._wanted.notify_all()

    # Working ----------------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        try:
            load = {"libraries": self._libraries, "motion": self._models.motion, "poses": self._models.poses}
            for step in messages.LOADING:
                self.send(messages.Loading(step))
                load[step]()
        except Exception as error:  # told to the user; the work that needs them will fail with the same sentence
            self.send(messages.Loaded(sentence_of(error), detail_of(error)))
            return
        self.send(messages.Loaded())

    def _libraries(self) -> None:
        self.send(messages.Device(self._models.libraries()))

    def _work(self, work: messages.Work, cancel: CancelToken) -> None:
        running = self._project(work.path)
        self.send(messages.Begun(work.revision))
        try:
            with self._models.obeying(cancel):
                running.run(work.revision, work.project, cancel)
        except Cancelled:
            self.send(messages.Ended(work.revision, "cancelled"))
        except Exception as error:  # the window shows it as a sentence
            if running.motion_is_missing:
                self._tell_failed(work)
            self.send(messages.Ended(work.revision, "failed", running.stage, sentence_of(error), detail_of(error)))
        else:
            self.send(messages.Ended(work.revision, "done"))

    def _project(self, path: str) -> "ProjectWork":
        with self._wanted:
            known = self._works.get(path)
            if known is None:
                from app.engine.stages import ProjectWork

                self._works.clear()  # one project at a time: the decoded recording of another is not kept
                known = self._works[path] = ProjectWork(path, self._models, self.send)
            return known

    def _tell_failed(self, work: messages.Work) -> None:
        with contextlib.suppress(ValueError):
            self.send(messages.States(work.revision, segment_states(work.project, "failed"), by_work=True))

    # Quick questions --------------------------------------------------------------------------------------------------

    def _answer(self) -> None:
        while True:
            with self._wanted:
                while not self._side:
                    self._wanted.wait()
                question = self._side.pop(next(iter(self._side)))
            try:
                self._answer_one(question)
            except Exception as error:  # one question that fails must not end the thread
                stage = type(question).__name__.removeprefix("Ask").lower()
                self.send(messages.Failure(stage, sentence_of(error), detail_of(error)))

    def _answer_one(self, question: Any) -> None:
        if isinstance(question, messages.AskStates):
            self.send(messages.States(question.revision, segment_states(question.project)))
        elif isinstance(question, messages.AskSuggestions):
            self.send(self._suggestions(question.text))
        elif isinstance(question, messages.AskConfidence):
            found = self._models.motion().confidence(question.text)
            self.send(messages.Confident(question.text, found.likeness, found.known, tuple(found.nearest)))
        elif isinstance(question, messages.AskPieces):
            self.send(messages.Pieces(question.token, self._project(question.path).pieces(question.project)))
        elif isinstance(question, messages.AskForecast):
            self.send(messages.Foreseen(question.token, self._forecast(question)))
        elif isinstance(question, messages.Prepare):
            from app.engine.stages import look_at_files

            look_at_files(question, self.send, CancelToken())

    def _forecast(self, question: messages.AskForecast) -> RenderForecast:
        try:
            return self._project(question.path).forecast(question.project, question.wish)
        except Exception as error:  # what a driver or a library says: somebody waits for an answer in any case
            backend = question.wish.backend or question.project.output.backend
            return RenderForecast(backend, "other", sentence_of(error))

    def _suggestions(self, text: str) -> messages.Suggestions:
        if self._suggester is None:
            from app.engine.suggestions import Suggester

            own = getattr(self._models.source, "suggester", None)
            with self._models.held("motion"):
                self._suggester = Suggester.installed() if own is None else own()
        return self._suggester.suggest(text)

    def send(self, message: Any) -> None:
        """Send to the window; threads take turns."""
        with self._send_lock, contextlib.suppress(OSError):  # a closed pipe ends the process in the reader
            self._pipe.send(message)


class SharedModels:
    """A model source for several threads: each network is loaded once, and waiting for it can be cancelled.

    Attributes:
        source: where they come from.
    """

    def __init__(self, source: ModelSource) -> None:
        self.source = source
        # Poses of motion that is there already need not wait until torch is loaded.
        self._locks = {"motion": threading.RLock(), "poses": threading.RLock()}
        self._hooked = False
        self._obeyed = threading.local()

    @contextmanager
    def obeying(self, cancel: CancelToken) -> Iterator[None]:
        """Let this thread's waiting, and the networks that it runs, stop when `cancel` is set."""
        self._obeyed.cancel = cancel
        _THREAD.cancel = cancel
        try:
            yield
        finally:
            self._obeyed.cancel = _THREAD.cancel = None

    def libraries(self) -> str:
        """Load what all networks need, if the source has such a thing; returns what renders compute on."""
        load = getattr(self.source, "libraries", None)
        if load is None:
            return ""
        with self.held("motion"):
            return str(load())

    def motion(self) -> Any:
        """See `app.model_source.ModelSource`."""
        with self.held("motion"):
            maker = self.source.motion()
            if "torch" in sys.modules and not self._hooked:
                self._hooked = True
                _stop_inside_networks()
            return maker

    def motion_version(self) -> str:
        """See `app.model_source.ModelSource`."""
        return self.source.motion_version()

    def poses(self) -> Any:
        """See `app.model_source.ModelSource`."""
        with self.held("poses"):
            return self.source.poses()

    def renderer(self, name: str, options: Mapping[str, Any] | None = None) -> Any:
        """See `app.model_source.ModelSource`."""
        with self.held("poses"):
            return self.source.renderer(name, options)

    def span(self, *, start: float, end: float, prompt: str, seed: int, strength: float) -> Any:
        """See `app.model_source.ModelSource`."""
        return self.source.span(start=start, end=end, prompt=prompt, seed=seed, strength=strength)

    @contextmanager
    def held(self, part: str) -> Iterator[None]:
        """Nobody else loads this part ("motion" or "poses") meanwhile; waiting for that can be cancelled."""
        lock = self._locks[part]
        cancel: CancelToken | None = getattr(self._obeyed, "cancel", None)
        while not lock.acquire(timeout=_POLL):
            if cancel is not None:
                cancel.check()
        try:
            yield
        finally:
            lock.release()


_THREAD = threading.local()


def _stop_inside_networks() -> None:
    """Look at the running thread's token before every layer: one window of the generator alone takes seconds."""
    from torch.nn.modules.module import register_module_forward_pre_hook

    def check(module: Any, inputs: Any) -> None:
        cancel: CancelToken | None = getattr(_THREAD, "cancel", None)
        if cancel is not None:
            cancel.check()

    register_module_forward_pre_hook(check)
