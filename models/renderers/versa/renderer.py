"""`VersaRenderer`: the `versa` backend as `models.renderers.base` wants it.

It makes units in their order, keeps what an edit leaves alone and resumes from finished latents (`finished`). The
networks are `engine`'s, device and memory are `setup`'s; nothing here loads torch before something is rendered or
estimated.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from core.cancel import CancelToken
from core.video import frame_count
from models.renderers.base import RenderChunk, RenderedFrame, RenderEstimate, RenderJob, RenderNews, RenderPlan
from models.renderers.versa.face_source import FaceSource
from models.renderers.versa.finished import Finished, FinishedUnits
from models.renderers.versa.kept_frames import Wanted
from models.renderers.versa.locate import INSTEAD, POSE_NAME, optional_folder
from models.renderers.versa.settings import SettingsError, VersaSettings
from models.renderers.versa.setup import Setup
from models.renderers.versa.units import Unit, UnitLayout

if TYPE_CHECKING:
    from core.draw import FramePoses
    from models.renderers.versa.controls import FaceTrack
    from models.renderers.versa.drift import Steadier
    from models.renderers.versa.engine import Engine
    from models.renderers.versa.memory import Execution, Work
    from models.renderers.versa.portrait_frame import PortraitFrame

UNIT_FRAMES: Final = 71
"""Frames that are denoised together: a tile of the published weights less its reference frame."""

_DENOISING_SHARE: Final = 0.95
"""Share of a chunk's time that denoising takes, for the progress; the rest is decoding."""

_POLL: Final = 0.1


