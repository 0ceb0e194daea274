"""The editor's window for tests: a home folder of its own, and one window shared by the tests of a module."""

from pathlib import Path

import pytest

from tests.app.editor_window import one_window, reset, write_project


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("VERSA_HOME", str(folder))
    folder.mkdir()
    return folder


shared = one_window()


@pytest.fixture
def start(qtbot, shared):
    reset(shared, None)
    return shared


@pytest.fixture
def editor(qtbot, shared, tmp_path):
    reset(shared, write_project(tmp_path))
    return shared
