"""Decoding of picture files into upright 8-bit sRGB with a working size that the rest of the program can afford.

Knows nothing about people or rigs; see `core.portrait`. Only the first frame of an animation is read.
"""

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, JpegImagePlugin, UnidentifiedImageError

from core.rig import PortraitError

MAX_SIDE: Final = 2048
"""Longest side of the working image: more costs time everywhere and no video shows it."""

MIN_SIDE: Final = 64
"""Shortest side of a picture that can be used: below it a face has too few pixels to be seen or moved."""

MAX_PIXELS: Final = 178_000_000
"""Pixels of a file that is decoded in full; about 0.7 GB with transparency."""

MAX_JPEG_PIXELS: Final = 600_000_000
"""Pixels of a JPEG, which can be decoded at a fraction of its size (a phone makes 200 million)."""

BACKDROP: Final = (204, 204, 204)
"""Neutral light grey behind transparent pictures: no colour cast on soft edges, and calm in a video."""

_DECODE_ERRORS = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError)


@dataclass(frozen=True, eq=False)
class ImageFile:
    """A decoded picture.

    Attributes:
        image: (H, W, 3) uint8 RGB in sRGB, upright, at most `MAX_SIDE` long; transparent parts show `BACKDROP`.
        alpha: (H, W) uint8, or None if every pixel is opaque.
        original_width, original_height: size of the upright picture in the file.
        warnings: what could not be read as meant, one sentence each.
    """

    image: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None
    original_width: int
    original_height: int
    warnings: tuple[str, ...] = ()


def read_image(path: Path) -> ImageFile:
    """Decode a picture file.

    Raises:
        PortraitError: missing, empty, no picture, damaged, too many pixels or too small.
    """
    data = _read_bytes(path)
    notes: list[str] = []
    try:
        with warnings.catch_warnings():
            # Pillow warns from 89 million pixels on; our own limit below decides.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = _open(path, data)
            stored_size = picture.size
            _shrink_while_decoding(picture)
            picture.load()
            upright = ImageOps.exif_transpose(picture) or picture
    except UnidentifiedImageError as error:
        raise PortraitError(
            f"{path.name} is not a picture that can be read; use PNG, JPEG, WebP, AVIF, BMP, TIFF or GIF."
        ) from error
    except (*_DECODE_ERRORS, struct.error, zlib.error) as error:
        if isinstance(error, PortraitError):
            raise
        raise PortraitError(
            f"{path.name} is damaged or cut short and cannot be decoded; save or download it again."
        ) from error
    except MemoryError as error:
        raise PortraitError(f"{path.name} does not fit into memory; scale the picture down first.") from error
    swapped = picture.size != upright.size and picture.size == upright.size[::-1]
    width, height = stored_size[::-1] if swapped else stored_size
    shrink = max(upright.size) // (2 * MAX_SIDE)
    if shrink >= 2 and upright.mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        upright = upright.reduce(shrink)  # before the copies in other modes are made
    rgba = _to_rgba(upright, path.name, notes)
    if max(rgba.size) > MAX_SIDE:
        factor = MAX_SIDE / max(rgba.size)
        size = (max(round(rgba.width * factor), 1), max(round(rgba.height * factor), 1))
        rgba = rgba.resize(size, Image.Resampling.LANCZOS)
    if min(rgba.size) < MIN_SIDE:
        raise PortraitError(
            f"{path.name} is too small ({width} x {height} pixels): at least {MIN_SIDE} pixels a side are needed, "
            "512 or more are recommended."
        )
    image, alpha = _composite(np.asarray(rgba))
    return ImageFile(image, alpha, width, height, tuple(notes))


def _read_bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise PortraitError(f"The picture {path} does not exist.") from error
    except IsADirectoryError as error:
        raise PortraitError(f"{path} is a folder, not a picture.") from error
    except OSError as error:
        raise PortraitError(f"The picture {path} cannot be opened: {error.strerror}.") from error
    if not data:
        raise PortraitError(f"{path.name} is empty (0 bytes); choose another picture.")
    return data


def _open(path: Path, data: bytes) -> Image.Image:
    is_jpeg = data[:3] == b"\xff\xd8\xff"
    try:
        # Image.open refuses more than 179 million pixels whatever the format, so JPEG goes straight to its reader.
        picture = JpegImagePlugin.JpegImageFile(io.BytesIO(data)) if is_jpeg else Image.open(io.BytesIO(data))
    except Image.DecompressionBombError as error:
        raise PortraitError(_too_many_pixels(path, None, MAX_PIXELS)) from error
    limit = MAX_JPEG_PIXELS if is_jpeg else MAX_PIXELS
    if picture.width * picture.height > limit:
        raise PortraitError(_too_many_pixels(path, picture.size, limit))
    return picture


def _too_many_pixels(path: Path, size: tuple[int, int] | None, limit: int) -> str:
    measured = "" if size is None else f" ({size[0]} x {size[1]})"
    return f"{path.name} has too many pixels{measured}, more than {limit // 1_000_000} million; scale it down first."


def _shrink_while_decoding(picture: Image.Image) -> None:
    if isinstance(picture, JpegImagePlugin.JpegImageFile) and max(picture.size) > 2 * MAX_SIDE:
        # Decoding at 1/2, 1/4 or 1/8 keeps at least MAX_SIDE pixels and saves time and memory.
        scale = max(picture.size) / MAX_SIDE
        picture.draft(None, (int(picture.width / scale), int(picture.height / scale)))


def _to_rgba(picture: Image.Image, name: str, notes: list[str]) -> Image.Image:
    """8-bit sRGB with alpha from any mode, the file's colour profile applied."""
    mode = picture.mode
    if mode.startswith("I") or mode == "F":
        return Image.fromarray(_eight_bits(np.asarray(picture))).convert("RGBA")
    profile = picture.info.get("icc_profile")
    if profile and mode in ("RGB", "RGBA", "RGBX", "CMYK", "L"):
        alpha = picture.getchannel("A") if mode == "RGBA" else None
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            flat = picture if alpha is None else picture.convert("RGB")
            flat = ImageCms.profileToProfile(flat, source, ImageCms.createProfile("sRGB"), outputMode="RGB") or flat
        except (ImageCms.PyCMSError, OSError, ValueError):
            notes.append(f"The colour profile of {name} cannot be used, so its colours may look different.")
        else:
            rgba = flat.convert("RGBA")
            if alpha is not None:
                rgba.putalpha(alpha)
            return rgba
    return picture.convert("RGBA")


def _eight_bits(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Greyscale of 16 or 32 bits or float, brought to 0..255 by the range that its numbers use."""
    numbers = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    if values.dtype.kind == "u" and values.dtype.itemsize == 2:
        full = 65535.0
    else:
        top = float(numbers.max())
        full = next((limit for limit in (1.0, 255.0, 65535.0) if top <= limit), top)
    return np.clip(np.rint(numbers / full * 255.0), 0, 255).astype(np.uint8)


def _composite(rgba: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    alpha = np.ascontiguousarray(rgba[..., 3])
    if bool((alpha == 255).all()):
        return np.ascontiguousarray(rgba[..., :3]), None
    if not alpha.any():
        raise PortraitError("The picture is fully transparent; there is nothing to see in it.")
    weight = alpha[..., None].astype(np.float32) / 255.0
    flat = rgba[..., :3] * weight + np.array(BACKDROP, np.float32) * (1.0 - weight)
    return np.rint(flat).astype(np.uint8), alpha
