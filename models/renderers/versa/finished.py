"""What is finished of a unit, in whichever versions of it, and what a new version of it is made of.

The rules are `kept_frames`', the files are `unit_store`'s.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.renderers.base import RenderJob
from models.renderers.versa.frame_inputs import FrameInputs
from models.renderers.versa.kept_frames import Kept, Wanted, assembled, kept_frames
from models.renderers.versa.unit_store import UnitStore, UnitVersion
from models.renderers.versa.units import Unit, UnitLayout

if TYPE_CHECKING:
    import torch

    from models.renderers.versa.controls import FaceTrack


@dataclass(frozen=True, eq=False)
class Finished:
    """What is finished of a unit's window of n frames.

    Attributes:
        unit: which one.
        wanted: what it is to show.
        key: of the version with exactly that.
        weights: (n,) 1 for finished frames, 0 for missing ones, between where new ones are fused with old ones.
        latents: (n, 4, h, w), zeros where nothing is finished; None where nothing is at all.
        made_in: for each frame the key of the version in which it was made, "" for those that are not finished.
    """

    unit: Unit
    wanted: Wanted
    key: str
    weights: NDArray[np.float32]
    latents: NDArray[np.float32] | None
    made_in: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether all frames that the unit gives to the video are finished."""
        return bool((self.weights[self.unit.own] >= 1.0).all())

    def with_anchor(self, anchor: "Finished", weights: NDArray[np.float32]) -> "Finished":
        """The same where an anchor's frames count with these (n,) weights, if they count more.

        Frames of weight 1 are the anchor's own and always count.
        """
        stronger = np.flatnonzero((weights >= 1.0) | (weights > self.weights))
        assert anchor.latents is not None
        latents = self.latents
        if latents is None:
            latents = np.zeros((len(weights), *anchor.latents.shape[1:]), np.float32)
        latents = latents.copy()
        latents[stronger] = anchor.latents[stronger + self.unit.low - anchor.unit.low]
        mixed = self.weights.copy()
        mixed[stronger] = weights[stronger]
        return replace(self, latents=latents, weights=mixed)


class FinishedUnits:
    """See the module.

    Attributes:
        inputs: what frames depend on.
    """

    def __init__(self) -> None:
        self.inputs = FrameInputs()
        self._store = UnitStore()

    def line(self, job: RenderJob, shared: Mapping[str, Any], hears: bool) -> str:
        """See `UnitStore.line`."""
        return self._store.line(job, shared, hears)

    def wanted(
        self, job: RenderJob, layout: UnitLayout, unit: Unit, reach: int | None, track: "FaceTrack | None"
    ) -> Wanted:
        """What a unit is to show.

        Args:
            job: what is rendered.
            layout: of the whole video.
            unit: which one.
            reach: see `Wanted`.
            track: controls of the face, None where they do not count.
        """
        low, high = layout.inputs(unit) if reach is None else (unit.low - reach, unit.high + reach)
        rows = self.inputs.rows(job, range(low, high), layout.total, track)
        return Wanted(unit.low, unit.high, low, rows, reach)

    def seem_complete(self, job: RenderJob, line: str) -> Callable[[Unit, Wanted], bool]:
        """What tells whether all frames that a unit gives to the video seem to be finished; it reads no latents."""
        listed = self._store.listed(job, line)  # once for all units: there may be thousands

        def complete(unit: Unit, wanted: Wanted) -> bool:
            return kept_frames(self._store.versions(job, listed.get(unit.index, ())), wanted).covers(unit.own)

        return complete

    def find(self, job: RenderJob, line: str, unit: Unit, wanted: Wanted) -> Finished:
        """What is finished of a unit of a job of this line."""
        versions = list(self._store.versions(job, self._store.listed(job, line).get(unit.index, ())))
        key = self._store.key(line, unit.index, wanted.first, wanted.inputs)
        while True:
            kept = kept_frames(versions, wanted)
            used = {int(rank) for rank in kept.source if rank >= 0}
            loaded = {rank: self._store.latents(job, kept.versions[rank].key) for rank in used}
            damaged = [kept.versions[rank] for rank, latents in loaded.items() if latents is None]
            if not damaged:
                return _finished(unit, wanted, key, kept, {r: one for r, one in loaded.items() if one is not None})
            versions = [version for version in versions if version not in damaged]

    def put(self, job: RenderJob, found: Finished, latents: NDArray[np.float32]) -> Finished:
        """Store a unit that was completed: `found` is what there was of it, `latents` (n, 4, h, w) is all of it."""
        made_in = tuple(
            name if weight >= 1.0 else found.key for name, weight in zip(found.made_in, found.weights, strict=True)
        )
        wanted = found.wanted
        self._store.put(job, UnitVersion(found.key, wanted.low, wanted.first, wanted.inputs, made_in), latents)
        return replace(found, weights=np.ones_like(found.weights), latents=latents, made_in=made_in)

    def runs(self, job: RenderJob, done: Finished, frames: range) -> Iterator[tuple["torch.Tensor", int, range]]:
        """Frames that are decoded together, with their latents (n, 4, h, w) and the first of these.

        Args:
            job: what is rendered.
            done: a complete unit.
            frames: absolute frames of it.
        """
        import torch

        assert done.latents is not None
        made_in = done.made_in[frames.start - done.unit.low : frames.stop - done.unit.low]
        start = frames.start
        for key, group in groupby(made_in):
            run = range(start, start + len(list(group)))
            low, latents = self._store.low(job, key), self._store.latents(job, key)
            if low is None or latents is None:  # lost: what is beside these frames now must do
                low, latents = done.unit.low, done.latents
            yield torch.from_numpy(latents), low, run
            start = run.stop


def _finished(unit: Unit, wanted: Wanted, key: str, kept: Kept, loaded: Mapping[int, NDArray[np.float32]]) -> Finished:
    if not loaded:
        nothing = tuple("" for _ in kept.source)
        return Finished(unit, wanted, key, kept.weights, None, nothing)
    some = next(iter(loaded.values()))
    kept, latents = assembled(kept, [loaded.get(rank, some[:0]) for rank in range(len(kept.versions))], wanted)
    made_in = tuple(
        kept.versions[rank].made_in[frame + wanted.low - kept.versions[rank].low] if rank >= 0 else ""
        for frame, rank in enumerate(kept.source)
    )
    return Finished(unit, wanted, key, kept.weights, latents, made_in)
