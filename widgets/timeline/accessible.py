"""What screen readers find on the timeline: a list of tracks, in each the list of its segments, and the markers.

The canvas paints all of it itself, so Qt knows of no parts. This tree is made when an accessibility program asks for
it, and not before. Moving by keys and telling of it is `widgets.timeline.keyboard`'s.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QCoreApplication, QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import isValid

from core.timeline import Marker, Segment, Track
from widgets.timeline.names import row_name, segment_sentence, time_text

if TYPE_CHECKING:
    from widgets.timeline.canvas import Canvas

_MARKERS = "\0markers"
"""Key of the list of markers among the tracks."""

# Qt's own types say that children, parents and windows are never missing; "Any" stands where they may be.


def install() -> None:
    """Let Qt ask here for the accessibility of canvases; once a program."""
    if not _Factory.installed:
        _Factory.installed = True
        QAccessible.installFactory(_Factory.make)


def tree_of(canvas: "Canvas") -> "CanvasAccessible | None":
    """Return the tree of a canvas if an accessibility program listens."""
    if not QAccessible.isActive():
        return None
    found = QAccessible.queryAccessibleInterface(canvas)
    return found if isinstance(found, CanvasAccessible) else None


class _Factory:
    """Makes the trees; Qt owns them, Python must know them as long."""

    installed: ClassVar[bool] = False
    made: ClassVar[dict[int, "CanvasAccessible"]] = {}

    @classmethod
    def make(cls, key: str, thing: QObject) -> QAccessibleInterface | None:
        """Return the tree of a canvas, None for anything else."""
        from widgets.timeline.canvas import Canvas

        if key != "Canvas" or not isinstance(thing, Canvas):
            return None
        number = id(thing)
        tree = cls.made[number] = CanvasAccessible(thing)
        thing.destroyed.connect(lambda: cls.made.pop(number, None))
        return tree


class CanvasAccessible(QAccessibleWidget):
    """The canvas: its children are the tracks from top to bottom and then the markers."""

    def __init__(self, canvas: "Canvas") -> None:
        super().__init__(canvas, QAccessible.Role.List, "")
        self.canvas = canvas
        self._parts: dict[str, _Part] = {}

    def lists(self) -> list["_Part"]:
        """Return the tracks and, where there are any, the markers."""
        project = self.canvas.scene.project
        if project is None:
            return []
        keys = [track.id for track in project.tracks] + ([_MARKERS] if project.markers else [])
        return [self._part(_List, key) for key in keys]

    def segment(self, segment_id: str) -> "_Part":
        """Return the part of a segment."""
        return self._part(_SegmentItem, segment_id)

    def marker(self, marker_id: str) -> "_Part":
        """Return the part of a marker."""
        return self._part(_MarkerItem, marker_id)

    def _part(self, kind: "Callable[[CanvasAccessible, str], _Part]", key: str) -> "_Part":
        """Return a part; parts of what is gone stay and say that they are invalid, as a reader may hold them."""
        name = f"{getattr(kind, '__name__', '')} {key}"
        known = self._parts.get(name)
        if known is None:
            known = self._parts[name] = kind(self, key)
            QAccessible.registerAccessibleInterface(known)
        return known

    def say_focus(self, segment_id: str) -> None:
        """Tell that the keyboard is on a segment."""
        QAccessible.updateAccessibility(QAccessibleEvent(self.segment(segment_id), QAccessible.Event.Focus))

    # What Qt asks -----------------------------------------------------------------------------------------------------

    def childCount(self) -> int:
        """How many lists there are."""
        return len(self.lists())

    def child(self, index: int) -> Any:
        """Return a list."""
        lists = self.lists()
        return lists[index] if 0 <= index < len(lists) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Return a list's number, -1 for anything else."""
        lists = self.lists()
        return lists.index(child) if child in lists else -1

    def childAt(self, x: int, y: int) -> Any:
        """Return the list at a point of the screen."""
        return next((part for part in self.lists() if part.rect().contains(x, y)), None)

    def focusChild(self) -> Any:
        """Return the segment that the keyboard is on."""
        scene = self.canvas.scene
        if not self.canvas.hasFocus() or scene.segment(scene.focus_id) is None:
            return None
        return self.segment(scene.focus_id)


