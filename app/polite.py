"""Lets processes that compute give way to the window: lower priority, and a core left alone where there are several.

The window must answer at once while its engine and its renders use all that is left. Nothing here slows a process down
on a machine with nothing else to do.
"""

import contextlib
import os
import sys
from typing import Final

ENGINE: Final = 7
"""Niceness of the engine: somebody waits for its motion."""

RENDER: Final = 12
"""Niceness of a render: it may take long."""

_BELOW_NORMAL: Final = 0x4000
_THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def step_back(niceness: int) -> None:
    """Lower this process's priority for good; a system that does not let us leaves it as it is.

    Args:
        niceness: how much, on systems that know it; `ENGINE` or `RENDER`.
    """
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
        return
    with contextlib.suppress(OSError):
        os.nice(niceness)
    if sys.platform == "linux":
        # A batch process does not take the processor away from one that just woke up, such as the window.
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def spare_a_core() -> None:
    """Let numerical libraries of the processes that are started from now on use one core less than there are.

    They read it when they are loaded. What the user set is left alone.
    """
    count = str(max(1, (os.cpu_count() or 2) - 1))
    for name in _THREADS:
        os.environ.setdefault(name, count)
