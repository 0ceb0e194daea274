"""How fast this machine runs each stage, and with how much memory. Shown by `versa bench`.

Every figure is measured in this process on the bundled sample, whose portrait is cut so that the video is 720 x 1280.
Where two ways are compared they are measured in turn, so that a machine that slows down meanwhile slows both.
"""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from app.director import Director
from app.model_source import InstalledModels, MotionMaker
from app.rendering import RenderReport
from core.audio import load_audio
from core.cancel import CancelToken, Progress, ProgressCallback
from core.constants import MOTION_FPS
from core.motion import MotionClip
from core.project_file import load_project
from core.speech import SpeechFeatures, speech_features
from core.timeline import Project

MOTION_SECONDS: Final = 10
MOTION_PROMPTS: Final = ((0.15, 0.45, "wave with the right hand"), (0.6, 0.9, "bow"))
"""Where prompts begin and end, as shares of the recording, and their texts."""

RENDER_SECONDS: Final = 6.0
RENDER_HEIGHT: Final = 1280
RENDER_ASPECT: Final = 720 / 1280
RENDER_FPS: Final = 25.0
ROUNDS: Final = 3
STEPS: Final = 6


def run_bench(sample: Path, progress: ProgressCallback, cancel: CancelToken) -> dict[str, Any]:
    """Measure all stages on a sample project.

    Args:
        sample: a project with a recording of at least 10 s.
        progress: told the stage "bench" after every measurement.
        cancel: looked at between measurements.

    Returns:
        Plain data for JSON: times in seconds, speeds as seconds of recording per second of work, memory in bytes.
    """
    done = 0

    def step(message: str) -> None:
        nonlocal done
        cancel.check()
        progress(Progress("bench", done, STEPS, None, message))
        done += 1

    project = load_project(sample)
    report: dict[str, Any] = {"machine": _machine()}
    step("audio")
    decode, audio = best(lambda: load_audio(project.audio))
    report["audio_decode"] = _speed(decode, audio.duration)
    step("speech features")
    features, _ = best(lambda: speech_features(audio.samples, audio.duration, MOTION_FPS))
    report["speech_features"] = _speed(features, audio.duration)

    step("motion")
    models = InstalledModels()
    load, maker = timed(models.motion)
    report["motion_load"] = {"seconds": load}
    part = audio.samples[: MOTION_SECONDS * 16_000]
    speech = speech_features(part, len(part) / 16_000, MOTION_FPS)
    made, clip = _motion(models, maker, speech, len(part) / 16_000, cancel)
    report |= made

    step("poses")
    load, translator = timed(models.poses)
    with tempfile.TemporaryDirectory(prefix="versa-bench-") as folder:
        upright = _upright(project, Path(folder))
        director = Director(upright, Path(folder) / "bench.versa", models=models, cancel=cancel)
        load_picture, portrait = timed(director.portrait)
        report["portrait"] = {"seconds": load_picture}
        report["poses_load"] = {"seconds": load}
        ways = in_turn(
            {
                mode: partial(translator.translate, clip, portrait, mode=mode, progress=progress_off, cancel=cancel)
                for mode in ("bank", "direct")
            }
        )
        report["poses"] = {mode: _speed(seconds, clip.duration) for mode, seconds in ways.items()}
        report["poses"]["bank_over_direct"] = round(ways["bank"] / ways["direct"], 2)

        step("video")
        first, result = timed(lambda: _render(director, Path(folder) / "first.mp4"))
        seconds = result.frames / result.fps
        report["draft_first"] = _speed(first, seconds)
        worked: list[float] = []
        again_to = Path(folder) / "v.mp4"
        ways = in_turn(
            {
                f"workers_{count}": partial(_processor_time, worked, partial(_render, director, again_to, count))
                for count in (1, 2)
            },
            rounds=2,
        )
        report["draft"] = {
            "size": [result.width, result.height],
            "fps": result.fps,
            **{name: _speed(value, seconds) for name, value in ways.items()},
            "two_workers_gain": round(ways["workers_1"] / ways["workers_2"], 2),
            # The first render also cuts the person out and takes the portrait apart, once a portrait and size.
            "set_up_seconds": round(max(first - ways["workers_2"], 0.0), 2),
            "processor_ms_per_frame": round(1000.0 * min(worked) / result.frames, 2),
        }
        step("reuse")
        again, _ = timed(lambda: director.render(again_to, height=RENDER_HEIGHT, end=RENDER_SECONDS))
        report["draft_from_cache"] = _speed(again, seconds)
    report["peak_memory"] = peak_memory()
    progress(Progress("bench", STEPS, STEPS))
    return report


