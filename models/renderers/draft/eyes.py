"""Blinks: eyelids painted over the eyes, inside the eye's own outline, so that brows and glasses stay as they are.

The gaze stays the portrait's; eyes that look elsewhere are not this module's business.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.matting import push_pull
from models.renderers.draft.compositing import Image
from models.renderers.draft.geometry import Points


@dataclass(frozen=True)
class Lid:
    """One eyelid, prepared: a box of the patch, its closed colours and the rims of the eye in it.

    Attributes:
        left, top: first pixel in the patch.
        colours: (h, w, 3) float32, the skin of the closed lid.
        upper, lower: (w,) rows of the eye's rims.
        inside: (w,) 0..1, 1 between the corners of the eye.
        lash: (3,) colour of the lash line.
        thickness: of the lash line, pixels.
    """

    left: int
    top: int
    colours: NDArray[np.float32]
    upper: NDArray[np.float32]
    lower: NDArray[np.float32]
    inside: NDArray[np.float32]
    lash: NDArray[np.float32]
    thickness: float


def find_lid(patch: Image, eye: Points, unit: float) -> Lid | None:
    """Prepare the lid of the eye whose centre is at `eye` (patch pixels); None when it lies outside the patch."""
    half_w, half_h = int(np.ceil(0.46 * unit)), int(np.ceil(0.3 * unit))
    x0, y0 = round(float(eye[0])) - half_w, round(float(eye[1])) - half_h
    x1, y1 = x0 + 2 * half_w + 1, y0 + 2 * half_h + 1
    if x0 < 0 or y0 < 0 or x1 > patch.shape[1] or y1 > patch.shape[0] or half_h < 3:
        return None
    area = patch[y0:y1, x0:x1]
    centre = (float(eye[0]) - x0, float(eye[1]) - y0)
    middle, half, upper, lower = _outline(area, centre, unit)
    x = np.arange(area.shape[1], dtype=np.float32)
    across = np.clip((x - middle) / half, -1.0, 1.0)
    bow = np.sqrt(1.0 - across**2)
    corner = 0.5 * (upper + lower) + 0.15 * (lower - upper)
    upper_row = (corner - (corner - upper) * bow).astype(np.float32)
    lower_row = (corner + (lower - corner) * bow**1.3).astype(np.float32)
    inside = np.clip((half - np.abs(x - middle)) / 1.5 + 0.5, 0.0, 1.0).astype(np.float32)
    y = np.arange(area.shape[0], dtype=np.float32)[:, None]
    margin = max(0.055 * unit, 1.0)
    hole = (y > upper_row - margin) & (y < lower_row + margin) & (np.abs(x - middle) < half + margin)[None, :]
    filled = push_pull(area, ~hole)
    blurred = cv2.GaussianBlur(filled, (0, 0), max(0.03 * unit, 0.6))
    colours = np.where(hole[..., None], blurred, area).astype(np.float32)
    # A closed lid bulges: a little darker at the crease and towards the lashes.
    depth = np.clip((y - upper_row) / np.maximum(lower_row - upper_row, 1.0), 0.0, 1.0)
    colours *= (0.985 - 0.09 * depth**2 - 0.05 * np.exp(-((depth / 0.12) ** 2)))[..., None]
    eye_pixels = area[hole]
    dark = np.percentile(eye_pixels, 6, axis=0) if len(eye_pixels) else np.zeros(3)
    skin = colours[hole].mean(axis=0) if hole.any() else np.full(3, 128.0)
    lash = (0.75 * dark + 0.25 * skin).astype(np.float32)
    return Lid(x0, y0, colours, upper_row, lower_row, inside, lash, max(0.026 * unit, 0.9))


def close_lid(patch: Image, lid: Lid, closure: float) -> None:
    """Paint the lid at `closure` 0 (the portrait's own eye) .. 1 (shut) over the patch (h, w, 3), in place."""
    if closure < 0.02:
        return
    height, width = lid.colours.shape[:2]
    area = patch[lid.top : lid.top + height, lid.left : lid.left + width]
    y = np.arange(height, dtype=np.float32)[:, None]
    rim = lid.upper + (0.94 * lid.lower + 0.06 * lid.upper - lid.upper) * closure
    crease = lid.upper - 1.6 * lid.thickness
    cover = np.clip(y - crease + 0.5, 0.0, 1.0) * np.clip(rim - y + 0.5, 0.0, 1.0) * lid.inside
    cover *= np.float32(min(1.0, closure * 4.0))
    mixed = area + cover[..., None] * (lid.colours - area)
    # When shut, the lower rim rises a little, so nothing of the eye shows below the lashes.
    shut = max(0.0, closure - 0.8) / 0.2
    if shut > 0.0:
        rest = np.clip(y - rim + 0.5, 0.0, 1.0) * np.clip(lid.lower + 1.0 - y + 0.5, 0.0, 1.0) * lid.inside * shut
        mixed += rest[..., None] * (lid.colours - mixed)
    line = np.exp(-(((y - rim) / lid.thickness) ** 2)) * lid.inside * min(1.0, closure * 2.0) * 0.72
    mixed += line[..., None] * (lid.lash - mixed)
    patch[lid.top : lid.top + height, lid.left : lid.left + width] = np.clip(mixed + 0.5, 0.0, 255.0).astype(np.uint8)


def _outline(area: Image, centre: tuple[float, float], unit: float) -> tuple[float, float, float, float]:
    """Middle, half width, top and bottom row of the eye opening, measured where it differs from the skin around it."""
    lab = cv2.cvtColor(area, cv2.COLOR_RGB2LAB).astype(np.float32)
    y, x = np.mgrid[0 : area.shape[0], 0 : area.shape[1]].astype(np.float32)
    dx, dy = (x - centre[0]) / unit, (y - centre[1]) / unit
    cheek = (np.abs(dx) < 0.3) & (dy > 0.18) & (dy < 0.3)
    skin = np.median(lab[cheek], axis=0) if cheek.any() else np.median(lab.reshape(-1, 3), axis=0)
    difference = np.sqrt(((lab - skin) ** 2 * (0.7, 1.0, 1.0)).sum(axis=2))
    inner = (np.abs(dx) < 0.16) & (np.abs(dy) < 0.06)
    level = max(12.0, 0.45 * float(np.percentile(difference[inner], 60))) if inner.any() else 12.0
    allowed = (np.abs(dx) < 0.38) & (dy > -0.16) & (dy < 0.15)
    mask = ((difference > level) & allowed).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    _, labels = cv2.connectedComponents(mask)
    touched = np.unique(labels[inner & (mask > 0)])
    mask = np.isin(labels, touched[touched > 0])
    defaults = (centre[0], 0.29 * unit, centre[1] - 0.1 * unit, centre[1] + 0.075 * unit)
    if mask.sum() < 0.02 * unit * unit:
        return defaults
    columns = np.flatnonzero(mask.sum(axis=0) >= 1)
    left, right = np.percentile(columns, 2), np.percentile(columns, 98)
    half = float(np.clip(0.5 * (right - left), 0.24 * unit, 0.36 * unit))
    middle = float(np.clip(0.5 * (left + right), centre[0] - 0.06 * unit, centre[0] + 0.06 * unit))
    central = mask & (np.abs(x - centre[0]) < 0.14 * unit)
    rows = np.flatnonzero(central.any(axis=1))
    if len(rows) < 2:
        return middle, half, defaults[2], defaults[3]
    upper = float(np.clip(rows[0], centre[1] - 0.15 * unit, centre[1] - 0.06 * unit))
    lower = float(np.clip(rows[-1] + 1, centre[1] + 0.05 * unit, centre[1] + 0.13 * unit))
    return middle, half, upper, lower
