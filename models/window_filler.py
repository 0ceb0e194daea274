"""Fills windows of tokens: their conditions, further tries of prompts that were not done, and the best of all tries."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from numpy.typing import NDArray

from core.constants import FRAMES_PER_TOKEN
from core.features import recover_joints
from models.generator import AUDIO_GUIDANCE, TEXT_GUIDANCE, Conditions, MotionGenerator
from models.motion_windows import TOKENS_PER_SECOND, Place, place_seed
from models.obedience import DONE, HURRIED, REHEARSED, RETRIES, SURE, judged_frames, obeyed
from models.place_features import range_features
from models.prompt_reader import PromptReader, Wanted
from models.prompts import SPEECH_PROMPT, PromptSpan
from models.rehearsals import Rehearsals
from models.residual import ResidualTransformer
from models.root_motion import anchor_root, consistent_motion
from models.tokenizer import MotionTokenizer

SPEECH_WANDER = 6.0
"""How much chance decides the order of decoding where speech rules, see `MotionGenerator.fill`."""

PROMPT_WANDER = 3.0
"""The same inside prompts, where the surest tokens are the action."""

PROMPT_TEMPERATURE = 0.7
"""Temperature of sampling inside prompts; what the text asks for is done more surely below 1."""

STEPS = 8
"""Passes of decoding that fill a whole window; shorter stretches take their share, so that each pass decides about as
many tokens."""

_LEAST_STEPS = 4
_LEAST_PROMPT_STEPS = 6  # fewer take the fine points of a text away (docs/models.md)
_LEAST_REHEARSED_STEPS = 3  # where a rehearsal decides most


@dataclass(frozen=True)
class _Asked:
    """The prompt that rules a place, and what it asks for."""

    span: PromptSpan
    wanted: Wanted


@dataclass(frozen=True)
class _Begun:
    """A window before it is filled: tokens (N,), and which of them are given (N,), by a rehearsal or an earlier try."""

    tokens: NDArray[np.int64]
    given: NDArray[np.bool_]
    rehearsed: bool = False


class WindowFiller:
    """The networks that decide about tokens, and what judges them."""

    def __init__(
        self,
        tokenizer: MotionTokenizer,
        generator: MotionGenerator,
        reader: PromptReader,
        residual: ResidualTransformer | None = None,
        rehearsals: Rehearsals | None = None,
    ) -> None:
        self._tokenizer, self._generator, self._reader = tokenizer, generator, reader
        self._residual, self._rehearsals = residual, rehearsals

    @property
    def window(self) -> int:
        """Tokens that the generator sees at once."""
        return self._generator.config.window

    def fill(
        self,
        targets: Sequence[NDArray[np.int64]],
        audio: torch.Tensor,
        spans: Sequence[PromptSpan],
        places: Sequence[Place],
        *,
        again: bool = True,
    ) -> None:
        """Fill places in tokens, all at once.

        Args:
            targets: (N,) tokens of the whole recording for each place, which are changed; they may be the same array.
            audio: (4 N, A) what the audio encoder gives of the recording.
            spans: all prompts.
            places: to fill; their windows are of one length, and in one array they lie apart.
            again: prompts that were not clearly done are tried again.
        """
        windows = [target[place.first : place.last] for target, place in zip(targets, places, strict=True)]
        asked = [self._asked(spans, place) for place in places]
        begun = [
            self._begun(window, place, what, self._share(what))
            for window, place, what in zip(windows, places, asked, strict=True)
        ]
        alike = {(place.first, place.last) for place in places}
        known = {(first, last): self._conditions(audio, spans, first, last) for first, last in alike}
        made = self._tries(begun, places, [known[place.first, place.last] for place in places])
        for target, place, what, window in zip(targets, places, asked, made, strict=True):
            best = self._best(target, audio, spans, place, what, window) if again else window
            target[place.begin : place.end] = best[place.kept]

    def decoded(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """Raw features (4 N, 263) of tokens (N,)."""
        return self._tokenizer.decode(tokens if self._residual is None else self._residual.complete(tokens))

    def _asked(self, spans: Sequence[PromptSpan], place: Place) -> _Asked | None:
        """What a place shall show, if one prompt rules it and is understood."""
        span = _ruling(spans, place)
        wanted = None if span is None else self._reader.wanted(span.prompt)
        return None if span is None or wanted is None else _Asked(span, wanted)

    def _conditions(
        self,
        audio: torch.Tensor,
        spans: Sequence[PromptSpan],
        first: int,
        last: int,
        instead: Mapping[str, torch.Tensor] | None = None,
        insist: float = 1.0,
    ) -> Conditions:
        """Of the window first..last.

        `instead` gives prompts other sentence vectors than their own, `insist` multiplies their guidance.
        """
        config, length = self._generator.config, last - first
        text = self._reader.vector(SPEECH_PROMPT).repeat(length, 1)
        place = torch.zeros(length, 4)
        strength = torch.ones(length)
        audio_strength = torch.full((length,), AUDIO_GUIDANCE / config.audio_guidance)
        for span in spans:
            if not span.rules:
                continue
            features = torch.from_numpy(
                range_features(span.start * TOKENS_PER_SECOND - first, span.end * TOKENS_PER_SECOND - first, length)
            )
            inside = features[:, 0] > 0
            own = None if instead is None else instead.get(span.prompt)
            text[inside] = self._reader.told(span.prompt) if own is None else own
            place[inside] = features[inside]
            strength[inside] = TEXT_GUIDANCE / config.text_guidance * span.strength * insist
            audio_strength[inside] = 1.0
        window = audio[first * FRAMES_PER_TOKEN : last * FRAMES_PER_TOKEN]
        return Conditions(text[None], place[None], strength[None], audio_strength[None], window[None])

    def _share(self, asked: _Asked | None) -> float:
        """How much of a rehearsal the first try takes: nothing of actions that first tries mostly do."""
        doubtful = asked and self._rehearsals and asked.wanted.reading.plain in self._rehearsals.doubtful
        return REHEARSED if doubtful else 0.0

    def _begun(self, window: NDArray[np.int64], place: Place, asked: _Asked | None, share: float) -> _Begun:
        """A window (N,) with a `share` of the tokens of a rehearsal, if there is one, and which of its tokens stay."""
        given = np.zeros(len(window), dtype=bool)
        if asked is None or self._rehearsals is None or place.stop > place.end or share <= 0:
            return _Begun(window, given)
        chance = np.random.default_rng(place.seed)
        manner = self._reader.meaning(asked.wanted.manner) if asked.wanted.manner else None
        known = self._rehearsals.recall(asked.wanted.reading.plain, manner, place.end - place.begin, chance)
        if known is None:
            return _Begun(window, given)
        stays = (known >= 0) & (chance.random(len(known)) < share * min(asked.span.strength, 1.0))
        if len(known) >= HURRIED:
            stays[[0, -1]] = False  # the ways in and out
        given[place.kept] = stays
        begun = window.copy()
        begun[given] = known[stays]
        return _Begun(begun, given, rehearsed=True)

    def _tries(
        self,
        begun: Sequence[_Begun],
        places: Sequence[Place],
        rows: Sequence[Conditions],
        temperature: float = PROMPT_TEMPERATURE,
    ) -> list[NDArray[np.int64]]:
        """The windows (N,) of the places with new tokens, made in one batch; `rows` are the conditions of each.

        `temperature` is that of prompts.
        """
        conditions = Conditions(
            *(torch.cat([getattr(row, entry.name) for row in rows]) for entry in fields(Conditions))
        )
        free = torch.stack(
            [place.free() & ~torch.from_numpy(window.given) for place, window in zip(places, begun, strict=True)]
        )
        deciding = int(free.sum(1).max())
        if not deciding:  # a hurried rehearsal, as it is
            return [window.tokens.copy() for window in begun]
        prompted = bool((conditions.place[..., 0][free] > 0).any())
        least = _LEAST_PROMPT_STEPS if prompted else _LEAST_STEPS
        if all(window.rehearsed for window in begun):
            least = _LEAST_REHEARSED_STEPS
        share = max(least, math.ceil(STEPS * deciding / self.window))
        result = self._generator.fill(
            torch.stack([torch.from_numpy(window.tokens) for window in begun]),
            free,
            conditions.outside_neutral(free),
            [torch.Generator().manual_seed(place.seed) for place in places],
            steps=min(share, deciding),
            wander=PROMPT_WANDER if prompted else SPEECH_WANDER,
            temperature=temperature if prompted else 1.0,
        )
        return [row.numpy() for row in result]

    def _best(
        self,
        tokens: NDArray[np.int64],
        audio: torch.Tensor,
        spans: Sequence[PromptSpan],
        place: Place,
        asked: _Asked | None,
        made: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """The window (N,) of a place as `made`, or of a further try that, kinematics tell, does the prompt better."""
        if asked is None or not asked.wanted.reading.judges:
            return made
        judges = asked.wanted.reading.judges

        def score(window: NDArray[np.int64]) -> float:
            features = anchor_root(self.decoded(window))
            inside = judged_frames(place.kept.start, place.kept.stop)
            value = obeyed(recover_joints(features)[inside], judges)
            if 1 <= value < SURE:  # as it will be seen
                value = min(value, obeyed(consistent_motion(features)[0][inside], judges))
            return value

        best, highest, number, enough = made, score(made), 0, SURE
        asked_for = min(asked.span.strength, 1.0)  # who asks for half of a prompt is content with half of it
        for more in RETRIES:
            if highest >= asked_for * min(more.below, enough) or (asked.wanted.manner and not more.mannered):
                continue
            whole = more.context is None or place.stop > place.end
            seen = place if whole else place.seeing(more.context or 0, len(tokens))
            again = [replace(seen, seed=place_seed(place.seed, number + k + 1)) for k in range(len(more.tries))]
            before = tokens[seen.first : seen.last].copy()
            manner = asked.wanted.manner if more.manner else ""
            if more.rehearsed:
                like = replace(asked, wanted=replace(asked.wanted, manner=manner))
                begun = [self._begun(before, one, like, 1.0) for one in again]
                if not begun[0].rehearsed:
                    continue
                enough = DONE  # what was rehearsed is hardly done better from nothing
            else:
                if more.keep > 0:
                    before[seen.kept] = best[place.kept]
                begun = [_Begun(before, _drawn(len(before), more.keep, one.seed)) for one in again]
            number += len(again)
            plainly = {asked.span.prompt: self._reader.vector(f"{asked.wanted.reading.plain} {manner}".strip())}
            rows = [
                self._conditions(audio, spans, seen.first, seen.last, plainly if plain else None, insist)
                for plain, insist in more.tries
            ]
            heat = more.temperature or PROMPT_TEMPERATURE
            for window in self._tries(begun, again, rows, heat):
                if seen is not place:  # what it did not see stays around it
                    window = np.concatenate([made[: place.kept.start], window[seen.kept], made[place.kept.stop :]])
                value = score(window)
                if value > highest:
                    best, highest = window, value
                if highest >= SURE:
                    break
        return best


def _drawn(length: int, share: float, seed: int) -> NDArray[np.bool_]:
    """(length,) True for about a share of the positions."""
    chance = torch.Generator().manual_seed(place_seed(seed, 0))
    return (torch.rand(length, generator=chance) < share).numpy()


def _ruling(spans: Sequence[PromptSpan], place: Place) -> PromptSpan | None:
    """The prompt that rules most of a place, if the place holds most of the prompt too: else it cannot be judged."""
    start, end = place.begin / TOKENS_PER_SECOND, place.end / TOKENS_PER_SECOND
    for span in spans:
        shared = min(end, span.end) - max(start, span.start)
        if span.rules and shared > 0.7 * (end - start) and shared > 0.7 * (span.end - span.start):
            return span
    return None
