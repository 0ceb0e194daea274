"""`versa models` against a hub on the loopback: exit status, answers for people and for programs, questions."""

import io
import json

import pytest

from app.cli import main
from models import weights
from models.weights import store
from tests.models.weights.hub_server import FakeHub, running_hub
from tests.models.weights.tiny import WEIGHTS, serve, tiny_entry

LARGE = "net/model.safetensors"


@pytest.fixture
def hub(home, monkeypatch):
    for name in ("VERSA_MODELS", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")
    monkeypatch.setattr(weights, "ENTRIES", (*weights.ENTRIES, tiny_entry()))
    with running_hub() as server:
        serve(server)
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        yield server


def at_a_terminal(monkeypatch, answer: str) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(answer + "\n"))
    monkeypatch.setattr("app.commands.models.sys.stderr.isatty", lambda: True, raising=False)


def test_a_download_needs_the_licence_and_then_answers_in_json(hub: FakeHub, capsys):
    assert main(["models", "download", "tiny", "--quiet"]) == 1
    said = capsys.readouterr().err
    assert "Test terms" in said and "--accept-licence" in said and said.count("\n") == 1
    assert hub.requests == []
    assert main(["models", "download", "tiny", "--accept-licence", "--json"]) == 0
    shown = capsys.readouterr()
    answer = json.loads(shown.out)["models"]
    assert answer == [
        {
            "name": "tiny",
            "state": "ready",
            "folder": str(store.models_folder() / "tiny"),
            "missing": [],
            "unchecked": [],
        }
    ]
    assert "download: done" in shown.err
    assert main(["models", "download", "tiny"]) == 0  # nothing to do
    assert "tiny is ready in" in capsys.readouterr().out


def test_quiet_says_nothing_and_an_unknown_checksum_is_a_note(hub: FakeHub, monkeypatch, capsys):
    monkeypatch.setattr(weights, "ENTRIES", (tiny_entry(known=False),))
    hub.faults.plain_tags = True
    assert main(["models", "download", "tiny", "--accept-licence", "--quiet"]) == 0
    shown = capsys.readouterr()
    assert shown.out == shown.err == ""
    assert main(["models", "remove", "tiny", "--yes", "--quiet"]) == 0
    assert main(["models", "download", "tiny"]) == 0
    assert "note: no checksum of config.json, net/model.safetensors was known" in capsys.readouterr().err


def test_the_question_at_a_terminal(hub: FakeHub, monkeypatch, capsys):
    at_a_terminal(monkeypatch, "n")
    assert main(["models", "download", "tiny"]) == 1
    said = capsys.readouterr().err
    assert "Only for tests." in said and "was not accepted" in said
    at_a_terminal(monkeypatch, "y")
    assert main(["models", "download", "tiny"]) == 0
    at_a_terminal(monkeypatch, "n")
    assert main(["models", "remove", "tiny"]) == 1
    assert tiny_entry().state() == "ready"
    at_a_terminal(monkeypatch, "yes")
    assert main(["models", "remove", "tiny"]) == 0
    assert tiny_entry().state() == "absent"


def test_a_failure_is_one_sentence_and_status_1(hub: FakeHub, capsys):
    hub.faults.token = "hf_secret"
    assert main(["models", "download", "tiny", "--accept-licence", "--quiet"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("versa: tests/tiny is given only to registered users") and said.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["models"],
        ["models", "fly"],
        ["models", "download"],
        ["models", "download", "nothing"],
        ["models", "download", "--backend", "nothing"],
        ["models", "import", "tiny"],
        ["models", "remove", "tiny"],
        ["models", "verify", "nothing"],
    ],
)
def test_wrong_use_has_status_2(hub: FakeHub, arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err


def test_a_backend_names_what_it_needs(hub: FakeHub, capsys):
    assert main(["models", "download", "--backend", "tiny", "--accept-licence", "--json"]) == 0
    assert [entry["name"] for entry in json.loads(capsys.readouterr().out)["models"]] == ["tiny"]
    assert main(["models", "download", "--backend", "draft", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["models"] == []


def test_import_verify_and_list_tell_the_truth(hub: FakeHub, tmp_path, capsys):
    (tmp_path / "model.safetensors").write_bytes(WEIGHTS)
    (tmp_path / "config.json").write_text("{}")
    file = str(tmp_path / "model.safetensors")
    assert main(["models", "import", "tiny", "--from", file, "--accept-licence", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["missing"] == ["config.json"]
    assert main(["models", "list", "tiny", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["models"][0]["state"] == "partial"
    assert main(["models", "import", "tiny", "--from", str(tmp_path)]) == 0
    assert main(["models", "verify", "tiny"]) == 0
    assert "tiny: right" in capsys.readouterr().out
    path = tiny_entry().path(LARGE)
    path.write_bytes(WEIGHTS[:-1] + b"\xff")
    assert main(["models", "verify", "tiny"]) == 1
    assert f"tiny: {LARGE} has a checksum that begins with" in capsys.readouterr().out
    assert main(["models", "list", "--json"]) == 0
    listed = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)["models"]}
    assert listed["tiny"]["state"] == "damaged" and LARGE in listed["tiny"]["problems"]
    assert listed["generator"]["state"] == "ready" and len(listed["generator"]["files"][0]["sha256"]) == 64


def test_the_list_for_people_shows_the_licence_of_one(hub: FakeHub, capsys):
    assert main(["models", "list"]) == 0
    shown = capsys.readouterr().out
    assert all(entry.name in shown for entry in weights.ENTRIES) and hub.endpoint in shown
    assert main(["models", "list", "clip-vit-b-32"]) == 0
    shown = capsys.readouterr().out
    assert "Permission is hereby granted" in shown and "pytorch_model.bin -> model.safetensors" in shown
