"""`core.speech`: signals whose pitch, onsets, stress and pauses are known."""

import time
import tracemalloc
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import spectrogram
from scipy.signal.windows import hann

import core.speech
from core.audio import AudioTrack
from core.speech import NUM_SPEECH_FEATURES, SpeechFeatures, find_pauses, propose_segments, speech_features
from tests.core.speech_signals import AH, RATE, harmonics, hiss, speech, vowel


def _track(samples: NDArray[np.floating]) -> AudioTrack:
    return AudioTrack(Path("made-up.wav"), samples.astype(np.float32), RATE, 1, len(samples))


def _bursts(times: list[float], seconds: float, length: float = 0.15) -> NDArray[np.float32]:
    samples = np.zeros(round(seconds * RATE))
    sound = 0.3 * harmonics(140, length) * np.hanning(round(length * RATE)) ** 0.2
    for begin in times:
        first = round(begin * RATE)
        samples[first : first + len(sound)] += sound
    return samples.astype(np.float32)


# Shapes and times


@pytest.mark.parametrize(
    ("duration", "fps", "frames"), [(3.0, 20, 60), (3.01, 20, 61), (2.5, 29.97, 75), (0.01, 20, 1)]
)
def test_frames_cover_the_duration(duration: float, fps: float, frames: int) -> None:
    features = speech_features(speech(2).samples, duration, fps)
    assert len(features) == frames
    for name in ("energy", "pitch", "voicing", "onset", "accent", "speaking"):
        values = getattr(features, name)
        assert values.shape == (frames,)
        assert values.dtype == np.float32
    assert features.log_mel.shape == (frames, 40)
    matrix = features.matrix()
    assert matrix.shape == (frames, NUM_SPEECH_FEATURES)
    assert matrix.dtype == np.float32


@pytest.mark.parametrize("fps", [20.0, 24.0, 25.0, 29.97, 60.0])
def test_frame_t_is_centred_at_t_over_fps(fps: float) -> None:
    centre = 2.0
    samples = np.zeros(4 * RATE)
    sound = hiss(0.2, 300, 3000) * np.hanning(round(0.2 * RATE)) ** 2
    samples[round((centre - 0.1) * RATE) : round((centre + 0.1) * RATE)] = 0.2 * sound
    features = speech_features(samples.astype(np.float32), fps=fps)
    power = 10 ** (features.energy / 10)
    assert np.sum(power * np.arange(len(power)) / fps) / power.sum() == pytest.approx(centre, abs=0.006)


@pytest.mark.parametrize("samples", [np.zeros(0), np.ones(1), np.zeros(RATE), np.full(RATE, 0.3)])
def test_silence_has_nothing(samples: NDArray[np.float64]) -> None:
    features = speech_features(samples.astype(np.float32))
    assert not features.accents.size
    assert not features.accent.any()
    assert not features.onset[1:-1].any()
    assert not features.voicing.any()
    assert not features.pitch.any()
    assert np.isfinite(features.matrix()).all()


def test_faint_hiss_is_silence() -> None:
    features = speech_features((1e-4 * hiss(5.0, 100, 7000)).astype(np.float32))
    assert not features.speaking.any()
    assert not features.accents.size


# Spectrum


def test_log_mel_agrees_with_scipy() -> None:
    samples = speech(2, noise=1e-3).samples
    features = speech_features(samples)
    # Window i of frame t is centred at t / 20 + (i - 2) / 100 seconds.
    padded = np.concatenate([np.zeros(520), samples, np.zeros(2000)])
    hertz, _, power = spectrogram(
        padded, RATE, hann(400, sym=False), 400, 240, 512, detrend="constant", scaling="spectrum"
    )
    corners = 700 * (np.exp(np.linspace(np.log1p(60 / 700), np.log1p(7600 / 700), 42)) - 1)
    mel = [np.interp(hertz, corners[band : band + 3], [0, 1, 0]) @ power for band in range(40)]
    frames = len(features)
    wanted = np.array(mel)[:, : frames * 5].reshape(40, frames, 5).mean(axis=2).T
    np.testing.assert_allclose(features.log_mel, 10 * np.log10(np.maximum(wanted, 1e-10)), atol=0.01)


