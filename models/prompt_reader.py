"""Reads prompts: their sentence vectors, their plain words, and which known action they ask for."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from models.known_prompts import HEAD_ALONE, Confidence, Reading, confidence, in_plain_words, read_prompt
from models.motion_windows import place_seed
from models.prompt_words import counted, is_untaught, manner_words
from models.prompts import SPEECH_PROMPT, PromptSpan
from models.text_encoder import MiniLMEncoder, TextEncoder

MOMENTS: Final = frozenset({"bow", "shrug", "kick", "kick_left", "kick_right", "punch", "jump"})
"""Predicates of what begins and ends within a moment and can be done again."""

_MOMENT: Final = 1.0  # seconds that one of them takes at least
_REPEATED: Final = 10_000  # places of chance of repetitions


@dataclass(frozen=True)
class Wanted:
    """What a prompt asks for.

    Attributes:
        reading: the known action that it comes nearest to.
        manner: its words that say how it is done, "" for none.
    """

    reading: Reading
    manner: str


class PromptReader:
    """The text encoder of the generator, and what prompts mean."""

    def __init__(self, text_encoder: TextEncoder) -> None:
        self._encoder = text_encoder
        # What prompts mean is looked up among wordings whose vectors are MiniLM's, whatever the generator reads.
        self._reader = text_encoder if text_encoder.name == MiniLMEncoder.name else MiniLMEncoder()
        self._vectors: dict[str, torch.Tensor] = {}

    def vector(self, text: str) -> torch.Tensor:
        """(width,) what the generator is told of a text."""
        if text not in self._vectors:
            self._vectors[text] = torch.from_numpy(self._encoder.encode([text])[0])
        return self._vectors[text]

    def plain(self, prompt: str) -> str:
        """In plain words; encoders that cannot tell words from slips of the finger leave all words as they are."""
        return in_plain_words(prompt, getattr(self._reader, "is_word", lambda word: True))

    def told(self, prompt: str) -> torch.Tensor:
        """(width,) what the generator is told of a prompt: of what no capture shows, that somebody speaks."""
        plain = self.plain(prompt)
        return self.vector(SPEECH_PROMPT if is_untaught(plain) else plain)

    def meaning(self, plain: str) -> NDArray[np.float32]:
        """(384,) the vector by which known wordings are compared."""
        return self.vector(plain).numpy() if self._reader is self._encoder else self._reader.encode([plain])[0]

    def wanted(self, prompt: str) -> Wanted | None:
        """What a prompt asks for; None if it is far from everything known."""
        words = self.plain(prompt)
        reading = read_prompt(words, self.meaning(words))
        return None if reading is None else Wanted(reading, manner_words(words))

    def repeated(self, span: PromptSpan) -> list[PromptSpan]:
        """A prompt that says how often as so many in its range, one behind the other; others as they are.

        Only what begins and ends within a moment is repeated so; ranges too short for all have as many as fit.
        """
        words, count = counted(self.plain(span.prompt)) if span.rules else ("", None)
        reading = None if count is None else read_prompt(words, self.meaning(words))
        if count is None or reading is None or not (set(reading.judges) & MOMENTS or reading.plain in HEAD_ALONE):
            return [span]
        count = max(1, min(count, math.floor((span.end - span.start) / _MOMENT)))
        edges = np.linspace(span.start, span.end, count + 1).tolist()
        seeds = [span.seed, *(place_seed(span.seed, _REPEATED + number) for number in range(1, count))]
        return [
            replace(span, start=start, end=end, prompt=words, seed=seed)
            for (start, end), seed in zip(pairwise(edges), seeds, strict=True)
        ]

    def confidence(self, prompt: str) -> Confidence:
        """How well the weights know what a prompt asks for, with the nearest actions that they know."""
        plain = self.plain(prompt)
        return confidence(plain, self.meaning(plain))
