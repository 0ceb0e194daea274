"""Whether OpenGL can be used here, found out without starting a canvas that might hang or abort.

Only the check; drawing is in `widgets.skeleton_view.visuals`.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

_WITHOUT_WINDOWS: Final = frozenset({"offscreen", "minimal", "vnc", "linuxfb"})


_SOFTWARE_NAMES: Final = ("llvmpipe", "softpipe", "swiftshader", "software", "gdi generic", "basic render")
_GL_RENDERER: Final = 0x1F01


@dataclass(frozen=True)
class OpenGLFacts:
    """What was found out.

    Attributes:
        problem: a sentence for the user if OpenGL 2 cannot be used, or "".
        renderer: name of what draws, such as "NVIDIA GeForce RTX 3060" or "llvmpipe".
    """

    problem: str = ""
    renderer: str = ""

    @property
    def software(self) -> bool:
        """Whether the processor does the drawing, so that pictures in motion must be simple ones."""
        name = self.renderer.lower()
        return any(part in name for part in _SOFTWARE_NAMES)


@cache
def opengl_facts() -> OpenGLFacts:
    """Try OpenGL without a window, once. Needs a running application."""
    if QGuiApplication.platformName() in _WITHOUT_WINDOWS:
        return OpenGLFacts(QCoreApplication.translate("OpenGL", "This screen has no OpenGL, which the 3D view needs."))
    context = QOpenGLContext()
    if not context.create():
        return OpenGLFacts(
            QCoreApplication.translate(
                "OpenGL", "OpenGL cannot be started, which the 3D view needs. Install or update the graphics driver."
            )
        )
    surface = QOffscreenSurface()
    surface.setFormat(context.format())
    surface.create()
    if not context.makeCurrent(surface):
        return OpenGLFacts(
            QCoreApplication.translate(
                "OpenGL", "OpenGL starts but cannot draw, so the 3D view stays off. Update the graphics driver."
            )
        )
    name = str(context.functions().glGetString(_GL_RENDERER) or "")
    version = context.format().version()
    context.doneCurrent()
    if version[0] < 2:
        return OpenGLFacts(
            QCoreApplication.translate(
                "OpenGL", "The graphics driver offers OpenGL {}.{} only; the 3D view needs 2.0 or newer."
            ).format(*version),
            name,
        )
    return OpenGLFacts("", name)
