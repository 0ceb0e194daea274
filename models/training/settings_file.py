"""Reads the settings file of a training (JSON) and checks every field against the type that the settings declare.

What a field may be beyond its type, the settings check themselves when they are made.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

_AT_LEAST_ONE: Final = frozenset({"steps", "batch", "text_batch", "audio_batch", "window", "save_every"})
"""Counts without which nothing can be done; other whole numbers may be 0, none may be negative."""

_LONGEST: Final = 60
"""Characters of a wrong value that an error shows."""


def read_settings(path: Path, kind: type) -> dict[str, Any]:
    """The fields that a file sets, of the types that `kind` declares.

    Args:
        path: a JSON object, whose names are fields of `kind`.
        kind: dataclass of the settings.

    Raises:
        ValueError: it cannot be read, names a field that there is not, or gives one a value of another type; the
            sentence names file and field.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"the settings file {path} cannot be read: {error.strerror or error}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"the settings file {path} is not valid JSON: {error}") from None
    if not isinstance(values, dict):
        raise ValueError(f"the settings file {path} must hold a JSON object")
    known = {entry.name for entry in fields(kind)}
    if unknown := sorted(set(values) - known):
        raise ValueError(f"{path}: unknown setting {unknown[0]!r}; known are {', '.join(sorted(known))}")
    hints = get_type_hints(kind)
    try:
        return {name: _checked(name, hints[name], value) for name, value in values.items()}
    except _WrongTypeError as error:
        raise ValueError(f"{path}: {error}") from None


class _WrongTypeError(ValueError):
    """A value of another type."""

    def __init__(self, name: str, wanted: str, value: object) -> None:
        text = json.dumps(value, ensure_ascii=False)
        shown = text if len(text) <= _LONGEST else text[:_LONGEST] + " ..."
        super().__init__(f"the setting {name} must be {wanted}, not {shown}")


def _checked(name: str, wanted: Any, value: Any) -> Any:
    """A value of a JSON file as the type `wanted`; lists become tuples where the settings have tuples."""
    if wanted is Any:
        return value
    if is_dataclass(wanted) and isinstance(wanted, type):
        hints = get_type_hints(wanted)
        return {key: _checked(f"{name}.{key}", hints.get(key, Any), entry) for key, entry in _object(name, value)}
    outer, inner = get_origin(wanted), get_args(wanted)
    if outer is Mapping:
        return {key: _checked(f"{name}.{key}", inner[1], entry) for key, entry in _object(name, value)}
    if outer is tuple:
        if not isinstance(value, list):
            raise _WrongTypeError(name, "a list", value)
        return tuple(_checked(f"{name}[{place}]", inner[0], entry) for place, entry in enumerate(value))
    if wanted is bool:
        right, said = isinstance(value, bool), "true or false"
    elif wanted is int:
        least = 1 if name in _AT_LEAST_ONE else 0
        right = isinstance(value, int) and not isinstance(value, bool) and value >= least
        said = f"a whole number, {least} or more"
    elif wanted is float:
        right = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        said = "a number"
    elif wanted is str or outer is Literal:
        right, said = isinstance(value, str), "a text in quotation marks"
    else:
        raise TypeError(f"settings files know no values of the type {wanted}, which {name} has")
    if not right:
        raise _WrongTypeError(name, said, value)
    return value


def _object(name: str, value: Any) -> list[tuple[str, Any]]:
    if not isinstance(value, dict):
        raise _WrongTypeError(name, "an object with names in braces", value)
    return list(value.items())
