"""Tries a prompt over recordings, looks at what came out, and searches for more where nothing good did.

Everything is made by the generator itself, over speech that was made before. Which actions are tried, how often and
what is kept is decided in `models.training.build_rehearsals`.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from core.constants import FRAMES_PER_TOKEN
from core.speech import SpeechFeatures
from models.motion_pipeline import MotionPipeline
from models.motion_windows import TOKENS_PER_SECOND, span_tokens
from models.obedience import SURE, judged_frames, obeyed
from models.prompts import PromptSpan
from models.tokenizer import MotionTokenizer

STARTS: Final = 2.0
"""Second at which the prompts begin."""

SPOKEN: Final = 10.0
"""Seconds of recording around them."""

_HOPELESS: Final = (3, 0.5)
"""Generations after which a search is given up that has not come so far: some actions do not fit some ranges."""

_LEFT_OUT: Final = 240
"""Ways of leaving tokens out of longer tries that are looked at, at most, for all of them together."""

_MADE_ANEW: Final = (0.2, 0.6)  # share of a range that a step of the search changes


@dataclass(frozen=True)
class Asked:
    """A prompt from `STARTS` on.

    Attributes:
        text: of the prompt.
        judges: predicates of which one must hold.
        length: in seconds.
        recording: over which of them, counted round.
    """

    text: str
    judges: Sequence[str]
    length: float
    recording: int

    @property
    def end(self) -> float:
        """Second at which the prompt ends."""
        return STARTS + self.length

    @property
    def inside(self) -> slice:
        """Its tokens."""
        return slice(*span_tokens(STARTS, self.end, round(SPOKEN * TOKENS_PER_SECOND)))


@dataclass(frozen=True)
class Try:
    """Tokens (N,) of a recording with a prompt in it, and how clearly it is done (`models.obedience.obeyed`)."""

    asked: Asked
    score: float
    tokens: NDArray[np.int64]


def best(tries: Iterable[Try], count: int) -> list[Try]:
    """The `count` clearest tries, clearest first."""
    return sorted(tries, key=lambda one: -one.score)[:count]


class Rehearser:
    """The networks, and recordings with the motion of their speech."""

    def __init__(
        self, pipeline: MotionPipeline, tokenizer: MotionTokenizer, speech: Sequence[SpeechFeatures], seed: int
    ) -> None:
        """Make the motion of the speech.

        Args:
            pipeline: makes the tries; it must not begin from rehearsals itself.
            tokenizer: the one of the pipeline.
            speech: recordings of `SPOKEN` seconds.
            seed: of the speech's motion.
        """
        self._pipeline, self._tokenizer, self._speech = pipeline, tokenizer, list(speech)
        self._spoken = [pipeline.generate(features, seed=seed + row).tokens for row, features in enumerate(speech)]

    def tried(self, asked: Asked, seeds: Sequence[int], *, again: bool) -> list[Try]:
        """A try for each seed; `again` makes further ones where it was not clearly done."""
        return self._made(asked, self._around(asked), STARTS, asked.end, seeds, again=again)

    def bettered(
        self,
        asked: Asked,
        begun: Sequence[Try],
        longer: Sequence[Try],
        chance: np.random.Generator,
        *,
        generations: int,
        tries: int,
        keep: int,
    ) -> list[Try]:
        """The best of a search: stretches of the best tries so far are made anew, and what does better stays.

        Args:
            asked: the prompt.
            begun: tries of it.
            longer: tries of the same action in longer ranges; with some tokens left out they are begun with as well,
                and the best of each range played faster.
            chance: decides what is left out and made anew.
            generations: of the search at most; it ends when all that are kept do it clearly.
            tries: in each.
            keep: tries that the next ones begin from, and that are given back at most.
        """
        first, stop = asked.inside.start, asked.inside.stop
        clearest = {one.asked.length: one for one in reversed(best(longer, len(longer)))}
        found = [*begun, *(self._faster(asked, one) for one in clearest.values())]
        ways = _LEFT_OUT // max(len(longer), 1)
        found += [one for each in longer for one in self._shortened(asked, each, chance, ways)]
        for generation in range(generations):
            parents = best(found, keep)
            if generation >= _HOPELESS[0] and parents[0].score < _HOPELESS[1]:
                break
            if len(parents) == keep and parents[-1].score >= SURE:
                break
            for _ in range(tries):
                parent = parents[int(chance.integers(len(parents)))]
                count = max(2, round((stop - first) * chance.uniform(*_MADE_ANEW)))
                begin = first + int(chance.integers(stop - first - count + 1))
                start, end = begin / TOKENS_PER_SECOND, (begin + count) / TOKENS_PER_SECOND
                found += self._made(asked, parent.tokens, start, end, [int(chance.integers(2**31))], again=False)
            found = list({one.tokens.tobytes(): one for one in found}.values())
        return best(found, keep)

    def _made(
        self,
        asked: Asked,
        around: NDArray[np.int64],
        start: float,
        end: float,
        seeds: Sequence[int],
        *,
        again: bool,
    ) -> list[Try]:
        """Tries that differ from `around` (N,) within start..end (seconds)."""
        speech = self._speech[asked.recording % len(self._speech)]
        span = PromptSpan(STARTS, asked.end, asked.text)
        takes = self._pipeline.takes(around, speech, [span], start=start, end=end, seeds=seeds, again=again)
        return [self._judged(asked, take) for take in takes]

    def _faster(self, asked: Asked, longer: Try) -> Try:
        """A longer try of the same prompt, played in the time of a shorter range."""
        inside = longer.asked.inside
        joints = self._shown(longer.tokens, slice(inside.start * FRAMES_PER_TOKEN, inside.stop * FRAMES_PER_TOKEN))
        count = (asked.inside.stop - asked.inside.start) * FRAMES_PER_TOKEN + 1  # features are differences of frames
        played = CubicSpline(np.arange(len(joints)), joints, axis=0)(np.linspace(0, len(joints) - 1, count))
        tokens = self._around(asked).copy()
        tokens[asked.inside] = self._tokenizer.encode(played.astype(np.float32), search=True)
        return self._judged(asked, tokens)

    def _shortened(self, asked: Asked, longer: Try, chance: np.random.Generator, most: int) -> list[Try]:
        """A longer try of the same prompt without some of its tokens, in so many ways at most."""
        whole, count = longer.tokens[longer.asked.inside], asked.inside.stop - asked.inside.start
        if math.comb(len(whole), count) <= most:
            ways = [list(way) for way in itertools.combinations(range(len(whole)), count)]
        else:
            ways = [sorted(chance.choice(len(whole), count, replace=False).tolist()) for _ in range(most)]
        found = []
        for kept in sorted({tuple(whole[way].tolist()) for way in ways}):
            tokens = self._around(asked).copy()
            tokens[asked.inside] = kept
            found.append(self._judged(asked, tokens))
        return found

    def _judged(self, asked: Asked, tokens: NDArray[np.int64]) -> Try:
        inside = judged_frames(asked.inside.start, asked.inside.stop)
        return Try(asked, round(obeyed(self._shown(tokens, inside), asked.judges), 2), tokens)

    def _shown(self, tokens: NDArray[np.int64], inside: slice) -> NDArray[np.float32]:
        """(T, 22, 3) joints of some frames."""
        return self._pipeline.decode(tokens, len(tokens) * FRAMES_PER_TOKEN).joints[inside]

    def _around(self, asked: Asked) -> NDArray[np.int64]:
        """(N,) tokens of the recording's speech."""
        return self._spoken[asked.recording % len(self._spoken)]
