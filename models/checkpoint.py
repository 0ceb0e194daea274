"""A network's folder on disk: `config.json` beside `model.safetensors`, written atomically and read strictly.

Weights are stored as float16 to stay small, or as int8 with a scale a row where that is exact enough, and come back as
float32. Downloading and licences are `models.weights`'s.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from core.atomic import atomic_path
from models import weights

CONFIG_NAME = "config.json"
WEIGHTS_NAME = "model.safetensors"
_SCALE = ".scale"
"""Ending of the name of an int8 tensor's scales."""


class CheckpointError(ValueError):
    """A weights folder is missing, damaged or does not fit the network."""


def bundled_weights(name: str) -> Path:
    """Folder of weights that ship with the program (`tokenizer`, `generator`, `relation_bank`)."""
    return weights.find(name).folder()


def read_config(folder: Path, kind: str = "") -> dict[str, Any]:
    """The config of a weights folder.

    Args:
        folder: of the weights.
        kind: what the weights must be, as their config names it; anything if empty.

    Raises:
        CheckpointError: missing, not JSON or of another kind.
    """
    path = folder / CONFIG_NAME
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(
            f"{path} is missing; reinstall the program or train the weights with `versa train`"
        ) from None
    except json.JSONDecodeError as error:
        raise CheckpointError(f"{path} is not valid JSON (line {error.lineno}): {error.msg}") from None
    if not isinstance(config, dict):
        raise CheckpointError(f"{path} must hold a JSON object")
    if kind and (found := config.get("kind", "something unknown")) != kind:
        raise CheckpointError(f"{folder} holds {found}, not {kind}; give the folder of a {kind}")
    return config


def save_network(
    folder: Path, network: nn.Module, config: Mapping[str, Any], *, half: bool = True, compact: str = ""
) -> None:
    """Write config and weights.

    Args:
        folder: of the weights.
        network: what to write.
        config: its config.
        half: write floating tensors as float16.
        compact: write tensors whose names begin so and that have two dimensions or more as int8, each row (output
            channel) with a scale of its own: half of float16's size, errors up to 1/254 of the row's largest weight.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {}
    for key, tensor in network.state_dict().items():
        value = tensor.detach().cpu().contiguous().clone()
        if compact and key.startswith(compact) and value.ndim > 1:
            scale = value.float().flatten(1).abs().amax(1).clamp_min(1e-12) / 127
            tensors[key + _SCALE] = scale
            tensors[key] = (value / _along_rows(scale, value)).round().to(torch.int8)
        else:
            tensors[key] = value.half() if half and value.is_floating_point() else value
    with atomic_path(folder / WEIGHTS_NAME) as temporary:
        save_file(tensors, temporary)
    with atomic_path(folder / CONFIG_NAME) as temporary:
        temporary.write_text(json.dumps(dict(config), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _along_rows(scale: torch.Tensor, tensor: torch.Tensor) -> torch.Tensor:
    return scale.view(-1, *[1] * (tensor.ndim - 1))


def _expanded(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Tensors as they were before `compact`."""
    whole = {}
    for key, tensor in tensors.items():
        scale = tensors.get(key + _SCALE)
        if scale is not None:
            whole[key] = tensor.float() * _along_rows(scale, tensor)
        elif not key.endswith(_SCALE) or key.removesuffix(_SCALE) not in tensors:
            whole[key] = tensor
    return whole


def load_weights(folder: Path, network: nn.Module) -> None:
    """Load a folder's weights into a network, every key and shape checked.

    Raises:
        CheckpointError: file missing or damaged, or a key or a shape does not fit.
    """
    path = folder / WEIGHTS_NAME
    if not path.is_file():
        raise CheckpointError(f"{path} is missing; reinstall the program or train the weights with `versa train`")
    try:
        tensors = _expanded(load_file(path))
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} is damaged: {error}") from None
    wanted = network.state_dict()
    missing, unknown = sorted(set(wanted) - set(tensors)), sorted(set(tensors) - set(wanted))
    if missing or unknown:
        raise CheckpointError(f"{path} does not fit the network: missing {missing[:3]}, unexpected {unknown[:3]}")
    for key, tensor in tensors.items():
        if tensor.shape != wanted[key].shape:
            raise CheckpointError(f"{path}: {key} has shape {tuple(tensor.shape)}, wanted {tuple(wanted[key].shape)}")
    network.load_state_dict({k: v.to(wanted[k].dtype) for k, v in tensors.items()})
    for parameter in network.parameters():
        if not torch.isfinite(parameter).all():
            raise CheckpointError(f"{path} holds values that are not numbers")
