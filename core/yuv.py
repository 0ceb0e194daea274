"""RGB frames as the planes that H.264 stores: BT.709 in video range, colour at half the resolution (yuv420p).

Done here and not by the encoder, because only the part of a frame that changed has to be converted again.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels, half open."""

_RED, _BLUE = 0.2126, 0.0722
_LUMA: Final = np.array([_RED, 1.0 - _RED - _BLUE, _BLUE])


def _matrix() -> NDArray[np.float64]:
    """(3, 4) from RGB 0..255 to Y, Cb, Cr in video range (ITU-R BT.709-6, items 3.2 to 3.4 and 4.6)."""
    blue = (np.array([0.0, 0.0, 1.0]) - _LUMA) / (2.0 * (1.0 - _BLUE))
    red = (np.array([1.0, 0.0, 0.0]) - _LUMA) / (2.0 * (1.0 - _RED))
    rows = np.stack([_LUMA * 219.0, blue * 224.0, red * 224.0]) / 255.0
    return np.column_stack([rows, [16.0, 128.0, 128.0]])


_TO_YUV: Final = _matrix()

_BAND: Final = 128
"""Rows converted at a time, an even number: what lies between stays in the processor's cache."""


class YuvPicture:
    """The planes of one picture, brought up to date frame by frame.

    Attributes:
        data: (W * H * 3 / 2,) uint8, the planes Y, Cb and Cr one after the other.
    """

    def __init__(self, width: int, height: int) -> None:
        """Both sides must be even."""
        pixels = width * height
        self.data: NDArray[np.uint8] = np.zeros(pixels * 3 // 2, np.uint8)
        self._size = (width, height)
        half = (height // 2, width // 2)
        self._planes = (
            self.data[:pixels].reshape(height, width),
            self.data[pixels : pixels * 5 // 4].reshape(half),
            self.data[pixels * 5 // 4 :].reshape(half),
        )

    def update(self, frame: NDArray[np.uint8], box: Box | None = None) -> None:
        """Convert a frame.

        Args:
            frame: (H, W, 3) uint8 RGB.
            box: the part of it to convert, None for all; the rest stays as it is.
        """
        width, height = self._size
        x0, y0, x1, y1 = (0, 0, width, height) if box is None else box
        # Whole cells of 2 x 2: their colour is stored once.
        x0, y0 = max(x0, 0) // 2 * 2, max(y0, 0) // 2 * 2
        x1, y1 = min(x1 + x1 % 2, width), min(y1 + y1 % 2, height)
        if x1 <= x0 or y1 <= y0:
            return
        for top in range(y0, y1, _BAND):
            self._convert(frame, x0, top, x1, min(top + _BAND, y1))

    def _convert(self, frame: NDArray[np.uint8], x0: int, y0: int, x1: int, y1: int) -> None:
        part = frame[y0:y1, x0:x1]
        luma, blue, red = self._planes
        cv2.extractChannel(cv2.transform(part, _TO_YUV), 0, luma[y0:y1, x0:x1])
        small = cv2.resize(part, ((x1 - x0) // 2, (y1 - y0) // 2), interpolation=cv2.INTER_AREA)
        colour = cv2.transform(small, _TO_YUV)
        place = (slice(y0 // 2, y1 // 2), slice(x0 // 2, x1 // 2))
        cv2.extractChannel(colour, 1, blue[place])
        cv2.extractChannel(colour, 2, red[place])
