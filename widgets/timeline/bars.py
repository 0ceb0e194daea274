"""Scroll bars and zoom tools of the timeline: show the view and say where the user wants it. They change nothing."""

import math
from typing import Final

from PySide6.QtCore import QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollBar, QSlider, QToolButton, QWidget

from widgets import theme
from widgets.timeline.heads import WIDTH
from widgets.timeline.view import MARGIN_PX, SMALLEST_US_PER_PX, TimeView, widest_us_per_px

BAR_STEPS: Final = 1_000_000
"""Steps of the horizontal scroll bar: a long recording has more pixels, close up, than an int has room for."""

SLIDER_STEPS: Final = 200


class ViewBars(QObject):
    """The bars of one timeline.

    Attributes:
        across, down: scroll bars.
        tools: zoom slider with its buttons.
        out, closer, fit: the buttons.

    Signals:
        scrolled(float): another time is wanted at the left edge, in microseconds.
        scrolledDown(int): other rows are wanted at the upper edge.
        zoomed(float): another scale is wanted, in microseconds a pixel.
    """

    scrolled = Signal(float)
    scrolledDown = Signal(int)
    zoomed = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = TimeView()
        self._duration_us = 1
        self._total_us = 1.0
        self.across = QScrollBar(Qt.Orientation.Horizontal, parent)
        self.across.setAccessibleName(self.tr("Scroll in time"))
        self.across.valueChanged.connect(self._across_moved)
        self.down = QScrollBar(Qt.Orientation.Vertical, parent)
        self.down.setAccessibleName(self.tr("Scroll the tracks"))
        self.down.valueChanged.connect(self.scrolledDown)
        self.tools = QWidget(parent)
        self.tools.setFixedSize(WIDTH, 24)
        self._slider = QSlider(Qt.Orientation.Horizontal, self.tools)
        self._slider.setRange(0, SLIDER_STEPS)
        self._slider.setToolTip(self.tr("Zoom of the timeline (Ctrl and wheel)"))
        self._slider.setAccessibleName(self.tr("Zoom of the timeline"))
        self._slider.valueChanged.connect(self._slider_moved)
        self.out = self._tool("magnify-minus-outline", self.tr("Show more of the timeline"))
        self.closer = self._tool("magnify-plus-outline", self.tr("Show less of the timeline, larger"))
        self.fit = self._tool("fit-to-page-outline", self.tr("Show the whole recording"))
        layout = QHBoxLayout(self.tools)
        layout.setContentsMargins(6, 0, 6, 0)
        layout.setSpacing(2)
        layout.addWidget(self.out)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self.closer)
        layout.addWidget(self.fit)

    def _tool(self, icon: str, tip: str) -> QToolButton:
        button = QToolButton(self.tools)
        button.setAutoRaise(True)
        button.setIcon(theme.icon(icon))
        button.setIconSize(QSize(15, 15))
        button.setFixedSize(24, 22)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def show_view(self, view: TimeView, duration_us: int) -> None:
        """Show which part of the recording is seen, and how large."""
        self._view, self._duration_us = view, duration_us
        low = -MARGIN_PX * view.us_per_px
        page = view.width * view.us_per_px
        self._total_us = max(duration_us - low * 2, view.start_us - low + page)
        scale = BAR_STEPS / self._total_us
        with QSignalBlocker(self.across):
            self.across.setRange(0, max(0, round((self._total_us - page) * scale)))
            self.across.setPageStep(max(1, round(page * scale)))
            self.across.setSingleStep(max(1, round(page * scale / 12)))
            self.across.setValue(round((view.start_us - low) * scale))
        with QSignalBlocker(self._slider):
            range_of_scale = math.log(widest_us_per_px(duration_us, view.width) / SMALLEST_US_PER_PX)
            place = math.log(view.us_per_px / SMALLEST_US_PER_PX) / range_of_scale
            self._slider.setValue(round((1 - place) * SLIDER_STEPS))

    def show_rows(self, height: int, room: int, scroll_y: int) -> None:
        """Show which part of the rows is seen; without need there is no bar."""
        with QSignalBlocker(self.down):
            self.down.setRange(0, max(0, height - room))
            self.down.setPageStep(max(1, room))
            self.down.setSingleStep(20)
            self.down.setValue(scroll_y)
        self.down.setVisible(height > room)

    def _across_moved(self, value: int) -> None:
        self.scrolled.emit(value / BAR_STEPS * self._total_us - MARGIN_PX * self._view.us_per_px)

    def _slider_moved(self, value: int) -> None:
        widest = widest_us_per_px(self._duration_us, self._view.width)
        self.zoomed.emit(SMALLEST_US_PER_PX * (widest / SMALLEST_US_PER_PX) ** (1 - value / SLIDER_STEPS))
