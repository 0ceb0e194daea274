"""The model manager's place in the program: fills the dialog from `models.weights` and does what it asks for.

Downloads go on when the dialog is closed; they end with the window and go on from there the next time.
"""

import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.failures import sentence_of
from app.model_tasks import ModelTask, ModelTasks, TaskKind
from models import weights
from models.weights import install, store
from models.weights.entry import HubSource, WeightEntry, WeightsMissing, size_text
from models.weights.store import WeightsError
from widgets.model_dialogs import ModelSettings
from widgets.model_manager import ModelManager, ModelRow
from widgets.numbers import kept_together, rewritten

if TYPE_CHECKING:
    from app.main_window import MainWindow


_KEPT_SECONDS: Final = 24 * 3600.0


class WindowModels(QObject):
    """Joins dialog, weights and the thread that works on them.

    Attributes:
        dialog: the model manager while it is open, else None.
        tasks: what is being done.

    Signals:
        changed: weights came, went, or were looked at.
    """

    changed = Signal()

    _rowsReady = Signal(object, bool)

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.dialog: ModelManager | None = None
        self.tasks = ModelTasks(self)
        self.tasks.progressed.connect(self._progressed)
        self.tasks.ended.connect(self._ended)
        self._rowsReady.connect(self._take_rows)
        self._rows: dict[str, ModelRow] = {}
        self._removed: tuple[WeightEntry, tuple[Path, ...]] | None = None
        self._wanted = ""
        self._looking = False
        self._look_again = False

    def open(self, name: str = "") -> None:
        """Show the model manager, with these weights chosen."""
        if self.dialog is None:
            dialog = self.dialog = ModelManager(self._window)
            dialog.downloadRequested.connect(lambda name: self._start(name, "download"))
            dialog.verifyRequested.connect(lambda name: self._start(name, "verify"))
            dialog.importRequested.connect(lambda name, place: self._start(name, "import", Path(place)))
            dialog.cancelRequested.connect(self._cancel)
            dialog.removeRequested.connect(self._remove)
            dialog.undoRequested.connect(self._undo)
            dialog.licenceAccepted.connect(self._accept)
            dialog.settingsRequested.connect(lambda: dialog.edit_settings(model_settings()))
            dialog.settingsChanged.connect(self._change_settings)
            dialog.finished.connect(lambda _result: self._closed())
            # What a crash left; younger ones may be another window's, which can still bring them back.
            threading.Thread(target=install.purge_removed, args=(_KEPT_SECONDS,), name="purge", daemon=True).start()
        self._wanted = name
        self._refresh()
        self.dialog.show()
        self.dialog.raise_()

    def shut_down(self) -> None:
        """End what runs, and delete for good what was removed."""
        self.tasks.stop()
        self._purge()

    # Rows -------------------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Look at everything in a thread: first at downloads, then at what is bundled, whose checksums take long."""
        if self._looking:
            self._look_again = True
            return
        self._looking, self._look_again = True, False

        def look() -> None:
            for last in (False, True):
                rows = [row_of(entry, look=last or entry.downloadable) for entry in weights.ENTRIES]
                try:
                    self._rowsReady.emit(rows, last)
                except RuntimeError:  # the window is gone
                    return

        threading.Thread(target=look, name="look at weights", daemon=True).start()

    def _take_rows(self, rows: list[ModelRow], last: bool) -> None:
        self._looking = not last
        # A row that was not looked at does not replace one that was.
        self._rows = {row.name: self._rows.get(row.name, row) if row.task else row for row in rows}
        self._show()
        if self.dialog is not None and self._wanted:
            self.dialog.select(self._wanted)
            self._wanted = ""
        if last and self._look_again:
            self._refresh()

    def _look_at(self, name: str) -> None:
        """Look at one download again; quick, since no bytes are read."""
        self._rows[name] = row_of(weights.find(name))
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        if self.dialog is not None:
            self.dialog.set_rows([with_task(row, self.tasks.tasks.get(name)) for name, row in self._rows.items()])
            self.dialog.set_place(str(store.models_folder()), store.endpoint())

    # Work -------------------------------------------------------------------------------------------------------------

    def _start(self, name: str, kind: TaskKind, place: Path | None = None) -> None:
        self._say("")
        self.tasks.start(name, kind, place)
        self._show()

    def _cancel(self, name: str) -> None:
        self.tasks.cancel(name)
        self._show()

    def _progressed(self, _name: str) -> None:
        self._show()

    def _ended(self, name: str, kind: str, said: str, failed: str) -> None:
        title = _tr(weights.find(name).title)
        if failed:
            self._say(failed)
        elif kind == "verify":
            text = self.tr("{title} is damaged: {problems}.") if said else self.tr("Every byte of {title} is right.")
            self._say(text.format(title=title, problems=said), good=not said)
        elif said:
            self._say(self.tr("{title} is not whole yet; missing: {names}.").format(title=title, names=said))
        elif name in self._rows and weights.find(name).state() == "ready":
            self._say(self.tr("{title} is ready.").format(title=title), good=True)
        self._look_at(name)

    def _say(self, text: str, *, good: bool = False) -> None:
        """Show a sentence in the dialog, or in the window where it is closed."""
        if self.dialog is not None:
            self.dialog.show_message(text, good=good)
        elif text:
            self._window.show_message("info" if good else "error", text)

    def _accept(self, name: str) -> None:
        entry = weights.find(name)
        try:
            install.accept_licence(entry)
        except OSError as error:
            self._say(sentence_of(error))
        self._look_at(name)

    # Removing ---------------------------------------------------------------------------------------------------------

    def _remove(self, name: str) -> None:
        self._purge()
        entry = weights.find(name)
        try:
            self._removed = (entry, install.remove(entry))
        except (WeightsError, OSError) as error:
            self._say(sentence_of(error))
        else:
            if self.dialog is not None:
                self.dialog.offer_undo(_tr(entry.title))
        self._look_at(name)

    def _undo(self) -> None:
        if self._removed is None:
            return
        entry, kept = self._removed
        self._removed = None
        try:
            install.undo_remove(entry, kept)
        except (WeightsError, OSError) as error:
            self._say(sentence_of(error))
        if self.dialog is not None:
            self.dialog.offer_undo("")
        self._look_at(entry.name)

    def _purge(self) -> None:
        """Delete what can no longer be brought back; big files go in a thread."""
        if self._removed is None:
            return
        self._removed = None
        threading.Thread(target=install.purge_removed, name="purge", daemon=False).start()

    def _closed(self) -> None:
        self._purge()
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    # Settings ---------------------------------------------------------------------------------------------------------

    def _change_settings(self, settings: ModelSettings) -> None:
        if self.tasks.tasks:
            self._say(self.tr("Wait for what is running, or cancel it, before you change the settings."))
            return
        try:
            store.change_settings(folder=settings.folder, mirror=settings.mirror, token=settings.token)
        except (WeightsError, OSError) as error:
            self._say(sentence_of(error))
        self._refresh()


