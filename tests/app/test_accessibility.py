"""What screen readers are told of the window: every view, panel, button and field has a name and a purpose."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)

_FIELDS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit)


def told(widget: QWidget, kind: QAccessible.Text) -> str:
    found = QAccessible.queryAccessibleInterface(widget)
    return found.text(kind) if found is not None else ""


def described(widget: QWidget) -> str:
    return told(widget, QAccessible.Text.Description) or widget.toolTip() or widget.statusTip()


def inner(widget: QWidget) -> bool:
    """Whether it is a part that Qt itself makes of another one, or of a panel's frame."""
    parent = widget.parentWidget()
    return (
        widget.objectName().startswith("qt_")
        or (isinstance(widget, QTabBar) and widget.count() == 0)  # kept by a window for docks that may come
        or isinstance(parent, (QAbstractSpinBox, QComboBox, QDockWidget, QTabBar))
        or (parent is not None and isinstance(parent.parentWidget(), QComboBox))  # the list that it opens
        or (isinstance(widget, QScrollBar) and "scroll" in (parent.objectName() if parent else "").lower())
    )


def label(widget: QWidget) -> str:
    parents = []
    walk: QWidget | None = widget
    while walk is not None and len(parents) < 4:
        parents.append(f"{type(walk).__name__}({walk.objectName() or walk.accessibleName()})")
        walk = walk.parentWidget()
    return " < ".join(parents)


def test_all_that_takes_the_keyboard_has_a_name_and_says_what_it_does(editor):
    nameless, silent = [], []
    for widget in editor.findChildren(QWidget):
        if inner(widget) or widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
            continue
        if not told(widget, QAccessible.Text.Name):
            nameless.append(label(widget))
        elif isinstance(widget, _FIELDS) and not described(widget):
            silent.append(label(widget))
    assert nameless == [] and silent == []


def test_panels_and_views_have_names_and_descriptions(editor):
    parts = editor.parts
    views = [editor.preview, parts.skeleton, parts.poses, parts.video, parts.rig, parts.timeline.canvas, parts.curves]
    for widget in [*views, *(dock.widget() for dock in editor.docks.all())]:
        assert told(widget, QAccessible.Text.Name), label(widget)
        assert described(widget), label(widget)
    for dock in editor.docks.all():
        assert told(dock, QAccessible.Text.Name) == dock.windowTitle() != ""


def test_the_window_s_parts_are_found_from_the_top(editor):
    """A reader walks from the window down; it must come to the timeline's segments."""
    pending, seen = [QAccessible.queryAccessibleInterface(editor)], []
    while pending:
        part = pending.pop()
        seen.append(part.text(QAccessible.Text.Name))
        pending += [child for n in range(part.childCount()) if (child := part.child(n)) is not None]
        assert len(seen) < 5000
    assert any(name.startswith("wave the right hand, ") for name in seen)
