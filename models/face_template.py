"""A mean 68-point face in 3D and its fit to the eyes, nose and mouth of a portrait.

Neutral expression only: mouth and eyelids are moved by the renderers, from sound and cues.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.pose import LEFT_EAR, LEFT_EYE, NOSE, RIGHT_EAR, RIGHT_EYE
from core.rig import Rig

Array = NDArray[np.float64]

_MIRROR: Final = (
    *range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31, 45, 44, 43, 42, 47, 46, 39, 38, 37, 36,
    41, 40, 54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65,
)  # fmt: skip

# Unit: distance of the eye centres; origin between the eyes; x to the picture's right, y down, z to the camera.
_HALF: Final = {
    0: (-1.14, 0.05, -0.95), 1: (-1.12, 0.38, -0.92), 2: (-1.07, 0.70, -0.85), 3: (-0.99, 1.02, -0.72),
    4: (-0.85, 1.32, -0.50), 5: (-0.65, 1.57, -0.25), 6: (-0.42, 1.76, -0.02), 7: (-0.20, 1.86, 0.12),
    8: (0, 1.89, 0.16), 17: (-0.92, -0.32, -0.15), 18: (-0.76, -0.47, 0.05), 19: (-0.56, -0.51, 0.15),
    20: (-0.37, -0.47, 0.20), 21: (-0.19, -0.40, 0.24), 27: (0, -0.02, 0.18), 28: (0, 0.22, 0.30),
    29: (0, 0.45, 0.42), 30: (0, 0.66, 0.52), 31: (-0.23, 0.80, 0.25), 32: (-0.12, 0.84, 0.33), 33: (0, 0.87, 0.36),
    36: (-0.72, 0.02, -0.06), 37: (-0.58, -0.08, 0.03), 38: (-0.41, -0.08, 0.04), 39: (-0.28, 0.03, 0.02),
    40: (-0.41, 0.08, 0.03), 41: (-0.58, 0.09, 0.02), 48: (-0.40, 1.18, 0.16), 49: (-0.25, 1.11, 0.27),
    50: (-0.10, 1.07, 0.33), 51: (0, 1.09, 0.34), 57: (0, 1.34, 0.30), 58: (-0.11, 1.33, 0.30),
    59: (-0.25, 1.28, 0.26), 60: (-0.33, 1.18, 0.18), 61: (-0.12, 1.16, 0.29), 62: (0, 1.165, 0.30),
    66: (0, 1.195, 0.30), 67: (-0.12, 1.19, 0.29),
}  # fmt: skip

_NOSE_Y: Final = 0.66
_MOUTH_Y: Final = 1.18
_MOUTH_HALF_WIDTH: Final = 0.40
_EAR_HALF_WIDTH: Final = 1.25

HEAD_DEPTHS: Final = {NOSE: 0.52, RIGHT_EYE: 0.02, LEFT_EYE: 0.02, RIGHT_EAR: -1.3, LEFT_EAR: -1.3}
"""Depth of the body's head points in eye distances, measured from the plane of the eyes."""


def _template() -> Array:
    points = np.full((68, 3), np.nan)
    for index, point in _HALF.items():
        points[index] = point
        points[_MIRROR[index]] = np.array(point) * (-1.0, 1.0, 1.0)
    return points


TEMPLATE: Final[Array] = _template()
"""(68, 3) mean face in eye distances; iBUG order, so point 0 is at the picture's left."""


def face_normals() -> Array:
    """(68, 3) outward directions of the template (y down), for how visible a point is when the head turns."""
    outward = TEMPLATE - np.array([0.0, 0.6, -1.2])
    outward[:, 1] *= 0.5
    return outward / np.linalg.norm(outward, axis=1, keepdims=True)


def fit_face(rig: Rig) -> Array:
    """The template on a portrait's face.

    Eyes are met exactly; nose, mouth and the width at the ears pull their surroundings along.

    Returns:
        (68, 3) x, y in pixels (y down) and depth towards the camera in pixels from the plane of the eyes.
    """
    body = rig.body.astype(np.float64)
    left, right = body[LEFT_EYE, :2], body[RIGHT_EYE, :2]
    unit = rig.eye_distance
    axis_x = (left - right) / unit if np.hypot(*(left - right)) >= 1.0 else np.array([1.0, 0.0])
    axis_y = np.array([-axis_x[1], axis_x[0]])
    origin = (left + right) / 2.0

    def in_face(point: Array) -> Array:
        return np.array([(point - origin) @ axis_x, (point - origin) @ axis_y]) / unit

    mouth = in_face(rig.mouth[:2].astype(np.float64))
    mouth_y = float(np.clip(mouth[1], 0.7, 1.8))
    nose = in_face(body[NOSE, :2]) if body[NOSE, 2] > 0 else np.array([0.0, _NOSE_Y * mouth_y / _MOUTH_Y])
    nose_y = float(np.clip(nose[1], 0.3 * mouth_y, 0.85 * mouth_y))
    points = TEMPLATE.copy()
    below = points[:, 1] > 0
    knots = (0.0, _NOSE_Y, _MOUTH_Y, 1.9)
    chin = mouth_y + (1.9 - _MOUTH_Y) * (0.5 + 0.5 * mouth_y / _MOUTH_Y)
    points[below, 1] = np.interp(TEMPLATE[below, 1], knots, (0.0, nose_y, mouth_y, chin))
    width = 1.0
    if body[LEFT_EAR, 2] > 0 and body[RIGHT_EAR, 2] > 0:
        ears = float(np.hypot(*(body[LEFT_EAR, :2] - body[RIGHT_EAR, :2])))
        width = float(np.clip(ears / unit / (2.0 * _EAR_HALF_WIDTH), 0.85, 1.2))
    points[:17, 0] *= width
    points[48:, 0] *= float(np.clip(rig.mouth[2] / unit / _MOUTH_HALF_WIDTH, 0.6, 1.8))
    shift = np.interp(TEMPLATE[:, 1], (0.0, _NOSE_Y, _MOUTH_Y, 1.9), (0.0, nose[0], mouth[0], mouth[0]))
    points[:, 0] += np.clip(shift, -0.6, 0.6)
    flat = origin + unit * (points[:, :1] * axis_x + points[:, 1:2] * axis_y)
    return np.concatenate([flat, points[:, 2:] * unit], axis=1)
