"""`PoseView`: the portrait with the translated 2D pose over it, or exactly the picture that the renderer gets.

Painting of the pose is in `widgets.pose_painter`, the sentences of the banner in `widgets.pose_warnings`.
"""

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QToolButton, QWidget

from core.constants import MICROSECONDS
from core.pose import PoseSequence
from core.pose_follow import follow_rig
from core.rig import Rig
from widgets import theme
from widgets.composite_maker import CompositeMaker, CompositeWish
from widgets.picture_fit import fitted, paint_label, paint_picture
from widgets.pose_painter import blend, paint_pose
from widgets.pose_warnings import PoseWarning, warning_at

Mode = Literal["overlay", "renderer"]

_DIMMED: Final = 0.45
"""Brightness of the portrait under the pose."""

_PREVIEW_SIDE: Final = 720
"""Longest side of the pictures that `picture_at` makes for other views."""

_COMPOSITE_HEIGHT: Final = 720
_BEGUN: Final = 0.5 / MICROSECONDS  # frame starts are rounded to microseconds


class PoseView(QWidget):
    """Shows one frame of a `PoseSequence`.

    Signals:
        warningChanged(str): another serious sentence about the pose at this time, "" if there is none. (That a
            movement is held back a little is only shown in the view.)
        modeChanged(str): "overlay" or "renderer", by the view's own button too.
        compositeShown(int): the renderer's picture of this frame has been drawn and is shown.
    """

    warningChanged = Signal(str)
    modeChanged = Signal(str)
    compositeShown = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._portrait: QImage | None = None
        self._dimmed: QImage | None = None
        self._scaled: QImage | None = None
        self._rig: Rig | None = None
        self._poses: PoseSequence | None = None
        self._poses_rig: Rig | None = None  # that the poses were made for
        self._mode: Mode = "overlay"
        self._time_us = 0
        self._warning = PoseWarning()
        self._composite: tuple[int, QImage] | None = None
        self._maker = CompositeMaker(self)
        self._maker.made.connect(self._composite_made)
        self._toggle = QToolButton(self)
        self._toggle.setIcon(theme.icon("drawing"))
        self._toggle.setCheckable(True)
        self._toggle.setToolTip(self.tr("Show exactly the picture that the renderer gets"))
        self._toggle.setAccessibleName(self.tr("Show exactly the picture that the renderer gets"))
        self._toggle.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._toggle.toggled.connect(lambda on: self.set_mode("renderer" if on else "overlay"))
        self.setMinimumSize(160, 120)
        self.setAccessibleName(self.tr("Poses over the portrait"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def sizeHint(self) -> QSize:
        """A size in which fingers can be told apart."""
        return QSize(400, 480)

    def set_portrait(self, image: NDArray[np.uint8] | None, rig: Rig | None) -> None:
        """Take the (H, W, 3) RGB portrait and its rig; None for none."""
        if image is None:
            self._portrait = self._dimmed = None
        else:
            self._portrait = _qimage(image)
            self._dimmed = _qimage((image * np.float32(_DIMMED)).astype(np.uint8))
        self._scaled = None
        self.set_rig(rig)

    def set_rig(self, rig: Rig | None) -> None:
        """Take another rig of the same portrait: the poses follow by a guess until those made for it are set."""
        self._rig, self._composite = rig, None
        self._changed()

    def set_poses(self, poses: PoseSequence | None) -> None:
        """Take the poses of the whole recording, made for the present rig."""
        wanted = None if poses is None or len(poses) == 0 else poses
        if wanted is None or wanted is not self._poses:
            self._poses, self._poses_rig, self._composite = wanted, self._rig, None
        self._changed()

    def set_time(self, time_us: int) -> None:
        """Show the pose of a time."""
        self._time_us = time_us
        self._changed()

    def set_mode(self, mode: Mode) -> None:
        """Show the pose over the portrait ("overlay") or what the renderer gets ("renderer")."""
        if mode not in ("overlay", "renderer"):
            raise ValueError(f'the pose view shows "overlay" or "renderer", not {mode!r}')
        if mode != self._mode:
            self._mode = mode
            self.setAccessibleName(
                self.tr("Poses over the portrait") if mode == "overlay" else self.tr("Pose picture for the renderer")
            )
            self._toggle.setChecked(mode == "renderer")
            self.modeChanged.emit(mode)
            self.update()

    @property
    def mode(self) -> Mode:
        """What is shown."""
        return self._mode

    @property
    def warning(self) -> PoseWarning:
        """What is wrong with the pose at this time."""
        return self._warning

    def picture_rect(self) -> QRectF:
        """Where the portrait lies in the widget."""
        return fitted(QSizeF(*self._size()), QRectF(self.rect()))

    def picture_at(self, time_us: int) -> QImage | None:
        """Return the portrait with the pose of a time over it, for views that have nothing better; None without one."""
        if self._dimmed is None:
            return None
        width, height = self._size()
        scale = min(1.0, _PREVIEW_SIDE / max(width, height))
        size = QSize(round(width * scale), round(height * scale))
        if self._scaled is None:
            self._scaled = self._dimmed.scaled(
                size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        picture = self._scaled.copy()
        painter = QPainter(picture)
        self._paint_pose(painter, QRectF(picture.rect()), time_us)
        painter.end()
        return picture

    def composite_image(self) -> QImage | None:
        """Return exactly what the renderer gets for the present frame, drawn at once; None without rig or poses."""
        wish = self._wish()
        return None if wish is None else _qimage(wish.draw())

    def _wish(self) -> CompositeWish | None:
        if self._poses is None or self._rig is None:
            return None
        width, height = self._poses.width, self._poses.height
        # Even sides in the portrait's shape, as frames of video have them.
        shown = max(2, min(height, _COMPOSITE_HEIGHT) // 2 * 2)
        return CompositeWish(
            self._poses, self._index(), self._rig, shown, max(2, int(shown * width / height / 2 + 0.5) * 2),
            self._poses_rig,
        )  # fmt: skip

    def _composite_made(self, wish: CompositeWish, picture: NDArray[np.uint8]) -> None:
        if wish.poses is self._poses and wish.rig is self._rig:
            self._composite = (wish.index, _qimage(picture))
            self.compositeShown.emit(wish.index)
            self.update()

    def _current_composite(self) -> QImage | None:
        """Return the newest picture of the renderer's, and have the present one drawn if it is another."""
        wish = self._wish()
        if wish is None:
            return None
        if self._composite is None or self._composite[0] != wish.index:
            self._maker.wish(wish)
        return None if self._composite is None else self._composite[1]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button in its corner."""
        size = self._toggle.sizeHint()
        self._toggle.setGeometry(self.width() - size.width() - 6, 6, size.width(), size.height())
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture and the banner."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(theme.BASE))
        place = self.picture_rect()
        if self._mode == "renderer":
            composite = self._current_composite()
            if composite is not None:
                paint_picture(painter, composite, place)
            if self._poses is None or self._rig is None:
                note = self.tr("The renderer's picture appears when the poses are there.")
            else:
                note = self.tr("What the renderer gets")
            paint_label(painter, QRectF(self.rect()), note, _TOP_LEFT)
        elif self._dimmed is None:
            painter.setPen(theme.colour(theme.DIM_TEXT))
            text = self.tr("The portrait appears here.")
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, text)
        else:
            paint_picture(painter, self._dimmed if self._poses is not None else self._portrait or self._dimmed, place)
            # A pose that leaves the picture is painted beyond its edge too: that is what the banner speaks of.
            painter.setPen(QPen(theme.colour(theme.BORDER), 1.0))
            painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))
            self._paint_pose(painter, place, self._time_us)
        if self._warning.text:
            self._paint_banner(painter)

    def _paint_pose(self, painter: QPainter, place: QRectF, time_us: int) -> None:
        if self._poses is not None:
            pose = blend(self._poses, time_us / MICROSECONDS * self._poses.fps)
            if self._rig is not None and self._poses_rig is not None and self._rig is not self._poses_rig:
                pose = follow_rig(pose, self._poses_rig, self._rig)
            paint_pose(painter, place, (self._poses.width, self._poses.height), pose)

    def _paint_banner(self, painter: QPainter) -> None:
        metrics = painter.fontMetrics()
        room = QRectF(self.rect()).adjusted(8, 8, -8, -8)
        flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter)
        text = metrics.boundingRect(room.adjusted(34, 0, -10, 0).toRect(), flags, self._warning.text)
        wide = room.width() if self._warning.serious else min(room.width(), text.width() + 46.0)
        height = text.height() + 10.0
        plate = QRectF(room.left(), room.bottom() - height, wide, height)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour(theme.WARNING), 1.0) if self._warning.serious else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(theme.BASE, 225 if self._warning.serious else 180))
        painter.drawRoundedRect(plate, 4, 4)
        name = "alert-outline" if self._warning.serious else "information-outline"
        side = 18
        theme.icon(name).paint(
            painter, round(plate.left() + 9), round(plate.center().y() - side / 2), side, side,
        )  # fmt: skip
        painter.setPen(theme.colour(theme.TEXT if self._warning.serious else theme.DIM_TEXT))
        painter.drawText(plate.adjusted(34, 0, -10, 0), flags, self._warning.text)
        painter.restore()

    def _changed(self) -> None:
        size = None if self._portrait is None else (self._portrait.width(), self._portrait.height())
        now = PoseWarning()
        if self._poses is not None:
            now = warning_at(self._poses, self._time_us / MICROSECONDS, size)
        if now != self._warning:
            told = self._warning.text if self._warning.serious else ""
            self._warning = now
            self.setAccessibleDescription(now.text)
            tell = now.text if now.serious else ""
            if tell != told:
                self.warningChanged.emit(tell)
        self.update()

    def _index(self) -> int:
        """Number of the motion frame that has begun at this time."""
        if self._poses is None:
            return 0
        frame = int((self._time_us / MICROSECONDS + _BEGUN) * self._poses.fps)
        return min(max(frame, 0), len(self._poses) - 1)

    def _size(self) -> tuple[int, int]:
        if self._portrait is not None:
            return self._portrait.width(), self._portrait.height()
        if self._poses is not None:
            return self._poses.width, self._poses.height
        return 4, 5


_TOP_LEFT: Final = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft


def _qimage(pixels: NDArray[np.uint8]) -> QImage:
    """Return a copy of (H, W, 3) RGB pixels as an image that Qt paints fast."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)
