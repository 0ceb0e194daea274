"""Windows, seeds and locality of `MotionPipeline`, with small random networks."""

import itertools
from typing import Any

import numpy as np
import pytest
import torch

from core.cancel import Cancelled, CancelToken
from core.speech import SpeechFeatures, speech_features
from models import motion_pipeline, prompt_reader, window_filler
from models.generator import GeneratorConfig, MotionGenerator
from models.known_prompts import Reading
from models.motion_pipeline import MotionPipeline
from models.motion_windows import Place, batches, needed, span_tokens, stretch_places, windows
from models.obedience import Round
from models.prompt_reader import PromptReader
from models.prompts import PromptSpan
from models.tokenizer import MotionTokenizer, TokenizerConfig
from models.window_filler import WindowFiller


class _Letters:
    """A text encoder that needs no files: counts letters."""

    name = "all-MiniLM-L6-v2"
    width = 384

    def encode(self, texts: list[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), self.width), dtype=np.float32)
        for row, text in enumerate(texts):
            for letter in text:
                vectors[row, ord(letter) % self.width] += 1.0
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def pipeline() -> MotionPipeline:
    torch.manual_seed(0)
    tokenizer = MotionTokenizer(TokenizerConfig(width=32, code_dim=32)).eval()
    generator = MotionGenerator(GeneratorConfig(width=32, heads=2, hidden=64)).eval()
    return MotionPipeline(tokenizer, generator, _Letters(), "test")


def _speech(seconds: float) -> SpeechFeatures:
    random = np.random.default_rng(0)
    return speech_features(0.05 * random.standard_normal(int(seconds * 16_000)).astype(np.float32), seconds)


@pytest.mark.parametrize("seconds", [0.2, 1.0, 10.0, 10.05, 37.3])
def test_motion_covers_the_whole_recording(pipeline: MotionPipeline, seconds: float) -> None:
    speech = _speech(seconds)
    clip = pipeline.generate(speech)
    assert len(clip) == len(speech) == int(np.ceil(seconds * 20))
    assert np.isfinite(clip.joints).all()


def test_the_same_seed_gives_the_same_motion_and_another_another(pipeline: MotionPipeline) -> None:
    speech = _speech(12.0)
    span = PromptSpan(3.0, 5.0, "wave")
    first = pipeline.generate(speech, [span], seed=3)
    again = pipeline.generate(speech, [span], seed=3)
    other = pipeline.generate(speech, [span], seed=4)
    assert np.array_equal(first.joints, again.joints)
    assert not np.array_equal(first.tokens, other.tokens)


def test_regenerating_a_stretch_touches_its_tokens_only(pipeline: MotionPipeline) -> None:
    speech = _speech(30.0)
    spans = [PromptSpan(4.0, 6.0, "wave"), PromptSpan(12.0, 26.0, "walk forward")]
    clip = pipeline.generate(speech, spans)
    for start, end in ((4.0, 6.0), (12.0, 26.0)):
        edited = pipeline.regenerate(clip.tokens, speech, spans, start=start, end=end, seed=9)
        begin, stop = span_tokens(start, end, len(clip.tokens))
        outside = np.r_[:begin, stop : len(clip.tokens)]
        assert np.array_equal(edited.tokens[outside], clip.tokens[outside])
        assert not np.array_equal(edited.tokens[begin:stop], clip.tokens[begin:stop])


@pytest.mark.parametrize(("start", "end"), [(4.0, 6.0), (12.0, 26.0)])
def test_takes_of_a_batch_are_those_of_their_seeds_whatever_was_there(
    pipeline: MotionPipeline, start: float, end: float
) -> None:
    speech = _speech(30.0)
    spans = [PromptSpan(4.0, 6.0, "wave"), PromptSpan(12.0, 26.0, "walk forward")]
    clip = pipeline.generate(speech, spans)
    made = pipeline.takes(clip.tokens, speech, spans, start=start, end=end, seeds=[9, 10, 9])
    other = clip.tokens.copy()
    begin, stop = span_tokens(start, end, len(other))
    other[begin:stop] = 7
    alone = pipeline.regenerate(other, speech, spans, start=start, end=end, seed=10)
    assert made.shape == (3, len(clip.tokens)) and np.array_equal(made[0], made[2])
    assert np.array_equal(made[1], alone.tokens) and not np.array_equal(made[0], made[1])


