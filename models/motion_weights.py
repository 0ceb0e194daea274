"""Which weights make motion, and the version that they have together. Knows no tensors, so it is quick to import."""

from collections.abc import Callable
from pathlib import Path

WEIGHTS_FILE = "model.safetensors"


def motion_version(root: Path, fingerprint: Callable[[Path], str]) -> str:
    """The beginnings of the checksums of tokenizer, generator and, where they are, residual levels and rehearsals.

    Args:
        root: folder of the weights folders.
        fingerprint: SHA-256 of a file as hexadecimal digits.

    Raises:
        FileNotFoundError: weights are missing.
    """
    names = ["tokenizer", "generator"]
    if (root / "residual").is_dir():
        names.append("residual")
    if (root / "rehearsals" / WEIGHTS_FILE).is_file():  # the folder is there before, while they are made
        names.append("rehearsals")
    return "-".join(fingerprint(root / name / WEIGHTS_FILE)[:8] for name in names)
