"""A home of its own for every test, and a hub on the loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.weights import install
from tests.models.weights.hub_server import FakeHub, running_hub
from tests.models.weights.tiny import serve, tiny_entry


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program's own folder; nothing of the machine's settings leads elsewhere."""
    folder = tmp_path / "home"
    monkeypatch.setenv("VERSA_HOME", str(folder))
    for name in ("VERSA_MODELS", "HF_ENDPOINT", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")
    folder.mkdir()
    return folder


@pytest.fixture
def hub(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with running_hub() as server:
        serve(server)
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        install.accept_licence(tiny_entry())
        yield server
