"""The style sheet of the editor, written from the colours of `widgets.theme`.

Fusion draws what is not named here. Not for colours that a widget paints itself.
"""

from string import Template
from typing import Final

from widgets import theme

_SHEET: Final = """
* { outline: none; }
QMainWindow, QDialog { background: $WINDOW; }
QMainWindow::separator { background: $OUTLINE; width: 4px; height: 4px; }
QMainWindow::separator:hover { background: $ACCENT; }
QToolTip { background: $RAISED; color: $TEXT; border: 1px solid $BORDER; padding: 4px 6px; }

QMenuBar { background: $BASE; padding: 1px 4px; }
QMenuBar::item { padding: 4px 9px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $CHOSEN; }
QMenu { background: $BASE; border: 1px solid $BORDER; padding: 5px; }
QMenu::item { padding: 5px 26px 5px 10px; border-radius: 4px; }
QMenu::item:selected { background: $CHOSEN; }
QMenu::item:disabled { color: $DISABLED; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $BORDER; margin: 5px 8px; }
QMenu::indicator { width: 14px; height: 14px; margin-left: 7px; }
QMenu::right-arrow { width: 12px; height: 12px; margin-right: 6px; }

QToolBar { background: $WINDOW; border: none; border-bottom: 1px solid $OUTLINE; padding: 1px 6px; spacing: 2px; }
QToolBar::separator { background: $BORDER; width: 1px; margin: 5px 5px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 5px; padding: 4px; }
QToolButton:hover { background: $HOVER; }
QToolButton:pressed { background: $OUTLINE; }
QToolButton:checked { background: $CHOSEN; border-color: $ACCENT; }
QToolButton:focus { border-color: $ACCENT; }
QToolButton:checked:focus { border-color: $TEXT; }
QToolButton:disabled { background: transparent; color: $DISABLED; }
QToolButton::menu-indicator { image: none; }

QPushButton { background: $RAISED; border: 1px solid $BORDER; border-radius: 5px; padding: 5px 12px; min-height: 16px; }
QPushButton:hover { background: $HOVER; }
QPushButton:pressed, QPushButton:checked { background: $CHOSEN; }
QPushButton:focus { border-color: $ACCENT; }
QPushButton:default { background: $CHOSEN; border-color: $ACCENT; }
QPushButton:default:focus { border-color: $TEXT; }
QPushButton:default:hover { background: #355a84; }
QPushButton:disabled { color: $DISABLED; background: $WINDOW; border-color: $RAISED; }

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox, QKeySequenceEdit {
    background: $BASE; border: 1px solid $BORDER; border-radius: 5px; padding: 3px 6px;
    selection-background-color: $ACCENT; selection-color: #0d1117; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
    border-color: $ACCENT; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled { color: $DISABLED; border-color: $RAISED; }
QComboBox { background: $RAISED; padding: 3px 8px; min-height: 18px; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit, QKeySequenceEdit QLineEdit { border: none; padding: 0;
    border-radius: 0; background: transparent; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url($ICONS/down.svg); width: 12px; height: 12px; }
QAbstractSpinBox { padding: 3px 2px 3px 5px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { subcontrol-origin: border; width: 15px; border: none;
    background: transparent; }
QAbstractSpinBox::up-button { subcontrol-position: top right; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $HOVER; }
QAbstractSpinBox::up-arrow { image: url($ICONS/up.svg); width: 9px; height: 9px; }
QAbstractSpinBox::down-arrow { image: url($ICONS/down.svg); width: 9px; height: 9px; }
QComboBox:hover { background: $HOVER; }
QComboBox QAbstractItemView { background: $BASE; border: 1px solid $BORDER; selection-background-color: $CHOSEN;
    selection-color: $TEXT; padding: 3px; }

QListView, QTreeView, QTableView, QTextBrowser { background: $BASE; border: 1px solid $OUTLINE; border-radius: 4px;
    alternate-background-color: #202125; selection-background-color: $CHOSEN; selection-color: $TEXT; }
QListView:focus, QTreeView:focus, QTableView:focus, QTextBrowser:focus { border-color: $ACCENT; }
QTreeView::item, QListView::item { padding: 3px 2px; }
QTreeView::item:selected, QListView::item:selected { background: $CHOSEN; color: $TEXT; }
QTreeView::item:hover:!selected, QListView::item:hover:!selected { background: $RAISED; }
QHeaderView::section { background: $WINDOW; color: $DIM_TEXT; border: none; border-bottom: 1px solid $BORDER;
    padding: 4px 6px; }

QDockWidget { color: $DIM_TEXT; titlebar-close-icon: none; titlebar-normal-icon: none; }
QDockWidget::title { background: $BASE; padding: 3px 8px; text-align: left; }
QDockWidget > QWidget { background: $WINDOW; }
QTabBar { background: $BASE; }
QTabBar::tab { background: $BASE; color: $DIM_TEXT; padding: 5px 12px; border: none;
    border-top: 2px solid transparent; }
QTabBar::tab:selected { background: $WINDOW; color: $TEXT; border-top-color: $ACCENT; }
QTabBar::tab:hover:!selected { color: $TEXT; background: $RAISED; }
QTabBar::tab:focus { border-top-color: $TEXT; }
QTreeView::branch:closed:has-children { image: url($ICONS/right.svg); }
QTreeView::branch:open:has-children { image: url($ICONS/down.svg); }
QTabWidget::pane { border: none; }
QTabWidget::tab-bar { left: 0; }

QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $HANDLE; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: #6d727d; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSlider { min-height: 20px; }
QSlider::groove:horizontal { height: 4px; background: $OUTLINE; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $ACCENT; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled { background: $HANDLE; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -5px 0; border-radius: 7px; background: $TEXT;
    border: 1px solid $OUTLINE; }
QSlider::handle:horizontal:hover { background: #ffffff; }
QSlider::handle:horizontal:focus { border: 2px solid $ACCENT; }
QSlider::handle:horizontal:disabled { background: $HANDLE; }

QProgressBar { background: $OUTLINE; border: none; border-radius: 4px; text-align: center; color: $TEXT;
    min-height: 14px; }
QProgressBar::chunk { background: $CHOSEN; border-radius: 4px; }

QCheckBox, QRadioButton { spacing: 7px; }
QCheckBox:focus, QRadioButton:focus { color: #ffffff; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $TEXT; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; background: $BASE;
    border: 1px solid $DISABLED; border-radius: 3px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $ACCENT; }
QCheckBox::indicator:checked { background: $ACCENT; border-color: $ACCENT; image: url($ICONS/check.svg); }
QRadioButton::indicator:checked { background: $ACCENT; border: 3px solid $BASE; }
QCheckBox:disabled, QRadioButton:disabled { color: $DISABLED; }

QGroupBox { border: 1px solid $BORDER; border-radius: 6px; margin-top: 9px; padding: 8px 6px 6px 6px; }
QGroupBox::title { subcontrol-origin: margin; left: 10px; padding: 0 4px; color: $DIM_TEXT; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QSplitter::handle { background: $OUTLINE; }
QSplitter::handle:hover { background: $ACCENT; }
QStatusBar { background: $BASE; border-top: 1px solid $OUTLINE; color: $DIM_TEXT; }
QStatusBar::item { border: none; }
QStatusBar QProgressBar { min-height: 6px; max-height: 6px; border-radius: 3px; }
QStatusBar QProgressBar::chunk { background: $ACCENT; border-radius: 3px; }
QScrollArea { border: none; background: transparent; }
QScrollArea > QWidget > QWidget { background: transparent; }
QFrame#previewHeader { background: $BASE; border-bottom: 1px solid $OUTLINE; }
QPushButton#wording { text-align: left; padding: 2px 8px; color: $ACCENT; background: $BASE;
    border: 1px solid $BORDER; }
QPushButton#wording:hover { background: $HOVER; }
QPushButton#wording:focus { border-color: $ACCENT; }
QLabel#dim { color: $DIM_TEXT; }
QLabel#heading { font-size: 15pt; font-weight: 600; }
QLabel#pageTitle { font-size: 24pt; font-weight: 600; }
QDialog#commandPalette { background: $WINDOW; border: 1px solid $ACCENT; }
QDialog#commandPalette QLineEdit { font-size: 13pt; padding: 7px 9px; }
"""


def style_sheet() -> str:
    """Return the style sheet with the theme's colours in it."""
    from resources import RESOURCES

    colours = {name: value for name, value in vars(theme).items() if name.isupper() and isinstance(value, str)}
    return Template(_SHEET).substitute(colours, ICONS=(RESOURCES / "icons").as_posix())
