"""The OpenGL canvas inside the skeleton view: vispy's, drawn by a `Scene`. Mouse and keys belong to the view.

Importing this module loads vispy, so the view does it when it is shown first.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from vispy import app, gloo

from widgets.skeleton_view.opengl import opengl_facts
from widgets.skeleton_view.scene import Scene
from widgets.skeleton_view.state import SceneState
from widgets.skeleton_view.visuals import COARSE, FINE, Detail, ScreenVisual

_SAMPLES: Final = 4
_REST_MS: Final = 160
_DEPTH_24: Final = 0x81A6  # GL_DEPTH_COMPONENT24; gloo's own "depth" has 16 bits, too few for limbs that touch


class SkeletonCanvas(app.Canvas):
    """Draws a `SceneState`; where the processor draws, edges are smoothed when the picture comes to rest.

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
        self._scenes: dict[Detail, Scene] = {}
        self._screen: ScreenVisual | None = None
        self._begun = False
        self._software = opengl_facts().software
        self._resting = False
        super().__init__(
            config={"samples": 0 if self._software else _SAMPLES, "depth_size": 24},
            parent=parent,
            show=False,
            keys=None,
        )
        self.native.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._rest = QTimer(self.native, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._smooth)

    def on_initialize(self, event: Any) -> None:
        """Begin; a second time means that the first context is gone."""
        if self._begun:
            self._scenes.clear()
            self._lost()
        self._begun = True

    def on_draw(self, event: Any) -> None:
        """Draw the present state."""
        try:
            if not self._software:
                self._draw(self.physical_size, FINE)
            elif self._resting:
                self._resting = False
                self._draw_smooth(self.physical_size)
            else:
                self._draw(self.physical_size, COARSE)
                self._rest.start()
        except RuntimeError as error:  # gloo's word for everything that a driver refuses
            self._rest.stop()
            self._failed(str(error))

    def _smooth(self) -> None:
        self._resting = True
        self.update()

    def _draw(self, size: tuple[int, int], detail: Detail, enlarged: float = 1.0) -> None:
        scene = self._scenes.get(detail)
        if scene is None:
            scene = self._scenes[detail] = Scene(self._state, detail)
        self._state.pixel_ratio = enlarged * float(self.native.devicePixelRatioF())
        scene.draw(size)

    def _draw_smooth(self, size: tuple[int, int]) -> None:
        """Draw at twice the size and halve the picture."""
        width, height = size
        colour = gloo.Texture2D(shape=(2 * height, 2 * width, 4), format="rgba", interpolation="linear")
        frame = gloo.FrameBuffer(colour, gloo.RenderBuffer((2 * height, 2 * width), _DEPTH_24))
        with frame:
            self._draw((2 * width, 2 * height), FINE, 2.0)
        gloo.set_viewport(0, 0, width, height)
        gloo.set_state(depth_test=False, blend=False)
        if self._screen is None:
            self._screen = ScreenVisual()
        self._screen.draw(colour)
        frame.delete()
        colour.delete()

    def picture(self, width: int, height: int) -> QImage:
        """Draw into an image of that many pixels."""
        self.set_current()
        colour = gloo.Texture2D(shape=(height, width, 4), format="rgba")
        frame = gloo.FrameBuffer(colour, gloo.RenderBuffer((height, width), _DEPTH_24))
        with frame:
            self._draw((width, height), FINE)
            pixels = np.ascontiguousarray(gloo.read_pixels((0, 0, width, height), alpha=True))
        frame.delete()
        colour.delete()
        return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
