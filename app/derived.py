"""What the Director keeps in the cache: decoded motion and poses, and the edits' memory of how they were before.

An edit changes few tokens, and everything that is not near them stays bit-identical to what was there before it
(`core.local_edit`); therefore the latest motion and poses of a recording are remembered. How motion and poses are made
is the callers' business.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.settled_poses import settled
from core.cache import Cache, content_key
from core.local_edit import changed_frames, edited_motion, edited_poses
from core.motion import MotionClip
from core.pose import PoseSequence

Arrays = Mapping[str, NDArray[Any]]

_CLIP_FIELDS: Final = ("joints", "features", "tokens", "contacts", "marks")
_MOSTLY: Final = 0.6
"""Share of changed tokens from which a motion counts as another one, and nothing of the old one is kept."""


_USUAL_SLACK: Final = 0.15
"""Metres by which the usual depth of a joint may be off before it is measured again."""


@dataclass(frozen=True, eq=False)
class Wanted:
    """What a motion is made of.

    Attributes:
        tokens: codes of the whole recording.
        marks: (N,) tell, token by token, in what the motions of two edits differ.
        frames: length of the motion.
        weights: version of the weights that decode it.
        finish: how it is finished.
        seed: of what finishing adds.
        stays: the body stays on its spot.
    """

    tokens: NDArray[np.int64]
    marks: NDArray[np.int64]
    frames: int
    weights: str
    finish: str
    seed: int = 0
    stays: bool = False

    @property
    def key(self) -> str:
        """Of the motion in the cache."""
        return content_key(
            {
                "tokens": self.tokens,
                "marks": self.marks,
                "frames": self.frames,
                "weights": self.weights,
                "finish": self.finish,
                "seed": self.seed,
            }
        )


Mend = Callable[[MotionClip, Sequence[tuple[int, int]]], MotionClip]


class DerivedStore:
    """Motion and poses of one project in its cache.

    Attributes:
        cache: the store itself.
    """

    def __init__(self, cache: Cache) -> None:
        self.cache = cache

    # Motion -----------------------------------------------------------------------------------------------------------

    def motion(
        self, wanted: Wanted, audio_sha: str, decode: Callable[[], MotionClip], mend: Mend | None = None
    ) -> MotionClip:
        """Return the motion of tokens, decoded if it is not there, without spans.

        Args:
            wanted: what the motion is made of.
            audio_sha: the recording, whose latest motion the new one shall keep where it is made of the same.
            decode: makes the motion.
            mend: looks after what an edit changed.
        """
        key = wanted.key
        latest = content_key(
            {"audio": audio_sha, "frames": wanted.frames, "weights": wanted.weights, "finish": wanted.finish}
        )
        clip = self._clip(key)
        if clip is None:
            clip = replace(decode(), marks=wanted.marks)
            before = self._clip(self._latest("latest_motion", latest))
            if before is not None and len(before) == len(clip):
                stretches = _local(before.made_of, clip.made_of, wanted.frames)
                if stretches is not None:
                    joined = edited_motion(before, clip, stretches, stays=wanted.stays)
                    clip = joined if mend is None or joined is clip else mend(joined, stretches)
            arrays = {name: np.asarray(getattr(clip, name)) for name in _CLIP_FIELDS}
            arrays["provenance"] = np.array(json.dumps(dict(clip.provenance)))
            self.cache.put_arrays("motion", key, arrays)
        self._remember("latest_motion", latest, key)
        return clip

    def stored_motion(self, wanted: Wanted) -> MotionClip | None:
        """Return a motion if it is there, without spans."""
        return self._clip(wanted.key)

    def _clip(self, key: str | None) -> MotionClip | None:
        stored = None if key is None else self.cache.arrays("motion", key)
        if stored is None:
            return None
        values: dict[str, Any] = {name: stored[name] for name in _CLIP_FIELDS}
        return MotionClip(**values, provenance=json.loads(str(stored["provenance"])))

    # Poses ------------------------------------------------------------------------------------------------------------

    def poses(
        self, clip: MotionClip, portrait_key: str, version: str, mode: str, translate: Callable[[], PoseSequence]
    ) -> PoseSequence:
        """Return the poses of a motion, translated if they are not there.

        Args:
            clip: the motion.
            portrait_key: hash of the portrait with its rig.
            version: of the translator.
            mode: of the translation.
            translate: makes the poses.
        """
        key = _poses_key(clip, portrait_key, version, mode)
        finish = clip.provenance.get("finish", "")
        latest = content_key(
            {"portrait": portrait_key, "translator": version, "mode": mode, "frames": len(clip), "finish": finish}
        )
        poses = self._sequence(self.cache.arrays("poses", key))
        if poses is None:
            poses = translate()
            known = self._latest("latest_poses", latest)
            stored = None if known is None else self.cache.arrays("poses", known)
            before = self._sequence(stored)
            if stored is not None and before is not None and _alike(before, poses):
                stretches = _local(stored["made_of"], clip.made_of, len(clip))
                if stretches is not None:
                    poses = edited_poses(before, poses, stretches)
                poses = settled(poses, before)
            self.cache.put_arrays("poses", key, {**_arrays_of(poses), "made_of": clip.made_of})
        self._remember("latest_poses", latest, key)
        return poses

    def stored_poses(self, clip: MotionClip, portrait_key: str, version: str, mode: str) -> PoseSequence | None:
        """Return the poses of a motion if they are there."""
        return self._sequence(self.cache.arrays("poses", _poses_key(clip, portrait_key, version, mode)))

    @staticmethod
    def _sequence(stored: Arrays | None) -> PoseSequence | None:
        if stored is None or "made_of" not in stored:
            return None
        values: dict[str, Any] = {field.name: stored[field.name] for field in fields(PoseSequence)}
        return PoseSequence(**{name: value.item() if value.ndim == 0 else value for name, value in values.items()})

    def usual_depth(self, poses: PoseSequence, portrait_key: str, audio_sha: str) -> NDArray[np.float64]:
        """Return (18,) how far towards the camera the joints usually are, metres.

        What was once found for a recording and a portrait is kept until it is plainly wrong: every frame of the video
        depends on it a little, and an edit must not change them all.
        """
        key = content_key({"audio": audio_sha, "portrait": portrait_key})
        now = np.round(np.median(poses.depth, axis=0).astype(np.float64) * 20) / 20
        stored = self.cache.arrays("usual_depth", key)
        if stored is not None and np.abs(stored["depth"] - now).max() <= _USUAL_SLACK:
            return np.asarray(stored["depth"], np.float64)
        self.cache.put_arrays("usual_depth", key, {"depth": now})
        return now

    # Memory -----------------------------------------------------------------------------------------------------------

    def _latest(self, stage: str, key: str) -> str | None:
        stored = self.cache.arrays(stage, key)
        return None if stored is None else str(stored["key"])

    def _remember(self, stage: str, key: str, value: str) -> None:
        if self._latest(stage, key) != value:
            self.cache.put_arrays(stage, key, {"key": np.array(value)})


def _poses_key(clip: MotionClip, portrait_key: str, version: str, mode: str) -> str:
    return content_key(
        {
            "tokens": clip.tokens,
            "joints": clip.joints,
            "portrait": portrait_key,
            "translator": version,
            "mode": mode,
        }
    )


def _local(before: NDArray[Any], after: NDArray[Any], frames: int) -> tuple[tuple[int, int], ...] | None:
    """Return the changed frames of an edit, or None where so much changed that it is another motion."""
    stretches = changed_frames(before, after, frames)
    if stretches is None or sum(end - start for start, end in stretches) > _MOSTLY * frames:
        return None
    return stretches


def _alike(one: PoseSequence, other: PoseSequence) -> bool:
    return (len(one), one.fps, one.width, one.height) == (len(other), other.fps, other.width, other.height)


def _arrays_of(poses: PoseSequence) -> dict[str, NDArray[Any]]:
    return {field.name: np.asarray(getattr(poses, field.name)) for field in fields(poses)}
