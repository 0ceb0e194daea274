"""The evaluator learns what belongs together, stops and goes on, and is deaf to padding."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from app.cli import main
from core.cancel import Cancelled, CancelToken, Progress, ignore_progress
from core.features import encode
from models.checkpoint import CheckpointError
from models.evaluation.evaluator import COLUMNS, EvaluatorConfig, MotionEvaluator
from models.training import train_evaluator as module
from models.training.dataset import ClipInfo, FeatureTable
from models.training.train_evaluator import CaptionTable, EvaluatorTraining, contrastive_loss, train_evaluator
from tests.models.evaluation.fakes import CONTENTS, WordEncoder
from tests.models.synthetic import raised, ramp
from tests.models.training.given_folders import humanml3d

SMALL = EvaluatorTraining(steps=6, batch=16, window=48, warmup=2, save_every=2)


def made_table() -> FeatureTable:
    """Every content has a height of its own, so that motion tells the content; two takes each, one held out."""
    parts, clips, row = [], [], 0
    for take in range(2):
        for number, content in enumerate(CONTENTS):
            height = 0.2 + 0.8 * number / len(CONTENTS)
            side = "left" if number % 2 else "right"
            features = encode(raised(45 + take + number % 7, side, height * ramp(45 + take + number % 7, 5, 30)))
            parts.append(features.astype(np.float16))
            held = take == 1
            clips.append(ClipInfo(f"{content}_{take}", "x", "a", content, "neutral", row, len(features), False, held))
            row += len(features)
    return FeatureTable(np.concatenate(parts), tuple(clips))


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> FeatureTable:
    made = made_table()
    monkeypatch.setattr(module, "build_table", lambda *args: made)
    small = EvaluatorConfig(width=16, dilations=(1,), text_hidden=16)
    monkeypatch.setattr(module, "MotionEvaluator", lambda text_encoder=None: MotionEvaluator(small, text_encoder))
    return made


def test_a_run_that_stops_goes_on_the_same(table: FeatureTable, tmp_path: Path) -> None:
    whole = train_evaluator(
        tmp_path, tmp_path / "a" / "evaluator", SMALL, ignore_progress, CancelToken(), WordEncoder()
    )
    cancel = CancelToken()

    def stop(progress: Progress) -> None:
        if progress.stage == "evaluator" and progress.done >= 3:
            cancel.cancel()

    module_meter = module.Meter
    out = tmp_path / "b" / "evaluator"

    class Eager(module_meter):  # type: ignore[misc,valid-type]
        def step(self, done: int, message: str = "") -> None:
            self._last = -1e9
            super().step(done, message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "Meter", Eager)
        with pytest.raises(Cancelled):
            train_evaluator(tmp_path, out, SMALL, stop, cancel, WordEncoder())
    again = train_evaluator(tmp_path, out, SMALL, ignore_progress, CancelToken(), WordEncoder())
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], value, atol=1e-6, rtol=1e-5)
    loaded = MotionEvaluator.from_pretrained(out, WordEncoder())
    assert loaded.config == again.config
    features = [table.rows(clip) for clip in table.clips[:3]]
    np.testing.assert_allclose(loaded.embed_features(features), again.embed_features(features), atol=2e-2)
    assert (out / "reference.safetensors").is_file()
    said = json.loads((out / "config.json").read_text(encoding="utf-8"))["held_out"]
    assert "too few different actions" in said["note"]  # 36 clips fill no pool, and the weights are kept all the same


def test_a_caption_that_fits_another_motion_is_no_counter_example() -> None:
    embedded = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [1.0, 0.02], [0.0, 1.0]]), dim=1)
    scale = torch.tensor(20.0)
    none = torch.zeros(3, 3, dtype=torch.bool)
    strict = contrastive_loss(embedded, embedded, scale, none)
    others = none.clone()
    others[0, 1] = others[1, 0] = True
    assert float(contrastive_loss(embedded, embedded, scale, others)) < 0.01 < float(strict)
    logits = 20.0 * embedded @ embedded.T
    plain = -torch.stack([logits[i, i] - logits[i].exp().sum().log() for i in range(3)]).mean()
    torch.testing.assert_close(strict, plain)  # both directions are alike here


def test_captions_know_which_clips_they_fit(tmp_path: Path) -> None:
    clips = made_table().clips
    texts = CaptionTable(clips, WordEncoder(), tmp_path, 0)
    bow = next(row for row, clip in enumerate(clips) if clip.content == "bow")
    fitting = [texts.texts[column] for column in np.flatnonzero(texts.fits[texts.labels[bow]])]
    assert "take a bow" in fitting and "kick" not in fitting
    assert texts.vectors.shape == (len(texts.texts), 2, 384)
    again = CaptionTable(clips, None, tmp_path, 0)  # type: ignore[arg-type]  # kept, so no encoder is asked
    np.testing.assert_array_equal(again.vectors, texts.vectors)


def test_padding_and_neighbours_have_no_influence() -> None:
    torch.manual_seed(0)
    evaluator = MotionEvaluator(EvaluatorConfig(width=16, text_hidden=16), WordEncoder()).eval()
    random = np.random.default_rng(0)
    short, long = random.normal(size=(31, 263)), random.normal(size=(196, 263))
    together = evaluator.embed_features([short, long])
    np.testing.assert_allclose(together[0], evaluator.embed_features([short])[0], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    tail = np.concatenate([long, random.normal(size=(50, 263))])
    np.testing.assert_allclose(evaluator.embed_features([tail])[0], together[1], atol=1e-6)  # longer ones are cut
    changed = short.copy()
    changed[:, 67:193] = 9.0
    changed[:, 259:] = 9.0
    np.testing.assert_allclose(evaluator.embed_features([changed])[0], together[0], atol=1e-6)  # not judged
    assert len(COLUMNS) == 133
    with pytest.raises(ValueError, match="too short to judge"):
        evaluator.embed_features([short[:15]])


def test_other_weights_are_no_evaluator(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"kind": "motion_tokenizer"}')
    with pytest.raises(CheckpointError, match="not motion_evaluator"):
        MotionEvaluator.from_pretrained(tmp_path)
    other = MotionEvaluator(EvaluatorConfig(text_encoder="another"), WordEncoder())
    with pytest.raises(ValueError, match="trained with the text encoder another"):
        other.embed_texts(["walk"])


def test_data_of_others_are_refused_even_where_captures_were_read(
    table: FeatureTable, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    humanml3d(tmp_path / "humanml3d")
    given = ["train", "evaluator", "--data", str(tmp_path / "humanml3d"), "--out", str(tmp_path / "out"), "--quiet"]
    assert main(given) == 1
    said = capsys.readouterr().err
    assert "trained on captures, so give --data a folder that holds motion/" in said
    assert "HumanML3D, AMASS and BEAT2" in said and "cannot be judged yet" in said
    assert not (tmp_path / "out").exists()
