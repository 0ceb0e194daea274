"""A second, straight implementation of the reference's schedule, to compare the backend with.

Written from the specification alone and sharing nothing with the backend but diffusers' blocks: PoseNet in every step,
two passes a tile, nothing cached, plain loops over frames, float64 where sums are taken.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKLTemporalDecoder, EulerDiscreteScheduler, UNetSpatioTemporalConditionModel
from PIL import Image
from safetensors.torch import load_file
from transformers import CLIPVisionModelWithProjection

from . import tiny


class StraightNets:
    """The networks of a weights folder, loaded with diffusers' and transformers' own loaders."""

    def __init__(self, base: Path, checkpoint: Path) -> None:
        tensors = torch.load(checkpoint, weights_only=True)
        self.unet = UNetSpatioTemporalConditionModel.from_config(tiny.UNET).eval()
        self.unet.load_state_dict({k[5:]: v.float() for k, v in tensors.items() if k.startswith("unet.")})
        self.pose = {k[9:]: v.float() for k, v in tensors.items() if k.startswith("pose_net.")}
        self.vae = AutoencoderKLTemporalDecoder.from_config(tiny.VAE).eval()
        self.vae.load_state_dict(load_file(base / "vae" / "diffusion_pytorch_model.safetensors"))
        self.clip = CLIPVisionModelWithProjection.from_pretrained(base / "image_encoder").eval()

    def pose_features(self, poses: torch.Tensor) -> torch.Tensor:
        hidden = poses
        for index in range(0, 15, 2):
            weight, bias = self.pose[f"conv_layers.{index}.weight"], self.pose[f"conv_layers.{index}.bias"]
            stride = 2 if weight.shape[-1] == 4 else 1
            hidden = F.conv2d(hidden, weight, bias, stride=stride, padding=1)
            hidden = hidden * torch.sigmoid(hidden)
        return F.conv2d(hidden, self.pose["final_proj.weight"], self.pose["final_proj.bias"]) * self.pose["scale"]

    def predict(self, sample: torch.Tensor, timestep: torch.Tensor, embedding: torch.Tensor, ids: torch.Tensor,
                pose: torch.Tensor | None) -> torch.Tensor:  # fmt: skip
        handle = None
        if pose is not None:
            handle = self.unet.conv_in.register_forward_hook(lambda module, inputs, output: output + pose)
        try:
            return self.unet(sample, timestep, embedding, ids).sample
        finally:
            if handle is not None:
                handle.remove()


def clip_pixels(image: Image.Image) -> torch.Tensor:
    """Gaussian blur as wide as the shrinking asks for, bicubic with aligned corners to 224, CLIP's normalisation."""
    pixels = np.asarray(image, np.float64).transpose(2, 0, 1) / 255.0 * 2.0 - 1.0
    for axis, side in ((1, pixels.shape[1]), (2, pixels.shape[2])):
        sigma = max((side / 224 - 1.0) / 2.0, 0.001)
        taps = int(max(4.0 * sigma, 3))
        taps += 1 - taps % 2
        offsets = np.arange(taps) - taps // 2
        kernel = np.exp(-(offsets**2) / (2.0 * sigma**2))
        kernel /= kernel.sum()
        padded = np.pad(pixels, [(taps // 2, taps // 2) if a == axis else (0, 0) for a in range(3)], mode="reflect")
        pixels = np.apply_along_axis(lambda row, k=kernel: np.convolve(row, k, "valid"), axis, padded)
    sized = F.interpolate(torch.from_numpy(pixels)[None], (224, 224), mode="bicubic", align_corners=True)
    unit = (sized + 1.0) / 2.0
    mean = torch.tensor(tiny.EXTRACTOR["image_mean"], dtype=torch.float64)[None, :, None, None]
    spread = torch.tensor(tiny.EXTRACTOR["image_std"], dtype=torch.float64)[None, :, None, None]
    return ((unit - mean) / spread).float()


def schedule(steps: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Karras sigmas from 700 to 0.002 with a zero behind, and timesteps a quarter of their logarithm."""
    ramp = np.linspace(0.0, 1.0, steps)
    low, high = 0.002 ** (1 / 7), 700.0 ** (1 / 7)
    sigmas = np.append((high + ramp * (low - high)) ** 7, 0.0).astype(np.float32)
    return torch.from_numpy(sigmas), torch.from_numpy((0.25 * np.log(sigmas[:-1])).astype(np.float32))


@torch.no_grad()
def run(nets: StraightNets, call: dict[str, Any], image: Image.Image, poses: torch.Tensor, tile_noise: torch.Tensor,
        image_noise: torch.Tensor) -> dict[str, torch.Tensor]:  # fmt: skip
    """The reference's schedule; results as `reproduce` names them."""
    frames, size, overlap = call["num_frames"], call["tile_size"], call["tile_overlap"]
    embedding = nets.clip(clip_pixels(image)).image_embeds[:, None]
    pixels = torch.from_numpy(np.asarray(image, np.float32).transpose(2, 0, 1)[None] / 255.0) * 2.0 - 1.0
    pixels = pixels + call["noise_aug_strength"] * image_noise
    latent = nets.vae.quant_conv(nets.vae.encoder(pixels))[:, :4]
    ids = torch.tensor([[call["fps"] - 1, call["motion_bucket_id"], call["noise_aug_strength"]]], dtype=torch.float32)
    sigmas, timesteps = schedule(call["num_inference_steps"])
    latents = torch.stack([tile_noise[0, frame % tile_noise.shape[1]] for frame in range(frames)])
    latents = latents * math.sqrt(700.0**2 + 1.0)
    tiles = []
    start = 0
    while start <= frames - size:
        tiles.append([0, *range(start + 1, start + size)])
        start += size - overlap
    if tiles[-1][-1] != frames - 1:
        tiles.append([0, *range(frames - size + 1, frames)])
    low, high = call["min_guidance_scale"], call["max_guidance_scale"]
    for step, timestep in enumerate(timesteps):
        sigma = float(sigmas[step])
        scaled = latents / (sigma**2 + 1) ** 0.5
        sums = [torch.zeros(latents.shape, dtype=torch.float64) for _ in range(2)]
        weights = torch.zeros(frames, dtype=torch.float64)
        for tile in tiles:
            pose = nets.pose_features(poses[tile])
            free = torch.cat([scaled[tile], torch.zeros_like(scaled[tile])], 1)[None]
            bound = torch.cat([scaled[tile], latent.expand(len(tile), -1, -1, -1)], 1)[None]
            pair = (
                nets.predict(free, timestep, torch.zeros_like(embedding), ids, None),
                nets.predict(bound, timestep, embedding, ids, pose),
            )
            for place, frame in enumerate(tile):
                u = (place + 0.5) * 2.0 / size
                weight = min(u, 2.0 - u)
                weights[frame] += weight
                for total, predicted in zip(sums, pair, strict=True):
                    total[frame] += weight * predicted[0, place].double()
        merged = []
        for frame in range(frames):
            without, with_all = (total[frame] / weights[frame] for total in sums)
            scale = low + (high - low) * frame / max(frames - 1, 1)
            merged.append(without + scale * (with_all - without) if high > 1 else with_all)
        predicted = torch.stack(merged).float()
        origin = predicted * (-sigma / (sigma**2 + 1) ** 0.5) + latents / (sigma**2 + 1)
        latents = latents + (latents - origin) / sigma * (float(sigmas[step + 1]) - sigma)
    chunk = call["decode_chunk_size"] or frames
    decoded = []
    for first in range(0, frames, chunk):
        part = latents[first : first + chunk] / tiny.VAE["scaling_factor"]
        decoded.append(nets.vae.decode(part, num_frames=len(part)).sample)
    raw = torch.cat(decoded)
    return {
        "posenet_out": nets.pose_features(poses),
        "image_latents": torch.cat([torch.zeros_like(latent), latent]),
        "image_embeddings": torch.cat([torch.zeros_like(embedding), embedding]),
        "final_latents": latents[None],
        "decoded_raw": raw.transpose(0, 1)[None],
        "frames": (raw / 2 + 0.5).clamp(0, 1)[None],
    }


def scheduler() -> EulerDiscreteScheduler:
    """Diffusers' scheduler with SVD's config."""
    return EulerDiscreteScheduler.from_config(tiny.SCHEDULER)
