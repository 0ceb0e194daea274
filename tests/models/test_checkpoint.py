"""Weights folders are read as what they are, and refused as anything else."""

import json
from pathlib import Path

import pytest

from models.checkpoint import CheckpointError, read_config
from models.evaluation.evaluator import MotionEvaluator
from models.generator import MotionGenerator
from models.residual import ResidualTransformer
from models.t2mgpt import T2MGPTTokenizer
from models.tokenizer import MotionTokenizer

NETWORKS = {
    "motion_tokenizer": MotionTokenizer,
    "motion_generator": MotionGenerator,
    "residual_transformer": ResidualTransformer,
    "motion_evaluator": MotionEvaluator,
    "t2mgpt_tokenizer": T2MGPTTokenizer,
}


def write_config(folder: Path, **entries: object) -> Path:
    (folder / "config.json").write_text(json.dumps(entries), encoding="utf-8")
    return folder


PAIRS = [(wanted, found) for wanted in NETWORKS for found in (*NETWORKS, "relation_bank") if wanted != found]


@pytest.mark.parametrize(("wanted", "found"), PAIRS)
def test_weights_of_another_kind_are_refused_in_one_sentence(wanted: str, found: str, tmp_path: Path) -> None:
    folder = write_config(tmp_path, kind=found, network={})
    with pytest.raises(CheckpointError) as caught:
        NETWORKS[wanted].from_pretrained(folder)  # type: ignore[attr-defined]
    sentence = str(caught.value)
    assert f"holds {found}, not {wanted}" in sentence and str(folder) in sentence and "\n" not in sentence


def test_a_config_without_a_kind_is_refused_where_one_is_wanted(tmp_path: Path) -> None:
    folder = write_config(tmp_path, network={"width": 1})
    assert read_config(folder) == {"network": {"width": 1}}
    with pytest.raises(CheckpointError, match="holds something unknown, not motion_tokenizer"):
        read_config(folder, "motion_tokenizer")


@pytest.mark.parametrize(("text", "said"), [("", "not valid JSON"), ("[1]", "must hold a JSON object")])
def test_a_broken_config_is_named(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(text, encoding="utf-8")
    with pytest.raises(CheckpointError, match=said):
        read_config(tmp_path)
