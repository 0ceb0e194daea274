"""Speech features at the motion rate: what the networks hear, and where the speaker stresses and pauses.

Frames are placed by absolute time: frame t is centred at t / fps. Levels are judged relative to the recording itself,
so a quiet or noisy recording gives the same accents and pauses. Words and phonemes are not recognised here.
"""

from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.accents import accent_curve, find_syllables, pick_accents
from core.constants import MOTION_FPS, SPEECH_RATE
from core.pauses import Pause, SpeechLevel, find_pauses, measure_level, propose_segments, speaking_mask
from core.spectrum import (
    NUM_MELS,
    WINDOW,
    band_weights,
    decibels,
    half_rate,
    mel_filters,
    power_spectrum,
    windows_at,
    yin_pitch,
)

__all__ = [
    "NUM_SPEECH_FEATURES",
    "Pause",
    "SpeechFeatures",
    "find_pauses",
    "first_frames",
    "frame_count",
    "propose_segments",
    "speech_features",
]

NUM_SPEECH_FEATURES: Final = NUM_MELS + 6
"""Columns of `SpeechFeatures.matrix`."""

_STEP: Final = 0.01
"""Wanted spacing of analysis windows in seconds; the real one divides the frame period."""

_BLOCK: Final = 2400
"""Analysis windows worked on at once (24 s): bounds the memory."""

_QUIETEST: Final = -60.0
"""Loudness in dB that a recording is at least taken to have, so that hiss alone is not blown up."""

_VOICED: Final = 0.5
"""Voicing from which a frame has a pitch."""


@dataclass(frozen=True)
class SpeechFeatures:
    """Features of a recording, T frames, frame t centred at t / fps seconds.

    Attributes:
        log_mel: (T, 40) float32 dB, power in mel bands from 60 to 7600 Hz, -100 or more.
        energy: (T,) float32 dB, mean power relative to full scale, -100 or more.
        pitch: (T,) float32 Hz, 65 to 400, 0 where unvoiced.
        voicing: (T,) float32 0..1, how periodic the sound is.
        onset: (T,) float32 0..1, strength of a sudden rise in the spectrum.
        accent: (T,) float32 0..1, prosodic prominence: bumps at syllables, high where the speaker stresses.
        speaking: (T,) float32 0 or 1.
        accents: (K,) float64 seconds, ascending: times of the stressed syllables' attacks.
        fps: frames per second.
        samples: (n,) float32 mono at 16 kHz that the features were made of, for encoders that hear the sound itself;
            the array of the recording, not a copy. None where only the features are known.
    """

    log_mel: NDArray[np.float32]
    energy: NDArray[np.float32]
    pitch: NDArray[np.float32]
    voicing: NDArray[np.float32]
    onset: NDArray[np.float32]
    accent: NDArray[np.float32]
    speaking: NDArray[np.float32]
    accents: NDArray[np.float64]
    fps: float = float(MOTION_FPS)
    samples: NDArray[np.float32] | None = field(default=None, repr=False, compare=False)

    def __len__(self) -> int:
        return int(self.energy.shape[0])

    def matrix(self) -> NDArray[np.float32]:
        """(T, 46) float32 for networks, each column about -2.5..2.5 and independent of the recording's level.

        Columns: 40 mel bands and the energy relative to the recording's loudness (its 95th percentile; what lies 60 dB
        and more below counts as -60 dB) in units of 20 dB, pitch in half octaves from the speaker's median (0 where
        unvoiced), voicing, onset, accent, speaking.
        """
        active = self.energy[self.speaking > 0]
        loudness = max(float(np.percentile(active if len(active) else self.energy, 95)), _QUIETEST)
        voiced = self.pitch > 0
        pitch = np.zeros(len(self), dtype=np.float32)
        if voiced.any():
            middle = float(np.median(self.pitch[voiced]))
            pitch[voiced] = 2.0 * np.log2(self.pitch[voiced] / middle)
        columns = [
            (np.maximum(self.log_mel - loudness, -60.0) + 30.0) / 20.0,
            ((np.maximum(self.energy - loudness, -60.0) + 20.0) / 20.0)[:, None],
            pitch[:, None],
            self.voicing[:, None],
            self.onset[:, None],
            self.accent[:, None],
            self.speaking[:, None],
        ]
        return np.asarray(np.clip(np.concatenate(columns, axis=1), -2.5, 2.5), dtype=np.float32)


