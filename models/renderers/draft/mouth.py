"""The mouth: where the lips part, how the lower face moves when it opens, and the dark inside that then shows.

Works on a small patch of the portrait around the face, in frame pixels. Closed means the portrait's own pixels.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.renderers.draft.compositing import Image
from models.renderers.draft.geometry import Points

MAX_OPENING = 0.21
"""Parting of the lips at opening 1, in eye distances."""

INSIDE = (54.0, 24.0, 26.0)
TEETH = (196.0, 188.0, 178.0)
TONGUE = (138.0, 66.0, 66.0)
"""Colours (RGB) in full light; the skin's brightness scales them."""


@dataclass(frozen=True)
class MouthShape:
    """What the mouth does: opening 0..1, rounding -1 (spread) .. 1 (pursed), smile -1..1 (corners down or up)."""

    opening: float = 0.0
    rounding: float = 0.0
    smile: float = 0.0


class Mouth:
    """Mouth of one portrait inside a patch whose first pixel is at (left, top) of the frame."""

    def __init__(
        self, rgb: Image, left: int, top: int, mouth: Points, unit: float, chin: float, teeth_shown: bool | None = None
    ) -> None:
        height, width = rgb.shape[:2]
        self.unit = unit
        self.centre = mouth[:2] - (left, top)
        self.half = float(np.clip(mouth[2], 0.26 * unit, 0.6 * unit))
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        self._x, self._y = x, y
        self.line = self._find_line(rgb)
        grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
        self._light = self._brightness(grey)
        self.teeth_shown = self._shows_teeth(rgb) if teeth_shown is None else teeth_shown
        chin_y = float(np.clip(chin - top, self.centre[1] + 0.5 * unit, self.centre[1] + 1.3 * unit))
        across = (x - self.centre[0]) / self.half
        below = y - self.line[None, :]
        # The lens: how far the lower lip goes at each column; nothing at the corners.
        self._lens = _lens(across)
        jaw_across = np.exp(-0.5 * ((x - self.centre[0]) / (0.62 * unit)) ** 2)
        depth = max(chin_y - float(self.centre[1]), 1.0)
        take_over = _smoothstep(below / (0.75 * depth))
        fade = 1.0 - _smoothstep((below - depth) / (0.75 * unit))
        lower = self._lens * (1.0 - take_over) + 0.85 * jaw_across * take_over
        self._lower = np.where(below > 0, lower * fade, 0.0).astype(np.float32)
        self._upper = (self._lens * np.exp(-((below / (0.3 * unit)) ** 2))).astype(np.float32)
        side = (x - self.centre[0]) / (1.15 * self.half)
        self._around = np.exp(-(side**2) - (below / (0.5 * unit)) ** 2).astype(np.float32)
        self._corners = sum(
            np.exp(-(((x - self.centre[0] - s * self.half) / (0.24 * unit)) ** 2) - (below / (0.24 * unit)) ** 2)
            for s in (-1.0, 1.0)
        ).astype(np.float32)
        self._outward = np.sign(x - self.centre[0]).astype(np.float32)

    def shift(self, shape: MouthShape) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Source minus patch position, x and y, without the parting of the lips that `paint` makes."""
        opening = MAX_OPENING * self.unit * shape.opening
        squeeze = (0.2 if shape.rounding > 0 else 0.1) * shape.rounding
        dx = (self._x - np.float32(self.centre[0])) * self._around * np.float32(squeeze)
        dy = np.zeros_like(self._y)
        if shape.smile:
            amount = np.float32(shape.smile * 0.07 * self.unit)
            dy = dy + self._corners * amount
            dx = dx - self._corners * self._outward * amount * np.float32(0.6)
        if opening > 0.0:
            lower = self._lookup(self._lower, dx, -opening * self._lower)
            below = self._y > self.line[None, :] + 0.5 * opening * self._lens
            upper = 0.18 * opening * self._upper
            dy = dy + np.where(below, -opening * lower, upper).astype(np.float32)
        return dx, dy

    def paint(self, patch: Image, shape: MouthShape) -> None:
        """Draw the inside of the open mouth over the already moved patch (h, w, 3), in place."""
        opening = MAX_OPENING * self.unit * shape.opening
        if opening < 0.35:
            return
        squeeze = 1.0 + (0.2 if shape.rounding > 0 else 0.1) * shape.rounding
        half = self.half / squeeze
        x0 = max(int(self.centre[0] - half) - 1, 0)
        x1 = min(int(self.centre[0] + half) + 3, patch.shape[1])
        across = np.clip((np.arange(x0, x1) - self.centre[0]) / half, -1.0, 1.0)
        lens = _lens(across)
        corner_lift = shape.smile * 0.07 * self.unit * np.abs(across) ** 4
        source = np.interp(self.centre[0] + across * self.half, np.arange(len(self.line)), self.line)
        top = source - 0.18 * opening * lens - corner_lift
        bottom = source + opening * lens - corner_lift
        y0, y1 = max(int(top.min()) - 1, 0), min(int(bottom.max()) + 3, patch.shape[0])
        if y1 <= y0 or x1 <= x0:
            return
        y = np.arange(y0, y1, dtype=np.float64)[:, None]
        alpha = np.clip(y - top + 0.5, 0.0, 1.0) * np.clip(bottom - y + 0.5, 0.0, 1.0)
        gap = np.maximum(bottom - top, 1e-3)
        # Less than a pixel's parting is no dark line yet, or the corners would end in long spikes.
        alpha = alpha * np.clip((gap - 0.4) / 2.0, 0.0, 1.0)
        down = np.clip((y - top) / gap, 0.0, 1.0)
        colour = np.empty((*alpha.shape, 3))
        colour[:] = np.array(INSIDE) * self._light
        colour *= (0.62 + 0.45 * down)[..., None]
        room = float(np.clip((shape.opening - 0.35) / 0.5, 0.0, 1.0))
        tongue = room * 0.55 * _smoothstep((down - 0.55) / 0.4) * np.clip(1.0 - (across / 0.75) ** 2, 0.0, 1.0)
        colour += tongue[..., None] * (np.array(TONGUE) * self._light - colour)
        if not self.teeth_shown:
            show = float(np.clip((shape.opening - 0.22) / 0.4, 0.0, 1.0))
            band = np.minimum(0.075 * self.unit, 0.42 * gap)
            edge = 0.35 * band + 0.6
            teeth = np.clip((top + band - y) / edge + 0.5, 0.0, 1.0) * np.clip(
                1.0 - np.abs(across / 0.8) ** 3, 0.0, 1.0
            )
            # The upper lip shades the teeth just below it.
            shade = 0.62 + 0.3 * np.clip((y - top) / np.maximum(band, 1e-3), 0.0, 1.0)
            target = np.array(TEETH) * self._light * shade[..., None]
            colour += (0.5 * show * teeth)[..., None] * (target - colour)
        area = patch[y0:y1, x0:x1].astype(np.float64)
        mixed = area + alpha[..., None] * (colour - area)
        patch[y0:y1, x0:x1] = np.clip(mixed + 0.5, 0.0, 255.0).astype(np.uint8)

    def _lookup(
        self, field: NDArray[np.float32], dx: NDArray[np.float32], dy: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        return np.asarray(
            cv2.remap(
                field, self._x + dx, self._y + dy.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            ),
            np.float32,
        )

    def _find_line(self, rgb: Image) -> NDArray[np.float32]:
        """Row of the line between the lips for every column: a parabola through the dark valley near the mouth."""
        height, width = rgb.shape[:2]
        grey = cv2.GaussianBlur(
            cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), max(0.02 * self.unit, 0.6)
        )
        reach = 0.16 * self.unit
        centre_x, centre_y = float(self.centre[0]), float(self.centre[1])
        rows = np.arange(max(int(centre_y - reach), 0), min(int(centre_y + reach) + 1, height))
        columns = np.arange(max(int(centre_x - 0.85 * self.half), 0), min(int(centre_x + 0.85 * self.half) + 1, width))
        flat = np.full(width, centre_y, np.float32)
        if len(rows) < 3 or len(columns) < 5:
            return flat
        # A valley: darker than what lies above and below. The rim of a beard is dark too, but on one side only.
        step = max(round(0.06 * self.unit), 1)
        above, below = np.clip(rows - step, 0, height - 1), np.clip(rows + step, 0, height - 1)
        area = grey[np.ix_(rows, columns)]
        valley = np.minimum(grey[np.ix_(above, columns)], grey[np.ix_(below, columns)]) - area
        away = (rows - centre_y)[:, None] / reach
        dark = np.maximum(valley, 0.0) - 0.35 * max(float(valley.max()), 0.0) * away**2
        best = np.argmax(dark, axis=0)
        strength = np.maximum(np.take_along_axis(dark, best[None], axis=0)[0], 0.0)
        if float(strength.sum()) < 1.0:
            return flat
        offset = (columns - centre_x) / self.half
        found = rows[best].astype(np.float64)
        weights = strength + 1e-3
        for _ in range(3):
            curve = np.polyfit(offset, found, 2, w=np.sqrt(weights))
            residual = np.abs(np.polyval(curve, offset) - found)
            weights = (strength + 1e-3) / (1.0 + (residual / (0.03 * self.unit)) ** 2)
        curve[0] = np.clip(curve[0], -0.12 * self.unit, 0.12 * self.unit)
        all_offsets = np.clip((np.arange(width) - centre_x) / self.half, -1.15, 1.15)
        line = np.polyval(curve, all_offsets)
        line = np.clip(line, centre_y - 1.2 * reach, centre_y + 1.2 * reach)
        return (line + self._below_teeth(rgb, line)).astype(np.float32)

    def _below_teeth(self, rgb: Image, line: NDArray[np.floating]) -> float:
        """Pixels from the line down to the lower lip's edge: teeth in the portrait stay with the upper lip."""
        red = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[..., 1].astype(np.float32), (0, 0), 0.6)
        steps = np.arange(0.0, 0.12 * self.unit, 0.5, dtype=np.float32)
        columns = np.arange(int(self.centre[0] - 0.4 * self.half), int(self.centre[0] + 0.4 * self.half) + 1)
        columns = columns[(columns >= 0) & (columns < rgb.shape[1])]
        if len(steps) < 4 or len(columns) < 3:
            return 0.0
        rows = np.asarray(line, np.float32)[columns][None, :] + steps[:, None]
        along = np.broadcast_to(columns.astype(np.float32), rows.shape)
        profile = np.median(cv2.remap(red, np.ascontiguousarray(along), rows, cv2.INTER_LINEAR), axis=1)
        rise = np.diff(profile)
        edge = int(np.argmax(rise))
        return float(steps[edge]) if profile[edge:].max() - profile[: edge + 1].min() > 5.0 else 0.0

    def _brightness(self, grey: NDArray[np.uint8]) -> float:
        """Light on the face, 1 for bright skin in full light: the upper quarter of the patch's grey values."""
        return float(np.clip(np.percentile(grey, 75) / 205.0, 0.35, 1.05))

    def _shows_teeth(self, rgb: Image) -> bool:
        """Whether the portrait itself shows teeth: bright, colourless pixels along the line."""
        lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32)
        near = (np.abs(self._y - self.line[None, :]) < 0.09 * self.unit) & (
            np.abs(self._x - self.centre[0]) < 0.5 * self.half
        )
        area = lab[near]
        if len(area) < 8:
            return False
        skin = np.percentile(lab[..., 0], 75)
        white = (area[:, 0] > 0.8 * skin) & (np.abs(area[:, 1] - 128.0) < 9.0)
        return float(white.mean()) > 0.12


def _lens(across: NDArray[np.floating]) -> NDArray[np.float64]:
    """Share of the opening at -1 (one corner) .. 1 (the other): round in the middle, thin before the corners."""
    inner = np.clip(np.abs(across) / 0.96, 0.0, 1.0).astype(np.float64)
    return (1.0 - inner**2) ** 0.7 * (1.0 - inner) ** 0.4


def _smoothstep(value: NDArray[np.floating]) -> NDArray[np.float64]:
    share = np.clip(value, 0.0, 1.0).astype(np.float64)
    return share * share * (3.0 - 2.0 * share)
