"""The camera that the user turns around the skeleton, and its presets; matrices only, no drawing and no Qt.

Matrices are for row vectors (`point @ matrix`), which is what OpenGL reads from memory as its own column form.
"""

import math
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from core.pose import LEFT_EYE, LEFT_SHOULDER, NECK, RIGHT_EYE, RIGHT_SHOULDER
from core.rig import Rig

Preset = Literal["front", "side", "top", "portrait"]

FIELD_OF_VIEW: Final = 30.0
"""Degrees from the upper to the lower edge; narrow, so that the near hand is not larger than the head."""

NEAREST, FARTHEST = 0.3, 40.0
PORTRAIT_DISTANCE: Final = 3.5
"""Metres between the person and the camera that took the portrait, as the translation to 2D assumes."""

_SHOULDERS, _EYES = 0.31, 0.063  # metres between the joints of an ordinary adult
_STEEPEST = 90.0


@dataclass(frozen=True, eq=False)
class Camera:
    """A camera on a sphere around a point.

    Attributes:
        azimuth: degrees to the body's left; 0 looks the unturned body in the face.
        elevation: degrees above the floor's plane, -90..90.
        distance: metres from the centre.
        centre: (3,) the point in the middle of the picture, metres.
        field_of_view: degrees from the upper to the lower edge.
        least_aspect: width by height that must be seen at least; a narrower window shows more above and below.
    """

    azimuth: float = 0.0
    elevation: float = 4.0
    distance: float = 4.6
    centre: NDArray[np.float64] = field(default_factory=lambda: np.array([0.0, 1.0, 0.0]))
    field_of_view: float = FIELD_OF_VIEW
    least_aspect: float = 0.62

    def turned(self, right: float, up: float) -> "Camera":
        """Return the camera moved by degrees around its centre."""
        elevation = min(max(self.elevation + up, -_STEEPEST), _STEEPEST)
        return replace(self, azimuth=(self.azimuth + right + 180.0) % 360.0 - 180.0, elevation=elevation)

    def shifted(self, right: float, up: float) -> "Camera":
        """Return the camera moved in its picture's plane by shares of the picture's height."""
        height = 2 * self.distance * math.tan(math.radians(self.field_of_view) / 2)
        axes = self._axes()
        return replace(self, centre=self.centre + height * (right * axes[0] + up * axes[1]))

    def zoomed(self, factor: float) -> "Camera":
        """Return the camera with its distance divided by `factor`."""
        return replace(self, distance=min(max(self.distance / factor, NEAREST), FARTHEST))

    @property
    def eye(self) -> NDArray[np.float64]:
        """(3,) where the camera is, metres."""
        position: NDArray[np.float64] = self.centre + self.distance * self._axes()[2]
        return position

    def matrix(self, aspect: float) -> NDArray[np.float32]:
        """Return the (4, 4) matrix from world points to clip space.

        Args:
            aspect: width of the picture divided by its height.
        """
        axes = self._axes()
        view = np.eye(4)
        view[:3, :3] = axes.T
        view[3, :3] = -axes @ self.eye
        scale = 1.0 / math.tan(math.radians(self.field_of_view) / 2) * min(1.0, aspect / self.least_aspect)
        near, far = max(0.06, self.distance - 4.0), self.distance + 16.0
        lens = np.zeros((4, 4))
        lens[0, 0], lens[1, 1] = scale / aspect, scale
        lens[2, 2], lens[2, 3] = -(far + near) / (far - near), -1.0
        lens[3, 2] = -2.0 * far * near / (far - near)
        return (view @ lens).astype(np.float32)

    def _axes(self) -> NDArray[np.float64]:
        """(3, 3) rows: right, up and backwards of the camera in the world."""
        turn, lift = math.radians(self.azimuth), math.radians(self.elevation)
        right = np.array([math.cos(turn), 0.0, -math.sin(turn)])
        back = np.array([math.sin(turn) * math.cos(lift), math.sin(lift), math.cos(turn) * math.cos(lift)])
        return np.stack([right, np.cross(back, right), back])


def preset(name: Preset, rig: Rig | None = None, size: tuple[int, int] | None = None) -> Camera:
    """Return one of the presets for a body that stands at the origin.

    Args:
        name: "side" looks at the body's left side; "portrait" frames the body as the picture of `rig` does.
        rig: for "portrait"; without it the camera shows head and trunk.
        size: width and height in pixels of the rig's picture.
    """
    if name == "side":
        return Camera(azimuth=90.0)
    if name == "top":
        return Camera(elevation=_STEEPEST, distance=4.5)
    if name == "portrait":
        return _portrait(rig, size)
    return Camera()


def _portrait(rig: Rig | None, size: tuple[int, int] | None) -> Camera:
    neck = np.array([0.0, 1.45, 0.0])
    if rig is None or size is None:
        angle = 2 * math.degrees(math.atan(0.55 / PORTRAIT_DISTANCE))
        return Camera(0.0, 0.0, PORTRAIT_DISTANCE, neck - np.array([0.0, 0.2, 0.0]), angle)
    points = rig.body.astype(np.float64)
    if min(points[LEFT_SHOULDER, 2], points[RIGHT_SHOULDER, 2]) > 0:
        metres = _SHOULDERS / max(float(np.hypot(*(points[LEFT_SHOULDER] - points[RIGHT_SHOULDER])[:2])), 1.0)
    else:
        metres = _EYES / max(float(np.hypot(*(points[LEFT_EYE] - points[RIGHT_EYE])[:2])), 1.0)
    width, height = size
    right, down = (np.array([width, height]) / 2 - points[NECK, :2]) * metres
    angle = 2 * math.degrees(math.atan(height * metres / 2 / PORTRAIT_DISTANCE))
    return Camera(0.0, 0.0, PORTRAIT_DISTANCE, neck + np.array([right, -down, 0.0]), angle, width / height)
