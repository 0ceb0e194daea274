"""Imports published T2M-GPT tokenizer checkpoints, so that motion can be encoded and decoded with them.

Such a checkpoint is a VQ-VAE in our own layout (spec of the motion networks, section b) under other names, and it works
on features in the data set's `published` mode, normalised with statistics that come beside it. Its transformer (GPT)
is not imported. Command: `python -m models.t2mgpt CHECKPOINT --statistics FOLDER --out FOLDER`.
"""

import argparse
import re
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from core.constants import NUM_FEATURES
from core.features import encode
from models.checkpoint import CheckpointError, load_weights, read_config, save_network
from models.tokenizer import MotionTokenizer, TokenizerConfig

KIND: Final = "t2mgpt_tokenizer"
"""`kind` in the config of a folder that an import wrote."""

_PREFIXES: Final = ("module.", "vqvae.")

# A part's index in the published lists, by number of halvings L: encoder 0 enter, 2.. levels, L + 2 leave; decoder 0
# enter, 2.. levels, L + 2 smooth, L + 4 leave. Inside an encoder level 0 is the strided convolution and 1 the blocks;
# inside a decoder level 0 the blocks and 2 the convolution after the upsampling.
_ENDS: Final = {"encoder": {0: "enter", 2: "leave"}, "decoder": {0: "enter", 2: "smooth", 4: "leave"}}
_KEY: Final = re.compile(r"(encoder|decoder)\.model\.(\d+)\.(?:(\d)\.)?(?:model\.(\d+)\.(conv[12])\.)?(weight|bias)")


def our_key(key: str, levels: int) -> str:
    """Name in `MotionTokenizer` of a published tensor, without its prefixes.

    Raises:
        CheckpointError: no such part.
    """
    if key == "quantizer.codebook":
        return "codebook"
    match = _KEY.fullmatch(key)
    if match is None:
        raise CheckpointError(f"the checkpoint holds {key!r}, which no T2M-GPT tokenizer has")
    part, first, inner, block, conv, kind = match.groups()
    place = int(first)
    if inner is None:
        end = place if place == 0 else place - levels
        if end not in _ENDS[part]:
            raise CheckpointError(f"the checkpoint holds {key!r}, which a tokenizer of {levels} halvings does not have")
        return f"{part}.{_ENDS[part][end]}.{kind}"
    if conv is not None:
        return f"{part}.blocks.{place - 2}.{block}.{conv}.{kind}"
    return f"{part}.{'down' if part == 'encoder' else 'up'}.{place - 2}.{kind}"


