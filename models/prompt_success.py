"""Measures how often prompts are obeyed: many seeds a prompt, over real speech, judged by kinematic predicates.

A figure of `versa bench`, of the model card and of tests; not a metric of the field (those need a trained evaluator).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.constants import MOTION_FPS
from core.speech import SpeechFeatures
from models import predicates
from models.motion_pipeline import MotionPipeline
from models.prompts import PromptSpan

Predicate = Callable[..., predicates.PredicateResult]

STANDARD_PROMPTS: Final[Mapping[str, Predicate]] = {
    "wave with the right hand": predicates.wave_right,
    "wave with the left hand": predicates.wave_left,
    "raise both hands": predicates.raise_both_hands,
    "take a bow": predicates.bow,
    "walk forward": predicates.walk_forward,
    "turn left while walking": predicates.turn_left_walking,
    "point to the side": predicates.point_side,
    "stop, palms forward": predicates.stop_palms_forward,
    "shrug": predicates.shrug,
    "kick": predicates.kick,
}
"""Prompts that the bundled weights must obey, each with its judge."""


@dataclass(frozen=True)
class PromptScore:
    """Successes of one prompt.

    Attributes:
        prompt: the text.
        obeyed: number of seeds that did it.
        seeds: number of seeds tried.
        reasons: what the predicate said of each seed.
    """

    prompt: str
    obeyed: int
    seeds: int
    reasons: tuple[str, ...]


def prompt_success(
    pipeline: MotionPipeline,
    speech: SpeechFeatures,
    prompts: Mapping[str, Predicate] = STANDARD_PROMPTS,
    *,
    seeds: Sequence[int] = range(10),
    start: float = 2.0,
    end: float = 5.5,
) -> list[PromptScore]:
    """Generate each prompt with each seed in the middle of speech and judge the frames from `start` to `end` seconds.

    What the speech alone gives is generated once for each seed and all prompts, as `MotionPipeline.generate` would.

    Args:
        pipeline: the weights to judge.
        speech: features of a recording that reaches at least two seconds past `end`.
        prompts: text to predicate.
        seeds: seeds of speech and prompt alike.
        start: seconds at which the prompt begins.
        end: seconds at which it ends.
    """
    scores = []
    spoken = [pipeline.generate(speech, seed=seed).tokens for seed in seeds]
    for prompt, predicate in prompts.items():
        results = []
        for seed, tokens in zip(seeds, spoken, strict=True):
            spans = [PromptSpan(start, end, prompt, seed)]
            clip = pipeline.regenerate(tokens, speech, spans, start=start, end=end, seed=seed)
            results.append(predicate(clip.joints[round(start * MOTION_FPS) : round((end + 0.2) * MOTION_FPS)]))
        obeyed = sum(result.ok for result in results)
        scores.append(PromptScore(prompt, obeyed, len(results), tuple(result.reason for result in results)))
    return scores
