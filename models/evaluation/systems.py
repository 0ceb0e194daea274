"""What is judged: a weights folder of ours makes motion for a text; generated clips are kept for a next run.

Not for what another program has made; see `imported`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

import models
from core.cache import Cache, content_key
from core.cancel import CancelToken
from core.constants import MOTION_FPS, SPEECH_RATE
from core.motion_finish import FINISH_VERSION, FinishSettings, finished
from core.speech import SpeechFeatures, first_frames, speech_features
from models.checkpoint import CheckpointError, read_config
from models.motion_pipeline import MotionPipeline
from models.prompts import PromptSpan
from models.training.loop import Meter

Joints = NDArray[np.float32]

_GROUP: Final = 8
"""Clips that are kept together: what a run that stops loses at most."""

_STAGE: Final = "evaluation"


@dataclass(frozen=True)
class Wish:
    """A motion to make.

    Attributes:
        frames: length at 20 fps.
        seed: of everything random.
        spans: (start, end, prompt) in seconds; empty for speech alone.
        recording: row of the recordings that the motion goes with, -1 for silence.
    """

    frames: int
    seed: int
    spans: tuple[tuple[float, float, str], ...] = ()
    recording: int = -1


def text_wish(text: str, frames: int, seed: int) -> Wish:
    """A motion that a text rules from its first to its last frame, over silence."""
    return Wish(frames, seed, ((0.0, frames / MOTION_FPS, text),))


def code_stamp() -> str:
    """Changes with the code that makes motion, so that kept clips are never those of another program."""
    digest = hashlib.sha256()
    for path in sorted(Path(models.__file__).parent.glob("*.py")):
        if not path.name.startswith(("predicate", "prompt_success")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


class GeneratedSystem:
    """A weights folder of ours.

    Attributes:
        name: column of the table.
        variant: what the generator's config says it is ("" for the whole method).
    """

    def __init__(self, name: str, folder: Path | None, cache: Cache | None) -> None:
        self.name = name
        self._pipeline = MotionPipeline.from_pretrained(folder)
        self.variant = str(read_config(folder / "generator").get("variant", "")) if folder else ""
        self._cache, self._stamp = cache, code_stamp()
        self._recordings: dict[str, SpeechFeatures] = {}
        self._silence: SpeechFeatures | None = None

    def make(
        self,
        wishes: Sequence[Wish],
        recordings: Sequence[SpeechFeatures],
        meter: Meter,
        cancel: CancelToken,
    ) -> list[Joints]:
        """Joints (T, 22, 3) of each wish; what an earlier run kept is read.

        Raises:
            Cancelled: stopped; finished groups of clips are kept.
        """
        made: list[Joints] = []
        for first in range(0, len(wishes), _GROUP):
            group = wishes[first : first + _GROUP]
            key = self._key(group, recordings)
            stored = self._cache.arrays(_STAGE, key) if self._cache else None
            if stored is not None and len(stored) == len(group):
                made += [stored[str(number)] for number in range(len(group))]
            else:
                fresh = []
                for number, wish in enumerate(group):
                    cancel.check()
                    fresh.append(self._one(wish, recordings))
                    meter.step(first + number + 1)
                if self._cache:
                    self._cache.put_arrays(_STAGE, key, {str(n): joints for n, joints in enumerate(fresh)})
                made += fresh
            meter.step(min(first + _GROUP, len(wishes)))
        return made

    def _key(self, group: Sequence[Wish], recordings: Sequence[SpeechFeatures]) -> str:
        heard = {wish.recording for wish in group if wish.recording >= 0}
        return content_key(
            {
                "weights": self._pipeline.version,
                "code": self._stamp,
                "finish": FINISH_VERSION,
                "wishes": json.dumps([asdict(wish) for wish in group]),
                "recordings": {str(row): recordings[row].matrix() for row in heard},
            }
        )

    def _one(self, wish: Wish, recordings: Sequence[SpeechFeatures]) -> Joints:
        speech = recordings[wish.recording] if wish.recording >= 0 else self._quiet(wish.frames)
        if len(speech) > wish.frames:
            speech = first_frames(speech, wish.frames)
        spans = [PromptSpan(start, end, prompt, wish.seed) for start, end, prompt in wish.spans]
        clip = self._pipeline.generate(speech, spans, seed=wish.seed)
        if wish.recording < 0:
            return clip.joints
        directed = np.zeros(len(clip), dtype=np.int64)
        for number, span in enumerate(spans, 1):
            directed[round(span.start * MOTION_FPS) : round(span.end * MOTION_FPS)] = number
        return finished(clip, FinishSettings(seed=wish.seed), accents=speech.accents, directed=directed).joints

    def _quiet(self, frames: int) -> SpeechFeatures:
        if self._silence is None or len(self._silence) < frames:
            seconds = max(frames / MOTION_FPS, 10.0) + 1.0
            self._silence = speech_features(np.zeros(round(seconds * SPEECH_RATE), dtype=np.float32), seconds)
        return first_frames(self._silence, frames)


@dataclass(frozen=True)
class Variant:
    """An ablation of the method.

    Attributes:
        name: folder below `variants/` of a weights folder, and `variant` in its generator's config.
        title: column of the table.
        advice: how to get weights for it.
    """

    name: str
    title: str
    advice: str


_ADVICE: Final = (
    'train it with `versa train generator --settings F` where F names "variant": "{name}", and put the weights into '
    "variants/{name} beside the others"
)

VARIANTS: Final = tuple(
    Variant(name, title, _ADVICE.format(name=name))
    for name, title in (
        ("last_layer_fusion", "fusion at the last layer"),
        ("no_text_branch", "no text branch"),
        ("single_level", "tokens of one level"),
    )
)
"""The ablations of the paper (section 4) and of the tokenizer. A column of each is in every table."""


def find_variant(variant: Variant, base: Path) -> Path | None:
    """Folder with the weights of an ablation beside other weights, or None.

    Raises:
        CheckpointError: its config says that it is something else.
    """
    folder = base / "variants" / variant.name
    if not (folder / "generator").is_dir():
        return None
    said = read_config(folder / "generator").get("variant")
    if said != variant.name:
        raise CheckpointError(f'{folder / "generator"} says "variant": {said!r} in its config, not {variant.name!r}')
    return folder
