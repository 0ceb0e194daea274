"""`core.audio_proxy`: the proxy against the recording, its peaks against the pyramid, and what a cut leaves behind."""

import json
import os
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.audio import AudioError, load_audio
from core.audio_proxy import AudioProxy
from core.cache import Cache
from core.cancel import Cancelled, CancelToken
from core.peaks import PeaksPyramid
from tests.core.audio_files import ffmpeg, noise, write_wav


def _same_pyramid(proxy, mono):
    wanted = PeaksPyramid.build(mono, proxy.rate)
    assert (proxy.peaks.num_samples, proxy.peaks.rate) == (len(mono), proxy.rate)
    for ours, theirs in zip(proxy.peaks.levels, wanted.levels, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(("rate", "channels", "seconds"), [(16_000, 1, 3.3), (48_000, 2, 2.1), (22_050, 1, 0.001)])
def test_16_bit_comes_through_unchanged(tmp_path, rate, channels, seconds):
    wanted = np.round(noise(seconds, rate, channels) * 32767).astype(np.int16)
    path = write_wav(tmp_path / "a.wav", wanted, rate, "PCM_16")
    proxy = AudioProxy.open_or_make(tmp_path / "cache", path)
    assert (proxy.rate, proxy.channels, proxy.frames) == (rate, channels, len(wanted))
    np.testing.assert_array_equal(proxy.samples, wanted)
    assert proxy.duration_us == load_audio(path).duration_us
    mono = wanted.astype(np.float32).sum(axis=1) / np.float32(32768 * channels)
    _same_pyramid(proxy, mono)
    np.testing.assert_array_equal(proxy.mono(-5, len(wanted) + 5), mono)
    np.testing.assert_array_equal(proxy.mono(7, 19), mono[7:19])
    proxy.prefetch(0, len(wanted))


def test_loud_floats_are_clipped(tmp_path):
    path = write_wav(tmp_path / "a.wav", np.array([0.0, 1.5, -1.5, 0.25]), 8000)
    assert AudioProxy.open_or_make(tmp_path, path).samples[:, 0].tolist() == [0, 32767, -32768, 8192]


def test_high_rates_are_lowered_without_delay(tmp_path):
    times = np.arange(96_000) / 96_000
    tone = 0.5 * np.sin(2 * np.pi * 1000 * times)
    path = write_wav(tmp_path / "a.wav", tone, 96_000)
    proxy = AudioProxy.open_or_make(tmp_path, path)
    assert (proxy.rate, proxy.duration_us) == (48_000, 1_000_000)
    assert abs(proxy.frames - 48_000) <= 1
    wanted = 16384 * np.sin(2 * np.pi * 1000 * np.arange(proxy.frames) / 48_000)
    np.testing.assert_allclose(proxy.samples[200:-200, 0], wanted[200:-200], atol=40)
    _same_pyramid(proxy, proxy.mono(0, proxy.frames))


def test_many_channels_become_one(tmp_path):
    table = np.zeros((4000, 6))
    table[:, 0], table[:, 3] = 0.5, 0.9  # channel 3 holds effects
    proxy = AudioProxy.open_or_make(tmp_path, write_wav(tmp_path / "a.wav", table, 16_000))
    assert proxy.channels == 1
    np.testing.assert_allclose(proxy.samples[:, 0], 0.1 * 32768, atol=1)


def test_channels_that_erase_each_other_are_drawn_by_the_louder(tmp_path):
    left = noise(1.0, 16_000)[:, 0]
    path = write_wav(tmp_path / "a.wav", np.stack([left * 0.9, -left * 0.9], axis=1), 16_000, "PCM_16")
    proxy = AudioProxy.open_or_make(tmp_path, path)
    assert proxy.mono_channel in (0, 1)
    _same_pyramid(proxy, proxy.samples[:, proxy.mono_channel].astype(np.float32) / 32768)
    assert np.ptp(proxy.mono(0, 16_000)) > 0.1
    again = AudioProxy.open_or_make(tmp_path, path)
    assert again.mono_channel == proxy.mono_channel


def test_compressed_sound_and_video_are_taken(tmp_path):
    wav = write_wav(tmp_path / "a.wav", noise(1.0, 44_100), 44_100)
    ffmpeg("-i", wav, "-c:a", "aac", tmp_path / "a.m4a")
    proxy = AudioProxy.open_or_make(tmp_path, tmp_path / "a.m4a")
    assert proxy.duration_us == load_audio(tmp_path / "a.m4a").duration_us
    assert np.corrcoef(proxy.mono(0, 44_000), noise(1.0, 44_100)[:44_000, 0])[0, 1] > 0.98


def test_second_opening_only_maps(tmp_path, monkeypatch):
    path = write_wav(tmp_path / "a.wav", noise(1.0, 16_000), 16_000)
    first = AudioProxy.open_or_make(tmp_path / "cache", path)
    with monkeypatch.context() as patched:
        patched.setattr("core.audio_proxy.open_audio", None)  # must not be called
        patched.setattr("core.audio_proxy.fingerprint", None)  # nor this: it reads the whole file
        again = AudioProxy.open_or_make(tmp_path / "cache", path)
    np.testing.assert_array_equal(again.samples, first.samples)
    assert isinstance(again.samples, np.memmap)
    record = next((tmp_path / "cache").glob("*/*.json"))
    for number in range(9):  # writers that were killed: whatever order the folder has, they do not hide the record
        record.with_name(f".{record.stem}.{number}.json").write_bytes(record.read_bytes())
    with monkeypatch.context() as patched:
        patched.setattr("core.audio_proxy.fingerprint", None)
        AudioProxy.open_or_make(tmp_path / "cache", path)
    copy = path.rename(tmp_path / "renamed.wav")
    with monkeypatch.context() as patched:
        patched.setattr("core.audio_proxy.open_audio", None)  # known by its content
        AudioProxy.open_or_make(tmp_path / "cache", copy)
    write_wav(path, noise(0.5, 16_000), 16_000)
    assert AudioProxy.open_or_make(tmp_path / "cache", path).frames == 8000
    changed = np.array(first.samples[:, 0])
    changed[5] += 100
    write_wav(copy, changed, 16_000, "PCM_16")  # the same length, another content
    assert AudioProxy.open_or_make(tmp_path / "cache", copy).samples[5, 0] == changed[5]


@pytest.mark.parametrize("damage", ["samples cut", "peaks cut", "samples gone", "record empty", "record wrong"])
def test_damaged_proxies_are_made_anew(tmp_path, damage):
    path = write_wav(tmp_path / "a.wav", noise(1.0, 16_000), 16_000)
    wanted = np.array(AudioProxy.open_or_make(tmp_path / "c", path).samples)
    samples, peaks, record = (next((tmp_path / "c" / "sound").glob(f"*.{end}")) for end in ("s16", "peaks", "json"))
    if damage == "samples gone":
        samples.unlink()
    elif damage == "record empty":
        record.write_text("")
    elif damage == "record wrong":
        record.write_text(json.dumps({"format": 1, "rate": 16_000}))
    else:
        os.truncate(samples if damage == "samples cut" else peaks, 100)
    np.testing.assert_array_equal(AudioProxy.open_or_make(tmp_path / "c", path).samples, wanted)


def test_the_cache_counts_and_removes_proxies(tmp_path):
    AudioProxy.open_or_make(tmp_path / "c", write_wav(tmp_path / "a.wav", noise(1.0, 16_000), 16_000))
    cache = Cache(tmp_path / "c")
    assert {entry.stage for entry in cache.entries()} == {"sound"}
    assert cache.size() > 32_000
    cache.clean()
    assert not list((tmp_path / "c" / "sound").iterdir())


def test_cancel_leaves_nothing(tmp_path):
    path = write_wav(tmp_path / "a.wav", noise(20.0, 16_000), 16_000)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        AudioProxy.open_or_make(tmp_path / "c", path, cancel=cancel)
    assert not list((tmp_path / "c" / "sound").iterdir())


def test_progress_ends_whole(tmp_path):
    path = write_wav(tmp_path / "a.wav", noise(20.0, 16_000), 16_000)
    told = []
    AudioProxy.open_or_make(tmp_path / "c", path, told.append)
    assert (told[-1].stage, told[-1].done, told[-1].total) == ("sound", 20, 20)
    assert [report.done for report in told] == sorted(report.done for report in told)


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_killed_decode_leaves_no_half_proxy(tmp_path):
    path = write_wav(tmp_path / "a.wav", noise(60.0, 16_000), 16_000)
    script = (
        "import sys, time\n"
        "import core.audio_decode as decode\n"
        "decode.BLOCK_FRAMES = 16_000\n"
        "import core.audio_proxy as proxy\n"
        "measured = proxy._measured\n"
        "def slow(block, facts):\n"
        "    if facts.frames > 160_000:\n"
        "        print('half', flush=True)\n"
        "        time.sleep(60)\n"
        "    return measured(block, facts)\n"
        "proxy._measured = slow\n"
        "proxy.AudioProxy.open_or_make(sys.argv[1], sys.argv[2])\n"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", script, str(tmp_path / "c"), str(path)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None and child.stdout.readline() == "half\n"
        child.send_signal(signal.SIGKILL)
    left = list((tmp_path / "c" / "sound").iterdir())
    assert left and all(file.name.startswith(".") for file in left)
    assert AudioProxy.open_or_make(tmp_path / "c", path).frames == 960_000


def test_memory_does_not_grow_with_the_length(tmp_path):
    peaks = []
    for minutes in (2, 8):
        path = tmp_path / f"{minutes}.wav"
        with soundfile.SoundFile(path, "w", 16_000, 1, "PCM_16") as file:
            for _ in range(minutes):
                file.write(np.zeros(60 * 16_000, dtype=np.int16))
        tracemalloc.start()
        AudioProxy.open_or_make(tmp_path, path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.1 + 2**20


def test_unusable_recordings_are_said_so(tmp_path):
    with pytest.raises(AudioError, match="does not exist"):
        AudioProxy.open_or_make(tmp_path, tmp_path / "no.wav")
    (tmp_path / "text.wav").write_text("no sound at all, only words")
    with pytest.raises(AudioError):
        AudioProxy.open_or_make(tmp_path, tmp_path / "text.wav")
    empty = write_wav(tmp_path / "nan.wav", np.full(100, np.nan), 16_000)
    with pytest.raises(AudioError, match="no finite sample"):
        AudioProxy.open_or_make(tmp_path, empty)
    assert not list((tmp_path / "sound").iterdir())
