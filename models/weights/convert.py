"""Turns a pickled checkpoint (`.pth`, `.bin`) into safetensors, once, in a process of its own that is not trusted.

A pickle is a program. The process unpickles only what can be nothing but tensors (see `convert_child`), gets no tokens,
and the file that it writes is looked at again here. Nothing here imports torch.
"""

import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from core.atomic import atomic_path
from core.cancel import CancelToken
from models.weights.store import WeightsError

_CHILD: Final = Path(__file__).with_name("convert_child.py")
_KEPT_VARIABLES: Final = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "LANG")
_LARGEST_HEADER: Final = 100 * 2**20
_POLL_SECONDS: Final = 0.1


class UnsafeCheckpoint(WeightsError):
    """A checkpoint holds something else than tensors and was not opened."""


@dataclass(frozen=True)
class Converted:
    """The new file.

    Attributes:
        tensors: how many it holds.
        size: bytes.
        sha256: its checksum.
    """

    tensors: int
    size: int
    sha256: str


def convert_pickle(source: Path, target: Path, cancel: CancelToken | None = None) -> Converted:
    """Write the tensors of a pickled checkpoint to `target` as safetensors; no code of the checkpoint runs.

    Args:
        source: a flat dictionary of tensors as `torch.save` writes it; stays as it is.
        target: the safetensors file, replaced only by a whole one.
        cancel: ends the process.

    Raises:
        UnsafeCheckpoint: it asks for anything but tensors, or holds anything else.
        WeightsError: it cannot be converted for another reason.
        core.cancel.Cancelled: by the token.
        OSError: `target` cannot be written.
    """
    with atomic_path(target) as temporary:
        answer = _run_child(source, temporary, cancel or CancelToken())
        if "refused" in answer:
            raise UnsafeCheckpoint(
                f"{source.name} was not opened: {answer['refused']}; only files of plain tensors are accepted, "
                "get it from its official source or convert it to safetensors yourself"
            )
        if "failed" in answer:
            raise WeightsError(f"{source.name} cannot be converted to safetensors: {answer['failed']}")
        header = read_header(temporary)
        done = Converted(int(answer["tensors"]), int(answer["size"]), str(answer["sha256"]))
        if temporary.stat().st_size != done.size or len(header) != done.tensors:
            raise WeightsError(f"{source.name} was not converted whole; try again")
    return done


def read_header(path: Path) -> dict[str, Any]:
    """Return the tensors that a safetensors file names: {name: {dtype, shape, data_offsets}}.

    Raises:
        WeightsError: it is no safetensors file, or it is cut short.
    """
    size = path.stat().st_size
    try:
        with open(path, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > min(_LARGEST_HEADER, size):
                raise ValueError
            header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        end = max((facts["data_offsets"][1] for facts in header.values()), default=0)
    except (ValueError, KeyError, TypeError, AttributeError, struct.error):
        raise WeightsError(f"{path.name} is not a safetensors file") from None
    if 8 + length + end != size:
        raise WeightsError(f"{path.name} is damaged: its tensors need {8 + length + end} bytes, it has {size}")
    return dict(header)


def _run_child(source: Path, target: Path, cancel: CancelToken) -> dict[str, Any]:
    variables = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    command = [sys.executable, "-I", str(_CHILD), str(source.absolute()), str(target.absolute())]
    with (
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            command, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, cwd=target.parent
        ) as child,
    ):
        try:
            while child.poll() is None:
                cancel.check()
                time.sleep(_POLL_SECONDS)
        finally:
            with suppress(OSError):
                child.kill()  # also where this thread is interrupted; a finished one does not mind
            child.wait()
        output.seek(0)
        try:
            found = json.loads(output.read().splitlines()[-1])
        except (ValueError, IndexError):
            raise WeightsError(
                f"{source.name} cannot be converted to safetensors: the process ended with status {child.returncode}; "
                "is there enough memory?"
            ) from None
    if not isinstance(found, dict):
        raise WeightsError(f"{source.name} cannot be converted to safetensors: the process gave no answer")
    return found
