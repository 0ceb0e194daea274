"""Puts the skeleton's picture together: what is shown, in which order, with which OpenGL state.

`Scene` draws a `SceneState` when asked; it knows no Qt.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from vispy import gloo

from core.skeleton import PELVIS
from widgets import theme
from widgets.skeleton_view.figure import TRAIL_COLOURS, TRAIL_JOINTS, Capsules, Floats, rgba
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
        state: what to draw.
        detail: how finely.

    Attributes:
        state: what to draw.
    """

    def __init__(self, state: SceneState, detail: Detail = FINE) -> None:
        self.state = state
        self._floor = FloorVisual()
        self._body = CapsulesVisual(detail)
        self._marks = CapsulesVisual(detail)
        self._ghosts = CapsulesVisual(detail if detail.pixels else COARSE_GHOST)
        self._ghosts_drawn: Capsules | None = None
        self._trails = LinesVisual()
        self._surface = MeshVisual()

    def draw(self, size: tuple[int, int]) -> None:
        """Draw everything into the present framebuffer of `size` (width, height) pixels."""
        width, height = max(size[0], 1), max(size[1], 1)
        gloo.set_viewport(0, 0, width, height)
        gloo.set_state(depth_test=True, blend=True, cull_face=False, depth_func="lequal")
        gloo.set_blend_func("src_alpha", "one_minus_src_alpha", "one", "one_minus_src_alpha")
        gloo.set_depth_mask(True)
        gloo.set_color_mask(True, True, True, True)
        gloo.clear(color=tuple(rgba(theme.BASE)), depth=1.0)
        moved = self.state.followed()
        camera = self.state.placed_camera()
        matrix, eye = camera.matrix(width / height), camera.eye.astype(np.float32)
        self._draw_floor(matrix, eye, moved)
        if self.state.figure is None:
            return
        self._draw_ghosts(matrix, eye)
        vertices = None if self.state.mesh is None else self.state.mesh.vertices_at(self.state.time_us)
        gloo.set_depth_mask(True)
        if self.state.mesh is not None and vertices is not None:
            self._surface.set(vertices, self.state.mesh.faces)
            self._surface.draw(matrix, eye)
        else:
            gloo.set_state(cull_face=True)
            self._body.draw(matrix, eye)
            gloo.set_state(cull_face=False)
        self._draw_trails(matrix, (width, height))

    def _draw_floor(self, matrix: Floats, eye: Floats, moved: NDArray[np.float64]) -> None:
        """Grid, then the body's shadow, then the marks of standing feet: all flat, so order takes depth's place."""
        gloo.set_depth_mask(False)
        if self.state.options["floor"]:
            self._floor.draw(matrix, (float(moved[0]), float(moved[2])))
        if self.state.figure is None:
            return
        figure, time_us = self.state.figure, self.state.time_us
        body = figure.body(time_us, contacts=self.state.options["contacts"])
        self._body.set(Capsules.joined([body, figure.joints(time_us)]))
        gloo.set_state(depth_test=False, cull_face=True)
        if self.state.options["floor"] and eye[1] > 0:
            self._body.draw_flat(matrix, 0.0, _SHADOW)
        if self.state.options["contacts"] and eye[1] > 0:
            self._marks.set(self.state.figure.floor_marks(self.state.time_us))
            self._marks.draw_flat(matrix, 0.0)
        gloo.set_state(depth_test=True, cull_face=False)

    def _draw_ghosts(self, matrix: Floats, eye: Floats) -> None:
        """Onion skins, all behind the body itself however near they are, so that the pose stays easy to read."""
        if self.state.figure is None or not self.state.options["onion"]:
            return
        gloo.set_depth_mask(True)
        ghosts = self.state.figure.onion(self.state.time_us)
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

    def _draw_trails(self, matrix: Floats, size: tuple[int, int]) -> None:
        if self.state.figure is None:
            return
        starts, ends, colours = [], [], []
        for option, joints in TRAIL_JOINTS.items():
            for joint in joints if self.state.options[option] else ():
                path = self.state.figure.trail(joint, self.state.time_us)
                if len(path) > 1:
                    colour = np.repeat(rgba(TRAIL_COLOURS[joint])[None], len(path) - 1, axis=0)
                    colour[:, 3] = np.linspace(0.05, 1.0 if joint == PELVIS else 0.85, len(path) - 1)
                    starts.append(path[:-1])
                    ends.append(path[1:])
                    colours.append(colour)
        if starts:
            gloo.set_depth_mask(False)
            self._trails.set(np.concatenate(starts), np.concatenate(ends), np.concatenate(colours))
            self._trails.draw(matrix, size, _TRAIL_PIXELS * self.state.pixel_ratio)
            gloo.set_depth_mask(True)
