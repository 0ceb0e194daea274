"""How a picture lies inside a widget: fitted whole, centred, on neutral dark. Geometry and one painting helper only."""

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter

from widgets import theme


def fitted(picture: QSizeF, area: QRectF) -> QRectF:
    """Return the largest centred rectangle of the picture's shape inside an area, on whole pixels' edges at 100 %."""
    if picture.width() <= 0 or picture.height() <= 0 or area.width() <= 0 or area.height() <= 0:
        return QRectF(area.center(), QSizeF(0, 0))
    scale = min(area.width() / picture.width(), area.height() / picture.height())
    width, height = picture.width() * scale, picture.height() * scale
    return QRectF(area.center().x() - width / 2, area.center().y() - height / 2, width, height)


def paint_label(painter: QPainter, area: QRectF, text: str, corner: Qt.AlignmentFlag) -> QRectF:
    """Write a small label on a dark plate into a corner (or edge) of an area; returns the plate."""
    metrics = painter.fontMetrics()
    wide = min(metrics.horizontalAdvance(text) + 16.0, max(area.width() - 16.0, 0.0))
    plate = QRectF(0, 0, wide, metrics.height() + 8.0)
    left = area.left() + 8 if corner & Qt.AlignmentFlag.AlignLeft else area.right() - 8 - plate.width()
    if corner & Qt.AlignmentFlag.AlignHCenter:
        left = area.center().x() - plate.width() / 2
    top = area.top() + 8 if corner & Qt.AlignmentFlag.AlignTop else area.bottom() - 8 - plate.height()
    plate.moveTo(left, top)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.BASE, 205))
    painter.drawRoundedRect(plate, 4, 4)
    painter.setPen(theme.colour(theme.TEXT))
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(plate.width() - 12))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, shown)
    painter.restore()
    return plate


def paint_picture(painter: QPainter, picture: QImage, place: QRectF) -> None:
    """Draw a picture into its place, smoothly."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(place, picture)
