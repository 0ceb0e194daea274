"""`Portrait`: a picture of a person with its rig, as every stage sees it, and `load_portrait`.

Decoding of image files is in `core.image_file`, finding the rig in `core.rig_proposal`, cutting the person out in
`core.cutout`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.rig import PortraitError, Rig, Scale, Sleeve

__all__ = ["Portrait", "PortraitError", "Rig", "Scale", "Sleeve", "load_portrait"]


@dataclass(frozen=True, eq=False)
class Portrait:
    """A picture of a person. Every coordinate in the program is in pixels of `image`.

    Attributes:
        path: the file it came from.
        image: (H, W, 3) uint8 RGB, upright, scaled down when the file is huge; transparency is composited on grey.
        alpha: (H, W) uint8 transparency of the file, 255 opaque; None if the file is opaque.
        rig: where the person is.
        scale: how much of the person the picture shows.
        original_width, original_height: size in pixels of the upright picture in the file.
        warnings: what the user should know, one sentence each ("No face was found ...").
    """

    path: Path
    image: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None
    rig: Rig
    scale: Scale
    original_width: int
    original_height: int
    warnings: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Width of `image` in pixels."""
        return int(self.image.shape[1])

    @property
    def height(self) -> int:
        """Height of `image` in pixels."""
        return int(self.image.shape[0])


def load_portrait(path: Path | str, rig: Rig | None = None) -> Portrait:
    """Read a picture and find the person in it.

    Args:
        path: an image file (PNG, JPEG, WebP, AVIF, BMP, TIFF, GIF).
        rig: a rig to use instead of proposing one. Its `image_size` may be that of the file or any other
            size of the same picture; without it the coordinates are pixels of the working image.

    Raises:
        PortraitError: the file cannot be read as a picture, is too small, or the rig does not fit it.
    """
    from core.image_file import read_image
    from core.rig_proposal import propose_rig

    file = read_image(Path(path))
    height, width = file.image.shape[:2]
    if rig is None:
        rig, warnings = propose_rig(file.image, file.alpha)
    else:
        rig, warnings = _fit_user_rig(rig, width, height), ()
    return Portrait(
        path=Path(path),
        image=file.image,
        alpha=file.alpha,
        rig=rig,
        scale=rig.scale(),
        original_width=file.original_width,
        original_height=file.original_height,
        warnings=warnings,
    )


def _fit_user_rig(rig: Rig, width: int, height: int) -> Rig:
    """The rig in pixels of the working image, checked against it."""
    if rig.image_size is not None:
        given, wanted = rig.image_size[0] / rig.image_size[1], width / height
        # Scaling to whole pixels changes the ratio a little; a rotated or cropped picture changes it a lot.
        if abs(given / wanted - 1.0) > 0.02:
            raise PortraitError(
                f'Rig field "image_size" is {rig.image_size[0]} x {rig.image_size[1]}, which is another shape than the '
                f"picture ({width} x {height}); make the rig for this picture."
            )
    fitted = rig.rescaled(width, height)
    x, y, box_width, box_height = (float(v) for v in fitted.face_box)
    if x + box_width <= 0 or y + box_height <= 0 or x >= width or y >= height:
        raise PortraitError('Rig field "face_box" lies outside the picture.')
    return fitted
