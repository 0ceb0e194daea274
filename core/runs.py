"""Stretches of time in which something holds, from a flag for every frame."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


def runs(flags: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the half-open stretches of a (T,) array in which it is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        yield int(first), int(last)
