"""`core.audio`: every format, rate and channel count gives the same sound at the same time; bad input is told."""

import os
import tracemalloc
import wave
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from core.audio import AudioError, AudioTrack, load_audio
from core.audio_decode import open_audio
from core.cancel import Cancelled, CancelToken, Progress
from tests.core.audio_files import ffmpeg, noise, offset, write_wav

FORMATS = {
    "flac": [],
    "ogg": [],
    "opus": [],
    "mp3": ["-b:a", "128k"],
    "m4a": [],
    "webm": [],
    "aiff": [],
    "mov": ["-c:a", "pcm_s24le"],
    "mka": ["-c:a", "pcm_s16le"],
}


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("suffix", FORMATS)
def test_formats_agree_in_time_and_length(tmp_path: Path, suffix: str, rate: int) -> None:
    source = write_wav(tmp_path / "source.wav", noise(1.237, rate), rate)
    file = tmp_path / f"speech.{suffix}"
    ffmpeg("-i", source, *FORMATS[suffix], file)
    original, track = load_audio(source), load_audio(file)
    assert offset(track.samples, original.samples) == 0
    assert track.duration == pytest.approx(original.duration, abs=1e-4)
    assert len(track.samples) == pytest.approx(track.duration * 16_000, abs=1)
    assert track.warnings == ()


@pytest.mark.parametrize("suffix", ["mp3", "m4a", "webm"])
def test_what_needs_no_conversion_is_what_the_conversion_gives(tmp_path: Path, suffix: str) -> None:
    """Frames of floats are taken as they are; FFmpeg's own converter, run over all of them, says what they hold."""
    file = tmp_path / f"speech.{suffix}"
    ffmpeg("-i", write_wav(tmp_path / "source.wav", noise(2.0, 48_000, 2), 48_000), file)
    converter = av.AudioResampler(format="flt", layout="stereo", rate=48_000)
    with av.open(str(file)) as container:
        parts = [part for frame in container.decode(audio=0) for part in converter.resample(frame)]
    wanted = np.concatenate([part.to_ndarray().reshape(-1, 2) for part in parts + converter.resample(None)])
    found = np.concatenate(list(open_audio(file).blocks))
    assert len(found) > 90_000 and np.array_equal(found, wanted[: len(found)])


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "mov", "webm"])
def test_sound_of_a_video(tmp_path: Path, suffix: str) -> None:
    source = write_wav(tmp_path / "source.wav", noise(1.5, 48_000, 2), 48_000)
    file = tmp_path / f"video.{suffix}"
    ffmpeg("-f", "lavfi", "-i", "testsrc=d=2:s=64x64", "-i", source, file)
    track = load_audio(file)
    assert offset(track.samples, load_audio(source).samples) == 0
    assert track.duration == pytest.approx(1.5, abs=0.025)  # Matroska keeps the padding of the last packet
    assert track.source_channels == 2


@pytest.mark.parametrize("rate", [6000, 8000, 11_025, 16_000, 22_050, 22_254, 44_100, 48_000, 96_000, 192_000])
def test_any_rate_keeps_a_tone(tmp_path: Path, rate: int) -> None:
    time = np.arange(round(0.7 * rate)) / rate
    file = write_wav(tmp_path / "tone.wav", 0.5 * np.sin(2 * np.pi * 1000 * time), rate)
    track = load_audio(file)
    assert track.source_rate == rate
    assert track.source_samples == len(time)
    assert len(track.samples) == -(-len(time) * 16_000 // rate)
    wanted = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(len(track.samples)) / 16_000)
    np.testing.assert_allclose(track.samples[400:-400], wanted[400:-400], atol=1e-4)


def test_what_16_khz_cannot_hold_does_not_fold_back(tmp_path: Path) -> None:
    time = np.arange(44_100) / 44_100
    for hertz in (8100, 9000, 12_000, 20_000):
        file = write_wav(tmp_path / "tone.wav", np.sin(2 * np.pi * hertz * time), 44_100)
        level = np.sqrt(np.mean(load_audio(file).samples[800:-800] ** 2))
        assert 20 * np.log10(level + 1e-12) < -70, hertz


@pytest.mark.parametrize(("channels", "effects"), [(1, None), (2, None), (3, None), (6, 3), (8, 3)])
def test_channels_are_averaged_without_the_effects_channel(tmp_path: Path, channels: int, effects: int | None) -> None:
    samples = noise(0.3, 16_000, channels)
    file = write_wav(tmp_path / "sound.wav", samples, 16_000)
    used = [index for index in range(channels) if index != effects]
    track = load_audio(file)
    assert track.source_channels == channels
    np.testing.assert_allclose(track.samples, samples[:, used].mean(axis=1), atol=1e-6)


