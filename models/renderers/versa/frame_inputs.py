"""What each frame of a job depends on by itself, as rows of numbers that can be compared.

A frame's pose lies between two poses of the sequence; with a face adapter, emotion and blinking belong to it too. What
all frames share (portrait, sound, weights, settings) is not in here.
"""

import hashlib
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.pose import PoseSequence
from models.renderers.base import RenderJob

if TYPE_CHECKING:
    from models.renderers.versa.controls import FaceTrack

_DIGEST = 16  # bytes of a pose's hash


class FrameInputs:
    """Rows of one job after the other; hashes of its poses are remembered, because views ask at every edit."""

    def __init__(self) -> None:
        self._hashed: tuple[PoseSequence, NDArray[np.uint64]] | None = None

    def rows(self, job: RenderJob, frames: range, total: int, track: "FaceTrack | None") -> NDArray[np.uint64]:
        """(len(frames), C) what absolute frames depend on; zeros outside the video.

        Args:
            job: what is rendered.
            frames: absolute frames; some may lie before the first or after the last one.
            total: frames of the whole video.
            track: controls of the face, None where they do not count.
        """
        hashes = self._hashes(job.poses)
        inside = np.arange(max(frames.start, 0), max(min(frames.stop, total), max(frames.start, 0)))
        # As `core.pose_time.pose_at` chooses them.
        place = np.clip(inside / job.fps * job.poses.fps, 0.0, len(hashes) - 1.0)
        first = place.astype(np.int64)
        last = np.where(place > first, np.minimum(first + 1, len(hashes) - 1), first)
        columns = [hashes[first], hashes[last]]
        if track is not None:
            numbers = [track.emotion.astype(np.float32), track.strength, track.blink]
            bits = (np.ascontiguousarray(one[inside]).view(np.uint32) for one in numbers)
            columns += [one[:, None].astype(np.uint64) for one in bits]
        known = np.concatenate(columns, axis=1)
        rows = np.zeros((len(frames), known.shape[1]), np.uint64)
        rows[inside - frames.start] = known
        return rows

    def _hashes(self, poses: PoseSequence) -> NDArray[np.uint64]:
        """(T, 2) a hash of each pose of the sequence."""
        if self._hashed is None or self._hashed[0] is not poses:
            parts = [np.ascontiguousarray(part) for part in (poses.body, poses.face, poses.hands, poses.flags)]
            digests = b"".join(
                hashlib.blake2b(b"".join(part[row].tobytes() for part in parts), digest_size=_DIGEST).digest()
                for row in range(len(poses))
            )
            self._hashed = poses, np.frombuffer(digests, np.uint64).reshape(len(poses), -1)
        return self._hashed[1]
