"""The last step from decoded to finished motion: staying on the spot and physical clean-up, switchable.

Clean-up is strokes of the hands on the accents, constant bones, light smoothing, breath where the body stands too
still, feet on the floor that do not slide. Emotions then move the arms (`expression`). After an edit the same is done
again only where the edit reached (`mended`). Pure functions on clips.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.constants import MOTION_FPS
from core.expression import expressed
from core.features import CONTACTS, described
from core.foot_lock import LockedFeet, lock_feet
from core.foot_plants import Plant, find_plants
from core.gesture_timing import strokes_on_accents
from core.idle import breathing
from core.local_edit import Stretch, freshness
from core.motion import MotionClip
from core.runs import runs
from core.skeletal_smoothing import calmed, peak_acceleration, smoothed, with_bone_lengths
from core.stay import stayed

FINISH_VERSION: Final = "5"
"""Changes whenever the same motion is finished differently; part of cache keys."""

_ROUGH: Final = 95.0  # percentile of the accelerations of a motion that the ends of edits and prompts are held to
_CALM: Final = 0.8  # of it, because softening makes the inside calmer, too

_AROUND: Final = 2 * MOTION_FPS  # kept frames on each side that tell where the feet of an edit stand


@dataclass(frozen=True)
class FinishSettings:
    """How a motion is finished.

    Attributes:
        cleanup: physical clean-up.
        stay: whether locomotion comes back to the spot where nothing else is said.
        seed: of breath and sway.
    """

    cleanup: bool = True
    stay: bool = False
    seed: int = 0

    @property
    def name(self) -> str:
        """For provenance, and to tell which motions an edit may join: all but the seed and single stretches."""
        cleanup = f"clean-up {FINISH_VERSION}" if self.cleanup else "no clean-up"
        return f"{cleanup}, stays" if self.stay else cleanup


def finished(
    clip: MotionClip,
    settings: FinishSettings,
    stays: NDArray[np.bool_] | None = None,
    emotions: NDArray[np.int64] | None = None,
    *,
    accents: ArrayLike = (),
    directed: NDArray[np.int64] | None = None,
) -> MotionClip:
    """Return a decoded motion as the user gets it.

    Args:
        clip: as decoded, its features and joints belonging together.
        settings: what is done.
        stays: (T,) where locomotion comes back to the spot, for stretches that differ from `settings.stay`.
        emotions: (N,) what emotion rules each token, see `core.expression.emotion_codes`; None for none anywhere.
        accents: (A,) seconds, stressed syllables that strokes of the hands are moved onto in the clean-up.
        directed: (T,) number of the prompt that rules, 0 for none; its action keeps its own time, and in the clean-up
            one meets the next in good time. None for none anywhere.
    """
    ruled = np.zeros(len(clip), dtype=np.int64) if directed is None else directed
    if settings.cleanup and np.size(accents):
        clip = _with_joints(clip, strokes_on_accents(clip.joints, accents, ruled == 0))
    clip = _physical(clip, settings, stays)
    if settings.cleanup:
        clip = _met(clip, (np.flatnonzero(np.diff(ruled)) + 1).tolist())
    if emotions is None or not emotions.any():
        return clip
    joints = expressed(clip.joints, emotions)
    moved = (joints != clip.joints).any(axis=(1, 2))
    made = _with_joints(clip, joints)
    features = clip.features.copy()
    # Rows say what leads to the next frame, so the one before changes too.
    rows = moved | np.append(moved[1:], False)
    features[rows, : CONTACTS.start] = made.features[rows, : CONTACTS.start]
    return replace(made, features=features)


def _physical(clip: MotionClip, settings: FinishSettings, stays: NDArray[np.bool_] | None) -> MotionClip:
    """Return a motion that stays where it is to, with bones, breath and feet in order."""
    wanted = np.full(len(clip), settings.stay) if stays is None else stays
    provenance = {**clip.provenance, "finish": settings.name}
    if len(clip) == 0 or not (settings.cleanup or wanted.any()):
        return replace(clip, provenance=provenance)
    joints = clip.joints.astype(np.float64)
    if not settings.cleanup:
        joints = stayed(joints, find_plants(joints), wanted)
        return replace(_with_joints(clip, joints), provenance=provenance)
    locked = cleaned(joints, settings.seed, wanted)
    clip = _with_joints(clip, locked.joints)
    planted = locked.planted.astype(np.float32)
    features = clip.features.copy()
    features[:, CONTACTS] = planted
    return replace(clip, features=features, contacts=planted, provenance=provenance)


def cleaned(joints: NDArray[np.float64], seed: int, stays: NDArray[np.bool_]) -> LockedFeet:
    """Clean (T, 22, 3) joints up; `stays` is (T,), see `finished`."""
    joints = with_bone_lengths(smoothed(with_bone_lengths(joints)))
    plants = find_plants(joints)
    joints = breathing(joints, seed)
    if stays.any():
        joints = stayed(joints, plants, stays)
        plants = tuple(_lifted(plant, stays) for plant in plants)
    return lock_feet(joints, plants)


def mended(clip: MotionClip, stretches: Sequence[Stretch], settings: FinishSettings) -> MotionClip:
    """Return an edited motion that flows, whose feet stand and whose bones keep their lengths where the edit reached.

    Args:
        clip: from `core.local_edit.edited_motion`: old and new motion, both finished, cross-faded.
        stretches: frames that the edit changed.
        settings: how both were finished.

    Returns:
        The motion; frames that the edit left alone are bit-identical.
    """
    if not settings.cleanup:
        return clip
    touched = freshness(len(clip), stretches) > 0.0
    joints, features = clip.joints.copy(), clip.features.copy()
    source = _calm(clip.joints, stretches, touched)
    for start, end in runs(touched):
        first, last = max(start - _AROUND, 0), min(end + _AROUND, len(clip))
        part = source[first:last].copy()
        fixed = ~touched[first:last]
        part[~fixed] = with_bone_lengths(part[~fixed])
        locked = lock_feet(part, fixed=fixed)
        inside = slice(start - first, end - first)
        joints[start:end] = locked.joints[inside]
        features[start:end, CONTACTS] = locked.planted[inside]
    made = _with_joints(clip, joints)
    # Rows say what leads to the next frame, so the one before the edit changes too.
    rows = touched | np.append(touched[1:], False)
    described_rows = made.features.copy()
    described_rows[:, CONTACTS] = features[:, CONTACTS]
    features[rows] = described_rows[rows]
    return replace(clip, joints=joints, features=features, contacts=np.clip(features[:, CONTACTS], 0.0, 1.0))


def _calm(joints: NDArray[np.float32], stretches: Sequence[Stretch], touched: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Soften the ends of edits where they are rougher than the motion is elsewhere, inside the edit or not."""
    rough = np.percentile(peak_acceleration(joints), _ROUGH)
    result = joints.astype(np.float64)
    for start, end in stretches:
        inside = peak_acceleration(joints[start:end])
        limit = _CALM * max(float(rough), float(np.percentile(inside, _ROUGH)) if len(inside) else 0.0)
        result = calmed(result, [place for place in (start, end) if 0 < place < len(joints)], touched, limit)
    return result