def test_seven_point_one_as_aac(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "source.wav", noise(1.0, 48_000, 8), 48_000)
    ffmpeg("-i", source, tmp_path / "speech.m4a")
    track = load_audio(tmp_path / "speech.m4a")
    assert track.source_channels == 8
    assert track.duration == 1.0
    assert offset(track.samples, load_audio(source).samples) == 0


def test_channels_out_of_phase_are_not_lost(tmp_path: Path) -> None:
    samples = noise(0.5, 16_000)
    file = write_wav(tmp_path / "sound.wav", np.concatenate([samples, -samples], axis=1), 16_000)
    track = load_audio(file)
    np.testing.assert_allclose(track.samples, samples[:, 0], atol=1e-6)
    assert "out of phase" in track.warnings[0]


def test_telephone_8_khz_mu_law(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "source.wav", noise(2.0, 8000), 8000)
    file = write_wav(tmp_path / "call.wav", noise(2.0, 8000), 8000, "ULAW")
    track = load_audio(file)
    assert track.duration == 2.0
    assert offset(track.samples, load_audio(source).samples) == 0
    spectrum = np.abs(np.fft.rfft(track.samples * np.hanning(len(track.samples))))
    assert spectrum[4200 * 2 :].max() < 1e-3 * spectrum.max()


def test_duration_in_microseconds_is_rounded(tmp_path: Path) -> None:
    track = AudioTrack(tmp_path, np.zeros(1, np.float32), 44_100, 1, 44_101)
    assert track.duration_us == 1_000_023
    assert AudioTrack(tmp_path, np.zeros(1, np.float32), 3, 1, 2).duration_us == 666_667


def test_wav_from_a_pipe_without_length(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "source.wav", noise(1.0, 22_050), 22_050)
    file = tmp_path / "stream.wav"
    ffmpeg("-i", source, "-f", "wav", "-fflags", "+bitexact", file)
    data = bytearray(file.read_bytes())
    place = data.index(b"data") + 4
    data[place : place + 4] = data[4:8] = b"\xff\xff\xff\xff"
    file.write_bytes(data)
    track = load_audio(file)
    assert track.source_samples == 22_050
    assert track.warnings == ()


