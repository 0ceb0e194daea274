"""Looks at a prompted stretch that was just generated: was the prompt done, and which of several tries does it best?

Kinematics decide (`models.predicates`), so only actions with a predicate can be looked at. Figures of prompts obeyed
that use the same predicates are therefore figures of the whole program, not of the networks alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from numpy.typing import ArrayLike

from core.constants import FRAMES_PER_TOKEN
from models.predicates import PREDICATES, prepare

SURE: Final = 1.3
"""Score from which a try is taken at once: clearly beyond the predicate's own limit, which is 1."""


DONE: Final = 1.05
"""Score from which an action is still there after the clean-up, which takes 0.03 of it at most."""


REHEARSED: Final = 0.85
"""Share of a prompt's tokens that the first try takes from a rehearsal, where first tries often fail."""


HURRIED: Final = 6
"""Tokens (1.2 s) of a range; in fewer an action is in a hurry and may end up to a token behind it."""


def judged_frames(begin: int, end: int) -> slice:
    """Frames by which a prompt on the tokens [begin, end) is judged."""
    return slice(begin * FRAMES_PER_TOKEN, (end + (end - begin < HURRIED)) * FRAMES_PER_TOKEN)


@dataclass(frozen=True)
class Round:
    """Tries that are made together.

    Attributes:
        below: best score so far under which they are made.
        context: tokens of the surrounding motion that they see on both sides; None sees as many as the first try.
        tries: whether in the plainest taught wording, and how much stronger the text is guided; one entry a try.
        manner: the plainest wording is said, and rehearsals are chosen, in the manner of the prompt.
        temperature: of their sampling; None samples as the first try does.
        keep: share of the best try's tokens that stay, drawn by chance for each try; 0 begins from nothing.
        rehearsed: all tokens but the ends come from a rehearsal, another one for each try; without one the round is
            left out.
        mannered: made for prompts with a manner as well.
    """

    below: float
    context: int | None
    tries: tuple[tuple[bool, float], ...]
    manner: bool = True
    temperature: float | None = None
    keep: float = 0.0
    rehearsed: bool = False
    mannered: bool = True


_STUBBORN: Final = ((True, 1.0), (True, 1.4), (True, 2.0), (False, 1.7), (True, 1.0), (True, 1.4))

RETRIES: Final = (
    Round(SURE, None, ((True, 1.0), (True, 1.0)), rehearsed=True, mannered=False),
    Round(SURE, None, ((True, 1.0), (False, 1.0))),
    Round(SURE, None, ((True, 1.7), (True, 1.7), (True, 2.5))),
    Round(SURE, None, ((True, 1.0), (True, 1.0)), rehearsed=True),
    Round(SURE, 3, ((True, 1.0), (False, 1.0), (True, 1.7), (True, 1.0)), keep=0.5),
    Round(DONE, None, ((True, 1.0), (True, 1.0)), manner=False, rehearsed=True),
    Round(DONE, 3, _STUBBORN, temperature=1.2, keep=0.5),
    Round(DONE, 6, _STUBBORN, manner=False, temperature=1.0, keep=0.6),
    Round(DONE, 6, _STUBBORN, manner=False, temperature=1.0, keep=0.6),
)
"""Rounds of tries after the first one, each only if those before it did not do.

What the speaker does around a prompt can hold it back; then more tries alike all fail, and insisting or seeing less of
it helps. Rehearsals mostly do, and take two passes only; but they know the fine points of a manner less well. Where
there is none, punches come out strong enough in one new try of ten; changing half of the best try's tokens gets there
sooner. A weary run is not always fast enough to be one: later the action matters more than its manner.
"""


def obeyed(joints: ArrayLike, judges: Sequence[str]) -> float:
    """How clearly joints (T, 22, 3) at 20 fps do what one of the predicates asks for.

    Returns:
        the best score of a predicate that holds, 1 or more; below 1 if none holds.
    """
    clip = prepare(joints)
    verdicts = [PREDICATES[name](clip) for name in judges]
    return max(verdict.score if verdict.ok else min(verdict.score, 0.99) for verdict in verdicts)
