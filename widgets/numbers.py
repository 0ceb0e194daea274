"""Numbers as the user's language writes them, and units that stay on the line of their number.

The decimal mark is that of Qt's default locale, which the program sets to its language. Not for what is read back from
files, and not for times such as 0:06.520, which are timecode.
"""

import re
from typing import Final

from PySide6.QtCore import QLocale

NO_BREAK: Final = "\u00a0"

_UNITS: Final = ("GiB", "MiB", "KiB", "GB", "MB", "kHz", "Hz", "fps", "B/s", "px", "min", "Min.", "h", "s", "B", "%")
_BEFORE_UNIT: Final = re.compile(rf"(?<=\d) (?=(?:{'|'.join(map(re.escape, _UNITS))})(?![\w/]))")
_DECIMAL: Final = re.compile(r"\d+\.\d+")


def localised(value: float, decimals: int | None = None) -> str:
    """Return a number with so many decimals, or with as many as it needs, without marks between thousands."""
    text = f"{value:g}" if decimals is None else f"{value:.{decimals}f}"
    return text.replace(".", QLocale().decimalPoint())


def rewritten(text: str) -> str:
    """Return a number or a size that was written in English, such as "8.2" or "1.36 GiB", in the user's way.

    Whatever is more than a number and a unit comes back as it is.
    """
    figure, _, unit = text.partition(" ")
    if not _DECIMAL.fullmatch(figure) or (unit and unit not in _UNITS):
        return text
    return text.replace(".", QLocale().decimalPoint())


def kept_together(text: str) -> str:
    """Return a text in which no line breaks between a number and its unit."""
    return _BEFORE_UNIT.sub(NO_BREAK, text)
