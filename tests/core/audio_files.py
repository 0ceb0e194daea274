"""Recordings that the tests of audio and video make for themselves."""

import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import butter, correlate, sosfilt


def noise(seconds: float, rate: int, channels: int = 1, seed: int = 0) -> NDArray[np.float64]:
    """(n, channels) noise below 2.8 kHz: survives every codec, and has one sharp correlation peak."""
    random = np.random.default_rng(seed)
    raw = random.standard_normal((round(seconds * rate), channels)) * 0.2
    return np.asarray(sosfilt(butter(4, 2800 / (rate / 2), output="sos"), raw, axis=0))


def write_wav(path: Path, samples: NDArray[Any], rate: int, subtype: str = "FLOAT") -> Path:
    """Write a WAV file."""
    soundfile.write(path, samples, rate, subtype=subtype, format="WAV")
    return path


def ffmpeg(*arguments: str | Path) -> None:
    """Run FFmpeg; raises when it fails."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", *map(str, arguments)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)


def offset(found: NDArray[np.float32], wanted: NDArray[np.float32]) -> int:
    """Samples by which `found` is later than `wanted`, by cross-correlation."""
    length = min(len(found), len(wanted))
    scores = correlate(found[:length], wanted[:length], method="fft")
    return int(np.argmax(scores)) - (length - 1)
