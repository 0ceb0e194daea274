"""Brings the editor's translations up to date: finds new texts in the code and compiles what is translated.

    python packaging/make_translations.py            update resources/translations/*.ts and compile them
    python packaging/make_translations.py --missing  print the texts without a translation, as JSON
    python packaging/make_translations.py --add FILE take translations from a JSON file {context: {text: translation}}

Translations are written into the .ts files, with this script or with Qt Linguist; the .qm files are compiled from them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]
FOLDER = ROOT / "resources" / "translations"
LANGUAGES = ("de",)


def tool(name: str) -> str:
    """Path of a Qt tool that comes with PySide6."""
    import PySide6

    return str(Path(PySide6.__path__[0]) / name)


def declared(folder: Path) -> Path:
    """A file with the texts of the declared actions, errors and weights, in a form that lupdate finds."""
    from error_texts import templates

    from app.actions import ACTIONS, MENUS
    from models.weights import ENTRIES

    texts = [title for _, title in MENUS]
    for spec in ACTIONS:
        texts += [spec.text, spec.tip]
    lines = ["from PySide6.QtCore import QT_TRANSLATE_NOOP", ""]
    lines += [f'QT_TRANSLATE_NOOP("Actions", {json.dumps(text, ensure_ascii=False)})' for text in dict.fromkeys(texts)]
    lines += [f'QT_TRANSLATE_NOOP("Errors", {json.dumps(text, ensure_ascii=False)})' for text in templates()]
    texts = ["{done} of {all}", "{done} of {all} are there."]  # of app.window_models
    texts += [text for entry in ENTRIES for text in (entry.purpose, entry.needed_by)]
    texts += [entry.title for entry in ENTRIES if not entry.downloadable]
    texts += [entry.licence.name for entry in ENTRIES if " " in entry.licence.name]
    lines += [f'QT_TRANSLATE_NOOP("Weights", {json.dumps(text, ensure_ascii=False)})' for text in dict.fromkeys(texts)]
    path = folder / "declared_texts.py"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_templates() -> None:
    """Write the list by which the window recognises the sentences of errors."""
    from error_texts import templates

    text = json.dumps(templates(), ensure_ascii=False, indent=1)
    (FOLDER / "errors.json").write_text(text + "\n", encoding="utf-8")


def update(language: str) -> Path:
    """Bring the .ts file of a language up to date with the code."""
    target = FOLDER / f"versa_{language}.ts"
    sources = sorted(
        str(path) for package in ("app", "widgets") for path in (ROOT / package).rglob("*.py") if path.stat().st_size
    )
    with tempfile.TemporaryDirectory() as folder:
        command = [tool("lupdate"), "-no-obsolete", "-locations", "none", *sources, str(declared(Path(folder)))]
        subprocess.run([*command, "-ts", str(target), "-target-language", language], check=True, capture_output=True)
    return target


def messages(target: Path) -> tuple[ElementTree.ElementTree, list[tuple[str, str, ElementTree.Element]]]:
    """The document, and (context, text, translation element) of every message."""
    document = ElementTree.parse(target)
    found = []
    for context in document.getroot().iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is not None:
                found.append((name, message.findtext("source") or "", translation))
    return document, found


def missing(target: Path) -> dict[str, list[str]]:
    """Texts without a translation, by context."""
    result: dict[str, list[str]] = {}
    for context, text, translation in messages(target)[1]:
        if not translation.text:
            result.setdefault(context, []).append(text)
    return result


def add(target: Path, given: dict[str, dict[str, str]]) -> None:
    """Write translations into a .ts file; those of the context "" serve every context."""
    document, found = messages(target)
    for context, text, translation in found:
        new = given.get(context, {}).get(text) or (None if translation.text else given.get("", {}).get(text))
        if new:
            translation.text = new
            translation.attrib.pop("type", None)
    text = ElementTree.tostring(document.getroot(), encoding="unicode")
    target.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{text}\n', encoding="utf-8")


def main() -> None:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--add", type=Path)
    args = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    write_templates()
    for language in LANGUAGES:
        target = update(language)
        if args.add is not None:
            add(target, json.loads(args.add.read_text(encoding="utf-8")))
        if args.missing:
            print(json.dumps(missing(target), ensure_ascii=False, indent=1))
        subprocess.run([tool("lrelease"), str(target), "-qm", str(target.with_suffix(".qm"))], check=True,
                       capture_output=True)  # fmt: skip
        total, without = len(messages(target)[1]), sum(map(len, missing(target).values()))
        print(f"{target.name}: {total} texts, {without} not translated", file=sys.stderr)


if __name__ == "__main__":
    main()
