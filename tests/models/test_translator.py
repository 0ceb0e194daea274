"""2D poses of portraits: rest, left and right, limits, confidences, steps, blocks and determinism."""

import tracemalloc

import numpy as np
import pytest

import models.translator as translator_module
from core.cancel import Cancelled, CancelToken
from core.constants import CONFIDENCE_THRESHOLD
from core.pose import (
    LEFT_ANKLE,
    LEFT_EAR,
    LEFT_SHOULDER,
    LEFT_WRIST,
    NECK,
    NOSE,
    RIGHT_ANKLE,
    RIGHT_EAR,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
    PoseFlag,
    PoseSequence,
)
from models.portrait_fit import ARMS, portrait_body
from models.relation_bank import RelationBank
from models.translator import PoseTranslator
from tests.models.synthetic import (
    HALF_RIG,
    bowed,
    clip_of,
    half_portrait,
    head_portrait,
    portrait,
    raised,
    ramp,
    standing,
    turned,
    whole_portrait,
)

PORTRAITS = [half_portrait, whole_portrait, head_portrait]
MODES = ["bank", "direct"]


@pytest.fixture(scope="module")
def translator(bank: RelationBank) -> PoseTranslator:
    return PoseTranslator(bank)


def _hold(frames: int, start: int = 20, end: int = 60):
    return ramp(frames, start, start + 12) - ramp(frames, end, end + 12)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("make", PORTRAITS)
def test_neutral_stance_shows_the_portraits_own_pose(translator, make, mode) -> None:
    picture = make()
    poses = translator.translate(clip_of(standing(50)), picture, mode=mode)
    seen = picture.rig.body[:, 2] > 0
    tolerance = 0.5 if mode == "direct" else 3.0  # captures sway
    np.testing.assert_allclose(poses.body[0, seen, :2], picture.rig.body[seen, :2], atol=tolerance)
    np.testing.assert_allclose(poses.body[0, seen, 2], picture.rig.body[seen, 2], atol=0.01)
    for hand in range(2):
        if picture.rig.hand_tips[hand, 2] > 0:
            np.testing.assert_allclose(poses.hands[0, hand, 12, :2], picture.rig.hand_tips[hand, :2], atol=tolerance)
            np.testing.assert_allclose(poses.hands[0, hand, 0, :2], poses.body[0, ARMS[hand][2], :2], atol=1e-3)
    assert not poses.flags.any()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("make", PORTRAITS)
def test_shapes_and_finiteness(translator, make, mode) -> None:
    for frames in (1, 2, 3, 5, 41):
        poses = translator.translate(clip_of(raised(frames, "left", np.linspace(0, 1, frames))), make(), mode=mode)
        assert len(poses) == frames and poses.fps == 20
        for array in (poses.body, poses.face, poses.hands, poses.depth, poses.yaw):
            assert np.isfinite(array).all()
        assert poses.body[..., 2].min() >= 0 and poses.body[..., 2].max() <= 1


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("make", [half_portrait, whole_portrait])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_raised_hand_rises_on_its_own_side(translator, make, mode, side) -> None:
    """The person's left is at the viewer's right."""
    wrist, other = (LEFT_WRIST, RIGHT_WRIST) if side == "left" else (RIGHT_WRIST, LEFT_WRIST)
    shoulder = LEFT_SHOULDER if side == "left" else RIGHT_SHOULDER
    poses = translator.translate(clip_of(raised(90, side, _hold(90), wave=0.3)), make(), mode=mode)
    held = poses.body[40]
    hand = 0 if side == "left" else 1
    assert poses.hands[40, hand, 12, 1] < held[shoulder, 1] - 60
    assert poses.hands[40, hand, 12, 1] < held[wrist, 1] - 40
    assert np.sign(held[wrist, 0] - held[NECK, 0]) == (1 if side == "left" else -1)
    rest = poses.body[0, other, :2]
    assert np.hypot(*(held[other, :2] - rest)) < 25
    assert held[wrist, 2] > CONFIDENCE_THRESHOLD
    np.testing.assert_allclose(poses.body[-1, :8, :2], poses.body[0, :8, :2], atol=25)


