"""A repair for PySide6 6.12.0 on Python 3.11: there it gives away references to True, False and None not its own.

Each `Signal.emit` loses one to True, several painting calls one to None; after some thousands of them Python would
count none and abort ("deallocating None"). PySide's wheel is built with headers of a Python in which these objects are
immortal, and from Python 3.12 on they are. Not for anything else.
"""

import ctypes
import sys
from typing import Final

_SPARE: Final = 1 << (60 if sys.maxsize > 2**32 else 29)
"""References that no program lives long enough to give away."""

_guarded = False


def guard_bools() -> None:
    """Give the constants so many references that lost ones do not matter; to be called before the first signal."""
    global _guarded
    if _guarded or sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return
    _guarded = True
    for value in (True, False, None, NotImplemented, ...):
        # An object of CPython 3.11 begins with its reference count.
        ctypes.c_ssize_t.from_address(id(value)).value += _SPARE
