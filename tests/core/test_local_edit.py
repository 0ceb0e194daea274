"""Edits stay local: what is kept is kept bit for bit, the root goes on, and seams do not jerk."""

from dataclasses import replace

import numpy as np
import pytest

from core.features import encode, recover_joints
from core.local_edit import changed_frames, edited_motion, edited_poses, freshness
from core.motion import MotionClip
from core.pose import PoseSequence
from core.skeleton import PARENTS, UNIFORM_OFFSETS

FRAMES = 240
STRETCH = ((100, 140),)


def clip(*, raised: float = 0.0, walk: float = 0.0, turn: float = 0.0, drift: float = 0.0) -> MotionClip:
    """A body that sways; between 5 and 7 s it may raise an arm, walk on (m) and turn (rad); `drift` m over all."""
    time = np.arange(FRAMES + 1) / 20
    rest = np.zeros((22, 3))
    for joint in range(1, 22):
        rest[joint] = rest[PARENTS[joint]] + UNIFORM_OFFSETS[joint]
    joints = np.repeat(rest[None], FRAMES + 1, axis=0)
    during = np.clip((time - 5) / 2, 0, 1)
    during = during * during * (3 - 2 * during)
    sway = 0.02 * np.sin(2 * np.pi * 0.4 * time)
    joints[:, 12:, 0] += sway[:, None]
    lift = raised * np.sin(np.pi * np.clip((time - 5) / 2, 0, 1)) ** 2
    for joint, share in ((18, 0.5), (20, 1.0)):
        joints[:, joint, 1] += share * lift
        joints[:, joint, 0] += 0.3 * share * lift
    angle = turn * during
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, z = joints[..., 0].copy(), joints[..., 2].copy()
    joints[..., 0], joints[..., 2] = c * x + s * z, c * z - s * x
    joints[..., 2] += (walk * during + drift * time / time[-1])[:, None]
    joints[..., 1] -= joints[..., 1].min()
    features = encode(joints, uniform=False)
    tokens = np.zeros(FRAMES // 4, np.int64)
    tokens[25:35] = int(100 * raised + 10 * walk + turn)
    world = recover_joints(features).astype(np.float32)
    return MotionClip(world, features, tokens, features[:, 259:263].clip(0, 1))


def jerk(joints: np.ndarray) -> np.ndarray:
    """(T,) largest acceleration of a joint, metres per frame squared; (1, ..., T - 2) are measured."""
    change = np.linalg.norm(np.diff(joints.astype(np.float64), 2, axis=0), axis=-1).max(axis=1)
    return np.pad(change, 1)


def test_changed_frames_are_those_of_changed_tokens():
    before = np.zeros(30, np.int64)
    after = before.copy()
    after[3:6] = 1
    after[29] = 1
    assert changed_frames(before, after, 118) == ((12, 24), (116, 118))
    assert changed_frames(before, before, 118) == ()
    assert changed_frames(before, after[:29], 118) is None


def test_freshness_is_one_inside_nought_a_second_away_and_rises_evenly():
    share = freshness(FRAMES, STRETCH)
    assert (share[100:140] == 1).all()
    assert (share[:82] == 0).all() and (share[158:] == 0).all()
    assert 0 < share[82] < 0.01 and 0 < share[157] < 0.01
    assert np.abs(np.diff(share)).max() < 0.12
    ends = freshness(FRAMES, ((0, 20), (230, 240)))
    assert ends[0] == ends[239] == 1 and ends[100] == 0
    near = freshness(FRAMES, ((4, 20), (100, 236)))
    assert near[0] == near[239] == 0 and near[12] == 1 and np.abs(np.diff(near[:12])).max() < 0.25


def test_a_standing_body_is_kept_bit_for_bit_a_second_away():
    before, fresh = clip(drift=0.01), clip(raised=0.5, walk=0.05, turn=0.05)
    result = edited_motion(before, fresh, STRETCH)
    kept = np.r_[0:81, 160:FRAMES]
    np.testing.assert_array_equal(result.joints[kept], before.joints[kept])
    np.testing.assert_array_equal(result.features[kept], before.features[kept])
    # Inside it does what is new, in the body's own frame.
    np.testing.assert_allclose(result.features[100:139, 4:67], fresh.features[100:139, 4:67], atol=1e-6)
    np.testing.assert_array_equal(result.tokens, fresh.tokens)
    assert np.abs(result.joints - recover_joints(result.features)).max() < 1e-4


def test_seams_are_as_smooth_as_the_motion():
    before, fresh = clip(drift=0.02), clip(raised=0.5, walk=0.06, turn=0.08)
    result = edited_motion(before, fresh, STRETCH)
    usual = max(jerk(before.joints).max(), jerk(fresh.joints).max())
    seams = np.r_[79:101, 138:162]
    assert jerk(result.joints)[seams].max() <= usual
    step = np.linalg.norm(np.diff(result.joints, axis=0), axis=-1).max(axis=1)
    assert step[seams[:-1]].max() <= 1.2 * np.linalg.norm(np.diff(fresh.joints, axis=0), axis=-1).max()


@pytest.mark.parametrize("move", [{"walk": 1.5}, {"turn": 1.6}, {"walk": 1.0, "turn": -1.2}])
def test_a_body_that_ends_elsewhere_takes_the_later_part_along_rigidly(move):
    before, fresh = clip(), clip(**move)
    result = edited_motion(before, fresh, STRETCH)
    np.testing.assert_array_equal(result.joints[:81], before.joints[:81])
    np.testing.assert_array_equal(result.features[160:], before.features[160:])
    assert np.abs(result.joints - recover_joints(result.features)).max() < 1e-4
    # It really went there.
    assert np.linalg.norm(result.joints[-1, 0] - fresh.joints[-1, 0]) < 0.1 * move.get("walk", 0) + 0.02
    # Distances inside the later part are those of before, so it was moved as a whole.
    for joint in (0, 20):
        old = np.linalg.norm(before.joints[160:, joint] - before.joints[-1, 15], axis=-1)
        new = np.linalg.norm(result.joints[160:, joint] - result.joints[-1, 15], axis=-1)
        np.testing.assert_allclose(new, old, atol=1e-5)
    assert jerk(result.joints)[80:162].max() <= 1.2 * max(jerk(before.joints).max(), jerk(fresh.joints).max())


def test_edits_at_the_ends_and_several_at_once_keep_the_rest():
    before, fresh = clip(drift=0.01), clip(raised=0.4)
    result = edited_motion(before, fresh, ((0, 24), (100, 140), (220, FRAMES)))
    for kept in (slice(43, 80), slice(160, 200)):
        np.testing.assert_array_equal(result.joints[kept], before.joints[kept])
    np.testing.assert_allclose(result.features[:22, 4:67], fresh.features[:22, 4:67], atol=1e-6)
    assert np.abs(result.joints - recover_joints(result.features)).max() < 1e-4
    whole = edited_motion(before, fresh, ((0, FRAMES),))
    assert whole is fresh


def test_many_edits_of_one_place_do_not_wear_out_the_rest():
    first = motion = clip()
    for step in range(12):
        motion = edited_motion(motion, clip(raised=0.1 * (step % 5), walk=0.03 * (step % 3)), STRETCH)
    np.testing.assert_array_equal(motion.joints[:81], first.joints[:81])
    np.testing.assert_array_equal(motion.joints[160:], first.joints[160:])


def test_motions_of_other_lengths_are_refused():
    short = clip()
    short = replace(
        short, joints=short.joints[:100], features=short.features[:100], tokens=short.tokens[:25],
        contacts=short.contacts[:100],
    )  # fmt: skip
    with pytest.raises(ValueError, match="240 and 100 frames"):
        edited_motion(clip(), short, STRETCH)


def poses(offset: float) -> PoseSequence:
    random = np.random.default_rng(3)

    def points(*shape: int) -> np.ndarray:
        values = random.uniform(100, 900, (1, *shape, 3)).repeat(FRAMES, 0).astype(np.float32)
        values[..., :2] += offset
        values[..., 2] = 0.9
        return values

    yaw = np.full(FRAMES, np.pi - 0.05 if offset else -np.pi + 0.05, np.float32)
    return PoseSequence(
        points(18), points(68), points(2, 21), np.full((FRAMES, 18), offset / 100, np.float32), yaw,
        np.full(FRAMES, int(offset > 0), np.uint8), 20.0, 1000, 1000,
    )  # fmt: skip


def test_poses_are_kept_away_from_an_edit_and_cross_faded_beside_it():
    before, fresh = poses(0.0), poses(20.0)
    result = edited_poses(before, fresh, STRETCH)
    for name in ("body", "face", "hands", "depth", "yaw", "flags"):
        new, old = getattr(result, name), getattr(before, name)
        np.testing.assert_array_equal(new[:82], old[:82])
        np.testing.assert_array_equal(new[158:], old[158:])
        if name != "yaw":
            np.testing.assert_array_equal(new[100:140], getattr(fresh, name)[100:140])
    shift = result.body[82:100, 0, 0] - before.body[82:100, 0, 0]
    assert (np.diff(shift) > 0).all() and 0 < shift[0] < 1 and shift[-1] > 19
    # Headings on both sides of straight back are near to each other.
    assert np.abs(np.diff(result.yaw[80:160])).max() < 0.05


def test_a_point_that_is_seen_on_one_side_only_does_not_fly_through_the_picture():
    before, fresh = poses(0.0), poses(0.5)
    body = fresh.body.copy()
    body[:, 4] = 0.0
    result = edited_poses(before, replace(fresh, body=body), STRETCH)
    np.testing.assert_array_equal(result.body[82:100, 4, :2], before.body[82:100, 4, :2])
    assert (np.diff(result.body[82:100, 4, 2]) < 0).all()
    with pytest.raises(ValueError, match="cannot be joined"):
        edited_poses(before, replace(fresh, width=900), STRETCH)
