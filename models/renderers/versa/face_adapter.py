"""The face adapter: a new cross-attention after the original one in every transformer block of the U-Net.

Identity, speech, emotion and blinking first interact with each other (a small transformer over all tokens of a frame);
the U-Net's cells then attend to the result inside a soft mask of the face. Paper section on the multimodal video
diffusion; what it leaves open is decided here and said in docs/diffusion.md.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import torch
from diffusers.models.attention import BasicTransformerBlock, TemporalBasicTransformerBlock
from torch import nn
from torch.nn import functional

DEFAULTS: Final[dict[str, Any]] = {
    "identity_dim": 512,
    "identity_tokens": 4,
    "audio_dim": 768,
    "audio_window": 10,
    "emotions": 8,
    "width": 768,
    "heads": 12,
    "layers": 2,
}
"""Config of a new adapter; `audio_window` counts wav2vec2 features (50 a second) around a frame."""

_BLINK_FREQUENCIES: Final = 8


@dataclass(frozen=True)
class FaceControls:
    """What the face of each frame should do; B batch, F frames.

    Attributes:
        identity: (B, 512) embedding of the portrait's face, unit length.
        audio: (B, F, window, audio_dim) speech features around each frame.
        emotion: (B, F) class 0..7, integers.
        emotion_strength: (B, F) 0..1; at 0 the class does not count.
        blink: (B, F) closure of the lids, 0 open to 1 shut.
        mask: (B, F, h, w) soft mask of the face in latent cells, 0..1; a sample of zeros is not changed at all.
    """

    identity: torch.Tensor
    audio: torch.Tensor
    emotion: torch.Tensor
    emotion_strength: torch.Tensor
    blink: torch.Tensor
    mask: torch.Tensor

    def frames(self, index: torch.Tensor) -> "FaceControls":
        """The same controls for some of the frames, (N,) integers."""
        return FaceControls(
            self.identity, self.audio[:, index], self.emotion[:, index], self.emotion_strength[:, index],
            self.blink[:, index], self.mask[:, index],
        )  # fmt: skip

    def to(self, device: torch.device | str, dtype: torch.dtype) -> "FaceControls":
        """The same controls elsewhere; the emotion stays an integer."""
        moved = {name: getattr(self, name).to(device, dtype)
                 for name in ("identity", "audio", "emotion_strength", "blink", "mask")}  # fmt: skip
        return replace(self, emotion=self.emotion.to(device), **moved)


@dataclass(frozen=True)
class FaceContext:
    """Controls after they interacted, ready for the attention.

    Attributes:
        tokens: (B, F, N, width).
        mask: (B, F, h, w).
    """

    tokens: torch.Tensor
    mask: torch.Tensor

    def behind_nothing(self) -> "FaceContext":
        """The context for a batch of (unconditional, conditional): the first half is masked out, so it is unchanged."""
        return FaceContext(torch.cat([self.tokens, self.tokens]), torch.cat([torch.zeros_like(self.mask), self.mask]))


class ControlFusion(nn.Module):
    """Identity, audio, emotion and blink tokens of each frame, mixed by self-attention within the frame."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        width = int(config["width"])
        self.identity_tokens = int(config["identity_tokens"])
        self.identity = nn.Linear(int(config["identity_dim"]), self.identity_tokens * width)
        self.audio_norm = nn.LayerNorm(int(config["audio_dim"]))
        self.audio = nn.Linear(int(config["audio_dim"]), width)
        self.emotion = nn.Embedding(int(config["emotions"]), width)
        self.blink = nn.Sequential(nn.Linear(1 + 2 * _BLINK_FREQUENCIES, width), nn.SiLU(), nn.Linear(width, width))
        count = self.identity_tokens + int(config["audio_window"]) + 2
        self.places = nn.Parameter(torch.randn(1, count, width) * 0.02)
        layer = nn.TransformerEncoderLayer(
            width, int(config["heads"]), 4 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )
        self.mixer = nn.TransformerEncoder(
            layer, int(config["layers"]), nn.LayerNorm(width), enable_nested_tensor=False
        )

    def forward(self, controls: FaceControls) -> torch.Tensor:
        """(B, F, N, width) tokens: identity, then audio, emotion, blink."""
        batch, frames, window, _ = controls.audio.shape
        identity = self.identity(controls.identity).view(batch, 1, self.identity_tokens, -1)
        audio = self.audio(self.audio_norm(controls.audio))
        emotion = self.emotion(controls.emotion) * controls.emotion_strength[..., None]
        blink = self.blink(_waves(controls.blink))
        tokens = torch.cat(
            [identity.expand(-1, frames, -1, -1), audio, emotion[:, :, None], blink[:, :, None]], dim=2
        ).flatten(0, 1)
        if tokens.shape[1] != self.places.shape[1]:
            raise ValueError(
                f"the audio window holds {window} features, but the face adapter was made for "
                f"{self.places.shape[1] - self.identity_tokens - 2}"
            )
        mixed: torch.Tensor = self.mixer(tokens + self.places)
        return mixed.unflatten(0, (batch, frames))


def _waves(ratio: torch.Tensor) -> torch.Tensor:
    """(..., 17) the ratio itself, and sines and cosines of rising frequency of it."""
    angles = ratio[..., None] * (math.pi * 2.0 ** torch.arange(_BLINK_FREQUENCIES, device=ratio.device) / 2)
    angles = angles.to(ratio.dtype)
    return torch.cat([ratio[..., None], angles.sin(), angles.cos()], dim=-1)


