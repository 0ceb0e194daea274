"""The middle of the window: 3D skeleton, poses, video and portrait rig, one at a time or beside each other.

A frame for views that others make; they may be put in late, so that the window is there before they are. Views are
shown and hidden but never moved to another parent, which would cost an OpenGL view its context.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QSplitter, QToolButton, QVBoxLayout, QWidget

from widgets import theme

SIDE_BY_SIDE = ("skeleton", "poses", "video")
"""The views that are beside each other in that layout."""

RIG_WITH_POSES = ("poses", "rig")
"""What is shown while the rig is edited, so that one sees what an edit does, if there is room."""

_LEAST_POSES = 190


class PreviewArea(QWidget):
    """Shows one or several of its views.

    Attributes:
        buttons: the button of each view by its name.

    Signals:
        currentChanged(str): another view is the current one.
        viewShown(str): a view became visible, so it must be brought up to date.
    """

    currentChanged = Signal(str)
    viewShown = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QToolButton] = {}
        self._shown: tuple[str, ...] = ()
        self._slots: dict[str, QVBoxLayout] = {}
        self._holders: dict[str, QWidget] = {}
        self._current = "skeleton"
        self._side_by_side = False
        header = QFrame()
        header.setObjectName("previewHeader")
        self._line = QHBoxLayout(header)
        self._line.setContentsMargins(6, 3, 6, 3)
        self._line.setSpacing(2)
        self._line.addStretch(1)
        self._group = QButtonGroup(self)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(header)
        layout.addWidget(self._splitter, 1)
        for name, title, icon, tip in (
            ("skeleton", self.tr("3D"), "human-handsup", self.tr("The motion as a skeleton in 3D")),
            ("poses", self.tr("Poses"), "vector-polyline", self.tr("The poses over the portrait")),
            ("video", self.tr("Video"), "movie-open-play-outline", self.tr("What is rendered")),
            ("rig", self.tr("Portrait rig"), "account-edit-outline", self.tr("The points of the portrait")),
        ):
            self._add(name, title, icon, tip)
        self._show()

    def _add(self, name: str, title: str, icon: str, tip: str) -> None:
        button = QToolButton()
        button.setText(title)
        button.setIcon(theme.icon(icon))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setCheckable(True)
        button.setToolTip(tip)
        button.setAccessibleName(title)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _=False: self.set_current(name))
        self._group.addButton(button)
        self._line.insertWidget(self._line.count() - 1, button)
        self.buttons[name] = button
        holder = QWidget()
        holder.setMinimumWidth(120)
        slot = QVBoxLayout(holder)
        slot.setContentsMargins(0, 0, 0, 0)
        waiting = QLabel(self.tr("Preparing the view …"))
        waiting.setObjectName("dim")
        waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        slot.addWidget(waiting)
        self._splitter.addWidget(holder)
        self._slots[name] = slot
        self._holders[name] = holder

    def add_corner(self, widget: QWidget) -> None:
        """Put a widget at the right end of the header."""
        self._line.addWidget(widget)

    def put(self, name: str, view: QWidget) -> None:
        """Put a view into its place."""
        slot = self._slots[name]
        old = slot.takeAt(0)
        widget = None if old is None else old.widget()
        if widget is not None:
            widget.deleteLater()
        slot.addWidget(view)

    @property
    def current(self) -> str:
        """Name of the view that was chosen last."""
        return self._current

    @property
    def visible_views(self) -> tuple[str, ...]:
        """Names of the views that are shown now."""
        if self._side_by_side and self._current in SIDE_BY_SIDE:
            return SIDE_BY_SIDE
        if self._current == "rig" and self.width() - self._rig_width() >= _LEAST_POSES:
            return RIG_WITH_POSES
        return (self._current,)

    def set_current(self, name: str) -> None:
        """Choose a view."""
        self._current = name
        self._show()
        self.currentChanged.emit(name)

    def set_side_by_side(self, on: bool) -> None:
        """Show 3D, poses and video beside each other, or one view alone."""
        self._side_by_side = on
        if on and self._current not in SIDE_BY_SIDE:
            self._current = SIDE_BY_SIDE[0]
        self._show()

    def _rig_width(self) -> int:
        """Pixels that the tools above the rig need."""
        return self._slots["rig"].minimumSize().width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the poses beside the rig as soon as there is room."""
        super().resizeEvent(event)
        if self._current == "rig" and self.visible_views != self._shown:
            self._show()

    def _show(self) -> None:
        shown = self._shown = self.visible_views
        for name, holder in self._holders.items():
            holder.setVisible(name in shown)
        if len(shown) > 1:
            width = max(1, self._splitter.width() // len(shown))
            widths = dict.fromkeys(shown, width)
            if "rig" in shown:
                widths["rig"] = max(round(1.3 * width), self._rig_width())
                widths["poses"] = max(1, self._splitter.width() - widths["rig"])
            self._splitter.setSizes([widths.get(name, 0) for name in self._holders])
        self.buttons[self._current].setChecked(True)
        for name in shown:
            self.viewShown.emit(name)
