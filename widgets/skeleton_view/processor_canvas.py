"""The canvas inside the skeleton view where the processor does OpenGL's work: on machines without a graphics card.

There an OpenGL widget would make Qt compose the whole window through the slow driver, whatever changes in it. Here a
thread draws into memory and the widget paints the finished picture, so that the window never waits for one.
"""

import atexit
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final, cast

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QOffscreenSurface, QOpenGLContext, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from core.newest import Newest
from widgets import theme
from widgets.skeleton_view.state import SceneState

_REST_MS: Final = 160
_PATIENCE_S: Final = 20.0

_VISPY = threading.Lock()
"""vispy knows one current canvas for all threads, so threads of several windows draw in turns."""

_GL_BGRA, _GL_UNSIGNED_INT_8_8_8_8_REV = 0x80E1, 0x8367  # together what QImage calls (A)RGB32, on every processor


@dataclass
class _Wish:
    """A picture to draw.

    Attributes:
        state: what to draw, of its own.
        size: (width, height) in pixels.
        pixel_ratio: its pixels per logical pixel.
        fine: whether limbs are as on a graphics card, or simple ones for pictures in motion.
        smooth: whether edges are smoothed.
        asked: whether somebody waits for this picture, which is then not to be shown.
        done: set when it is there, or never will be.
        image: the picture.
    """

    state: SceneState
    size: tuple[int, int]
    pixel_ratio: float
    fine: bool
    smooth: bool
    asked: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    image: QImage | None = None


class _Drawer(QObject):
    """A thread that draws the newest wish into memory, with an OpenGL context of its own.

    An object of its own, because a widget that is being destroyed must not be told of a picture any more.

    Signals:
        drawn(QImage): a picture to show, upright, of the wish's size.
        failed(str): the driver's words why nothing can be drawn.
    """

    drawn = Signal(QImage)
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._wishes: Newest[_Wish] = Newest()
        self._asked: list[_Wish] = []
        self._surface = QOffscreenSurface()  # Qt wants it made and ended in the window's thread
        self._surface.create()
        self._thread = threading.Thread(target=self._run, name="skeleton", daemon=True)
        self._thread.start()
        atexit.register(self.stop)  # before Qt's own end, which takes context and surface away from the thread

    @property
    def ended(self) -> bool:
        """Whether nothing more will be drawn."""
        return not self._thread.is_alive()

    def wish(self, wish: _Wish) -> None:
        """Have this drawn instead of what waits."""
        if wish.asked:
            self._asked.append(wish)
        self._wishes.put(wish)

    def stop(self) -> None:
        """End the thread."""
        atexit.unregister(self.stop)
        self._wishes.close()
        self._thread.join()

    def _run(self) -> None:
        context = QOpenGLContext()
        try:
            context.setFormat(self._surface.requestedFormat())
            if not context.create() or not context.makeCurrent(self._surface):
                raise RuntimeError("OpenGL starts but cannot draw")
            self._draw_all(context)
        except (ImportError, RuntimeError, OSError) as error:  # RuntimeError: gloo's word for what a driver refuses
            self.failed.emit(str(error))
        finally:
            context.doneCurrent()
            for wish in self._asked:
                wish.done.set()

    def _draw_all(self, context: QOpenGLContext) -> None:
        # vispy takes long to load, which is why it is loaded here.
        from vispy.gloo.context import FakeCanvas, forget_canvas, set_current_canvas

        with _VISPY:
            canvas = FakeCanvas()
            pictures = _Pictures(context)
        try:
            while (wish := self._wishes.take()) is not None:
                with _VISPY:
                    set_current_canvas(canvas)
                    wish.image = pictures.make(wish)
                wish.done.set()
                if wish.asked:
                    self._asked.remove(wish)
                else:
                    self.drawn.emit(wish.image)
        finally:
            with _VISPY:
                forget_canvas(canvas)


