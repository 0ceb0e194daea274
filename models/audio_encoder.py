"""Turns a recording into what the motion generator hears: the interface, the default, and wav2vec 2.0.

Both give one row a motion frame; the generator's temporal block of convolutions makes one vector a token of them (paper
section 3.2.2). The default needs no weights. Mouths and faces have an encoder of their own in `models.renderers.versa`.
"""

from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from core.cancel import CancelToken
from core.speech import NUM_SPEECH_FEATURES, SpeechFeatures
from models.wav2vec2 import FEATURE_RATE, Wav2Vec2Encoder

LOG_MEL: Final = "log-mel+prosody"
"""Name of the default encoder in a generator's config; configs that name none mean this one."""

WAV2VEC2: Final = "wav2vec2-base-960h"
"""Name of wav2vec 2.0 in a generator's config, and of its weights in the registry."""


class AudioEncoderError(RuntimeError):
    """The encoder cannot hear this; one sentence says why and what to do."""


class AudioEncoder(Protocol):
    """Speech features for the generator.

    Attributes:
        name: what a generator's config calls the encoder.
        width: numbers a frame.
    """

    name: str
    width: int

    def encode(self, speech: SpeechFeatures) -> NDArray[np.float32]:
        """(T, width) of a recording of T motion frames, frame t about t / fps; the same speech gives the same."""
        ...


class LogMelEncoder:
    """Mel bands, energy, pitch, voicing, onsets, accents and speaking, see `SpeechFeatures.matrix`."""

    name = LOG_MEL
    width = NUM_SPEECH_FEATURES

    def encode(self, speech: SpeechFeatures) -> NDArray[np.float32]:
        """See `AudioEncoder.encode`."""
        return speech.matrix()


class Wav2Vec2Features:
    """The last hidden states of wav2vec 2.0 (50 a second), averaged over the time of each motion frame."""

    name = WAV2VEC2

    def __init__(self, folder: Path) -> None:
        """Load the weights from a folder in transformers' layout; nothing is fetched.

        Raises:
            CheckpointError: they cannot be loaded.
        """
        self._network = Wav2Vec2Encoder(folder)
        self.width = self._network.width
        self._last: tuple[SpeechFeatures, NDArray[np.float32]] | None = None

    def encode(self, speech: SpeechFeatures) -> NDArray[np.float32]:
        """See `AudioEncoder.encode`.

        Raises:
            AudioEncoderError: the features were made without their samples.
        """
        if self._last is not None and self._last[0] is speech:  # an edit hears the same recording again
            return self._last[1]
        if speech.samples is None:
            raise AudioEncoderError(
                f"{self.name} hears the recording itself, but only its features were given; make them anew with "
                "`core.speech.speech_features`"
            )
        heard = by_frames(self._network.encode(speech.samples, CancelToken()), FEATURE_RATE, len(speech), speech.fps)
        self._last = (speech, heard)
        return heard


def by_frames(features: NDArray[np.float32], rate: float, frames: int, fps: float) -> NDArray[np.float32]:
    """Mean of features over each frame's time, which lies around t / fps.

    Args:
        features: (N, width), feature n covers n / rate to (n + 1) / rate seconds.
        rate: features a second.
        frames: T; behind the last feature, that one goes on.
        fps: frames a second.

    Returns:
        (T, width) float32.
    """
    sums = np.concatenate([np.zeros((1, features.shape[1])), np.cumsum(features, axis=0, dtype=np.float64)])
    # A feature that covers several frames or a part of one: the integral up to any time is linear between its borders.
    edges = np.clip((np.arange(frames + 1) - 0.5) / fps * rate, 0.0, len(features))
    # Frames behind the end see the last feature.
    starts, ends = np.minimum(edges[:-1], len(features) - 1e-3), edges[1:]
    ends = np.maximum(ends, starts + 1e-3)
    return np.asarray((_at(sums, ends) - _at(sums, starts)) / (ends - starts)[:, None], dtype=np.float32)


def _at(sums: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    low = np.minimum(places.astype(np.int64), len(sums) - 2)
    share = (places - low)[:, None]
    return np.asarray(sums[low] * (1 - share) + sums[low + 1] * share)
