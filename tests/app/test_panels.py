"""The window's panels and views: shown, hidden, remembered, reached by keys, and fitting the screen."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit

from app.actions import ACTIONS
from tests.app.editor_window import WAIT, open_editor, trigger, write_project
from widgets.timeline.hit import RULER_HEIGHT


def test_docks_are_remembered_and_can_be_reset(qtbot, home, tmp_path):
    path = write_project(tmp_path)
    with open_editor(home, [path]) as window:
        window.docks["inspector"].hide()
        window.docks["timeline"].setFloating(True)
        window.remember_layout()
    with open_editor(home, [path]) as window:
        assert not window.docks["inspector"].isVisible()
        assert window.docks["timeline"].isFloating()
        trigger(window, "reset_layout")
        assert window.docks["inspector"].isVisible() and not window.docks["timeline"].isFloating()


def test_views_alone_and_side_by_side(editor):
    trigger(editor, "view_poses")
    assert editor.preview.visible_views == ("poses",)
    trigger(editor, "side_by_side")
    assert editor.preview.visible_views == ("skeleton", "poses", "video")
    assert editor.parts.skeleton.isVisible() and editor.parts.video.isVisible()
    trigger(editor, "side_by_side")
    assert editor.preview.visible_views == ("poses",)


def test_the_preview_alone_and_back(editor):
    trigger(editor, "full_preview")
    assert not any(dock.isVisible() for dock in editor.docks.all())
    trigger(editor, "full_preview")
    assert editor.docks["inspector"].isVisible()


def fills_the_window(window) -> bool:
    """Whether the docks lie as at first, without holes: the timeline across the bottom, media and inspector above."""
    timeline, media, inspector = (window.docks[name].geometry() for name in ("timeline", "media", "inspector"))
    middle = window.centralWidget().geometry()
    return bool(
        timeline.width() == window.width()
        and media.left() == 0
        and inspector.right() == window.width() - 1
        and media.top() == inspector.top() == middle.top()
    )


def test_reset_after_the_preview_was_alone_leaves_no_holes(editor, qtbot):
    trigger(editor, "full_preview")
    QApplication.processEvents()
    trigger(editor, "reset_layout")
    qtbot.waitUntil(lambda: fills_the_window(editor), timeout=WAIT)
    assert editor.docks["media"].isVisible() and editor.docks["timeline"].isVisible()


def test_the_preview_alone_is_not_how_the_next_start_looks(qtbot, home, tmp_path):
    path = write_project(tmp_path)
    with open_editor(home, [path]) as window:
        trigger(window, "full_preview")
        window.remember_layout()
    with open_editor(home, [path]) as window:
        assert window.docks["timeline"].isVisible() and window.docks["inspector"].isVisible()


def test_preview_only_brings_panels_back_that_were_closed_one_by_one(editor):
    for dock in editor.docks.all():
        dock.hide()
    trigger(editor, "full_preview")
    assert editor.docks["timeline"].isVisible()


def test_a_warning_about_a_lock_goes_when_it_is_unlocked(editor):
    editor.session.set_selection(("wave",))
    trigger(editor, "lock")
    trigger(editor, "delete")
    assert "locked" in editor.status.message
    trigger(editor, "lock")
    assert editor.status.message == ""


def test_f6_goes_from_panel_to_panel(editor, qtbot):
    visited = set()
    for _ in range(6):
        trigger(editor, "next_panel")
        focus = QApplication.focusWidget()
        visited |= {dock.objectName() for dock in editor.docks.all() if dock.isAncestorOf(focus)}
    assert {"dock_timeline", "dock_inspector"} <= visited


def test_every_action_is_reachable_by_keyboard_and_says_what_it_is(editor):
    for spec in ACTIONS:
        action = editor.registry[spec.id]
        in_menu = any(action in menu.actions() for menu in editor.registry._menus.values())
        assert in_menu or action.shortcuts(), spec.id
        assert spec.name in action.toolTip() or spec.name in action.text().replace("&", ""), spec.id


def test_everything_that_takes_the_focus_has_a_name(editor):
    from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QWidget

    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)
    nameless = [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
        for widget in editor.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.objectName().startswith("qt_")
        and not isinstance(widget.parentWidget(), (QAbstractSpinBox, QComboBox, QDockWidget))
        and not (widget.accessibleName() or widget.text() if hasattr(widget, "text") else widget.accessibleName())
    ]
    assert nameless == []


def test_the_window_fits_a_small_screen(editor, qtbot):
    editor.resize(1366, 768)
    QApplication.processEvents()
    assert (editor.width(), editor.height()) == (1366, 768)
    assert editor.minimumSizeHint().width() <= 1366 and editor.minimumSizeHint().height() <= 700
    assert editor.docks["timeline"].height() >= 220 and editor.preview.height() >= 220
    editor.docks.arrange()
    canvas = editor.parts.timeline.canvas
    rows = canvas.rows.height
    qtbot.waitUntil(lambda: canvas.height() - RULER_HEIGHT >= rows, timeout=WAIT)  # nothing to scroll to


def test_the_window_fits_a_full_hd_screen_at_200_percent(editor, qtbot):
    editor.pose_warning.setText("The hands leave the picture here; choose another pose mode or a wider portrait. " * 2)
    editor.resize(960, 540)
    qtbot.waitUntil(lambda: (editor.width(), editor.height()) == (960, 540), timeout=WAIT)
    editor.docks.arrange()
    QApplication.processEvents()
    assert editor.minimumSizeHint().width() <= 960 and editor.minimumSizeHint().height() <= 500
    assert editor.rect().contains(editor.status.geometry()) and editor.docks["timeline"].height() >= 200