def model_settings() -> ModelSettings:
    """Return the settings as the dialog shows them."""
    kept = store.kept_settings()
    variables = (store.FOLDER_VARIABLE, store.ENDPOINT_VARIABLE, store.TOKEN_VARIABLE)
    return ModelSettings(
        folder=kept.get("folder", ""),
        usual_folder=str(store.usual_folder()),
        mirror=kept.get("endpoint", ""),
        token_stored=store.has_stored_token(),
        fixed=tuple(name for name in variables if os.environ.get(name)),
    )


def row_of(entry: WeightEntry, *, look: bool = True) -> ModelRow:
    """Return how weights are shown; without `look` as being checked, which takes no time."""
    state = entry.state() if look else "ready"
    detail = ""
    if state == "damaged":
        detail = "; ".join(f"{name} {text}".strip() for name, text in entry.problems().items())
    elif state == "partial":
        detail = _tr("{done} of {all} are there.").format(done=_size(entry.staged_size()), all=_size(entry.size))
    try:
        folder = str(entry.folder())
    except WeightsMissing:
        folder = ""
    source = entry.source if isinstance(entry.source, HubSource) else None
    licence = entry.licence
    return ModelRow(
        name=entry.name,
        title=_tr(entry.title),
        purpose=_tr(entry.purpose),
        needed_by=_tr(entry.needed_by),
        size=_size(entry.size),
        state=state,
        detail=detail,
        licence=_tr(licence.name),
        licence_text=licence.text(),
        licence_url=licence.url,
        accepted=source is None or install.licence_accepted(entry),
        origin="" if source is None else source.repo,
        page="" if source is None else source.page,
        folder=folder,
        gated=source is not None and source.gated,
        downloadable=source is not None,
        task="" if look else "verify",
    )


def with_task(row: ModelRow, task: ModelTask | None) -> ModelRow:
    """Return a row with what is being done with it."""
    if task is None:
        return row
    if task.cancel.cancelled:
        return replace(row, task="cancel")
    progress = task.progress
    if progress is None:
        return replace(row, task="waiting")
    counts_bytes = progress.stage in ("download", "import", "verify")
    return replace(
        row,
        task=progress.stage,
        fraction=progress.done / progress.total if counts_bytes else -1.0,
        amount=_tr("{done} of {all}").format(done=_size(progress.done), all=_size(progress.total))
        if counts_bytes
        else "",
        seconds_left=progress.seconds_left,
    )


def _size(size: float) -> str:
    return kept_together(rewritten(size_text(size)))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Weights", text)
