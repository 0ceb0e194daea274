"""Faces are found in several threads at once: the engine reads a portrait while it answers a question about it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.face_finder import Face, find_face

SAMPLES = Path(__file__).parents[2] / "resources" / "sample"
THREADS = 3
ROUNDS = 3


def sample(name: str, side: int) -> NDArray[np.uint8]:
    """A sample portrait at a size of its own: then every thread gives the classifiers other pictures."""
    image = np.asarray(Image.open(SAMPLES / f"{name}.png").convert("RGB"))
    factor = side / max(image.shape[:2])
    return np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def test_threads_do_not_disturb_each_other() -> None:
    pictures = [sample(name, side) for name in ("half", "head") for side in (420, 300)][:THREADS]
    alone = [find_face(picture) for picture in pictures]
    assert all(face is not None for face in alone)

    def look(picture: NDArray[np.uint8]) -> list[Face | None]:
        return [find_face(picture) for _ in range(ROUNDS)]

    with ThreadPoolExecutor(THREADS) as pool:
        together = list(pool.map(look, pictures))
    assert together == [[face] * ROUNDS for face in alone]
