"""The torso, neck and head as one elastic sheet: a coarse backward grid, made full size by interpolation.

Only small movements fit a sheet; whatever swings through the picture is a limb layer instead.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.pose import LEFT_EYE, LEFT_HIP, LEFT_SHOULDER, NECK, RIGHT_EYE, RIGHT_HIP, RIGHT_SHOULDER
from models.renderers.draft.compositing import Box, Image, blend_over
from models.renderers.draft.geometry import Geometry, Points
from models.renderers.draft.placing import BodyPlace

STEP = 16
"""Frame pixels between two grid nodes."""

BAND = 5
"""Grid rows that are drawn at a time: each no wider than the person is there."""


class Sheet:
    """Warps the body sheet; holds only what never changes, so one object can serve every frame."""

    def __init__(self, layer: Image, geometry: Geometry) -> None:
        self._geometry = geometry
        height, width = layer.shape[:2]
        self._size = (width, height)
        self._no_map = np.empty(0, np.float32)
        visible = layer[..., 3] > 0
        columns, rows = np.flatnonzero(visible.any(axis=0)), np.flatnonzero(visible.any(axis=1))
        self._box = (
            (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1) if len(rows) else (0, 0, 1, 1)
        )
        # A trunk that the picture's lower edge cuts goes on below it, or a gap would open when it rises.
        self.pad = int(np.ceil(2.5 * geometry.body_unit)) if self._box[3] >= height - 1 else 0
        self.layer = cv2.copyMakeBorder(layer, 0, self.pad, 0, 0, cv2.BORDER_REPLICATE) if self.pad else layer.copy()
        self._shown = _ends(self.layer[..., 3] > 0)
        self._feet_fixed = bool(geometry.seen[[LEFT_HIP, RIGHT_HIP]].all())
        eyes = geometry.joints[[LEFT_EYE, RIGHT_EYE]].mean(axis=0)
        neck = geometry.joints[NECK]
        self._eyes = eyes
        self._head_top = float(eyes[1] + 1.65 * geometry.unit)
        self._head_end = max(float(neck[1] + 0.2 * geometry.unit), self._head_top + 0.7 * geometry.unit)
        self._hinge = np.array([0.5 * (eyes[0] + neck[0]), eyes[1] + 2.0 * geometry.unit])

    def draw(self, frame: Image, body: BodyPlace, source: Image) -> Box:
        """Draw the sheet over a frame (H, W, 3) in place.

        Args:
            frame: where to.
            body: where trunk and head go.
            source: `layer`, or a copy of it with another face.

        Returns:
            The part of the frame that was touched.
        """
        x0, y0, x1, y1 = self._landing(body)
        columns = -(-(x1 - x0) // STEP)
        rows = -(-(y1 - y0) // STEP)
        # A node more on every side, so that the grid is interpolated up to its edges.
        nodes_x = x0 + STEP * np.arange(-1, columns + 1) + (STEP - 1) / 2
        nodes_y = y0 + STEP * np.arange(-1, rows + 1) + (STEP - 1) / 2
        grid_x, grid_y = np.meshgrid(nodes_x, nodes_y)
        shift = self.displacement(body, grid_x, grid_y)
        low, high = shift.min(axis=1), shift.max(axis=1)
        moved = bool(max(-low.min(), high.max()) >= 1e-3)
        positions = np.empty(0, np.float32)
        if moved:
            grid = np.stack([grid_x + shift[..., 0], grid_y + shift[..., 1]], axis=-1).astype(np.float32)
            size = ((columns + 2) * STEP, (rows + 2) * STEP)
            positions = np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR), np.float32)
        for row in range(0, rows, BAND):
            top, bottom = y0 + row * STEP, min(y0 + (row + BAND) * STEP, y1)
            near = slice(row, row + BAND + 2)
            left, right = self._reach(top, bottom, low[near].min(axis=0), high[near].max(axis=0))
            left, right = max(left, x0), min(right, x1)
            if right <= left:
                continue
            part = source[top:bottom, left:right]
            if moved:
                place = positions[top - y0 + STEP : bottom - y0 + STEP, left - x0 + STEP : right - x0 + STEP]
                warped = cv2.remap(
                    source, place, self._no_map, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0,) * 4
                )
                part = np.asarray(warped, np.uint8)
            blend_over(frame, part, left, top)
        return x0, y0, x1, y1

    def _reach(self, top: int, bottom: int, low: Points, high: Points) -> tuple[int, int]:
        """First column of frame rows top..bottom that the sheet may reach, and the column after the last.

        Args:
            top: first row.
            bottom: row after the last.
            low: (2,) least displacement (x, y) of these rows' pixels.
            high: (2,) the largest.
        """
        first, last = self._shown
        start = min(max(int(np.floor(top + low[1])), 0), len(first))
        end = min(max(int(np.ceil(bottom + high[1])), 0), len(first))
        if end <= start:
            return 0, 0
        return int(first[start:end].min() - high[0]) - 1, int(last[start:end].max() - low[0]) + 2

    def displacement(self, body: BodyPlace, x: Points, y: Points) -> Points:
        """(..., 2) source minus frame position for frame positions x, y."""
        inverse, geometry = body.inverse, self._geometry
        u = inverse[0, 0] * x + inverse[0, 1] * y + inverse[0, 2]
        v = inverse[1, 0] * x + inverse[1, 1] * y + inverse[1, 2]
        if self._feet_fixed:
            # Below the hips the trunk stands on the legs: it is carried along, but does not lean.
            stand = np.clip((v - geometry.pivot[1] + 0.7 * geometry.body_unit) / (1.1 * geometry.body_unit), 0.0, 1.0)
            stand = stand * stand * (3.0 - 2.0 * stand)
            shift = body.matrix[:, :2] @ geometry.pivot + body.matrix[:, 2] - geometry.pivot
            u = u + stand * (x - shift[0] - u)
            v = v + stand * (y - shift[1] - v)
        source_u, source_v = u, v
        # Two rounds: the weights belong to the source, which is known only after the shift.
        for _ in range(2):
            source_u, source_v = self._residual(body, u, v, source_u, source_v)
        return np.stack([source_u - x, source_v - y], axis=-1)

    def _residual(self, body: BodyPlace, u: Points, v: Points, at_u: Points, at_v: Points) -> tuple[Points, Points]:
        geometry = self._geometry
        weight = np.clip((self._head_end - at_v) / (self._head_end - self._head_top), 0.0, 1.0)
        weight = weight * weight * (3.0 - 2.0 * weight)
        cos, sin = np.cos(-body.head_roll), np.sin(-body.head_roll)
        hinge, unit = self._hinge, geometry.unit
        ru, rv = u - body.head_shift[0] - hinge[0], v - body.head_shift[1] - hinge[1]
        out_u = u + weight * (cos * ru - sin * rv + hinge[0] - u)
        out_v = v + weight * (sin * ru + cos * rv + hinge[1] - v)
        if body.face_shift.any():
            middle = self._eyes + np.array([0.0, 0.55 * unit])
            near = np.exp(-(((at_u - middle[0]) / (0.85 * unit)) ** 2) - ((at_v - middle[1]) / (1.0 * unit)) ** 2)
            out_u = out_u - near * body.face_shift[0]
            out_v = out_v - near * body.face_shift[1]
        spread = 2.0 * (1.25 * geometry.body_unit) ** 2
        for side, index in ((0, LEFT_SHOULDER), (1, RIGHT_SHOULDER)):
            shift = body.shoulder_shift[side]
            if not shift.any():
                continue
            joint = geometry.joints[index]
            near = np.exp(-((at_u - joint[0]) ** 2 + (at_v - joint[1]) ** 2) / spread) * (1.0 - weight)
            out_u = out_u - near * shift[0]
            out_v = out_v - near * shift[1]
        return out_u, out_v

    def _landing(self, body: BodyPlace) -> tuple[int, int, int, int]:
        """Box of the frame that the sheet can reach, on whole grid steps."""
        width, height = self._size
        x0, y0, x1, y1 = self._box
        corners = np.array([[x0, y0], [x1, y0], [x0, y1 + self.pad], [x1, y1 + self.pad]], np.float64)
        landed = corners @ body.matrix[:, :2].T + body.matrix[:, 2]
        extra = 4.0 + max(
            float(np.abs(body.head_shift).max()) + abs(body.head_roll) * 5.0 * self._geometry.unit,
            float(np.abs(body.shoulder_shift).max()),
        )
        left, top = np.floor(landed.min(axis=0) - extra).astype(int)
        right, bottom = np.ceil(landed.max(axis=0) + extra).astype(int)
        left, top = max(int(left), 0), max(int(top), 0)
        return left, top, max(min(int(right), width), left + 1), max(min(int(bottom), height), top + 1)


def _ends(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First column of every row of a mask and the column after its last; the width and 0 where a row is empty."""
    width = mask.shape[1]
    some = mask.any(axis=1)
    first = np.where(some, np.argmax(mask, axis=1), width)
    last = np.where(some, width - np.argmax(mask[:, ::-1], axis=1), 0)
    return first, last
