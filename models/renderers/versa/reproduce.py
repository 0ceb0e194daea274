"""Runs a case of the published reference from a folder and gives every number that can be compared.

A case holds the checkpoint (`*.pth`), the base folder `svd/`, `reference_image.png`, `inputs.safetensors` and
`call.json`. Everything runs in float32 in the reference's own schedule; how our own mode differs is in `units`.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from core.cancel import CancelToken
from models.checkpoint import CheckpointError
from models.renderers.versa.checkpoint import load_components, read_tensors
from models.renderers.versa.checkpoint_config import read_json
from models.renderers.versa.conditioning import check_size, condition
from models.renderers.versa.decode import decode_reference
from models.renderers.versa.denoise import DenoiseOptions, StepCallback, Window, denoise, encode_poses, guidance_ramp
from models.renderers.versa.noise import reference_noise, repeat_noise
from models.renderers.versa.settings import CELL
from models.renderers.versa.tiling import SettingsError, tile_indices


@dataclass(frozen=True)
class ReferenceCall:
    """Arguments of the reference's pipeline, as `call.json` has them; fields that are missing have its defaults."""

    height: int
    width: int
    num_frames: int
    tile_size: int = 16
    tile_overlap: int = 4
    num_inference_steps: int = 25
    min_guidance_scale: float = 1.0
    max_guidance_scale: float = 3.0
    fps: int = 7
    motion_bucket_id: int = 127
    noise_aug_strength: float = 0.0
    decode_chunk_size: int | None = None
    seed: int = 0

    @classmethod
    def read(cls, path: Path) -> "ReferenceCall":
        """Read `call.json`; fields of other programs (versions) are left alone.

        Raises:
            SettingsError: a field is missing or cannot work; it names the file and the field.
        """
        values = read_json(path)
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        missing = [name for name in ("height", "width", "num_frames") if name not in known]
        if missing:
            raise SettingsError(f"{path}: the field {missing[0]} is missing")
        for name, value in known.items():
            if value is None and name == "decode_chunk_size":
                continue
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise SettingsError(f"{path}: {name} must be a number, not {value!r}")
            if name not in _FRACTIONS and value != int(value):
                raise SettingsError(f"{path}: {name} must be a whole number, not {value!r}")
            known[name] = float(value) if name in _FRACTIONS else int(value)
        call = cls(**known)
        call.check(path)
        return call

    def check(self, path: Path) -> None:
        """Refuse what cannot work.

        Raises:
            SettingsError: with the reason.
        """
        try:
            check_size(self.height, self.width)
            tile_indices(self.num_frames, self.tile_size, self.tile_overlap)
            guidance_ramp(self.min_guidance_scale, self.max_guidance_scale, self.num_frames)
        except SettingsError as error:
            raise SettingsError(f"{path}: {error}") from None
        if self.num_inference_steps < 1:
            raise SettingsError(f"{path}: num_inference_steps is {self.num_inference_steps}; choose 1 or more")
        if self.decode_chunk_size is not None and self.decode_chunk_size < 1:
            raise SettingsError(f"{path}: decode_chunk_size is {self.decode_chunk_size}; choose 1 or more")
        if self.noise_aug_strength < 0:
            raise SettingsError(f"{path}: noise_aug_strength is {self.noise_aug_strength}; choose 0 or more")


_FRACTIONS = frozenset({"min_guidance_scale", "max_guidance_scale", "noise_aug_strength"})


