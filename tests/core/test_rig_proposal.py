"""Proposed rigs against the rigs that the sample characters were drawn from, and on pictures that offer little."""

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core import pose
from core.arm_finder import skin_mask
from core.face_finder import find_face
from core.mouth_finder import find_mouth
from core.portrait import Rig, load_portrait
from core.rig_proposal import NO_FACE_WARNING, propose_rig

SAMPLES = Path(__file__).parents[2] / "resources" / "sample"
SIDE = 640  # smaller than the samples: quicker, and shows that size does not matter


@lru_cache
def sample(name: str) -> NDArray[np.uint8]:
    image = np.asarray(Image.open(SAMPLES / f"{name}.png").convert("RGB"))
    factor = SIDE / max(image.shape[:2])
    return np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache
def truth(name: str) -> Rig:
    height, width = sample(name).shape[:2]
    return Rig.from_json((SAMPLES / f"{name}.rig.json").read_text()).rescaled(width, height)


@lru_cache
def proposed(name: str) -> Rig:
    rig, warnings = propose_rig(sample(name))
    assert warnings == ()
    return rig


def errors(found: Rig, wanted: Rig) -> NDArray[np.float64]:
    """Distance of every body point in eye distances."""
    return np.asarray(np.linalg.norm(found.body[:, :2] - wanted.body[:, :2], axis=1) / wanted.eye_distance)


# What a portrait's body may be off, in eye distances. Joints under clothes have no exact place.
LIMITS = {
    "nose": 0.25, "right_eye": 0.12, "left_eye": 0.12, "right_ear": 0.35, "left_ear": 0.35, "neck": 0.6,
    "right_shoulder": 0.5, "left_shoulder": 0.5, "right_elbow": 0.9, "left_elbow": 0.9, "right_wrist": 0.9,
    "left_wrist": 0.9, "right_hip": 1.0, "left_hip": 1.0, "right_knee": 0.9, "left_knee": 0.9, "right_ankle": 0.6,
    "left_ankle": 0.6,
}  # fmt: skip


@pytest.mark.parametrize("name", ["head", "half", "whole"])
def test_drawn_people_of_every_scale(name: str) -> None:
    found, wanted = proposed(name), truth(name)
    gaps = errors(found, wanted)
    for index, joint in enumerate(pose.BODY_NAMES):
        if wanted.body[index, 2] > 0:
            assert gaps[index] < LIMITS[joint], f"{joint} is {gaps[index]:.2f} eye distances off"
            assert found.body[index, 2] > 0
    assert found.scale() == name
    assert found.sleeve == wanted.sleeve
    assert found.source == "proposed" and found.image_size == (sample(name).shape[1], sample(name).shape[0])


@pytest.mark.parametrize("name", ["head", "half", "whole"])
def test_mouth_lies_where_it_was_drawn(name: str) -> None:
    found, wanted = proposed(name).mouth, truth(name).mouth
    d = truth(name).eye_distance
    assert abs(found[0] - wanted[0]) < 0.08 * d and abs(found[1] - wanted[1]) < 0.12 * d
    assert 0.6 < found[2] / wanted[2] < 1.6


@pytest.mark.parametrize("name", ["half", "whole"])
def test_fingertips(name: str) -> None:
    gaps = np.linalg.norm(proposed(name).hand_tips[:, :2] - truth(name).hand_tips[:, :2], axis=1)
    assert (gaps < 0.8 * truth(name).eye_distance).all()
    assert (proposed(name).hand_tips[:, 2] > 0.5).all()


@pytest.mark.parametrize("name", ["head", "half", "whole"])
def test_confidence_is_zero_exactly_outside_the_picture(name: str) -> None:
    height, width = sample(name).shape[:2]
    for points in (proposed(name).body, proposed(name).hand_tips):
        inside = (points[:, 0] >= 0) & (points[:, 1] >= 0) & (points[:, 0] < width) & (points[:, 1] < height)
        np.testing.assert_array_equal(points[:, 2] > 0, inside)


def test_same_picture_same_rig() -> None:
    again, _ = propose_rig(sample("half").copy())
    np.testing.assert_array_equal(again.body, proposed("half").body)
    np.testing.assert_array_equal(again.hand_tips, proposed("half").hand_tips)


