"""Prompts that the weights know, found by likeness to what is typed.

The captions of the training data say what is known; a sentence encoder says how near a text comes to them. Runs in the
engine only.
"""

import hashlib
import io
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from app.engine.messages import Suggestions
from app.folders import home_folder
from core.atomic import write_bytes_atomic

MOST: Final = 8
"""Suggestions that are given at most."""

_WORD: Final = re.compile(r"[a-z]+")
_TYPED_BONUS: Final = 0.5
"""A phrase that has every typed word (the last one perhaps unfinished) comes before all that are merely alike."""


class Encoder(Protocol):
    """Sentence vectors, see `models.text_encoder.TextEncoder`."""

    name: str

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(N, width) unit vectors."""
        ...


def known_prompts() -> tuple[str, ...]:
    """Return the plain wordings that the weights were trained with, sorted."""
    from models.training import captions

    phrases = tomllib.loads(Path(captions.__file__).with_suffix(".toml").read_text("utf-8"))["phrases"]
    texts = {text.replace("{s}", side) for known in phrases.values() for text in known for side in ("left", "right")}
    return tuple(sorted(texts))


class Suggester:
    """Finds known prompts.

    Attributes:
        known: the prompts, in a fixed order.
    """

    def __init__(self, encoder: Encoder, known: Sequence[str], store: Path | None = None) -> None:
        self.known = tuple(known)
        self._encoder = encoder
        self._store = store
        self._vectors: NDArray[np.float32] | None = None
        self._words = [set(_WORD.findall(text.lower())) for text in self.known]

    @classmethod
    def installed(cls) -> "Suggester":
        """Return one for the bundled weights; its vectors are kept in the program's own folder."""
        from models.text_encoder import MiniLMEncoder

        return cls(MiniLMEncoder(), known_prompts(), home_folder() / "known-prompts.npz")

    def suggest(self, text: str) -> Suggestions:
        """Return the known prompts nearest to a text; for no text, a selection of what there is."""
        typed = text.strip()
        if not typed:
            step = max(1, len(self.known) // MOST)
            return Suggestions(text, tuple((prompt, 0.0) for prompt in self.known[::step][:MOST]))
        vectors = self.vectors()
        likeness = vectors @ self._encoder.encode([typed.lower()])[0]
        words = _WORD.findall(typed.lower())
        ranked = likeness.astype(np.float64)
        for index, known in enumerate(self._words):
            if words and set(words[:-1]) <= known and any(word.startswith(words[-1]) for word in known):
                ranked[index] += _TYPED_BONUS
        order = np.argsort(-ranked, kind="stable")[:MOST]
        found = tuple((self.known[index], float(likeness[index])) for index in order)
        return Suggestions(text, found)

    def vectors(self) -> NDArray[np.float32]:
        """(N, width) vectors of the known prompts, computed once."""
        if self._vectors is None:
            digest = hashlib.sha256("\n".join((self._encoder.name, *self.known)).encode()).hexdigest()
            stored = self._stored(digest)
            if stored is None:
                stored = self._encoder.encode([text.lower() for text in self.known])
                self._keep(digest, stored)
            self._vectors = stored
        return self._vectors

    def _stored(self, digest: str) -> NDArray[np.float32] | None:
        if self._store is None:
            return None
        try:
            with np.load(self._store, allow_pickle=False) as stored:
                vectors = np.asarray(stored["vectors"], np.float32)
                return vectors if str(stored["digest"]) == digest and len(vectors) == len(self.known) else None
        except (OSError, ValueError, KeyError):
            return None  # not there, or of another version: computed again

    def _keep(self, digest: str, vectors: NDArray[np.float32]) -> None:
        if self._store is None:
            return
        buffer = io.BytesIO()
        np.savez(buffer, vectors=vectors, digest=np.array(digest))
        try:
            write_bytes_atomic(self._store, buffer.getvalue())
        except OSError:
            return  # it only saves a second at the next start
