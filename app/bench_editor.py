"""How fast the editor's window is, shown by `versa bench`: timeline, waveform, skeleton, start, memory, two hours.

Makes a recording of two hours and a project of 2,000 segments, and measures each figure in a process of its own
(`app.bench_views`), so that none is helped or hurt by what another has loaded. The stages of the command line are
measured in `app.bench`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import numpy as np

from core.cancel import CancelToken, Progress, ProgressCallback
from core.constants import MICROSECONDS, SPEECH_RATE
from core.project_file import save_project
from core.timeline import Marker, Project, Segment, Take, Track, token_range

HOURS: Final = 2.0
SEGMENTS: Final = 2000
ROUNDS: Final = 2
CHILD_SECONDS: Final = 300.0
"""A measurement that takes longer than this is given up."""

GOALS: Final = {
    "frame_ms": 1000 / 60,
    "first_drawing_s": 0.5,
    "peaks_s": 20.0,
    "memory_mb": 600.0,
    "window_s": 2.0,
    "sample_s": 1.0,
}
"""What the editor is meant to keep on two cores."""

RECORDING: Final = "long.wav"
PROJECT: Final = "long.versa"

_PROMPTS: Final = ("wave with the right hand", "point to the left", "step forward", "nod", "")
_MEASURES: Final = ("peaks", "sound", "timeline", "plot", "skeleton", "window", "long")


def bench_editor(progress: ProgressCallback, cancel: CancelToken | None = None) -> dict[str, Any]:
    """Measure the editor.

    Args:
        progress: told the stage "editor" before every measurement.
        cancel: looked at between measurements.

    Returns:
        Plain data for JSON: one entry for each measurement, {"skipped": why} where it could not be made; `goals` are
        the limits that the figures are meant to keep. Times in seconds or milliseconds, memory in MB (10^6 bytes).
    """
    report: dict[str, Any] = {"goals": {name: round(value, 2) for name, value in GOALS.items()}}
    with tempfile.TemporaryDirectory(prefix="versa-bench-") as name, _display() as environment:
        folder = Path(name)
        progress(Progress("editor", 0, len(_MEASURES) + 1, None, "two hours of sound"))
        write_recording(folder / RECORDING, HOURS)
        long_project(folder, HOURS, SEGMENTS)
        for done, what in enumerate(_MEASURES):
            if cancel is not None:
                cancel.check()
            progress(Progress("editor", done + 1, len(_MEASURES) + 1, None, what))
            if environment is None and what not in ("peaks", "sound"):
                report[what] = {"skipped": "there is no display, and no Xvfb to make one"}
            elif what == "plot":
                continue
            elif what == "timeline":
                report.update(_waveforms(folder, environment))
            else:
                report[what] = measure(what, folder, environment)
    progress(Progress("editor", len(_MEASURES) + 1, len(_MEASURES) + 1))
    return report


def measure(what: str, folder: Path, environment: dict[str, str] | None = None) -> dict[str, Any]:
    """Make one measurement of `app.bench_views` in a process of its own.

    Args:
        what: its name.
        folder: holds the recording and the project; its cache is made by the measurement "peaks".
        environment: variables of the process; None takes ours.
    """
    variables = dict(os.environ if environment is None else environment)
    variables["VERSA_HOME"] = str(folder / "home")
    variables["VERSA_BENCH_BEGAN"] = repr(time.time())
    answer = folder / f"{what}.json"
    answer.unlink(missing_ok=True)
    command = [sys.executable, "-m", "app.bench_views", what, str(folder), str(answer)]
    root = Path(__file__).resolve().parents[1]
    try:
        done = subprocess.run(
            command, cwd=root, env=variables, stdin=subprocess.DEVNULL, capture_output=True, timeout=CHILD_SECONDS
        )
    except subprocess.TimeoutExpired:
        return {"skipped": f"took longer than {CHILD_SECONDS:.0f} s"}
    with suppress(OSError, ValueError):
        found: dict[str, Any] = json.loads(answer.read_text("utf-8"))
        return found
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return {"skipped": f"ended with status {done.returncode}: {said[-1] if said else 'no message'}"}


def write_recording(path: Path, hours: float) -> None:
    """Write a recording at 16 kHz that looks like speech: bursts of a voiced tone and noise, with pauses."""
    import soundfile

    random = np.random.default_rng(0)
    seconds = np.arange(60 * SPEECH_RATE) / SPEECH_RATE
    syllables = np.clip(np.sin(2 * np.pi * 2.3 * seconds) + 0.4, 0, 1) * (np.sin(2 * np.pi * seconds / 7) > -0.7)
    voice = np.sin(2 * np.pi * 140 * seconds) + 0.4 * np.sin(2 * np.pi * 420 * seconds)
    minute = (syllables * (0.25 * voice + 0.1 * random.standard_normal(len(seconds)))).astype(np.float32)
    with soundfile.SoundFile(path, "w", SPEECH_RATE, 1, "PCM_16") as file:
        for number in range(round(hours * 60)):
            file.write(minute * np.float32(0.4 + 0.6 * ((number * 7) % 10) / 10))


def long_project(folder: Path, hours: float, count: int) -> Project:
    """Make and save a project of `count` segments on the recording, with takes, emotions and markers.

    Uses the sample's portrait where it is installed.
    """
    from app.commands.demo import sample_folder

    duration_us = round(hours * 3600 * MICROSECONDS)
    prompts = count * 9 // 10
    step = duration_us // prompts
    body = []
    for number in range(prompts):
        start = number * step
        end = start + step * 4 // 5
        first, last = token_range(start, end)
        take = Take(seed=number, tokens=tuple((number + k) % 512 for k in range(last - first)))
        prompt = _PROMPTS[number % len(_PROMPTS)]
        body.append(Segment(start_us=start, end_us=end, prompt=prompt, takes=(take,), active_take=0))
    width = duration_us // max(1, count - prompts)
    face = [
        Segment(start_us=k * width, end_us=k * width + width // 2, emotion="happy", emotion_strength=0.7)
        for k in range(count - prompts)
    ]
    portrait = sample_folder() / "half.png"
    rig = portrait.with_suffix(".rig.json")
    project = Project(
        portrait=str(portrait),
        rig_file=str(rig) if rig.is_file() else "",
        audio=str(folder / RECORDING),
        duration_us=duration_us,
        tracks=(
            Track(kind="prompt", name="Body", segments=tuple(body)),
            Track(kind="emotion", name="Face", segments=tuple(face)),
        ),
        markers=tuple(Marker(time_us=duration_us * k // 50, name=f"Part {k}") for k in range(50)),
    )
    save_project(project, folder / PROJECT)
    return project


def _waveforms(folder: Path, environment: dict[str, str] | None) -> dict[str, Any]:
    """Our timeline and a plain plot in turn, so that a machine that slows down slows both; the best of each.

    The plot draws the waveform alone, so ours is compared without segments (`plain_over_waveform`) and with all of
    them (`plain_over_timeline`).
    """
    rounds = [(measure("timeline", folder, environment), measure("plot", folder, environment)) for _ in range(ROUNDS)]
    ours, plain = (_best([pair[side] for pair in rounds]) for side in (0, 1))
    report = {"timeline": ours, "plain_pyqtgraph": plain}
    if "skipped" not in ours and "skipped" not in plain:
        for part, name in (("waveform_frames", "plain_over_waveform"), ("frames", "plain_over_timeline")):
            report[name] = _ratios(plain["frames"], ours.get(part, {}))
    return report


def _ratios(slow: dict[str, dict[str, float]], fast: dict[str, dict[str, float]]) -> dict[str, float]:
    """How many times as long the frames of `slow` take."""
    both = [name for name in fast if "median_ms" in fast[name] and "median_ms" in slow.get(name, {})]
    return {name: round(slow[name]["median_ms"] / max(fast[name]["median_ms"], 1e-3), 1) for name in both}


def _best(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """The round with the shortest frames: what disturbs only ever adds time."""
    whole = [found for found in rounds if "skipped" not in found]
    if not whole:
        return rounds[0]
    return min(whole, key=lambda found: sum(part.get("median_ms", 1e9) for part in found["frames"].values()))


@contextmanager
def _display() -> Iterator[dict[str, str] | None]:
    """Yield the environment of a process with windows; on Linux without a display one of our own, or None."""
    environment = dict(os.environ)
    if not sys.platform.startswith("linux") or environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        yield environment
        return
    program = shutil.which("Xvfb")
    if program is None:
        yield None
        return
    read, write = os.pipe()
    command = [program, "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        os.close(write)
        try:
            with os.fdopen(read) as pipe:
                number = pipe.readline().strip()
            yield {**environment, "DISPLAY": f":{number}"} if number else None
        finally:
            server.terminate()
