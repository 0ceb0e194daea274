"""Puts the skeleton's picture together: what is shown, in which order, with which OpenGL state.

`Scene` draws a `SceneState` when asked; it knows no Qt.
"""

from collections.abc import Hashable
from typing import Final

import numpy as np
from vispy import gloo

from core.skeleton import PELVIS
from widgets import theme
from widgets.skeleton_view.figure import TRAIL_COLOURS, TRAIL_JOINTS, Capsules, Figure, Floats, rgba
from widgets.skeleton_view.state import SceneState
from widgets.skeleton_view.visuals import (
    COARSE_GHOST,
    FINE,
    CapsulesVisual,
    Detail,
    FloorVisual,
    LinesVisual,
    MeshVisual,
)

_TRAIL_PIXELS: Final = 2.5
_SHADOW: Final = rgba(theme.BASE) * np.array([0.68, 0.68, 0.68, 1.0], np.float32)


class Scene:
    """The floor, the body, its marks, trails and ghosts; made while an OpenGL context is current.

    Args:
        detail: how finely.
    """

    def __init__(self, detail: Detail = FINE) -> None:
        self._floor = FloorVisual()
        self._body = CapsulesVisual(detail)
        self._marks = CapsulesVisual(detail)
        self._ghosts = CapsulesVisual(detail if detail.pixels else COARSE_GHOST)
        self._ghosts_drawn: Capsules | None = None
        self._trails = LinesVisual()
        self._surface = MeshVisual()

    def draw(self, state: SceneState, size: tuple[int, int], pixel_ratio: float = 1.0, floor: bool = True) -> None:
        """Draw everything into the present framebuffer.

        Args:
            state: what to draw.
            size: (width, height) of the framebuffer in pixels.
            pixel_ratio: its pixels per logical pixel, for the width of lines.
            floor: draw the grid and the background too; without them, what is drawn lies on nothing, with its colours
                multiplied by their opacity.
        """
        matrix, eye = self._begin(state, size, tuple(rgba(theme.BASE)) if floor else (0.0, 0.0, 0.0, 0.0))
        if floor:
            self._draw_floor(state, matrix)
        if state.figure is None:
            return
        self._draw_marks(state, state.figure, matrix, eye)
        if state.options["onion"]:
            self._draw_ghosts(state.figure.onion(state.time_us), matrix, eye)
        vertices = None if state.mesh is None else state.mesh.vertices_at(state.time_us)
        gloo.set_depth_mask(True)
        if state.mesh is not None and vertices is not None:
            self._surface.set(vertices, state.mesh.faces)
            self._surface.draw(matrix, eye)
        else:
            gloo.set_state(cull_face=True)
            self._body.draw(matrix, eye)
            gloo.set_state(cull_face=False)
        self._draw_trails(state, state.figure, matrix, size, _TRAIL_PIXELS * pixel_ratio)

    def draw_floor(self, state: SceneState, size: tuple[int, int]) -> None:
        """Draw the background and the grid alone."""
        matrix, _ = self._begin(state, size, tuple(rgba(theme.BASE)))
        self._draw_floor(state, matrix)

    @staticmethod
    def floor_key(state: SceneState, size: tuple[int, int]) -> Hashable:
        """Return what the picture of background and grid depends on."""
        matrix = state.placed_camera().matrix(size[0] / size[1])
        return size, state.options["floor"], matrix.tobytes(), _middle(state)

    @staticmethod
    def _begin(state: SceneState, size: tuple[int, int], background: tuple[float, ...]) -> tuple[Floats, Floats]:
        """Clear the picture; return the camera's matrix and where its eye is."""
        gloo.set_viewport(0, 0, *size)
        gloo.set_state(depth_test=True, blend=True, cull_face=False, depth_func="lequal")
        gloo.set_blend_func("src_alpha", "one_minus_src_alpha", "one", "one_minus_src_alpha")
        gloo.set_depth_mask(True)
        gloo.set_color_mask(True, True, True, True)
        gloo.clear(color=background, depth=1.0)
        camera = state.placed_camera()
        return camera.matrix(size[0] / size[1]), camera.eye.astype(np.float32)

    def _draw_floor(self, state: SceneState, matrix: Floats) -> None:
        """The grid, flat and behind everything, so order takes depth's place."""
        if state.options["floor"]:
            gloo.set_depth_mask(False)
            self._floor.draw(matrix, _middle(state))

    def _draw_marks(self, state: SceneState, figure: Figure, matrix: Floats, eye: Floats) -> None:
        """The body's shadow, then the marks of standing feet: flat, too."""
        body = figure.body(state.time_us, contacts=state.options["contacts"])
        self._body.set(Capsules.joined([body, figure.joints(state.time_us)]))
        gloo.set_depth_mask(False)
        gloo.set_state(depth_test=False, cull_face=True)
        if state.options["floor"] and eye[1] > 0:
            self._body.draw_flat(matrix, 0.0, _SHADOW)
        if state.options["contacts"] and eye[1] > 0:
            self._marks.set(figure.floor_marks(state.time_us))
            self._marks.draw_flat(matrix, 0.0)
        gloo.set_state(depth_test=True, cull_face=False)

    def _draw_ghosts(self, ghosts: Capsules, matrix: Floats, eye: Floats) -> None:
        """Onion skins, all behind the body itself however near they are, so that the pose stays easy to read."""
        gloo.set_depth_mask(True)
        if ghosts is not self._ghosts_drawn:
            self._ghosts_drawn = ghosts
            self._ghosts.set(ghosts)
        gloo.set_state(cull_face=True)
        # First only their depth, so that overlapping limbs do not add up.
        gloo.set_color_mask(False, False, False, False)
        self._ghosts.draw_depth(matrix)
        gloo.set_color_mask(True, True, True, True)
        self._ghosts.draw(matrix, eye)
        gloo.set_state(cull_face=False)
        gloo.clear(color=False, depth=1.0)

    def _draw_trails(
        self, state: SceneState, figure: Figure, matrix: Floats, size: tuple[int, int], width: float
    ) -> None:
        starts, ends, colours = [], [], []
        for option, joints in TRAIL_JOINTS.items():
            for joint in joints if state.options[option] else ():
                path = figure.trail(joint, state.time_us)
                if len(path) > 1:
                    colour = np.repeat(rgba(TRAIL_COLOURS[joint])[None], len(path) - 1, axis=0)
                    colour[:, 3] = np.linspace(0.05, 1.0 if joint == PELVIS else 0.85, len(path) - 1)
                    starts.append(path[:-1])
                    ends.append(path[1:])
                    colours.append(colour)
        if starts:
            gloo.set_depth_mask(False)
            self._trails.set(np.concatenate(starts), np.concatenate(ends), np.concatenate(colours))
            self._trails.draw(matrix, size, width)
            gloo.set_depth_mask(True)


def _middle(state: SceneState) -> tuple[float, float]:
    """The point of the floor (x, z) that the grid is drawn around."""
    moved = state.followed()
    return float(moved[0]), float(moved[2])
