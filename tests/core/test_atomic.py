"""`core.atomic`: a target is the old file or the whole new one."""

import os
from pathlib import Path

import pytest

from core.atomic import atomic_path, write_bytes_atomic, write_text_atomic


def test_replaces_target_and_leaves_nothing_beside(tmp_path: Path) -> None:
    target = tmp_path / "a.versa"
    target.write_text("old")
    with atomic_path(target) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".versa"
        temporary.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert os.listdir(tmp_path) == ["a.versa"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_failure_keeps_the_old_file(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "a.mp4"
    target.write_text("old")
    with pytest.raises(error), atomic_path(target) as temporary:
        temporary.write_text("half")
        raise error
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.mp4"]


def test_body_that_makes_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "a.mp4"):
        pass
    assert os.listdir(tmp_path) == []


def test_target_that_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="is a folder"):
        write_bytes_atomic(tmp_path, b"x")


def test_devices_and_pipes_are_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileExistsError, match="not a regular file"):
        write_bytes_atomic(pipe, b"x")
    assert pipe.is_fifo()


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="does not exist"):
        write_bytes_atomic(tmp_path / "nowhere" / "a", b"x")


@pytest.mark.parametrize("name", ["a" * 255, "ü" * 120 + ".mp4", ".hidden"])
def test_long_and_odd_names(tmp_path: Path, name: str) -> None:
    write_text_atomic(tmp_path / name, "é\n")
    assert (tmp_path / name).read_bytes() == b"\xc3\xa9\n"
    assert os.listdir(tmp_path) == [name]


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions and links")
def test_keeps_permissions_and_links(tmp_path: Path) -> None:
    real = tmp_path / "real.txt"
    real.write_text("old")
    real.chmod(0o640)
    link = tmp_path / "link.txt"
    link.symlink_to(real)
    write_text_atomic(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert real.stat().st_mode & 0o777 == 0o640
