"""`RigEditor`: the canvas with its tools, its own undo and redo, and the way back to the proposal.

It is given the portrait and emits the rig as plain data after every finished edit. Keeping it is the
session's business.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QSlider,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.rig import Rig, StrokeKind
from widgets import theme
from widgets.elided_label import ElidedLabel
from widgets.form_fields import ChoiceField, dim_label, guard_wheel, tool_button
from widgets.rig_editor import handles
from widgets.rig_editor.canvas import RADII, RigCanvas
from widgets.rig_editor.history import History
from widgets.rig_editor.mask import MaskFinder, tinted, with_strokes
from widgets.rig_editor.names import handle_name

_NUDGE_MS: Final = 400
_PREVIEW_MS: Final = 33
_TINT: Final = 150


class RigEditor(QWidget):
    """See the module.

    Attributes:
        canvas: the portrait with its points.
        rig: the rig as it is now, or None before the first portrait.

    Signals:
        rigChanged(object): `Rig.to_dict()` after the user's edit.
        rigPreviewed(object): the `Rig` that is shown, at once and a few dozen times a second while a point is dragged.
    """

    rigChanged = Signal(object)
    rigPreviewed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: NDArray[np.uint8] | None = None
        self._proposal: Rig | None = None
        self._history: History | None = None
        self._echoes: list[dict[str, Any]] = []
        self._mask: NDArray[np.uint8] | None = None
        self._given_mask = False
        self._mask_of: Rig | None = None
        self._previewed: Rig | None = None
        self.canvas = RigCanvas()
        self._finder = MaskFinder(self)
        self._emit_later = QTimer(self)
        self._emit_later.setSingleShot(True)
        self._emit_later.setInterval(_NUDGE_MS)
        self._emit_later.timeout.connect(self._emit)
        self._preview_later = QTimer(self)
        self._preview_later.setSingleShot(True)
        self._preview_later.setInterval(_PREVIEW_MS)
        self._preview_later.timeout.connect(self._preview)
        self._make_tools()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._top_bar())
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self._bottom_bar())
        self._connect()
        self._set_mode("points")
        self._update()

    # Making -----------------------------------------------------------------------------------------------------------

    def _make_tools(self) -> None:
        self.points_button = self._mode_button("vector-point-select", self.tr("Points"), self.tr("Move points"))
        self.brush_button = self._mode_button(
            "brush", self.tr("Cut-out"), self.tr("Paint what belongs to the person and what does not")
        )
        self._modes = QButtonGroup(self)
        self._modes.addButton(self.points_button)
        self._modes.addButton(self.brush_button)
        self.mirror_button = tool_button(
            "reflect-horizontal", self.tr("Mirrored editing"),
            self.tr("Mirrored editing: the same point of the other side moves, too"),
        )  # fmt: skip
        self.mirror_button.setCheckable(True)
        self.sleeve = ChoiceField(
            self.tr("Sleeve"),
            self.tr("What covers the arms; it decides where the arm's picture may be cut"),
            [("none", self.tr("No sleeve")), ("half", self.tr("Half sleeve")), ("long", self.tr("Long sleeve"))],
        )
        self.sleeve.setMinimumContentsLength(11)
        self.sleeve.setPlaceholderText("")
        self.undo_button = tool_button("undo", self.tr("Undo in the rig"), self.tr("Undo the last edit here (Ctrl+Z)"))
        self.redo_button = tool_button("redo", self.tr("Redo in the rig"), self.tr("Redo (Ctrl+Shift+Z)"))
        self.reset_all_button = tool_button(
            "restore", self.tr("Reset all"), self.tr("Put everything back to what the program proposed")
        )
        self.fit_button = tool_button("fit-to-page-outline", self.tr("Fit"), self.tr("Show the whole portrait (0)"))
        self.zoom_in_button = tool_button("magnify-plus-outline", self.tr("Zoom in"), self.tr("Zoom in (+, wheel)"))
        self.zoom_out_button = tool_button("magnify-minus-outline", self.tr("Zoom out"), self.tr("Zoom out (-, wheel)"))
        self.point_list = QComboBox()
        self.point_list.setAccessibleName(self.tr("Selected point"))
        self.point_list.setToolTip(self.tr("The selected point; Tab goes through them in the picture"))
        self.point_list.setPlaceholderText(self.tr("No point selected"))
        self.point_list.setMinimumContentsLength(15)
        self.point_list.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        guard_wheel(self.point_list)
        for handle in handles.HANDLES:
            self.point_list.addItem(handle_name(handle), handle)
        self.point_list.setCurrentIndex(-1)
        self.visible_box = QCheckBox(self.tr("&Visible"))
        self.visible_box.setAccessibleName(self.tr("Visible"))
        self.visible_box.setToolTip(self.tr("Whether the portrait shows this point (H, or double click on it)"))
        self.reset_button = tool_button(
            "backup-restore", self.tr("Reset point"), self.tr("Put this point back to the proposal (Backspace)")
        )
        self.place_label = ElidedLabel()
        self.place_label.setObjectName("dim")
        self.keep_button = self._mode_button(
            "plus-circle-outline", self.tr("Keep"), self.tr("Paint over what is the person (right button: remove)")
        )
        self.remove_button = self._mode_button(
            "minus-circle-outline", self.tr("Remove"), self.tr("Paint over what is not the person (X swaps)")
        )
        self._kinds = QButtonGroup(self)
        self._kinds.addButton(self.keep_button)
        self._kinds.addButton(self.remove_button)
        self.keep_button.setChecked(True)
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(round(RADII[0]), round(RADII[1]))
        self.size_slider.setAccessibleName(self.tr("Brush size"))
        self.size_slider.setToolTip(self.tr("Size of the brush ([ and ], or Ctrl and the wheel)"))
        self.size_slider.setMinimumWidth(70)
        self.size_slider.setMaximumWidth(180)
        guard_wheel(self.size_slider)
        self.size_label = dim_label()
        self.size_label.setMinimumWidth(self.size_label.fontMetrics().horizontalAdvance("000 px"))
        self.clear_button = tool_button(
            "eraser", self.tr("Clear the brush"), self.tr("Take all strokes of the brush away")
        )
        self.mask_note = ElidedLabel()
        self.mask_note.setObjectName("dim")

    @staticmethod
    def _mode_button(icon: str, text: str, tip: str) -> QToolButton:
        button = tool_button(icon, text, tip)
        button.setText(text)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setCheckable(True)
        return button

    def _top_bar(self) -> QWidget:
        bar, line = _bar("previewHeader")
        for widget in (self.points_button, self.brush_button):
            line.addWidget(widget)
        line.addSpacing(8)
        line.addWidget(self.mirror_button)
        line.addWidget(self.sleeve)
        line.addStretch(1)
        for widget in (self.undo_button, self.redo_button, self.reset_all_button):
            line.addWidget(widget)
        line.addSpacing(8)
        for widget in (self.zoom_out_button, self.fit_button, self.zoom_in_button):
            line.addWidget(widget)
        return bar

    def _bottom_bar(self) -> QWidget:
        self._bars = QStackedWidget()
        points, line = _bar()
        for widget in (self.point_list, self.visible_box, self.reset_button):
            line.addWidget(widget)
        line.addSpacing(6)
        line.addWidget(self.place_label, 1)
        brush, line = _bar()
        line.addWidget(self.keep_button)
        line.addWidget(self.remove_button)
        line.addSpacing(8)
        line.addWidget(dim_label(self.tr("Si&ze"), self.size_slider))
        line.addWidget(self.size_slider, 1)
        line.addWidget(self.size_label)
        line.addWidget(self.clear_button)
        line.addWidget(self.mask_note, 1)
        self._bars.addWidget(points)
        self._bars.addWidget(brush)
        self._bars.setFixedHeight(max(points.sizeHint().height(), brush.sizeHint().height()))
        return self._bars

    def _connect(self) -> None:
        canvas = self.canvas
        canvas.rigEdited.connect(self._edited)
        canvas.selectionChanged.connect(lambda _handle: self._update())
        canvas.dragged.connect(self._show_place)
        canvas.dragged.connect(self._preview_soon)
        canvas.brushRadiusChanged.connect(lambda _radius: self._update())
        canvas.brushKindChanged.connect(lambda _kind: self._update())
        canvas.undoRequested.connect(self.undo)
        canvas.redoRequested.connect(self.redo)
        canvas.resetRequested.connect(self.reset_point)
        self.points_button.clicked.connect(lambda _=False: self._set_mode("points"))
        self.brush_button.clicked.connect(lambda _=False: self._set_mode("brush"))
        self.mirror_button.toggled.connect(lambda on: setattr(canvas, "mirrored", on))
        self.sleeve.valueChosen.connect(lambda value: self._change(handles.with_sleeve(self._rig(), value)))
        self.undo_button.clicked.connect(lambda _=False: self.undo())
        self.redo_button.clicked.connect(lambda _=False: self.redo())
        self.reset_all_button.clicked.connect(lambda _=False: self.reset_all())
        self.fit_button.clicked.connect(lambda _=False: canvas.fit())
        self.zoom_in_button.clicked.connect(lambda _=False: canvas.zoom_by(1.25))
        self.zoom_out_button.clicked.connect(lambda _=False: canvas.zoom_by(0.8))
        self.point_list.activated.connect(lambda row: canvas.select(str(self.point_list.itemData(row))))
        self.visible_box.clicked.connect(lambda _=False: canvas.toggle_visible())
        self.reset_button.clicked.connect(lambda _=False: self.reset_point())
        self.keep_button.clicked.connect(lambda _=False: self._set_brush("keep"))
        self.remove_button.clicked.connect(lambda _=False: self._set_brush("remove"))
        self.size_slider.valueChanged.connect(self._size_slid)
        self.clear_button.clicked.connect(lambda _=False: self._change(handles.without_strokes(self._rig())))
        self._finder.found.connect(self._mask_found)
        self._finder.failed.connect(lambda reason: self.mask_note.setText(reason))
        self._finder.busyChanged.connect(self._mask_busy)

    # What is edited ---------------------------------------------------------------------------------------------------

    @property
    def rig(self) -> Rig | None:
        """The rig as it is now."""
        return None if self._history is None else self._history.rig

    def set_portrait(
        self,
        image: NDArray[np.uint8] | None,
        rig: Rig | None = None,
        proposal: Rig | None = None,
        person_mask: NDArray[Any] | None = None,
    ) -> None:
        """Show a portrait; the same picture again keeps zoom, undo, and edits that are newer than `rig`.

        Args:
            image: (H, W, 3) uint8 RGB, the working image; None for none.
            rig: of the portrait.
            proposal: what the program proposes, to go back to; by default `rig`.
            person_mask: (H, W) uint8 cover or bool of the person without strokes; found here if it is not given.
        """
        if image is None or rig is None:
            self._image = self._proposal = self._history = None
            self.canvas.set_image(None)
            self.canvas.set_rig(None)
            self._update()
            return
        height, width = image.shape[:2]
        same = self._image is not None and (image is self._image or np.array_equal(image, self._image))
        self._proposal = (proposal or rig).rescaled(width, height)
        if not same:
            self._image = image
            self._mask, self._mask_of, self._given_mask = None, None, False
            self._history = None
            self._echoes.clear()
            self.canvas.set_image(image)
            self.canvas.select("")
        if person_mask is not None:
            cover = np.asarray(person_mask)
            self._mask = np.where(cover, 255, 0).astype(np.uint8) if cover.dtype == bool else cover.astype(np.uint8)
            self._given_mask = True
        if self._history is None:
            self._history = History(rig.rescaled(width, height))
            self.canvas.set_brush(self.canvas.brush_kind, float(np.clip(0.25 * rig.eye_distance, 4, 80)))
            self._show_rig()
        else:
            self._adopt(rig.rescaled(width, height))

    def set_rig(self, rig: Mapping[str, Any] | Rig | None) -> None:
        """Show the rig of the project after somebody else changed it (undo of the window); None is the proposal.

        Raises:
            core.rig.PortraitError: the data are no rig.
        """
        if self._image is None or self._history is None or self._proposal is None:
            return
        height, width = self._image.shape[:2]
        if rig is None:
            self._adopt(self._proposal)
        else:
            self._adopt((rig if isinstance(rig, Rig) else Rig.from_dict(rig)).rescaled(width, height))

    def _adopt(self, rig: Rig) -> None:
        """Take a rig from outside, unless it is only what was emitted here coming back."""
        assert self._history is not None
        data = rig.to_dict()
        if data in self._echoes:
            del self._echoes[: self._echoes.index(data) + 1]
            return
        if self._history.push(rig):
            self._echoes.clear()
            self._emit_later.stop()
            self._show_rig()

    def _rig(self) -> Rig:
        assert self._history is not None
        return self._history.rig

    # Edits ------------------------------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take the last edit back."""
        if self._history is not None and self._history.can_undo:
            self._history.undo()
            self._show_rig()
            self._emit()

    def redo(self) -> None:
        """Do again what was taken back."""
        if self._history is not None and self._history.can_redo:
            self._history.redo()
            self._show_rig()
            self._emit()

    def reset_point(self) -> None:
        """Put the selected handle back to the proposal."""
        if self._history is not None and self._proposal is not None and self.canvas.selected:
            self._change(handles.reset(self._rig(), self._proposal, self.canvas.selected))

    def reset_all(self) -> None:
        """Put everything back to the proposal; one step, so it can be undone."""
        if self._history is not None and self._proposal is not None:
            self._change(self._proposal)

    def _edited(self, rig: Rig, key: object) -> None:
        self._change(rig, key)

    def _change(self, rig: Rig, key: object = None) -> None:
        if self._history is None:
            return
        if not self._history.push(rig, key):
            self._show_rig()
            return
        self._show_rig()
        if key is None:
            self._emit()
        else:
            self._emit_later.start()

    def _emit(self) -> None:
        self._emit_later.stop()
        if self._history is None:
            return
        self._history.close_step()
        data = self._history.rig.to_dict()
        self._echoes.append(data)
        del self._echoes[:-64]
        self.rigChanged.emit(data)

    # Showing ----------------------------------------------------------------------------------------------------------

    def _preview_soon(self) -> None:
        """The first step of a drag is shown at once, then one in so many milliseconds, the last one always."""
        if not self._preview_later.isActive():
            self._preview()

    def _preview(self) -> None:
        if self.canvas.rig is not None and self.canvas.rig is not self._previewed:
            self._previewed = self.canvas.rig
            self._preview_later.start()  # and look again then
            self.rigPreviewed.emit(self._previewed)

    def _show_rig(self) -> None:
        self.canvas.set_rig(self.rig)
        self._preview()
        self._show_mask()
        self._update()

    def _set_mode(self, mode: str) -> None:
        brush = mode == "brush"
        self.canvas.set_mode("brush" if brush else "points")
        self.brush_button.setChecked(brush)
        self.points_button.setChecked(not brush)
        self.mirror_button.setEnabled(not brush)
        self._bars.setCurrentIndex(1 if brush else 0)
        self._show_mask()

    def _set_brush(self, kind: StrokeKind) -> None:
        self.canvas.set_brush(kind, self.canvas.brush_radius)
        self._update()

    def _size_slid(self, value: int) -> None:
        self.canvas.set_brush(self.canvas.brush_kind, float(value))
        self.size_label.setText(f"{2 * value} px")

    def _update(self) -> None:
        canvas, history = self.canvas, self._history
        there = history is not None
        for widget in (
            self.points_button, self.brush_button, self.sleeve, self.reset_all_button, self.fit_button,
            self.zoom_in_button, self.zoom_out_button, self.point_list, self.keep_button, self.remove_button,
            self.size_slider,
        ):  # fmt: skip
            widget.setEnabled(there)
        canvas.can_undo = there and history is not None and history.can_undo
        canvas.can_redo = there and history is not None and history.can_redo
        self.undo_button.setEnabled(canvas.can_undo)
        self.redo_button.setEnabled(canvas.can_redo)
        self.keep_button.setChecked(canvas.brush_kind == "keep")
        self.remove_button.setChecked(canvas.brush_kind == "remove")
        with QSignalBlocker(self.size_slider):
            self.size_slider.setValue(round(canvas.brush_radius))
        self.size_label.setText(f"{round(2 * canvas.brush_radius)} px")
        self.point_list.setCurrentIndex(self.point_list.findData(canvas.selected) if canvas.selected else -1)
        point = there and handles.is_point(canvas.selected)
        self.visible_box.setEnabled(point)
        self.reset_button.setEnabled(there and bool(canvas.selected))
        if history is None:
            return
        rig = history.rig
        self.visible_box.setChecked(point and handles.confidence(rig, canvas.selected) > 0)
        self.sleeve.set_value(rig.sleeve)
        self.clear_button.setEnabled(bool(rig.strokes))
        self.reset_all_button.setEnabled(self._proposal is not None and not handles.equal(rig, self._proposal))
        self._show_place()

    def _show_place(self) -> None:
        handle = self.canvas.selected
        rig = self.canvas.rig
        if rig is None or not handle:
            self.place_label.setText(self.tr("Click or Tab to a point, drag it or use the arrow keys."))
            return
        x, y = handles.position(rig, handle)
        self.place_label.setText(f"x {x:.0f}   y {y:.0f}")

    # Cut-out ----------------------------------------------------------------------------------------------------------

    def _show_mask(self) -> None:
        """Lay the cut-out over the picture while the brush is used, found anew where the points have changed."""
        rig = self.rig
        if rig is None or self._image is None or not self.brush_button.isChecked() or not self.isVisible():
            return
        if not self._given_mask and (self._mask_of is None or not _same_points(rig, self._mask_of)):
            self._mask_of = rig
            self._finder.ask(self._image, rig)
        if self._mask is not None and self._mask.shape == self._image.shape[:2]:
            mask = with_strokes(self._mask, rig.strokes)
            self.canvas.set_overlay(tinted(mask, theme.colour(theme.ERROR, _TINT)))

    def _mask_found(self, mask: NDArray[np.uint8]) -> None:
        self._mask = mask
        self._show_mask()

    def _mask_busy(self, busy: bool) -> None:
        self.mask_note.setText(self.tr("Finding the person …") if busy else self.tr("Red is cut away."))

    def showEvent(self, event: QShowEvent) -> None:
        """Look for the cut-out if it is wanted."""
        super().showEvent(event)
        self._show_mask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Hand over what waits."""
        super().hideEvent(event)
        if self._emit_later.isActive():
            self._emit()

    def sizeHint(self) -> QSize:
        """Room for a portrait and the tools."""
        return QSize(560, 520)


def _same_points(first: Rig, second: Rig) -> bool:
    """Whether two rigs lead to the same cut-out apart from the strokes."""
    same = np.array_equal(first.body, second.body) and np.array_equal(first.hand_tips, second.hand_tips)
    return same and np.array_equal(first.face_box, second.face_box) and first.sleeve == second.sleeve


def _bar(name: str = "") -> tuple[QFrame, QHBoxLayout]:
    bar = QFrame()
    bar.setObjectName(name)
    line = QHBoxLayout(bar)
    line.setContentsMargins(6, 3, 6, 3)
    line.setSpacing(3)
    return bar, line