def test_a_prompt_laid_over_speech_later_is_the_prompt_made_at_once(pipeline: MotionPipeline) -> None:
    speech, span = _speech(12.0), PromptSpan(3.0, 5.0, "wave", seed=7)
    spoken = pipeline.generate(speech, seed=3)
    later = pipeline.regenerate(spoken.tokens, speech, [span], start=3.0, end=5.0, seed=7)
    assert np.array_equal(later.joints, pipeline.generate(speech, [span], seed=3).joints)


@pytest.fixture
def bows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every prompt is read as a bow."""
    monkeypatch.setattr(prompt_reader, "read_prompt", lambda *_: Reading("bow", 1.0, ("bow",), "take a bow"))
    monkeypatch.setattr(window_filler, "RETRIES", ())


@pytest.mark.parametrize(
    ("prompt", "end", "edges"),
    [
        ("bow three times", 8.0, [2.0, 4.0, 6.0, 8.0]),
        ("bow twice", 5.0, [2.0, 3.5, 5.0]),
        ("bow three times", 4.5, [2.0, 3.25, 4.5]),  # no time for three
        ("bow twice", 3.5, [2.0, 3.5]),
        ("bow", 8.0, None),
    ],
)
@pytest.mark.usefixtures("bows")
def test_a_number_repeats_what_takes_a_moment(prompt: str, end: float, edges: list[float] | None) -> None:
    span = PromptSpan(2.0, end, prompt, seed=5, strength=1.5)
    found = PromptReader(_Letters()).repeated(span)
    if edges is None:
        assert found == [span]
        return
    assert [(one.start, one.end) for one in found] == list(itertools.pairwise(edges))
    assert {(one.prompt, one.strength) for one in found} == {("bow", 1.5)}
    assert len({one.seed for one in found}) == len(found) and found[0].seed == 5


def test_a_number_of_what_goes_on_for_long_repeats_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt_reader, "read_prompt", lambda *_: Reading("wave", 1.0, ("wave_left",), "wave"))
    span = PromptSpan(2.0, 8.0, "wave twice")
    assert PromptReader(_Letters()).repeated(span) == [span]


@pytest.mark.usefixtures("bows")
def test_repetitions_stay_in_their_range_and_hang_on_nothing_that_was_there(pipeline: MotionPipeline) -> None:
    speech = _speech(14.0)
    spans = [PromptSpan(1.0, 2.0, "wave"), PromptSpan(4.0, 9.0, "bow twice"), PromptSpan(11.0, 12.0, "nod")]
    clip = pipeline.generate(speech, spans)
    assert [span.prompt for span in clip.spans] == ["wave", "bow twice", "nod"]
    begin, stop = span_tokens(4.0, 9.0, len(clip.tokens))
    made = pipeline.takes(clip.tokens, speech, spans, start=4.0, end=9.0, seeds=[3, 4])
    outside = np.r_[:begin, stop : len(clip.tokens)]
    assert np.array_equal(made[:, outside], np.repeat(clip.tokens[None, outside], 2, axis=0))
    other = clip.tokens.copy()
    other[begin:stop] = 7
    alone = pipeline.takes(other, speech, spans, start=4.0, end=9.0, seeds=[4])
    assert np.array_equal(alone[0], made[1]) and not np.array_equal(made[0], made[1])


def test_strength_zero_leaves_a_stretch_to_the_speech(pipeline: MotionPipeline) -> None:
    speech = _speech(8.0)
    ignored = pipeline.generate(speech, [PromptSpan(2.0, 4.0, "wave", strength=0.0)])
    other = pipeline.generate(speech, [PromptSpan(2.0, 4.0, "take a bow", strength=0.0)])
    assert np.array_equal(ignored.tokens, other.tokens)


def test_decoding_tokens_gives_the_generated_motion(pipeline: MotionPipeline) -> None:
    clip = pipeline.generate(_speech(6.0))
    assert np.array_equal(pipeline.decode(clip.tokens, len(clip)).joints, clip.joints)


def test_windows_cover_everything_once_with_context() -> None:
    for count in (1, 50, 51, 120, 733):
        done = 0
        for first, last, begin, end in windows(0, count, 50):
            assert last - first <= 50
            assert begin <= done
            assert first == 0 or begin - first >= 12
            done = end
        assert done == count


@pytest.mark.parametrize(
    "spans",
    [
        [(0.0, 8.0)],
        [(0.0, 37.0)],
        [(4.0, 30.0)],
        [(0.0, 3.0), (3.0, 30.0)],
        [(0.0, 12.0), (12.0, 13.0), (13.0, 37.0)],
    ],
)
def test_speech_that_nobody_sees_is_not_made_and_changes_nothing(
    pipeline: MotionPipeline, monkeypatch: pytest.MonkeyPatch, spans: list[tuple[float, float]]
) -> None:
    monkeypatch.setattr(window_filler, "RETRIES", window_filler.RETRIES[-1:])  # these weights fail all of them
    speech = _speech(spans[-1][1])
    prompts = [PromptSpan(start, end, text) for (start, end), text in zip(spans, ("wave", "bow", "walk"), strict=False)]
    made = pipeline.generate(speech, prompts)
    monkeypatch.setattr(motion_pipeline, "needed", lambda spoken, places: list(spoken))
    assert np.array_equal(made.tokens, pipeline.generate(speech, prompts).tokens)


def test_short_stretches_take_fewer_passes(pipeline: MotionPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[int, int]] = []
    fill = MotionGenerator.fill

    def counted(network: MotionGenerator, tokens: torch.Tensor, free: torch.Tensor, *more: Any, **options: Any) -> Any:
        made.append((int(free.sum(1).max()), options["steps"]))
        return fill(network, tokens, free, *more, **options)

    monkeypatch.setattr(MotionGenerator, "fill", counted)
    clip = pipeline.generate(_speech(10.0))
    pipeline.generate(_speech(5.0))
    pipeline.regenerate(clip.tokens, _speech(10.0), [], start=4.0, end=4.4, seed=1)
    for end in (9.6, 6.0):
        pipeline.regenerate(clip.tokens, _speech(10.0), [PromptSpan(2.0, end, "wave")], start=2.0, end=end, seed=1)
    assert made == [(50, 8), (25, 4), (2, 2), (38, 7), (20, 6)]


def test_windows_of_speech_behind_the_last_that_shows_are_left_out() -> None:
    spoken = windows(0, 150, 50)
    whole = stretch_places(0.0, 30.0, 0, 150, 50)
    assert needed(spoken, whole) == []
    assert needed(spoken, []) == spoken
    assert needed(spoken, [Place(30, 80, 60, 70, 70, 0)]) == spoken
    behind = stretch_places(8.0, 30.0, 0, 150, 50)  # tokens from 40 on, before which the first window's are seen
    assert needed(spoken, behind) == spoken[:1]
    # A prompt before it sees what the speech does there.
    assert needed(spoken, stretch_places(6.0, 8.0, 0, 150, 50) + behind) == spoken[:2]


def test_stretches_that_lie_a_context_apart_are_filled_together() -> None:
    def groups(*stretches: tuple[float, float]) -> list[int]:
        places = [place for start, end in stretches for place in stretch_places(start, end, 0, 150, 50)]
        return [len(group) for group in batches(places)]

    assert groups((2.0, 5.0), (6.2, 9.0)) == [2]
    assert groups((2.0, 5.0), (6.0, 9.0)) == [1, 1]
    assert groups((2.0, 5.0), (8.0, 14.0)) == [1, 1]  # windows of different lengths
    assert groups((2.0, 5.0), (6.2, 9.0), (10.2, 13.0)) == [3]
    assert groups((0.0, 30.0)) == [1] * 7


def test_tokens_of_a_span_lie_in_its_middle() -> None:
    assert span_tokens(0.0, 1.0, 50) == (0, 5)
    assert span_tokens(0.1, 0.3, 50) == (0, 2)
    assert span_tokens(9.99, 10.0, 50) == (49, 50)
    assert span_tokens(3.0, 3.01, 50) == (15, 16)


def test_wrong_use_is_refused(pipeline: MotionPipeline) -> None:
    speech = _speech(6.0)
    with pytest.raises(ValueError, match="overlap"):
        pipeline.generate(speech, [PromptSpan(1.0, 3.0, "a"), PromptSpan(2.0, 4.0, "b")])
    with pytest.raises(ValueError, match="end after it starts"):
        pipeline.generate(speech, [PromptSpan(3.0, 3.0, "a")])
    with pytest.raises(ValueError, match="needs 30 tokens"):
        pipeline.regenerate(np.zeros(7), speech, [], start=0, end=1)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        pipeline.generate(speech, cancel=cancel)


@pytest.mark.parametrize(
    ("scores", "kept", "looked", "strength"),
    [
        ([2.0], 0, 1, 1.0),
        ([0.2, 0.5, 0.9, *[0.4] * 25], 2, 28, 1.0),
        ([0.9, *[0.2] * 27], 0, 28, 1.0),
        ([0.2, 0.5, 1.1, 1.1, *[0.4] * 7], 2, 11, 1.0),  # a try that is there without being sure is looked at twice
        ([0.2, 0.5, 1.1, 0.0, *[0.4] * 25], 1, 29, 1.0),
        ([0.2, *[0.5] * 9, 0.3, 1.2, 1.2, *[0.4] * 4], 11, 17, 1.0),
        ([0.4, 1.5, 3.0, 3.0], 1, 2, 1.0),
        ([0.4, *[0.3] * 5, 0.2, 1.6, 2.0, 2.0], 7, 8, 1.0),
        ([0.7], 0, 1, 0.5),  # half of a prompt was asked for
        ([0.6, 0.1, 0.66], 2, 3, 0.5),
        ([0.2], 0, 1, 0.1),
        ([0.9, *[0.2] * 27], 0, 28, 1.5),
    ],
)
def test_a_prompt_is_tried_again_and_the_best_try_is_kept(
    pipeline: MotionPipeline,
    monkeypatch: pytest.MonkeyPatch,
    scores: list[float],
    kept: int,
    looked: int,
    strength: float,
) -> None:
    tries: list[np.ndarray] = []
    seen: list[int] = []
    make = WindowFiller._tries

    def watched(self: WindowFiller, tokens: np.ndarray, places: list, *more: Any) -> list[np.ndarray]:
        made = make(self, tokens, places, *more)
        tries.extend(window[place.kept] for place, window in zip(places, made, strict=True))
        return made

    def judge(joints: np.ndarray, judges: tuple[str, ...]) -> float:
        assert judges == ("bow",)
        seen.append(len(joints))
        return scores[len(seen) - 1]

    reading = Reading("bow", 0.9, ("bow",), "take a bow")
    monkeypatch.setattr(prompt_reader, "read_prompt", lambda text, vector: reading)
    monkeypatch.setattr(window_filler, "obeyed", judge)
    speech = _speech(12.0)
    before = pipeline.generate(speech, seed=1).tokens
    monkeypatch.setattr(WindowFiller, "_tries", watched)
    span = PromptSpan(3.0, 5.0, "bow", 5, strength)
    clip = pipeline.regenerate(before, speech, [span], start=3.0, end=5.0, seed=5)
    assert len(seen) == looked
    assert set(seen) == {40}
    assert np.array_equal(clip.tokens[15:25], tries[kept])
    outside = np.r_[0:15, 25 : len(before)]
    assert np.array_equal(clip.tokens[outside], before[outside])


def test_further_tries_keep_a_share_of_the_best_one(pipeline: MotionPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    first = np.array([], dtype=np.int64)
    shared: list[float] = []
    make = WindowFiller._tries

    def watched(self: WindowFiller, tokens: np.ndarray, places: list, rows: list, *more: Any) -> list[np.ndarray]:
        nonlocal first
        made = make(self, tokens, places, rows, *more)
        if not len(first):
            first = made[0][places[0].kept]
        shared.extend(float((window[place.kept] == first).mean()) for place, window in zip(places, made, strict=True))
        return made

    reading = Reading("bow", 0.9, ("bow",), "take a bow")
    monkeypatch.setattr(prompt_reader, "read_prompt", lambda text, vector: reading)
    monkeypatch.setattr(window_filler, "obeyed", lambda joints, judges: 0.5)
    tries = ((False, 1.0),) * 8
    monkeypatch.setattr(
        window_filler, "RETRIES", (Round(1.0, None, tries), Round(1.0, None, tries, temperature=1.0, keep=0.6))
    )
    speech = _speech(12.0)
    before = pipeline.generate(speech, seed=1).tokens
    monkeypatch.setattr(WindowFiller, "_tries", watched)
    pipeline.regenerate(before, speech, [PromptSpan(2.0, 8.0, "bow", 5)], start=2.0, end=8.0, seed=5)
    anew, kept = np.mean(shared[1:9]), np.mean(shared[9:])
    assert len(shared) == 17 and anew < 0.2 and 0.55 < kept < 0.8
    assert len(set(shared[9:])) > 1  # each keeps others


@pytest.mark.parametrize(
    ("prompt", "asked"),
    [
        ("bow wearily", ["take a bow wearily", "take a bow"]),
        ("she bows like an old man", ["take a bow like an old man", "take a bow"]),
        ("bow", ["take a bow"]),
    ],
)
def test_further_tries_keep_the_manner_of_the_prompt_until_the_last_ones(
    pipeline: MotionPipeline, monkeypatch: pytest.MonkeyPatch, prompt: str, asked: list[str]
) -> None:
    written: list[str] = []
    vector = PromptReader.vector

    def watched(self: PromptReader, text: str) -> torch.Tensor:
        written.append(text)
        return vector(self, text)

    monkeypatch.setattr(prompt_reader, "read_prompt", lambda text, vector: Reading("bow", 0.9, ("bow",), "take a bow"))
    monkeypatch.setattr(window_filler, "obeyed", lambda joints, judges: 0.5)
    monkeypatch.setattr(PromptReader, "vector", watched)
    speech = _speech(12.0)
    before = pipeline.generate(speech, seed=1).tokens
    pipeline.regenerate(before, speech, [PromptSpan(3.0, 5.0, prompt, 5)], start=3.0, end=5.0, seed=5)
    taken = [text for text in written if text.startswith("take")]
    assert [text for text, _ in itertools.groupby(taken)] == asked
    assert taken.index(asked[-1]) == (4 if len(asked) > 1 else 0)  # the last two of six rounds ask for the action alone


def test_a_part_of_a_prompt_is_not_judged(pipeline: MotionPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(joints: np.ndarray, judges: tuple[str, ...]) -> float:
        raise AssertionError("half of an action cannot be judged")

    monkeypatch.setattr(window_filler, "obeyed", never)
    monkeypatch.setattr(prompt_reader, "read_prompt", lambda text, vector: Reading("bow", 1.0, ("bow",), "bow"))
    speech = _speech(12.0)
    before = pipeline.generate(speech).tokens
    pipeline.regenerate(before, speech, [PromptSpan(2.0, 8.0, "bow")], start=2.0, end=4.0)
