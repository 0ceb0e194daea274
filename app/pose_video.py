"""The pose video: the drawing that a pose-driven renderer gets, as an MP4 with the recording's sound.

Poses are sampled by absolute time; the drawing itself is `core.draw`'s.
"""

import os
from collections.abc import Iterator
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from app.made_with import metadata
from app.progress import Meter
from app.rendering import DEFAULT_CRF, frame_size
from core.cancel import CancelToken, ProgressCallback, ignore_progress
from core.draw import CANVAS_SHORT_SIDE, HeadMask, draw_composite, draw_pose
from core.portrait import Portrait
from core.pose import PoseSequence
from core.pose_time import pose_at
from core.video import VideoError, frame_count, parse_fps, write_video

PoseDrawing = Literal["composite", "pose"]
"""The paper's composite with its head mask, or MimicMotion's drawing with the face points."""

_CANVAS: Final = CANVAS_SHORT_SIDE


def write_pose_video(
    out: str | os.PathLike[str],
    poses: PoseSequence,
    portrait: Portrait,
    audio_path: str | os.PathLike[str] | None,
    *,
    height: int,
    fps: float,
    start: float | None = None,
    end: float | None = None,
    drawing: PoseDrawing = "composite",
    canvas: int = _CANVAS,
    crf: int = DEFAULT_CRF,
    weights: str = "",
    progress: ProgressCallback = ignore_progress,
    cancel: CancelToken | None = None,
) -> None:
    """Write the poses as a video.

    Args:
        out: the MP4; it appears when it is whole.
        poses: of the whole recording.
        portrait: gives the picture's shape and the head's size.
        audio_path: the recording, None for a silent video.
        height: of the frames in pixels; the width follows from the portrait, rounded to even.
        fps: frames per second.
        start: seconds where the video begins, None for 0.
        end: seconds where it ends, None for the end of the poses.
        drawing: what is drawn.
        canvas: short side of the drawing's canvas; the networks need the default, a smaller one is faster.
        crf: x264's quality.
        weights: version of the motion weights, for the metadata.
        progress: told the stages "frames" and "video".
        cancel: looked at before every frame.

    Raises:
        core.video.VideoError: an empty stretch, an impossible size or rate, a target that cannot be written.
        core.cancel.Cancelled: `cancel` was set.
    """
    rate = float(parse_fps(fps))
    length = len(poses) / poses.fps
    begin, stop = start or 0.0, length if end is None else min(end, length)
    if not 0 <= begin < stop:
        raise VideoError(f"the stretch from {begin:g} to {stop:g} s is empty; the motion runs from 0 to {length:g} s")
    first = round(begin * rate)
    count = max(1, frame_count(stop, fps) - first)
    width, even = frame_size(height, portrait)
    token = CancelToken() if cancel is None else cancel
    meter = Meter("frames", count, progress)

    def frames() -> Iterator[NDArray[np.uint8]]:
        mask = HeadMask.for_rig(portrait.rig, portrait.width, portrait.height)
        for number in range(first, first + count):
            token.check()
            pose = pose_at(poses, number / rate)
            if drawing == "composite":
                yield draw_composite(pose, mask, even, width, canvas)
            else:
                yield draw_pose(pose, even, width, canvas)
            meter.step()

    write_video(
        out,
        frames(),
        (width, even),
        fps,
        audio_path,
        start=first / rate,
        metadata=metadata(weights=weights),
        crf=crf,
        progress=lambda report: None if report.stage == "frames" else progress(report),
        cancel=token,
    )
