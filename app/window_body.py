"""The body that the 3D view draws in the limbs' place, where the user points to a body model file."""

import threading
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from core.motion import MotionClip


class WindowBody(QObject):
    """Reads the user's model in a thread and has it follow the motion that is shown."""

    _read = Signal(str, object)  # file, body model or a sentence

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._file = ""
        self._model: Any = None
        self._clip: MotionClip | None = None
        self._mesh: Any = None
        self._read.connect(self._take)

    def show_model(self, file: str) -> None:
        """Draw the motion with a body model file; "" draws the limbs again."""
        self._file = file
        if not file:
            self._model = None
            self._apply()
            return

        def read() -> None:
            from app.body_mesh import BodyMeshError, load_body_model

            try:
                result: object = load_body_model(file)
            except (BodyMeshError, OSError) as error:
                result = str(error)
            self._read.emit(file, result)

        self._window.show_message("info", self.tr("Reading the body model …"))
        threading.Thread(target=read, name="body-model", daemon=True).start()

    def show_clip(self, clip: "MotionClip | None") -> None:
        """Follow another motion."""
        self._clip = clip
        if self._model is not None:
            self._apply()

    def shut_down(self) -> None:
        """End the thread that poses the body."""
        if self._mesh is not None:
            self._mesh.stop()
            self._mesh = None

    def _take(self, file: str, result: Any) -> None:
        if file != self._file:
            return
        if isinstance(result, str):
            self._window.settings.set_text("mesh_file", "")
            self._window.show_message("error", result)
            return
        self._model = result
        self._window.show_message("info", self.tr("The body is drawn with your model."))
        self._apply()

    def _apply(self) -> None:
        """Let the 3D view draw the body of the present motion, or the limbs."""
        skeleton = self._window.parts.skeleton
        self.shut_down()
        if skeleton is None:
            return
        if self._model is not None and self._clip is not None:
            from app.body_mesh import BodyMeshSource

            self._mesh = BodyMeshSource(self._model, self._clip, self)
            self._mesh.ready.connect(skeleton.update_picture)
        skeleton.set_mesh(self._mesh)
