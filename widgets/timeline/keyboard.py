"""What keys do on the canvas: go from segment to segment, edit, cancel; and what screen readers hear of it.

The arrows are also "one frame back and on" in the window. They belong to the segments only in keyboard mode: when the
timeline was reached by Tab, or after Up or Down. Esc or a click gives them back. All other keys are the window's.
"""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent

from core.timeline import Segment
from widgets.timeline.accessible import tree_of
from widgets.timeline.names import segment_sentence
from widgets.timeline.scene import TrackIndex

if TYPE_CHECKING:
    from widgets.timeline.canvas import Canvas

_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
_TAB_REASONS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class Keys(QObject):
    """The keyboard on one canvas."""

    def __init__(self, canvas: "Canvas") -> None:
        super().__init__(canvas)
        self._canvas = canvas

    def claims(self, event: QKeyEvent) -> bool:
        """Whether a key is meant for the timeline although it is a shortcut of the window."""
        key, plain = event.key(), event.modifiers() in _PLAIN
        if key == Qt.Key.Key_Escape:
            return self._canvas.pointer.drag is not None or self._canvas.keyboard_mode
        if not plain:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Up, Qt.Key.Key_Down):
            return self._canvas.scene.project is not None
        return key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._canvas.keyboard_mode

    def press(self, event: QKeyEvent) -> bool:
        """Take a key; returns whether it was one of the timeline's."""
        key, modifiers = event.key(), event.modifiers()
        if key == Qt.Key.Key_Escape:
            return self._escape()
        if modifiers not in _PLAIN:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            return self._edit()
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        if key in steps:
            self._canvas.set_keyboard_mode(True)
            self.go(*steps[Qt.Key(key)])
            return True
        return False

    def focused(self, reason: Qt.FocusReason) -> None:
        """The canvas got the keyboard; by Tab it goes to the segment at the playhead."""
        if reason in _TAB_REASONS:
            self._canvas.set_keyboard_mode(True)
            if self._canvas.scene.segment(self._canvas.scene.focus_id) is None:
                self.go(0, 0)
        self._canvas.update()

    def _escape(self) -> bool:
        canvas = self._canvas
        if canvas.pointer.cancel_drag():
            return True
        if canvas.keyboard_mode:
            canvas.set_keyboard_mode(False)
            return True
        return False

    def _edit(self) -> bool:
        scene = self._canvas.scene
        wanted = scene.focus_id
        if scene.segment(wanted) is None or (scene.selection and wanted not in scene.selection):
            wanted = next(iter(scene.selection), "")
        if not wanted:
            return False
        self._canvas.editWanted.emit(wanted)
        return True

    def go(self, sideways: int, down: int) -> None:
        """Move the focus to a neighbour in time, or to the nearest segment of the next track, and select it."""
        scene = self._canvas.scene
        tracks = [index for index in scene.tracks if len(index.starts)]
        if not tracks:
            return
        found = scene.find(scene.focus_id)
        if found is None:
            index = tracks[0]
            place = nearest(index, scene.playhead_us)
        elif down:
            now = found[0].track.segments[found[1]]
            number = next(i for i, index in enumerate(tracks) if index.track.id == found[0].track.id)
            index = tracks[min(max(number + down, 0), len(tracks) - 1)]
            place = found[1] if index is found[0] else nearest(index, (now.start_us + now.end_us) // 2)
        else:
            index = found[0]
            place = min(max(found[1] + sideways, 0), len(index.starts) - 1)
        self.focus(index, index.track.segments[place])

    def focus(self, index: TrackIndex, segment: Segment) -> None:
        """Put the keyboard on a segment: select it, show it, say it."""
        canvas = self._canvas
        canvas.scene.focus_id = segment.id
        canvas.intents.select((segment.id,))
        canvas.reveal(segment.id)
        canvas.update()
        self.announce()

    def announce(self) -> None:
        """Tell screen readers what the keyboard is on."""
        canvas, scene = self._canvas, self._canvas.scene
        found = scene.find(scene.focus_id)
        tree = tree_of(canvas)
        if tree is not None:
            if found is not None and canvas.hasFocus():
                tree.say_focus(scene.focus_id)
            return
        name = self.tr("Timeline")
        if found is not None:
            segment = found[0].track.segments[found[1]]
            state = scene.states.get(segment.id, "none")
            name = segment_sentence(found[0].track, segment, state, scene.mode, scene.fps)
        if name != canvas.accessibleName():
            canvas.setAccessibleName(name)
            QAccessible.updateAccessibility(QAccessibleEvent(canvas, QAccessible.Event.NameChanged))
            if found is not None and canvas.hasFocus():
                QAccessible.updateAccessibility(QAccessibleEvent(canvas, QAccessible.Event.Focus))


def nearest(index: TrackIndex, time_us: int) -> int:
    """Return the place of the segment whose middle is nearest to a time."""
    return int(np.argmin(np.abs((index.starts + index.ends) // 2 - time_us)))
