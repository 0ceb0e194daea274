"""The denoising loop: every step predicts each tile, fuses the tiles, guides, and takes one Euler step.

The latents of the whole window stay on the CPU in float32; one tile at a time is on the device.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from core.cancel import CancelToken
from models.renderers.versa.backbone import Backbone
from models.renderers.versa.conditioning import Conditioning
from models.renderers.versa.face_adapter import FaceContext, FaceControls
from models.renderers.versa.posenet import STRIDE
from models.renderers.versa.tiling import SettingsError, tile_weights

POSE_BATCH: Final = 8
"""Drawings that PoseNet sees at once: they are full-size pictures, so memory counts."""


@dataclass(frozen=True)
class Held:
    """Latents that are finished already and that the window must meet.

    Attributes:
        latents: (F, 4, h, w) finished latents; anything where the weight is 0.
        weights: (F,) 1 keeps the finished latents, 0 is free, between is fused in every step.
    """

    latents: torch.Tensor
    weights: torch.Tensor


@dataclass(frozen=True)
class StepReport:
    """What a listener is told after every tile.

    Attributes:
        step, steps: denoising step, counted from 1, of how many.
        tile, tiles: tile of the step, counted from 1.
        latents: (F, 4, h, w) the current estimate of the finished latents, after the last tile of a step; else None.
        kind: passes that the step took for each tile, and whether they computed deep features: steps of one kind take
            the same time.
    """

    step: int
    steps: int
    tile: int
    tiles: int
    latents: torch.Tensor | None = None
    kind: tuple[int, bool] = (2, True)


StepCallback = Callable[[StepReport], None]


@dataclass(frozen=True)
class DenoiseOptions:
    """How the loop runs; none of it but `guided_steps` and `reuse` changes the result beyond rounding.

    Attributes:
        batched: unconditional and conditional pass in one call.
        device, dtype: where and how the backbone runs.
        guided_steps: share of the steps, from the first on, that are guided; the rest is conditional only.
        reuse: steps that reuse the deep features of the last full step, between two full steps (0 none).
        keep_on_device: where those features wait; else they wait in the system's memory.
    """

    batched: bool = True
    device: torch.device | str = "cpu"
    dtype: torch.dtype = torch.float32
    guided_steps: float = 1.0
    reuse: int = 0
    keep_on_device: bool = True


@dataclass
class Window:
    """What is denoised together: frame 0 is the reference's own pose.

    Attributes:
        latents: (F, 4, h, w) float32 noise scaled to the scheduler's first sigma.
        pose_latents: (F, C, h, w) of PoseNet.
        conditioning: of the reference picture.
        guidance: (F,).
        tiles: frames of each tile, from `tiling.tile_indices`.
        held: finished neighbours, or None.
        face: controls of the face with a batch of 1, or None.
    """

    latents: torch.Tensor
    pose_latents: torch.Tensor
    conditioning: Conditioning
    guidance: torch.Tensor
    tiles: Sequence[NDArray[np.int64]]
    held: Held | None = None
    face: FaceControls | None = None


@torch.no_grad()
def encode_poses(
    backbone: Backbone, poses: torch.Tensor, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32
) -> torch.Tensor:
    """PoseNet's features of drawn poses, once for all steps: (F, 3, H, W) in -1..1 to (F, C, h, w) on the CPU."""
    if poses.shape[-2] < STRIDE or poses.shape[-1] < STRIDE:
        raise SettingsError(f"the drawn poses are smaller than {STRIDE} pixels")
    parts = [backbone.pose_net(part.to(device, dtype)).cpu() for part in poses.split(POSE_BATCH)]
    return torch.cat(parts)


def guidance_ramp(low: float, high: float, num_frames: int) -> torch.Tensor:
    """(num_frames,) guidance from the first to the last frame.

    Raises:
        SettingsError: guidance that ends at 1 or below although it begins above: the reference cannot run it.
    """
    if high <= 1.0 < low:
        raise SettingsError(
            f"guidance from {low:g} down to {high:g}: with a maximum of 1 or less there is no guidance at all; "
            "choose a maximum above 1, or both at 1"
        )
    return torch.linspace(low, high, num_frames)


@torch.no_grad()
def denoise(
    backbone: Backbone,
    scheduler: Any,
    window: Window,
    cancel: CancelToken,
    *,
    options: DenoiseOptions | None = None,
    on_step: StepCallback | None = None,
    trace: Callable[[torch.Tensor, torch.Tensor], None] | None = None,
) -> torch.Tensor:
    """Run all steps that the scheduler was set to.

    Args:
        backbone: on the options' device.
        scheduler: Euler, fresh from `set_timesteps`.
        window: what to denoise.
        cancel: looked at before every pass of the U-Net.
        options: how to run.
        on_step: told after every tile.
        trace: given the guided prediction and the latents after each step, for tests.

    Returns:
        (F, 4, h, w) float32 finished latents on the CPU.

    Raises:
        core.cancel.Cancelled: `cancel` was set.
    """
    how = DenoiseOptions() if options is None else options
    latents = window.latents.float()
    ones = float(window.guidance.max()) <= 1.0
    conditions = window.conditioning.to(how.device, how.dtype)
    passes = _Passes(backbone, window, conditions, how)
    steps = len(scheduler.timesteps)
    guided_until = round(how.guided_steps * steps)
    for number, timestep in enumerate(scheduler.timesteps):
        scaled = scheduler.scale_model_input(latents, timestep)
        guided = not ones and number < guided_until
        full = how.reuse == 0 or number % (how.reuse + 1) == 0 or number == guided_until
        prediction = _fused(passes, scaled, timestep, number, steps, guided, full, cancel, on_step)
        estimate = _estimate(scheduler, prediction, latents)
        if window.held is not None:
            estimate = _meet(estimate, window.held)
            prediction = _prediction(scheduler, estimate, latents)
        latents = scheduler.step(prediction, timestep, latents).prev_sample
        if trace is not None:
            trace(prediction, latents)
        if on_step is not None:
            tiles = len(window.tiles)
            on_step(StepReport(number + 1, steps, tiles, tiles, estimate, (1 + guided, full)))
    return latents