@pytest.mark.parametrize("mode", MODES)
def test_a_wave_swings_inside_the_picture_of_a_half_length_portrait(translator, mode) -> None:
    poses = translator.translate(
        clip_of(raised(100, "right", _hold(100, 20, 80), wave=0.4)), half_portrait(), mode=mode
    )
    held = poses.hands[40:75, 1]
    assert (held[:, [0, 12], :2] > 0).all() and (held[:, [0, 12], :2] < 1024).all()
    assert np.ptp(held[:, 12, 0]) > 80
    assert not (poses.flags[40:75] & PoseFlag.OUT_OF_PICTURE).any()


@pytest.mark.parametrize("mode", MODES)
def test_limbs_keep_their_length_in_space(translator, mode) -> None:
    """In the picture a bone is at most as long as in space, but for perspective."""
    picture = whole_portrait()
    body = portrait_body(picture)
    poses = translator.translate(clip_of(raised(90, "left", _hold(90), wave=0.3)), picture, mode=mode)
    for part, (start, end) in enumerate(zip(ARMS[0][:2], ARMS[0][1:], strict=True)):
        length = np.linalg.norm(poses.body[:, end, :2] - poses.body[:, start, :2], axis=-1)
        assert length.max() < 1.15 * body.arm_lengths[0, part]
        assert length[45] > 0.6 * body.arm_lengths[0, part]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("make", [half_portrait, whole_portrait])
def test_a_bow_lowers_the_head_and_leaves_the_feet(translator, make, mode) -> None:
    picture = make()
    scale = portrait_body(picture).pixels_per_metre
    poses = translator.translate(clip_of(bowed(90, 0.9 * _hold(90))), picture, mode=mode)
    assert poses.body[40, NOSE, 1] - poses.body[0, NOSE, 1] > 0.08 * scale
    assert poses.body[40, NECK, 1] - poses.body[0, NECK, 1] > 0.04 * scale
    if make is whole_portrait:
        feet = poses.body[:, [LEFT_ANKLE, RIGHT_ANKLE], :2]
        assert np.abs(feet - feet[0]).max() < 4
    else:
        assert (poses.body[:, [LEFT_ANKLE, RIGHT_ANKLE], 2] == 0).all()


@pytest.mark.parametrize("mode", MODES)
def test_a_talking_head_stays_in_its_place_but_nods(translator, mode) -> None:
    """Shrugs, crouches and leans move a head portrait's neck by a few per cent of the picture at most."""
    picture = head_portrait()
    joints = standing(120)
    sway = np.sin(2 * np.pi * np.arange(120) / 40.0)
    joints[..., 1] -= 0.12 * np.maximum(sway, 0.0)[:, None]  # the knees give
    joints[..., 0] += 0.25 * sway[:, None]
    joints[:, [16, 17], 1] += 0.08 * sway[:, None]  # shoulders up and down
    poses = translator.translate(clip_of(joints), picture, mode=mode)
    neck, size = poses.body[:, NECK, :2], np.array([picture.width, picture.height])
    assert (np.ptp(neck, axis=0) / size < (0.07, 0.05)).all()
    bow = translator.translate(clip_of(bowed(90, 0.5 * _hold(90))), picture, mode=mode)
    assert np.ptp(bow.body[:, NOSE, 1] - bow.body[:, NECK, 1]) > 0.02 * picture.height


def test_turning_left_looks_to_the_viewers_right_and_is_flagged(translator) -> None:
    joints = turned(standing(160), np.deg2rad(90.0) * ramp(160, 30, 50))
    poses = translator.translate(clip_of(joints), whole_portrait(), mode="direct")
    turn = int(np.argmax(poses.yaw))
    assert np.degrees(poses.yaw[turn]) > 70
    assert poses.body[turn, NOSE, 0] > poses.body[0, NOSE, 0] + 20
    assert poses.flags[turn] & PoseFlag.TURNING and not poses.flags[0] & PoseFlag.TURNING
    assert poses.body[turn, LEFT_EAR, 2] < CONFIDENCE_THRESHOLD < poses.body[turn, RIGHT_EAR, 2]
    shoulders = np.abs(poses.body[:, LEFT_SHOULDER, 0] - poses.body[:, RIGHT_SHOULDER, 0])
    assert shoulders[turn] < 0.5 * shoulders[0]
    assert abs(np.degrees(poses.yaw[-1])) < 20


