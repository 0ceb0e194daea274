"""Keeps Python's search for garbage out of the user's way.

The modules, widgets and texts that the window is made of live as long as it does. Looking through them all takes a
tenth of a second, in the middle of playing, and finds nothing.
"""

import gc


def hold() -> None:
    """Search for nothing until `settle`: while the window is made, next to nothing becomes garbage."""
    gc.disable()


def settle() -> None:
    """Search from now on only among what is made later."""
    gc.collect()
    gc.freeze()
    gc.enable()
