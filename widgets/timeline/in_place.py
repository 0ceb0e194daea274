"""Editing on the timeline itself: opens the field over a segment, keeps it there, and sends what was written.

The fields are in `editor`. A click on an empty place asks for a segment first; its field opens as soon as the project
has it.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QRect, Qt, QTimer, Signal

from widgets.timeline.canvas import Canvas
from widgets.timeline.editor import EmotionEditor, PromptEditor

EDITOR_WIDTH: Final = 260
"""Least width of the field, however narrow its segment is."""

WIDEST_EDITOR: Final = 640
EDITOR_HEIGHT: Final = 28

PATIENCE_MS: Final = 1000
"""A segment that was asked for and comes later than this is not edited."""


class InPlace(QObject):
    """The field of one canvas.

    Attributes:
        editor: the open field, or None.

    Signals:
        promptEdited(str, str): segment and its new prompt.
        emotionEdited(str, str): segment and its new emotion.
        promptGiven(str, str), emotionGiven(str, str): the same for a segment that a click has just added.
        promptTyped(str): what is being written.
        addRequested(str, int, int): a segment is wanted in a track.
        selectionRequested(object): the new segment is to be selected.
    """

    promptEdited = Signal(str, str)
    emotionEdited = Signal(str, str)
    promptGiven = Signal(str, str)
    emotionGiven = Signal(str, str)
    promptTyped = Signal(str)
    addRequested = Signal(str, object, object)
    selectionRequested = Signal(object)

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.editor: PromptEditor | EmotionEditor | None = None
        self._wanted: tuple[str, int] | None = None
        self._known: frozenset[str] = frozenset()

    def add(self, track_id: str, start_us: int, end_us: int) -> None:
        """Ask for a segment and edit it when it is there."""
        self._wanted = track_id, start_us
        index = self._canvas.scene.index_of(track_id)
        self._known = frozenset(index.by_id) if index is not None else frozenset()
        self.addRequested.emit(track_id, start_us, end_us)
        self.begin_wanted()
        # Where the window answers later, `set_project` finds it; what never comes must not open a field some day.
        QTimer.singleShot(PATIENCE_MS, self, self._forget_wanted)

    def _forget_wanted(self) -> None:
        self._wanted = None

    def begin_wanted(self) -> None:
        """Edit the segment that a click asked for, as soon as it is there."""
        if self._wanted is None:
            return
        track_id, start_us = self._wanted
        index = self._canvas.scene.index_of(track_id)
        for segment in index.track.segments if index is not None else ():
            if segment.start_us == start_us and segment.id not in self._known:
                self._wanted = None
                self._canvas.scene.focus_id = segment.id
                self.selectionRequested.emit((segment.id,))
                self.edit(segment.id, fresh=True)
                return

    def edit(self, segment_id: str, *, fresh: bool = False) -> None:
        """Edit a segment in place; refused where it is locked.

        Args:
            segment_id: the segment.
            fresh: whether a click has just added it.
        """
        self.close(keep=True)
        found = self._canvas.scene.find(segment_id)
        if found is None:
            return
        index, place = found
        segment = index.track.segments[place]
        if index.track.locked or segment.locked:
            self._canvas.intents.refuse("locked_track" if index.track.locked else "locked_segment")
            return
        self._canvas.reveal(segment_id)
        editor: PromptEditor | EmotionEditor
        if index.track.kind == "emotion":
            editor = EmotionEditor(segment, self._canvas)
            editor.committed.connect(self.emotionGiven if fresh else self.emotionEdited)
        else:
            editor = PromptEditor(segment, self._canvas)
            editor.committed.connect(self.promptGiven if fresh else self.promptEdited)
            editor.typed.connect(self.promptTyped)
        editor.closed.connect(self._closed)
        self.editor = editor
        self.place()
        editor.show()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(editor, EmotionEditor):
            editor.showPopup()
        else:
            self.promptTyped.emit(editor.text())

    def set_suggestions(self, suggestions: Sequence[tuple[str, float]]) -> None:
        """Offer prompts, nearest first with 0..1, to the field that is open."""
        if isinstance(self.editor, PromptEditor):
            self.editor.set_suggestions(suggestions)

    def close(self, *, keep: bool) -> None:
        """End editing in place; the text is taken or given up."""
        if self.editor is not None:
            self.editor.finish(keep=keep)

    def _closed(self, step: int) -> None:
        editor, self.editor = self.editor, None
        if editor is None:
            return
        had_focus = editor.hasFocus()
        editor.hide()
        editor.deleteLater()
        canvas = self._canvas
        if had_focus:
            canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        # The press that took the focus away is still on its way to the canvas.
        canvas.just_edited = True
        QTimer.singleShot(0, canvas, self._edit_is_over)
        found = canvas.scene.find(editor.segment_id)
        if step and found is not None and 0 <= found[1] + step < len(found[0].track.segments):
            neighbour = found[0].track.segments[found[1] + step]
            canvas.keys.focus(found[0], neighbour)
            self.edit(neighbour.id)

    def _edit_is_over(self) -> None:
        self._canvas.just_edited = False

    def place(self) -> None:
        """Keep the field over its segment, inside the canvas, wide enough to write in."""
        editor = self.editor
        if editor is None:
            return
        rect = self._canvas.segment_rect(editor.segment_id)
        if rect is None:
            self.close(keep=False)
            return
        room = self._canvas.width()
        left = max(0, rect.left())
        width = min(max(rect.right() - left, EDITOR_WIDTH), max(EDITOR_WIDTH, room - 8), WIDEST_EDITOR)
        left = max(0, min(left, room - width))
        top = rect.top() + (rect.height() - EDITOR_HEIGHT) // 2
        editor.setGeometry(QRect(left, top, width, EDITOR_HEIGHT))
