"""How emotions move the arms: larger and quicker or smaller and slower, only in their time, never into the body."""

import numpy as np
import pytest

from core import edits, physics
from core.body_clearance import clearance
from core.expression import STEPS, emotion_codes, expressed, manner
from core.skeleton import LEFT_ELBOW, LEFT_SHOULDER, LEFT_WRIST, RIGHT_ELBOW, RIGHT_WRIST, UNIFORM_BONE_LENGTHS
from core.timeline import EMOTIONS, Project, Segment, Track
from tests.core.walks import standing

FRAMES = 240
ARMS = [LEFT_ELBOW, RIGHT_ELBOW, LEFT_WRIST, RIGHT_WRIST]


def speaking(frames: int = FRAMES, level: float = 0.9, lift: float = 0.3):
    """Both forearms beat the air, once in 1.6 s with a rest between, about `level` radians up; upper arms `lift`."""
    joints = standing(frames)
    time = np.arange(frames) / 20
    stroke = 0.35 * np.sin(2 * np.pi * time / 1.6) ** 3
    for side, shoulder in ((1.0, LEFT_SHOULDER), (-1.0, LEFT_SHOULDER + 1)):
        upper = np.stack([side * np.full(frames, 0.25), -np.cos(lift + 0.3 * stroke), np.sin(lift + 0.3 * stroke)], -1)
        lower = np.stack([side * np.full(frames, 0.1), -np.cos(level + stroke), np.sin(level + stroke)], -1)
        for bone, joint in ((upper, shoulder + 2), (lower, shoulder + 4)):
            unit = bone / np.linalg.norm(bone, axis=-1, keepdims=True)
            joints[:, joint] = joints[:, joint - 2] + unit * UNIFORM_BONE_LENGTHS[joint]
    return joints


