"""The docks of the window: inspector, media, render queue, curves and the timeline; where they lie and what is in them.

Docks hold a line of text until their widget is put in, so that the window is there before the widgets are made.
"""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QLabel, QTabBar, QWidget

if TYPE_CHECKING:
    from app.main_window import MainWindow

_LEFT: Final = Qt.DockWidgetArea.LeftDockWidgetArea
_RIGHT: Final = Qt.DockWidgetArea.RightDockWidgetArea
_BOTTOM: Final = Qt.DockWidgetArea.BottomDockWidgetArea

_ALL_ROWS: Final = 320
"""Height of the timeline's dock with title, tabs, ruler and the least heights of a new project's rows."""

LAYOUT_VERSION: Final = 1
"""Raised when docks are added or renamed: a stored layout of another version is left alone."""


class WindowDocks(QObject):
    """Makes the docks and knows their first arrangement."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self._purposes: dict[str, str] = {}
        for name, title, tip in (
            ("media", self.tr("Media"), self.tr("The portrait and the recording of the project.")),
            ("queue", self.tr("Render queue"), self.tr("Renders that run, wait or are done.")),
            ("inspector", self.tr("Inspector"), self.tr("Settings of the selected segment or of the project.")),
            ("timeline", self.tr("Timeline"), self.tr("Tracks with speech, prompts, emotions, motion and video.")),
            ("curves", self.tr("Curves"), self.tr("Loudness of the speech and speed of the movement over time.")),
        ):
            self._docks[name] = self._made(name, title)
            self._purposes[name] = tip
        window.installEventFilter(self)
        window.setDockNestingEnabled(True)
        window.setCorner(Qt.Corner.BottomLeftCorner, _BOTTOM)
        window.setCorner(Qt.Corner.BottomRightCorner, _BOTTOM)

    def _made(self, name: str, title: str) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock_{name}")
        dock.setAccessibleName(title)
        waiting = QLabel("…")
        waiting.setObjectName("dim")
        waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        dock.setWidget(waiting)
        action = dock.toggleViewAction()
        action.setStatusTip(self.tr("Show or hide this panel."))
        return dock

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Name the tab bars that the window makes for docks that lie over each other."""
        if event.type() == QEvent.Type.ChildAdded:
            QTimer.singleShot(0, self._name_tab_bars)  # the child is not made to its end yet
        return super().eventFilter(watched, event)

    def _name_tab_bars(self) -> None:
        for bar in self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            bar.setAccessibleName(self.tr("Tabs of panels"))

    def __getitem__(self, name: str) -> QDockWidget:
        return self._docks[name]

    def all(self) -> list[QDockWidget]:
        """Return the docks in the order in which the keyboard visits them."""
        return list(self._docks.values())

    def put(self, name: str, widget: QWidget) -> None:
        """Put a widget into its dock."""
        old = self._docks[name].widget()
        self._docks[name].setWidget(widget)
        if not widget.accessibleName():
            widget.setAccessibleName(self._docks[name].windowTitle())
        if not widget.accessibleDescription():  # a dock itself has no room for one
            widget.setAccessibleDescription(self._purposes[name])
        if old is not None:
            old.deleteLater()

    def arrange(self) -> None:
        """Put every dock where it is at first."""
        window = self._window
        for dock in self._docks.values():
            dock.setFloating(False)
            window.removeDockWidget(dock)  # a hidden dock that is only put elsewhere leaves its old place empty
        window.addDockWidget(_LEFT, self._docks["media"])
        window.addDockWidget(_RIGHT, self._docks["inspector"])
        window.addDockWidget(_BOTTOM, self._docks["timeline"])
        window.tabifyDockWidget(self._docks["media"], self._docks["queue"])
        window.tabifyDockWidget(self._docks["timeline"], self._docks["curves"])
        for dock in self._docks.values():
            dock.show()
        self._docks["media"].raise_()
        self._docks["timeline"].raise_()
        self.size()

    def size(self) -> None:
        """Give the docks their first sizes, in proportion to the window."""
        window = self._window
        size: QSize = window.size()
        side = max(230, min(330, size.width() // 5))
        window.resizeDocks(
            [self._docks["media"], self._docks["inspector"]], [side, max(side, 280)], Qt.Orientation.Horizontal
        )
        # All rows of a new project are seen on a screen of 1366 x 768, too.
        timeline = max(round(size.height() * 0.42), min(_ALL_ROWS, round(size.height() * 0.45)))
        window.resizeDocks([self._docks["timeline"]], [timeline], Qt.Orientation.Vertical)

    def raise_dock(self, name: str) -> None:
        """Show a dock and bring it to the front of its tabs."""
        self._docks[name].show()
        self._docks[name].raise_()


def tour_targets(window: "MainWindow") -> list[QWidget]:
    """Return what the five steps of the tour point at: preview, timeline, inspector, media, render queue."""
    docks = window.docks
    return [window.preview, docks["timeline"], docks["inspector"], docks["media"], docks["queue"]]
