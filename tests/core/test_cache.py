"""The store of derived data: keys, whole entries, damage, cleaning up."""

import hashlib
import json
import os
import time

import numpy as np
import pytest

from core.cache import Cache, content_key, fingerprint

KEY = "a" * 64


def put(cache: Cache, data: bytes, key: str = KEY, stage: str = "frames"):
    return cache.put_file(stage, key, ".bin", lambda path: path.write_bytes(data) and None)


def test_keys_do_not_depend_on_order_and_depend_on_everything_else():
    base = {"a": 1, "b": [1.5, "x", None, True], "c": np.arange(4, dtype=np.float32)}
    key = content_key(base)
    assert key == content_key(dict(reversed(base.items())))
    assert key == content_key({**base, "b": (1.5, "x", None, True)})
    others = [
        {**base, "a": 2},
        {**base, "a": 1.5},
        {**base, "b": [1.5, "x", None, False]},
        {**base, "c": np.arange(4, dtype=np.float64)},
        {**base, "c": np.arange(4, dtype=np.float32).reshape(2, 2)},
        {**base, "d": b"x"},
    ]
    assert len({key, *map(content_key, others)}) == len(others) + 1


def test_key_is_the_sha256_of_canonical_json():
    assert content_key({"b": 1, "a": "é"}) == hashlib.sha256(b'{"a":"\\u00e9","b":1}').hexdigest()


@pytest.mark.parametrize("value", [object(), {1, 2}, {1: 2}, np.array])
def test_keys_refuse_what_has_no_stable_text(value):
    with pytest.raises(TypeError):
        content_key({"x": value})


def test_keys_refuse_nan():
    with pytest.raises(ValueError):
        content_key({"x": float("nan")})


def test_put_and_get(tmp_path):
    cache = Cache(tmp_path / "c")
    assert cache.file("frames", KEY, ".bin") is None
    path = put(cache, b"hello")
    assert cache.file("frames", KEY, ".bin") == path
    assert path.read_bytes() == b"hello"


def test_a_glance_reads_nothing(tmp_path):
    cache = Cache(tmp_path)
    assert cache.glance("frames", KEY, ".bin") is None
    path = put(cache, b"hello")
    assert cache.glance("frames", KEY, ".bin") == path
    path.write_bytes(b"wrong")  # not noticed: only `file` looks inside
    assert cache.glance("frames", KEY, ".bin") == path and cache.file("frames", KEY, ".bin") is None
    assert cache.glance("frames", KEY, ".bin") is None


def test_arrays_round_trip_with_their_types(tmp_path):
    cache = Cache(tmp_path)
    arrays = {
        "body": np.random.default_rng(0).random((3, 18, 3), dtype=np.float32),
        "flags": np.arange(3, dtype=np.uint8),
    }
    cache.put_arrays("poses", KEY, arrays)
    again = cache.arrays("poses", KEY)
    assert again.keys() == arrays.keys()
    for name, value in arrays.items():
        assert again[name].dtype == value.dtype
        np.testing.assert_array_equal(again[name], value)


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "gone", "record", "record_type"])
def test_damaged_entries_count_as_absent_and_can_be_made_anew(tmp_path, damage):
    cache = Cache(tmp_path)
    path = put(cache, b"hello")
    record = path.with_suffix(".json")
    match damage:
        case "flip":
            path.write_bytes(b"hellp")
        case "cut":
            path.write_bytes(b"hel")
        case "empty":
            path.write_bytes(b"")
        case "gone":
            path.unlink()
        case "record":
            record.write_text("{")
        case "record_type":
            record.write_text("[]")
    assert cache.file("frames", KEY, ".bin") is None
    assert put(cache, b"hello").read_bytes() == b"hello"
    assert cache.file("frames", KEY, ".bin") is not None


def test_data_without_their_record_are_no_entry(tmp_path):
    cache = Cache(tmp_path)
    put(cache, b"hello").with_suffix(".json").unlink()
    assert cache.file("frames", KEY, ".bin") is None
    assert cache.entries() == ()


def test_a_writer_that_fails_leaves_nothing(tmp_path):
    cache = Cache(tmp_path)

    def half(path):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.put_file("frames", KEY, ".bin", half)
    assert list((tmp_path / "frames").iterdir()) == []


@pytest.mark.parametrize(
    "names", [("../x", KEY, ".bin"), ("frames", "../../x", ".bin"), ("frames", KEY, "/x"), ("", KEY, ".bin")]
)
def test_names_cannot_leave_the_folder(tmp_path, names):
    with pytest.raises(ValueError, match="no name of a cache entry"):
        Cache(tmp_path).file(*names)


def test_size_and_cleaning_removes_the_least_recently_used(tmp_path):
    cache = Cache(tmp_path)
    for age, key in enumerate(["new", "middle", "old"]):
        record = put(cache, b"x" * 100, key).with_suffix(".json")
        os.utime(record, (time.time() - 1000 * age, time.time() - 1000 * age))
    put(cache, b"y" * 50, "other", "poses")
    assert cache.size() == 350
    assert [entry.key for entry in cache.entries()][:2] == ["old", "middle"]
    assert cache.file("frames", "old", ".bin") is not None  # a use makes it young again
    assert cache.clean(keep_bytes=200, stages=["frames"]) == 100
    assert cache.file("frames", "middle", ".bin") is None
    assert cache.file("frames", "old", ".bin") is not None
    assert cache.clean() == 250
    assert cache.entries() == () and cache.size() == 0


def test_leftovers_of_killed_writers_are_swept_when_old(tmp_path):
    cache = Cache(tmp_path)
    path = put(cache, b"hello")
    for name in (".half.bin", "orphan.bin"):
        (path.parent / name).write_bytes(b"1234")
        os.utime(path.parent / name, (0, 0))
    (path.parent / ".young.bin").write_bytes(b"1")
    assert cache.clean(keep_bytes=10**6) == 8
    assert sorted(p.name for p in path.parent.iterdir()) == sorted([".young.bin", path.name, f"{KEY}.json"])


def test_cleaning_a_folder_that_is_not_there(tmp_path):
    assert Cache(tmp_path / "no").clean() == 0


def test_fingerprint_is_sha256_and_follows_changes(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"one")
    assert fingerprint(path) == hashlib.sha256(b"one").hexdigest()
    path.write_bytes(b"two")
    os.utime(path, ns=(1, 1))
    assert fingerprint(path) == hashlib.sha256(b"two").hexdigest()
    with pytest.raises(FileNotFoundError):
        fingerprint(tmp_path / "none")


def test_fingerprint_reads_an_unchanged_file_once(tmp_path, monkeypatch):
    path = tmp_path / "f"
    path.write_bytes(b"one")
    first = fingerprint(path)
    monkeypatch.setattr(hashlib, "file_digest", lambda *_: pytest.fail("read again"))
    assert fingerprint(path) == first


def test_records_are_plain_json(tmp_path):
    path = put(Cache(tmp_path), b"hello")
    assert json.loads(path.with_suffix(".json").read_text()) == {
        "size": 5,
        "sha256": hashlib.sha256(b"hello").hexdigest(),
    }


def test_keys_of_a_stage_by_their_beginning(tmp_path):
    cache = Cache(tmp_path)
    assert cache.keys("latents", "a-1-") == []
    for key in ("a-1-x", "a-10-x", "a-1-b", "b-1-x"):
        cache.put_arrays("latents", key, {"v": np.zeros(1)})
    assert cache.keys("latents", "a-1-") == ["a-1-b", "a-1-x"]
    assert cache.keys("frames", "a-1-") == []
