"""What a drag would do, as the canvas shows it while the mouse button is down. Data only."""

from dataclasses import dataclass

from core.timeline import Segment
from widgets.timeline.placement import Refusal
from widgets.timeline.snapping import SnapPoint


@dataclass(frozen=True)
class Ghost:
    """A segment where it would be dropped."""

    track_id: str
    segment: Segment
    start_us: int
    end_us: int


@dataclass(frozen=True)
class Preview:
    """State of a drag, to be painted.

    Attributes:
        ghosts: segments where they would be.
        hidden: ids of segments that are drawn faintly, because their ghost stands for them.
        refusal: why it cannot be dropped there, "" where it can.
        snap: the time that was snapped to.
        label: what the bubble beside the pointer says, "" for none.
        label_us: where the bubble is.
        band: rubber band in canvas pixels: left, top, right, bottom.
        chosen: ids that the rubber band would select, None without a band.
        in_out: the range as it would be, None where it is not dragged.
        marker: id and time of a dragged marker.
        playhead_us: the playhead while it is dragged.
    """

    ghosts: tuple[Ghost, ...] = ()
    hidden: frozenset[str] = frozenset()
    refusal: Refusal = ""
    snap: SnapPoint | None = None
    label: str = ""
    label_us: int = 0
    band: tuple[float, float, float, float] | None = None
    chosen: frozenset[str] | None = None
    in_out: tuple[int, int] | None = None
    marker: tuple[str, int] | None = None
    playhead_us: int | None = None


NOTHING = Preview()
