"""Reading the backend's weights: a MimicMotion checkpoint (or our own) over a Stable Video Diffusion base folder.

Each part is loaded strictly: a key that is missing or unexpected is named. Downloading and licences are the business of
`models.weights`.
"""

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from diffusers import AutoencoderKLTemporalDecoder, EulerDiscreteScheduler
from safetensors import SafetensorError, safe_open
from torch import nn
from transformers import CLIPImageProcessorPil, CLIPVisionConfig, CLIPVisionModelWithProjection
from transformers.utils import logging as transformers_logging

from core.cancel import Cancelled, CancelToken
from models.checkpoint import CheckpointError
from models.renderers.versa.backbone import Backbone
from models.renderers.versa.checkpoint_config import CheckpointConfig, read_checkpoint_config, read_json

CHECKPOINT_SUFFIXES: Final = (".safetensors", ".pth", ".pt", ".bin")
_PARTS: Final = ("unet", "pose_net", "face_adapter")


@dataclass
class Components:
    """All networks of the backend, in evaluation mode.

    Attributes:
        backbone: U-Net, PoseNet and perhaps the face adapter.
        vae: pictures to latents and back.
        image_encoder: CLIP with projection.
        feature_extractor: CLIP's normalisation.
        scheduler: Euler with SVD's continuous v-prediction schedule.
        config: the checkpoint's.
    """

    backbone: Backbone
    vae: AutoencoderKLTemporalDecoder
    image_encoder: CLIPVisionModelWithProjection
    feature_extractor: CLIPImageProcessorPil
    scheduler: EulerDiscreteScheduler
    config: CheckpointConfig


def load_components(
    base: Path,
    checkpoint: Path,
    *,
    dtype: torch.dtype = torch.float32,
    vae_dtype: torch.dtype | None = None,
    cancel: CancelToken | None = None,
) -> Components:
    """Load everything on the CPU.

    Args:
        base: a Stable Video Diffusion folder in diffusers' layout; of its `unet` only the config is read.
        checkpoint: `.pth` in the public layout (keys `unet.*`, `pose_net.*`), or the same as safetensors.
        dtype: of U-Net, PoseNet and CLIP.
        vae_dtype: of the VAE, `dtype` by default.
        cancel: looked at between tensors.

    Raises:
        CheckpointError: a file is missing, damaged, or does not fit; it names the file and the keys.
        core.cancel.Cancelled: `cancel` was set.
    """
    token = CancelToken() if cancel is None else cancel
    # What is small and can be wrong is read before gigabytes are.
    config, scheduler = read_checkpoint_config(checkpoint), load_scheduler(base)
    extractor = CLIPImageProcessorPil.from_dict(read_json(base / "feature_extractor" / "preprocessor_config.json"))
    token.check()
    backbone = load_backbone(base, checkpoint, config, dtype, token)
    vae = load_vae(base, dtype if vae_dtype is None else vae_dtype, token)
    encoder = load_image_encoder(base, dtype, token)
    return Components(backbone, vae, encoder, extractor, scheduler, config)