class _Part(QAccessibleInterface):
    """A part of the tree: knows its canvas and the id of what it stands for."""

    def __init__(self, tree: CanvasAccessible, key: str) -> None:
        super().__init__()
        self.tree = tree
        self.key = key

    def name(self) -> str:
        """Return what is read."""
        raise NotImplementedError

    def ids(self) -> Sequence[str]:
        """Return what its children stand for; two hours have thousands, so they are made one by one."""
        return ()

    def member(self, key: str) -> "_Part | None":
        """Return the child that stands for something."""
        return None

    def exists(self) -> bool:
        """Whether what it stands for is there."""
        raise NotImplementedError

    def area(self) -> QRect:
        """Return where it lies on the canvas."""
        raise NotImplementedError

    # What Qt asks -----------------------------------------------------------------------------------------------------

    def isValid(self) -> bool:
        """Whether it may still be asked."""
        return isValid(self.tree) and isValid(self.tree.canvas) and self.exists()

    def object(self) -> Any:
        """There is no object of its own."""
        return None

    def window(self) -> Any:
        """Return the window that shows it."""
        return self.tree.canvas.window().windowHandle()

    def child(self, index: int) -> Any:
        """Return a child."""
        ids = self.ids()
        return self.member(ids[index]) if 0 <= index < len(ids) else None

    def childCount(self) -> int:
        """How many children there are."""
        return len(self.ids())

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Return a child's number, -1 for anything else."""
        ids = self.ids()
        return ids.index(child.key) if isinstance(child, _Part) and child.key in ids else -1

    def childAt(self, x: int, y: int) -> Any:
        """Return the child at a point of the screen."""
        parts = (self.member(key) for key in self.ids())
        return next((part for part in parts if part is not None and part.rect().contains(x, y)), None)

    def rect(self) -> QRect:
        """Return where it lies on the screen."""
        area = self.area()
        return QRect(self.tree.canvas.mapToGlobal(area.topLeft()), area.size())

    def text(self, kind: QAccessible.Text) -> str:
        """Return its name; there is nothing else to read."""
        return self.name() if kind == QAccessible.Text.Name and self.isValid() else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Texts are changed by the program's own commands."""

    def state(self) -> QAccessible.State:
        """Return what is true of it now."""
        state = QAccessible.State()
        state.invalid = not self.isValid()
        if not state.invalid:
            state.offscreen = not self.tree.canvas.rect().intersects(self.area())
        return state


class _List(_Part):
    """A track with its segments, or all markers."""

    def parent(self) -> QAccessibleInterface:
        """Return the canvas."""
        return self.tree

    def role(self) -> QAccessible.Role:
        """It is a list."""
        return QAccessible.Role.List

    def _track(self) -> Track | None:
        index = self.tree.canvas.scene.index_of(self.key)
        return None if index is None else index.track

    def exists(self) -> bool:
        """See `_Part`."""
        return self.key == _MARKERS or self._track() is not None

    def name(self) -> str:
        """See `_Part`."""
        track = self._track()
        if track is None:
            return QCoreApplication.translate("Timeline", "Markers")
        return row_name(track.kind, track.name)

    def ids(self) -> Sequence[str]:
        """See `_Part`."""
        project, track = self.tree.canvas.scene.project, self._track()
        if track is not None:
            return [segment.id for segment in track.segments]
        return [] if project is None else [marker.id for marker in project.markers]

    def member(self, key: str) -> _Part:
        """See `_Part`."""
        return self.tree.marker(key) if self.key == _MARKERS else self.tree.segment(key)

    def area(self) -> QRect:
        """See `_Part`."""
        from widgets.timeline.hit import RULER_HEIGHT

        canvas = self.tree.canvas
        row = canvas.rows.of_track(self.key)
        if row is None:
            return QRect(0, 0, canvas.width(), RULER_HEIGHT)
        return QRect(0, RULER_HEIGHT + row.top - canvas.scroll_y, canvas.width(), row.height)


class _SegmentItem(_Part):
    """A segment."""

    def role(self) -> QAccessible.Role:
        """It is an item of a list."""
        return QAccessible.Role.ListItem

    def _found(self) -> tuple[Track, Segment] | None:
        found = self.tree.canvas.scene.find(self.key)
        return None if found is None else (found[0].track, found[0].track.segments[found[1]])

    def parent(self) -> Any:
        """Return its track."""
        found = self._found()
        return self.tree if found is None else self.tree._part(_List, found[0].id)

    def exists(self) -> bool:
        """See `_Part`."""
        return self._found() is not None

    def name(self) -> str:
        """See `_Part`."""
        found, scene = self._found(), self.tree.canvas.scene
        if found is None:
            return ""
        return segment_sentence(*found, scene.states.get(self.key, "none"), scene.mode, scene.fps)

    def area(self) -> QRect:
        """See `_Part`."""
        return self.tree.canvas.segment_rect(self.key) or QRect()

    def state(self) -> QAccessible.State:
        """See `_Part`."""
        state: Any = super().state()
        canvas = self.tree.canvas
        if not state.invalid:
            found = self._found()
            state.selectable = state.multiSelectable = state.focusable = True
            state.selected = self.key in canvas.scene.selection
            state.focused = canvas.hasFocus() and canvas.scene.focus_id == self.key
            state.readOnly = found is not None and (found[0].locked or found[1].locked)
        return state


class _MarkerItem(_Part):
    """A marker."""

    def role(self) -> QAccessible.Role:
        """It is an item of a list."""
        return QAccessible.Role.ListItem

    def _marker(self) -> Marker | None:
        project = self.tree.canvas.scene.project
        return None if project is None else next((m for m in project.markers if m.id == self.key), None)

    def parent(self) -> QAccessibleInterface:
        """Return the list of markers."""
        return self.tree._part(_List, _MARKERS)

    def exists(self) -> bool:
        """See `_Part`."""
        return self._marker() is not None

    def name(self) -> str:
        """See `_Part`."""
        marker, scene = self._marker(), self.tree.canvas.scene
        if marker is None:
            return ""
        return f"{marker.name} {time_text(marker.time_us, scene.mode, scene.fps)}".strip()

    def area(self) -> QRect:
        """See `_Part`."""
        from widgets.timeline.hit import RULER_HEIGHT

        marker, canvas = self._marker(), self.tree.canvas
        if marker is None:
            return QRect()
        return QRect(round(canvas.view.x(marker.time_us)) - 5, 0, 11, RULER_HEIGHT)
