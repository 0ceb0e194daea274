"""Reads the motion capture folder (`NAME.npz` + `NAME.csv`) and turns clips into 20 fps joints and features.

Not for sampling or captions: see `models.training.composer` and `models.training.captions`.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d

from core.constants import MOTION_FPS
from core.features import encode, mirror
from core.skeleton import CONTACT_JOINTS, LEFT_COLLAR, LEFT_SHOULDER, RIGHT_COLLAR, RIGHT_SHOULDER, SPINE3

SOURCE_FPS = 30
SETS = ("smartbody", "bandai_namco")
SHORTEST = 12  # frames at 20 fps: three tokens

# These climb a slope or begin in a T-pose, so the encoder would learn a floor or a stance that does not exist.
_LEFT_OUT_CONTENTS = frozenset({"WalkUp01", "WalkUp02"})


@dataclass(frozen=True)
class Capture:
    """One captured clip.

    Attributes:
        name: unique name, "M:" in front of a mirrored clip.
        source: set that it comes from.
        actor, content, style: as in the csv.
        joints: (T, 22, 3) float32 metres at 20 fps.
        start: first row of the clip in the set's arrays (30 fps), for callers that need fingers or face points.
        rows: number of rows there.
        has_hands: whether fingers were captured.
        mirrored: left and right are swapped.
    """

    name: str
    source: str
    actor: str
    content: str
    style: str
    joints: NDArray[np.float32]
    start: int
    rows: int
    has_hands: bool
    mirrored: bool = False


class CaptureError(ValueError):
    """The capture folder is not as expected."""


def resample(values: NDArray[np.floating], source_fps: float, target_fps: float) -> NDArray[np.float64]:
    """Resample rows by cubic interpolation: (N, ...) at `source_fps` to (floor((N - 1) / source * target) + 1, ...)."""
    count = int(np.floor((len(values) - 1) / source_fps * target_fps + 1e-9)) + 1
    times = np.arange(len(values)) / source_fps
    spline = CubicSpline(times, values.astype(np.float64), axis=0)
    return np.asarray(spline(np.arange(count) / target_fps))


def _starts_in_t_pose(joints: NDArray[np.float64]) -> bool:
    """Both arms stretched sideways at shoulder height in the first frame."""
    first = joints[0]
    level = np.abs(first[[20, 21], 1] - first[[16, 17], 1]) < 0.15
    wide = np.abs(first[20, 0] - first[21, 0]) > 1.2
    return bool(level.all() and wide)


def visible_shrug(joints: NDArray[np.float64]) -> NDArray[np.float64]:
    """Amplify a shrug: the captured ones lift the shoulders by 1 to 3 cm and last half a second, too little to be seen.

    Args:
        joints: (T, 22, 3) of a captured shrug.

    Returns:
        the same movement with a lift of 7 cm, its arms carried along; clips under 1.2 s take half as long again.
    """
    if len(joints) < 24:
        joints = resample(joints, MOTION_FPS, MOTION_FPS * 1.5)
    lift = joints[:, [LEFT_SHOULDER, RIGHT_SHOULDER], 1].mean(1) - joints[:, SPINE3, 1]
    lift = gaussian_filter1d(lift - np.percentile(lift, 10), 2.0, mode="nearest")
    share = np.clip(lift / max(float(lift.max()), 1e-6), 0.0, 1.0)
    share = np.sqrt(share)  # longer at the top
    share *= np.minimum(1.0, np.minimum(np.arange(len(share)), np.arange(len(share))[::-1]) / 5.0)
    extra = share * max(0.07 - float(lift.max()), 0.0)
    result = joints.copy()
    result[:, [LEFT_COLLAR, RIGHT_COLLAR], 1] += 0.35 * extra[:, None]
    result[:, [16, 17, 18, 19, 20, 21], 1] += extra[:, None]
    return result


def load_captures(folder: Path, *, mirrored: bool = True, sets: tuple[str, ...] = SETS) -> Iterator[Capture]:
    """Yield every usable clip, each followed by its mirror image.

    Args:
        folder: folder with `smartbody.npz`, `smartbody.csv` and so on.
        mirrored: also yield clips with left and right swapped.
        sets: which sets to read.

    Raises:
        CaptureError: a file is missing.
    """
    for name in sets:
        table, arrays = folder / f"{name}.csv", folder / f"{name}.npz"
        for path in (table, arrays):
            if not path.is_file():
                raise CaptureError(f"{path} is missing; give --data the folder that holds the motion captures")
        with np.load(arrays) as data:
            root, offsets = data["root"], data["joints"]
        with table.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        for row in rows:
            if row["content"] in _LEFT_OUT_CONTENTS:
                continue
            start, count = int(row["start"]), int(row["frames"])
            joints = root[start : start + count, None] + offsets[start : start + count].astype(np.float64) * 1e-4
            resampled = resample(joints, SOURCE_FPS, MOTION_FPS)
            if _starts_in_t_pose(resampled):
                resampled = resampled[15:]
            if row["content"].startswith("Shrug"):
                resampled = visible_shrug(resampled)
            if len(resampled) < SHORTEST + 1:
                continue
            clip = Capture(
                name=f"{name}/{row['clip']}",
                source=name,
                actor=row["actor"],
                content=row["content"],
                style=row["style"],
                joints=resampled.astype(np.float32),
                start=start,
                rows=count,
                has_hands=row["has_hands"] == "1",
            )
            yield clip
            if mirrored:
                swapped = mirror(resampled).astype(np.float32)
                yield replace(clip, name="M:" + clip.name, joints=swapped, mirrored=True)


def capture_features(clip: Capture) -> NDArray[np.float32]:
    """Features of a clip in `corrected` mode: (T - 1, 263).

    Contacts need slow feet near the floor, not only slow ones.
    """
    features = encode(clip.joints, "corrected")
    heights = features[:, 4:67].reshape(len(features), 21, 3)[:, [j - 1 for j in CONTACT_JOINTS], 1]
    limits = np.array([0.16, 0.10, 0.16, 0.10], dtype=np.float32)
    features[:, 259:263] *= heights < limits
    return features
