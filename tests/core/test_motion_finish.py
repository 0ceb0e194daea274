"""Clean-up and staying on motions with known faults: what they take away, and what they must leave."""

from dataclasses import replace

import numpy as np
import pytest

from core import physics
from core.features import recover_joints
from core.foot_plants import find_plants
from core.idle import breathing, stillness
from core.local_edit import edited_motion, freshness
from core.motion_finish import FinishSettings, finished, mended
from core.skeletal_smoothing import LEGS, calmed, peak_acceleration, smoothed, with_bone_lengths
from core.skeleton import LEFT_WRIST, RIGHT_ELBOW, RIGHT_SHOULDER, RIGHT_WRIST, UNIFORM_BONE_LENGTHS
from core.stay import travel
from tests.core.walks import clip_of, standing, walking


def waving(frames: int = 160):
    """A standing body whose left hand goes up and down with 1.5 Hz and strokes of 1.2 m/s."""
    joints = standing(frames)
    lift = 0.13 * (1 - np.cos(2 * np.pi * 1.5 * np.arange(frames) / 20))
    joints[:, LEFT_WRIST, 1] += lift
    joints[:, LEFT_WRIST, 2] += 0.15
    return joints


def test_jitter_goes_and_strokes_stay():
    clean = waving()
    noisy = clean + np.random.default_rng(0).normal(0, 0.003, clean.shape)
    result = smoothed(noisy)
    assert physics.mean_jerk(result) < 0.35 * physics.mean_jerk(noisy)
    before, after = (physics.wrist_speeds(j)[:, 0] for j in (clean, smoothed(clean)))
    assert after.max() > 0.93 * before.max()
    peaks = physics.wrist_peaks(clean)
    assert len(peaks) > 15
    np.testing.assert_allclose(physics.wrist_peaks(smoothed(clean)), peaks, atol=0.051)


def test_bones_get_constant_lengths():
    random = np.random.default_rng(1)
    joints = standing(40) + random.normal(0, 0.02, (40, 22, 3))
    result = with_bone_lengths(joints)
    assert physics.bone_length_variation(joints) > 0.2
    assert physics.bone_length_variation(result) < 1e-9
    np.testing.assert_allclose(
        np.linalg.norm(result[0, LEFT_WRIST] - result[0, 18]), UNIFORM_BONE_LENGTHS[LEFT_WRIST], atol=1e-12
    )
    np.testing.assert_array_equal(result[:, 0], joints[:, 0])


def test_a_walk_comes_back_to_its_spot_and_marches():
    joints = walking()
    assert joints[-1, 0, 2] == pytest.approx(3.0)
    clip = finished(clip_of(joints), FinishSettings(stay=True))
    pelvis = clip.joints[:, 0]
    assert np.abs(pelvis[-1] - pelvis[0])[[0, 2]].max() < 0.02
    assert np.ptp(pelvis[:, [0, 2]], axis=0).max() < 0.3
    # It still steps: each foot is lifted in turn, and lands where it was.
    toes = clip.joints[60:140, [10, 11], 1]
    assert (toes.max(axis=0) > 0.05).all()
    assert np.abs(clip.joints[-1, [10, 11]] - clip.joints[0, [10, 11]]).max() < 0.02
    assert physics.bone_length_variation(clip.joints) < 1e-3


def test_travel_is_taken_away_only_where_it_is_to_stay():
    joints = np.concatenate([walking(160), walking(160) + np.array([0.0, 0.0, 3.0])])
    stays = np.arange(320) >= 160
    way = travel(joints, find_plants(joints), stays)
    assert np.abs(way[:150]).max() < 1e-6
    np.testing.assert_allclose(way[-1], [0.0, 3.0], atol=0.02)


def test_standing_has_no_travel():
    joints = waving()
    assert np.abs(travel(joints, find_plants(joints), np.ones(len(joints), bool))).max() < 1e-9


def test_stay_off_leaves_a_walk_its_way():
    clip = finished(clip_of(walking()), FinishSettings(stay=False))
    assert clip.joints[-1, 0, 2] - clip.joints[0, 0, 2] == pytest.approx(3.0, abs=0.02)


def test_features_still_belong_to_the_joints():
    clip = finished(clip_of(walking(slide=0.02)), FinishSettings(stay=True))
    joints = recover_joints(clip.features)
    moved = clip.joints - clip.joints[:1, :1] * np.array([1.0, 0.0, 1.0], np.float32)
    np.testing.assert_allclose(joints, moved, atol=1e-4)
    assert clip.contacts[:50].all() and not clip.contacts[60:130].all()


def test_switched_off_nothing_changes():
    clip = clip_of(walking())
    same = finished(clip, FinishSettings(cleanup=False, stay=False))
    np.testing.assert_array_equal(same.joints, clip.joints)
    np.testing.assert_array_equal(same.features, clip.features)
    assert same.provenance["finish"] == "no clean-up"


