"""Tiny random weights in the public layout: a Stable Video Diffusion folder and a MimicMotion-like checkpoint."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKLTemporalDecoder, UNetSpatioTemporalConditionModel
from safetensors.torch import save_file
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from models.renderers.versa.backbone import Backbone

UNET: dict[str, Any] = {
    "_class_name": "UNetSpatioTemporalConditionModel", "block_out_channels": [32, 64], "layers_per_block": 1,
    "num_attention_heads": [2, 4], "cross_attention_dim": 32, "addition_time_embed_dim": 32,
    "projection_class_embeddings_input_dim": 96, "in_channels": 8, "out_channels": 4, "num_frames": 20,
    "sample_size": 12, "transformer_layers_per_block": 1,
    "down_block_types": ["CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"],
    "up_block_types": ["UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"],
}  # fmt: skip
VAE: dict[str, Any] = {
    "_class_name": "AutoencoderKLTemporalDecoder", "block_out_channels": [32, 32, 32, 32], "layers_per_block": 1,
    "down_block_types": ["DownEncoderBlock2D"] * 4, "in_channels": 3, "out_channels": 3, "latent_channels": 4,
    "sample_size": 96, "scaling_factor": 0.18215, "force_upcast": True,
}  # fmt: skip
SCHEDULER: dict[str, Any] = {
    "_class_name": "EulerDiscreteScheduler", "beta_end": 0.012, "beta_schedule": "scaled_linear",
    "beta_start": 0.00085, "interpolation_type": "linear", "num_train_timesteps": 1000,
    "prediction_type": "v_prediction", "sigma_max": 700.0, "sigma_min": 0.002, "steps_offset": 1,
    "timestep_spacing": "leading", "timestep_type": "continuous", "use_karras_sigmas": True,
}  # fmt: skip
EXTRACTOR: dict[str, Any] = {
    "crop_size": {"height": 224, "width": 224}, "do_center_crop": True, "do_convert_rgb": True, "do_normalize": True,
    "do_rescale": True, "do_resize": True, "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_processor_type": "CLIPImageProcessor", "image_std": [0.26862954, 0.26130258, 0.27577711], "resample": 3,
    "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 224},
}  # fmt: skip
FACE: dict[str, Any] = {"width": 32, "heads": 4, "layers": 1, "audio_dim": 16, "audio_window": 4, "identity_tokens": 2}


@cache
def backbone(face: bool = False, seed: int = 0) -> Backbone:
    """A backbone whose zero-initialised parts are random too, except those of the face adapter."""
    torch.manual_seed(seed)
    made = Backbone(UNET, FACE if face else None).eval().requires_grad_(False)
    torch.nn.init.normal_(made.pose_net.final_proj.weight, 0.0, 0.1)
    torch.nn.init.normal_(made.pose_net.final_proj.bias, 0.0, 0.1)
    return made


def trained_adapter(made: Backbone, seed: int = 5) -> None:
    """Make the zero-initialised projections of a face adapter random, as training would."""
    assert made.face_adapter is not None
    torch.manual_seed(seed)
    for layer in made.face_adapter.layers.values():
        torch.nn.init.normal_(layer.to_out.weight, 0.0, 0.2)


def write_weights(folder: Path, *, face: bool = False, half: bool = False, suffix: str = ".pth") -> tuple[Path, Path]:
    """Write random weights; returns the base folder and the checkpoint."""
    base = folder / "svd"
    for name, config in (("unet", UNET), ("vae", VAE)):
        _json(base / name / "config.json", config)
    _json(base / "scheduler" / "scheduler_config.json", SCHEDULER)
    _json(base / "feature_extractor" / "preprocessor_config.json", EXTRACTOR)
    torch.manual_seed(1)
    vae = AutoencoderKLTemporalDecoder.from_config(VAE)
    kind = torch.float16 if half else torch.float32
    ending = ".fp16.safetensors" if half else ".safetensors"
    save_file({k: v.to(kind) for k, v in vae.state_dict().items()},
              base / "vae" / f"diffusion_pytorch_model{ending}")  # fmt: skip
    clip = CLIPVisionModelWithProjection(
        CLIPVisionConfig(hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=4,
                         patch_size=56, projection_dim=32)
    ).to(kind)  # fmt: skip
    clip.save_pretrained(base / "image_encoder", variant="fp16" if half else None)
    tensors = {key: value.to(kind).clone() for key, value in backbone(face).state_dict().items()}
    checkpoint = folder / f"MimicMotion_tiny{suffix}"
    if suffix == ".safetensors":
        save_file(tensors, checkpoint)
    else:
        torch.save(tensors, checkpoint)
    if face:
        _json(checkpoint.with_suffix(".json"), {"pose_input": "composite", "face_adapter": FACE})
    return base, checkpoint


def unet_keys() -> set[str]:
    """Keys of the U-Net alone, as diffusers has them."""
    with torch.device("meta"):
        return set(UNetSpatioTemporalConditionModel.from_config(UNET).state_dict())


def _json(path: Path, value: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")
