"""Measures the backend against a straight implementation of the reference's schedule, in one run on the same networks.

The straight way computes PoseNet in every step, runs two passes a tile and keeps nothing. On a processor the networks
are tiny, on a card they have full size; the weights are random either way. Shown by `versa bench renderer`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
from diffusers import AutoencoderKLTemporalDecoder, EulerDiscreteScheduler

from core.cancel import CancelToken, Progress, ProgressCallback
from models.renderers.versa.backbone import Backbone
from models.renderers.versa.conditioning import Conditioning
from models.renderers.versa.counting import FULL_UNET, FULL_VAE
from models.renderers.versa.decode import decode_reference
from models.renderers.versa.denoise import DenoiseOptions, Window, denoise, encode_poses
from models.renderers.versa.engine import set_steps
from models.renderers.versa.memory import LADDER, PROFILES, empty_cache, free_memory, is_out_of_memory, precision
from models.renderers.versa.noise import frame_noise
from models.renderers.versa.settings import CELL, FAST_GUIDED, FAST_REUSE, VersaSettings
from models.renderers.versa.tiling import tile_indices, tile_weights

TINY_UNET: Final[dict[str, Any]] = {
    "in_channels": 8, "out_channels": 4, "block_out_channels": (32, 64), "layers_per_block": 1,
    "addition_time_embed_dim": 32, "projection_class_embeddings_input_dim": 96, "cross_attention_dim": 32,
    "num_attention_heads": (2, 4), "num_frames": 25, "sample_size": 12,
    "down_block_types": ("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
    "up_block_types": ("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"),
}  # fmt: skip
TINY_VAE: Final[dict[str, Any]] = {**FULL_VAE, "block_out_channels": (32, 32, 32, 32), "layers_per_block": 1}
SVD_SCHEDULER: Final[dict[str, Any]] = {
    "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "interpolation_type": "linear",
    "num_train_timesteps": 1000, "prediction_type": "v_prediction", "sigma_max": 700.0, "sigma_min": 0.002,
    "steps_offset": 1, "timestep_spacing": "leading", "timestep_type": "continuous", "use_karras_sigmas": True,
}  # fmt: skip
"""The public scheduler's values."""


@dataclass(frozen=True)
class BenchSize:
    """What is measured.

    Attributes:
        width, height: pixels.
        frames: with the reference.
        tile, overlap: see `tiling`.
        steps: denoising steps.
        decode_chunk: frames of a call of the decoder.
    """

    width: int
    height: int
    frames: int
    tile: int
    overlap: int
    steps: int
    decode_chunk: int = 8


TINY: Final = BenchSize(64, 48, 14, 8, 3, 10, 7)
FULL: Final = BenchSize(1024, 576, 72, 72, 6, 25)


