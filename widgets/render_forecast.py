"""Words for how a render would go, and the question before one that cannot be done or takes very long."""

from typing import Final, Literal

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QPushButton, QWidget

from core.forecast import RenderForecast
from widgets.numbers import kept_together, localised
from widgets.render_queue import time_left

Answer = Literal["render", "draft", "models", "cancel"]
"""Render all the same, render with the draft instead, open the model manager, or do nothing."""

_BOUND: Final = "draft"
"""The renderer whose estimate is what it usually takes; that of others is what it takes at best."""


def problem_text(forecast: RenderForecast) -> str:
    """Return what is missing, "" if nothing is."""
    if forecast.obstacle == "weights":
        if not forecast.weights:
            return QCoreApplication.translate("RenderForecast", "The weights of this renderer are missing.")
        names = QCoreApplication.translate("RenderForecast", " and ").join(title for _, title in forecast.weights)
        return QCoreApplication.translate(
            "RenderForecast", "Weights are missing: {names}. The model manager gets them."
        ).format(names=names)
    if forecast.obstacle == "device":
        return QCoreApplication.translate("RenderForecast", "The graphics card that was asked for is not there.")
    if forecast.obstacle == "memory":
        if forecast.memory is None or forecast.free is None:
            return QCoreApplication.translate(
                "RenderForecast", "There is too little memory. A smaller size or profile needs less."
            )
        return QCoreApplication.translate(
            "RenderForecast",
            "There is too little memory: about {needed} are needed, {free} can be used. "
            "A smaller size or profile needs less.",
        ).format(needed=memory_text(forecast.memory), free=memory_text(forecast.free))
    return forecast.sentence if forecast.obstacle else ""


def warning_text(forecast: RenderForecast) -> str:
    """Return what speaks against a render that can be done, "" if nothing does."""
    lines = []
    if forecast.device == "cpu" and forecast.is_slow:
        lines.append(
            QCoreApplication.translate(
                "RenderForecast", "There is no graphics card that can be used, and the processor is very slow."
            )
        )
    if forecast.is_tight and forecast.memory is not None and forecast.free is not None:
        text = QCoreApplication.translate(
            "RenderForecast", "About {needed} of memory are needed, but only {free} are free."
        )
        lines.append(text.format(needed=memory_text(forecast.memory), free=memory_text(forecast.free)))
    return " ".join(lines)


def estimate_text(forecast: RenderForecast) -> str:
    """Return time and memory of what is still to be rendered, "" while they are not known."""
    if not forecast.usable or forecast.seconds is None:
        return ""
    if forecast.frames == 0:
        return QCoreApplication.translate("RenderForecast", "Everything is rendered already.")
    if forecast.backend == _BOUND:
        text = QCoreApplication.translate("RenderForecast", "About {time} for {frames} frames, {memory} of memory.")
    else:
        text = QCoreApplication.translate(
            "RenderForecast", "At least {time} for {frames} frames, about {memory} of memory."
        )
    return text.format(
        time=time_left(forecast.seconds), frames=forecast.frames, memory=memory_text(forecast.memory or 0.0)
    )


def memory_text(size: float) -> str:
    """Return bytes as cards are sold: "0.3 GB", "12.4 GB"."""
    return kept_together(f"{localised(size / 1e9, 1)} GB")


class RenderQuestion(QMessageBox):
    """Asks what to do about a render that cannot be done, or that takes very long."""

    def __init__(self, forecast: RenderForecast, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answers: dict[QAbstractButton, Answer] = {}
        self.setWindowTitle(self.tr("Render"))
        self.setIcon(QMessageBox.Icon.Warning)
        if forecast.usable:
            self.setText(self.tr("This render takes very long or more memory than is free."))
            lines = (warning_text(forecast), estimate_text(forecast))
            self.setInformativeText("\n".join(line for line in lines if line))
        else:
            self.setText(self.tr("This renderer cannot work here."))
            self.setInformativeText(problem_text(forecast))
        role = QMessageBox.ButtonRole.AcceptRole
        if forecast.usable:
            self._offer(self.tr("&Render all the same"), "render", role)
        if forecast.obstacle == "weights":
            self.setDefaultButton(self._offer(self.tr("Open the &model manager"), "models", role))
        draft = self._offer(self.tr("Use the &draft"), "draft", role)
        draft.setToolTip(self.tr("Render with the draft puppet, which needs nothing"))
        if forecast.obstacle != "weights":
            self.setDefaultButton(draft)
        self.addButton(QMessageBox.StandardButton.Cancel)

    def _offer(self, title: str, answer: Answer, role: QMessageBox.ButtonRole) -> QPushButton:
        button = self.addButton(title, role)
        self._answers[button] = answer
        return button

    @property
    def answer(self) -> Answer:
        """What the user chose, "cancel" until then."""
        clicked = self.clickedButton()
        return "cancel" if clicked is None else self._answers.get(clicked, "cancel")
