"""The renderers in the window: which there are, how a render would go, and the question before one that cannot be done.

Whether a renderer can work here is looked at by the engine's process, where torch is; the window only waits for the
answer. Renders with the draft, which needs nothing, are never held up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer

from app.engine.messages import RenderWish
from app.sentences import said
from core.forecast import RenderForecast
from core.timeline import Project
from widgets.numbers import kept_together
from widgets.render_options import BackendChoice

if TYPE_CHECKING:
    from app.jobs import RenderRequest
    from app.main_window import MainWindow

DRAFT: Final = "draft"
"""The renderer that needs nothing."""

_PANEL: Final = "panel"
_START: Final = "start"
_SOON_MS: Final = 300
_PATIENCE_MS: Final = 60_000
"""A render starts without an answer after this time: its own process looks again and says what is missing."""


@dataclass
class _Waiting:
    """Renders that wait for the answers to whether they can be done."""

    requests: tuple["RenderRequest", ...]
    go: Callable[[Sequence["RenderRequest"]], None]
    number: int
    forecasts: list[RenderForecast] = field(default_factory=list)


class WindowBackends(QObject):
    """Joins renderers, inspector, engine and the start of renders.

    Attributes:
        question: the question that is open, else None.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.question: Any = None
        self._asked = 0
        self._waiting: _Waiting | None = None
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._ask_for_panel)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._start_unanswered)

    def choices(self) -> tuple[BackendChoice, ...]:
        """Return all renderers that the program has, for people: those of `models.renderers`.

        Their names are written down here, since the window imports nothing of `models` when it starts.
        """
        versa = self.tr(
            "Needs 4.5 GB of weights and a graphics card with 8 GB of memory; a processor alone takes hours "
            "for seconds of video."
        )
        return (
            BackendChoice("draft", self.tr("Draft puppet"), self.tr("Needs nothing; quick.")),
            BackendChoice("versa", self.tr("Diffusion (versa)"), kept_together(versa)),
        )

    # The inspector ----------------------------------------------------------------------------------------------------

    def connect_forms(self) -> None:
        """Join the inspector's part about the renderer."""
        window = self._window
        form = window.parts.inspector.rendering
        form.set_backends(self.choices())
        form.versaChanged.connect(lambda name, value: window.session.set_versa(**{name: value}))
        form.versaReset.connect(window.session.reset_versa)
        form.modelsRequested.connect(window.render_actions.model_manager)

    def connect_engine(self) -> None:
        """Join the engine."""
        engine = self._window.engine
        engine.forecastReady.connect(self._forecast_ready)
        engine.posesReady.connect(lambda _revision, _poses: self.look_again())
        engine.stateChanged.connect(self._engine_changed)
        self.look_again()

    def project_changed(self, old: Project | None, new: Project | None) -> None:
        """Look again if the change has to do with renders."""
        if new is not None and (old is None or _concerns(old) != _concerns(new)):
            self.look_again()

    def look_again(self) -> None:
        """Ask anew, soon, how a render of the whole recording would go."""
        self._soon.start()

    def _ask_for_panel(self) -> None:
        window = self._window
        if window.engine is not None and window.session.project is not None:
            self._asked += 1
            window.engine.request_forecast(
                window.session.project, window.session.cache_path, RenderWish(), (_PANEL, self._asked)
            )

    def _forecast_ready(self, token: Any, forecast: RenderForecast) -> None:
        asker, number = token
        forecast = replace(forecast, sentence=said(forecast.sentence))
        if asker == _START:
            self._answered(number, forecast)
        elif asker == _PANEL and number == self._asked and self._window.parts.inspector is not None:
            self._window.parts.inspector.rendering.set_forecast(forecast)

    # Starting renders -------------------------------------------------------------------------------------------------

    def start(self, requests: Sequence["RenderRequest"], go: Callable[[Sequence["RenderRequest"]], Any]) -> None:
        """Start renders: at once with the draft, else when it is known that they can be done or the user says so.

        Args:
            requests: each with a project of its own.
            go: lets requests be done, as many as there were and in their order; perhaps with the draft instead.
        """
        if self._window.engine is None or not any(_may_lack(request) for request in requests):
            go(requests)
            return
        if self._waiting is not None or self.question is not None:
            self._window.show_message("info", self.tr("Another render is about to start; wait a moment."))
            return
        self._asked += 1
        self._waiting = _Waiting(tuple(requests), go, self._asked)
        self._window.show_message("info", self.tr("Looking whether the renderer can work here …"))
        self._patience.start()
        self._ask_next()

    def _ask_next(self) -> None:
        waiting = self._waiting
        assert waiting is not None
        request = waiting.requests[len(waiting.forecasts)]
        wish = RenderWish(request.backend, request.height, request.fps, request.start_us, request.end_us, request.crf)
        self._window.engine.request_forecast(request.load(), request.project_path, wish, (_START, waiting.number))

    def _answered(self, number: int, forecast: RenderForecast) -> None:
        waiting = self._waiting
        if waiting is None or number != waiting.number:
            return
        waiting.forecasts.append(forecast)
        if forecast.usable and len(waiting.forecasts) < len(waiting.requests):
            self._ask_next()
            return
        self._end_waiting()
        whole = together(waiting.forecasts)
        if whole.needs_question:
            self._ask_user(whole, waiting)
            return
        waiting.go(waiting.requests)
        self._say_estimate(whole)

    def _say_estimate(self, forecast: RenderForecast) -> None:
        from widgets.render_forecast import estimate_text

        text = estimate_text(forecast)
        if text and forecast.frames:
            self._window.show_message("info", self.tr("Rendering in the background. {estimate}").format(estimate=text))

    def _end_waiting(self) -> None:
        self._patience.stop()
        self._waiting = None

    def _start_unanswered(self) -> None:
        waiting = self._waiting
        self._end_waiting()
        if waiting is not None:
            waiting.go(waiting.requests)

    def _engine_changed(self, state: str) -> None:
        if state == "failed":
            self._start_unanswered()

    def _ask_user(self, forecast: RenderForecast, waiting: _Waiting) -> None:
        from widgets.render_forecast import RenderQuestion

        self._window.show_message("info", "")
        question = self.question = RenderQuestion(forecast, self._window)
        question.finished.connect(lambda _result: self._decided(question, forecast, waiting))
        question.open()

    def _decided(self, question: Any, forecast: RenderForecast, waiting: _Waiting) -> None:
        self.question = None
        question.deleteLater()
        if question.answer == "render":
            waiting.go(waiting.requests)
        elif question.answer == "models":
            self._window.render_actions.model_manager(forecast.weights[0][0] if forecast.weights else "")
        elif question.answer == "draft":
            session = self._window.session
            here = [request for request in waiting.requests if request.project_path == str(session.cache_path)]
            if here and all(request.out is None for request in here):
                # Pieces are looked at in the video view, which shows those of the project's renderer.
                session.set_output(backend=DRAFT)
            waiting.go([replace(request, backend=DRAFT) for request in waiting.requests])


def together(forecasts: Sequence[RenderForecast]) -> RenderForecast:
    """Return one forecast for renders that are done one after the other: the last where it cannot be done."""
    last = forecasts[-1]
    if not last.usable:
        return last
    seconds = [forecast.seconds for forecast in forecasts if forecast.seconds is not None]
    return replace(
        max(forecasts, key=lambda forecast: forecast.memory or 0.0),
        frames=sum(forecast.frames or 0 for forecast in forecasts),
        seconds=sum(seconds) if seconds else None,
    )


def _may_lack(request: "RenderRequest") -> bool:
    """Whether a render may lack something: those with the draft and those of poses need nothing."""
    return request.kind == "video" and (request.backend or request.load().output.backend) != DRAFT


def _concerns(project: Project) -> tuple[Any, ...]:
    """What of a project changes how a render goes."""
    return project.output, project.portrait, project.rig, project.audio, project.seed
