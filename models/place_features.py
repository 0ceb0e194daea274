"""Tells each token where it is in its prompt, the same way in training and in use."""

import numpy as np
from numpy.typing import NDArray

NUM_RANGE_FEATURES = 4
"""Prompted or not, share elapsed, tokens since the start and to the end of the prompt (in 16)."""


def range_features(start: float, end: float, length: int) -> NDArray[np.float32]:
    """(length, 4) place features of positions 0 ... length - 1 for a prompt from `start` to `end`, all in tokens.

    Positions whose middle lies outside the range get zeros.
    """
    middle = np.arange(length) + 0.5
    inside = (middle >= start) & (middle <= end)
    share = (middle - start) / max(end - start, 1e-6)
    features = np.stack([np.ones(length), share, (middle - start) / 16, (end - middle) / 16], axis=1)
    return np.where(inside[:, None], features, 0.0).astype(np.float32)
