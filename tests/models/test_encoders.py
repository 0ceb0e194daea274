"""Encoders of the motion generator: small ones that the test writes, what configs name, and what is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.speech import SpeechFeatures, speech_features
from models import weights
from models.audio_encoder import AudioEncoderError, LogMelEncoder, Wav2Vec2Features, by_frames
from models.checkpoint import CheckpointError
from models.clip_text import ClipTextEncoder
from models.encoders import check_encoders, open_audio_encoder, open_text_encoder
from models.generator import GeneratorConfig, MotionGenerator
from models.motion_pipeline import MotionPipeline
from models.prompts import PromptSpan
from models.text_encoder import MiniLMEncoder, TextEncoderError
from models.tokenizer import MotionTokenizer, TokenizerConfig
from tests.models.small_encoders import write_clip, write_wav2vec2

SMALL = {"width": 32, "layers": 2, "heads": 2, "hidden": 64}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture(scope="module")
def wav2vec2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wav2vec2(tmp_path_factory.mktemp("wav2vec2"))


@pytest.fixture
def registered(clip: Path, wav2vec2: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry knows the small files under the names of the real ones."""
    folders = {"clip-vit-b-32": clip, "wav2vec2-base-960h": wav2vec2}
    usual: Callable[[weights.WeightEntry], Path] = weights.WeightEntry.require
    monkeypatch.setattr(
        weights.WeightEntry, "require", lambda self: folders[self.name] if self.name in folders else usual(self)
    )


def speech(seconds: float) -> SpeechFeatures:
    times = np.arange(round(seconds * 16_000)) / 16_000
    voice = np.sin(2 * np.pi * 150 * times) * (np.sin(2 * np.pi * 1.7 * times) > 0.3)
    return speech_features((0.3 * voice).astype(np.float32), seconds)


def test_log_mel_is_what_the_features_say() -> None:
    heard = speech(2.0)
    np.testing.assert_array_equal(LogMelEncoder().encode(heard), heard.matrix())
    assert LogMelEncoder.width == 46


def test_features_are_averaged_over_each_frame() -> None:
    rising = np.arange(100, dtype=np.float32)[:, None]  # feature n lies at (n + 0.5) / 50 s
    made = by_frames(rising, 50, 42, 20)
    # Frame t is about t / 20 s, which is feature 2.5 t - 0.5; its own time is two and a half features long.
    np.testing.assert_allclose(made[1:39, 0], 2.5 * np.arange(1, 39) - 0.5, atol=0.11)
    assert made.shape == (42, 1) and made[41, 0] == pytest.approx(99.0)
    np.testing.assert_allclose(by_frames(np.full((7, 2), 3.0, np.float32), 50, 5, 20), 3.0, rtol=1e-6)


def test_wav2vec2_gives_a_row_a_motion_frame_and_hears_a_recording_once(wav2vec2: Path) -> None:
    encoder = Wav2Vec2Features(wav2vec2)
    heard = speech(1.6)
    rows = encoder.encode(heard)
    assert rows.shape == (32, 16) and encoder.width == 16 and np.isfinite(rows).all()
    assert encoder.encode(heard) is rows
    assert np.abs(rows - Wav2Vec2Features(wav2vec2).encode(speech(1.6))).max() == 0.0
    with pytest.raises(AudioEncoderError, match="hears the recording itself"):
        encoder.encode(replace(heard, samples=None))
    with pytest.raises(CheckpointError, match="cannot be loaded as wav2vec2"):
        Wav2Vec2Features(wav2vec2.parent)


def test_clip_vectors_are_of_length_one_and_do_not_depend_on_their_neighbours(clip: Path) -> None:
    encoder = ClipTextEncoder(clip)
    texts = ["wave", "take a bow and walk", "wave back"]
    vectors = encoder.encode(texts)
    assert vectors.shape == (3, 24) and encoder.width == 24
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(encoder.encode(["wave"])[0], vectors[0], atol=1e-5)
    assert np.abs(vectors[0] - vectors[2]).max() > 1e-3
    assert encoder.encode(["walk " * 200]).shape == (1, 24)  # more words than it reads
    with pytest.raises(TextEncoderError, match="cannot be loaded as CLIP"):
        ClipTextEncoder(clip.parent)


