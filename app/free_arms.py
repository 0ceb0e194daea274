"""Arms that prompts leave free: which they are, and the speech's motion for them.

`core.motion_plan` says what is kept, the networks which arm a motion does not need (`models.free_arm`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.progress import Meter
from core.cancel import CancelToken, ProgressCallback
from core.motion_plan import PartWish, kept_layer, plan_free, spoken_wish
from core.skeleton import BodyPart
from core.timeline import MotionLayer, MotionRecord, MotionState, Project, token_range

Tokens = NDArray[np.int64]
Decide = Callable[[MotionRecord, Callable[[], Tokens]], tuple[BodyPart, ...]]
Speak = Callable[[Sequence[MotionRecord], int, int, int], Tokens]
"""Wishes that hold, first and last token, seed: all tokens, those between made from the speech alone."""


@dataclass
class FreeArms:
    """Finds the free arms of a motion, and remembers what the speech does meanwhile.

    Attributes:
        project: what is asked for.
        tokens: (N,) codes of the whole body.
        state: the stored motion whose layers may be kept, or None.
        decide: which arms of a record are free, given what makes the tokens that speak there.
        speak: makes a stretch from the speech alone.
    """

    project: Project
    tokens: Tokens
    state: MotionState | None
    decide: Decide
    speak: Speak
    _spoken: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)

    def found(
        self,
        records: Sequence[MotionRecord],
        anew: Sequence[tuple[int, int]],
        report: ProgressCallback,
        cancel: CancelToken,
    ) -> tuple[MotionRecord, ...]:
        """Return the records with their free arms; those without a token that was made anew know them already.

        Args:
            records: what made the motion.
            anew: first and last token of what was made anew, in time order.
            report: told how many are done.
            cancel: looked at before each.
        """
        result = list(records)
        made = np.zeros(len(self.tokens), dtype=bool)
        for start, end in anew:
            made[start:end] = True
        todo = [
            place
            for place, record in enumerate(records)
            if record.prompt.strip() and record.strength > 0 and made[slice(*self._inside(record))].any()
        ]
        if not todo:
            return tuple(records)
        meter = Meter("motion", len(todo), report)
        for place in todo:
            cancel.check()
            record = result[place].model_copy(update={"free": ()})
            free = self.decide(record, lambda record=record: self._spoken_tokens(record))  # type: ignore[misc]
            result[place] = record.model_copy(update={"free": free})
            meter.step()
        return tuple(result)

    def plan(self, records: Sequence[MotionRecord]) -> tuple[PartWish, ...]:
        """Return what is wished of free arms, with all layers that are there."""
        return tuple(
            wish if wish.layer is not None else PartWish(wish.part, wish.wish, self._made(wish))
            for wish in plan_free(self.project, records, self.state)
        )

    def _made(self, wish: PartWish) -> MotionLayer | None:
        tokens = self._spoken.get((wish.wish.start_us, wish.wish.end_us))
        return None if tokens is None else MotionLayer(**dict(wish.wish), part=wish.part, tokens=tokens)

    def _spoken_tokens(self, record: MotionRecord) -> Tokens:
        """Return all tokens, those of a record by the speech alone."""
        start, end = self._inside(record)
        wish = spoken_wish(record, self.project.seed)
        known = [kept_layer(self.state, part, wish) for part in ("left_arm", "right_arm")] if self.state else []
        layer = next((layer for layer in known if layer is not None), None)
        if layer is not None:
            made = self.tokens.copy()
            made[start:end] = layer.tokens
        else:
            others = [
                one for one in self.project.wishes() if one.end_us <= wish.start_us or one.start_us >= wish.end_us
            ]
            made = self.speak(others, start, end, wish.seed)
        self._spoken[wish.start_us, wish.end_us] = tuple(int(token) for token in made[start:end])
        return made

    def _inside(self, record: MotionRecord) -> tuple[int, int]:
        start, end = token_range(record.start_us, record.end_us)
        return min(start, len(self.tokens)), min(end, len(self.tokens))
