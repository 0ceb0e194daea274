"""Weights shared by the tests of the versa backend."""

from pathlib import Path

import pytest

from . import tiny


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Base folder and checkpoint of tiny random weights."""
    return tiny.write_weights(tmp_path_factory.mktemp("versa"))


@pytest.fixture(scope="session")
def face_weights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same with an untrained face adapter."""
    return tiny.write_weights(tmp_path_factory.mktemp("versa-face"), face=True, suffix=".safetensors")
