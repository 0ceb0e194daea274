"""Strokes of the hands move onto accents that they just miss; the rest of the motion stays."""

import numpy as np
import pytest

from core.gesture_timing import PACE, strokes_on_accents
from core.physics import beat_alignment, wrist_peaks
from core.skeleton import LEFT_ANKLE, PELVIS, RIGHT_WRIST
from tests.core.walks import standing

FRAMES = 200
FRAME = 0.0501  # seconds: peaks are found to a frame


def beating(*strokes: float) -> np.ndarray:
    """A standing body whose right hand moves 20 cm within a third of a second about each time, to and fro."""
    joints = standing(FRAMES)
    t = np.arange(FRAMES) / 20
    for number, time in enumerate(strokes):
        way = 1 / (1 + np.exp(-(t - time) / 0.06))
        joints[:, RIGHT_WRIST, 0] += (0.2 if number % 2 == 0 else -0.2) * way
    return joints


@pytest.mark.parametrize("off", [-0.25, -0.12, 0.08, 0.2])
def test_a_stroke_near_an_accent_moves_onto_it(off: float) -> None:
    accents = np.array([2.0, 5.0, 8.0])
    joints = beating(*(accents + off))
    moved = strokes_on_accents(joints, accents)
    assert beat_alignment(wrist_peaks(joints), accents, 0.05) < 0.4
    assert wrist_peaks(moved) == pytest.approx(accents, abs=FRAME)
    # The hand goes as far as before, and no faster than the limits let time run.
    assert np.ptp(moved[:, RIGHT_WRIST, 0]) == pytest.approx(np.ptp(joints[:, RIGHT_WRIST, 0]), abs=0.005)
    speed, before = (np.abs(np.diff(j[:, RIGHT_WRIST, 0])).max() for j in (moved, joints))
    assert speed <= PACE[1] ** 2 * before + 1e-6


def test_strokes_far_from_accents_and_on_them_stay() -> None:
    joints = beating(2.0, 6.0)
    assert np.array_equal(strokes_on_accents(joints, [3.0, 7.5]), joints)
    assert np.abs(strokes_on_accents(joints, [2.0, 6.0]) - joints).max() < 0.01
    assert np.array_equal(strokes_on_accents(joints, []), joints)
    assert np.array_equal(strokes_on_accents(joints[:3], [0.1]), joints[:3])


def test_what_is_not_free_and_what_is_below_the_pelvis_stays() -> None:
    joints = beating(2.2, 5.2, 8.2)
    free = np.ones(FRAMES, dtype=bool)
    free[80:130] = False
    moved = strokes_on_accents(joints, [2.0, 5.0, 8.0], free)
    assert np.array_equal(moved[80:130], joints[80:130])
    assert wrist_peaks(moved) == pytest.approx([2.0, 5.2, 8.0], abs=FRAME)
    assert np.array_equal(moved[:, [PELVIS, LEFT_ANKLE]], joints[:, [PELVIS, LEFT_ANKLE]])
    assert np.abs(np.diff(moved, axis=0)).max() <= PACE[1] ** 2 * np.abs(np.diff(joints, axis=0)).max() + 1e-6


def test_no_two_strokes_want_the_same_accent_and_their_order_stays() -> None:
    joints = beating(2.8, 3.15)
    moved = strokes_on_accents(joints, [3.0])
    assert len(wrist_peaks(moved)) == len(wrist_peaks(joints))
    assert (np.diff(wrist_peaks(moved)) > 0.15).all()


def test_hours_are_retimed_as_minutes_are() -> None:
    one, accents = beating(2.2, 5.2, 8.2), np.array([2.0, 5.0, 8.0])
    times = 40
    many = np.concatenate([one if n % 2 == 0 else one[::-1] for n in range(times)])
    beats = np.concatenate([10.0 * n + (accents if n % 2 == 0 else 9.95 - accents[::-1]) for n in range(times)])
    moved = strokes_on_accents(many, beats)
    assert beat_alignment(wrist_peaks(many), beats, 0.05) < 0.2 < 0.8 < beat_alignment(wrist_peaks(moved), beats, 0.05)
    assert np.abs(moved[:170] - strokes_on_accents(one, accents)[:170]).max() < 1e-9
