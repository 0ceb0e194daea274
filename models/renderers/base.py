"""What every video renderer offers: a plan of chunks that can be rendered, kept and resumed one by one.

A renderer makes frames only. Files, caching, audio and progress belong to `app.director` and `core.video`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from core.audio import AudioTrack
from core.cache import Cache
from core.cancel import CancelToken
from core.portrait import Portrait
from core.pose import PoseSequence

Lack = Literal["weights", "device", "memory"]
"""What a backend can be without: its weights, the device that is asked for, or enough memory for the work."""


class BackendLacks(ValueError):
    """A backend cannot work here; the sentence says what is missing and what to do.

    Attributes:
        lack: what it is.
        needed: bytes of memory that the work takes, None where memory is not what is missing.
        free: bytes that there are for it.
    """

    lack: Lack
    needed: float | None = None
    free: float | None = None


@dataclass(frozen=True)
class FaceCue:
    """Emotion and blink wishes of a stretch of time.

    Attributes:
        start, end: seconds.
        emotion: one of `core.timeline.EMOTIONS`.
        emotion_strength: 0..1.
        blink: blinks relative to the natural rate, 0 (none) to 2 (twice as many); 1 is natural.
    """

    start: float
    end: float
    emotion: str = "neutral"
    emotion_strength: float = 0.0
    blink: float = 1.0


@dataclass(frozen=True)
class RenderNews:
    """What a slow renderer says while it works on a chunk.

    Attributes:
        done: share of the chunk's work that is done, 0..1; None if only `note` is new.
        message: what is being done, for the user ("step 3 of 25").
        preview: (H, W, 3) uint8 a rough look at a frame in the middle of the chunk, of any size; or None.
        note: a sentence that the user should read (a fallback), or "".
    """

    done: float | None = None
    message: str = ""
    preview: NDArray[np.uint8] | None = None
    note: str = ""


def ignore_news(news: RenderNews) -> None:
    """A listener that does nothing."""


@dataclass(frozen=True)
class RenderJob:
    """All that a renderer needs to know.

    Attributes:
        portrait: picture and rig.
        poses: 2D poses of the whole recording, at their own rate; sample them by absolute time.
        audio: the whole recording.
        width, height: size in pixels of the frames to make.
        fps: frame rate of the frames to make (the renderer's native rate if it has only one).
        start_frame, end_frame: half-open range of absolute frame numbers at `fps` to render.
        cues: emotion and blink wishes.
        seed: seed of everything random (blinks, noise).
        usual_depth: (18,) metres towards the camera of the joints as they usually are, for what grows and shrinks with
            the distance. Given, so that an edit somewhere does not change it; None takes the median of the poses.
        store: where a renderer may keep what its chunks share (latents), under keys of its own; None keeps nothing.
        news: told how a chunk is getting on, by renderers whose chunks take long; called from working threads.
    """

    portrait: Portrait
    poses: PoseSequence
    audio: AudioTrack
    width: int
    height: int
    fps: float
    start_frame: int
    end_frame: int
    cues: tuple[FaceCue, ...] = field(default=())
    seed: int = 0
    usual_depth: NDArray[np.float64] | None = None
    store: Cache | None = field(default=None, compare=False)
    news: Callable[[RenderNews], None] = field(default=ignore_news, compare=False)


@dataclass(frozen=True)
class RenderChunk:
    """A half-open range of absolute frames that is rendered and stored as one piece."""

    index: int
    start_frame: int
    end_frame: int


@dataclass(frozen=True)
class RenderPlan:
    """Chunks in time order, and what rendering them will take, as far as it is known.

    Attributes:
        chunks: cover start_frame..end_frame of the job without gaps.
        peak_memory: estimated bytes.
        seconds: estimated time, or None before anything was measured.
        quick: frames come faster than a thorough encoder takes them, so a hasty one is wanted.
        at_once: chunks that are worth rendering at the same time, None for what the processor's cores allow.
    """

    chunks: tuple[RenderChunk, ...]
    peak_memory: int
    seconds: float | None = None
    quick: bool = False
    at_once: int | None = None


@dataclass(frozen=True)
class RenderEstimate:
    """What a job will take, before its start.

    Attributes:
        seconds: estimated time.
        memory: estimated bytes at the worst moment.
        free: bytes that are free for it, or None where that is not known.
        device: what computes: "cuda", "mps", "cpu".
    """

    seconds: float
    memory: float
    free: float | None = None
    device: str = "cpu"


@dataclass(frozen=True)
class RenderedFrame:
    """One frame.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        flags: the `PoseFlag` bits that it could not show, 0 if it is right.
        changed: x0, y0, x1, y1 of the part outside which it equals the frame yielded before it; None if unknown.
    """

    image: NDArray[np.uint8]
    flags: int = 0
    changed: tuple[int, int, int, int] | None = None


class Renderer(Protocol):
    """A video backend.

    Attributes:
        name: what the user types (`--backend draft`).
        version: changes whenever the same input gives other pixels; part of every cache key.
        native_fps: the only rate that it can make, or None for any.
        needs: what it must have ("nothing", "CUDA with 8 GB"), one line for the user.
        licence: licence of its weights, one line for the user.
    """

    name: str
    version: str
    native_fps: float | None
    needs: str
    licence: str

    def plan(self, job: RenderJob) -> RenderPlan:
        """Split the job into chunks. The split depends on absolute frame numbers, so an edit keeps other chunks."""
        ...

    def require(self) -> None:
        """Make sure that whatever every job needs is there; quick, without a job.

        Raises:
            BackendLacks: weights or a device are missing.
        """
        ...

    def estimate(self, job: RenderJob) -> RenderEstimate:
        """Say what a job will take.

        Raises:
            BackendLacks: weights, a device or memory are missing.
        """
        ...

    def check(self, job: RenderJob) -> tuple[str, ...]:
        """Called before anything of a job is rendered: sentences that the user should read first.

        Raises:
            ValueError: the job cannot be rendered here; says what is missing and what to do.
        """
        ...

    def chunk_inputs(self, job: RenderJob, chunk: RenderChunk) -> Mapping[str, Any]:
        """What of the job's poses, cues and sound this chunk's frames depend on, as `core.cache.content_key` takes it.

        Two jobs whose portrait, recording, size, rate and seed are equal and whose `chunk_inputs` are equal must give
        equal frames: that is how an edit renders only the chunks that it touches. State that is carried along the
        sequence (a hysteresis, a smoothed track) belongs in it. A renderer that keeps frames in the job's store where
        nothing near them changed may name those near inputs alone: what was made first stays.
        """
        ...

    def render_chunk(self, job: RenderJob, chunk: RenderChunk, cancel: CancelToken) -> Iterator[RenderedFrame]:
        """Yield the chunk's frames in order.

        A frame depends on the job and its absolute number, never on which chunk it is in.

        Raises:
            core.cancel.Cancelled: at the next frame after `cancel` was set.
        """
        ...
