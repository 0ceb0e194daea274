"""The sound of the window: decoding the recording in the background, the player's clock, and how times are written.

The clock itself is `app.playback`, decoding is `core.audio_proxy`; the views hear of time through the session.
"""

import threading
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal

from app.sentences import said
from app.window_play import connect_transport
from core.cancel import Cancelled, CancelToken
from core.project_file import cache_folder
from widgets import theme

if TYPE_CHECKING:
    from app.main_window import MainWindow


class WindowSound(QObject):
    """Joins recording, player and transport.

    Attributes:
        proxy: the decoded recording (`core.audio_proxy.AudioProxy`), None until it is there.
    """

    _proxyReady = Signal(int, object)  # number of the request, AudioProxy or a sentence

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.proxy: Any = None
        self._request = 0
        self._cancel = CancelToken()
        self._audio = ""
        self._proxyReady.connect(self._show_proxy)

    def show_project(self, audio: str, duration_us: int | None) -> None:
        """Decode the project's recording if it is another one than before; its length may be known already."""
        if audio == self._audio:
            return
        self._window.duration_us = None
        self._load_audio(audio)
        if duration_us is not None:
            self.set_duration(duration_us)

    def leave_project(self) -> None:
        """Forget the recording."""
        window = self._window
        self.cancel()
        self._audio = ""
        window.duration_us = None
        window.proposed = []
        if window.player is not None:
            window.player.pause()
        self._forget_sound()

    def _forget_sound(self) -> None:
        """Neither play nor show the recording that was there."""
        window = self._window
        self.proxy = None
        if window.player is not None:
            window.player.set_proxy(None)
        if window.parts.timeline is not None:
            window.parts.timeline.set_peaks(None, None)
        if window.parts.curves is not None:
            window.parts.curves.set_peaks(None)

    def cancel(self) -> None:
        """Stop decoding."""
        self._cancel.cancel()
        self._request += 1

    def connect_sound(self) -> None:
        """Join the player and the transport bar."""
        window = self._window
        player, transport = window.player, window.parts.transport
        player.timeChanged.connect(self._time_played)
        player.stateChanged.connect(self._play_state)
        player.deviceChanged.connect(lambda _name: self.show_device())
        player.notice.connect(lambda text: window.show_message("warning", text))
        self.show_device()
        connect_transport(window, transport)

    def show_device(self) -> None:
        """Show the devices in the status bar."""
        window = self._window
        player = window.player
        sound = said(player.device_name) if player is not None else ""
        window.status.set_device("  ·  ".join(part for part in (window.wiring.engine.device, sound) if part))

    def _load_audio(self, audio: str) -> None:
        """Decode the recording in a thread; the newest request wins."""
        self._audio = audio
        self._cancel.cancel()
        self._cancel = cancel = CancelToken()
        self._request += 1
        number = self._request
        folder = cache_folder(self._window.session.cache_path)
        self._forget_sound()  # the new one may be missing

        def load() -> None:
            from core.audio_proxy import AudioProxy

            try:
                result: object = AudioProxy.open_or_make(folder, audio, cancel=cancel)
            except Cancelled:
                return
            except (OSError, ValueError) as error:
                result = str(error)
            self._proxyReady.emit(number, result)

        threading.Thread(target=load, name="audio-proxy", daemon=True).start()

    def _show_proxy(self, number: int, result: Any) -> None:
        if number != self._request:
            return
        if isinstance(result, str):
            self._window.show_message("error", result)
            return
        self.proxy = result
        window = self._window
        if window.player is not None:
            window.player.set_proxy(result)
            window.player.seek(window.session.playhead_us)
        if window.parts.timeline is not None:
            window.parts.timeline.set_peaks(result.peaks, result.mono)
        if window.parts.curves is not None:
            window.parts.curves.set_peaks(result.peaks)
        if window.duration_us is None:
            self.set_duration(result.duration_us)
        self._window.wiring.show_media()

    def set_duration(self, duration_us: int) -> None:
        """Take the recording's length."""
        self._window.duration_us = duration_us
        self._window.session.apply_duration(duration_us)
        if self._window.player is not None:
            self._window.player.set_duration(duration_us)
        self.show_timing()
        self._window.wiring.show_media()
        self._window.play.apply_loop()

    def show_timing(self) -> None:
        """Show times as the user wants them."""
        window = self._window
        project = window.session.project
        mode: Literal["seconds", "timecode"] = "timecode" if window.registry["timecode"].isChecked() else "seconds"
        fps = project.output.fps if project is not None else 25.0
        window.status.set_timing(mode, fps, window.duration_us)
        if window.parts.timeline is not None:
            window.parts.timeline.set_timecode_mode(mode, fps)
        if window.parts.transport is not None:
            window.parts.transport.set_timing(mode, fps, window.duration_us)
        if window.parts.inspector is not None:
            window.parts.inspector.set_timing(mode, fps)

    def _time_played(self, time_us: int) -> None:
        window = self._window
        stop = window.stop_at_us
        if stop is not None and window.player.playing and time_us >= stop:
            window.stop_at_us = None
            window.player.pause()
            time_us = stop
        window.session.set_playhead(time_us)
        if window.player.playing and window.registry["follow"].isChecked():
            window.parts.timeline.ensure_visible(time_us)

    def _play_state(self, playing: bool, rate: float) -> None:
        window = self._window
        if not playing:
            window.stop_at_us = None
        action = window.registry["play"]
        action.setIcon(theme.icon("pause" if playing else "play"))
        if window.parts.transport is not None:
            window.parts.transport.set_state(playing, rate)
