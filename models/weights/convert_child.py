"""The process that turns a pickled checkpoint into safetensors; `models.weights.convert` starts it as a script.

Runs alone (`python -I`), knows nothing of the program, and gets no secrets. A checkpoint is refused before anything is
unpickled if its pickle names anything but tensors; what is left is loaded with `weights_only=True` all the same.
"""

import hashlib
import io
import json
import pickletools
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

ALLOWED: Final = frozenset(
    {"collections OrderedDict", "torch._utils _rebuild_tensor_v2", "torch._utils _rebuild_parameter"}
    | {
        f"torch {kind}Storage"
        for kind in ("Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool")
    }
)
"""All that a dictionary of tensors, saved by torch, needs to name."""

_FORBIDDEN: Final = frozenset({"STACK_GLOBAL", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4"})
"""Ways of naming or making objects that torch does not use for tensors."""

_ZIP_MAGIC: Final = b"PK\x03\x04"
_LEGACY_PICKLES: Final = 5
"""A file in torch's old form begins with so many pickles: magic, version, system, the object, keys."""

_LARGEST_PICKLE: Final = 64 * 2**20
_BLOCK: Final = 2**22


class RefusedError(Exception):
    """The file is not what it should be; the text says why, for the user."""


def refusal(pickle: IO[bytes]) -> str:
    """Read one pickle's instructions, run none of them, and return why it is refused, or ""."""
    try:
        for opcode, argument, _place in pickletools.genops(pickle):
            if opcode.name == "GLOBAL" and argument not in ALLOWED:
                return f"its pickle asks for {str(argument).replace(' ', '.')}"
            if opcode.name in _FORBIDDEN:
                return f"its pickle makes objects in a way that tensors do not need ({opcode.name})"
    except (ValueError, UnicodeError, IndexError) as error:
        return f"its pickle cannot be read ({error})"
    return ""


def check(path: Path) -> None:
    """Refuse a file whose pickles ask for anything but tensors.

    Raises:
        RefusedError: it does, or it is no checkpoint.
    """
    if not _is_zipped(path):
        with open(path, "rb") as file:
            for _ in range(_LEGACY_PICKLES):
                why = refusal(file)
                if why:
                    raise RefusedError(why)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            pickles = [archive.read(name) for name in names if name.endswith("data.pkl")]
    except (zipfile.BadZipFile, RuntimeError, EOFError, NotImplementedError, OSError) as error:
        raise RefusedError(f"it is no checkpoint of torch, or it is cut short ({_first_line(error)})") from None
    _check_parts(names, pickles)
    _check_as_torch_reads(path)


def _is_zipped(path: Path) -> bool:
    """Tell torch's forms apart as torch does: by the first bytes."""
    with open(path, "rb") as file:
        return file.read(len(_ZIP_MAGIC)) == _ZIP_MAGIC


def _check_parts(names: list[str], pickles: list[bytes]) -> None:
    if any("/code/" in f"/{name}" or name.endswith("constants.pkl") for name in names):
        raise RefusedError("it holds a program (TorchScript), not only tensors")
    if len(pickles) != 1:
        raise RefusedError(f"it holds {len(pickles)} pickles instead of one")
    if len(pickles[0]) > _LARGEST_PICKLE:
        raise RefusedError("its pickle is larger than that of any known network")
    why = refusal(io.BytesIO(pickles[0]))
    if why:
        raise RefusedError(why)


def _check_as_torch_reads(path: Path) -> None:
    """Look once more through the eyes of `torch.load`, which may find other bytes in a crafted archive."""
    import torch

    try:
        reader = torch._C.PyTorchFileReader(str(path))
        names, data = reader.get_all_records(), reader.get_record("data.pkl")
    except RuntimeError as error:
        raise RefusedError(f"it is no checkpoint of torch, or it is cut short ({_first_line(error)})") from None
    _check_parts(names, [data])


def tensors_of(loaded: Any) -> dict[str, Any]:
    """Return the tensors of a loaded checkpoint, each with memory of its own.

    Raises:
        RefusedError: it is not a plain dictionary of tensors.
    """
    import torch

    if not isinstance(loaded, dict) or not loaded:
        raise RefusedError(f"it holds a {type(loaded).__name__}, not a dictionary of tensors")
    found, seen = {}, set()
    for key, value in loaded.items():
        if not isinstance(key, str) or not isinstance(value, torch.Tensor):
            raise RefusedError(f"it holds a {type(value).__name__} under {key!r}, not a tensor")
        tensor = value.detach().contiguous()
        shared = tensor.untyped_storage().data_ptr()
        if shared in seen:
            tensor = tensor.clone()
        seen.add(shared)
        found[key] = tensor
    return found


def convert(source: Path, target: Path) -> dict[str, Any]:
    """Write a checkpoint's tensors as safetensors and return facts about the new file."""
    check(source)
    import pickle

    import torch
    from safetensors.torch import save_file

    try:
        # Mapped, so that a machine with little memory can do it; only the newer form can be.
        loaded = torch.load(source, map_location="cpu", weights_only=True, mmap=_is_zipped(source))
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError) as error:
        raise RefusedError(f"torch cannot read it ({_first_line(error)})") from None
    tensors = tensors_of(loaded)
    save_file(tensors, target, metadata={"format": "pt"})
    digest = hashlib.sha256()
    for block in _blocks(target):
        digest.update(block)
    return {"tensors": len(tensors), "size": target.stat().st_size, "sha256": digest.hexdigest()}


def _blocks(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def main(source: str, target: str) -> int:
    """Convert and print the outcome as JSON."""
    try:
        print(json.dumps(convert(Path(source), Path(target))))
    except RefusedError as error:
        print(json.dumps({"refused": str(error)}))
    except (OSError, MemoryError) as error:
        print(json.dumps({"failed": getattr(error, "strerror", None) or "the memory is not enough"}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
