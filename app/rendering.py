"""Rendering of a video chunk by chunk: what is in the cache is used again, the rest is made, the sound is added once.

A chunk is stored as soon as it is whole, so a render that is stopped or killed goes on where it was, and an edit
renders only the chunks whose own inputs changed. Called by `app.director`; knows nothing of how motion is made.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from app.made_with import metadata
from app.progress import Meter
from core.audio import AudioTrack
from core.cache import Cache, content_key
from core.cancel import Cancelled, CancelToken, ProgressCallback
from core.constants import MICROSECONDS
from core.portrait import Portrait
from core.pose import PoseFlag, PoseSequence
from core.rendered import RenderedPiece
from core.timeline import Project
from core.video import VideoWriter, frame_count, mux, parse_fps
from models.renderers.base import FaceCue, RenderChunk, Renderer, RenderJob, RenderNews, RenderPlan

CHUNK_WORKERS: Final = 2
"""Chunks rendered at the same time: a frame's work is mostly in OpenCV and the encoder, which run beside each other."""

DEFAULT_CRF: Final = 18
"""x264's quality of a video unless the user asks for another: not to be told from the frames."""

QUICK_PRESET: Final = "ultrafast"
QUICK_CRF: Final = 3
"""x264's preset for a renderer that is quick, and how much coarser the quality's number may then be: this preset spends
bits where the thorough one saves them, so that 21 here looks like 18 there (PSNR of draft videos: 49.3 to 51.1 dB
against 49.5 to 49.8; of the moving blocks 45.5 to 46.1 against 42.5 to 44.7) at twice the size and half the time."""

ChunkCallback = Callable[[RenderedPiece], None]
"""Told each chunk as soon as it is stored; called from working threads, must return quickly."""


PreviewCallback = Callable[[NDArray[np.uint8]], None]
"""Given rough (H, W, 3) pictures of what a slow renderer works on; called from working threads."""


class RenderError(ValueError):
    """The video cannot be rendered as asked; one sentence says why and what to do."""


@dataclass(frozen=True)
class VideoRequest:
    """What to render.

    Attributes:
        out: the MP4; None to render the chunks that the stretch touches, whole, and make no file of them.
        backend: renderer name.
        height: frame height in pixels.
        fps: frames per second.
        start, end: seconds, None for the recording's.
        seed: seed of everything random in the renderer.
        workers: chunks rendered at the same time at most.
        crf: x264's quality, 0 (lossless) to 51.
        options: what the user set for the backend, by its own names.
    """

    out: Path | None
    backend: str
    height: int
    fps: float
    start: float | None
    end: float | None
    seed: int
    workers: int = CHUNK_WORKERS
    crf: int = DEFAULT_CRF
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FlaggedStretch:
    """Frames that could not be shown as the motion wants: seconds from the recording's start, and why."""

    start: float
    end: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class RenderReport:
    """What a render did.

    Attributes:
        out: the file, or None if only chunks were asked for.
        width, height, fps, frames: of the video.
        start: seconds of the recording at which it begins.
        chunks_rendered, chunks_reused: pieces made now, and taken from the cache.
        flagged: stretches that a flat picture cannot show well.
        pieces: the chunks, in time order.
        notes: sentences of the renderer that the user should read.
    """

    out: Path | None
    width: int
    height: int
    fps: float
    frames: int
    start: float
    chunks_rendered: int
    chunks_reused: int
    flagged: tuple[FlaggedStretch, ...]
    pieces: tuple[RenderedPiece, ...] = ()
    notes: tuple[str, ...] = ()


