"""How a speaker's hands go with the speech: beats on accents, against other recordings' accents, and variety.

There is no captured speech with motion here to compare with, so these figures have no column of real data.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import physics
from core.constants import MOTION_FPS
from core.skeleton import LEFT_ELBOW, LEFT_WRIST, RIGHT_ELBOW, RIGHT_WRIST
from models.evaluation.metrics import Score

SIGMA: Final = physics.ALIGNMENT_SIGMA
"""Seconds: standard deviation of the alignment score."""

_WINDOW: Final = 2 * MOTION_FPS
_PAIRS: Final = 400
_ARMS: Final = [LEFT_ELBOW, RIGHT_ELBOW, LEFT_WRIST, RIGHT_WRIST]


def other_accents(accents: Sequence[ArrayLike], durations: Sequence[float], row: int) -> list[NDArray[np.float64]]:
    """Accents that do not belong to recording `row`: those of the others, or with one recording its own, moved.

    Moved accents go round the end of the recording, by a third and by two thirds of its length.
    """
    if len(accents) > 1:
        return [np.asarray(times, dtype=np.float64) for other, times in enumerate(accents) if other != row]
    own = np.asarray(accents[row], dtype=np.float64)
    return [np.sort((own + share * durations[row]) % durations[row]) for share in (1 / 3, 2 / 3)]


def beat_alignment(
    motions: Sequence[ArrayLike], rows: Sequence[int], accents: Sequence[ArrayLike], durations: Sequence[float]
) -> dict[str, Score]:
    """Score of wrist-speed peaks on accents (sigma 0.1 s): of the right audio, of other audio, and the margin.

    Args:
        motions: joints (T, 22, 3) at 20 fps.
        rows: recording that each motion was made for.
        accents: seconds, of each recording.
        durations: seconds of each recording.
    """
    own, others = [], []
    for joints, row in zip(motions, rows, strict=True):
        peaks = physics.wrist_peaks(joints, MOTION_FPS)
        own.append(physics.beat_alignment(peaks, accents[row], SIGMA))
        strange = other_accents(accents, durations, row)
        # Accents of a shorter recording end earlier; peaks after its last accent would count against it for nothing.
        parts = [physics.beat_alignment(peaks[peaks <= times.max(initial=0.0)], times, SIGMA) for times in strange]
        others.append(float(np.mean(parts)))
    return {
        "beat_alignment": Score.of(own),
        "beat_alignment_shuffled": Score.of(others),
        "beat_margin": Score.of(np.array(own) - np.array(others)),
    }


def arm_windows(motions: Sequence[ArrayLike]) -> NDArray[np.float64]:
    """Elbows and wrists as the body sees them in stretches of two seconds: (W, 40, 4, 3)."""
    windows = []
    for joints in motions:
        body = physics.in_body_frame(joints, 0.2 * MOTION_FPS)
        arms = body[:, _ARMS] - body[:, :1]
        windows += [arms[start : start + _WINDOW] for start in range(0, len(arms) - _WINDOW + 1, _WINDOW)]
    if not windows:
        return np.zeros((0, _WINDOW, len(_ARMS), 3))
    return np.stack(windows)


def gesture_diversity(motions: Sequence[ArrayLike], random: np.random.Generator) -> Score:
    """Mean distance in mm of elbows and wrists between two stretches of two seconds, drawn as 400 pairs.

    Raises:
        ValueError: fewer than two stretches.
    """
    windows = arm_windows(motions)
    if len(windows) < 2:
        raise ValueError("gesture diversity needs at least two stretches of two seconds")
    first = random.integers(len(windows), size=_PAIRS)
    second = (first + random.integers(1, len(windows), size=_PAIRS)) % len(windows)
    distance = np.linalg.norm(windows[first] - windows[second], axis=-1).mean(axis=(1, 2))
    return Score.of(1000.0 * distance)
