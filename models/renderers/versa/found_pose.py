"""Remembers the pose that an estimator found in a portrait: in this process, and in the job's store.

The question which chunks are finished needs the pose, too, and is asked after every edit; an estimate takes seconds.
"""

import importlib.metadata
import importlib.util
import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.cache import Cache, content_key
from core.draw import FramePoses
from models.renderers.versa.locate import POSE_FILES

STAGE: Final = "portrait_pose"
"""Stage of found poses in the store."""

_KEPT: Final = 16


@dataclass(frozen=True)
class FoundPose:
    """What an estimator said of a portrait.

    Attributes:
        pose: of the person who is seen best, in shares of the picture; None where nobody is seen or there is no
            estimator.
        problem: why the estimator could not be used, or "".
    """

    pose: FramePoses | None
    problem: str = ""


_known: OrderedDict[str, FoundPose] = OrderedDict()
_lock = threading.Lock()


def found_pose(folder: Path, image: NDArray[np.uint8], store: Cache | None) -> FoundPose:
    """The pose of a portrait by DWPose's files in a folder, estimated once for a picture and a version of the files.

    Args:
        folder: of the files.
        image: (H, W, 3) RGB.
        store: where it is kept beyond this process; None keeps it nowhere else.
    """
    if importlib.util.find_spec("rtmlib") is None or not all((folder / name).is_file() for name in POSE_FILES):
        return FoundPose(None)
    key = content_key(
        {"image": image, "files": [_stamp(folder / name) for name in POSE_FILES], "by": _version("rtmlib")}
    )
    with _lock:  # one estimate at a time: a second asker waits for the first one's
        known = _known.get(key) or _stored(store, key)
        if known is None:
            known = _estimate(folder, image)
            if store is not None and not known.problem:
                found = known.pose
                parts = {} if found is None else {"body": found.body, "face": found.face, "hands": found.hands}
                store.put_arrays(STAGE, key, {"seen": np.array(found is not None), **parts})
        _known[key] = known
        _known.move_to_end(key)
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return known


def _estimate(folder: Path, image: NDArray[np.uint8]) -> FoundPose:
    from models.renderers.versa.encoders import EncoderError, estimate_portrait

    try:
        return FoundPose(estimate_portrait(folder, image))
    except EncoderError as error:
        return FoundPose(None, str(error))


def _stored(store: Cache | None, key: str) -> FoundPose | None:
    stored = None if store is None else store.arrays(STAGE, key)
    if stored is None:
        return None
    return FoundPose(FramePoses(stored["body"], stored["face"], stored["hands"]) if stored["seen"] else None)


def _stamp(path: Path) -> list[str | int]:
    status = path.stat()
    return [path.name, status.st_size, status.st_mtime_ns]


def _version(package: str) -> str:
    with suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(package)
    return ""