def test_a_still_body_breathes_without_moving_its_feet():
    still = standing(600)
    assert stillness(still).min() == 1.0
    clip = finished(clip_of(still), FinishSettings(seed=4))
    speeds = physics.joint_speeds(clip.joints)
    assert 0.004 < speeds[:, 15].mean() < 0.03  # the head drifts, by millimetres a second
    assert 0.005 < speeds[:, LEFT_WRIST].mean() < 0.04
    assert physics.foot_skate(clip.joints) < 0.2
    assert physics.bone_length_variation(clip.joints) < 1e-3
    # The shoulders rise and fall about 14 times a minute.
    rise = clip.joints[:, 16, 1] - clip.joints[:, 12, 1]
    spectrum = np.abs(np.fft.rfft(rise - rise.mean()))
    assert np.fft.rfftfreq(len(rise), 1 / 20)[spectrum.argmax()] == pytest.approx(0.24, abs=0.06)


def test_breath_depends_on_seed_and_absolute_time_only():
    long, short = standing(400), standing(200)
    np.testing.assert_allclose(breathing(long, 7)[:200], breathing(short, 7), atol=1e-12)
    assert np.abs(breathing(short, 7) - breathing(short, 8)).max() > 0.002


def test_a_lively_body_gets_no_breath():
    joints = standing(120)
    joints[:, [15, 20, 21], 2] += 0.05 * np.sin(np.arange(120) / 2)[:, None]
    np.testing.assert_array_equal(breathing(joints, 3), joints)


def test_an_edit_of_finished_motion_is_local_and_stands():
    settings = FinishSettings()
    random = np.random.default_rng(2)
    one = standing(240)
    other = one.copy()
    # The edit's feet stand 3 cm elsewhere and slide; its arms differ.
    other[:, [7, 8, 10, 11], 0] += 0.03 + 0.01 * np.sin(np.arange(240) / 9)[:, None]
    other[:, [20, 21]] += random.normal(0, 0.02, (240, 2, 3))
    tokens = np.zeros(60, np.int64)
    before = finished(clip_of(one), settings)
    fresh = finished(clip_of(other), settings)
    tokens[25:35] = 1
    fresh = replace(fresh, tokens=tokens)
    stretches = ((100, 140),)
    joined = mended(edited_motion(before, fresh, stretches), stretches, settings)
    away = freshness(240, stretches) <= 0
    assert away[:81].all() and away[160:].all()
    np.testing.assert_array_equal(joined.joints[away], before.joints[away])
    rows = away & np.append(away[1:], True)
    np.testing.assert_array_equal(joined.features[rows], before.features[rows])
    assert physics.bone_length_variation(joined.joints) < 1e-3
    assert physics.foot_skate(joined.joints) < 3.0
    moved = joined.joints - joined.joints[:1, :1] * np.array([1.0, 0.0, 1.0], np.float32)
    np.testing.assert_allclose(recover_joints(joined.features), moved, atol=2e-4)


def test_what_follows_an_edit_keeps_its_place_where_the_body_stays():
    one, other = standing(240), standing(240)
    other[110:] += np.array([0.25, 0.0, 0.0])  # the new motion ends elsewhere, too fast for a slow glide
    other[90:110, :, 0] += np.linspace(0.0, 0.25, 20)[:, None]
    before, fresh = clip_of(one), clip_of(other)
    carried = edited_motion(before, fresh, ((90, 110),))
    kept = edited_motion(before, fresh, ((90, 110),), stays=True)
    assert carried.joints[-1, 0, 0] == pytest.approx(0.25, abs=0.01)
    np.testing.assert_array_equal(kept.joints[131:], before.joints[131:])


def test_strokes_meet_the_accents_in_the_clean_up_and_where_no_prompt_rules():
    clip = clip_of(waving())
    strokes = physics.wrist_peaks(clip.joints)
    accents = strokes[2::4] + 0.12
    directed = np.zeros(len(clip), dtype=np.int64)
    directed[80:] = 1
    settings = FinishSettings()

    def score(made, first, last):
        peaks = physics.wrist_peaks(made.joints)
        inside = accents[(accents > first) & (accents < last)]
        return 1 - np.abs(peaks[:, None] - inside).min(axis=0).mean() / 0.12

    plain, met = finished(clip, settings), finished(clip, settings, accents=accents)
    assert score(plain, 0.0, 8.0) < 0.4 and score(met, 0.0, 8.0) > 0.6
    part = finished(clip, settings, accents=accents, directed=directed)
    assert score(part, 0.0, 3.7) > 0.6 and score(part, 4.5, 8.0) < 0.4
    np.testing.assert_allclose(part.joints[100:], plain.joints[100:], atol=2e-3)
    np.testing.assert_allclose(recover_joints(part.features), part.joints, atol=2e-3)
    raw = FinishSettings(cleanup=False)
    assert np.array_equal(finished(clip, raw, accents=accents).joints, finished(clip, raw).joints)


