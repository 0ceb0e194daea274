"""The program as a user drives it: real commands, real networks, the real renderer, in a folder of their own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.audio import load_audio
from core.project_file import load_project, save_project
from core.video import probe_video, read_frames
from tests.app.fakes import write_portrait, write_speech

ROOT = Path(__file__).parents[2]
SECONDS = 6.1
HEIGHT = "160"


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def versa(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def answer(folder: Path, *arguments: str) -> dict:
    done = versa(folder, *arguments, "--json", "--quiet")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


def start(folder: Path, *arguments: str) -> subprocess.Popen:
    """Start a command as a terminal would: it gets Ctrl+C itself."""
    return subprocess.Popen(
        [sys.executable, "-m", "app", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_chunks(folder: Path, process: subprocess.Popen, count: int) -> None:
    """Wait until so many chunks are finished and the render still runs. A record being written begins with a dot."""
    deadline = time.monotonic() + 120
    frames = folder / "P.versa.cache" / "frames"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the render ended before it could be stopped: {process.communicate()}")
        if len(list(frames.glob("[!.]*.json"))) >= count:
            return
        time.sleep(0.02)
    pytest.fail("no chunk was finished in time")


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A folder with a project, its motion (in the project and as m.npz) and its cache, made by the commands."""
    folder = tmp_path_factory.mktemp("project")
    write_portrait(folder / "p.png", 180, 320)
    write_speech(folder / "a.wav", SECONDS)
    told = answer(
        folder,
        *("new", "P.versa", "--portrait", "p.png", "--rig", "p.rig.json", "--audio", "a.wav"),
        *("--prompt", "1-2.4: wave with the right hand", "--prompt", "4.2-5.4: take a bow"),
    )
    assert [segment["prompt"] for segment in told["segments"]] == ["wave with the right hand", "take a bow"]
    answer(folder, "motion", "P.versa", "--out", "m.npz")
    answer(folder, "poses", "P.versa", "--out", "q.npz")
    return folder


