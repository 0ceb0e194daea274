"""`MotionTokenizer`: a VQ-VAE that turns HumanML3D features into motion tokens, four frames each, and back.

The layout is T2M-GPT's (spec of the motion networks, section b): strided convolutions with dilated residual blocks, a
codebook of 512 entries kept by exponential moving averages with reset of unused codes. Residual levels may follow
(MoMask, section c): each has a codebook for what the levels below left over. Training is in
`models.training.train_tokenizer`.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.nn import functional

from core.constants import CODEBOOK_SIZE, FRAMES_PER_TOKEN, NUM_FEATURES
from core.features import encode
from models.checkpoint import bundled_weights, load_weights, read_config, save_network


@dataclass(frozen=True)
class TokenizerConfig:
    """Size of the network.

    Attributes:
        width: channels of the convolutions.
        code_dim: length of a code.
        depth: residual blocks per level; their dilations are 3 ** (depth - 1) ... 3, 1.
        codes: entries of the codebook.
        levels: halvings of the time axis.
        residual_levels: codebooks behind the first one, each for what is left of the latent.
    """

    width: int = 256
    code_dim: int = 256
    depth: int = 3
    codes: int = CODEBOOK_SIZE
    levels: int = 2
    residual_levels: int = 0


class Conv(nn.Conv1d):
    """A convolution over time that keeps the channels of a frame together in memory.

    The same numbers as `nn.Conv1d`, as a convolution of pictures one row high: those know the layout in which
    processors multiply bfloat16 about twice as fast.
    """

    def forward(self, input: Tensor) -> Tensor:
        """(B, C, T) to (B, C', T')."""
        stride, padding, dilation = ((default, int(own[0])) for default, own in self._along_time())
        weight = self.weight.unsqueeze(2)
        return functional.conv2d(input.unsqueeze(2), weight, self.bias, stride, padding, dilation).squeeze(2)

    def _along_time(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        assert not isinstance(self.padding, str)
        return (1, self.stride), (0, self.padding), (1, self.dilation)


class ResidualBlock(nn.Module):
    """ReLU, dilated convolution, ReLU, pointwise convolution, added to the input: (B, C, T) to (B, C, T)."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.conv1 = Conv(width, width, 3, padding=dilation, dilation=dilation)
        self.conv2 = Conv(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block."""
        return x + self.conv2(functional.relu(self.conv1(functional.relu(x))))


def _residual_stack(width: int, depth: int) -> nn.Sequential:
    return nn.Sequential(*(ResidualBlock(width, 3**power) for power in reversed(range(depth))))


class Encoder(nn.Module):
    """Features (B, 263, T) to latents (B, D, T // 4)."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.enter = Conv(NUM_FEATURES, config.width, 3, padding=1)
        self.down = nn.ModuleList(Conv(config.width, config.width, 4, 2, 1) for _ in range(config.levels))
        self.blocks = nn.ModuleList(_residual_stack(config.width, config.depth) for _ in range(config.levels))
        self.leave = Conv(config.width, config.code_dim, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Encode."""
        x = functional.relu(self.enter(x))
        for down, blocks in zip(self.down, self.blocks, strict=True):
            x = blocks(down(x))
        return self.leave(x)


class Decoder(nn.Module):
    """Latents (B, D, N) to features (B, 263, 4 N)."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.enter = Conv(config.code_dim, config.width, 3, padding=1)
        self.blocks = nn.ModuleList(_residual_stack(config.width, config.depth) for _ in range(config.levels))
        self.up = nn.ModuleList(Conv(config.width, config.width, 3, padding=1) for _ in range(config.levels))
        self.smooth = Conv(config.width, config.width, 3, padding=1)
        self.leave = Conv(config.width, NUM_FEATURES, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Decode."""
        x = functional.relu(self.enter(x))
        for blocks, up in zip(self.blocks, self.up, strict=True):
            x = up(blocks(x).repeat_interleave(2, dim=2))
        return self.leave(functional.relu(self.smooth(x)))


class MotionTokenizer(nn.Module):
    """VQ-VAE over normalised HumanML3D features (`corrected` mode).

    Attributes:
        config: size of the network.
        mean, std: (263,) normalisation that belongs to these weights.
        codebook: (codes, code_dim).
        residual_codebooks: (residual_levels, codes, code_dim).
    """

    mean: Tensor
    std: Tensor
    codebook: Tensor
    residual_codebooks: Tensor

    def __init__(self, config: TokenizerConfig | None = None) -> None:
        super().__init__()
        self.config = config or TokenizerConfig()
        self.encoder = Encoder(self.config)
        self.decoder = Decoder(self.config)
        self.register_buffer("codebook", torch.randn(self.config.codes, self.config.code_dim))
        residual = torch.zeros(self.config.residual_levels, self.config.codes, self.config.code_dim)
        self.register_buffer("residual_codebooks", residual, persistent=self.config.residual_levels > 0)
        self.register_buffer("mean", torch.zeros(NUM_FEATURES))
        self.register_buffer("std", torch.ones(NUM_FEATURES))

    @classmethod
    def from_pretrained(cls, folder: Path | None = None) -> "MotionTokenizer":
        """Load a weights folder, the bundled one by default, ready for inference.

        Raises:
            CheckpointError: missing, damaged or of another kind.
        """
        place = folder or bundled_weights("tokenizer")
        tokenizer = cls(TokenizerConfig(**read_config(place, "motion_tokenizer")["network"]))
        load_weights(place, tokenizer)
        return tokenizer.eval()

    def save_pretrained(self, folder: Path, extra: dict[str, Any]) -> None:
        """Write a weights folder; `extra` (training settings, figures) goes into its config."""
        save_network(folder, self, {"kind": "motion_tokenizer", "network": asdict(self.config), **extra})

    def latents(self, features: Tensor) -> Tensor:
        """Normalised features (B, T, 263) to latents (B, T // 4, D)."""
        return self.encoder(features.transpose(1, 2)).transpose(1, 2)

    @property
    def quantizers(self) -> int:
        """Number of codebooks: the first one and the residual levels."""
        return 1 + self.config.residual_levels

    def book(self, level: int) -> Tensor:
        """Codebook of a level, 0 for the first: (codes, code_dim)."""
        return self.codebook if level == 0 else self.residual_codebooks[level - 1]

    def nearest_codes(self, latents: Tensor, level: int = 0) -> Tensor:
        """Index of the nearest code of a level by Euclidean distance: (..., D) to (...) int64."""
        flat = latents.reshape(-1, latents.shape[-1]).float()
        book = self.book(level).float()
        distance = flat.square().sum(1, keepdim=True) - 2 * flat @ book.T + book.square().sum(1)
        return distance.argmin(1).view(latents.shape[:-1])

    def quantize(self, latents: Tensor, quantizers: int | None = None, first: Tensor | None = None) -> Tensor:
        """Codes of the first `quantizers` levels (all by default): (..., D) to (..., L) int64.

        `first` (...) are codes of the first level that are decided already; else they are the nearest ones.
        """
        rest, codes = latents, []
        for level in range(quantizers or self.quantizers):
            codes.append(self.nearest_codes(rest, level) if first is None or level > 0 else first)
            rest = rest - self.book(level)[codes[-1]]
        return torch.stack(codes, dim=-1)

    def embed(self, codes: Tensor) -> Tensor:
        """What codes of one or more levels stand for together: (..., L) int64 to (..., D); -1 counts nothing."""
        total = torch.zeros(*codes.shape[:-1], self.config.code_dim, device=codes.device)
        for level in range(codes.shape[-1]):
            chosen = codes[..., level]
            total = total + torch.where(chosen[..., None] >= 0, self.book(level)[chosen.clamp_min(0)], 0.0)
        return total

    def decode_latents(self, latents: Tensor) -> Tensor:
        """Latents (B, N, D) to normalised features (B, 4 N, 263)."""
        return self.decoder(latents.transpose(1, 2)).transpose(1, 2)

    @torch.inference_mode()
    def encode_levels(self, features: ArrayLike, *, search: bool = False) -> NDArray[np.int64]:
        """Codes of every level of raw features: (T, 263) to (T // 4, 1 + residual_levels).

        Args:
            features: raw.
            search: look for the codes that are decoded nearest to the features (`models.code_search`) instead of taking
                the encoder's: errors of all levels are about half as large, and a second of motion takes about one.

        Raises:
            ValueError: fewer frames than one token needs.
        """
        values = torch.as_tensor(np.asarray(features, dtype=np.float32))
        usable = len(values) // FRAMES_PER_TOKEN * FRAMES_PER_TOKEN
        if usable == 0:
            raise ValueError(f"at least {FRAMES_PER_TOKEN} frames are needed for one token, not {len(values)}")
        normalised = ((values[:usable] - self.mean) / self.std)[None]
        if search:
            from models.code_search import searched_codes

            return searched_codes(self, normalised).numpy()
        return self.quantize(self.latents(normalised))[0].numpy()

    def encode_features(self, features: ArrayLike, *, search: bool = False) -> NDArray[np.int64]:
        """Tokens of raw features, which are the codes of the first level: (T, 263) to (T // 4,)."""
        return self.encode_levels(features, search=search)[:, 0]

    def encode(self, joints: ArrayLike, *, search: bool = False) -> NDArray[np.int64]:
        """Tokens of joint positions: (T, 22, 3) metres at 20 fps to ((T - 1) // 4,)."""
        return self.encode_features(encode(joints, "corrected"), search=search)

    @torch.inference_mode()
    def decode(self, tokens: ArrayLike) -> NDArray[np.float32]:
        """Raw features of tokens (N,), or of codes of several levels (N, L): (4 N, 263).

        Raises:
            ValueError: numbers that are no codes, or more levels than these weights have.
        """
        codes = torch.as_tensor(np.ascontiguousarray(tokens, dtype=np.int64))
        if codes.ndim == 1:
            codes = codes[:, None]
        fits = codes.ndim == 2 and len(codes) > 0 and 0 < codes.shape[1] <= self.quantizers
        if not fits or int(codes[:, 0].min()) < 0 or int(codes.min()) < -1 or int(codes.max()) >= self.config.codes:
            raise ValueError(
                f"tokens must be a row of numbers from 0 to {self.config.codes - 1}, or such a row for each of up to "
                f"{self.quantizers} levels"
            )
        features = self.decode_latents(self.embed(codes)[None])[0]
        return (features * self.std + self.mean).numpy()
