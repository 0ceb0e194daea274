"""What the playback actions do: play, shuttle, step, jump and the in/out range.

The clock is `app.playback`'s; this module only tells it where to go.
"""

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.constants import MICROSECONDS
from core.timecode import frame_at, frame_start

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from widgets.transport import TransportBar


class WindowPlay(QObject):
    """Handlers of the playback menu."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._scrub_sound = True

    def toggle(self) -> None:
        """Play or pause."""
        player = self._window.player
        if player is None:
            return
        if not player.playing and self._now() >= self._end() > 0:
            player.seek(0)
        player.toggle()

    def play_range(self) -> None:
        """Play from in to out, again and again if looping is on."""
        player, stretch = self._window.player, self._window.session.in_out
        if player is None or stretch is None:
            return
        player.seek(stretch[0])
        self._window.stop_at_us = None if self._window.registry["loop"].isChecked() else stretch[1]
        player.play()

    def shuttle_back(self) -> None:
        """Shuttle backwards; one frame back while K is held."""
        if self._window.keys.k_held:
            self.frame_back()
        elif self._window.player is not None:
            self._window.player.shuttle(-1)

    def shuttle_stop(self) -> None:
        """Stop."""
        if self._window.player is not None:
            self._window.player.shuttle(0)

    def shuttle_on(self) -> None:
        """Shuttle on; one frame on while K is held."""
        if self._window.keys.k_held:
            self.frame_on()
        elif self._window.player is not None:
            self._window.player.shuttle(1)

    def set_loop(self, on: bool) -> None:
        """Loop the range, or the whole where there is none."""
        self.apply_loop(on)
        if self._window.parts.transport is not None:
            self._window.parts.transport.set_looping(on)

    def apply_loop(self, on: bool | None = None) -> None:
        """Tell the player the stretch that it repeats."""
        player = self._window.player
        if player is None:
            return
        on = self._window.registry["loop"].isChecked() if on is None else on
        whole = (0, self._end()) if self._end() > 0 else None
        player.set_loop((self._window.session.in_out or whole) if on else None)

    def set_scrub_sound(self, on: bool) -> None:
        """Hear the recording while scrubbing, or not."""
        self._scrub_sound = on

    def scrub(self, time_us: int) -> None:
        """Go to a time during a drag of the playhead."""
        player = self._window.player
        if player is None:
            self._window.session.set_playhead(time_us)
        elif self._scrub_sound:
            player.scrub(time_us)
        else:
            player.seek(time_us)

    def finish_scrub(self) -> None:
        """The playhead's drag ended."""
        if self._window.player is not None:
            self._window.player.finish_scrub()

    # Jumps ------------------------------------------------------------------------------------------------------------

    def _now(self) -> int:
        return int(self._window.session.playhead_us)

    def _end(self) -> int:
        return self._window.duration_us or 0

    def go_to(self, time_us: int) -> None:
        """Move the playhead, within the recording."""
        time_us = max(0, min(time_us, self._end() or time_us))
        player = self._window.player
        if player is not None:
            player.seek(time_us)
        self._window.session.set_playhead(time_us)
        if self._window.parts.timeline is not None:
            self._window.parts.timeline.ensure_visible(time_us)

    def _step_frames(self, step: int) -> None:
        project = self._window.session.project
        if project is not None:
            fps = project.output.fps
            self.go_to(frame_start(max(0, frame_at(self._now(), fps) + step), fps))

    def frame_back(self) -> None:
        """Go one frame of the video back."""
        self._step_frames(-1)

    def frame_on(self) -> None:
        """Go one frame of the video on."""
        self._step_frames(1)

    def second_back(self) -> None:
        """Go one second back."""
        self.go_to(self._now() - MICROSECONDS)

    def second_on(self) -> None:
        """Go one second on."""
        self.go_to(self._now() + MICROSECONDS)

    def start(self) -> None:
        """Go to the start."""
        self.go_to(0)

    def end(self) -> None:
        """Go to the end."""
        self.go_to(self._end())

    def _edges(self) -> list[int]:
        project = self._window.session.project
        if project is None:
            return []
        times = {0, self._end()}
        for track in project.tracks:
            for segment in track.segments:
                times.update((segment.start_us, segment.end_us))
        return sorted(times)

    def _jump(self, times: list[int], step: int) -> None:
        now = self._now()
        place = bisect_left(times, now) - 1 if step < 0 else bisect_right(times, now)
        if 0 <= place < len(times):
            self.go_to(times[place])

    def previous_edit(self) -> None:
        """Go to the edge of a segment before the playhead."""
        self._jump(self._edges(), -1)

    def next_edit(self) -> None:
        """Go to the edge of a segment after the playhead."""
        self._jump(self._edges(), 1)

    def _markers(self) -> list[int]:
        project = self._window.session.project
        return [] if project is None else [marker.time_us for marker in project.markers]

    def previous_marker(self) -> None:
        """Go to the marker before."""
        self._jump(self._markers(), -1)

    def next_marker(self) -> None:
        """Go to the next marker."""
        self._jump(self._markers(), 1)

    # Range ------------------------------------------------------------------------------------------------------------

    def set_in(self) -> None:
        """Let the range begin at the playhead."""
        now, stretch = self._now(), self._window.session.in_out
        end = stretch[1] if stretch is not None and stretch[1] > now else self._end()
        if end > now:
            self._window.session.set_in_out((now, end))

    def set_out(self) -> None:
        """Let the range end at the playhead."""
        now, stretch = self._now(), self._window.session.in_out
        start = stretch[0] if stretch is not None and stretch[0] < now else 0
        if now > start:
            self._window.session.set_in_out((start, now))

    def go_in(self) -> None:
        """Go to the start of the range."""
        if self._window.session.in_out is not None:
            self.go_to(self._window.session.in_out[0])

    def go_out(self) -> None:
        """Go to the end of the range."""
        if self._window.session.in_out is not None:
            self.go_to(self._window.session.in_out[1])

    def clear_range(self) -> None:
        """Forget the range."""
        self._window.session.set_in_out(None)

    def compare_takes(self) -> None:
        """Show the take before beside the one in use."""
        self._window.wiring.compare_takes()


def connect_transport(window: "MainWindow", transport: "TransportBar") -> None:
    """Join the transport bar with the actions, so that a button and its shortcut do the same."""
    registry, player, play = window.registry, window.player, window.play
    transport.playToggled.connect(registry["play"].trigger)
    transport.startRequested.connect(registry["start"].trigger)
    transport.endRequested.connect(registry["end"].trigger)
    transport.inRequested.connect(registry["set_in"].trigger)
    transport.outRequested.connect(registry["set_out"].trigger)
    transport.stepRequested.connect(lambda step: registry["frame_on" if step > 0 else "frame_back"].trigger())
    transport.seekRequested.connect(play.go_to)
    transport.loopToggled.connect(registry["loop"].setChecked)
    transport.volumeChanged.connect(player.set_volume)
    transport.mutedChanged.connect(player.set_muted)
    transport.refused.connect(lambda text: window.show_message("refused", text))
    player.volumeChanged.connect(transport.set_volume)
    transport.set_volume(player.volume, player.muted)
    transport.set_looping(registry["loop"].isChecked())
    window.sound.show_timing()
