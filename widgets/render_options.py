"""The renderer of a project as a form: which one, what it needs, its options, and how a render would go.

It shows what it is given and emits what the user wants; what a renderer can do here is found out elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core import versa_options as limits
from core.forecast import RenderForecast
from core.timeline import OutputSettings
from core.versa_options import VersaOptions
from widgets import theme
from widgets.form_fields import ChoiceField, SeedField, SliderField, dim_label, note_label
from widgets.render_forecast import estimate_text, problem_text, warning_text

STEPS: Final = (10, 15, 20, 25, 30, 40, 50)
SIZES: Final = (256, 320, 384, 448, 512, 576, 640, 704, 768)
"""What is offered; a project may hold other values, which are shown too."""


@dataclass(frozen=True)
class BackendChoice:
    """A renderer that can be chosen.

    Attributes:
        name: by which the project knows it.
        title: for people.
        needs: what it needs, one sentence.
    """

    name: str
    title: str
    needs: str = ""


class RenderOptions(QWidget):
    """See the module.

    Attributes:
        backend: the choice of the renderer.
        fields: the fields of the `versa` options by their names.
        form: the form with the choice, for who lays it out under others.

    Signals:
        backendChosen(str): the user wants another renderer.
        versaChanged(str, object): an option of `versa` and its new value.
        versaReset: all options of `versa` shall be as they are at first.
        remarked: something is missing for the renderer, and it was not said before.
        modelsRequested(str): the user wants the model manager, with the weights of that name chosen ("" for any).
    """

    backendChosen = Signal(str)
    versaChanged = Signal(str, object)
    versaReset = Signal()
    remarked = Signal()
    modelsRequested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._choices: dict[str, BackendChoice] = {}
        self._forecast: RenderForecast | None = None
        self._shown = ""
        self.backend = ChoiceField(
            self.tr("Renderer"), self.tr("What makes the pictures of the video"), [("draft", self.tr("Draft puppet"))]
        )
        self.needs = dim_label()
        self.needs.setWordWrap(True)
        self.needs.setAccessibleName(self.tr("What the renderer needs"))
        self.problem = note_label()
        self.problem.setAccessibleName(self.tr("What is missing for the renderer"))
        self.estimate = dim_label()
        self.estimate.setWordWrap(True)
        self.estimate.setAccessibleName(self.tr("What a render of the whole recording takes"))
        self.models = self._button(self.tr("Model manager…"), self.tr("Get the weights that are missing"))
        self.use_draft = self._button(
            self.tr("Use the draft"), self.tr("Render with the draft puppet, which needs nothing")
        )
        self.reset = self._button(
            self.tr("Reset the options"), self.tr("Set all options of this renderer to what they are at first")
        )
        self.fields: dict[str, ChoiceField | SliderField | SeedField | QCheckBox] = {}
        self._make_fields()
        self._lay_out()
        self._connect()
        self._show_choice()

    # Making -----------------------------------------------------------------------------------------------------------

    def _button(self, title: str, tip: str) -> QPushButton:
        button = QPushButton(title)
        button.setAccessibleName(title.removesuffix("…"))
        button.setToolTip(tip)
        button.setAutoDefault(False)
        return button

    def _make_fields(self) -> None:
        usual = VersaOptions()
        profiles = [("auto", self.tr("As the card allows"))]
        profiles += [(name, self.tr("{n} GB").format(n=name)) for name in limits.PROFILES if name.isdigit()]
        profiles += [("all", self.tr("No limit"))]
        self.fields["profile"] = ChoiceField(
            self.tr("Memory profile"),
            self.tr("How much memory of the graphics card may be used; less is slower"),
            profiles,
        )
        self.fields["steps"] = ChoiceField(
            self.tr("Denoising steps"),
            self.tr("More steps take longer and give finer pictures; {n} are usual").format(n=usual.steps),
            [(steps, str(steps)) for steps in STEPS],
        )
        self.fields["size"] = ChoiceField(
            self.tr("Size of the network's picture"),
            self.tr("Its short side, before it is scaled to the video; the network was trained with {n} px").format(
                n=usual.size
            ),
            [(size, f"{size} px") for size in SIZES],
        )
        self.fields["guidance"] = SliderField(
            self.tr("Guidance"),
            self.tr("How strictly portrait and poses are followed; 1 takes half the time."),
            *limits.GUIDANCE,
            usual.guidance,
        )
        self.fields["pose_strength"] = SliderField(
            self.tr("Pose strength"), self.tr("Weight of the poses."), *limits.STRENGTH, usual.pose_strength
        )
        self.fields["face_strength"] = SliderField(
            self.tr("Face controls"),
            self.tr("Weight of speech, emotion and blinking on the face; 0 leaves them out."),
            *limits.STRENGTH,
            usual.face_strength,
        )
        self.fields["colour_hold"] = SliderField(
            self.tr("Hold the colours"),
            self.tr("How much of a drift of the colours is taken back."),
            *limits.SHARE,
            usual.colour_hold,
        )
        self.fields["seed"] = SeedField(
            self.tr("Seed of the pictures"), self.tr("Another seed gives other details; empty: the project's"),
            may_be_empty=True,
        )  # fmt: skip
        self.fields["fast"] = self._check(
            self.tr("Fast mode"), self.tr("Ten steps along a shorter schedule: quicker, less fine")
        )
        self.fields["still_background"] = self._check(
            self.tr("Keep the background still"), self.tr("Show the portrait's own pixels where the person never is")
        )

    def _check(self, title: str, tip: str) -> QCheckBox:
        box = QCheckBox(title)
        box.setAccessibleName(title)
        box.setToolTip(tip)
        return box

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        self.form = first = QGridLayout()
        first.setHorizontalSpacing(8)
        first.setVerticalSpacing(5)
        first.setColumnStretch(1, 1)
        first.addWidget(dim_label(self.tr("Re&nderer"), self.backend), 0, 0)
        first.addWidget(self.backend, 0, 1)
        layout.addLayout(first)
        for label in (self.needs, self.problem, self.estimate):
            layout.addWidget(label)
        buttons = QHBoxLayout()
        buttons.addWidget(self.models)
        buttons.addWidget(self.use_draft)
        buttons.addStretch(1)
        layout.addLayout(buttons)
        self.versa = QWidget()
        grid = QGridLayout(self.versa)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        titles = {
            "profile": self.tr("Memory"),
            "steps": self.tr("Steps"),
            "size": self.tr("Size"),
            "guidance": self.tr("Guidance"),
            "pose_strength": self.tr("Poses"),
            "face_strength": self.tr("Face"),
            "colour_hold": self.tr("Colours"),
            "seed": self.tr("Seed"),
        }
        for row, (name, field) in enumerate(self.fields.items()):
            if name in titles:
                grid.addWidget(dim_label(titles[name], field), row, 0)
                grid.addWidget(field, row, 1)
            else:
                grid.addWidget(field, row, 0, 1, 2)
        grid.addWidget(self.reset, len(self.fields), 0, 1, 2)
        layout.addWidget(self.versa)

    def _connect(self) -> None:
        self.backend.valueChosen.connect(lambda value: self.backendChosen.emit(str(value)))
        for name, field in self.fields.items():
            signal = (
                field.valueChosen if isinstance(field, ChoiceField)
                else field.valueCommitted if isinstance(field, SliderField)
                else field.seedCommitted if isinstance(field, SeedField)
                else field.clicked
            )  # fmt: skip
            signal.connect(lambda value, name=name: self.versaChanged.emit(name, value))
        self.reset.clicked.connect(lambda _=False: self.versaReset.emit())
        self.use_draft.clicked.connect(lambda _=False: self.backendChosen.emit("draft"))
        self.models.clicked.connect(lambda _=False: self.modelsRequested.emit(self._missing()))

    def _missing(self) -> str:
        weights = () if self._forecast is None else self._forecast.weights
        return weights[0][0] if weights else ""

    # Showing ----------------------------------------------------------------------------------------------------------

    def set_backends(self, backends: Sequence[BackendChoice]) -> None:
        """Offer renderers."""
        self._choices = {choice.name: choice for choice in backends}
        self.backend.set_choices([(choice.name, choice.title) for choice in backends])
        self._show_choice()

    def show_output(self, output: OutputSettings, seed: int) -> None:
        """Show a project's output settings; `seed` is its base seed."""
        if output.backend != self._shown:
            self._shown = output.backend
            self.set_forecast(None)  # it was another renderer's
        self.backend.set_value(output.backend)
        options = output.versa
        for name, field in self.fields.items():
            value = getattr(options, name)
            if isinstance(field, SeedField):
                field.set_seed(value, usual=seed)
            elif isinstance(field, QCheckBox):
                field.setChecked(value)
            else:
                field.set_value(value)
        self.fields["steps"].setToolTip(
            self.tr("Fast mode takes ten steps at most") if options.fast
            else self.tr("More steps take longer and give finer pictures; {n} are usual").format(
                n=VersaOptions().steps
            )
        )  # fmt: skip
        self.reset.setEnabled(bool(options.changed))
        self._show_choice()

    def set_forecast(self, forecast: RenderForecast | None) -> None:
        """Show how a render of the whole recording would go; None while nobody knows."""
        if forecast is not None and forecast.backend != self._shown:
            return  # the answer to a question about the renderer before
        self._forecast = forecast
        before = self.problem.text()
        problem = "" if forecast is None else problem_text(forecast)
        warning = "" if forecast is None else warning_text(forecast)
        self.problem.setText(problem or warning)
        self.problem.setVisible(bool(problem or warning))
        self.problem.setStyleSheet(f"color: {theme.ERROR if problem else theme.WARNING}")
        text = "" if forecast is None else estimate_text(forecast)
        self.estimate.setText(text)
        self.estimate.setVisible(bool(text))
        self.models.setVisible(forecast is not None and forecast.obstacle == "weights")
        self.use_draft.setVisible(forecast is not None and forecast.needs_question and self._shown != "draft")
        if self.problem.text() not in ("", before):
            self.remarked.emit()

    def _show_choice(self) -> None:
        choice = self._choices.get(self._shown)
        self.needs.setText("" if choice is None else choice.needs)
        self.needs.setVisible(bool(self.needs.text()))
        self.versa.setVisible(self._shown == "versa")

    def flush(self) -> None:
        """Take what is being typed."""
        for field in self.fields.values():
            if isinstance(field, (SliderField, SeedField)):
                field.flush()
