"""Finds the backend's weights: files that the user names, else those of the model manager."""

import importlib
import importlib.util
from pathlib import Path
from typing import Any, Final

from models.renderers.base import BackendLacks
from models.renderers.versa.settings import VersaSettings, WeightFiles

BASE_NAME: Final = "svd-xt-1-1"
CHECKPOINT_NAME: Final = "mimicmotion-1-1"
WAV2VEC_NAME: Final = "wav2vec2-base-960h"
IDENTITY_NAME: Final = "auraface"
POSE_NAME: Final = "dwpose"
"""Names in `models.weights`."""

POSE_FILES: Final = ("yolox_l.onnx", "dw-ll_ucoco_384.onnx")
"""DWPose's detector and pose network."""

INSTEAD: Final = "render with the backend draft, which needs nothing (--backend draft)"


class WeightsMissing(BackendLacks):
    """Weights of the backend are not there; the sentence names them and says how to get them."""

    lack = "weights"


def find_weights(settings: VersaSettings) -> WeightFiles:
    """Where the weights lie.

    Raises:
        WeightsMissing: they are not there.
    """
    base = Path(settings.base) if settings.base else _installed(BASE_NAME)
    checkpoint = Path(settings.checkpoint) if settings.checkpoint else None
    if checkpoint is None:
        folder = _installed(CHECKPOINT_NAME)
        found = sorted(folder.glob("*.safetensors"))
        if not found:
            raise WeightsMissing(
                f"{folder} holds no checkpoint; run `versa models download {CHECKPOINT_NAME}`, or {INSTEAD}"
            )
        checkpoint = found[0]
    if not (base / "unet" / "config.json").is_file():
        raise WeightsMissing(
            f"{base} is no Stable Video Diffusion folder (unet/config.json is missing); "
            f"run `versa models download {BASE_NAME}`, or {INSTEAD}"
        )
    if not checkpoint.is_file():
        raise WeightsMissing(
            f"the checkpoint {checkpoint} is missing; run `versa models download {CHECKPOINT_NAME}`, or {INSTEAD}"
        )
    return WeightFiles(base, checkpoint)


def optional_folder(name: str) -> Path | None:
    """The folder of weights that the backend can do without, or None."""
    try:
        return _installed(name)
    except WeightsMissing:
        return None


def _installed(name: str) -> Path:
    manager: Any = _manager()
    if manager is None:
        raise WeightsMissing(
            f"the weights {name} are missing; name their place with --base and --checkpoint, or {INSTEAD}"
        )
    entry = manager.find(name)
    if entry.state() != "ready":
        raise WeightsMissing(f"{str(entry.missing_message()).rstrip('.')}; or {INSTEAD}")
    return Path(entry.folder())


def _manager() -> Any:
    if importlib.util.find_spec("models.weights") is None:
        return None
    return importlib.import_module("models.weights")
