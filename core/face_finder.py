"""Finding the face and both eyes in a picture with the Haar cascades that opencv-python-headless brings along.

Gives positions only; body points are proposed in `core.rig_proposal`.
"""

from dataclasses import dataclass
from pathlib import Path
from threading import local
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

DETECTION_SIDE: Final = 1024
"""Longest side at which cascades run: a whole body still has a face of 40 pixels there."""

_EYES_DOWN = 0.385  # of the alt2 box, where the eyes lie when only the box is found
_EYES_APART = 0.36  # of the alt2 box, distance between them
_VOTE_SIDE = 160  # pixels, width at which a found face is looked at again


@dataclass(frozen=True)
class Face:
    """A face in pixels of the picture.

    Attributes:
        right_eye, left_eye: x, y of the eye centres; the person's right eye is at the left in the picture.
        box: x, y, width, height as the cascade gave it.
        eyes_found: 2 where both eyes were seen, 1 or 0 where they were placed by proportion.
    """

    right_eye: tuple[float, float]
    left_eye: tuple[float, float]
    box: tuple[float, float, float, float]
    eyes_found: int

    @property
    def eye_distance(self) -> float:
        """Distance between the eye centres in pixels."""
        return float(np.hypot(self.left_eye[0] - self.right_eye[0], self.left_eye[1] - self.right_eye[1]))


class _Cascades(local):
    """The cascades of one thread: OpenCV's classifier keeps the picture inside itself while it searches it."""

    def __init__(self) -> None:
        self.by_name: dict[str, Any] = {}


_CASCADES: Final = _Cascades()


def _cascade(name: str) -> Any:
    known = _CASCADES.by_name.get(name)
    if known is not None:
        return known
    path = Path(cv2.__file__).parent / "data" / f"haarcascade_{name}.xml"
    cascade = cv2.CascadeClassifier(str(path))
    if cascade.empty():
        raise FileNotFoundError(f"OpenCV's cascade {path.name} is missing; install opencv-python-headless 4.14 again.")
    _CASCADES.by_name[name] = cascade
    return cascade


def find_face(image: NDArray[np.uint8]) -> Face | None:
    """The most plausible face of a (H, W, 3) uint8 RGB picture, or None.

    Among all boxes that the cascades propose, one in which an eye is found on either side wins over one without;
    between equals the larger, higher and more central one wins.
    """
    height, width = image.shape[:2]
    factor = DETECTION_SIDE / max(height, width)
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    # Dark skin and dim rooms: local contrast is what the cascades look at.
    even = np.asarray(cv2.createCLAHE(clipLimit=2.0, tileGridSize=(8, 8)).apply(grey), np.uint8)
    candidates: list[tuple[float, Face]] = []
    for cascade, neighbours in (("frontalface_alt2", 4), ("frontalface_default", 5), ("frontalface_alt2", 2)):
        for source in (grey, even):
            for box in _boxes(cascade, source, neighbours):
                face = _with_eyes(source, box)
                candidates.append((_score(face, box, size), face))
        confirmed = _best_confirmed(candidates, grey, even)
        if confirmed is not None and confirmed.eyes_found == 2:
            return _scaled(confirmed, 1.0 / factor)
    confirmed = _best_confirmed(candidates, grey, even)
    return None if confirmed is None else _scaled(confirmed, 1.0 / factor)


def _best_confirmed(
    candidates: list[tuple[float, Face]], grey: NDArray[np.uint8], even: NDArray[np.uint8]
) -> Face | None:
    """The best-scored face that at least two differently trained cascades see when they look at it alone."""
    for score, face in sorted(candidates, key=lambda candidate: -candidate[0])[:5]:
        if face.eyes_found == 0 and score < 0.5:
            break
        if _votes(face, grey) >= 2 or _votes(face, even) == 3:
            return face
    return None