def test_mirrored_picture_has_the_sides_exchanged() -> None:
    mirrored, _ = propose_rig(np.ascontiguousarray(sample("half")[:, ::-1]))
    width = sample("half").shape[1]
    pairs = ((pose.RIGHT_EYE, pose.LEFT_EYE), (pose.RIGHT_SHOULDER, pose.LEFT_SHOULDER),
             (pose.RIGHT_ELBOW, pose.LEFT_ELBOW), (pose.RIGHT_WRIST, pose.LEFT_WRIST))  # fmt: skip
    d = truth("half").eye_distance
    for right, left in pairs:
        there = mirrored.body[right, :2]
        here = proposed("half").body[left, :2]
        assert np.hypot(width - 1 - there[0] - here[0], there[1] - here[1]) < 0.6 * d


def test_cropped_pictures_change_scale() -> None:
    image, rig = sample("whole"), truth("whole")
    hips = int(rig.body[pose.RIGHT_HIP, 1] + 1.5 * rig.eye_distance)
    half, _ = propose_rig(np.ascontiguousarray(image[:hips]))
    assert half.scale() == "half"
    shoulders = int(rig.body[pose.NECK, 1] + 1.5 * rig.eye_distance)
    left, right = int(rig.body[pose.NECK, 0] - 90), int(rig.body[pose.NECK, 0] + 90)
    head, _ = propose_rig(np.ascontiguousarray(image[:shoulders, left:right]))
    assert head.scale() == "head"


def test_person_at_the_side_of_a_wide_picture() -> None:
    image = sample("half")
    width = image.shape[1]
    wide = np.repeat(image[:, :1], 2 * width, axis=1).copy()
    wide[:, width:] = image
    found, _ = propose_rig(wide)
    shifted = truth("half").body.copy()
    shifted[:, 0] += width
    gaps = np.linalg.norm(found.body[:, :2] - shifted[:, :2], axis=1) / truth("half").eye_distance
    assert gaps[[pose.RIGHT_EYE, pose.LEFT_EYE]].max() < 0.12
    assert gaps[[pose.RIGHT_SHOULDER, pose.LEFT_SHOULDER]].max() < 0.6


def test_black_and_white_picture() -> None:
    grey = np.asarray(cv2.cvtColor(sample("half"), cv2.COLOR_RGB2GRAY), np.uint8)
    found, warnings = propose_rig(np.repeat(grey[..., None], 3, axis=2))
    assert NO_FACE_WARNING not in warnings
    gaps = errors(found, truth("half"))
    assert gaps[[pose.RIGHT_EYE, pose.LEFT_EYE]].max() < 0.12
    assert gaps[[pose.RIGHT_SHOULDER, pose.LEFT_SHOULDER]].max() < 0.8


def test_dark_skin_is_seen_as_skin() -> None:
    image, rig = sample("head"), truth("head")
    eyes = rig.body[pose.RIGHT_EYE, :2].astype(float), rig.body[pose.LEFT_EYE, :2].astype(float)
    skin = skin_mask(image, np.ones(image.shape[:2], bool), eyes, rig.eye_distance)
    d = rig.eye_distance
    chin = int(rig.mouth[1] + 0.45 * d), int(rig.mouth[0])
    forehead = int(eyes[0][1] - 0.6 * d), int(rig.mouth[0])
    assert skin[chin] and skin[forehead]
    assert not skin[:40].any()  # the backdrop
    sweater = skin[-30:]
    assert float(sweater.mean()) < 0.05


def paper_doll(alpha: bool) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """A figure without a face: head, neck, trunk and legs of 400 x 800 pixels."""
    image = np.full((800, 400, 3), 235, np.uint8)
    parts = np.zeros((800, 400), np.uint8)
    cv2.ellipse(parts, (200, 130), (55, 70), 0, 0, 360, 255, -1)
    cv2.rectangle(parts, (180, 180), (220, 240), 255, -1)
    cv2.rectangle(parts, (120, 235), (280, 470), 255, -1)
    cv2.rectangle(parts, (130, 470), (190, 760), 255, -1)
    cv2.rectangle(parts, (210, 470), (270, 760), 255, -1)
    image[parts > 0] = (70, 110, 60)
    return image, parts if alpha else None


