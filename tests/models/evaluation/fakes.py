"""Stand-ins for the evaluation's tests: sentence vectors from words, motions by formula, and a list."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.motion import MotionClip
from core.speech import SpeechFeatures
from models.evaluation.reference import Reference
from models.prompts import PromptSpan
from tests.models.synthetic import raised, ramp

CONTENTS = (
    "wave-left-hand", "wave-right-hand", "wave-both-hands", "raise-up-left-hand", "raise-up-right-hand",
    "raise-up-both-hands", "bow", "walk", "walk-back", "run", "kick", "punch", "slash", "guide", "call", "respond",
    "JumpUpHigh01", "Shrug01", "StopBt01", "PointLf02", "PointRt01", "MeRt01", "ChopBt01", "OfferBt01", "Think01",
    "Idle01", "StrafeSlowLf01", "StrafeSlowRt01", "Turn90Lf01", "Turn90Rt01", "ThrowAwayRt01", "Guitar01",
    "ReachForwardFloor01", "NegativeBt01", "PleaBt01", "LeanForward001",
)  # fmt: skip


class WordEncoder:
    """Sum of a random vector a word, which the word's hash decides."""

    name = "all-MiniLM-L6-v2"
    width = 384

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = []
        for text in texts:
            row = np.zeros(self.width)
            for word in text.lower().strip(".").split():
                seed = int.from_bytes(hashlib.sha1(word.encode()).digest()[:4], "big")
                row += np.random.default_rng(seed).normal(size=self.width)
            rows.append(row / np.linalg.norm(row))
        return np.asarray(rows, dtype=np.float32)


def made_reference(copies: int = 3, width: int = 128) -> Reference:
    """`copies` clips of every content, with embeddings of chance."""
    names = tuple(f"{content}_{copy}" for copy in range(copies) for content in CONTENTS)
    labels = tuple((content, "neutral", False) for _ in range(copies) for content in CONTENTS)
    random = np.random.default_rng(0)
    embeddings = random.normal(size=(len(names), width))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    frames = random.integers(20, 60, len(names))
    return Reference(names, labels, frames, embeddings.astype(np.float32))


@dataclass
class FakePipeline:
    """Lifts a hand as high as the seed says; remembers what it was asked."""

    version: str = "fake-1"
    asked: list[tuple[int, tuple[str, ...], int]] = field(default_factory=list)

    def generate(self, speech: SpeechFeatures, spans: Sequence[PromptSpan], *, seed: int) -> MotionClip:
        frames = len(speech)
        self.asked.append((frames, tuple(span.prompt for span in spans), seed))
        side = "left" if any("left" in span.prompt for span in spans) else "right"
        strength = 0.4 + 0.6 * np.random.default_rng(seed).random()
        joints = raised(frames, side, strength * ramp(frames, 2, max(frames // 3, 4)))
        features, tokens = np.zeros((frames, 263), np.float32), np.zeros(-(-frames // 4), np.int64)
        return MotionClip(joints.astype(np.float32), features, tokens, np.zeros((frames, 4), np.float32))