class _Pictures:
    """Makes pictures of wishes; lives in the thread that has the context.

    The grid is most of the work of a picture in motion, and moves with the camera only: its picture is kept and laid
    under what moves.
    """

    def __init__(self, context: QOpenGLContext) -> None:
        from widgets.skeleton_view.painter import ScenePainter

        self._functions = context.functions()
        self._painter = ScenePainter()
        self._floor: QImage | None = None
        self._floor_key: Hashable = None
        self._last_key: Hashable = None

    def make(self, wish: _Wish) -> QImage:
        """Return the picture, upright."""
        from widgets.skeleton_view.visuals import COARSE, FINE

        painter, state, size = self._painter, wish.state, wish.size
        painter.pixel_ratio = wish.pixel_ratio
        if wish.smooth:
            return self._take(size, lambda: painter.draw_smooth(state, size, FINE))
        if wish.fine:
            return self._take(size, lambda: painter.draw(state, size, FINE))
        scene = painter.scene(COARSE)
        key = scene.floor_key(state, size)
        if key != self._floor_key:
            if key != self._last_key:  # the camera moves: keeping this one would be in vain
                self._last_key = key
                return self._take(size, lambda: painter.draw(state, size, COARSE))
            self._floor = self._take(size, lambda: scene.draw_floor(state, size))
            self._floor_key = key
        assert self._floor is not None
        moving = self._take(
            size,
            lambda: scene.draw(state, size, wish.pixel_ratio, floor=False),
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        image = self._floor.copy()
        over = QPainter(image)
        over.drawImage(0, 0, moving)
        over.end()
        return image

    def _take(
        self, size: tuple[int, int], draw: Callable[[], None], form: QImage.Format = QImage.Format.Format_RGB32
    ) -> QImage:
        return self._painter.apart(size, draw, lambda: self._read(size, form))

    def _read(self, size: tuple[int, int], form: QImage.Format) -> QImage:
        """Return what the present framebuffer holds, upright."""
        width, height = size
        rows = np.empty((height, width, 4), np.uint8)
        read = cast(Callable[..., None], self._functions.glReadPixels)  # its stub knows no buffers
        read(0, 0, width, height, _GL_BGRA, _GL_UNSIGNED_INT_8_8_8_8_REV, rows)
        image = QImage(width, height, form)
        np.frombuffer(image.bits(), np.uint8).reshape(rows.shape)[:] = rows[::-1]
        return image


class ProcessorCanvas(QWidget):
    """Shows a `SceneState` that a thread draws; edges are smoothed when the picture comes to rest.

    Args:
        state: what to draw.
        parent: the widget that the canvas lies in.

    Signals:
        drawn(QImage): the thread has a picture to show.
        failed(str): the driver's words when it cannot draw, as when it refuses a shader.
    """

    drawn = Signal(QImage)
    failed = Signal(str)

    def __init__(self, state: SceneState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self._image: QImage | None = None
        self._drawing = False
        self._again = False
        self._smoothed = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._smooth)
        drawer = self._drawer = _Drawer()
        drawer.drawn.connect(self.drawn)
        drawer.failed.connect(self.failed)
        self.drawn.connect(self._show)
        self.destroyed.connect(lambda: drawer.stop())
        instance = QCoreApplication.instance()
        assert instance is not None
        instance.aboutToQuit.connect(self.close)

    @property
    def native(self) -> QWidget:
        """The widget; as vispy's canvases name theirs."""
        return self

    def redraw(self) -> None:
        """Have the present state drawn; while a picture is being drawn, once more after it."""
        self._rest.stop()
        if self._drawing:
            self._again = True
        elif self.isVisible():
            self._wish(smooth=False)

    def picture(self, width: int, height: int) -> QImage:
        """Draw into an image of that many pixels, and wait for it.

        Raises:
            RuntimeError: it cannot be drawn, or not within 20 s.
        """
        wish = _Wish(self._state.copy(), (width, height), self.devicePixelRatioF(), fine=True, smooth=False, asked=True)
        if self._drawer.ended:
            raise RuntimeError("the 3D view has ended")
        self._drawer.wish(wish)
        wish.done.wait(_PATIENCE_S)
        if wish.image is None:
            raise RuntimeError("the picture could not be drawn")
        if self._drawing:  # what was wished before may never be drawn now
            self._drawing = False
            self.redraw()
        return wish.image

    def close(self) -> bool:
        """End the thread as well."""
        self._rest.stop()
        self._drawer.stop()
        return super().close()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the newest picture, enlarged where the widget grew since."""
        painter = QPainter(self)
        if self._image is None:
            painter.fillRect(self.rect(), theme.colour(theme.BASE))
        else:
            painter.drawImage(self.rect(), self._image)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw at the new size."""
        super().resizeEvent(event)
        self.redraw()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what changed while nobody saw it."""
        super().showEvent(event)
        self.redraw()

    def _smooth(self) -> None:
        if not self._drawing and self.isVisible():
            self._wish(smooth=True)

    def _wish(self, smooth: bool) -> None:
        ratio = self.devicePixelRatioF()
        size = (max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1))
        self._drawing = True
        self._again = False
        self._smoothed = smooth
        self._drawer.wish(_Wish(self._state.copy(), size, ratio, fine=smooth, smooth=smooth))

    def _show(self, image: QImage) -> None:
        self._image = image
        self._drawing = False
        self.update()
        if self._again:
            self.redraw()
        elif not self._smoothed:
            self._rest.start()
