"""Reading and writing `NAME.versa`: one JSON document with a schema version, migrations and media paths.

Not for what the fields mean (`core.timeline`) nor for derived data (`core.cache`).

Media paths. In memory they are absolute. In the file they are relative to the project's folder, with "/" on every
system, so that a folder that holds a project and its media can be moved or shared; a file outside that folder is
written with ".." (or absolute where it lies on another drive), because a creator's portrait often lives elsewhere.
Loading never opens media. `media_report` tells which files are missing and which lie outside the project's folder,
so that whoever opens a project of a stranger can see what it would read.
"""

import json
import ntpath
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from core.atomic import write_text_atomic
from core.constants import MICROSECONDS
from core.timeline import Project

SCHEMA_VERSION: Final = 3
SUFFIX: Final = ".versa"

MAX_FILE_BYTES: Final = 256 * 2**20
"""A larger file is no project: 10,000 segments with takes and a day of motion stay far below it."""

_MEDIA_FIELDS: Final = ("portrait", "audio", "rig_file")


class ProjectFileError(ValueError):
    """A project cannot be loaded or saved; the message says which file and where in it."""


@dataclass(frozen=True)
class MediaFile:
    """A file that a project refers to.

    Attributes:
        role: the project's field: "portrait", "audio" or "rig_file".
        path: absolute.
        missing: there is no such file.
        outside: it is not inside the project's folder or one below it.
    """

    role: str
    path: Path
    missing: bool
    outside: bool


def load_project(path: str | os.PathLike[str]) -> Project:
    """Read a project; older schema versions are migrated in memory, the file is not touched.

    Args:
        path: a `.versa` file.

    Returns:
        The project with absolute media paths. Media may be missing, see `media_report`.

    Raises:
        ProjectFileError: no such file, no JSON, a newer schema, or a field that is missing or wrong.
    """
    source = Path(path)
    document = _migrated(_read_document(source), source)
    try:
        project = Project.model_validate(document)
    except ValidationError as error:
        raise ProjectFileError(f"{source}: {_explain(error)}") from error
    folder = Path(os.path.abspath(source)).parent
    return project.model_copy(update={name: _to_memory(getattr(project, name), folder) for name in _MEDIA_FIELDS})


def save_project(project: Project, path: str | os.PathLike[str]) -> None:
    """Write a project; the target is either the old file or the whole new one.

    Raises:
        ProjectFileError: the file cannot be written.
    """
    target = Path(path)
    try:
        write_text_atomic(target, dump_project(project, target))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProjectFileError(f"{target}: the project cannot be saved: {reason}") from error


def dump_project(project: Project, path: str | os.PathLike[str]) -> str:
    """Return the JSON text of a project as it would be saved at `path`.

    The order of keys is that of the model, unknown fields of others come last and sorted, so equal projects give equal
    text and one edit gives a small difference.
    """
    folder = Path(os.path.abspath(path)).parent
    document = project.model_dump(mode="json")
    for name in _MEDIA_FIELDS:
        document[name] = _to_file(document[name], folder)
    known = list(Project.model_fields)
    ordered = {"schema_version": SCHEMA_VERSION}
    ordered |= {name: document[name] for name in known}
    ordered |= {name: document[name] for name in sorted(set(document) - set(known) - {"schema_version"})}
    out: list[str] = []
    _write(ordered, "", out)
    return "".join(out) + "\n"


def media_report(project: Project, path: str | os.PathLike[str]) -> tuple[MediaFile, ...]:
    """Return the files that a project refers to, and which of them are missing or outside its folder.

    `path` is the project's own file.
    """
    folder = Path(os.path.abspath(path)).parent
    report = []
    for name in _MEDIA_FIELDS:
        text = getattr(project, name)
        if text:
            media = Path(text)
            inside = Path(os.path.abspath(media)).is_relative_to(folder)
            report.append(MediaFile(name, media, missing=not media.is_file(), outside=not inside))
    return tuple(report)


