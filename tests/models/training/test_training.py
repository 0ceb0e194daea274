"""Both trainings on a small capture folder that the test makes: they run, stop, go on and repeat themselves."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from core.cancel import Cancelled, CancelToken, Progress, ProgressCallback
from models.generator import MotionGenerator
from models.neutral import NEUTRAL_JOINTS
from models.training import train_generator as generator_training
from models.training.captures import CaptureError, load_captures, resample
from models.training.composer import Composer, apex, append, held
from models.training.corpus import Source, find_sources
from models.training.generator_data import Places
from models.training.tokenizer_loss import haste
from models.training.train_generator import GeneratorTraining
from models.training.train_residual import ResidualTraining, train_residual
from models.training.train_tokenizer import TokenizerTraining, train_tokenizer
from tests.models.training.little_captures import lifted, write_data


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


def sources(folder: Path) -> tuple[Source, ...]:
    return find_sources([folder])


def _stop_after(steps: int, cancel: CancelToken) -> ProgressCallback:
    def report(progress: Progress) -> None:
        if progress.stage == "tokenizer" and progress.done >= steps:
            cancel.cancel()

    return report


def test_a_stopped_tokenizer_training_ends_as_an_unbroken_one(data: Path, tmp_path: Path) -> None:
    settings = TokenizerTraining(steps=5, batch=8, save_every=1, warmup=2)
    whole = train_tokenizer(sources(data), tmp_path / "a" / "tokenizer", settings, lambda _: None, CancelToken())
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        train_tokenizer(sources(data), tmp_path / "b" / "tokenizer", settings, _stop_after(1, cancel), cancel)
    resumed = train_tokenizer(sources(data), tmp_path / "b" / "tokenizer", settings, lambda _: None, CancelToken())
    for key, value in whole.state_dict().items():
        np.testing.assert_allclose(resumed.state_dict()[key].numpy(), value.numpy(), atol=2e-3, err_msg=key)
    config = json.loads((tmp_path / "a" / "tokenizer" / "config.json").read_text())
    assert config["training"]["steps"] == 5
    assert config["held_out"]["clips"] >= 0
    assert (tmp_path / "a" / "tokenizer" / "curves.csv").read_text().startswith("step,")


def test_the_generator_trains_in_two_stages_with_the_text_branch_frozen(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_tokenizer(
        sources(data), tmp_path / "tokenizer", TokenizerTraining(steps=2, batch=8), lambda _: None, CancelToken()
    )
    after_text: dict[str, np.ndarray] = {}
    usual = generator_training._train_stage

    def watched(generator: MotionGenerator, stage: str, *rest: object) -> None:
        usual(generator, stage, *rest)
        if stage == "text":
            after_text.update({k: v.numpy().copy() for k, v in generator.text_branch.state_dict().items()})

    monkeypatch.setattr(generator_training, "_train_stage", watched)
    settings = GeneratorTraining(pairs=12, text_steps=2, audio_steps=2, text_batch=4, audio_batch=4, warmup=1)
    generator = generator_training.train_generator(
        sources(data), tmp_path / "tokenizer", tmp_path / "generator", settings, lambda _: None, CancelToken()
    )
    for key, value in generator.text_branch.state_dict().items():
        assert np.array_equal(value.numpy(), after_text[key]), key
    assert float(generator.audio_branch.head.weight.detach().abs().max()) > 0
    config = json.loads((tmp_path / "generator" / "config.json").read_text())
    assert set(config["checks"]) >= {"with_text_and_audio", "other_audio", "other_text"}
    MotionGenerator.from_pretrained(tmp_path / "generator")


def test_residual_levels_train_on_given_weights_and_complete_the_tokens(data: Path, tmp_path: Path) -> None:
    quiet, cancel = (lambda _: None), CancelToken()
    given = train_tokenizer(
        sources(data), tmp_path / "a" / "tokenizer", TokenizerTraining(steps=2, batch=8), quiet, cancel
    )
    settings = TokenizerTraining(steps=2, batch=48, residual_levels=2, rate=1e-5)
    out = tmp_path / "b"
    trained = train_tokenizer(sources(data), out / "tokenizer", settings, quiet, cancel, tmp_path / "a" / "tokenizer")
    assert trained.quantizers == 3
    config = json.loads((out / "tokenizer" / "config.json").read_text())
    assert {"base_smartbody_mpjpe_mm", "smartbody_mpjpe_mm"} <= set(config["held_out"]) or not config["held_out"][
        "clips"
    ]
    clip = next(load_captures(data / "motion"))
    # The codes of the given weights keep their meaning: they move little against how far apart they are.
    moved = (trained.codebook - given.codebook).norm(dim=1)
    apart = (given.codebook - given.codebook.roll(1, 0)).norm(dim=1)
    assert float(moved.median()) < 0.05 * float(apart.median())
    places = Places(out, out / "pairs", out / "pairs")
    short = ResidualTraining(pairs=8, steps=2, batch=4)
    network = train_residual(sources(data), out / "tokenizer", places, out / "residual", short, quiet, cancel)
    codes = network.complete(trained.encode(clip.joints))
    assert trained.decode(codes).shape == (4 * len(codes), 263)
    assert (out / "residual" / "curves.csv").is_file()
    with pytest.raises(ValueError, match="one level only"):
        train_residual(sources(data), tmp_path / "a" / "tokenizer", places, out / "c", short, quiet, cancel)


def test_gestures_strike_on_accents(data: Path) -> None:
    composer = Composer(load_captures(data / "motion", mirrored=False))
    accents = [40.0, 100.0, 160.0]
    near, far = [], []
    for seed in range(12):
        joints = composer.speaker(200, accents, np.random.default_rng(seed))
        speed = np.linalg.norm(np.diff(joints[:, [20, 21]] - joints[:, :1], axis=0), axis=-1).max(axis=1)
        for accent in accents:
            near.append(speed[int(accent) - 4 : int(accent) + 5].max())
            far.append(speed[int(accent) + 22 : int(accent) + 31].max())
        feet = joints[:, [7, 8, 10, 11]]
        assert np.abs(feet - feet[0]).max() < 1e-9
    assert np.mean(near) > 2.0 * np.mean(far)


def test_appending_keeps_place_and_heading() -> None:
    still = np.repeat(np.asarray(NEUTRAL_JOINTS, dtype=np.float64)[None], 20, axis=0)
    turned = still[..., [2, 1, 0]] * np.array([1.0, 1.0, -1.0]) + np.array([3.0, 0.0, 5.0])
    joined = append(still, turned, 6)
    assert joined.shape == (46, 22, 3)
    np.testing.assert_allclose(joined[-1], still[0], atol=1e-9)


def test_an_action_is_held_where_it_is_most_itself() -> None:
    clip = lifted(0, 60, np.random.default_rng(0))
    frame = apex(clip)
    rest = np.abs(clip - clip[0]).max(axis=(1, 2))
    assert rest[frame] > 0.9 * rest.max()
    longer = held(clip, frame, 20)
    assert longer.shape == (80, 22, 3)
    np.testing.assert_array_equal(longer[: frame - 3], clip[: frame - 3])
    np.testing.assert_array_equal(longer[frame + 24 :], clip[frame + 4 :])
    shown = np.abs(longer - longer[0]).max(axis=(1, 2))
    # Most of the 20 frames that it gains lie where it is at its fullest.
    assert (shown > 0.9 * rest.max()).sum() >= (rest > 0.9 * rest.max()).sum() + 15


def test_resampling_follows_a_known_curve() -> None:
    seconds = np.arange(61) / 30
    made = resample(np.sin(seconds)[:, None], 30, 20)
    assert made.shape == (41, 1)
    np.testing.assert_allclose(made[:, 0], np.sin(np.arange(41) / 20), atol=1e-6)


def test_missing_captures_are_named(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match=r"smartbody\.csv is missing"):
        list(load_captures(tmp_path))


def test_quick_steps_count_more_when_haste_is_wanted() -> None:
    steps, metres = torch.zeros(1, 2, 63), torch.full((63,), 0.5)
    steps[0, 1, 3:6] = torch.tensor([0.1, 0.0, 0.0])  # the second joint: 5 cm in a frame, 1 m/s
    assert haste(steps, metres, TokenizerTraining()) == 1.0
    weights = haste(steps, metres, TokenizerTraining(haste=2.0))
    expected = torch.ones(1, 2, 63)
    expected[0, 1, 3:6] = 3.0
    assert torch.allclose(weights, expected)
