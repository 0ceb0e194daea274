"""The inspector's page for one selected segment or several: prompt, times, seed, emotion, blinking, takes.

It shows segments and emits what the user wants of them, at the end of each gesture. Rules are the session's.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.skeleton import BODY_PARTS
from core.timecode import TimecodeMode
from core.timeline import EMOTIONS, Project, Segment
from widgets import theme
from widgets.form_fields import ChoiceField, SeedField, SliderField, TimeEntry, dim_label, section
from widgets.inspector_project import STAYS, stay_name
from widgets.prompt_confidence import PromptConfidence
from widgets.prompt_field import PromptField
from widgets.takes_list import TakesList
from widgets.timeline.names import body_part_name


class SegmentPage(QWidget):
    """See the module. The signals are those of `widgets.inspector.Inspector`."""

    changed = Signal(object, str, object)
    trimRequested = Signal(str, str, object)  # int would end at 35 minutes
    takeRequested = Signal(str, int)
    takeFavoured = Signal(str, int, bool)
    anotherTake = Signal(str)
    suggestionsWanted = Signal(str)
    refused = Signal(str)

    def __init__(self, overlay_parent: QWidget) -> None:
        """Make the page; suggestions lie over `overlay_parent`."""
        super().__init__()
        self._segments: tuple[Segment, ...] = ()
        self._states: Mapping[str, str] = {}
        self._asked = ""
        self._make_fields(overlay_parent)
        self._lay_out()
        self._connect()

    # Making -----------------------------------------------------------------------------------------------------------

    def _make_fields(self, overlay_parent: QWidget) -> None:
        self.title = QLabel()
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.state = QLabel()
        self.state.setAccessibleName(self.tr("State of the motion"))
        self.lock = QCheckBox(self.tr("&Locked"))
        self.lock.setToolTip(self.tr("Edits and new motion leave a locked segment alone (Ctrl+L)"))
        self.lock.setAccessibleName(self.tr("Locked"))
        self.prompt = PromptField(overlay_parent)
        self.confidence = PromptConfidence()
        self.start = TimeEntry(
            self.tr("Start"), self.tr("When the segment starts; the end stays. Up and Down step by frames")
        )
        self.end = TimeEntry(
            self.tr("End"), self.tr("When the segment ends; the start stays. Up and Down step by frames")
        )
        self.length = TimeEntry(self.tr("Length"), self.tr("How long the segment is; the start stays"))
        self.strength = SliderField(
            self.tr("Prompt strength"),
            self.tr("How strongly the prompt leads the motion: 0 ignores it, 1 is as trained."),
            0.0,
            2.0,
            1.0,
        )
        self.seed = SeedField(
            self.tr("Seed"),
            self.tr("The same seed gives the same motion again. Empty uses the project's seed"),
            may_be_empty=True,
        )
        self.part = ChoiceField(
            self.tr("Body part"),
            self.tr("Which part of the body the prompt is for; prompts for different parts may share time"),
            [(part, body_part_name(part)) for part in BODY_PARTS],
        )
        self.stay = ChoiceField(
            self.tr("Walking"),
            self.tr("Whether walking leads away or comes back to the spot"),
            [
                ("auto", self.tr("As the project")),
                ("on", self.tr("Stays on the spot")),
                ("off", self.tr("Leads away")),
            ],
        )
        self.emotion = ChoiceField(
            self.tr("Emotion"),
            self.tr("What the face shows, and how lively the gestures are"),
            [(name, self._emotion(name)) for name in EMOTIONS],
        )
        self.emotion_strength = SliderField(
            self.tr("Emotion strength"), self.tr("How strongly face and gestures show the emotion."), 0.0, 1.0, 0.0
        )
        self.blink = SliderField(
            self.tr("Blinking"), self.tr("How often the eyes blink, relative to the natural rate."), 0.0, 2.0, 1.0
        )
        self.takes = TakesList()
        self.no_takes = dim_label(self.tr("No takes yet. Each new motion of this segment is kept here."))
        self.no_takes.setWordWrap(True)
        self.another = QPushButton(theme.icon("dice-multiple-outline"), self.tr("&Another take"))
        self.another.setToolTip(self.tr("Make other motion with a new seed and keep the present one as a take (R)"))
        self.another.setAccessibleName(self.tr("Another take"))

    def _emotion(self, name: str) -> str:
        return {
            "neutral": self.tr("Neutral"),
            "happy": self.tr("Happy"),
            "sad": self.tr("Sad"),
            "angry": self.tr("Angry"),
            "surprised": self.tr("Surprised"),
            "fearful": self.tr("Fearful"),
            "disgusted": self.tr("Disgusted"),
            "contempt": self.tr("Contempt"),
        }[name]

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(5)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.lock)
        layout.addLayout(head)
        self._body_part = QWidget()
        body = QVBoxLayout(self._body_part)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(5)
        line = QHBoxLayout()
        line.addWidget(dim_label(self.tr("&Prompt"), self.prompt))
        line.addStretch(1)
        line.addWidget(self.state)
        body.addLayout(line)
        body.addWidget(self.prompt)
        body.addWidget(self.confidence)
        layout.addWidget(self._body_part)
        times = QGridLayout()
        times.setHorizontalSpacing(6)
        times.setVerticalSpacing(2)
        for column, (text, field) in enumerate(
            ((self.tr("S&tart"), self.start), (self.tr("&End"), self.end), (self.tr("Len&gth"), self.length))
        ):
            times.addWidget(dim_label(text, field), 0, column)
            times.addWidget(field, 1, column)
            times.setColumnStretch(column, 1)
        layout.addLayout(times)
        self._motion_part, grid = self._grid(self.tr("Motion"))
        self._row(grid, 1, self.tr("Bod&y part"), self.part)
        self._row(grid, 2, self.tr("St&rength"), self.strength)
        self._row(grid, 3, self.tr("See&d"), self.seed)
        self._row(grid, 4, self.tr("&Walking"), self.stay)
        layout.addWidget(self._motion_part)
        self._takes_part = QWidget()
        takes = QVBoxLayout(self._takes_part)
        takes.setContentsMargins(0, 0, 0, 0)
        takes.setSpacing(5)
        takes.addWidget(section(self.tr("Takes")))
        takes.addWidget(self.no_takes)
        takes.addWidget(self.takes)
        takes.addWidget(self.another)
        layout.addWidget(self._takes_part)
        self._face_part, grid = self._grid(self.tr("Face"))
        self._row(grid, 1, self.tr("E&motion"), self.emotion)
        self._row(grid, 2, self.tr("Am&ount"), self.emotion_strength)
        self._row(grid, 3, self.tr("&Blinking"), self.blink)
        layout.addWidget(self._face_part)
        layout.addStretch(1)

    def _grid(self, title: str) -> tuple[QWidget, QGridLayout]:
        part = QWidget()
        grid = QGridLayout(part)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, 62)
        grid.addWidget(section(title), 0, 0, 1, 2)
        return part, grid

    @staticmethod
    def _row(grid: QGridLayout, row: int, text: str, field: QWidget) -> None:
        grid.addWidget(dim_label(text, field), row, 0)
        grid.addWidget(field, row, 1)

    def _connect(self) -> None:
        self.prompt.committed.connect(lambda text: self._emit("prompt", text))
        self.prompt.typed.connect(self._ask)
        self.prompt.replaced.connect(self._show_confidence)
        self.confidence.taken.connect(self.prompt.take)
        self.lock.clicked.connect(self._lock_clicked)
        self.strength.valueCommitted.connect(lambda value: self._emit("strength", value))
        self.seed.seedCommitted.connect(lambda value: self._emit("seed", value))
        self.part.valueChosen.connect(lambda value: self._emit("part", value))
        self.stay.valueChosen.connect(lambda value: self._emit("stay", STAYS[str(value)]))
        self.emotion.valueChosen.connect(self._emotion_chosen)
        self.emotion_strength.valueCommitted.connect(lambda value: self._emit("emotion_strength", value))
        self.blink.valueCommitted.connect(lambda value: self._emit("blink", value))
        self.start.timeCommitted.connect(lambda time: self._trim("in", time))
        self.end.timeCommitted.connect(lambda time: self._trim("out", time))
        self.length.timeCommitted.connect(lambda time: self._trim("length", time))
        for field in (self.start, self.end, self.length):
            field.refused.connect(self.refused)
        self.takes.takeRequested.connect(lambda index: self._with_one(lambda s: self.takeRequested.emit(s.id, index)))
        self.takes.takeFavoured.connect(
            lambda index, on: self._with_one(lambda s: self.takeFavoured.emit(s.id, index, on))
        )
        self.another.clicked.connect(lambda _=False: self._with_one(lambda s: self.anotherTake.emit(s.id)))

    # Showing ----------------------------------------------------------------------------------------------------------

    def set_timing(self, mode: TimecodeMode, fps: float) -> None:
        """Show times as seconds or timecode."""
        for field in (self.start, self.end, self.length):
            field.set_mode(mode, fps)

    def show_segments(self, project: Project, segments: Sequence[Segment]) -> None:
        """Show segments, at least one."""
        self._segments = tuple(segments)
        first, one = segments[0], len(segments) == 1
        tracks = {segment.id: track for track in project.tracks for segment in track.segments}
        kinds = {tracks[segment.id].kind for segment in segments if segment.id in tracks}
        moves = kinds == {"prompt"}
        self.title.setText(
            (self.tr("Prompt segment") if moves else self.tr("Emotion segment"))
            if one
            else self.tr("{n} segments").format(n=len(segments))
        )
        for part in (self._body_part, self._motion_part):
            part.setVisible(moves)
        self._takes_part.setVisible(moves and one)
        self.state.setVisible(moves and one)
        track_locked = any(tracks[s.id].locked for s in segments if s.id in tracks)
        self._show_lock([s.locked for s in segments], track_locked)
        value, mixed = self._common("prompt")
        self.prompt.set_text(
            "" if mixed else str(value),
            self.tr("Several prompts. What is written here replaces all of them.")
            if mixed
            else self.tr("Speech alone. Write what the person does, such as: wave with the right hand"),
        )
        self.strength.set_value(*self._number("strength"))
        seed, mixed = self._common("seed")
        self.seed.set_seed(None if mixed else seed, mixed, project.seed)
        self.part.set_value(*self._common("part"))
        stay, mixed = self._common("stay")
        self.stay.set_value(stay_name(stay), mixed)
        self.emotion.set_value(*self._common("emotion"))
        self.emotion_strength.set_value(*self._number("emotion_strength"))
        self.blink.set_value(*self._number("blink"))
        self.start.set_time(first.start_us if one else min(s.start_us for s in segments))
        self.end.set_time(first.end_us if one else max(s.end_us for s in segments))
        length, mixed = self._common("duration_us")
        self.length.set_time(None if mixed else length)
        for field in (self.start, self.end, self.length):
            field.setReadOnly(not one)
        self.takes.set_segment(first if one else None)
        self.takes.setVisible(bool(one and first.takes))
        self.no_takes.setVisible(not first.takes)
        self._show_state()
        self._show_confidence()

    def set_states(self, states: Mapping[str, str]) -> None:
        """Take the motion states of the segments."""
        self._states = states
        self._show_state()

    def set_suggestions(self, found: Sequence[tuple[str, float]], text: str | None) -> None:
        """Offer prompts."""
        if text is None or text == self._asked:
            self.prompt.set_suggestions(found)

    def flush(self) -> None:
        """End what the user is typing or dragging, so that it reaches the segments it was meant for."""
        self.prompt.flush()
        for field in (self.strength, self.seed, self.emotion_strength, self.blink):
            field.flush()
        for time in (self.start, self.end, self.length):
            time.flush()

    def focus_prompt(self) -> None:
        """Move the keyboard to the prompt."""
        self.prompt.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.prompt.selectAll()

    def _common(self, field: str) -> tuple[Any, bool]:
        values = [getattr(segment, field) for segment in self._segments]
        return values[0], any(value != values[0] for value in values)

    def _number(self, field: str) -> tuple[float, bool]:
        values = [float(getattr(segment, field)) for segment in self._segments]
        return sum(values) / len(values), any(value != values[0] for value in values)

    def _show_lock(self, locked: list[bool], track_locked: bool) -> None:
        mixed = any(locked) and not all(locked)
        self.lock.setTristate(mixed)
        self.lock.setCheckState(
            Qt.CheckState.PartiallyChecked
            if mixed
            else Qt.CheckState.Checked
            if all(locked)
            else Qt.CheckState.Unchecked
        )
        self.lock.setEnabled(not track_locked)
        editable = not any(locked) and not track_locked
        self.prompt.setReadOnly(not editable)
        for field in (
            self.part, self.strength, self.seed, self.stay, self.emotion, self.emotion_strength, self.blink,
            self.start, self.end, self.length, self.another,
        ):  # fmt: skip
            field.setEnabled(editable)
        self.prompt.setEnabled(editable)
        self._body_part.setToolTip("" if editable else self.tr("The segment or its track is locked."))

    def _show_state(self) -> None:
        if len(self._segments) != 1:
            return
        state = self._states.get(self._segments[0].id, "none")
        text = {
            "none": self.tr("No motion yet"),
            "queued": self.tr("Waiting for its motion"),
            "generating": self.tr("Motion is being made"),
            "ready": self.tr("Motion is ready"),
            "changed": self.tr("Changed since its motion was made"),
            "failed": self.tr("Its motion could not be made"),
        }.get(state, state)
        self.state.setText(f'<span style="color:{theme.STATE_COLOURS.get(state, theme.DIM_TEXT)}">●</span>  {text}')

    def _show_confidence(self) -> None:
        # Half a word is far from everything: nothing is said of what is still being written.
        text = "" if self.prompt.is_pending else self.prompt.text()
        self.confidence.show_prompt(text, self.prompt.isEnabled())

    # What the user wants ----------------------------------------------------------------------------------------------

    def _emit(self, field: str, value: object) -> None:
        if self._segments:
            self.changed.emit(tuple(segment.id for segment in self._segments), field, value)

    def _emotion_chosen(self, value: object) -> None:
        self._emit("emotion", value)

    def _lock_clicked(self, _checked: bool) -> None:
        # A click on a half-checked box means all.
        wanted = not all(segment.locked for segment in self._segments)
        # Only those that are to be changed: a locked segment refuses even to be locked again.
        ids = tuple(segment.id for segment in self._segments if segment.locked != wanted)
        self.changed.emit(ids, "locked", wanted)

    def _trim(self, edge: str, time_us: int) -> None:
        if len(self._segments) != 1:
            return
        segment = self._segments[0]
        if edge == "length":
            self.trimRequested.emit(segment.id, "out", segment.start_us + time_us)
        else:
            self.trimRequested.emit(segment.id, edge, time_us)
        # Where the rules refuse it nothing comes back, so the field must not go on showing the wish.
        for field, value in ((self.start, "start_us"), (self.end, "end_us"), (self.length, "duration_us")):
            field.set_time(getattr(self._segments[0], value))

    def _ask(self, text: str) -> None:
        self._asked = text
        self.suggestionsWanted.emit(text)
        self._show_confidence()

    def _with_one(self, act: Callable[[Segment], None]) -> None:
        if len(self._segments) == 1:
            act(self._segments[0])
