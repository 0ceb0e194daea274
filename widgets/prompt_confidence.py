"""How well the motion networks know a prompt, with the nearest wordings that they know: a line below its field.

It asks for what it does not know yet and keeps the answers; where they come from is not its business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QStylePainter, QVBoxLayout, QWidget

from widgets import theme
from widgets.form_fields import note_label

_WORDINGS: Final = 3
_KEPT: Final = 500


@dataclass(frozen=True)
class _Known:
    likeness: float
    known: bool
    nearest: tuple[str, ...]


class _Wording(QPushButton):
    """A button with a wording, which is shortened with dots where it does not fit; the tooltip has it whole."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("wording")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumWidth(40)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what fits."""
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, self.option())

    def option(self) -> QStyleOptionButton:
        """Return what is drawn: the button with as much of its text as there is room for."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        area = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self)
        flags = int(Qt.TextFlag.TextShowMnemonic.value)
        option.text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width(), flags)
        return option


class PromptConfidence(QWidget):
    """A remark about a prompt: calm where it is known, a warning with wordings to take where it is not.

    Attributes:
        remark: the line.
        wordings: buttons with the nearest known wordings; hidden where the prompt is known.

    Signals:
        wanted(str): a prompt whose confidence is not known here; `set_confidence` answers.
        taken(str): the user wants this wording instead.
    """

    wanted = Signal(str)
    taken = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._may_take = True
        self._answers: dict[str, _Known] = {}
        self.remark = note_label()
        self.remark.setTextFormat(Qt.TextFormat.PlainText)
        self.remark.setAccessibleName(self.tr("Remark about the prompt"))
        self.wordings = tuple(self._button() for _ in range(_WORDINGS))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.remark)
        for button in self.wordings:
            layout.addWidget(button)
        self.hide()

    def _button(self) -> _Wording:
        button = _Wording()
        button.setAccessibleName(self.tr("Take the prompt: {text}").format(text="\u2026"))
        button.setToolTip(button.accessibleName())
        button.clicked.connect(lambda _=False: self.taken.emit(str(button.property("wording"))))
        return button

    def show_prompt(self, text: str, may_take: bool = True) -> None:
        """Show what is known of a prompt, and ask if that is nothing; "" shows nothing.

        Args:
            text: the prompt.
            may_take: whether it can be changed.
        """
        self._text, self._may_take = text.strip(), may_take
        if self._text and self._text not in self._answers:
            self.wanted.emit(self._text)
        self._show()

    def set_confidence(self, text: str, likeness: float, known: bool, nearest: Sequence[str]) -> None:
        """Take an answer.

        Args:
            text: the prompt.
            likeness: to the nearest known wording, up to 1.
            known: near enough to be understood.
            nearest: known wordings of different actions, nearest first.
        """
        while len(self._answers) >= _KEPT:
            del self._answers[next(iter(self._answers))]
        self._answers[text.strip()] = _Known(likeness, known, tuple(nearest))
        self._show()

    def _show(self) -> None:
        answer = self._answers.get(self._text)
        if not self._text or answer is None:
            self.hide()
            return
        percent = round(100 * max(0.0, min(1.0, answer.likeness)))
        if not answer.known:
            text = self.tr("The motion networks do not know how to do this. What they know sounds like this at most:")
        elif answer.nearest and answer.nearest[0].casefold() != self._text.casefold():
            text = self.tr("Understood as “{wording}” (likeness {percent} %)")
        else:
            text = self.tr("Well known to the motion networks")
        self.remark.setText(text.format(percent=percent, wording=answer.nearest[0] if answer.nearest else ""))
        self.remark.setStyleSheet(f"color: {theme.DIM_TEXT if answer.known else theme.WARNING}")
        self.remark.show()
        for number, button in enumerate(self.wordings):
            there = number < len(answer.nearest) and not answer.known
            button.setVisible(there)
            button.setEnabled(self._may_take)
            if there:
                self._label(button, answer.nearest[number])
        self.show()

    def _label(self, button: QPushButton, wording: str) -> None:
        button.setProperty("wording", wording)
        button.setText(wording.replace("&", "&&"))
        button.setAccessibleName(self.tr("Take the prompt: {text}").format(text=wording))
        button.setToolTip(button.accessibleName())
