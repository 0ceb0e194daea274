"""Writing a file so that its target is either the old one or the whole new one, never a half.

Write beside, fsync, rename. Not for caching (`core.cache`) and not for what is in the file.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def _permissions(target: Path) -> int:
    """Those of the file that is replaced; for a new file the usual ones, which some libraries' writers do not give."""
    with suppress(FileNotFoundError):
        return target.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@contextmanager
def atomic_path(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside `target`, with the same suffix; rename it to `target` at the end.

    The body creates and closes the file at the temporary path. When the body raises (also on Ctrl+C), the temporary
    file is removed and `target` is left as it was. A symbolic link at `target` is followed, so that it stays a link.

    Args:
        target: where the finished file shall be; an existing file is replaced and its permissions are kept.

    Raises:
        FileNotFoundError: the folder does not exist, or the body made no file.
        IsADirectoryError: `target` is a folder.
        FileExistsError: `target` is a device, a pipe or a socket.
        OSError: the file cannot be written or renamed.
    """
    final = Path(os.path.realpath(target))
    if final.is_dir():
        raise IsADirectoryError(f"{final} is a folder; give the name of a file")
    if final.exists() and not final.is_file():
        # Renaming over a device such as /dev/null would replace it for the whole machine.
        raise FileExistsError(f"{final} is not a regular file; give another name")
    if not final.parent.is_dir():
        raise FileNotFoundError(f"the folder {final.parent} does not exist; create it first")
    # Part of the stem only: a name of full length must not become too long by the addition.
    temporary = final.with_name(f".{final.stem[:40]}.{secrets.token_hex(6)}{final.suffix}")
    try:
        yield temporary
        _flush_file(temporary)
        os.chmod(temporary, _permissions(final))
        os.replace(temporary, final)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _flush_folder(final.parent)


def write_bytes_atomic(target: str | os.PathLike[str], data: bytes) -> None:
    """Write `data` to `target` as `atomic_path` does; raises what it raises."""
    with atomic_path(target) as temporary:
        temporary.write_bytes(data)


def write_text_atomic(target: str | os.PathLike[str], text: str) -> None:
    """Write `text` as UTF-8 to `target` as `atomic_path` does, line ends as they are; raises what it raises."""
    write_bytes_atomic(target, text.encode("utf-8"))


def _flush_file(path: Path) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make the rename itself durable where folders can be synced (not on Windows, not on every network drive)."""
    if os.name == "nt":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
