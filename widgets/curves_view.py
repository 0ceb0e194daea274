"""`CurvesView`: speech energy, wrist speed and foot contacts over time, to see how the gestures go with the speech.

Follows the timeline's visible range; drawing is pyqtgraph's. Only what is visible is given to it, one point a pixel,
so that two hours cost no more than two seconds.
"""

from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.constants import MICROSECONDS
from core.motion import MotionClip
from core.peaks import PeaksPyramid
from core.skeleton import LEFT_WRIST, PELVIS, RIGHT_WRIST
from core.timecode import format_seconds
from widgets import theme

_QUIETEST_DB: Final = -54.0
_LEAST_SPEED: Final = 2.0  # metres a second; the axis shows at least so much, so that rest looks like rest
_SHORTEST_S: Final = 0.05
_AXIS_WIDTH: Final = 58


class _TimeAxis(pg.AxisItem):
    """Seconds as the ruler writes them."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        digits = 0 if spacing >= 1 else 1 if spacing >= 0.1 else 2 if spacing >= 0.01 else 3
        return [format_seconds(round(value * MICROSECONDS), digits) for value in values]


class CurvesView(QWidget):
    """Three plots over each other with one time axis and the playhead.

    Signals:
        seekRequested(int): the user clicked at a time, microseconds.
    """

    seekRequested = Signal(object)  # an int; Signal(int) would end at 35 minutes

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._peaks: PeaksPyramid | None = None
        self._clip: MotionClip | None = None
        self._speeds: NDArray[np.float32] | None = None
        self._range = (0.0, 10.0)
        self._chosen = False
        self.setAccessibleName(self.tr("Curves of speech and motion"))
        self.setMinimumSize(200, 110)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._area = pg.GraphicsLayoutWidget()
        self._area.setBackground(theme.BASE)
        self._area.setToolTip(self.tr("Click to move the playhead"))
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # no key does anything here
        self._area.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.ci.layout.setSpacing(0)
        self._area.ci.layout.setContentsMargins(0, 4, 8, 0)
        self._area.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents, False)
        layout.addWidget(self._area)
        self._energy_plot = self._plot(0, self.tr("Speech"), "dB", (_QUIETEST_DB, 0.0))
        self._speed_plot = self._plot(1, self.tr("Wrists"), "m/s", (0.0, _LEAST_SPEED))
        self._foot_plot = self._plot(2, self.tr("Feet"), "", (-0.1, 2.2))
        self._foot_plot.getAxis("left").setTicks([[(0.45, self.tr("right")), (1.6, self.tr("left"))], []])
        for row, stretch in enumerate((3, 4, 2)):
            self._area.ci.layout.setRowStretchFactor(row, stretch)
        self._energy = self._curve(self._energy_plot, theme.AUDIO, _QUIETEST_DB)
        self._left = self._curve(self._speed_plot, theme.LEFT_SIDE)
        self._right = self._curve(self._speed_plot, theme.RIGHT_SIDE)
        self._left_foot = self._curve(self._foot_plot, theme.LEFT_SIDE, 1.1)
        self._right_foot = self._curve(self._foot_plot, theme.RIGHT_SIDE, 0.0)
        self._playheads = []
        for plot in self._plots():
            line = pg.InfiniteLine(0.0, 90, pen=pg.mkPen(theme.PLAYHEAD, width=1))
            line.setZValue(10)
            plot.addItem(line, ignoreBounds=True)
            self._playheads.append(line)
        self._area.scene().sigMouseClicked.connect(self._clicked)
        self._show_range()

    def sizeHint(self) -> QSize:
        """Wide and low, as it lies under or beside the timeline."""
        return QSize(800, 220)

    def set_peaks(self, peaks: PeaksPyramid | None) -> None:
        """Show the energy of a recording."""
        self._peaks = peaks
        self._fit_if_new()
        self._draw()

    def set_clip(self, clip: MotionClip | None) -> None:
        """Show wrist speeds and foot contacts of a motion."""
        self._clip = None if clip is None or len(clip) < 2 else clip
        self._speeds = None if self._clip is None else wrist_speeds(self._clip)
        top = _LEAST_SPEED if self._speeds is None else max(_LEAST_SPEED, float(self._speeds.max()) * 1.05)
        self._speed_plot.setYRange(0.0, top, padding=0)
        self._fit_if_new()
        self._draw()

    def set_time(self, time_us: int) -> None:
        """Move the playhead."""
        for line in self._playheads:
            line.setValue(time_us / MICROSECONDS)

    set_playhead = set_time

    def set_visible_range(self, start_us: int, end_us: int) -> None:
        """Show this stretch of time, as the timeline does."""
        start, end = start_us / MICROSECONDS, end_us / MICROSECONDS
        self._chosen = True
        self._range = (start, max(end, start + _SHORTEST_S))
        self._show_range()
        self._draw()

    @property
    def visible_range(self) -> tuple[int, int]:
        """The stretch of time that is shown, microseconds."""
        return round(self._range[0] * MICROSECONDS), round(self._range[1] * MICROSECONDS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width needs other points."""
        super().resizeEvent(event)
        self._draw()

    # Drawing ----------------------------------------------------------------------------------------------------------

    def _plots(self) -> tuple[Any, ...]:
        return self._energy_plot, self._speed_plot, self._foot_plot

    def _plot(self, row: int, title: str, unit: str, bounds: tuple[float, float]) -> Any:
        axis = _TimeAxis("bottom")
        plot = self._area.addPlot(row=row, col=0, axisItems={"bottom": axis}, enableMenu=False)
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.setYRange(*bounds, padding=0)
        plot.getViewBox().setDefaultPadding(0)
        plot.getViewBox().disableAutoRange()
        plot.showGrid(x=True, y=False, alpha=0.16)
        left = plot.getAxis("left")
        left.setWidth(_AXIS_WIDTH)
        left.setLabel(f"{title} ({unit})" if unit else title, color=theme.DIM_TEXT)
        for side in (left, axis):
            side.setPen(pg.mkPen(theme.BORDER))
            side.setTextPen(pg.mkPen(theme.DIM_TEXT))
        left.setStyle(tickLength=-4, maxTickLevel=0)
        # The lowest plot has the times; the others only the lines.
        axis.setStyle(showValues=row == 2, tickLength=-4)
        axis.setHeight(20 if row == 2 else 3)
        return plot

    def _curve(self, plot: Any, colour: str, base: float | None = None) -> Any:
        curve = pg.PlotCurveItem(
            pen=pg.mkPen(colour, width=1),
            fillLevel=base,
            brush=None if base is None else pg.mkBrush(theme.colour(colour, 70)),
            skipFiniteCheck=True,
        )
        plot.addItem(curve, ignoreBounds=True)
        return curve

    def _show_range(self) -> None:
        for plot in self._plots():
            plot.setXRange(*self._range, padding=0)

    def _fit_if_new(self) -> None:
        """Show everything until somebody says what to show."""
        lengths = [thing.duration for thing in (self._peaks, self._clip) if thing is not None]
        if lengths and not self._chosen:
            self._range = (0.0, max(*lengths, _SHORTEST_S))
            self._show_range()

    def _draw(self) -> None:
        columns = max(int(self._energy_plot.getViewBox().width()), 16)
        start, end = self._range
        times = start + (np.arange(columns) + 0.5) * (end - start) / columns
        if self._peaks is None:
            self._energy.setData([], [])
        else:
            loudest = np.abs(self._peaks.query(start, end, columns)).max(axis=1)
            self._energy.setData(times, 20 * np.log10(np.maximum(loudest, 10 ** (_QUIETEST_DB / 20))))
        curves = (self._left, self._right, self._left_foot, self._right_foot)
        if self._clip is None or self._speeds is None:
            for curve in curves:
                curve.setData([], [])
            return
        feet = self._clip.contacts.reshape(-1, 2, 2).max(axis=2)
        values = (self._speeds[:, 0], self._speeds[:, 1], 1.1 + 0.9 * feet[:, 0], 0.9 * feet[:, 1])
        for curve, series in zip(curves, values, strict=True):
            curve.setData(*highest(series, self._clip.fps, start, end, columns))

    # Mouse ------------------------------------------------------------------------------------------------------------

    def _clicked(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        seconds = self._energy_plot.getViewBox().mapSceneToView(event.scenePos()).x()
        self.seekRequested.emit(max(0, round(seconds * MICROSECONDS)))


def wrist_speeds(clip: MotionClip) -> NDArray[np.float32]:
    """(T, 2) speeds of the left and right wrist relative to the pelvis, metres a second, by central differences."""
    places = clip.joints[:, [LEFT_WRIST, RIGHT_WRIST]] - clip.joints[:, [PELVIS]]
    return np.asarray(np.linalg.norm(np.gradient(places, axis=0), axis=2) * clip.fps, np.float32)


def highest(
    values: NDArray[np.floating], fps: float, start: float, end: float, columns: int
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Times and values of the samples between two times, the largest of each column where there are more than columns.

    Args:
        values: (T,) sample t is at t / fps seconds.
        fps: samples a second.
        start: seconds.
        end: seconds, above `start`.
        columns: most points to return.
    """
    first = max(int(np.floor(start * fps)), 0)
    last = min(int(np.ceil(end * fps)) + 1, len(values))
    if last <= first:
        return np.zeros(0), values[:0]
    step = -(-(last - first) // columns)
    first -= first % step  # whole groups counted from the start, so that peaks do not flicker while panning
    groups = np.arange(first, last, step)
    return (groups + (step - 1) / 2) / fps, np.maximum.reduceat(values[:last], groups)