def test_energy_of_a_sine() -> None:
    samples = 0.5 * np.sin(2 * np.pi * 400 * np.arange(RATE) / RATE)
    features = speech_features(samples.astype(np.float32))
    assert features.energy[5:-5] == pytest.approx(10 * np.log10(0.125), abs=0.02)


# Pitch and voicing


@pytest.mark.parametrize("hertz", [68.0, 92.0, 118.0, 155.0, 207.0, 262.0, 333.0, 390.0])
@pytest.mark.parametrize("kind", ["sine", "harmonics", "vowel", "telephone"])
def test_pitch_within_two_percent(hertz: float, kind: str) -> None:
    if kind == "sine":
        samples = harmonics(hertz, 2.0, 1)
    elif kind == "vowel":
        samples = vowel(AH, 2.0, hertz)
    else:
        samples = harmonics(hertz, 2.0, 12)
    if kind == "telephone":  # nothing below 300 Hz: the fundamental is missing
        spectrum = np.fft.rfft(samples)
        spectrum[: 2 * 300] = 0
        samples = np.fft.irfft(spectrum)
    features = speech_features((0.2 * samples).astype(np.float32))
    found = features.pitch[3:-3]
    assert found == pytest.approx(hertz, rel=0.02)
    assert features.voicing[3:-3].min() > 0.6


def test_pitch_follows_a_glide() -> None:
    seconds = np.arange(4 * RATE) / RATE
    hertz = 120 * 2 ** (seconds / 4)
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    samples = 0.2 * np.sum([np.sin(h * phase) / h for h in range(1, 7)], axis=0)
    features = speech_features(samples.astype(np.float32))
    wanted = 120 * 2 ** (np.arange(len(features)) / 20 / 4)
    assert features.pitch[2:-2] == pytest.approx(wanted[2:-2], rel=0.02)


def test_noise_has_no_pitch() -> None:
    features = speech_features((0.1 * hiss(4.0, 100, 7000)).astype(np.float32))
    assert (features.pitch > 0).mean() < 0.02
    assert features.voicing.mean() < 0.1


# Onsets and accents


def test_bursts_are_onsets_and_accents() -> None:
    times = [1.0, 1.63, 2.5, 3.1, 4.4, 6.07, 7.2, 9.55]
    features = speech_features(_bursts(times, 12.0))
    assert features.accents == pytest.approx(times, abs=0.05)
    onset = features.onset
    peaks = [t / 20 for t in range(1, len(onset) - 1) if onset[t] > 0.5 and onset[t - 1] <= onset[t] > onset[t + 1]]
    assert peaks == pytest.approx(times, abs=0.05)


@pytest.mark.parametrize("seed", range(4))
def test_accents_fall_on_stressed_syllables(seed: int) -> None:
    made = speech(5, seed)
    accents = speech_features(made.samples).accents
    nearest = np.abs(accents[:, None] - made.attacks).argmin(axis=1)
    assert np.abs(accents - made.attacks[nearest]).max() < 0.06
    assert made.stressed[nearest].mean() > 0.9
    found = [np.abs(accents - attack).min() < 0.06 for attack in made.attacks[made.stressed]]
    assert np.mean(found) > 0.9
    assert np.diff(accents).min() >= 0.3 - 1e-6


def test_accent_curve_peaks_at_the_accents() -> None:
    made = speech(4, 1)
    features = speech_features(made.samples)
    frames = np.rint(features.accents * 20).astype(int)
    assert features.accent[frames].min() > 0.45
    assert features.accent.max() <= 1.0
    assert features.accent[features.speaking == 0].mean() < 0.05


# Independence of level, offset, blocks


def _close(ours: SpeechFeatures, theirs: SpeechFeatures) -> None:
    np.testing.assert_allclose(ours.matrix(), theirs.matrix(), atol=0.02)
    np.testing.assert_allclose(ours.accents, theirs.accents, atol=1e-6)


