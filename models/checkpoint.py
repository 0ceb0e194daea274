"""A network's folder on disk: `config.json` beside `model.safetensors`, written atomically and read strictly.

Weights are stored as float16 to stay small and come back as float32. Downloading and licences are `models.weights`'s.
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


class CheckpointError(ValueError):
    """A weights folder is missing, damaged or does not fit the network."""


def bundled_weights(name: str) -> Path:
    """Folder of weights that ship with the program (`tokenizer`, `generator`, `rehearsals`, `relation_bank`)."""
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


def save_network(folder: Path, network: nn.Module, config: Mapping[str, Any], *, half: bool = True) -> None:
    """Write config and weights; floating tensors as float16 when `half`."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {}
    for key, tensor in network.state_dict().items():
        value = tensor.detach().cpu().contiguous().clone()
        tensors[key] = value.half() if half and value.is_floating_point() else value
    with atomic_path(folder / WEIGHTS_NAME) as temporary:
        save_file(tensors, temporary)
    with atomic_path(folder / CONFIG_NAME) as temporary:
        temporary.write_text(json.dumps(dict(config), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def load_weights(folder: Path, network: nn.Module) -> None:
    """Load a folder's weights into a network, every key and shape checked.

    Raises:
        CheckpointError: file missing or damaged, or a key or a shape does not fit.
    """
    path = folder / WEIGHTS_NAME
    if not path.is_file():
        raise CheckpointError(f"{path} is missing; reinstall the program or train the weights with `versa train`")
    try:
        tensors = load_file(path)
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
