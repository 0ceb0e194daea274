"""`core.lips`: the mouth follows the sound level in time, shuts in silence, and tells vowels apart by width."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.lips import mouth_opening
from tests.core.speech_signals import AH, EE, OO, RATE, hiss, speech, vowel


def _levels(samples: NDArray[np.float32], fps: float, frames: int) -> NDArray[np.float64]:
    """(frames,) dB of 40 ms around each frame, within 32 dB of the loud ones."""
    levels = np.empty(frames)
    for frame in range(frames):
        centre = round(frame / fps * RATE)
        levels[frame] = 10 * np.log10(np.mean(samples[max(0, centre - 320) : centre + 320] ** 2) + 1e-12)
    return np.asarray(np.maximum(levels, np.percentile(levels, 95) - 32))


@pytest.mark.parametrize("fps", [20.0, 25.0, 30.0])
@pytest.mark.parametrize("seed", range(4))
def test_opening_follows_the_level(seed: int, fps: float) -> None:
    samples = speech(5, seed).samples
    frames = int(len(samples) / RATE * fps)
    opening = mouth_opening(samples, fps, frames).opening
    levels = _levels(samples, fps, frames)
    scores = {}
    for lag in range(-4, 5):
        late = opening[max(0, lag) : frames + min(0, lag)]
        early = levels[max(0, -lag) : frames - max(0, lag)]
        scores[lag] = np.corrcoef(late, early)[0, 1]
    assert scores[0] >= 0.7
    assert max(scores, key=lambda lag: scores[lag]) in (0, 1, 2)


def test_shut_in_pauses_and_open_in_between() -> None:
    made = speech(5, 3, noise=1e-3)
    opening = mouth_opening(made.samples, 25, int(len(made.samples) / RATE * 25)).opening
    assert opening.dtype == np.float32
    assert opening.min() == 0.0
    assert 0.8 < opening.max() <= 1.0
    for start, end in made.pauses:
        assert not opening[int((start + 0.25) * 25) : int((end - 0.08) * 25)].any()


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(5 * RATE), 1e-4 * hiss(5.0, 100, 7000)])
def test_silence_keeps_the_mouth_shut(samples: NDArray[np.float64]) -> None:
    track = mouth_opening(samples.astype(np.float32), 25, 125)
    assert not track.opening.any()
    assert (track.width == 0.5).all()


def test_no_frames() -> None:
    assert mouth_opening(np.zeros(100, np.float32), 25, 0).opening.shape == (0,)


def test_more_frames_than_sound_and_the_same_start() -> None:
    samples = speech(3, 1).samples
    frames = int(len(samples) / RATE * 25)
    short, long = mouth_opening(samples, 25, frames), mouth_opening(samples, 25, frames + 100)
    assert not long.opening[frames + 10 :].any()
    np.testing.assert_array_equal(short.opening, long.opening[:frames])
    np.testing.assert_array_equal(short.width[: frames - 5], long.width[: frames - 5])
    np.testing.assert_array_equal(mouth_opening(samples, 25, 30).opening, long.opening[:30])


def test_width_tells_ee_from_oo() -> None:
    gap = np.zeros(RATE // 4)
    sounds = [vowel(shape, 0.4) * 0.3 for shape in (OO, EE, OO, AH, EE)]
    samples = np.concatenate([part for sound in sounds for part in (sound, gap)]).astype(np.float32)
    track = mouth_opening(samples, 25, int(len(samples) / RATE * 25))
    middle = [track.width[round((0.2 + 0.65 * index) * 25)] for index in range(5)]
    assert max(middle[0], middle[2]) < 0.45
    assert min(middle[1], middle[4]) > 0.55
    assert track.width.min() >= 0
    assert track.width.max() <= 1


def test_fricatives_open_less_than_vowels() -> None:
    ah = vowel(AH, 0.4)
    ah = 0.1 * ah / ah.std()
    samples = np.concatenate([ah, 0.1 * hiss(0.4, 4000, 7800), ah, np.zeros(RATE // 2)]).astype(np.float32)
    opening = mouth_opening(samples, 25, 42).opening
    assert opening[8] > 0.8
    assert opening[17] < 0.3


def test_loudness_does_not_matter() -> None:
    samples = speech(4, 2, noise=1e-5).samples
    loud = mouth_opening(samples, 25, 200).opening
    quiet = mouth_opening(samples * np.float32(0.05), 25, 200).opening
    np.testing.assert_allclose(loud, quiet, atol=0.02)