def test_back_view_hides_the_face(translator) -> None:
    joints = turned(standing(80), np.deg2rad(180.0) * ramp(80, 20, 40))
    poses = translator.translate(clip_of(joints), whole_portrait(), mode="direct")
    back = int(np.argmax(np.abs(poses.yaw)))
    assert poses.body[back, NOSE, 2] < CONFIDENCE_THRESHOLD
    assert np.median(poses.face[back, :, 2]) < CONFIDENCE_THRESHOLD
    assert poses.body[back, LEFT_SHOULDER, 0] < poses.body[back, RIGHT_SHOULDER, 0]


@pytest.mark.parametrize("make", PORTRAITS)
def test_a_walker_stays_in_the_picture(translator, make) -> None:
    joints = standing(200)
    swing = 0.35 * np.sin(np.arange(200) / 20.0 * 2 * np.pi * 0.9)
    for side, sign in (((4, 7, 10), 1.0), ((5, 8, 11), -1.0)):
        for joint, share in zip(side, (0.5, 1.0, 1.0), strict=True):
            joints[:, joint, 2] += sign * share * swing
    joints[:, :, 2] += 1.2 * np.arange(200)[:, None] / 20.0
    poses = translator.translate(clip_of(joints), make(), mode="direct")
    assert (poses.body[:, NECK, :2] > 0).all() and (poses.body[:, NECK, :2] < 1024).all()
    width = np.abs(poses.body[:, LEFT_SHOULDER, 0] - poses.body[:, RIGHT_SHOULDER, 0])
    assert width.max() / width.min() < 1.2


def test_a_jump_lifts_a_whole_person(translator) -> None:
    joints = standing(80)
    t = np.arange(80)
    joints[..., 1] += (0.3 * np.sin(np.clip((t - 30) / 12.0, 0, 1) * np.pi))[:, None]
    poses = translator.translate(clip_of(joints), whole_portrait(), mode="direct")
    rise = poses.body[0, :, 1] - poses.body[36, :, 1]
    scale = portrait_body(whole_portrait()).pixels_per_metre
    assert 0.15 * scale < rise[NECK] < 0.35 * scale
    assert rise[LEFT_ANKLE] > 0.12 * scale


def test_points_outside_the_picture_have_low_confidence(translator) -> None:
    points = dict(HALF_RIG)
    points["left_elbow"], points["left_wrist"] = (740, 900), (760, 1010)
    poses = translator.translate(clip_of(standing(10)), portrait(points, "half", ((765, 1200), (400, 650))))
    outside = (poses.hands[..., 1] > 1024 * 1.02) & (poses.hands[..., 2] >= CONFIDENCE_THRESHOLD)
    assert not outside.any()


def test_a_hand_that_the_portrait_does_not_show_is_flagged(translator) -> None:
    poses = translator.translate(clip_of(raised(80, "left", _hold(80))), head_portrait(), mode="direct")
    shown = poses.body[:, LEFT_WRIST, 2] >= CONFIDENCE_THRESHOLD
    assert shown[40:55].any()
    assert (poses.flags[shown] & PoseFlag.HIDDEN_LIMB).all()


def test_clasped_hands_are_flagged_while_they_move(translator) -> None:
    points = dict(HALF_RIG)
    points["left_wrist"], points["right_wrist"] = (535, 720), (470, 720)
    picture = portrait(points, "half", ((480, 760), (530, 760)))
    poses = translator.translate(clip_of(raised(90, "left", _hold(90))), picture, mode="direct")
    assert poses.flags[40] & PoseFlag.CLASPED and not poses.flags[0] & PoseFlag.CLASPED
    assert poses.body[40, LEFT_WRIST, 1] < 600
    np.testing.assert_allclose(poses.body[40, RIGHT_WRIST, :2], (470, 720), atol=5)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("make", PORTRAITS)