@pytest.fixture
def folder(made, tmp_path) -> Path:
    """A copy that a test may change. Its motion is there, so only what makes motion loads the networks."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    (tmp_path / "m.npz").unlink()
    (tmp_path / "q.npz").unlink()
    return tmp_path


def test_motion_and_poses_come_out_as_arrays(made):
    frames = int(np.ceil(SECONDS * 20))
    with np.load(made / "m.npz") as stored:
        joints, tokens = stored["joints"], stored["tokens"]
        assert joints.shape == (frames, 22, 3) and np.isfinite(joints).all()
        assert tokens.shape == (-(-frames // 4),) and tokens.min() >= 0 and tokens.max() < 512
        assert [span["prompt"] for span in json.loads(str(stored["segments"]))] == [
            "wave with the right hand",
            "take a bow",
        ]
    # Somebody stands there: the head is at the height of an adult's above the lowest foot.
    assert 1.0 < np.median(joints[:, 15, 1] - joints[:, :, 1].min(axis=1)) < 2.0
    with np.load(made / "q.npz") as stored:
        assert stored["body"].shape == (frames, 18, 3)
        assert stored["face"].shape == (frames, 68, 3)
        assert stored["hands"].shape == (frames, 2, 21, 3)


def test_motion_that_is_there_is_exported_without_loading_networks(folder):
    arguments = ["motion", "P.versa", "--out", "m.bvh", "--quiet"]
    code = f"import sys; from app.cli import main; main({arguments}); print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
    assert (folder / "m.bvh").read_text().startswith("HIERARCHY")


def test_the_video_shows_motion_with_the_original_sound(folder):
    told = answer(folder, "render", "P.versa", "--out", "v.mp4", "--height", HEIGHT)
    info = probe_video(folder / "v.mp4")
    assert (info.width, info.height) == (told["width"], told["height"]) == (90, 160)
    assert abs(info.frames / 25 - SECONDS) <= 1 / 25
    sound = load_audio(folder / "v.mp4")
    assert abs(sound.duration - SECONDS) <= 1 / 25
    original = load_audio(folder / "a.wav")
    count = min(len(sound.samples), len(original.samples))
    # The original sound, at its place: AAC keeps the wave.
    assert np.corrcoef(sound.samples[:count], original.samples[:count])[0, 1] > 0.98
    pictures = np.stack(list(read_frames(folder / "v.mp4")))
    assert np.abs(np.diff(pictures.astype(np.int16), axis=0)).max() > 20  # something moves


def test_regenerate_leaves_other_tokens_and_chunks_alone(folder):
    first = answer(folder, "render", "P.versa", "--out", "v.mp4", "--height", HEIGHT)
    before = np.array(load_project(folder / "P.versa").motion.tokens)
    told = answer(folder, "regenerate", "P.versa", "--segment", "2", "--prompt", "raise both hands", "--seed", "11")
    after = np.array(load_project(folder / "P.versa").motion.tokens)
    assert list(np.flatnonzero(before != after)) == told["tokens_changed"]
    assert set(told["tokens_changed"]) <= set(range(21, 27))
    again = answer(folder, "render", "P.versa", "--out", "w.mp4", "--height", HEIGHT)
    assert again["chunks"]["rendered"] + again["chunks"]["reused"] == first["chunks"]["rendered"] == 4
    # What was reused is what would have been rendered: a fresh cache gives the same file.
    shutil.rmtree(folder / "P.versa.cache" / "frames")
    fresh = answer(folder, "render", "P.versa", "--out", "x.mp4", "--height", HEIGHT)
    assert fresh["chunks"]["reused"] == 0
    assert (folder / "w.mp4").read_bytes() == (folder / "x.mp4").read_bytes()


def test_a_killed_render_goes_on_where_it_was(folder):
    arguments = ("render", "P.versa", "--out", "v.mp4", "--height", "640")
    process = start(folder, *arguments)
    wait_for_chunks(folder, process, 1)
    process.kill()
    process.communicate()
    assert not (folder / "v.mp4").exists()
    told = answer(folder, *arguments)
    assert told["chunks"]["reused"] >= 1
    assert told["chunks"]["rendered"] + told["chunks"]["reused"] == 4
    assert probe_video(folder / "v.mp4").frames == told["frames"] == 153


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopping_leaves_no_half_file(folder, number, status):
    (folder / "v.mp4").write_bytes(b"the old video")
    process = start(folder, "render", "P.versa", "--out", "v.mp4", "--height", "640")
    wait_for_chunks(folder, process, 1)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == status
    assert "stopped; finished work is kept" in errors and "Traceback" not in errors
    assert (folder / "v.mp4").read_bytes() == b"the old video"
    assert visible(folder) == ["P.versa", "P.versa.cache", "a.wav", "p.png", "p.rig.json", "v.mp4"]
    assert list((folder / "P.versa.cache").rglob(".*")) == []


def test_overlapping_and_late_prompts_are_refused(folder):
    arguments = ("new", "Q.versa", "--portrait", "p.png", "--rig", "p.rig.json", "--audio", "a.wav")
    done = versa(folder, *arguments, "--prompt", "1-3: wave", "--prompt", "2-4: bow")
    assert done.returncode == 2
    assert "overlap from 2.0 to 3.0 s" in done.stderr
    done = versa(folder, *arguments, "--prompt", "5-7: wave")
    assert done.returncode == 2
    assert 'the prompt 5.0-7.0 s "wave" runs past the end of the audio (6.1 s)' in done.stderr
    assert not (folder / "Q.versa").exists()


def test_the_same_project_gives_the_same_motion(folder):
    project = load_project(folder / "P.versa")
    save_project(project.model_copy(update={"motion": None}), folder / "P.versa")
    shutil.rmtree(folder / "P.versa.cache")
    told = answer(folder, "regenerate", "P.versa", "--segment", "1", "--seed", "0")
    assert told["tokens_changed"] == []  # that is the seed it was made with
    assert load_project(folder / "P.versa").motion == project.motion


def test_doctor_finds_everything_that_is_needed(tmp_path):
    done = versa(tmp_path, "doctor")
    assert done.returncode == 0, done.stdout
    assert "Versa Director can run here." in done.stdout