class _Nets:
    """Random networks on a device, and one window's inputs."""

    def __init__(self, size: BenchSize, device: torch.device, full: bool) -> None:
        self.size, self.device, self.dtype = size, device, precision(device)
        torch.manual_seed(0)
        usual = torch.get_default_dtype()
        torch.set_default_dtype(self.dtype)
        try:
            with device:
                self.backbone = Backbone(FULL_UNET if full else TINY_UNET).eval().requires_grad_(False)
                torch.nn.init.normal_(self.backbone.pose_net.final_proj.weight, 0.0, 0.05)
                vae = AutoencoderKLTemporalDecoder(**(FULL_VAE if full else TINY_VAE))
                self.vae: Any = vae.eval().requires_grad_(False)
        finally:
            torch.set_default_dtype(usual)
        generator = torch.Generator().manual_seed(1)
        cells = (4, size.height // CELL, size.width // CELL)
        width = int(self.backbone.unet.config["cross_attention_dim"])
        self.poses = torch.rand(size.frames, 3, size.height, size.width, generator=generator) * 2.0 - 1.0
        latent, embedding = torch.randn(1, *cells, generator=generator), torch.randn(1, 1, width, generator=generator)
        self.conditioning = Conditioning(
            torch.cat([torch.zeros_like(embedding), embedding]), torch.cat([torch.zeros_like(latent), latent]),
            torch.tensor([[6.0, 127.0, 0.0]]).repeat(2, 1),
        )  # fmt: skip
        self.noise = frame_noise(0, range(size.frames), cells)
        self.tiles = tile_indices(size.frames, size.tile, size.overlap)

    def scheduler(self, fast: bool = False) -> EulerDiscreteScheduler:
        made = EulerDiscreteScheduler.from_config(SVD_SCHEDULER)
        set_steps(made, VersaSettings(steps=self.size.steps, fast=fast))
        return made

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        raw = decode_reference(self.vae, latents, self.size.decode_chunk)
        return (raw / 2 + 0.5).clamp(0, 1)


@torch.no_grad()
def straight(nets: _Nets, cancel: CancelToken) -> torch.Tensor:
    """Finished latents by the reference's schedule, nothing cached: (F, 4, h, w)."""
    scheduler, size = nets.scheduler(), nets.size
    conditions = nets.conditioning.to(nets.device, nets.dtype)
    latents = nets.noise * scheduler.init_noise_sigma
    for timestep in scheduler.timesteps:
        scaled = scheduler.scale_model_input(latents, timestep).to(nets.device, nets.dtype)
        total = torch.zeros(2, *latents.shape, device=nets.device)
        weights = torch.zeros(size.frames, device=nets.device)
        for tile in nets.tiles:
            index = torch.from_numpy(tile).to(nets.device)
            weight = torch.from_numpy(tile_weights(len(tile))).to(nets.device)
            pose = nets.backbone.pose_net(nets.poses[tile].to(nets.device, nets.dtype))
            for row, features in ((0, None), (1, pose)):
                cancel.check()
                image = conditions.image_latents[row].expand(len(tile), -1, -1, -1)
                predicted = nets.backbone(
                    torch.cat([scaled[index], image], dim=1)[None], timestep.to(nets.device),
                    conditions.image_embeddings[row : row + 1], conditions.added_time_ids[row : row + 1], features,
                )[0]  # fmt: skip
                total[row, index] += predicted.float() * weight[:, None, None, None]
            weights[index] += weight
        free, bound = total / weights[None, :, None, None, None]
        guided = (free + 2.0 * (bound - free)).cpu()
        latents = scheduler.step(guided, timestep, latents).prev_sample
    return latents


def ours(nets: _Nets, cancel: CancelToken, *, fast: bool = False, batched: bool = True) -> torch.Tensor:
    """Finished latents by the backend: (F, 4, h, w)."""
    scheduler, size = nets.scheduler(fast), nets.size
    window = Window(
        latents=nets.noise * scheduler.init_noise_sigma,
        pose_latents=encode_poses(nets.backbone, nets.poses, nets.device, nets.dtype),
        conditioning=nets.conditioning,
        guidance=torch.full((size.frames,), 2.0),
        tiles=nets.tiles,
    )
    options = DenoiseOptions(
        batched=batched, device=nets.device, dtype=nets.dtype, guided_steps=FAST_GUIDED if fast else 1.0,
        reuse=FAST_REUSE if fast else 0,
    )  # fmt: skip
    return denoise(nets.backbone, scheduler, window, cancel, options=options)


def bench_renderer(
    device: torch.device, progress: ProgressCallback, cancel: CancelToken, size: BenchSize | None = None
) -> dict[str, Any]:
    """Measure all ways.

    Args:
        device: a card measures at full size, a processor with tiny networks.
        progress: told the stage "bench".
        cancel: looked at before every pass.
        size: what to measure instead of the usual.

    Returns:
        Plain data for JSON: for each way seconds and processor seconds per frame, how many times faster than the
        straight way, the largest and the mean difference of its frames (0..1) from the straight way's, and peak
        memory. The frames of fast mode are meant to differ.
    """
    full = device.type == "cuda"
    chosen = size or (FULL if full else TINY)
    ways: dict[str, Callable[[_Nets], torch.Tensor]] = {
        "straight": lambda nets: straight(nets, cancel),
        "both_passes_at_once": lambda nets: ours(nets, cancel),
        "one_pass_after_the_other": lambda nets: ours(nets, cancel, batched=False),
        "fast": lambda nets: ours(nets, cancel, fast=True),
    }
    progress(Progress("bench", 0, len(ways) + 1, None, "networks"))
    nets = _Nets(chosen, device, full)
    report: dict[str, Any] = {
        "device": torch.cuda.get_device_name(device) if full else "processor",
        "networks": "full size, random weights" if full else "tiny, random weights",
        "size": [chosen.width, chosen.height], "frames": chosen.frames, "tile": chosen.tile, "overlap": chosen.overlap,
        "steps": chosen.steps, "fast_steps": min(chosen.steps, 10), "precision": str(nets.dtype).removeprefix("torch."),
    }  # fmt: skip
    wanted: torch.Tensor | None = None
    base: dict[str, float] | None = None
    for place, (name, way) in enumerate(ways.items(), 1):
        progress(Progress("bench", place, len(ways) + 1, None, name.replace("_", " ")))
        try:
            figures, frames = _measured(nets, way)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            empty_cache(device)
            report[name] = {"out_of_memory": True}
            continue
        if wanted is None or base is None:
            wanted, base = frames, figures
        difference = (frames - wanted).abs()
        report[name] = {
            **{key: round(value, 4) for key, value in figures.items()},
            "times_faster": round(base["seconds_per_frame"] / figures["seconds_per_frame"], 2),
            "times_less_processor": round(
                base["processor_seconds_per_frame"] / max(figures["processor_seconds_per_frame"], 1e-9), 2
            ),
            "largest_difference": float(difference.max()), "mean_difference": float(difference.mean()),
        }  # fmt: skip
    report["profiles"] = _profiles(nets, device, chosen)
    progress(Progress("bench", len(ways) + 1, len(ways) + 1))
    return report


def _measured(nets: _Nets, way: Callable[[_Nets], torch.Tensor]) -> tuple[dict[str, float], torch.Tensor]:
    """Time of denoising per frame, and the decoded frames."""
    on_card = nets.device.type == "cuda"
    if on_card:
        empty_cache(nets.device)
        torch.cuda.reset_peak_memory_stats(nets.device)
        torch.cuda.synchronize(nets.device)
    began, used = time.perf_counter(), time.process_time()
    latents = way(nets)
    if on_card:
        torch.cuda.synchronize(nets.device)
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    peak = {"peak_memory": float(torch.cuda.max_memory_allocated(nets.device))} if on_card else {}
    decoded = nets.decode(latents)
    count = nets.size.frames
    figures = {"seconds_per_frame": seconds / count, "processor_seconds_per_frame": processor / count, **peak}
    return figures, decoded


def _profiles(nets: _Nets, device: torch.device, size: BenchSize) -> dict[str, Any]:
    """Estimated memory of every profile at the published size, and on a card the measured peak of denoising there."""
    from models.renderers.versa.memory import Work, peak_memory

    found: dict[str, Any] = {}
    full = size if device.type == "cuda" else FULL
    cells = full.width * full.height // CELL**2
    for profile in PROFILES:
        tile = min(profile.tile, full.frames)
        work = Work(cells, tile, profile.decode_chunk + 2, 0.0, full.frames)
        found[profile.name] = {"tile": tile, "estimated_peak": round(peak_memory(work, profile.execution))}
        if device.type != "cuda" or (free_memory(device) or 0.0) < peak_memory(work, LADDER[1]):
            continue
        small = _smaller(nets, tile)
        empty_cache(device)
        torch.cuda.reset_peak_memory_stats(device)
        ours(small, CancelToken(), batched=profile.execution.batched)
        found[profile.name]["measured_peak_of_denoising"] = torch.cuda.max_memory_allocated(device)
    return found


def _smaller(nets: _Nets, tile: int) -> _Nets:
    """The same networks on fewer frames and steps."""
    import copy
    from dataclasses import replace

    small = copy.copy(nets)
    small.size = replace(nets.size, frames=tile, tile=tile, steps=2)
    small.poses, small.noise = nets.poses[:tile], nets.noise[:tile]
    small.tiles = tile_indices(tile, tile, 1)
    return small
