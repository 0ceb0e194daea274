"""Texts that the networks were trained with and that the program must send in the same words."""

from typing import Final

SPEECH_PROMPT: Final = "A person is giving a speech."
"""Text of every stretch that speech alone controls (paper section 3.2.3)."""
