"""How the backend fits into a card: profiles, estimates of memory and time, and the steps down when memory runs out.

A profile has two halves. Tile and decode chunk change the pictures, so they are fixed before the start and are part of
every cache key. How the passes are executed changes nothing but speed, so it may step down in the middle of a render.
"""

from collections.abc import Hashable
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import torch

from models.renderers.base import BackendLacks, Lack
from models.renderers.versa.banded_vae import BAND_BYTES
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

DECODE_BANDED_BYTES: Final = 12_300
"""The same for decoding in bands; a band comes on top."""

WAITING_BYTES: Final = 65_600
"""The same for feature maps that wait in the system's memory meanwhile."""

ENCODE_BYTES: Final = 164_700
ENCODE_BANDED_BYTES: Final = 37_000
"""The same for encoding a picture, which is done in float32; whole, and in bands."""

KEPT_BYTES: Final = 1_280
"""Deep features that the fast mode keeps, for a latent cell of a frame and a pass."""

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
        banded: the VAE works in bands of rows, see `banded_vae`.
    """

    batched: bool
    offload: Offload
    banded: bool = False

    def describe(self) -> str:
        """For the user."""
        passes = "both passes at once" if self.batched else "one pass after the other"
        kept = {"none": "all networks on the card", "model": "one network on the card at a time",
                "sequential": "one layer on the card at a time"}  # fmt: skip
        return f"{passes}, {kept[self.offload]}" + (", pictures in bands" if self.banded else "")


LADDER: Final = (
    Execution(True, "none"), Execution(False, "none"), Execution(False, "model"), Execution(False, "sequential"),
)  # fmt: skip
"""From the fastest to the smallest; each also with the VAE in bands."""


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
    Profile("8", 7.5 * GB, 20, 4, replace(LADDER[2], banded=True)),
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
        kept: frames of all tiles and passes whose deep features are kept.
    """

    cells: int
    tile: int
    decode_frames: int
    passes: float
    frames: int
    bytes_per_number: int = 2
    kept: int = 0


def peak_memory(
    work: Work, how: Execution, networks: Networks | None = None, *, on_processor: bool = False
) -> float:  # fmt: skip
    """Estimated bytes on the card at the worst moment; without a card (`on_processor`) in the system's memory."""
    scale = work.bytes_per_number / 2
    nets = Networks().scaled(scale) if networks is None else networks
    denoising = UNET_BYTES * scale * work.cells * work.tile * (2 if how.batched else 1)
    decoding = (DECODE_BANDED_BYTES if how.banded else DECODE_BYTES) * scale * work.cells * work.decode_frames
    # The picture is encoded in float32, whatever the networks run in.
    encoding = (ENCODE_BANDED_BYTES if how.banded else ENCODE_BYTES) * work.cells + nets.vae * (2 / scale - 1)
    if how.banded:
        decoding, encoding = decoding + BAND_BYTES, encoding + BAND_BYTES
        if on_processor:
            decoding += WAITING_BYTES * scale * work.cells * work.decode_frames
    if how.offload == "none":
        denoising += KEPT_BYTES * scale * work.cells * work.kept
        return (nets.backbone + nets.vae + nets.clip + max(denoising, decoding, encoding)) * _RESERVE
    backbone = nets.backbone if how.offload == "model" else nets.largest_layer
    return max(backbone + denoising, nets.vae + decoding, nets.vae + nets.clip + encoding) * _RESERVE


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


def fit_processor(work: Work, profile: Profile) -> tuple[Execution, float]:
    """How to run the work without a card, which takes what it gets, and the bytes that it will take.

    The VAE works in bands: there they cost nothing, and cancelling is heard between them.
    """
    how = replace(profile.execution, banded=True)
    return how, peak_memory(work, how, on_processor=True)


def fit(work: Work, profile: Profile, free: float | None, networks: Networks | None = None) -> tuple[Execution, float]:
    """How to run the work within the memory, and the bytes that it will take.

    Starts as the profile says and steps down until it fits both what is free and what the profile allows; on each step
    the VAE works in bands where whole pictures do not fit.

    Raises:
        MemoryShort: nothing fits; it says what would.
    """
    limits = [limit for limit in (free, profile.memory) if limit is not None]
    limit = min(limits) if limits else float("inf")
    rungs = LADDER[LADDER.index(replace(profile.execution, banded=False)) :]
    needed = float("inf")
    for rung in rungs:
        for banded in sorted({profile.execution.banded, True}):
            how = replace(rung, banded=banded)
            needed = peak_memory(work, how, networks)
            if needed <= limit:
                return how, needed
    raise MemoryShort(
        f"tiles of {work.tile} frames need about {needed / GB:.1f} GB, but {limit / GB:.1f} GB are "
        f"{'free' if free is not None and limit == free else 'allowed by the profile'}; choose a smaller size or tile, "
        "or a smaller profile",
        needed,
        limit,
    )


def step_down(how: Execution) -> Execution | None:
    """The next smaller way to denoise, or None."""
    place = LADDER.index(replace(how, banded=False)) + 1
    return replace(LADDER[place], banded=how.banded) if place < len(LADDER) else None


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
    """Bytes of a card, on Apple's machines what the card may take of the common memory; None on a processor."""
    if device.type == "mps":
        return float(torch.mps.recommended_max_memory())
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
    """Bytes that are free on a card; None on a processor."""
    if device.type == "mps":
        return float(torch.mps.recommended_max_memory()) - float(torch.mps.current_allocated_memory())
    if device.type != "cuda":
        return None
    free, _ = torch.cuda.mem_get_info(device)
    return float(free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device))


def operations_per_second(device: torch.device, dtype: torch.dtype) -> float:
    """Speed of the device in large matrix products at its best, measured in well under a second.

    The fastest of several, because others may be using the device at that moment.
    """
    import time

    side = 512 if device.type == "cpu" else 4096
    a = torch.ones(side, side, device=device, dtype=dtype)
    rounds: list[float] = []
    (a @ a).sum().item()  # the first call warms up
    while len(rounds) < 3 or sum(rounds) < 0.1:
        began = time.perf_counter()
        (a @ a).sum().item()
        rounds.append(time.perf_counter() - began)
    return 2.0 * side**3 / min(rounds)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that the card's memory ran out."""
    if isinstance(error, torch.OutOfMemoryError):
        return True
    # cuBLAS and cuDNN say it in their own words.
    said = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in said or "alloc_failed" in said)


class SpillWatch:
    """Notices steps that are far slower than they were: the driver moves memory to the system's and back.

    Attributes:
        factor: how many times slower than the fastest counts.
    """

    def __init__(self, factor: float = 4.0) -> None:
        self.factor = factor
        self._fastest: dict[Hashable, float] = {}
        self._slow = 0
        self._said = False

    def step(self, seconds: float, kind: Hashable = None) -> str:
        """Take a step's time; a sentence for the user once two in a row are slow, else "".

        Args:
            seconds: that it took.
            kind: only steps of one kind are compared.
        """
        fastest = self._fastest.get(kind, seconds)
        self._slow = self._slow + 1 if seconds > self.factor * fastest else 0
        self._fastest[kind] = min(fastest, seconds)
        if self._slow < 2 or self._said:
            return ""
        self._said = True
        return (
            f"steps take {seconds / fastest:.0f} times longer than before: the card's memory is probably full "
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
