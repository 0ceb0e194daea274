"""Store of derived data beside a project: results under a hash of everything that went into them.

Anything here can be deleted at any time and is computed again. An entry is a data file and a small record of its
size and checksum that is written last: an entry that was cut short or damaged is found out, removed and made anew.
Layout: FOLDER/STAGE/KEY.SUFFIX and FOLDER/STAGE/KEY.json.
"""

import hashlib
import io
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.atomic import atomic_path, write_bytes_atomic, write_text_atomic

_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_SUFFIX: Final = re.compile(r"(\.[A-Za-z0-9]+)+")

_memo: dict[str, tuple[tuple[int, int, int], str]] = {}
_memo_lock = threading.Lock()


def content_key(values: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a mapping, as 64 hexadecimal digits; the order of its keys does not matter.

    Args:
        values: plain JSON values (finite numbers), bytes and numpy arrays, nested in lists, tuples and mappings.

    Raises:
        TypeError: a value of another kind.
        ValueError: a number that is not finite, outside an array.
    """
    text = json.dumps(_plain(values), sort_keys=True, allow_nan=False, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        data = np.ascontiguousarray(value)
        return {"array": hashlib.sha256(data.tobytes()).hexdigest(), "shape": list(data.shape), "type": data.dtype.str}
    if isinstance(value, bytes):
        return {"bytes": hashlib.sha256(value).hexdigest()}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        for name in value:
            if not isinstance(name, str):
                raise TypeError(f"keys must be text, not {name!r}")
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"a {type(value).__name__} cannot be part of a key")


def fingerprint(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits.

    Remembered for this process while the file's size and times of change stay the same.

    Raises:
        OSError: the file cannot be read.
    """
    name = os.path.abspath(path)
    with open(name, "rb") as file:
        status = os.fstat(file.fileno())
        stamp = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        with _memo_lock:
            known = _memo.get(name)
        if known is not None and known[0] == stamp:
            return known[1]
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with _memo_lock:
        _memo[name] = (stamp, digest)
    return digest


@dataclass(frozen=True)
class CacheEntry:
    """A stored result.

    Attributes:
        stage: what made it ("poses", "frames", ...).
        key: hash of what went in.
        path: its data file.
        size: bytes.
        used: time of last use, seconds since 1970.
    """

    stage: str
    key: str
    path: Path
    size: int
    used: float


class Cache:
    """A folder of results.

    Several processes may use one folder: an entry appears whole or not at all, and the same key has the same content.

    Attributes:
        folder: made when the first entry is put.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(os.path.abspath(folder))

    def file(self, stage: str, key: str, suffix: str) -> Path | None:
        """Return the path of an entry's data if it is there and whole; a damaged entry is removed."""
        data, record = self._paths(stage, key, suffix)
        try:
            wanted = json.loads(record.read_text("utf-8"))
            whole = data.stat().st_size == wanted["size"] and _digest(data) == wanted["sha256"]
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            _remove(record, data)
            return None
        with suppress(OSError):  # a read-only folder still serves
            os.utime(record)
        return data

    def glance(self, stage: str, key: str, suffix: str) -> Path | None:
        """Return the path of an entry's data if it seems to be there, without reading it."""
        data, record = self._paths(stage, key, suffix)
        try:
            # The record is written last, so data with a record were whole once.
            return data if record.stat().st_size and data.stat().st_size else None
        except OSError:
            return None

    def keys(self, stage: str, prefix: str) -> list[str]:
        """Return the keys of a stage's entries that begin with `prefix`, in alphabetical order."""
        return sorted(record.stem for record in (self.folder / stage).glob("*.json") if record.name.startswith(prefix))

    def put_file(self, stage: str, key: str, suffix: str, write: Callable[[Path], None]) -> Path:
        """Store what `write` writes to the path that it receives; return the entry's path.

        When `write` raises, nothing is stored.
        """
        data, record = self._paths(stage, key, suffix)
        data.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(data) as temporary:
            write(temporary)
        digest = {"size": data.stat().st_size, "sha256": _digest(data)}
        write_text_atomic(record, json.dumps(digest))
        return data

    def arrays(self, stage: str, key: str) -> dict[str, NDArray[Any]] | None:
        """Return the arrays of an entry, or None if it is not there or damaged."""
        path = self.file(stage, key, ".npz")
        if path is None:
            return None
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}

    def put_arrays(self, stage: str, key: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Store arrays (no object arrays) under their names."""
        buffer = io.BytesIO()
        np.savez(buffer, **dict(arrays))  # type: ignore[arg-type]  # numpy's stub takes its options for the arrays
        self.put_file(stage, key, ".npz", lambda path: write_bytes_atomic(path, buffer.getvalue()))

    def entries(self) -> tuple[CacheEntry, ...]:
        """Return all entries, least recently used first."""
        found = []
        for record in self.folder.glob("*/*.json"):
            for data in record.parent.glob(f"{record.stem}.*"):
                if data != record and not data.name.startswith("."):
                    with suppress(FileNotFoundError):  # another process cleans up at the same time
                        found.append(
                            CacheEntry(
                                record.parent.name, record.stem, data, data.stat().st_size, record.stat().st_mtime
                            )
                        )
        return tuple(sorted(found, key=lambda entry: (entry.used, entry.key)))

    def size(self) -> int:
        """Return the bytes of all entries."""
        return sum(entry.size for entry in self.entries())

    def clean(self, keep_bytes: int = 0, stages: Iterable[str] | None = None) -> int:
        """Remove the least recently used entries until at most `keep_bytes` are left; return the bytes freed.

        Left-overs of writers that were killed (an hour old at least) are removed as well.

        Args:
            keep_bytes: what may stay, 0 for nothing.
            stages: look at these stages only.
        """
        chosen = None if stages is None else set(stages)
        entries = [entry for entry in self.entries() if chosen is None or entry.stage in chosen]
        left = sum(entry.size for entry in entries)
        freed = 0
        for entry in entries:
            if left <= keep_bytes:
                break
            _remove(entry.path.with_name(f"{entry.key}.json"), entry.path)
            left -= entry.size
            freed += entry.size
        return freed + self._sweep(chosen)

    def _sweep(self, stages: set[str] | None) -> int:
        """Remove temporary files and data without a record."""
        freed = 0
        for path in self.folder.glob("*/*"):
            if stages is not None and path.parent.name not in stages:
                continue
            orphan = path.name.startswith(".") or (
                path.suffix != ".json" and not path.with_name(f"{path.name.partition('.')[0]}.json").exists()
            )
            with suppress(FileNotFoundError):
                status = path.stat()
                if orphan and time.time() - status.st_mtime > 3600:
                    path.unlink()
                    freed += status.st_size
        return freed

    def _paths(self, stage: str, key: str, suffix: str) -> tuple[Path, Path]:
        if not _NAME.fullmatch(stage) or not _NAME.fullmatch(key) or not _SUFFIX.fullmatch(suffix) or suffix == ".json":
            raise ValueError(f"{stage}/{key}{suffix} is no name of a cache entry")
        return self.folder / stage / f"{key}{suffix}", self.folder / stage / f"{key}.json"


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove(record: Path, data: Path) -> None:
    """Remove the record first: data without a record do not count as an entry."""
    for path in (record, data):
        path.unlink(missing_ok=True)
