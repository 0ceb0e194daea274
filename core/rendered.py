"""What views need to know of rendering: pieces of video that are finished, and jobs as rows of a list.

Plain data that every part of the program may import. Rendering itself is in `app.rendering`, the queue in `app.jobs`.
"""

from dataclasses import dataclass
from typing import Final, Literal

from core.constants import MICROSECONDS

JobState = Literal[
    "waiting", "running", "pausing", "paused", "cancelling", "cancelled", "interrupted", "failed", "done"
]
"""How a render job stands.

"waiting" for its turn, "running", "pausing" and "cancelling" (asked to stop, not there yet), "paused", "cancelled" and
"failed" (can be run again), "interrupted" (the program ended meanwhile; can be resumed), "done".
"""

JOB_STATES: Final[tuple[JobState, ...]] = (
    "waiting", "running", "pausing", "paused", "cancelling", "cancelled", "interrupted", "failed", "done",
)  # fmt: skip

ACTIVE_STATES: Final[frozenset[JobState]] = frozenset({"running", "pausing", "cancelling"})
"""States in which a worker may be at work."""


@dataclass(frozen=True)
class RenderedPiece:
    """A finished stretch of the video in a file of its own, without sound.

    Attributes:
        start_us, end_us: half-open stretch of the recording, microseconds.
        first_frame: absolute number of its first frame at `fps`.
        frames: how many it has.
        fps: frames per second.
        path: the MP4 file.
        width, height: of the picture in pixels.
    """

    start_us: int
    end_us: int
    first_frame: int
    frames: int
    fps: float
    path: str
    width: int
    height: int

    @classmethod
    def of_frames(
        cls, first_frame: int, frames: int, fps: float, path: str, width: int, height: int
    ) -> "RenderedPiece":
        """Return the piece of a range of frames; its times follow from the absolute frame numbers."""
        return cls(
            start_us=round(first_frame * MICROSECONDS / fps),
            end_us=round((first_frame + frames) * MICROSECONDS / fps),
            first_frame=first_frame,
            frames=frames,
            fps=fps,
            path=path,
            width=width,
            height=height,
        )


@dataclass(frozen=True)
class JobView:
    """A render job as a list shows it.

    Attributes:
        id: number of the job.
        title: what is rendered, for people ("talk, 3.2-5.0 s").
        state: how it stands.
        stage: what is being done ("motion", "poses", "frames", "video"), "" before the first.
        done, total: steps of the stage.
        seconds_left: measured estimate for the whole job, or None while nothing was measured.
        message: one sentence for the user (why it failed), or "".
        notes: sentences of the renderer that the user should read (fallbacks).
        out: the file to make, "" when only finished pieces are wanted.
        created: when it was added, seconds since 1970.
    """

    id: int
    title: str
    state: JobState
    stage: str = ""
    done: int = 0
    total: int = 1
    seconds_left: float | None = None
    message: str = ""
    out: str = ""
    created: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def fraction(self) -> float:
        """Share of the stage that is done, 0..1."""
        return 1.0 if self.state == "done" else min(1.0, self.done / max(1, self.total))