def read_tensors(
    path: Path, dtype: torch.dtype | None = None, cancel: CancelToken | None = None
) -> dict[str, torch.Tensor]:
    """All tensors of a checkpoint file, really read and not only mapped; a pickle may hold nothing but tensors.

    Args:
        path: safetensors, or a pickle as `torch.save` writes it.
        dtype: to change floating point tensors to; None leaves them.
        cancel: looked at before every tensor.

    Raises:
        CheckpointError: missing, damaged, or not a plain dict of tensors.
        core.cancel.Cancelled: `cancel` was set.
    """
    token = CancelToken() if cancel is None else cancel
    if not path.is_file():
        raise CheckpointError(f"{path} is missing; see `versa models list`")

    def taken(tensor: torch.Tensor) -> torch.Tensor:
        token.check()
        # Copied, because a mapped tensor is read from the disk only when it is used: at once, and without a cancel.
        return tensor.to(dtype if tensor.is_floating_point() else None, copy=True)

    try:
        if path.suffix == ".safetensors":
            with safe_open(path, framework="pt") as file:
                return {name: taken(file.get_tensor(name)) for name in file.keys()}  # noqa: SIM118
        # The older form cannot be mapped, so it is read whole, which nothing can stop.
        tensors = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path) or None)
    except (SafetensorError, OSError, RuntimeError, EOFError) as error:
        raise CheckpointError(f"{path} is damaged: {error}") from None
    except Cancelled:
        raise
    except Exception as error:  # pickle's own errors have no common type
        raise CheckpointError(
            f"{path} cannot be read as weights; it is damaged or asks for more than tensors ({type(error).__name__})"
        ) from None
    if not isinstance(tensors, dict) or not all(isinstance(value, torch.Tensor) for value in tensors.values()):
        raise CheckpointError(f"{path} is not a plain dictionary of tensors")
    return {name: taken(tensor) for name, tensor in tensors.items()}


def split_parts(tensors: Mapping[str, torch.Tensor], path: Path) -> dict[str, dict[str, torch.Tensor]]:
    """Tensors by part (`unet`, `pose_net`, `face_adapter`), prefixes removed.

    Raises:
        CheckpointError: keys of no part; the message names them.
    """
    parts: dict[str, dict[str, torch.Tensor]] = {}
    stray = []
    for key, tensor in tensors.items():
        part, _, rest = key.partition(".")
        if part in _PARTS and rest:
            parts.setdefault(part, {})[rest] = tensor
        else:
            stray.append(key)
    if stray:
        raise CheckpointError(
            f"{path}: {len(stray)} unexpected keys ({_some(stray)}); the public layout has only unet.* and pose_net.*"
        )
    return parts


def load_strictly(module: nn.Module, tensors: Mapping[str, torch.Tensor], part: str, path: Path) -> None:
    """Fill a module, every key and shape checked.

    Raises:
        CheckpointError: names the missing and unexpected keys, or the first shape that does not fit.
    """
    wanted = module.state_dict()
    missing, unexpected = [key for key in wanted if key not in tensors], [key for key in tensors if key not in wanted]
    if missing or unexpected:
        said = [f"{len(missing)} missing ({_some(f'{part}.{key}' for key in missing)})"] if missing else []
        said += [f"{len(unexpected)} unexpected ({_some(f'{part}.{key}' for key in unexpected)})"] if unexpected else []
        raise CheckpointError(f"{path}: the part {part} does not fit: keys {', '.join(said)}")
    for key, tensor in tensors.items():
        if tensor.shape != wanted[key].shape:
            raise CheckpointError(
                f"{path}: {part}.{key} has shape {tuple(tensor.shape)}, wanted {tuple(wanted[key].shape)}"
            )
    module.load_state_dict(dict(tensors), strict=True, assign=True)


def load_backbone(
    base: Path, checkpoint: Path, config: CheckpointConfig, dtype: torch.dtype, cancel: CancelToken | None = None
) -> Backbone:
    """U-Net, PoseNet and perhaps the adapter, filled from a checkpoint.

    Raises:
        CheckpointError: as `load_components`.
    """
    parts = split_parts(read_tensors(checkpoint, dtype, cancel), checkpoint)
    if "face_adapter" in parts and config.face_adapter is None:
        raise CheckpointError(
            f"{checkpoint}: has {len(parts['face_adapter'])} unexpected keys face_adapter.*; "
            "its config file with the adapter's sizes is missing"
        )
    settings = read_json(base / "unet" / "config.json")
    # Built without memory; the tensors are put in as they are and never copied twice.
    with torch.device("meta"):
        backbone = Backbone(settings, config.face_adapter)
    for part in _PARTS:
        module = getattr(backbone, part)
        if module is not None:
            load_strictly(module, parts.get(part, {}), part, checkpoint)
    return _ready(backbone, dtype)