def test_level_does_not_matter() -> None:
    samples = speech(3, 2, noise=3e-4).samples
    _close(speech_features(samples * 0.1), speech_features(samples))


def test_constant_offset_does_not_matter() -> None:
    samples = speech(3, 2, noise=1e-3).samples
    ours, theirs = speech_features(samples + np.float32(0.05)), speech_features(samples)
    inside = slice(2, -2)  # both ends jump from silence to the offset
    np.testing.assert_allclose(ours.matrix()[inside], theirs.matrix()[inside], atol=0.05)


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = speech(3, 3).samples
    whole = speech_features(samples)
    monkeypatch.setattr(core.speech, "_BLOCK", 35)
    parts = speech_features(samples)
    np.testing.assert_allclose(parts.matrix(), whole.matrix(), atol=1e-4)
    np.testing.assert_array_equal(parts.accents, whole.accents)


def test_quick_and_small() -> None:
    samples = np.tile(speech(4).samples, 100)[: 600 * RATE]
    times = []
    for _ in range(3):
        begin = time.process_time()
        speech_features(samples[: 60 * RATE])
        times.append(time.process_time() - begin)
    assert min(times) < 0.6
    tracemalloc.start()
    try:
        speech_features(samples)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 60e6


# Pauses and segments


@pytest.mark.parametrize("gain", [1.0, 0.05])
@pytest.mark.parametrize("noise", [1e-5, 1e-3, 8e-3])
def test_pauses_at_any_level_and_noise(gain: float, noise: float) -> None:
    made = speech(5, 4, noise)
    pauses = find_pauses(made.samples * np.float32(gain))
    inner = [pause for pause in pauses if pause.start > 0.2 and pause.end < len(made.samples) / RATE - 0.2]
    assert len(inner) == len(made.pauses)
    for pause, (start, end) in zip(inner, made.pauses, strict=True):
        assert pause.start == pytest.approx(start, abs=0.1)  # the last syllable fades out
        assert pause.end == pytest.approx(end, abs=0.05)


def test_pause_of_everything() -> None:
    (pause,) = find_pauses(np.zeros(2 * RATE, np.float32))
    assert (pause.start, pause.end) == (0.0, 2.0)
    assert find_pauses(np.zeros(0, np.float32)) == ()


def test_segments_are_cut_in_the_pauses() -> None:
    made = speech(6, 5)
    segments = propose_segments(_track(made.samples))
    assert len(segments) > 1
    for _, end in segments[:-1]:
        assert any(start <= end / 1e6 <= stop for start, stop in made.pauses)


def test_speech_without_pauses_is_cut_where_it_is_quietest() -> None:
    samples = 0.1 * hiss(14.0, 200, 4000)
    dip = 1 - 0.6 * np.exp(-0.5 * ((np.arange(len(samples)) / RATE - 7.3) / 0.1) ** 2)
    segments = propose_segments(_track(samples * dip))
    assert len(segments) == 2
    assert segments[0][1] / 1e6 == pytest.approx(7.3, abs=0.15)


@settings(max_examples=60, deadline=None)
@given(length=st.integers(1, 70 * RATE), seed=st.integers(0, 3), silent=st.booleans())
def test_segments_tile_the_recording(length: int, seed: int, silent: bool) -> None:
    samples = np.zeros(length, np.float32) if silent else np.resize(_POOL[seed], length)
    track = _track(samples)
    segments = propose_segments(track)
    assert segments[0][0] == 0
    assert segments[-1][1] == track.duration_us
    assert all(before[1] == after[0] for before, after in pairwise(segments))
    lengths = [(end - start) / 1e6 for start, end in segments]
    assert max(lengths) <= 10 + 1e-6
    if track.duration >= 2:
        assert min(lengths) >= 2 - 1e-6
    else:
        assert len(lengths) == 1


_POOL = [speech(4, seed).samples for seed in range(4)]


def test_segments_of_an_hour_are_quick() -> None:
    samples = np.resize(_POOL[0], 3600 * RATE)
    begin = time.process_time()
    segments = propose_segments(_track(samples))
    assert time.process_time() - begin < 5
    assert segments[-1][1] == 3_600_000_000