def test_no_point_jumps(translator, make, mode) -> None:
    """A frame-to-frame step in the picture is at most what the 3D motion does at that scale, and some settling."""
    joints = np.concatenate(
        [raised(90, "left", _hold(90), wave=0.3), bowed(90, 0.9 * _hold(90)), raised(90, "right", _hold(90), wave=0.3)]
    )
    picture = make()
    scale = portrait_body(picture).pixels_per_metre
    poses = translator.translate(clip_of(joints), picture, mode=mode)
    fastest = np.linalg.norm(np.diff(joints, axis=0), axis=-1).max() * scale
    steps = np.linalg.norm(np.diff(poses.body[..., :2], axis=0), axis=-1)
    assert steps.max() < 1.2 * fastest
    fingers = np.linalg.norm(np.diff(poses.hands[..., :2], axis=0), axis=-1)
    assert fingers.max() < 1.8 * fastest


def test_beats_survive(translator) -> None:
    """Hand speed in the picture follows hand speed in space."""
    frames = 160
    share = 0.55 * (ramp(frames, 15, 27) - ramp(frames, 140, 152))
    beat = 1.0 + 0.35 * np.sin(2 * np.pi * 1.6 * np.arange(frames) / 20.0)
    joints = raised(frames, "right", share * beat)
    poses = translator.translate(clip_of(joints), whole_portrait(), mode="bank")
    space = np.linalg.norm(np.diff(joints[:, 21, :2], axis=0), axis=-1)[30:135]
    picture = np.linalg.norm(np.diff(poses.body[:, RIGHT_WRIST, :2], axis=0), axis=-1)[30:135]
    assert np.corrcoef(space, picture)[0, 1] > 0.8


def test_result_does_not_depend_on_blocks_and_is_repeatable(translator, monkeypatch) -> None:
    joints = np.concatenate([raised(90, "left", _hold(90), wave=0.3), bowed(90, 0.9 * _hold(90))])
    first = translator.translate(clip_of(joints), half_portrait())
    again = translator.translate(clip_of(joints), half_portrait())
    monkeypatch.setattr(translator_module, "BLOCK_FRAMES", 37)
    blocks = translator.translate(clip_of(joints), half_portrait())
    for name in ("body", "face", "hands", "depth", "yaw", "flags"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
        np.testing.assert_allclose(getattr(first, name), getattr(blocks, name), atol=0.05)


def test_a_change_far_away_changes_nothing_to_be_seen(translator) -> None:
    calm = standing(600)
    changed = calm.copy()
    changed[:90] = raised(90, "left", _hold(90), wave=0.3)
    one = translator.translate(clip_of(calm), half_portrait())
    other = translator.translate(clip_of(changed), half_portrait())
    np.testing.assert_allclose(one.body[500:, :, :2], other.body[500:, :, :2], atol=0.5)


def test_memory_beyond_the_result_does_not_grow_with_the_motion(translator, monkeypatch) -> None:
    monkeypatch.setattr(translator_module, "BLOCK_FRAMES", 100)
    picture = half_portrait()
    extra = []
    for frames in (200, 600):
        clip = clip_of(np.tile(raised(100, "left", _hold(100), wave=0.3), (frames // 100, 1, 1)))
        tracemalloc.start()
        try:
            poses = translator.translate(clip, picture)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        extra.append(peak - sum(getattr(poses, n).nbytes for n in ("body", "face", "hands", "depth", "yaw", "flags")))
    # Joints without heading in double precision and the usual stance stay for the whole motion: some 3 kB a frame.
    assert extra[1] - extra[0] < 400 * 4000


def test_empty_motion_gives_empty_poses(translator) -> None:
    poses = translator.translate(clip_of(standing(0)), half_portrait())
    assert isinstance(poses, PoseSequence) and len(poses) == 0


def test_bad_input_is_refused_with_a_reason(translator) -> None:
    joints = standing(20)
    joints[3, 4, 1] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        translator.translate(clip_of(joints), half_portrait())
    with pytest.raises(ValueError, match="mode"):
        translator.translate(clip_of(standing(8)), half_portrait(), mode="magic")


def test_cancel_and_progress(translator) -> None:
    seen = []
    translator.translate(clip_of(standing(30)), half_portrait(), progress=seen.append)
    assert seen[-1].done == seen[-1].total == 30 and seen[-1].stage == "poses"
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        translator.translate(clip_of(standing(30)), half_portrait(), cancel=token)
