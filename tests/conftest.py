"""What every process of the tests needs: where several run, each of them has a screen and one thread of its own."""

import os
import shutil
import sys
from contextlib import ExitStack

import pytest

import versa

_own = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start an X server for a worker, so that no window takes the focus of another worker's."""
    if not hasattr(config, "workerinput"):
        return
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # as many workers as cores
    if sys.platform.startswith("linux") and shutil.which("Xvfb"):
        os.environ["DISPLAY"] = _own.enter_context(versa.VirtualDisplay())


def pytest_unconfigure() -> None:
    """Stop it."""
    _own.close()
