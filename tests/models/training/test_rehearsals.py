"""`versa train rehearsals` with networks of chance: what is tried, what is kept, stopping and going on."""

import json
import multiprocessing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from core.cancel import Cancelled, CancelToken, Progress
from models import window_filler
from models.generator import GeneratorConfig, MotionGenerator
from models.known_prompts import judged_actions
from models.motion_pipeline import MotionPipeline
from models.rehearsals import Rehearsals
from models.text_encoder import file_sha256
from models.tokenizer import MotionTokenizer, TokenizerConfig
from models.training import build_rehearsals as building
from models.training import rehearser
from models.training.build_rehearsals import PART_NAME, RehearsalSettings, build_rehearsals, known_manners
from models.training.captures import load_captures
from tests.models.training.little_captures import write_data

SETTINGS = RehearsalSettings(
    lengths=(1.2, 2.0), tries=3, keep=1, manner_lengths=(2.0,), manner_tries=2, first_tries=4, recordings=1
)

pytestmark = pytest.mark.skipif(
    multiprocessing.get_start_method() != "fork", reason="what the test changes reaches forked processes only"
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    torch.manual_seed(0)
    MotionTokenizer(TokenizerConfig(width=32, code_dim=32)).save_pretrained(tmp_path / "tokenizer", {})
    MotionGenerator(GeneratorConfig(width=32, heads=2, hidden=64)).save_pretrained(tmp_path / "generator", {})
    monkeypatch.setattr(window_filler, "RETRIES", ())
    monkeypatch.setattr(building, "judged_actions", lambda: {p: judged_actions()[p] for p in ("punch", "take a bow")})
    monkeypatch.setattr(rehearser, "obeyed", lambda joints, judges: 1.1 + abs(float(joints[-1, 20, 1])) % 1.0)
    monkeypatch.setattr(window_filler, "obeyed", lambda joints, judges: 2.0)
    return tmp_path


def test_the_best_tries_of_each_length_are_kept_and_read_by_the_program(data: Path, weights: Path) -> None:
    count = build_rehearsals(data, weights, SETTINGS, lambda _: None, CancelToken())
    rehearsals = Rehearsals.from_pretrained(
        weights / "rehearsals", file_sha256(weights / "tokenizer/model.safetensors")
    )
    assert len(rehearsals) == count
    config = json.loads((weights / "rehearsals" / "config.json").read_text())
    assert {plain for plain, _, _ in config["kept"]} == {"punch", "take a bow"}
    assert all(score >= 1.05 for _, _, score in config["kept"])
    assert config["settings"]["tries"] == 3
    assert {plain: share * 4 % 1 for plain, share in config["first_tries"].items()} == {"punch": 0, "take a bow": 0}
    assert not (weights / "rehearsals" / PART_NAME).exists()
    shortest = rehearsals.recall("punch", None, 6, np.random.default_rng(0))
    assert shortest is not None and (shortest >= 0).all()
    assert rehearsals.recall("punch", None, 5, np.random.default_rng(0)) is None
    made = file_sha256(weights / "rehearsals" / "model.safetensors")
    assert MotionPipeline.from_pretrained(weights).version.endswith(made[:8])


def test_a_run_that_stopped_goes_on_to_the_same_end(data: Path, weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_rehearsals(data, weights, SETTINGS, lambda _: None, CancelToken())
    whole = {path.name: path.read_bytes() for path in (weights / "rehearsals").iterdir()}
    for path in (weights / "rehearsals").iterdir():
        path.unlink()
    cancel = CancelToken()

    def stop_after_one(progress: Progress) -> None:
        if progress.stage == "rehearsing" and progress.done == 1:
            cancel.cancel()

    with pytest.raises(Cancelled):
        build_rehearsals(data, weights, SETTINGS, stop_after_one, cancel)
    assert [path.name for path in (weights / "rehearsals").iterdir()] == [PART_NAME]
    tried: list[int] = []
    build_rehearsals(
        data,
        weights,
        replace(SETTINGS, processes=1),
        lambda progress: tried.append(progress.done) if progress.stage == "rehearsing" else None,
        CancelToken(),
    )
    assert min(tried) > 0  # what was finished is not made again
    assert {path.name: path.read_bytes() for path in (weights / "rehearsals").iterdir()} == whole


def test_weights_that_do_nothing_give_no_rehearsals(data: Path, weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearser, "obeyed", lambda joints, judges: 0.5)
    with pytest.raises(ValueError, match="no try of any action was done"):
        build_rehearsals(data, weights, SETTINGS, lambda _: None, CancelToken())


@pytest.mark.parametrize("searched", [True, False])
def test_a_length_in_which_tries_do_nothing_is_searched(
    data: Path, weights: Path, monkeypatch: pytest.MonkeyPatch, searched: bool
) -> None:
    tried = rehearser.Rehearser.tried

    def poor_when_short(self, asked, seeds, *, again):
        made = tried(self, asked, seeds, again=again)
        return [replace(one, score=0.5) for one in made] if asked.length == 1.2 else made

    monkeypatch.setattr(rehearser.Rehearser, "tried", poor_when_short)
    if not searched:
        monkeypatch.setattr(rehearser.Rehearser, "bettered", lambda self, asked, begun, *rest, **given: list(begun))
    build_rehearsals(data, weights, replace(SETTINGS, generations=1), lambda _: None, CancelToken())
    config = json.loads((weights / "rehearsals" / "config.json").read_text())
    lengths = load_file(weights / "rehearsals" / "model.safetensors")["lengths"].tolist()
    found = {(plain, length) for (plain, _, _), length in zip(config["kept"], lengths, strict=True)}
    assert {("punch", 10), ("take a bow", 10)} <= found
    assert (("punch", 6) in found) is searched


def test_manners_are_those_that_the_captures_show(data: Path) -> None:
    clips = list(load_captures(data / "motion", mirrored=False))
    plain = known_manners(clips)
    assert set(plain) == set(judged_actions())
    bow = next(clip for clip in clips if clip.content == "bow")
    tired = known_manners([*clips, replace(bow, name="bandai_namco/other", style="tired")])
    assert set(tired["take a bow"]) - set(plain["take a bow"]) == {"tiredly"}
    assert tired["punch"] == plain["punch"]
