"""Finding the mouth under a pair of eyes: where the lips meet, and how wide the mouth is."""

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def find_mouth(image: NDArray[np.uint8], right_eye: Points, left_eye: Points) -> Points:
    """Middle of the line between the lips and half the mouth's width, (3,), in pixels of the picture.

    The lips are redder than the skin around them; the line between them is the darkest row near the reddest place.
    Where nothing is redder (lips hidden by a beard, grey or drawn faces) proportion and darkness decide.
    """
    d = float(np.linalg.norm(left_eye - right_eye))
    middle = (right_eye + left_eye) / 2
    across = (left_eye - right_eye) / max(d, 1e-6)
    # A patch with upright eyes, 48 pixels for d: x -0.6..0.6, y 0.8..1.6.
    grain = 48
    turn = np.array([[across[0], -across[1]], [across[1], across[0]]]) * (d / grain)
    origin = middle + turn @ (np.array([-0.6, 0.8]) * grain)
    matrix = np.hstack([turn, origin[:, None]])
    size = (int(1.2 * grain) + 1, int(0.8 * grain) + 1)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    patch = cv2.warpAffine(image, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    lab = cv2.GaussianBlur(cv2.cvtColor(patch, cv2.COLOR_RGB2LAB), (0, 0), 1.2).astype(np.float64)
    xs, ys = np.arange(size[0]) / grain - 0.6, np.arange(size[1]) / grain + 0.8
    prior = np.exp(-0.5 * ((ys[:, None] - 1.17) / 0.13) ** 2) * np.exp(-0.5 * (xs[None, :] / 0.3) ** 2)
    red = np.maximum(lab[..., 1] - np.median(lab[..., 1]) - 3.0, 0.0) * prior
    dark = np.maximum(np.median(lab[..., 0]) - lab[..., 0] - 6.0, 0.0) * prior
    weight = red + 0.35 * dark
    total = float(weight.sum())
    if total < 2.0:
        return np.array([*(middle + turn @ (np.array([0.0, 1.17]) * grain)), 0.36 * d])
    column = float((weight.sum(axis=0) * xs).sum() / total)
    row = float((weight.sum(axis=1) * ys).sum() / total)
    near = np.abs(ys - row) < 0.13
    core = np.abs(xs - column) < 0.22
    profile = lab[:, core, 0].mean(axis=1)
    candidates = np.where(near, profile + 60.0 * (ys - row) ** 2 / 0.13, np.inf)
    row = float(ys[int(candidates.argmin())])
    band = np.abs(ys - row) < 0.07
    strength = weight[band].max(axis=0)
    wide = np.flatnonzero(strength > 0.25 * strength.max())
    half = 0.36
    if wide.size:
        half = float(np.clip(max(xs[wide[-1]] - column, column - xs[wide[0]]), 0.26, 0.5))
    return np.array([*(middle + turn @ (np.array([column, row]) * grain)), half * d])
