"""`app.bench_editor`: its material, its measurements in small, and that nothing missing breaks it."""

import json

import numpy as np
import pytest
import soundfile

import app.bench_editor
import app.commands.bench
from app.bench_editor import PROJECT, RECORDING, bench_editor, long_project, measure, write_recording
from app.bench_views import figures
from app.cli import main
from core.project_file import load_project


@pytest.fixture
def material(tmp_path):
    write_recording(tmp_path / RECORDING, 1 / 60)
    long_project(tmp_path, 1 / 60, 40)
    return tmp_path


def test_the_material_is_what_it_says(material):
    with soundfile.SoundFile(material / RECORDING) as file:
        assert (file.samplerate, file.channels, file.frames) == (16_000, 1, 960_000)
        samples = file.read()
    assert 0.2 < np.abs(samples).max() < 1 and (np.abs(samples) < 1e-3).mean() > 0.1
    project = load_project(material / PROJECT)
    assert sum(len(track.segments) for track in project.tracks) == 40
    assert project.duration_us == 60_000_000


def test_sound_is_measured(material):
    found = measure("peaks", material)
    assert found["hours"] == pytest.approx(1 / 60, abs=0.01)
    assert found["opened_s"] >= 0 and 0 < found["made_s"] < 60
    shares = measure("sound", material)["percent_of_a_core"]
    assert len(shares) == 5 and all(share > 0 for share in shares.values())


def test_plain_plot_is_measured_by_its_paint_events(material):
    measure("peaks", material)
    found = measure("plot", material)
    assert found["frames"]["pan at middle zoom"]["frames"] > 0
    assert found["first_drawing_s"] > 0


def test_frames_are_summed_up():
    found = figures([0.010, 0.020, 0.030, float("inf")], 0.045)
    assert found == {
        "frames": 3, "not_painted": 1, "median_ms": 20.0, "p95_ms": 29.0, "longest_ms": 30.0, "mean_cpu_ms": 15.0,
        "fps": 50.0,
    }  # fmt: skip
    assert figures([float("inf")]) == {"frames": 0, "not_painted": 1}


def test_what_cannot_be_measured_is_said(material, monkeypatch):
    assert "status" in measure("no such measurement", material)["skipped"]
    monkeypatch.setattr(app.bench_editor, "CHILD_SECONDS", 0.05)
    assert "longer" in measure("peaks", material)["skipped"]


def test_report_holds_every_figure_and_compares(monkeypatch):
    def fake(what, folder, environment=None):
        times = {"timeline": 2.0, "plot": 50.0}
        if what in times:
            found = {"frames": {"zoom in": figures([times[what] / 1000])}}
            return found | ({"waveform_frames": {"zoom in": figures([0.001])}} if what == "timeline" else {})
        return {"measured": what} if what != "skeleton" else {"skipped": "not there"}

    monkeypatch.setattr(app.bench_editor, "measure", fake)
    monkeypatch.setattr(app.bench_editor, "HOURS", 1 / 60)
    told = []
    report = bench_editor(told.append)
    assert report["plain_over_timeline"] == {"zoom in": 25.0}
    assert report["plain_over_waveform"] == {"zoom in": 50.0}
    assert report["skeleton"] == {"skipped": "not there"}
    assert {"goals", "peaks", "sound", "timeline", "plain_pyqtgraph", "window", "long"} <= set(report)
    assert told[-1].done == told[-1].total


def test_without_a_display_the_rest_is_measured(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(app.bench_editor.sys, "platform", "linux")
    monkeypatch.setattr(app.bench_editor.shutil, "which", lambda name: None)
    monkeypatch.setattr(app.bench_editor, "measure", lambda what, *rest: {"measured": what})
    monkeypatch.setattr(app.bench_editor, "HOURS", 1 / 60)
    report = bench_editor(lambda progress: None)
    assert report["peaks"] == {"measured": "peaks"}
    assert "display" in report["timeline"]["skipped"] and "display" in report["window"]["skipped"]


def test_the_command_measures_the_editor_alone(monkeypatch, capsys):
    monkeypatch.setattr(app.bench_editor, "bench_editor", lambda progress, cancel: {"goals": {}})
    assert main(["bench", "--part", "editor", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out) == {"editor": {"goals": {}}}
