"""The network of all-MiniLM-L6-v2: a small BERT as plain functions of its tensors, and its tokenizer.

The transformers package would run it too, but takes longer to import than torch itself. The numbers are the same to the
last bit (`tests/models/test_minilm.py`). Sentence vectors are made of them by `models.text_encoder`.
"""

from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

_LAYERS: Final = 6
_HEADS: Final = 12
_EPSILON: Final = 1e-12


class MiniLM:
    """Token numbers to the hidden states of the last layer."""

    def __init__(self, path: Path) -> None:
        """Read the published weights, `model.safetensors`.

        Raises:
            OSError: the file cannot be read.
        """
        # Read straight into place: modules would fill themselves with random numbers first.
        self._tensors = load_file(path)

    def __call__(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """(N, L) token numbers and the mask that is 1 for tokens of the text, to (N, L, 384)."""
        count, length = tokens.shape
        hidden = self._embedded("word", tokens) + self._embedded("token_type", torch.zeros_like(tokens))
        hidden = self._norm("embeddings", hidden + self._embedded("position", torch.arange(length)[None]))
        # Without padding there is nothing to hide, and attention without a mask is computed in another order.
        visible = None if bool(mask.all()) else mask.bool()[:, None, None, :].expand(count, 1, length, length)
        for layer in range(_LAYERS):
            hidden = self._block(f"encoder.layer.{layer}", hidden, visible)
        return hidden

    def _block(self, name: str, hidden: Tensor, visible: Tensor | None) -> Tensor:
        """Attention and two dense layers, each followed by a sum and a layer norm."""
        query, key, value = (
            self._dense(f"{name}.attention.self.{part}", hidden).view(*hidden.shape[:2], _HEADS, -1).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=visible)
        seen = self._dense(f"{name}.attention.output.dense", seen.transpose(1, 2).contiguous().view(hidden.shape))
        hidden = self._norm(f"{name}.attention.output", seen + hidden)
        inner = functional.gelu(self._dense(f"{name}.intermediate.dense", hidden))
        return self._norm(f"{name}.output", self._dense(f"{name}.output.dense", inner) + hidden)

    def _embedded(self, kind: str, numbers: Tensor) -> Tensor:
        return functional.embedding(numbers, self._tensors[f"embeddings.{kind}_embeddings.weight"])

    def _dense(self, name: str, values: Tensor) -> Tensor:
        return functional.linear(values, self._tensors[f"{name}.weight"], self._tensors[f"{name}.bias"])

    def _norm(self, name: str, values: Tensor) -> Tensor:
        weight, bias = self._tensors[f"{name}.LayerNorm.weight"], self._tensors[f"{name}.LayerNorm.bias"]
        return functional.layer_norm(values, weight.shape, weight, bias, _EPSILON)


class MiniLMTokenizer:
    """Texts to padded token numbers."""

    def __init__(self, folder: Path, longest: int) -> None:
        """Read `tokenizer.json`; texts of more than `longest` tokens are cut."""
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(max_length=longest)
        self._tokenizer.enable_padding()  # to the longest of a batch, in place of the file's fixed length

    def is_word(self, word: str) -> bool:
        """Whether a word in small letters is one piece of the vocabulary: those that people use much are."""
        return self._tokenizer.token_to_id(word) is not None

    def __call__(self, texts: list[str]) -> tuple[Tensor, Tensor]:
        """(N, L) int64 token numbers, and the mask: 1 for tokens of the text, 0 for padding."""
        found = self._tokenizer.encode_batch(texts)
        return (
            torch.tensor([one.ids for one in found], dtype=torch.long),
            torch.tensor([one.attention_mask for one in found], dtype=torch.long),
        )
