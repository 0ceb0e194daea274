"""What the skeleton view shows: plain data that the widget writes and the scene draws. No Qt widgets, no OpenGL."""

from dataclasses import dataclass, field, replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from widgets.skeleton_view.camera import Camera
from widgets.skeleton_view.figure import Figure

OPTIONS: Final = {
    "floor": True,
    "contacts": True,
    "root_trail": False,
    "wrist_trails": True,
    "onion": False,
    "follow": True,
}
"""What can be shown or hidden, and how it is at the start."""


class MeshProvider(Protocol):
    """Gives the body's surface for any time, as fast as a frame needs it: it may return the last one it has."""

    @property
    def faces(self) -> NDArray[np.integer]:
        """(F, 3) indices of the triangles' corners."""

    def vertices_at(self, time_us: int) -> NDArray[np.float32] | None:
        """Return (V, 3) metres, Y up, or None while there are none."""


@dataclass
class SceneState:
    """What to draw.

    Attributes:
        figure: the motion, or None.
        options: see `OPTIONS`.
        mesh: surface that takes the limbs' place, or None.
        time_us: the time that is shown.
        camera: where it is looked at from, for a body at the origin.
    """

    figure: Figure | None = None
    options: dict[str, bool] = field(default_factory=lambda: dict(OPTIONS))
    mesh: MeshProvider | None = None
    time_us: int = 0
    camera: Camera = field(default_factory=Camera)

    def copy(self) -> "SceneState":
        """Return what is shown now, for a thread that draws it while this changes."""
        return replace(self, options=dict(self.options))

    def followed(self) -> NDArray[np.float64]:
        """(3,) how far the camera is carried along with the body, metres on the floor's plane."""
        if self.figure is None or not self.options["follow"]:
            return np.zeros(3)
        root = self.figure.root_at(self.time_us).astype(np.float64)
        return np.array([root[0], 0.0, root[2]])

    def placed_camera(self) -> Camera:
        """Return the camera where it really is."""
        return replace(self.camera, centre=self.camera.centre + self.followed())
