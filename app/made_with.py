"""What a file says about how it was made: that its picture is synthetic, and which program and weights made it."""

from importlib.metadata import PackageNotFoundError, version
from typing import Protocol

from core.video import SYNTHETIC_NOTICE

PROGRAM = "Versa Director"


class Named(Protocol):
    """A renderer, as far as a file names it."""

    name: str
    version: str


def program_version() -> str:
    """Return the installed version, or "from source"."""
    try:
        return version("versa-director")
    except PackageNotFoundError:
        return "from source"


def metadata(*, renderer: Named | None = None, weights: str = "") -> dict[str, str]:
    """Return the tags of a video file.

    Args:
        renderer: what made the picture; None for a drawing of the poses.
        weights: version of the motion weights, "" if none were used.
    """
    parts = [f"Made with {PROGRAM} {program_version()}"]
    parts.append("drawing of the poses" if renderer is None else f"renderer {renderer.name} {renderer.version}")
    if weights:
        parts.append(f"motion weights {weights}")
    return {"comment": SYNTHETIC_NOTICE, "description": "; ".join(parts)}
