"""`versa demo` on samples of our own, and the figures of `versa bench`."""

import json
from pathlib import Path

import pytest

import app.bench
import app.commands.bench
import app.commands.demo
import app.director_motion
import app.model_source
from app.bench import best, in_turn, peak_memory
from app.cli import main
from app.commands.demo import sample_folder
from core.project_file import load_project, media_report, save_project
from core.timeline import OutputSettings, Project
from core.video import probe_video
from tests.app.fakes import FakeModels, write_portrait, write_speech


@pytest.fixture
def samples(tmp_path, monkeypatch) -> Path:
    """A folder with two small samples that share their recording, in place of the bundled ones."""
    folder = tmp_path / "sample"
    (folder / "media").mkdir(parents=True)
    audio = write_speech(folder / "media" / "speech.wav", 3.0)
    for name in ("half", "head"):
        portrait = write_portrait(folder / f"{name}.png")
        rig = portrait.with_suffix(".rig.json")
        project = Project(portrait=str(portrait), rig_file=str(rig), audio=str(audio), output=OutputSettings(height=64))
        save_project(project, folder / f"{name}.versa")
    made = FakeModels()
    for module in (app.director_motion, app.model_source):
        monkeypatch.setattr(module, "InstalledModels", lambda: made)
    for module in (app.commands.demo, app.commands.bench):
        monkeypatch.setattr(module, "sample_folder", lambda: folder)
    return folder


def test_demo_renders_all_samples_and_prints_where_they_are(samples, tmp_path, capsys):
    target = tmp_path / "out"
    assert main(["demo", "--out", str(target)]) == 0
    text = capsys.readouterr().out
    for name in ("half", "head"):
        assert probe_video(target / f"{name}.mp4").frames == 75
        assert str(target / f"{name}.mp4") in text
        project = load_project(target / f"{name}.versa")
        assert project.motion is not None
        assert not any(media.missing or media.outside for media in media_report(project, target / f"{name}.versa"))
    assert (target / "media" / "speech.wav").is_file()
    assert not list(samples.glob("*.mp4"))
    assert load_project(samples / "half.versa").motion is None


def test_demo_leaves_what_the_user_changed(samples, tmp_path, capsys):
    target = tmp_path / "out"
    assert main(["demo", "--out", str(target), "--quiet"]) == 0
    path = target / "half.versa"
    save_project(load_project(path).replace(seed=5), path)
    assert main(["demo", "--out", str(target), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["videos"]) == 2
    assert load_project(path).seed == 5


def test_missing_samples_are_a_clear_error(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(app.commands.demo, "sample_folder", lambda: tmp_path / "none")
    assert main(["demo", "--out", str(tmp_path / "out")]) == 1
    assert "the samples are missing" in capsys.readouterr().err


def test_bundled_samples_are_whole():
    found = sorted(sample_folder().glob("*.versa"))
    assert [path.stem for path in found] == ["half", "head", "whole"]
    for path in found:
        assert not any(media.missing or media.outside for media in media_report(load_project(path), path))


def test_bench_measures_every_stage(samples, tmp_path, monkeypatch, capsys):
    for name, value in {"ROUNDS": 1, "RENDER_SECONDS": 2.5, "RENDER_HEIGHT": 64}.items():
        monkeypatch.setattr(app.bench, name, value)
    assert main(["bench", "--part", "stages", "--json", str(tmp_path / "b.json"), "--quiet"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report == json.loads((tmp_path / "b.json").read_text("utf-8"))
    motion = ("motion", "motion_prompts", "motion_segment")
    for stage in ("audio_decode", "speech_features", *motion, "draft_first", "draft_from_cache"):
        assert report[stage]["seconds"] >= 0 and report[stage]["times_real_time"] > 0
    assert [report[stage]["of_recording"] for stage in motion] == [3.0, 3.0, 1.5]
    assert report["draft"]["size"] == [36, 64]
    assert report["draft"]["processor_ms_per_frame"] > 0 and report["draft"]["set_up_seconds"] >= 0
    assert report["draft"]["workers_2"]["of_recording"] == pytest.approx(2.52)
    assert report["poses"]["bank"]["of_recording"] == pytest.approx(3.0)


def test_times_are_the_best_of_their_rounds_and_ways_take_turns(monkeypatch):
    clock = iter([0.0, 3.0, 10.0, 11.0, 20.0, 22.0])
    monkeypatch.setattr(app.bench.time, "perf_counter", lambda: next(clock))
    assert best(lambda: "done") == (1.0, "done")
    monkeypatch.undo()
    order = []
    in_turn({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=2)
    assert order == ["a", "b", "a", "b"]


def test_peak_memory_is_that_of_this_process():
    memory = peak_memory()
    assert memory is None or 10 * 2**20 < memory["process"] < 2**40
