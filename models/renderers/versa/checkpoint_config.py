"""What a checkpoint says of itself, read without loading any network."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from models.checkpoint import CheckpointError

PoseInput = Literal["full", "composite"]
"""What PoseNet is shown: MimicMotion's own drawing, or the paper's body with a head mask."""


@dataclass(frozen=True)
class CheckpointConfig:
    """What a checkpoint says of itself, in a JSON file of its name or `config.json` beside it.

    Attributes:
        pose_input: "full" for the public weights (also without a config), "composite" for weights with a face adapter.
        face_adapter: the adapter's config, or None.
        name: for the user.
    """

    pose_input: PoseInput = "full"
    face_adapter: Mapping[str, Any] | None = None
    name: str = "MimicMotion"


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object of a weights folder.

    Raises:
        CheckpointError: missing or no JSON object.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing; verify the weights with `versa models verify`") from None
    except ValueError as error:
        raise CheckpointError(f"{path} is not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise CheckpointError(f"{path} must hold a JSON object")
    return value


def read_checkpoint_config(checkpoint: Path) -> CheckpointConfig:
    """The config beside a checkpoint; without one it is a public MimicMotion checkpoint.

    Raises:
        CheckpointError: the config has an unknown field or value.
    """
    for path in (checkpoint.with_suffix(".json"), checkpoint.parent / "config.json"):
        if not path.is_file():
            continue
        values = read_json(path)
        if "pose_input" not in values and "face_adapter" not in values:
            continue  # another program's config
        unknown = sorted(set(values) - {"pose_input", "face_adapter", "name"})
        if unknown:
            raise CheckpointError(f"{path}: unknown fields {', '.join(unknown)}")
        if values.get("pose_input", "full") not in ("full", "composite"):
            raise CheckpointError(f'{path}: pose_input must be "full" or "composite", not {values["pose_input"]!r}')
        return CheckpointConfig(**values)
    return CheckpointConfig()
