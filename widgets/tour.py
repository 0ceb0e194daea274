"""The first-run tour: five steps over the window, each with a widget set off from a darkened rest.

It only shows; what was seen is remembered by the program. Steps whose widget is not there stand in the middle.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from widgets import theme

_CARD_WIDTH: Final = 380
_GAP: Final = 14
_MARGIN: Final = 8


class Tour(QWidget):
    """Lies over a window until the last step or Escape.

    Attributes:
        step: number of the step that is shown, from 0.
        card: the plate with the text.

    Signals:
        finished(bool): the tour is over; whether it was seen to its end.
    """

    finished = Signal(bool)

    def __init__(self, window: QWidget, targets: Sequence[QWidget | None]) -> None:
        """Make the tour.

        Args:
            window: what it lies over.
            targets: preview, timeline, inspector, media and render queue, as far as they are there.
        """
        super().__init__(window)
        self._window = window
        self._targets = [*targets, *[None] * 5][:5]
        self._steps = self._texts()
        self.step = 0
        self.hide()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Tour"))
        self.card = QFrame(self)
        self.card.setObjectName("tourCard")
        self.card.setStyleSheet(
            f"QFrame#tourCard {{ background: {theme.RAISED}; border: 1px solid {theme.ACCENT}; border-radius: 8px; }}"
        )
        self.card.setFixedWidth(_CARD_WIDTH)
        self._number = QLabel()
        self._number.setObjectName("dim")
        self._title = QLabel()
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.3)
        font.setBold(True)
        self._title.setFont(font)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self.skip_button = QPushButton(self.tr("&Skip the tour"))
        self.skip_button.setToolTip(self.tr("End the tour; it is in the Help menu again (Escape)"))
        self.back_button = QPushButton(self.tr("&Back"))
        self.back_button.setToolTip(self.tr("The step before (Left)"))
        self.next_button = QPushButton(self.tr("&Next"))
        self.next_button.setToolTip(self.tr("The next step (Right)"))
        self.next_button.setStyleSheet(
            f"QPushButton {{ background: {theme.CHOSEN}; border-color: {theme.ACCENT}; }}"
            f"QPushButton:focus {{ border-color: {theme.TEXT}; }}"
        )
        line = QHBoxLayout()
        line.addWidget(self.skip_button)
        line.addStretch(1)
        line.addWidget(self.back_button)
        line.addWidget(self.next_button)
        layout = QVBoxLayout(self.card)
        layout.setContentsMargins(16, 12, 16, 14)
        layout.setSpacing(8)
        layout.addWidget(self._number)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addSpacing(4)
        layout.addLayout(line)
        self.skip_button.clicked.connect(lambda _=False: self.end(False))
        self.back_button.clicked.connect(lambda _=False: self.show_step(self.step - 1))
        self.next_button.clicked.connect(lambda _=False: self.show_step(self.step + 1))
        for button in (self.skip_button, self.back_button, self.next_button):
            button.installEventFilter(self)
        window.installEventFilter(self)

    def _texts(self) -> list[tuple[str, str]]:
        return [
            (
                self.tr("See before you render"),
                self.tr(
                    "The preview shows the motion in 3D, the poses over the portrait and the rendered video. "
                    "Space plays, J K L shuttle, 1 to 4 choose the view."
                ),
            ),
            (
                self.tr("Direct on the timeline"),
                self.tr(
                    "Click an empty place of the prompt track and write what the person does. Drag to move, "
                    "drag an edge to trim. Only the motion of that segment is made anew."
                ),
            ),
            (
                self.tr("Fine tune in the inspector"),
                self.tr(
                    "Strength, seed, emotion and takes of the selected segment. R makes another take and keeps the "
                    "old one; every change can be undone with Ctrl+Z."
                ),
            ),
            (
                self.tr("Portrait and recording"),
                self.tr(
                    "Replace the files here, or drop others onto the window. If an elbow or the mouth lies wrong, "
                    "correct the rig of the portrait."
                ),
            ),
            (
                self.tr("Render in the background"),
                self.tr(
                    "Shift+Return renders the selected segments, Ctrl+Return the whole. Go on editing meanwhile: "
                    "finished pieces are never rendered twice."
                ),
            ),
        ]

    def start(self) -> None:
        """Show the first step."""
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.show_step(0)

    def show_step(self, step: int) -> None:
        """Show a step; after the last one the tour ends."""
        if step >= len(self._steps):
            self.end(True)
            return
        self.step = max(0, step)
        target = self._targets[self.step]
        if isinstance(target, QDockWidget) and not target.isHidden():
            target.raise_()  # it may be behind another one
            self.raise_()  # which put it before the tour, too
        title, text = self._steps[self.step]
        self._number.setText(self.tr("Step {n} of {count}").format(n=self.step + 1, count=len(self._steps)))
        self._title.setText(title)
        self._text.setText(text)
        self.card.setAccessibleName(f"{title}. {text}")
        self.back_button.setEnabled(self.step > 0)
        last = self.step == len(self._steps) - 1
        self.next_button.setText(self.tr("&Done") if last else self.tr("&Next"))
        self._place()
        self.next_button.setFocus()
        self.update()

    def end(self, seen: bool) -> None:
        """Close the tour."""
        self._window.removeEventFilter(self)
        self.hide()
        self.finished.emit(seen)
        self.deleteLater()

    def highlighted(self) -> QRect:
        """Return what is set off in this step, in the tour's coordinates; empty if its widget is not to be seen."""
        target = self._targets[self.step]
        if target is None or not target.isVisible():
            return QRect()
        corner = self.mapFromGlobal(target.mapToGlobal(QPoint(0, 0)))
        return QRect(corner, target.size()).intersected(self.rect()).adjusted(-2, -2, 2, 2)

    def _place(self) -> None:
        self.card.adjustSize()
        width = _CARD_WIDTH
        height = max(self.card.sizeHint().height(), self.card.heightForWidth(width))
        self.card.resize(width, height)
        hole = self.highlighted()
        room = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        if hole.isEmpty():
            place = QPoint(room.center().x() - width // 2, room.center().y() - height // 2)
        else:
            place = self._beside(hole, room, width, height)
        x = min(max(place.x(), room.left()), room.right() - width + 1)
        y = min(max(place.y(), room.top()), room.bottom() - height + 1)
        self.card.move(x, y)

    @staticmethod
    def _beside(hole: QRect, room: QRect, width: int, height: int) -> QPoint:
        """The side of the widget with enough room, or inside it where there is none."""
        middle = QPoint(hole.center().x() - width // 2, hole.center().y() - height // 2)
        if room.right() - hole.right() >= width + _GAP:
            return QPoint(hole.right() + _GAP, middle.y())
        if hole.left() - room.left() >= width + _GAP:
            return QPoint(hole.left() - _GAP - width, middle.y())
        if hole.top() - room.top() >= height + _GAP:
            return QPoint(middle.x(), hole.top() - _GAP - height)
        if room.bottom() - hole.bottom() >= height + _GAP:
            return QPoint(middle.x(), hole.bottom() + _GAP)
        return middle

    # Events -----------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the window, and turn the pages by the arrows wherever the focus is."""
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        elif watched is not self._window and isinstance(event, QKeyEvent):
            # Left alone a button would move the focus by the arrows.
            turns = event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right)
            if turns and event.type() == QEvent.Type.KeyPress:
                self.keyPressEvent(event)
            return turns
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the widget that is set off."""
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        """Keep every key from the window below."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            alone = not event.modifiers() & Qt.KeyboardModifier.AltModifier  # with Alt it is a button's own shortcut
            event.setAccepted(alone)
            return alone
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows turn the pages, Escape ends."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.end(False)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_PageDown):
            self.show_step(self.step + 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.hasFocus():
            self.show_step(self.step + 1)  # on a button these keys are the button's
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_PageUp) and self.step:
            self.show_step(self.step - 1)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Stay among the buttons of the card."""
        buttons = [b for b in (self.skip_button, self.back_button, self.next_button) if b.isEnabled()]
        focus = self.focusWidget()
        index = buttons.index(focus) if focus in buttons else -1
        buttons[(index + (1 if forward else -1)) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep clicks from the window below."""
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Darken all but the widget of this step."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = QPainterPath()
        shade.addRect(QRectF(self.rect()))
        hole = QRectF(self.highlighted())
        if not hole.isEmpty():
            cut = QPainterPath()
            cut.addRoundedRect(hole, 6, 6)
            shade = shade.subtracted(cut)
        painter.fillPath(shade, theme.colour(theme.OUTLINE, 175))
        if not hole.isEmpty():
            painter.setPen(QPen(theme.colour(theme.ACCENT), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(hole.adjusted(1, 1, -1, -1), 6, 6)