def _votes(face: Face, grey: NDArray[np.uint8]) -> int:
    x, y, w, h = face.box
    margin = 0.35 * w
    rows = slice(max(int(y - margin), 0), int(y + h + margin))
    crop = grey[rows, max(int(x - margin), 0) : int(x + w + margin)]
    factor = _VOTE_SIDE / crop.shape[1]
    size = (_VOTE_SIDE, max(round(crop.shape[0] * factor), 1))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    shown = np.asarray(cv2.resize(crop, size, interpolation=method), np.uint8)
    seen = [
        _cascade(name).detectMultiScale(shown, 1.05, 2, minSize=(_VOTE_SIDE * 3 // 8,) * 2)
        for name in ("frontalface_alt2", "frontalface_default", "frontalface_alt")
    ]
    return sum(len(boxes) > 0 for boxes in seen)


def _boxes(cascade: str, grey: NDArray[np.uint8], neighbours: int) -> list[tuple[int, int, int, int]]:
    found = _cascade(cascade).detectMultiScale(grey, scaleFactor=1.1, minNeighbors=neighbours, minSize=(24, 24))
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h in found]


def _with_eyes(grey: NDArray[np.uint8], box: tuple[int, int, int, int]) -> Face:
    x, y, w, h = box
    top, bottom = y + int(0.15 * h), y + int(0.62 * h)
    upper = grey[max(top, 0) : bottom, x : x + w]
    zoom = max(1.0, 200.0 / w)
    if zoom > 1.0:
        upper = np.asarray(cv2.resize(upper, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC), np.uint8)
    expected = {
        "right": np.array([x + w * (0.5 - _EYES_APART / 2), y + h * _EYES_DOWN]),
        "left": np.array([x + w * (0.5 + _EYES_APART / 2), y + h * _EYES_DOWN]),
    }
    pair: dict[str, tuple[float, NDArray[np.float64]]] = {}
    for cascade in ("eye_tree_eyeglasses", "eye"):
        least = max(int(0.12 * w * zoom), 12)
        most = int(0.5 * w * zoom) + 1
        found = _cascade(cascade).detectMultiScale(upper, 1.05, 3, minSize=(least, least), maxSize=(most, most))
        for ex, ey, ew, eh in found:
            centre = np.array([x + (ex + ew / 2) / zoom, max(top, 0) + (ey + eh / 2) / zoom])
            side = "right" if centre[0] < x + w / 2 else "left"
            error = float(np.hypot(*(centre - expected[side]))) / w
            if error < 0.16 and (side not in pair or error < pair[side][0]):
                pair[side] = (error, centre)
        if len(pair) == 2:
            break
    if len(pair) == 2:
        gap = pair["left"][1] - pair["right"][1]
        if not (0.24 * w < gap[0] < 0.56 * w and abs(gap[1]) < 0.35 * gap[0]):
            pair.pop(max(pair, key=lambda side: pair[side][0]))
    if len(pair) == 1:
        # The other eye is the mirror image about the middle of the box.
        (side, (_, centre)) = next(iter(pair.items()))
        other = "left" if side == "right" else "right"
        mirrored = np.array([2 * (x + w / 2) - centre[0], centre[1]])
        points = {side: centre, other: mirrored}
    else:
        points = {side: pair[side][1] if side in pair else expected[side] for side in ("right", "left")}
    right, left = points["right"], points["left"]
    return Face(
        (float(right[0]), float(right[1])),
        (float(left[0]), float(left[1])),
        (float(x), float(y), float(w), float(h)),
        len(pair),
    )


def _score(face: Face, box: tuple[int, int, int, int], size: tuple[int, int]) -> float:
    x, y, w, h = box
    width, height = size
    off_centre = abs(x + w / 2 - width / 2) / (width / 2)
    down = (y + h / 2) / height
    return (
        face.eyes_found
        + 2.0 * float(np.sqrt(w * h / (width * height)))
        - 0.5 * off_centre
        - 0.6 * max(down - 0.35, 0.0)
        + 0.3
    )


def _scaled(face: Face, factor: float) -> Face:
    def point(p: tuple[float, float]) -> tuple[float, float]:
        return ((p[0] + 0.5) * factor - 0.5, (p[1] + 0.5) * factor - 0.5)

    x, y, w, h = face.box
    return Face(
        point(face.right_eye), point(face.left_eye), (x * factor, y * factor, w * factor, h * factor), face.eyes_found
    )
