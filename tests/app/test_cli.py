"""The command line: help without heavy imports, exit status, messages, answers for people and for programs."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import app.commands.train
import app.director_motion
from app.cli import COMMANDS, main
from core.project_file import load_project
from core.video import probe_video
from tests.app.fakes import FakeModels, FakeRenderer, write_portrait, write_speech

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "cv2", "av", "transformers", "numpy", "scipy", "pydantic", "soundfile", "PIL")


@pytest.fixture
def models(monkeypatch) -> FakeModels:
    """All commands work with these small parts instead of the installed ones."""
    made = FakeModels()
    monkeypatch.setattr(app.director_motion, "InstalledModels", lambda: made)
    return made


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    write_portrait(tmp_path / "p.png")
    write_speech(tmp_path / "a.wav")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def new(*more: str) -> int:
    return main(["new", "P.versa", "--portrait", "p.png", "--rig", "p.rig.json", "--audio", "a.wav", *more])


@pytest.fixture
def project(folder, models) -> Path:
    assert new("--prompt", "1-2: wave", "--prompt", "4-5: take a bow", "--quiet") == 0
    return folder / "P.versa"


def python(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, **options
    )


def test_help_is_quick_and_loads_nothing_heavy():
    seconds = []
    for _ in range(3):
        began = os.times()
        done = python("-m", "app", "--help")
        ended = os.times()
        # Processor time of the child: other programs on the machine do not count.
        seconds.append(ended.children_user + ended.children_system - began.children_user - began.children_system)
        assert done.returncode == 0
    assert min(seconds) < 0.5
    assert all(name in done.stdout for name in COMMANDS)
    trace = python("-X", "importtime", "-m", "app", "--help").stderr
    loaded = {line.rsplit("|", 1)[-1].strip().partition(".")[0] for line in trace.splitlines()}
    assert "argparse" in loaded
    assert not loaded & set(HEAVY)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "train"])
def test_help_of_each_command_loads_no_network(name):
    code = f"import sys; from app.cli import main; main(['{name}', '--help']); assert 'torch' not in sys.modules"
    done = python("-c", code)
    assert done.returncode == 0, done.stderr
    assert f"usage: versa {name}" in done.stdout


def test_without_a_command_the_editor_opens(monkeypatch):
    opened: list[tuple] = []
    monkeypatch.setattr("app.editor.run_editor", lambda paths, *, sample: opened.append((paths, sample)) or 0)
    assert main([]) == 0
    assert main(["edit", "--sample"]) == 0
    assert opened == [([], False), ([], True)]


def test_the_editor_is_told_its_files(monkeypatch, folder, capsys):
    opened: list[tuple] = []
    monkeypatch.setattr("app.editor.run_editor", lambda paths, *, sample: opened.append((paths, sample)) or 0)
    assert main(["edit", "p.png", "a.wav"]) == 0
    assert opened == [([folder / "p.png", folder / "a.wav"], False)]
    assert main(["p.png", "a.wav"]) == 0
    assert opened[1] == opened[0]
    assert main(["edit", "no.versa"]) == 1
    assert "there is no such file" in capsys.readouterr().err


def test_the_editor_without_a_display_says_what_to_do():
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment.pop("QT_QPA_PLATFORM", None)
    done = python("-m", "app", "edit", env=environment)
    assert done.returncode == 1
    assert "the editor needs a display" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["--nope"],
        ["new"],
        ["new", "P.versa", "--portrait", "p.png"],
        ["render", "P.versa"],
        ["regenerate", "P.versa"],
        ["regenerate", "P.versa", "--segment", "one"],
        ["render", "P.versa", "--out", "v.avi"],
        ["render", "P.versa", "--out", "v.mp4", "--height", "0"],
        ["render", "P.versa", "--out", "v.mp4", "--fps", "nan"],
        ["render", "P.versa", "--out", "v.mp4", "--from", "-1"],
        ["render", "P.versa", "--out", "v.mp4", "--from", "3", "--to", "2"],
        ["render", "P.versa", "--out", "v.mp4", "--to", "nan"],
        ["motion", "P.versa", "--out", "m.txt"],
        ["poses", "P.versa", "--out", "q.bvh"],
        ["poses", "P.versa", "--out", "q.npz", "--mode", "magic"],
        ["regenerate", "P.versa", "--segment", "0"],
        ["regenerate", "P.versa", "--segment", "1", "--seed", "-1"],
        ["regenerate", "P.versa", "--segment", "1", "--takes", "0"],
        ["new", "P.txt", "--portrait", "p.png", "--audio", "a.wav"],
        ["new", "P.versa", "--portrait", "p.png", "--audio", "a.wav", "--seed", "-3"],
        ["new", "P.versa", "--portrait", "p.png", "--audio", "a.wav", "--prompt", "wave"],
    ],
)
def test_wrong_use_is_status_2_with_a_reason(folder, models, capsys, arguments):
    assert main(arguments) == 2
    assert capsys.readouterr().err
    assert sorted(p.name for p in folder.iterdir()) == ["a.wav", "p.png", "p.rig.json"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["render", "no.versa", "--out", "v.mp4"], "no.versa: there is no such file"),
        (["motion", "a.wav", "--out", "m.npz"], "is not UTF-8 text"),
        (["render", "P.versa", "--out", "no/v.mp4"], "does not exist; create it first"),
        (["new", "P.versa", "--portrait", "no.png", "--audio", "a.wav"], "no.png is missing"),
        (["new", "Q.versa", "--portrait", "p.png", "--rig", "p.rig.json", "--audio", "p.png"], "p.png"),
        (["new", "Q.versa", "--portrait", "a.wav", "--audio", "a.wav"], "a.wav"),
        (["new", "no/P.versa", "--portrait", "p.png", "--audio", "a.wav"], "does not exist; create it first"),
        (["demo", "--out", "a.wav/x"], "cannot be made"),
    ],
)
def test_failures_are_status_1_with_one_sentence(folder, models, capsys, arguments, message):
    assert main([*arguments, "--quiet"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("versa: ") and captured.err.count("\n") == 1
    assert message in captured.err
    assert not (folder / "Q.versa").exists()


def test_new_writes_a_project_with_its_prompts(folder, models, capsys):
    assert new("--prompt", "4-5 [seed=9]: take a bow", "--prompt", "1-2: wave", "--seed", "5") == 0
    assert '1  1.0-2.0 s "wave"' in capsys.readouterr().out
    project = load_project(folder / "P.versa")
    assert project.portrait == str(folder / "p.png")
    assert (project.seed, project.duration_us) == (5, 6_000_000)
    assert [(s.prompt, s.seed) for s in project.tracks[0].segments] == [("wave", None), ("take a bow", 9)]
    assert json.loads((folder / "P.versa").read_text("utf-8"))["audio"] == "a.wav"


def test_new_keeps_an_existing_project_unless_forced(project, capsys):
    before = project.read_bytes()
    assert new() == 1
    assert "already there" in capsys.readouterr().err
    assert project.read_bytes() == before
    assert new("--force", "--quiet") == 0
    assert load_project(project).tracks[0].segments == ()


def test_prompts_that_overlap_or_run_past_the_audio_are_refused_with_times(folder, models, capsys):
    assert new("--prompt", "1-3: wave", "--prompt", "2.5-4: bow") == 2
    assert 'the prompts 1.0-3.0 s "wave" and 2.5-4.0 s "bow" overlap from 2.5 to 3.0 s' in capsys.readouterr().err
    assert new("--prompt", "5-6.5: wave") == 2
    assert "5.0-6.5 s" in (text := capsys.readouterr().err) and "end of the audio (6.0 s)" in text
    assert not (folder / "P.versa").exists()


def test_motion_writes_arrays(project, capsys):
    assert main(["motion", "P.versa", "--out", "m.npz", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["frames"], answer["tokens"], answer["fps"]) == (120, 30, 20.0)
    with np.load("m.npz") as stored:
        assert stored["joints"].shape == (120, 22, 3)
        assert stored["tokens"].shape == (30,)
        assert stored["contacts"].shape == (120, 4)
        assert float(stored["fps"]) == 20.0
        segments = json.loads(str(stored["segments"]))
    assert segments == answer["segments"]
    assert segments[0] == {"start": 1.0, "end": 2.0, "prompt": "wave", "seed": 0}
    assert load_project(project).motion.tokens == tuple(np.load("m.npz")["tokens"])


def test_a_prompt_that_nobody_knows_is_said_with_what_is_nearest(project, capsys):
    assert main(["motion", "P.versa", "--out", "m.npz", "--json"]) == 0
    told = capsys.readouterr()
    assert [one["known"] for one in json.loads(told.out)["confidence"]] == [True, True]
    assert "do not know" not in told.err
    question = "recite the alphabet in Klingon"
    assert main(["regenerate", "P.versa", "--segment", "1", "--prompt", question, "--json"]) == 0
    told = capsys.readouterr()
    (confidence,) = (one for one in json.loads(told.out)["confidence"] if one["prompt"] == question)
    assert confidence == {
        "prompt": question,
        "likeness": 0.3,
        "known": False,
        "nearest": [{"prompt": "wave", "likeness": 0.3}, {"prompt": "bow", "likeness": 0.2}],
    }
    assert (
        main(["motion", "P.versa", "--out", "m.npz", "--json"]) == 0
    )  # the motion is there; what is known is told again
    assert [one["known"] for one in json.loads(capsys.readouterr().out)["confidence"]] == [False, True]
    assert f'do not know how to do what the prompt "{question}" asks for' in told.err
    assert 'sounds like this at most: "wave", "bow"' in told.err


def test_several_takes_to_choose_from(project, capsys):
    assert main(["regenerate", "P.versa", "--segment", "1", "--takes", "3", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    segment = load_project(project).prompt_segments()[0]
    assert (answer["takes"], answer["seed"]) == (4, 1)
    assert [take.seed for take in segment.takes] == [0, 1, 2, 3] and segment.active_take == 1
    assert len({take.tokens for take in segment.takes}) == 4


def test_motion_writes_bvh(project):
    assert main(["motion", "P.versa", "--out", "m.bvh", "--quiet"]) == 0
    text = Path("m.bvh").read_text()
    assert text.startswith("HIERARCHY") and "Frames: 120" in text


def test_poses_writes_arrays(project, capsys):
    assert main(["poses", "P.versa", "--out", "q.npz", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["frames"] == 120
    with np.load("q.npz") as stored:
        assert stored["body"].shape == (120, 18, 3)
        assert stored["face"].shape == (120, 68, 3)
        assert stored["hands"].shape == (120, 2, 21, 3)
        assert stored["flags"].shape == (120,)
        assert (float(stored["fps"]), int(stored["width"]), int(stored["height"])) == (20.0, 96, 160)


def test_render_writes_a_video_and_tells_what_was_ready(project, models, capsys):
    arguments = ["render", "P.versa", "--out", "v.mp4", "--height", "64", "--json"]
    assert main(arguments) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["width"], answer["height"], answer["frames"]) == (38, 64, 150)
    assert answer["chunks"] == {"rendered": 3, "reused": 0}
    assert probe_video("v.mp4").frames == 150
    assert main(["regenerate", "P.versa", "--segment", "2", "--quiet"]) == 0
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["chunks"] == {"rendered": 1, "reused": 2}


def test_render_with_from_and_to(project, capsys):
    assert main(["render", "P.versa", "--out", "v.mp4", "--height", "64", "--from", "1.5", "--to", "3", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["frames"], answer["start"]) == (37, 1.52)


def test_missing_media_refuse_to_render_with_the_path(project, capsys):
    Path("p.png").unlink()
    assert main(["render", "P.versa", "--out", "v.mp4", "--quiet"]) == 1
    assert str(project.parent / "p.png") in capsys.readouterr().err
    assert not Path("v.mp4").exists()


def test_regenerate_changes_the_segment_only_and_is_saved(project, capsys):
    main(["motion", "P.versa", "--out", "m.npz", "--quiet"])
    assert main(["regenerate", "P.versa", "--segment", "2", "--prompt", "clap", "--seed", "8", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    before, after = np.load("m.npz")["tokens"], load_project(project).motion.tokens
    assert list(np.flatnonzero(before != after)) == answer["tokens_changed"] == list(range(20, 25))
    assert (answer["prompt"], answer["seed"], answer["takes"]) == ("clap", 8, 2)
    assert main(["regenerate", "P.versa", "--segment", "3"]) == 1
    assert "segments 1 to 2" in capsys.readouterr().err


def test_a_project_changed_meanwhile_is_not_overwritten(project, models, capsys):
    translate, text = models.maker.generate, project.read_text("utf-8")

    def meddle(*args, **options):
        project.write_text(text.replace("take a bow", "kick"), "utf-8")
        return translate(*args, **options)

    models.maker.generate = meddle
    assert main(["motion", "P.versa", "--out", "m.npz", "--quiet"]) == 1
    assert "was changed by another program" in capsys.readouterr().err
    assert "kick" in project.read_text("utf-8")


def test_quiet_says_nothing_and_json_goes_alone_to_standard_output(project, capsys):
    assert main(["motion", "P.versa", "--out", "m.npz", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["motion", "P.versa", "--out", "m.npz"]) == 0
    captured = capsys.readouterr()
    assert "m.npz: 120 frames" in captured.out and "audio" in captured.err


def test_unexpected_errors_are_short_and_whole_with_debug(project, models, capsys):
    models.painter = FakeRenderer(fail_at=60)
    assert main(["render", "P.versa", "--out", "v.mp4", "--height", "64", "--quiet"]) == 1
    text = capsys.readouterr().err
    assert "unexpected error (RuntimeError: the renderer broke)" in text and "--debug" in text
    with pytest.raises(RuntimeError):
        main(["render", "P.versa", "--out", "v.mp4", "--height", "64", "--quiet", "--debug"])
    assert not Path("v.mp4").exists()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("signals", [1, 2])
def test_a_training_that_is_stopped_finishes_its_step_unless_it_is_asked_twice(
    monkeypatch, capsys, number, status, signals
):
    finished = []

    def train(args, context):
        for _ in range(signals):
            os.kill(os.getpid(), number)
        finished.append(True)
        context.cancel.check()

    monkeypatch.setattr(app.commands.train, "run", train)
    before = signal.getsignal(number)
    assert main(["train", "tokenizer", "--data", "."]) == status
    assert finished == ([True] if signals == 1 else [])
    assert signal.getsignal(number) is before
    told = capsys.readouterr().err
    assert "stopping at the end of this step; once more stops at once" in told
    assert "stopped; finished work is kept" in told


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopping_leaves_no_half_file_and_goes_on_later(project, models, capsys, number, status):
    asked: list[int] = []

    class Stopping(FakeRenderer):
        def render_chunk(self, job, chunk, cancel):
            for frame in super().render_chunk(job, chunk, cancel):
                if chunk.index == 2 and not asked:  # a second time would not wait for what is running
                    asked.append(number)
                    os.kill(os.getpid(), number)
                yield frame

    before = signal.getsignal(number)
    models.painter = Stopping()
    assert main(["render", "P.versa", "--out", "v.mp4", "--height", "64", "--quiet"]) == status
    assert "stopped" in capsys.readouterr().err
    assert signal.getsignal(number) is before
    assert sorted(p.name for p in project.parent.iterdir()) == [
        "P.versa", "P.versa.cache", "a.wav", "p.png", "p.rig.json",
    ]  # fmt: skip
    assert list((project.parent / "P.versa.cache").rglob(".*")) == []
    models.painter = FakeRenderer()
    assert main(["render", "P.versa", "--out", "v.mp4", "--height", "64", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["frames"] == 150
