"""Offers work that a crash left unsaved: asks with the dialog and opens what was chosen.

Copies are made and found by `app.recovery`; the user's own files are never overwritten by this.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.main_window import MainWindow


def offer_recovery(window: "MainWindow") -> bool:
    """Offer unsaved work; returns whether some was opened."""
    autosave = window.autosave
    states = autosave.store.crashed()
    if not states:
        return False
    from widgets.recovery_dialog import RecoveryChoice, RecoveryDialog

    choices = [
        RecoveryChoice(state, state.name, state.path, state.saved_at, state.segments, state.older) for state in states
    ]
    dialog = RecoveryDialog(choices, window)
    chosen = dialog.chosen() if dialog.exec() else None
    discard = dialog.discard
    dialog.deleteLater()
    if chosen is None:
        if discard:
            autosave.store.discard_all()
        return False
    state = next(state for state in states if state is chosen)
    if not autosave.recover(state):
        return False
    window.files.recovered()
    return True
