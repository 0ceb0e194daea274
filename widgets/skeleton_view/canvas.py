"""The OpenGL canvas inside the skeleton view where a graphics card draws. Mouse and keys belong to the view.

Importing this module loads vispy, so the view does it when it is shown first.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from vispy import app, gloo

from widgets.skeleton_view.painter import ScenePainter
from widgets.skeleton_view.state import SceneState
from widgets.skeleton_view.visuals import FINE

_SAMPLES: Final = 4


class SkeletonCanvas(app.Canvas):
    """Draws a `SceneState` on the graphics card.

    Args:
        state: what to draw.
        parent: the widget that the canvas lies in.
        lost: called when Qt threw the OpenGL context away (as when a dock floats); the canvas is then of no more use.
        failed: called with the driver's words when it cannot draw, as when it refuses a shader.
    """

    def __init__(
        self, state: SceneState, parent: QWidget, lost: Callable[[], None], failed: Callable[[str], None]
    ) -> None:
        app.use_app("pyside6")
        self._state = state
        self._lost = lost
        self._failed = failed
        self._painter = ScenePainter()
        self._begun = False
        super().__init__(config={"samples": _SAMPLES, "depth_size": 24}, parent=parent, show=False, keys=None)
        self.native.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def on_initialize(self, event: Any) -> None:
        """Begin; a second time means that the first context is gone."""
        if self._begun:
            self._painter = ScenePainter()
            self._lost()
        self._begun = True

    def on_draw(self, event: Any) -> None:
        """Draw the present state."""
        self._painter.pixel_ratio = float(self.native.devicePixelRatioF())
        try:
            self._painter.draw(self._state, self.physical_size, FINE)
        except RuntimeError as error:  # gloo's word for everything that a driver refuses
            self._failed(str(error))

    def redraw(self) -> None:
        """Draw again soon."""
        self.update()

    def picture(self, width: int, height: int) -> QImage:
        """Draw into an image of that many pixels."""
        self.set_current()
        size = (width, height)
        pixels = self._painter.apart(
            size,
            lambda: self._painter.draw(self._state, size, FINE),
            lambda: np.ascontiguousarray(gloo.read_pixels((0, 0, *size))),
        )
        return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