@pytest.mark.parametrize("alpha", [True, False])
def test_without_a_face_the_outline_decides(alpha: bool) -> None:
    rig, warnings = propose_rig(*paper_doll(alpha))
    assert NO_FACE_WARNING in warnings
    assert 0 < rig.body[:, 2].max() < 0.5
    eyes = (rig.body[pose.RIGHT_EYE, :2] + rig.body[pose.LEFT_EYE, :2]) / 2
    assert abs(eyes[0] - 200) < 15 and 90 < eyes[1] < 170
    assert 20 < rig.eye_distance < 70
    neck = rig.body[pose.NECK]
    assert abs(neck[0] - 200) < 20 and 180 < neck[1] < 300
    assert rig.scale() == "whole"
    ankles = rig.body[[pose.RIGHT_ANKLE, pose.LEFT_ANKLE]]
    assert (ankles[:, 1] > 640).all() and abs(ankles[0, 0] - 160) < 25 and abs(ankles[1, 0] - 240) < 25


@pytest.mark.parametrize(
    "image",
    [
        np.full((300, 200, 3), 128, np.uint8),
        np.zeros((64, 64, 3), np.uint8),
        np.tile(np.arange(256, dtype=np.uint8)[None, :, None], (96, 1, 3)),
    ],
    ids=["flat", "smallest", "ramp"],
)
def test_pictures_of_nothing_give_a_rig_and_a_warning(image: NDArray[np.uint8]) -> None:
    rig, warnings = propose_rig(image)
    assert warnings and rig.body[:, 2].max() < 0.5
    assert rig.face_box[2] > 0 and rig.mouth[2] > 0


def test_noise_gives_a_usable_rig() -> None:
    # Cascades may see a face in noise; the rig must be sound all the same.
    noise = np.random.default_rng(3).integers(0, 256, (96, 144, 3)).astype(np.uint8)
    rig, _ = propose_rig(noise)
    assert np.isfinite(rig.body).all() and rig.eye_distance > 1
    assert Rig.from_json(rig.to_json()).image_size == (144, 96)


def test_face_finder_prefers_the_face_with_two_eyes() -> None:
    image = sample("half")
    face = find_face(image)
    assert face is not None and face.eyes_found == 2
    wanted = truth("half")
    assert np.hypot(*(np.array(face.right_eye) - wanted.body[pose.RIGHT_EYE, :2])) < 0.12 * wanted.eye_distance
    assert face.right_eye[0] < face.left_eye[0]


def test_mouth_of_a_tilted_face() -> None:
    """A pale oval turned by 20 degrees with a red stroke as mouth: place and width are known."""
    image = np.full((400, 400, 3), (225, 190, 170), np.uint8)
    angle = np.deg2rad(20.0)
    across, down = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    middle, d = np.array([200.0, 160.0]), 80.0
    centre = middle + 1.15 * d * down
    ends = [np.rint(centre + side * 0.32 * d * across).astype(int) for side in (-1, 1)]
    cv2.line(image, tuple(map(int, ends[0])), tuple(map(int, ends[1])), (170, 60, 70), 9, cv2.LINE_AA)
    mouth = find_mouth(image, middle - across * d / 2, middle + across * d / 2)
    assert np.hypot(*(mouth[:2] - centre)) < 0.08 * d
    assert 0.24 * d < mouth[2] < 0.5 * d


def test_mouth_without_colour_falls_back_to_proportion() -> None:
    image = np.full((300, 300, 3), 150, np.uint8)
    mouth = find_mouth(image, np.array([120.0, 100.0]), np.array([180.0, 100.0]))
    np.testing.assert_allclose(mouth[:2], [150, 100 + 1.17 * 60], atol=1.0)


def test_load_portrait_proposes(tmp_path: Path) -> None:
    Image.fromarray(sample("half")).save(tmp_path / "half.png")
    portrait = load_portrait(tmp_path / "half.png")
    np.testing.assert_array_equal(portrait.rig.body, proposed("half").body)
    assert portrait.scale == "half" and portrait.warnings == () and portrait.alpha is None
