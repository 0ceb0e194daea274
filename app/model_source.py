"""Where the Director gets its networks and renderers from: loaded when first asked for, then kept.

The protocols say what the Director needs of each; tests give small ones of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

import resources
from core.cache import fingerprint
from core.cancel import CancelToken, ProgressCallback
from core.motion import MotionClip
from core.portrait import Portrait
from core.pose import PoseSequence
from core.skeleton import BodyPart
from core.speech import SpeechFeatures
from core.timeline import PoseMode


class SpanLike(Protocol):
    """A prompt and when it holds, in seconds; see `models.prompts.PromptSpan`."""

    start: float
    end: float
    prompt: str
    seed: int
    strength: float


class PromptConfidence(Protocol):
    """How well the motion weights know what a prompt asks for, see `models.known_prompts.Confidence`."""

    @property
    def likeness(self) -> float:
        """To the nearest known wording, up to 1."""
        ...

    @property
    def known(self) -> bool:
        """It is near enough to be understood."""
        ...

    @property
    def nearest(self) -> Sequence[tuple[str, float]]:
        """Known wordings with their likeness, nearest first."""
        ...


class MotionMaker(Protocol):
    """What the Director needs of `models.motion_pipeline.MotionPipeline`."""

    @property
    def version(self) -> str:
        """Changes whenever the same input gives other motion."""
        ...

    @property
    def provenance(self) -> Mapping[str, str]:
        """Facts about the weights."""
        ...

    def generate(
        self,
        speech: SpeechFeatures,
        spans: Sequence[Any],
        *,
        seed: int,
        progress: ProgressCallback,
        cancel: CancelToken | None,
    ) -> MotionClip:
        """Make motion for a whole recording."""
        ...

    def takes(
        self,
        tokens: Any,
        speech: SpeechFeatures,
        spans: Sequence[Any],
        *,
        start: float,
        end: float,
        seeds: Sequence[int],
        progress: ProgressCallback,
        cancel: CancelToken | None,
    ) -> NDArray[np.int64]:
        """Make the tokens inside start..end (seconds) anew with each seed and keep all others: (seeds, N)."""
        ...

    def free_arms(self, tokens: Any, span: Any, speak: Callable[[], NDArray[np.int64]]) -> tuple[BodyPart, ...]:
        """Say which arms can go on with the speech while a prompt is done; `speak` gives tokens that speak there."""
        ...

    def decode(self, tokens: Any, frames: int) -> MotionClip:
        """Turn tokens into motion."""
        ...

    def confidence(self, prompt: str) -> PromptConfidence:
        """Say how well the weights know what a prompt asks for."""
        ...


class PoseMaker(Protocol):
    """What the Director needs of `models.translator.PoseTranslator`."""

    @property
    def version(self) -> str:
        """Changes whenever the same input gives other poses."""
        ...

    def translate(
        self,
        clip: MotionClip,
        portrait: Portrait,
        *,
        mode: PoseMode,
        progress: ProgressCallback,
        cancel: CancelToken | None,
    ) -> PoseSequence:
        """Turn motion into poses of the portrait's person."""
        ...


class ModelSource(Protocol):
    """Gives each part when it is first needed."""

    def motion(self) -> MotionMaker:
        """Return the motion networks."""
        ...

    def motion_version(self) -> str:
        """Return the version of the motion networks without loading them."""
        ...

    def poses(self) -> PoseMaker:
        """Return the pose translator."""
        ...

    def renderer(self, name: str, options: Mapping[str, Any] | None = None) -> Any:
        """Return the renderer (`models.renderers.base.Renderer`) of that name, with its own options."""
        ...

    def span(self, *, start: float, end: float, prompt: str, seed: int, strength: float) -> Any:
        """Return a prompt span of the motion networks."""
        ...


class BackendError(ValueError):
    """There is no such renderer; the message lists those that there are."""


class WeightsError(ValueError):
    """The weights of the networks are not there; the message names the file."""


class InstalledModels:
    """The bundled weights and the installed renderers."""

    @cached_property
    def _motion(self) -> MotionMaker:
        from models.motion_pipeline import MotionPipeline

        return MotionPipeline.from_pretrained()

    @cached_property
    def _poses(self) -> PoseMaker:
        from models.translator import PoseTranslator

        return PoseTranslator.from_pretrained()

    def libraries(self) -> str:
        """Import what the networks need: most of the time that loading takes.

        Returns:
            What a render computes on, unless the user chose something else: the name of a GPU, or "CPU".
        """
        import torch

        if torch.cuda.is_available():
            return torch.cuda.get_device_name(0).removeprefix("NVIDIA ")
        return "Apple GPU" if torch.backends.mps.is_available() else "CPU"

    def motion(self) -> MotionMaker:
        """Return the motion networks."""
        return self._motion

    def motion_version(self) -> str:
        """Return the version of the motion networks without loading them.

        It is that of `MotionPipeline`: the beginnings of the weights' checksums. Loading torch takes seconds, and a
        render whose motion is already there needs none of it.

        Raises:
            WeightsError: weights are missing.
        """
        from models.motion_weights import motion_version

        try:
            return motion_version(Path(resources.__path__[0]) / "weights", fingerprint)
        except FileNotFoundError as error:
            raise WeightsError(
                f"the motion weights {error.filename} are missing; install the program again, or train them with "
                "`versa train`"
            ) from error

    def poses(self) -> PoseMaker:
        """Return the pose translator."""
        return self._poses

    def renderer(self, name: str, options: Mapping[str, Any] | None = None) -> Any:
        """Return a renderer; each call makes a new one, so that its buffers are freed with it.

        Raises:
            BackendError: there is none of that name.
        """
        from models.renderers import available_renderers, get_renderer

        if name not in available_renderers():
            raise BackendError(f"there is no backend {name!r}; choose one of {', '.join(available_renderers())}")
        return get_renderer(name, options)

    def span(self, *, start: float, end: float, prompt: str, seed: int, strength: float) -> Any:
        """Return a prompt span of the motion networks."""
        from models.prompts import PromptSpan

        return PromptSpan(start=start, end=end, prompt=prompt, seed=seed, strength=strength)
