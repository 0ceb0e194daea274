"""Finished latents of units: under a key of all that they depend on, in the job's store and the last few in memory.

What is done to the pictures afterwards (colours, a still background, the video's size) is not in the key: another
choice there is a matter of decoding, not of denoising again.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.cache import content_key
from models.renderers.base import RenderJob

STAGE: Final = "latents"
"""Stage in the job's store."""

_KEPT_UNITS: Final = 4

Latents = NDArray[np.float32]


class UnitStore:
    """See the module."""

    def __init__(self) -> None:
        self._recent: dict[str, Latents] = {}
        self._whole: tuple[RenderJob, bool, str] | None = None

    def key(self, job: RenderJob, inputs: Mapping[str, Any], hears: bool) -> str:
        """The key of a unit's latents.

        Args:
            job: what is rendered.
            inputs: what of the job the unit depends on, with the renderer's version and the network's size.
            hears: whether the sound counts.
        """
        return content_key({**inputs, "whole": self._of_all_units(job, hears), "fps": float(job.fps), "seed": job.seed})

    def find(self, job: RenderJob, key: str) -> Latents | None:
        """(n, 4, h, w), or None if they are not there."""
        known = self._recent.get(key)
        if known is None and job.store is not None:
            stored = job.store.arrays(STAGE, key)
            known = None if stored is None else stored["latents"]
            if known is not None:
                self._remember(key, known)
        return known

    def has(self, job: RenderJob, key: str) -> bool:
        """Whether they seem to be there; reads none of their megabytes."""
        return key in self._recent or (job.store is not None and job.store.glance(STAGE, key, ".npz") is not None)

    def put(self, job: RenderJob, key: str, latents: Latents) -> None:
        """Keep (n, 4, h, w)."""
        self._remember(key, latents)
        if job.store is not None:
            job.store.put_arrays(STAGE, key, {"latents": latents})

    def _remember(self, key: str, latents: Latents) -> None:
        while len(self._recent) >= _KEPT_UNITS:
            self._recent.pop(next(iter(self._recent)))
        self._recent[key] = latents

    def _of_all_units(self, job: RenderJob, hears: bool) -> str:
        """Hash of portrait and sound; remembered, because the sound of a long recording is large."""
        known = self._whole
        if (
            known is None
            or known[0].portrait is not job.portrait
            or known[0].audio is not job.audio
            or known[1] != hears
        ):
            sound = job.audio.samples if hears else b""
            portrait = [job.portrait.image, job.portrait.rig.to_dict()]
            known = self._whole = (job, hears, content_key({"portrait": portrait, "sound": sound}))
        return known[2]
