"""What is measured of a training video: blinks, face boxes, cuts, sharpness, speech features without a network.

Pure functions on arrays. Which measures refuse a clip is decided in `video_clips`.
"""

import csv
import re
from itertools import pairwise
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from core.cancel import CancelToken
from core.constants import CONFIDENCE_THRESHOLD, SPEECH_RATE
from core.draw import FramePoses
from core.pose import LEFT_EYE, NOSE, RIGHT_EYE
from core.rig import Rig
from core.spectrum import NUM_MELS, WINDOW, decibels, mel_filters, power_spectrum, windows_at
from core.timeline import EMOTIONS
from models.training.renderer.clips import DataError
from models.wav2vec2 import FEATURE_RATE

_EYES: Final = (slice(36, 42), slice(42, 48))
"""The six points around each eye in the 68-point face: outer corner, two of the upper lid, inner corner, two below."""

_OPEN_QUANTILE: Final = 0.9
_OPEN_SHARE, _SHUT_SHARE = 0.8, 0.25
"""An eye whose height is above the first share of its usual one counts as open, below the second as shut."""

_FACE_SIDE: Final = 128
_THUMBNAIL: Final = (64, 64)
_BLOCK: Final = 4096


class LogMel:
    """Speech features without a network: 40 mel bands in decibels, scaled to about -1..1. See `AudioEncoder`."""

    name = "log-mel"
    width = NUM_MELS

    def encode(self, samples: NDArray[np.float32], cancel: CancelToken) -> NDArray[np.float32]:
        """(N, 40) features, 50 a second."""
        hop = SPEECH_RATE // FEATURE_RATE
        centres = np.arange(max(-(-len(samples) // hop), 1)) * hop + WINDOW // 2
        parts = []
        for first in range(0, len(centres), _BLOCK):
            cancel.check()
            power = power_spectrum(windows_at(samples, centres[first : first + _BLOCK], WINDOW))
            parts.append(decibels(power @ mel_filters()) / 50.0 + 1.0)
        return np.concatenate(parts).astype(np.float32)


def eye_opening(face: NDArray[np.floating], width: int, height: int) -> NDArray[np.float64]:
    """Height of the eyes in shares of their width (eye aspect ratio, Soukupova and Cech 2016), mean of both eyes.

    Args:
        face: (T, 68, 3) x, y in shares of the picture and confidence.
        width: of the picture in pixels.
        height: of the picture in pixels.

    Returns:
        (T,), NaN where a point of the eyes is not confident.
    """
    points = face[..., :2].astype(np.float64) * (width, height)
    openings = []
    for eye in _EYES:
        p = points[:, eye]
        lids = np.linalg.norm(p[:, 1] - p[:, 5], axis=-1) + np.linalg.norm(p[:, 2] - p[:, 4], axis=-1)
        openings.append(lids / np.maximum(2.0 * np.linalg.norm(p[:, 0] - p[:, 3], axis=-1), 1e-9))
    sure = face[:, 36:48, 2].min(axis=1) >= CONFIDENCE_THRESHOLD
    return np.where(sure, np.mean(openings, axis=0), np.nan)


def blink_ratio(opening: NDArray[np.floating]) -> NDArray[np.float32] | None:
    """(T,) closure of the lids, 0 open to 1 shut, against how far this person's eyes are usually open.

    Gaps are filled evenly from both sides. None if the eyes were seen in less than half of the frames.
    """
    sure = np.isfinite(opening)
    if not len(opening) or sure.mean() < 0.5:
        return None
    usual = float(np.quantile(opening[sure], _OPEN_QUANTILE))
    places = np.arange(len(opening))
    filled = np.interp(places, places[sure], opening[sure]) / max(usual, 1e-9)
    return np.clip((_OPEN_SHARE - filled) / (_OPEN_SHARE - _SHUT_SHARE), 0.0, 1.0).astype(np.float32)


def main_person(poses: FramePoses) -> tuple[int | None, bool]:
    """The largest person of a frame, or None; and whether another one is more than half as large."""
    sizes = []
    for body in poses.body:
        seen = body[body[:, 2] >= CONFIDENCE_THRESHOLD, :2]
        sizes.append(float(np.prod(np.ptp(seen, axis=0))) if len(seen) > 1 else 0.0)
    order = np.argsort(sizes)[::-1]
    if not len(order) or sizes[order[0]] <= 0.0:
        return None, False
    return int(order[0]), len(order) > 1 and sizes[order[1]] > 0.5 * sizes[order[0]]


def face_boxes(body: NDArray[np.floating], width: int, height: int) -> NDArray[np.float32]:
    """(T, 4) x, y, width, height in shares, from the brows' top to the chin; zeros where the eyes are not seen.

    Args:
        body: (T, 18, 3) in shares.
        width: of the picture in pixels.
        height: of the picture in pixels.
    """
    size = np.array([width, height], np.float64)
    eyes = body[:, [RIGHT_EYE, LEFT_EYE]]
    right, left = eyes[:, 0, :2] * size, eyes[:, 1, :2] * size
    middle, d = (right + left) / 2, np.linalg.norm(left - right, axis=-1)
    boxes = np.stack([middle[:, 0] - 1.25 * d, middle[:, 1] - 0.75 * d, 2.5 * d, 2.5 * d], axis=-1)
    boxes /= np.tile(size, 2)
    boxes[eyes[..., 2].min(axis=1) < CONFIDENCE_THRESHOLD] = 0.0
    return boxes.astype(np.float32)


def share_inside(boxes: NDArray[np.floating], part: NDArray[np.floating]) -> NDArray[np.float64]:
    """(T,) share of each box's area that lies in a part of the picture.

    Args:
        boxes: (T, 4) x, y, width, height; none is empty.
        part: (4,) the same.
    """
    low = np.maximum(boxes[:, :2], part[:2])
    high = np.minimum(boxes[:, :2] + boxes[:, 2:], part[:2] + part[2:])
    kept = np.prod(np.maximum(high - low, 0.0), axis=1, dtype=np.float64)
    return np.asarray(kept / np.prod(boxes[:, 2:], axis=1, dtype=np.float64))


def rig_of(body: NDArray[np.floating], face: NDArray[np.floating], width: int, height: int) -> Rig:
    """A rig of one frame's points in shares, good enough to align its face."""
    points = body * (width, height, 1.0)
    mouth = face[48:68]
    mouth = mouth[mouth[:, 2] >= CONFIDENCE_THRESHOLD, :2] * (width, height)
    d = float(np.linalg.norm(points[LEFT_EYE, :2] - points[RIGHT_EYE, :2]))
    below = points[[RIGHT_EYE, LEFT_EYE], :2].mean(axis=0) + np.array([0.0, 1.1 * d])
    place = mouth.mean(axis=0) if len(mouth) else below
    if points[NOSE, 2] < CONFIDENCE_THRESHOLD:
        points[NOSE, 2] = 0.0
    box = face_boxes(body[None], width, height)[0] * (width, height, width, height)
    hands, lips = np.zeros((2, 3), np.float32), np.array([*place, 0.4 * d], np.float32)
    return Rig(points.astype(np.float32), hands, box.astype(np.float32), lips, image_size=(width, height))


def thumbnail(frame: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(64, 64) grey levels of a frame, for cuts and stillness."""
    grey = cv2.cvtColor(cv2.resize(frame, _THUMBNAIL, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    return np.asarray(grey, np.float32)


def face_look(frame: NDArray[np.uint8], box: NDArray[np.floating]) -> tuple[float, float]:
    """Sharpness (variance of the Laplacian at 128 pixels a side) and mean grey level of the face; NaN without one."""
    height, width = frame.shape[:2]
    x, y, w, h = box * (width, height, width, height)
    part = frame[max(int(y), 0) : max(int(y + h), 0), max(int(x), 0) : max(int(x + w), 0)]
    if min(part.shape[:2]) < 4:
        return float("nan"), float("nan")
    grey = cv2.cvtColor(cv2.resize(part, (_FACE_SIDE, _FACE_SIDE), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var()), float(grey.mean())


def pieces(differences: NDArray[np.floating], cut: float, longest: int) -> list[range]:
    """Frames between cuts, divided evenly into pieces of at most `longest` frames.

    Args:
        differences: (T,) mean absolute difference of each frame's thumbnail to the one before; the first is 0.
        cut: difference from which on a frame begins another scene.
        longest: frames of a piece.
    """
    count = len(differences)
    edges = [0, *(int(frame) for frame in np.flatnonzero(differences >= cut) if frame), count]
    result = []
    for first, last in pairwise(edges):
        parts = -(-(last - first) // longest)
        bounds = [round(float(edge)) for edge in np.linspace(first, last, parts + 1)] if parts else []
        result += [range(low, high) for low, high in pairwise(bounds)]
    return result


def read_emotions(path: Path) -> dict[str, tuple[str, float]]:
    """Emotion and strength by file name, out of a CSV with the columns file, emotion and perhaps strength.

    Raises:
        DataError: unreadable, a column is missing, or a value is wrong; it names the line.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read: {error}") from None
    result = {}
    for number, row in enumerate(rows, 2):
        name, emotion = (row.get("file") or "").strip(), (row.get("emotion") or "").strip().lower()
        if not name or emotion not in EMOTIONS:
            raise DataError(f"{path}, line {number}: needs a file and an emotion out of {', '.join(EMOTIONS)}")
        try:
            strength = float(row.get("strength") or 1.0)
        except ValueError:
            raise DataError(f"{path}, line {number}: the strength {row['strength']!r} is no number") from None
        if not 0.0 <= strength <= 1.0:
            raise DataError(f"{path}, line {number}: the strength must lie between 0 and 1")
        result[name] = (emotion, strength)
    return result


def emotion_of(video: Path, labels: dict[str, tuple[str, float]]) -> tuple[str, float]:
    """Emotion and strength of a video: from the labels, else a word of its file name, else neutral at 0."""
    if video.name in labels:
        return labels[video.name]
    words = re.split(r"[^a-z]+", video.stem.lower())
    named = next((word for word in words if word in EMOTIONS), "neutral")
    return named, 0.0 if named == "neutral" else 1.0
