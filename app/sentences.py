"""Says in the user's language what engine, queue and core say in English.

They know no Qt, and their sentences come through pipes and files as plain text. Each is recognised by its template,
such as "the folder {0} cannot be written", from the list that `packaging/make_translations.py` makes of the code; Qt
translates the template, and the gaps are filled again. What is not recognised stays as it is.
"""

import json
import re
from functools import cache
from typing import Final

from PySide6.QtCore import QCoreApplication

from resources import RESOURCES
from widgets.numbers import kept_together, rewritten

CONTEXT: Final = "Errors"
_GAP: Final = re.compile(r"\{(\d+)\}")
_DEEP: Final = 3
"""A reason inside a reason inside a reason: more is not looked for."""


def said(text: str) -> str:
    """Return a sentence of an error, a warning or a note in the user's language."""
    if text.strip() and _speaks_other():
        text = "\n".join(_said(line, 0) for line in text.split("\n"))
    return kept_together(text)


def _speaks_other() -> bool:
    """Whether another language than English is loaded."""
    return any(_translated(template) != template for template, _ in _templates()[:8])


def _said(text: str, depth: int) -> str:
    core = text.strip().removesuffix(".")
    for template, pattern in _templates():
        found = pattern.fullmatch(core)
        if found is None:
            continue
        translated = _translated(template).removesuffix(".")
        if translated == template.removesuffix("."):
            return text
        gaps = [_said(rewritten(gap), depth + 1) if depth < _DEEP else gap for gap in found.groups()]
        made = translated.format(*gaps)
        if text[:1].isupper() and depth == 0:
            made = made[:1].upper() + made[1:]
        return made + ("." if text.rstrip().endswith(".") and not made.endswith((".", "!", "?")) else "")
    return text


def _translated(template: str) -> str:
    return QCoreApplication.translate(CONTEXT, template)


@cache
def _templates() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the templates with what recognises them, those with most letters of their own first."""
    texts = json.loads((RESOURCES / "translations" / "errors.json").read_text("utf-8"))
    return tuple((text, _pattern(text)) for text in sorted(texts, key=_own_letters, reverse=True))


def _own_letters(template: str) -> int:
    return len(_GAP.sub("", template))


def _pattern(template: str) -> re.Pattern[str]:
    """Return what matches a filled template; its first letter may be a capital, and a full stop may follow or not."""
    parts = _GAP.split(template.removesuffix("."))
    pieces = []
    for index, part in enumerate(parts):
        if index % 2:
            pieces.append("(.+?)")
        else:
            literal = part.replace("{{", "{").replace("}}", "}")
            if index == 0 and literal[:1].isalpha():
                first = literal[0]
                pieces.append(f"[{first.lower()}{first.upper()}]" + re.escape(literal[1:]))
            else:
                pieces.append(re.escape(literal))
    return re.compile("".join(pieces), re.DOTALL)
