"""The drawings against pictures made by the MimicMotion reference, and what the composite and overlay promise."""

import hashlib
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core import draw
from core.draw import FramePoses, HeadMask
from core.pose import NECK, NOSE, PoseSequence
from core.pose_rescale import FITTED_POINTS, fit_rescaling, rescale_to_reference
from core.rig import Rig

FIXTURES = Path(__file__).parents[1] / "fixtures" / "pose_drawing"
MANIFEST: list[dict[str, Any]] = json.loads((FIXTURES / "manifest.json").read_text())
RESCALE: list[dict[str, Any]] = json.loads((FIXTURES / "rescale.json").read_text())


def picture(name: str) -> NDArray[np.uint8]:
    return np.asarray(Image.open(FIXTURES / name).convert("RGB"))


def keypoints(name: str) -> FramePoses:
    data = np.load(FIXTURES / "keypoints.npz")
    people = len(data[f"{name}_score"])
    body = np.concatenate([data[f"{name}_candidate"].reshape(people, 18, 2), data[f"{name}_score"][..., None]], axis=-1)
    face = np.concatenate([data[f"{name}_faces"], data[f"{name}_faces_score"][..., None]], axis=-1)
    stacked = np.concatenate([data[f"{name}_hands"], data[f"{name}_hands_score"][..., None]], axis=-1)
    hands = np.stack([stacked[:people], stacked[people:]], axis=1)
    return FramePoses(body, face, hands)


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["set"])
def test_drawing_equals_reference(entry: dict[str, Any]) -> None:
    drawn = draw.draw_pose(keypoints(entry["set"]), entry["height"], entry["width"], entry["ref_w"])
    np.testing.assert_array_equal(drawn, picture(entry["file"]))
    assert hashlib.sha256(drawn.tobytes()).hexdigest() == entry["sha256"]


@pytest.mark.parametrize("entry", [e for e in MANIFEST if "unscaled_file" in e], ids=lambda entry: entry["set"])
def test_unscaled_drawing_equals_reference(entry: dict[str, Any]) -> None:
    drawn = draw.draw_pose(keypoints(entry["set"]), entry["height"], entry["width"], entry["unscaled_ref_w"])
    np.testing.assert_array_equal(drawn, picture(entry["unscaled_file"]))


@pytest.mark.parametrize("entry", [e for e in MANIFEST if "parts" in e], ids=lambda entry: entry["set"])
def test_parts_equal_reference(entry: dict[str, Any]) -> None:
    poses = keypoints(entry["set"])
    empty = np.zeros((entry["height"], entry["width"], 3), np.uint8)
    np.testing.assert_array_equal(draw.draw_body(empty.copy(), poses), picture(f"{entry['set']}_part_body.png"))
    hands, face = empty.copy(), empty.copy()
    draw.draw_hands(hands, poses)
    draw.draw_face(face, poses)
    np.testing.assert_array_equal(hands, picture(f"{entry['set']}_part_hands.png"))
    np.testing.assert_array_equal(face, picture(f"{entry['set']}_part_face.png"))


def sequence(poses: FramePoses, width: int, height: int) -> PoseSequence:
    size = np.array([width, height, 1.0])
    return PoseSequence(
        body=(poses.body * size).astype(np.float32),
        face=(poses.face * size).astype(np.float32),
        hands=(poses.hands * size).astype(np.float32),
        depth=np.zeros((1, 18), np.float32),
        yaw=np.zeros(1, np.float32),
        flags=np.zeros(1, np.uint8),
        fps=20.0,
        width=width,
        height=height,
    )


def test_pixel_poses_draw_like_normalised_ones() -> None:
    poses = keypoints("set00")
    drawn = draw.draw_pose(FramePoses.from_sequence(sequence(poses, 576, 1024), 0), 1024, 576)
    # float32 pixels may move a point by one canvas pixel, a quarter of a picture pixel.
    assert float((drawn != picture("set00.png")).any(axis=2).mean()) < 1e-3


def blank_head(poses: FramePoses) -> FramePoses:
    body = poses.body.copy()
    body[:, sorted(draw.HEAD_POINTS), 2] = 0.0
    return FramePoses(body, np.full_like(poses.face, -1.0), poses.hands)


