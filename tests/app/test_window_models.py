"""The model manager in the editor, against a hub on the loopback: the window answers while files come."""

import threading

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

from app.window_models import WindowModels, model_settings, row_of
from models import weights
from models.weights import install, store
from tests.models.weights.hub_server import running_hub
from tests.models.weights.tiny import WEIGHTS, serve, tiny_entry
from widgets.model_dialogs import ModelSettings

LARGE = "net/model.safetensors"
WAIT = 20_000


class Window(QMainWindow):
    """Stands for the editor's window."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, str]] = []

    def show_message(self, level: str, text: str) -> None:
        self.said.append((level, text))


@pytest.fixture
def hub(home, monkeypatch):
    for name in ("VERSA_MODELS", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")
    monkeypatch.setattr(weights, "ENTRIES", (weights.find("tokenizer"), tiny_entry()))
    with running_hub() as server:
        serve(server)
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        yield server


@pytest.fixture
def models(hub, qtbot):
    window = Window()
    qtbot.addWidget(window)
    made = WindowModels(window)
    made.window = window
    made.open("tiny")
    qtbot.waitUntil(lambda: made.dialog.current() is not None, timeout=WAIT)
    yield made
    made.shut_down()
    QApplication.processEvents()  # the last word of the thread, while these weights are known


def state_is(models, state: str):
    def check() -> bool:
        row = models.dialog.current()
        return row.state == state and not row.task

    return check


def test_weights_are_shown_with_the_asked_ones_chosen(models):
    assert models.dialog.current().name == "tiny" and models.dialog.current().state == "absent"
    models.dialog.select("tokenizer")
    row = models.dialog.current()
    assert row.state == "ready" and not row.downloadable and "motion" in row.purpose


def has_begun(models):
    """Half of the large file is there, and the server sends nothing more."""
    return lambda: 0 < models.dialog.current().fraction < 1


def test_a_download_runs_behind_a_window_that_answers(models, hub, qtbot, monkeypatch):
    models._accept("tiny")
    hub.files["config.json"], hub.faults.stalls = b"", True  # an empty file does not stall
    ticks, threads = [], set()
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(models.dialog.current().task))
    timer.start(5)
    original = install.download

    def watched(*args, **kwargs):
        threads.add(threading.current_thread().name)
        return original(*args, **kwargs)

    monkeypatch.setattr(install, "download", watched)
    models.dialog.act("download")
    assert models.dialog.current().task in ("waiting", "look up")
    qtbot.waitUntil(has_begun(models), timeout=WAIT)
    ticks.clear()
    qtbot.waitUntil(lambda: ticks.count("download") > 3, timeout=WAIT)
    assert threads == {"models"}
    assert "Downloading" in models.dialog.progress.text() and "10\u00a0KiB" in models.dialog.progress.text()


def test_cancel_keeps_the_part_and_go_on_ends_it(models, hub, qtbot):
    models._accept("tiny")
    hub.files["config.json"], hub.faults.stalls = b"", True
    models.dialog.act("download")
    qtbot.waitUntil(has_begun(models), timeout=WAIT)
    models.dialog.act("cancel")
    assert models.dialog.current().task == "cancel"
    qtbot.waitUntil(state_is(models, "partial"), timeout=WAIT)
    assert "are there" in models.dialog.current().detail
    assert not models.dialog.message.isVisible(), "a cancel is no failure"
    hub.faults.stalls = False
    models.dialog.act("download")
    qtbot.waitUntil(state_is(models, "ready"), timeout=WAIT)
    assert models.dialog.message.text() == "Tiny network is ready."
    assert tiny_entry().path(LARGE).read_bytes() == WEIGHTS


def test_a_failure_is_one_sentence_in_the_dialog_or_the_window(models, hub, qtbot):
    models._accept("tiny")
    hub.faults.token = "hf_secret"
    models.dialog.act("download")
    qtbot.waitUntil(lambda: "registered users" in models.dialog.message.text(), timeout=WAIT)
    models._start("tiny", "download")
    models.dialog.close()
    qtbot.waitUntil(lambda: bool(models.window.said), timeout=WAIT)
    assert models.window.said[0][0] == "error" and "registered users" in models.window.said[0][1]


def test_import_check_damage_remove_and_undo(models, hub, qtbot, tmp_path):
    (tmp_path / "model.safetensors").write_bytes(WEIGHTS)
    (tmp_path / "config.json").write_text("{}")
    models._accept("tiny")
    models.dialog.importRequested.emit("tiny", str(tmp_path))
    qtbot.waitUntil(state_is(models, "ready"), timeout=WAIT)
    models.dialog.act("verify")
    qtbot.waitUntil(lambda: models.dialog.message.text().startswith("Every byte"), timeout=WAIT)
    tiny_entry().path(LARGE).write_bytes(WEIGHTS[:-1] + b"\xff")
    models.dialog.act("verify")
    qtbot.waitUntil(state_is(models, "damaged"), timeout=WAIT)
    assert "is damaged" in models.dialog.message.text() and "checksum" in models.dialog.current().detail
    models.dialog.removeRequested.emit("tiny")
    qtbot.waitUntil(state_is(models, "absent"), timeout=WAIT)
    assert models.dialog.undo_bar.isVisible()
    models.dialog.undoRequested.emit()
    qtbot.waitUntil(state_is(models, "damaged"), timeout=WAIT)
    assert not models.dialog.undo_bar.isVisible()
    models.dialog.removeRequested.emit("tiny")
    models.dialog.close()
    removed = store.models_folder() / store.REMOVED
    qtbot.waitUntil(lambda: not list(removed.glob("*")), timeout=WAIT)


def test_closing_the_window_ends_the_download_and_keeps_the_part(models, hub, qtbot):
    models._accept("tiny")
    hub.files["config.json"], hub.faults.stalls = b"", True
    models.dialog.act("download")
    qtbot.waitUntil(has_begun(models), timeout=WAIT)
    models.shut_down()
    assert models.tasks._thread is None and tiny_entry().state() == "partial"
    with store.locked("tiny"):
        pass  # the thread let go of it


def test_settings_are_kept_and_a_wrong_one_is_refused(models, home, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_ENDPOINT", "https://strong.example")
    shown = model_settings()
    assert shown.fixed == ("HF_ENDPOINT",) and shown.usual_folder == str(home / "models") and not shown.token_stored
    models._change_settings(ModelSettings(str(tmp_path / "disk"), "", "https://mirror.example", False, "hf_own"))
    assert store.models_folder() == tmp_path / "disk" and model_settings().mirror == "https://mirror.example"
    assert model_settings().token_stored and store.token() == "hf_own"
    models._change_settings(ModelSettings("", "", "mirror", True))
    assert "must begin with https" in models.dialog.message.text()


def test_a_row_says_what_is_wrong(home, monkeypatch, tmp_path):
    monkeypatch.setattr("resources.WEIGHTS", tmp_path)
    assert row_of(weights.find("tokenizer")).state == "absent"
    (tmp_path / "tokenizer").mkdir()
    (tmp_path / "tokenizer" / "model.safetensors").write_bytes(b"x")
    assert "not the file that came with the program" in row_of(weights.find("tokenizer")).detail
