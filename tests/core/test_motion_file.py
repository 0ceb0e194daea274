"""Motion clips as NPZ files: nothing lost, no half files, damage is named."""

from pathlib import Path

import numpy as np
import pytest

from core.motion import MotionClip, MotionSpan
from core.motion_file import MotionFileError, load_motion, save_motion


def clip_of(frames: int = 10, spans: tuple[MotionSpan, ...] = ()) -> MotionClip:
    random = np.random.default_rng(frames)
    return MotionClip(
        joints=random.normal(size=(frames, 22, 3)).astype(np.float32),
        features=random.normal(size=(frames, 263)).astype(np.float32),
        tokens=random.integers(-1, 512, size=-(-frames // 4)),
        contacts=random.integers(0, 2, size=(frames, 4)).astype(np.float32),
        spans=spans,
        provenance={"weights": "versa-motion 1", "licence": "CC BY-NC 4.0", "remark": "größer → 新"},
    )


SPANS = (MotionSpan(0, 3, "", 7), MotionSpan(3, 10, 'wave with the "right" hand\n新', 2**40))


@pytest.mark.parametrize("spans", [(), SPANS])
@pytest.mark.parametrize("frames", [0, 1, 10, 403])
def test_everything_comes_back(tmp_path: Path, frames: int, spans: tuple[MotionSpan, ...]) -> None:
    clip = clip_of(frames, spans)
    save_motion(tmp_path / "clip.npz", clip)
    back = load_motion(tmp_path / "clip.npz")
    for name in ("joints", "features", "tokens", "contacts"):
        np.testing.assert_array_equal(getattr(back, name), getattr(clip, name))
        assert getattr(back, name).dtype == getattr(clip, name).dtype
    assert (back.fps, back.spans, dict(back.provenance)) == (clip.fps, clip.spans, dict(clip.provenance))


def test_file_is_plain_numpy_with_times_in_seconds(tmp_path: Path) -> None:
    save_motion(tmp_path / "clip", clip_of(10, SPANS))
    assert [file.name for file in tmp_path.iterdir()] == ["clip"]  # the name is kept, and nothing else is left
    with np.load(tmp_path / "clip", allow_pickle=False) as data:
        np.testing.assert_allclose(data["segment_start"], [0.0, 0.15])
        np.testing.assert_allclose(data["segment_end"], [0.15, 0.5])
        assert data["segment_prompt"].tolist() == [span.prompt for span in SPANS]
        assert all(data[name].dtype != object for name in data.files)


def test_unwritable_place_keeps_the_old_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        save_motion(tmp_path / "nowhere" / "clip.npz", clip_of())


@pytest.mark.parametrize("cut", [0, 1, 100, -30])
def test_truncated_file(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "clip.npz"
    save_motion(path, clip_of())
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(MotionFileError, match=r"clip\.npz"):
        load_motion(path)


def test_flipped_bytes_never_end_in_another_error(tmp_path: Path) -> None:
    path = tmp_path / "clip.npz"
    save_motion(path, clip_of(10, SPANS))
    good = path.read_bytes()
    random = np.random.default_rng(0)
    refused = 0
    for _ in range(150):
        data = bytearray(good)
        data[random.integers(len(data))] ^= 1 << int(random.integers(8))
        path.write_bytes(bytes(data))
        try:
            load_motion(path)
        except MotionFileError:
            refused += 1
    assert refused > 75


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"joints": None}, "joints missing"),
        ({"segment_seed": None, "fps": None}, "fps, segment_seed missing"),
        ({"joints": np.zeros((10, 21, 3))}, r"\(T, 22, 3\)"),
        ({"tokens": np.zeros(10, dtype=np.int64)}, "10 frames need 3 tokens"),
        ({"tokens": np.zeros(3)}, "tokens has the type float64"),
        ({"features": np.full((10, 263), np.nan)}, "features contains values that are not numbers"),
        ({"fps": np.array(0.0)}, "fps must be one number above 0"),
        ({"fps": np.array("20")}, "fps must be one number above 0"),
        ({"segment_end": np.zeros(3)}, "lists of the same length"),
        ({"segment_start": np.array(["x", "y"])}, "could not convert"),
        ({"provenance": np.array("{")}, "provenance is not JSON"),
        ({"provenance": np.array("[1]")}, "JSON object of texts"),
    ],
)
def test_wrong_contents_are_named(tmp_path: Path, change: dict[str, np.ndarray | None], message: str) -> None:
    path = tmp_path / "clip.npz"
    save_motion(path, clip_of(10, SPANS))
    with np.load(path) as data:
        arrays = {name: data[name] for name in data.files}
    arrays.update({name: value for name, value in change.items() if value is not None})
    for name in [name for name, value in change.items() if value is None]:
        del arrays[name]
    np.savez(path, **arrays)
    with pytest.raises(MotionFileError, match=message):
        load_motion(path)


def test_other_files(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.zeros(3))
    with pytest.raises(MotionFileError, match="not a motion file"):
        load_motion(tmp_path / "one.npy")
    np.savez(tmp_path / "objects.npz", joints=np.array([{}], dtype=object))
    with pytest.raises(MotionFileError, match=r"objects\.npz"):
        load_motion(tmp_path / "objects.npz")
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(MotionFileError, match=r"text\.npz"):
        load_motion(tmp_path / "text.npz")
    with pytest.raises(FileNotFoundError):
        load_motion(tmp_path / "none.npz")
