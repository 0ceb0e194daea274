"""The heads of the rows at the left: names, lock and mute of tracks. They scroll with the rows of the canvas."""

from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QStyle, QStyleOptionFrame, QToolButton, QWidget

from core.timeline import MAX_NAME_LENGTH, Track
from widgets import theme
from widgets.timeline.hit import RULER_HEIGHT, Hit
from widgets.timeline.names import row_name
from widgets.timeline.paint_context import shade_of
from widgets.timeline.rows import Row, RowLayout

WIDTH = 168

_ICONS = {
    "audio": "waveform",
    "prompt": "message-text-outline",
    "emotion": "emoticon-outline",
    "motion": "human-handsup",
    "video": "movie-outline",
}
_COLOURS = {
    "audio": theme.AUDIO,
    "prompt": theme.PROMPT,
    "emotion": theme.EMOTION,
    "motion": theme.MOTION,
    "video": theme.VIDEO,
}


class NameField(QLineEdit):
    """The name of a track; a double click, Enter or F2 makes it writable.

    Signals:
        renamed(str): the new name.
    """

    renamed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._old = ""
        self.setObjectName("trackName")
        self.setMaxLength(MAX_NAME_LENGTH)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # At rest it looks like a label; the frame comes with the focus and with writing.
        self.setStyleSheet("QLineEdit:read-only:!focus { background: transparent; border-color: transparent; }")
        self._rest()

    def show_name(self, name: str, kind: str) -> None:
        """Show a track's name, or the name of its kind if it has none."""
        self._old = name
        self.setPlaceholderText(row_name(kind, ""))
        self._show_resting()
        self.setAccessibleName(self.tr("Name of the track: {name}").format(name=row_name(kind, name)))
        self.setToolTip(self.tr("{name}\nDouble click to rename").format(name=row_name(kind, name)))

    def _show_resting(self) -> None:
        """Show as much of the name as there is room for."""
        if not self.isReadOnly():
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self).width() - 4
        name = self._old or self.placeholderText()
        self.setText(self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room))
        self.setCursorPosition(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show more or less of the name."""
        super().resizeEvent(event)
        self._show_resting()

    def begin(self) -> None:
        """Let the user write."""
        self.setReadOnly(False)
        self.setFrame(True)
        self.setText(self._old)
        self.setFocus()
        self.selectAll()

    def _rest(self) -> None:
        self.setReadOnly(True)
        self.setFrame(False)
        self.deselect()

    def _end(self, *, keep: bool) -> None:
        if self.isReadOnly():
            return
        name = " ".join(self.text().split())
        self._rest()
        if keep and name != self._old:
            self._old = name
            self.renamed.emit(name)
        self._show_resting()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave a resting field alone."""
        if not self.isReadOnly():
            super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """At rest the menu is that of the track."""
        if self.isReadOnly():
            event.ignore()
        else:
            super().contextMenuEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Start writing."""
        if self.isReadOnly():
            self.begin()
        else:
            super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter starts and ends writing, Esc gives it up."""
        key = event.key()
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if self.isReadOnly():
            if enter or key == Qt.Key.Key_F2:
                self.begin()
            else:
                event.ignore()
        elif enter or key == Qt.Key.Key_Escape:
            self._end(keep=enter)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """While it is written, letters are text and no shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            writing = not self.isReadOnly()
            if not writing and event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                return False
            if not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
                event.accept()
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving takes the name."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._end(keep=True)


class RowHead(QWidget):
    """The head of one row.

    Signals:
        changed(str, str, object): track, field ("name", "locked", "muted") and value.
        menuWanted(object, object): hit and global place of a context menu.
    """

    changed = Signal(str, str, object)
    menuWanted = Signal(object, object)

    def __init__(self, row: Row, parent: QWidget) -> None:
        super().__init__(parent)
        self.row = row
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 0, 6, 0)
        layout.setSpacing(4)
        picture = QLabel(self)
        picture.setPixmap(theme.icon(_ICONS[row.kind]).pixmap(QSize(16, 16), self.devicePixelRatioF()))
        layout.addWidget(picture)
        self.name: NameField | None = None
        self.lock: QToolButton | None = None
        self.mute: QToolButton | None = None
        if row.is_track:
            self.name = NameField(self)
            self.name.renamed.connect(lambda name: self.changed.emit(row.track_id, "name", name))
            layout.addWidget(self.name, 1)
            self.mute = self._button("muted")
            self.lock = self._button("locked")
            layout.addWidget(self.mute)
            layout.addWidget(self.lock)
        else:
            label = QLabel(row_name(row.kind, ""), self)
            label.setIndent(9)  # as far as the text of a name field
            layout.addWidget(label, 1)

    def _button(self, field: str) -> QToolButton:
        button = QToolButton(self)
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setIconSize(QSize(15, 15))
        button.setFixedSize(24, 24)
        button.clicked.connect(lambda on: self.changed.emit(self.row.track_id, field, on))
        return button

    def show_track(self, track: Track) -> None:
        """Show a track's name and switches."""
        if self.name is None or self.lock is None or self.mute is None:
            return
        self.name.show_name(track.name, track.kind)
        name = row_name(track.kind, track.name)
        self.lock.setChecked(track.locked)
        self.lock.setIcon(theme.icon("lock" if track.locked else "lock-open-variant-outline"))
        self.lock.setToolTip(self.tr("Unlock the track") if track.locked else self.tr("Lock the track against changes"))
        self.lock.setAccessibleName(self.tr("Lock the track {name}").format(name=name))
        self.mute.setChecked(track.muted)
        self.mute.setIcon(theme.icon("eye-off-outline" if track.muted else "eye-outline"))
        self.mute.setToolTip(
            self.tr("Let the track direct the person again") if track.muted else self.tr("Ignore the track")
        )
        self.mute.setAccessibleName(self.tr("Ignore the track {name}").format(name=name))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the row's colour at the left edge."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), shade_of(theme.RAISED))
        painter.fillRect(0, 0, 4, self.height(), shade_of(_COLOURS[self.row.kind]))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the track."""
        self.menuWanted.emit(Hit("track", row=self.row, track_id=self.row.track_id), event.globalPos())


class Heads(QWidget):
    """All heads, beside the canvas.

    Signals:
        changed(str, str, object): track, field and value.
        menuWanted(object, object): hit and global place of a context menu.
    """

    changed = Signal(str, str, object)
    menuWanted = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self._heads: dict[tuple[str, str], RowHead] = {}
        self._port = QWidget(self)
        self._corner = QWidget(self)
        corner = QHBoxLayout(self._corner)
        corner.setContentsMargins(10, 0, 6, 0)
        title = QLabel(self.tr("Tracks"), self._corner)
        title.setObjectName("dim")
        corner.addWidget(title, 1)
        self.more = QToolButton(self._corner)
        self.more.setAutoRaise(True)
        self.more.setIcon(theme.icon("plus"))
        self.more.setIconSize(QSize(15, 15))
        self.more.setFixedSize(24, 24)
        self.more.setToolTip(self.tr("Add a track"))
        self.more.setAccessibleName(self.tr("Add a track"))
        self.more.clicked.connect(self._more)
        corner.addWidget(self.more)

    def _more(self) -> None:
        place = self.more.mapToGlobal(QPoint(0, self.more.height()))
        self.menuWanted.emit(Hit("track"), place)

    def show_rows(self, rows: RowLayout, tracks: tuple[Track, ...], scroll_y: int) -> None:
        """Place a head beside each row; heads of rows that are still there are kept."""
        wanted = {(row.kind, row.track_id): row for row in rows.rows}
        for key in [key for key in self._heads if key not in wanted]:
            self._heads.pop(key).deleteLater()
        by_id = {track.id: track for track in tracks}
        for key, row in wanted.items():
            head = self._heads.get(key)
            if head is None:
                head = self._heads[key] = RowHead(row, self._port)
                head.changed.connect(self.changed)
                head.menuWanted.connect(self.menuWanted)
                head.show()
            head.row = row
            head.setGeometry(0, row.top - scroll_y, WIDTH - 1, row.height)
            if row.track_id in by_id:
                head.show_track(by_id[row.track_id])
        self._order()

    def _order(self) -> None:
        """Tab goes from head to head downwards."""
        widgets: list[QWidget] = [self.more]
        for head in sorted(self._heads.values(), key=lambda head: head.row.top):
            widgets += [w for w in (head.name, head.mute, head.lock) if w is not None]
        for first, second in pairwise(widgets):
            QWidget.setTabOrder(first, second)

    def head(self, track_id: str) -> RowHead | None:
        """Return the head of a track."""
        return next((head for head in self._heads.values() if head.row.track_id == track_id), None)

    def resizeEvent(self, event: object) -> None:
        """Keep the corner above the heads, beside the ruler."""
        self._corner.setGeometry(0, 0, WIDTH, RULER_HEIGHT)
        self._port.setGeometry(0, RULER_HEIGHT, WIDTH, max(0, self.height() - RULER_HEIGHT))
        self._corner.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), shade_of(theme.OUTLINE))
        painter.fillRect(0, 0, WIDTH - 1, RULER_HEIGHT - 1, shade_of(theme.RAISED))
