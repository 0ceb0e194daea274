"""`SkeletonView`: the motion as a 3D figure that can be looked at from everywhere.

The widget around the canvas: mouse and keys, the row of buttons, the label of the time, and what is shown when OpenGL
cannot start. Drawing is in `widgets.skeleton_view.scene`.
"""

from typing import TYPE_CHECKING, Final, cast, get_args

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QImage, QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from core.motion import MotionClip
from core.rig import Rig
from core.timecode import format_seconds
from widgets import theme
from widgets.opengl import opengl_facts
from widgets.skeleton_view.camera import Preset, preset
from widgets.skeleton_view.figure import Figure
from widgets.skeleton_view.state import MeshProvider, SceneState

if TYPE_CHECKING:
    from widgets.skeleton_view.canvas import SkeletonCanvas
    from widgets.skeleton_view.processor_canvas import ProcessorCanvas

_TURN_PER_PIXEL: Final = 0.4
_KEY_TURN, _KEY_ZOOM = 7.5, 1.1
_ZOOM_PER_NOTCH: Final = 1.12
_NOTCH: Final = 120.0
_TIME_FROM: Final = 320
"""Narrower views do not write the time."""


class SkeletonView(QWidget):
    """Shows a `MotionClip` as a body of capsules, or as a mesh that somebody else makes.

    Left button turns, middle button (or Shift and left) moves, wheel (or right button) zooms, a double click goes
    back to the front. With the focus: Ctrl and arrows turn, plus and minus zoom, Home goes back to the front.

    Signals:
        optionChanged(str, bool): the user switched something on or off in the view's own menu.
        cameraChanged(str): the user chose a preset.
    """

    optionChanged = Signal(str, bool)
    cameraChanged = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = SceneState()
        self._canvas: SkeletonCanvas | ProcessorCanvas | None = None
        self._rig: Rig | None = None
        self._rig_size: tuple[int, int] | None = None
        self._preset: Preset | None = "front"
        self._drag: tuple[Qt.MouseButton, QPointF] | None = None
        self.setAccessibleName(self.tr("3D view of the motion"))
        self.setMinimumSize(160, 120)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._options: dict[str, QAction] = {}
        self._presets: dict[str, QToolButton] = {}
        layout.addWidget(self._make_bar())
        self._body = QVBoxLayout()
        layout.addLayout(self._body, 1)
        self._message = QLabel()
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.setMargin(16)
        self._message.setStyleSheet(f"background: {theme.BASE}; color: {theme.DIM_TEXT};")
        self._body.addWidget(self._message)
        self._started = False
        self._refused = ""
        problem = opengl_facts().problem
        if not problem and not opengl_facts().software:
            # Tells Qt from the start that this window will hold OpenGL: a window that learns it later is made anew
            # before the user's eyes.
            QOpenGLWidget(self).setFixedSize(0, 0)
        if problem:
            self._message.setText(problem)
            self._started = True

    def set_clip(self, clip: MotionClip | None) -> None:
        """Show a motion, or only the floor."""
        self._state.figure = None if clip is None or len(clip) == 0 else Figure(clip)
        self.update_picture()

    def set_hands(self, hands: NDArray[np.floating] | None) -> None:
        """Show finger joints, (T, 2, 21, 3) metres with the left hand first, instead of mittens."""
        if self._state.figure is not None:
            self._state.figure = Figure(self._state.figure.clip, hands)
            self.update_picture()

    def set_mesh(self, provider: MeshProvider | None) -> None:
        """Show a surface made elsewhere in the limbs' place; None shows the limbs."""
        self._state.mesh = provider
        self.update_picture()

    def set_time(self, time_us: int) -> None:
        """Show the motion at a time, between frames too."""
        self._state.time_us = time_us
        self._time.setText(format_seconds(time_us, 1))  # finer digits would repaint the bar with every frame
        self.update_picture()

    def set_option(self, name: str, shown: bool) -> None:
        """Show or hide "floor", "contacts", "root_trail", "wrist_trails", "onion", or switch "follow"."""
        if name not in self._state.options:
            raise ValueError(f"there is no option {name!r}; use one of {', '.join(self._state.options)}")
        self._state.options[name] = shown
        self._options[name].setChecked(shown)
        self.update_picture()

    def option(self, name: str) -> bool:
        """Return whether something is shown."""
        return self._state.options[name]

    def set_portrait(self, rig: Rig | None, width: int, height: int) -> None:
        """Tell what the camera "portrait" imitates: the rig of a picture of that many pixels."""
        self._rig, self._rig_size = rig, (width, height)
        if self._preset == "portrait":
            self.set_camera("portrait")

    def set_camera(self, name: Preset) -> None:
        """Look from "front", "side", "top" or with the "portrait"'s camera."""
        if name not in get_args(Preset):
            raise ValueError(f"there is no camera {name!r}; use one of {', '.join(get_args(Preset))}")
        self._preset = name
        self._state.camera = preset(name, self._rig, self._rig_size)
        self._presets[name].defaultAction().setChecked(True)
        self.update_picture()

    @property
    def state(self) -> SceneState:
        """What is shown; for reading."""
        return self._state

    @property
    def problem(self) -> str:
        """Why nothing can be drawn, or "" if all is well or not tried yet."""
        return self._message.text()

    def update_picture(self) -> None:
        """Draw again soon, as when a mesh has arrived."""
        if self._canvas is not None and self.isVisible():
            self._canvas.redraw()

    def picture(self, width: int, height: int) -> QImage:
        """Return what is shown as an image; the view must have been shown once."""
        if self._canvas is None:
            raise RuntimeError(self.problem or "the 3D view has not been shown yet")
        return self._canvas.picture(width, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the names of the cameras come before the time, which the window shows too."""
        super().resizeEvent(event)
        self._time.setVisible(self.width() >= _TIME_FROM)

    def showEvent(self, event: QShowEvent) -> None:
        """Start OpenGL when the view is seen first, so that the window itself is up at once."""
        super().showEvent(event)
        if not self._started:
            self._started = True
            QTimer.singleShot(0, self, self._start)

    def _start(self) -> None:
        try:
            self._canvas = self._make_canvas()
        except (ImportError, RuntimeError, OSError) as error:
            self._say(str(error))
            return
        self._message.setVisible(False)
        native = self._canvas.native
        native.setAccessibleName(self.accessibleName())
        native.setToolTip(
            self.tr("Drag to turn, Shift-drag or middle button to move, wheel to zoom, double click for the front")
        )
        native.installEventFilter(self)
        self._body.addWidget(native, 1)
        self.setFocusProxy(native)
        native.show()

    def _make_canvas(self) -> "SkeletonCanvas | ProcessorCanvas":
        if opengl_facts().software:
            from widgets.skeleton_view.processor_canvas import ProcessorCanvas

            canvas = ProcessorCanvas(self._state, self)
            canvas.failed.connect(self._give_up)
            return canvas
        from widgets.skeleton_view.canvas import SkeletonCanvas

        return SkeletonCanvas(self._state, self, self._restart, self._give_up)

    def _restart(self) -> None:
        """Replace a canvas whose context is gone; not at once, because Qt is in the middle of drawing it."""
        QTimer.singleShot(0, self, self._replace)

    def _give_up(self, words: str) -> None:
        """Show why there is no picture; not at once, for the same reason."""
        if not self._refused:
            self._refused = words
            QTimer.singleShot(0, self, self._remove_refused)

    def _remove_refused(self) -> None:
        self._remove()
        self._say(self._refused)

    def _say(self, words: str) -> None:
        self._message.setText(self.tr("The 3D view cannot be started: {}").format(words))
        self._message.setVisible(True)

    def _replace(self) -> None:
        if self._canvas is not None:
            self._remove()
            self._start()

    def _remove(self) -> None:
        if self._canvas is None:
            return
        old, self._canvas = self._canvas, None
        old.native.removeEventFilter(self)
        self._body.removeWidget(old.native)
        self.setFocusProxy(None)  # type: ignore[arg-type]
        old.close()
        old.native.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Turn mouse and keys on the canvas into movements of the camera."""
        if self._canvas is None or watched is not self._canvas.native:
            return False
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and self._step(cast(QKeyEvent, event)) is not None:
            event.accept()  # with the focus here, these keys are the camera's
            return True
        if kind == QEvent.Type.KeyPress:
            step = self._step(cast(QKeyEvent, event))
            if step is not None:
                self._move(*step)
            return step is not None
        if kind == QEvent.Type.MouseButtonPress:
            press = cast(QMouseEvent, event)
            self._drag = (press.button(), press.position())
            cast(QWidget, watched).setFocus(Qt.FocusReason.MouseFocusReason)
            return True
        if kind == QEvent.Type.MouseMove:
            self._dragged(cast(QMouseEvent, event))
            return True
        if kind == QEvent.Type.MouseButtonRelease:
            self._drag = None
            return True
        if kind == QEvent.Type.MouseButtonDblClick:
            self._choose("front")
            return True
        if kind == QEvent.Type.Wheel:
            notches = cast(QWheelEvent, event).angleDelta().y() / _NOTCH
            self._move(zoom=_ZOOM_PER_NOTCH**notches)
            return True
        return False

    def _dragged(self, event: QMouseEvent) -> None:
        if self._drag is None or self._canvas is None:
            return
        button, last = self._drag
        self._drag = (button, event.position())
        way = event.position() - last
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if button == Qt.MouseButton.MiddleButton or (button == Qt.MouseButton.LeftButton and shifted):
            height = max(self._canvas.native.height(), 1)
            self._leave_preset()
            self._state.camera = self._state.camera.shifted(-way.x() / height, way.y() / height)
            self.update_picture()
        elif button == Qt.MouseButton.LeftButton:
            self._move(-_TURN_PER_PIXEL * way.x(), _TURN_PER_PIXEL * way.y())
        elif button == Qt.MouseButton.RightButton:
            self._move(zoom=1.01 ** -way.y())

    def _step(self, event: QKeyEvent) -> tuple[float, float, float] | None:
        """What a key does: degrees to the right and up, and the factor of the zoom; None for others' keys."""
        key = event.key()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            turns = {
                Qt.Key.Key_Left: (-_KEY_TURN, 0.0, 1.0),
                Qt.Key.Key_Right: (_KEY_TURN, 0.0, 1.0),
                Qt.Key.Key_Up: (0.0, _KEY_TURN, 1.0),
                Qt.Key.Key_Down: (0.0, -_KEY_TURN, 1.0),
            }
            return turns.get(Qt.Key(key))
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            return 0.0, 0.0, _KEY_ZOOM
        if key == Qt.Key.Key_Minus:
            return 0.0, 0.0, 1 / _KEY_ZOOM
        return None

    def _leave_preset(self) -> None:
        """The camera is the user's own now: no preset is marked any more."""
        self._preset = None
        for button in self._presets.values():
            button.defaultAction().setChecked(False)

    def _move(self, right: float = 0.0, up: float = 0.0, zoom: float = 1.0) -> None:
        self._leave_preset()
        self._state.camera = self._state.camera.turned(right, up).zoomed(zoom)
        self.update_picture()

    def _choose(self, name: str) -> None:
        self.set_camera(cast(Preset, name))
        self.cameraChanged.emit(name)

    def _switch(self, name: str, shown: bool) -> None:
        if self._state.options[name] != shown:
            self.set_option(name, shown)
            self.optionChanged.emit(name, shown)

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        bar.setStyleSheet(f"background: {theme.WINDOW};")
        row = QHBoxLayout(bar)
        row.setContentsMargins(4, 2, 6, 2)
        row.setSpacing(2)
        tips = {
            "front": (self.tr("Front"), self.tr("Look the person in the face")),
            "side": (self.tr("Side"), self.tr("Look at the person's left side")),
            "top": (self.tr("Top"), self.tr("Look down from above")),
            "portrait": (self.tr("Portrait"), self.tr("Look through the portrait's camera")),
        }
        group = QActionGroup(self)
        group.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)
        for name, (text, tip) in tips.items():
            action = QAction(text, self, checkable=True, checked=name == "front")
            action.setToolTip(tip)
            action.triggered.connect(lambda _checked, chosen=name: self._choose(chosen))
            group.addAction(action)
            button = QToolButton()
            button.setDefaultAction(action)
            button.setAutoRaise(True)
            button.setAccessibleName(tip)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._presets[name] = button
            row.addWidget(button)
        row.addStretch(1)
        self._time = QLabel(format_seconds(0, 1))
        self._time.setStyleSheet(f"color: {theme.DIM_TEXT};")
        self._time.setAccessibleName(self.tr("Time of the pose"))
        row.addWidget(self._time)
        row.addWidget(self._make_menu())
        return bar

    def _make_menu(self) -> QToolButton:
        button = QToolButton()
        button.setIcon(theme.icon("eye-outline"))
        button.setToolTip(self.tr("What the 3D view shows"))
        button.setAccessibleName(self.tr("What the 3D view shows"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setAutoRaise(True)
        menu = QMenu(button)
        texts = {
            "floor": self.tr("Floor"),
            "contacts": self.tr("Foot contacts"),
            "root_trail": self.tr("Trail of the hips"),
            "wrist_trails": self.tr("Trails of the wrists"),
            "onion": self.tr("Onion skins"),
            "follow": self.tr("Follow the person"),
        }
        for name, text in texts.items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(self._state.options[name])
            action.toggled.connect(lambda shown, chosen=name: self._switch(chosen, shown))
            self._options[name] = action
        button.setMenu(menu)
        return button
