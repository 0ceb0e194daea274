"""Records the sample speech with espeak-ng: sentence by sentence with pauses, so that every sentence's time is known.

The recordings are bundled, so only who changes the text needs this (and the Debian package espeak-ng):
`python packaging/make_speech.py`.
"""

import argparse
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

ROOT = Path(__file__).resolve().parents[1]
RATE: Final = 22_050
SILENCE: Final = 0.012
"""Samples below this share of the loudest one count as silence at a sentence's ends."""

SENTENCES: Final = (
    ("Hello, and welcome to Versa Director!", 0.55),
    ("I am a picture and a voice.", 0.6),
    ("You write what I should do, and when.", 0.55),
    ("I raise my hands. I point. I stop.", 0.6),
    ("In between, I simply talk.", 0.65),
    ("Thank you for watching!", 0.9),
)
"""Text and the pause in seconds after it."""


@dataclass(frozen=True)
class Voice:
    """An espeak-ng voice with its pitch (0..99) and speed in words a minute."""

    name: str
    pitch: int
    speed: int


VOICES: Final = {"speech": Voice("en-us+f2", 42, 148), "speech_low": Voice("en-us+m3", 38, 148)}


def say(text: str, voice: Voice) -> np.ndarray:
    """One sentence as float32 samples at `RATE`, without the silence around it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sentence.wav"
        command = ["espeak-ng", "-v", voice.name, "-s", str(voice.speed), "-p", str(voice.pitch), "-w", str(path), text]
        subprocess.run(command, check=True)
        samples, rate = soundfile.read(path, dtype="float32")
    if rate != RATE:
        raise ValueError(f"espeak-ng spoke at {rate} Hz instead of {RATE}.")
    loud = np.flatnonzero(np.abs(samples) > SILENCE * np.abs(samples).max())
    return np.asarray(samples[loud[0] : loud[-1] + 1])


def soften(samples: np.ndarray) -> np.ndarray:
    """Take the edge off the synthetic voice: less hiss above 5 kHz, then bring the peak to -3 dB."""
    from scipy.signal import butter, sosfiltfilt

    low = sosfiltfilt(butter(2, 5000, fs=RATE, output="sos"), samples)
    mixed = 0.35 * samples + 0.65 * low
    return np.asarray(mixed / np.abs(mixed).max() * 10 ** (-3 / 20), np.float32)


def record(voice: Voice) -> tuple[np.ndarray, list[dict[str, float | str]]]:
    """The whole speech, and start and end in seconds of each sentence."""
    fade = np.linspace(0, 1, RATE // 200, dtype=np.float32)
    parts = [np.zeros(round(0.35 * RATE), np.float32)]
    times: list[dict[str, float | str]] = []
    for text, pause in SENTENCES:
        spoken = say(text, voice)
        spoken[: len(fade)] *= fade
        spoken[-len(fade) :] *= fade[::-1]
        start = sum(map(len, parts)) / RATE
        times.append({"start": round(start, 3), "end": round(start + len(spoken) / RATE, 3), "text": text})
        parts += [spoken, np.zeros(round(pause * RATE), np.float32)]
    return soften(np.concatenate(parts)), times


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Record the sample speech.")
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "sample", help="folder to write to")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, voice in VOICES.items():
        samples, times = record(voice)
        soundfile.write(out / f"{name}.flac", samples, RATE, subtype="PCM_16")
        (out / f"{name}.json").write_text(json.dumps({"sentences": times}, indent=2) + "\n", encoding="utf-8")
        print(f"{name}: {len(samples) / RATE:.2f} s")
    (out / "speech.txt").write_text("\n".join(text for text, _ in SENTENCES) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
