"""The encoders that motion networks are trained with, by the names that commands and configs use.

Opening one finds its weights (registry or a folder of the user) and never fetches anything; what is missing is said in
one sentence with the command that gets it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, Protocol, get_args

from models import weights
from models.audio_encoder import LOG_MEL, WAV2VEC2, AudioEncoder, AudioEncoderError, LogMelEncoder, Wav2Vec2Features
from models.clip_text import CLIP, ClipTextEncoder
from models.text_encoder import MiniLMEncoder, TextEncoder, TextEncoderError

TextChoice = Literal["minilm", "clip"]
AudioChoice = Literal["logmel", "wav2vec2"]

TEXT_NAMES: Final[dict[str, str]] = {"minilm": MiniLMEncoder.name, "clip": CLIP}
"""What a config calls the text encoder that a command or a settings file names."""

AUDIO_NAMES: Final[dict[str, str]] = {"logmel": LOG_MEL, "wav2vec2": WAV2VEC2}
"""The same for audio encoders."""


class EncoderNames(Protocol):
    """The part of a network's config that names its encoders."""

    @property
    def text_encoder(self) -> str:
        """Name of the text encoder."""
        ...

    @property
    def text_width(self) -> int:
        """Length of its vectors."""
        ...

    @property
    def audio_encoder(self) -> str:
        """Name of the audio encoder."""
        ...

    @property
    def audio_width(self) -> int:
        """Numbers of its frames."""
        ...


def open_text_encoder(name: str, folder: Path | None = None) -> TextEncoder:
    """A text encoder by its name in a config or in settings.

    Args:
        name: such as "all-MiniLM-L6-v2" or "minilm".
        folder: of its weights, in place of those of the registry.

    Raises:
        TextEncoderError: unknown, or its weights are missing or damaged.
    """
    wanted = TEXT_NAMES.get(name, name)
    if wanted == MiniLMEncoder.name:
        return MiniLMEncoder(folder)
    if wanted == CLIP:
        return ClipTextEncoder(_folder(CLIP, folder, "the text encoder", TextEncoderError))
    raise TextEncoderError(_unknown("text", name, TEXT_NAMES))


def open_audio_encoder(name: str, folder: Path | None = None) -> AudioEncoder:
    """An audio encoder by its name in a config or in settings; see `open_text_encoder`.

    Raises:
        AudioEncoderError: unknown, or its weights are missing.
        CheckpointError: its weights cannot be loaded.
    """
    wanted = AUDIO_NAMES.get(name, name)
    if wanted == LOG_MEL:
        return LogMelEncoder()
    if wanted == WAV2VEC2:
        return Wav2Vec2Features(_folder(WAV2VEC2, folder, "the audio encoder", AudioEncoderError))
    raise AudioEncoderError(_unknown("audio", name, AUDIO_NAMES))


def check_encoders(config: EncoderNames, text: TextEncoder, audio: AudioEncoder) -> None:
    """See that encoders are those that a generator was trained with.

    Raises:
        ValueError: another one, or one of another width.
    """
    if config.text_encoder != text.name:
        raise ValueError(
            f"the generator was trained with the text encoder {config.text_encoder}, not {text.name}; open it with "
            f"{config.text_encoder}, or train it anew with `versa train generator --text-encoder`"
        )
    if config.audio_encoder != audio.name:
        raise ValueError(
            f"the generator was trained with the audio encoder {config.audio_encoder}, not {audio.name}; open it with "
            f"{config.audio_encoder}, or train it anew with `versa train generator --audio-encoder`"
        )
    if config.text_width != text.width:
        raise ValueError(
            f"the generator wants text vectors of {config.text_width} numbers, but {text.name} gives {text.width}; use "
            "the encoder's weights that the generator was trained with"
        )
    if config.audio_width != audio.width:
        raise ValueError(
            f"the generator wants audio features of {config.audio_width} numbers, but {audio.name} gives "
            f"{audio.width}; use the encoder's weights that the generator was trained with"
        )


def check_choices(text: str, audio: str) -> None:
    """See that settings name encoders that there are.

    Raises:
        ValueError: they do not.
    """
    if text not in get_args(TextChoice):
        raise ValueError(_unknown("text", text, TEXT_NAMES))
    if audio not in get_args(AudioChoice):
        raise ValueError(_unknown("audio", audio, AUDIO_NAMES))


def _folder(name: str, given: Path | None, what: str, kind: Callable[[str], Exception]) -> Path:
    if given is not None:
        if not given.is_dir():
            raise kind(f"{given} is not a folder; name the folder that holds the weights of {name}")
        return given
    try:
        return weights.find(name).require()
    except weights.WeightsError as error:
        raise kind(f"{what} {name} is needed: {error}") from None


def _unknown(kind: str, name: str, known: dict[str, str]) -> str:
    return f"there is no {kind} encoder {name!r}; choose one of {', '.join(known)}"
