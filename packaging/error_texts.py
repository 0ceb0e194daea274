"""Finds the sentences that errors and notes of the code carry, as templates: "the folder {0} cannot be written".

Engine, queue and core speak English and know no Qt. The window recognises their sentences by these templates and says
them in the user's language (`app.sentences`). `packaging/make_translations.py` keeps the list up to date.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("core", "app", "models")
APART = (
    *("app/commands/", "app/cli.py", "app/bench", "app/doctor.py", "app/editor.py", "app/made_with.py"),
    *("models/training/", "models/evaluation/", "models/generator", "models/tokenizer", "models/predicates"),
    *(
        "core/bvh",
        "core/features",
        "core/rotations",
        "core/physics",
        "core/body_fit",
        "core/local_edit",
        "core/sound_feed",
    ),
)
"""Parts that never speak to the window."""

INNER = re.compile(r"shape|`with`|`versa |writer|key of|must hold a J|part of a key|keys must|uint8|module \{")
"""What only somebody who writes code can bring about, or what is said by commands alone."""

EXTRA = (
    *("signal {0}", "exit status {0}", "no exit status", "segment {0}", "portrait", "audio", "rig file"),
    *("no sound card: silent clock", "no segment", "trimmed", "split", "joined", "deleted", "moved", "changed"),
)
"""Short words that fill gaps; they stand for themselves only."""

NOTES = ("_note", "Progress", "Failed", "Failure")
"""Functions whose texts are shown too."""

WARNINGS = ("warnings", "notes", "problems")
"""Lists to which texts are added that are shown."""

SHORTEST = 10
"""A text without so many letters outside its gaps would be found in anything."""


def templates() -> list[str]:
    """Return the templates of all sentences, sorted and each once."""
    found: set[str] = set()
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not str(path.relative_to(ROOT).as_posix()).startswith(APART):
                found.update(_texts(ast.parse(path.read_text(encoding="utf-8"))))
    return sorted({text for text in found if _letters(text) >= SHORTEST and not INNER.search(text)} | set(EXTRA))


def _texts(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            for argument in node.exc.args:
                yield from _shown(argument)
        elif (isinstance(node, ast.Return) and node.value is not None) or isinstance(node, ast.Assign):
            yield from _sentences(node.value)
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            kept = isinstance(owner, (ast.Attribute, ast.Name)) and _name(owner) in WARNINGS
            if name in NOTES or name.endswith("Error") or (name in ("append", "extend") and kept):
                for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                    yield from _shown(argument)


def _name(node: ast.Attribute | ast.Name) -> str:
    return (node.attr if isinstance(node, ast.Attribute) else node.id).lstrip("_")


def _sentences(node: ast.expr) -> Iterator[str]:
    """Texts that are returned or kept count only if they read like sentences."""
    for text in _shown(node):
        if " " in text and (";" in text or text.rstrip().endswith(".")):
            yield text


def _shown(node: ast.expr) -> Iterator[str]:
    """Yield what an expression may say."""
    if isinstance(node, ast.IfExp):
        yield from _shown(node.body)
        yield from _shown(node.orelse)
    elif isinstance(node, (ast.Constant, ast.JoinedStr, ast.BinOp)):
        text = _template(node)
        if text is not None:
            yield text
    elif isinstance(node, (ast.Tuple, ast.List)):
        for item in node.elts:
            yield from _shown(item)


def _template(node: ast.expr) -> str | None:
    """Return a text with its gaps numbered, or None for what is no text."""
    if isinstance(node, ast.Constant):
        return node.value.replace("{", "{{").replace("}", "}}") if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    parts, gaps = [], 0
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value).replace("{", "{{").replace("}", "}}"))
        else:
            parts.append(f"{{{gaps}}}")
            gaps += 1
    return "".join(parts)


def _letters(text: str) -> int:
    return sum(character.isalpha() for character in text)
