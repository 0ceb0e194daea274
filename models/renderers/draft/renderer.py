"""`DraftRenderer`: the fast preview backend, a puppet of the portrait that needs no weights and no GPU.

It plans chunks by absolute frame numbers and yields frames; encoding and storing are done elsewhere.
"""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from core.cancel import CancelToken
from core.framing import frame_transform
from core.portrait import Portrait
from models.renderers.base import RenderChunk, RenderedFrame, RenderEstimate, RenderJob, RenderPlan
from models.renderers.draft.compositing import Box, united
from models.renderers.draft.placing import place
from models.renderers.draft.pose_track import PoseTrack
from models.renderers.draft.puppet import Puppet
from models.renderers.draft.timing import Timing, make_timing

CHUNK_SECONDS = 2.0
BREATH_LIFT = 0.045
"""How far a full breath raises the neck, in body units."""

NOD_DEPTH = 0.07
"""How far loud speech lowers the head, in eye distances."""

SECONDS_PER_MEGAPIXEL = 0.022
"""Measured time of one frame on one core of 2.5 GHz, for the plan's estimate."""

KEPT_PUPPETS = 3


class DraftRenderer:
    """The `draft` backend; see `models.renderers.base.Renderer`.

    Attributes:
        name, version, native_fps, needs, licence: as in the protocol.
        breathing, blinking, nodding: life of its own that the poses do not hold; off, a constant pose in silence gives
            constant pixels.
    """

    name = "draft"
    version = "4"
    native_fps: float | None = None
    needs = "nothing"
    licence = "no weights; Apache-2.0 code"

    def __init__(self, breathing: bool = True, blinking: bool = True, nodding: bool = True) -> None:
        self.breathing = breathing
        self.blinking = blinking
        self.nodding = nodding
        self._puppets: dict[tuple[str, int, int], Puppet] = {}
        self._timing: tuple[RenderJob, Timing] | None = None
        self._track: tuple[RenderJob, PoseTrack] | None = None
        self._lock = threading.Lock()

    def plan(self, job: RenderJob) -> RenderPlan:
        """Chunks of two seconds that begin at multiples of two seconds of the recording.

        Raises:
            ValueError: if the job has no frames or an impossible size or rate.
        """
        if job.end_frame <= job.start_frame or job.start_frame < 0:
            raise ValueError(f"there is nothing to render from frame {job.start_frame} to {job.end_frame}")
        if job.fps <= 0.0 or job.width < 16 or job.height < 16:
            raise ValueError(
                f"a video of {job.width} x {job.height} at {job.fps} fps cannot be made; use 16 x 16 or more"
            )
        length = max(1, round(CHUNK_SECONDS * job.fps))
        chunks = []
        start = job.start_frame
        while start < job.end_frame:
            end = min((start // length + 1) * length, job.end_frame)
            chunks.append(RenderChunk(index=start // length, start_frame=start, end_frame=end))
            start = end
        megapixels = job.width * job.height / 1e6
        return RenderPlan(
            chunks=tuple(chunks),
            peak_memory=int(150e6 + 130e6 * megapixels),
            seconds=(job.end_frame - job.start_frame) * megapixels * SECONDS_PER_MEGAPIXEL,
            quick=True,
        )

    def require(self) -> None:
        """Nothing is needed."""

    def estimate(self, job: RenderJob) -> RenderEstimate:
        """Estimated time and memory, as in the plan."""
        plan = self.plan(job)
        return RenderEstimate(plan.seconds or 0.0, plan.peak_memory)

    def check(self, job: RenderJob) -> tuple[str, ...]:
        """Nothing need be said."""
        return ()

    def chunk_inputs(self, job: RenderJob, chunk: RenderChunk) -> Mapping[str, Any]:
        """Poses around the chunk and the face's curves."""
        track = self._track_of(job)
        timing = self._timing_of(job)
        part = slice(chunk.start_frame, chunk.end_frame)
        return {
            "track": track.inputs(chunk.start_frame / job.fps, (chunk.end_frame - 1) / job.fps),
            "face": [getattr(timing, field.name)[part] for field in fields(timing)],
            "life": [self.breathing, self.blinking, self.nodding],
        }

    def render_chunk(self, job: RenderJob, chunk: RenderChunk, cancel: CancelToken) -> Iterator[RenderedFrame]:
        """Yield the chunk's frames.

        Raises:
            core.cancel.Cancelled: at the next frame after `cancel` was set.
        """
        cancel.check()
        puppet = self.puppet(job.portrait, job.width, job.height)
        timing = self._timing_of(job)
        track = self._track_of(job)
        before: Box | None = None
        for frame in range(chunk.start_frame, chunk.end_frame):
            cancel.check()
            sample = track.at(frame / job.fps)
            nod, breath = timing.body(frame)
            placement = place(
                puppet.geometry, sample, track.usual_depth, puppet.size,
                lift=BREATH_LIFT * puppet.geometry.body_unit * breath,
                nod=NOD_DEPTH * puppet.geometry.unit * nod if self.nodding else 0.0,
            )  # fmt: skip
            drawing = puppet.draw(placement, timing.face(frame), sample.behind, sample.left_on_top)
            # All else is background in both frames.
            changed = united(before, drawing.touched) if frame > chunk.start_frame else None
            before = drawing.touched
            yield RenderedFrame(drawing.image, placement.flags | drawing.flags, changed)

    def puppet(self, portrait: Portrait, width: int, height: int) -> Puppet:
        """The portrait taken apart for a frame size; kept for the next chunk."""
        key = (_portrait_key(portrait), width, height)
        with self._lock:
            if key not in self._puppets:
                while len(self._puppets) >= KEPT_PUPPETS:
                    self._puppets.pop(next(iter(self._puppets)))
                self._puppets[key] = Puppet(portrait, width, height)
            return self._puppets[key]

    def _track_of(self, job: RenderJob) -> PoseTrack:
        """The poses of a job; kept, because a long recording has thousands of chunks."""
        with self._lock:
            known = None if self._track is None else self._track[0]
            same = known is not None and known.poses is job.poses and known.portrait is job.portrait
            same = same and known is not None and known.usual_depth is job.usual_depth
            if known is None or not same or (known.width, known.height) != (job.width, job.height):
                transform = frame_transform(job.portrait, job.width, job.height)
                self._track = (job, PoseTrack(job.poses, transform, job.usual_depth))
            assert self._track is not None
            return self._track[1]

    def _timing_of(self, job: RenderJob) -> Timing:
        with self._lock:
            if self._timing is None or not _same_timing(self._timing[0], job):
                timing = make_timing(job, breathing=self.breathing, blinking=self.blinking)
                self._timing = (job, timing)
            return self._timing[1]


def _same_timing(a: RenderJob, b: RenderJob) -> bool:
    return (
        a.audio is b.audio and a.fps == b.fps and a.cues == b.cues and a.seed == b.seed and a.end_frame >= b.end_frame
    )


def _portrait_key(portrait: Portrait) -> str:
    digest = hashlib.sha256(np.ascontiguousarray(portrait.image).tobytes())
    if portrait.alpha is not None:
        digest.update(np.ascontiguousarray(portrait.alpha).tobytes())
    digest.update(portrait.rig.to_json().encode())
    return digest.hexdigest()