def torn():
    """A standing body whose right arm, raised at its side, is torn down to the hip in three frames."""
    joints = standing(120)
    angle = np.interp(np.arange(120), [58, 61], [2.4, 0.15])
    way = np.stack([-np.sin(angle), -np.cos(angle), np.zeros(120)], axis=-1)
    joints[:, RIGHT_ELBOW] = joints[:, RIGHT_SHOULDER] + UNIFORM_BONE_LENGTHS[RIGHT_ELBOW] * way
    joints[:, RIGHT_WRIST] = joints[:, RIGHT_ELBOW] + UNIFORM_BONE_LENGTHS[RIGHT_WRIST] * way
    return joints


def test_a_tear_takes_its_time_and_nothing_else_is_touched():
    joints, free = torn(), np.ones(120, dtype=bool)
    free[79:] = False
    calm = calmed(joints, [60], free, 0.09)
    rough, softer = (peak_acceleration(each)[50:70].max() for each in (joints, calm))
    assert rough > 0.3 and softer < rough / 2
    np.testing.assert_array_equal(calm[79:], joints[79:])
    np.testing.assert_array_equal(calm[:40], joints[:40])
    np.testing.assert_array_equal(calm[:, [0, *LEGS]], joints[:, [0, *LEGS]])
    np.testing.assert_array_equal(calmed(joints, [60], free, rough), joints)  # what is calm enough stays
    np.testing.assert_array_equal(calmed(joints, [60], np.zeros(120, dtype=bool), 0.09), joints)


@pytest.mark.parametrize("seed", range(6))
def test_a_tear_is_not_moved_to_where_the_motion_was_calm(seed):
    """Arms that swing as chance has it, torn at one frame: other frames may not get rougher than their neighbours."""
    random = np.random.default_rng(seed)
    joints = standing(120)
    angle = np.cumsum(np.cumsum(random.normal(0, 0.02, 120)))
    angle = 0.8 + 0.6 * np.sin(0.25 * np.arange(120) + angle * 0.3)
    angle[60:] += random.choice([-0.7, 0.7])
    way = np.stack([-np.sin(angle), -np.cos(angle), np.zeros(120)], axis=-1)
    joints[:, RIGHT_ELBOW] = joints[:, RIGHT_SHOULDER] + UNIFORM_BONE_LENGTHS[RIGHT_ELBOW] * way
    joints[:, RIGHT_WRIST] = joints[:, RIGHT_ELBOW] + UNIFORM_BONE_LENGTHS[RIGHT_WRIST] * way
    before = peak_acceleration(joints)
    again = joints
    for _ in range(3):  # as edit follows edit
        again = calmed(again, [60], np.ones(120, dtype=bool), 0.02)
    near = np.array([before[max(k - 12, 0) : k + 13].max() for k in range(len(before))])
    assert (peak_acceleration(again) <= np.maximum(near, 0.02) + 1e-6).all()
    assert peak_acceleration(again).max() <= before.max() + 1e-6


def test_an_edit_that_tears_an_arm_down_ends_calmly():
    before, fresh = clip_of(standing(120)), clip_of(torn())
    stretches = ((20, 62),)
    joined = edited_motion(before, fresh, stretches)
    made = mended(joined, stretches, FinishSettings())
    rough, softer = (peak_acceleration(clip.joints)[52:72].max() for clip in (joined, made))
    assert rough > 0.3 and softer < rough / 2
    np.testing.assert_array_equal(made.joints[82:], joined.joints[82:])
    lengths = np.linalg.norm(made.joints[:, RIGHT_WRIST] - made.joints[:, RIGHT_ELBOW], axis=-1)
    np.testing.assert_allclose(lengths, UNIFORM_BONE_LENGTHS[RIGHT_WRIST], atol=2e-3)


@pytest.mark.parametrize("numbers", [(1, 0), (0, 1), (1, 2)])
def test_prompts_that_begin_or_end_with_a_tear_do_so_calmly(numbers):
    clip, directed = clip_of(torn()), np.repeat(np.array(numbers, dtype=np.int64), (60, 60))
    plain = finished(clip, FinishSettings())
    met = finished(clip, FinishSettings(), directed=directed)
    rough, softer = (peak_acceleration(each.joints)[48:72].max() for each in (plain, met))
    assert softer < 0.6 * rough
    far = np.r_[0:39, 81:120]
    np.testing.assert_array_equal(met.joints[far], plain.joints[far])
    start = met.joints[0, 0] * [1.0, 0.0, 1.0]  # features do not know where a motion begins
    np.testing.assert_allclose(recover_joints(met.features) + start, met.joints, atol=2e-3)
    assert physics.bone_length_variation(met.joints) < 1e-5
    same = finished(clip, FinishSettings(), directed=np.ones(120, dtype=np.int64))
    np.testing.assert_array_equal(same.joints, plain.joints)
    raw = FinishSettings(cleanup=False)
    np.testing.assert_array_equal(finished(clip, raw, directed=directed).joints, finished(clip, raw).joints)