@dataclass(frozen=True)
class _Tracks:
    """Analysis at the fine grid of N windows (about 100 a second), one row a window; mel per frame."""

    log_mel: NDArray[np.float32]  # (T, 40) dB
    flux: NDArray[np.float32]  # (N,)
    pitch: NDArray[np.float32]  # (N,) Hz
    voicing: NDArray[np.float32]  # (N,) 0..1
    vowel: NDArray[np.float32]  # (N,) dB, 300 to 3000 Hz


def frame_count(duration: float, fps: float) -> int:
    """Frames that cover `duration` seconds: its ceiling, at least 1, forgiving rounding errors of the product."""
    return max(1, ceil(duration * fps - 1e-6))


def speech_features(
    samples: NDArray[np.float32], duration: float | None = None, fps: float = MOTION_FPS
) -> SpeechFeatures:
    """Compute the features of a whole recording.

    Args:
        samples: (n,) float32 mono at 16 kHz.
        duration: seconds to cover; silence is added or the end left out. None: the samples' own length.
        fps: frames per second, above 0.

    Returns:
        Features with ceil(duration * fps) frames, at least one.
    """
    if duration is None:
        duration = len(samples) / SPEECH_RATE
    else:
        samples = samples[: round(duration * SPEECH_RATE)]
    frames = frame_count(duration, fps)
    per_frame = max(1, round(1.0 / (fps * _STEP)))
    step = 1.0 / (fps * per_frame)
    # Windows of frame t lie symmetrically about t / fps.
    first = -0.5 * (per_frame - 1) * step
    count = frames * per_frame
    power = _window_power(samples, count, first, step)
    energy = decibels(power)
    level = measure_level(energy, step)
    tracks = _analyse(samples, energy, per_frame, first, step, level)
    speaking = speaking_mask(energy, level, step)
    onset = _normalised_onset(tracks.flux)
    syllables = find_syllables(tracks.vowel, tracks.pitch, onset, speaking, step)
    accents = first + step * syllables.attacks[pick_accents(syllables, step)]
    per = (frames, per_frame)
    return SpeechFeatures(
        log_mel=tracks.log_mel,
        energy=decibels(power.reshape(per).mean(axis=1)),
        pitch=_frame_pitch(tracks.pitch.reshape(per)),
        voicing=tracks.voicing.reshape(per).mean(axis=1),
        onset=onset.reshape(per).max(axis=1),
        accent=accent_curve(syllables, count, step).reshape(per).max(axis=1),
        speaking=(speaking.reshape(per).mean(axis=1) >= 0.5).astype(np.float32),
        accents=np.clip(accents, 0.0, duration),
        fps=float(fps),
        samples=samples,
    )


def _centres(first: float, step: float, start: int, stop: int, rate: int) -> NDArray[np.int64]:
    """Sample numbers of the windows start..stop, from absolute time."""
    return np.asarray(np.rint((first + step * np.arange(start, stop)) * rate), dtype=np.int64)


def _window_power(samples: NDArray[np.float32], count: int, first: float, step: float) -> NDArray[np.float32]:
    """(count,) variance of each 25 ms window: its mean power without a constant offset."""
    power = np.empty(count, dtype=np.float32)
    for start in range(0, count, _BLOCK):
        stop = min(start + _BLOCK, count)
        windows = windows_at(samples, _centres(first, step, start, stop, SPEECH_RATE), WINDOW)
        power[start:stop] = windows.var(axis=1)
    return power