def cache_folder(path: str | os.PathLike[str]) -> Path:
    """Return the folder of a project's derived data, `NAME.versa.cache` beside the project."""
    absolute = Path(os.path.abspath(path))
    return absolute.with_name(absolute.name + ".cache")


def _read_document(source: Path) -> dict[str, Any]:
    try:
        if source.stat().st_size > MAX_FILE_BYTES:
            raise ProjectFileError(f"{source}: the file is larger than {MAX_FILE_BYTES // 2**20} MiB; it is no project")
        text = source.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise ProjectFileError(f"{source}: there is no such file") from error
    except OSError as error:
        raise ProjectFileError(f"{source}: the file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ProjectFileError(f"{source}: byte {error.start} is not UTF-8 text; it is no project") from error
    try:
        document = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ProjectFileError(
            f"{source}: line {error.lineno}, column {error.colno}: broken JSON ({error.msg})"
        ) from error
    except (_BadJson, RecursionError) as error:
        raise ProjectFileError(f"{source}: broken JSON ({error})") from error
    if not isinstance(document, dict):
        raise ProjectFileError(f"{source}: the document must be a JSON object; it is no project")
    return document


class _BadJson(ValueError):
    """JSON that Python reads but that other programs would read otherwise."""


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _BadJson(f"the key {twice!r} stands twice in one object")
    return found


def _refuse_constant(name: str) -> float:
    raise _BadJson(f"{name} is not a number of JSON")


def _migrated(document: dict[str, Any], source: Path) -> dict[str, Any]:
    """Return the document in the present schema. The first draft wrote no version: that is version 0."""
    version = document.get("schema_version", 0)
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise ProjectFileError(f"{source}: schema_version must be a whole number, not {version!r}")
    if version > SCHEMA_VERSION:
        raise ProjectFileError(
            f"{source}: the project was written by a newer version of the program (schema {version}, this one "
            f"reads up to {SCHEMA_VERSION}); update Versa Director to open it. The file was not changed."
        )
    for step in range(version, SCHEMA_VERSION):
        try:
            document = _MIGRATIONS[step](document)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise ProjectFileError(
                f"{source}: the project of schema {step} cannot be brought to schema {step + 1}: {_reason(error)}"
            ) from error
    return {name: value for name, value in document.items() if name != "schema_version"}


def _reason(error: Exception) -> str:
    return f"the field {error} is missing" if isinstance(error, KeyError) else str(error)


def _from_draft(document: dict[str, Any]) -> dict[str, Any]:
    """Migrate 0 -> 1.

    The draft had one flat list of segments with times in seconds and the text under "text", and the video settings at
    the top. Its segments were not sorted.
    """
    rest = dict(document)
    segments = []
    for number, old in enumerate(
        sorted(rest.pop("segments", []), key=lambda segment: float(segment["start"])), start=1
    ):
        extra = {name: value for name, value in old.items() if name not in ("start", "end", "text")}
        segments.append(
            {
                "id": f"segment-{number}",
                **extra,
                "start_us": round(float(old["start"]) * MICROSECONDS),
                "end_us": round(float(old["end"]) * MICROSECONDS),
                "prompt": old.get("text", ""),
            }
        )
    output = {name: rest.pop(name) for name in ("height", "fps", "backend") if name in rest}
    track = {"id": "prompts", "kind": "prompt", "name": "Prompts", "segments": segments}
    return {**rest, "output": output, "tracks": [track]}


def _from_first(document: dict[str, Any]) -> dict[str, Any]:
    """Migrate 1 -> 2.

    Schema 2 adds how the motion is finished, where locomotion stays, and parts of the body. What a project of schema 1
    lacks has its default; a field of such a name that another tool wrote is dropped, it means something else.
    """
    rest = {name: value for name, value in document.items() if name != "motion_settings"}
    tracks = []
    for track in rest.get("tracks", []):
        segments = [
            {name: value for name, value in segment.items() if name not in _NEW_IN_SEGMENTS}
            for segment in track.get("segments", [])
        ]
        tracks.append({**track, "segments": segments})
    return {**rest, "tracks": tracks}


_NEW_IN_SEGMENTS: Final = ("part", "stay")


def _from_second(document: dict[str, Any]) -> dict[str, Any]:
    """Migrate 2 -> 3.

    Schema 3 adds the options of the backend `versa`. A project of schema 2 has their defaults; a field of that name
    that another tool wrote is dropped, it means something else.
    """
    if "output" not in document:
        return document
    output = {name: value for name, value in document["output"].items() if name != "versa"}
    return {**document, "output": output}


_MIGRATIONS: Final[tuple[Callable[[dict[str, Any]], dict[str, Any]], ...]] = (_from_draft, _from_first, _from_second)
"""Entry n brings a document of schema n to schema n + 1."""


def _explain(error: ValidationError) -> str:
    """Return one sentence about the first wrong field, with its JSON path."""
    problems = error.errors(include_url=False)
    first = problems[0]
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
    message = first["msg"].removeprefix("Value error, ")
    value = first.get("input")
    shown = f" (found {value!r})" if isinstance(value, (str, int, float, bool)) and len(repr(value)) < 60 else ""
    more = f"; {len(problems) - 1} more fields are wrong" if len(problems) > 1 else ""
    return f"{path or 'project'}: {message}{shown}{more}"


def _to_memory(stored: str, folder: Path) -> str:
    """Return a stored media path as an absolute path of this system.

    Backslashes are separators of a file that came from Windows, unless a file with just that name exists here. A path
    with a foreign drive letter cannot be resolved here: it stays as it is and counts as missing.
    """
    if not stored:
        return ""
    literal = os.path.normpath(folder / stored)
    if "\\" in stored and os.name != "nt" and not os.path.exists(literal):
        if _has_drive(stored):
            return stored
        return os.path.normpath(folder / stored.replace("\\", "/"))
    if os.name != "nt" and _has_drive(stored) and not os.path.exists(literal):
        return stored
    return literal


def _to_file(path: str, folder: Path) -> str:
    if not path or (os.name != "nt" and _has_drive(path) and not os.path.isabs(path)):
        return path
    try:
        relative = os.path.relpath(path, folder)
    except ValueError:  # another drive of Windows
        return Path(path).as_posix()
    return Path(relative).as_posix()


def _has_drive(path: str) -> bool:
    return bool(ntpath.splitdrive(path)[0]) and not path.startswith("/")


def _write(value: Any, indent: str, out: list[str]) -> None:
    """Write JSON indented by two; lists of plain values stay on one line, 36,000 tokens are not 36,000 lines."""
    if isinstance(value, dict) and value:
        deeper = indent + "  "
        lead = "{\n" + deeper
        for name, item in value.items():
            out.append(f"{lead}{_text(name)}: ")
            if isinstance(item, (dict, list)):
                _write(item, deeper, out)
            else:
                out.append(_plain(item))
            lead = ",\n" + deeper
        out.append(f"\n{indent}}}")
    elif isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        deeper = indent + "  "
        lead = "[\n" + deeper
        for item in value:
            out.append(lead)
            _write(item, deeper, out)
            lead = ",\n" + deeper
        out.append(f"\n{indent}]")
    else:
        out.append(_plain(value))


_text = json.encoder.encode_basestring
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
_CONSTANTS: Final = {None: "null", True: "true", False: "false"}


def _plain(value: Any) -> str:
    """Return a value that holds no objects as JSON on one line, as `json.dumps` gives it, but quicker."""
    kind = type(value)
    if kind is str:
        return _text(value)
    if kind is int:
        return int.__repr__(value)
    if kind is bool or value is None:
        return _CONSTANTS[value]
    return _ENCODER.encode(value)
