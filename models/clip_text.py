"""CLIP's text encoder as an encoder of prompts (paper section 3.2.2), through transformers and without a network.

`models.encoders` finds its weights; the default encoder is in `models.text_encoder`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from models.text_encoder import TextEncoderError, encoded_by_length

CLIP: Final = "clip-vit-b-32"
"""Name of CLIP ViT-B/32 in a config, and of its weights in the registry."""


class ClipTextEncoder:
    """CLIP ViT-B/32: the projected vector of the end of the text, scaled to unit length."""

    name = CLIP

    def __init__(self, folder: Path) -> None:
        """Load tokenizer and text network from a folder in transformers' layout; nothing is fetched.

        Raises:
            TextEncoderError: they cannot be loaded.
        """
        from transformers import CLIPTextModelWithProjection, CLIPTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()
        usual = logging.get_verbosity()
        logging.set_verbosity_error()  # the picture half of the published file is left out, which is reported at length
        try:
            self._tokenizer: Any = CLIPTokenizer.from_pretrained(folder, local_files_only=True)
            model: Any = CLIPTextModelWithProjection.from_pretrained(folder, local_files_only=True)
        except (OSError, RuntimeError, ValueError) as error:
            raise TextEncoderError(f"{folder} cannot be loaded as CLIP: {error}") from None
        finally:
            logging.set_verbosity(usual)
        self._model = model.eval().requires_grad_(False)
        self.width = int(model.config.projection_dim)
        self._longest = int(model.config.max_position_embeddings)

    @torch.inference_mode()
    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `models.text_encoder.TextEncoder.encode`."""
        return encoded_by_length(texts, self.width, self._projected)

    def _projected(self, texts: list[str]) -> torch.Tensor:
        found = self._tokenizer(texts, padding=True, truncation=True, max_length=self._longest, return_tensors="pt")
        made: torch.Tensor = self._model(
            input_ids=found["input_ids"], attention_mask=found["attention_mask"]
        ).text_embeds
        return made
