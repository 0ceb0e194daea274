"""Small kinematic measures of a motion: skating feet, jerk, steps, floor, bones, heading, wrist peaks, seams.

For tests, evaluation and clean-up. Nothing here changes a motion. All take joints (T, 22, 3) in metres, Y up.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d

from core.constants import MOTION_FPS, NUM_JOINTS
from core.skeleton import (
    CONTACT_JOINTS,
    LEFT_HIP,
    LEFT_SHOULDER,
    LEFT_WRIST,
    PARENTS,
    PELVIS,
    RIGHT_HIP,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
)  # fmt: skip

Array = NDArray[np.float64]

CONTACT_HEIGHT: Final = 0.04
"""Metres above a foot joint's own lowest place up to which it may stand on the ground."""

CONTACT_SPEED: Final = 0.4
"""Metres per second below which a low foot joint counts as standing."""

ALIGNMENT_SIGMA: Final = 0.1
"""Seconds: standard deviation of the beat alignment score."""

_FPS: Final = float(MOTION_FPS)


def _checked(joints: ArrayLike) -> Array:
    array = np.asarray(joints, dtype=np.float64)
    if array.ndim != 3 or array.shape[1:] != (NUM_JOINTS, 3):
        raise ValueError(f"joints must have shape (T, {NUM_JOINTS}, 3), not {array.shape}")
    return array


def heading_angles(joints: ArrayLike) -> Array:
    """(T,) angle in radians by which the body faces away from +Z towards +X (its left), continuous over time."""
    array = _checked(joints)
    across = array[:, LEFT_HIP] - array[:, RIGHT_HIP] + array[:, LEFT_SHOULDER] - array[:, RIGHT_SHOULDER]
    return np.unwrap(np.arctan2(-across[:, 2], across[:, 0]))


def in_body_frame(joints: ArrayLike, smoothing: float = 0.0) -> Array:
    """Joints seen from the body: the pelvis' place on the ground and the heading are removed, heights stay.

    Args:
        joints: (T, 22, 3).
        smoothing: standard deviation in frames by which the heading is smoothed first.

    Returns:
        (T, 22, 3); +Z is ahead of the body, +X its left.
    """
    array = _checked(joints).copy()
    angle = heading_angles(array)
    if smoothing > 0.0:
        angle = gaussian_filter1d(angle, smoothing, mode="nearest")
    array[..., [0, 2]] -= array[:, PELVIS : PELVIS + 1, [0, 2]]
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, z = array[..., 0].copy(), array[..., 2].copy()
    array[..., 0] = cosine * x - sine * z
    array[..., 2] = sine * x + cosine * z
    return array


def joint_speeds(joints: ArrayLike, fps: float = _FPS) -> Array:
    """(T, 22) speed of every joint in m/s by central differences; zero for fewer than two frames."""
    array = _checked(joints)
    if len(array) < 2:
        return np.zeros(array.shape[:2])
    return np.asarray(np.linalg.norm(np.gradient(array, axis=0), axis=-1) * fps)


def foot_contacts(joints: ArrayLike, fps: float = _FPS) -> NDArray[np.bool_]:
    """(T, 4) whether left ankle, left foot, right ankle and right foot stand: slow AND near their own lowest height."""
    array = _checked(joints)
    feet = array[:, list(CONTACT_JOINTS)]
    low = feet[..., 1] < np.percentile(feet[..., 1], 5, axis=0) + CONTACT_HEIGHT
    slow = joint_speeds(array, fps)[:, list(CONTACT_JOINTS)] < CONTACT_SPEED
    return np.asarray(low & slow)


def foot_skate(joints: ArrayLike, fps: float = _FPS) -> float:
    """Mean horizontal speed in mm/s of the foot joints while they stand; 0 when no foot stands."""
    array = _checked(joints)
    standing = foot_contacts(array, fps)
    if len(array) < 2 or not standing.any():
        return 0.0
    feet = array[:, list(CONTACT_JOINTS)][..., [0, 2]]
    speed = np.linalg.norm(np.gradient(feet, axis=0), axis=-1) * fps * 1000.0
    return float(speed[standing].mean())


def mean_jerk(joints: ArrayLike, fps: float = _FPS) -> float:
    """Mean size of the third derivative of all joints in m/s^3; 0 for fewer than four frames."""
    array = _checked(joints)
    if len(array) < 4:
        return 0.0
    return float(np.linalg.norm(np.diff(array, 3, axis=0), axis=-1).mean() * fps**3)


def max_joint_step(joints: ArrayLike) -> float:
    """Largest way in metres that any joint goes from one frame to the next."""
    array = _checked(joints)
    return float(np.linalg.norm(np.diff(array, axis=0), axis=-1).max(initial=0.0))


def floor_penetration(joints: ArrayLike, floor: float = 0.0) -> float:
    """How many metres the lowest joint of the clip is below `floor`; 0 when none is."""
    return float(max(0.0, floor - _checked(joints)[..., 1].min(initial=floor)))