def frame_size(height: int, portrait: Portrait) -> tuple[int, int]:
    """Return width and height of the frames: both even, as H.264 wants them, in the portrait's aspect."""
    even = max(2, height // 2 * 2)
    return max(2, int(even * portrait.width / portrait.height / 2 + 0.5) * 2), even


def face_cues(project: Project) -> tuple[FaceCue, ...]:
    """Return the wishes for the face: segments of unmuted tracks that ask for an emotion or another blinking.

    An emotion track comes before the prompt tracks: a renderer takes the first cue that covers a time.
    """
    tracks = sorted((track for track in project.tracks if not track.muted), key=lambda track: track.kind != "emotion")
    return tuple(
        FaceCue(
            start=segment.start_us / MICROSECONDS,
            end=segment.end_us / MICROSECONDS,
            emotion=segment.emotion,
            emotion_strength=segment.emotion_strength,
            blink=segment.blink,
        )
        for track in tracks
        for segment in track.segments
        if segment.emotion_strength > 0 or segment.blink != 1.0
    )


@dataclass(frozen=True)
class RenderInputs:
    """What a video is made of: see `Director` for where each comes from.

    Attributes:
        project: for the face cues.
        portrait, portrait_key: picture with its rig, and a hash of both.
        poses: of the whole recording.
        usual_depth: (18,) see `RenderJob`.
        audio, audio_sha: the recording, and its SHA-256.
        renderer: the backend.
        cache: where chunks are kept.
        weights: version of the motion weights, for the file's metadata.
    """

    project: Project
    portrait: Portrait
    portrait_key: str
    poses: PoseSequence
    usual_depth: NDArray[np.float64]
    audio: AudioTrack
    audio_sha: str
    renderer: Renderer
    cache: Cache
    weights: str


def render_video(
    request: VideoRequest,
    inputs: RenderInputs,
    *,
    progress: ProgressCallback,
    cancel: CancelToken,
    on_chunk: ChunkCallback | None = None,
    on_note: Callable[[str], None] | None = None,
    on_preview: PreviewCallback | None = None,
) -> RenderReport:
    """Render what is missing, join the pieces, add the sound.

    Args:
        request: what to render.
        inputs: what it is made of.
        progress: told the stages "frames" and "video".
        cancel: looked at between frames.
        on_chunk: told each chunk that was rendered.
        on_note: told each note of the renderer at once; the report has them too.
        on_preview: shown rough pictures by slow renderers.

    Raises:
        RenderError: the stretch is empty or outside the recording, or the renderer cannot make this frame rate.
        core.cancel.Cancelled: `cancel` was set; finished chunks stay in the cache, the target is as it was.
    """
    if request.out is not None:
        _check_target(request.out)
    rate = parse_fps(request.fps)
    store, chunks = _chunks(request, inputs)
    missing = [chunk for chunk in chunks if store.piece(chunk) is None]
    notes: list[str] = []
    if missing:

        def note(text: str) -> None:
            if text not in notes:
                notes.append(text)
                if on_note is not None:
                    on_note(text)

        for text in inputs.renderer.check(store.job_of(missing)):
            note(text)
        listeners = _Listeners(progress, on_chunk, note, on_preview)
        _render(store, missing, request.workers, cancel, listeners)
    pieces = [store.need(chunk) for chunk in chunks]
    flags = np.concatenate([store.flags(chunk) for chunk in chunks])
    first, last = chunks[0].start_frame, chunks[-1].end_frame
    fps = store.job.fps
    if request.out is not None:
        mux(
            request.out,
            pieces,
            inputs.audio.path,
            fps=rate,
            start=first / fps,
            duration=min((last - first) / fps, inputs.audio.duration - first / fps),
            metadata=metadata(renderer=inputs.renderer, weights=inputs.weights),
            progress=progress,
            cancel=cancel,
        )
    return RenderReport(
        out=request.out,
        width=store.job.width,
        height=store.job.height,
        fps=fps,
        frames=last - first,
        start=first / fps,
        chunks_rendered=len(missing),
        chunks_reused=len(chunks) - len(missing),
        flagged=tuple(_stretches(flags, first, fps)),
        pieces=tuple(store.shown(chunk, piece) for chunk, piece in zip(chunks, pieces, strict=True)),
        notes=tuple(notes),
    )


def finished_pieces(request: VideoRequest, inputs: RenderInputs) -> tuple[RenderedPiece, ...]:
    """Return the chunks of a video that are finished already, in time order; nothing is rendered.

    Looks at names and sizes only, so that it is quick; a damaged chunk is found out when it is used.

    Raises:
        RenderError: as `render_video`.
    """
    store, chunks = _chunks(replace(request, out=None), inputs)
    found = ((chunk, store.glance(chunk)) for chunk in chunks)
    return tuple(store.shown(chunk, path) for chunk, path in found if path is not None)


def missing_job(request: VideoRequest, inputs: RenderInputs) -> RenderJob | None:
    """Return the job from the first to the last chunk that is still to be made; None where all are finished.

    Raises:
        RenderError: as `render_video`.
    """
    store, chunks = _chunks(request, inputs)
    missing = [chunk for chunk in chunks if store.glance(chunk) is None]
    return store.job_of(missing) if missing else None


def _chunks(request: VideoRequest, inputs: RenderInputs) -> tuple["_ChunkStore", tuple[RenderChunk, ...]]:
    """Return the store and the chunks of a request: cut to the stretch for a file, else whole ones that touch it."""
    fps = float(parse_fps(request.fps))
    first, last = _frames(request, fps, inputs.renderer, inputs.audio)
    width, height = frame_size(request.height, inputs.portrait)
    job = RenderJob(
        portrait=inputs.portrait,
        poses=inputs.poses,
        audio=inputs.audio,
        width=width,
        height=height,
        fps=fps,
        start_frame=first if request.out is not None else 0,
        end_frame=last if request.out is not None else frame_count(inputs.audio.duration, fps),
        cues=face_cues(inputs.project),
        seed=request.seed,
        usual_depth=inputs.usual_depth,
        store=inputs.cache,
    )
    plan = inputs.renderer.plan(job)
    store = _ChunkStore(inputs.cache, inputs.renderer, job, inputs.portrait_key, inputs.audio_sha, request.crf, plan)
    return store, tuple(chunk for chunk in plan.chunks if chunk.start_frame < last and chunk.end_frame > first)


@dataclass(frozen=True)
class _Listeners:
    """Who is told of what while chunks are rendered."""

    progress: ProgressCallback
    on_chunk: ChunkCallback | None
    on_note: Callable[[str], None]
    on_preview: PreviewCallback | None


class _ChunkStore:
    """Chunks of one job in the cache: an encoded piece and the flags of its frames."""

    def __init__(
        self, cache: Cache, renderer: Renderer, job: RenderJob, portrait_key: str, audio_sha: str, crf: int,
        plan: RenderPlan,
    ) -> None:  # fmt: skip
        self.job = job
        self.renderer = renderer
        self.at_once = plan.at_once
        self._cache = cache
        self._encoding: dict[str, Any] = {"crf": crf}
        if plan.quick:
            # 0 is lossless and stays so.
            self._encoding = {"crf": min(crf + QUICK_CRF, 51) if crf else 0, "preset": QUICK_PRESET}
        self._shared: dict[str, Any] = {
            "renderer": renderer.name,
            "version": renderer.version,
            "portrait": portrait_key,
            "audio": audio_sha,
            "size": [job.width, job.height],
            "fps": job.fps,
            "seed": job.seed,
        }
        if crf != DEFAULT_CRF:
            self._shared["crf"] = crf
        self._keys: dict[int, str] = {}

    def key(self, chunk: RenderChunk) -> str:
        """Return the hash of what the chunk's frames depend on."""
        known = self._keys.get(chunk.index)
        if known is None:
            own = self.renderer.chunk_inputs(self.job, chunk)
            frames = [chunk.start_frame, chunk.end_frame]
            known = self._keys[chunk.index] = content_key({**self._shared, "frames": frames, "inputs": own})
        return known

    def piece(self, chunk: RenderChunk) -> Path | None:
        """Return the chunk's encoded piece if it is in the cache, with its flags."""
        if self._cache.arrays("flags", self.key(chunk)) is None:
            return None
        return self._cache.file("frames", self.key(chunk), ".mp4")

    def glance(self, chunk: RenderChunk) -> Path | None:
        """Return the chunk's piece if it seems to be there, without reading it."""
        return self._cache.glance("frames", self.key(chunk), ".mp4")

    def shown(self, chunk: RenderChunk, path: Path) -> RenderedPiece:
        """Return a finished chunk as views know it."""
        count = chunk.end_frame - chunk.start_frame
        return RenderedPiece.of_frames(
            chunk.start_frame, count, self.job.fps, str(path), self.job.width, self.job.height
        )

    def job_of(self, chunks: Sequence[RenderChunk]) -> RenderJob:
        """Return the job as if only these chunks were asked for, for an estimate."""
        return replace(self.job, start_frame=chunks[0].start_frame, end_frame=chunks[-1].end_frame)

    def need(self, chunk: RenderChunk) -> Path:
        """Return the piece of a chunk that must be there."""
        found = self.piece(chunk)
        if found is None:
            raise RenderError("a finished chunk vanished from the cache while it was needed; start the render again")
        return found

    def flags(self, chunk: RenderChunk) -> NDArray[np.uint8]:
        """Return the flags of a chunk's frames."""
        stored = self._cache.arrays("flags", self.key(chunk))
        if stored is None:
            raise RenderError("a finished chunk vanished from the cache while it was needed; start the render again")
        return stored["flags"]

    def render(self, chunk: RenderChunk, meter: Meter, cancel: CancelToken, listeners: _Listeners) -> None:
        """Render and encode a chunk, store it and tell so."""
        flags: list[int] = []
        wanted = chunk.end_frame - chunk.start_frame

        def hear(news: RenderNews) -> None:
            if news.note:
                listeners.on_note(news.note)
            if news.done is not None:
                meter.within(chunk.index, news.done * wanted, news.message)
            if news.preview is not None and listeners.on_preview is not None:
                listeners.on_preview(news.preview)

        job = replace(self.job, news=hear)

        def write(path: Path) -> None:
            size = (self.job.width, self.job.height)
            with VideoWriter(path, size, self.job.fps, threads=1, **self._encoding) as writer:
                for frame in self.renderer.render_chunk(job, chunk, cancel):
                    writer.write(frame.image, frame.changed)
                    flags.append(frame.flags)
                    meter.step(piece=chunk.index)
            if len(flags) != wanted:
                raise RenderError(f"the renderer {self.renderer.name} made {len(flags)} frames of {wanted}; report it")
            # Before the piece itself, so that a piece that is there always has its flags.
            self._cache.put_arrays("flags", self.key(chunk), {"flags": np.array(flags, dtype=np.uint8)})

        path = self._cache.put_file("frames", self.key(chunk), ".mp4", write)
        if listeners.on_chunk is not None:
            listeners.on_chunk(self.shown(chunk, path))


def _render(
    store: _ChunkStore, chunks: Sequence[RenderChunk], most: int, cancel: CancelToken, listeners: _Listeners
) -> None:
    """Render chunks, several at a time; the first failure stops the others at their next frame."""
    meter = Meter("frames", sum(chunk.end_frame - chunk.start_frame for chunk in chunks), listeners.progress)
    stop = _AnyOf(cancel)
    workers = max(1, min(most, store.at_once or most, os.cpu_count() or 1, len(chunks)))
    # Chunks use the cores already; OpenCV's own threads would only wait for each other.
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    with ThreadPoolExecutor(workers, thread_name_prefix="render") as pool:
        running: list[Future[None]] = [pool.submit(store.render, chunk, meter, stop, listeners) for chunk in chunks]
        try:
            _, waiting = wait(running, return_when=FIRST_EXCEPTION)
            if waiting:
                stop.cancel()
        except BaseException:
            stop.cancel()
            raise
        finally:
            for future in running:
                future.cancel()
            cv2.setNumThreads(threads)
    failures = [future.exception() for future in running if not future.cancelled() and future.exception()]
    for failure in sorted(failures, key=lambda error: isinstance(error, Cancelled)):
        if failure is not None:
            raise failure
    meter.finish()


class _AnyOf(CancelToken):
    """Cancelled when it was asked itself, or when the user's token was."""

    def __init__(self, outer: CancelToken) -> None:
        super().__init__()
        self._outer = outer

    @property
    def cancelled(self) -> bool:
        return super().cancelled or self._outer.cancelled

    def check(self) -> None:
        super().check()
        self._outer.check()


def _frames(request: VideoRequest, fps: float, renderer: Renderer, audio: AudioTrack) -> tuple[int, int]:
    """Return the half-open range of frames to render."""
    native = renderer.native_fps
    if native is not None and abs(native - fps) > 1e-6:
        raise RenderError(
            f"the backend {renderer.name} makes {native:g} frames a second only; ask for --fps {native:g}"
        )
    start = 0.0 if request.start is None else request.start
    end = audio.duration if request.end is None else min(request.end, audio.duration)
    if not 0 <= start < end:
        raise RenderError(
            f"the stretch from {start:g} to {end:g} s is empty; the recording runs from 0 to {audio.duration:g} s"
        )
    first = round(start * fps)
    return first, max(first + 1, frame_count(end, fps))


def _check_target(out: Path) -> None:
    """Refuse a target that cannot be written before hours of work, not after."""
    if out.is_dir():
        raise RenderError(f"{out} is a folder; give the name of a file")
    if out.suffix.lower() != ".mp4":
        raise RenderError(f"{out}: the video is an MP4 file; give a name that ends in .mp4")
    folder = out.parent
    if not folder.is_dir():
        raise RenderError(f"the folder {folder} does not exist; create it first")
    if not os.access(folder, os.W_OK):
        raise RenderError(f"the folder {folder} cannot be written; choose another one")


def _stretches(flags: NDArray[np.uint8], first: int, fps: float) -> Iterable[FlaggedStretch]:
    """Yield runs of frames with the same flags."""
    frame = first
    for value, group in groupby(int(flag) for flag in flags):
        count = len(list(group))
        if value:
            reasons = tuple(flag.name.lower() for flag in PoseFlag if flag & value and flag.name)
            yield FlaggedStretch(frame / fps, (frame + count) / fps, reasons)
        frame += count
