"""The media files that a project names: their fingerprints, and the rig that comes from one of them.

Plain functions of a project; what is decoded of the files is the Director's.
"""

from pathlib import Path

from core.cache import content_key, fingerprint
from core.portrait import Portrait, PortraitError, Rig
from core.timeline import Project


class DirectorError(ValueError):
    """The chain cannot run as asked; one sentence says why and what to do."""


def media_sha(role: str, path: str) -> str:
    """Return the fingerprint of a media file.

    Args:
        role: the project's field that names it.
        path: the file.

    Raises:
        DirectorError: it is missing or cannot be read.
    """
    name = role.replace("_", " ")
    try:
        return fingerprint(path)
    except FileNotFoundError as error:
        raise DirectorError(
            f"the {name} {path} is missing; put it back, or correct the path in the project file"
        ) from error
    except OSError as error:
        raise DirectorError(f"the {name} {path} cannot be read: {error.strerror}") from error


def portrait_source(project: Project) -> str:
    """Return a hash of the files and settings that the portrait is made of.

    Raises:
        DirectorError: a file is missing or cannot be read.
    """
    rig_file = media_sha("rig_file", project.rig_file) if project.rig_file else ""
    return content_key(
        {
            "portrait": media_sha("portrait", project.portrait),
            "rig": project.rig,
            "rig_file": rig_file if project.rig is None else "",
        }
    )


def portrait_key(portrait: Portrait) -> str:
    """Return a hash of what later stages see of a portrait, wherever its rig came from."""
    return content_key({"image": portrait.image, "alpha": portrait.alpha, "rig": portrait.rig.to_dict()})


def project_rig(project: Project) -> Rig | None:
    """Return the project's own rig, or that of its rig file; None if the portrait shall propose one.

    Raises:
        DirectorError: the rig file cannot be read.
        core.portrait.PortraitError: it is no rig.
    """
    if project.rig is not None:
        return Rig.from_dict(project.rig)
    if not project.rig_file:
        return None
    try:
        text = Path(project.rig_file).read_text("utf-8-sig")
    except OSError as error:
        raise DirectorError(f"the rig file {project.rig_file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PortraitError(f"{project.rig_file}: the rig is not UTF-8 text") from error
    try:
        return Rig.from_json(text)
    except PortraitError as error:
        raise PortraitError(f"{project.rig_file}: {error}") from error
