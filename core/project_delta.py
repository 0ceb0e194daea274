"""The difference between two projects, small enough to keep thousands of them for undo.

An edit of one segment among thousands leaves a difference of that one segment: what both projects share is not held.
Works on any of the timeline's frozen models. Not a file format, and nothing is checked here (`core.edits` did).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import BaseModel

Model = TypeVar("Model", bound=BaseModel)

_NEST_UP_TO: Final = 16
"""So many neighbouring items are compared one by one; above, old and new items are kept as they are."""

_RUN: Final = 1024


class _Absent:
    """Stands for a field that one of the two models does not have."""


_ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class _Replaced:
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class _Fields:
    changes: tuple[tuple[str, "Change"], ...]


@dataclass(frozen=True, slots=True)
class _Items:
    """Items of a tuple that were changed one by one, from a position on; None for one that is the same."""

    first: int
    changes: tuple["Change | None", ...]


@dataclass(frozen=True, slots=True)
class _Splice:
    """A run of items of a tuple that gave way to another run."""

    first: int
    old: tuple[Any, ...]
    new: tuple[Any, ...]


Change = _Replaced | _Fields | _Items | _Splice
"""What differs between an old and a new value; None where nothing does."""


def difference(old: Model, new: Model) -> Change | None:
    """Return what differs between two models of the same class, or None if nothing does."""
    return _compare(old, new)


def apply_forward(value: Model, change: Change | None) -> Model:
    """Return the new model, given the old one."""
    return value if change is None else _applied(value, change, forward=True)


def apply_backward(value: Model, change: Change | None) -> Model:
    """Return the old model, given the new one."""
    return value if change is None else _applied(value, change, forward=False)


def _compare(old: Any, new: Any) -> Change | None:
    if old is new:
        return None
    if isinstance(old, BaseModel) and type(old) is type(new):
        return _compare_models(old, new)
    if isinstance(old, tuple) and isinstance(new, tuple):
        return _compare_tuples(old, new)
    # The types count too: 1, 1.0 and True are equal but not the same in the file.
    return None if type(old) is type(new) and old == new else _Replaced(old, new)


def _compare_models(old: BaseModel, new: BaseModel) -> Change | None:
    before = {**old.__dict__, **(old.__pydantic_extra__ or {})}
    after = {**new.__dict__, **(new.__pydantic_extra__ or {})}
    changes = []
    for name in before | after:
        change = _compare(before.get(name, _ABSENT), after.get(name, _ABSENT))
        if change is not None:
            changes.append((name, change))
    return _Fields(tuple(changes)) if changes else None


def _compare_tuples(old: tuple[Any, ...], new: tuple[Any, ...]) -> Change | None:
    first = _shared_start(old, new)
    last = _shared_start(old[first:][::-1], new[first:][::-1])
    before, after = old[first : len(old) - last], new[first : len(new) - last]
    if not before and not after:
        return None
    if len(before) == len(after) <= _NEST_UP_TO and all(map(_of_one_kind, before, after)):
        nested = tuple(map(_compare, before, after))
        return _Items(first, nested) if any(change is not None for change in nested) else None
    return None if len(before) == len(after) and before == after else _Splice(first, before, after)


def _shared_start(old: tuple[Any, ...], new: tuple[Any, ...]) -> int:
    """Return how many items at the beginning are the same."""
    shared = min(len(old), len(new))
    first = 0
    if shared and type(old[0]) is int and type(new[0]) is int:
        # Motion codes: tens of thousands of numbers, so whole runs are compared at once.
        while first < shared and old[first : first + _RUN] == new[first : first + _RUN]:
            first = min(first + _RUN, shared)
    while first < shared and _same(old[first], new[first]):
        first += 1
    return first


def _same(old: Any, new: Any) -> bool:
    # Models are compared by identity here, as edits share what they leave alone; their fields are compared later.
    return old is new or (isinstance(old, (int, str)) and type(old) is type(new) and bool(old == new))


def _of_one_kind(old: Any, new: Any) -> bool:
    return isinstance(old, BaseModel) and type(old) is type(new) and _id(old) == _id(new)


def _id(model: BaseModel) -> Any:
    return getattr(model, "id", None)


def _applied(value: Any, change: Change, *, forward: bool) -> Any:
    match change:
        case _Replaced(old, new):
            return new if forward else old
        case _Splice(first, old, new):
            gone, come = (old, new) if forward else (new, old)
            return value[:first] + come + value[first + len(gone) :]
        case _Items(first, changes):
            return value[:first] + _each(value[first:], changes, forward) + value[first + len(changes) :]
        case _Fields(changes):
            return _with_fields(value, changes, forward)


def _each(values: Sequence[Any], changes: Sequence[Change | None], forward: bool) -> tuple[Any, ...]:
    return tuple(
        value if change is None else _applied(value, change, forward=forward)
        for value, change in zip(values, changes, strict=False)
    )


def _with_fields(model: BaseModel, changes: Sequence[tuple[str, Change]], forward: bool) -> BaseModel:
    update = {}
    for name, change in changes:
        value = getattr(model, name, _ABSENT)
        update[name] = _applied(value, change, forward=forward)
    made = model.model_copy(update={name: value for name, value in update.items() if value is not _ABSENT})
    extra = made.__pydantic_extra__
    if extra is not None:
        for name, value in update.items():
            if value is _ABSENT:
                extra.pop(name, None)
    return made
