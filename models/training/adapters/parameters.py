"""Reads a file of body parameters (.npz), as AMASS and BEAT2 have one a recording, and moves its joints to 20 fps.

Keys by the public descriptions: `poses` (T, 156 or 165) axis angles, `trans` (T, 3), `betas`, `gender`, and
`mocap_framerate` or `mocap_frame_rate`.
"""

import io
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.constants import MOTION_FPS
from models.training.adapters.common import UNREADABLE, ClipError, as_numbers, read_bytes
from models.training.captures import SHORTEST, Capture, resample

Array = NDArray[np.float64]

_FARTHEST: Final = 1e5
"""Metres from the origin that no recording reaches."""


@dataclass(frozen=True, eq=False)
class BodyParameters:
    """A recording as parameters of a body model; all numbers are finite.

    Attributes:
        poses: (T, P) axis angles.
        translation: (T, 3) metres.
        betas: (B,) shape coefficients.
        rate: frames a second, 20 or more.
        gender: "neutral", "male" or "female", as written.
    """

    poses: Array
    translation: Array
    betas: Array
    rate: float
    gender: str


def read_parameters(path: Path, widths: Collection[int], usual_rate: float | None = None) -> BodyParameters:
    """The parameters in a file.

    Args:
        path: of the file.
        widths: columns that `poses` may have.
        usual_rate: frames a second where the file does not say; None if it must.

    Raises:
        ClipError: not readable, without one of the arrays, or with other values than described.
    """
    values = _arrays(path)
    for name in ("poses", "trans", "betas"):
        if name not in values:
            raise ClipError(f"{path} has no {name!r}, which a file of body parameters needs")
    poses, translation, betas = (as_numbers(values[name], f"{path}, {name}") for name in ("poses", "trans", "betas"))
    if poses.ndim != 2 or poses.shape[1] not in widths or translation.shape != (len(poses), 3):
        wanted = " or ".join(f"(T, {width})" for width in widths)
        raise ClipError(
            f"{path}: poses must have shape {wanted} and trans (T, 3), not {poses.shape} and {translation.shape}"
        )
    rate = _rate(values, path, usual_rate)
    return BodyParameters(poses, translation, betas.reshape(-1), rate, _word(values.get("gender"), "neutral"))


def body_capture(
    joints: Array, rate: float, path: Path, *, name: str, source: str, actor: str, rows: int
) -> Capture | None:
    """Joints (T, 22, 3) at `rate` frames a second as a capture at 20; None where they are too short.

    Args:
        joints: in metres, Y up.
        rate: theirs.
        path: of the file that they come from, for messages.
        name: of the capture.
        source: data set.
        actor: who moves, "" where nothing says so.
        rows: frames of the file.

    Raises:
        ClipError: some joints are absurdly far away; the message names `path`.
    """
    if not np.abs(joints).max(initial=0.0) < _FARTHEST:  # NaN compares false
        raise ClipError(f"{path}: its parameters put joints {_FARTHEST / 1000:g} km away or farther")
    if len(joints) < 2:
        return None
    resampled = resample(joints, rate, MOTION_FPS)
    if len(resampled) < SHORTEST + 1:
        return None
    return Capture(
        name=name,
        source=source,
        actor=actor,
        content="",
        style="",
        joints=resampled.astype(np.float32),
        start=0,
        rows=rows,
        has_hands=False,
    )


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    raw = read_bytes(path)
    if not raw.startswith(b"PK"):
        raise ClipError(f"{path} is no .npz file; fetch it again")
    values: dict[str, NDArray[Any]] = {}
    try:
        found = np.load(io.BytesIO(raw), allow_pickle=False)
        for name in found.files:
            try:
                value = found[name]
            except ValueError:
                if name in ("poses", "trans", "betas"):
                    raise
                continue  # labels stored as Python objects, which could run foreign code
            if isinstance(value, np.ndarray):
                values[name] = value
    except UNREADABLE as error:
        raise ClipError(f"{path} is a damaged .npz file ({error}); fetch it again") from None
    return values


def _rate(values: dict[str, NDArray[Any]], path: Path, usual: float | None) -> float:
    name = "mocap_framerate" if "mocap_framerate" in values else "mocap_frame_rate"
    if name not in values:
        if usual is None:
            raise ClipError(f"{path} does not say its frame rate (mocap_frame_rate)")
        return usual
    numbers = as_numbers(values[name], f"{path}, {name}").reshape(-1)
    if len(numbers) != 1:
        raise ClipError(f"{path}, {name}: one number is expected, not {len(numbers)}")
    rate = float(numbers[0])
    if rate < MOTION_FPS:
        raise ClipError(f"{path} has {rate:g} frames a second; {MOTION_FPS} or more are needed")
    return rate


def _word(value: NDArray[Any] | None, otherwise: str) -> str:
    """A word stored as an array of text or bytes."""
    if value is None:
        return otherwise
    item = value.reshape(-1)[:1].tolist()
    word = item[0] if item else otherwise
    return (word.decode(errors="replace") if isinstance(word, bytes) else str(word)).strip().lower() or otherwise
