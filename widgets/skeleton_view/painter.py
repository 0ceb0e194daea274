"""Draws a `SceneState` at a chosen fineness: the same for the graphics card and for the processor.

Needs a current OpenGL context and a current canvas of vispy's. Importing this module loads vispy's gloo.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from vispy import gloo

from widgets.skeleton_view.scene import Scene
from widgets.skeleton_view.state import SceneState
from widgets.skeleton_view.visuals import Detail, ScreenVisual

_DEPTH_24: Final = 0x81A6  # GL_DEPTH_COMPONENT24; gloo's own "depth" has 16 bits, too few for limbs that touch

Taken = TypeVar("Taken")


class ScenePainter:
    """Keeps what the OpenGL context holds for each fineness.

    Args:
        pixel_ratio: device pixels per logical pixel, for the width of lines.
    """

    def __init__(self, pixel_ratio: float = 1.0) -> None:
        self.pixel_ratio = pixel_ratio
        self._scenes: dict[Detail, Scene] = {}
        self._screen: ScreenVisual | None = None
        self._frame: gloo.FrameBuffer | None = None

    def scene(self, detail: Detail) -> Scene:
        """Return the scene of a fineness, made when it is wanted first."""
        scene = self._scenes.get(detail)
        if scene is None:
            scene = self._scenes[detail] = Scene(detail)
        return scene

    def draw(self, state: SceneState, size: tuple[int, int], detail: Detail) -> None:
        """Draw everything into the present framebuffer of (width, height) pixels."""
        self.scene(detail).draw(state, size, self.pixel_ratio)

    def apart(self, size: tuple[int, int], draw: Callable[[], None], take: Callable[[], Taken]) -> Taken:
        """Draw into a framebuffer of its own and return what `take` makes of it while it is the present one.

        Args:
            size: (width, height) in pixels.
            draw: draws.
            take: called when everything is drawn; as usual with OpenGL, the lowest row comes first.
        """
        width, height = size
        if self._frame is None or self._frame.shape != (height, width):
            self._drop(self._frame)
            self._frame = _frame(width, height)
        with self._frame:
            draw()
            gloo.finish()
            return take()

    def draw_smooth(self, state: SceneState, size: tuple[int, int], detail: Detail) -> None:
        """Draw everything at twice the size and halve the picture."""
        width, height = size
        enlarged = _frame(2 * width, 2 * height)
        with enlarged:
            self.scene(detail).draw(state, (2 * width, 2 * height), 2 * self.pixel_ratio)
        gloo.set_viewport(0, 0, width, height)
        gloo.set_state(depth_test=False, blend=False)
        if self._screen is None:
            self._screen = ScreenVisual()
        self._screen.draw(enlarged.color_buffer)
        self._drop(enlarged)

    @staticmethod
    def _drop(frame: gloo.FrameBuffer | None) -> None:
        if frame is not None:
            for part in (frame, frame.color_buffer, frame.depth_buffer):
                part.delete()


def _frame(width: int, height: int) -> gloo.FrameBuffer:
    colour = gloo.Texture2D(shape=(height, width, 4), format="rgba", interpolation="linear")
    return gloo.FrameBuffer(colour, gloo.RenderBuffer((height, width), _DEPTH_24))
