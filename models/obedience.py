"""Looks at a prompted stretch that was just generated: was the prompt done, and which of several tries does it best?

Kinematics decide (`models.predicates`), so only actions with a predicate can be looked at. Figures of prompts obeyed
that use the same predicates are therefore figures of the whole program, not of the networks alone.
"""

from collections.abc import Sequence
from typing import Final

from numpy.typing import ArrayLike

from models.predicates import PREDICATES, prepare

SURE: Final = 1.3
"""Score from which a try is taken at once: clearly beyond the predicate's own limit, which is 1."""

RETRIES: Final = 5
"""Tries besides the first one."""


def obeyed(joints: ArrayLike, judges: Sequence[str]) -> float:
    """How clearly joints (T, 22, 3) at 20 fps do what one of the predicates asks for.

    Returns:
        the best score of a predicate that holds, 1 or more; below 1 if none holds.
    """
    clip = prepare(joints)
    verdicts = [PREDICATES[name](clip) for name in judges]
    return max(verdict.score if verdict.ok else min(verdict.score, 0.99) for verdict in verdicts)
