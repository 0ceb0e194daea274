"""Streaming change of sample rate for one channel: the same samples as one pass over the whole signal, block by block.

A windowed-sinc polyphase filter. Frames of video and motion are resampled by time elsewhere.
"""

from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

ZERO_CROSSINGS: Final = 32
"""Zero crossings of the sinc on each side."""

KAISER_BETA: Final = 9.0
"""About 90 dB of stop-band attenuation (Kaiser's formula)."""

CUTOFF: Final = 0.91
"""Cut-off as a share of the lower Nyquist frequency: the transition ends there, so nothing folds back audibly."""


class Resampler:
    """Turns blocks of samples at `source_rate` into blocks at `target_rate`.

    Sample k of the output lies at k / target_rate seconds: the filter adds no delay. Beyond both ends the signal counts
    as silence. The output of n samples has ceil(n * target_rate / source_rate) samples in all.
    """

    def __init__(self, source_rate: int, target_rate: int) -> None:
        from scipy.signal import firwin  # here, because it takes long to import

        common = gcd(source_rate, target_rate)
        self._up = target_rate // common
        self._down = source_rate // common
        self._received = 0
        self._delivered = 0
        if self._up == self._down:
            self._context = 0
            return
        half = ZERO_CROSSINGS * max(self._up, self._down)
        taps = firwin(2 * half + 1, CUTOFF / max(self._up, self._down), window=("kaiser", KAISER_BETA))
        # Context on each side: a whole number of `down` steps, so that every block starts at the same filter phase.
        steps = -(-(half // self._up + 1) // self._down)
        self._context = steps * self._down
        # The filter's centre must fall on an output sample: put zeros before it until it does.
        shift = (-half) % self._down
        self._taps = np.concatenate([np.zeros(shift), taps * self._up]).astype(np.float32)
        self._skip = (self._context * self._up + half + shift) // self._down
        self._buffer: NDArray[np.float32] = np.zeros(self._context, dtype=np.float32)

    def push(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take (n,) float32 samples and return the (m,) float32 samples that are complete with them."""
        self._received += len(block)
        if self._up == self._down:
            self._delivered += len(block)
            return block
        self._buffer = np.concatenate([self._buffer, block])
        steps = (len(self._buffer) - 2 * self._context) // self._down
        return self._filter(steps) if steps > 0 else np.zeros(0, dtype=np.float32)

    def finish(self) -> NDArray[np.float32]:
        """Return the (m,) float32 samples that were still held back; nothing may be pushed afterwards."""
        total = -(-self._received * self._up // self._down)
        left = total - self._delivered
        if left <= 0:
            return np.zeros(0, dtype=np.float32)
        steps = -(-left // self._up)
        missing = 2 * self._context + steps * self._down - len(self._buffer)
        self._buffer = np.concatenate([self._buffer, np.zeros(max(missing, 0), dtype=np.float32)])
        return self._filter(steps)[:left]

    def _filter(self, steps: int) -> NDArray[np.float32]:
        """Output of the next `steps` * down input samples; drops them from the buffer."""
        from scipy.signal import upfirdn

        taken = steps * self._down
        window = self._buffer[: taken + 2 * self._context]
        filtered = upfirdn(self._taps, window, self._up, self._down)
        self._buffer = self._buffer[taken:]
        result = filtered[self._skip : self._skip + steps * self._up]
        self._delivered += len(result)
        return np.asarray(result, dtype=np.float32)
