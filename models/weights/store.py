"""Where weights lie on this machine, and what the user said about them: folder, mirror, token, accepted licences.

Plain files in the program's own folder; what weights there are is not known here. Nothing here imports torch.
"""

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from core.atomic import write_text_atomic
from core.home import home_folder

FOLDER_VARIABLE: Final = "VERSA_MODELS"
"""Environment variable that moves the downloaded weights; stronger than the setting."""

ENDPOINT_VARIABLE: Final = "HF_ENDPOINT"
"""Environment variable that names a mirror of the hub; stronger than the setting."""

TOKEN_VARIABLE: Final = "HF_TOKEN"
"""Environment variable with the user's token for gated repositories; stronger than a stored one."""

HUB: Final = "https://huggingface.co"
RECORD_NAME: Final = "versa-weights.json"
"""Written last into a folder of weights: what it holds and where it came from."""

PROGRESS_NAME: Final = ".progress.json"
"""In a folder that is being filled: which files are done, and which commit they are of."""

STAGED: Final = ".staged"
REMOVED: Final = ".removed"

_SETTINGS: Final = "models.json"
_TOKEN: Final = "hub-token"
_CONSENTS: Final = "licences-accepted.json"


class WeightsError(RuntimeError):
    """Something about weights cannot be done; one sentence says what and what to do."""


# Folders and settings ---------------------------------------------------------------------------------------------


def models_folder() -> Path:
    """Return the folder of the downloaded weights; it need not exist."""
    given = os.environ.get(FOLDER_VARIABLE) or kept_settings().get("folder")
    return Path(given).expanduser().absolute() if given else usual_folder()


def usual_folder() -> Path:
    """Return where downloads lie if nobody says otherwise."""
    return home_folder() / "models"


def kept_settings() -> dict[str, str]:
    """Return what `change_settings` remembers: "folder" and "endpoint", where they are set."""
    return {str(name): str(value) for name, value in _read(_SETTINGS).items() if value}


def staged_folder(name: str) -> Path:
    """Return where an unfinished download of that name is gathered."""
    return models_folder() / STAGED / name


def endpoint() -> str:
    """Return the address of the hub or of its mirror, without a slash at the end."""
    given = os.environ.get(ENDPOINT_VARIABLE) or kept_settings().get("endpoint")
    return (given or HUB).rstrip("/")


def change_settings(*, folder: str | None = None, mirror: str | None = None, token: str | None = None) -> None:
    """Remember settings; "" goes back to the default, None leaves one as it is.

    Raises:
        WeightsError: the folder cannot be used, or the mirror is no web address.
        OSError: the settings cannot be written.
    """
    settings = _read(_SETTINGS)
    if folder is not None:
        if folder:
            place = Path(folder).expanduser()
            if not place.is_absolute():
                raise WeightsError(f"the models folder {folder} must be a full path")
            try:
                place.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise WeightsError(f"the models folder {folder} cannot be made: {error.strerror or error}") from None
            if not os.access(place, os.W_OK):
                raise WeightsError(f"the models folder {folder} cannot be written; choose another one")
        settings["folder"] = folder
    if mirror is not None:
        if mirror and not mirror.startswith(("http://", "https://")):
            raise WeightsError(f"the mirror {mirror} must begin with https:// (or http:// in your own network)")
        settings["endpoint"] = mirror
    write_text_atomic(home_folder() / _SETTINGS, json.dumps(settings, indent=1) + "\n")
    if token is not None:
        _keep_token(token.strip())


def token() -> str | None:
    """Return the user's token for gated repositories, or None: HF_TOKEN, then the stored one, then the hub's login.

    The login of the hub's own tools belongs to the hub: it is not given to a mirror.
    """
    given = os.environ.get(TOKEN_VARIABLE, "").strip()
    if given:
        return given
    with contextlib.suppress(OSError):
        kept = (home_folder() / _TOKEN).read_text("utf-8").strip()
        if kept:
            return kept
    if endpoint() != HUB:
        return None
    from huggingface_hub import get_token

    return get_token()


def has_stored_token() -> bool:
    """Whether a token was stored with `change_settings`."""
    return (home_folder() / _TOKEN).is_file()


def _keep_token(value: str) -> None:
    path = home_folder() / _TOKEN
    path.unlink(missing_ok=True)
    if value:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(value)


# Consent ------------------------------------------------------------------------------------------------------------


def accepted(name: str, licence: str) -> bool:
    """Whether the user accepted this licence for these weights."""
    found = _read(_CONSENTS).get(name)
    return isinstance(found, dict) and found.get("licence") == licence


def record_consent(name: str, licence: str, url: str) -> None:
    """Remember that the user accepted a licence, with the time."""
    consents = _read(_CONSENTS)
    consents[name] = {"licence": licence, "url": url, "accepted": now()}
    write_text_atomic(home_folder() / _CONSENTS, json.dumps(consents, indent=1) + "\n")


# Records ------------------------------------------------------------------------------------------------------------


def read_record(folder: Path, name: str = RECORD_NAME) -> dict[str, Any]:
    """Return a folder's record; empty where there is none or it cannot be read."""
    return _read_json(folder / name)


def write_record(folder: Path, record: dict[str, Any], name: str = RECORD_NAME) -> None:
    """Write a folder's record."""
    write_text_atomic(folder / name, json.dumps(record, indent=1, sort_keys=True) + "\n")


def now() -> str:
    """Return the time as records hold it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Keep other programs from working on the same weights.

    Raises:
        WeightsError: another one does already, or the folder cannot be written.
    """
    folder = models_folder() / STAGED
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    except OSError as error:
        raise WeightsError(f"the models folder {models_folder()} cannot be written: {error.strerror}") from None
    try:
        try:
            _lock(descriptor)
        except OSError:
            raise WeightsError(f"{name} is being worked on by another window or command; wait for it") from None
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _read(name: str) -> dict[str, Any]:
    return _read_json(home_folder() / name)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