def _stripped(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    result = {}
    for key, tensor in state.items():
        name = key
        for prefix in _PREFIXES:
            name = name.removeprefix(prefix)
        result[name] = tensor
    return result


def config_of(state: Mapping[str, Tensor]) -> TokenizerConfig:
    """Size of the network that a published state dict (without prefixes) belongs to.

    Raises:
        CheckpointError: it is no such network, or not one for 22 joints.
    """
    try:
        enter, book = state["encoder.model.0.weight"], state["quantizer.codebook"]
    except KeyError as error:
        raise CheckpointError(f"the checkpoint has no {error.args[0]}; it is no T2M-GPT tokenizer") from None
    for name, tensor, axes in (("encoder.model.0.weight", enter, 3), ("quantizer.codebook", book, 2)):
        if tensor.ndim != axes or 0 in tensor.shape:
            raise CheckpointError(
                f"the checkpoint has a {name} of shape {tuple(tensor.shape)}, where a T2M-GPT tokenizer has {axes} axes"
            )
    if enter.shape[1] != NUM_FEATURES:
        raise CheckpointError(
            f"the checkpoint takes {enter.shape[1]} features a frame, not {NUM_FEATURES}; only those for HumanML3D fit"
        )
    levels = len([key for key in state if re.fullmatch(r"encoder\.model\.\d+\.0\.weight", key)])
    blocks = len([key for key in state if re.fullmatch(r"encoder\.model\.2\.1\.model\.\d+\.conv1\.weight", key)])
    return TokenizerConfig(
        width=int(enter.shape[0]), code_dim=int(book.shape[1]), depth=blocks, codes=int(book.shape[0]), levels=levels
    )


class T2MGPTTokenizer(MotionTokenizer):
    """A `MotionTokenizer` with published weights: joints are encoded in the data set's `published` mode."""

    def encode(self, joints: ArrayLike, *, search: bool = False) -> NDArray[np.int64]:
        """Tokens of joint positions: (T, 22, 3) metres at 20 fps to ((T - 1) // 4,)."""
        return self.encode_features(encode(joints, "published"), search=search)

    @classmethod
    def from_pretrained(cls, folder: Path | None = None) -> "T2MGPTTokenizer":
        """Load a folder that an import wrote.

        Raises:
            CheckpointError: missing, damaged or of another kind.
        """
        if folder is None:
            raise CheckpointError("no T2M-GPT weights are bundled; import a checkpoint with `python -m models.t2mgpt`")
        config = read_config(folder, KIND)
        tokenizer = cls(TokenizerConfig(**config["network"]))
        load_weights(folder, tokenizer)
        return tokenizer.eval()

    def save_pretrained(self, folder: Path, extra: Mapping[str, object] | None = None) -> None:
        """Write a weights folder in full precision, so that codes stay what they are."""
        config = {name: getattr(self.config, name) for name in ("width", "code_dim", "depth", "codes", "levels")}
        content = {"kind": KIND, "network": config, "features": "published", **(extra or {})}
        save_network(folder, self, content, half=False)


def from_state(state: Mapping[str, Tensor], mean: ArrayLike, std: ArrayLike) -> T2MGPTTokenizer:
    """The tokenizer of a published state dict.

    Args:
        state: tensors by their published names, with or without the prefixes `vqvae.` and `module.`.
        mean: (263,) of the features, from the folder that belongs to the checkpoint.
        std: (263,) likewise.

    Raises:
        CheckpointError: names or shapes that do not fit, statistics of another length, or values that are no numbers.
    """
    plain = _stripped(state)
    config = config_of(plain)
    tokenizer = T2MGPTTokenizer(config)
    tensors = {our_key(key, config.levels): tensor for key, tensor in plain.items()}
    for name, values in (("mean", mean), ("std", std)):
        tensors[name] = torch.from_numpy(_checked(values, f"the {name} of the features", positive=name == "std"))
    wanted = tokenizer.state_dict()
    for key in sorted(set(wanted) | set(tensors)):
        if key not in wanted or key not in tensors or wanted[key].shape != tensors[key].shape:
            raise CheckpointError(f"the checkpoint does not fit a T2M-GPT tokenizer in its part {key}")
        if not torch.isfinite(tensors[key].to(wanted[key].dtype)).all():
            raise CheckpointError(f"the checkpoint holds values that are not numbers in its part {key}")
    tokenizer.load_state_dict({key: tensor.to(wanted[key].dtype) for key, tensor in tensors.items()})
    return tokenizer.eval()


def _checked(values: ArrayLike, said: str, *, positive: bool) -> NDArray[np.float32]:
    """Statistics (263,) as float32; `said` names them in errors."""
    array = np.asarray(values)
    if array.dtype.kind not in "fiu" or array.shape != (NUM_FEATURES,):
        raise CheckpointError(f"{said} must be {NUM_FEATURES} numbers, not {array.dtype} of shape {array.shape}")
    with np.errstate(over="ignore"):
        array = array.astype(np.float32)
    if not np.isfinite(array).all() or (positive and array.min() <= 0):
        raise CheckpointError(f"{said} must be finite numbers" + (" above 0" if positive else ""))
    return array


def _read_statistics(folder: Path, name: str) -> NDArray[np.float32]:
    """`mean` or `std` of a folder, from `NAME.npy` or `Name.npy`."""
    file = next((p for p in (folder / f"{name}.npy", folder / f"{name.title()}.npy") if p.is_file()), None)
    if file is None:
        raise CheckpointError(f"{folder} holds no {name}.npy; give the folder `meta` that belongs to the weights")
    try:
        with file.open("rb") as stream:
            values = np.load(stream, allow_pickle=False)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        values = None
    if not isinstance(values, np.ndarray):
        raise CheckpointError(f"{file} cannot be read as .npy; copy it again from the folder `meta` of the weights")
    return _checked(values, f"{file}: the {name} of the features", positive=name == "std")


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """State dict of a checkpoint file: `.pth` with the key `net` or plain, or `.safetensors`.

    Raises:
        CheckpointError: missing, damaged, or something else.
    """
    if not path.is_file():
        raise CheckpointError(f"there is no checkpoint at {path}")
    try:
        content = load_file(path) if path.suffix == ".safetensors" else _read_pickle(path)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror or error}") from None
    except SafetensorError as error:
        raise CheckpointError(f"{path} cannot be read as a checkpoint: {error}") from None
    state = content.get("net", content) if isinstance(content, Mapping) else None
    if not isinstance(state, Mapping) or not all(
        isinstance(key, str) and isinstance(value, Tensor) for key, value in state.items()
    ):
        raise CheckpointError(f"{path} holds no state dict; the published file has it under `net`")
    return dict(state)


def _read_pickle(path: Path) -> Any:
    """What `torch.save` wrote; nothing but tensors and plain values is unpickled."""
    with path.open("rb") as stream:
        if not stream.read(1):
            raise CheckpointError(f"{path} is empty; download it again")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # the unpickler answers damage and other kinds of file with almost any error, and in many lines
        raise CheckpointError(
            f"{path} cannot be read as a checkpoint; give the published file, such as net_last.pth, or download it "
            "again"
        ) from None


def import_checkpoint(path: Path, statistics: Path) -> T2MGPTTokenizer:
    """Read a checkpoint and the statistics `mean.npy` and `std.npy` that belong to it.

    Args:
        path: `.pth` or `.safetensors`.
        statistics: folder with both files (published as `meta`); those of the data set itself differ in scale.

    Raises:
        CheckpointError: something is missing or does not fit.
    """
    mean, std = (_read_statistics(statistics, name) for name in ("mean", "std"))
    state = read_checkpoint(path)
    try:
        return from_state(state, mean, std)
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Import a checkpoint into a weights folder; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m models.t2mgpt", description=__doc__.split("\n")[0])
    parser.add_argument("checkpoint", type=Path, help="published file, such as net_last.pth")
    parser.add_argument("--statistics", type=Path, required=True, metavar="DIR", help="folder with mean.npy, std.npy")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="weights folder to write")
    options = parser.parse_args(arguments)
    try:
        if options.out.exists() and not options.out.is_dir():
            raise CheckpointError(f"{options.out} is a file; give --out the weights folder to write")
        tokenizer = import_checkpoint(options.checkpoint, options.statistics)
        try:
            tokenizer.save_pretrained(options.out)
        except (OSError, SafetensorError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or error
            raise CheckpointError(f"{options.out} cannot be written: {reason}") from None
    except CheckpointError as error:
        print(f"t2mgpt: {error}", file=sys.stderr)
        return 1
    print(f"{options.out}: imported; `T2MGPTTokenizer.from_pretrained` reads it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
