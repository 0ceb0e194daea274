"""How the backend fits into a card: profiles, estimates of memory and time, and the steps down when memory runs out.

A profile has two halves. Tile and decode chunk change the pictures, so they are fixed before the start and are part of
every cache key. How the passes are executed changes nothing but speed, so it may step down in the middle of a render.
"""

from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import torch

from models.renderers.base import BackendLacks, Lack
from models.renderers.versa.settings import SettingsError, VersaSettings

Offload = Literal["none", "model", "sequential"]

GB: Final = 1e9

BACKBONE_PARAMETERS: Final = 1_524_828_639
VAE_PARAMETERS: Final = 97_742_847
CLIP_PARAMETERS: Final = 632_076_800
"""Of the public weights; networks that are loaded are counted instead."""

UNET_BYTES: Final = 18_000
DECODE_BYTES: Final = 131_100
"""Peak of activations for a latent cell of a frame, in half precision, without gradients.

Counted, not measured on a card: the full-size networks were run on tensors without data and the live ones added up.
"""

UNET_FLOPS: Final = 280e6
DECODE_FLOPS: Final = 734e6
"""Operations for a latent cell of a frame: one pass of the U-Net, and decoding. Counted in the same way."""

_PLENTY: Final = 36 * GB
"""From here on nothing is held back."""

_RESERVE: Final = 1.15
"""What the allocator and the kernels take besides."""


class DeviceMissing(SettingsError, BackendLacks):
    """The device that was asked for is not there."""

    lack: Lack = "device"


class MemoryShort(SettingsError, BackendLacks):
    """The work does not fit into the memory."""

    lack: Lack = "memory"
    needed: float
    free: float

    def __init__(self, sentence: str, needed: float, free: float) -> None:
        super().__init__(sentence)
        self.needed, self.free = needed, free


@dataclass(frozen=True)
class Execution:
    """How passes are run; the results are the same but for rounding.

    Attributes:
        batched: unconditional and conditional pass in one call.
        offload: "none" keeps all networks on the card, "model" only the one that works, "sequential" only the layer
            that works.
    """

    batched: bool
    offload: Offload

    def describe(self) -> str:
        """For the user."""
        passes = "both passes at once" if self.batched else "one pass after the other"
        kept = {"none": "all networks on the card", "model": "one network on the card at a time",
                "sequential": "one layer on the card at a time"}  # fmt: skip
        return f"{passes}, {kept[self.offload]}"


LADDER: Final = (
    Execution(True, "none"), Execution(False, "none"), Execution(False, "model"), Execution(False, "sequential"),
)  # fmt: skip
"""From the fastest to the smallest."""


@dataclass(frozen=True)
class Profile:
    """A size of card.

    Attributes:
        name: what the user types.
        memory: bytes that it may use, or None for no limit.
        tile: frames of a tile with the reference.
        decode_chunk: frames that the decoder gives at once.
        execution: how passes are run at first.
    """

    name: str
    memory: float | None
    tile: int
    decode_chunk: int
    execution: Execution


PROFILES: Final = (
    Profile("8", 7.5 * GB, 20, 2, LADDER[2]),
    Profile("12", 11.5 * GB, 40, 4, LADDER[2]),
    Profile("16", 15.5 * GB, 60, 8, LADDER[2]),
    Profile("24", 23.0 * GB, 72, 8, LADDER[1]),
    Profile("all", None, 72, 8, LADDER[0]),
)
"""From the smallest to the largest; the tiles are what fits at 576 x 1024."""


@dataclass(frozen=True)
class Networks:
    """Sizes of the networks in bytes at the precision that they run in."""

    backbone: float = 2.0 * BACKBONE_PARAMETERS
    vae: float = 2.0 * VAE_PARAMETERS
    clip: float = 2.0 * CLIP_PARAMETERS
    largest_layer: float = 2.0 * 60e6

    def scaled(self, factor: float) -> "Networks":
        """The same with numbers that are larger by a factor."""
        return Networks(*(factor * size for size in astuple(self)))


@dataclass(frozen=True)
class Work:
    """What has to be computed.

    Attributes:
        cells: latent cells of a frame.
        tile: frames of a tile.
        decode_frames: frames in a call of the decoder, with its context.
        passes: passes of the U-Net over one frame of the video, all steps and tiles counted.
        frames: frames of the video.
        bytes_per_number: 2 or 4.
    """

    cells: int
    tile: int
    decode_frames: int
    passes: float
    frames: int
    bytes_per_number: int = 2


def peak_memory(work: Work, how: Execution, networks: Networks | None = None) -> float:
    """Estimated bytes on the card at the worst moment."""
    scale = work.bytes_per_number / 2
    nets = Networks().scaled(scale) if networks is None else networks
    denoising = UNET_BYTES * scale * work.cells * work.tile * (2 if how.batched else 1)
    decoding = DECODE_BYTES * scale * work.cells * work.decode_frames
    if how.offload == "none":
        return (nets.backbone + nets.vae + nets.clip + max(denoising, decoding)) * _RESERVE
    backbone = nets.backbone if how.offload == "model" else nets.largest_layer
    return max(backbone + denoising, nets.vae + decoding) * _RESERVE


