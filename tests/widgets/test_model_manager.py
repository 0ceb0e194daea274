"""`widgets.model_manager`: what is shown of each state, what can be done, and what is asked before."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox

from tests.shown import show_active
from widgets.model_dialogs import LicenceDialog, ModelSettings, ModelSettingsDialog
from widgets.model_manager import ModelManager, ModelRow

LEFT = Qt.MouseButton.LeftButton


def row(name="net", state="absent", **more) -> ModelRow:
    facts = {
        "title": f"Network {name}",
        "purpose": "Does <things>.",
        "needed_by": "backend x",
        "size": "1.36 GiB",
        "licence": "Test terms",
        "licence_text": "Be kind.",
        "licence_url": "https://example.org/terms",
        "accepted": True,
        "origin": "tests/net",
        "page": "https://example.org/net",
    }
    return ModelRow(name=name, state=state, **{**facts, **more})


@pytest.fixture
def manager(qtbot):
    made = ModelManager()
    made.set_rows([row(), row("own", "ready", downloadable=False, page="", origin="")])
    show_active(qtbot, made)
    return made


def shown(manager) -> set[str]:
    return {name for name, button in manager.buttons.items() if button.isVisible()}


def in_dialog(kind, do) -> None:
    """Do something with the dialog that is about to open."""

    def act():
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, kind)
        do(dialog)

    QTimer.singleShot(50, act)


@pytest.mark.parametrize(
    ("given", "buttons", "state"),
    [
        (row(), {"download", "import", "licence"}, "Not there"),
        (row(state="partial"), {"download", "import", "remove", "licence"}, "Partly there"),
        (row(state="ready"), {"verify", "remove", "licence"}, "Ready"),
        (row(state="damaged"), {"download", "import", "verify", "remove", "licence"}, "Damaged"),
        (row(state="ready", downloadable=False), {"verify", "licence"}, "Ready"),
        (row(task="download", fraction=0.5), {"cancel", "licence"}, "Downloading 50 %"),
        (row(task="waiting"), {"cancel", "licence"}, "Waiting"),
        (row(task="cancel"), {"licence"}, "Cancelling"),
    ],
)
def test_each_state_shows_what_can_be_done(manager, given, buttons, state):
    manager.set_rows([given])
    manager.select("net")
    assert shown(manager) == buttons
    item = manager.tree.currentItem()
    assert item.text(4).endswith(state) and state in item.data(0, Qt.ItemDataRole.AccessibleTextRole)
    assert manager.bar.isVisible() == bool(given.task)


def test_states_differ_by_form_and_not_by_colour_alone(manager):
    signs = set()
    for state in ("absent", "partial", "ready", "damaged"):
        manager.set_rows([row(state=state)])
        signs.add(manager.tree.currentItem().text(4)[0])
    assert len(signs) == 4


def test_progress_tells_amount_and_time(manager):
    manager.set_rows([row(task="download", fraction=0.25, amount="1 of 4 GiB", seconds_left=190.0)])
    assert manager.progress.text() == "Downloading 25 %, 1 of 4 GiB, 3 min left"
    assert manager.bar.value() == 250
    manager.set_rows([row(task="convert")])
    assert manager.bar.maximum() == 0, "unknown: the bar runs"


def test_the_current_row_stays_through_updates(manager):
    manager.select("own")
    manager.set_rows([row(task="waiting"), row("own", "ready", downloadable=False)])
    assert manager.current().name == "own"
    manager.set_rows([row(), row("new"), row("own", "ready", downloadable=False)])
    assert manager.current().name == "own"


def test_what_is_wrong_is_said_and_names_are_not_taken_for_markup(manager):
    manager.set_rows([row(state="damaged", detail="a<b> is damaged")])
    assert "a&lt;b> is damaged" in manager.text.text() and "Does &lt;things>." in manager.text.text()


def test_download_by_button_and_by_keyboard(manager, qtbot):
    with qtbot.waitSignal(manager.downloadRequested) as asked:
        QTest.mouseClick(manager.buttons["download"], LEFT)
    assert asked.args == ["net"]
    manager.tree.setFocus()
    with qtbot.waitSignal(manager.downloadRequested):
        QTest.keyClick(manager.tree, Qt.Key.Key_Return)


@pytest.mark.parametrize("agreed", [True, False])
def test_the_licence_comes_before_the_download(manager, agreed):
    asked, accepted = [], []
    manager.downloadRequested.connect(asked.append)
    manager.licenceAccepted.connect(accepted.append)
    manager.set_rows([row(accepted=False)])

    def answer(dialog):
        assert dialog.text.toPlainText() == "Be kind." and not dialog.accept_button.isEnabled()
        if not agreed:
            dialog.reject()
            return
        dialog.mark.setChecked(True)
        QTest.mouseClick(dialog.accept_button, LEFT)

    in_dialog(LicenceDialog, answer)
    manager.act("download")
    assert (accepted, asked) == ((["net"], ["net"]) if agreed else ([], []))


def test_reading_a_licence_accepts_nothing(manager):
    accepted = []
    manager.licenceAccepted.connect(accepted.append)

    def close(dialog):
        assert dialog.accept_button is None and not dialog.mark.isVisible()
        dialog.accept()

    in_dialog(LicenceDialog, close)
    manager.act("licence")
    assert accepted == []


@pytest.mark.parametrize("sure", [True, False])
def test_removal_is_asked(manager, sure):
    removed = []
    manager.removeRequested.connect(removed.append)
    manager.set_rows([row(state="ready")])

    def answer(box):
        buttons = {button.text().replace("&", ""): button for button in box.buttons()}
        assert box.defaultButton() is buttons["Cancel"] and "undo" in box.informativeText()
        QTest.mouseClick(buttons["Remove" if sure else "Cancel"], LEFT)

    in_dialog(QMessageBox, answer)
    manager.tree.setFocus()
    QTest.keyClick(manager.tree, Qt.Key.Key_Delete)
    assert removed == (["net"] if sure else [])


def test_undo_is_offered_and_taken_back(manager, qtbot):
    assert not manager.undo_bar.isVisible()
    manager.offer_undo("Network net")
    assert manager.undo_bar.isVisible()
    with qtbot.waitSignal(manager.undoRequested):
        QTest.mouseClick(manager.undo_button, LEFT)
    manager.offer_undo("")
    assert not manager.undo_bar.isVisible()


def test_cancel_and_verify_ask_the_program(manager, qtbot):
    manager.set_rows([row(state="ready")])
    with qtbot.waitSignal(manager.verifyRequested):
        QTest.mouseClick(manager.buttons["verify"], LEFT)
    manager.set_rows([replace(row(state="ready"), task="verify", fraction=0.1)])
    with qtbot.waitSignal(manager.cancelRequested):
        QTest.mouseClick(manager.buttons["cancel"], LEFT)


def test_a_message_is_hidden_by_the_next_deed(manager):
    manager.show_message("It failed.")
    assert manager.message.isVisible()
    manager.act("download")
    assert not manager.message.isVisible()


def test_settings_hide_the_token_and_say_what_changed(qtbot):
    settings = ModelSettings("", "/home/a/models", "", True, fixed=("HF_ENDPOINT",))
    dialog = ModelSettingsDialog(settings)
    qtbot.addWidget(dialog)
    assert dialog.token.echoMode() == QLineEdit.EchoMode.Password and dialog.token.text() == ""
    assert dialog.chosen() == replace(settings, token=None)
    dialog.mirror.setText(" https://mirror.example ")
    dialog.token.setText("hf_new")
    assert dialog.chosen().mirror == "https://mirror.example" and dialog.chosen().token == "hf_new"
    dialog.forget.setChecked(True)
    assert dialog.chosen().token == ""
