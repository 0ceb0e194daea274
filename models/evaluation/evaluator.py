"""`MotionEvaluator`: places texts and motions in one space, so that what belongs together lies close together.

It judges the generator and is kept apart from it: own weights, own layers, own statistics, trained on captures alone.
Its figures compare systems on our split; they are not comparable with published tables, whose evaluator has other
weights and data. Training is in `models.training.train_evaluator`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.nn import functional

from core.features import encode
from models.checkpoint import bundled_weights, load_weights, read_config, save_network
from models.text_encoder import MiniLMEncoder, TextEncoder

COLUMNS: Final = np.r_[0:67, 193:259]
"""Columns of the 263 features that are judged: root, positions, velocities.

Contacts are left out as in the field's evaluator; rotations say nothing that positions do not.
"""

_BATCH: Final = 64


@dataclass(frozen=True)
class EvaluatorConfig:
    """Size of the network.

    Attributes:
        width: channels of the motion encoder.
        dilations: one residual block each.
        text_width: length of a sentence vector.
        text_hidden: channels of the text encoder.
        embedding: length of an embedding.
        shortest, longest: frames of a motion; shorter ones are refused, longer ones cut.
        text_encoder: name of the encoder of the sentence vectors.
    """

    width: int = 192
    dilations: tuple[int, ...] = (1, 2, 4)
    text_width: int = 384
    text_hidden: int = 384
    embedding: int = 128
    shortest: int = 16
    longest: int = 196
    text_encoder: str = "all-MiniLM-L6-v2"


class MotionEncoder(nn.Module):
    """Normalised features (B, T, 133) and their lengths (B,) to embeddings (B, E) of unit length."""

    def __init__(self, config: EvaluatorConfig) -> None:
        super().__init__()
        width = config.width
        self.enter = nn.Conv1d(len(COLUMNS), 128, 4, 2, 1)
        self.down = nn.Conv1d(128, width, 4, 2, 1)
        self.wide = nn.ModuleList(nn.Conv1d(width, width, 3, padding=d, dilation=d) for d in config.dilations)
        self.flat = nn.ModuleList(nn.Conv1d(width, width, 1) for _ in config.dilations)
        self.attention = nn.Conv1d(width, 1, 1)
        self.head = nn.Sequential(
            nn.Linear(3 * width, 2 * width),
            nn.LayerNorm(2 * width),
            nn.LeakyReLU(0.2),
            nn.Dropout(0.2),
            nn.Linear(2 * width, config.embedding),
        )

    def forward(self, motion: Tensor, lengths: Tensor) -> Tensor:
        """Embed; frames past a motion's length have no influence."""
        places = torch.arange(motion.shape[1], device=motion.device)
        x = motion.transpose(1, 2) * (places < lengths[:, None])[:, None]
        x = functional.leaky_relu(self.enter(x), 0.2)
        x = x * (places[: x.shape[2]] < (lengths // 2)[:, None])[:, None]
        x = functional.leaky_relu(self.down(x), 0.2)
        valid = (places[: x.shape[2]] < (lengths // 4)[:, None])[:, None]
        x = x * valid
        for wide, flat in zip(self.wide, self.flat, strict=True):
            x = (x + flat(functional.leaky_relu(wide(functional.leaky_relu(x, 0.2)), 0.2))) * valid
        share = self.attention(x).masked_fill(~valid, -1e4).softmax(-1)
        pooled = [x.sum(-1) / valid.sum(-1), x.masked_fill(~valid, -1e4).amax(-1), (x * share).sum(-1)]
        return functional.normalize(self.head(torch.cat(pooled, dim=1)), dim=-1)


class TextHead(nn.Module):
    """Sentence vectors (B, W) to embeddings (B, E) of unit length."""

    def __init__(self, config: EvaluatorConfig) -> None:
        super().__init__()
        hidden = config.text_hidden
        self.layers = nn.Sequential(
            nn.Linear(config.text_width, hidden),
            nn.LeakyReLU(0.2),
            nn.Dropout(0.2),
            nn.Linear(hidden, hidden),
            nn.LayerNorm(hidden),
            nn.LeakyReLU(0.2),
            nn.Linear(hidden, config.embedding),
        )

    def forward(self, vectors: Tensor) -> Tensor:
        """Embed."""
        return functional.normalize(self.layers(vectors), dim=-1)


class MotionEvaluator(nn.Module):
    """Both encoders and the statistics of their inputs.

    Attributes:
        config: size of the network.
        mean, std: (133,) of the judged columns.
        text_mean, text_std: (W,) of the captions' sentence vectors.
        scale: logarithm of what cosines are multiplied with in training.
    """

    mean: Tensor
    std: Tensor
    text_mean: Tensor
    text_std: Tensor

    def __init__(self, config: EvaluatorConfig | None = None, text_encoder: TextEncoder | None = None) -> None:
        super().__init__()
        self.config = config or EvaluatorConfig()
        self.motion = MotionEncoder(self.config)
        self.text = TextHead(self.config)
        self.scale = nn.Parameter(torch.tensor(2.3))
        self.register_buffer("mean", torch.zeros(len(COLUMNS)))
        self.register_buffer("std", torch.ones(len(COLUMNS)))
        self.register_buffer("text_mean", torch.zeros(self.config.text_width))
        self.register_buffer("text_std", torch.ones(self.config.text_width))
        self._text_encoder = text_encoder

    @classmethod
    def from_pretrained(cls, folder: Path | None = None, text_encoder: TextEncoder | None = None) -> "MotionEvaluator":
        """Load a weights folder, the bundled one by default, ready to judge.

        Raises:
            CheckpointError: missing, damaged or of another kind.
        """
        place = folder or bundled_weights("evaluator")
        config = read_config(place, "motion_evaluator")
        network = {**config["network"], "dilations": tuple(config["network"]["dilations"])}
        evaluator = cls(EvaluatorConfig(**network), text_encoder)
        load_weights(place, evaluator)
        return evaluator.eval()

    def save_pretrained(self, folder: Path, extra: dict[str, Any]) -> None:
        """Write a weights folder; `extra` (training settings, figures) goes into its config."""
        save_network(folder, self, {"kind": "motion_evaluator", "network": asdict(self.config), **extra})

    def normalised(self, features: ArrayLike) -> NDArray[np.float32]:
        """The judged columns of raw features, normalised: (T, 263) to (T, 133), cut to the longest length."""
        values = np.asarray(features, dtype=np.float32)[: self.config.longest]
        if len(values) < self.config.shortest:
            raise ValueError(
                f"a motion of {len(values)} frames is too short to judge; {self.config.shortest} are needed"
            )
        return np.asarray((values[:, COLUMNS] - self.mean.numpy()) / self.std.numpy(), dtype=np.float32)

    @torch.inference_mode()
    def embed_features(self, motions: Sequence[ArrayLike]) -> NDArray[np.float32]:
        """Embeddings (N, E) of raw features, one (T, 263) a motion at 20 fps.

        Raises:
            ValueError: a motion is too short.
        """
        result = np.zeros((len(motions), self.config.embedding), dtype=np.float32)
        for first in range(0, len(motions), _BATCH):
            parts = [self.normalised(motion) for motion in motions[first : first + _BATCH]]
            lengths = torch.tensor([len(part) for part in parts])
            batch = np.zeros((len(parts), self.config.longest, len(COLUMNS)), dtype=np.float32)
            for row, part in enumerate(parts):
                batch[row, : len(part)] = part
            result[first : first + len(parts)] = self.motion(torch.from_numpy(batch), lengths).numpy()
        return result

    def embed_joints(self, motions: Sequence[ArrayLike]) -> NDArray[np.float32]:
        """Embeddings (N, E) of joints, one (T, 22, 3) a motion in metres at 20 fps: all systems take this road."""
        return self.embed_features([encode(motion, "corrected") for motion in motions])

    @torch.inference_mode()
    def embed_vectors(self, vectors: ArrayLike) -> NDArray[np.float32]:
        """Embeddings (N, E) of sentence vectors (N, W)."""
        values = torch.as_tensor(np.asarray(vectors, dtype=np.float32))
        return self.text((values - self.text_mean) / self.text_std).numpy()

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeddings (N, E) of texts.

        Raises:
            TextEncoderError: the text encoder's files are missing.
        """
        if self._text_encoder is None:
            self._text_encoder = MiniLMEncoder()
        if self._text_encoder.name != self.config.text_encoder:
            raise ValueError(
                f"the evaluator was trained with the text encoder {self.config.text_encoder}, "
                f"not {self._text_encoder.name}"
            )
        return self.embed_vectors(self._text_encoder.encode(list(texts)))
