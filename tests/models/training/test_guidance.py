"""Guidance distillation: the pupil answers as the guided teacher does, and the program asks it once only."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from app.cli import main
from core.cancel import Cancelled, CancelToken, Progress, ProgressCallback, ignore_progress
from core.speech import speech_features
from models.generator import AUDIO_GUIDANCE, TEXT_GUIDANCE, Conditions, GeneratorConfig, MotionGenerator
from models.motion_pipeline import MotionPipeline
from models.prompts import PromptSpan
from models.text_encoder import MiniLMEncoder
from models.tokenizer import MotionTokenizer
from models.training.corpus import find_sources
from models.training.generator_data import Batch, Places
from models.training.train_generator import GeneratorTraining, train_generator
from models.training.train_guidance import GuidanceTraining, Teacher, distance, train_guidance
from tests.models.training.little_captures import write_data

SMALL = GeneratorConfig(width=16, layers=2, heads=2, hidden=16)
SETTINGS: dict[str, Any] = {"pairs": 6, "batch": 4, "warmup": 1, "rate": 3e-3, "save_every": 1}


def network() -> MotionGenerator:
    """A teacher whose conditions matter."""
    torch.manual_seed(3)
    made = MotionGenerator(SMALL).eval()
    for head in (made.text_branch.head, made.audio_branch.head):
        torch.nn.init.normal_(head.weight, std=0.2)
    torch.nn.init.normal_(made.text_branch.no_text, std=1.0)
    torch.nn.init.normal_(made.audio_branch.no_audio, std=1.0)
    return made


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weights folder with a teacher."""
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(1)
    MotionTokenizer().save_pretrained(folder / "tokenizer", {})
    network().save_pretrained(folder / "generator", {})
    return folder


def batch_of(has_text: list[bool], has_audio: list[bool]) -> Batch:
    chance = torch.Generator().manual_seed(5)
    rows = len(has_text)
    tokens = torch.randint(0, 512, (rows, 12), generator=chance)
    mask = torch.rand(rows, 12, generator=chance) < 0.6
    place = torch.rand(rows, 12, 4, generator=chance)
    place[:, :6] = 0  # speech rules the first half
    one = torch.ones(rows, 12)
    text = torch.randn(rows, 12, 384, generator=chance)
    conditions = Conditions(text, place, one, one, torch.randn(rows, 48, 46, generator=chance))
    inputs = torch.where(mask, 512, tokens)
    return Batch(inputs, tokens, mask, conditions, torch.tensor(has_text), torch.tensor(has_audio), one.bool())


def test_the_teacher_answers_as_guidance_does_in_use() -> None:
    teacher = Teacher(network(), TEXT_GUIDANCE)
    batch = batch_of([True, True], [True, True])
    prompted = batch.conditions.place[..., 0] > 0
    guided = Conditions(
        batch.conditions.text,
        batch.conditions.place,
        torch.where(prompted, TEXT_GUIDANCE, 1.0),
        torch.where(prompted, 1.0, AUDIO_GUIDANCE),
        batch.conditions.audio,
    )
    with torch.no_grad():
        wanted = teacher.network.guided_logits(batch.inputs, guided)
        plain = teacher.network.logits(batch.inputs, guided, batch.has_text, batch.has_audio)
    _, whole = teacher.logits(batch)
    torch.testing.assert_close(whole, wanted)
    for part in (prompted, ~prompted):
        assert float((whole - plain)[part].abs().max()) > 0.1
    # Without a condition there is nothing to guide by.
    bare = batch_of([False, False], [False, False])
    nothing, also = teacher.logits(bare)
    with torch.no_grad():
        plain = teacher.network.logits(bare.inputs, bare.conditions, bare.has_text, bare.has_audio)
    torch.testing.assert_close(nothing, plain)
    assert torch.equal(nothing, also)


def test_a_pupil_comes_nearer_to_the_guided_teacher(data: Path, root: Path, tmp_path: Path) -> None:
    places = Places(tmp_path, tmp_path / "pairs", tmp_path / "pairs")
    settings = GuidanceTraining(**SETTINGS, text_steps=40, audio_steps=40)
    pupil = train_guidance(
        find_sources([data]), root, tmp_path / "out", settings, places, ignore_progress, CancelToken()
    )
    assert (pupil.config.text_guidance, pupil.config.audio_guidance) == (TEXT_GUIDANCE, AUDIO_GUIDANCE)
    stored = json.loads((tmp_path / "out" / "config.json").read_text())
    assert stored["network"]["audio_guidance"] == AUDIO_GUIDANCE
    assert stored["checks"]["pupil"] < 0.8 * stored["checks"]["unguided_teacher"]
    again = MotionGenerator.from_pretrained(tmp_path / "out")
    assert again.config == pupil.config
    teacher = Teacher(network(), TEXT_GUIDANCE)
    assert float(distance(teacher.network, Teacher(network()), batch_of([True], [False]), "text")) == 0
    with pytest.raises(ValueError, match="has learned its guidance already"):
        pupil.save_pretrained(tmp_path / "twice" / "generator", {})
        train_guidance(
            find_sources([data]), tmp_path / "twice", tmp_path / "no", settings, places, ignore_progress, CancelToken()
        )


