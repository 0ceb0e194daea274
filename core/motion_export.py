"""A motion as arrays for other programs (`.npz`), with what made which stretch of it.

Not the program's own exact form, which is `core.motion_file`; animation programs read `core.bvh`.
"""

import io
import json
import os
from typing import Any

import numpy as np

from core.atomic import write_bytes_atomic
from core.motion import MotionClip


def clip_spans(clip: MotionClip) -> list[dict[str, Any]]:
    """Return what made which stretch of a clip, in seconds, for files that leave the program."""
    return [
        {"start": span.start / clip.fps, "end": span.end / clip.fps, "prompt": span.prompt, "seed": span.seed}
        for span in clip.spans
    ]


def write_motion_arrays(path: str | os.PathLike[str], clip: MotionClip) -> None:
    """Write joints (T, 22, 3) in metres, tokens, contacts (T, 4), fps, and as JSON text segments and provenance.

    Raises:
        OSError: the file cannot be written; the one that was there before is kept.
    """
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        joints=clip.joints,
        tokens=clip.tokens,
        contacts=clip.contacts,
        fps=np.float64(clip.fps),
        segments=np.array(json.dumps(clip_spans(clip), ensure_ascii=False)),
        provenance=np.array(json.dumps(dict(clip.provenance), ensure_ascii=False)),
    )
    write_bytes_atomic(path, buffer.getvalue())