class FaceAttention(nn.Module):
    """Cross-attention from cells to face tokens; its output projection starts at zero."""

    def __init__(self, dim: int, context_dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(dim)
        self.to_q = nn.Linear(dim, dim, bias=False)
        self.to_k = nn.Linear(context_dim, dim, bias=False)
        self.to_v = nn.Linear(context_dim, dim, bias=False)
        self.to_out = nn.Linear(dim, dim)
        nn.init.zeros_(self.to_out.weight)
        nn.init.zeros_(self.to_out.bias)

    def forward(self, hidden: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """(N, cells, dim) and (N, tokens, context_dim) to (N, cells, dim)."""
        query, key, value = self.to_q(self.norm(hidden)), self.to_k(tokens), self.to_v(tokens)
        query, key, value = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in (query, key, value))
        mixed = functional.scaled_dot_product_attention(query, key, value)
        return self.to_out(mixed.transpose(1, 2).flatten(2))


class FaceAdapter(nn.Module):
    """The control fusion and one attention layer for every transformer block.

    Attributes:
        config: sizes, see `DEFAULTS`; saved beside the weights.
        fusion: makes the context.
        layers: by the block's name in the U-Net, dots as dashes.
    """

    def __init__(self, config: Mapping[str, Any], blocks: Mapping[str, tuple[int, int]]) -> None:
        super().__init__()
        unknown = sorted(set(config) - set(DEFAULTS))
        if unknown:
            raise ValueError(f"the face adapter's config has unknown fields: {', '.join(unknown)}")
        self.config: dict[str, Any] = {**DEFAULTS, **config}
        self.fusion = ControlFusion(self.config)
        width = int(self.config["width"])
        self.layers = nn.ModuleDict(
            {name.replace(".", "-"): FaceAttention(dim, width, heads) for name, (dim, heads) in blocks.items()}
        )
        self._context: FaceContext | None = None
        self._masks: dict[int, torch.Tensor] = {}

    @classmethod
    def for_unet(cls, unet: nn.Module, config: Mapping[str, Any]) -> Self:
        """A new adapter with a layer for every spatial and temporal transformer block of a U-Net."""
        blocks = {name: (block.attn2.to_q.in_features, block.attn2.heads) for name, block in _blocks(unet)}
        return cls(config, blocks)

    def attach(self, unet: nn.Module) -> None:
        """Hook the layers in, each after its block's own cross-attention.

        A block adds what `attn2` returns to its hidden states. The hook returns that plus the face attention of the
        sum, which is the same as one more residual layer.
        """
        for name, block in _blocks(unet):
            layer = self.layers[name.replace(".", "-")]
            temporal = isinstance(block, TemporalBasicTransformerBlock)
            _Tap(self, layer, temporal).attach(block)

    def context(self, controls: FaceControls) -> FaceContext:
        """Let the controls interact."""
        return FaceContext(self.fusion(controls), controls.mask)

    def use(self, context: FaceContext | None, size: tuple[int, ...]) -> None:
        """Set the context of the next pass of the U-Net over latents of that (h, w); None switches the layers off."""
        self._context = context
        self._masks = {}
        if context is None:
            return
        height, width = size
        mask = context.mask
        if tuple(mask.shape[-2:]) != (height, width):
            raise ValueError(f"the face mask has {tuple(mask.shape[-2:])} cells, the latents {(height, width)}")
        while height * width not in self._masks:
            self._masks[height * width] = mask.flatten(2)
            height, width = (height + 1) // 2, (width + 1) // 2
            mask = functional.adaptive_avg_pool2d(mask, (height, width))

    def added(self, layer: nn.Module, hidden: torch.Tensor, temporal: bool) -> torch.Tensor | None:
        """What a layer adds to the hidden states (N, cells, dim) of its block; None when the layers are off."""
        context = self._context
        if context is None:
            return None
        batch, frames = context.tokens.shape[:2]
        if temporal:  # (B * cells, F, dim): a frame's cells attend to the tokens of their own frame here too
            cells = hidden.shape[0] // batch
            hidden = hidden.unflatten(0, (batch, cells)).transpose(1, 2).flatten(0, 1)
        cells = hidden.shape[1]
        added = layer(hidden, context.tokens.flatten(0, 1)) * self._masks[cells].flatten(0, 1)[..., None]
        if temporal:
            added = added.unflatten(0, (batch, frames)).transpose(1, 2).flatten(0, 1)
        return added


class _Tap:
    """Remembers what goes into a block's `norm2`, and adds the face attention to what comes out of its `attn2`."""

    def __init__(self, adapter: FaceAdapter, layer: nn.Module, temporal: bool) -> None:
        self._adapter = adapter
        self._layer = layer
        self._temporal = temporal
        self._before: torch.Tensor | None = None

    def attach(self, block: nn.Module) -> None:
        block.norm2.register_forward_pre_hook(self._remember)  # type: ignore[union-attr]
        block.attn2.register_forward_hook(self._add)  # type: ignore[union-attr]

    def _remember(self, module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        self._before = inputs[0]

    def _add(self, module: nn.Module, inputs: Any, output: torch.Tensor) -> torch.Tensor:
        before, self._before = self._before, None
        assert before is not None
        added = self._adapter.added(self._layer, before + output, self._temporal)
        return output if added is None else output + added


def _blocks(unet: nn.Module) -> list[tuple[str, Any]]:
    kinds = (BasicTransformerBlock, TemporalBasicTransformerBlock)
    return [(name, block) for name, block in unet.named_modules() if isinstance(block, kinds)]
