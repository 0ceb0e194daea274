"""Runs the networks for the renderer: where they lie, in which precision, and how a unit's latents and frames are made.

Reads like the method: prepare the reference, encode, denoise, decode. What depends on what is `renderer`'s business.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from core.cancel import CancelToken
from core.draw import FramePoses
from models.renderers.versa.checkpoint import Components, load_components, move
from models.renderers.versa.conditioning import Conditioning, condition
from models.renderers.versa.decode import decode_frames
from models.renderers.versa.denoise import (
    POSE_BATCH,
    DenoiseOptions,
    Held,
    StepReport,
    Window,
    denoise,
    encode_poses,
)
from models.renderers.versa.face_adapter import FaceControls
from models.renderers.versa.memory import (
    Execution,
    SpillWatch,
    empty_cache,
    is_out_of_memory,
    precision,
    step_down,
)
from models.renderers.versa.noise import REFERENCE_FRAME, frame_noise
from models.renderers.versa.portrait_frame import PortraitFrame
from models.renderers.versa.preview import LatentPreview
from models.renderers.versa.safe_vae import SafeVae
from models.renderers.versa.settings import (
    CELL,
    DECODE_CONTEXT,
    FAST_GUIDED,
    FAST_REUSE,
    SettingsError,
    VersaSettings,
)
from models.renderers.versa.tiling import tile_indices

Note = Callable[[str], None]


@dataclass(frozen=True)
class UnitWork:
    """What a unit's latents are made of.

    Attributes:
        frames: absolute frames.
        poses: one a frame.
        seed: of the noise.
        held: finished neighbours for these frames, without the reference; or None.
        face: controls of the reference and these frames, or None.
    """

    frames: range
    poses: list[FramePoses]
    seed: int
    held: Held | None = None
    face: FaceControls | None = None


class Engine:
    """The networks on a device.

    Attributes:
        components: the networks.
        settings: resolved (tile and decode chunk are set).
        execution: how passes are run now; steps down when memory runs out.
    """

    def __init__(
        self, components: Components, settings: VersaSettings, device: torch.device, dtype: torch.dtype,
        execution: Execution, on_note: Note,
    ) -> None:  # fmt: skip
        self.components = components
        self.settings = settings
        self.execution = execution
        self._device = device
        self._dtype = dtype
        self._note = on_note
        self._spill = SpillWatch()
        self._hooked = False
        self._conditioned: tuple[NDArray[np.uint8], Conditioning, LatentPreview] | None = None
        self._vae = SafeVae(components.vae, execution.banded, on_note)
        if device.type == "cuda":
            channels_last(self.components.backbone.unet)
        if settings.compile:
            compile_blocks(self.components.backbone.unet)

    @classmethod
    def load(
        cls, base: Path, checkpoint: Path, settings: VersaSettings, device: torch.device, execution: Execution,
        on_note: Note, cancel: CancelToken,
    ) -> "Engine":  # fmt: skip
        """Load the weights; can be cancelled between tensors."""
        dtype = precision(device)
        components = load_components(base, checkpoint, dtype=dtype, cancel=cancel)
        return cls(components, settings, device, dtype, execution, on_note)

    def unit_latents(
        self, frame: PortraitFrame, work: UnitWork, cancel: CancelToken,
        on_step: Callable[[StepReport, NDArray[np.uint8] | None], None],
    ) -> torch.Tensor:  # fmt: skip
        """(len(frames), 4, h, w) float32 finished latents of a unit.

        Raises:
            SettingsError: the memory is too small however the passes are run.
            core.cancel.Cancelled: at the next pass after `cancel` was set.
        """
        while True:
            try:
                return self._unit_latents(frame, work, cancel, on_step)
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
            smaller = step_down(self.execution)
            if smaller is None:
                raise SettingsError(
                    f"the card's memory is too small for tiles of {self.settings.tile} frames at {frame.width} x "
                    f"{frame.height} pixels; choose a smaller profile, tile or size"
                )
            self._note(f"the card's memory ran out; going on with {smaller.describe()}")
            self.execution = smaller
            self._vae.banded |= smaller.banded
            empty_cache(self._device)

    def frames(
        self, latents: torch.Tensor, first: int, wanted: range, cancel: CancelToken
    ) -> Iterator[NDArray[np.uint8]]:
        """Pictures of the absolute frames `wanted` out of latents that begin with frame `first`."""
        self._vae.cancel = cancel
        self._place("vae", cancel)
        chunk = self.settings.decode_chunk
        return decode_frames(self._vae, latents, first, wanted, cancel, chunk=chunk, context=DECODE_CONTEXT)

    def _unit_latents(
        self, frame: PortraitFrame, work: UnitWork, cancel: CancelToken,
        on_step: Callable[[StepReport, NDArray[np.uint8] | None], None],
    ) -> torch.Tensor:  # fmt: skip
        settings, scheduler = self.settings, self.components.scheduler
        conditioning, preview = self._conditions(frame, cancel)
        cancel.check()
        self._place("backbone", cancel)
        poses = self._pose_latents(frame, [frame.own_pose, *work.poses], cancel) * settings.pose_strength
        set_steps(scheduler, settings)
        cells = (4, frame.height // CELL, frame.width // CELL)
        noise = frame_noise(work.seed, [REFERENCE_FRAME, *work.frames], cells)
        count = noise.shape[0]
        tile = min(settings.tile, count)
        window = Window(
            latents=noise * scheduler.init_noise_sigma,
            pose_latents=poses,
            conditioning=conditioning,
            guidance=torch.full((count,), settings.guidance),
            tiles=tile_indices(count, tile, min(settings.overlap, tile - 1)),
            held=None if work.held is None else _behind_reference(work.held),
            face=work.face,
        )
        began = time.monotonic()

        def tell(report: StepReport) -> None:
            nonlocal began
            now = time.monotonic()
            # A last tile may be short, the fast mode has steps of several kinds, and a step down is slow by its nature.
            kind = (self.execution, len(window.tiles[report.tile - 1]), report.kind)
            slow = self._spill.step(now - began, kind) if self._device.type == "cuda" else ""
            began = now
            if slow:
                self._note(slow)
            picture = None
            if report.latents is not None and preview.wanted(report.step, report.steps):
                picture = preview.picture(report.latents[1 + (count - 1) // 2])
            on_step(report, picture)

        options = DenoiseOptions(
            batched=self.execution.batched, device=self._device, dtype=self._dtype,
            guided_steps=FAST_GUIDED if settings.fast else 1.0, reuse=FAST_REUSE if settings.fast else 0,
            keep_on_device=self.execution.offload == "none",
        )  # fmt: skip
        return denoise(
            self.components.backbone, scheduler, window, cancel, options=options, on_step=tell
        )[1:]  # fmt: skip

    def _pose_latents(self, frame: PortraitFrame, poses: list[FramePoses], cancel: CancelToken) -> torch.Tensor:
        """(F, C, h, w) of PoseNet; drawn a few at a time, since drawings are whole pictures of floats."""
        parts = []
        for start in range(0, len(poses), POSE_BATCH):
            cancel.check()
            drawn = frame.draw(poses[start : start + POSE_BATCH])
            parts.append(encode_poses(self.components.backbone, drawn, self._device, self._dtype))
        return torch.cat(parts)

    def _conditions(self, frame: PortraitFrame, cancel: CancelToken) -> tuple[Conditioning, LatentPreview]:
        """Conditions of the portrait, encoded once, and the map of its colours."""
        known = self._conditioned
        if known is None or not np.array_equal(known[0], frame.picture):
            self._vae.cancel = cancel
            self._place("encoders", cancel)
            made = condition(
                self.components, Image.fromarray(frame.picture), frame.height, frame.width,
                motion_bucket_id=self.settings.motion_bucket, encode=self._vae.encode,
            )  # fmt: skip
            preview = LatentPreview.fit(made.image_latents[1] * float(self._vae.config.scaling_factor), frame.picture)
            known = (frame.picture, made, preview)
            self._conditioned = known
        return known[1], known[2]

    def _place(self, active: str, cancel: CancelToken) -> None:
        """Move the networks to where the execution wants them; `active` works next ("backbone", "vae", "encoders")."""
        parts, how = self.components, self.execution.offload
        if self._device.type == "cpu":
            return
        if how == "sequential" and not self._hooked:
            from accelerate import cpu_offload

            move(parts.backbone, "cpu", cancel)
            cpu_offload(parts.backbone.unet, execution_device=self._device)
            self._hooked = True
        on_card = {"backbone": active == "backbone", "vae": active in ("vae", "encoders"), "clip": active == "encoders"}
        homes: dict[str, Any] = {"backbone": parts.backbone, "vae": parts.vae, "clip": parts.image_encoder}
        if self._vae.on_processor:
            del homes["vae"]
        # First away, then in: both at once may not fit.
        for name in sorted(homes, key=lambda name: on_card[name]):
            there: torch.device | str = self._device if on_card[name] or how == "none" else "cpu"
            if name == "backbone" and self._hooked:
                move(parts.backbone.pose_net, there, cancel)
                if parts.backbone.face_adapter is not None:
                    move(parts.backbone.face_adapter, there, cancel)
            else:
                move(homes[name], there, cancel)
            if how != "none":
                empty_cache(self._device)


def channels_last(module: torch.nn.Module) -> None:
    """Lay the weights of 2D convolutions out as cards like them; torch cannot do that to a module with 3D ones."""
    for layer in module.modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.weight.data = layer.weight.data.contiguous(memory_format=torch.channels_last)


def compile_blocks(unet: Any, **options: Any) -> None:
    """Compile the U-Net's blocks one by one: the fast mode calls them itself, and hooks lie between them.

    Args:
        unet: diffusers' spatio-temporal U-Net.
        options: of `torch.compile`.
    """
    for block in (*unet.down_blocks, unet.mid_block, *unet.up_blocks):
        block.compile(**options)


def set_steps(scheduler: Any, settings: VersaSettings) -> None:
    """Set the scheduler's steps; the fast mode takes the first ones of Align Your Steps' schedule for SVD."""
    if not settings.fast:
        scheduler.set_timesteps(settings.steps)
        return
    from diffusers.schedulers import AysSchedules

    sigmas = np.array(AysSchedules["StableDiffusionVideoSigmas"], np.float64)
    steps = settings.used_steps
    if steps < len(sigmas) - 1:
        # Fewer steps along the same curve, as the authors propose: interpolated in the logarithm.
        inner = np.log(sigmas[:-1])
        sigmas = np.append(np.exp(np.interp(np.linspace(0, len(inner) - 1, steps), np.arange(len(inner)), inner)), 0.0)
    scheduler.set_timesteps(sigmas=list(sigmas))


def _behind_reference(held: Held) -> Held:
    """The same with a free reference frame before it."""
    first = torch.zeros_like(held.latents[:1])
    return replace(held, latents=torch.cat([first, held.latents]), weights=torch.cat([torch.zeros(1), held.weights]))
