"""wav2vec 2.0 as a network: what both the motion generator and the renderer's face adapter hear speech with.

What each makes of the features is its own business: `models.audio_encoder` and `models.renderers.versa.controls`.
Torch and transformers are imported only when a network is loaded.
"""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.cancel import CancelToken
from core.constants import SPEECH_RATE

FEATURE_RATE: Final = 50
"""wav2vec2 features a second."""

_PART_SECONDS: Final = 20.0
_PART_CONTEXT: Final = 1.0


class Wav2Vec2Encoder:
    """wav2vec 2.0 through transformers: the last hidden states.

    A long recording is encoded in parts with a second of context, so memory does not grow with it.

    Attributes:
        name: what a checkpoint's config calls it.
        width: numbers of a feature.
    """

    name = "wav2vec2"

    def __init__(self, folder: Path) -> None:
        """Load the weights from a folder in transformers' layout; nothing is fetched.

        Raises:
            CheckpointError: they cannot be loaded.
        """
        from transformers import Wav2Vec2Model
        from transformers.utils import logging

        from models.checkpoint import CheckpointError

        logging.disable_progress_bar()
        try:
            self._model = Wav2Vec2Model.from_pretrained(folder, local_files_only=True).eval().requires_grad_(False)
        except (OSError, RuntimeError, ValueError) as error:
            raise CheckpointError(f"{folder} cannot be loaded as wav2vec2: {error}") from None
        self.width = int(self._model.config.hidden_size)

    def encode(self, samples: NDArray[np.float32], cancel: CancelToken) -> NDArray[np.float32]:
        """Features of a recording.

        Args:
            samples: (N,) mono at 16 kHz.
            cancel: looked at before every part.

        Returns:
            (T, width) float32, `FEATURE_RATE` a second; T is at least 1.

        Raises:
            Cancelled: `cancel` was set.
        """
        import torch

        hop = SPEECH_RATE // FEATURE_RATE
        count = max(-(-len(samples) // hop), 1)
        # The public weights were trained on recordings of mean 0 and variance 1.
        whole = (samples - samples.mean()) / (samples.std() + 1e-5) if len(samples) else samples
        step, context = int(_PART_SECONDS * FEATURE_RATE), int(_PART_CONTEXT * FEATURE_RATE)
        features = np.zeros((count, self.width), np.float32)
        for start in range(0, count, step):
            cancel.check()
            low, high = max(start - context, 0), min(start + step + context, count)
            part = np.zeros(((high - low) * hop + hop,), np.float32)  # one feature is lost at the end otherwise
            inside = whole[low * hop : low * hop + len(part)]
            part[: len(inside)] = inside
            with torch.no_grad():
                hidden = self._model(torch.from_numpy(part)[None]).last_hidden_state[0].numpy()
            end = min(start + step, count)
            rows = hidden[start - low : end - low]
            features[start : start + len(rows)] = rows
            features[start + len(rows) : end] = rows[-1] if len(rows) else 0.0
        return features