def test_what_is_missing_or_unknown_is_said_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERSA_MODELS", str(tmp_path))
    with pytest.raises(TextEncoderError, match=r"clip-vit-b-32 is needed: .* `versa models download clip-vit-b-32`"):
        open_text_encoder("clip")
    with pytest.raises(AudioEncoderError, match="`versa models download wav2vec2-base-960h`"):
        open_audio_encoder("wav2vec2-base-960h")
    with pytest.raises(TextEncoderError, match="no text encoder 'bert'; choose one of minilm, clip"):
        open_text_encoder("bert")
    with pytest.raises(AudioEncoderError, match="no audio encoder 'hubert'; choose one of logmel, wav2vec2"):
        open_audio_encoder("hubert")
    with pytest.raises(AudioEncoderError, match="is not a folder"):
        open_audio_encoder("wav2vec2", tmp_path / "nowhere")


def test_other_encoders_than_the_trained_ones_are_refused(clip: Path, wav2vec2: Path) -> None:
    text, audio = ClipTextEncoder(clip), Wav2Vec2Features(wav2vec2)
    fitting = GeneratorConfig(
        text_encoder=text.name, text_width=24, audio_encoder=audio.name, audio_width=16, **SMALL
    )  # fmt: skip
    check_encoders(fitting, text, audio)
    with pytest.raises(ValueError, match=r"text encoder all-MiniLM-L6-v2, not clip-vit-b-32; open it with"):
        check_encoders(GeneratorConfig(), text, LogMelEncoder())
    with pytest.raises(ValueError, match=r"audio encoder wav2vec2-base-960h, not log-mel\+prosody; open it with"):
        check_encoders(fitting, text, LogMelEncoder())
    with pytest.raises(ValueError, match="text vectors of 512 numbers, but clip-vit-b-32 gives 24"):
        check_encoders(replace(fitting, text_width=512), text, audio)
    with pytest.raises(ValueError, match="audio features of 768 numbers, but wav2vec2-base-960h gives 16"):
        check_encoders(replace(fitting, audio_width=768), text, audio)


def weights_folder(root: Path, config: GeneratorConfig) -> Path:
    torch.manual_seed(0)
    MotionTokenizer(TokenizerConfig(width=16, code_dim=16)).save_pretrained(root / "tokenizer", {})
    generator = MotionGenerator(config)
    torch.nn.init.normal_(generator.audio_branch.head.weight, std=0.3)
    generator.save_pretrained(root / "generator", {})
    return root


def test_weights_open_the_encoders_that_their_config_names(registered: None, tmp_path: Path) -> None:
    config = GeneratorConfig(
        text_encoder="clip-vit-b-32", text_width=24, audio_encoder="wav2vec2-base-960h", audio_width=16, **SMALL
    )  # fmt: skip
    folder = weights_folder(tmp_path, config)
    pipeline = MotionPipeline.from_pretrained(folder)
    heard, spans = speech(3.0), [PromptSpan(0.5, 2.0, "wave with your right hand", 1)]
    made = pipeline.generate(heard, spans, seed=2)
    assert made.joints.shape == (60, 22, 3)
    assert np.array_equal(pipeline.generate(heard, spans, seed=2).tokens, made.tokens)
    louder = speech_features(np.roll(heard.samples, 4000), 3.0)  # type: ignore[arg-type]
    assert not np.array_equal(pipeline.generate(louder, (), seed=2).tokens, pipeline.generate(heard, (), seed=2).tokens)
    # Prompts are understood by the program's own encoder, whatever the generator reads.
    assert pipeline.confidence("wave with your right hand").known

    said = json.loads((folder / "generator" / "config.json").read_text(encoding="utf-8"))
    said["network"]["text_width"] = 512
    (folder / "generator" / "config.json").write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(CheckpointError, match="has shape"):
        MotionPipeline.from_pretrained(folder)
    said["network"] |= {"text_width": 24, "colour": "red"}
    (folder / "generator" / "config.json").write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"this version does not know .*colour"):
        MotionPipeline.from_pretrained(folder)


def test_weights_without_their_encoder_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERSA_MODELS", str(tmp_path / "none"))
    config = GeneratorConfig(text_encoder="clip-vit-b-32", text_width=512, **SMALL)
    folder = weights_folder(tmp_path, config)
    with pytest.raises(TextEncoderError, match="`versa models download clip-vit-b-32`"):
        MotionPipeline.from_pretrained(folder)


def test_configs_from_before_name_the_default_encoders() -> None:
    old = {"codes": 512, "heads": 4, "hidden": 1024, "layers": 8, "text_encoder": "all-MiniLM-L6-v2", "text_width": 384,
           "width": 256, "window": 50}  # fmt: skip
    config = GeneratorConfig(**old)  # type: ignore[arg-type]
    assert (config.audio_encoder, config.audio_width, config.variant) == ("log-mel+prosody", 46, "")
    assert "audio_branch.audio.audio_mean" not in MotionGenerator(config).state_dict()
    check_encoders(config, MiniLMEncoder(), LogMelEncoder())
