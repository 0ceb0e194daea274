"""Ablations and other encoders of the generator: trained by one command, put where the evaluation finds them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from app.cli import main
from core.cancel import CancelToken, ignore_progress
from models import weights
from models.evaluation.systems import VARIANTS, GeneratedSystem, find_variant, text_wish
from models.generator import GeneratorConfig, MotionGenerator
from models.motion_pipeline import MotionPipeline
from models.training.commands import VARIANTS as OFFERED
from models.training.corpus import find_sources
from models.training.loop import Meter
from models.training.train_generator import GeneratorTraining, train_generator
from tests.models.small_encoders import write_clip, write_wav2vec2
from tests.models.training.little_captures import write_data

SETTINGS = {
    "pairs": 6, "text_steps": 1, "audio_steps": 1, "text_batch": 2, "audio_batch": 2, "warmup": 1, "save_every": 1,
    "network": {"width": 16, "layers": 2, "heads": 2, "hidden": 16},
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


def train(network: str, data: Path, out: Path, settings: dict[str, object], *more: str) -> int:
    file = out / "settings.json"
    file.write_text(json.dumps(settings), encoding="utf-8")
    given = ["--data", str(data), "--out", str(out), "--settings", str(file), "--quiet"]
    return main(["train", network, *given, *more])


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training folder with a tokenizer of two levels."""
    out = tmp_path_factory.mktemp("runs")
    assert train("tokenizer", data, out, {"steps": 1, "batch": 4, "warmup": 1, "residual_levels": 1}) == 0
    return out


