"""`MotionClip` as an NPZ file: plain arrays that any program with NumPy reads, without pickled objects.

Keys: joints, features, tokens, contacts, fps; segment_start and segment_end in seconds, segment_prompt, segment_seed;
provenance, a JSON text. Other formats of motion are in `core.bvh`.
"""

import json
import os
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.atomic import atomic_path
from core.motion import MotionClip, MotionSpan

_ARRAYS: Final = {"joints": np.float32, "features": np.float32, "tokens": np.int64, "contacts": np.float32}
_SEGMENTS: Final = ("segment_start", "segment_end", "segment_prompt", "segment_seed")


class MotionFileError(ValueError):
    """A motion file cannot be read; the message names the file and what is wrong in it."""


def save_motion(path: str | os.PathLike[str], clip: MotionClip) -> None:
    """Write a clip; an existing file is replaced as a whole or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    arrays: dict[str, NDArray[Any]] = {name: getattr(clip, name) for name in _ARRAYS}
    arrays["fps"] = np.asarray(clip.fps, dtype=np.float64)
    arrays["segment_start"] = np.array([span.start / clip.fps for span in clip.spans], dtype=np.float64)
    arrays["segment_end"] = np.array([span.end / clip.fps for span in clip.spans], dtype=np.float64)
    arrays["segment_prompt"] = np.array([span.prompt for span in clip.spans], dtype=np.str_)
    arrays["segment_seed"] = np.array([span.seed for span in clip.spans], dtype=np.int64)
    arrays["provenance"] = np.array(json.dumps(dict(clip.provenance), ensure_ascii=False, sort_keys=True))
    with atomic_path(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


_DAMAGE: Final = (
    ValueError, TypeError, EOFError, KeyError, MemoryError, RuntimeError, SyntaxError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What NumPy and zipfile raise on a damaged archive (a broken header may even ask for endless memory)."""


def _load_arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with open(path, "rb") as file:
            data = np.load(file, allow_pickle=False)
            return {name: data[name] for name in data.files} if isinstance(data, np.lib.npyio.NpzFile) else {}
    except _DAMAGE as error:
        raise MotionFileError(f"{path.name}: this is not a motion file, or it is damaged ({error})") from error


def _read_provenance(path: Path, text: str) -> dict[str, str]:
    try:
        facts = json.loads(text)
    except json.JSONDecodeError as error:
        raise MotionFileError(f"{path.name}: provenance is not JSON ({error})") from error
    if not isinstance(facts, dict) or not all(isinstance(value, str) for value in facts.values()):
        raise MotionFileError(f"{path.name}: provenance must be a JSON object of texts")
    return facts


def load_motion(path: str | os.PathLike[str]) -> MotionClip:
    """Read a clip that `save_motion` wrote.

    Raises:
        MotionFileError: not a motion file, damaged, or its arrays do not fit together.
        OSError: the file cannot be read.
    """
    source = Path(path)
    arrays = _load_arrays(source)
    missing = [name for name in (*_ARRAYS, "fps", *_SEGMENTS, "provenance") if name not in arrays]
    if missing:
        raise MotionFileError(f"{source.name}: this is not a motion file: {', '.join(missing)} missing")
    for name, kind in _ARRAYS.items():
        wanted = np.integer if kind is np.int64 else np.floating
        if not np.issubdtype(arrays[name].dtype, wanted):
            raise MotionFileError(f"{source.name}: {name} has the type {arrays[name].dtype}, which does not fit")
        if not np.isfinite(arrays[name]).all():
            raise MotionFileError(f"{source.name}: {name} contains values that are not numbers")
    rate = arrays["fps"]
    if rate.shape != () or not np.issubdtype(rate.dtype, np.number) or not (np.isfinite(rate) and rate > 0):
        raise MotionFileError(f"{source.name}: fps must be one number above 0")
    fps = float(rate)
    starts, ends, prompts, seeds = (arrays[name] for name in _SEGMENTS)
    if any(column.shape != (len(np.atleast_1d(starts)),) for column in (starts, ends, prompts, seeds)):
        raise MotionFileError(f"{source.name}: {', '.join(_SEGMENTS)} must be lists of the same length")
    try:
        spans = tuple(
            MotionSpan(round(float(start) * fps), round(float(end) * fps), str(prompt), int(seed))
            for start, end, prompt, seed in zip(starts, ends, prompts, seeds, strict=True)
        )
        return MotionClip(
            joints=arrays["joints"].astype(np.float32),
            features=arrays["features"].astype(np.float32),
            tokens=arrays["tokens"].astype(np.int64),
            contacts=arrays["contacts"].astype(np.float32),
            fps=fps,
            spans=spans,
            provenance=_read_provenance(source, str(arrays["provenance"])),
        )
    except MotionFileError:
        raise
    except (ValueError, IndexError, OverflowError) as error:
        raise MotionFileError(f"{source.name}: {error}") from error
