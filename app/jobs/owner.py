"""Who drives a render job: a name with a lock that the system frees when its process ends, however it ends."""

import contextlib
import os
import uuid
from pathlib import Path
from typing import Final

_SUFFIX: Final = ".lock"


class Owner:
    """A driver of jobs as other programs see it.

    Attributes:
        name: unique.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = uuid.uuid4().hex
        self._path = folder / (self.name + _SUFFIX)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0))
        _lock(self._file)

    def release(self) -> None:
        """Let go; jobs of this owner count as interrupted from now on."""
        os.close(self._file)
        with contextlib.suppress(OSError):
            self._path.unlink()


def is_alive(folder: Path, name: str) -> bool:
    """Return whether the owner of that name still runs; the lock of one that does not is removed."""
    path = folder / (name + _SUFFIX)
    try:
        file = os.open(path, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
    except OSError:
        return False
    try:
        _lock(file)
    except OSError:
        return True
    finally:
        os.close(file)
    with contextlib.suppress(OSError):
        path.unlink()
    return False


def anyone_alive(folder: Path) -> bool:
    """Return whether any owner still runs."""
    return any(is_alive(folder, path.stem) for path in folder.glob("*" + _SUFFIX))


def _lock(file: int) -> None:
    """Lock a file for this process; raises `OSError` when another one has it."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
