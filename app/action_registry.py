"""Makes the QActions of `app.actions` and everything that is built of them: menus, toolbar, context menus, palette.

It binds each action to a method of the window's handler objects, applies the user's shortcuts and greys out what makes
no sense at the moment. What an action does is written in the handlers (`app.window_*`).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar, QToolBar, QWidget

from app.actions import ACTIONS, CONTEXTS, MENUS, ActionSpec
from app.settings import Settings
from widgets import theme
from widgets.command_palette import PaletteItem
from widgets.shortcut_editor import ShortcutRow

EXTRA_BREAKS = frozenset({"save", "undo", "add_segment", "split", "another_take", "snap", "render_selected"})
"""Toolbar buttons with a line before them."""


def translated(text: str) -> str:
    """Return a text of the declarations in the user's language."""
    return QCoreApplication.translate("Actions", text)


class ActionRegistry(QObject):
    """The actions of one window.

    Attributes:
        actions: QAction by action id.
        specs: declaration by action id.

    Signals:
        shortcutsChanged: the user changed shortcuts.
        triggered(str): an action ran, after its handler.
    """

    shortcutsChanged = Signal()
    triggered = Signal(str)

    def __init__(self, window: QMainWindow, settings: Settings, handlers: Mapping[str, object]) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self.specs: dict[str, ActionSpec] = {spec.id: spec for spec in ACTIONS}
        self.actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}
        for spec in ACTIONS:
            self.actions[spec.id] = self._made(spec, handlers)
        self._apply_shortcuts()

    def _made(self, spec: ActionSpec, handlers: Mapping[str, object]) -> QAction:
        action = QAction(translated(spec.text), self._window)
        action.setObjectName(spec.id)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setStatusTip(translated(spec.tip))
        # A held key steps through frames, but must not flip a switch or start a render over and over.
        action.setAutoRepeat(spec.id.startswith(("frame_", "second_", "nudge_", "zoom_", "undo", "redo")))
        group, _, method = spec.handler.partition(".")
        handler: Callable[..., Any] = getattr(handlers[group], method)
        if spec.switch:
            action.setCheckable(True)
            action.setChecked(self._settings.flag(spec.switch, spec.default_on))
            action.toggled.connect(lambda on, spec=spec: self._switched(spec, handler, on))
        else:
            action.triggered.connect(lambda _=False, spec=spec: self._run(spec, handler))
        if spec.icon:
            action.setIcon(theme.icon(spec.icon))
            action.setIconVisibleInMenu(not spec.switch)
        self._window.addAction(action)
        return action

    def _run(self, spec: ActionSpec, handler: Callable[..., Any]) -> None:
        handler()
        self.triggered.emit(spec.id)

    def _switched(self, spec: ActionSpec, handler: Callable[..., Any], on: bool) -> None:
        self._settings.set_flag(spec.switch, on)
        handler(on)
        self.triggered.emit(spec.id)

    def __getitem__(self, action_id: str) -> QAction:
        return self.actions[action_id]

    def run_switches(self) -> None:
        """Call the handler of every switch with its state, once all that they act on is there."""
        for spec in ACTIONS:
            if spec.switch:
                self.actions[spec.id].toggled.emit(self.actions[spec.id].isChecked())

    # What is built of the actions -------------------------------------------------------------------------------------

    def fill_menu_bar(self, bar: QMenuBar) -> None:
        """Build the menus."""
        for path, title in MENUS:
            parent, _, _ = path.rpartition("/")
            menu = QMenu(translated(title), self._window)
            menu.setObjectName(f"menu_{path.replace('/', '_')}")
            menu.setToolTipsVisible(True)
            self._menus[path] = menu
            if not parent:
                bar.addMenu(menu)
        added: set[str] = set()
        for spec in ACTIONS:
            if not spec.menu:
                continue
            menu = self._menus[spec.menu]
            if spec.gap:
                menu.addSeparator()
            menu.addAction(self.actions[spec.id])
            added.add(spec.menu)
        for path, _ in MENUS:  # submenus come after the entries that stand before them in the declaration
            parent, _, _ = path.rpartition("/")
            if parent:
                before = self.actions["reset_layout"] if parent == "view" else None
                if before is not None:
                    self._menus[parent].insertMenu(before, self._menus[path])
                else:
                    self._menus[parent].addMenu(self._menus[path])

    def menu(self, path: str) -> QMenu:
        """Return a menu of the menu bar by its path."""
        return self._menus[path]

    def fill_toolbar(self, toolbar: QToolBar) -> None:
        """Put the toolbar's buttons in."""
        for spec in ACTIONS:
            if spec.toolbar:
                if spec.id in EXTRA_BREAKS:
                    toolbar.addSeparator()
                toolbar.addAction(self.actions[spec.id])

    def context_menu(self, context: str, parent: QWidget) -> QMenu:
        """Return a new context menu: "segment", "empty", "ruler", "track" or "marker"."""
        if context not in CONTEXTS:
            context = "empty"
        menu = QMenu(parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = ""
        for spec in ACTIONS:
            if context in spec.contexts:
                if group and group != spec.menu:
                    menu.addSeparator()
                group = spec.menu
                menu.addAction(self.actions[spec.id])
        return menu

    def palette_items(self) -> list[PaletteItem]:
        """Return all actions for the command palette."""
        return [
            PaletteItem(self.actions[spec.id], self.group(spec), translated(spec.tip))
            for spec in ACTIONS
            if spec.id != "palette"
        ]

    def group(self, spec: ActionSpec) -> str:
        """Return the title of the menu that holds an action, in the user's language."""
        titles = dict(MENUS)
        parts = spec.menu.split("/")
        paths = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
        return " > ".join(translated(titles[path]).replace("&", "") for path in paths)

    # Shortcuts --------------------------------------------------------------------------------------------------------

    def keys(self, action_id: str) -> list[str]:
        """Return an action's shortcuts in the portable form."""
        return [keys.toString(QKeySequence.SequenceFormat.PortableText) for keys in self.actions[action_id].shortcuts()]

    def shortcut_rows(self) -> list[ShortcutRow]:
        """Return every action with its shortcuts, for the editor and the sheet."""
        return [
            ShortcutRow(
                spec.id,
                self.group(spec),
                translated(spec.text).replace("&", "").rstrip("…"),
                tuple(self.keys(spec.id)),
                tuple(portable(spec.keys)),
                translated(spec.tip),
            )
            for spec in ACTIONS
        ]

    def set_shortcuts(self, shortcuts: Mapping[str, Iterable[str]]) -> None:
        """Take new shortcuts of some actions and remember those that differ from the defaults."""
        own = self._settings.shortcuts()
        for action_id, keys in shortcuts.items():
            wanted = portable(keys)
            if wanted == portable(self.specs[action_id].keys):
                own.pop(action_id, None)
            else:
                own[action_id] = wanted
        self._settings.set_shortcuts(own)
        self._apply_shortcuts()
        self.shortcutsChanged.emit()

    def _apply_shortcuts(self) -> None:
        own = self._settings.shortcuts()
        for spec in ACTIONS:
            keys = [QKeySequence(key) for key in own.get(spec.id, portable(spec.keys))]
            action = self.actions[spec.id]
            action.setShortcuts([key for key in keys if not key.isEmpty()])
            action.setToolTip(self._tool_tip(spec))

    def _tool_tip(self, spec: ActionSpec) -> str:
        keys = " / ".join(
            key.toString(QKeySequence.SequenceFormat.NativeText) for key in self.actions[spec.id].shortcuts()
        )
        name = translated(spec.text).replace("&", "").rstrip("…")
        head = f"<b>{name}</b>" + (f" &nbsp;<span>{keys.replace('<', '&lt;')}</span>" if keys else "")
        return f"<p style='white-space:pre'>{head}</p>{translated(spec.tip)}"

    # What makes sense now ---------------------------------------------------------------------------------------------

    def set_facts(self, facts: frozenset[str]) -> None:
        """Enable what makes sense: `facts` are those of `ActionSpec.needs` that hold now."""
        for spec in ACTIONS:
            if spec.needs:
                self.actions[spec.id].setEnabled(spec.needs in facts)


def portable(keys: Iterable[str]) -> list[str]:
    """Return shortcuts in Qt's portable spelling."""
    return [QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText) for key in keys]
