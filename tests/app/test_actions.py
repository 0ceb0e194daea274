"""The one declaration of the actions, and what is built of it: menus, context menus, palette, shortcuts."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow

from app.action_registry import ActionRegistry, portable
from app.actions import ACTIONS, CONTEXTS, MENUS, spec
from app.settings import Settings
from tests.shown import show_active
from widgets.command_palette import CommandPalette, match_score
from widgets.shortcut_editor import ShortcutEditor, conflicts
from widgets.shortcut_sheet import ShortcutSheet

SUGGESTED = {
    "play": "Space", "shuttle_back": "J", "shuttle_stop": "K", "shuttle_on": "L", "frame_back": "Left",
    "frame_on": "Right", "second_back": "Shift+Left", "second_on": "Shift+Right", "start": "Home", "end": "End",
    "previous_edit": "Alt+Left", "next_edit": "Alt+Right", "set_in": "I", "set_out": "O", "clear_range": "Alt+X",
    "split": "S", "delete": "Del", "ripple_delete": "Shift+Del", "snap": "N", "ripple": "Ctrl+R", "add_marker": "M",
    "next_marker": "Shift+M", "zoom_in": "=", "zoom_out": "-", "fit": "0", "select_all": "Ctrl+A",
    "select_none": "Esc", "copy": "Ctrl+C", "cut": "Ctrl+X", "paste": "Ctrl+V", "nudge_left": "Alt+,",
    "nudge_right": "Alt+.", "group": "Ctrl+G", "undo": "Ctrl+Z", "redo": "Ctrl+Shift+Z",
    "render_selected": "Shift+Return", "play_range": "Ctrl+Space", "loop": "\\", "sheet": "F1", "full_screen": "F11",
    "palette": "Ctrl+Shift+P", "another_take": "R", "edit_text": "Return",
}  # fmt: skip


class Recorder:
    """Stands for every group of handlers and notes what was called."""

    def __init__(self, group: str, calls: list) -> None:
        self._group, self._calls = group, calls

    def __getattr__(self, name: str):
        return lambda *values: self._calls.append((f"{self._group}.{name}", *values))


@pytest.fixture
def made(qtbot, tmp_path):
    calls: list = []
    window = QMainWindow()
    qtbot.addWidget(window)
    groups = {s.handler.partition(".")[0] for s in ACTIONS}
    settings = Settings(tmp_path)
    registry = ActionRegistry(window, settings, {group: Recorder(group, calls) for group in groups})
    return SimpleNamespace(window=window, registry=registry, calls=calls, settings=settings)


def test_ids_are_unique_and_every_action_says_what_it_does():
    assert len({s.id for s in ACTIONS}) == len(ACTIONS)
    for s in ACTIONS:
        assert s.tip.endswith("."), s.id
        assert s.menu in dict(MENUS), s.id
        assert "." in s.handler, s.id
        assert set(s.contexts) <= set(CONTEXTS), s.id


def test_no_two_actions_share_a_default_shortcut():
    assert conflicts({s.id: portable(s.keys) for s in ACTIONS}) == {}


def test_shortcuts_are_those_of_the_field():
    assert {action_id: spec(action_id).keys[0] for action_id in SUGGESTED} == SUGGESTED
    assert "Ctrl+Y" in spec("redo").keys and "Ctrl+K" in spec("split").keys and "?" in spec("sheet").keys


def test_every_handler_exists():
    from app import window_edits, window_files, window_play, window_render, window_view

    owners = {
        "files": window_files.WindowFiles,
        "edits": window_edits.WindowEdits,
        "play": window_play.WindowPlay,
        "timeline": window_view.WindowTimeline,
        "view": window_view.WindowView,
        "render": window_render.WindowRender,
        "help": window_view.WindowHelp,
    }
    for s in ACTIONS:
        group, _, method = s.handler.partition(".")
        assert callable(getattr(owners[group], method, None)), s.handler


def test_menus_hold_every_action_once(made):
    made.registry.fill_menu_bar(made.window.menuBar())
    seen = [action.objectName() for path, _ in MENUS for action in made.registry.menu(path).actions()]
    assert sorted(name for name in seen if name in made.registry.actions) == sorted(s.id for s in ACTIONS)


def test_context_menus_hold_what_is_declared_for_them(made):
    for context in CONTEXTS:
        menu = made.registry.context_menu(context, made.window)
        shown = [action.objectName() for action in menu.actions() if not action.isSeparator()]
        assert shown == [s.id for s in ACTIONS if context in s.contexts]


def test_trigger_calls_the_handler_and_a_switch_is_remembered(made):
    made.registry["split"].trigger()
    assert made.calls == [("edits.split",)]
    assert made.registry["snap"].isChecked()
    made.registry["snap"].trigger()
    assert made.calls[-1] == ("timeline.set_snapping", False)
    assert Settings(made.settings.path.parent).flag("snapping", True) is False


def test_facts_grey_out_what_makes_no_sense(made):
    made.registry.set_facts(frozenset())
    assert not made.registry["save"].isEnabled() and made.registry["open"].isEnabled()
    made.registry.set_facts(frozenset({"project", "selection"}))
    assert made.registry["delete"].isEnabled() and not made.registry["edit_text"].isEnabled()


def test_own_shortcuts_are_kept_and_reset(made, qtbot):
    with qtbot.waitSignal(made.registry.shortcutsChanged):
        made.registry.set_shortcuts({"split": ["Ctrl+Alt+S"]})
    assert made.registry.keys("split") == ["Ctrl+Alt+S"]
    assert "Ctrl+Alt+S" in made.registry["split"].toolTip()
    assert Settings(made.settings.path.parent).shortcuts() == {"split": ["Ctrl+Alt+S"]}
    made.registry.set_shortcuts({"split": ["S", "Ctrl+K"]})
    assert made.settings.shortcuts() == {}


def test_editor_refuses_a_conflict_and_offers_the_defaults(made, qtbot):
    editor = ShortcutEditor(made.registry.shortcut_rows())
    qtbot.addWidget(editor)
    editor.select("split")
    editor.edit.setKeySequence(QKeySequence("Space"))
    assert "Play or pause" in editor.warning.text()
    editor.set_button.click()
    assert not editor.ok_button.isEnabled() and "Play or pause" in editor.warning.text()
    editor.reset_button.click()
    assert editor.ok_button.isEnabled()
    editor.edit.setKeySequence(QKeySequence("Ctrl+Alt+S"))
    editor.add_button.click()
    with qtbot.waitSignal(editor.shortcutsChanged) as emitted:
        editor.ok_button.click()
    assert emitted.args == [{"split": ["S", "Ctrl+K", "Ctrl+Alt+S"]}]


def test_editor_finds_by_key(made, qtbot):
    editor = ShortcutEditor(made.registry.shortcut_rows())
    qtbot.addWidget(editor)
    editor.search.setText("Ctrl+Shift+P")
    shown = [
        group.child(index).text(0)
        for group in (editor.tree.topLevelItem(n) for n in range(editor.tree.topLevelItemCount()))
        for index in range(group.childCount())
        if not group.child(index).isHidden()
    ]
    assert shown == ["Commands"]


def test_sheet_shows_every_shortcut_and_the_mouse(made, qtbot):
    sheet = ShortcutSheet(made.registry.shortcut_rows(), [("Pan", "Middle button")])
    qtbot.addWidget(sheet)
    text = sheet.page.toPlainText()
    assert all(s.name in text for s in ACTIONS if s.keys)
    assert "Middle button" in text
    sheet.search.setText("shuttle")
    assert "Shuttle on" in sheet.page.toPlainText() and "Save" not in sheet.page.toPlainText()


@pytest.mark.parametrize(
    ("query", "best"),
    [("split", "split"), ("anoth", "another_take"), ("sel all", "select_all"), ("rndr wh", "render_all")],
)
def test_palette_finds_by_a_few_letters(made, qtbot, query, best):
    palette = CommandPalette(made.registry.palette_items(), made.window)
    qtbot.addWidget(palette)
    palette.field.setText(query)
    item = palette.list.currentItem().data(Qt.ItemDataRole.UserRole)
    assert item.action.objectName() == best


def test_palette_runs_the_chosen_command_with_the_keyboard(made, qtbot):
    show_active(qtbot, made.window)
    palette = CommandPalette(made.registry.palette_items(), made.window)
    qtbot.addWidget(palette)
    palette.chosen.connect(lambda action: action.trigger())
    palette.show_over(made.window)
    qtbot.keyClicks(palette.field, "add marker")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert made.calls == [("edits.add_marker",)]
    assert not palette.isVisible()


def test_match_prefers_beginnings():
    assert match_score("sp", "Split") > match_score("sp", "Cut and split") > match_score("sp", "Grasp")
    assert match_score("xyz", "Split") is None


def test_settings_survive_nonsense(tmp_path):
    settings = Settings(tmp_path)
    settings.set_text("shortcuts", "{broken")
    assert settings.shortcuts() == {} and settings.recent() == []
    project = tmp_path / "a.versa"
    project.write_text("{}", encoding="utf-8")
    settings.add_recent(project)
    settings.add_recent(project)
    assert Settings(tmp_path).recent() == [project]
    project.unlink()
    assert Settings(tmp_path).recent() == []


def test_home_folder_can_be_moved(tmp_path, monkeypatch):
    from app.folders import home_folder, sample_copy_folder

    monkeypatch.setenv("VERSA_HOME", str(tmp_path / "own"))
    assert home_folder() == tmp_path / "own" and home_folder().is_dir()
    assert Path(sample_copy_folder()).is_relative_to(tmp_path)