class VersaRenderer:
    """The `versa` backend; see `models.renderers.base.Renderer`.

    Attributes:
        name, version, native_fps, needs, licence: as in the protocol.
        settings: as the user gave them.
        setup: what it works with here.
        unit_frames: frames that are denoised together.
    """

    name = "versa"
    version = "2"
    native_fps: float | None = None
    needs = "4.5 GB of weights and a card with 8 GB of memory (a processor alone takes hours for seconds of video)"
    licence = "weights: Stability AI's and Tencent's terms, see `versa models list`; Apache-2.0 code"

    unit_frames = UNIT_FRAMES

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        self.settings = VersaSettings.of(dict(options or {}))
        self.setup = Setup(self.settings)
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._finished = FinishedUnits()
        self._news: Any = None
        self._kept_frame: tuple[tuple[int, int], PortraitFrame] | None = None
        self._steadier: Steadier | None = None
        self._faces = FaceSource()

    # The protocol -----------------------------------------------------------------------------------------------------

    def plan(self, job: RenderJob) -> RenderPlan:
        """One chunk a unit, cut to the job; units lie at fixed absolute frames.

        Raises:
            SettingsError: the job has no frames, or an impossible size or rate.
        """
        if job.end_frame <= job.start_frame or job.start_frame < 0:
            raise SettingsError(f"there is nothing to render from frame {job.start_frame} to {job.end_frame}")
        if job.fps <= 0.0 or job.width < 16 or job.height < 16:
            raise SettingsError(
                f"a video of {job.width} x {job.height} at {job.fps} fps cannot be made; use 16 x 16 or more"
            )
        chunks = tuple(
            RenderChunk(unit.index, max(unit.start, job.start_frame), min(unit.end, job.end_frame))
            for unit in self._layout(job).units(job.start_frame, job.end_frame)
        )
        from models.renderers.versa.memory import peak_memory

        needed = peak_memory(self._work(job, len(chunks)), self.setup.profile.execution)
        # The card has room for one; two would take turns, and the first finished chunk would come later.
        return RenderPlan(chunks=chunks, peak_memory=int(needed), at_once=1)

    def require(self) -> None:
        """Make sure that weights and device are there.

        Raises:
            WeightsMissing: the weights are not there.
            DeviceMissing: no such device.
        """
        self.setup.require()

    def estimate(self, job: RenderJob) -> RenderEstimate:
        """Time from the device's measured speed at its best, and memory as the job will be run.

        Raises:
            WeightsMissing: the weights are not there.
            DeviceMissing: no such device.
            MemoryShort: not enough memory on the card; a processor takes what it gets.
        """
        self.require()
        return self._estimated(job)[0]

    def check(self, job: RenderJob) -> tuple[str, ...]:
        """What the user should know before the start.

        Returns:
            Sentences: device, profile, memory, and an estimate of the time.

        Raises:
            WeightsMissing: the weights are not there.
            SettingsError: no device, or not enough memory.
        """
        from models.renderers.versa.memory import GB

        files = self.setup.weights()
        estimate, work, how = self._estimated(job)
        needed, seconds = estimate.memory, estimate.seconds
        frame = self._frame(job)
        said = [
            f"versa: {frame.width} x {frame.height} on {self.setup.device}, profile {self.setup.profile.name} "
            f"({how.describe()}), about {needed / GB:.1f} GB, at best {_duration(seconds)} for {work.frames} frames"
        ]
        if self.setup.device.type == "cpu":
            said.append(f"versa: there is no GPU; this will take at least {_duration(seconds)}; or {INSTEAD}")
        if self.setup.config.face_adapter is None:
            said.append(
                f"versa: {files.checkpoint.name} has no face adapter, so lips and expression follow the drawn face "
                "points only; speech, emotion and blinking are not shown"
            )
        return tuple(said)

    def chunk_inputs(self, job: RenderJob, chunk: RenderChunk) -> Mapping[str, Any]:
        """Poses and face controls of the frames and of those beside them that can change them, settings and weights.

        With `keep_frames` these are as many as the overlap on both sides. A frame whose neighbourhood is the same is
        the same frame, then, because it is kept; else they are all frames of the unit and of the anchors beside it.
        """
        layout = self._layout(job)
        unit = layout.unit(chunk.index)
        near = self.settings.overlap
        low, high = (chunk.start_frame - near, chunk.end_frame + near)
        if not self.settings.keep_frames:
            low, high = layout.inputs(unit)
        rows = self._finished.inputs.rows(job, range(low, high), layout.total, self._track(job, layout))
        return {**self._shared(job, self.setup.resolved.pixels()), "unit": unit.index, "from": low, "frames": rows}

    def render_chunk(self, job: RenderJob, chunk: RenderChunk, cancel: CancelToken) -> Iterator[RenderedFrame]:
        """Yield the chunk's frames.

        Raises:
            WeightsMissing: the weights are not there.
            SettingsError: the memory is too small.
            core.cancel.Cancelled: within one pass of the U-Net after `cancel` was set.
        """
        from models.renderers.versa.drift import Steadier

        layout = self._layout(job)
        unit = layout.unit(chunk.index)
        with self._working(cancel):
            self._news = job.news
            done = self._window(job, layout, unit, cancel)
            frame = self._frame(job)
            steadier = self._steadier = self._steadier or Steadier.of(frame, self.settings)
            pictures = self._pictures(job, done, range(chunk.start_frame, chunk.end_frame), cancel)
            for number, picture in enumerate(pictures, chunk.start_frame):
                cancel.check()
                steady = steadier.steady(picture, frame.pose(job.poses, number / job.fps))
                yield RenderedFrame(_resized(steady, job.width, job.height), self._flags(job, number))

    # Units ------------------------------------------------------------------------------------------------------------

    def _layout(self, job: RenderJob) -> UnitLayout:
        overlap = self.settings.overlap
        total = max(frame_count(job.audio.duration, job.fps), job.end_frame)
        return UnitLayout(max(self.unit_frames, UnitLayout.shortest(overlap, overlap)), overlap, overlap, total)

    def _find(self, job: RenderJob, layout: UnitLayout, unit: Unit) -> Finished:
        """What is finished of a unit."""
        return self._finished.find(job, self._line(job), unit, self._wanted(job, layout, unit))

    def _wanted(self, job: RenderJob, layout: UnitLayout, unit: Unit) -> Wanted:
        reach = self.settings.overlap if self.settings.keep_frames else None
        return self._finished.wanted(job, layout, unit, reach, self._track(job, layout))

    def _window(self, job: RenderJob, layout: UnitLayout, unit: Unit, cancel: CancelToken) -> Finished:
        """A unit's window with all of its own frames finished; anchors are made first where they are missing."""
        found = self._find(job, layout, unit)
        if found.complete:
            return found
        neighbours = [one for one in layout.neighbours(unit) if one is not None]
        missing = [one for one in neighbours if not self._find(job, layout, one).complete]
        for place, one in enumerate((*missing, unit)):
            found = self._make(job, layout, one, (place, len(missing) + 1), cancel)
        return found

    def _held(self, job: RenderJob, layout: UnitLayout, unit: Unit, found: Finished) -> Finished:
        """What a unit must meet: what is kept of it, and the anchors beside a bridge, all of whose frames are there.

        Of a fading neighbour and a fading anchor the stronger one counts.
        """
        window = layout.held_weights(unit)
        for anchor, weight in zip(layout.neighbours(unit), window, strict=True):
            if anchor is not None:
                found = found.with_anchor(self._find(job, layout, anchor), weight)
        return found

    def _make(
        self, job: RenderJob, layout: UnitLayout, unit: Unit, place: tuple[int, int], cancel: CancelToken
    ) -> Finished:
        """Denoise what is missing of a unit, and store it."""
        import torch

        from models.renderers.versa.denoise import Held, StepReport
        from models.renderers.versa.engine import UnitWork

        engine = self._engine_for(job, cancel)
        frame = self._frame(job)
        found = self._find(job, layout, unit)
        held = self._held(job, layout, unit, found)
        frames = range(unit.low, unit.high)
        poses = [frame.pose(job.poses, number / job.fps) for number in frames]
        meets = None
        if held.latents is not None:
            meets = Held(torch.from_numpy(held.latents), torch.from_numpy(held.weights))
        work = UnitWork(
            frames=frames,
            poses=poses,
            seed=job.seed,
            held=meets,
            face=self._face_controls(job, layout, frames, poses, cancel),
        )

        def tell(report: StepReport, picture: NDArray[np.uint8] | None) -> None:
            part = (report.step - 1 + report.tile / report.tiles) / report.steps
            job.news(
                RenderNews(
                    done=_DENOISING_SHARE * (place[0] + part) / place[1],
                    message=f"step {report.step} of {report.steps}, tile {report.tile} of {report.tiles}",
                    preview=picture,
                )
            )

        made = engine.unit_latents(frame, work, cancel, tell).numpy()
        if held.latents is not None:
            # What is kept stays as it is, to the bit.
            made = np.where((held.weights >= 1.0)[:, None, None, None], held.latents, made)
        return self._finished.put(job, found, np.ascontiguousarray(made, np.float32))

    def _pictures(
        self, job: RenderJob, done: Finished, frames: range, cancel: CancelToken
    ) -> Iterator[NDArray[np.uint8]]:
        """Pictures of a unit's frames, each decoded among those that it was made with.

        The decoder looks along the frames, so a kept frame beside a new one would change a little with it.
        """
        engine = self._engine_for(job, cancel)
        for latents, low, run in self._finished.runs(job, done, frames):
            yield from engine.frames(latents, low, run, cancel)

    def _shared(self, job: RenderJob, settings: Mapping[str, Any]) -> dict[str, Any]:
        """What all units depend on besides portrait, sound and seed, with those settings that count."""
        layout = self._layout(job)
        shared: dict[str, Any] = {
            "settings": settings,
            "weights": self.setup.fingerprint,
            "layout": [layout.window, layout.margin, layout.context],
            "rate": float(job.poses.fps),
        }
        found = self._frame(job).found
        if found is not None:
            shared["portrait_pose"] = [found.body, found.face, found.hands]
        return shared

    def _line(self, job: RenderJob) -> str:
        frame = self._frame(job)
        own = {"renderer": [self.name, self.version], "size": [frame.width, frame.height]}
        return self._finished.line(job, {**self._shared(job, self.setup.resolved.denoising()), **own}, self._uses_face)

    # Networks ---------------------------------------------------------------------------------------------------------

    @contextmanager
    def _working(self, cancel: CancelToken) -> Iterator[None]:
        """One chunk at a time: the card has room for one."""
        while not self._lock.acquire(timeout=_POLL):
            cancel.check()
        try:
            yield
        finally:
            self._lock.release()

    def _engine_for(self, job: RenderJob, cancel: CancelToken) -> "Engine":
        if self._engine is None:
            from models.renderers.versa.engine import Engine

            files = self.setup.weights()
            how, _ = self.setup.fitted(self._work(job, 1))
            job.news(RenderNews(0.0, "loading the networks"))
            self._engine = Engine.load(
                files.base, files.checkpoint, self.setup.resolved, self.setup.device, how, self._tell, cancel
            )
        return self._engine

    def _tell(self, note: str) -> None:
        if self._news is not None:
            self._news(RenderNews(note=f"versa: {note}"))

    def _frame(self, job: RenderJob) -> "PortraitFrame":
        from models.renderers.versa.portrait_frame import PortraitFrame

        size = (job.width, job.height)
        kept = self._kept_frame
        if kept is None or kept[1].portrait is not job.portrait or kept[0] != size:
            kept = (
                size,
                PortraitFrame.of(job, self.settings.size, self.setup.config.pose_input, self._found_pose(job)),
            )
            self._kept_frame, self._steadier = kept, None
        return kept[1]

    def _found_pose(self, job: RenderJob) -> "FramePoses | None":
        """The portrait's pose by an estimator that the user installed; else the rig's is taken."""
        folder = optional_folder(POSE_NAME)
        if folder is None:
            return None
        from models.renderers.versa.found_pose import found_pose

        found = found_pose(folder, job.portrait.image, job.store)
        if found.problem:
            job.news(RenderNews(note=f"versa: {found.problem}; the portrait's rig is used"))
        return found.pose

    def _estimated(self, job: RenderJob) -> "tuple[RenderEstimate, Work, Execution]":
        """What a job takes, its work, and how the work will be run."""
        layout = self._layout(job)
        missing = self._missing(job, layout)
        work = self._work(job, missing)
        estimate, how = self.setup.estimated(work)
        return estimate, work, how

    def _missing(self, job: RenderJob, layout: UnitLayout) -> int:
        """How many units are to be denoised; an unfinished bridge needs its anchors, too."""
        complete, unfinished = self._finished.seem_complete(job, self._line(job)), set()

        def lacks(unit: Unit) -> bool:
            return not complete(unit, self._wanted(job, layout, unit))

        for unit in layout.units(job.start_frame, job.end_frame):
            if lacks(unit):
                beside = [one for one in layout.neighbours(unit) if one is not None]
                unfinished |= {unit.index, *(one.index for one in beside if lacks(one))}
        return len(unfinished)

    def _work(self, job: RenderJob, units: int) -> "Work":
        return self.setup.work(job, self._frame(job), self._layout(job), units)

    # The face ---------------------------------------------------------------------------------------------------------

    def _track(self, job: RenderJob, layout: UnitLayout) -> "FaceTrack | None":
        return self._faces.track(job, layout.total) if self._uses_face else None

    @property
    def _uses_face(self) -> bool:
        return self.setup.config.face_adapter is not None and self.settings.face_strength > 0

    def _face_controls(
        self, job: RenderJob, layout: UnitLayout, frames: range, poses: list[Any], cancel: CancelToken
    ) -> Any:
        if not self._uses_face:
            return None
        adapter = self._engine_for(job, cancel).components.backbone.face_adapter
        assert adapter is not None
        frame = self._frame(job)
        masks = frame.face_masks([frame.own_pose, *poses]) * self.settings.face_strength
        return self._faces.controls(job, layout.total, adapter.config, masks, frames, cancel)

    @staticmethod
    def _flags(job: RenderJob, frame: int) -> int:
        """The diffusion shows turns and hidden limbs; only what leaves the picture is flagged."""
        from core.pose import PoseFlag

        index = min(round(frame / job.fps * job.poses.fps), len(job.poses) - 1)
        return int(job.poses.flags[index]) & int(PoseFlag.OUT_OF_PICTURE)


def _resized(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    if picture.shape[:2] == (height, width):
        return picture
    smaller = width < picture.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how), np.uint8)


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{max(seconds, 1):.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.0f} hours"
