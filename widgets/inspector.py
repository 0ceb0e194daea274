"""The inspector: what is selected in the timeline as a form, or the project if nothing is.

It shows what it is given and emits what the user wants, one signal a gesture. The pages are in
`widgets.inspector_segment` and `widgets.inspector_project`; rules and undo are the session's.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from core.timecode import TimecodeMode
from core.timeline import Project, Segment
from widgets.inspector_project import ProjectPage
from widgets.inspector_segment import SegmentPage


class Inspector(QWidget):
    """A form for segments or the project; usable from 250 pixels of width on.

    Attributes:
        segment_page, project_page: the two forms.
        rendering: the project's renderer and its options, a part of the second.

    Signals:
        changed(object, str, object): ids of segments, the name of a field, its new value.
        trimRequested(str, str, int): id of a segment, edge "in" or "out", time in microseconds.
        takeRequested(str, int): use the take of a segment.
        takeFavoured(str, int, bool): star a take or not.
        anotherTake(str): make other motion for a segment.
        suggestionsWanted(str): a text is being written for which suggestions are welcome.
        confidenceWanted(str): a prompt is shown of which it is not known how well the networks know it.
        projectFieldChanged(str, object): "seed", a motion setting ("cleanup", "stay") or an output setting
            ("height", "fps", "backend", "pose_mode").
        portraitRequested, audioRequested, rigRequested: the user wants another file, or the rig editor.
        refused(str): why what was typed cannot be taken.
    """

    changed = Signal(object, str, object)
    trimRequested = Signal(str, str, object)  # int would end at 35 minutes
    takeRequested = Signal(str, int)
    takeFavoured = Signal(str, int, bool)
    anotherTake = Signal(str)
    suggestionsWanted = Signal(str)
    confidenceWanted = Signal(str)
    projectFieldChanged = Signal(str, object)
    portraitRequested = Signal()
    audioRequested = Signal()
    rigRequested = Signal()
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project: Project | None = None
        self._ids: tuple[str, ...] = ()
        self.setMinimumWidth(240)
        self.segment_page = SegmentPage(self)
        self.project_page = ProjectPage()
        self.rendering = self.project_page.rendering
        empty = QLabel(self.tr("Open a project, or make a new one from a portrait and a recording."))
        empty.setObjectName("dim")
        empty.setWordWrap(True)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setMargin(16)
        self._pages = QStackedWidget()
        self._empty = empty
        self._segment_area = self._scrolled(self.segment_page)
        self._project_area = self._scrolled(self.project_page)
        for page in (empty, self._project_area, self._segment_area):
            self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self.segment_page.prompt.suggestions.raise_()
        form = self.segment_page
        form.changed.connect(self._relay)
        form.trimRequested.connect(self.trimRequested)
        form.takeRequested.connect(self.takeRequested)
        form.takeFavoured.connect(self.takeFavoured)
        form.anotherTake.connect(self.anotherTake)
        form.suggestionsWanted.connect(self.suggestionsWanted)
        form.confidence.wanted.connect(self.confidenceWanted)
        form.refused.connect(self.refused)
        self.project_page.fieldChanged.connect(self.projectFieldChanged)
        self.rendering.remarked.connect(self._show_remark)
        self.project_page.portraitRequested.connect(self.portraitRequested)
        self.project_page.audioRequested.connect(self.audioRequested)
        self.project_page.rigRequested.connect(self.rigRequested)

    def sizeHint(self) -> QSize:
        """A comfortable width for a dock."""
        return QSize(300, 480)

    def set_project(self, project: Project | None) -> None:
        """Show another state of the project, or none."""
        self._project = project
        self._show()

    def set_selection(self, segments: tuple[Segment, ...]) -> None:
        """Show segments; none shows the project.

        What is being typed is taken first, for the segments that were shown until now.
        """
        ids = tuple(segment.id for segment in segments)
        if ids != self._ids:
            if self._still_there():
                self.segment_page.flush()
            self.project_page.flush()
            self.segment_page.prompt.revert()
        self._ids = ids
        self._show()

    def set_states(self, states: Mapping[str, str]) -> None:
        """Show how the motion of the segments stands: id to none, queued, generating, ready, changed or failed."""
        self.segment_page.set_states(states)

    def set_suggestions(self, found: Sequence[tuple[str, float]], text: str | None = None) -> None:
        """Offer known prompts with their likeness 0..1, best first.

        Args:
            found: prompts and likeness.
            text: what they were asked for; without it they are for the last `suggestionsWanted`.
        """
        self.segment_page.set_suggestions(found, text)

    def set_confidence(self, text: str, likeness: float, known: bool, nearest: Sequence[str]) -> None:
        """Answer `confidenceWanted`, see `widgets.prompt_confidence.PromptConfidence.set_confidence`."""
        self.segment_page.confidence.set_confidence(text, likeness, known, nearest)

    def set_timing(self, mode: TimecodeMode, fps: float) -> None:
        """Show times as seconds or as timecode."""
        self.segment_page.set_timing(mode, fps)

    def edit_prompt(self) -> None:
        """Move the keyboard to the prompt of the selected segment."""
        if self._ids:
            self.segment_page.focus_prompt()

    def flush(self) -> None:
        """Take what is being typed, as before saving."""
        if self._still_there():
            self.segment_page.flush()
        self.project_page.flush()

    def _relay(self, ids: tuple[str, ...], field: str, value: object) -> None:
        """Pass a change on; a field that loses the focus because its segment is gone has nobody to change."""
        if self._project is None:
            return
        there = {segment.id for track in self._project.tracks for segment in track.segments}
        left = tuple(segment_id for segment_id in ids if segment_id in there)
        if left:
            self.changed.emit(left, field, value)

    def _still_there(self) -> bool:
        if self._project is None or not self._ids:
            return False
        there = {segment.id for track in self._project.tracks for segment in track.segments}
        return set(self._ids) <= there

    def _show(self) -> None:
        project = self._project
        if project is None:
            self._pages.setCurrentWidget(self._empty)
            return
        by_id = {segment.id: segment for track in project.tracks for segment in track.segments}
        # Looked up anew: taking what was typed may have changed the segments meanwhile.
        segments = [by_id[segment_id] for segment_id in self._ids if segment_id in by_id]
        if segments:
            self.segment_page.show_segments(project, segments)
            self._pages.setCurrentWidget(self._segment_area)
        else:
            self.project_page.show_project(project)
            self._pages.setCurrentWidget(self._project_area)

    def scroll_to(self, field: QWidget) -> None:
        """Bring a field of the project's form into view."""
        self._project_area.ensureWidgetVisible(field)

    def _show_remark(self) -> None:
        """Scroll to what is missing for the renderer, if that is what the user is about to choose."""
        if self.rendering.backend.hasFocus():
            QTimer.singleShot(0, self, lambda: self.scroll_to(self.rendering.use_draft))

    @staticmethod
    def _scrolled(page: QWidget) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        return area