def reproduce(
    case: Path,
    cancel: CancelToken,
    *,
    options: DenoiseOptions | None = None,
    on_step: StepCallback | None = None,
) -> dict[str, torch.Tensor]:
    """Run a case.

    Args:
        case: the folder.
        cancel: looked at before every pass of the U-Net and every decoded chunk.
        options: how to run; one pass after the other by default, as the reference does.
        on_step: told after every tile.

    Returns:
        `posenet_out` (F, C, h, w), `image_latents` (2, 4, h, w), `image_embeddings` (2, 1, D), `added_time_ids` (2, 3),
        `timesteps` (S,), `sigmas` (S + 1,), `guided_noise_pred` and `latents_per_step` (S, 1, F, 4, h, w),
        `final_latents` (1, F, 4, h, w), `decoded_raw` (1, 3, F, H, W), `frames` (1, F, 3, H, W) in 0..1.

    Raises:
        SettingsError: a setting that cannot work, or inputs that do not fit the call.
        CheckpointError: weights that do not fit.
    """
    if not case.is_dir():
        raise SettingsError(f"{case} is no folder; give the folder of a case")
    call = ReferenceCall.read(case / "call.json")
    inputs = _Inputs.read(case, call)
    components = load_components(case / "svd", checkpoint_of(case), cancel=cancel)
    conditioning = condition(
        components, inputs.image, call.height, call.width, fps=call.fps, motion_bucket_id=call.motion_bucket_id,
        noise_aug_strength=call.noise_aug_strength, image_noise=inputs.image_noise,
    )  # fmt: skip
    pose_latents = encode_poses(components.backbone, inputs.poses)
    scheduler = components.scheduler
    scheduler.set_timesteps(call.num_inference_steps)
    window = Window(
        latents=repeat_noise(inputs.tile_noise, call.num_frames) * scheduler.init_noise_sigma,
        pose_latents=pose_latents,
        conditioning=conditioning,
        guidance=guidance_ramp(call.min_guidance_scale, call.max_guidance_scale, call.num_frames),
        tiles=tile_indices(call.num_frames, call.tile_size, call.tile_overlap),
    )
    predictions: list[torch.Tensor] = []
    latents_per_step: list[torch.Tensor] = []

    def trace(prediction: torch.Tensor, latents: torch.Tensor) -> None:
        predictions.append(prediction.clone())
        latents_per_step.append(latents.clone())

    how = DenoiseOptions(batched=False) if options is None else options
    final = denoise(
        components.backbone, scheduler, window, cancel, options=how, on_step=on_step, trace=trace
    )  # fmt: skip
    decoded = decode_reference(components.vae, final, call.decode_chunk_size, cancel)
    return {
        "posenet_out": pose_latents,
        "image_latents": conditioning.image_latents,
        "image_embeddings": conditioning.image_embeddings,
        "added_time_ids": conditioning.added_time_ids,
        "timesteps": scheduler.timesteps.clone(),
        "sigmas": scheduler.sigmas.clone(),
        "guided_noise_pred": torch.stack(predictions)[:, None],
        "latents_per_step": torch.stack(latents_per_step)[:, None],
        "final_latents": final[None],
        "decoded_raw": decoded.permute(1, 0, 2, 3)[None].contiguous(),
        "frames": (decoded / 2.0 + 0.5).clamp(0.0, 1.0)[None],
    }


def checkpoint_of(case: Path) -> Path:
    """The one checkpoint of a case.

    Raises:
        CheckpointError: there is none, or several.
    """
    found = sorted(path for suffix in ("*.pth", "*.safetensors") for path in case.glob(suffix)
                   if path.name.lower().startswith("mimicmotion") or path.suffix == ".pth")  # fmt: skip
    if len(found) != 1:
        names = ", ".join(path.name for path in found)
        raise CheckpointError(f"{case} must hold one checkpoint (*.pth), " + (f"not {names}" if found else "not none"))
    return found[0]


@dataclass(frozen=True)
class _Inputs:
    """Picture, drawn poses (F, 3, H, W) and noise of a case: (1, 3, H, W) and (T, 4, h, w)."""

    image: Image.Image
    poses: torch.Tensor
    image_noise: torch.Tensor
    tile_noise: torch.Tensor

    @classmethod
    def read(cls, case: Path, call: ReferenceCall) -> "_Inputs":
        path = case / "inputs.safetensors"
        tensors: dict[str, Any] = {name: tensor.float() for name, tensor in read_tensors(path).items()}
        if "pose_images" not in tensors:
            raise SettingsError(f"{path}: the tensor pose_images is missing")
        poses = tensors["pose_images"]
        _fits(path, "pose_images", poses, (call.num_frames, 3, call.height, call.width))
        cells = (4, call.height // CELL, call.width // CELL)
        drawn = reference_noise(call.seed, call.tile_size, (call.height, call.width), cells)
        image_noise, tile_noise = tensors.get("image_noise", drawn[0]), tensors.get("tile_noise")
        if tile_noise is None:
            tile_noise = drawn[1][None]
        _fits(path, "image_noise", image_noise, (1, 3, call.height, call.width))
        _fits(path, "tile_noise", tile_noise, (1, tile_noise.shape[1] if tile_noise.ndim == 5 else -1, *cells))
        picture = case / "reference_image.png"
        try:
            image = Image.open(picture).convert("RGB")
        except OSError as error:
            raise SettingsError(f"{picture} cannot be read as a picture: {error}") from None
        return cls(image, poses, image_noise, tile_noise[0])


def _fits(path: Path, name: str, tensor: torch.Tensor, shape: tuple[int, ...]) -> None:
    if tuple(tensor.shape) != shape:
        raise SettingsError(f"{path}: {name} has shape {tuple(tensor.shape)}, but the call wants {shape}")
