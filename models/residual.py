"""`ResidualTransformer`: adds the residual levels to motion tokens, one level a pass, as MoMask does.

It sees tokens only, no text and no audio, and takes the likeliest codes: decoding tokens stays a plain function without
chance. Training is in `models.training.train_residual`.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from core.constants import CODEBOOK_SIZE
from models.checkpoint import bundled_weights, load_weights, read_config, save_network
from models.generator import GeneratorConfig, Layer, RelativeBias


@dataclass(frozen=True)
class ResidualConfig:
    """Size of the network.

    Attributes:
        width, layers, heads, hidden: of the transformer.
        codes: codes of each level.
        levels: residual levels that it predicts.
        reach: tokens to each side that a layer looks at; edits therefore stay local.
    """

    width: int = 256
    layers: int = 4
    heads: int = 4
    hidden: int = 1024
    codes: int = CODEBOOK_SIZE
    levels: int = 3
    reach: int = 10


class ResidualTransformer(nn.Module):
    """Codes of the levels below to logits of the next level."""

    def __init__(self, config: ResidualConfig | None = None, dropout: float = 0.1) -> None:
        super().__init__()
        self.config = config or ResidualConfig()
        size = self.config
        shape = GeneratorConfig(width=size.width, heads=size.heads, hidden=size.hidden)
        self.books = nn.ModuleList(nn.Embedding(size.codes, size.width) for _ in range(size.levels))
        self.level = nn.Embedding(size.levels, size.width)
        self.bias = RelativeBias(size.heads, size.reach + 1)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(size.layers))
        self.norm = nn.LayerNorm(size.width)
        self.heads = nn.ModuleList(nn.Linear(size.width, size.codes) for _ in range(size.levels))

    @classmethod
    def from_pretrained(cls, folder: Path | None = None) -> "ResidualTransformer":
        """Load a weights folder, the bundled one by default, ready for inference.

        Raises:
            CheckpointError: missing, damaged or of another kind.
        """
        place = folder or bundled_weights("residual")
        network = cls(ResidualConfig(**read_config(place, "residual_transformer")["network"]))
        load_weights(place, network)
        return network.eval()

    def save_pretrained(self, folder: Path, extra: dict[str, Any]) -> None:
        """Write a weights folder; `extra` (training settings, figures) goes into its config."""
        save_network(folder, self, {"kind": "residual_transformer", "network": asdict(self.config), **extra})

    def forward(self, codes: Tensor, valid: Tensor | None = None) -> Tensor:
        """Logits (B, N, codes) of level L from the codes (B, N, L) of the L levels below it.

        `valid` (B, N) bool hides padding.
        """
        below = codes.shape[-1]
        x = self.level.weight[below - 1].expand(codes.shape[0], codes.shape[1], -1)
        for level in range(below):
            x = x + self.books[level](codes[..., level])
        place = torch.arange(codes.shape[1], device=codes.device)
        far = (place[None] - place[:, None]).abs() > self.config.reach
        bias = torch.where(far, -1e4, self.bias(codes.shape[1]))[None]
        if valid is not None:
            bias = bias + torch.where(valid, 0.0, -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        logits: Tensor = self.heads[below - 1](self.norm(x))
        return logits

    @torch.inference_mode()
    def complete(self, tokens: ArrayLike, block: int = 200) -> NDArray[np.int64]:
        """The likeliest codes of all levels for tokens (N,): (N, 1 + levels).

        Long motion is made in blocks with all the context that the layers reach, so memory does not grow with N squared
        and every block sees what it would see in one piece.
        """
        given = torch.as_tensor(np.asarray(tokens, dtype=np.int64))
        margin = self.config.reach * self.config.layers * self.config.levels
        parts = []
        for start in range(0, len(given), block):
            first, last = max(start - margin, 0), min(start + block + margin, len(given))
            codes = given[None, first:last, None]
            for _ in range(self.config.levels):
                codes = torch.cat([codes, self(codes).argmax(-1, keepdim=True)], dim=-1)
            parts.append(codes[0, start - first : start - first + block])
        return torch.cat(parts).numpy()
