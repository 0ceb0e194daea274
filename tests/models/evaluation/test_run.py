"""A whole evaluation with small stand-ins: columns, repeatability, kept clips, imported results, the command."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.cli import main
from core.cache import Cache
from core.cancel import Cancelled, CancelToken, ignore_progress
from core.features import encode
from core.speech import SpeechFeatures, speech_features
from models.checkpoint import CheckpointError
from models.evaluation import run as run_module
from models.evaluation import systems
from models.evaluation.evaluator import EvaluatorConfig, MotionEvaluator
from models.evaluation.imported import ResultsError
from models.evaluation.metrics import Score
from models.evaluation.nearest import TrainingStretches
from models.evaluation.reference import Reference, pools
from models.evaluation.report import ROWS, Column, Report
from models.evaluation.run import QUICK, Options, evaluate_motion, find_recordings, write_list
from models.evaluation.systems import VARIANTS, Wish, find_variant, text_wish
from models.evaluation.text_metrics import draw_round
from models.training.captions import captions
from models.training.loop import Meter
from tests.models.evaluation.fakes import FakePipeline, WordEncoder, made_reference
from tests.models.synthetic import standing

SIZE = replace(QUICK, repeats=2, pools=1, variety_texts=2, variety_generations=3, variety_pairs=3, prompt_seeds=1)


@pytest.fixture(scope="module")
def evaluator_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluator")
    MotionEvaluator(EvaluatorConfig(width=16, dilations=(1,), text_hidden=16)).save_pretrained(folder, {})
    made_reference().save(folder)
    return folder


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> FakePipeline:
    fake = FakePipeline()
    monkeypatch.setattr(systems.MotionPipeline, "from_pretrained", classmethod(lambda cls, folder=None: fake))
    monkeypatch.setattr("models.evaluation.evaluator.MiniLMEncoder", WordEncoder)
    monkeypatch.setattr(run_module, "find_recordings", lambda data, count: [noise(8.5, 1), noise(9.0, 2)])
    return fake


def noise(seconds: float, seed: int) -> SpeechFeatures:
    times = np.arange(round(16_000 * seconds)) / 16_000
    voice = np.sin(2 * np.pi * 160 * times) * (np.sin(2 * np.pi * (1.1 + 0.3 * seed) * times) > 0.2)
    return speech_features((0.3 * voice).astype(np.float32), seconds)


def test_pools_hold_no_two_clips_that_share_a_caption() -> None:
    reference = made_reference()
    random = np.random.default_rng(1)
    texts = reference.draw_captions(random)
    found = pools(reference, texts, random)
    assert found and all(len(set(pool)) == 32 for pool in found)
    for pool in found:
        for row in pool:
            fits = set(captions(*reference.labels[row]))
            assert texts[row] in fits
            assert not any(texts[other] in fits for other in pool if other != row)
    with pytest.raises(ValueError, match="too few different actions"):
        pools(reference.subset(range(20)), texts[:20], random)


def test_the_reference_comes_back_from_its_folder(tmp_path: Path) -> None:
    reference = made_reference(1)
    reference.save(tmp_path)
    again = Reference.load(tmp_path)
    assert again.names == reference.names and again.labels == reference.labels
    np.testing.assert_array_equal(again.frames, reference.frames)
    np.testing.assert_allclose(again.embeddings, reference.embeddings, atol=1e-3)
    (tmp_path / "reference.json").write_text("[]")
    with pytest.raises(CheckpointError, match="names 0 clips"):
        Reference.load(tmp_path)
    (tmp_path / "reference.json").unlink()
    with pytest.raises(CheckpointError, match="missing or damaged"):
        Reference.load(tmp_path)


def test_rounds_are_the_same_for_every_system() -> None:
    reference = made_reference()
    first, second = draw_round(reference, 3, 0, 2), draw_round(reference, 3, 0, 2)
    assert first == second and first != draw_round(reference, 3, 1, 2)
    assert not set(first.rows) & set(first.others)
    assert len(first.rows) == 32 and len(first.others) == len(reference) - 32  # FID needs clips outside the pools
    assert draw_round(reference, 3, 0, 1).rows == first.rows[:32]


def test_a_whole_evaluation(evaluator_folder: Path, pipeline: FakePipeline, tmp_path: Path) -> None:
    options = Options(evaluator=evaluator_folder, size=SIZE, cache=tmp_path / "cache")
    report = evaluate_motion(options, ignore_progress, CancelToken())
    asked = len(pipeline.asked)
    assert asked == 2 * 32 + 2 * 3 + 2 + 30
    assert [column.name for column in report.columns] == [
        "real, held out", "bundled", "fusion at the last layer", "no text branch", "tokens of one level"
    ]  # fmt: skip
    made = report.columns[1]
    assert {row.key for row in ROWS} - set(made.scores) == {"nearest", "nearest_ratio"}  # these need the captures
    assert made.scores["multimodality"].mean > 0
    assert 0 <= made.scores["r_precision_1"].mean <= made.scores["r_precision_3"].mean <= 1
    assert len(made.prompts) == 30
    assert all("no weights" in column.note and not column.scores for column in report.columns[2:])
    text = report.text()
    assert "R-Precision top 3 (+)" in text and "fusion at the last layer: no weights" in text
    again = evaluate_motion(options, ignore_progress, CancelToken())
    assert len(pipeline.asked) == asked  # every clip was kept
    assert again.data() == report.data()


def test_a_stopped_run_goes_on(pipeline: FakePipeline, tmp_path: Path) -> None:
    wishes = [text_wish(f"prompt {number}", 24, number) for number in range(20)]
    cancel = CancelToken()
    seen: list[int] = []

    def watch(progress: object) -> None:
        seen.append(1)
        if len(pipeline.asked) == 18:
            cancel.cancel()

    system = systems.GeneratedSystem("one", None, Cache(tmp_path))
    meter = Meter("x", 0, 20, watch)
    meter._last = -1e9  # report at once
    with pytest.raises(Cancelled):
        for _ in range(3):
            meter._last = -1e9
            system.make(wishes[: 8 * 3], [], _Eager(watch), cancel)
    assert len(pipeline.asked) == 18
    fresh = systems.GeneratedSystem("one", None, Cache(tmp_path))
    motions = fresh.make(wishes, [], Meter("x", 0, 20, lambda p: None), CancelToken())
    assert len(pipeline.asked) == 18 + 4  # two groups of eight were kept, the third is made again
    assert [len(joints) for joints in motions] == [24] * 20


class _Eager(Meter):
    """A meter that reports every step."""

    def __init__(self, watch: object) -> None:
        self._watch = watch

    def step(self, done: int, message: str = "") -> None:
        self._watch(done)  # type: ignore[operator]


def test_recordings_are_part_of_a_clip_s_key(pipeline: FakePipeline, tmp_path: Path) -> None:
    system = systems.GeneratedSystem("one", None, Cache(tmp_path))
    wish, meter = Wish(160, 1, (), 0), Meter("x", 0, 1, lambda p: None)
    first = system.make([wish], [noise(8.5, 1)], meter, CancelToken())
    assert len(first[0]) == 160
    system.make([wish], [noise(8.5, 1)], meter, CancelToken())
    assert len(pipeline.asked) == 1
    system.make([wish], [noise(8.5, 2)], meter, CancelToken())
    assert len(pipeline.asked) == 2
    pipeline.version = "fake-2"
    system.make([wish], [noise(8.5, 2)], meter, CancelToken())
    assert len(pipeline.asked) == 3  # other weights have clips of their own


def test_imported_results(evaluator_folder: Path, pipeline: FakePipeline, tmp_path: Path) -> None:
    reference = Reference.load(evaluator_folder)
    write_list(reference, 0, SIZE, tmp_path / "list.json")
    rounds = json.loads((tmp_path / "list.json").read_text())["rounds"]
    assert len(rounds) == 2 and len(rounds[0]["clips"]) == 32
    folder = tmp_path / "theirs"
    for clip in rounds[0]["clips"]:
        place = folder / "00"
        place.mkdir(parents=True, exist_ok=True)
        motion = FakePipeline().generate(noise(8.5, 1), [], seed=clip["number"]).joints
        np.savez(place / f"{clip['number']:04d}.npz", joints=motion, fps=40.0)
    options = Options(weights=(), evaluator=evaluator_folder, results=(folder,), size=SIZE, ablations=False)
    column = evaluate_motion(options, ignore_progress, CancelToken()).columns[-1]
    assert column.name == "theirs" and "1 of 2 repeats" in column.note
    assert {"r_precision_1", "fid", "text_foot_skate"} <= set(column.scores)
    assert "prompts_obeyed" not in column.scores


def test_imported_results_are_checked_before_the_long_work(
    evaluator_folder: Path, pipeline: FakePipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def must_not_run(data: object, count: int) -> list[SpeechFeatures]:
        raise AssertionError("recordings are read before the results are checked")

    monkeypatch.setattr(run_module, "find_recordings", must_not_run)
    good, bad = tmp_path / "good", tmp_path / "bad"
    reference = Reference.load(evaluator_folder)
    for folder in (good, bad):
        folder.mkdir()
        for row in draw_round(reference, 0, 0, SIZE.pools).rows:
            np.savez(folder / f"{row:04d}.npz", joints=standing(70))
    last = f"{draw_round(reference, 0, 0, SIZE.pools).rows[-1]:04d}.npz"
    np.savez(bad / last, joints=standing(10))
    options = Options(evaluator=evaluator_folder, results=(good, bad), size=SIZE)
    with pytest.raises(ResultsError, match=f"bad/{last} is too short to judge: 10 frames"):
        evaluate_motion(options, ignore_progress, CancelToken())
    assert not pipeline.asked
    np.savez(bad / last, joints=standing(70))
    with pytest.raises(AssertionError, match="recordings are read"):
        evaluate_motion(options, ignore_progress, CancelToken())


def test_motions_shorter_than_a_stretch_have_no_nearest_one(
    evaluator_folder: Path, pipeline: FakePipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Captures:
        stretches = TrainingStretches([encode(standing(60))])

        def __init__(self, *given: object) -> None:
            pass

        def real(self, row: int) -> np.ndarray:
            return standing(60)

    monkeypatch.setattr(run_module, "_Captures", Captures)
    short = replace(made_reference(), frames=np.full(len(made_reference()), 24))
    monkeypatch.setattr(run_module.Reference, "load", classmethod(lambda cls, folder=None: short))
    folder = tmp_path / "theirs"
    folder.mkdir()
    for row in range(len(short)):
        np.savez(folder / f"{row:04d}.npz", joints=standing(25))
    options = Options((), (folder,), tmp_path, evaluator_folder, SIZE, ablations=False)
    column = evaluate_motion(options, ignore_progress, CancelToken()).columns[-1]
    assert "fid" in column.scores and "nearest" not in column.scores


def test_variants_are_known_by_their_config(tmp_path: Path) -> None:
    variant = VARIANTS[0]
    assert find_variant(variant, tmp_path) is None
    place = tmp_path / "variants" / variant.name / "generator"
    place.mkdir(parents=True)
    (place / "config.json").write_text('{"variant": "other"}')
    with pytest.raises(CheckpointError, match="says \"variant\": 'other'"):
        find_variant(variant, tmp_path)
    (place / "config.json").write_text(json.dumps({"variant": variant.name}))
    assert find_variant(variant, tmp_path) == place.parent


def test_recordings_without_data_are_the_sample() -> None:
    (sample,) = find_recordings(None, 3)
    assert 8.0 <= len(sample) / sample.fps <= 12.1 and len(sample.accents) > 3


def test_the_table_shows_intervals_and_gaps() -> None:
    columns = (
        Column("real", {"fid": Score(0.05, 0.01, 20)}),
        Column("ours", {"fid": Score(0.5, 0.0, 1), "nearest": Score(41.25, 1.0, 9)}, note="a note"),
    )
    lines = Report(columns, {}).text().splitlines()
    assert lines[0].split() == ["real", "ours"]
    assert lines[1].split() == ["FID", "(other", "clips)", "(-)", "0.050", "+-", "0.010", "0.500"]
    assert lines[2].split()[-4:] == ["-", "41.2", "+-", "1.0"]
    assert "ours: a note" in lines


def test_the_command(
    evaluator_folder: Path, pipeline: FakePipeline, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(run_module, "QUICK", SIZE)
    common = ["evaluate", "motion", "--quick", "--evaluator", str(evaluator_folder), "--quiet"]
    target, listed = tmp_path / "figures.json", tmp_path / "list.json"
    assert main([*common, "--write-list", str(listed)]) == 0 and listed.is_file() and not pipeline.asked
    assert main([*common, "--json", str(target), "--cache", str(tmp_path / "cache"), "--no-ablations"]) == 0
    stored = json.loads(target.read_text())
    assert [system["name"] for system in stored["systems"]] == ["real, held out", "bundled"]
    assert stored["settings"]["paraphrases"] == 30
    assert main([*common, "--data", str(tmp_path)]) == 1
    assert "holds no folder motion/" in capsys.readouterr().err
    assert main([*common, "--repeats", "0"]) == 2
    assert main([*common, "--json", str(tmp_path / "no" / "f.json")]) == 1
    assert main([*common, "--results", str(tmp_path / "no"), "--cache", str(tmp_path / "cache")]) == 1
    assert "not a folder" in capsys.readouterr().err
