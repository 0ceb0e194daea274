"""The program is killed while it edits and saves: nothing that was safe is lost, and everything opens again."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.recovery import INTERVAL_MS, Autosave, RecoveryStore
from app.session import Session
from core import edits
from core.project_file import load_project, save_project
from core.timeline import Project
from tests.app.session_moves import sample_project
from tests.end_to_end.editing_child import NUMBER

ROOT = Path(__file__).parents[2]


def number_of(project: Project) -> int:
    return int(next(marker.name for marker in project.markers if marker.id == NUMBER))


def run_and_kill(path: Path, recovery: Path, mode: str, lines: Path, store: RecoveryStore) -> None:
    """Start the child, let it get to work, and kill it after a random time."""
    with open(lines, "wb") as out:
        command = [sys.executable, "-m", "tests.end_to_end.editing_child", str(path), str(recovery), mode]
        child = subprocess.Popen(command, stdout=out, cwd=ROOT)
        try:
            waited = b"saved" if mode == "saves" else b"safe"
            while lines.read_bytes().count(waited) < 2:
                assert child.poll() is None, "the child ended by itself"
                time.sleep(0.01)
            assert store.crashed() == ()  # it is at work, and its copies are its own
            time.sleep(random.random() * 0.4)
        finally:
            child.kill()
            child.wait()


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
@pytest.mark.parametrize("mode", ["edits", "saves"])
def test_kill_at_any_time(qapp, tmp_path, monkeypatch, mode):
    """Four times in a row, each time going on with what was recovered."""
    monkeypatch.setenv("VERSA_HOME", str(tmp_path / "home"))
    path, recovery, lines = tmp_path / "talk.versa", tmp_path / "recovery", tmp_path / "lines"
    save_project(edits.add_marker(sample_project(tmp_path), 0, "0", marker_id=NUMBER), path)
    store = RecoveryStore(recovery)
    for _ in range(4):
        run_and_kill(path, recovery, mode, lines, store)
        told = [line.split() for line in lines.read_text().splitlines() if line.count(" ") == 1]
        done = max(int(number) for word, number in told if word == "edit")
        safe = max(int(number) for word, number in told if word in ("safe", "saved"))

        on_file = number_of(load_project(path))
        states = store.crashed()
        copies = [number_of(store.load(state)) for state in states]
        assert copies == sorted(copies, reverse=True)  # by time
        best = max([on_file, *copies])
        assert safe <= best <= done + 1  # the last edit may have been made and not told
        # With an edit a second: what the interval allows is lost at most, and what came while the copy was written.
        begun = max([on_file, *(int(number) for word, number in told if word == "copying")])
        assert done - begun <= INTERVAL_MS / 1000
        assert begun == best or begun > safe  # the newest copy is there, or was being written

        session = Session()
        autosave = Autosave(session, store)
        if copies and copies[0] > on_file:
            assert autosave.recover(states[0])
            assert session.is_dirty
        else:
            assert session.open(path)
        assert number_of(session.project) == best
        assert session.save()
        autosave.stop()
        store.discard_all()
        assert number_of(load_project(path)) == best
    store.begin().close()
    assert not any(recovery.iterdir())  # what was left empty is tidied away
