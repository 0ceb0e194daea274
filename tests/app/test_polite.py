"""Processes that compute give way to the window."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import polite

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(os.name == "nt", reason="niceness of POSIX")
def test_a_process_that_steps_back_is_nicer_and_does_not_push_in():
    code = (
        "import os, sys\n"
        "from app import polite\n"
        "before = os.nice(0)\n"
        "polite.step_back(polite.RENDER)\n"
        "assert os.nice(0) == min(19, before + polite.RENDER), os.nice(0)\n"
        "assert sys.platform != 'linux' or os.sched_getscheduler(0) == os.SCHED_BATCH\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_core_is_spared_unless_the_user_says_otherwise(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "")  # noted, so that it is taken away again afterwards
        monkeypatch.delenv(name)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    polite.spare_a_core()
    assert (os.environ["OMP_NUM_THREADS"], os.environ["MKL_NUM_THREADS"]) == ("3", "7")
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.delenv("MKL_NUM_THREADS")
    polite.spare_a_core()
    assert os.environ["MKL_NUM_THREADS"] == "1"