def bone_length_variation(joints: ArrayLike) -> float:
    """Largest deviation of a bone's length from its own median, as a share of that median."""
    array = _checked(joints)
    lengths = np.linalg.norm(array[:, 1:] - array[:, list(PARENTS[1:])], axis=-1)
    median = np.maximum(np.median(lengths, axis=0), 1e-9)
    return float((np.abs(lengths - median) / median).max(initial=0.0))


def wrist_speeds(joints: ArrayLike, fps: float = _FPS) -> Array:
    """(T, 2) speed of the left and the right wrist relative to the pelvis in m/s."""
    array = _checked(joints)
    return joint_speeds(array - array[:, PELVIS : PELVIS + 1], fps)[:, [LEFT_WRIST, RIGHT_WRIST]]


def wrist_peaks(joints: ArrayLike, fps: float = _FPS, prominence: float = 0.2) -> Array:
    """Times in seconds, ascending, at which the faster wrist's speed has a peak of at least `prominence` m/s."""
    speed = wrist_speeds(joints, fps).max(axis=1)
    if len(speed) < 3:
        return np.zeros(0)
    from scipy.signal import find_peaks  # here, because it takes longer to import than the networks take to load

    peaks, _ = find_peaks(gaussian_filter1d(speed, 0.04 * fps, mode="nearest"), prominence=prominence)
    return np.asarray(peaks / fps, dtype=np.float64)


def beat_alignment(peaks: ArrayLike, accents: ArrayLike, sigma: float = ALIGNMENT_SIGMA) -> float:
    """How well motion peaks fall on speech accents, 0 to 1: the mean over peaks of exp(-d^2 / (2 sigma^2)).

    Args:
        peaks: (K,) seconds, such as `wrist_peaks`.
        accents: (A,) seconds.
        sigma: seconds.

    Returns:
        The score, with d the distance from a peak to its nearest accent; 0 without peaks or accents.
    """
    moments, beats = np.asarray(peaks, dtype=np.float64), np.asarray(accents, dtype=np.float64)
    if not moments.size or not beats.size:
        return 0.0
    distance = np.abs(moments[:, None] - beats[None, :]).min(axis=1)
    return float(np.exp(-0.5 * np.square(distance / sigma)).mean())


def seam_acceleration_ratio(joints: ArrayLike, seam: int, reach: int = 2, context: int = 40) -> float:
    """How much harder the motion is accelerated at a seam than around it; about 1 for a seam that cannot be seen.

    Args:
        joints: (T, 22, 3).
        seam: first frame after the seam.
        reach: frames on each side that belong to the seam.
        context: frames on each side to compare with.

    Returns:
        Largest acceleration of any joint at the seam over the 95th percentile (of the frames' largest) around it.
    """
    array = _checked(joints)
    if not 0 < seam < len(array):
        raise ValueError(f"the seam must lie within the {len(array)} frames, not at {seam}")
    size = np.linalg.norm(np.diff(array, 2, axis=0), axis=-1).max(axis=1, initial=0.0)
    frames = np.arange(1, len(size) + 1)
    at_seam = (frames >= seam - reach) & (frames < seam + reach)
    around = (np.abs(frames - seam) <= context) & ~at_seam
    if not at_seam.any() or not around.any():
        raise ValueError(f"{len(array)} frames are too few to judge a seam at {seam}")
    return float(size[at_seam].max() / max(float(np.percentile(size[around], 95)), 1e-9))


@dataclass(frozen=True)
class SeamRoughness:
    """How rough the seams of an edit are; up to 1 they are no rougher than what was made.

    Attributes:
        acceleration: 95th percentile of the frames' largest joint acceleration at the worse seam over that inside.
        jerk: the same of the third derivative.
    """

    acceleration: float
    jerk: float


def seam_roughness(joints: ArrayLike, start: int, end: int, reach: int = MOTION_FPS) -> SeamRoughness:
    """Compare the seams beside a stretch that was made anew with the inside of the stretch.

    Args:
        joints: (T, 22, 3).
        start: first frame of the stretch.
        end: first frame after it.
        reach: frames before `start`, and from `end` on, that are a seam: those in which old and new are cross-faded.

    Raises:
        ValueError: a stretch outside the motion, too short to be judged, or without a seam.
    """
    array = _checked(joints)
    if not 0 <= start < end <= len(array):
        raise ValueError(f"the stretch {start}..{end} does not lie within the {len(array)} frames")
    if end - start < 8 or len(array) == end - start:
        raise ValueError(f"the stretch {start}..{end} is too short to be judged, or the whole motion")
    ratios = []
    for order in (2, 3):
        size = np.linalg.norm(np.diff(array, order, axis=0), axis=-1).max(axis=1, initial=0.0)
        middle = np.arange(len(size)) + order / 2
        inside = float(np.percentile(size[(middle >= start) & (middle < end)], 95))
        seams = [size[(middle >= start - reach) & (middle < start)], size[(middle >= end) & (middle < end + reach)]]
        worse = max(float(np.percentile(seam, 95)) for seam in seams if seam.size)
        ratios.append(worse / max(inside, 1e-9))
    return SeamRoughness(*ratios)
