"""The weights that ship with the program, on real speech: they load, obey, stand still and repeat themselves."""

from pathlib import Path
from typing import Final

import numpy as np
import pytest

from app.model_source import InstalledModels
from core import physics
from core.audio import load_audio
from core.motion import MotionClip
from core.motion_finish import FinishSettings, finished
from core.speech import SpeechFeatures, speech_features
from models import predicates
from models.checkpoint import WEIGHTS_NAME, bundled_weights
from models.motion_pipeline import MotionPipeline
from models.prompt_success import STANDARD_PROMPTS, PromptScore, prompt_success
from models.prompts import PromptSpan

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "sample" / "speech.flac"


@pytest.fixture(scope="module")
def pipeline() -> MotionPipeline:
    return MotionPipeline.from_pretrained()


@pytest.fixture(scope="module")
def speech() -> SpeechFeatures:
    track = load_audio(SAMPLE)
    return speech_features(track.samples[: 8 * 16_000], 8.0)


def test_the_version_is_known_without_loading(pipeline: MotionPipeline) -> None:
    assert InstalledModels().motion_version() == pipeline.version


def test_bundled_weights_fit_in_60_megabytes_with_a_card_each() -> None:
    folder = bundled_weights("tokenizer").parent
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= 60_000_000
    for name in ("tokenizer", "generator", "rehearsals", "relation_bank", "evaluator"):
        card = (folder / name / "README.md").read_text(encoding="utf-8")
        assert "non-commercial" in card.lower()
    assert (bundled_weights("generator") / WEIGHTS_NAME).is_file()


@pytest.fixture(scope="module")
def scores(pipeline: MotionPipeline, speech: SpeechFeatures) -> dict[str, PromptScore]:
    return {score.prompt: score for score in prompt_success(pipeline, speech)}


@pytest.fixture(scope="module")
def sample() -> SpeechFeatures:
    track = load_audio(SAMPLE)
    return speech_features(track.samples, track.duration)


@pytest.fixture(scope="module")
def spoken(pipeline: MotionPipeline, sample: SpeechFeatures) -> list[MotionClip]:
    """The whole sample with the seeds 0 to 5."""
    return [pipeline.generate(sample, seed=seed) for seed in range(6)]


@pytest.mark.parametrize("prompt", STANDARD_PROMPTS)
def test_standard_prompts_are_obeyed(scores: dict[str, PromptScore], prompt: str) -> None:
    score = scores[prompt]
    assert score.seeds == 10
    assert score.obeyed >= 7, score.reasons


SHORT: Final = {
    "take a bow": predicates.bow,
    "kick": predicates.kick,
    "raise the left hand": predicates.raise_left_hand,
    "jump": predicates.jump,
}


def test_actions_fit_into_less_than_a_second(pipeline: MotionPipeline, speech: SpeechFeatures) -> None:
    for score in prompt_success(pipeline, speech, SHORT, seeds=range(5), start=2.0, end=2.8):
        assert score.obeyed >= 4, (score.prompt, score.reasons)


def test_a_turn_is_a_quarter_and_a_turn_around_is_half(pipeline: MotionPipeline, speech: SpeechFeatures) -> None:
    turns = {
        "turn to the left": predicates.quarter_turn_left,
        "face the right": predicates.quarter_turn_right,
        "turn around to the left": predicates.half_turn_left,
    }
    for score in prompt_success(pipeline, speech, turns, seeds=range(5)):
        assert score.obeyed >= 4, (score.prompt, score.reasons)


def test_bowing_twice_bends_twice(pipeline: MotionPipeline, speech: SpeechFeatures) -> None:
    spoken = pipeline.generate(speech, seed=1).tokens
    span = PromptSpan(1.6, 6.4, "bow twice")
    for tokens in pipeline.takes(spoken, speech, [span], start=1.6, end=6.4, seeds=[1, 2, 3]):
        joints = pipeline.decode(tokens, len(speech)).joints
        for first, last in ((32, 84), (80, 132)):
            bow = predicates.bow(joints[first:last])
            assert bow.ok, bow.reason


def test_the_right_hand_is_not_the_left_one(pipeline: MotionPipeline, speech: SpeechFeatures) -> None:
    wrong = {"wave with the right hand": predicates.wave_left, "wave with the left hand": predicates.wave_right}
    assert sum(score.obeyed for score in prompt_success(pipeline, speech, wrong, seeds=range(6))) <= 1


def test_a_speaker_stands_still_and_does_not_jitter(sample: SpeechFeatures, spoken: list[MotionClip]) -> None:
    for clip in spoken:
        assert len(clip) == len(sample)
        result = predicates.speech_idle(clip.joints)
        assert result.ok, result.reason


def test_hands_move_with_the_accents(sample: SpeechFeatures, spoken: list[MotionClip]) -> None:
    own, shuffled = [], []
    random = np.random.default_rng(0)
    duration = len(sample) / sample.fps
    for clip in spoken:
        peaks = physics.wrist_peaks(clip.joints, clip.fps)
        own.append(physics.beat_alignment(peaks, sample.accents))
        moved = np.sort((sample.accents + random.uniform(0.3, duration - 0.3)) % duration)
        shuffled.append(physics.beat_alignment(peaks, moved))
    assert np.mean(own) > np.mean(shuffled)


def test_editing_one_prompt_leaves_the_rest(pipeline: MotionPipeline, speech: SpeechFeatures) -> None:
    spans = [PromptSpan(2.0, 4.5, "wave with the right hand", 1)]
    clip = pipeline.generate(speech, spans)
    edited = pipeline.regenerate(clip.tokens, speech, [PromptSpan(2.0, 4.5, "take a bow", 1)], start=2.0, end=4.5)
    changed = np.flatnonzero(edited.tokens != clip.tokens)
    assert changed.min() >= 10
    assert changed.max() <= 22


def test_clean_up_makes_a_speaker_stand_and_leaves_the_gestures(
    sample: SpeechFeatures, spoken: list[MotionClip]
) -> None:
    beats = []
    for seed, raw in enumerate(spoken[:4]):
        clip = finished(raw, FinishSettings(seed=seed))
        assert physics.foot_skate(clip.joints) < min(3.0, 0.2 * physics.foot_skate(raw.joints))
        assert physics.floor_penetration(clip.joints) < 1e-4
        assert physics.bone_length_variation(clip.joints) < 1e-3
        assert physics.mean_jerk(clip.joints) < 0.5 * physics.mean_jerk(raw.joints)
        peaks = [physics.wrist_peaks(motion.joints) for motion in (raw, clip)]
        assert len(peaks[1]) > 0.85 * len(peaks[0])
        beats.append([physics.beat_alignment(found, sample.accents) for found in peaks])
    before, after = np.mean(beats, axis=0)  # one peak of twenty is worth 0.05, so a single clip tells little
    assert after > before - 0.05


def test_silence_breathes(pipeline: MotionPipeline) -> None:
    silence = speech_features(np.zeros(16_000 * 12, np.float32), 12.0)
    clip = finished(pipeline.generate(silence), FinishSettings())
    calm = physics.joint_speeds(clip.joints)[60:, [15, 20, 21]]
    assert calm.mean(axis=0).min() > 0.003 and calm.mean() < 0.08
    assert physics.foot_skate(clip.joints) < 3.0