def test_composite_is_the_drawing_below_the_neck_plus_a_mask() -> None:
    poses, mask = keypoints("set00"), HeadMask(0.11, 0.08)
    composite = draw.draw_composite(poses, mask, 1024, 576)
    without_head = draw.draw_pose(blank_head(poses), 1024, 576)
    middle = draw.facial_midpoint(poses.body[0], poses.face[0])
    assert middle is not None
    x, y = np.meshgrid(np.arange(576) + 0.5, np.arange(1024) + 0.5)
    inside = ((x / 576 - middle[0]) / mask.half_width) ** 2 + ((y / 1024 - middle[1]) / mask.half_height) ** 2
    assert (composite[inside < 0.95] == 255).all()
    outside = inside > 1.06
    np.testing.assert_array_equal(composite[outside], without_head[outside])
    assert without_head[outside].any()


def test_mask_has_one_size_and_follows_the_face() -> None:
    poses, mask = keypoints("set00"), HeadMask(0.11, 0.08)
    poses = FramePoses(poses.body, poses.face, np.full_like(poses.hands, -1.0))
    areas, centres = [], []
    for shift in (0.0, 0.05, 0.1):
        move = np.array([shift, 0.0, 0.0])
        drawn = draw.draw_composite(FramePoses(poses.body + move, poses.face + move, poses.hands), mask, 1024, 576)
        white = (drawn == 255).all(axis=2)
        areas.append(int(white.sum()))
        centres.append(float(np.nonzero(white)[1].mean()))
    assert max(areas) - min(areas) <= 0.01 * areas[0]
    np.testing.assert_allclose(np.diff(centres), 0.05 * 576, atol=0.6)
    # A wider face in the frame does not widen the mask.
    wide = poses.face.copy()
    wide[..., 0] = (wide[..., 0] - 0.5) * 1.3 + 0.5
    drawn = draw.draw_composite(FramePoses(poses.body, wide, poses.hands), mask, 1024, 576)
    assert abs(int((drawn == 255).all(axis=2).sum()) - areas[0]) <= 0.01 * areas[0]


def test_facial_midpoint_falls_back_and_gives_up() -> None:
    poses = keypoints("set00")
    body, face = poses.body[0].copy(), poses.face[0].copy()
    face[:, 2] = 0.0
    np.testing.assert_array_equal(draw.facial_midpoint(body, face), body[NOSE, :2])
    body[NOSE, 2] = 0.0
    found = draw.facial_midpoint(body, face)
    assert found is not None
    body[:, 2] = 0.0
    assert draw.facial_midpoint(body, face) is None
    nobody = FramePoses(body[None], face[None], np.zeros((1, 2, 21, 3)))
    assert not draw.draw_composite(nobody, HeadMask(0.1, 0.1), 128, 96, ref_w=96).any()


def test_head_mask_is_measured_on_the_portrait() -> None:
    body = np.zeros((18, 3), np.float32)
    body[14], body[15] = (180, 200, 1), (220, 200, 1)
    rig = Rig(body, np.zeros((2, 3)), np.array([150, 160, 100, 120]), np.array([200, 250, 15]))
    mask = HeadMask.for_rig(rig, 400, 800)
    assert mask.half_width * 400 == pytest.approx(50.0)
    assert mask.half_height * 800 == pytest.approx(58.0)


def test_two_people_and_far_points_are_drawn_without_complaint() -> None:
    one, far = keypoints("set00"), keypoints("set03")
    both = FramePoses(*(np.concatenate([getattr(p, n) for p in (one, far)]) for n in ("body", "face", "hands")))
    drawn = draw.draw_pose(both, 512, 288, ref_w=288)
    assert int(np.count_nonzero(drawn)) > int(np.count_nonzero(draw.draw_pose(one, 512, 288, ref_w=288)))


