"""Files that are bundled with the program: weights, sample projects and the licences of both.

Only says where they lie; reading them belongs to the module that uses them.
"""

from pathlib import Path
from typing import Final

RESOURCES: Final = Path(__file__).resolve().parent
"""Folder of the bundled files."""

WEIGHTS: Final = RESOURCES / "weights"
"""Folder of the bundled network weights."""

SAMPLE: Final = RESOURCES / "sample"
"""Folder of the sample portraits, speech and projects."""
