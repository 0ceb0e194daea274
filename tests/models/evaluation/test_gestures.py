"""Beats, variety, physics and recall on motions made so that the answer is known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.features import encode
from models.evaluation.gestures import beat_alignment, gesture_diversity, other_accents
from models.evaluation.nearest import STRETCH, TrainingStretches, stretches
from models.evaluation.physics import physics_scores
from tests.models.synthetic import raised, ramp, standing


def beating(times: NDArray[np.float64], frames: int = 200) -> NDArray[np.float64]:
    """A hand that jerks up and down, fastest at the given seconds."""
    lift = np.zeros(frames)
    for time in times:
        lift += 0.5 / (1 + np.exp(-(np.arange(frames) - 20 * time) / 1.2))
    return raised(frames, "right", np.abs((lift % 1.0) - 0.5))


def test_the_right_audio_scores_higher_than_other_audio() -> None:
    mine, other = np.array([1.0, 3.0, 5.0, 7.0]), np.array([2.0, 4.0, 6.0, 8.0])
    scores = beat_alignment([beating(mine), beating(other)], [0, 1], [mine, other], [10.0, 10.0])
    assert scores["beat_alignment"].mean > 0.8
    assert scores["beat_alignment_shuffled"].mean < 0.1
    assert scores["beat_margin"].mean == pytest.approx(
        scores["beat_alignment"].mean - scores["beat_alignment_shuffled"].mean
    )
    swapped = beat_alignment([beating(mine), beating(other)], [1, 0], [mine, other], [10.0, 10.0])
    assert swapped["beat_margin"].mean < -0.7


def test_one_recording_is_compared_with_its_own_moved_accents() -> None:
    moved = other_accents([np.array([1.0, 8.0])], [9.0], 0)
    assert [times.tolist() for times in moved] == [[2.0, 4.0], [5.0, 7.0]]
    assert len(other_accents([np.zeros(1), np.zeros(2), np.zeros(3)], [9.0] * 3, 1)) == 2


def test_gestures_that_repeat_themselves_have_no_variety() -> None:
    random = np.random.default_rng(0)
    same = [raised(80, "right", np.tile(ramp(40, 5, 20), 2))]
    assert gesture_diversity(same, random).mean == pytest.approx(0.0, abs=1.0)
    varied = [*same, raised(80, "left", ramp(80, 5, 70))]
    assert gesture_diversity(varied, random).mean > 50.0
    with pytest.raises(ValueError, match="two stretches"):
        gesture_diversity([standing(50)], random)


def test_physics_of_still_and_sliding_bodies() -> None:
    still = standing(60)
    still[..., 1] -= still[..., 1].min()
    sliding = still + np.linspace(0.0, 0.3, 60)[:, None, None] * np.array([1.0, 0.0, 0.0])
    sunk = still - np.array([0.0, 0.05, 0.0])
    scores = physics_scores([still])
    assert scores["foot_skate"].mean == scores["floor_penetration"].mean == 0.0
    assert scores["jerk"].mean == pytest.approx(0.0, abs=1e-6)
    assert physics_scores([sliding])["foot_skate"].mean == pytest.approx(0.3 / 59 * 20 * 1000, rel=1e-3)
    assert physics_scores([sunk])["floor_penetration"].mean == pytest.approx(50.0)
    assert physics_scores([sunk], [-0.05])["floor_penetration"].mean == pytest.approx(0.0)


def test_a_copy_is_near_and_a_new_motion_is_not() -> None:
    training = [encode(raised(90, "right", height * ramp(90, 10, 60))) for height in (0.3, 0.6, 0.9)]
    search = TrainingStretches(training)
    assert search.distance(training[1]) == pytest.approx(0.0, abs=2e-3)
    places = [(found.clip, found.start) for found in search.nearest(training[2])]
    assert places == [(2, start) for start in range(0, len(training[2]) - STRETCH + 1, STRETCH // 2)]
    new = encode(raised(90, "left", ramp(90, 10, 60)))
    found = search.distance(new)
    rows = np.concatenate([stretches(one, 4) for one in training])
    plain = [
        np.sqrt(np.square(rows - own).reshape(len(rows), -1, 3).sum(-1).mean(-1)).min()
        for own in stretches(new, STRETCH // 2)
    ]
    assert found == pytest.approx(float(np.mean(plain)), rel=1e-3)
    assert found > 0.03
    assert search.distance(new[:20]) is None
    assert search.distances([raised(91, "left", ramp(91, 10, 60)), standing(10)]) == [
        pytest.approx(1000 * found, rel=0.1)
    ]
    with pytest.raises(ValueError, match="32 frames"):
        TrainingStretches([new[:20]])