def codes_of(emotion: str, start: int = 0, end: int = FRAMES // 4, strength: float = 1.0, count: int = FRAMES // 4):
    codes = np.zeros(count, dtype=np.int64)
    codes[start:end] = EMOTIONS.index(emotion) * (STEPS + 1) + round(STEPS * strength)
    return codes


def extent(joints) -> float:
    """Standard deviation in metres of where the left hand is, seen from its shoulder."""
    body = physics.in_body_frame(joints)
    return float(np.sqrt((body[:, LEFT_WRIST] - body[:, LEFT_SHOULDER]).var(axis=0).sum()))


def test_arousal_and_dominance_decide_size_and_pace():
    for emotion in ("happy", "angry", "surprised"):
        assert manner(emotion).size > 1.1 and manner(emotion).pace > 1.3
    assert manner("sad").size < 0.9 and manner("sad").pace < 0.8
    assert manner("fearful").pace > 1.3 and manner("fearful").size < manner("angry").size, "fear shrinks"
    assert manner("neutral") == manner("angry", 0.0)
    assert 1.0 < manner("angry", 0.5).size < manner("angry").size


@pytest.mark.parametrize(("emotion", "speed", "size"), [("angry", 1.2, 1.1), ("happy", 1.2, 1.1), ("sad", 0.85, 0.92)])
def test_gestures_are_larger_and_quicker_or_smaller_and_slower(emotion, speed, size):
    plain = speaking()
    made = expressed(plain, codes_of(emotion))
    faster = physics.wrist_speeds(made).max() / physics.wrist_speeds(plain).max()
    larger = extent(made) / extent(plain)
    if size > 1:
        assert faster > speed and larger > size, (faster, larger)
    else:
        assert faster < speed and larger < size, (faster, larger)
    half = expressed(plain, codes_of(emotion, strength=0.5))
    assert abs(extent(half) - extent(plain)) < abs(extent(made) - extent(plain))


def test_strokes_stay_at_their_words():
    plain = speaking()
    peaks = physics.wrist_peaks(plain)
    for emotion in ("angry", "sad"):
        made = physics.wrist_peaks(expressed(plain, codes_of(emotion)))
        assert len(made) == len(peaks) > 8
        np.testing.assert_allclose(made, peaks, atol=0.1)


def test_only_arms_move_and_bones_keep_their_lengths():
    plain = speaking()
    made = expressed(plain, codes_of("angry", 20, 40))
    others = [joint for joint in range(22) if joint not in ARMS]
    np.testing.assert_array_equal(made[:, others], plain[:, others])
    for joint, parent in ((LEFT_ELBOW, LEFT_SHOULDER), (LEFT_WRIST, LEFT_ELBOW)):
        length = np.linalg.norm(made[:, joint] - made[:, parent], axis=-1)
        np.testing.assert_allclose(length, UNIFORM_BONE_LENGTHS[joint], atol=1e-9)


def test_it_sets_in_smoothly_and_leaves_all_other_time_alone():
    plain = speaking()
    made = expressed(plain, codes_of("angry", 20, 40))
    moved = np.flatnonzero((made != plain).any(axis=(1, 2)))
    assert 80 - 6 <= moved.min() <= 82 and 157 <= moved.max() < 160 + 6

    def roughest(joints, frames) -> float:
        return float(np.linalg.norm(np.diff(joints[frames], 2, axis=0), axis=-1).max())

    whole = expressed(plain, codes_of("angry"))
    for border in (80, 160):
        near = slice(border - 10, border + 10)
        assert roughest(made, near) <= 1.05 * max(roughest(whole, near), roughest(plain, near))


def test_a_split_or_a_longer_recording_changes_nothing():
    plain = speaking()
    one = expressed(plain, codes_of("happy", 10, 20))
    codes = codes_of("happy", 10, 20)
    codes[50:55] = codes[10]  # another one far away
    np.testing.assert_allclose(expressed(plain, codes)[:110], one[:110], rtol=0, atol=1e-9)
    longer = np.concatenate([plain, speaking()])
    again = expressed(longer, np.concatenate([codes_of("happy", 10, 20), codes_of("neutral", 0, 0)]))
    np.testing.assert_allclose(again[:150], one[:150], rtol=0, atol=1e-9)


def test_neutral_moves_nothing():
    plain = speaking()
    np.testing.assert_array_equal(expressed(plain, codes_of("neutral", 0, 0)), plain)


def test_hands_do_not_go_into_the_body_or_each_other():
    plain = speaking()
    # Hands that touch the belly at each stroke's end: larger strokes would go through it.
    near = plain.copy()
    for elbow, wrist, side in ((LEFT_ELBOW, LEFT_WRIST, 1.0), (RIGHT_ELBOW, RIGHT_WRIST, -1.0)):
        swing = 0.5 * np.sin(2 * np.pi * np.arange(FRAMES) / 32)
        bone = np.stack([side * np.full(FRAMES, -0.35), np.full(FRAMES, 0.25), 0.75 + 1.45 * swing], -1)
        bone *= UNIFORM_BONE_LENGTHS[wrist] / np.linalg.norm(bone, axis=-1, keepdims=True)
        near[:, wrist] = near[:, elbow] + bone
    inside = np.minimum(clearance(near), 0.0) - 0.005
    assert (clearance(near) < 0.05).any()
    for emotion in ("angry", "happy", "sad"):
        made = expressed(near, codes_of(emotion))
        assert (made != near).any()
        assert (clearance(made) >= inside).all(), emotion


def test_a_hand_stays_on_its_side_of_the_shoulder():
    sides = set()
    for level, lift in ((1.6, 0.3), (2.2, 1.5)):  # below, and raised
        plain = speaking(level=level, lift=lift)
        height = plain[:, LEFT_WRIST, 1] - plain[:, LEFT_SHOULDER, 1]
        sides.add((height.max() < -0.12, height.min() > 0.0))
        for emotion in ("happy", "sad"):
            made = expressed(plain, codes_of(emotion))
            after = made[:, LEFT_WRIST, 1] - made[:, LEFT_SHOULDER, 1]
            if height.max() < -0.12:
                assert after.max() < -0.118, (level, emotion)
            if height.min() > 0.0:
                assert after.min() > -0.002, (level, emotion)
    assert sides == {(True, False), (False, True)}


def test_the_emotion_track_rules_and_muted_ones_do_not_count():
    project = Project(
        portrait="p.png",
        audio="a.wav",
        tracks=(
            Track(
                id="prompts",
                segments=(Segment(id="wave", start_us=0, end_us=2_000_000, emotion="sad", emotion_strength=1.0),),
            ),
            Track(
                id="faces",
                kind="emotion",
                segments=(
                    Segment(id="f", start_us=1_000_000, end_us=3_000_000, emotion="angry", emotion_strength=0.5),
                    Segment(id="n", start_us=3_000_000, end_us=4_000_000, emotion="neutral", emotion_strength=1.0),
                    Segment(id="w", start_us=4_000_000, end_us=5_000_000, emotion="happy", emotion_strength=0.0),
                ),
            ),
        ),
    )
    codes = emotion_codes(project, 25)
    sad, angry = 2 * (STEPS + 1) + STEPS, 3 * (STEPS + 1) + round(STEPS / 2)
    assert codes.tolist() == [sad] * 5 + [angry] * 10 + [0] * 10
    muted = project.model_copy(
        update={"tracks": (project.tracks[0], project.tracks[1].model_copy(update={"muted": True}))}
    )
    assert emotion_codes(muted, 25).tolist() == [sad] * 10 + [0] * 15
    split = edits.split(project, "f", 2_000_000)
    np.testing.assert_array_equal(emotion_codes(split, 25), codes)
