"""Other people's data train the networks with one command each: formats, captions, real speech, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from app.cli import main
from core.cancel import CancelToken, ignore_progress
from models.audio_encoder import LogMelEncoder
from models.generator import MotionGenerator
from models.tokenizer import MotionTokenizer, TokenizerConfig
from models.training.adapters import AdapterError
from models.training.commands import FORMATS as OFFERED_FORMATS
from models.training.commands import VARIANTS as OFFERED_VARIANTS
from models.training.corpus import FORMATS, Source, build_corpus, build_noted, find_sources
from models.training.dataset import FeatureTable, JoinedRows, feature_statistics
from models.training.generator_data import Places, generator_tables
from models.training.generator_settings import GeneratorTraining
from models.training.given_pairs import given_pairs
from models.training.pair_table import PairTable, join_pairs
from tests.models.training.given_folders import beat2, humanml3d, parameters, write_body_model

SPOKEN = (("2_scott_0_1_1", "test"), ("1_wayne_0_1_1", "train"))
TOKENIZER = {"steps": 1, "batch": 4, "warmup": 1, "residual_levels": 1}
GENERATOR = {
    "text_steps": 1, "audio_steps": 1, "text_batch": 2, "audio_batch": 2, "warmup": 1,
    "network": {"width": 16, "layers": 1, "heads": 2, "hidden": 16},
}  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("given")
    made = {name: root / name for name in ("humanml3d", "beat2", "amass", "body_models")}
    humanml3d(made["humanml3d"])
    beat2(made["beat2"], SPOKEN, frames=361)
    made["body_models"].mkdir()
    write_body_model(made["body_models"])
    for place in ("CMU/01", "HumanEva/S1"):
        (made["amass"] / place).mkdir(parents=True)
        np.savez(made["amass"] / place / "walk_stageii.npz", **parameters(361), mocap_frame_rate=120.0)  # type: ignore[arg-type]
    return made


@pytest.fixture(scope="module")
def tokenizer() -> MotionTokenizer:
    return MotionTokenizer(TokenizerConfig(width=16, code_dim=16, residual_levels=1)).eval()


def source(folders: dict[str, Path], name: str) -> Source:
    (found,) = find_sources([folders[name]], body_models=folders["body_models"])
    return found


def test_formats_are_recognised_or_named(folders: dict[str, Path], tmp_path: Path) -> None:
    assert OFFERED_FORMATS == FORMATS
    for name in ("humanml3d", "beat2", "amass"):
        assert source(folders, name).format == name
    (tmp_path / "motion").mkdir()
    assert find_sources([tmp_path])[0].format == "captures"
    assert find_sources([tmp_path], "amass")[0].format == "amass"
    with pytest.raises(AdapterError, match="none of the known data sets"):
        find_sources([folders["body_models"]])
    with pytest.raises(AdapterError, match="is not a folder"):
        find_sources([tmp_path / "nowhere"])
    with pytest.raises(AdapterError, match="no data format 'fbx'"):
        find_sources([tmp_path], "fbx")


def test_the_features_of_several_data_sets_are_one_table(folders: dict[str, Path], tmp_path: Path) -> None:
    sources = [source(folders, name) for name in ("humanml3d", "amass")]
    table = build_corpus(sources, tmp_path, ignore_progress, CancelToken())
    assert isinstance(table.features, JoinedRows)
    one = build_noted(sources[0], tmp_path, ignore_progress, CancelToken())
    two = build_noted(sources[1], tmp_path, ignore_progress, CancelToken())
    assert [clip.name for clip in table.clips] == [c.name for c in (*one.table.clips, *two.table.clips)]
    for clip, alone in zip(table.clips, (*one.table.clips, *two.table.clips), strict=True):
        own = one.table if alone.source == "humanml3d" else two.table
        np.testing.assert_array_equal(table.rows(clip), own.rows(alone))
    # HumanML3D brings its mirror images, AMASS gets some; what is not "train" is held out.
    assert sum(clip.mirrored for clip in one.table.clips) == 2 and sum(clip.mirrored for clip in two.table.clips) == 2
    assert {clip.name: clip.held_out for clip in two.table.clips} == {
        "amass/CMU/01/walk_stageii": False, "M:amass/CMU/01/walk_stageii": False,
        "amass/HumanEva/S1/walk_stageii": True, "M:amass/HumanEva/S1/walk_stageii": True,
    }  # fmt: skip
    whole = np.concatenate([own.table.features[:] for own in (one, two)]).astype(np.float32)
    mean, deviation = feature_statistics(table.features)
    np.testing.assert_allclose(mean, whole.mean(0), atol=1e-5)
    assert deviation.shape == (263,)
    with pytest.raises(IndexError, match="more than one"):
        table.features[0 : len(table.features)]
    assert isinstance(build_corpus(sources[:1], tmp_path, ignore_progress, CancelToken()), FeatureTable)


def test_speech_and_motion_that_belong_together_stay_together(
    folders: dict[str, Path], tokenizer: MotionTokenizer, tmp_path: Path
) -> None:
    spoken = source(folders, "beat2")
    quiet = (ignore_progress, CancelToken())
    table = given_pairs(spoken, tmp_path, tokenizer, LogMelEncoder(), tmp_path / "pairs", *quiet, held_out=False)
    assert table is not None and table.hears
    # 361 frames at 30 fps are 241 at 20, so 240 rows: two windows, as they are and mirrored.
    assert len(table) == 4 and table.first_frame.tolist() == [0, 100, 0, 100] and table.recording.tolist() == [0] * 4
    assert (table.tokens[0] >= 0).all() and (table.tokens[1] >= 0).sum() == 35
    heard, has = table.audio_windows(np.array([1]), np.random.default_rng(0))
    assert has.all()
    np.testing.assert_array_equal(heard[0, :140], table.speech[100:240].astype(np.float32))
    # "iconic: big" is marked from 0.5 to 1.2 s, "deictic" from 1.2 to 1.9 s; everything else is ruled by the speech.
    assert table.texts == (("iconic: big",), ("deictic",))
    told = [table.texts[label][0] if label >= 0 else "" for label in table.labels[0, :12].tolist()]
    assert told == ["", "", *["iconic: big"] * 4, *["deictic"] * 4, "", ""]
    again = given_pairs(spoken, tmp_path, tokenizer, LogMelEncoder(), tmp_path / "pairs", *quiet, held_out=False)
    assert again is not None and np.array_equal(again.tokens, table.tokens) and again.texts == table.texts
    unheard = given_pairs(spoken, tmp_path, tokenizer, LogMelEncoder(), tmp_path / "pairs", *quiet, held_out=True)
    assert unheard is not None and not np.array_equal(unheard.speech, table.speech)


def test_captions_rule_their_whole_clip(folders: dict[str, Path], tokenizer: MotionTokenizer, tmp_path: Path) -> None:
    quiet = (ignore_progress, CancelToken())
    table = given_pairs(
        source(folders, "humanml3d"), tmp_path, tokenizer, LogMelEncoder(), tmp_path / "pairs", *quiet, held_out=False
    )
    assert table is not None and not table.hears
    assert table.texts == (("a man lifts his right hand.", "someone raises an arm."), ("the arm goes up",))
    real = table.tokens >= 0
    assert real.sum(1).tolist() == [29, 12]
    assert (table.labels[0][real[0]] == 0).all() and (table.labels[1][real[1]] == 1).all()
    assert (table.recording == -1).all()
    _, has = table.audio_windows(np.array([0, 1]), np.random.default_rng(0))
    assert not has.any()
    nothing = given_pairs(
        source(folders, "amass"), tmp_path, tokenizer, LogMelEncoder(), tmp_path / "pairs", *quiet, held_out=False
    )
    assert nothing is None


def small_table(windows: int, prompts: int, texts: int, recordings: int) -> PairTable:
    labels = np.full((windows, 50), -1, np.int16)
    labels[:, :3] = np.arange(3) % (prompts + texts)
    return PairTable(
        tokens=np.full((windows, 50), windows, np.int16),
        residual=np.zeros((windows, 50, 1), np.int16),
        labels=labels,
        place=np.zeros((windows, 50, 4), np.float16),
        recording=np.arange(windows, dtype=np.int32) % (recordings + 1) - 1,
        first_frame=np.zeros(windows, np.int32),
        speech=np.full((recordings * 300, 46), windows, np.float16),
        offsets=np.arange(recordings + 1, dtype=np.int64) * 300,
        prompts=tuple((f"content {number} of {windows}", "", False) for number in range(prompts)),
        texts=tuple((f"text {number} of {windows}",) for number in range(texts)),
    )


def test_joined_tables_keep_their_prompts_and_recordings() -> None:
    tables = [small_table(2, 2, 0, 1), small_table(3, 0, 3, 2), small_table(5, 1, 1, 0)]
    both = join_pairs(tables)
    row = 0
    for table in tables:
        for own in range(len(table)):
            for position in range(3):
                told = [*both.prompts, *both.texts][both.labels[row, position]]
                assert told == [*table.prompts, *table.texts][table.labels[own, position]]
            if table.recording[own] >= 0:
                heard, _ = both.audio_windows(np.array([row]), np.random.default_rng(0))
                assert (heard == table.speech[0, 0]).all()
            else:
                assert both.recording[row] == -1
            row += 1
    assert len(both) == row == 10 and both.offsets.tolist() == [0, 300, 600, 900]
    assert join_pairs(tables[:1]) is tables[0]


def train(network: str, settings: dict[str, object], out: Path, *data: Path, models: Path) -> int:
    file = out / f"{network}.json"
    out.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(settings), encoding="utf-8")
    given = [part for folder in data for part in ("--data", str(folder))]
    return main(
        ["train", network, *given, "--body-models", str(models), "--out", str(out), "--settings", str(file), "--quiet"]
    )


def test_the_whole_model_is_trained_from_texts_and_speech_of_others(folders: dict[str, Path], tmp_path: Path) -> None:
    data, models = (folders["humanml3d"], folders["beat2"]), folders["body_models"]
    assert train("tokenizer", TOKENIZER, tmp_path, *data, models=models) == 0
    assert train("generator", GENERATOR, tmp_path, *data, models=models) == 0
    said = json.loads((tmp_path / "generator" / "config.json").read_text(encoding="utf-8"))
    assert {"with_text_and_audio", "other_text", "other_audio"} <= set(said["checks"])
    MotionGenerator.from_pretrained(tmp_path / "generator")
    assert train("residual", {"steps": 1, "batch": 2, "layers": 1}, tmp_path, *data, models=models) == 0


def test_a_data_set_alone_trains_what_it_can(
    folders: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = folders["body_models"]
    assert train("tokenizer", TOKENIZER, tmp_path, folders["amass"], models=models) == 0
    assert train("generator", GENERATOR, tmp_path, folders["amass"], models=models) == 1
    assert "neither texts nor speech, so they train the tokenizer only" in capsys.readouterr().err
    assert train("generator", GENERATOR, tmp_path, folders["humanml3d"], models=models) == 1
    assert "the audio branch cannot be trained" in capsys.readouterr().err
    assert train("generator", GENERATOR | {"audio_steps": 0}, tmp_path, folders["humanml3d"], models=models) == 0
    said = json.loads((tmp_path / "generator" / "config.json").read_text(encoding="utf-8"))
    assert set(said["checks"]) == {"text_only", "other_text"}


def test_a_generator_needs_data_that_say_something(
    folders: dict[str, Path], tokenizer: MotionTokenizer, tmp_path: Path
) -> None:
    places = Places(tmp_path, tmp_path / "pairs", tmp_path / "pairs")
    with pytest.raises(AdapterError, match="add --data with captures, HumanML3D or BEAT2"):
        generator_tables(
            [source(folders, "amass")], tokenizer, LogMelEncoder(), places, GeneratorTraining(), ignore_progress,
            CancelToken(),
        )  # fmt: skip
    assert "single_level" in OFFERED_VARIANTS
