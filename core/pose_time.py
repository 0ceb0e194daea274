"""Poses at any time: what lies between two frames of a sequence, for drawing at another frame rate."""

from core.draw import FramePoses
from core.pose import PoseSequence


def pose_at(poses: PoseSequence, time: float) -> FramePoses:
    """Return the pose at a time in seconds, between two frames in proportion; beyond the ends it stands still.

    Raises:
        ValueError: there are no poses.
    """
    if len(poses) == 0:
        raise ValueError("there are no poses to draw; make the motion first")
    place = min(max(time * poses.fps, 0.0), float(len(poses) - 1))
    first = min(int(place), len(poses) - 1)
    last = min(first + 1, len(poses) - 1)
    share = place - first
    a, b = FramePoses.from_sequence(poses, first), FramePoses.from_sequence(poses, last)
    if share == 0.0:
        return a
    return FramePoses(
        *(
            (1.0 - share) * one + share * other
            for one, other in ((a.body, b.body), (a.face, b.face), (a.hands, b.hands))
        )
    )
