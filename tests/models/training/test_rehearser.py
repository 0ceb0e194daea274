"""The search for tries that do an action, and longer ones played faster."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from core.audio import load_audio
from core.constants import MOTION_FPS
from core.skeleton import RIGHT_WRIST
from core.speech import speech_features
from models.checkpoint import bundled_weights
from models.generator import GeneratorConfig, MotionGenerator
from models.motion_pipeline import MotionPipeline
from models.text_encoder import MiniLMEncoder
from models.tokenizer import MotionTokenizer, TokenizerConfig
from models.training import rehearser
from models.training.rehearser import SPOKEN, Asked, Rehearser, Try, best

SAMPLE = Path(__file__).parents[3] / "resources" / "sample" / "speech.flac"


@pytest.fixture(autouse=True)
def quick_reader() -> None:
    """Wordings are read as they are, since bundled weights take part."""


def _speech():
    return speech_features(load_audio(SAMPLE).samples[: round(SPOKEN * 16_000)], SPOKEN, MOTION_FPS)


@pytest.fixture(scope="module")
def by_chance() -> Rehearser:
    torch.manual_seed(0)
    tokenizer = MotionTokenizer(TokenizerConfig(width=32, code_dim=32)).eval()
    generator = MotionGenerator(GeneratorConfig(width=32, heads=2, hidden=64)).eval()
    return Rehearser(MotionPipeline(tokenizer, generator, MiniLMEncoder(), "test"), tokenizer, [_speech()], 0)


@pytest.fixture
def higher_is_better(monkeypatch: pytest.MonkeyPatch) -> Callable[[Try], float]:
    monkeypatch.setattr(rehearser, "obeyed", lambda joints, judges: float(joints[:, RIGHT_WRIST, 1].mean()))
    return lambda one: one.score


def _searched(network: Rehearser, asked: Asked, begun: list[Try], generations: int) -> list[Try]:
    chance = np.random.default_rng(4)
    return network.bettered(asked, begun, [], chance, generations=generations, tries=6, keep=3)


def test_the_search_betters_what_it_began_with_and_nothing_around_it(by_chance, higher_is_better) -> None:
    asked = Asked("juggle", (), 2.0, 0)
    begun = best(by_chance.tried(asked, [1, 2, 3, 4], again=False), 3)
    found = _searched(by_chance, asked, begun, 4)
    assert found[0].score > begun[0].score
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    for one in found:
        outside = np.ones(len(one.tokens), dtype=bool)
        outside[asked.inside] = False
        assert np.array_equal(one.tokens[outside], begun[0].tokens[outside])
    again = _searched(by_chance, asked, begun, 4)
    assert all(np.array_equal(a.tokens, b.tokens) for a, b in zip(found, again, strict=True))
    assert len({one.tokens.tobytes() for one in found}) == len(found) == 3


def test_without_generations_the_best_beginnings_stay(by_chance, higher_is_better) -> None:
    asked = Asked("juggle", (), 2.0, 0)
    begun = by_chance.tried(asked, [1, 2, 3, 4], again=False)
    assert [one.score for one in _searched(by_chance, asked, begun, 0)] == [one.score for one in best(begun, 3)]


def _is_within(short: np.ndarray, whole: np.ndarray) -> bool:
    rest = iter(whole.tolist())
    return all(token in rest for token in short.tolist())


def test_longer_tries_are_begun_with_without_some_of_their_tokens(by_chance, higher_is_better) -> None:
    longer = by_chance.tried(Asked("juggle", (), 2.0, 0), [1], again=False)
    asked = Asked("juggle", (), 1.2, 0)
    chance = np.random.default_rng(4)
    found = by_chance.bettered(asked, [], longer, chance, generations=0, tries=1, keep=40)
    whole = longer[0].tokens[longer[0].asked.inside]
    parts = [one for one in found if _is_within(one.tokens[asked.inside], whole)]
    assert len(parts) >= 20 and len({one.tokens.tobytes() for one in parts}) == len(parts)
    spoken = by_chance.tried(asked, [1], again=False)[0].tokens
    for one in parts:
        assert np.array_equal(np.delete(one.tokens, asked.inside), np.delete(spoken, asked.inside))


def test_a_search_ends_when_all_do_it_clearly_or_it_leads_nowhere(by_chance, higher_is_better, monkeypatch) -> None:
    asked, made = Asked("juggle", (), 2.0, 0), []
    begun = by_chance.tried(asked, [1, 2, 3], again=False)
    takes = by_chance._pipeline.takes
    monkeypatch.setattr(by_chance._pipeline, "takes", lambda *given, **more: (made.append(1), takes(*given, **more))[1])
    for score, generations in ((2.0, 0), (0.2, 3), (0.8, 8)):
        made.clear()
        monkeypatch.setattr(rehearser, "obeyed", lambda joints, judges, score=score: score)
        known = [Try(one.asked, score, one.tokens) for one in begun]
        _searched(by_chance, asked, known, 8)
        assert len(made) == 6 * generations


def test_a_longer_try_played_twice_as_fast_holds_its_hand_up_half_as_long(monkeypatch) -> None:
    monkeypatch.setattr(rehearser, "_LEFT_OUT", 0)
    pipeline = MotionPipeline.from_pretrained(rehearsed=False)
    network = Rehearser(pipeline, MotionTokenizer.from_pretrained(bundled_weights("tokenizer")), [_speech()], 0)
    longer = network.tried(Asked("raise the right hand", ["raise_right_hand"], 4.0, 0), [6], again=False)
    asked = Asked("raise the right hand", ["raise_right_hand"], 2.0, 0)
    [found] = network.bettered(asked, [], longer, np.random.default_rng(0), generations=0, tries=1, keep=1)
    assert longer[0].score > 3  # seconds that the right wrist alone is up, in thirds of a second
    assert found.score == pytest.approx(longer[0].score / 2, rel=0.15)
    assert found.asked is asked
    assert asked.inside == slice(10, 20)
