"""`Director`: the only place that knows the whole chain from recording and prompts to the video file.

It works like a build system: a stage's result is stored under a hash of exactly what went in, so an edit computes
what it must and nothing else. The motion itself is kept in the project as tokens; the cache can always be deleted.
Free of Qt, and it never writes the project file: callers save `Director.project`.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from app.director_motion import MotionDirector
from app.forecasting import forecast
from app.project_media import media_sha, portrait_key
from app.rendering import (
    CHUNK_WORKERS,
    DEFAULT_CRF,
    ChunkCallback,
    PreviewCallback,
    RenderInputs,
    RenderReport,
    VideoRequest,
    finished_pieces,
    render_video,
)
from core.constants import MOTION_FPS
from core.forecast import RenderForecast
from core.pose import PoseSequence
from core.rendered import RenderedPiece
from core.speech import frame_count
from core.timeline import PoseMode, Project


class Director(MotionDirector):
    """Runs all stages of one project; see `MotionDirector` for what it holds."""

    def twin(self, project: Project) -> "Director":
        """Return another Director of the same project file that shares what is in memory, for another thread."""
        other = Director(project, self._path, models=self._models)
        other.cleanup, other.stay = self.cleanup, self.stay
        other._loaded = self._loaded
        return other

    # Poses and video --------------------------------------------------------------------------------------------------

    def poses(self, mode: PoseMode | None = None) -> PoseSequence:
        """Return the 2D poses of the whole recording in pixels of the portrait.

        Args:
            mode: the project's setting by default.
        """
        wanted = self.project.output.pose_mode if mode is None else mode
        clip = self.motion()
        portrait = self.portrait()
        maker = self._models.poses()
        return self._derived.poses(
            clip,
            portrait_key(portrait),
            maker.version,
            wanted,
            lambda: maker.translate(clip, portrait, mode=wanted, progress=self._progress, cancel=self._cancel),
        )

    def render(
        self,
        out: str | os.PathLike[str] | None,
        *,
        backend: str | None = None,
        height: int | None = None,
        fps: float | None = None,
        start: float | None = None,
        end: float | None = None,
        workers: int = CHUNK_WORKERS,
        crf: int = DEFAULT_CRF,
        seed: int | None = None,
        options: Mapping[str, Any] | None = None,
        on_chunk: ChunkCallback | None = None,
        on_note: Callable[[str], None] | None = None,
        on_preview: PreviewCallback | None = None,
    ) -> RenderReport:
        """Render the video, or a stretch of it, into an MP4 with the original sound.

        Chunks that are already in the cache are used again, so a render that was stopped goes on where it was.

        Args:
            out: the target; replaced only when the new file is whole. None: only fill the cache with the chunks that
                the stretch touches.
            backend: renderer name.
            height: frame height in pixels; the width follows from the portrait, rounded to even.
            fps: frames per second.
            start: seconds where the video begins.
            end: seconds where it ends.
            workers: chunks rendered at the same time at most.
            crf: x264's quality, 0 (lossless) to 51.
            seed: of everything random in the backend.
            options: what the user set for the backend, by its own names; goes before what the project says.
            on_chunk: told each chunk that was rendered, from the rendering threads.
            on_note: told each note of the backend at once; `notes` has them too.
            on_preview: shown rough pictures by slow backends.
            What is None is as the project's output settings say, or the whole recording.

        Raises:
            DirectorError: the stretch is empty or outside, or the renderer cannot make this.
        """
        poses = self.poses()
        target = None if out is None else Path(out)
        request = self._request(target, backend, height, fps, start, end, workers, crf)
        request = replace(
            request,
            options={**request.options, **(options or {})},
            seed=request.seed if seed is None else seed,
        )

        def note(text: str) -> None:
            self._note(text)
            if on_note is not None:
                on_note(text)

        return render_video(
            request,
            self._inputs(request, poses),
            progress=self._progress,
            cancel=self._cancel,
            on_chunk=on_chunk,
            on_note=note,
            on_preview=on_preview,
        )

    def pieces(
        self, *, backend: str | None = None, height: int | None = None, fps: float | None = None, crf: int = DEFAULT_CRF
    ) -> tuple[RenderedPiece, ...]:
        """Return the finished chunks of the video as the stored motion has it, in time order; makes nothing.

        Args:
            backend: as in `render`.
            height: as in `render`.
            fps: as in `render`.
            crf: as in `render`.
        """
        poses = self._stored_poses()
        if poses is None:
            return ()
        request = self._request(None, backend, height, fps, None, None, 1, crf)
        return finished_pieces(request, self._inputs(request, poses))

    def forecast(
        self,
        *,
        backend: str | None = None,
        height: int | None = None,
        fps: float | None = None,
        start: float | None = None,
        end: float | None = None,
        crf: int = DEFAULT_CRF,
    ) -> RenderForecast:
        """Return how a render would go with the stored motion; makes nothing. Without poses there is no estimate.

        Args:
            backend: as in `render`, like the others.
            height: of the frames.
            fps: frames per second.
            start: seconds where the video begins.
            end: seconds where it ends.
            crf: x264's quality.
        """
        request = self._request(None, backend, height, fps, start, end, 1, crf)

        def inputs() -> RenderInputs | None:
            poses = self._stored_poses()
            return None if poses is None else self._inputs(request, poses)

        return forecast(request, self._models, inputs)

    # Inside -----------------------------------------------------------------------------------------------------------

    def _request(
        self,
        out: Path | None,
        backend: str | None,
        height: int | None,
        fps: float | None,
        start: float | None,
        end: float | None,
        workers: int,
        crf: int,
    ) -> VideoRequest:
        settings = self.project.output
        name = settings.backend if backend is None else backend
        seed = settings.backend_seed(name)
        return VideoRequest(
            out=out,
            backend=name,
            height=settings.height if height is None else height,
            fps=settings.fps if fps is None else fps,
            start=start,
            end=end,
            seed=self.project.seed if seed is None else seed,
            workers=workers,
            crf=crf,
            options=settings.backend_options(name),
        )

    def _inputs(self, request: VideoRequest, poses: PoseSequence) -> RenderInputs:
        portrait = self.portrait()
        key, sha = portrait_key(portrait), media_sha("audio", self.project.audio)
        return RenderInputs(
            project=self.project,
            portrait=portrait,
            portrait_key=key,
            poses=poses,
            usual_depth=self._derived.usual_depth(poses, key, sha),
            audio=self.audio(),
            audio_sha=sha,
            renderer=self._models.renderer(request.backend, request.options),
            cache=self.cache,
            weights=self._models.motion_version(),
        )

    def _stored_poses(self) -> PoseSequence | None:
        """Return the poses of the stored motion if nothing need be made for them."""
        state = self.project.motion
        if state is None:
            return None
        frames = frame_count(self.audio().duration, MOTION_FPS)
        finish = self._finish(np.asarray(state.tokens, dtype=np.int64), frames, state.weights)
        clip = self._derived.stored_motion(finish.wanted)
        if clip is None:
            return None
        key = portrait_key(self.portrait())
        return self._derived.stored_poses(clip, key, self._models.poses().version, self.project.output.pose_mode)