def _motion(
    models: InstalledModels, maker: MotionMaker, speech: SpeechFeatures, length: float, cancel: CancelToken
) -> tuple[dict[str, Any], MotionClip]:
    """Motion of speech alone, of speech with prompts, and of one prompted segment that is half as long, made anew."""
    prompts = [
        models.span(start=begin * length, end=end * length, prompt=prompt, seed=1, strength=1.0)
        for begin, end, prompt in MOTION_PROMPTS
    ]
    start, end = 0.25 * length, 0.75 * length
    segment = [models.span(start=start, end=end, prompt=MOTION_PROMPTS[0][2], seed=1, strength=1.0)]
    generate = partial(maker.generate, speech, seed=0, progress=progress_off, cancel=cancel)
    tokens = generate(spans=()).tokens  # the first call warms up

    def again() -> MotionClip:
        takes = maker.takes(
            tokens, speech, segment, start=start, end=end, seeds=[1], progress=progress_off, cancel=cancel
        )
        return maker.decode(takes[0], len(speech))

    again()
    spoken, clip = best(partial(generate, spans=()))
    prompted, _ = best(partial(generate, spans=prompts))
    anew, _ = best(again)
    return {
        "motion": _speed(spoken, length),
        "motion_prompts": _speed(prompted, length),
        "motion_segment": _speed(anew, end - start),
    }, clip


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long the work took in seconds, and its result."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def best(work: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, Any]:
    """Return the shortest time of several rounds, and the last result: what disturbs only ever adds time."""
    times = []
    for _ in range(rounds):
        seconds, result = timed(work)
        times.append(seconds)
    return min(times), result


def in_turn(ways: dict[str, Callable[[], Any]], rounds: int = ROUNDS) -> dict[str, float]:
    """Return the shortest time of each way, measured side by side: one round of all, then the next."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, work in ways.items():
            times[name].append(timed(work)[0])
    return {name: min(values) for name, values in times.items()}


def _processor_time(into: list[float], work: Callable[[], Any]) -> Any:
    """Do the work and note the processor seconds that it took in this process and in its children."""
    before = sum(os.times()[:4])
    result = work()
    into.append(sum(os.times()[:4]) - before)
    return result


def peak_memory() -> dict[str, int] | None:
    """Return the largest resident memory so far, of this process and of the largest child, or None if unknown."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "process": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
        "encoder": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit,
    }


def progress_off(progress: Progress) -> None:
    """Swallow the reports of what is measured: drawing bars would be measured too."""


def _render(director: Director, out: Path, workers: int = 2) -> RenderReport:
    """Render with no chunk in the cache."""
    director.cache.clean(stages=("frames", "flags"))
    return director.render(out, height=RENDER_HEIGHT, fps=RENDER_FPS, end=RENDER_SECONDS, workers=workers)


def _upright(project: Project, folder: Path) -> Project:
    """The sample with its portrait cut to an upright frame of a telephone, the person in the middle."""
    portrait = Director(project, folder / "sample.versa").portrait()
    width = min(portrait.width, round(portrait.height * RENDER_ASPECT / 2) * 2)
    left = (portrait.width - width) // 2
    rig = portrait.rig
    away = np.array([left, 0.0, 0.0], np.float32)
    moved = replace(
        rig,
        body=rig.body - away,
        hand_tips=rig.hand_tips - away,
        face_box=rig.face_box - np.array([left, 0.0, 0.0, 0.0], np.float32),
        mouth=rig.mouth - away,
        image_size=(width, portrait.height),
    )
    Image.fromarray(portrait.image[:, left : left + width]).save(folder / "upright.png")
    (folder / "upright.rig.json").write_text(moved.to_json(), "utf-8")
    return project.replace(portrait=str(folder / "upright.png"), rig_file=str(folder / "upright.rig.json"), rig=None)


def _speed(seconds: float, duration: float) -> dict[str, float]:
    return {
        "seconds": round(seconds, 4),
        "of_recording": round(duration, 3),
        "times_real_time": round(duration / max(seconds, 1e-9), 2),
    }


def _machine() -> dict[str, Any]:
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "torch": version("torch"),
    }