def work_seconds(work: Work, operations_per_second: float) -> float:
    """Estimated time, before anything was measured."""
    total = work.cells * work.frames * (UNET_FLOPS * work.passes + DECODE_FLOPS)
    return total / operations_per_second


def choose_profile(settings: VersaSettings, card: float | None) -> Profile:
    """The profile of the settings, or the largest that the card has room for.

    By the card's whole memory and not by what is free just now: the profile is part of what frames depend on, and what
    was rendered must be found again while something else runs. What is free decides how passes are executed, see `fit`.

    Args:
        settings: of the render.
        card: bytes of the card; None where there is no card of its own memory.
    """
    if settings.profile != "auto":
        return next(profile for profile in PROFILES if profile.name == settings.profile)
    if card is None or card >= _PLENTY:
        return PROFILES[-1]
    fitting = [profile for profile in PROFILES[:-1] if profile.memory is not None and profile.memory <= card]
    return fitting[-1] if fitting else PROFILES[0]


def fit(work: Work, profile: Profile, free: float | None, networks: Networks | None = None) -> tuple[Execution, float]:
    """How to run the work within the memory, and the bytes that it will take.

    Starts as the profile says and steps down until it fits both what is free and what the profile allows.

    Raises:
        MemoryShort: nothing fits; it says what would.
    """
    limits = [limit for limit in (free, profile.memory) if limit is not None]
    limit = min(limits) if limits else float("inf")
    steps = LADDER[LADDER.index(profile.execution) :]
    for how in steps:
        needed = peak_memory(work, how, networks)
        if needed <= limit:
            return how, needed
    needed = peak_memory(work, steps[-1], networks)
    raise MemoryShort(
        f"tiles of {work.tile} frames need about {needed / GB:.1f} GB, but {limit / GB:.1f} GB are "
        f"{'free' if free is not None and limit == free else 'allowed by the profile'}; choose a smaller size or tile, "
        "or a smaller profile",
        needed,
        limit,
    )


def step_down(how: Execution) -> Execution | None:
    """The next smaller way to run, or None."""
    place = LADDER.index(how) + 1
    return LADDER[place] if place < len(LADDER) else None


def pick_device(wanted: str) -> torch.device:
    """The device to run on.

    Raises:
        DeviceMissing: it is not there.
    """
    mps = getattr(torch.backends, "mps", None)
    there = {"cuda": torch.cuda.is_available(), "mps": bool(mps and mps.is_available()), "cpu": True}
    if wanted == "auto":
        return torch.device(next(name for name, found in there.items() if found))
    if not there[wanted]:
        raise DeviceMissing(
            f"there is no {wanted} device that torch can use; choose --device cpu (very slow), or the backend draft"
        )
    return torch.device(wanted)


def precision(device: torch.device) -> torch.dtype:
    """What the networks run in: half precision as published on a card, float32 on the CPU."""
    return torch.float32 if device.type == "cpu" else torch.float16


def card_memory(device: torch.device) -> float | None:
    """Bytes of a CUDA card; None elsewhere."""
    return float(torch.cuda.get_device_properties(device).total_memory) if device.type == "cuda" else None


def system_memory() -> float | None:
    """Bytes of the system's memory that programs can still take; None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return None
    found = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), None)
    return None if found is None else float(found) * 1024


def free_memory(device: torch.device) -> float | None:
    """Bytes that are free on a CUDA card; None elsewhere."""
    if device.type != "cuda":
        return None
    free, _ = torch.cuda.mem_get_info(device)
    return float(free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device))


def operations_per_second(device: torch.device, dtype: torch.dtype) -> float:
    """Speed of the device in large matrix products, measured in well under a second."""
    import time

    side = 512 if device.type == "cpu" else 4096
    a = torch.ones(side, side, device=device, dtype=dtype)
    rounds, seconds = 0, 0.0
    (a @ a).sum().item()  # the first call warms up
    while seconds < 0.05:
        began = time.perf_counter()
        (a @ a).sum().item()
        seconds += time.perf_counter() - began
        rounds += 1
    return 2.0 * side**3 * rounds / seconds


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that the card's memory ran out."""
    if isinstance(error, torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and "out of memory" in str(error).lower()


class SpillWatch:
    """Notices steps that are far slower than they were: the driver moves memory to the system's and back.

    Attributes:
        factor: how many times slower than the fastest counts.
    """

    def __init__(self, factor: float = 4.0) -> None:
        self.factor = factor
        self._fastest: float | None = None
        self._slow = 0
        self._said = False

    def step(self, seconds: float) -> str:
        """Take a step's time; a sentence for the user once two in a row are slow, else ""."""
        if self._fastest is not None and seconds > self.factor * self._fastest:
            self._slow += 1
        else:
            self._slow = 0
        self._fastest = seconds if self._fastest is None else min(self._fastest, seconds)
        if self._slow < 2 or self._said:
            return ""
        self._said = True
        return (
            f"steps take {seconds / self._fastest:.0f} times longer than before: the card's memory is probably full "
            "and spills into the system's; close other programs or choose a smaller profile"
        )


def empty_cache(device: torch.device) -> None:
    """Give memory that is not in use back to the card."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def bytes_of(module: Any) -> float:
    """Bytes of a module's parameters."""
    return float(sum(p.numel() * p.element_size() for p in module.parameters()))
