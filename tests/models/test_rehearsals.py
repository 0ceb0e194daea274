"""Rehearsals: what is recalled for a prompt, how files are read, and what prompts that begin from one keep of it."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from core.speech import speech_features
from models import prompt_reader, window_filler
from models.checkpoint import WEIGHTS_NAME, CheckpointError
from models.generator import GeneratorConfig, MotionGenerator
from models.known_prompts import Reading, judged_actions, known_wordings
from models.motion_pipeline import MotionPipeline
from models.obedience import REHEARSED, Round
from models.predicates import PREDICATES
from models.prompts import PromptSpan
from models.rehearsals import Rehearsal, Rehearsals, save_rehearsals
from models.tokenizer import MotionTokenizer, TokenizerConfig
from tests.models.test_motion_pipeline import _Letters, _speech

STAMP = "0123abcd"


def _tokens(first: int, count: int) -> np.ndarray:
    return np.arange(first, first + count, dtype=np.int64)


KEPT = (
    Rehearsal("take a bow", "", 2.0, _tokens(0, 6)),
    Rehearsal("take a bow", "", 1.5, _tokens(20, 12)),
    Rehearsal("take a bow", "wearily", 1.5, _tokens(40, 6)),
    Rehearsal("take a bow", "proudly", 1.5, _tokens(60, 6)),
    Rehearsal("jump", "", 1.5, _tokens(80, 9)),
)
MANNERS = {"wearily": np.array([1.0, 0.0, 0.0]), "proudly": np.array([0.0, 1.0, 0.0])}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_rehearsals(tmp_path / "rehearsals", KEPT, MANNERS, {"take a bow": 0.5, "jump": 0.9}, {"tokenizer": STAMP})
    return tmp_path / "rehearsals"


def _recalled(rehearsals: Rehearsals, plain: str, manner: list[float] | None, length: int) -> set[int]:
    """First tokens of what is recalled with many seeds."""
    found = set()
    for seed in range(40):
        tokens = rehearsals.recall(plain, manner, length, np.random.default_rng(seed))
        assert tokens is not None and tokens.shape == (length,)
        inside = np.flatnonzero(tokens >= 0)
        assert inside[0] <= 2  # the action begins with its prompt
        assert (np.diff(inside) == 1).all() and (np.diff(tokens[inside]) == 1).all()
        found.add(int(tokens[inside[0]]))
    return found


def test_what_fits_the_range_and_the_manner_is_recalled(folder: Path) -> None:
    rehearsals = Rehearsals.from_pretrained(folder, STAMP)
    assert len(rehearsals) == len(KEPT) and rehearsals.doubtful == {"take a bow"}
    assert _recalled(rehearsals, "take a bow", None, 12) == {0, 20}
    assert _recalled(rehearsals, "take a bow", None, 11) == {0}
    assert _recalled(rehearsals, "take a bow", [1.0, 0.0, 0.0], 20) == {40}
    assert _recalled(rehearsals, "take a bow", [0.7, 0.68, 0.2], 20) == {40, 60}
    chance = np.random.default_rng(0)
    assert rehearsals.recall("take a bow", None, 5, chance) is None
    assert rehearsals.recall("take a bow", [0.0, 0.0, 1.0], 20, chance) is None  # a manner that nobody rehearsed
    assert rehearsals.recall("jump", [1.0, 0.0, 0.0], 20, chance) is None
    assert rehearsals.recall("sneeze", None, 20, chance) is None


def test_short_rehearsals_are_left_out_where_much_longer_ones_fit() -> None:
    kept = [Rehearsal("jump", "", 1.5, _tokens(0, 4)), Rehearsal("jump", "", 1.5, _tokens(20, 9))]
    rehearsals = Rehearsals(kept, {}, {})
    assert _recalled(rehearsals, "jump", None, 30) == {20}
    assert _recalled(rehearsals, "jump", None, 8) == {0}


def test_wrong_files_are_refused(folder: Path) -> None:
    with pytest.raises(CheckpointError, match="another tokenizer; make it again with `versa train rehearsals`"):
        Rehearsals.from_pretrained(folder, "ffff")
    config = json.loads((folder / "config.json").read_text())
    config["kept"].pop()
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match="damaged or missing"):
        Rehearsals.from_pretrained(folder, STAMP)
    (folder / WEIGHTS_NAME).write_bytes(b"no tensors")
    with pytest.raises(CheckpointError, match="damaged or missing"):
        Rehearsals.from_pretrained(folder, STAMP)


def test_actions_that_are_rehearsed_are_known_wordings_with_judges() -> None:
    actions = judged_actions()
    assert {"take a bow", "punch", "wave with the left hand", "walk forward"} <= set(actions)
    wordings = known_wordings()
    assert all(wordings[plain] == plain for plain in actions)
    assert all(name in PREDICATES for judges in actions.values() for name in judges)


@pytest.fixture
def rehearsed(monkeypatch: pytest.MonkeyPatch) -> MotionPipeline:
    torch.manual_seed(0)
    tokenizer = MotionTokenizer(TokenizerConfig(width=32, code_dim=32)).eval()
    generator = MotionGenerator(GeneratorConfig(width=32, heads=2, hidden=64)).eval()
    reading = Reading("bow", 0.9, ("bow",), "take a bow")
    monkeypatch.setattr(prompt_reader, "read_prompt", lambda text, vector: reading)
    monkeypatch.setattr(window_filler, "obeyed", lambda joints, judges: 2.0)
    kept = [Rehearsal("take a bow", "", 2.0, np.full(25, 7))]
    return MotionPipeline(
        tokenizer, generator, _Letters(), "test", rehearsals=Rehearsals(kept, {}, {"take a bow": 0.5})
    )


@pytest.mark.parametrize(("strength", "share"), [(1.0, REHEARSED), (2.0, REHEARSED), (0.5, REHEARSED / 2)])
def test_a_prompt_begins_from_a_rehearsal_as_far_as_it_is_to_be_followed(
    rehearsed: MotionPipeline, strength: float, share: float
) -> None:
    speech, shares, differ = _speech(12.0), [], set()
    before = rehearsed.generate(speech).tokens
    for seed in range(12):
        span = PromptSpan(3.0, 8.0, "bow", seed, strength)
        made = rehearsed.takes(before, speech, [span], start=3.0, end=8.0, seeds=[seed])[0]
        inside = made[15:40] == 7
        shares.append(inside[1:-1].mean())
        differ.add(inside.tobytes())
    assert np.mean(shares) == pytest.approx(share, abs=0.08)
    assert len(differ) == 12  # each seed keeps others


def test_what_first_tries_mostly_do_begins_from_nothing(
    rehearsed: MotionPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = Reading("jump", 0.9, ("jump",), "jump")
    monkeypatch.setattr(prompt_reader, "read_prompt", lambda text, vector: reading)
    speech = _speech(12.0)
    before = rehearsed.generate(speech).tokens
    span = PromptSpan(3.0, 8.0, "jump", 1)
    made = rehearsed.takes(before, speech, [span], start=3.0, end=8.0, seeds=[1])[0]
    assert (made[15:40] == 7).mean() < 0.2


@pytest.mark.parametrize(("prompt", "end"), [("bow wearily", 8.0), ("bow", 7.0), ("bow", 30.0)])
def test_prompts_that_no_rehearsal_fits_begin_from_nothing(rehearsed: MotionPipeline, prompt: str, end: float) -> None:
    """Another manner, too short, or more than one window."""
    speech = _speech(34.0)
    before = rehearsed.generate(speech).tokens
    made = rehearsed.takes(before, speech, [PromptSpan(3.0, end, prompt)], start=3.0, end=end, seeds=[1])[0]
    assert (made[15 : round(end * 5)] == 7).mean() < 0.2


def test_further_tries_take_the_whole_rehearsal_but_its_ends(
    rehearsed: MotionPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = iter([0.5, 0.6, 0.7])
    monkeypatch.setattr(window_filler, "obeyed", lambda joints, judges: next(scores))
    monkeypatch.setattr(window_filler, "RETRIES", (Round(1.3, None, ((True, 1.0), (False, 1.0)), rehearsed=True),))
    speech = _speech(12.0)
    before = rehearsed.generate(speech).tokens
    span = PromptSpan(3.0, 8.0, "bow", 1)
    made = rehearsed.takes(before, speech, [span], start=3.0, end=8.0, seeds=[1])[0]
    assert (made[16:39] == 7).all() and not (made[[15, 39]] == 7).all()


def test_silence_is_as_good_as_speech_for_a_rehearsal(rehearsed: MotionPipeline) -> None:
    silence = speech_features(np.zeros(16_000 * 8, dtype=np.float32), 8.0)
    clip = rehearsed.generate(silence, [PromptSpan(1.0, 6.0, "bow", 3)])
    assert (clip.tokens[5:30] == 7).mean() > 0.4