def _analyse(
    samples: NDArray[np.float32],
    energy: NDArray[np.float32],
    per_frame: int,
    first: float,
    step: float,
    level: SpeechLevel,
) -> _Tracks:
    """Everything that needs spectra, block by block."""
    count = len(energy)
    log_mel = np.empty((count // per_frame, NUM_MELS), dtype=np.float32)
    flux, pitch, voicing, vowel = (np.zeros(count, dtype=np.float32) for _ in range(4))
    block = max(1, _BLOCK // per_frame) * per_frame
    # Rises below this power are noise: they must not count as onsets.
    reference = np.float32(10.0 ** ((level.loudness - 40.0) / 10.0))
    earlier = np.zeros((2, NUM_MELS), dtype=np.float32)
    for start in range(0, count, block):
        stop = min(start + block, count)
        spectrum = power_spectrum(windows_at(samples, _centres(first, step, start, stop, SPEECH_RATE), WINDOW))
        mel = spectrum @ mel_filters()
        by_frame = mel.reshape(-1, per_frame, NUM_MELS).mean(axis=1)
        log_mel[start // per_frame : stop // per_frame] = decibels(by_frame)
        vowel[start:stop] = decibels(spectrum @ band_weights(300.0, 3000.0))
        compressed = np.concatenate([earlier, np.log10(1.0 + mel / reference)])
        flux[start:stop] = np.maximum(compressed[2:] - compressed[:-2], 0.0).mean(axis=1)
        earlier = compressed[-2:]
        # One sample more on each side than the windows need, so that the block's edge does not show.
        low = max(0, round((first + step * start) * SPEECH_RATE) - 1024) // 2 * 2
        high = round((first + step * stop) * SPEECH_RATE) + 1024
        centres = _centres(first, step, start, stop, SPEECH_RATE // 2) - low // 2
        pitch[start:stop], aperiodicity = yin_pitch(half_rate(samples[low:high]), centres)
        voicing[start:stop] = np.clip(1.0 - _VOICED / 0.31 * aperiodicity, 0.0, 1.0)
    if level.silent:
        voicing[:] = 0.0
    else:
        # Hum and room tone are periodic too, but nobody's voice: fade out over 6 dB below the threshold of speech.
        voicing *= np.clip((energy - level.threshold + 12.0) / 6.0, 0.0, 1.0)
    return _Tracks(log_mel, flux, np.where(voicing >= _VOICED, pitch, 0.0).astype(np.float32), voicing, vowel)


def _normalised_onset(flux: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N,) 0..1: flux relative to the recording's strong onsets."""
    strong = max(float(np.percentile(flux, 99)), 0.2)
    return np.asarray(np.minimum(flux / strong, 1.0), dtype=np.float32)


def _frame_pitch(pitch: NDArray[np.float32]) -> NDArray[np.float32]:
    """(T,) median of the voiced windows of each frame (T, windows), 0 where fewer than half are voiced."""
    voiced = pitch > 0
    ordered = np.sort(np.where(voiced, pitch, np.inf), axis=1)
    number = voiced.sum(axis=1)
    middle = ordered[np.arange(len(pitch)), np.maximum(number - 1, 0) // 2]
    return np.where(2 * number >= pitch.shape[1], middle, 0.0).astype(np.float32)


def first_frames(speech: SpeechFeatures, frames: int) -> SpeechFeatures:
    """The beginning of a recording's features."""
    names = ("log_mel", "energy", "pitch", "voicing", "onset", "accent", "speaking")
    parts: dict[str, Any] = {name: getattr(speech, name)[:frames] for name in names}
    seconds = frames / speech.fps
    samples = None if speech.samples is None else speech.samples[: round(seconds * SPEECH_RATE)]
    return replace(speech, **parts, accents=speech.accents[speech.accents < seconds], samples=samples)