def _fused(
    passes: "_Passes", scaled: torch.Tensor, timestep: torch.Tensor, number: int, steps: int, guided: bool,
    full: bool, cancel: CancelToken, on_step: StepCallback | None,
) -> torch.Tensor:  # fmt: skip
    """Guided prediction of the whole window: tiles one after the other, weighted where they overlap."""
    window = passes.window
    conditional, unconditional = torch.zeros_like(scaled), torch.zeros_like(scaled)
    total = torch.zeros(scaled.shape[0])
    for place, tile in enumerate(window.tiles):
        index = torch.from_numpy(tile)
        weights = torch.from_numpy(tile_weights(len(tile)))
        predicted = passes.predict(scaled[index], timestep, place, index, guided, full, cancel)
        conditional[index] += predicted[-1] * weights[:, None, None, None]
        if guided:
            unconditional[index] += predicted[0] * weights[:, None, None, None]
        total[index] += weights
        if on_step is not None and place + 1 < len(window.tiles):
            on_step(StepReport(number + 1, steps, place + 1, len(window.tiles), kind=(1 + guided, full)))
    conditional /= total[:, None, None, None]
    if not guided:
        return conditional
    unconditional /= total[:, None, None, None]
    return unconditional + window.guidance[:, None, None, None] * (conditional - unconditional)


class _Passes:
    """Calls of the U-Net for one window."""

    def __init__(self, backbone: Backbone, window: Window, conditions: Conditioning, how: DenoiseOptions) -> None:
        self.window = window
        self._backbone = backbone
        self._conditions = conditions
        self._how = how
        self._kept: dict[tuple[int, int], torch.Tensor] = {}
        self._faces: list[FaceContext | None] = [None] * len(window.tiles)
        adapter = backbone.face_adapter
        if adapter is not None and window.face is not None:
            controls = window.face.to(how.device, how.dtype)
            self._faces = [adapter.context(controls.frames(torch.from_numpy(tile).to(how.device)))
                           for tile in window.tiles]  # fmt: skip

    def predict(
        self, scaled: torch.Tensor, timestep: torch.Tensor, place: int, index: torch.Tensor, guided: bool, full: bool,
        cancel: CancelToken,
    ) -> torch.Tensor:  # fmt: skip
        """(1 or 2, F, 4, h, w) float32 on the CPU: unconditional first, if guided."""
        how = self._how
        poses = self.window.pose_latents[index].to(how.device, how.dtype)
        face = self._faces[place]
        if guided and how.batched:
            cancel.check()
            poses = torch.cat([torch.zeros_like(poses), poses])
            face = None if face is None else face.behind_nothing()
            return self._call(scaled, timestep, (0, 1), poses, face, (place, 2), full)
        results = []
        if guided:
            cancel.check()
            results.append(self._call(scaled, timestep, (0,), None, None, (place, 0), full))
        cancel.check()
        results.append(self._call(scaled, timestep, (1,), poses, face, (place, 1), full))
        return torch.cat(results)

    def _call(
        self, scaled: torch.Tensor, timestep: torch.Tensor, rows: tuple[int, ...], poses: torch.Tensor | None,
        face: FaceContext | None, key: tuple[int, int], full: bool,
    ) -> torch.Tensor:  # fmt: skip
        how, conditions = self._how, self._conditions
        chosen = slice(rows[0], rows[-1] + 1)
        sample = scaled.to(how.device, how.dtype)[None].expand(len(rows), -1, -1, -1, -1)
        image = conditions.image_latents[chosen][:, None].expand(-1, scaled.shape[0], -1, -1, -1)
        inputs = torch.cat([sample, image], dim=2)
        at = timestep.to(how.device)
        embeddings, ids = conditions.image_embeddings[chosen], conditions.added_time_ids[chosen]
        if how.reuse == 0:
            predicted = self._backbone(inputs, at, embeddings, ids, poses, face)
        else:
            from models.renderers.versa.deep_cache import cached_pass

            kept = None if full else self._kept[key].to(how.device)
            predicted, deep = cached_pass(self._backbone, inputs, at, embeddings, ids, poses, face, kept)
            if full:
                self._kept[key] = deep if how.keep_on_device else deep.cpu()
        return predicted.float().cpu()


def _sigma(scheduler: Any) -> float:
    return float(scheduler.sigmas[scheduler.step_index])


def _estimate(scheduler: Any, prediction: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
    """The finished latents that a v-prediction points to."""
    sigma = _sigma(scheduler)
    return prediction * (-sigma / (sigma**2 + 1) ** 0.5) + latents / (sigma**2 + 1)


def _prediction(scheduler: Any, estimate: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
    """The v-prediction that points to these finished latents; the inverse of `_estimate`."""
    sigma = _sigma(scheduler)
    return (latents / (sigma**2 + 1) - estimate) * ((sigma**2 + 1) ** 0.5 / sigma)


def _meet(estimate: torch.Tensor, held: Held) -> torch.Tensor:
    weights = held.weights[:, None, None, None]
    # Not a plain sum: a free frame must not change by a rounding, whatever lies in the unused latents.
    return torch.where(weights > 0, weights * held.latents + (1 - weights) * estimate, estimate)
