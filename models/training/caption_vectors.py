"""Sentence vectors of all wordings of the prompts in a training table, encoded once and kept."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.atomic import atomic_path
from models.prompts import SPEECH_PROMPT
from models.text_encoder import MiniLMEncoder, TextEncoder
from models.training.captions import captions, variants
from models.training.pair_table import PairTable


class CaptionVectors:
    """Sentence vectors of every wording of every prompt label, ready to be drawn.

    Our own captions come in the ways that users write them, those of data sets as people wrote them.

    Attributes:
        vectors: (K, width) float32; row 0 is the fixed speech prompt.
    """

    def __init__(self, table: PairTable, encoder: TextEncoder, cache: Path, seed: int) -> None:
        texts: dict[str, int] = {SPEECH_PROMPT: 0}
        self._rows: list[NDArray[np.int64]] = []
        for content, style, mirrored in table.prompts:
            rows = []
            for caption in captions(content, style, mirrored):
                for text in variants(caption, np.random.default_rng((seed, len(texts)))):
                    rows.append(texts.setdefault(text, len(texts)))
            self._rows.append(np.array(rows))
        for wordings in table.texts:
            self._rows.append(np.array([texts.setdefault(text, len(texts)) for text in wordings]))
        name = "captions" if encoder.name == MiniLMEncoder.name else f"captions_{encoder.name}"
        names, path = list(texts), cache / f"{name}.npz"
        if path.is_file():
            with np.load(path) as stored:
                if list(stored["texts"]) == names and stored["vectors"].shape[1] == encoder.width:
                    self.vectors = stored["vectors"]
                    return
        self.vectors = encoder.encode(names)
        cache.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            np.savez(temporary, texts=np.array(names), vectors=self.vectors)

    def draw(self, labels: NDArray[np.signedinteger], random: np.random.Generator) -> NDArray[np.float32]:
        """(B, N, width): each prompted stretch gets one random wording, the rest the speech prompt."""
        rows = np.zeros(labels.shape, dtype=np.int64)
        for sample in range(len(labels)):
            for label in np.unique(labels[sample]):
                if label >= 0:
                    wordings = self._rows[label]
                    rows[sample, labels[sample] == label] = wordings[int(random.integers(len(wordings)))]
        return self.vectors[rows]
