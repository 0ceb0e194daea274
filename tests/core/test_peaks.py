"""`core.peaks`: queries against brute force, streaming against whole, and the cache file."""

import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.audio import AudioError, load_audio
from core.peaks import BASE_BLOCK, PeaksPyramid, cached_peaks, column_edges

_RNG = np.random.default_rng(7)
_SAMPLES = _RNG.standard_normal(40_003).astype(np.float32)


def _brute(samples: NDArray[np.float32], low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.float32]:
    rows = []
    for first, last in zip(low, high, strict=True):
        part = samples[max(0, first) : max(0, last)]
        rows.append((part.min(), part.max()) if len(part) else (0.0, 0.0))
    return np.array(rows, dtype=np.float32)


@settings(max_examples=150, deadline=None)
@given(
    length=st.integers(0, 40_003),
    start=st.floats(-1.0, 3.0),
    span=st.floats(1e-4, 4.0),
    width=st.integers(1, 300),
    exact=st.booleans(),
)
def test_query_equals_brute_force(length: int, start: float, span: float, width: int, exact: bool) -> None:
    samples = _SAMPLES[:length]
    pyramid = PeaksPyramid.build(samples)
    low, high = column_edges(start, start + span, width, 16_000)
    low, high = np.clip(low, 0, length), np.clip(high, 0, length)
    if not exact:
        empty = high <= low
        low = low // BASE_BLOCK * BASE_BLOCK
        high = np.where(empty, low, -(-high // BASE_BLOCK) * BASE_BLOCK)
    found = pyramid.query(start, start + span, width, samples if exact else None)
    np.testing.assert_array_equal(found, _brute(samples, low, high))


def test_columns_tile_the_time() -> None:
    low, high = column_edges(0.25, 2.0, 700, 16_000)
    assert low[0] == 4000
    assert high[-1] == 32_000
    np.testing.assert_array_equal(low[1:], high[:-1])


@given(cuts=st.lists(st.integers(0, 5000), max_size=8))
def test_streaming_equals_whole(cuts: list[int]) -> None:
    samples = _SAMPLES[:5000]
    pyramid = PeaksPyramid.from_blocks(np.split(samples, sorted(cuts)))
    whole = PeaksPyramid.build(samples)
    assert pyramid.num_samples == whole.num_samples == 5000
    for ours, theirs in zip(pyramid.levels, whole.levels, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_levels_shrink_by_four() -> None:
    lengths = [len(level) for level in PeaksPyramid.build(_SAMPLES).levels]
    assert lengths == [626, 157, 40, 10, 3]


def test_two_hours_are_quick() -> None:
    samples = np.zeros(2 * 3600 * 16_000, dtype=np.float32)
    samples[::50_000] = 0.5
    begin = time.process_time()
    pyramid = PeaksPyramid.build(samples)
    built = time.process_time()
    pyramid.query(0.0, 7200.0, 2000, samples)
    drawn = time.process_time()
    assert built - begin < 10.0
    assert drawn - built < 0.25
    assert sum(level.nbytes for level in pyramid.levels) < 0.05 * samples.nbytes


def _recording(folder: Path, value: float = 0.5) -> Path:
    path = folder / "speech.wav"
    soundfile.write(path, np.full(30_000, value, dtype=np.float32), 16_000, subtype="FLOAT")
    return path


def test_cache_is_written_used_and_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    audio, cache = _recording(tmp_path), tmp_path / "speech.peaks"
    first = cached_peaks(cache, audio)
    assert first.query(0.0, 1.0, 3).max() == 0.5
    with monkeypatch.context() as patched:
        patched.setattr("core.peaks.load_audio", None)  # must not be called
        again = cached_peaks(cache, audio)
    np.testing.assert_array_equal(again.levels[0], first.levels[0])
    assert again.num_samples == 30_000
    _recording(tmp_path, 0.25)
    assert cached_peaks(cache, audio).query(0.0, 1.0, 3).max() == 0.25


@pytest.mark.parametrize("damage", ["empty", "garbage", "half", "flipped", "other numpy file"])
def test_damaged_cache_is_rebuilt(tmp_path: Path, damage: str) -> None:
    audio, cache = _recording(tmp_path), tmp_path / "speech.peaks"
    wanted = cached_peaks(cache, audio).levels[0]
    data = bytearray(cache.read_bytes())
    if damage == "empty":
        data.clear()
    elif damage == "garbage":
        data[:] = b"not a zip file at all" * 50
    elif damage == "half":
        del data[len(data) // 2 :]
    elif damage == "flipped":
        data[len(data) // 2] ^= 0xFF
    cache.write_bytes(data)
    if damage == "other numpy file":
        with open(cache, "wb") as file:
            np.savez(file, a=np.zeros(3))
    np.testing.assert_array_equal(cached_peaks(cache, audio).levels[0], wanted)
    assert PeaksPyramid.load(cache, "another recording") is None


def test_missing_recording_is_an_audio_error(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="does not exist"):
        cached_peaks(tmp_path / "x.peaks", tmp_path / "nothing.wav")


def test_peaks_show_the_loaded_samples(tmp_path: Path) -> None:
    track = load_audio(_recording(tmp_path))
    pyramid = PeaksPyramid.build(track.samples)
    assert pyramid.duration == pytest.approx(track.duration)
