"""What this machine and this installation have, what is missing, and what to do about it.

Looks only; nothing is installed, downloaded or changed. Shown by `versa doctor`.
"""

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from models.weights.entry import BundledSource

if TYPE_CHECKING:
    from models.weights import WeightEntry

Level = Literal["ok", "note", "missing"]

LIBRARIES: Final = (
    "numpy",
    "scipy",
    "pydantic",
    "torch",
    "safetensors",
    "transformers",
    "huggingface_hub",
    "av",
    "soundfile",
    "imageio-ffmpeg",
    "opencv-python-headless",
    "pillow",
    "tqdm",
)
"""What the program cannot run without."""

EXTRAS: Final = {"sounddevice": "hearing the recording in the editor"}
"""What only some parts need, and for what."""

FREE_DISK_BYTES: Final = 2 * 2**30


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes:
        topic: what was looked at.
        level: "ok"; "note" for something to know that stops nothing; "missing" where the program cannot do its work.
        text: what was found.
        advice: what to do, "" if nothing.
    """

    topic: str
    level: Level
    text: str
    advice: str = ""


def examine() -> tuple[Finding, ...]:
    """Look at everything."""
    parts: tuple[Callable[[], list[Finding]], ...] = (
        _system,
        _libraries,
        _accelerator,
        _ffmpeg,
        _sound,
        _weights,
        _renderers,
        _disk,
    )
    return tuple(finding for part in parts for finding in part())


def can_run(findings: tuple[Finding, ...]) -> bool:
    """Tell whether nothing that the program needs is missing."""
    return all(finding.level != "missing" for finding in findings)


def as_data(findings: tuple[Finding, ...]) -> dict[str, Any]:
    """Return the report for programs."""
    return {"can_run": can_run(findings), "findings": [asdict(finding) for finding in findings]}


def _system() -> list[Finding]:
    memory = total_memory()
    text = f"{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} CPU cores"
    if memory is not None:
        text += f", {memory / 2**30:.1f} GiB of memory"
    found = [Finding("system", "ok", text), Finding("python", "ok", f"{platform.python_version()} at {sys.executable}")]
    if memory is not None and memory < 3.5 * 2**30:
        found.append(Finding("memory", "note", "less than 4 GiB", "close other programs while rendering"))
    return found


def _libraries() -> list[Finding]:
    found = []
    for name in LIBRARIES:
        try:
            found.append(Finding(name, "ok", importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            found.append(Finding(name, "missing", "not installed", f"install it: python3 -m pip install {name}"))
    for name, purpose in EXTRAS.items():
        try:
            found.append(Finding(name, "ok", importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            found.append(Finding(name, "note", f"not installed; only for {purpose}"))
    return found


def _accelerator() -> list[Finding]:
    try:
        import torch
    except ImportError as error:
        return [Finding("GPU", "missing", f"torch cannot be loaded: {error}", "install torch again")]
    if torch.cuda.is_available():
        found = []
        for number in range(torch.cuda.device_count()):
            properties = torch.cuda.get_device_properties(number)
            free, total = torch.cuda.mem_get_info(number)
            text = f"{properties.name}, {total / 2**30:.1f} GiB of video memory, {free / 2**30:.1f} GiB free"
            found.append(Finding("GPU", "ok", f"{text} (CUDA {torch.version.cuda})"))
        return found
    if torch.backends.mps.is_available():
        return [Finding("GPU", "ok", "Apple GPU")]
    if shutil.which("nvidia-smi"):
        advice = "install the CUDA build of torch to use it"
        return [Finding("GPU", "note", "an NVIDIA driver is there but this torch was built without CUDA", advice)]
    return [Finding("GPU", "note", "none; motion and the draft renderer run on the CPU and need none")]


def _ffmpeg() -> list[Finding]:
    try:
        import imageio_ffmpeg

        path = imageio_ffmpeg.get_ffmpeg_exe()
        first = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (ImportError, RuntimeError, OSError, subprocess.SubprocessError) as error:
        advice = "install it again: python3 -m pip install --force-reinstall imageio-ffmpeg"
        return [Finding("ffmpeg", "missing", f"cannot be started: {error}", advice)]
    return [Finding("ffmpeg", "ok", f"{' '.join(first.split()[:3])} at {path}")]


def _sound() -> list[Finding]:
    try:
        import sounddevice
    except (ImportError, OSError):
        cards = _linux_cards()
        if cards:
            return [Finding("sound output", "ok", f"{cards} (playback comes with the editor)")]
        return [Finding("sound output", "note", "not known; rendering needs none")]
    try:
        device = sounddevice.query_devices(kind="output")
    except (ValueError, sounddevice.PortAudioError):
        return [Finding("sound output", "note", "no device; rendering needs none")]
    return [Finding("sound output", "ok", str(device["name"]))]


def _linux_cards() -> str:
    try:
        lines = Path("/proc/asound/cards").read_text("utf-8").splitlines()
    except OSError:
        return ""
    return ", ".join(line.partition(" - ")[2].strip() for line in lines if " - " in line)


def _weights() -> list[Finding]:
    from models.weights import ENTRIES

    return [_weights_finding(entry) for entry in ENTRIES]


def _weights_finding(entry: "WeightEntry") -> Finding:
    """Describe one set of weights; only what comes with the program can be missing for good."""
    from models.weights import size_text

    topic, state, wrong = f"weights {entry.name}", entry.state(), entry.problems()
    text = f"{entry.title}, {size_text(entry.size)}, {entry.licence.name}"
    if state == "ready":
        checked = "sizes right" if entry.downloadable else "checksum right"
        return Finding(topic, "ok", f"{text}; {entry.folder()}, {checked}")
    if entry.downloadable:
        said = "; ".join(f"{name} {reason}".strip() for name, reason in wrong.items())
        advice = f"to get it: versa models download {entry.name}"
        return Finding(topic, "note", f"{text}; {said or state}, only for {entry.needed_by}", advice)
    if state == "damaged" and isinstance(entry.source, BundledSource):
        advice = "if you did not train them yourself, install the program again"
        return Finding(topic, "note", f"{text}; {entry.folder()}, not the file that came with the program", advice)
    said = "wrong checksum: damaged or exchanged" if state == "damaged" else "not there"
    return Finding(topic, "missing", f"{text}; {said}", entry.missing_message())


def _renderers() -> list[Finding]:
    from models.renderers import available_renderers, get_renderer

    found = []
    for name in available_renderers():
        renderer = get_renderer(name)
        found.append(Finding(f"renderer {name}", "ok", f"needs {renderer.needs}; {renderer.licence}"))
    return found


def _disk() -> list[Finding]:
    free = shutil.disk_usage(Path.cwd()).free
    text = f"{free / 2**30:.1f} GiB free in {Path.cwd()}"
    if free < FREE_DISK_BYTES:
        return [Finding("disk", "note", text, "free some: a minute of draft video takes about 30 MiB with its cache")]
    return [Finding("disk", "ok", text)]


def total_memory() -> int | None:
    """Return the bytes of memory of this machine, or None where the system does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