def test_a_stopped_run_ends_as_an_unbroken_one(data: Path, root: Path, tmp_path: Path) -> None:
    places = Places(tmp_path, tmp_path / "pairs", tmp_path / "pairs")
    settings = GuidanceTraining(**SETTINGS, text_steps=2, audio_steps=3)
    sources, cancel = find_sources([data]), CancelToken()

    def stopping(stage: str) -> ProgressCallback:
        def report(progress: Progress) -> None:
            if progress.stage == stage:
                cancel.cancel()

        return report

    whole = train_guidance(sources, root, tmp_path / "a", settings, places, ignore_progress, CancelToken())
    with pytest.raises(Cancelled):
        train_guidance(sources, root, tmp_path / "b", settings, places, stopping("guidance, audio branch"), cancel)
    resumed = train_guidance(sources, root, tmp_path / "b", settings, places, ignore_progress, CancelToken())
    for key, value in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[key], value, msg=key)


def test_the_command_teaches_the_audio_branch_beside_the_generator(
    data: Path, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.json").write_text(json.dumps(SETTINGS))
    given = ["--data", str(data), "--out", str(tmp_path), "--settings", str(tmp_path / "settings.json"), "--quiet"]
    assert main(["train", "guidance", *given, "--start-from", str(root), "--steps", "2"]) == 0
    guided = tmp_path / "guided"
    pipeline = MotionPipeline.from_pretrained(guided)
    assert pipeline.provenance["generator"]
    config = MotionGenerator.from_pretrained(guided / "generator").config
    assert (config.text_guidance, config.audio_guidance) == (1.0, AUDIO_GUIDANCE)
    assert main(["train", "guidance", *given, "--start-from", str(guided)]) == 1
    assert "has learned its guidance already; name weights that have not" in capsys.readouterr().err


@pytest.mark.parametrize("learned", [1.0, 3.0])
def test_what_the_weights_have_learned_is_not_asked_twice(learned: float, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(2)
    config = GeneratorConfig(width=16, layers=2, heads=2, hidden=16, text_guidance=learned, audio_guidance=learned)
    generator = MotionGenerator(config).eval()
    pipeline = MotionPipeline(MotionTokenizer().eval(), generator, MiniLMEncoder(), "test")
    rows: list[tuple[int, int]] = []
    text, audio = generator.text_branch.outputs, generator.audio_branch.forward
    monkeypatch.setattr(generator.text_branch, "outputs", lambda x, *r: rows.append((0, len(x))) or text(x, *r))
    monkeypatch.setattr(generator.audio_branch, "forward", lambda x, *r: rows.append((1, len(x))) or audio(x, *r))
    samples = 0.05 * np.random.default_rng(0).standard_normal(8 * 16_000).astype(np.float32)
    speech = speech_features(samples, 8.0)
    pipeline.generate(speech, [])
    assert {count for branch, count in rows if branch == 0} == {1}
    assert {count for branch, count in rows if branch == 1} == ({1} if learned == 3 else {2})
    rows.clear()
    tokens = pipeline.generate(speech, []).tokens
    rows.clear()
    for strength, expected in ((1.0, {1} if learned == 3 else {2}), (1.5, {2})):
        rows.clear()
        pipeline.regenerate(tokens, speech, [PromptSpan(2, 5, "juggle", 1, strength)], start=2, end=5)
        assert {count for branch, count in rows if branch == 0} == expected


def test_training_further_forgets_the_guidance_of_the_branch_that_learns(
    data: Path, root: Path, tmp_path: Path
) -> None:
    guided = network()
    guided.config = GeneratorConfig(
        width=16, layers=2, heads=2, hidden=16, text_guidance=TEXT_GUIDANCE, audio_guidance=AUDIO_GUIDANCE
    )
    guided.save_pretrained(tmp_path / "guided", {})
    size = {"width": 16, "layers": 2, "heads": 2, "hidden": 16}
    places = Places(tmp_path, tmp_path / "pairs", tmp_path / "pairs")
    learned = {}
    for steps in (0, 1):
        settings = GeneratorTraining(
            pairs=6, text_steps=0, audio_steps=steps, audio_batch=2, warmup=1, save_every=1, network=size
        )
        made = train_generator(
            find_sources([data]), root / "tokenizer", tmp_path / f"out{steps}", settings, ignore_progress,
            CancelToken(), tmp_path / "guided", places,
        )  # fmt: skip
        learned[steps] = (made.config.text_guidance, made.config.audio_guidance)
    assert learned == {0: (TEXT_GUIDANCE, AUDIO_GUIDANCE), 1: (TEXT_GUIDANCE, 1.0)}
    settings = GeneratorTraining(
        pairs=6, text_steps=0, audio_steps=2, audio_batch=2, warmup=1, save_every=1, network=size
    )
    longer = train_generator(
        find_sources([data]), root / "tokenizer", tmp_path / "out1", settings, ignore_progress, CancelToken(),
        places=places,
    )  # fmt: skip
    assert longer.config.text_guidance == TEXT_GUIDANCE  # a run that goes on knows what it began with
