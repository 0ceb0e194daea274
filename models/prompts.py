"""Prompts on the timeline, and the text of all that has none."""

from dataclasses import dataclass
from typing import Final

SPEECH_PROMPT: Final = "A person is giving a speech."
"""Text of every stretch that speech alone controls (paper section 3.2.3), with which the networks were trained."""


@dataclass(frozen=True)
class PromptSpan:
    """A prompt on a stretch of time.

    Attributes:
        start, end: seconds.
        prompt: what to do.
        seed: seed of this stretch.
        strength: 0 leaves the stretch to the speech, 1 is normal, 2 insists.
    """

    start: float
    end: float
    prompt: str
    seed: int = 0
    strength: float = 1.0

    @property
    def rules(self) -> bool:
        """Whether the text decides; without it, or at strength 0, the stretch is left to the speech."""
        return self.strength != 0 and bool(self.prompt.strip())