def test_ablations_stand_in_the_table(data: Path, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tuple(variant.name for variant in VARIANTS) == OFFERED
    assert train("generator", data, trained, SETTINGS, "--variant", "single_level") == 1
    assert "train it first with `versa train tokenizer --variant single_level`" in capsys.readouterr().err
    few = {"steps": 1, "batch": 4, "warmup": 1}
    assert train("tokenizer", data, trained, few, "--variant", "single_level") == 0
    for variant in VARIANTS:
        assert find_variant(variant, trained) is None
        assert train("generator", data, trained, SETTINGS, "--variant", variant.name) == 0
        folder = find_variant(variant, trained)
        assert folder is not None
        system = GeneratedSystem(variant.title, folder, None)
        assert system.variant == variant.name
        wishes = [text_wish("wave", 30, 1)]
        (joints,) = system.make(wishes, [], Meter("", 0, 1, ignore_progress), CancelToken())
        assert joints.shape == (30, 22, 3)
    assert train("tokenizer", data, trained, few, "--variant", "no_text_branch") == 1
    assert "has the tokenizer of the whole method" in capsys.readouterr().err


def test_an_ablation_may_start_from_weights_of_the_whole_method(data: Path, trained: Path, tmp_path: Path) -> None:
    whole = MotionGenerator(GeneratorConfig(width=16, layers=2, heads=2, hidden=16))
    whole.save_pretrained(tmp_path / "whole", {})
    nothing = SETTINGS | {"text_steps": 0, "audio_steps": 0}
    sources, network = find_sources([data]), trained / "tokenizer"

    def start(variant: str, given: Path) -> MotionGenerator:
        settings = GeneratorTraining(**nothing, variant=variant)  # type: ignore[arg-type]
        out = tmp_path / f"{variant}-{given.name}"
        return train_generator(sources, network, out, settings, ignore_progress, CancelToken(), given)

    stored = MotionGenerator.from_pretrained(tmp_path / "whole").state_dict()
    deaf = start("no_text_branch", tmp_path / "whole")
    assert deaf.text_branch is None and start("last_layer_fusion", tmp_path / "whole").audio_branch.last_layer_only
    for name, value in deaf.state_dict().items():
        assert torch.equal(value, stored[name])
    with pytest.raises(ValueError, match="are of the variant no_text_branch and have no text_branch"):
        start("", tmp_path / "no_text_branch-whole")


def test_text_joins_the_audio_at_the_last_layer_only() -> None:
    torch.manual_seed(0)
    size = {"width": 16, "layers": 3, "heads": 2, "hidden": 16}
    network = MotionGenerator(GeneratorConfig(variant="last_layer_fusion", **size)).eval()
    torch.nn.init.normal_(network.audio_branch.head.weight, std=0.1)
    tokens, yes, hidden = torch.randint(0, 512, (1, 9)), torch.ones(1, dtype=torch.bool), torch.zeros(1, 1, 1, 9)
    outputs = [torch.randn(1, 9, 16) for _ in range(3)]
    heard = torch.randn(1, 9, 16)
    with torch.no_grad():
        usual = network.audio_branch(tokens, heard, yes, outputs, hidden)
        for layer in range(3):
            without = [torch.zeros_like(x) if number == layer else x for number, x in enumerate(outputs)]
            changed = network.audio_branch(tokens, heard, yes, without, hidden)
            assert torch.equal(changed, usual) == (layer < 2)


def test_without_a_text_branch_the_text_has_no_influence() -> None:
    from models.generator import Conditions

    torch.manual_seed(0)
    network = MotionGenerator(GeneratorConfig(variant="no_text_branch", width=16, layers=2, heads=2, hidden=16)).eval()
    torch.nn.init.normal_(network.audio_branch.head.weight, std=0.1)
    assert not any(name.startswith("text_branch") for name in network.state_dict())
    tokens, no = torch.randint(0, 512, (1, 9)), torch.zeros(1, dtype=torch.bool)
    audio = torch.randn(1, 36, 46)

    def conditions(text: float, strength: float, guided: float) -> Conditions:
        row = torch.ones(1, 9)
        return Conditions(torch.full((1, 9, 384), text), torch.ones(1, 9, 4), strength * row, guided * row, audio)

    with torch.no_grad():
        first = network.guided_logits(tokens, conditions(0.1, 3.0, 2.0))
        assert torch.equal(first, network.guided_logits(tokens, conditions(0.9, 1.0, 2.0)))
        heard = network.logits(tokens, conditions(0.1, 1.0, 1.0), ~no, ~no)
        deaf = network.logits(tokens, conditions(0.1, 1.0, 1.0), ~no, no)
    torch.testing.assert_close(first, heard + (heard - deaf))


def test_the_generator_is_trained_with_other_encoders(
    data: Path, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = {"clip-vit-b-32": tmp_path / "clip", "wav2vec2-base-960h": tmp_path / "wav2vec2"}
    for folder, write in zip(places.values(), (write_clip, write_wav2vec2), strict=True):
        folder.mkdir()
        write(folder)
    usual: Callable[[weights.WeightEntry], Path] = weights.WeightEntry.require
    monkeypatch.setattr(
        weights.WeightEntry, "require", lambda self: places[self.name] if self.name in places else usual(self)
    )
    chosen = ("--text-encoder", "clip", "--audio-encoder", "wav2vec2")
    assert train("generator", data, trained, SETTINGS, *chosen) == 0
    config = MotionGenerator.from_pretrained(trained / "generator").config
    assert (config.text_encoder, config.text_width) == ("clip-vit-b-32", 24)
    assert (config.audio_encoder, config.audio_width) == ("wav2vec2-base-960h", 16)
    state = MotionGenerator.from_pretrained(trained / "generator").state_dict()
    assert float(state["audio_branch.audio.audio_std"].min()) > 0
    assert not torch.equal(state["audio_branch.audio.audio_mean"], torch.zeros(16))
    MotionPipeline.from_pretrained(trained)
    # What an encoder gave is kept, so another run asks none.
    kept = trained / "generator" / "pairs"
    assert (kept / "captions_clip-vit-b-32.npz").is_file() and (kept / "heard_0_wav2vec2-base-960h.npz").is_file()

    settings = GeneratorTraining(**SETTINGS)  # type: ignore[arg-type]
    given = (find_sources([data]), trained / "tokenizer")
    with pytest.raises(ValueError, match="holds a run with another network, other encoders"):
        train_generator(*given, trained / "generator", settings, ignore_progress, CancelToken())
    with pytest.raises(ValueError, match="have text_width 24, but this run wants 384"):
        train_generator(*given, tmp_path / "new", settings, ignore_progress, CancelToken(), trained / "generator")


def test_settings_name_encoders_and_variants_that_there_are() -> None:
    with pytest.raises(ValueError, match="no text encoder 'bert'"):
        GeneratorTraining(text_encoder="bert")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no variant 'early_fusion' of the generator; choose one of last_layer_fusion"):
        GeneratorTraining(variant="early_fusion")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="the setting network knows no 'depth'"):
        GeneratorTraining(network={"depth": 3})
    with pytest.raises(ValueError, match="no variant 'x' of the generator"):
        MotionGenerator(GeneratorConfig(variant="x"))  # type: ignore[arg-type]
