"""Finished latents of units, each version of them under a key of its own: in the job's store, the last few in memory.

What the versions of a unit share (weights, settings, portrait, seed) is their line; what tells them apart are the
inputs of their frames. What is done to the pictures afterwards (colours, a still background, the video's size) is in
neither: another choice there is a matter of decoding, not of denoising again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.cache import content_key
from models.renderers.base import RenderJob

STAGE: Final = "latents"
"""Stage of the latents in the job's store."""

FRAMES_STAGE: Final = "latent-frames"
"""Stage of what is known about them, which is small."""

_KEPT_UNITS: Final = 4
_DIGITS: Final = 32  # of a hash in a key: enough to tell renders apart, short enough for file names

Latents = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class UnitVersion:
    """A unit as it was made once.

    Attributes:
        key: of its latents.
        low: absolute frame of its first latent.
        first: absolute frame of its first row of inputs.
        inputs: (M, C) what frames depended on, more on both sides than it has latents.
        made_in: for each latent the key of the version in which that frame was made; frames that an edit left alone
            keep the older version's, because their pictures are decoded from there.
    """

    key: str
    low: int
    first: int
    inputs: NDArray[np.uint64]
    made_in: tuple[str, ...]


class UnitStore:
    """See the module."""

    def __init__(self) -> None:
        self._recent: dict[str, Latents] = {}
        self._versions: dict[str, UnitVersion] = {}
        self._whole: tuple[RenderJob, bool, str] | None = None

    def line(self, job: RenderJob, shared: Mapping[str, Any], hears: bool) -> str:
        """What all versions of all units of such a job share, as a hash.

        Args:
            job: what is rendered.
            shared: renderer, weights, settings and sizes.
            hears: whether the sound counts.
        """
        whole = self._of_all_units(job, hears)
        return content_key({**shared, "whole": whole, "fps": float(job.fps), "seed": job.seed})[:_DIGITS]

    @staticmethod
    def key(line: str, index: int, first: int, inputs: NDArray[np.uint64]) -> str:
        """The key of a version of unit `index` with these inputs."""
        return f"{line}-{index}-{content_key({'first': first, 'inputs': inputs})[:_DIGITS]}"

    def listed(self, job: RenderJob, line: str) -> dict[int, list[str]]:
        """Keys of all versions of all units of a line by the units' numbers, in alphabetical order."""
        prefix = f"{line}-"
        if job.store is None:
            keys = sorted(key for key in self._versions if key.startswith(prefix))
        else:
            keys = job.store.keys(FRAMES_STAGE, prefix)
        found: dict[int, list[str]] = {}
        for key in keys:
            found.setdefault(int(key.removeprefix(prefix).partition("-")[0]), []).append(key)
        return found

    def versions(self, job: RenderJob, keys: Iterable[str]) -> tuple[UnitVersion, ...]:
        """The versions of these keys whose latents seem to be there; reads no latents."""
        if job.store is None:
            return tuple(self._versions[key] for key in keys)
        found = (self._version(job, key) for key in keys)
        return tuple(one for one in found if one is not None)

    def latents(self, job: RenderJob, key: str) -> Latents | None:
        """(n, 4, h, w) of a version, or None if they are not there."""
        known = self._recent.get(key)
        if known is None and job.store is not None:
            stored = job.store.arrays(STAGE, key)
            known = None if stored is None else stored["latents"]
            if known is not None:
                self._remember(key, known)
        return known

    def low(self, job: RenderJob, key: str) -> int | None:
        """Absolute frame of a version's first latent, or None if it is not there."""
        known = self._versions.get(key) if job.store is None else self._version(job, key)
        return None if known is None else known.low

    def put(self, job: RenderJob, version: UnitVersion, latents: Latents) -> None:
        """Keep a version and its (n, 4, h, w) latents."""
        self._remember(version.key, latents)
        self._versions[version.key] = version
        if job.store is None:
            self._versions = {key: self._versions[key] for key in self._recent if key in self._versions}
            return
        job.store.put_arrays(STAGE, version.key, {"latents": latents})
        about = {
            "place": np.array([version.low, version.first]),
            "inputs": version.inputs,
            "made_in": np.array(version.made_in),
        }
        job.store.put_arrays(FRAMES_STAGE, version.key, about)

    def _version(self, job: RenderJob, key: str) -> UnitVersion | None:
        assert job.store is not None
        if job.store.glance(STAGE, key, ".npz") is None:
            return None
        known = self._versions.get(key)
        if known is None:
            about = job.store.arrays(FRAMES_STAGE, key)
            if about is None:
                return None
            low, first = (int(number) for number in about["place"])
            made_in = tuple(str(name) for name in about["made_in"])
            known = self._versions[key] = UnitVersion(key, low, first, about["inputs"], made_in)
        return known

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
