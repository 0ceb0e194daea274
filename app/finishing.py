"""What the Director does between decoded and finished motion: reads the project's wishes and applies them.

The work itself is `core.motion_finish`'s.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from app.derived import Wanted
from core.constants import FRAMES_PER_TOKEN
from core.expression import emotion_codes
from core.motion import MotionClip, MotionSpan
from core.motion_finish import FinishSettings, finished, mended
from core.skeleton import BODY_PARTS
from core.timeline import MotionState, Project, token_range

_PART_BITS: Final = 10  # hold a token of the base, or of one part of the body
_STAY_MARK: Final = 1 << (_PART_BITS * len(BODY_PARTS))
_EMOTION_MARK: Final = 0x9E3779B97F4A7C1  # spreads the emotion over all bits, as none is free
_PROMPT_MARK: Final = 0x2545F4914F6CDD1D  # the same for whether a prompt rules


@dataclass(frozen=True, eq=False)
class Finish:
    """How one motion of a project is finished.

    Attributes:
        wanted: what it is made of, for the cache.
        settings: what is done.
        stays: (T,) where locomotion comes back to the spot.
        emotions: (N,) what emotion rules each token.
        directed: (T,) number of the prompt that rules the whole body or a part of it, 0 for none.
    """

    wanted: Wanted
    settings: FinishSettings
    stays: NDArray[np.bool_]
    emotions: NDArray[np.int64]
    directed: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        project: Project,
        tokens: NDArray[np.int64],
        frames: int,
        weights: str,
        scale: Callable[[], str | None],
        cleanup: bool | None = None,
        stay: bool | None = None,
    ) -> Self:
        """Read a project.

        Args:
            project: its settings and segments count.
            tokens: codes of the whole recording.
            frames: length of the motion.
            weights: version of the weights that decode it.
            scale: tells the portrait's scale, None if it cannot be seen; asked only where it matters.
            cleanup: instead of what the project says.
            stay: instead of what the portrait's scale asks for; what the project says itself counts more.
        """
        chosen = project.motion_settings
        if chosen.stay is not None:
            stay = chosen.stay
        elif stay is None:
            stay = chosen.stays(scale())
        settings = FinishSettings(chosen.cleanup if cleanup is None else cleanup, stay, project.seed)
        by_token = np.full(len(tokens), stay)
        marks = np.array(tokens, dtype=np.int64)
        for track in project.tracks:
            if track.kind != "prompt" or track.muted:
                continue
            for segment in track.segments:
                if segment.stay is not None:
                    start, end = token_range(segment.start_us, segment.end_us)
                    by_token[start:end] = segment.stay
        marks[by_token != stay] += _STAY_MARK
        for layer in project.motion.layers if project.motion is not None else ():
            start, end = token_range(layer.start_us, layer.end_us)
            place = marks[start:end]
            shift = _PART_BITS * BODY_PARTS.index(layer.part)
            place += (np.array(layer.tokens, dtype=np.int64)[: len(place)] + 1) << shift
        emotions = emotion_codes(project, len(tokens))
        marks ^= emotions * _EMOTION_MARK
        ruled = ruling(project, len(tokens))
        marks ^= (ruled > 0) * _PROMPT_MARK
        wanted = Wanted(
            marks=marks,
            tokens=tokens,
            frames=frames,
            weights=weights,
            finish=settings.name,
            seed=settings.seed if settings.cleanup else 0,
            stays=stay,
        )
        stays, directed = (np.repeat(each, FRAMES_PER_TOKEN)[:frames] for each in (by_token, ruled))
        return cls(wanted, settings, stays, emotions, directed)

    def made(self, clip: MotionClip, accents: NDArray[np.float64]) -> MotionClip:
        """Finish a decoded motion of a recording whose accents are at these seconds."""
        return finished(
            clip, self.settings, self.stays, self.emotions, accents=accents, directed=self.directed[: len(clip)]
        )

    def mend(self, clip: MotionClip, stretches: Sequence[tuple[int, int]]) -> MotionClip:
        """Look after what an edit changed."""
        return mended(clip, stretches, self.settings)


def ruling(project: Project, count: int) -> NDArray[np.int64]:
    """(N,) number of the prompt that rules each token, 0 for none; halves of what was split have the same one."""
    ruled = np.zeros(count, dtype=np.int64)
    parts = sorted((wish for _, wish in project.part_wishes()), key=lambda wish: wish.start_us)
    number, before = 0, None
    for wishes, over in ((project.wishes(), True), (parts, False)):
        for wish in wishes:
            made = (wish.prompt, wish.strength, wish.seed)
            number += made != before
            before = made
            if wish.prompt.strip() and wish.strength > 0:
                place = ruled[slice(*token_range(wish.start_us, wish.end_us))]
                place[...] = number if over else np.where(place > 0, place, number)
    return ruled


def made_spans(state: MotionState, frames: int) -> tuple[MotionSpan, ...]:
    """Return what made which stretch of a motion, in frames."""
    spans = []
    for record in state.records:
        start, end = token_range(record.start_us, record.end_us)
        first, last = start * FRAMES_PER_TOKEN, min(end * FRAMES_PER_TOKEN, frames)
        if first < last:
            spans.append(MotionSpan(first, last, record.prompt, record.seed))
    return tuple(spans)