def _met(clip: MotionClip, meetings: Sequence[int]) -> MotionClip:
    """Soften the frames at which prompts begin and end where they are rougher than the motion is elsewhere."""
    if not meetings:
        return clip
    rough = peak_acceleration(clip.joints)
    limit = _CALM * float(np.percentile(rough, _ROUGH)) if len(rough) else 0.0
    joints = clip.joints.astype(np.float64)
    for place in meetings:
        first, last = max(place - _AROUND, 0), min(place + _AROUND, len(clip))
        part = joints[first:last]
        joints[first:last] = calmed(part, [place - first], np.ones(len(part), dtype=bool), limit)
    moved = (joints.astype(np.float32) != clip.joints).any(axis=(1, 2))
    if not moved.any():
        return clip
    joints[moved] = with_bone_lengths(joints[moved])
    made = _with_joints(clip, joints)
    # Rows say what leads to the next frame, so the one before changes too.
    rows = moved | np.append(moved[1:], False)
    features = clip.features.copy()
    features[rows, : CONTACTS.start] = made.features[rows, : CONTACTS.start]
    return replace(made, joints=np.where(moved[:, None, None], made.joints, clip.joints), features=features)


def _with_joints(clip: MotionClip, joints: NDArray[np.float64] | NDArray[np.float32]) -> MotionClip:
    """Return the clip with other joints; headings stay those of its features."""
    features = clip.features.copy()
    features[:, : CONTACTS.start] = described(joints, clip.features[:, 0])
    return replace(clip, joints=joints.astype(np.float32), features=features)


def _lifted(plant: Plant, stays: NDArray[np.bool_]) -> Plant:
    """A body that marches on the spot lifts its feet, as it travels no longer."""
    return replace(plant, stepped=plant.stepped or bool(stays[plant.start]))
