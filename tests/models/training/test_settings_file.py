"""Settings files of trainings: what is read, and that wrong values are refused by file and field."""

import json
from pathlib import Path

import pytest

from app.cli import main
from models.training.build_rehearsals import RehearsalSettings
from models.training.commands import _settings
from models.training.generator_settings import GeneratorTraining
from models.training.renderer.objective import Dropout
from models.training.renderer.settings import RendererTraining
from models.training.settings_file import read_settings
from models.training.tokenizer_settings import TokenizerTraining
from models.training.train_evaluator import EvaluatorTraining
from models.training.train_guidance import GuidanceTraining
from models.training.train_residual import ResidualTraining


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        (TokenizerTraining, {"batch": "x"}, 'the setting batch must be a whole number, 1 or more, not "x"'),
        (TokenizerTraining, {"batch": 12.5}, "the setting batch must be a whole number, 1 or more, not 12.5"),
        (TokenizerTraining, {"batch": True}, "the setting batch must be a whole number, 1 or more, not true"),
        (TokenizerTraining, {"batch": None}, "the setting batch must be a whole number, 1 or more, not null"),
        (TokenizerTraining, {"steps": -3}, "the setting steps must be a whole number, 1 or more, not -3"),
        (TokenizerTraining, {"seed": -1}, "the setting seed must be a whole number, 0 or more, not -1"),
        (TokenizerTraining, {"rate": "3e-4"}, 'the setting rate must be a number, not "3e-4"'),
        (TokenizerTraining, {"rate": float("nan")}, "the setting rate must be a number, not NaN"),
        (TokenizerTraining, {"decoder_only": 1}, "the setting decoder_only must be true or false, not 1"),
        (GeneratorTraining, {"text_folder": 5}, "the setting text_folder must be a text in quotation marks, not 5"),
        (GeneratorTraining, {"variant": ["x"]}, 'the setting variant must be a text in quotation marks, not ["x"]'),
        (GeneratorTraining, {"variant": "x"}, "there is no variant 'x'"),
        (GeneratorTraining, {"network": {"width": "x"}}, "the setting network.width must be a whole number"),
        (GeneratorTraining, {"network": 384}, "the setting network must be an object with names in braces, not 384"),
        (GeneratorTraining, {"network": {"depth": 3}}, "the setting network knows no 'depth'"),
        (RendererTraining, {"dropout": 0.1}, "the setting dropout must be an object with names in braces, not 0.1"),
        (RendererTraining, {"dropout": {"pose": "x"}}, 'the setting dropout.pose must be a number, not "x"'),
        (RendererTraining, {"dropout": {"poses": 0.1}}, "the setting dropout knows only"),
        (RehearsalSettings, {"lengths": 3.0}, "the setting lengths must be a list, not 3.0"),
        (RehearsalSettings, {"lengths": [1.2, "x"]}, 'the setting lengths[1] must be a number, not "x"'),
        (TokenizerTraining, {"batches": 3}, "unknown setting 'batches'; known are base_share, batch"),
        (TokenizerTraining, [1], "must hold a JSON object"),
        (TokenizerTraining, {"batch": "x" * 500}, "xxx ..."),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_file_and_field(kind: type, values: object, words: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ValueError) as refused:
        _settings(kind, file, {})
    said = str(refused.value)
    assert words in said and str(file) in said and said.count(str(file)) == 1 and len(said) < 1000


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"{", "is not valid JSON"), (b"\xff\xfe{", "is not valid JSON"), (None, "cannot be read: No such file")],
)
def test_a_file_that_is_no_json_is_named(content: bytes | None, words: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ValueError, match=words) as refused:
        read_settings(file, TokenizerTraining)
    assert str(file) in str(refused.value)


def test_right_values_come_as_the_settings_declare_them(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"

    def read(kind: type, values: dict[str, object]) -> object:
        file.write_text(json.dumps(values), encoding="utf-8")
        return _settings(kind, file, {"seed": 4})

    assert read(TokenizerTraining, {"batch": 4, "rate": 1, "decoder_only": True}) == TokenizerTraining(
        batch=4, rate=1, decoder_only=True, seed=4
    )
    assert read(GeneratorTraining, {"text_steps": 0, "network": {"width": 16}}) == GeneratorTraining(
        text_steps=0, network={"width": 16}, seed=4
    )
    assert read(RendererTraining, {"dropout": {"pose": 0.2}, "face": {"width": 8}, "reference": "first"}) == (
        RendererTraining(dropout=Dropout(pose=0.2), face={"width": 8}, reference="first", seed=4)
    )
    assert read(RehearsalSettings, {"lengths": [1.2, 2]}) == RehearsalSettings(lengths=(1.2, 2), seed=4)


@pytest.mark.parametrize(
    "kind",
    [
        TokenizerTraining, GeneratorTraining, GuidanceTraining, ResidualTraining, EvaluatorTraining, RehearsalSettings,
        RendererTraining,
    ],
)  # fmt: skip
def test_every_field_has_a_type_that_a_file_can_give(kind: type, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    plain = json.dumps(vars(kind()), default=vars)
    file.write_text(plain, encoding="utf-8")
    assert _settings(kind, file, {}) == kind()


def test_the_command_says_what_is_wrong_and_with_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["train", "tokenizer", "--data", str(tmp_path), "--out", str(tmp_path / "runs"), "--quiet"]
    for wrong in ("-3", "0"):
        assert main([*common, "--steps", wrong]) == 2
        assert capsys.readouterr().err == "versa: --steps must be 1 or more\n"
    assert main(["train", "renderer", "--proof", "--out", str(tmp_path / "runs"), "--steps", "-3", "--quiet"]) == 2
    assert main([*common, "--seed", "-1"]) == 2
    assert capsys.readouterr().err.endswith("versa: --seed must be 0 or more\n")
    file = tmp_path / "settings.json"
    file.write_text('{"batch": "x"}', encoding="utf-8")
    assert main([*common, "--settings", str(file)]) == 1
    said = capsys.readouterr().err
    assert said == f'versa: {file}: the setting batch must be a whole number, 1 or more, not "x"\n'
    assert not (tmp_path / "runs").exists()
