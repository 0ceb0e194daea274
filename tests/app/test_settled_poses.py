"""Poses that an edit does not move stay bit-identical; poses that it moves do not."""

from dataclasses import replace

import numpy as np

from app.settled_poses import settled
from core.pose import PoseSequence


def _poses(frames: int = 40) -> PoseSequence:
    random = np.random.default_rng(0)

    def points(*shape: int) -> np.ndarray:
        values = random.uniform(100, 900, (frames, *shape, 3)).astype(np.float32)
        values[..., 2] = 0.9
        return values

    return PoseSequence(
        points(18), points(68), points(2, 21), np.zeros((frames, 18), np.float32), np.zeros(frames, np.float32),
        np.zeros(frames, np.uint8), 20.0, 1000, 1000,
    )  # fmt: skip


def test_unmoved_frames_are_taken_from_before_and_moved_ones_are_not() -> None:
    before = _poses()
    body = before.body.copy()
    body[..., :2] += 0.2
    body[10:20, 4, 0] += 30
    fresh = replace(before, body=body)
    result = settled(fresh, before)
    moved = np.zeros(40, dtype=bool)
    moved[10:20] = True
    assert np.array_equal(result.body[~moved], before.body[~moved])
    assert np.array_equal(result.body[moved], fresh.body[moved])


def test_small_differences_do_not_add_up_over_edits() -> None:
    start = _poses()
    kept = start
    for step in range(1, 12):
        body = start.body.copy()
        body[..., 0] += 0.3 * step
        fresh = replace(start, body=body)
        kept = settled(fresh, kept)
        assert np.abs(kept.body[..., :2] - fresh.body[..., :2]).max() <= 1.0


def test_points_that_nobody_sees_do_not_matter_and_flags_do() -> None:
    before = _poses()
    body = before.body.copy()
    body[:, 10] = (5000, 5000, 0.0)
    hidden = replace(before, body=body)
    far = body.copy()
    far[:, 10, :2] = -400
    assert np.array_equal(settled(replace(hidden, body=far), hidden).body, hidden.body)
    flags = before.flags.copy()
    flags[3] = 1
    turned = replace(before, flags=flags, body=before.body + np.float32(0.1))
    assert np.array_equal(settled(turned, before).body[3], turned.body[3])


def test_other_pictures_and_lengths_are_not_mixed() -> None:
    before = _poses()
    fresh = _poses(41)
    assert settled(fresh, before) is fresh
    assert settled(fresh, None) is fresh
    other = replace(before, height=900)
    assert settled(other, before) is other
