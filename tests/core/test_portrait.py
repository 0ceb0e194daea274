"""Reading pictures of every kind, and rigs as JSON."""

import io
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms

from core.image_file import BACKDROP, MAX_SIDE, ImageFile, read_image
from core.portrait import PortraitError, Rig, load_portrait
from core.pose import BODY_NAMES, LEFT_EYE, RIGHT_ANKLE, RIGHT_EYE


def colours(width: int = 96, height: int = 80) -> NDArray[np.uint8]:
    """Four flat quarters: red, green, blue, white, from the top left in reading order."""
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = (220, 30, 40)
    image[: height // 2, width // 2 :] = (40, 200, 60)
    image[height // 2 :, : width // 2] = (50, 60, 210)
    image[height // 2 :, width // 2 :] = (240, 240, 240)
    return image


def quarters(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Colours in the middle of the four quarters, (4, 3)."""
    height, width = image.shape[:2]
    places = [(1, 1), (1, 3), (3, 1), (3, 3)]
    return np.array([image[y * height // 4, x * width // 4] for y, x in places], np.float64)


def write(path: Path, image: Image.Image, **options: Any) -> ImageFile:
    image.save(path, **options)
    return read_image(path)


def error_of(call: Callable[[], object]) -> str:
    with pytest.raises(PortraitError) as caught:
        call()
    message = str(caught.value)
    assert message.endswith(".") and "\n" not in message and message.count(". ") == 0
    return message


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp", "tiff", "gif", "avif", "ppm"])
def test_common_formats_keep_their_colours(tmp_path: Path, suffix: str) -> None:
    found = write(tmp_path / f"picture.{suffix}", Image.fromarray(colours()))
    assert found.image.shape == (80, 96, 3) and found.image.dtype == np.uint8
    assert found.alpha is None and found.warnings == ()
    assert (found.original_width, found.original_height) == (96, 80)
    np.testing.assert_allclose(quarters(found.image), quarters(colours()), atol=8)


def test_suffix_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(png_bytes(colours()))
    np.testing.assert_array_equal(read_image(path).image, colours())


def png_bytes(image: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_undone(tmp_path: Path, orientation: int) -> None:
    # What a camera stores, written down from the EXIF table: row 0 of the stored picture is the upright picture's ...
    upright = colours()
    stored = {
        1: upright,
        2: upright[:, ::-1],  # top, mirrored
        3: upright[::-1, ::-1],  # bottom
        4: upright[::-1],  # bottom, mirrored
        5: upright.transpose(1, 0, 2),  # left side
        6: upright.transpose(1, 0, 2)[::-1],  # right side
        7: upright.transpose(1, 0, 2)[::-1, ::-1],  # right side, mirrored
        8: upright.transpose(1, 0, 2)[:, ::-1],  # left side
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = write(tmp_path / "turned.png", Image.fromarray(np.ascontiguousarray(stored)), exif=exif)
    np.testing.assert_array_equal(found.image, upright)
    assert (found.original_width, found.original_height) == (96, 80)


def test_transparency_is_kept_and_composited_on_grey(tmp_path: Path) -> None:
    rgba = np.dstack([colours(), np.full((80, 96), 255, np.uint8)])
    rgba[:40, :48, 3] = 0
    rgba[:40, 48:, 3] = 128
    found = write(tmp_path / "clear.png", Image.fromarray(rgba))
    assert found.alpha is not None
    np.testing.assert_array_equal(found.alpha, rgba[..., 3])
    got = quarters(found.image)
    np.testing.assert_array_equal(got[0], BACKDROP)
    half = np.array([40, 200, 60]) * (128 / 255) + np.array(BACKDROP) * (127 / 255)
    np.testing.assert_allclose(got[1], half, atol=1)
    np.testing.assert_array_equal(got[2:], quarters(colours())[2:])


def test_opaque_alpha_channel_is_no_transparency(tmp_path: Path) -> None:
    rgba = np.dstack([colours(), np.full((80, 96), 255, np.uint8)])
    assert write(tmp_path / "opaque.png", Image.fromarray(rgba)).alpha is None


def test_palette_with_transparent_colour(tmp_path: Path) -> None:
    palette = Image.fromarray(colours()).quantize(8)
    index = palette.getpixel((5, 5))
    found = write(tmp_path / "palette.png", palette, transparency=index)
    assert found.alpha is not None and found.alpha[5, 5] == 0 and found.alpha[70, 90] == 255
    np.testing.assert_array_equal(found.image[5, 5], BACKDROP)


def test_grey_with_and_without_alpha(tmp_path: Path) -> None:
    grey = np.tile(np.arange(96, dtype=np.uint8) * 2, (80, 1))
    plain = write(tmp_path / "grey.png", Image.fromarray(grey))
    np.testing.assert_array_equal(plain.image, np.repeat(grey[..., None], 3, axis=2))
    both = Image.merge("LA", [Image.fromarray(grey), Image.fromarray(np.where(grey > 60, 255, 0).astype(np.uint8))])
    found = write(tmp_path / "grey_alpha.png", both)
    assert found.alpha is not None and found.alpha[0, 0] == 0 and found.image[0, 90, 0] == 180


@pytest.mark.parametrize("suffix", ["png", "tiff"])
def test_sixteen_bits_keep_their_brightness(tmp_path: Path, suffix: str) -> None:
    # A dim picture: a range guessed from its brightest pixel would come out too bright.
    values = np.tile(np.linspace(0, 20000, 96).astype(np.uint16), (80, 1))
    found = write(tmp_path / f"deep.{suffix}", Image.fromarray(values))
    np.testing.assert_allclose(found.image[..., 0], values / 257.0, atol=1.0)


def test_sixteen_bit_colour_png(tmp_path: Path) -> None:
    # Pillow cannot write one, so the file is made by hand.
    wide = (colours().astype(np.uint16) * 257).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in wide)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 96, 80, 16, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    (tmp_path / "deep.png").write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    np.testing.assert_array_equal(read_image(tmp_path / "deep.png").image, colours())


def test_float_picture(tmp_path: Path) -> None:
    values = np.tile(np.linspace(0, 1, 96, dtype=np.float32), (80, 1))
    values[0, 0] = np.nan
    found = write(tmp_path / "float.tiff", Image.fromarray(values))
    np.testing.assert_allclose(found.image[1:, :, 1], np.tile(np.linspace(0, 255, 96), (79, 1)), atol=1)


def test_cmyk_without_profile(tmp_path: Path) -> None:
    found = write(tmp_path / "print.jpg", Image.fromarray(colours()).convert("CMYK"), quality=95)
    np.testing.assert_allclose(quarters(found.image), quarters(colours()), atol=10)


def test_colour_profile_is_applied(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = write(tmp_path / "srgb.png", Image.fromarray(colours()), icc_profile=srgb)
    np.testing.assert_allclose(same.image, colours(), atol=1)
    # A profile whose red and blue primaries are exchanged: its pictures must come out exchanged.
    swapped = srgb.replace(b"rXYZ", b"____").replace(b"bXYZ", b"rXYZ").replace(b"____", b"bXYZ")
    found = write(tmp_path / "swapped.png", Image.fromarray(colours()), icc_profile=swapped)
    np.testing.assert_allclose(quarters(found.image), quarters(colours())[:, ::-1], atol=2)
    assert found.warnings == ()


def test_broken_colour_profile_is_reported_not_fatal(tmp_path: Path) -> None:
    found = write(tmp_path / "odd.png", Image.fromarray(colours()), icc_profile=b"no profile at all")
    np.testing.assert_array_equal(found.image, colours())
    assert len(found.warnings) == 1 and "colour profile" in found.warnings[0]


def test_cmyk_with_unusable_profile(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = Image.fromarray(colours()).convert("CMYK")
    found = write(tmp_path / "print.jpg", picture, quality=95, icc_profile=srgb)  # an RGB profile on four channels
    np.testing.assert_allclose(quarters(found.image), quarters(colours()), atol=10)
    assert len(found.warnings) == 1


def test_first_frame_of_an_animation(tmp_path: Path) -> None:
    first, second = Image.fromarray(colours()), Image.fromarray(255 - colours())
    found = write(tmp_path / "moving.gif", first, save_all=True, append_images=[second])
    np.testing.assert_allclose(quarters(found.image), quarters(colours()), atol=2)


def test_huge_pictures_are_scaled_down(tmp_path: Path) -> None:
    tall = Image.new("RGB", (700, 20_000), (10, 120, 200))
    tall.paste((250, 10, 10), (0, 0, 700, 5000))
    found = write(tmp_path / "huge.jpg", tall, quality=40)
    assert found.image.shape == (MAX_SIDE, 72, 3)
    assert (found.original_width, found.original_height) == (700, 20_000)
    np.testing.assert_allclose(found.image[100, 40], (250, 10, 10), atol=6)
    np.testing.assert_allclose(found.image[600, 40], (10, 120, 200), atol=6)
    wide = write(tmp_path / "huge.png", Image.new("L", (20_000, 700), 77), compress_level=1)
    assert wide.image.shape == (72, MAX_SIDE, 3) and (wide.image == 77).all()


def test_too_many_pixels_are_refused_before_decoding(tmp_path: Path) -> None:
    Image.new("1", (20_000, 10_000)).save(tmp_path / "bomb.png")
    assert "too many pixels" in error_of(lambda: read_image(tmp_path / "bomb.png"))
    # A JPEG that only claims to be 60,000 pixels a side: the size stands in its header.
    small = io.BytesIO()
    Image.fromarray(colours()).save(small, "JPEG")
    data = bytearray(small.getvalue())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
    (tmp_path / "bomb.jpg").write_bytes(bytes(data))
    assert "60000 x 60000" in error_of(lambda: read_image(tmp_path / "bomb.jpg"))


def test_tiny_pictures_are_refused(tmp_path: Path) -> None:
    message = error_of(lambda: write(tmp_path / "tiny.png", Image.fromarray(colours(80, 63))))
    assert "80 x 63" in message and "64" in message
    assert write(tmp_path / "small.png", Image.fromarray(colours(64, 64))).image.shape == (64, 64, 3)
    sliver = Image.new("RGB", (6000, 100))
    assert "too small" in error_of(lambda: write(tmp_path / "sliver.png", sliver))


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tiff", "gif", "bmp"])
def test_truncated_files(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 200, 3), np.uint8)
    path = tmp_path / f"cut.{suffix}"
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    message = error_of(lambda: read_image(path))
    assert "damaged or cut short" in message or "not a picture" in message


def test_files_that_are_no_pictures(tmp_path: Path) -> None:
    (tmp_path / "note.png").write_text("This is a note, not a picture.")
    assert "note.png is not a picture" in error_of(lambda: read_image(tmp_path / "note.png"))
    (tmp_path / "empty.jpg").write_bytes(b"")
    assert "empty (0 bytes)" in error_of(lambda: read_image(tmp_path / "empty.jpg"))
    (tmp_path / "start.jpg").write_bytes(b"\xff\xd8\xff\xe0 and then nothing")
    error_of(lambda: read_image(tmp_path / "start.jpg"))
    assert "does not exist" in error_of(lambda: read_image(tmp_path / "nowhere.png"))
    assert "folder" in error_of(lambda: read_image(tmp_path))


def test_invisible_picture(tmp_path: Path) -> None:
    nothing = Image.new("RGBA", (80, 80), (0, 0, 0, 0))
    assert "fully transparent" in error_of(lambda: write(tmp_path / "nothing.png", nothing))


def some_rig(width: int = 400, height: int = 600) -> Rig:
    body = np.zeros((18, 3), np.float32)
    body[:, 0] = np.linspace(0.2, 0.8, 18) * width
    body[:, 1] = np.linspace(0.1, 0.9, 18) * height
    body[:, 2] = 1.0
    body[RIGHT_EYE, :2], body[LEFT_EYE, :2] = (0.45 * width, 0.2 * height), (0.55 * width, 0.2 * height)
    body[RIGHT_ANKLE] = (0.4 * width, 1.2 * height, 0.0)
    tips = np.array([[0.7 * width, 0.6 * height, 1], [0.3 * width, 0.6 * height, 0.5]])
    box = np.array([0.4 * width, 0.15 * height, 0.2 * width, 0.15 * height])
    return Rig(body, tips, box, np.array([0.5 * width, 0.26 * height, 14.0]), "long", "user", (width, height))


def test_given_rig_wins_and_follows_the_scale(tmp_path: Path) -> None:
    Image.fromarray(colours(200, 300)).save(tmp_path / "half_size.png")
    portrait = load_portrait(tmp_path / "half_size.png", some_rig(400, 600))
    np.testing.assert_allclose(portrait.rig.body[:, :2], some_rig(200, 300).body[:, :2], atol=1e-3)
    np.testing.assert_allclose(portrait.rig.mouth, [100, 78, 7], atol=1e-3)
    np.testing.assert_allclose(portrait.rig.face_box, [80, 45, 40, 45], atol=1e-3)
    assert portrait.rig.image_size == (200, 300) == (portrait.width, portrait.height)
    assert portrait.rig.source == "user" and portrait.rig.sleeve == "long"
    assert portrait.warnings == ()


def test_rig_in_pixels_of_a_huge_original(tmp_path: Path) -> None:
    Image.new("RGB", (2000, 3000), (90, 90, 90)).save(tmp_path / "large.jpg", quality=30)
    portrait = load_portrait(tmp_path / "large.jpg", some_rig(2000, 3000))
    assert (portrait.original_width, portrait.original_height) == (2000, 3000)
    assert portrait.height == MAX_SIDE
    np.testing.assert_allclose(portrait.rig.eye_distance, 0.1 * portrait.width, rtol=1e-3)


def test_rig_of_another_picture_is_refused(tmp_path: Path) -> None:
    Image.fromarray(colours(300, 200)).save(tmp_path / "wide.png")
    assert '"image_size"' in error_of(lambda: load_portrait(tmp_path / "wide.png", some_rig(400, 600)))
    Image.fromarray(colours(100, 100)).save(tmp_path / "square.png")
    outside = Rig(some_rig().body, some_rig().hand_tips, np.array([500, 5, 9, 9]), some_rig().mouth)
    assert '"face_box"' in error_of(lambda: load_portrait(tmp_path / "square.png", outside))


def test_points_outside_the_picture_lose_their_confidence() -> None:
    rig = some_rig()
    body = rig.body.copy()
    body[RIGHT_ANKLE] = (10, 700, 0.9)
    moved = Rig(body, rig.hand_tips, rig.face_box, rig.mouth, image_size=(400, 600)).rescaled(400, 600)
    assert moved.body[RIGHT_ANKLE, 2] == 0.0 and moved.body[RIGHT_ANKLE, 1] == 700
    assert (np.delete(moved.body[:, 2], RIGHT_ANKLE) == 1.0).all()


def test_scale_follows_what_is_seen() -> None:
    def with_seen(*names: str) -> str:
        body = some_rig().body.copy()
        body[:, 2] = [float(name in names) for name in BODY_NAMES]
        return Rig(body, some_rig().hand_tips, some_rig().face_box, some_rig().mouth).scale()

    assert with_seen("nose", "neck", "left_shoulder") == "head"
    assert with_seen("nose", "left_elbow") == "half"
    assert with_seen("nose", "right_hip", "left_knee") == "half"
    assert with_seen("nose", "right_hip", "left_ankle") == "whole"


def test_json_round_trip() -> None:
    rig = some_rig()
    again = Rig.from_json(rig.to_json())
    for name in ("body", "hand_tips", "face_box", "mouth"):
        np.testing.assert_allclose(getattr(again, name), getattr(rig, name), atol=1e-3)
    assert (again.sleeve, again.source, again.image_size) == ("long", "user", (400, 600))
    assert set(json.loads(rig.to_json())["body"]) == set(BODY_NAMES)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-5000, 5000, width=32), min_size=36, max_size=36))
def test_json_keeps_any_place(values: list[float]) -> None:
    body = np.concatenate([np.array(values).reshape(18, 2), np.full((18, 1), 0.5)], axis=1)
    rig = Rig(body, some_rig().hand_tips, some_rig().face_box, some_rig().mouth)
    np.testing.assert_allclose(Rig.from_json(rig.to_json()).body, rig.body, atol=1e-3)


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def apply(data: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        for name in parents:
            data = data[name]
        if value is ...:
            del data[last]
        else:
            data[last] = value

    return apply


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (change("body.nose", ...), '"nose"'),
        (change("body.left_elbow", [1, 2]), '"body.left_elbow"'),
        (change("body.left_elbow", [1, 2, 1.5]), '"body.left_elbow"'),
        (change("body.left_elbow", [1, "2", 1]), '"body.left_elbow"'),
        (change("body.left_elbow", [1, True, 1]), '"body.left_elbow"'),
        (change("body.left_elbow", [float("nan"), 2, 1]), '"body.left_elbow"'),
        (change("body.left_elbow", [1e9, 2, 1]), '"body.left_elbow"'),
        (change("body.tail", [1, 2, 1]), '"tail"'),
        (change("body", [1, 2]), '"body"'),
        (change("hand_tips.right", ...), '"right"'),
        (change("face_box", [1, 2, 0, 4]), '"face_box"'),
        (change("mouth", [1, 2, -3]), '"mouth"'),
        (change("mouth", ...), '"mouth"'),
        (change("sleeve", "short"), '"sleeve"'),
        (change("source", "robot"), '"source"'),
        (change("image_size", [100.5, 200]), '"image_size"'),
        (change("image_size", [0, 200]), '"image_size"'),
        (change("version", 99), '"version"'),
        (change("format", "other"), '"format"'),
        (change("colour", "red"), '"colour"'),
    ],
)
def test_wrong_json_names_the_field(edit: Callable[[dict[str, Any]], None], words: str) -> None:
    data = some_rig().to_dict()
    edit(data)
    assert words in error_of(lambda: Rig.from_dict(data))


def test_json_that_is_none() -> None:
    assert "not JSON (line 1" in error_of(lambda: Rig.from_json("{"))
    error_of(lambda: Rig.from_json("[1, 2]"))


def test_rig_refuses_wrong_arrays() -> None:
    rig = some_rig()
    assert "body" in error_of(lambda: Rig(rig.body[:17], rig.hand_tips, rig.face_box, rig.mouth))
    assert "mouth" in error_of(lambda: Rig(rig.body, rig.hand_tips, rig.face_box, np.array([1, np.inf, 2])))
    with pytest.raises(ValueError, match="read-only"):
        rig.body[0, 0] = 1.0
