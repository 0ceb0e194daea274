"""What a user can set for the `versa` backend, with limits; and where its weights lie."""

import hashlib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, Literal, Self, get_args

from models.renderers.versa.tiling import DEFAULT_OVERLAP, SettingsError

ProfileName = Literal["auto", "8", "12", "16", "24", "all"]
PROFILES: Final[tuple[str, ...]] = get_args(ProfileName)
DEVICES: Final = ("auto", "cuda", "mps", "cpu")

STEPS: Final = 25
FAST_STEPS: Final = 10
"""The schedule that diffusers carries for the fast mode has ten steps."""

CELL: Final = 8
"""Pixels of the picture for one latent cell."""

FAST_GUIDED: Final = 0.6
"""Share of the steps that the fast mode guides: later steps only refine."""

FAST_REUSE: Final = 1
"""Steps of the fast mode that reuse deep features after each full step."""

DECODE_CONTEXT: Final = 1
"""Frames of the neighbours that a decode chunk sees on both sides."""

_LIMITS: Final[dict[str, tuple[float, float]]] = {
    "steps": (1, 200), "guidance": (0.0, 20.0), "size": (64, 2048), "pose_strength": (0.0, 2.0),
    "face_strength": (0.0, 2.0), "tile": (0, 256), "overlap": (1, 64), "decode_chunk": (0, 64),
    "colour_hold": (0.0, 1.0), "motion_bucket": (0, 255),
}  # fmt: skip


@dataclass(frozen=True)
class VersaSettings:
    """Settings of a render.

    Attributes:
        profile: memory of the card in GB, "all" for everything at once, "auto" from the memory that is free.
        device: "auto" takes CUDA, else MPS, else the CPU.
        steps: denoising steps; in fast mode at most ten are taken.
        guidance: 2 as published; at 1 or below the unconditional pass is left out.
        size: short side of the picture that the network makes, in pixels; frames are scaled to the video's size.
        pose_strength: factor of PoseNet's features; 1 as trained.
        face_strength: factor of the face mask; 0 leaves the face adapter out.
        tile: frames of a tile with the reference; 0 takes the profile's.
        overlap: tiles begin tile - overlap frames apart; also margin and context of a unit.
        decode_chunk: frames that the decoder gives at once; 0 takes the profile's.
        fast: fewer steps, guidance in part of them, deep features reused.
        compile: torch.compile the U-Net (long start, faster steps).
        colour_hold: share of the background's colour drift that is taken back, 0..1.
        still_background: show the portrait's own pixels where the person never is.
        motion_bucket: SVD's amount of motion.
        keep_frames: an edit leaves frames as they are that lie further than `overlap` from it; else it renders whole
            units again, and frames follow from the project alone and not from what was rendered before.
        base, checkpoint: folder and file of the weights; "" takes those of the model manager.
    """

    profile: ProfileName = "auto"
    device: str = "auto"
    steps: int = STEPS
    guidance: float = 2.0
    size: int = 576
    pose_strength: float = 1.0
    face_strength: float = 1.0
    tile: int = 0
    overlap: int = DEFAULT_OVERLAP
    decode_chunk: int = 0
    fast: bool = False
    compile: bool = False
    colour_hold: float = 0.0
    still_background: bool = False
    motion_bucket: int = 127
    keep_frames: bool = True
    base: str = ""
    checkpoint: str = ""

    def __post_init__(self) -> None:
        for name, (low, high) in _LIMITS.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingsError(f"{name} is {value:g}; choose {low:g} to {high:g}")
        if self.profile not in PROFILES:
            raise SettingsError(f"there is no profile {self.profile!r}; choose one of: {', '.join(PROFILES)}")
        if self.device not in DEVICES:
            raise SettingsError(f"there is no device {self.device!r}; choose one of: {', '.join(DEVICES)}")
        if self.tile and not self.overlap < self.tile:
            raise SettingsError(f"an overlap of {self.overlap} in tiles of {self.tile} makes no progress; choose less")

    @classmethod
    def of(cls, options: dict[str, Any]) -> Self:
        """Settings from options by name; what is missing or None has its default.

        Raises:
            SettingsError: an unknown option, or a value of the wrong kind or outside its limits.
        """
        kinds = {field.name: type(field.default) for field in fields(cls)}
        values = {}
        for name, value in options.items():
            if name not in kinds:
                raise SettingsError(f"the versa backend has no option {name!r}; it has: {', '.join(kinds)}")
            if value is None:
                continue
            kind: Any = kinds[name]
            if kind is bool and not isinstance(value, bool):
                raise SettingsError(f"{name} must be on or off, not {value!r}")
            try:
                values[name] = kind(value)
            except (TypeError, ValueError):
                raise SettingsError(f"{name} must be a {kind.__name__}, not {value!r}") from None
        return cls(**values)

    @property
    def used_steps(self) -> int:
        """Steps that are taken."""
        return min(self.steps, FAST_STEPS) if self.fast else self.steps

    def pixels(self) -> dict[str, Any]:
        """Those settings that change the frames, for a cache key; tile and decode chunk must be resolved."""
        unseen = ("profile", "device", "compile", "base", "checkpoint", "steps")
        values = {field.name: getattr(self, field.name) for field in fields(self) if field.name not in unseen}
        return {**values, "steps": self.used_steps}

    def denoising(self) -> dict[str, Any]:
        """Those of them that change the latents, too, and not only what is made of them."""
        later = ("decode_chunk", "colour_hold", "still_background")
        return {name: value for name, value in self.pixels().items() if name not in later}

    def resolved(self, tile: int, decode_chunk: int) -> "VersaSettings":
        """The same with a profile's tile and decode chunk where the user left them open."""
        return replace(self, tile=self.tile or tile, decode_chunk=self.decode_chunk or decode_chunk)


@dataclass(frozen=True)
class WeightFiles:
    """Where the weights lie.

    Attributes:
        base: Stable Video Diffusion folder in diffusers' layout.
        checkpoint: MimicMotion's or our own checkpoint.
    """

    base: Path
    checkpoint: Path

    def fingerprint(self) -> str:
        """A hash that changes with the weights: sizes and samples of the large files, not all of their gigabytes."""
        digest = hashlib.sha256()
        paths = [self.checkpoint, self.checkpoint.with_suffix(".json"), *sorted(self.base.rglob("*.json"))]
        paths += sorted(self.base.rglob("*.safetensors"))
        for path in paths:
            if (path.is_file() and "unet" not in path.parent.name) or path.name == "config.json":
                digest.update(path.name.encode() + _sample(path))
        return digest.hexdigest()


_SAMPLES: Final = 64
_SAMPLE_BYTES: Final = 65_536


def _sample(path: Path) -> bytes:
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        if size <= _SAMPLES * _SAMPLE_BYTES:
            digest.update(file.read())
        else:
            for number in range(_SAMPLES):
                file.seek(number * (size - _SAMPLE_BYTES) // (_SAMPLES - 1))
                digest.update(file.read(_SAMPLE_BYTES))
    return digest.digest()