def test_overlay_leaves_the_input_alone_and_marks_both_sides() -> None:
    poses = keypoints("set00")
    image = np.full((512, 288, 3), 90, np.uint8)
    shown = draw.overlay_pose(image, poses)
    assert (image == 90).all()
    changed = (shown != image).any(axis=2)
    assert 0.005 < float(changed.mean()) < 0.2
    right = poses.body[0, [2, 3], :2].mean(axis=0) * [288, 512]
    left = poses.body[0, [5, 6], :2].mean(axis=0) * [288, 512]
    assert shown[int(right[1]), int(right[0]), 0] > shown[int(right[1]), int(right[0]), 2]
    assert shown[int(left[1]), int(left[0]), 2] > shown[int(left[1]), int(left[0]), 0]


def rescale_case(case: dict[str, Any]) -> tuple[FramePoses, list[FramePoses], list[FramePoses]]:
    data = np.load(FIXTURES / "rescale.npz")
    name = case["case"]

    def poses(prefix: str, suffix: str) -> FramePoses:
        score = data[f"{prefix}_score"]
        people = len(score)
        body = np.concatenate([data[f"{prefix}_candidate{suffix}"].reshape(people, 18, 2), score[..., None]], axis=-1)
        face, hands = np.ones((people, 68, 3)), np.ones((people, 2, 21, 3))
        face[..., :2] = data[f"{prefix}_faces{suffix}"]
        stacked = data[f"{prefix}_hands{suffix}"]
        hands[:, 0, :, :2], hands[:, 1, :, :2] = stacked[:people], stacked[people:]
        return FramePoses(body, face, hands)

    frames = range(len(case["sampled_frame_indices"]))
    score = data[f"{name}_ref_score"]
    candidate = data[f"{name}_ref_candidate"].reshape(len(score), 18, 2)
    reference = FramePoses(
        np.concatenate([candidate, score[..., None]], axis=-1),
        np.zeros((len(score), 68, 3)),
        np.zeros((len(score), 2, 21, 3)),
    )
    return reference, [poses(f"{name}_f{f}", "_in") for f in frames], [poses(f"{name}_f{f}", "_out") for f in frames]


@pytest.mark.parametrize("case", RESCALE, ids=lambda case: case["case"])
def test_rescaling_equals_reference(case: dict[str, Any]) -> None:
    reference, frames, wanted = rescale_case(case)
    sizes = (case["ref_width"], case["ref_height"]), (case["video_width"], case["video_height"])
    fit = fit_rescaling(reference, frames, *sizes)
    found = (fit.scale_x, fit.scale_y, fit.shift_x, fit.shift_y)
    np.testing.assert_allclose(found, [case[k] for k in ("a_x", "a_y", "b_x", "b_y")], rtol=0, atol=1e-10)
    for got, want in zip(rescale_to_reference(reference, frames, *sizes), wanted, strict=True):
        for part in ("body", "face", "hands"):
            np.testing.assert_allclose(getattr(got, part), getattr(want, part), rtol=0, atol=1e-10)
    seen = reference.body[0, :, 2] > 0.3
    assert [i for i in FITTED_POINTS if seen[i]] == case["used_keypoint_ids"]


def test_rescaling_needs_somebody() -> None:
    reference, frames, _ = rescale_case(RESCALE[0])
    crowd = FramePoses(*(np.concatenate([getattr(frames[0], n)] * 2) for n in ("body", "face", "hands")))
    with pytest.raises(ValueError, match="exactly one person"):
        fit_rescaling(reference, [crowd], (10, 10), (10, 10))
    hidden = reference.body.copy()
    hidden[..., 2] = 0.1
    with pytest.raises(ValueError, match="no head, trunk or leg"):
        fit_rescaling(FramePoses(hidden, reference.face, reference.hands), frames, (10, 10), (10, 10))


def test_wrong_shapes_and_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="face must have shape"):
        FramePoses(np.zeros((1, 18, 3)), np.zeros((1, 67, 3)), np.zeros((1, 2, 21, 3)))
    with pytest.raises(ValueError, match="at least 1 pixel"):
        draw.draw_pose(keypoints("set00"), 0, 10)


def test_neck_stays_in_the_composite() -> None:
    poses = keypoints("set00")
    drawn = draw.draw_composite(poses, HeadMask(0.001, 0.001), 1024, 576)
    x, y = (poses.body[0, NECK, :2] * [576, 1024]).astype(int)
    assert drawn[y - 1 : y + 2, x - 1 : x + 2].any()
    assert cv2.countNonZero(drawn[..., 0]) > 0
