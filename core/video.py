"""Video files of ours: H.264 in yuv420p with the index in front, and the recording's own sound as AAC.

The one place to import from. `VideoWriter` encodes frames as they come, `mux` joins pieces without encoding again and
adds the sound, `write_video` does both. Which frames there are is the renderers' business.
"""

import os
import tempfile
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.cancel import CancelToken, Progress, ProgressCallback, ignore_progress
from core.video_encode import VideoWriter
from core.video_format import (
    METADATA_KEYS,
    SYNTHETIC_NOTICE,
    VideoError,
    checked_metadata,
    encoded_size,
    frame_count,
    parse_fps,
)
from core.video_mux import mux
from core.video_read import VideoInfo, probe_video, read_frames, read_timed_frames

__all__ = [
    "METADATA_KEYS",
    "SYNTHETIC_NOTICE",
    "VideoError",
    "VideoInfo",
    "VideoWriter",
    "encoded_size",
    "frame_count",
    "mux",
    "parse_fps",
    "probe_video",
    "read_frames",
    "read_timed_frames",
    "write_video",
]

_PIECE_NAME: Final = "picture.mp4"


def write_video(
    target: str | os.PathLike[str],
    frames: Iterable[NDArray[np.uint8]],
    size: tuple[int, int],
    fps: float | Fraction | str,
    audio_path: str | os.PathLike[str] | None = None,
    duration: float | None = None,
    *,
    start: float = 0.0,
    metadata: Mapping[str, str] | None = None,
    crf: int = 18,
    preset: str = "veryfast",
    progress: ProgressCallback = ignore_progress,
    cancel: CancelToken | None = None,
) -> None:
    """Encode frames and sound to an MP4; nothing is at `target` before it is whole.

    Args:
        target: file to make.
        frames: (H, W, 3) uint8 RGB, taken one at a time.
        size: (width, height) of the frames.
        fps: frame rate.
        audio_path: the recording, or None.
        duration: seconds to make: exactly `frame_count(duration, fps)` frames are taken. None: all frames there are.
        start: second of the recording that belongs to the first frame.
        metadata: tags of the file.
        crf: x264's quality, 0 to 51.
        preset: x264's speed.
        progress: told the stages "frames" and "video".
        cancel: looked at before every frame.

    Raises:
        VideoError: impossible size or rate, too few frames, unwritable target, full disk, encoder failure.
        core.audio.AudioError: the recording cannot be decoded.
        core.cancel.Cancelled: the token was set.
    """
    final = Path(target)
    checked_metadata(metadata)
    wanted = None if duration is None else frame_count(duration, fps)
    if final.is_dir():
        raise VideoError(f"{final} is a folder; give the name of a file")
    try:
        # Beside the target, not in the system's folder for temporary files: that one may be small and in memory.
        folder = tempfile.TemporaryDirectory(dir=final.parent, prefix=f".{final.stem[:40]}.")
    except OSError as error:
        raise VideoError(f"{final} cannot be written: {error}") from error
    with folder as name:
        piece = Path(name) / _PIECE_NAME
        with VideoWriter(piece, size, fps, crf=crf, preset=preset, cancel=cancel, shown_as=final) as writer:
            for frame in frames:
                writer.write(frame)
                progress(Progress("frames", writer.frames, max(wanted or 0, writer.frames)))
                if writer.frames == wanted:
                    break
            if wanted is not None and writer.frames < wanted:
                raise VideoError(
                    f"{final}: {writer.frames} frames were given, {wanted} are needed for {duration:.3f} s "
                    f"at {float(writer.fps):g} frames a second"
                )
        mux(
            final,
            [piece],
            audio_path,
            fps=fps,
            start=start,
            duration=duration,
            metadata=metadata,
            progress=progress,
            cancel=cancel,
        )