def load_vae(base: Path, dtype: torch.dtype, cancel: CancelToken | None = None) -> AutoencoderKLTemporalDecoder:
    """The VAE of a base folder.

    Raises:
        CheckpointError: as `load_components`.
    """
    folder = base / "vae"
    with torch.device("meta"):
        vae = AutoencoderKLTemporalDecoder.from_config(read_json(folder / "config.json"))
    path = weights_file(folder, "diffusion_pytorch_model")
    load_strictly(vae, read_tensors(path, dtype, cancel), "vae", path)
    return _ready(vae, dtype)


def load_image_encoder(
    base: Path, dtype: torch.dtype, cancel: CancelToken | None = None
) -> CLIPVisionModelWithProjection:
    """The CLIP encoder of a base folder.

    Raises:
        CheckpointError: as `load_components`.
    """
    folder = base / "image_encoder"
    config: Any = CLIPVisionConfig.from_dict(read_json(folder / "config.json"))
    path = weights_file(folder, "model")
    tensors: Any = read_tensors(path, dtype, cancel)
    transformers_logging.disable_progress_bar()  # our own progress is on the screen
    try:
        # Through transformers' own loader, which knows how key names changed between its versions.
        loaded: Any = CLIPVisionModelWithProjection.from_pretrained(
            None, config=config, state_dict=tensors, output_loading_info=True, dtype=dtype
        )
    except (OSError, RuntimeError) as error:
        raise CheckpointError(f"{path} cannot be loaded: {error}") from None
    encoder, info = loaded
    wrong = {name: sorted(str(key) for key in info.get(name) or ()) for name in ("missing_keys", "unexpected_keys")}
    # A buffer of positions that older versions saved; it holds no weights.
    wrong["unexpected_keys"] = [key for key in wrong["unexpected_keys"] if not key.endswith("position_ids")]
    for name, keys in wrong.items():
        if keys:
            raise CheckpointError(f"{path}: the part image_encoder does not fit: {name.split('_')[0]} {_some(keys)}")
    return _ready(encoder, dtype)


def move(module: nn.Module, device: torch.device | str, cancel: CancelToken) -> None:
    """Move a network layer by layer.

    Raises:
        core.cancel.Cancelled: `cancel` was set; some layers are moved then, and the next call moves the others.
    """
    for layer in module.modules():
        if next(layer.children(), None) is None:
            cancel.check()
            layer.to(device)
    # By torch's own `to`, because diffusers' complains of half precision on a processor.
    nn.Module.to(module, device)


def load_scheduler(base: Path) -> EulerDiscreteScheduler:
    """The scheduler of a base folder.

    Raises:
        CheckpointError: its config is missing, or is not SVD's kind.
    """
    path = base / "scheduler" / "scheduler_config.json"
    scheduler = EulerDiscreteScheduler.from_config(read_json(path))
    kind = (scheduler.config["prediction_type"], scheduler.config["timestep_type"])
    if kind != ("v_prediction", "continuous"):
        raise CheckpointError(f"{path}: the renderer needs continuous v-prediction, not {kind[1]} {kind[0]}")
    return scheduler


def weights_file(folder: Path, stem: str) -> Path:
    """The safetensors file of a part: the half-precision variant that the public folder has, or the plain one.

    Raises:
        CheckpointError: neither is there.
    """
    for name in (f"{stem}.safetensors", f"{stem}.fp16.safetensors"):
        if (folder / name).is_file():
            return folder / name
    raise CheckpointError(
        f"{folder} has neither {stem}.safetensors nor {stem}.fp16.safetensors; see `versa models list`"
    )


def _ready(module: Any, dtype: torch.dtype) -> Any:
    # torch's own `to`: diffusers' warns of parts that must stay in float32 even where there are none.
    return nn.Module.to(module, dtype).eval().requires_grad_(False)


def _some(keys: Iterable[str], count: int = 4) -> str:
    names = list(keys)
    return ", ".join(names[:count]) + (f" and {len(names) - count} more" if len(names) > count else "")
