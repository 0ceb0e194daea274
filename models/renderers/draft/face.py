"""The moving face: mouth, lids and a hint of emotion, drawn into a copy of the body sheet's face area.

Each call starts from the portrait's own pixels, so nothing is left over from the frame before.
"""

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from core.pose import LEFT_EYE, RIGHT_EYE
from models.renderers.draft.compositing import Image
from models.renderers.draft.eyes import Lid, close_lid, find_lid
from models.renderers.draft.geometry import Geometry
from models.renderers.draft.mouth import Mouth, MouthShape


@dataclass(frozen=True)
class FaceState:
    """One frame's face: mouth shape, lid closure 0..1, brows -1 (drawn down) .. 1 (raised)."""

    mouth: MouthShape = field(default_factory=MouthShape)
    closure: float = 0.0
    brows: float = 0.0


class Face:
    """The face of one portrait."""

    def __init__(self, sheet: Image, rgb: Image, geometry: Geometry, chin: float) -> None:
        unit = geometry.unit
        eyes = geometry.joints[[LEFT_EYE, RIGHT_EYE]]
        middle = eyes.mean(axis=0)
        low = max(float(geometry.mouth[1]) + 1.8 * unit, chin + 0.8 * unit)
        height, width = rgb.shape[:2]
        x0, x1 = int(middle[0] - 1.35 * unit), int(middle[0] + 1.35 * unit) + 1
        y0, y1 = int(middle[1] - 0.9 * unit), int(low) + 1
        self._x0, self._y0 = max(x0, 0), max(y0, 0)
        self._x1, self._y1 = min(max(x1, self._x0 + 8), width), min(max(y1, self._y0 + 8), height)
        box = (slice(self._y0, self._y1), slice(self._x0, self._x1))
        self._still = sheet[box].copy()
        patch = np.ascontiguousarray(rgb[box])
        origin = np.array([self._x0, self._y0])
        self.mouth = Mouth(patch, self._x0, self._y0, geometry.mouth, unit, chin)
        self.lids: list[Lid] = [lid for eye in eyes if (lid := find_lid(patch, eye - origin, unit)) is not None]
        y, x = np.mgrid[0 : patch.shape[0], 0 : patch.shape[1]].astype(np.float32)
        self._x, self._y = x, y
        self._brows = np.zeros_like(x)
        for eye in eyes - origin:
            self._brows += np.exp(
                -(((x - eye[0]) / (0.36 * unit)) ** 2) - ((y - eye[1] + 0.36 * unit) / (0.17 * unit)) ** 2
            )
        self._unit = unit

    def draw(self, sheet: Image, state: FaceState) -> None:
        """Draw the face into `sheet` (H, W, 4) premultiplied, in place; all else in `sheet` is left alone."""
        target = sheet[self._y0 : self._y1, self._x0 : self._x1]
        mouth = state.mouth
        if mouth.opening or mouth.rounding or mouth.smile or state.brows:
            dx, dy = self.mouth.shift(mouth)
            if state.brows:
                dy = dy + self._brows * np.float32(0.055 * self._unit * state.brows)
            moved = cv2.remap(
                self._still, self._x + dx, self._y + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
        else:
            moved = self._still.copy()
        if mouth.opening or state.closure > 0.0:
            rgb = np.ascontiguousarray(moved[..., :3], np.uint8)
            self.mouth.paint(rgb, mouth)
            for lid in self.lids:
                close_lid(rgb, lid, state.closure)
            moved[..., :3] = rgb
        target[:] = moved

    @property
    def mouth_box(self) -> tuple[int, int, int, int]:
        """x0, y0, x1, y1 in the still frame that holds the mouth at any opening, for checks."""
        unit, mouth = self._unit, self.mouth
        x, y = self._x0 + mouth.centre[0], self._y0 + mouth.centre[1]
        return (int(x - mouth.half), int(y - 0.2 * unit), int(x + mouth.half) + 1, int(y + 0.5 * unit) + 1)


EMOTION_SHAPES: Final[dict[str, tuple[float, float]]] = {
    "happy": (1.0, 0.25),
    "sad": (-0.7, 0.35),
    "angry": (-0.45, -0.8),
    "surprised": (0.0, 1.0),
    "fearful": (-0.35, 0.7),
    "disgusted": (-0.6, -0.45),
    "contempt": (0.35, -0.15),
}
"""Smile and brow amounts at full strength of the emotions of `core.timeline.EMOTIONS`; the rest is neutral."""


def emotion_shape(emotion: str, strength: float) -> tuple[float, float]:
    """Smile and brow amounts of an emotion of `core.timeline.EMOTIONS`; (0, 0) for neutral."""
    smile, brows = EMOTION_SHAPES.get(emotion, (0.0, 0.0))
    return smile * strength, brows * strength
