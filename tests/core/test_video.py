"""`core.video`: lengths, timing, joining, and what happens when something goes wrong."""

import os
import resource
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from core.audio import AudioError, load_audio
from core.cancel import Cancelled, CancelToken, Progress
from core.video import (
    SYNTHETIC_NOTICE,
    VideoError,
    VideoWriter,
    encoded_size,
    frame_count,
    mux,
    parse_fps,
    probe_video,
    read_frames,
    write_video,
)
from tests.core.audio_files import ffmpeg, noise, offset, write_wav

SIZE = (64, 48)


def _colour(number: int) -> tuple[int, int, int]:
    return (40 + number * 37 % 180, 40 + number * 59 % 180, 40 + number * 83 % 180)


def _frame(number: int, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """One plain colour a frame, so that a decoded frame tells its number."""
    return np.full((size[1], size[0], 3), _colour(number), dtype=np.uint8)


def _frames(start: int, stop: int, size: tuple[int, int] = SIZE) -> Iterator[NDArray[np.uint8]]:
    return (_frame(number, size) for number in range(start, stop))


def _piece(path: Path, start: int, stop: int, fps: float = 25, **options: Any) -> Path:
    with VideoWriter(path, SIZE, fps, **options) as writer:
        for frame in _frames(start, stop):
            writer.write(frame)
    return path


def _assert_numbers(path: Path, numbers: range) -> None:
    """The decoded frames show exactly these numbers' colours."""
    decoded = list(read_frames(path))
    assert len(decoded) == len(numbers)
    for frame, number in zip(decoded, numbers, strict=True):
        assert np.abs(frame[20, 20].astype(int) - _colour(number)).max() <= 4, number


# Length and timing


_LENGTHS = [(0.2, 25), (0.2, 23.976), (0.2137, 29.97), (0.2137, 60), (1.0, 25), (1.0, 29.97), (2.71, 12.5)]


@pytest.mark.parametrize(("duration", "fps"), _LENGTHS)
def test_picture_and_sound_last_alike(tmp_path: Path, duration: float, fps: float) -> None:
    source = write_wav(tmp_path / "speech.wav", noise(duration, 44_100, 2), 44_100)
    track = load_audio(source)
    target = tmp_path / "video.mp4"
    write_video(target, _frames(0, 10_000), SIZE, fps, source, track.duration)
    info = probe_video(target)
    assert info.frames == frame_count(track.duration, fps)
    assert 0 <= info.duration - track.duration < 1 / fps + 1e-4
    assert info.audio_duration == pytest.approx(track.duration, abs=1e-4)
    with av.open(str(target)) as container:
        assert container.duration is not None
        assert abs(container.duration / 1e6 - track.duration) <= 1 / fps + 1e-3
    heard = load_audio(target)
    assert offset(heard.samples, track.samples) == 0
    assert heard.source_samples == pytest.approx(track.source_samples, abs=2)
    assert sorted(os.listdir(tmp_path)) == ["speech.wav", "video.mp4"]


@pytest.mark.parametrize(
    ("rate", "channels"), [(8000, 1), (16_000, 1), (22_050, 2), (96_000, 2), (48_000, 6), (48_000, 8)]
)
def test_sound_of_any_rate_and_channels(tmp_path: Path, rate: int, channels: int) -> None:
    source = write_wav(tmp_path / "speech.wav", noise(1.1, rate, channels), rate)
    track = load_audio(source)
    write_video(tmp_path / "video.mp4", _frames(0, 100), SIZE, 25, source, track.duration)
    info = probe_video(tmp_path / "video.mp4")
    assert info.audio_channels == channels
    assert info.audio_duration == pytest.approx(1.1, abs=1e-3)
    assert offset(load_audio(tmp_path / "video.mp4").samples, track.samples) == 0


@pytest.mark.parametrize("suffix", ["m4a", "mp3", "opus", "mp4"])
def test_sound_of_compressed_sources_stays_in_place(tmp_path: Path, suffix: str) -> None:
    wav = write_wav(tmp_path / "speech.wav", noise(1.5, 44_100), 44_100)
    source = tmp_path / f"speech.{suffix}"
    picture = ["-f", "lavfi", "-i", "testsrc=d=2:s=64x64"] if suffix == "mp4" else []
    ffmpeg(*picture, "-i", wav, source)
    write_video(tmp_path / "video.mp4", _frames(0, 100), SIZE, 25, source, load_audio(source).duration)
    assert offset(load_audio(tmp_path / "video.mp4").samples, load_audio(wav).samples) == 0


def test_part_of_the_recording(tmp_path: Path) -> None:
    samples = noise(4.0, 44_100)
    source = write_wav(tmp_path / "speech.wav", samples, 44_100)
    part = write_wav(tmp_path / "part.wav", samples[round(1.3 * 44_100) : round(2.1 * 44_100)], 44_100)
    write_video(tmp_path / "video.mp4", _frames(0, 100), SIZE, 25, source, 0.8, start=1.3)
    heard = load_audio(tmp_path / "video.mp4")
    assert heard.duration == pytest.approx(0.8, abs=1e-4)
    assert offset(heard.samples, load_audio(part).samples) == 0


def test_sound_shorter_than_the_picture_is_filled_with_silence(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "speech.wav", noise(0.5, 16_000), 16_000)
    write_video(tmp_path / "video.mp4", _frames(0, 100), SIZE, 25, source, 1.0)
    heard = load_audio(tmp_path / "video.mp4").samples
    assert len(heard) == 16_000
    assert np.abs(heard[10_000:]).max() < 1e-3
    assert np.abs(heard[2000:6000]).max() > 0.05


def test_frames_lie_at_their_exact_times(tmp_path: Path) -> None:
    fps = Fraction(30_000, 1001)
    pieces = [_piece(tmp_path / f"{n}.mp4", 7 * n, 7 * n + 7, 29.97) for n in range(5)]
    mux(tmp_path / "video.mp4", pieces, fps=29.97)
    with av.open(str(tmp_path / "video.mp4")) as container:
        stream = container.streams.video[0]
        step = stream.time_base or Fraction(0)
        times = [frame.pts * step for frame in container.decode(stream) if frame.pts is not None]
    assert times == [number / fps for number in range(35)]


def test_two_hours(tmp_path: Path) -> None:
    seconds, rate = 7200, 16_000
    samples = np.zeros(seconds * rate, dtype=np.int16)
    clicks = (1.0, 3600.0, 7198.5)
    for click in clicks:
        place = round(click * rate)
        samples[place : place + 400] = (8000 * noise(0.025, rate, seed=3)[:, 0]).astype(np.int16)
    source = write_wav(tmp_path / "speech.wav", samples, rate, "PCM_16")
    with VideoWriter(tmp_path / "piece.mp4", (16, 16), 5) as writer:
        for number in range(1000):
            writer.write(_frame(number, (16, 16)))
    mux(tmp_path / "video.mp4", [tmp_path / "piece.mp4"] * 36, source, fps=5, duration=7200.0)
    info = probe_video(tmp_path / "video.mp4")
    assert info.frames == 36_000
    assert info.duration == 7200.0
    assert info.audio_duration == 7200.0
    heard = load_audio(tmp_path / "video.mp4").samples
    assert len(heard) == len(samples)
    for click in clicks:
        stretch = slice(round((click - 0.5) * rate), round((click + 0.5) * rate))
        assert abs(offset(heard[stretch], samples[stretch].astype(np.float32))) <= 1


# The picture


def test_every_frame_is_there_in_its_colour(tmp_path: Path) -> None:
    _assert_numbers(_piece(tmp_path / "video.mp4", 0, 60), range(60))


def test_only_the_changed_part_of_a_frame_need_be_told(tmp_path: Path) -> None:
    frames = [_frame(0) for _ in range(6)]
    for number, frame in enumerate(frames[1:], 1):
        frame[8:31, 5 + number : 20 + number] = _colour(number)
    for name, known in (("whole", False), ("part", True)):
        with VideoWriter(tmp_path / f"{name}.mp4", SIZE, 25) as writer:
            for frame in frames:
                writer.write(frame, (5, 8, 27, 31) if known else None)
    assert (tmp_path / "part.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()


def test_pieces_are_joined_in_order(tmp_path: Path) -> None:
    pieces = [_piece(tmp_path / f"{a}.mp4", a, b) for a, b in ((0, 1), (1, 31), (31, 33), (33, 80))]
    mux(tmp_path / "video.mp4", pieces, fps=25)
    _assert_numbers(tmp_path / "video.mp4", range(80))


def test_format_is_what_every_player_takes(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "speech.wav", noise(1.0, 44_100, 2), 44_100)
    write_video(tmp_path / "video.mp4", _frames(0, 25), SIZE, 25, source, 1.0)
    data = (tmp_path / "video.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(tmp_path / "video.mp4")) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        assert picture.codec_context.name == "h264"
        assert picture.codec_context.pix_fmt == "yuv420p"
        assert not picture.codec_context.has_b_frames
        assert (picture.codec_context.colorspace, picture.codec_context.color_range) == (1, 1)  # BT.709, limited
        assert sound.codec_context.name == "aac"
        assert sound.codec_context.sample_rate == 44_100


@pytest.mark.parametrize("size", [(33, 47), (32, 47), (33, 48), (17, 17)])
def test_odd_sizes_repeat_the_edge(tmp_path: Path, size: tuple[int, int]) -> None:
    width, height = size
    frame = np.full((height, width, 3), 60, dtype=np.uint8)
    frame[:, -3:] = 200
    frame[-3:, :] = 200
    write_video(tmp_path / "video.mp4", [frame], size, 25, crf=1)
    (decoded,) = read_frames(tmp_path / "video.mp4")
    assert decoded.shape == (height + height % 2, width + width % 2, 3)
    assert decoded.shape[:2] == encoded_size(size)[::-1]
    assert decoded[8, -1].min() > 190
    assert decoded[-1, 8].min() > 190
    assert decoded[8, 8].max() < 70


@pytest.mark.parametrize("size", [(4, 4), (20_000, 100), (16_000, 16_000), (0, 0)])
def test_impossible_sizes(tmp_path: Path, size: tuple[int, int]) -> None:
    with pytest.raises(VideoError, match="pixels is"):
        VideoWriter(tmp_path / "video.mp4", size, 25)


def test_a_huge_frame(tmp_path: Path) -> None:
    size = (7680, 4320)
    write_video(tmp_path / "video.mp4", _frames(0, 2, size), size, 25, preset="ultrafast")
    info = probe_video(tmp_path / "video.mp4")
    assert (info.width, info.height, info.frames) == (*size, 2)


@pytest.mark.parametrize(
    ("given", "meant"),
    [(25, 25), (29.97, (30_000, 1001)), (23.976, (24_000, 1001)), ("30000/1001", (30_000, 1001)), (24, 24),
     (12.5, (25, 2)), ("59.94", (60_000, 1001)), (30, 30), (23.98, (24_000, 1001)), (Fraction(50), 50)],
)  # fmt: skip
def test_frame_rates_are_what_is_meant(given: Any, meant: int | tuple[int, int]) -> None:
    assert parse_fps(given) == (Fraction(*meant) if isinstance(meant, tuple) else meant)


@pytest.mark.parametrize("fps", [0, -5, 1e9, float("nan"), float("inf"), "fast", "1/0"])
def test_impossible_frame_rates(fps: Any) -> None:
    with pytest.raises(VideoError, match="frame rate"):
        parse_fps(fps)


def test_metadata(tmp_path: Path) -> None:
    tags = {"title": 'Größe = 1; it\'s \\ "quoted"', "comment": SYNTHETIC_NOTICE, "artist": "Versa Director"}
    write_video(tmp_path / "video.mp4", _frames(0, 3), SIZE, 25, metadata=tags)
    found = probe_video(tmp_path / "video.mp4").metadata
    assert {key: found[key] for key in tags} == tags
    with pytest.raises(VideoError, match="'director' is no tag"):
        write_video(tmp_path / "other.mp4", _frames(0, 3), SIZE, 25, metadata={"director": "x"})


def test_same_input_same_bytes(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "speech.wav", noise(1.0, 44_100), 44_100)
    for name in ("a.mp4", "b.mp4"):
        write_video(tmp_path / name, _frames(0, 25), SIZE, 25, source, 1.0)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_read_some_frames(tmp_path: Path) -> None:
    path = _piece(tmp_path / "video.mp4", 0, 20)
    some = list(read_frames(path, 5, 15, 4))
    assert len(some) == 3
    for frame, number in zip(some, (5, 9, 13), strict=True):
        assert np.abs(frame[20, 20].astype(int) - _colour(number)).max() <= 4


def test_memory_does_not_grow(tmp_path: Path) -> None:
    size = (640, 360)
    tracemalloc.start()
    try:
        write_video(tmp_path / "video.mp4", _frames(0, 200, size), size, 25, preset="ultrafast")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 6 * 640 * 360 * 3


def test_progress(tmp_path: Path) -> None:
    reports: list[Progress] = []
    write_video(tmp_path / "video.mp4", _frames(0, 30), SIZE, 25, duration=1.0, progress=reports.append)
    frames = [(report.done, report.total) for report in reports if report.stage == "frames"]
    assert frames == [(number, 25) for number in range(1, 26)]
    assert [(report.done, report.total) for report in reports if report.stage == "video"] == [(25, 25)]


# What goes wrong


def _nothing_left(folder: Path) -> bool:
    return os.listdir(folder) == []


def test_too_few_frames(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="10 frames were given, 25 are needed"):
        write_video(tmp_path / "video.mp4", _frames(0, 10), SIZE, 25, duration=1.0)
    with pytest.raises(VideoError, match="no frame was written"):
        write_video(tmp_path / "video.mp4", [], SIZE, 25)
    assert _nothing_left(tmp_path)


@pytest.mark.parametrize(
    "frame", [np.zeros((48, 63, 3), np.uint8), np.zeros((48, 64), np.uint8), np.zeros((48, 64, 3), np.float32)]
)
def test_frames_of_the_wrong_kind(tmp_path: Path, frame: Any) -> None:
    with pytest.raises(VideoError, match="frame 1 is"):
        write_video(tmp_path / "video.mp4", [_frame(0), frame], SIZE, 25)
    assert _nothing_left(tmp_path)


def test_bad_recording_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "speech.wav"
    source.write_text("not a recording at all, but long enough to look at")
    with pytest.raises(AudioError, match="is not audio"):
        write_video(tmp_path / "video.mp4", _frames(0, 25), SIZE, 25, source, 1.0)
    assert os.listdir(tmp_path) == ["speech.wav"]


def test_unwritable_targets(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for target in (tmp_path, tmp_path / "missing" / "v.mp4", tmp_path / "file" / "v.mp4", Path("/proc/v.mp4")):
        with pytest.raises(VideoError, match=r"folder|cannot be written|could not be written"):
            write_video(target, _frames(0, 3), SIZE, 25)
        with pytest.raises(VideoError, match=r"folder|cannot be written|could not be written"):
            _piece(target, 0, 3)
    assert os.listdir(tmp_path) == ["file"]


@contextmanager
def _file_size_limit(size: int) -> Iterator[None]:
    """Writing beyond `size` bytes of any file fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_full_disk_while_encoding(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    noisy = (random.integers(0, 256, (96, 128, 3), dtype=np.uint8) for _ in range(400))
    (tmp_path / "video.mp4").write_bytes(b"the old video")
    with _file_size_limit(200_000), pytest.raises(VideoError, match="free space"):
        write_video(tmp_path / "video.mp4", noisy, (128, 96), 25)
    assert (tmp_path / "video.mp4").read_bytes() == b"the old video"
    assert os.listdir(tmp_path) == ["video.mp4"]


@pytest.mark.parametrize("limit", [100, 3000, 30_000])
def test_full_disk_while_adding_the_sound(tmp_path: Path, limit: int) -> None:
    source = write_wav(tmp_path / "speech.wav", noise(10.0, 44_100), 44_100)
    piece = _piece(tmp_path / "piece.mp4", 0, 250)
    with _file_size_limit(limit), pytest.raises(VideoError, match="free space"):
        mux(tmp_path / "video.mp4", [piece], source, fps=25)
    assert sorted(os.listdir(tmp_path)) == ["piece.mp4", "speech.wav"]


def test_encoder_that_dies_is_told_with_its_last_words(tmp_path: Path) -> None:
    with (
        pytest.raises(VideoError, match=r"encoder stopped.*preset"),
        VideoWriter(tmp_path / "a.mp4", SIZE, 25, preset="nonsense") as writer,
    ):
        for number in range(1000):
            writer.write(_frame(number))
    with pytest.raises(VideoError, match="encoder stopped"), VideoWriter(tmp_path / "b.mp4", SIZE, 25) as writer:
        for number in range(2000):
            writer.write(_frame(number))
            if number == 5:
                assert writer._process is not None
                writer._process.kill()
    assert _nothing_left(tmp_path)


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_interruption_ends_the_encoder_and_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), VideoWriter(tmp_path / "video.mp4", SIZE, 25) as writer:
        process = writer._process
        writer.write(_frame(0))
        raise error
    assert process is not None
    assert process.returncode is not None
    assert _nothing_left(tmp_path)


def test_cancel_at_the_next_frame(tmp_path: Path) -> None:
    token = CancelToken()

    def frames() -> Iterator[NDArray[np.uint8]]:
        for number in count():
            if number == 7:
                token.cancel()
            assert number < 9
            yield _frame(number)

    with pytest.raises(Cancelled):
        write_video(tmp_path / "video.mp4", frames(), SIZE, 25, duration=60.0, cancel=token)
    assert _nothing_left(tmp_path)
    piece = _piece(tmp_path / "piece.mp4", 0, 30)
    with pytest.raises(Cancelled):
        mux(tmp_path / "video.mp4", [piece], fps=25, cancel=token)
    assert os.listdir(tmp_path) == ["piece.mp4"]


_ENDLESS = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background inherits "ignore"
import sys
import numpy as np
from core.video import VideoWriter
with VideoWriter(sys.argv[1], (64, 48), 25) as writer:
    print(writer._process.pid, flush=True)
    while True:
        writer.write(np.zeros((48, 64, 3), np.uint8))
"""


def test_ctrl_c_leaves_neither_files_nor_processes(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", _ENDLESS, str(tmp_path / "video.mp4")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=root,
        start_new_session=True,
    )
    assert child.stdout is not None
    encoder = int(child.stdout.readline())
    time.sleep(0.3)
    os.killpg(child.pid, signal.SIGINT)
    try:
        _, words = child.communicate(timeout=20)
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
    assert "KeyboardInterrupt" in words
    assert _nothing_left(tmp_path)
    with pytest.raises(ProcessLookupError):
        os.kill(encoder, 0)


def test_pieces_that_do_not_fit(tmp_path: Path) -> None:
    first = _piece(tmp_path / "first.mp4", 0, 10)
    with VideoWriter(tmp_path / "size.mp4", (32, 32), 25) as writer:
        writer.write(_frame(0, (32, 32)))
    target = tmp_path / "video.mp4"
    for other, message in (
        (tmp_path / "size.mp4", "32 x 32 pixels"),
        (_piece(tmp_path / "rate.mp4", 0, 10, 30), "30.000 frames a second"),
        (_piece(tmp_path / "quality.mp4", 0, 10, crf=40), "other settings"),
        (tmp_path / "missing.mp4", "does not exist"),
    ):
        with pytest.raises(VideoError, match=message):
            mux(target, [first, other], fps=25)
    with pytest.raises(VideoError, match="no piece"):
        mux(target, [], fps=25)
    source = write_wav(tmp_path / "speech.wav", noise(1.0, 16_000), 16_000)
    with pytest.raises(VideoError, match="more than one frame"):
        mux(target, [first], source, fps=25, duration=1.0)
    assert not target.exists()


def test_damaged_piece(tmp_path: Path) -> None:
    piece = _piece(tmp_path / "piece.mp4", 0, 100)
    data = piece.read_bytes()
    for size in (0, 20, len(data) // 3, len(data) - 500):
        piece.write_bytes(data[:size])
        with pytest.raises(VideoError, match=r"damaged|not a video"):
            mux(tmp_path / "video.mp4", [piece], fps=25)
    assert os.listdir(tmp_path) == ["piece.mp4"]


def test_reading_what_is_no_video(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("hello")
    sound = write_wav(tmp_path / "sound.wav", noise(0.2, 16_000), 16_000)
    for path, message in (
        (tmp_path / "text.mp4", "is not a video"),
        (tmp_path / "none.mp4", "does not exist"),
        (tmp_path, "is a folder"),
        (sound, "has no picture"),
    ):
        with pytest.raises(VideoError, match=message):
            probe_video(path)
        with pytest.raises(VideoError, match=message):
            next(read_frames(path))
