"""Speech-like signals with known truth: syllables, pauses, pitch, vowels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, lfilter, sosfilt

RATE = 16_000

AH = (730.0, 1090.0, 2440.0)
EE = (270.0, 2290.0, 3010.0)
OO = (300.0, 870.0, 2240.0)
"""Formants of an average male speaker in Hz (Peterson and Barney 1952)."""


def harmonics(hertz: float, seconds: float, number: int = 8) -> NDArray[np.float64]:
    """A tone with overtones falling by 6 dB an octave, amplitude about 1."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(np.sum([np.sin(2 * np.pi * hertz * h * time) / h for h in range(1, number + 1)], axis=0))


def vowel(formants: tuple[float, ...], seconds: float, hertz: float = 120.0) -> NDArray[np.float64]:
    """A train of pulses through resonators of 80 Hz width, peak 1."""
    time = np.arange(round(seconds * RATE)) / RATE
    source = np.sum([np.cos(2 * np.pi * hertz * h * time) for h in range(1, int(4000 / hertz))], axis=0)
    for formant in formants:
        radius = np.exp(-np.pi * 80.0 / RATE)
        source = lfilter([1 - radius], [1, -2 * radius * np.cos(2 * np.pi * formant / RATE), radius**2], source)
    return np.asarray(source / np.abs(source).max())


def hiss(seconds: float, low: float, high: float, seed: int = 0) -> NDArray[np.float64]:
    """Noise of a band, mean square 1."""
    raw = np.random.default_rng(seed).standard_normal(round(seconds * RATE))
    band = sosfilt(butter(6, [low / 8000, min(high, 7900) / 8000], "bandpass", output="sos"), raw)
    return np.asarray(band / band.std())


@dataclass(frozen=True)
class Speech:
    """A made-up recording.

    Attributes:
        samples: (n,) float32.
        attacks: seconds at which syllables begin.
        stressed: whether each of them is stressed (louder, higher).
        pauses: (start, end) seconds without sound, inside the recording.
    """

    samples: NDArray[np.float32]
    attacks: NDArray[np.float64]
    stressed: NDArray[np.bool_]
    pauses: tuple[tuple[float, float], ...]


def speech(phrases: int = 4, seed: int = 0, noise: float = 1e-4) -> Speech:
    """Phrases of 8 to 12 syllables of 0.16 to 0.22 s, every third stressed, with pauses of 0.5 to 0.9 s between."""
    random = np.random.default_rng(seed)
    time = 0.4
    pieces: list[tuple[float, NDArray[np.float64]]] = []
    attacks, stressed, pauses = [], [], []
    for phrase in range(phrases):
        if phrase:
            length = float(random.uniform(0.5, 0.9))
            pauses.append((time, time + length))
            time += length
        for syllable in range(int(random.integers(8, 13))):
            stress = syllable % 3 == 1
            length = float(random.uniform(0.16, 0.22))
            sound = vowel((AH, EE, OO)[int(random.integers(3))], length * 0.85, 150.0 if stress else 115.0)
            sound /= sound.std()
            envelope = np.minimum(np.linspace(0, 12, len(sound)), np.linspace(2.5, 0, len(sound))).clip(0, 1)
            pieces.append((time, sound * envelope * (0.16 if stress else 0.06)))
            attacks.append(time)
            stressed.append(stress)
            time += length
    samples = noise * random.standard_normal(round((time + 0.4) * RATE))
    for begin, sound in pieces:
        first = round(begin * RATE)
        samples[first : first + len(sound)] += sound
    return Speech(samples.astype(np.float32), np.array(attacks), np.array(stressed), tuple(pauses))