@pytest.mark.parametrize("name", ["concat:a.m4a", "-dash.m4a", "a%03d.m4a", "ü ö.m4a", "http:x.m4a"])
def test_odd_file_names(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_wav(tmp_path / "source.wav", noise(0.3, 44_100), 44_100)
    ffmpeg("-i", source, tmp_path / "plain.m4a")
    os.rename(tmp_path / "plain.m4a", tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert load_audio(name).duration == pytest.approx(0.3, abs=1e-4)


# What cannot be used


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"nothing\.wav does not exist"):
        load_audio(tmp_path / "nothing.wav")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="is a folder"):
        load_audio(tmp_path)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.wav", b"", "is empty"),
        ("text.wav", b"this is a letter, not a recording\n" * 50, "is not audio"),
        ("zeros.mp3", bytes(9000), "is not audio"),
        ("random.flac", np.random.default_rng(1).bytes(9000), "is not audio"),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:4,\nhttp://127.0.0.1:9/a.ts\n", "is not audio"),
        ("list.wav", b"ffconcat version 1.0\nfile 'other.wav'\n", "is not audio"),
        ("header.wav", b"RIFF\x10\x00\x00\x00WAVEfmt ", "is not audio"),
    ],
)
def test_not_audio(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    write_wav(tmp_path / "other.wav", noise(0.1, 16_000), 16_000)
    (tmp_path / name).write_bytes(data)
    with pytest.raises(AudioError, match=message) as caught:
        load_audio(tmp_path / name)
    assert name in str(caught.value)


def test_picture_is_not_audio(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "testsrc=d=1:s=64x64", "-frames:v", "1", tmp_path / "picture.png")
    with pytest.raises(AudioError, match="is not audio"):
        load_audio(tmp_path / "picture.png")


def test_video_without_sound(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "testsrc=d=1:s=64x64", tmp_path / "silent.mp4")
    with pytest.raises(AudioError, match="has no sound"):
        load_audio(tmp_path / "silent.mp4")


@pytest.mark.parametrize("kind", ["WAV", "AIFF", "OGG"])
def test_no_samples(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"nothing.{kind.lower()}"
    soundfile.write(file, np.zeros(0), 16_000, format=kind)
    with pytest.raises(AudioError, match=r"holds no sound|is empty"):
        load_audio(file)


# What is repaired or told


@pytest.mark.parametrize("suffix", ["wav", "aiff", "flac", "mp3"])
def test_cut_short_gives_what_is_there_and_a_warning(tmp_path: Path, suffix: str) -> None:
    source = write_wav(tmp_path / "source.wav", noise(4.0, 44_100), 44_100, "PCM_16")
    file = tmp_path / f"speech.{suffix}"
    ffmpeg("-i", source, file)
    data = file.read_bytes()
    file.write_bytes(data[: len(data) * 6 // 10])
    track = load_audio(file)
    assert 2.0 < track.duration < 2.6
    assert offset(track.samples, load_audio(source).samples[: len(track.samples)]) == 0
    assert "cut short" in track.warnings[0] or "header promises 4.0" in track.warnings[0]


def test_m4a_cut_short(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "source.wav", noise(4.0, 44_100), 44_100)
    for name, options in (("index first.m4a", ["-movflags", "+faststart"]), ("index last.m4a", [])):
        ffmpeg("-i", source, *options, tmp_path / name)
        data = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(data[: len(data) * 6 // 10])
    track = load_audio(tmp_path / "index first.m4a")
    assert 2.0 < track.duration < 2.6
    assert track.warnings
    with pytest.raises(AudioError, match="start is damaged"):
        load_audio(tmp_path / "index last.m4a")


def test_nan_and_infinite_samples_become_silence(tmp_path: Path) -> None:
    samples = noise(0.5, 16_000)[:, 0]
    samples[100:110] = np.nan
    samples[200], samples[201], samples[202] = np.inf, -np.inf, 1e20
    track = load_audio(write_wav(tmp_path / "bad.wav", samples, 16_000))
    assert np.isfinite(track.samples).all()
    assert not track.samples[100:110].any()
    assert not track.samples[200:203].any()
    np.testing.assert_allclose(track.samples[300:], samples[300:], atol=1e-6)
    assert "13 samples were NaN" in track.warnings[0]


def test_nothing_but_nan(tmp_path: Path) -> None:
    file = write_wav(tmp_path / "bad.wav", np.full(1000, np.nan), 16_000)
    with pytest.raises(AudioError, match="no finite sample"):
        load_audio(file)


def test_silence_is_right_and_told(tmp_path: Path) -> None:
    track = load_audio(write_wav(tmp_path / "silence.wav", np.zeros(16_000), 16_000))
    assert track.duration == 1.0
    assert not track.samples.any()
    assert track.warnings == ("the recording is silent",)


def test_clipping_is_told(tmp_path: Path) -> None:
    time = np.arange(16_000) / 16_000
    loud = np.clip(2.0 * np.sin(2 * np.pi * 200 * time), -1, 1)
    track = load_audio(write_wav(tmp_path / "loud.wav", loud, 16_000, "PCM_16"))
    share = 100 * np.mean(np.abs(loud) >= 0.999)
    assert f"{share:.1f} % of the samples are clipped" in track.warnings[0]
    assert np.abs(track.samples).max() <= 1.0
    quiet = load_audio(write_wav(tmp_path / "fine.wav", 0.45 * loud, 16_000, "PCM_16"))
    assert quiet.warnings == ()


def test_float_peaks_over_full_scale_are_kept(tmp_path: Path) -> None:
    track = load_audio(write_wav(tmp_path / "hot.wav", 3.0 * np.ones(16_000), 16_000))
    assert track.samples.max() == 3.0


# Long work


def test_three_hours_in_bounded_memory(tmp_path: Path) -> None:
    file = tmp_path / "long.wav"
    with wave.open(str(file), "wb") as header:
        header.setnchannels(1)
        header.setsampwidth(1)
        header.setframerate(16_000)
        header.writeframesraw(b"")
    frames = 3 * 3600 * 16_000
    data = bytearray(file.read_bytes())
    data[40:44] = frames.to_bytes(4, "little")
    data[4:8] = (frames + 36).to_bytes(4, "little")
    with open(file, "wb") as sparse:
        sparse.write(data)
        sparse.truncate(len(data) + frames)
    tracemalloc.start()
    try:
        track = load_audio(file)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert track.duration == 10_800.0
    assert len(track.samples) == 10_800 * 16_000
    assert peak < track.samples.nbytes + 30e6


def test_resampling_in_bounded_memory(tmp_path: Path) -> None:
    file = write_wav(tmp_path / "speech.wav", np.zeros((600 * 8000, 2), np.int16), 8000, "PCM_16")
    tracemalloc.start()
    try:
        track = load_audio(file)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(track.samples) == 600 * 16_000
    assert peak < track.samples.nbytes + 10e6


def test_progress_and_cancel(tmp_path: Path) -> None:
    file = write_wav(tmp_path / "speech.wav", noise(20.0, 16_000), 16_000)
    reports: list[Progress] = []
    load_audio(file, reports.append)
    assert [report.stage for report in reports] == ["audio"] * len(reports)
    assert (reports[-1].done, reports[-1].total) == (20, 20)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        load_audio(file, cancel=token)
